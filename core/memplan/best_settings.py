"""Settings for a wish, such as “at least 32K tokens”: the starts that no other beats.

Each answer is a plan, so that using it gives what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from memplan.engines.registry import engine_named
from memplan.estimate import UnsupportedRequestError
from memplan.memory.machine import PoolKind
from memplan.model import Model
from memplan.planning.planner import Plan, plan
from memplan.request import Request

MOST_ANSWERS: Final = 24
"""More than anyone compares: the best in quality come first."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A start that fulfils the wish.

    Attributes:
        plan: the plan, with the context as asked for.
        cache: the cache type that was tried; empty where the engine has no choice.
        host_bytes: bytes that a token reads from host memory where the wanted context is full.
        read_bytes: the same from all memories; 0 where the engine does not tell.
        weight_bits: bits a weight, over all tensors: the quality of the quantisation.
        cache_bits: bits an element of the cache; 0 where the engine has no choice.
    """

    plan: Plan
    cache: str
    host_bytes: int
    read_bytes: int
    weight_bits: float
    cache_bits: float

    @property
    def context_tokens(self) -> int:
        """The context of the start."""
        return self.plan.verdict.granted_tokens

    def beats(self, other: Answer) -> bool:
        """Whether this one is as good in everything, and better in something."""
        mine, theirs = self._qualities(), other._qualities()
        return mine != theirs and all(a >= b for a, b in zip(mine, theirs, strict=True))

    def _qualities(self) -> tuple[float, ...]:
        reads = -self.host_bytes, -self.read_bytes
        return (self.context_tokens, *reads, self.weight_bits, self.cache_bits)


def best_settings(
    models: Sequence[Model],
    request: Request,
    wish_tokens: int,
    go_on: Callable[[int, int], bool] = lambda _done, _all: True,
) -> tuple[Answer, ...]:
    """The starts with at least a context that no other beats, the best quality first.

    Args:
        models: the quantisations that there are.
        request: the machine, and what is not searched over.
        wish_tokens: the context that is wanted at least.
        go_on: told how many combinations are tried, of how many; whether to try more.
    """
    variants = engine_named(request.engine).variants(request)
    tried = [(model, *variant) for model in models for variant in variants]
    found: list[Answer] = []
    for number, (model, cache, bits, asked) in enumerate(tried):
        if not go_on(number, len(tried)):
            break
        found += _answers(model, cache, bits, asked, wish_tokens)
    return front(found)[:MOST_ANSWERS]


def front(found: Sequence[Answer]) -> tuple[Answer, ...]:
    """Those that no other beats; of equal ones the first; the best quality first."""
    unique: dict[tuple[float, ...], Answer] = {}
    for answer in found:
        if not any(other.beats(answer) for other in found):
            unique.setdefault(answer._qualities(), answer)
    order = sorted(unique.values(), key=lambda answer: answer.host_bytes)
    return tuple(
        sorted(
            order,
            key=lambda answer: (answer.weight_bits, answer.cache_bits, answer.context_tokens),
            reverse=True,
        )
    )


def _answers(
    model: Model, cache: str, bits: float, request: Request, wish_tokens: int
) -> Iterator[Answer]:
    """The wanted context, and the largest that needs nothing moved."""
    wanted = min(wish_tokens, model.dimensions.context_tokens or wish_tokens)
    depth = max(wanted - 1, 0)
    first = _answer(model, cache, bits, replace(request, context_tokens=wanted), depth)
    if first is None or first.context_tokens < wanted:
        return
    yield first
    largest = first.plan.markers.max_tokens
    if first.plan.verdict.fits_whole and largest > wanted:
        longer = _answer(model, cache, bits, replace(request, context_tokens=largest), depth)
        if longer is not None:
            yield longer


def _answer(
    model: Model, cache: str, bits: float, request: Request, depth_tokens: int
) -> Answer | None:
    try:
        answer = plan(model, request)
    except UnsupportedRequestError:
        return None
    if not answer.verdict.fits or not answer.verdict.granted_tokens:
        return None
    reads = engine_named(request.engine).token_reads(answer, depth_tokens)
    hosts = [pool.id for pool in request.machine.pools if pool.kind is PoolKind.HOST]
    elements = sum(tensor.elements for tensor in model.tensors)
    return Answer(
        answer,
        cache,
        sum(reads.get(pool, 0) for pool in hosts),
        sum(reads.values()),
        round(8 * model.weights_bytes / elements, 2) if elements else 0.0,
        bits,
    )
