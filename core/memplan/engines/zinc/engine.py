"""The engine ZINC: its memory plan, and what it does with it.

Sources: ZINC's ``memory_plan.zig``, the start of its Vulkan and Metal forward passes, and its model
managers, which pick a context where none is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from memplan.engines.zinc.config import config_of
from memplan.engines.zinc.memory_plan import (
    AUTO_CONTEXT_FLOOR_TOKENS,
    attending_layer_count,
    auto_context_tokens_for_device_budget,
    auto_share_bytes,
    max_tokens_within_auto_share,
    requested_context_tokens,
)
from memplan.engines.zinc.options import BACKENDS, Accounting, KvType
from memplan.engines.zinc.start import ZincStart, start_of
from memplan.estimate import (
    Estimate,
    Growth,
    GrowthKind,
    LimitedBy,
    Outcome,
    Sizing,
    UnsupportedRequestError,
)
from memplan.exhaustive import exhaustive
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
from memplan.units import MIB, format_count
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

_GPT_OSS = frozenset({"gpt-oss", "gpt_oss", "openai-moe"})
_F32_BYTES = 4
_Q8_BLOCK_ELEMENTS = 32
_Q8_BLOCK_BYTES = 34
Q8_HEAD_ELEMENTS: Final = 256
"""The heads that the kernels of the 8-bit cache are for."""
VULKAN_PAGE_TOKENS: Final = 16
PAGE_ENTRY_BYTES: Final = 4


def estimate(model: Model, request: Request) -> Estimate:
    """ZINC's components and the context with which it starts.

    Raises:
        UnsupportedRequestError: its plan on this backend is not known, or its integers do not
            hold the model.
    """
    if request.backend not in BACKENDS:
        text = tr(
            "ZINC runs on CUDA and ROCm, too, but how it plans its memory there is not published: "
            "Memplan plans ZINC on Vulkan and Metal."
        )
        raise UnsupportedRequestError(text)
    if not config_of(model).context_length:
        raise UnsupportedRequestError(tr("The model states a context length of 0."))
    try:
        start = start_of(model, request)
        sizing = _size(start)
        share_bytes = auto_share_bytes(request.budget_bytes)
    except ValueError as error:
        raise UnsupportedRequestError(str(error)) from error
    return Estimate(
        engine_version=request.zinc.version.value,
        components=_components(start, start.scratch),
        sizing=sizing,
        options=_options(start),
        notices=tuple(_notices(start, sizing)),
        auto_share_bytes=share_bytes,
        profile=start.profile,
        growth=_growth(start),
        asked_components=_components(start, constant(start.setup.least_scratch_bytes)),
    )


def _options(start: ZincStart) -> dict[str, Any]:
    """The options as used, whatever was asked for."""
    options, setup = start.request.zinc, start.setup
    return {
        "zinc_version": options.version.value,
        "accounting": options.accounting.value,
        "kv_type": setup.kv_type.value,
        "mtp": setup.mtp,
        "prefill_scratch_mib": setup.scratch_bytes // MIB,
    }


def _growth(start: ZincStart) -> tuple[Growth, ...]:
    """The checkpoint that a server keeps of a conversation's recurrent state."""
    size = start.setup.checkpoint_bytes
    if not size:
        return ()
    pool = start.request.machine.devices[0].id
    return (Growth(GrowthKind.TURN_CHECKPOINT, pool, lambda _context: size, lambda _context: size),)


def _components(start: ZincStart, scratch: Formula) -> tuple[Component, ...]:
    """The parts of the footprint, with a formula for the prefill scratch."""
    runtime_profile = start.profile
    state_bytes = runtime_profile.gpu_ssm_bytes
    kv_cache, page_table = _context_formulas(start)
    exact: list[tuple[ComponentKind, Place, Formula]] = [
        (ComponentKind.WEIGHTS, Place.DEVICE, constant(start.setup.weights_bytes)),
        (ComponentKind.KV_CACHE, Place.DEVICE, kv_cache),
        (ComponentKind.RECURRENT_STATE, Place.DEVICE, constant(state_bytes)),
        (
            ComponentKind.STAGING,
            Place.HOST,
            constant(runtime_profile.fixed_host_visible_bytes),
        ),
        (ComponentKind.PAGE_TABLE, Place.HOST, page_table),
    ]
    components = [
        Component(_key(start, Part.MODEL, kind, where), formula)
        for kind, where, formula in exact
        if kind is not ComponentKind.RECURRENT_STATE or state_bytes
    ]
    components.insert(-2, _compute(start, scratch))
    if start.reserve.bytes:
        key = _key(start, Part.MTP, ComponentKind.COMPUTE, Place.DEVICE)
        reserve, band = constant(start.reserve.bytes), constant(start.reserve.band_bytes)
        components.append(Component(key, reserve, exact=False, band=band))
    return tuple(components)


