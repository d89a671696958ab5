"""Questions that only llama.cpp has answers to: how many sequences, and which cache type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from memplan.engines.llama_cpp.options import MAX_SEQUENCES, CacheType, LlamaCppOptions
from memplan.language import marked
from memplan.planning.planner import Plan
from memplan.planning.solve import AnswerUnit, Question, Solution, holds_whole_context, most_that
from memplan.request import Request
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

    count = most_that(lambda count: holds_whole_context(current, request_for(count)), MAX_SEQUENCES)
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
    count = most_that(lambda count: holds_whole_context(current, request_for(count)), limit)
    if count == 0:
        return Solution(LONG_SEQUENCES, context_tokens, None)
    request = request_for(count)
    words = ("--parallel", str(count), "--no-kv-unified", "--context", str(request.context_tokens))
    return Solution(LONG_SEQUENCES, context_tokens, count, request, words)


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
        if holds_whole_context(current, request):
            words += ["--context", str(context_tokens)]
            return Solution(CACHE_TYPE, context_tokens, name, request, tuple(words))
    return Solution(CACHE_TYPE, context_tokens, None)


def _with_options(request: Request, context_tokens: int, **changes: Any) -> Request:
    options = replace(request.options_of(LlamaCppOptions), **changes)
    return replace(request.with_options(options), context_tokens=context_tokens)
