"""ZINC's memory plan: the twelve exports of its module ``src/gpu/memory_plan.zig``.

The arithmetic is the engine's own: token counts and dimensions are unsigned 32-bit, byte counts
unsigned 64-bit, and nothing wraps or rounds in floating point. Where ZINC's own integers would
overflow (a crash there), these functions raise ``ValueError``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

from memplan.engines.zinc.config import ModelConfig
from memplan.request_budget import (
    RequestBudget,
    clamped_completion_tokens,
    remaining_context_tokens,
    request_budget,
    request_context_target,
)
from memplan.unsigned import check_u32, check_u64

__all__ = [
    "AUTO_CONTEXT_FLOOR_TOKENS",
    "AUTO_CONTEXT_PERCENT",
    "AUTO_CONTEXT_STEP_TOKENS",
    "RequestBudget",
    "RuntimeMemoryProfile",
    "apply_requested_context_limit",
    "attending_layer_count",
    "auto_context_tokens_for_device_budget",
    "auto_share_bytes",
    "clamped_completion_tokens",
    "conv_channels",
    "effective_context_ceiling",
    "kv_layer_count",
    "max_tokens_within_auto_share",
    "profile",
    "profile_with_kv_block_bytes",
    "profile_with_kv_bytes",
    "remaining_context_tokens",
    "request_budget",
    "request_context_target",
    "requested_context_tokens",
]

AUTO_CONTEXT_FLOOR_TOKENS: Final = 4096
"""Automatic sizing never picks fewer tokens than this, unless the model declares fewer."""

AUTO_CONTEXT_PERCENT: Final = 85
"""The share of the budget, in percent, that automatic sizing uses."""

AUTO_CONTEXT_STEP_TOKENS: Final = 512
"""Automatic sizing rounds down to a multiple of this."""

_F32_BYTES = 4
_U32_BYTES = 4
_DEFAULT_EXPERTS_USED = 8
KV_BLOCK_ELEMENTS: Final = 32
"""Elements of a block of the KV cache."""


@dataclass(frozen=True, slots=True)
class RuntimeMemoryProfile:
    """Bytes that an engine needs beside the weights: a fixed part and a price per token.

    Attributes:
        fixed_device_local_bytes: device bytes that do not depend on the context.
        fixed_host_visible_bytes: host-visible bytes that do not depend on the context.
        device_local_bytes_per_token: KV cache, per context token.
        host_visible_bytes_per_token: page table, per context token.
        gpu_ssm_bytes: recurrent state, already inside ``fixed_device_local_bytes``.

    Raises:
        ValueError: a field is no unsigned 64-bit integer.
    """

    fixed_device_local_bytes: int
    fixed_host_visible_bytes: int
    device_local_bytes_per_token: int
    host_visible_bytes_per_token: int
    gpu_ssm_bytes: int

    def __post_init__(self) -> None:
        for field in fields(self):
            check_u64(field.name, getattr(self, field.name))

    def device_local_context_bytes(self, context_tokens: int) -> int:
        """Device bytes that grow with the context."""
        check_u32("context_tokens", context_tokens)
        return check_u64(
            "device_local_context_bytes", context_tokens * self.device_local_bytes_per_token
        )

    def host_visible_context_bytes(self, context_tokens: int) -> int:
        """Host-visible bytes that grow with the context."""
        check_u32("context_tokens", context_tokens)
        return check_u64(
            "host_visible_context_bytes", context_tokens * self.host_visible_bytes_per_token
        )

    def runtime_device_local_bytes(self, context_tokens: int) -> int:
        """All device bytes but the weights."""
        return check_u64(
            "runtime_device_local_bytes",
            self.fixed_device_local_bytes + self.device_local_context_bytes(context_tokens),
        )

    def runtime_host_visible_bytes(self, context_tokens: int) -> int:
        """All host-visible bytes."""
        return check_u64(
            "runtime_host_visible_bytes",
            self.fixed_host_visible_bytes + self.host_visible_context_bytes(context_tokens),
        )

    def runtime_unified_bytes(self, context_tokens: int) -> int:
        """Device and host-visible bytes together, without the weights."""
        return check_u64(
            "runtime_unified_bytes",
            self.runtime_device_local_bytes(context_tokens)
            + self.runtime_host_visible_bytes(context_tokens),
        )

    def total_device_local_bytes(self, weights_bytes: int, context_tokens: int) -> int:
        """Weights and all device bytes."""
        check_u64("weights_bytes", weights_bytes)
        return check_u64(
            "total_device_local_bytes",
            weights_bytes + self.runtime_device_local_bytes(context_tokens),
        )

    def total_unified_bytes(self, weights_bytes: int, context_tokens: int) -> int:
        """Weights, device and host-visible bytes."""
        check_u64("weights_bytes", weights_bytes)
        return check_u64(
            "total_unified_bytes", weights_bytes + self.runtime_unified_bytes(context_tokens)
        )

    def max_context_tokens_for_device_local_budget(
        self, weights_bytes: int, budget_bytes: int, ceiling: int
    ) -> int:
        """Most tokens whose weights and device bytes stay within ``budget_bytes``."""
        return _max_context_tokens(
            weights_bytes,
            budget_bytes,
            self.fixed_device_local_bytes,
            self.device_local_bytes_per_token,
            ceiling,
        )

    def max_context_tokens_for_unified_budget(
        self, weights_bytes: int, budget_bytes: int, ceiling: int
    ) -> int:
        """Most tokens whose weights, device and host bytes stay within ``budget_bytes``."""
        return _max_context_tokens(
            weights_bytes,
            budget_bytes,
            self.fixed_device_local_bytes + self.fixed_host_visible_bytes,
            self.device_local_bytes_per_token + self.host_visible_bytes_per_token,
            ceiling,
        )


def _max_context_tokens(
    weights_bytes: int, budget_bytes: int, fixed_bytes: int, bytes_per_token: int, ceiling: int
) -> int:
    check_u64("weights_bytes", weights_bytes)
    check_u64("budget_bytes", budget_bytes)
    check_u32("ceiling", ceiling)
    check_u64("fixed_bytes", fixed_bytes)
    check_u64("bytes_per_token", bytes_per_token)
    base_bytes = check_u64("weights_bytes + fixed_bytes", weights_bytes + fixed_bytes)
    if ceiling == 0 or base_bytes >= budget_bytes:
        return 0
    if bytes_per_token == 0:
        return ceiling
    return min((budget_bytes - base_bytes) // bytes_per_token, ceiling)


def effective_context_ceiling(config: ModelConfig, requested_context_length: int | None) -> int:
    """The model's context length, or less if less was requested (``None``: no request)."""
    check_u32("context_length", config.context_length)
    if requested_context_length is None:
        return config.context_length
    check_u32("requested_context_length", requested_context_length)
    return min(config.context_length, requested_context_length)


