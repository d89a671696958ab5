"""ZINC's memory plan against what ZINC itself says."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import memplan
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memplan import ModelConfig, RuntimeMemoryProfile
from zinc_vectors import VECTORS

u32 = st.integers(0, 2**32 - 1)
bytes_ = st.integers(0, 2**50)


@st.composite
def profiles(draw: st.DrawFn) -> RuntimeMemoryProfile:
    state = draw(st.integers(0, 2**40))
    return RuntimeMemoryProfile(
        fixed_device_local_bytes=state + draw(st.integers(0, 2**40)),
        fixed_host_visible_bytes=draw(st.integers(0, 2**40)),
        device_local_bytes_per_token=draw(st.integers(0, 2**24)),
        host_visible_bytes_per_token=draw(st.integers(0, 64)),
        gpu_ssm_bytes=state,
    )


@pytest.mark.parametrize("row", VECTORS, ids=range(len(VECTORS)))
def test_that_every_export_agrees_with_zinc(row: dict[str, Any]) -> None:
    config = ModelConfig(**row["config"])
    profile = memplan.profile(config)
    assert asdict(profile) == row["profile"]
    assert _exports(config, profile, row["inputs"]) == row["outputs"]


def _exports(
    config: ModelConfig, profile: RuntimeMemoryProfile, inputs: dict[str, Any]
) -> dict[str, Any]:
    tokens, weights = inputs["context_tokens"], inputs["weights_bytes"]
    sizing = (weights, inputs["budget_bytes"], config.context_length)
    requested = inputs["requested_context_length"]
    answer = {
        name: getattr(profile, name)(tokens)
        for name in (
            "device_local_context_bytes",
            "host_visible_context_bytes",
            "runtime_device_local_bytes",
            "runtime_host_visible_bytes",
            "runtime_unified_bytes",
        )
    }
    answer |= {
        name: getattr(profile, name)(weights, tokens)
        for name in ("total_device_local_bytes", "total_unified_bytes")
    }
    answer |= {
        name: getattr(profile, name)(*sizing)
        for name in (
            "max_context_tokens_for_device_local_budget",
            "max_context_tokens_for_unified_budget",
        )
    }
    answer["auto_context_tokens_for_device_budget"] = memplan.auto_context_tokens_for_device_budget(
        profile, *sizing
    )
    answer["effective_context_ceiling"] = memplan.effective_context_ceiling(config, requested)
    answer["requested_context_tokens"] = memplan.requested_context_tokens(
        config, requested, inputs["backend_cap"]
    )
    chat = (
        inputs["used_context_tokens"],
        inputs["requested_completion_tokens"],
        inputs["context_capacity_tokens"],
    )
    answer["remaining_context_tokens"] = memplan.remaining_context_tokens(chat[0], chat[2])
    answer["clamped_completion_tokens"] = memplan.clamped_completion_tokens(*chat)
    answer["request_context_target"] = memplan.request_context_target(*chat)
    answer["request_budget"] = asdict(memplan.request_budget(*chat))
    # Last, because it changes the config.
    memplan.apply_requested_context_limit(config, requested)
    answer["applied_context_length"] = config.context_length
    return answer


def test_that_the_floor_of_automatic_sizing_is_4096_tokens() -> None:
    assert memplan.AUTO_CONTEXT_FLOOR_TOKENS == 4096


@given(profiles(), bytes_, u32, u32)
def test_that_more_context_never_costs_less(
    profile: RuntimeMemoryProfile, weights: int, one: int, other: int
) -> None:
    fewer, more = sorted((one, other))
    assert profile.total_unified_bytes(weights, fewer) <= profile.total_unified_bytes(weights, more)
    assert profile.total_device_local_bytes(weights, fewer) <= profile.total_device_local_bytes(
        weights, more
    )


@given(profiles(), bytes_, st.integers(0, 2**52), u32)
def test_that_the_largest_context_fits_and_the_next_token_does_not(
    profile: RuntimeMemoryProfile, weights: int, budget: int, ceiling: int
) -> None:
    for largest, total in (
        (profile.max_context_tokens_for_device_local_budget, profile.total_device_local_bytes),
        (profile.max_context_tokens_for_unified_budget, profile.total_unified_bytes),
    ):
        tokens = largest(weights, budget, ceiling)
        assert tokens <= ceiling
        if tokens:
            assert total(weights, tokens) <= budget
        # Some room must be left beyond what is fixed, even where a token takes none.
        if tokens < ceiling and total(weights, 0) != budget:
            assert total(weights, tokens + 1) > budget


@given(profiles(), bytes_, u32)
def test_that_parts_add_up_to_totals(
    profile: RuntimeMemoryProfile, weights: int, tokens: int
) -> None:
    device = profile.fixed_device_local_bytes + profile.device_local_context_bytes(tokens)
    host = profile.fixed_host_visible_bytes + profile.host_visible_context_bytes(tokens)
    assert profile.total_device_local_bytes(weights, tokens) == weights + device
    assert profile.total_unified_bytes(weights, tokens) == weights + device + host


@given(profiles(), bytes_, st.integers(0, 2**52), u32)
def test_that_automatic_context_is_a_multiple_of_512_within_the_ceiling(
    profile: RuntimeMemoryProfile, weights: int, budget: int, ceiling: int
) -> None:
    tokens = memplan.auto_context_tokens_for_device_budget(profile, weights, budget, ceiling)
    assert tokens <= ceiling
    assert tokens % 512 == 0 or tokens in (ceiling, memplan.AUTO_CONTEXT_FLOOR_TOKENS)


@given(u32, u32, u32)
def test_that_a_granted_request_stays_within_the_capacity(
    used: int, wanted: int, capacity: int
) -> None:
    granted = memplan.request_budget(used, wanted, capacity)
    assert granted.completion_tokens <= wanted
    assert granted.target_context_tokens <= capacity
    if used <= capacity:
        assert used + granted.completion_tokens == granted.target_context_tokens


@pytest.mark.parametrize("bad", [-1, 2**32, True, 1.0])
def test_that_tokens_outside_the_unsigned_range_are_refused_by_name_and_range(bad: Any) -> None:
    profile = memplan.profile(ModelConfig())
    with pytest.raises(ValueError, match=r"context_tokens must be .*0 to 4,294,967,295"):
        profile.device_local_context_bytes(bad)
    with pytest.raises(ValueError, match=r"backend_cap must be .*0 to 4,294,967,295"):
        memplan.requested_context_tokens(ModelConfig(), None, bad)


@pytest.mark.parametrize("bad", [-1, 2**64])
def test_that_bytes_outside_the_unsigned_range_are_refused_by_name_and_range(bad: int) -> None:
    profile = memplan.profile(ModelConfig())
    with pytest.raises(ValueError, match=r"weights_bytes must be .*18,446,744,073,709,551,615"):
        profile.total_device_local_bytes(bad, 1)
    with pytest.raises(ValueError, match=r"budget_bytes must be .*18,446,744,073,709,551,615"):
        memplan.auto_context_tokens_for_device_budget(profile, 0, bad, 1)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (ModelConfig(n_layers=2**32), "n_layers"),
        (ModelConfig(hidden_dim=2**31), r"4 \* hidden_dim"),
        (
            ModelConfig(ssm_d_inner=2, ssm_n_group=2**16, ssm_d_state=2**16),
            "ssm_n_group",
        ),
        (
            ModelConfig(n_layers=1, ssm_d_inner=64, ssm_dt_rank=1, ssm_d_conv=0),
            "ssm_d_conv",
        ),
        (
            ModelConfig(n_layers=2**32 - 1, n_kv_heads=2**16, head_dim=2**16),
            "device_local_bytes_per_token",
        ),
    ],
)
def test_that_dimensions_which_overflow_the_engine_are_refused(
    config: ModelConfig, name: str
) -> None:
    with pytest.raises(ValueError, match=name):
        memplan.profile(config)


def test_that_totals_beyond_64_bits_are_refused() -> None:
    profile = RuntimeMemoryProfile(2**63, 2**63, 0, 0, 0)
    with pytest.raises(ValueError, match="runtime_unified_bytes"):
        profile.runtime_unified_bytes(1)


def test_that_the_automatic_context_takes_zincs_own_parameter_names() -> None:
    profile = RuntimeMemoryProfile(0, 0, 1, 0, 0)
    tokens = memplan.auto_context_tokens_for_device_budget(
        profile_value=profile,
        weights_bytes=0,
        device_budget_bytes=10_000,
        architectural_ceiling=100_000,
    )
    assert tokens == 8_192
