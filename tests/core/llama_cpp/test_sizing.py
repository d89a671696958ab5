"""The contexts that llama.cpp arrives at: automatic, longest, and what stops it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_cpp_rows import made_up_model, model_of
from memplan import Backend, EngineName, Request
from memplan.engines.llama_cpp.options import GpuLayers, LlamaCppOptions
from memplan.engines.llama_cpp.sizing import Demand, fitted_context, longest_context
from memplan.estimate import Allocation, LimitedBy, Outcome
from memplan.memory.component import ComponentKind, constant
from memplan.model import NoticeKind
from memplan.planning.planner import Plan, Status, plan
from memplan.units import GIB, MIB
from memplan.wording.verdicts import explanation

NO_LIMIT = Allocation(constant(0), 0, "", None)


def planned(
    name: str,
    budget_bytes: int,
    context: int | None = None,
    backend: Backend = Backend.VULKAN,
    **options: object,
) -> Plan:
    """The plan with every layer on the device, which automatic fitting then leaves there."""
    options = {"n_gpu_layers": GpuLayers.ALL, **options}
    request = Request(
        engine=EngineName.LLAMA_CPP,
        backend=backend,
        budget_bytes=budget_bytes,
        context_tokens=context,
        llama_cpp=LlamaCppOptions(**options),  # type: ignore[arg-type]
    )
    return plan(model_of(name), request)


def needed(found: Plan, context: int) -> int:
    return found.usage_at(context).budgeted_bytes


@pytest.mark.parametrize(
    "name",
    ["llama-3.1-8b", "gemma-3-12b", "gpt-oss-20b", "qwen3.5-9b", "deepseek-v2-lite", "olmo-3-7b"],
)
@pytest.mark.parametrize("backend", Backend)
def test_that_the_longest_context_leaves_the_margin_and_the_next_does_not(
    name: str, backend: Backend
) -> None:
    ceiling = planned(name, 2**50, backend=backend).markers.ceiling_tokens
    for context in (5000, 12_345, 33_333, ceiling - 300):
        wanted = min(context, ceiling)
        margin = planned(name, GIB, backend=backend).margin_bytes
        assert margin >= GIB
        budget = needed(planned(name, GIB, backend=backend), wanted) + margin
        found = planned(name, budget, backend=backend)
        longest = found.markers.max_tokens
        assert longest >= wanted
        assert needed(found, longest) <= budget - margin
        assert longest == ceiling or needed(found, longest + 1) > budget - margin


def test_that_the_margin_is_an_option() -> None:
    budget = 12 * GIB
    without = planned("llama-3.1-8b", budget, fit_target_mib=(0,))
    assert needed(without, without.markers.max_tokens) <= budget
    assert needed(without, without.markers.max_tokens + 1) > budget
    wide = planned("llama-3.1-8b", budget, fit_target_mib=(2048,))
    assert wide.markers.max_tokens < without.markers.max_tokens
    assert wide.auto_share_bytes == 10 * GIB


def test_that_all_that_the_model_allows_is_taken_where_it_leaves_the_margin() -> None:
    found = planned("llama-3.1-8b", 48 * GIB)
    assert found.markers.auto_tokens == found.markers.max_tokens == 131_072
    assert (found.verdict.outcome, found.verdict.limited_by) == (Outcome.SIZED, LimitedBy.MODEL)
    assert found.verdict.status is Status.OK


def test_that_automatic_fit_trims_to_whole_cells_on_a_straight_line() -> None:
    found = planned("llama-3.1-8b", 16 * GIB)
    auto = found.markers.auto_tokens
    assert auto % 256 == 0
    assert 4096 < auto < 131_072
    assert abs(auto - found.markers.max_tokens) <= 256
    assert (found.verdict.outcome, found.verdict.limited_by) == (Outcome.TRIMMED, LimitedBy.BUDGET)
    assert found.verdict.granted_tokens == found.at.context_tokens == auto


def test_that_automatic_fit_does_not_go_below_its_floor_to_keep_the_margin() -> None:
    at_floor = needed(planned("llama-3.1-8b", GIB), 4096)
    found = planned("llama-3.1-8b", at_floor + 100 * MIB)
    assert found.markers.auto_tokens == found.markers.max_tokens == 4096
    assert found.verdict.status is Status.TIGHT
    assert found.verdict.outcome is Outcome.TRIMMED


def test_that_the_floor_is_one_for_each_sequence_with_a_cache_of_its_own() -> None:
    at_floor = needed(planned("llama-3.2-1b", GIB, parallel=3), 3 * 4096)
    found = planned("llama-3.2-1b", at_floor + 100 * MIB, parallel=3)
    assert found.markers.auto_tokens == found.markers.floor_tokens == 3 * 4096
    shared = planned("llama-3.2-1b", at_floor, parallel=3, kv_unified=True)
    assert shared.markers.floor_tokens == 4096


def test_that_below_the_floor_the_longest_context_is_what_fits_at_all() -> None:
    at_2048 = needed(planned("llama-3.1-8b", GIB), 2048)
    found = planned("llama-3.1-8b", at_2048)
    assert found.markers.max_tokens == 2048
    assert found.verdict.outcome is Outcome.REFUSED
    assert not found.verdict.fits
    asked = planned("llama-3.1-8b", at_2048, 2048)
    assert asked.verdict.fits
    assert asked.verdict.status is Status.TIGHT


def test_that_below_a_micro_batch_every_token_counts() -> None:
    # The graph of a context of 300 tokens has 300 rows, not the 512 of a whole micro-batch.
    at_300 = needed(planned("llama-3.1-8b", GIB), 300)
    found = planned("llama-3.1-8b", at_300)
    assert found.markers.max_tokens == 300
    assert needed(found, 301) > at_300


def test_that_nothing_fits_where_the_weights_alone_do_not() -> None:
    found = planned("llama-3.3-70b", 16 * GIB)
    assert found.markers.max_tokens == found.verdict.granted_tokens == 0
    assert (found.verdict.outcome, found.verdict.limited_by) == (Outcome.REFUSED, LimitedBy.BUDGET)


def test_that_a_context_that_is_asked_for_is_taken_or_refused_but_never_trimmed() -> None:
    fits = planned("llama-3.1-8b", 16 * GIB, 20_000)
    assert (fits.verdict.outcome, fits.verdict.limited_by) == (Outcome.SIZED, LimitedBy.REQUEST)
    assert fits.verdict.granted_tokens == 20_000
    tight = planned("llama-3.1-8b", 16 * GIB, fits.markers.max_tokens + 1000)
    assert (tight.verdict.outcome, tight.verdict.status) == (Outcome.SIZED, Status.TIGHT)
    too_long = planned("llama-3.1-8b", 16 * GIB, 131_072)
    assert (too_long.verdict.outcome, too_long.verdict.granted_tokens) == (Outcome.REFUSED, 0)


def test_that_more_than_the_model_was_trained_for_may_be_asked_for() -> None:
    found = planned("llama-3.1-8b", 64 * GIB, 200_000)
    assert found.markers.ceiling_tokens == 131_072
    assert found.verdict.granted_tokens == found.at.context_tokens == 200_000


def test_that_a_context_of_zero_is_the_automatic_one() -> None:
    found = planned("llama-3.1-8b", 16 * GIB, 0)
    assert found.at.context_tokens == found.markers.auto_tokens


def test_that_each_sequence_of_a_split_cache_may_have_all_that_the_model_allows() -> None:
    found = planned("qwen3-embedding-0.6b", 64 * GIB, parallel=4)
    assert found.markers.ceiling_tokens == found.markers.auto_tokens == 4 * 32_768


def test_that_no_context_is_longer_than_32_bits_say() -> None:
    model = made_up_model("llama", {"context_length": 2**31})
    options = LlamaCppOptions(parallel=4)
    found = plan(model, Request(engine=EngineName.LLAMA_CPP, llama_cpp=options))
    assert found.markers.ceiling_tokens == 2**32 - 1


def test_that_an_automatic_fit_that_does_not_fit_is_noted() -> None:
    found = planned("olmo-3-7b", 16 * GIB)
    assert found.markers.auto_tokens > found.markers.max_tokens
    assert found.verdict.outcome is Outcome.REFUSED
    assert NoticeKind.FIT_OVERSHOOTS in {notice.kind for notice in found.notices}
    asked = planned("olmo-3-7b", 16 * GIB, found.markers.max_tokens)
    assert asked.verdict.fits
    assert NoticeKind.FIT_OVERSHOOTS not in {notice.kind for notice in asked.notices}


def test_that_a_tensor_of_the_cache_must_fit_in_one_buffer() -> None:
    # 32 KV heads of 96 elements at two bytes: 6 KiB a token in the K tensor of one layer.
    free = planned("phi-3-mini-128k", 80 * GIB, 131_072)
    assert free.verdict.fits
    assert free.allocation is not None
    assert free.allocation.bytes_at(131_072) == 6144 * 131_072
    assert free.allocation.kind_at(131_072) is ComponentKind.KV_CACHE
    limited = planned("phi-3-mini-128k", 80 * GIB, 131_072, max_allocation_bytes=512 * MIB)
    assert limited.verdict.outcome is Outcome.REFUSED
    assert limited.verdict.limited_by is LimitedBy.ALLOCATION
    assert not limited.verdict.fits
    assert limited.markers.max_tokens == 512 * MIB // 6144 // 256 * 256
    said = "The largest tensor of the KV cache takes 768 MiB; one buffer may take 512 MiB."
    assert explanation(limited) == said


def test_that_the_longest_context_keeps_to_the_limit_of_one_buffer() -> None:
    weights = planned("mistral-7b-v0.3", 64 * GIB).allocation
    assert weights is not None
    limit = weights.weights_bytes
    assert weights.kind_at(1024) is ComponentKind.WEIGHTS
    tokens = limit // 2048 // 256 * 256
    found = planned("mistral-7b-v0.3", 2**50, max_allocation_bytes=limit)
    assert found.markers.max_tokens == min(tokens, 32_768)
    none = planned("mistral-7b-v0.3", 2**50, max_allocation_bytes=limit - 1)
    assert none.markers.max_tokens == 0
    assert none.verdict.limited_by is LimitedBy.ALLOCATION
    assert explanation(none).startswith("The largest tensor of the weights takes ")


def test_that_the_largest_tensor_is_the_same_for_one_context_and_for_many() -> None:
    for name in ("gemma-3-12b", "deepseek-v4-flash", "mamba2-2.7b"):
        allocation = planned(name, GIB).allocation
        assert allocation is not None
        contexts = np.array([1, 300, 4096, 9999, 131_072])
        expected = [allocation.bytes_at(int(context)) for context in contexts]
        assert allocation.curve(contexts).tolist() == expected


def test_that_metal_counts_device_and_host_together() -> None:
    found = planned("llama-3.1-8b", 16 * GIB, 8192, Backend.METAL)
    assert found.at.budgeted_bytes == found.at.device_bytes + found.at.host_bytes
    longest = found.markers.max_tokens
    assert needed(found, longest) <= 15 * GIB < needed(found, longest + 1)


@settings(deadline=None)
@given(
    budget_bytes=st.integers(0, 200_000),
    bumps=st.lists(st.tuples(st.integers(1, 300_000), st.integers(-40_000, 40_000)), max_size=4),
)
def test_that_a_curve_that_falls_again_never_yields_a_context_that_does_not_fit(
    budget_bytes: int, bumps: list[tuple[int, int]]
) -> None:
    def curve(context: Any) -> Any:
        cells = -(-context // 256)
        return cells * 90 + sum((cells >= at // 256) * step for at, step in bumps)

    demand = Demand(curve, curve, NO_LIMIT)
    ceiling = 262_144
    found = longest_context(demand, budget_bytes, ceiling)
    assert found == 0 or curve(found) <= budget_bytes
    assert found == ceiling or curve(found + 1) > budget_bytes


def test_that_the_line_of_the_automatic_fit_is_llama_cpps() -> None:
    # 4096 + (131072 - 4096) * (400000 - 16384) / (524288 - 16384) = 100000, and down to 256.
    assert fitted_context(lambda n: 4 * n, 400_000, 131_072, 4096, 1) == 99_840
    assert fitted_context(lambda n: 4 * n, 2**40, 131_072, 4096, 1) == 131_072
    assert fitted_context(lambda n: 4 * n, 100, 131_072, 4096, 1) == 4096
    assert fitted_context(lambda n: 4 * n, 100, 2048, 4096, 1) == 2048
    assert fitted_context(lambda n: n * 0 + 9, 5, 131_072, 4096, 1) == 4096
