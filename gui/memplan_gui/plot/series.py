"""The curves of a plan, stacked: what is drawn, taken from the plan and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from memplan.memory.component import Component
from memplan.memory.machine import PoolKind
from memplan.planning.planner import Curve, Plan
from numpy.typing import NDArray

_SAMPLES = 320
_PLACES_OF_GROWTH = 48

Span = tuple[float, float]
"""First and last context of a range, in tokens."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Stacked curves of what one memory holds.

    Attributes:
        pool: id of the memory.
        contexts: ascending tokens, shape ``(n,)``, at least two.
        components: the components in it, from the bottom.
        stack: cumulative bytes of each, shape ``(len(components), n)``.
        total: bytes of all, shape ``(n,)``.
        band: bytes by which the total may be off either way, shape ``(n,)``.
        largest_buffer: bytes of the largest buffer, shape ``(n,)``, where the device limits it.
        serving: bytes of all and of what comes while it serves, at most, shape ``(n,)``; ``None``
            where nothing comes.
    """

    pool: str
    contexts: NDArray[np.float64]
    components: tuple[Component, ...]
    stack: NDArray[np.float64]
    total: NDArray[np.float64]
    band: NDArray[np.float64]
    largest_buffer: NDArray[np.float64] | None
    serving: NDArray[np.float64] | None

    @property
    def span(self) -> Span:
        """First and last context."""
        return float(self.contexts[0]), float(self.contexts[-1])

    def total_at(self, context_tokens: float) -> float:
        """The total at a context, interpolated for drawing."""
        return float(np.interp(context_tokens, self.contexts, self.total))

    def crossing_tokens(self, count: float) -> float | None:
        """The context beyond which the total exceeds ``count``.

        ``None`` if it never does; 0 if it always does. Between two samples it is interpolated,
        which is right for drawing: the exact contexts are the plan's markers.
        """
        index = int(np.searchsorted(self.total, count, side="right"))
        if index == len(self.total):
            return None
        if index == 0:
            return 0.0
        low, high = self.total[index - 1], self.total[index]
        share = (count - low) / (high - low)
        return float(
            self.contexts[index - 1] + share * (self.contexts[index] - self.contexts[index - 1])
        )


def series_of(plan: Plan, pool: str | None = None) -> Series:
    """The stacked curves of one memory of a plan: of the first device's if the plan has it not."""
    curve = plan.curve(_SAMPLES)
    pool = own_pool(plan, pool)
    counted = [i for i, c in enumerate(curve.components) if c.pool == pool]
    contexts = curve.contexts.astype(np.float64)
    on_device = pool == plan.request.machine.devices[0].id
    largest_buffer = _largest_buffer(plan, curve) if on_device else None
    own = curve.bytes[counted]
    grown = _grown(plan, pool, contexts)
    bands = curve.bands[counted]
    if len(contexts) == 1:
        # A ceiling of one token: a flat piece to its left, so that there is something to see.
        contexts = np.array([contexts[0] / 2, contexts[0]])
        own, bands = np.repeat(own, 2, axis=1), np.repeat(bands, 2, axis=1)
        largest_buffer = None if largest_buffer is None else np.repeat(largest_buffer, 2)
        grown = None if grown is None else np.repeat(grown, 2)
    return Series(
        pool,
        contexts,
        tuple(curve.components[i] for i in counted),
        np.cumsum(own, axis=0),
        own.sum(axis=0),
        bands.sum(axis=0),
        largest_buffer,
        None if grown is None else own.sum(axis=0) + grown,
    )


def own_pool(plan: Plan, pool: str | None) -> str:
    """``pool`` if the plan's machine has it, else the memory of its first device."""
    machine = plan.request.machine
    return pool if pool is not None and machine.has(pool) else machine.devices[0].id


def _largest_buffer(plan: Plan, curve: Curve) -> NDArray[np.float64] | None:
    if plan.allocation is None or plan.allocation.limit_bytes is None:
        return None
    return np.asarray(plan.allocation.curve(curve.contexts), dtype=np.float64)


def grown_bytes_at(plan: Plan, pool: str, context_tokens: int) -> int:
    """What comes beside a start while the engine serves, at most.

    A memory that device and host share is left out: a device's budget is no limit for the host.
    """
    if plan.request.machine.pool(pool).kind is PoolKind.UNIFIED:
        return 0
    return sum(growth.most(context_tokens) for growth in plan.growth if growth.pool == pool)


def _grown(plan: Plan, pool: str, contexts: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The same over contexts, from a few of them; ``None`` where nothing comes."""
    places = contexts[:: max(len(contexts) // _PLACES_OF_GROWTH, 1)]
    places = np.unique(np.append(places, contexts[-1]))
    counts = [grown_bytes_at(plan, pool, int(place)) for place in places]
    if not any(counts):
        return None
    return np.asarray(np.interp(contexts, places, counts), dtype=np.float64)


def shown_bytes(
    series: Series, plan: Plan, others: tuple[Series, ...], last_tokens: float
) -> float:
    """How many bytes a plot up to ``last_tokens`` must show.

    All of the curves and the budget, but none may press the others flat: a budget of more than
    three times the curve is left to a label at the top, and of curves that rise to many times
    what can be of interest only the lower part is shown, of other plans' sooner than of this one.
    """
    curve_bytes = _highest_bytes(series, last_tokens)
    usage = plan.at.pool(series.pool)
    budget_bytes = usage.pool.budget_bytes or 0
    wanted_bytes = min(usage.bytes, curve_bytes)
    interest_bytes = max(budget_bytes, wanted_bytes, float(series.total[0]))
    if curve_bytes > _STEEP * interest_bytes > 0:
        curve_bytes = _STEEP_SHOWN * interest_bytes
    if budget_bytes <= _FAR_BUDGET * curve_bytes:
        curve_bytes = max(curve_bytes, budget_bytes)
    if series.serving is not None:
        most_bytes = float(np.interp(last_tokens, series.contexts, series.serving))
        if most_bytes <= _SERVING_SHOWN * curve_bytes:
            curve_bytes = max(curve_bytes, most_bytes)
    others_bytes = max((_highest_bytes(other, last_tokens) for other in others), default=0.0)
    return max(curve_bytes, min(others_bytes, _OTHERS_SHOWN * curve_bytes))


def _highest_bytes(series: Series, last_tokens: float) -> float:
    return float(np.interp(last_tokens, series.contexts, series.total + series.band))


_FAR_BUDGET = 3
"""A budget above so many times the curve is not drawn to scale."""

_STEEP = 6
_STEEP_SHOWN = 3
_OTHERS_SHOWN = 2
_SERVING_SHOWN = 4
"""What comes later is a line up to so many times what is there from the start, else a text."""
