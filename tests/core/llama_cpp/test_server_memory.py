"""What llama-server keeps in host memory while it serves, against llama.cpp's own states."""

from __future__ import annotations

import csv

import pytest
from llama_cpp_rows import DATA, Row, model_of
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.parts.server_memory import (
    checkpoint_bytes,
    makes_checkpoints,
    sequence_state_bytes,
    server_growth,
)
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings, resolve_settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.estimate import Growth, GrowthKind
from memplan.memory.machine import HOST_ID, Machine, Pool, PoolKind
from memplan.model import NoticeKind
from memplan.planning.planner import plan
from memplan.request import Backend, EngineName, Request
from memplan.units import GIB, MIB


def _rows() -> list[Row]:
    with (DATA / "llama_cpp_checkpoints.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _resolved(row: Row) -> tuple[Shape, Settings]:
    shape = resolve_shape(model_of(row["model"]))
    cache_type = CacheType(row["cache_type"])
    options = LlamaCppOptions(
        cache_type_k=cache_type,
        cache_type_v=cache_type,
        flash_attn=row["flash_attn"] == "on",
        parallel=int(row["n_seq"]),
        kv_unified=row["kv_unified"] == "1",
    )
    return shape, resolve_settings(options, shape)


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row['model']}-{row['n_tokens']}")
def test_that_a_checkpoint_and_a_whole_state_take_what_llama_cpp_says(row: Row) -> None:
    shape, settings = _resolved(row)
    tokens = int(row["n_tokens"])
    assert checkpoint_bytes(shape, settings, tokens) == int(row["checkpoint_bytes"])
    assert sequence_state_bytes(shape, settings, tokens) == int(row["sequence_state_bytes"])
    assert makes_checkpoints(shape, settings) == (row["checkpoints_are_made"] == "1")


def _growth(name: str, **options: object) -> dict[GrowthKind, Growth]:
    chosen = LlamaCppOptions(**options)  # type: ignore[arg-type]
    shape = resolve_shape(model_of(name))
    found = server_growth(shape, resolve_settings(chosen, shape), chosen, "host")
    return {growth.kind: growth for growth in found}


def test_that_a_model_of_full_attention_makes_no_checkpoints() -> None:
    growth = _growth("llama-3.1-8b")
    assert set(growth) == {GrowthKind.PROMPT_CACHE}
    # One conversation is the whole cache, 4 GiB: two fill the default limit.
    assert growth[GrowthKind.PROMPT_CACHE].entry(32_768) // MIB == 4096
    assert growth[GrowthKind.PROMPT_CACHE].most(32_768) == 8192 * MIB


def test_that_the_checkpoints_of_a_slot_stop_growing_at_the_window() -> None:
    checkpoints = _growth("gemma-3-12b")[GrowthKind.CHECKPOINTS]
    assert checkpoints.entry(4096) == checkpoints.entry(131_072)
    assert round(checkpoints.entry(131_072) / MIB) == 320
    assert checkpoints.most(131_072) == 4 * 32 * checkpoints.entry(131_072)


def test_that_a_full_cache_for_window_layers_needs_no_checkpoints() -> None:
    assert GrowthKind.CHECKPOINTS in _growth("gemma-3-12b")
    assert GrowthKind.CHECKPOINTS not in _growth("gemma-3-12b", swa_full=True)


def test_that_split_slots_hold_their_share_of_the_context() -> None:
    split, whole = (
        _growth("llama-3.1-8b", **options)[GrowthKind.PROMPT_CACHE].entry(32_768)
        for options in ({"parallel": 4}, {})
    )
    assert split < whole / 3


def test_that_only_a_server_keeps_states_and_not_those_that_are_switched_off() -> None:
    assert not _growth("gemma-3-12b", program=Program.LLAMA_CLI)
    assert not _growth("gemma-3-12b", ctx_checkpoints=0, cache_ram_mib=0)


@pytest.mark.parametrize(("slots", "warned"), [(1, False), (4, True)])
def test_that_checkpoints_of_all_slots_that_the_host_cannot_hold_are_warned_of(
    slots: int, warned: bool
) -> None:
    host = Pool(HOST_ID, PoolKind.HOST, None, GIB)
    machine = Machine.of_devices([Pool("gpu0", PoolKind.DEVICE, Backend.VULKAN, 8 * GIB)], host)
    options = (LlamaCppOptions(parallel=slots, kv_unified=True),)
    request = Request(EngineName.LLAMA_CPP, machine=machine, options=options)
    answer = plan(model_of("gemma-3-270m"), request)
    found = [n for n in answer.notices if n.kind is NoticeKind.CHECKPOINTS_OVER_HOST]
    assert bool(found) == warned
    assert answer.verdict.fits  # it starts all the same
