"""What is on the device, what on the host."""

from __future__ import annotations

from dataclasses import replace

import pytest
from llama_cpp_rows import bytes_of, context_bytes, made_up_model, model_of
from memplan import Backend, EngineName, Model, Request
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.memory.component import ComponentKind, Place
from memplan.model import NoticeKind
from memplan.planning.planner import Plan, plan

BLOCK = 2 * 256 * 256
EMBEDDING = 2 * 256 * 512
EXPERTS = 2 * 256 * 256 * 16


def tensors(
    *, tied: bool = False, experts: bool = False, blocks: int = 8
) -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {"token_embd.weight": (256, 512)}
    if not tied:
        table["output.weight"] = (256, 512)
    for index in range(blocks):
        table[f"blk.{index}.attn_q.weight"] = (256, 256)
        if experts:
            table[f"blk.{index}.ffn_up_exps.weight"] = (256, 256, 16)
    return table


def ternary_model() -> Model:
    """The same blocks, of a ternary type."""
    model = made_up_model("llama", {}, tensors())
    table = tuple(
        t._replace(type_name="TQ2_0") if t.name.startswith("blk.") else t for t in model.tensors
    )
    return replace(model, tensors=table)


def weights(model: Model, backend: Backend = Backend.VULKAN, **options: object) -> tuple[int, int]:
    planned = planned_with(model, backend, **options)
    kinds = (ComponentKind.WEIGHTS,)
    return bytes_of(planned, kinds, Place.DEVICE), bytes_of(planned, kinds, Place.HOST)


def planned_with(model: Model, backend: Backend = Backend.VULKAN, **options: object) -> Plan:
    request = Request(
        engine=EngineName.LLAMA_CPP,
        backend=backend,
        context_tokens=8192,
        llama_cpp=LlamaCppOptions(**options),  # type: ignore[arg-type]
    )
    return plan(model, request)


def test_that_only_the_embedding_stays_on_the_host() -> None:
    model = made_up_model("llama", {}, tensors())
    assert weights(model) == (8 * BLOCK + EMBEDDING, EMBEDDING)


def test_that_a_tied_embedding_is_copied_to_the_device() -> None:
    model = made_up_model("llama", {}, tensors(tied=True))
    assert weights(model) == (8 * BLOCK + EMBEDDING, EMBEDDING)


def test_that_it_is_not_copied_where_the_output_is_on_the_host_too() -> None:
    model = made_up_model("llama", {}, tensors(tied=True))
    assert weights(model, n_gpu_layers=0) == (0, 8 * BLOCK + EMBEDDING)


def test_that_an_encoder_without_output_copies_nothing() -> None:
    model = made_up_model("bert", {}, tensors(tied=True))
    assert weights(model) == (8 * BLOCK, EMBEDDING)


def test_that_layers_go_to_the_device_from_the_last_and_the_output_counts_first() -> None:
    model = made_up_model("llama", {}, tensors())
    assert weights(model, n_gpu_layers=1) == (EMBEDDING, 8 * BLOCK + EMBEDDING)
    assert weights(model, n_gpu_layers=3) == (2 * BLOCK + EMBEDDING, 6 * BLOCK + EMBEDDING)


def test_that_rope_factors_are_on_both_sides_of_a_split() -> None:
    model = made_up_model("llama", {}, {**tensors(), "rope_freqs.weight": (64,)})
    assert weights(model) == (8 * BLOCK + EMBEDDING + 128, EMBEDDING)
    assert weights(model, n_gpu_layers=3) == (
        2 * BLOCK + EMBEDDING + 128,
        6 * BLOCK + EMBEDDING + 128,
    )


def test_that_rope_factors_are_only_where_a_layer_uses_them() -> None:
    windows = {"attention.sliding_window": 64, "attention.sliding_window_pattern": (1,) * 7 + (0,)}
    model = made_up_model("gemma4", windows, {**tensors(), "rope_freqs.weight": (64,)})
    assert weights(model, n_gpu_layers=3) == (2 * BLOCK + EMBEDDING + 128, 6 * BLOCK + EMBEDDING)


def test_that_a_model_may_project_with_the_embedding_where_it_is() -> None:
    model = made_up_model("bitnet", {}, tensors(tied=True))
    assert weights(model) == (8 * BLOCK, EMBEDDING)


def test_that_the_norm_of_lfm2_output_goes_with_the_output() -> None:
    norm = {**tensors(), "token_embd_norm.weight": (256,)}
    lfm2 = weights(made_up_model("lfm2", {}, norm), n_gpu_layers=1)
    assert lfm2 == (EMBEDDING + 512, 8 * BLOCK + EMBEDDING)
    bloom = weights(made_up_model("bloom", {}, norm), n_gpu_layers=1)
    assert bloom == (EMBEDDING, 8 * BLOCK + EMBEDDING + 512)


