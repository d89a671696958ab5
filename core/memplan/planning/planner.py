"""The plan: what a model needs for a request, and whether that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from memplan.engines.registry import engine_named
from memplan.estimate import Allocation, Growth, LimitedBy, Outcome, Sizing, Start
from memplan.memory.component import Component, Keyed, Place
from memplan.memory.machine import Pool, PoolKind
from memplan.model import Model, Notice, NoticeKind
from memplan.request import Request
from memplan.request_budget import RequestBudget, remaining_context_tokens, request_budget
from memplan.units import GIB

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TIGHT_BYTES = GIB
"""Less headroom than this is tight."""

_FIRST_CURVE_TOKENS = 512
_LEAST_CURVE_SPAN = 8
"""The curve's last context over its first, so that a short context has a curve too."""


class Status(StrEnum):
    """Whether the model fits."""

    OK = "ok"
    TIGHT = "tight"
    DOES_NOT_FIT = "does_not_fit"


@dataclass(frozen=True, slots=True)
class Markers:
    """Contexts of interest, in tokens."""

    floor_tokens: int
    ceiling_tokens: int
    auto_tokens: int
    max_tokens: int
    requested_tokens: int | None


@dataclass(frozen=True, slots=True)
class Share(Keyed):
    """A component's bytes at one context."""

    bytes: int
    exact: bool
    band_bytes: int
    budgeted: bool


@dataclass(frozen=True, slots=True)
class PoolUsage:
    """What is taken of one memory at one context.

    Attributes:
        pool: the memory.
        bytes: what is taken of it.
        band_bytes: by how much that may be off either way.
        mapped_bytes: what of it a processor's memory may drop and read from the file again.
    """

    pool: Pool
    bytes: int
    band_bytes: int
    mapped_bytes: int = 0

    @property
    def headroom_bytes(self) -> int | None:
        """The budget less what is taken, negative if it is over; ``None``: not limited."""
        budget_bytes = self.pool.budget_bytes
        return None if budget_bytes is None else budget_bytes - self.bytes

    @property
    def over_bytes(self) -> int:
        """What must be there and has no room; what is mapped need not be there."""
        return max(-(self.headroom_bytes or 0) - self.mapped_bytes, 0)

    @property
    def crowds_mapped(self) -> bool:
        """Whether it fits only as parts of the file are dropped and read again."""
        return (self.headroom_bytes or 0) < 0 < self.mapped_bytes and self.fits

    @property
    def fits(self) -> bool:
        """Whether the memory holds it."""
        return self.status is not Status.DOES_NOT_FIT

    @property
    def status(self) -> Status:
        """Whether it fits; over a working set but within the unified memory is tight, as in ZINC.

        A host's memory that is not limited holds anything.
        """
        limit_bytes = self.pool.limit_bytes
        if limit_bytes is None or self.headroom_bytes is None:
            return Status.OK
        if self.bytes - self.mapped_bytes > limit_bytes:
            return Status.DOES_NOT_FIT
        if self.headroom_bytes < 0 or limit_bytes - self.bytes < TIGHT_BYTES:
            return Status.TIGHT
        return Status.OK


