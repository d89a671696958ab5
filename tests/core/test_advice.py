"""Advice: what would make a model fit."""

from __future__ import annotations

from pathlib import Path

import memplan
import pytest
from memplan import EngineName, Request
from memplan.devices import load_catalogue
from memplan.engines.llama_cpp.ladders import CACHE_TYPE
from memplan.engines.llama_cpp.options import GpuLayers, LlamaCppOptions
from memplan.engines.zinc.options import BACKENDS
from memplan.planning.advice import CONTEXT, DEVICE, WIRED_LIMIT, Advice, Change, advise
from memplan.planning.planner import Plan
from memplan.planning.requantise import requantise, smaller_types
from memplan.units import GIB
from memplan.wording.advice import advice_effect_text
from spread import MODELS, QUICK


def model(name: str) -> memplan.Model:
    (path,) = [path for path in MODELS if path.name.startswith(name + ".")]
    return memplan.read_model(path)


def advice_for(plan: Plan) -> tuple[Advice, ...]:
    return advise(plan, load_catalogue())


def by_change(plan: Plan) -> dict[Change, Advice]:
    return {advice.steps[0].change: advice for advice in reversed(advice_for(plan))}


@pytest.mark.parametrize(
    ("engine", "path"),
    [
        *((EngineName.ZINC, path) for path in MODELS),
        *((EngineName.LLAMA_CPP, path) for path in QUICK),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_that_planning_again_gives_the_bytes_that_the_advice_promised(
    engine: EngineName, path: Path
) -> None:
    found = memplan.read_model(path)
    for budget_gib in (8, 16, 24, 48):
        plan = memplan.plan(found, Request(engine=engine, budget_bytes=budget_gib * GIB))
        for advice in advice_for(plan):
            again = memplan.plan(advice.plan.model, advice.plan.request)
            needed = plan.asked_usage_at(plan.at.context_tokens).budgeted_bytes
            promised = needed - advice.frees_bytes
            then = again.asked_usage_at(again.at.context_tokens)
            assert then.budgeted_bytes == promised
            assert again.markers.max_tokens == advice.max_tokens
            assert advice.plan.model is found or advice.estimated


def test_that_a_model_which_fits_whole_needs_no_advice() -> None:
    assert advice_for(memplan.plan(model("qwen3-8b"), Request(budget_bytes=64 * GIB))) == ()


def test_that_a_shorter_context_comes_first_where_it_is_enough() -> None:
    plan = memplan.plan(model("qwen3-8b"), Request(budget_bytes=5 * GIB))
    first = advice_for(plan)[0]
    assert first.steps[0].change is CONTEXT
    assert first.plan.verdict.fits
    assert first.plan.at.context_tokens == 1024


def test_that_the_mildest_cache_type_with_which_a_wanted_context_fits_is_advised() -> None:
    # --fit's margin is for contexts that it picks; the one that is asked for needs none.
    request = Request(
        engine=EngineName.LLAMA_CPP,
        budget_bytes=12 * GIB,
        context_tokens=65_536,
        llama_cpp=LlamaCppOptions(n_gpu_layers=GpuLayers.ALL),
    )
    plan = memplan.plan(model("gpt-oss-20b"), request)
    cache = by_change(plan)[CACHE_TYPE]
    assert cache.steps[0].to == "q8_0"
    assert cache.plan.verdict.fits
    assert cache.max_tokens < 65_536 == cache.fitting_tokens
    assert "up to 65,536 tokens fit" in advice_effect_text(cache)


def test_that_what_is_enough_comes_before_what_is_not() -> None:
    plan = memplan.plan(model("qwen3-8b"), Request(budget_bytes=int(4.5 * GIB)))
    enough = [advice.plan.verdict.fits for advice in advice_for(plan)]
    assert enough == sorted(enough, reverse=True)
    assert not all(enough)


def test_that_advice_for_a_start_that_moves_layers_does_not_say_that_nothing_fits() -> None:
    plan = memplan.plan(
        model("qwen3-8b"), Request(engine=EngineName.LLAMA_CPP, budget_bytes=4 * GIB)
    )
    assert plan.verdict.leaves_devices
    still_moved = [advice for advice in advice_for(plan) if not advice.fitting_tokens]
    assert still_moved
    for advice in still_moved:
        assert advice.plan.verdict.fits
        assert advice_effect_text(advice).endswith("parts stay in host memory")


def test_that_the_smallest_sufficient_device_is_named() -> None:
    plan = memplan.plan(model("llama-3.3-70b"), Request(budget_bytes=24 * GIB))
    device = by_change(plan)[DEVICE]
    assert device.plan.verdict.fits
    enough = plan.usage_at(plan.at.context_tokens).budgeted_bytes
    smaller = [d.budget_bytes for d in load_catalogue() if BACKENDS[0] in d.backends]
    assert device.plan.request.budget_bytes == min(size for size in smaller if size >= enough)


def test_that_metal_users_learn_the_wired_limit_that_is_enough() -> None:
    request = Request(
        backend=memplan.Backend.METAL,
        budget_bytes=5 * GIB,
        total_memory_bytes=16 * GIB,
        context_tokens=4096,
    )
    plan = memplan.plan(model("qwen3-8b"), request)
    limit = by_change(plan)[WIRED_LIMIT]
    assert limit.plan.verdict.fits
    assert limit.steps[0].to == -(-plan.at.budgeted_bytes // 2**20)


def test_that_a_smaller_quantisation_is_sized_block_by_block() -> None:
    found = model("qwen3-8b")
    smaller = requantise(found, "Q3_K")
    matrices = [t for t in smaller.tensors if t.name.startswith("blk.") and len(t.dimensions) == 2]
    assert {t.type_name for t in matrices} == {"Q3_K"}
    assert all(t.bytes == t.elements // 256 * 110 for t in matrices)
    assert smaller.weights_bytes == sum(t.bytes for t in smaller.tensors)
    assert smaller.weights_bytes < found.weights_bytes


def test_that_norms_and_routers_keep_their_type() -> None:
    found = model("qwen3-30b-a3b")
    before = {t.name: t for t in found.tensors if t.type_name == "F32"}
    after = {t.name: t for t in requantise(found, "Q2_K").tensors}
    assert all(after[name] == tensor for name, tensor in before.items())


def test_that_only_smaller_quantisations_are_offered() -> None:
    assert smaller_types(model("qwen3-8b")) == ["Q4_K", "Q3_K", "Q2_K"]
