"""Where two plans cross, in words."""

from __future__ import annotations

from memplan.language import tr
from memplan.planning.crossings import crossings
from memplan.planning.planner import Plan
from memplan.units import format_tokens


def crossing_text(one: Plan, other: Plan) -> str:
    """From which contexts on the other plan needs less, or more; empty if they never cross."""
    return ", ".join(_part(one, other, context_tokens) for context_tokens in crossings(one, other))


def _part(one: Plan, other: Plan, context_tokens: int) -> str:
    ones, others = (plan.usage_at(context_tokens).budgeted_bytes for plan in (one, other))
    text = tr("less from {context} on") if others < ones else tr("more from {context} on")
    return text.format(context=format_tokens(context_tokens))
