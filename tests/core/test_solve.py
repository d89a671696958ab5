"""Questions solved: budget, sequences and cache type for a context."""

from __future__ import annotations

import json
from pathlib import Path

import memplan
import pytest
from memplan import Backend, EngineName, Plan, Request
from memplan.cli.check import check
from memplan.engines.llama_cpp.options import CacheType, GpuLayers, LlamaCppOptions
from memplan.engines.llama_cpp.questions import CACHE_TYPE, LONG_SEQUENCES, SEQUENCES
from memplan.planning.solve import BUDGET, CEILING_BUDGET, CONTEXT, Question, Solution, solve
from memplan.units import GIB
from memplan.wording.verdicts import explanation
from spread import MODELS, QUICK


def model(name: str) -> memplan.Model:
    (path,) = [path for path in MODELS if path.name.startswith(name + ".")]
    return memplan.read_model(path)


def solved(plan: Plan) -> dict[Question, Solution]:
    return {solution.question: solution for solution in solve(plan)}


def planned(name: str, **request: object) -> Plan:
    return memplan.plan(model(name), Request(**request))  # type: ignore[arg-type]


def plan_again(plan: Plan, solution: Solution) -> Plan:
    assert solution.request is not None
    return memplan.plan(plan.model, solution.request)


@pytest.mark.parametrize("path", QUICK, ids=lambda path: path.stem)
def test_that_every_answer_fits_when_it_is_planned_again(path: Path) -> None:
    found = memplan.read_model(path)
    for engine in EngineName:
        plan = memplan.plan(found, Request(engine=engine, context_tokens=8192))
        for solution in solve(plan):
            if solution.request is None:
                assert solution.answer is None
                continue
            again = memplan.plan(found, solution.request)
            assert again.verdict.fits
            assert again.verdict.granted_tokens == solution.request.context_tokens


@pytest.mark.parametrize("engine", EngineName)
@pytest.mark.parametrize("backend", [Backend.VULKAN, Backend.METAL])
def test_that_a_byte_less_than_the_solved_budget_is_not_enough(
    engine: EngineName, backend: Backend
) -> None:
    plan = planned("qwen3-8b", engine=engine, backend=backend, context_tokens=16_384)
    solution = solved(plan)[BUDGET]
    assert isinstance(solution.answer, int)
    again = plan_again(plan, solution).at
    assert 0 in (again.headroom_bytes, solution.answer - again.device_bytes - plan.margin_bytes)
    less = Request(
        engine=engine, backend=backend, context_tokens=16_384, budget_bytes=solution.answer - 1
    )
    found = memplan.plan(plan.model, less)
    assert not found.verdict.fits_whole


def test_that_the_ceiling_has_a_budget_of_its_own() -> None:
    plan = planned("qwen3-8b", budget_bytes=8 * GIB)
    answers = solved(plan)
    ceiling = answers[CEILING_BUDGET]
    assert ceiling.context_tokens == 40_960
    assert ceiling.answer == plan.usage_at(40_960).budgeted_bytes
    assert answers[CONTEXT].answer == plan.markers.max_tokens


def test_that_the_ceiling_is_not_asked_about_twice() -> None:
    plan = planned("qwen3-8b", context_tokens=40_960)
    assert CEILING_BUDGET not in solved(plan)


def test_that_one_more_sequence_than_the_most_does_not_fit() -> None:
    plan = planned(
        "qwen3-8b", engine=EngineName.LLAMA_CPP, context_tokens=8192, budget_bytes=16 * GIB
    )
    solution = solved(plan)[LONG_SEQUENCES]
    assert isinstance(solution.answer, int)
    assert 1 < solution.answer < 256
    count = solution.answer + 1
    options = LlamaCppOptions(parallel=count, kv_unified=False)
    more = Request(
        engine=EngineName.LLAMA_CPP,
        budget_bytes=16 * GIB,
        context_tokens=count * 8192,
        llama_cpp=options,
    )
    assert not memplan.plan(plan.model, more).verdict.fits_whole


def test_that_recurrent_state_limits_how_many_sequences_share_a_context() -> None:
    plan = planned(
        "mamba2-2.7b",
        engine=EngineName.LLAMA_CPP,
        context_tokens=4096,
        budget_bytes=8 * GIB,
    )
    solution = solved(plan)[SEQUENCES]
    assert isinstance(solution.answer, int)
    assert 1 <= solution.answer < 256


def test_that_the_best_cache_type_is_the_first_that_fits() -> None:
    request = Request(engine=EngineName.LLAMA_CPP, budget_bytes=8 * GIB, context_tokens=32_768)
    plan = memplan.plan(model("qwen3-8b"), request)
    assert not plan.verdict.fits_whole
    solution = solved(plan)[CACHE_TYPE]
    assert solution.answer == CacheType.Q8_0
    assert solution.arguments[:2] == ("--cache-type-k", "q8_0")


def test_that_a_model_too_large_for_any_context_has_no_largest_one() -> None:
    plan = planned("llama-3.3-70b", budget_bytes=8 * GIB)
    solution = solved(plan)[CONTEXT]
    assert solution.answer is None
    assert solution.request is None


def test_that_no_budget_helps_against_a_buffer_that_the_device_does_not_give() -> None:
    options = LlamaCppOptions(max_allocation_bytes=64 * 2**20)
    plan = planned("qwen3-8b", engine=EngineName.LLAMA_CPP, llama_cpp=options)
    assert solved(plan)[BUDGET].answer is None


def test_that_check_prints_the_solutions(capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = [path for path in MODELS if path.name.startswith("qwen3-8b.")]
    check([str(path)], [Request()], as_json=True)
    found = json.loads(capsys.readouterr().out)["solutions"]
    assert [item["question"] for item in found] == [
        "context_for_budget", "budget_for_context", "budget_for_ceiling",
    ]  # fmt: skip
    assert found[0]["answer"] == 40_960
    check([str(path)], [Request()])
    text = capsys.readouterr().out
    assert "Largest context for 16.0 GiB" in text
    assert "40,960 tokens" in text


def test_that_a_context_beyond_the_margin_is_not_said_to_be_too_much() -> None:
    request = Request(
        engine=EngineName.LLAMA_CPP,
        budget_bytes=8 * GIB,
        context_tokens=20_480,
        llama_cpp=LlamaCppOptions(n_gpu_layers=GpuLayers.ALL),
    )
    plan = memplan.plan(model("qwen3-8b"), request)
    assert plan.verdict.fits
    assert plan.markers.max_tokens < 20_480
    said = explanation(plan)
    assert said.startswith(f"Up to {plan.markers.max_tokens:,} tokens would leave 1.00 GiB")
