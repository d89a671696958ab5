"""Questions solved the other way round: the budget, sequences or cache type that a context needs.

Every answer is found by planning again, so that a plan with the answer says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from memplan.engines.llama_cpp.options import MAX_SEQUENCES, CacheType
from memplan.estimate import UnsupportedRequestError
from memplan.planner import Plan, plan
from memplan.request import EngineName, Request
from memplan.unsigned import U32_MAX, U64_MAX


class Question(StrEnum):
    """What is asked for."""

    CONTEXT = "context_for_budget"
    BUDGET = "budget_for_context"
    CEILING_BUDGET = "budget_for_ceiling"
    SEQUENCES = "sequences_for_context"
    LONG_SEQUENCES = "sequences_of_context_each"
    CACHE_TYPE = "cache_type_for_context"


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


CACHE_TYPES_BEST_FIRST: Final = (
    CacheType.F16,
    CacheType.Q8_0,
    CacheType.Q5_1,
    CacheType.Q5_0,
    CacheType.Q4_1,
    CacheType.Q4_0,
)
"""Types for the KV cache from the most exact to the smallest. ``f32`` and ``bf16`` gain nothing
over ``f16``, nor does ``iq4_nl`` over ``q4_0``."""


def solve(current: Plan) -> tuple[Solution, ...]:
    """The answers for the context that ``current`` is about, the wanted one."""
    return tuple(_solutions(current))


def _solutions(current: Plan) -> Iterator[Solution]:
    wanted_tokens = current.at.context_tokens
    ceiling = current.markers.ceiling_tokens
    yield _longest_context(current)
    yield _least_budget(current, Question.BUDGET, wanted_tokens)
    if ceiling != wanted_tokens:
        yield _least_budget(current, Question.CEILING_BUDGET, ceiling)
    if current.request.engine is EngineName.LLAMA_CPP:
        yield _most_sequences(current, wanted_tokens)
        yield _most_long_sequences(current, wanted_tokens)
        yield _best_cache_type(current, wanted_tokens)


def _longest_context(current: Plan) -> Solution:
    tokens = current.markers.max_tokens
    if tokens == 0:
        return Solution(Question.CONTEXT, 0, None)
    request = replace(current.request, context_tokens=tokens)
    return Solution(Question.CONTEXT, tokens, tokens, request, ("--context", str(tokens)))


def _least_budget(current: Plan, question: Question, context_tokens: int) -> Solution:
    """The least budget that holds a context, with nothing to spare."""
    needed_bytes = current.usage_at(context_tokens).budgeted_bytes
    machine = current.request.machine
    device = machine.devices[0]
    # ZINC wants room beyond what is fixed, so a context that costs nothing takes a byte more.
    for budget_bytes in (needed_bytes, needed_bytes + 1):
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
        if _holds(current, request):
            words = ("--budget", str(budget_bytes), "--context", str(context_tokens))
            return Solution(question, context_tokens, budget_bytes, request, words)
    return Solution(question, context_tokens, None)


def _most_sequences(current: Plan, context_tokens: int) -> Solution:
    """The most sequences that share a context of so many tokens."""

    def request_for(count: int) -> Request:
        return _with_options(current.request, context_tokens, parallel=count)

    count = _most(lambda count: _holds(current, request_for(count)), MAX_SEQUENCES)
    if count == 0:
        return Solution(Question.SEQUENCES, context_tokens, None)
    words = ("--parallel", str(count), "--context", str(context_tokens))
    return Solution(Question.SEQUENCES, context_tokens, count, request_for(count), words)


def _most_long_sequences(current: Plan, context_tokens: int) -> Solution:
    """The most sequences that each have so many tokens of their own."""

    def request_for(count: int) -> Request:
        total_tokens = count * context_tokens
        return _with_options(current.request, total_tokens, parallel=count, kv_unified=False)

    limit = min(MAX_SEQUENCES, U32_MAX // max(context_tokens, 1))
    count = _most(lambda count: _holds(current, request_for(count)), limit)
    if count == 0:
        return Solution(Question.LONG_SEQUENCES, context_tokens, None)
    request = request_for(count)
    words = ("--parallel", str(count), "--no-kv-unified", "--context", str(request.context_tokens))
    return Solution(Question.LONG_SEQUENCES, context_tokens, count, request, words)


def _best_cache_type(current: Plan, context_tokens: int) -> Solution:
    """The most exact type of which a cache of a context fits."""
    for cache_type in CACHE_TYPES_BEST_FIRST:
        changes: dict[str, Any] = {"cache_type_k": cache_type, "cache_type_v": cache_type}
        name = cache_type.value
        words = ["--cache-type-k", name, "--cache-type-v", name]
        if cache_type is not CacheType.F16:
            changes["flash_attn"] = True
            words += ["--flash-attn", "on"]
        request = _with_options(current.request, context_tokens, **changes)
        if _holds(current, request):
            words += ["--context", str(context_tokens)]
            return Solution(Question.CACHE_TYPE, context_tokens, name, request, tuple(words))
    return Solution(Question.CACHE_TYPE, context_tokens, None)


def _with_options(request: Request, context_tokens: int, **changes: Any) -> Request:
    options = replace(request.llama_cpp, **changes)
    return replace(request, context_tokens=context_tokens, llama_cpp=options)


def _holds(current: Plan, request: Request) -> bool:
    """Whether the engine starts with the request's whole context, within its budget."""
    try:
        answer = plan(current.model, request)
    except UnsupportedRequestError:
        return False
    whole = answer.verdict.granted_tokens >= (request.context_tokens or 0)
    return answer.verdict.fits and whole and answer.at.headroom_bytes >= 0


def _most(holds: Callable[[int], bool], limit: int) -> int:
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
