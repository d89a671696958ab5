"""A log beside a plan: the request that a log amounts to, and logged against planned bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from memplan.engines.engine import Engine
from memplan.engines.registry import ENGINES, default_engine, engine_named
from memplan.logs.log import Buffer, Log
from memplan.logs.names import is_host
from memplan.memory.component import ComponentKind, Part, Place
from memplan.model import Model
from memplan.planning.planner import Plan, Share
from memplan.request import DEFAULT_BUDGET_BYTES, Request
from memplan.units import MIB
from memplan.unsigned import U32_MAX, U64_MAX

_MOST_KEPT: Final = 8

_Key = tuple[ComponentKind, Place, Part]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Logged and planned memory of one kind in one place.

    Attributes:
        kind: what it holds.
        where: device or host.
        part: the part of the run that it belongs to.
        buffers: names of the logged buffers, in the order of the log.
        logged_mib: their sum.
        planned_mib: the plan's; ``None`` if the plan has no such component.
        exact: whether the plan claims to be exact here.
        rounded_to_mib: to what the log rounds the size of a buffer.
        kept_on_host: the model's largest tensors, if the device has just so much less of the
            weights than planned: those that it does not take stay on the host.
    """

    kind: ComponentKind
    where: Place
    part: Part
    buffers: tuple[str, ...]
    logged_mib: float
    planned_mib: float | None
    exact: bool
    rounded_to_mib: float
    kept_on_host: tuple[str, ...] = ()

    @property
    def difference_mib(self) -> float | None:
        """Logged less planned; 0 within what the log rounds away."""
        if self.planned_mib is None:
            return None
        difference = self.logged_mib - self.planned_mib
        return (
            0.0
            if abs(difference) <= self.rounded_to_mib * len(self.buffers)
            else round(difference, 2)
        )


def is_of_another_model(log: Log, model: Model) -> bool:
    """Whether the log counts layers that the model cannot have."""
    layers = log.options.n_layers
    most = _engine_of(log).log_dialect().most_extra_layers
    return layers is not None and not 0 <= layers - model.dimensions.layers <= most


def _engine_of(log: Log) -> Engine:
    """The log's engine; where only a program around one speaks, the engine that it runs."""
    if log.engine is not None:
        return engine_named(log.engine)
    for engine in ENGINES.values():
        if log.wrapper and log.wrapper in engine.log_dialect().apps:
            return engine
    return default_engine()


def request_from_log(log: Log, model: Model | None = None) -> Request:
    """The request that has the log's engine, backend, device memory, context and options.

    What the log does not tell is left at its default. The model tells whether the log counts the
    output layer: logs of 2024 and before may not.
    """
    engine = _engine_of(log)
    context_tokens = log.options.n_ctx
    if not context_tokens or context_tokens > U32_MAX:
        context_tokens = None
    named = {each.value: each for each in engine.backends}
    return Request(
        engine=engine.name,
        backend=named.get(log.backend, engine.backends[0]),
        budget_bytes=_budget_bytes(log),
        context_tokens=context_tokens,
        options=(engine.options_from_log(log, model),),
    )


def _budget_bytes(log: Log) -> int:
    """What was free on the first device that is no CPU, else all of it, else the default."""
    for device in log.devices:
        mib = device.free_mib if device.free_mib is not None else device.total_mib
        if mib and not is_host(device.name):
            return min(round(mib * MIB), U64_MAX)
    return DEFAULT_BUDGET_BYTES


def compare(log: Log, plan: Plan) -> tuple[Comparison, ...]:
    """Logged against planned, by kind and place, in the order of the log.

    Planned for the log's context; where the log tells none, only what does not depend on it.
    """
    planned = {
        key: share
        for key, share in _planned_shares(log, plan).items()
        if _engine_of(log).plans_as_logged(log, plan.model, key[0])
    }
    planned_parts = {part for _, _, part in planned} | {Part.MODEL}
    groups: dict[_Key, list[Buffer]] = {}
    for buffer in log.buffers:
        part = Part(buffer.part.value)
        if part in planned_parts:
            groups.setdefault((buffer.kind, buffer.where, part), []).append(buffer)
    comparisons = []
    for (kind, where, part), buffers in groups.items():
        share = planned.get((kind, where, part))
        comparison = Comparison(
            kind,
            where,
            part,
            tuple(buffer.buffer for buffer in buffers),
            round(sum(buffer.mib for buffer in buffers), 2),
            None if share is None else round(share.bytes / MIB, 2),
            share is not None and share.exact,
            _engine_of(log).log_dialect().rounded_to_mib,
        )
        if (kind, where, part) == (ComponentKind.WEIGHTS, Place.DEVICE, Part.MODEL):
            comparison = replace(comparison, kept_on_host=_kept_on_host(comparison, plan))
        comparisons.append(comparison)
    return tuple(comparisons)


def _kept_on_host(weights: Comparison, plan: Plan) -> tuple[str, ...]:
    """The few largest tensors, if they make up what the device has less than planned."""
    missing_mib = -(weights.difference_mib or 0.0)
    largest = sorted(plan.model.tensors, key=lambda tensor: -tensor.bytes)[:_MOST_KEPT]
    for count in range(1, len(largest) + 1):
        sum_mib = sum(tensor.bytes for tensor in largest[:count]) / MIB
        if abs(sum_mib - missing_mib) <= weights.rounded_to_mib * (1 + len(weights.buffers)):
            return tuple(tensor.name for tensor in largest[:count])
    return ()


def planned_failed_bytes(log: Log, plan: Plan) -> int | None:
    """What the plan gives for the kind, in that place, of which a buffer failed; if it has it."""
    failed = log.failed
    if failed is None or failed.kind is None or failed.buffer is None:
        return None
    where = Place.HOST if is_host(failed.buffer) else Place.DEVICE
    share = _planned_shares(log, plan).get((failed.kind, where, Part(failed.part.value)))
    return None if share is None else share.bytes


def _planned_shares(log: Log, plan: Plan) -> dict[_Key, Share]:
    """The plan at the log's context; without one, only what does not depend on it."""
    context_tokens = log.options.n_ctx
    usage = plan.at if context_tokens is None else plan.usage_at(context_tokens)
    return {
        (share.kind, share.where, share.part): share
        for share in usage.shares
        if context_tokens is not None
        or share.kind is ComponentKind.WEIGHTS
        or share.part is Part.PROJECTOR
    }
