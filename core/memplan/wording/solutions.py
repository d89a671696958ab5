"""Solved questions as sentences."""

from __future__ import annotations

from typing import assert_never

from memplan.engines.registry import ENGINES
from memplan.language import tr
from memplan.planning.planner import Plan
from memplan.planning.solve import AnswerUnit, Solution
from memplan.units import ByteUnits, format_bytes, format_tokens


def question_text(solution: Solution, plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What was asked for."""
    return tr(solution.question.text).format(
        budget=format_bytes(plan.request.budget_bytes, units),
        context=format_tokens(solution.context_tokens),
    )


def answer_text(solution: Solution, units: ByteUnits = ByteUnits.BINARY) -> str:
    """The answer, with its unit."""
    answer = solution.answer
    if answer is None:
        return tr(solution.question.no_answer)
    if isinstance(answer, str):
        return answer
    match solution.question.unit:
        case AnswerUnit.BYTES:
            return format_bytes(answer, units)
        case AnswerUnit.TOKENS:
            return tr("{tokens} tokens").format(tokens=format_tokens(answer))
        case AnswerUnit.COUNT | AnswerUnit.NAME:
            return format_tokens(answer)
        case _:
            assert_never(solution.question.unit)


def margin_text(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What the largest context leaves free; empty where the engine leaves nothing."""
    return ENGINES[plan.request.engine].margin_text(plan, units)
