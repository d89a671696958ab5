"""The engine ZINC: its memory plan, and what it does with it.

Sources: ZINC's ``memory_plan.zig`` (June 2026), the start of its Vulkan and Metal forward passes,
and its model managers, which pick a context where none is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from memplan.engines.zinc.config import config_of
from memplan.engines.zinc.memory_plan import (
    AUTO_CONTEXT_FLOOR_TOKENS,
    RuntimeMemoryProfile,
    attending_layer_count,
    auto_context_tokens_for_device_budget,
    auto_share_bytes,
    kv_layer_count,
    max_tokens_within_auto_share,
    profile,
    profile_with_kv_bytes,
    requested_context_tokens,
)
from memplan.engines.zinc.options import Accounting, ZincVersion
from memplan.estimate import Estimate, LimitedBy, Outcome, Sizing, UnsupportedRequestError
from memplan.language import tr
from memplan.memory.component import (
    Component,
    ComponentKey,
    ComponentKind,
    Formula,
    Part,
    Place,
    constant,
    per_token,
)
from memplan.model import Model, Notice, NoticeKind
from memplan.reader.header import ValueType
from memplan.request import Backend, Request
from memplan.unsigned import U32_MAX

METAL_CONTEXT_CAP_TOKENS: Final = 262_144
"""ZINC's Metal backend does not go beyond this context."""

ARCHITECTURES: Final = frozenset(
    {
        "llama", "mistral", "qwen2", "qwen3", "qwen2moe", "qwen3moe", "qwen35moe", "qwen35",
        "mamba", "jamba", "gemma", "gemma2", "gemma4", "gpt-oss", "gpt_oss", "openai-moe",
    }
)  # fmt: skip
"""Architectures that ZINC runs."""

BACKENDS: Final = (Backend.VULKAN, Backend.METAL)

_GPT_OSS = frozenset({"gpt-oss", "gpt_oss", "openai-moe"})
_F32_BYTES = 4
_F16_BYTES = 2
_Q8_BLOCK_ELEMENTS = 32
_Q8_BLOCK_BYTES = 34
VULKAN_PAGE_TOKENS: Final = 16
PAGE_ENTRY_BYTES: Final = 4


def estimate(model: Model, request: Request) -> Estimate:
    """ZINC's components and the context with which it starts.

    Raises:
        UnsupportedRequestError: ZINC has no such backend, or its integers do not hold the model.
    """
    if request.backend not in BACKENDS:
        text = tr("ZINC has no {backend} backend.")
        raise UnsupportedRequestError(text.format(backend=request.backend.value.upper()))
    if not config_of(model).context_length:
        raise UnsupportedRequestError(tr("The model states a context length of 0."))
    try:
        runtime_profile = planned_profile(model, request)
        sizing = _size(model, request, runtime_profile)
    except ValueError as error:
        raise UnsupportedRequestError(str(error)) from error
    return Estimate(
        engine_version=request.zinc.version.value,
        components=_components(model, request, runtime_profile),
        sizing=sizing,
        options={
            "zinc_version": request.zinc.version.value,
            "accounting": request.zinc.accounting.value,
        },
        notices=tuple(_notices(model)),
        auto_share_bytes=auto_share_bytes(request.budget_bytes),
        profile=runtime_profile,
    )


def planned_profile(model: Model, request: Request) -> RuntimeMemoryProfile:
    """The profile with which the chosen version of ZINC sizes its context."""
    if request.zinc.version is ZincVersion.JUNE_2026:
        return profile(config_of(model))
    return profile_with_kv_bytes(
        config_of(model), cached_element_bytes(request), nextn_layer_count(model)
    )


def cached_layer_count(model: Model, request: Request) -> int:
    """Layers for which the chosen version of ZINC plans a KV cache."""
    if request.zinc.version is ZincVersion.JUNE_2026:
        return config_of(model).n_layers
    return kv_layer_count(config_of(model), nextn_layer_count(model))


def cached_element_bytes(request: Request) -> int:
    """Bytes of an element of the KV cache, as the chosen version of ZINC plans it."""
    june = request.zinc.version is ZincVersion.JUNE_2026
    return _F32_BYTES if june or request.backend is not Backend.VULKAN else _F16_BYTES


def nextn_layer_count(model: Model) -> int:
    """Layers that predict further tokens, appended to the others."""
    return model.metadata.u32("nextn_predict_layers") or 0


def _kv_width(model: Model) -> int:
    """Elements of one K or V row."""
    return config_of(model).n_kv_heads * config_of(model).head_dim


def _components(
    model: Model, request: Request, runtime_profile: RuntimeMemoryProfile
) -> tuple[Component, ...]:
    state_bytes = runtime_profile.gpu_ssm_bytes
    scratch_bytes = runtime_profile.fixed_device_local_bytes - state_bytes
    kv_cache, page_table = _context_formulas(model, request, runtime_profile)
    formulas: list[tuple[ComponentKind, Place, Formula]] = [
        (ComponentKind.WEIGHTS, Place.DEVICE, constant(model.weights_bytes)),
        (ComponentKind.KV_CACHE, Place.DEVICE, kv_cache),
        (ComponentKind.RECURRENT_STATE, Place.DEVICE, constant(state_bytes)),
        (ComponentKind.COMPUTE, Place.DEVICE, constant(scratch_bytes)),
        (
            ComponentKind.STAGING,
            Place.HOST,
            constant(runtime_profile.fixed_host_visible_bytes),
        ),
        (ComponentKind.PAGE_TABLE, Place.HOST, page_table),
    ]
    machine = request.machine
    pools = {Place.DEVICE: machine.devices[0].id, Place.HOST: machine.host.id}
    return tuple(
        Component(ComponentKey(Part.MODEL, kind, pools[where], where), formula)
        for kind, where, formula in formulas
        if kind is not ComponentKind.RECURRENT_STATE or state_bytes
    )


