"""The contexts that llama.cpp arrives at: what ``--fit`` picks, and the longest that fits.

Source: llama.cpp b11434, ``common/fit.cpp`` (one device, context not given, layers as asked).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from memplan.engines.llama_cpp.arithmetic import larger
from memplan.engines.llama_cpp.cells import CELL_MULTIPLE
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.start import Lack, LlamaCppStart
from memplan.estimate import Allocation, LimitedBy, Outcome, Sizing
from memplan.memory.component import Component, ComponentKind, Formula, Place, evaluate
from memplan.memory.machine import Pool
from memplan.request import Request
from memplan.units import MIB
from memplan.unsigned import U32_MAX

FIT_FLOOR_TOKENS: Final = 4096
"""The shortest context that ``--fit`` picks (``--fit-ctx``)."""

_FIXED: Final = frozenset({ComponentKind.WEIGHTS, ComponentKind.RECURRENT_STATE})
_GRID_POINTS: Final = 64
"""Contexts at which a search looks first, lest a curve that falls again hides the longest."""


@dataclass(frozen=True, slots=True)
class DeviceDemand:
    """What one of several devices needs.

    Attributes:
        formula: bytes at a context.
        fixed_bytes: the part that no context changes.
        state_bytes: the recurrent states in it.
    """

    formula: Formula
    fixed_bytes: int
    state_bytes: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What a context needs.

    Attributes:
        device: bytes on the device, at a context.
        budgeted: bytes that count against the budget, at a context.
        allocation: the largest single buffers.
        fixed_bytes: the part of the budgeted bytes that no context changes.
        settled_tokens: from here on only every 256th token adds to any of them.
        state_bytes: recurrent states on the device, which llama.cpp holds while it asks what is
            free.
        devices: what each device needs, where there are several.
    """

    device: Formula
    budgeted: Formula
    allocation: Allocation
    fixed_bytes: int = 0
    settled_tokens: int = 0
    state_bytes: int = 0
    devices: tuple[DeviceDemand, ...] = ()

    def beyond(self, limits: Sequence[int]) -> Demand:
        """The same, counted from each device's limit: it fits as long as none is above 0."""

        def over(context: Any) -> Any:
            found = self.devices[0].formula(context) - limits[0]
            for device, limit in zip(self.devices[1:], limits[1:], strict=True):
                found = larger(found, device.formula(context) - limit)
            return found

        fixed = zip(self.devices, limits, strict=True)
        return replace(
            self, budgeted=over, fixed_bytes=max(d.fixed_bytes - limit for d, limit in fixed)
        )

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
    device_pools: Sequence[str],
    settings: Settings,
    allocation: Allocation,
) -> Demand:
    """The sums of the components that each question is about.

    What counts against a budget is all that lives in a device's memory.
    """
    budgeted = tuple(c for c in components if c.pool in device_pools)
    return Demand(
        device=_sum(tuple(c.formula for c in components if c.where is Place.DEVICE)),
        budgeted=_sum(tuple(c.formula for c in budgeted)),
        allocation=allocation,
        fixed_bytes=_fixed_bytes(budgeted),
        settled_tokens=settings.full_micro_batch,
        state_bytes=_state_bytes(components),
        devices=tuple(_device_demand(components, pool) for pool in device_pools),
    )


def _device_demand(components: tuple[Component, ...], pool: str) -> DeviceDemand:
    there = tuple(c for c in components if c.pool == pool)
    return DeviceDemand(
        _sum(tuple(c.formula for c in there)), _fixed_bytes(there), _state_bytes(there)
    )


def _fixed_bytes(components: tuple[Component, ...]) -> int:
    return sum(c.bytes_at(0) for c in components if c.kind in _FIXED)


def _state_bytes(components: tuple[Component, ...]) -> int:
    kind = ComponentKind.RECURRENT_STATE
    return sum(c.bytes_at(0) for c in components if c.kind is kind and c.where is Place.DEVICE)


