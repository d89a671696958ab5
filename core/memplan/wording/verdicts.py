"""The verdict in words: what happens, why, and what the engine's log says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from memplan.component import ComponentKind
from memplan.estimate import LimitedBy, Outcome
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.memory.machine import PoolKind
from memplan.planner import Plan, PoolUsage, Share, Status
from memplan.request import Backend, EngineName
from memplan.units import MIB, ByteUnits, format_bytes, format_tokens
from memplan.wording.pools import pool_title
from memplan.wording.titles import ENGINE_TITLES

_ALLOCATION_ORDER: Final = (
    ComponentKind.WEIGHTS,
    ComponentKind.KV_CACHE,
    ComponentKind.RECURRENT_STATE,
    ComponentKind.COMPUTE,
)
"""The order in which llama.cpp takes memory."""

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

_LARGEST_TENSOR: Final[Mapping[ComponentKind, str]] = {
    ComponentKind.WEIGHTS: marked(
        "The largest tensor of the weights takes {size}; one buffer may take {limit}."
    ),
    ComponentKind.KV_CACHE: marked(
        "The largest tensor of the KV cache takes {size}; one buffer may take {limit}."
    ),
}
"""Of the components that :meth:`memplan.estimate.Allocation.kind_at` may name."""

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
            needs=format_bytes(short.bytes, units),
            context=format_tokens(plan.at.context_tokens),
            size=format_bytes(-(short.headroom_bytes or 0), units),
        )
    engine = ENGINE_TITLES[plan.request.engine]
    headroom = format_bytes(abs(plan.at.headroom_bytes), units)
    wanted = format_tokens(plan.at.context_tokens)
    needs = format_bytes(plan.at.budgeted_bytes, units)
    return _headline(plan).format(engine=engine, context=wanted, needs=needs, size=headroom)


def _short_pool(plan: Plan) -> PoolUsage | None:
    """The memory that holds too little, where the engine does not speak for it itself.

    That is the host's beside a device, and any of several devices.
    """
    pool = plan.limiting_pool
    alone = len(plan.request.machine.devices) == 1 and pool.kind is not PoolKind.HOST
    usage = plan.at.pool(pool.id)
    return None if alone or usage.fits else usage


def _headline(plan: Plan) -> str:
    if plan.verdict.limited_by is LimitedBy.ALLOCATION and not plan.verdict.fits:
        return tr("Does not fit: {context} tokens need a larger buffer than the device gives")
    if plan.verdict.status is Status.DOES_NOT_FIT:
        if _is_over_all_memory(plan):
            return tr("Does not fit: needs {needs} at {context} tokens, more than the machine has")
        if plan.at.headroom_bytes >= 0:
            return tr("Does not fit: {engine} refuses to start")
        return tr("Does not fit: needs {needs} at {context} tokens, {size} over")
    if plan.at.headroom_bytes < 0:
        # Tight by definition: what goes over the working set leaves no room.
        return tr("Fits tightly: {context} tokens take {size} over the working set")
    if plan.verdict.status is Status.TIGHT:
        return tr("Fits tightly: {engine} starts with {context} tokens and leaves {size}")
    return tr("Fits: {engine} starts with {context} tokens and leaves {size}")


def explanation(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What the engine does at its start, and the reason, in one or two sentences."""
    short = _short_pool(plan)
    if short is not None and short.pool.kind is PoolKind.HOST and plan.at.headroom_bytes >= 0:
        return tr("The device alone would hold its part, with {size} to spare.").format(
            size=format_bytes(plan.at.headroom_bytes, units)
        )
    return _EXPLANATIONS[plan.request.engine][plan.verdict.outcome](plan, units)


