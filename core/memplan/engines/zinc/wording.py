"""What ZINC does at its start, in words and in its own log lines."""

from __future__ import annotations

from typing import assert_never

from memplan.engines.zinc.start import ZincStart, start_of
from memplan.estimate import Outcome
from memplan.language import tr
from memplan.memory.backend import Backend
from memplan.planning.planner import Plan
from memplan.units import MIB, ByteUnits, format_bytes, format_count, format_tokens
from memplan.wording.verdicts import explain_sized, largest_component


def explain(plan: Plan, units: ByteUnits) -> str:
    """What ZINC does at its start, and the reason."""
    match plan.verdict.outcome:
        case Outcome.SIZED | Outcome.PLACED:  # ZINC has all on one device, and places nothing
            return explain_sized(plan, units)
        case Outcome.FLOOR_HELD:
            return _explain_floor_held(plan, units)
        case Outcome.TRIMMED:
            return _explain_trimmed(plan, units)
        case Outcome.REFUSED:
            return _explain_refused(plan, units)
        case _:
            assert_never(plan.verdict.outcome)


def _explain_floor_held(plan: Plan, units: ByteUnits) -> str:
    share = format_bytes(plan.auto_share_bytes, units)
    wanted = format_tokens(plan.at.context_tokens)
    held = tr(
        "85 % of the budget ({size}) does not hold {context} tokens, the whole budget does: "
        "ZINC keeps its floor."
    ).format(size=share, context=wanted)
    return f"{held} {explain_sized(plan, units)}"


def _explain_trimmed(plan: Plan, units: ByteUnits) -> str:
    starts = tr("ZINC starts with {context} tokens and logs a warning.").format(
        context=format_tokens(plan.verdict.granted_tokens)
    )
    return f"{starts} {largest_component(plan, units)}"


def _explain_refused(plan: Plan, units: ByteUnits) -> str:
    fixed = plan.usage_at(1).budgeted_bytes
    budget = format_bytes(plan.request.budget_bytes, units)
    over = format_bytes(fixed - plan.request.budget_bytes, units)
    refuses = tr("ZINC refuses to start: one token needs {needs} of {budget}, {size} over.").format(
        needs=format_bytes(fixed, units), budget=budget, size=over
    )
    return f"{refuses} {largest_component(plan, units)}"


def log_lines(plan: Plan) -> list[str]:
    """What ZINC prints of the context with which it starts, and of what it reserves."""
    start = start_of(plan.model, plan.request)
    if plan.verdict.outcome is Outcome.REFUSED or not start.setup.attending_only:
        return [_log_line(plan)]
    granted = plan.verdict.granted_tokens
    lines = [_log_line(plan)]
    if plan.request.backend is Backend.METAL:
        blocks = start.setup.nextn_layers
        retained = f"NextN/MTP: {blocks} appended block(s) retained but excluded from ordinary"
        return [f"{retained} inference", *lines] if blocks else lines
    reserved, kept = start.setup.scratch_bytes // MIB, start.scratch(granted) // MIB
    # How much is kept where less than all is given back is not published.
    if start.setup.gives_scratch_back and kept == start.setup.least_scratch_bytes // MIB:
        reduced = f"Prefill scratch budget reduced from {reserved} MB to {kept} MB"
        wanted = plan.at.context_tokens
        lines.insert(0, f"{reduced} so the requested {wanted}-token context fits")
    return [*lines, _cache_line(start, granted)]


def _cache_line(start: ZincStart, granted_tokens: int) -> str:
    """The KV cache of ZINC of September 2026, in whole MB."""
    setup = start.setup
    blocks = setup.config.n_layers + setup.nextn_layers
    cache_mib = start.profile.device_local_context_bytes(granted_tokens) // MIB
    return (
        f"KV cache: {setup.cached_layers}/{blocks} layers attend, {setup.kv_type.value} "
        f"({cache_mib} MB total at {granted_tokens} tokens)"
    )


def _log_line(plan: Plan) -> str:
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


def budget_text(plan: Plan, units: ByteUnits) -> str:
    """How much memory there is, and what of it automatic sizing uses."""
    total_bytes = plan.request.total_memory_bytes
    if total_bytes is None:
        text = tr("{budget}; automatic sizing uses 85 % of it, {size}")
    else:
        text = tr("{budget} of the machine's {total}; automatic sizing uses 85 % of it, {size}")
    return text.format(
        budget=format_bytes(plan.request.budget_bytes, units),
        total=format_bytes(total_bytes or 0, units),
        size=format_bytes(plan.auto_share_bytes, units),
    )


def share_text(plan: Plan) -> str:
    """The share of the budget that automatic sizing uses, in per cent."""
    share = 100 * plan.auto_share_bytes / plan.request.budget_bytes
    return f"{format_count(round(share))} %"