def size_over_devices(
    demand: Demand,
    request: Request,
    pools: Sequence[Pool],
    settings: Settings,
    trained_tokens: int,
    *,
    found: LlamaCppStart,
    automatic_tokens: int,
) -> Sizing:
    """The contexts for the budgets of several devices.

    Args:
        demand: what a context needs as long as everything is where it is asked for.
        request: context and options.
        pools: the memories of the devices.
        settings: the options as used.
        trained_tokens: the context that the model was trained for.
        found: the start.
        automatic_tokens: the context that is started with where none is asked for.
    """
    ceiling = min(trained_tokens * settings.streams, U32_MAX)
    options = request.options_of(LlamaCppOptions)
    margins = [mib * MIB for mib in options.targets_mib(len(pools))]
    limits = [
        (pool.budget_bytes or 0) - (margin + device.state_bytes if options.fits_start else 0)
        for pool, margin, device in zip(pools, margins, demand.devices, strict=True)
    ]
    sizing = Sizing(
        ceiling_tokens=ceiling,
        auto_tokens=automatic_tokens,
        max_tokens=longest_context(demand.beyond(limits), 0, ceiling),
        wanted_tokens=found.context_tokens,
        granted_tokens=0,
        outcome=found.outcome,
        limited_by=LimitedBy.BUDGET,
        floor_tokens=options.fit_ctx * settings.streams,
    )
    sizing = placed_sizing(sizing, found)
    if found.keeps_devices:
        # Layers are moved between devices only: what is started with has room.
        sizing = replace(sizing, max_tokens=max(sizing.max_tokens, sizing.granted_tokens))
    if found.outcome in (Outcome.REFUSED, Outcome.PLACED):
        return sizing
    if sizing.granted_tokens >= ceiling:
        return replace(sizing, limited_by=LimitedBy.MODEL)
    asked = LimitedBy.REQUEST if request.context_tokens else LimitedBy.BUDGET
    return replace(sizing, limited_by=asked)


def size_context(
    demand: Demand,
    request: Request,
    pool: Pool,
    settings: Settings,
    trained_tokens: int,
    *,
    moves_layers: bool,
) -> Sizing:
    """The contexts for one device's budget, as long as everything is where it is asked for.

    Args:
        demand: what a context needs.
        request: context and options.
        pool: the device's memory.
        settings: the options as used.
        trained_tokens: the context that the model was trained for.
        moves_layers: whether automatic fitting moves layers where its margin is not left.
    """
    # Each sequence of a split cache may be as long as the model allows.
    ceiling = min(trained_tokens * settings.streams, U32_MAX)
    options = request.options_of(LlamaCppOptions)
    floor = options.fit_ctx * settings.streams
    # Recurrent states are held while llama.cpp asks what is free.
    budget_bytes = pool.budget_bytes or 0
    (target_mib,) = options.targets_mib(1)
    target_bytes = budget_bytes - target_mib * MIB - demand.state_bytes
    if options.fits_start:
        auto_tokens = fitted_context(demand.device, target_bytes, ceiling, floor, settings.streams)
        max_tokens = longest_context(demand, target_bytes, ceiling)
        if max_tokens < floor and not moves_layers:
            # The floor is kept without the margin, too.
            least = min(floor, ceiling)
            max_tokens = max(max_tokens, longest_context(demand, budget_bytes, least))
    else:
        # Sequences with caches of their own share the context that the model was trained for.
        auto_tokens = min(trained_tokens, U32_MAX)
        max_tokens = longest_context(demand, budget_bytes, ceiling)
    wanted_tokens = request.context_tokens or auto_tokens
    limit_bytes = pool.limit_bytes or 0
    starts = demand.fits_at(wanted_tokens, limit_bytes)
    granted_tokens = wanted_tokens if starts else 0
    if starts and not max_tokens and not moves_layers:
        # Nothing fits the budget alone, or only contexts for which a falling curve has room.
        max_tokens = longest_context(demand, limit_bytes, ceiling) or granted_tokens
    return Sizing(
        ceiling_tokens=ceiling,
        auto_tokens=auto_tokens,
        max_tokens=max_tokens,
        wanted_tokens=wanted_tokens,
        granted_tokens=granted_tokens,
        outcome=_outcome(request, starts, granted_tokens, ceiling),
        floor_tokens=floor,
        limited_by=_limited_by(demand, request, wanted_tokens, granted_tokens, ceiling),
    )


def placed_sizing(sizing: Sizing, found: LlamaCppStart) -> Sizing:
    """The contexts where automatic fitting places layers or experts; it may still not start."""
    refusal = found.refusal
    buffer = refusal is not None and refusal.lack is Lack.SINGLE_ALLOCATION
    return replace(
        sizing,
        wanted_tokens=found.context_tokens,
        granted_tokens=0 if refusal else found.context_tokens,
        outcome=found.outcome,
        limited_by=LimitedBy.ALLOCATION if buffer else LimitedBy.BUDGET,
    )


def fitted_context(
    device: Formula, target_bytes: int, ceiling: int, floor: int, streams: int
) -> int:
    """The context that ``--fit`` picks where none is given.

    All that the model allows, if that leaves the margin; else a straight line between the bytes
    of the floor and those of the ceiling tells how much does, rounded down.
    """
    multiple = CELL_MULTIPLE * streams
    most_bytes = int(device(ceiling))
    if most_bytes <= target_bytes or ceiling <= floor:
        return ceiling
    least_bytes = int(device(floor))
    if target_bytes <= least_bytes or most_bytes <= least_bytes:
        return floor
    share = (ceiling - floor) * (target_bytes - least_bytes) // (most_bytes - least_bytes)
    context = floor + share
    return max(context - context % multiple, floor)


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
    if (
        request.options_of(LlamaCppOptions).fits_start
        and not request.context_tokens
        and granted_tokens < ceiling
    ):
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
