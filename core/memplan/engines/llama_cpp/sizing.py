"""The contexts that llama.cpp arrives at: what ``--fit`` picks, and the longest that fits.

Source: llama.cpp b11434, ``common/fit.cpp`` (one device, context not given, layers as asked).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from memplan.component import Component, ComponentKind, Formula, Place, evaluate
from memplan.engines.llama_cpp.cells import CELL_MULTIPLE
from memplan.engines.llama_cpp.settings import Settings
from memplan.estimate import Allocation, LimitedBy, Outcome, Sizing
from memplan.request import Request
from memplan.unsigned import U32_MAX

FIT_FLOOR_TOKENS: Final = 4096
"""The shortest context that ``--fit`` picks (``--fit-ctx``)."""

_FIXED: Final = frozenset({ComponentKind.WEIGHTS, ComponentKind.RECURRENT_STATE})
_GRID_POINTS: Final = 64
"""Contexts at which a search looks first, lest a curve that falls again hides the longest."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a context needs.

    Attributes:
        device: bytes on the device, at a context.
        budgeted: bytes that count against the budget, at a context.
        allocation: the largest single buffers.
        fixed_bytes: the part of the budgeted bytes that no context changes.
        settled_tokens: from here on only every 256th token adds to any of them.
    """

    device: Formula
    budgeted: Formula
    allocation: Allocation
    fixed_bytes: int = 0
    settled_tokens: int = 0

    def fits(self, contexts: Any, budget_bytes: int) -> Any:
        """At which of ``contexts``, ascending, everything fits."""
        within = evaluate(self.budgeted, contexts) <= budget_bytes
        limit_bytes = self.allocation.limit_bytes
        if limit_bytes is None:
            return within
        return within & (self.allocation.curve(contexts) <= limit_bytes)

    def fits_at(self, context_tokens: int, budget_bytes: int) -> bool:
        """Whether everything fits at one context."""
        within = int(self.budgeted(context_tokens)) <= budget_bytes
        return within and self.allocation.allowed_at(context_tokens)


def demand_of(
    components: tuple[Component, ...],
    device_pool: str,
    settings: Settings,
    allocation: Allocation,
) -> Demand:
    """The sums of the components that each question is about.

    What counts against the budget is all that lives in the device's memory, ``device_pool``.
    """
    budgeted = tuple(c for c in components if c.pool == device_pool)
    return Demand(
        device=_sum(tuple(c.formula for c in components if c.where is Place.DEVICE)),
        budgeted=_sum(tuple(c.formula for c in budgeted)),
        allocation=allocation,
        fixed_bytes=sum(c.bytes_at(0) for c in budgeted if c.kind in _FIXED),
        settled_tokens=settings.full_micro_batch,
    )


def size_context(
    demand: Demand, request: Request, settings: Settings, trained_tokens: int
) -> Sizing:
    """The contexts for this budget."""
    # Each sequence of a split cache may be as long as the model allows.
    sequences = 1 if settings.unified else settings.sequences
    ceiling = min(trained_tokens * sequences, U32_MAX)
    floor = FIT_FLOOR_TOKENS * sequences
    target_bytes = request.budget_bytes - settings.fit_target_bytes
    auto_tokens = fitted_context(
        demand.device, target_bytes, ceiling, floor, CELL_MULTIPLE * sequences
    )
    wanted_tokens = request.context_tokens or auto_tokens
    limit_bytes = request.machine.devices[0].limit_bytes or 0
    starts = demand.fits_at(wanted_tokens, limit_bytes)
    granted_tokens = wanted_tokens if starts else 0
    max_tokens = max_context(demand, request.budget_bytes, target_bytes, ceiling, floor)
    if starts and not max_tokens:
        # Nothing fits the budget alone, or only contexts for which a falling curve has room.
        max_tokens = longest_context(demand, limit_bytes, ceiling) or granted_tokens
    return Sizing(
        ceiling_tokens=ceiling,
        auto_tokens=auto_tokens,
        max_tokens=max_tokens,
        wanted_tokens=wanted_tokens,
        granted_tokens=granted_tokens,
        outcome=_outcome(request, starts, granted_tokens, ceiling),
        floor_tokens=FIT_FLOOR_TOKENS,
        limited_by=_limited_by(demand, request, wanted_tokens, granted_tokens, ceiling),
    )


def fitted_context(
    device: Formula, target_bytes: int, ceiling: int, floor: int, multiple: int
) -> int:
    """The context that ``--fit`` picks where none is given.

    All that the model allows, if that leaves the margin; else a straight line between the bytes
    of the floor and those of the ceiling tells how much does, rounded down.
    """
    most_bytes = int(device(ceiling))
    if most_bytes <= target_bytes or ceiling <= floor:
        return ceiling
    least_bytes = int(device(floor))
    if target_bytes <= least_bytes or most_bytes <= least_bytes:
        return floor
    share = (ceiling - floor) * (target_bytes - least_bytes) // (most_bytes - least_bytes)
    context = floor + share
    return max(context - context % multiple, floor)


def max_context(
    demand: Demand, budget_bytes: int, target_bytes: int, ceiling: int, floor: int
) -> int:
    """The longest context that leaves the margin; up to the floor, the longest that fits at all.

    ``--fit`` never goes below its floor to keep the margin.
    """
    found = longest_context(demand, target_bytes, ceiling)
    if found >= floor:
        return found
    return max(found, longest_context(demand, budget_bytes, min(floor, ceiling)))


def longest_context(demand: Demand, budget_bytes: int, ceiling: int) -> int:
    """The longest context up to the ceiling that fits, 0 if none does; the next one does not.

    A curve may fall again, so some contexts between 0 and the ceiling are looked at first.
    """
    if demand.fixed_bytes > budget_bytes:
        return 0
    if ceiling <= 0 or demand.fits_at(ceiling, budget_bytes):
        return max(ceiling, 0)
    steps = -(-ceiling // CELL_MULTIPLE)
    grid = np.unique(np.linspace(0, steps, _GRID_POINTS + 1).astype(np.int64))
    contexts = np.minimum(grid[1:] * CELL_MULTIPLE, ceiling)
    fitting = np.flatnonzero(demand.fits(contexts, budget_bytes)) + 1
    low_index = int(fitting[-1]) if len(fitting) else 0

    def fits(context: int) -> bool:
        return demand.fits_at(context, budget_bytes)

    low, high = int(grid[low_index]), int(grid[low_index + 1])
    step = _last_true(lambda step: fits(min(step * CELL_MULTIPLE, ceiling)), low, high)
    found = step * CELL_MULTIPLE
    if found >= demand.settled_tokens:
        return found
    return _last_true(fits, found, min(found + CELL_MULTIPLE, ceiling))


def _last_true(holds: Callable[[int], bool], low: int, high: int) -> int:
    """A number from which ``holds`` turns false; it holds at ``low`` and not at ``high``."""
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low


def _sum(formulas: tuple[Formula, ...]) -> Formula:
    def total(context: Any) -> Any:
        return sum((formula(context) for formula in formulas), start=context * 0)

    return total


def _outcome(request: Request, starts: bool, granted_tokens: int, ceiling: int) -> Outcome:
    if not starts:
        return Outcome.REFUSED
    if not request.context_tokens and granted_tokens < ceiling:
        return Outcome.TRIMMED
    return Outcome.SIZED


def _limited_by(
    demand: Demand, request: Request, wanted_tokens: int, granted_tokens: int, ceiling: int
) -> LimitedBy:
    if granted_tokens == 0:
        allowed = demand.allocation.allowed_at(wanted_tokens)
        return LimitedBy.BUDGET if allowed else LimitedBy.ALLOCATION
    if granted_tokens >= ceiling:
        return LimitedBy.MODEL
    return LimitedBy.REQUEST if request.context_tokens else LimitedBy.BUDGET
