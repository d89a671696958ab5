"""Defaults of the programs, and the combinations that llama.cpp refuses."""

from __future__ import annotations

import pytest
from llama_cpp_rows import made_up_model, model_of
from memplan import EngineName, Request
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings, resolve_settings
from memplan.estimate import UnsupportedRequestError
from memplan.planning.planner import plan


def settings(model_name: str = "llama-3.1-8b", **options: object) -> Settings:
    shape = resolve_shape(model_of(model_name))
    return resolve_settings(LlamaCppOptions(**options), shape)  # type: ignore[arg-type]


def test_that_the_server_shares_one_cache_among_four_slots_with_a_row_each() -> None:
    found = settings()
    assert (found.sequences, found.unified) == (4, True)
    assert found.output_rows(8192) == 4
    assert (found.batch_tokens, found.ubatch_tokens) == (2048, 512)
    assert found.flash_attn


def test_that_the_command_line_program_has_one_sequence_and_a_row_for_every_token() -> None:
    found = settings(program=Program.LLAMA_CLI)
    assert found.sequences == 1
    assert found.output_rows(8192) == 512


def test_that_parallel_splits_the_servers_cache_unless_it_is_unified_by_hand() -> None:
    assert not settings(parallel=4).unified
    assert settings(parallel=4, kv_unified=True).unified
    assert not settings(kv_unified=False).unified


def test_that_no_micro_batch_is_longer_than_a_batch_or_the_context() -> None:
    assert settings(ubatch_size=1024, batch_size=256).micro_batch(8192) == 256
    assert settings().micro_batch(100) == 100


def test_that_all_layers_are_the_blocks_and_the_output() -> None:
    assert settings().gpu_layers == 33
    assert settings(n_gpu_layers=999).gpu_layers == 33
    assert settings(n_gpu_layers=5).gpu_layers == 5


def test_that_the_plan_shows_every_option_as_it_was_used() -> None:
    planned = plan(model_of("llama-3.1-8b"), Request(engine=EngineName.LLAMA_CPP))
    assert planned.options == {
        "program": "llama-server",
        "cache_type_k": "f16",
        "cache_type_v": "f16",
        "flash_attn": True,
        "batch_size": 2048,
        "ubatch_size": 512,
        "parallel": 4,
        "kv_unified": True,
        "n_gpu_layers": 33,
        "n_cpu_moe": 0,
        "kv_offload": True,
        "swa_full": False,
        "fit_target_mib": 1024,
        "split_mode": "layer",
        "tensor_split": [],
        "main_gpu": 0,
        "max_allocation_bytes": None,
    }


Q8, F16 = CacheType.Q8_0, CacheType.F16


@pytest.mark.parametrize(
    ("model_name", "options", "reason"),
    [
        (
            "llama-3.1-8b",
            {"cache_type_v": Q8, "flash_attn": False},
            "quantized V cache requires flash_attn to be enabled",
        ),
        (
            "glm-4.7-flash",
            {"cache_type_k": Q8},
            "model does not support different K (q8_0) and V (f16) cache types",
        ),
        (
            "deepseek-v4-flash",
            {"cache_type_v": Q8},
            "model does not support different K (f16) and V (q8_0) cache types",
        ),
        ("llama-3.1-8b", {"parallel": 257}, "n_seq_max must be <= 256"),
        ("plm-1.8b", {"flash_attn": True}, "flash_attn aborts with the architecture plm"),
    ],
)
def test_that_what_llama_cpp_refuses_is_refused_with_its_reason(
    model_name: str, options: dict[str, object], reason: str
) -> None:
    with pytest.raises(UnsupportedRequestError) as error:
        settings(model_name, **options)
    assert str(error.value) == reason


def test_that_a_block_must_divide_a_head() -> None:
    odd = made_up_model("llama", {"attention.key_length": 80, "attention.value_length": 80})
    shape = resolve_shape(odd)
    both = LlamaCppOptions(cache_type_k=Q8, cache_type_v=Q8)
    with pytest.raises(UnsupportedRequestError) as error:
        resolve_settings(both, shape)
    assert str(error.value) == (
        "K cache type q8_0 with block size 32 does not divide n_embd_head_k=80"
    )
    # Without flash attention only the whole row matters: four heads of 80 are ten blocks.
    assert resolve_settings(LlamaCppOptions(cache_type_k=Q8, flash_attn=False), shape)


@pytest.mark.parametrize(
    ("name", "value"),
    [("parallel", 0), ("ubatch_size", 0), ("batch_size", -1), ("n_gpu_layers", -1)],
)
def test_that_numbers_out_of_range_are_errors_of_the_request(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=name):
        LlamaCppOptions(**{name: value})  # type: ignore[arg-type]