def _context_formulas(
    model: Model, request: Request, runtime_profile: RuntimeMemoryProfile
) -> tuple[Formula, Formula]:
    """KV cache and page table, as planned or as allocated."""
    planned = per_token(runtime_profile.device_local_bytes_per_token)
    if request.zinc.accounting is Accounting.PLAN:
        return planned, per_token(runtime_profile.host_visible_bytes_per_token)
    if request.backend is Backend.VULKAN:
        return planned, _vulkan_page_table
    allocated = per_token(2 * metal_row_bytes(model) * attending_layer_count(config_of(model)))
    return allocated, per_token(PAGE_ENTRY_BYTES)


def _vulkan_page_table(context_tokens: int) -> int:
    return -(-context_tokens // VULKAN_PAGE_TOKENS) * PAGE_ENTRY_BYTES


def metal_row_bytes(model: Model) -> int:
    """Bytes of one K or V row in the cache that the Metal backend allocates."""
    width = _kv_width(model)
    gemma_with_window_rope = model.architecture.startswith("gemma") and _window_rope_base(model) > 0
    if (
        width % _Q8_BLOCK_ELEMENTS
        or config_of(model).head_dim % _Q8_BLOCK_ELEMENTS
        or model.architecture in _GPT_OSS
        or gemma_with_window_rope
    ):
        return width * _F32_BYTES
    return width // _Q8_BLOCK_ELEMENTS * _Q8_BLOCK_BYTES


def _window_rope_base(model: Model) -> float:
    """RoPE base of the sliding-window layers, 0 where the file states none."""
    found = model.metadata.values.get(f"{model.architecture}.rope.freq_base_swa")
    if found is None or found.type is not ValueType.FLOAT32:
        return 0.0
    return float(found.value) if isinstance(found.value, float) else 0.0


def _size(model: Model, request: Request, runtime_profile: RuntimeMemoryProfile) -> Sizing:
    metal = request.backend is Backend.METAL
    ceiling = requested_context_tokens(
        config_of(model), None, METAL_CONTEXT_CAP_TOKENS if metal else U32_MAX
    )
    find_max_tokens = (
        runtime_profile.max_context_tokens_for_unified_budget
        if metal
        else runtime_profile.max_context_tokens_for_device_local_budget
    )
    max_tokens = find_max_tokens(model.weights_bytes, request.budget_bytes, ceiling)
    # Metal too picks by device bytes alone; its start then counts host bytes as well.
    auto_tokens = auto_context_tokens_for_device_budget(
        runtime_profile, model.weights_bytes, request.budget_bytes, ceiling
    )
    if request.context_tokens is None:
        wanted_tokens = auto_tokens
    else:
        wanted_tokens = min(request.context_tokens, ceiling)
    outcome = _outcome(model, request, runtime_profile, ceiling, wanted_tokens, max_tokens)
    granted_tokens = 0 if outcome is Outcome.REFUSED else min(wanted_tokens, max_tokens)
    return Sizing(
        ceiling,
        auto_tokens,
        max_tokens,
        wanted_tokens,
        granted_tokens,
        outcome,
        _limited_by(model, request, ceiling, granted_tokens),
        AUTO_CONTEXT_FLOOR_TOKENS,
    )


def _outcome(
    model: Model,
    request: Request,
    runtime_profile: RuntimeMemoryProfile,
    ceiling: int,
    wanted_tokens: int,
    max_tokens: int,
) -> Outcome:
    if max_tokens == 0:
        return Outcome.REFUSED
    if max_tokens < wanted_tokens:
        return Outcome.TRIMMED
    within_share = max_tokens_within_auto_share(
        runtime_profile, model.weights_bytes, request.budget_bytes, ceiling
    )
    if request.context_tokens is None and within_share < min(AUTO_CONTEXT_FLOOR_TOKENS, ceiling):
        return Outcome.FLOOR_HELD
    return Outcome.SIZED


def _limited_by(model: Model, request: Request, ceiling: int, granted_tokens: int) -> LimitedBy:
    if granted_tokens == 0 or granted_tokens < min(request.context_tokens or ceiling, ceiling):
        return LimitedBy.BUDGET
    if request.context_tokens is not None and granted_tokens < ceiling:
        return LimitedBy.REQUEST
    return LimitedBy.BACKEND if ceiling < config_of(model).context_length else LimitedBy.MODEL


def _notices(model: Model) -> Iterable[Notice]:
    if model.architecture not in ARCHITECTURES:
        yield Notice(NoticeKind.ARCHITECTURE_NOT_RUN, model.architecture)
    # ZINC sizes these as zero bytes, a bug of its own; here they count at their real size.
    unsupported = sorted({t.type_name for t in model.tensors if _not_run(t.type_name)})
    if unsupported:
        yield Notice(NoticeKind.TYPES_NOT_RUN, ", ".join(unsupported))


def _not_run(type_name: str) -> bool:
    return type_name.startswith(("IQ", "TQ"))