@dataclass(frozen=True, slots=True)
class Usage:
    """All bytes at one context.

    Attributes:
        context_tokens: the context.
        shares: bytes of each component.
        device_bytes: sum of what lives on the device.
        host_bytes: sum of what lives on the host.
        budgeted_bytes: sum of what counts against the devices' budgets.
        headroom_bytes: the budgets less that; negative if it does not fit.
        band_bytes: by how much the budgeted bytes may be off either way.
        pools: the use of each memory, in the machine's order.
    """

    context_tokens: int
    shares: tuple[Share, ...]
    device_bytes: int
    host_bytes: int
    budgeted_bytes: int
    headroom_bytes: int
    band_bytes: int
    pools: tuple[PoolUsage, ...]

    def pool(self, pool_id: str) -> PoolUsage:
        """The use of the memory of this id.

        Raises:
            KeyError: the machine has none.
        """
        for usage in self.pools:
            if usage.pool.id == pool_id:
                return usage
        raise KeyError(pool_id)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it fits, what the engine does, and why.

    Attributes:
        fits: whether the wanted context fits.
        status: the same with a word for little room.
        outcome: what the engine does at its start.
        limited_by: what keeps the context from being longer.
        granted_tokens: the context with which the engine starts; 0 if it refuses.
        leaves_devices: whether the engine moves something to the host.
    """

    fits: bool
    status: Status
    outcome: Outcome
    limited_by: LimitedBy
    granted_tokens: int
    leaves_devices: bool

    @property
    def fits_whole(self) -> bool:
        """Whether it fits without anything being moved to the host."""
        return self.fits and not self.leaves_devices


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Bytes over contexts, for drawing.

    Attributes:
        contexts: ascending tokens, shape ``(n,)``.
        components: the components, in drawing order from the bottom.
        bytes: bytes of each component, shape ``(len(components), n)``.
        bands: half widths of their bands, the same shape.
    """

    contexts: NDArray[np.int64]
    components: tuple[Component, ...]
    bytes: NDArray[np.float64]
    bands: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The frozen answer to a request. Everything that is shown anywhere comes from here.

    Attributes:
        model: the model.
        request: the request.
        engine_version: the version of the engine that is modelled.
        components: the parts of the footprint.
        markers: contexts of interest.
        at: the bytes at the wanted context.
        verdict: whether it fits, and why.
        options: the engine's options as used.
        notices: what the user should know.
        completion: what the chat's next answer is granted.
        remaining_tokens: context left beside the tokens in use.
        auto_share_bytes: the part of the budget that automatic sizing uses.
        profile: the dataclass of figures that the engine itself plans with; ``None`` without one.
        allocation: the largest single buffers; ``None`` for an engine that allocates otherwise.
        growth: what the engine takes later, while it serves.
        start: what the engine starts with; ``None`` where it chooses nothing but the context.
        asked_components: the parts of the footprint if the engine moves nothing.
        margins: what must stay free in each memory, by id, so that the engine moves or shortens
            nothing.
    """

    model: Model
    request: Request
    engine_version: str
    components: tuple[Component, ...]
    markers: Markers
    at: Usage
    verdict: Verdict
    options: dict[str, Any]
    notices: tuple[Notice, ...]
    completion: RequestBudget
    remaining_tokens: int
    auto_share_bytes: int
    profile: DataclassInstance | None
    allocation: Allocation | None
    growth: tuple[Growth, ...]
    start: Start | None
    asked_components: tuple[Component, ...]
    margins: Mapping[str, int]

    def usage_at(self, context_tokens: int) -> Usage:
        """All bytes at a context."""
        return _usage(self.components, self.request, context_tokens)

    def asked_usage_at(self, context_tokens: int) -> Usage:
        """All bytes at a context if the engine moves nothing to make it fit."""
        return _usage(self.asked_components, self.request, context_tokens)

    @property
    def margin_bytes(self) -> int:
        """What must stay free in all memories together."""
        return sum(self.margins.values())

    @property
    def limiting_pool(self) -> Pool:
        """The memory that is over its budget by most, at this context or else at the longest.

        Where none ever is, it is the fullest device.
        """
        ceiling_tokens = self.markers.ceiling_tokens
        for tokens in (self.at.context_tokens, ceiling_tokens):
            usage = self.at if tokens == self.at.context_tokens else self.usage_at(tokens)
            over = [held for held in usage.pools if held.over_bytes]
            if over:
                return max(over, key=lambda held: held.over_bytes).pool
        devices = [self.at.pool(pool.id) for pool in self.request.machine.devices]
        return max(devices, key=lambda held: held.bytes / (held.pool.budget_bytes or 1)).pool

    def curve(self, samples: int = 256) -> Curve:
        """Bytes from 512 tokens (or fewer) to the ceiling, evenly on a logarithmic axis."""
        contexts = self.curve_contexts(samples)
        return Curve(
            contexts,
            self.components,
            np.array([c.curve(contexts) for c in self.components], dtype=np.float64),
            np.array([c.band_curve(contexts) for c in self.components], dtype=np.float64),
        )

    def curve_span(self) -> tuple[int, int]:
        """First and last context of the curve."""
        last = max(self.markers.ceiling_tokens, self.at.context_tokens, 1)
        return min(_FIRST_CURVE_TOKENS, max(last // _LEAST_CURVE_SPAN, 1)), last

    def curve_contexts(self, samples: int = 256) -> NDArray[np.int64]:
        """The contexts of the curve, and those at which something in it changes."""
        first, last = self.curve_span()
        spread = np.geomspace(first, last, samples).round()
        marks = [self.markers.floor_tokens, self.markers.max_tokens, self.at.context_tokens]
        marks += [b + after for c in self.components for b in c.breaks for after in (0, 1)]
        inside = [mark for mark in marks if first <= mark <= last]
        return np.unique(np.concatenate([spread, inside, [first, last]]).astype(np.int64))


def plan(model: Model, request: Request) -> Plan:
    """What ``model`` needs for ``request``. Pure, and quick enough to call at every change.

    An engine that uses one device is asked about the first.
    """
    engine, machine = engine_named(request.engine), request.machine
    notices = model.notices
    if len(machine.devices) > 1 and not engine.several_devices:
        request = replace(request, machine=machine.with_devices(machine.devices[:1]))
        notices = (*notices, Notice(NoticeKind.ONE_DEVICE))
    answer = engine.estimate(model, request)
    sizing = answer.sizing
    at = _usage(answer.components, request, sizing.wanted_tokens)
    status = _status(at, sizing)
    return Plan(
        model=model,
        request=request,
        engine_version=answer.engine_version,
        components=answer.components,
        markers=Markers(
            sizing.floor_tokens,
            sizing.ceiling_tokens,
            sizing.auto_tokens,
            sizing.max_tokens,
            request.context_tokens,
        ),
        at=at,
        verdict=Verdict(
            status is not Status.DOES_NOT_FIT,
            status,
            sizing.outcome,
            sizing.limited_by,
            sizing.granted_tokens,
            sizing.outcome is Outcome.PLACED
            and (answer.start is None or not answer.start.all_on_devices),
        ),
        options=answer.options,
        notices=notices + answer.notices,
        completion=request_budget(
            request.used_context_tokens, request.completion_tokens, sizing.granted_tokens
        ),
        remaining_tokens=remaining_context_tokens(
            request.used_context_tokens, sizing.granted_tokens
        ),
        auto_share_bytes=answer.auto_share_bytes,
        profile=answer.profile,
        allocation=answer.allocation,
        growth=answer.growth,
        start=answer.start,
        asked_components=(
            answer.components if answer.asked_components is None else answer.asked_components
        ),
        margins=answer.margins,
    )


def _share(component: Component, context_tokens: int, *, budgeted: bool) -> Share:
    """A component's share; what may be off at other contexts only is exact here."""
    band_bytes = component.band_bytes_at(context_tokens)
    return Share(
        component.key,
        component.bytes_at(context_tokens),
        component.exact or not band_bytes,
        band_bytes,
        budgeted,
    )