def apply_requested_context_limit(
    config: ModelConfig, requested_context_length: int | None
) -> None:
    """Write the effective ceiling into ``config.context_length``, in place."""
    config.context_length = effective_context_ceiling(config, requested_context_length)


def requested_context_tokens(
    config: ModelConfig, requested_context_length: int | None, backend_cap: int
) -> int:
    """The effective ceiling, limited by what the backend can address."""
    check_u32("backend_cap", backend_cap)
    return min(effective_context_ceiling(config, requested_context_length), backend_cap)


def auto_context_tokens_for_device_budget(
    profile_value: RuntimeMemoryProfile,
    weights_bytes: int,
    device_budget_bytes: int,
    architectural_ceiling: int,
) -> int:
    """The context that ZINC's server picks when none is asked for.

    85 % of the budget, rounded down to a multiple of 512 tokens, raised to the floor, capped at
    the ceiling. Only device-local bytes count, on Metal too. The parameters have ZINC's names.

    Raises:
        ValueError: an argument is outside its unsigned range, or the engine's 64-bit integer does
            not hold 85 times the budget.
    """
    ceiling = check_u32("architectural_ceiling", architectural_ceiling)
    if ceiling == 0:
        return 0
    fitting_tokens = max_tokens_within_auto_share(
        profile_value, weights_bytes, device_budget_bytes, ceiling
    )
    rounded_tokens = fitting_tokens - fitting_tokens % AUTO_CONTEXT_STEP_TOKENS
    return min(max(rounded_tokens, min(AUTO_CONTEXT_FLOOR_TOKENS, ceiling)), ceiling)


def max_tokens_within_auto_share(
    runtime_profile: RuntimeMemoryProfile, weights_bytes: int, budget_bytes: int, ceiling: int
) -> int:
    """Most tokens within the share of the budget that automatic sizing uses."""
    return runtime_profile.max_context_tokens_for_device_local_budget(
        weights_bytes, auto_share_bytes(budget_bytes), ceiling
    )


def auto_share_bytes(budget_bytes: int) -> int:
    """The share of the budget, rounded down, that automatic sizing uses.

    Raises:
        ValueError: the engine's integer does not hold the product before it is divided.
    """
    check_u64("budget_bytes", budget_bytes)
    product = check_u64("budget_bytes * 85", budget_bytes * AUTO_CONTEXT_PERCENT)
    return product // 100


