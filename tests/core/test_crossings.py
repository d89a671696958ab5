"""Where two plans cross, and what each device reaches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import memplan
import pytest
from memplan import Backend, EngineName, Plan, Request
from memplan.devices import load_catalogue
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions
from memplan.planning.crossings import crossings
from memplan.planning.device_fits import fits_on_devices
from memplan.units import GIB
from memplan.wording.crossings import crossing_text
from spread import MODELS, QUICK


def planned(name: str, engine: EngineName = EngineName.ZINC) -> Plan:
    (path,) = [path for path in MODELS if path.name.startswith(name + ".")]
    return memplan.plan(memplan.read_model(path), Request(engine=engine))


def needs(plan: Plan, context_tokens: int) -> int:
    return plan.usage_at(context_tokens).budgeted_bytes


@pytest.mark.parametrize("path", QUICK, ids=lambda path: path.stem)
def test_that_the_order_is_another_at_each_crossing_and_not_before(path: Path) -> None:
    model = memplan.read_model(path)
    one = memplan.plan(model, Request())
    other = memplan.plan(model, Request(engine=EngineName.LLAMA_CPP))
    for tokens in crossings(one, other):
        before, after = (needs(one, t) - needs(other, t) for t in (tokens - 1, tokens))
        assert after != 0
        assert before == 0 or (before > 0) != (after > 0)


def test_that_the_engines_of_a_model_with_light_weights_cross_where_they_should() -> None:
    one, other = planned("llama-3.2-1b"), planned("llama-3.2-1b", EngineName.LLAMA_CPP)
    (tokens,) = crossings(one, other)
    assert needs(one, tokens - 1) <= needs(other, tokens - 1)
    assert needs(one, tokens) > needs(other, tokens)
    assert crossing_text(one, other) == f"less from {tokens:,} on"
    assert crossing_text(other, one) == f"more from {tokens:,} on"


def test_that_a_plan_does_not_cross_itself() -> None:
    plan = planned("qwen3-8b")
    assert crossings(plan, plan) == ()
    assert crossing_text(plan, plan) == ""


def test_that_a_smaller_cache_is_smaller_everywhere() -> None:
    one = planned("qwen3-8b", EngineName.LLAMA_CPP)
    options = LlamaCppOptions(cache_type_k=CacheType.Q4_0, cache_type_v=CacheType.Q4_0)
    other = memplan.plan(one.model, replace(one.request, llama_cpp=options))
    assert crossings(one, other) == ()


def test_that_devices_of_equal_memory_are_planned_once_and_more_memory_reaches_more() -> None:
    plan = planned("qwen3-8b", EngineName.LLAMA_CPP)
    fits = fits_on_devices(plan, load_catalogue())
    budgets = [fit.plan.request.budget_bytes for fit in fits]
    assert budgets == sorted(set(budgets))
    reached = [fit.plan.markers.max_tokens for fit in fits]
    assert reached == sorted(reached)
    named = [device.name for fit in fits for device in fit.devices]
    offered = [d.name for d in load_catalogue() if Backend.VULKAN in d.backends]
    assert sorted(named) == sorted(offered)


def test_that_a_device_is_planned_with_the_context_that_the_engine_chooses() -> None:
    plan = planned("qwen3-8b")
    asked = memplan.plan(plan.model, replace(plan.request, context_tokens=2048))
    (fit,) = [
        fit
        for fit in fits_on_devices(asked, load_catalogue())
        if fit.plan.request.budget_bytes == 16 * GIB
    ]
    assert fit.plan.verdict.granted_tokens == plan.verdict.granted_tokens


def test_that_macs_are_planned_with_their_working_set_and_memory() -> None:
    plan = planned("qwen3-8b")
    metal = memplan.plan(plan.model, replace(plan.request, backend=Backend.METAL))
    fits = fits_on_devices(metal, load_catalogue())
    assert fits
    for fit in fits:
        total = fit.plan.request.total_memory_bytes
        assert total is not None
        assert total > fit.plan.request.budget_bytes
