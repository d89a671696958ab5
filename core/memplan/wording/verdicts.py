"""The verdict in words: what happens, why, and what the engine's log says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from memplan.engines.registry import ENGINES
from memplan.estimate import LimitedBy, Outcome, Start
from memplan.exhaustive import exhaustive
from memplan.language import marked, ntr, tr
from memplan.memory.component import ComponentKind
from memplan.memory.machine import PoolKind
from memplan.planning.planner import Plan, PoolUsage, Share, Status
from memplan.units import ByteUnits, format_bytes, format_count, format_tokens
from memplan.wording.pools import pool_title
from memplan.wording.titles import engine_title

_LARGEST: Final[Mapping[ComponentKind, str]] = exhaustive(
    ComponentKind,
    {
        ComponentKind.WEIGHTS: marked("Weights are {size} of it."),
        ComponentKind.KV_CACHE: marked("KV cache is {size} of it."),
        ComponentKind.RECURRENT_STATE: marked("Recurrent state is {size} of it."),
        ComponentKind.COMPUTE: marked("Compute buffers are {size} of it."),
        ComponentKind.STAGING: marked("Staging buffers are {size} of it."),
        ComponentKind.PAGE_TABLE: marked("Page table is {size} of it."),
        ComponentKind.OUTPUT: marked("Output buffer is {size} of it."),
    },
)

_GROWS: Final[Mapping[ComponentKind, str]] = exhaustive(
    ComponentKind,
    {
        ComponentKind.WEIGHTS: marked(
            "Weights grow the most: by {size} from {first} to {last} tokens."
        ),
        ComponentKind.RECURRENT_STATE: marked(
            "Recurrent state grows the most: by {size} from {first} to {last} tokens."
        ),
        ComponentKind.STAGING: marked(
            "Staging buffers grow the most: by {size} from {first} to {last} tokens."
        ),
        ComponentKind.KV_CACHE: marked(
            "KV cache grows the most: by {size} from {first} to {last} tokens."
        ),
        ComponentKind.COMPUTE: marked(
            "Compute buffers grow the most: by {size} from {first} to {last} tokens."
        ),
        ComponentKind.PAGE_TABLE: marked(
            "Page table grows the most: by {size} from {first} to {last} tokens."
        ),
        ComponentKind.OUTPUT: marked(
            "Output buffer grows the most: by {size} from {first} to {last} tokens."
        ),
    },
)

_ALL_WOULD_FIT: Final[Mapping[bool, str]] = {
    True: marked(
        "All {context} tokens that the model allows would fit in {budget} too, "
        "with {size} to spare."
    ),
    False: marked(
        "All {context} tokens that the backend allows would fit in {budget} too, "
        "with {size} to spare."
    ),
}
"""By whether it is the model, not the backend, that sets the ceiling."""

_SOME_FIT: Final[Mapping[bool, str]] = {
    True: marked("At most {context} of the model's {ceiling} tokens fit in {budget}."),
    False: marked("At most {context} of the backend's {ceiling} tokens fit in {budget}."),
}
"""The same."""


def headline(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """The verdict in one sentence, without a full stop."""
    short = _short_pool(plan)
    if short is not None:
        return tr(
            "Does not fit: {pool} would need {needs} at {context} tokens, {size} over"
        ).format(
            pool=pool_title(short.pool, plan.request.machine),
            needs=format_bytes(short.bytes - short.mapped_bytes, units),
            context=format_tokens(plan.at.context_tokens),
            size=format_bytes(short.over_bytes, units),
        )
    engine = engine_title(plan.request.engine)
    headroom = format_bytes(abs(plan.at.headroom_bytes), units)
    wanted = format_tokens(plan.at.context_tokens)
    needs = format_bytes(plan.at.budgeted_bytes, units)
    layers = format_count(plan.start.layer_count) if plan.start else ""
    return _headline(plan).format(
        engine=engine, context=wanted, needs=needs, size=headroom, layers=layers
    )


def _short_pool(plan: Plan) -> PoolUsage | None:
    """The memory that holds too little, where the engine does not speak for it itself.

    That is the host's beside a device, and any of several devices.
    """
    pool = plan.limiting_pool
    alone = plan.request.machine.devices == (pool,)
    usage = plan.at.pool(pool.id)
    return None if alone or usage.fits else usage


def _headline(plan: Plan) -> str:
    if plan.verdict.limited_by is LimitedBy.ALLOCATION and not plan.verdict.fits:
        return tr("Does not fit: {context} tokens need a larger buffer than the device gives")
    if plan.verdict.status is Status.DOES_NOT_FIT:
        if is_over_all_memory(plan):
            return tr("Does not fit: needs {needs} at {context} tokens, more than the machine has")
        if plan.at.headroom_bytes >= 0:
            return tr("Does not fit: {engine} refuses to start")
        return tr("Does not fit: needs {needs} at {context} tokens, {size} over")
    if plan.verdict.outcome is Outcome.PLACED and plan.start is not None:
        return _placed_headline(plan.start)
    if plan.at.headroom_bytes < 0:
        # Tight by definition: what goes over the working set leaves no room.
        return tr("Fits tightly: {context} tokens take {size} over the working set")
    if plan.verdict.status is Status.TIGHT:
        return tr("Fits tightly: {engine} starts with {context} tokens and leaves {size}")
    return tr("Fits: {engine} starts with {context} tokens and leaves {size}")


def _placed_headline(start: Start) -> str:
    """What is where, in place of what is left: automatic fitting leaves its margin anyway."""
    if start.all_on_devices:
        return tr("Fits: {engine} starts with {context} tokens and other layers on each device")
    if start.n_gpu_layers < start.layer_count and start.tensor_split:
        return ntr(
            "Fits: {engine} starts with {context} tokens and {count} of {layers} layers on devices",
            "Fits: {engine} starts with {context} tokens and {count} of {layers} layers on devices",
            start.n_gpu_layers,
        )
    if start.n_gpu_layers < start.layer_count:
        return ntr(
            "Fits: {engine} starts with {context} tokens and {count} of {layers} layers on the "
            "device",
            "Fits: {engine} starts with {context} tokens and {count} of {layers} layers on the "
            "device",
            start.n_gpu_layers,
        )
    moved = len(start.cpu_expert_layers) + len(start.partial_layers)
    return ntr(
        "Fits: {engine} starts with {context} tokens and keeps the experts of {count} layer "
        "in host memory",
        "Fits: {engine} starts with {context} tokens and keeps the experts of {count} layers "
        "in host memory",
        moved,
    )


def explanation(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What the engine does at its start, and the reason, in one or two sentences."""
    short = _short_pool(plan)
    if short is not None and short.pool.kind is PoolKind.HOST and plan.at.headroom_bytes >= 0:
        return tr("The device alone would hold its part, with {size} to spare.").format(
            size=format_bytes(plan.at.headroom_bytes, units)
        )
    explained = ENGINES[plan.request.engine].explain(plan, units)
    if not any(usage.crowds_mapped for usage in plan.at.pools):
        return explained
    crowded = tr(
        "Host memory has no room for all weights that are mapped from the file: they are read from "
        "the disk again and again."
    )
    return f"{explained} {crowded}"


