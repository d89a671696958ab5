"""Layers on the host: ggml's allocator, and what the device holds while it computes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from llama_cpp_rows import Row, all_rows, model_of, options_of
from memplan import Backend
from memplan.component import Place, evaluate
from memplan.engines.llama_cpp.compute import compute_buffers
from memplan.engines.llama_cpp.compute.allocator import NOTHING, UNTOUCHED, Arena
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.engines.llama_cpp.shape import resolve_shape

MIB = 2**20


def arena_of_blocks(*sizes: int) -> tuple[Arena, list[tuple[int, int]]]:
    arena = Arena(alignment_bytes=16)
    return arena, [arena.take(size) for size in sizes]


def device_formula(name: str, **options: Any) -> Any:
    shape = resolve_shape(model_of(name))
    settings = resolve_settings(LlamaCppOptions(**options), shape)
    buffers = compute_buffers(shape, settings, Backend.CUDA)
    return next(buffer.formula for buffer in buffers if buffer.where is Place.DEVICE)


def device_bytes(name: str, context: int, **options: Any) -> int:
    return int(device_formula(name, **options)(context))


def test_that_tensors_are_aligned_and_lie_one_after_the_other() -> None:
    arena, blocks = arena_of_blocks(1, 16, 17)
    assert blocks == [(0, 16), (16, 16), (32, 32)]
    assert arena.peak_bytes == 64


def test_that_the_smallest_hole_that_is_wide_enough_is_taken() -> None:
    arena, blocks = arena_of_blocks(64, 16, 32, 16, 48, 16)
    arena.drop(blocks[0], blocks[2], blocks[4])
    assert arena.take(32) == blocks[2]
    assert arena.take(33) == blocks[4]
    assert arena.take(80) == (192, 80)


def test_that_of_holes_of_one_size_the_later_is_taken() -> None:
    arena, blocks = arena_of_blocks(32, 16, 32, 16)
    arena.drop(blocks[0], blocks[2])
    assert arena.take(32) == blocks[2]


def test_that_neighbouring_holes_become_one() -> None:
    arena, blocks = arena_of_blocks(32, 32, 32, 16)
    arena.drop(blocks[0], blocks[2])
    arena.drop(blocks[1])
    assert arena.take(96) == (0, 96)


def test_that_an_arena_of_which_all_is_dropped_is_as_a_new_one() -> None:
    arena, blocks = arena_of_blocks(48, 16, 80)
    for block in (blocks[1], blocks[0], blocks[2]):
        arena.drop(block)
    assert arena.free == UNTOUCHED
    assert arena.peak_bytes == 144


def test_that_a_tensor_without_bytes_takes_nothing() -> None:
    arena, _ = arena_of_blocks()
    assert arena.take(0) == NOTHING
    arena.drop(NOTHING)
    assert arena.free == UNTOUCHED
    assert arena.peak_bytes == 0


FOLLOWED = [
    row
    for row in all_rows()
    if row["backend"] == "cuda"
    and row["n_gpu_layers"] != "all"
    and row["model"].startswith(("llama", "mistral", "phi", "qwen2", "qwen3-8b", "mamba-cod"))
]


@pytest.mark.parametrize("row", FOLLOWED, ids=lambda row: f"{row['model']}-{row['n_gpu_layers']}")
def test_that_dense_models_split_between_host_and_cuda_device_are_exact(row: Row) -> None:
    shape = resolve_shape(model_of(row["model"]))
    settings = resolve_settings(options_of(row), shape)
    for buffer in compute_buffers(shape, settings, Backend.CUDA):
        if buffer.where is Place.DEVICE:
            assert buffer.formula(int(row["n_ctx"])) == int(row["device_compute_bytes"])


def test_that_rows_of_all_kinds_of_attention_are_among_those_that_are_exact() -> None:
    assert len(FOLLOWED) == 18


def test_that_the_cache_of_one_layer_comes_back_to_the_device() -> None:
    options = {"n_gpu_layers": 0, "program": Program.LLAMA_CLI}
    shorter, longer = (device_bytes("llama-3.1-8b.Q4_K_M", c, **options) for c in (2**20, 2**21))
    keys, values, mask = 2 * 1024, 2 * 1024, 2 * 512
    # The mask parts the hole that the cache of the layer before leaves: V lies above it.
    assert longer - shorter == 2**20 * (keys + mask + 2 * values)


def test_that_a_quantised_cache_is_unpacked_beside_its_copy() -> None:
    quantised = {"cache_type_k": CacheType.Q8_0, "cache_type_v": CacheType.Q8_0}
    shorter, longer = (
        device_bytes("llama-3.1-8b.Q4_K_M", c, n_gpu_layers=0, **quantised) for c in (2**20, 2**21)
    )
    copied, unpacked = (1024 + 1024) * 34 // 32, 2 * (1024 + 1024)
    assert longer - shorter == 2**20 * (copied + unpacked + 2 * 512)


def test_that_the_cache_comes_back_in_models_whose_layers_are_not_followed_one_by_one() -> None:
    name, shorter, longer = "gpt-oss-20b.MXFP4_MOE", 2**20, 2**21
    with_cache, without = (
        device_bytes(name, longer, n_gpu_layers=0, kv_offload=kv_offload)
        - device_bytes(name, shorter, n_gpu_layers=0, kv_offload=kv_offload)
        for kv_offload in (True, False)
    )
    assert with_cache - without == 2**20 * 2 * (512 + 512)


def test_that_the_output_projection_is_copied_only_where_it_is_on_the_host() -> None:
    name, output = "qwen2.5-7b.Q4_K_M", 426 * MIB
    on_host, on_device = (device_bytes(name, 16_384, n_gpu_layers=n) for n in (0, 1))
    assert on_host > output > on_device


@pytest.mark.parametrize("n_gpu_layers", [0, 1, 10])
@pytest.mark.parametrize(
    "name", ["mistral-7b-v0.3.Q4_K_M", "gemma-3-12b.Q4_K_M", "deepseek-v2-lite.Q4_K_M"]
)
def test_that_no_device_buffer_shrinks_as_the_context_grows(name: str, n_gpu_layers: int) -> None:
    contexts = np.arange(1, 400_000, 997)
    curve = evaluate(device_formula(name, n_gpu_layers=n_gpu_layers), contexts)
    assert (np.diff(curve) >= 0).all()
    assert curve[-1] > curve[0] > 0