def test_that_projections_of_per_layer_embeddings_go_with_the_first_layer() -> None:
    model = made_up_model("gemma4", {}, {**tensors(), "per_layer_model_proj.weight": (256, 256)})
    assert weights(model) == (9 * BLOCK + EMBEDDING, EMBEDDING)
    assert weights(model, n_gpu_layers=8) == (7 * BLOCK + EMBEDDING, 2 * BLOCK + EMBEDDING)


def test_that_without_flash_attention_layers_without_kv_heads_cache_values_too() -> None:
    model = made_up_model("deci", {"attention.head_count_kv": (4,) * 6 + (0,) * 2})
    row_bytes = 2 * 256
    assert context_bytes(planned_with(model)) == 8192 * 6 * 2 * row_bytes
    padded = context_bytes(planned_with(model, flash_attn=False))
    assert padded == 8192 * (6 * 2 + 2) * row_bytes


def test_that_experts_stay_on_the_host_if_asked() -> None:
    model = made_up_model("qwen3moe", {"expert_count": 16}, tensors(experts=True))
    device, host = 8 * BLOCK + EMBEDDING, EMBEDDING
    assert weights(model) == (device + 8 * EXPERTS, host)
    assert weights(model, cpu_moe=True) == (device, host + 8 * EXPERTS)
    assert weights(model, n_cpu_moe=3) == (device + 5 * EXPERTS, host + 3 * EXPERTS)


def test_that_next_token_layers_are_not_loaded_and_a_notice_says_so() -> None:
    model = made_up_model("glm4moe", {"nextn_predict_layers": 1}, tensors())
    assert weights(model) == (7 * BLOCK + EMBEDDING, EMBEDDING)
    notices = planned_with(model).notices
    assert NoticeKind.NEXTN_NOT_LOADED in {notice.kind for notice in notices}


def test_that_per_layer_embeddings_stay_on_the_host() -> None:
    model = made_up_model("gemma4", {}, {**tensors(), "per_layer_token_embd.weight": (256, 512)})
    assert weights(model) == (8 * BLOCK + EMBEDDING, 2 * EMBEDDING)


@pytest.mark.parametrize(
    ("backend", "device_bytes"),
    [(Backend.VULKAN, 16), (Backend.METAL, 32), (Backend.CUDA, 128)],
)
def test_that_a_small_tensor_takes_what_the_backend_aligns_to(
    backend: Backend, device_bytes: int
) -> None:
    small = {**tensors(), "blk.0.layer_output_scale.weight": (1,)}
    base = weights(made_up_model("gemma4", {}, tensors()), backend)[0]
    found = weights(made_up_model("gemma4", {}, small), backend)[0]
    assert found - base == device_bytes


def test_that_what_only_the_cpu_computes_is_on_the_host() -> None:
    scan = {**tensors(), "blk.0.ssm_a": (16, 512)}
    model = made_up_model("mamba", {"ssm.state_size": 16}, scan)
    vulkan, cuda = weights(model), weights(model, Backend.CUDA)
    assert vulkan[1] - cuda[1] == cuda[0] - vulkan[0] == 2 * 16 * 512


def test_that_ternary_weights_are_on_the_host_only_where_the_device_cannot_multiply_them() -> None:
    model = ternary_model()
    assert weights(model, Backend.CUDA)[0] == EMBEDDING
    assert weights(model, Backend.VULKAN)[1] == EMBEDDING


def test_that_small_states_of_mamba_2_are_scanned_on_the_host() -> None:
    scan = {**tensors(), "blk.0.ssm_a": (1, 32)}
    ssm = {"ssm.inner_size": 2048}
    wide = weights(made_up_model("mamba2", {**ssm, "ssm.state_size": 128}, scan))
    narrow = weights(made_up_model("mamba2", {**ssm, "ssm.state_size": 64}, scan))
    assert narrow[1] - wide[1] == wide[0] - narrow[0] == 2 * 32


def test_that_a_layers_cache_goes_with_it_unless_it_is_kept_on_the_host() -> None:
    model = model_of("gemma-3-270m")
    everything = context_bytes(planned_with(model))
    split = planned_with(model, n_gpu_layers=7)
    device, host = context_bytes(split, Place.DEVICE), context_bytes(split, Place.HOST)
    assert device > 0
    assert host > 0
    assert device + host == everything
    kept = planned_with(model, kv_offload=False)
    assert context_bytes(kept, Place.DEVICE) == 0
    assert context_bytes(kept, Place.HOST) == everything


def test_that_the_output_buffer_holds_a_row_of_logits_a_sequence() -> None:
    planned = planned_with(model_of("llama-3.1-8b"))
    assert bytes_of(planned, (ComponentKind.OUTPUT,), Place.HOST) == 4 * 128_256 * 4


def test_that_the_drivers_own_memory_is_noted_on_cuda_and_rocm_only() -> None:
    noted = {
        backend
        for backend in Backend
        if NoticeKind.DRIVER_LEFT_OUT
        in {notice.kind for notice in planned_with(model_of("llama-3.1-8b"), backend).notices}
    }
    assert noted == {Backend.CUDA, Backend.ROCM}
