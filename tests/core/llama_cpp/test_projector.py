"""Multimodal projectors against what llama.cpp says of them."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from functools import cache

import pytest
from llama_cpp_rows import DATA, Row
from memplan.engines.llama_cpp.parts.projector import (
    KINDS,
    Projector,
    resolve_projector,
)
from memplan.engines.llama_cpp.parts.projector_graph import BUILDERS
from memplan.engines.llama_cpp.parts.projector_memory import projector_memory
from memplan.memory.component import Part
from memplan.model.parts import part_of
from memplan.reader import read_header
from memplan.request import Backend


def _rows() -> list[Row]:
    with gzip.open(DATA / "llama_cpp_mmproj.csv.gz", "rt", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def _projector(name: str) -> Projector:
    header = read_header(DATA / "projectors" / f"mmproj-{name}.gguf")
    assert part_of(header) is Part.PROJECTOR
    return resolve_projector(header)


@pytest.mark.parametrize("name", sorted({row["mmproj"] for row in _rows()}))
def test_that_weights_and_buffers_of_a_projector_are_those_of_llama_cpp(name: str) -> None:
    for row in _rows():
        if row["mmproj"] != name:
            continue
        limit = row["image_max_tokens"]
        memory = projector_memory(
            _projector(name),
            Backend.VULKAN if row["mmproj_offload"] == "1" else None,
            flash_attention=row["flash_attn"] == "on",
            max_tokens=None if limit == "default" else int(limit),
        )
        assert memory.exact
        found = (memory.weights_bytes, memory.device_bytes, memory.host_bytes)
        expected = (row["weights_bytes"], row["device_compute"], row["host_compute"])
        assert found == tuple(int(number) for number in expected), row


def test_that_every_kind_whose_images_are_known_has_a_graph() -> None:
    assert set(KINDS) == set(BUILDERS)


def test_that_a_larger_image_takes_a_larger_buffer_and_more_of_the_context() -> None:
    projector = _projector("qwen2.5-vl-7b")
    at_start = projector_memory(projector, Backend.CUDA)
    largest = projector_memory(projector, Backend.CUDA, side=projector.largest_side())
    assert (at_start.tokens, largest.tokens) == (2116, 4096)
    assert largest.device_bytes > 1.5 * at_start.device_bytes


def test_that_a_limit_on_tokens_lowers_what_is_reserved() -> None:
    projector = _projector("pixtral-12b")
    assert projector.warmup_side(100) == 10 * 16
    assert projector.warmup_side(5000) == projector.warmup_side() == 256


def test_that_an_unknown_kind_has_exact_weights_and_a_band_as_wide_as_its_buffer() -> None:
    known = _projector("gemma-3-4b")
    memory = projector_memory(replace(known, name="of-tomorrow", kind=None), Backend.VULKAN)
    assert not memory.exact
    assert memory.weights_bytes == known.weights_bytes
    assert memory.band_bytes == memory.device_bytes > 0


@pytest.mark.parametrize("field", ["patch_size", "heads", "width", "layers", "image_size"])
def test_that_absurd_dimensions_give_an_estimate_and_no_exception(field: str) -> None:
    for value in (0, 1, 7, 2**31):
        odd = replace(_projector("internvl3-8b"), **{field: value})
        memory = projector_memory(odd, Backend.VULKAN)
        assert memory.device_bytes >= 0
        assert memory.host_bytes >= 0