def _compute(start: ZincStart, scratch: Formula) -> Component:
    """Buffers for one token, and scratch for prefill."""
    key = _key(start, Part.MODEL, ComponentKind.COMPUTE, Place.DEVICE)
    fixed_bytes = start.profile.fixed_device_local_bytes - start.profile.gpu_ssm_bytes
    if not start.setup.gives_scratch_back:
        return Component(key, constant(fixed_bytes + start.setup.scratch_bytes))
    return Component(
        key,
        lambda context: fixed_bytes + scratch(context),
        start.scratch_breaks(),
        exact=False,
        band=start.scratch_band,
    )


def _key(start: ZincStart, part: Part, kind: ComponentKind, where: Place) -> ComponentKey:
    machine = start.request.machine
    pools = exhaustive(Place, {Place.DEVICE: machine.devices[0].id, Place.HOST: machine.host.id})
    return ComponentKey(part, kind, pools[where], where)


def _context_formulas(start: ZincStart) -> tuple[Formula, Formula]:
    """KV cache and page table, as planned or as allocated."""
    planned = per_token(start.profile.device_local_bytes_per_token)
    if start.request.zinc.accounting is Accounting.PLAN:
        return planned, per_token(start.profile.host_visible_bytes_per_token)
    if start.request.backend is Backend.VULKAN:
        return planned, _vulkan_page_table
    layers = attending_layer_count(start.setup.config)
    return per_token(2 * metal_row_bytes(start.model) * layers), per_token(PAGE_ENTRY_BYTES)


def _vulkan_page_table(context_tokens: int) -> int:
    return -(-context_tokens // VULKAN_PAGE_TOKENS) * PAGE_ENTRY_BYTES


def metal_row_bytes(model: Model) -> int:
    """Bytes of one K or V row in the cache that the Metal backend allocates."""
    width = config_of(model).n_kv_heads * config_of(model).head_dim
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


def _size(start: ZincStart) -> Sizing:
    request = start.request
    metal = request.backend is Backend.METAL
    ceiling = requested_context_tokens(
        start.setup.config, None, METAL_CONTEXT_CAP_TOKENS if metal else U32_MAX
    )
    max_tokens = start.max_tokens(ceiling)
    # Metal too picks by device bytes alone; its start then counts host bytes as well. No version
    # counts the reserves when it picks.
    auto_tokens = auto_context_tokens_for_device_budget(
        start.profile, start.setup.weights_bytes, request.budget_bytes, ceiling
    )
    if request.context_tokens is None:
        wanted_tokens = auto_tokens
    else:
        wanted_tokens = min(request.context_tokens, ceiling)
    outcome = _outcome(start, ceiling, wanted_tokens, max_tokens)
    granted_tokens = 0 if outcome is Outcome.REFUSED else min(wanted_tokens, max_tokens)
    return Sizing(
        ceiling,
        auto_tokens,
        max_tokens,
        wanted_tokens,
        granted_tokens,
        outcome,
        _limited_by(start.model, request, ceiling, granted_tokens),
        AUTO_CONTEXT_FLOOR_TOKENS,
    )


def _outcome(start: ZincStart, ceiling: int, wanted_tokens: int, max_tokens: int) -> Outcome:
    if max_tokens == 0:
        return Outcome.REFUSED
    if max_tokens < wanted_tokens:
        return Outcome.TRIMMED
    within_share = max_tokens_within_auto_share(
        start.profile, start.setup.weights_bytes, start.request.budget_bytes, ceiling
    )
    automatic = start.request.context_tokens is None
    if automatic and within_share < min(AUTO_CONTEXT_FLOOR_TOKENS, ceiling):
        return Outcome.FLOOR_HELD
    return Outcome.SIZED


def _limited_by(model: Model, request: Request, ceiling: int, granted_tokens: int) -> LimitedBy:
    if granted_tokens == 0 or granted_tokens < min(request.context_tokens or ceiling, ceiling):
        return LimitedBy.BUDGET
    if request.context_tokens is not None and granted_tokens < ceiling:
        return LimitedBy.REQUEST
    return LimitedBy.BACKEND if ceiling < config_of(model).context_length else LimitedBy.MODEL


def _notices(start: ZincStart, sizing: Sizing) -> Iterable[Notice]:
    model = start.model
    if model.architecture not in ARCHITECTURES:
        yield Notice(NoticeKind.ARCHITECTURE_NOT_RUN, model.architecture)
    # ZINC sizes these as zero bytes, a bug of its own; here they count at their real size.
    unsupported = sorted({t.type_name for t in model.tensors if _not_run(t.type_name)})
    if unsupported:
        yield Notice(NoticeKind.TYPES_NOT_RUN, ", ".join(unsupported))
    price = start.profile.device_local_bytes_per_token
    band_bytes = start.reserve.band_bytes + int(start.scratch_band(sizing.max_tokens))
    if band_bytes and price and 0 < sizing.max_tokens < sizing.ceiling_tokens:
        yield Notice(NoticeKind.RESERVES_ESTIMATED, format_count(-(-band_bytes // price)))
    if start.setup.kv_type is KvType.Q8 and start.setup.config.head_dim != Q8_HEAD_ELEMENTS:
        yield Notice(NoticeKind.CACHE_TYPE_NOT_RUN, str(Q8_HEAD_ELEMENTS))


def _not_run(type_name: str) -> bool:
    return type_name.startswith(("IQ", "TQ"))