def largest_component(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """The component that takes the most of the budget, as a sentence."""
    largest = max(_budgeted(plan), key=lambda share: share.bytes)
    return tr(_LARGEST[largest.kind]).format(size=format_bytes(largest.bytes, units))


def growing_component(plan: Plan, units: ByteUnits = ByteUnits.BINARY) -> str:
    """The component that grows the most with the context, as a sentence."""
    ceiling = plan.usage_at(max(plan.markers.ceiling_tokens, plan.at.context_tokens))
    start = plan.usage_at(min(plan.markers.floor_tokens, ceiling.context_tokens))
    growth = {
        (late.kind, late.where): late.bytes - early.bytes
        for late, early in zip(ceiling.shares, start.shares, strict=True)
        if late.budgeted
    }
    (kind, _), most = max(growth.items(), key=lambda item: item[1])
    if most <= 0:
        return tr("Nothing grows with the context.")
    return tr(_GROWS[kind]).format(
        size=format_bytes(most, units),
        first=format_tokens(start.context_tokens),
        last=format_tokens(ceiling.context_tokens),
    )


def log_lines(plan: Plan) -> list[str]:
    """What the engine prints in this case, in its own words."""
    if plan.request.engine is EngineName.ZINC:
        return [_zinc_log_line(plan)]
    return _llama_cpp_log_lines(plan)


def _is_over_all_memory(plan: Plan) -> bool:
    """Whether the machine has less memory than is needed, whatever the budget allows."""
    total_bytes = plan.request.total_memory_bytes or plan.request.budget_bytes
    return plan.at.headroom_bytes >= 0 and plan.at.budgeted_bytes > total_bytes


def _budgeted(plan: Plan) -> list[Share]:
    return [share for share in plan.at.shares if share.budgeted]


def _explain_sized(plan: Plan, units: ByteUnits) -> str:
    ceiling = plan.markers.ceiling_tokens
    budget = format_bytes(plan.request.budget_bytes, units)
    by_model = ceiling >= plan.model.dimensions.context_tokens
    if _is_over_all_memory(plan):
        total = format_bytes(plan.request.total_memory_bytes or 0, units)
        all_memory = tr("All memory of the machine is {total}.").format(total=total)
        return f"{all_memory} {largest_component(plan, units)}"
    if plan.at.context_tokens > ceiling:
        # llama.cpp takes a context that is asked for, and only warns.
        trained = format_tokens(plan.model.dimensions.context_tokens)
        return tr("The model was trained with {context} tokens: llama.cpp warns of it.").format(
            context=trained
        )
    if plan.verdict.limited_by in (LimitedBy.MODEL, LimitedBy.BACKEND):
        if by_model:
            return tr("That is all that the model allows.")
        return tr("That is all that the backend allows.")
    if plan.markers.max_tokens >= ceiling:
        spare = plan.request.budget_bytes - plan.usage_at(ceiling).budgeted_bytes
        return tr(_ALL_WOULD_FIT[by_model]).format(
            context=format_tokens(ceiling), budget=budget, size=format_bytes(spare, units)
        )
    if plan.at.context_tokens > plan.markers.max_tokens:
        # llama.cpp takes a context that is asked for without leaving the margin.
        free = format_bytes(plan.request.llama_cpp.fit_target_mib * MIB, units)
        return tr(
            "Up to {context} tokens would leave {size} of the device free, as --fit does."
        ).format(context=format_tokens(plan.markers.max_tokens), size=free)
    return tr(_SOME_FIT[by_model]).format(
        context=format_tokens(plan.markers.max_tokens),
        ceiling=format_tokens(ceiling),
        budget=budget,
    )


def _explain_floor_held(plan: Plan, units: ByteUnits) -> str:
    share = format_bytes(plan.auto_share_bytes, units)
    wanted = format_tokens(plan.at.context_tokens)
    held = tr(
        "85 % of the budget ({size}) does not hold {context} tokens, the whole budget does: "
        "ZINC keeps its floor."
    ).format(size=share, context=wanted)
    return f"{held} {_explain_sized(plan, units)}"


def _explain_zinc_trimmed(plan: Plan, units: ByteUnits) -> str:
    starts = tr("ZINC starts with {context} tokens and logs a warning.").format(
        context=format_tokens(plan.verdict.granted_tokens)
    )
    return f"{starts} {largest_component(plan, units)}"


def _explain_zinc_refused(plan: Plan, units: ByteUnits) -> str:
    fixed = plan.usage_at(1).budgeted_bytes
    budget = format_bytes(plan.request.budget_bytes, units)
    over = format_bytes(fixed - plan.request.budget_bytes, units)
    refuses = tr("ZINC refuses to start: one token needs {needs} of {budget}, {size} over.").format(
        needs=format_bytes(fixed, units), budget=budget, size=over
    )
    return f"{refuses} {largest_component(plan, units)}"


def _explain_fitted(plan: Plan, units: ByteUnits) -> str:
    target_bytes = plan.request.llama_cpp.fit_target_mib * MIB
    free = format_bytes(target_bytes, units)
    ceiling = format_tokens(plan.markers.ceiling_tokens)
    if plan.at.headroom_bytes < target_bytes:
        text = tr(
            "--fit shortens the context from {ceiling} tokens to {context}, its least, "
            "and still leaves less than {size} free."
        )
    else:
        text = tr(
            "--fit shortens the context from {ceiling} tokens to leave {size} of the device free."
        )
    wanted = format_tokens(plan.at.context_tokens)
    shortens = text.format(ceiling=ceiling, context=wanted, size=free)
    return f"{shortens} {largest_component(plan, units)}"


def _explain_not_allocated(plan: Plan, units: ByteUnits) -> str:
    allocation = plan.allocation
    if plan.verdict.limited_by is LimitedBy.ALLOCATION and allocation is not None:
        at = plan.at.context_tokens
        return tr(_LARGEST_TENSOR[allocation.kind_at(at)]).format(
            size=format_bytes(allocation.bytes_at(at), units),
            limit=format_bytes(allocation.limit_bytes or 0, units),
        )
    if (
        plan.request.context_tokens is None
        and plan.markers.auto_tokens > plan.markers.max_tokens > 0
    ):
        start = tr(
            "--fit takes memory to grow along a straight line: what it picks is too long here."
        )
    elif plan.request.context_tokens is None:
        start = tr("Even the shortest context that --fit takes is too much for these layers.")
    else:
        start = tr("llama.cpp does not shorten a context that is asked for: loading fails.")
    return f"{start} {largest_component(plan, units)}"


_Explain = Callable[[Plan, ByteUnits], str]
_EXPLANATIONS: Final[Mapping[EngineName, Mapping[Outcome, _Explain]]] = {
    EngineName.ZINC: {
        Outcome.SIZED: _explain_sized,
        Outcome.FLOOR_HELD: _explain_floor_held,
        Outcome.TRIMMED: _explain_zinc_trimmed,
        Outcome.REFUSED: _explain_zinc_refused,
    },
    EngineName.LLAMA_CPP: {
        Outcome.SIZED: _explain_sized,
        Outcome.TRIMMED: _explain_fitted,
        Outcome.REFUSED: _explain_not_allocated,
    },
}


def _zinc_log_line(plan: Plan) -> str:
    metal = plan.request.backend is Backend.METAL
    gib = plan.request.budget_bytes / 2**30
    granted, wanted = plan.verdict.granted_tokens, plan.at.context_tokens
    if plan.verdict.outcome is Outcome.REFUSED:
        budget = "Metal working-set budget" if metal else "VRAM budget"
        return f"No decode context fits within {gib:.2f} GiB {budget}"
    if plan.verdict.outcome is Outcome.TRIMMED:
        start = "Metal context trimmed" if metal else "Context trimmed"
        budget = "UMA" if metal else "VRAM"
        return f"{start} from {wanted} to {granted} tokens to fit current {budget} budget"
    start = "Metal KV cache" if metal else "KV cache"
    return f"{start} planned context: requested {wanted}, reserved {granted}"


def _llama_cpp_log_lines(plan: Plan) -> list[str]:
    budget_mib = plan.request.budget_bytes // MIB
    shown = plan.at
    if plan.verdict.outcome is Outcome.TRIMMED:
        # The fit first looks at all that the model allows.
        shown = plan.usage_at(plan.markers.ceiling_tokens)
    lines = [
        f"projected to use {shown.device_bytes // MIB} MiB of device memory vs. "
        f"{budget_mib} MiB of free device memory"
    ]
    if plan.verdict.outcome is Outcome.REFUSED:
        lines.append(_failed_allocation(plan))
    return lines


def _failed_allocation(plan: Plan) -> str:
    """The line with which the first buffer fails that finds no room."""
    failed = first_buffer_without_room(plan)
    if plan.request.backend is Backend.CUDA:
        return f"allocating {failed / MIB:.2f} MiB on device 0: cudaMalloc failed: out of memory"
    if plan.request.backend is Backend.METAL:
        return f"error: failed to allocate buffer, size = {failed / MIB:.2f} MiB"
    return f"ggml_vulkan: Device memory allocation of size {failed} failed."


def first_buffer_without_room(plan: Plan) -> int:
    """Bytes of the first component, in llama.cpp's order, that finds too little memory left."""
    taken = 0
    shares = [share for share in _budgeted(plan) if share.kind in _ALLOCATION_ORDER]
    for share in sorted(shares, key=lambda share: _ALLOCATION_ORDER.index(share.kind)):
        taken += share.bytes
        if taken > plan.request.budget_bytes:
            return share.bytes
    return max((share.bytes for share in shares), default=0)
