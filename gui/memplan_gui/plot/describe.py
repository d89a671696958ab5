"""The chart in words, for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterable

from memplan.language import tr
from memplan.planning.planner import Plan
from memplan.units import ByteUnits, format_bytes, format_tokens

from memplan_gui.plot.marks import markers_of
from memplan_gui.plot.overlay import Overlay
from memplan_gui.plot.series import grown_bytes_at, own_pool


def summary(plan: Plan, pool: str, overlays: Iterable[Overlay], units: ByteUnits) -> str:
    """What the chart shows of a memory: the range, the budget, where it ends, and each marker."""
    curve = plan.curve(2)
    first, last = plan.usage_at(int(curve.contexts[0])), plan.usage_at(int(curve.contexts[-1]))
    budget_bytes = plan.request.machine.pool(pool).budget_bytes
    budget = tr("not limited") if budget_bytes is None else format_bytes(budget_bytes, units)
    marks = ", ".join(marker.texts()[0] for marker in markers_of(plan.markers))
    others = "".join(f" {_at_the_same(overlay, plan, pool, units)}" for overlay in overlays)
    others += _while_serving(plan, pool, units)
    return tr(
        "Memory from {least} at {first} tokens to {most} at {last} tokens. Budget {budget}. "
        "At {context} tokens it needs {needed}.{others} Marked contexts: {marks}. "
        "Left and Right read it out, Page Up and Page Down go from marker to marker."
    ).format(
        least=format_bytes(first.pool(pool).bytes, units),
        first=format_tokens(first.context_tokens),
        most=format_bytes(last.pool(pool).bytes, units),
        last=format_tokens(last.context_tokens),
        budget=budget,
        context=format_tokens(plan.at.context_tokens),
        needed=format_bytes(plan.at.pool(pool).bytes, units),
        others=others,
        marks=marks,
    )


def _at_the_same(overlay: Overlay, plan: Plan, pool: str, units: ByteUnits) -> str:
    usage = overlay.plan.usage_at(plan.at.context_tokens)
    count = usage.pool(own_pool(overlay.plan, pool)).bytes
    return tr("{plan} needs {size}.").format(plan=overlay.name, size=format_bytes(count, units))


def _while_serving(plan: Plan, pool: str, units: ByteUnits) -> str:
    grown_bytes = grown_bytes_at(plan, pool, plan.at.context_tokens)
    if not grown_bytes:
        return ""
    size = format_bytes(plan.at.pool(pool).bytes + grown_bytes, units)
    text = tr("While it serves, up to {size} are taken.")
    return " " + text.format(size=size)
