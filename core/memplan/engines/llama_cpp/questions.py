"""Questions that only llama.cpp has answers to: how many sequences, and which cache type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from memplan.engines.llama_cpp.engine import asked_footprint
from memplan.engines.llama_cpp.options import MAX_SEQUENCES, CacheType, LlamaCppOptions
from memplan.engines.llama_cpp.request_start import pools_in_use
from memplan.estimate import UnsupportedRequestError
from memplan.language import marked
from memplan.planning.planner import Plan
from memplan.planning.solve import AnswerUnit, Question, Solution, holds_whole_context, most_that
from memplan.request import Request
from memplan.units import MIB
from memplan.unsigned import U32_MAX

SEQUENCES: Final = Question(
    "sequences_for_context",
    marked("Most sequences that share {context} tokens"),
    marked("not even one fits"),
    AnswerUnit.COUNT,
)
LONG_SEQUENCES: Final = Question(
    "sequences_of_context_each",
    marked("Most sequences of {context} tokens each"),
    marked("not even one fits"),
    AnswerUnit.COUNT,
)
CACHE_TYPE: Final = Question(
    "cache_type_for_context",
    marked("Best KV cache type for {context} tokens"),
    marked("none is small enough"),
    AnswerUnit.NAME,
)

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


def solutions(current: Plan) -> Iterator[Solution]:
    """The answers for the context that is wanted."""
    wanted_tokens = current.at.context_tokens
    yield _most_sequences(current, wanted_tokens)
    yield _most_long_sequences(current, wanted_tokens)
    yield _best_cache_type(current, wanted_tokens)


def _most_sequences(current: Plan, context_tokens: int) -> Solution:
    """The most sequences that share one context."""

    def request_for(count: int) -> Request:
        return _with_options(current.request, context_tokens, parallel=count)

    count = _most(current, request_for, MAX_SEQUENCES)
    if count == 0:
        return Solution(SEQUENCES, context_tokens, None)
    words = ("--parallel", str(count), "--context", str(context_tokens))
    return Solution(SEQUENCES, context_tokens, count, request_for(count), words)


def _most_long_sequences(current: Plan, context_tokens: int) -> Solution:
    """The most sequences that each have a context of that length of their own."""

    def request_for(count: int) -> Request:
        total_tokens = count * context_tokens
        return _with_options(current.request, total_tokens, parallel=count, kv_unified=False)

    limit = min(MAX_SEQUENCES, U32_MAX // max(context_tokens, 1))
    count = _most(current, request_for, limit)
    if count == 0:
        return Solution(LONG_SEQUENCES, context_tokens, None)
    request = request_for(count)
    words = ("--parallel", str(count), "--no-kv-unified", "--context", str(request.context_tokens))
    return Solution(LONG_SEQUENCES, context_tokens, count, request, words)


def _most(current: Plan, request_for: Callable[[int], Request], limit: int) -> int:
    """The largest number up to ``limit`` whose request is started whole, 0 if none is."""

    def holds(count: int) -> bool:
        return holds_whole_context(current, request_for(count))

    # Bytes alone tell nearly always, and much sooner than a whole start.
    found = most_that(lambda count: _has_room(current, request_for(count)), limit)
    is_answer = (found == 0 or holds(found)) and (found == limit or not holds(found + 1))
    return found if is_answer else most_that(holds, limit)


def _has_room(current: Plan, request: Request) -> bool:
    """Whether what is asked for leaves each device the margin of automatic fitting."""
    try:
        demand = asked_footprint(current.model, request).demand
        pools = pools_in_use(request)
    except UnsupportedRequestError:
        return False
    options = request.options_of(LlamaCppOptions)
    context_tokens = request.context_tokens or 0
    for pool, device, target_mib in zip(
        pools, demand.devices, options.targets_mib(len(pools)), strict=True
    ):
        margin_bytes = target_mib * MIB + device.state_bytes if options.fits_start else 0
        needed_bytes = int(device.formula(context_tokens)) + margin_bytes
        if needed_bytes > (pool.budget_bytes or 0):
            return False
    return demand.allocation.allowed_at(context_tokens)


def _best_cache_type(current: Plan, context_tokens: int) -> Solution:
    """The most exact cache type with which a context fits."""
    for cache_type in CACHE_TYPES_BEST_FIRST:
        changes: dict[str, Any] = {"cache_type_k": cache_type, "cache_type_v": cache_type}
        name = cache_type.value
        words = ["--cache-type-k", name, "--cache-type-v", name]
        if cache_type is not CacheType.F16:
            changes["flash_attn"] = True
            words += ["--flash-attn", "on"]
        request = _with_options(current.request, context_tokens, **changes)
        if _has_room(current, request) and holds_whole_context(current, request):
            words += ["--context", str(context_tokens)]
            return Solution(CACHE_TYPE, context_tokens, name, request, tuple(words))
    return Solution(CACHE_TYPE, context_tokens, None)


def _with_options(request: Request, context_tokens: int, **changes: Any) -> Request:
    options = replace(request.options_of(LlamaCppOptions), **changes)
    return replace(request.with_options(options), context_tokens=context_tokens)
