"""Where the totals of two plans cross: from which contexts on the other one needs less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from memplan.memory.component import Component
from memplan.model import Model
from memplan.planning.planner import Plan
from memplan.request import Request


@dataclass(frozen=True, slots=True)
class CurveKey:
    """What the curve of a plan follows from; plans with equal keys have the same curve.

    Attributes:
        model: the model.
        request: the request without what changes no curve: the budget and a context within the
            ceiling among it.
        ends: first and last context, and each component's bytes there.
    """

    model: Model
    request: Request
    ends: tuple[int, ...]


def curve_key(plan: Plan) -> CurveKey:
    """What the curve of a plan follows from."""
    request = replace(
        plan.request,
        machine=plan.request.machine.without_amounts(),
        context_tokens=None,
        used_context_tokens=0,
        completion_tokens=0,
    )
    span = plan.curve_span()
    at_ends = (part.bytes_at(tokens) for part in plan.components for tokens in span)
    return CurveKey(plan.model, request, (*span, *at_ends))


def crossings(one: Plan, other: Plan, pools: tuple[str, str] | None = None) -> tuple[int, ...]:
    """The contexts from which on the order of two plans' bytes is the other one.

    The bytes are those in one memory of each, by default in those of the first devices.

    Ascending, each exact: at the context before it, the order was still as before. Two curves
    that touch without parting on other sides do not cross.
    """
    if pools is None:
        pools = one.request.machine.devices[0].id, other.request.machine.devices[0].id
    return _crossings(
        _Curve(curve_key(one), pools[0], one), _Curve(curve_key(other), pools[1], other)
    )


@dataclass(frozen=True, slots=True)
class _Curve:
    """One memory of a plan that is as good as any other with the same curve."""

    key: CurveKey
    pool: str
    plan: Plan = field(compare=False)

    def parts(self) -> list[Component]:
        """The components in the memory."""
        return [part for part in self.plan.components if part.pool == self.pool]


@lru_cache(maxsize=16)  # while a budget is dragged, no curve changes
def _crossings(one_curve: _Curve, other_curve: _Curve) -> tuple[int, ...]:
    one, other = one_curve.plan, other_curve.plan
    parts, other_parts = one_curve.parts(), other_curve.parts()
    first, last = _common_range(one, other)
    contexts = np.union1d(one.curve_contexts(), other.curve_contexts())
    contexts = contexts[(contexts >= first) & (contexts <= last)]
    if len(contexts) < 2:
        return ()
    apart = _totals(parts, contexts) - _totals(other_parts, contexts)
    signs = np.array([(value > 0) - (value < 0) for value in apart])
    parted = np.flatnonzero(signs)
    return tuple(
        _first_on_other_side(parts, other_parts, int(contexts[low]), int(contexts[high]))
        for low, high in pairwise(parted)
        if signs[low] != signs[high]
    )


def _common_range(one: Plan, other: Plan) -> tuple[int, int]:
    (first, last), (other_first, other_last) = one.curve_span(), other.curve_span()
    return max(first, other_first), min(last, other_last)


def _totals(parts: Sequence[Component], contexts: NDArray[Any]) -> NDArray[Any]:
    curves = [np.asarray(part.curve(contexts), dtype=object) for part in parts]
    total: NDArray[Any] = np.sum(curves, axis=0)
    return total


def _first_on_other_side(
    parts: Sequence[Component], other_parts: Sequence[Component], low: int, high: int
) -> int:
    """The first context, of those after ``low``, that is on the side on which ``high`` is."""
    apart = _distance(parts, other_parts)
    rising = apart(high) > 0
    while high - low > 1:
        middle = (low + high) // 2
        if apart(middle) > 0 if rising else apart(middle) < 0:
            high = middle
        else:
            low = middle
    return high


def _distance(parts: Sequence[Component], other_parts: Sequence[Component]) -> Callable[[int], int]:
    def apart(context_tokens: int) -> int:
        needed = sum(part.bytes_at(context_tokens) for part in parts)
        return needed - sum(part.bytes_at(context_tokens) for part in other_parts)

    return apart
