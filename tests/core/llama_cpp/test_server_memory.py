"""What llama-server keeps in host memory while it serves, against llama.cpp's own states."""

from __future__ import annotations

import csv

import pytest
from llama_cpp_rows import DATA, Row, model_of
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions
from memplan.engines.llama_cpp.parts.server_memory import (
    checkpoint_bytes,
    makes_checkpoints,
    sequence_state_bytes,
    server_memory,
)
from memplan.engines.llama_cpp.settings import Settings, resolve_settings
from memplan.engines.llama_cpp.shape import Shape, resolve_shape
from memplan.units import MIB


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


def _server(name: str, **options: bool | int) -> tuple[Shape, Settings]:
    shape = resolve_shape(model_of(name))
    return shape, resolve_settings(LlamaCppOptions(**options), shape)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row['model']}-{row['n_tokens']}")
def test_that_a_checkpoint_and_a_whole_state_take_what_llama_cpp_says(row: Row) -> None:
    shape, settings = _resolved(row)
    tokens = int(row["n_tokens"])
    assert checkpoint_bytes(shape, settings, tokens) == int(row["checkpoint_bytes"])
    assert sequence_state_bytes(shape, settings, tokens) == int(row["sequence_state_bytes"])
    assert makes_checkpoints(shape, settings) == (row["checkpoints_are_made"] == "1")


def test_that_a_model_of_full_attention_makes_no_checkpoints() -> None:
    shape, settings = _server("llama-3.1-8b")
    kept = server_memory(shape, settings, 32_768)
    assert kept.checkpoint_bytes == 0
    assert kept.slot_bytes == 0
    # One conversation is the whole cache, 4 GiB: two fill the default limit.
    assert kept.conversation_bytes // MIB == 4096


def test_that_the_checkpoints_of_a_slot_stop_growing_at_the_window() -> None:
    shape, settings = _server("gemma-3-12b")
    short = server_memory(shape, settings, 4096)
    long = server_memory(shape, settings, 131_072)
    assert short.checkpoint_bytes == long.checkpoint_bytes
    assert round(long.checkpoint_bytes / MIB) == 320
    assert long.slots == 4


def test_that_a_full_cache_for_window_layers_needs_no_checkpoints() -> None:
    assert makes_checkpoints(*_server("gemma-3-12b"))
    assert not makes_checkpoints(*_server("gemma-3-12b", swa_full=True))


def test_that_split_slots_hold_their_share_of_the_context() -> None:
    shape, settings = _server("llama-3.1-8b", parallel=4)
    whole = server_memory(*_server("llama-3.1-8b"), 32_768)
    assert server_memory(shape, settings, 32_768).conversation_bytes < whole.conversation_bytes / 3


def test_that_a_prompt_cache_without_limit_has_no_upper_bound() -> None:
    shape, settings = _server("qwen3.5-35b-a3b.Q4_K_M")
    assert server_memory(shape, settings, 8192, prompt_cache_bytes=None).most_bytes is None
    bounded = server_memory(shape, settings, 8192, prompt_cache_bytes=0)
    assert bounded.most_bytes == 4 * 32 * bounded.checkpoint_bytes > 0