def largest_component(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """The component that takes the most of the budget, as a sentence."""
    largest = max(budgeted_shares(plan), key=lambda share: share.bytes)
    return tr(_LARGEST[largest.kind]).format(size=format_bytes(largest.bytes, units))


def growing_component(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What grows the most with the context, on all devices and in all parts, as a sentence."""
    ceiling = plan.usage_at(max(plan.markers.ceiling_tokens, plan.at.context_tokens))
    start = plan.usage_at(min(plan.markers.floor_tokens, ceiling.context_tokens))
    growth: Counter[ComponentKind] = Counter()
    for late, early in zip(ceiling.shares, start.shares, strict=True):
        if late.budgeted:
            growth[late.kind] += late.bytes - early.bytes
    kind, most = max(growth.items(), key=lambda item: item[1])
    if most <= 0:
        return tr("Nothing grows with the context.")
    return tr(_GROWS[kind]).format(
        size=format_bytes(most, units),
        first=format_tokens(start.context_tokens),
        last=format_tokens(ceiling.context_tokens),
    )


def completion_line(plan: Plan, stressed: str = "{number}") -> str:
    """What the next answer is granted; ``stressed`` marks up the ``{number}`` that matters."""
    granted = plan.completion
    return tr("Granted {granted} · target {target} · {remaining} remain").format(
        granted=stressed.format(number=format_tokens(granted.completion_tokens)),
        target=format_tokens(granted.target_context_tokens),
        remaining=format_tokens(plan.remaining_tokens),
    )


def log_lines(plan: Plan) -> list[str]:
    """What the engine prints in this case, in its own words."""
    return ENGINES[plan.request.engine].log_lines(plan)


def is_over_all_memory(plan: Plan) -> bool:
    """Whether the machine has less memory than is needed, whatever the budget allows."""
    total_bytes = plan.request.total_memory_bytes or plan.request.budget_bytes
    return plan.at.headroom_bytes >= 0 and plan.at.budgeted_bytes > total_bytes


def budgeted_shares(plan: Plan) -> list[Share]:
    """The components that count against the budget."""
    return [share for share in plan.at.shares if share.budgeted]


def explain_sized(plan: Plan, units: ByteUnits) -> str:
    """Why a context that is started with is not longer."""
    ceiling = plan.markers.ceiling_tokens
    budget = format_bytes(plan.request.budget_bytes, units)
    by_model = ceiling >= plan.model.dimensions.context_tokens
    if is_over_all_memory(plan):
        total = format_bytes(plan.request.total_memory_bytes or 0, units)
        all_memory = tr("All memory of the machine is {total}.").format(total=total)
        return f"{all_memory} {largest_component(plan, units)}"
    if plan.verdict.limited_by in (LimitedBy.MODEL, LimitedBy.BACKEND):
        if by_model:
            return tr("That is all that the model allows.")
        return tr("That is all that the backend allows.")
    if plan.markers.max_tokens >= ceiling:
        spare = plan.request.budget_bytes - plan.usage_at(ceiling).budgeted_bytes
        return tr(_ALL_WOULD_FIT[by_model]).format(
            context=format_tokens(ceiling), budget=budget, size=format_bytes(spare, units)
        )
    return tr(_SOME_FIT[by_model]).format(
        context=format_tokens(plan.markers.max_tokens),
        ceiling=format_tokens(ceiling),
        budget=budget,
    )
