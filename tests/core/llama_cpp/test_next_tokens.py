"""Next-token layers against what llama.cpp says of them."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace

import pytest
from llama_cpp_rows import DATA, Row, model_of, place_layers
from memplan.engines.llama_cpp.graph.footprint import GraphRequest, compute_around
from memplan.engines.llama_cpp.graph.version import ModelledVersion
from memplan.engines.llama_cpp.kv_cache import cache_geometry, cache_tensors
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions
from memplan.engines.llama_cpp.parts.next_tokens import (
    next_token_caches,
    runs_next_tokens,
    states_kept,
)
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.recurrent_state import state_bytes
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings, resolve_settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.engines.llama_cpp.weights import next_token_bytes, weight_bytes
from memplan.request import Backend


def _rows() -> list[Row]:
    with gzip.open(DATA / "llama_cpp_mtp.csv.gz", "rt", newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["accepted"] == "1"]


def _settings(row: Row, shape: Shape) -> Settings:
    cache_type, sequences = CacheType(row["type_k"]), int(row["n_seq"])
    options = LlamaCppOptions(
        parallel=sequences, kv_unified=True, cache_type_k=cache_type, cache_type_v=cache_type
    )
    return replace(
        resolve_settings(options, shape),
        drafted_tokens=int(row["n_outputs"]) // sequences - 1,
        states_kept=states_kept(shape, int(row["n_rs_seq"])),
    )


def _context_bytes(row: Row, shape: Shape, settings: Settings, placement: Placement) -> list[int]:
    geometry = cache_geometry(shape, settings)
    drafts = row["context_type"] == "mtp"
    held = (next_token_caches if drafts else cache_tensors)(shape, settings, placement)
    states = {} if drafts else state_bytes(shape, settings, placement)
    totals = []
    for memory in (0, HOST):
        cached = sum(
            tensor.bytes_at(geometry, int(row["n_ctx"]))
            for tensor in held
            if tensor.memory == memory
        )
        totals.append(cached + states.get(memory, 0))
    return totals


def _compute_rows() -> list[Row]:
    """The shortest and the longest context of each next-token context, and one checking model."""
    rows = sorted(_rows(), key=lambda row: (row["model"], row["row"], int(row["n_ctx"])))
    kinds = {(row["model"], row["row"]): row for row in rows if row["context_type"] == "mtp"}
    first = {(row["model"], row["row"]): row for row in reversed(rows) if row["row"] != "plain"}
    return [*kinds.values(), *first.values()]


@pytest.mark.parametrize("row", _compute_rows(), ids=lambda row: "-".join(list(row.values())[2:10]))
def test_that_compute_buffers_are_those_of_llama_cpp(row: Row) -> None:
    model = model_of(row["model"])
    shape = resolve_shape(model)
    settings = _settings(row, shape)
    drafts = row["context_type"] == "mtp"
    request = GraphRequest(
        model,
        shape,
        replace(settings, drafted_tokens=0, states_kept=1) if drafts else settings,
        place_layers(shape, settings, Backend.CUDA),
        ModelledVersion.V0_5_0,
        outputs=int(row["n_outputs"]),
        next_tokens=drafts,
    )
    found = compute_around(request, int(row["n_ctx"])).values
    assert found[0] == int(row["device_compute"])
    assert found[HOST] == int(row["host_compute"])


@pytest.mark.parametrize("name", sorted({row["model"] for row in _rows()}))
def test_that_weights_caches_and_states_are_those_of_llama_cpp(name: str) -> None:
    model = model_of(name)
    shape = resolve_shape(model)
    for row in _rows():
        if row["model"] != name:
            continue
        settings = _settings(row, shape)
        placement = place_layers(shape, settings, Backend.CUDA)
        weights = weight_bytes(model, placement)
        if row["load_mtp"] == "1":
            added = next_token_bytes(model, placement)
            weights = {memory: weights[memory] + added[memory] for memory in weights}
        assert [weights[0], weights[HOST]] == [
            int(row["device_weights"]), int(row["host_weights"])
        ]  # fmt: skip
        assert _context_bytes(row, shape, settings, placement) == [
            int(row["device_context"]), int(row["host_context"])
        ]  # fmt: skip


def test_that_only_files_with_next_token_layers_draft_for_themselves() -> None:
    assert runs_next_tokens(resolve_shape(model_of("qwen3.5-35b-a3b-mtp")))
    assert not runs_next_tokens(resolve_shape(model_of("llama-3.1-8b")))


def test_that_a_model_without_states_keeps_none_to_go_back_to() -> None:
    assert states_kept(resolve_shape(model_of("glm-4.5-air")), 3) == 1
    assert states_kept(resolve_shape(model_of("qwen3.5-35b-a3b-mtp")), 3) == 4