def profile(config: ModelConfig) -> RuntimeMemoryProfile:
    """The memory profile of a model's dimensions.

    Raises:
        ValueError: a dimension is no unsigned 32-bit integer, or a product of dimensions
            overflows the integer in which the engine holds it.
    """
    for field in fields(config):
        check_u32(field.name, getattr(config, field.name))

    hidden_bytes = config.hidden_dim * _F32_BYTES
    logits_bytes = config.vocab_size * _F32_BYTES
    q_dim = config.n_heads * config.head_dim
    kv_dim = config.n_kv_heads * config.head_dim
    inter_dim = config.intermediate_dim or check_u32("4 * hidden_dim", 4 * config.hidden_dim)
    shared_dim = config.shared_expert_intermediate_dim or inter_dim
    channels = conv_channels(config)
    widest_dim = max(inter_dim, shared_dim, config.ssm_d_inner or inter_dim, channels)
    experts_used = config.n_experts_used or _DEFAULT_EXPERTS_USED

    gate_bytes = max(widest_dim, experts_used * inter_dim) * _F32_BYTES
    down_bytes = max(hidden_bytes, experts_used * hidden_bytes)
    attention_out_bytes = max(2 * q_dim, channels) * _F32_BYTES
    router_bytes = (config.n_experts or 1) * _F32_BYTES
    state_bytes = _recurrent_state_bytes(config, channels)

    return RuntimeMemoryProfile(
        # Six times hidden: thrice at the start, twice after attention, once after the FFN.
        fixed_device_local_bytes=6 * hidden_bytes
        + logits_bytes
        + q_dim * _F32_BYTES
        + 2 * kv_dim * _F32_BYTES
        + attention_out_bytes
        + 3 * gate_bytes
        + down_bytes
        + router_bytes
        + state_bytes,
        fixed_host_visible_bytes=logits_bytes
        + hidden_bytes
        + router_bytes
        + max(hidden_bytes, (config.ssm_d_inner or config.hidden_dim) * _F32_BYTES)
        + experts_used * (_U32_BYTES + _F32_BYTES),
        device_local_bytes_per_token=config.n_layers * kv_dim * _F32_BYTES * 2,
        host_visible_bytes_per_token=_U32_BYTES,
        gpu_ssm_bytes=state_bytes,
    )


def kv_layer_count(config: ModelConfig, n_nextn_layers: int = 0) -> int:
    """Layers with a KV cache from September 2026 on: attending layers and next-token layers."""
    return attending_layer_count(config) + check_u32("n_nextn_layers", n_nextn_layers)


def attending_layer_count(config: ModelConfig) -> int:
    """Layers that attend: every ``full_attn_interval``-th, or all."""
    interval = config.full_attn_interval
    return config.n_layers // interval if interval > 1 else config.n_layers


def profile_with_kv_bytes(
    config: ModelConfig, kv_element_bytes: int, n_nextn_layers: int = 0
) -> RuntimeMemoryProfile:
    """The profile of ZINC of 8 September 2026, with KV elements of this many bytes.

    Raises:
        ValueError: as for :func:`profile`.
    """
    block_bytes = KV_BLOCK_ELEMENTS * check_u64("kv_element_bytes", kv_element_bytes)
    return profile_with_kv_block_bytes(config, block_bytes, n_nextn_layers)


def profile_with_kv_block_bytes(
    config: ModelConfig, kv_block_bytes: int, n_nextn_layers: int = 0
) -> RuntimeMemoryProfile:
    """The profile of ZINC of 12 September 2026, with this many bytes for 32 KV elements.

    Raises:
        ValueError: as for :func:`profile`.
    """
    check_u64("kv_block_bytes", kv_block_bytes)
    row_bytes = config.n_kv_heads * config.head_dim * kv_block_bytes // KV_BLOCK_ELEMENTS
    return replace(
        profile(config),
        device_local_bytes_per_token=2 * row_bytes * kv_layer_count(config, n_nextn_layers),
    )


def conv_channels(config: ModelConfig) -> int:
    """Channels of the convolution of a state-space block; 0 without one."""
    if config.ssm_d_inner == 0:
        return 0
    return check_u32(
        "ssm_d_inner + 2 * ssm_n_group * ssm_d_state",
        config.ssm_d_inner + 2 * config.ssm_n_group * config.ssm_d_state,
    )


def _recurrent_state_bytes(config: ModelConfig, channels: int) -> int:
    """Convolution tail and state of every layer, whether it recurs or attends."""
    if config.ssm_d_inner == 0 or config.ssm_dt_rank == 0:
        return 0
    conv_elements = check_u32(
        "(ssm_d_conv - 1) * conv_channels", (config.ssm_d_conv - 1) * channels
    )
    head_value_dim = config.ssm_d_inner // config.ssm_dt_rank
    state_elements = config.ssm_dt_rank * head_value_dim * head_value_dim
    return config.n_layers * (conv_elements + state_elements) * _F32_BYTES
