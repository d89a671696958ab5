"""Solved questions as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.planner import Plan
from memplan.request import EngineName
from memplan.solve import Question, Solution
from memplan.units import MIB, ByteUnits, format_bytes, format_tokens

_QUESTIONS: Final[Mapping[Question, str]] = exhaustive(
    Question,
    {
        Question.CONTEXT: marked("Largest context for {budget}"),
        Question.BUDGET: marked("Budget for {context} tokens"),
        Question.CEILING_BUDGET: marked("Budget for all {context} tokens"),
        Question.SEQUENCES: marked("Most sequences that share {context} tokens"),
        Question.LONG_SEQUENCES: marked("Most sequences of {context} tokens each"),
        Question.CACHE_TYPE: marked("Best KV cache type for {context} tokens"),
    },
)

_NO_ANSWER: Final[Mapping[Question, str]] = exhaustive(
    Question,
    {
        Question.CONTEXT: marked("none fits"),
        Question.BUDGET: marked("none is enough"),
        Question.CEILING_BUDGET: marked("none is enough"),
        Question.SEQUENCES: marked("not even one fits"),
        Question.LONG_SEQUENCES: marked("not even one fits"),
        Question.CACHE_TYPE: marked("none is small enough"),
    },
)

_BYTES: Final = frozenset({Question.BUDGET, Question.CEILING_BUDGET})


def question_text(solution: Solution, plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What was asked for."""
    return tr(_QUESTIONS[solution.question]).format(
        budget=format_bytes(plan.request.budget_bytes, units),
        context=format_tokens(solution.context_tokens),
    )


def answer_text(solution: Solution, units: ByteUnits = ByteUnits.BINARY) -> str:
    """The answer, with its unit."""
    answer = solution.answer
    if answer is None:
        return tr(_NO_ANSWER[solution.question])
    if isinstance(answer, str):
        return answer
    if solution.question in _BYTES:
        return format_bytes(answer, units)
    if solution.question is Question.CONTEXT:
        return tr("{tokens} tokens").format(tokens=format_tokens(answer))
    return format_tokens(answer)


def margin_text(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What the largest context leaves free; empty where the engine leaves nothing."""
    if plan.request.engine is not EngineName.LLAMA_CPP:
        return ""
    free = format_bytes(plan.request.llama_cpp.fit_target_mib * MIB, units)
    return tr(
        "The largest context leaves {size} free, as --fit does; the budgets leave nothing."
    ).format(size=free)