def _usage(components: tuple[Component, ...], request: Request, context_tokens: int) -> Usage:
    machine = request.machine
    reached = {pool.id for pool in machine.devices}
    shares = tuple(
        _share(component, context_tokens, budgeted=component.key.pool in reached)
        for component in components
    )
    taken = dict.fromkeys((pool.id for pool in machine.pools), 0)
    bands, mapped, places = taken.copy(), taken.copy(), dict.fromkeys(Place, 0)
    for component, share in zip(components, shares, strict=True):
        key = share.key
        if component.mapped and machine.pool(key.pool).kind is PoolKind.HOST:
            mapped[key.pool] += share.bytes
        taken[key.pool] += share.bytes
        bands[key.pool] += share.band_bytes
        places[key.where] += share.bytes
    budgeted_bytes = sum(taken[pool] for pool in reached)
    return Usage(
        context_tokens,
        shares,
        places[Place.DEVICE],
        places[Place.HOST],
        budgeted_bytes,
        machine.budget_bytes - budgeted_bytes,
        sum(bands[pool] for pool in reached),
        tuple(
            PoolUsage(pool, taken[pool.id], bands[pool.id], mapped[pool.id])
            for pool in machine.pools
        ),
    )


def _status(at: Usage, sizing: Sizing) -> Status:
    """The worst of all memories; none fits where the engine refuses."""
    found = {usage.status for usage in at.pools}
    if sizing.outcome is Outcome.REFUSED:
        return Status.DOES_NOT_FIT
    return next(status for status in _WORST_FIRST if status in found)


_WORST_FIRST: Final = (Status.DOES_NOT_FIT, Status.TIGHT, Status.OK)
