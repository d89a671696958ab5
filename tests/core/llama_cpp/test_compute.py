"""What the compute buffers consist of: the masks, a layer's widest stage, the logits and chunks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_cpp_rows import DATA, made_up_model, model_of
from memplan import Backend, Model
from memplan.component import Place, evaluate
from memplan.engines.llama_cpp.architectures import ARCHITECTURES as LLAMA_CPP_ARCHITECTURES
from memplan.engines.llama_cpp.compute import ComputeBuffer, compute_buffers
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.engines.llama_cpp.shape import resolve_shape

MIB = 2**20
GIB = 2**30
NAMES = sorted(path.stem for path in (DATA / "models").glob("*.gguf"))
STORE_SCORES = {"flan-t5-large.Q4_K_M", "plm-1.8b.Q4_K_M"}


def buffers(
    model: Model | str, backend: Backend = Backend.VULKAN, **options: Any
) -> dict[Place, ComputeBuffer]:
    shape = resolve_shape(model_of(model) if isinstance(model, str) else model)
    chosen = resolve_settings(LlamaCppOptions(**options), shape)
    return {buffer.where: buffer for buffer in compute_buffers(shape, chosen, backend)}


def device_bytes(
    model: Model | str, context: int, backend: Backend = Backend.VULKAN, **options: Any
) -> int:
    return int(buffers(model, backend, **options)[Place.DEVICE].formula(context))


def host_bytes(model: Model | str, context: int, **options: Any) -> int:
    return int(buffers(model, **options)[Place.HOST].formula(context))


def dense_model(architecture: str = "llama", layers: int = 8, ff: int = 1024) -> Model:
    tensors = {"token_embd.weight": (256, 512)}
    for layer in range(layers):
        tensors[f"blk.{layer}.ffn_gate.weight"] = (256, ff)
        tensors[f"blk.{layer}.ffn_up.weight"] = (256, ff)
        tensors[f"blk.{layer}.ffn_down.weight"] = (ff, 256)
    return made_up_model(architecture, {"block_count": layers}, tensors)


@pytest.mark.parametrize("backend", Backend)
def test_that_the_number_of_layers_changes_nothing(backend: Backend) -> None:
    few, many = dense_model(layers=8), dense_model(layers=80)
    for where in Place:
        formulas = [buffers(model, backend)[where].formula for model in (few, many)]
        assert formulas[0](8192) == formulas[1](8192) > 0


def test_that_a_dense_layer_needs_four_streams_three_networks_and_the_mask() -> None:
    tokens, row = 512, 4 * 512
    mask = 2 * tokens * 8192
    numbers = tokens * (8 + 4 + 16) + 16
    expected = (4 * 256 + 3 * 1024) * row + mask + numbers
    assert device_bytes(dense_model(), 8192) == expected


def test_that_the_network_counts_where_it_is_wider_than_the_attention() -> None:
    narrow, wide = dense_model(ff=1024), dense_model(ff=2048)
    assert device_bytes(wide, 8192) - device_bytes(narrow, 8192) == 3 * 1024 * 4 * 512


def test_that_the_host_holds_inputs_and_looked_up_embeddings_but_no_network() -> None:
    narrow, wide = dense_model(ff=1024), dense_model(ff=2048)
    assert host_bytes(wide, 8192) == host_bytes(narrow, 8192)


@pytest.mark.parametrize("name", NAMES)
def test_that_a_curve_has_at_each_context_what_the_formula_has_there(name: str) -> None:
    contexts = np.array([1, 255, 256, 300, 511, 512, 513, 2048, 16_897, 131_072, 1_000_000])
    for backend in Backend:
        for options in ({}, {"flash_attn": False}, {"program": Program.LLAMA_CLI}):
            for buffer in buffers(name, backend, **options).values():
                expected = [int(buffer.formula(int(context))) for context in contexts]
                assert evaluate(buffer.formula, contexts).tolist() == expected


@settings(deadline=None)
@given(
    st.sampled_from(sorted(set(NAMES) - STORE_SCORES)),
    st.integers(1, 1_000_000),
    st.integers(1, 1_000_000),
    st.sampled_from(Backend),
    st.sampled_from(Program),
    st.sampled_from([128, 512, 2048]),
    st.sampled_from([None, 1, 9]),
    st.sampled_from([None, 0, 5]),
)
def test_that_with_flash_attention_no_buffer_shrinks_as_the_context_grows(
    name: str,
    one: int,
    other: int,
    backend: Backend,
    program: Program,
    ubatch_size: int,
    parallel: int | None,
    n_gpu_layers: int | None,
) -> None:
    shorter, longer = sorted((one, other))
    options: dict[str, Any] = {
        "program": program,
        "ubatch_size": ubatch_size,
        "parallel": parallel,
        "n_gpu_layers": n_gpu_layers,
    }
    for buffer in buffers(name, backend, **options).values():
        assert buffer.formula(longer) >= buffer.formula(shorter)


def test_that_scores_of_four_gib_move_to_the_host_without_flash_attention() -> None:
    name = "llama-3.3-70b.Q4_K_M"
    before, after = (device_bytes(name, c, flash_attn=False) for c in (32_512, 32_768))
    assert before > 8 * GIB * 0.99
    assert after < GIB
    host_before, host_after = (host_bytes(name, c, flash_attn=False) for c in (32_512, 32_768))
    assert host_after - host_before > 4 * GIB


def test_that_only_vulkan_limits_a_tensor_to_four_gib() -> None:
    name = "llama-3.3-70b.Q4_K_M"
    for backend in (Backend.CUDA, Backend.METAL):
        assert device_bytes(name, 131_072, backend, flash_attn=False) > 16 * GIB


def test_that_logits_beyond_the_first_gib_add_up_with_the_layers_on_vulkan() -> None:
    options = {"program": Program.LLAMA_CLI, "ubatch_size": 2048}
    logits = 4 * 128_256 * 2048
    layers = (4 * 4096 + 3 * 14_336) * 4 * 2048
    both = device_bytes("llama-3.1-8b.Q4_K_M", 4096, **options)
    assert 0 < both - logits - layers < 17 * MIB


def test_that_no_micro_batch_is_longer_than_the_context() -> None:
    name = "llama-3.2-1b.Q4_K_M"
    for program in Program:
        wide = buffers(name, program=program, ubatch_size=2048)
        narrow = buffers(name, program=program, ubatch_size=256)
        for where in Place:
            assert wide[where].formula(256) == narrow[where].formula(256)
            assert wide[where].formula(4096) > narrow[where].formula(4096)


def test_that_masks_of_split_caches_cover_one_sequence_each() -> None:
    name, tokens = "llama-3.2-1b.Q4_K_M", 512
    unified = host_bytes(name, 32_768, parallel=4, kv_unified=True)
    split = host_bytes(name, 32_768, parallel=4, kv_unified=False)
    assert unified - split == 2 * tokens * (32_768 - 8192)


def test_that_a_full_cache_for_window_layers_widens_their_mask() -> None:
    name, context = "gemma-3-12b.Q4_K_M", 32_768
    window_cells = 4 * 1024 + 512
    wider = host_bytes(name, context, swa_full=True) - host_bytes(name, context)
    assert wider == 2 * 512 * (context - window_cells)


def test_that_cuda_unpacks_one_layer_of_a_quantised_cache() -> None:
    name = "llama-3.1-8b.Q4_K_M"
    quantised = {"cache_type_k": CacheType.Q8_0, "cache_type_v": CacheType.Q8_0}
    shorter, longer = (device_bytes(name, c, Backend.CUDA, **quantised) for c in (65_536, 131_072))
    per_token = 2 * 512 + 2 * (1024 + 1024)
    assert longer - shorter == 65_536 * per_token


def test_that_layers_on_the_host_bring_copies_of_their_weights() -> None:
    name = "llama-3.3-70b.Q4_K_M"
    largest = max(tensor.bytes for tensor in model_of(name).tensors if "blk." in tensor.name)
    assert device_bytes(name, 4096, n_gpu_layers=40) > largest > 180 * MIB
    assert device_bytes(name, 4096, n_gpu_layers=40) > device_bytes(name, 4096)


def test_that_experts_on_the_host_bring_copies_of_their_weights() -> None:
    name = "qwen3-30b-a3b.Q4_K_M"
    experts = max(tensor.bytes for tensor in model_of(name).tensors if "_exps" in tensor.name)
    assert device_bytes(name, 4096, cpu_moe=True) > experts > 150 * MIB


def test_that_metal_is_never_called_exact() -> None:
    for name in NAMES:
        for buffer in buffers(name, Backend.METAL).values():
            assert not buffer.exact
            assert buffer.band is not None
            assert buffer.band(8192) == buffer.formula(8192) // 2


def test_that_an_architecture_that_was_not_measured_is_not_called_exact() -> None:
    measured, other = dense_model("llama"), dense_model("stablelm")
    for where in Place:
        assert buffers(measured)[where].exact
        found = buffers(other)[where]
        assert not found.exact
        assert found.band is not None
        assert found.band(8192) >= found.formula(8192) // 10 - 1


@pytest.mark.parametrize("name", ["qwen3-vl-8b.Q4_K_M", "lfm2-1.2b.Q4_K_M", "glm-5.Q4_K_M"])
def test_that_the_curve_stays_level_where_the_logits_come_to_fit_in_the_hole_of_the_mask(
    name: str,
) -> None:
    formula = buffers(name, program=Program.LLAMA_CLI)[Place.DEVICE].formula
    curve = evaluate(formula, np.arange(512, 400_000, 256))
    steps = np.diff(curve)
    assert (steps >= 0).all()
    flat = np.flatnonzero(steps == 0)
    assert len(flat) > 10
    assert steps[flat[-1] + 1 :].min() > 0


def test_that_a_32_bit_cache_is_copied_to_16_bits_one_layer_at_a_time() -> None:
    name = "llama-3.1-8b.Q4_K_M"
    wide = {"cache_type_k": CacheType.F32, "cache_type_v": CacheType.F32}
    shorter, longer = (device_bytes(name, c, **wide) for c in (65_536, 131_072))
    assert longer - shorter == 65_536 * (2 * 512 + 2 * (1024 + 1024))


@pytest.mark.parametrize("backend", Backend)
@pytest.mark.parametrize("cache_type", [CacheType.F32, CacheType.Q8_0])
def test_that_a_model_without_a_cache_needs_the_same_whatever_the_context_and_cache_type(
    backend: Backend, cache_type: CacheType
) -> None:
    name, types = "embeddinggemma-300m.Q4_K_M", {"cache_type_k": cache_type}
    usual = device_bytes(name, 4096, backend)
    assert device_bytes(name, 131_072, backend, **types) == usual


@pytest.mark.parametrize("backend", Backend)
def test_that_layers_on_the_device_store_scores_even_if_others_are_on_the_host(
    backend: Backend,
) -> None:
    name, scores = "llama-3.1-8b.Q4_K_M", 4 * 32 * 16_384 * 512
    for n_gpu_layers in (10, None):
        options = {"flash_attn": False, "n_gpu_layers": n_gpu_layers}
        assert device_bytes(name, 16_384, backend, **options) > scores


@pytest.mark.parametrize("architecture", sorted(set(LLAMA_CPP_ARCHITECTURES) - {"clip"}))
def test_that_every_architecture_has_an_estimate_that_grows_with_context(
    architecture: str,
) -> None:
    model = made_up_model(
        architecture,
        {
            "attention.head_count_kv": [2, 0] * 4,
            "attention.indexer.key_length": 64,
            "attention.indexer.top_k": 32,
            "attention.key_length_mla": 64,
            "attention.value_length_mla": 64,
            "attention.kv_lora_rank": 32,
            "attention.sliding_window": 512,
            "attention.sliding_window_pattern": [1, 0] * 4,
            "expert_count": 8,
            "expert_used_count": 2,
            "expert_feed_forward_length": 128,
            "feed_forward_length": 512,
            "kda.head_dim": 64,
            "shortconv.l_cache": 3,
            "ssm.conv_kernel": 4,
            "ssm.inner_size": 512,
            "ssm.state_size": 16,
            "ssm.time_step_rank": 8,
            "ssm.group_count": 1,
            "wkv.head_size": 64,
        },
    )
    contexts = np.array([1, 256, 512, 4096, 65_536, 1_000_000])
    for backend in Backend:
        for buffer in buffers(model, backend, parallel=3).values():
            curve = evaluate(buffer.formula, contexts)
            assert curve[0] > 0
            assert (np.diff(curve) >= 0).all()
