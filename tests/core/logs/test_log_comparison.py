"""A log beside the plan of its model: the request that it amounts to, and what differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from memplan.engines.llama_cpp.options import CacheType, Program
from memplan.logs import parse_log, read_log
from memplan.logs.planned import Comparison, compare, request_from_log
from memplan.memory.component import ComponentKind, Place
from memplan.model import read_model
from memplan.planning.planner import plan
from memplan.request import DEFAULT_BUDGET_BYTES, Backend, EngineName
from memplan.units import MIB

DATA = Path(__file__).parents[2] / "data"

MODELS = {
    "vulkan-loaded": "gemma-3-270m",
    "vulkan-loaded-q8-cache-split": "gemma-3-270m",
    "vulkan-loaded-some-layers": "gemma-3-270m",
    "vulkan-loaded-swa-full": "gemma-3-270m",
    "vulkan-loaded-cache-on-host": "gemma-3-270m",
    "vulkan-loaded-four-caches": "gemma-3-270m",
    "vulkan-loaded-flash-attn-off": "gemma-3-270m",
    "vulkan-loaded-hybrid": "qwen3.5-2b",
    "vulkan-loaded-hybrid-some-layers": "falcon-h1-7b",
    "vulkan-loaded-recurrent-after-fit": "mamba2-2.7b",
    "vulkan-loaded-experts-on-host": "gpt-oss-20b",
    "vulkan-loaded-fit-picks-layers": "llama-3.1-8b",
    "vulkan-failed-compute-host": "llama-3.2-1b",
    "cpu-failed-compute": "llama-3.2-1b",
}
"""The model that was loaded in each of these real logs."""


def comparisons(name: str) -> tuple[Comparison, ...]:
    (model_path,) = (DATA / "models").glob(f"{MODELS[name]}.*.gguf")
    log = read_log(DATA / "logs" / f"{name}.log")
    return compare(log, plan(read_model(model_path), request_from_log(log)))


@pytest.mark.parametrize("name", MODELS)
def test_that_caches_states_and_outputs_are_planned_to_what_was_logged(name: str) -> None:
    exact = {ComponentKind.KV_CACHE, ComponentKind.RECURRENT_STATE, ComponentKind.OUTPUT}
    found = [item for item in comparisons(name) if item.kind in exact]

    assert len(found) >= 2
    for item in found:
        assert item.difference_mib == 0, item


def test_that_every_option_of_a_log_is_in_its_request() -> None:
    request = request_from_log(read_log(DATA / "logs" / "vulkan-loaded-q8-cache-split.log"))
    options = request.llama_cpp

    assert (request.engine, request.backend) == (EngineName.LLAMA_CPP, Backend.VULKAN)
    assert (request.context_tokens, request.budget_bytes) == (16384, 2048 * MIB)
    assert (options.cache_type_k, options.cache_type_v) == (CacheType.Q8_0, CacheType.Q8_0)
    assert (options.parallel, options.kv_unified, options.ubatch_size) == (2, False, 256)
    assert (options.flash_attn, options.n_gpu_layers) == (True, None)
    assert options.program is Program.LLAMA_SERVER


def test_that_layers_caches_and_windows_go_where_the_log_has_them() -> None:
    def options(name: str) -> tuple[int | None, bool, bool]:
        found = request_from_log(read_log(DATA / "logs" / f"{name}.log")).llama_cpp
        return found.n_gpu_layers, found.kv_offload, found.swa_full

    assert options("vulkan-loaded") == (None, True, False)
    assert options("vulkan-loaded-some-layers") == (10, True, False)
    assert options("vulkan-loaded-cache-on-host") == (None, False, False)
    assert options("vulkan-loaded-swa-full") == (None, True, True)
    assert options("cpu-loaded") == (0, True, False)


def test_that_what_a_log_does_not_tell_is_left_at_its_default() -> None:
    request = request_from_log(parse_log("ggml_cuda_init: found 1 CUDA devices:\n"))

    assert request.backend is Backend.CUDA
    assert request.context_tokens is None
    assert request.budget_bytes == DEFAULT_BUDGET_BYTES


def test_that_numbers_beyond_the_engines_range_are_left_out() -> None:
    text = "llama_context: n_ctx = 999999999999\nllama_context: n_seq_max = 99999\n"
    request = request_from_log(parse_log(text))

    assert request.context_tokens is None
    assert request.llama_cpp.parallel is None


def test_that_buffers_of_one_kind_in_one_place_are_compared_together() -> None:
    weights = [c for c in comparisons("vulkan-loaded-experts-on-host") if c.where is Place.HOST]

    assert weights[0].buffers == ("CPU_Mapped", "CPU_REPACK")
    assert weights[0].logged_mib == 21218.21


def test_that_zinc_is_compared_with_its_own_plan() -> None:
    (model_path,) = (DATA / "models").glob("llama-3.1-8b.*.gguf")
    log = read_log(DATA / "logs" / "hand-zinc-check-fits.log")
    request = request_from_log(log)
    found = {c.kind: c for c in compare(log, plan(read_model(model_path), request))}

    assert (request.engine, request.context_tokens) == (EngineName.ZINC, 4096)
    assert found[ComponentKind.KV_CACHE].difference_mib == 0
    assert abs(found[ComponentKind.WEIGHTS].difference_mib or 0) <= 10.24 / 2


def test_that_the_kv_cache_is_not_compared_where_the_context_is_not_logged() -> None:
    (model_path,) = (DATA / "models").glob("llama-3.2-1b.*.gguf")
    log = parse_log(
        "load_tensors:      CUDA0 model buffer size =   762.81 MiB\n"
        "llama_kv_cache:      CUDA0 KV buffer size =    24.00 MiB\n"
    )
    weights, cache = compare(log, plan(read_model(model_path), request_from_log(log)))

    assert weights.difference_mib == 0
    assert (cache.planned_mib, cache.difference_mib) == (None, None)


def test_that_a_tensor_that_the_device_did_not_take_explains_the_difference() -> None:
    (weights,) = [
        item
        for item in comparisons("vulkan-loaded-fit-picks-layers")
        if item.kind is ComponentKind.WEIGHTS and item.where is Place.DEVICE
    ]

    assert weights.difference_mib == -410.97
    assert weights.kept_on_host == ("output.weight",)
