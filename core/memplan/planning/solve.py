"""Questions solved the other way round: the budget, sequences or cache type that a context needs.

Every answer is found by planning again, so that a plan with the answer says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from fractions import Fraction
from math import ceil
from typing import Final

from memplan.engines.registry import engine_named
from memplan.estimate import UnsupportedRequestError
from memplan.language import marked
from memplan.memory.component import Place
from memplan.planning.advice import gpu_words
from memplan.planning.planner import Plan, plan
from memplan.request import Request
from memplan.unsigned import U64_MAX


class AnswerUnit(Enum):
    """What an answer counts."""

    TOKENS = auto()
    BYTES = auto()
    COUNT = auto()
    NAME = auto()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for.

    Attributes:
        name: its name in JSON.
        text: the question, marked, with the places ``{budget}`` and ``{context}``.
        no_answer: what is said where there is none, marked.
        unit: what the answer counts.
    """

    name: str
    text: str
    no_answer: str
    unit: AnswerUnit


CONTEXT: Final = Question(
    "context_for_budget",
    marked("Largest context for {budget}"),
    marked("none fits"),
    AnswerUnit.TOKENS,
)
BUDGET: Final = Question(
    "budget_for_context",
    marked("Budget for {context} tokens"),
    marked("none is enough"),
    AnswerUnit.BYTES,
)
CEILING_BUDGET: Final = Question(
    "budget_for_ceiling",
    marked("Budget for all {context} tokens"),
    marked("none is enough"),
    AnswerUnit.BYTES,
)


SEVERAL_BUDGETS: Final = replace(BUDGET, text=marked("Budgets together for {context} tokens"))
SEVERAL_CEILING_BUDGETS: Final = replace(
    CEILING_BUDGET, text=marked("Budgets together for all {context} tokens")
)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """An answer.

    Attributes:
        question: what was asked for.
        context_tokens: the context that the question is about; for ``CONTEXT`` the answer.
        answer: tokens, bytes, a count or a type's name; ``None``: there is none.
        request: the request with the answer in it; ``None`` where there is none.
        arguments: what makes it so on the command line.
    """

    question: Question
    context_tokens: int
    answer: int | str | None
    request: Request | None = None
    arguments: tuple[str, ...] = ()


def solve(current: Plan) -> tuple[Solution, ...]:
    """The answers for the context that ``current`` is about, the wanted one."""
    return tuple(_solutions(current))


def _solutions(current: Plan) -> Iterator[Solution]:
    wanted_tokens = current.at.context_tokens
    ceiling = current.markers.ceiling_tokens
    yield _longest_context(current)
    if len(current.request.machine.devices) > 1:
        yield _least_budgets(current, SEVERAL_BUDGETS, wanted_tokens)
        if ceiling != wanted_tokens:
            yield _least_budgets(current, SEVERAL_CEILING_BUDGETS, ceiling)
    else:
        yield _least_budget(current, BUDGET, wanted_tokens)
        if ceiling != wanted_tokens:
            yield _least_budget(current, CEILING_BUDGET, ceiling)
    yield from engine_named(current.request.engine).solutions(current)


def _longest_context(current: Plan) -> Solution:
    tokens = current.markers.max_tokens
    if tokens == 0:
        return Solution(CONTEXT, 0, None)
    request = replace(current.request, context_tokens=tokens)
    return Solution(CONTEXT, tokens, tokens, request, ("--context", str(tokens)))


def _least_budget(current: Plan, question: Question, context_tokens: int) -> Solution:
    """The least budget of the device with which a context is held whole."""
    usage = current.asked_usage_at(context_tokens)
    machine = current.request.machine
    device = machine.devices[0]
    needed_bytes = usage.pool(device.id).bytes
    on_device = sum(
        s.bytes for s in usage.shares if s.pool == device.id and s.where is Place.DEVICE
    )
    # llama.cpp leaves a margin of the device, or moves layers.
    with_margin = max(needed_bytes, on_device + current.margins.get(device.id, 0))
    # ZINC wants room beyond what is fixed, so a context that costs nothing takes a byte more.
    for budget_bytes in (needed_bytes, needed_bytes + 1, with_margin):
        if budget_bytes > U64_MAX:
            break
        total_bytes = device.total_bytes
        enough = replace(
            device,
            budget_bytes=budget_bytes,
            total_bytes=None if total_bytes is None else max(total_bytes, budget_bytes),
        )
        request = replace(
            current.request,
            machine=machine.with_pool(enough),
            context_tokens=context_tokens,
        )
        if holds_whole_context(current, request):
            words = ("--budget", str(budget_bytes), "--context", str(context_tokens))
            return Solution(question, context_tokens, budget_bytes, request, words)
    return Solution(question, context_tokens, None)


def _least_budgets(current: Plan, question: Question, context_tokens: int) -> Solution:
    """The least budgets of several devices, in today's proportions, that hold a context whole.

    Layers follow the proportions, so they stay where they are.
    """
    usage, machine = current.asked_usage_at(context_tokens), current.request.machine
    needed = [
        (usage.pool(pool.id).bytes + current.margins.get(pool.id, 0), pool.budget_bytes or 0)
        for pool in machine.devices
        if usage.pool(pool.id).bytes
    ]
    none = Solution(question, context_tokens, None)
    if not needed or any(budget == 0 for _bytes, budget in needed):
        return none
    factor = max(Fraction(size_bytes, budget) for size_bytes, budget in needed)
    budgets = [ceil((pool.budget_bytes or 0) * factor) for pool in machine.devices]
    if max(budgets) > U64_MAX:
        return none
    enough = [
        replace(pool, budget_bytes=budget, total_bytes=None)
        for pool, budget in zip(machine.devices, budgets, strict=True)
    ]
    request = replace(
        current.request, machine=machine.with_devices(enough), context_tokens=context_tokens
    )
    if not holds_whole_context(current, request):
        return none
    words = (*gpu_words(enough), "--context", str(context_tokens))
    return Solution(question, context_tokens, sum(budgets), request, words)


def holds_whole_context(current: Plan, request: Request) -> bool:
    """Whether the engine starts with the request's whole context, and with nothing moved."""
    try:
        if engine_named(request.engine).surely_moves(current.model, request):
            return False
        answer = plan(current.model, request)
    except UnsupportedRequestError:
        return False
    whole = answer.verdict.granted_tokens >= (request.context_tokens or 0)
    return answer.verdict.fits_whole and whole and answer.at.headroom_bytes >= 0


def most_that(holds: Callable[[int], bool], limit: int) -> int:
    """The largest number up to ``limit`` for which ``holds``, 0 if none; more never holds again."""
    if limit < 1 or not holds(1):
        return 0
    if holds(limit):
        return limit
    low, high = 1, 2
    while high < limit and holds(high):
        low, high = high, high * 2
    high = min(high, limit)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
