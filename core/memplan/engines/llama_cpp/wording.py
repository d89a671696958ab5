"""What llama.cpp does at its start, in words and in its own log lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, assert_never

from memplan.engines.llama_cpp.backends import source_of
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.request_start import pools_in_use
from memplan.estimate import LimitedBy, Outcome
from memplan.language import marked, tr
from memplan.memory.backend import Backend
from memplan.memory.component import ComponentKind, Place
from memplan.planning.planner import Plan
from memplan.units import MIB, ByteUnits, format_bytes, format_tokens
from memplan.wording.reads import reads_text
from memplan.wording.verdicts import (
    budgeted_shares,
    explain_sized,
    is_over_all_memory,
    largest_component,
)

_ALLOCATION_ORDER: Final = (
    ComponentKind.WEIGHTS,
    ComponentKind.KV_CACHE,
    ComponentKind.RECURRENT_STATE,
    ComponentKind.COMPUTE,
)
"""The order in which llama.cpp takes memory."""

_LARGEST_TENSOR: Final[Mapping[ComponentKind, str]] = {
    ComponentKind.WEIGHTS: marked(
        "The largest tensor of the weights takes {size}; one buffer may take {limit}."
    ),
    ComponentKind.KV_CACHE: marked(
        "The largest tensor of the KV cache takes {size}; one buffer may take {limit}."
    ),
}
"""Of the components that :meth:`memplan.estimate.Allocation.kind_at` may name."""


def explain(plan: Plan, units: ByteUnits) -> str:
    """What llama.cpp does at its start, and the reason."""
    match plan.verdict.outcome:
        case Outcome.SIZED | Outcome.FLOOR_HELD:
            return _explain_taken(plan, units)
        case Outcome.PLACED:
            return _explain_placed(plan, units)
        case Outcome.TRIMMED:
            return _explain_fitted(plan, units)
        case Outcome.REFUSED:
            return _explain_not_allocated(plan, units)
        case _:
            assert_never(plan.verdict.outcome)


def _targets_bytes(plan: Plan) -> dict[str, int]:
    """What ``--fit`` leaves free in each memory, by id."""
    pools = pools_in_use(plan.request)
    targets = plan.request.options_of(LlamaCppOptions).targets_mib(len(pools))
    return {pool.id: mib * MIB for pool, mib in zip(pools, targets, strict=True)}


def _left_free(plan: Plan, units: ByteUnits) -> str:
    """The same in words: one size for all devices, or one for each."""
    targets = list(_targets_bytes(plan).values())
    different = targets if len(set(targets)) > 1 else targets[:1]
    return ", ".join(format_bytes(target, units) for target in different)


def _explain_taken(plan: Plan, units: ByteUnits) -> str:
    """llama.cpp takes a context that is asked for: it only warns, and leaves no margin."""
    ceiling, at = plan.markers.ceiling_tokens, plan.at.context_tokens
    if is_over_all_memory(plan):
        return explain_sized(plan, units)
    if at > ceiling:
        trained = format_tokens(plan.model.dimensions.context_tokens)
        return tr("The model was trained with {context} tokens: llama.cpp warns of it.").format(
            context=trained
        )
    all_allowed = plan.verdict.limited_by in (LimitedBy.MODEL, LimitedBy.BACKEND)
    if not all_allowed and plan.markers.max_tokens < min(ceiling, at):
        free = _left_free(plan, units)
        return tr(
            "Up to {context} tokens would leave {size} of the device free, as --fit does."
        ).format(context=format_tokens(plan.markers.max_tokens), size=free)
    return explain_sized(plan, units)


def _explain_fitted(plan: Plan, units: ByteUnits) -> str:
    free = _left_free(plan, units)
    ceiling = format_tokens(plan.markers.ceiling_tokens)
    targets = _targets_bytes(plan)
    if any((plan.at.pool(pool).headroom_bytes or 0) < target for pool, target in targets.items()):
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


def _explain_placed(plan: Plan, units: ByteUnits) -> str:
    host = sum(share.bytes for share in plan.at.shares if share.where is Place.HOST)
    if len(pools_in_use(plan.request)) > 1:
        text = tr(
            "--fit moves what does not leave {free} of each device free; host memory then takes "
            "{host}."
        )
    else:
        text = tr(
            "--fit moves what does not leave {free} of the device free; host memory then takes "
            "{host}."
        )
    placed = text.format(free=_left_free(plan, units), host=format_bytes(host, units))
    reads = reads_text(plan, units)
    if not reads or not plan.verdict.leaves_devices:
        return placed  # where layers only change devices, what is read stays on them
    each = tr("Each token reads {reads}.").format(reads=reads)
    return f"{placed} {each}"


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


def log_lines(plan: Plan) -> list[str]:
    """What llama.cpp prints of the memory that it projects, and of what fails."""
    budget_mib = plan.request.budget_bytes // MIB
    shown = plan.at
    if plan.verdict.outcome is Outcome.TRIMMED:
        # The fit first looks at all that the model allows.
        shown = plan.usage_at(plan.markers.ceiling_tokens)
    if plan.verdict.outcome is Outcome.PLACED:
        shown = plan.asked_usage_at(plan.at.context_tokens)
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
    if source_of(plan.request.backend) is Backend.CUDA:
        return f"allocating {failed / MIB:.2f} MiB on device 0: cudaMalloc failed: out of memory"
    if plan.request.backend is Backend.METAL:
        return f"error: failed to allocate buffer, size = {failed / MIB:.2f} MiB"
    return f"ggml_vulkan: Device memory allocation of size {failed} failed."


def first_buffer_without_room(plan: Plan) -> int:
    """Bytes of the first component, in llama.cpp's order, that finds too little memory left."""
    taken = 0
    shares = [share for share in budgeted_shares(plan) if share.kind in _ALLOCATION_ORDER]
    for share in sorted(shares, key=lambda share: _ALLOCATION_ORDER.index(share.kind)):
        taken += share.bytes
        if taken > plan.request.budget_bytes:
            return share.bytes
    return max((share.bytes for share in shares), default=0)


def budget_text(plan: Plan, units: ByteUnits) -> str:
    """How much memory there is, and what of it ``--fit`` leaves free."""
    total_bytes = plan.request.total_memory_bytes
    if len(pools_in_use(plan.request)) > 1:
        text = tr("{budget} together; --fit leaves {size} of each GPU free")
    elif total_bytes is None:
        text = tr("{budget}; --fit leaves {size} of it free")
    else:
        text = tr("{budget} of the machine's {total}; --fit leaves {size} of it free")
    return text.format(
        budget=format_bytes(plan.request.budget_bytes, units),
        total=format_bytes(total_bytes or 0, units),
        size=_left_free(plan, units),
    )


def share_text(plan: Plan, units: ByteUnits) -> str:
    """What automatic sizing uses of the budget: all but the margin."""
    return format_bytes(plan.auto_share_bytes, units)


def margin_text(plan: Plan, units: ByteUnits) -> str:
    """What the largest context leaves free, as a sentence."""
    text = tr("The largest context leaves {size} free, as --fit does; the budgets leave nothing.")
    if plan.verdict.leaves_devices:
        # The plan starts, and yet nothing may fit: what is solved moves nothing to the host.
        text = tr(
            "Solved for everything on the devices. The largest context leaves {size} free, "
            "as --fit does; the budgets leave nothing."
        )
    return text.format(size=_left_free(plan, units))
