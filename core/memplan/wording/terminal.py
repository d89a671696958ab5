"""A plan as lines for a terminal, in English whatever the window speaks."""

from __future__ import annotations

from collections.abc import Sequence

from memplan.advice import Advice
from memplan.estimate import LimitedBy, Outcome
from memplan.language import ENGLISH, speaking
from memplan.planner import Plan
from memplan.solve import Solution
from memplan.units import (
    ByteUnits,
    format_bytes,
    format_exact_bytes,
    format_percent,
    format_tokens,
)
from memplan.wording.advice import advice_line
from memplan.wording.notices import notice_text
from memplan.wording.solutions import answer_text, margin_text, question_text
from memplan.wording.titles import BACKEND_TITLES, COMPONENT_TITLES, ENGINE_TITLES, PLACE_TITLES
from memplan.wording.verdicts import explanation, headline, log_lines


@speaking(ENGLISH)
def plan_text(
    plan: Plan,
    advice: Sequence[Advice] = (),
    units: ByteUnits = ByteUnits.BINARY,
    solutions: Sequence[Solution] = (),
) -> str:
    """A plan as lines for a terminal."""
    model, markers = plan.model, plan.markers
    engine = f"{ENGINE_TITLES[plan.request.engine]} {plan.engine_version}"
    backend = BACKEND_TITLES[plan.request.backend]
    lines = [
        f"{model.name}  ({model.architecture} {model.quantisation}, {model.source})",
        f"{engine} on {backend}, budget {format_bytes(plan.request.budget_bytes, units)}",
        "",
        headline(plan, units),
        explanation(plan, units),
        "",
        *_component_lines(plan, units),
        "",
        f"floor {format_tokens(markers.floor_tokens)}"
        f"   automatic {format_tokens(markers.auto_tokens)}"
        f"   largest that fits {format_tokens(markers.max_tokens)}"
        f"   ceiling {format_tokens(markers.ceiling_tokens)}",
    ]
    lines += [f"log: {line}" for line in log_lines(plan)]
    lines += [f"note: {notice_text(n, plan.request.engine)}" for n in plan.notices]
    if advice:
        lines += ["", "What to change:" if not plan.verdict.fits else "For a longer context:"]
    for number, item in enumerate(advice, 1):
        lines.append(f"  {number}. {advice_line(item, units)}")
    if solutions:
        lines += ["", *_solution_lines(plan, solutions, units)]
    return "\n".join(lines)


def _solution_lines(plan: Plan, solutions: Sequence[Solution], units: ByteUnits) -> list[str]:
    questions = [question_text(solution, plan, units) for solution in solutions]
    width = max(len(question) for question in questions) + 2
    lines = ["Solved:"]
    lines += [
        f"  {question:<{width}}{answer_text(solution, units)}"
        for question, solution in zip(questions, solutions, strict=True)
    ]
    margin = margin_text(plan, units)
    return [*lines, f"  {margin}"] if margin else lines


def _component_lines(plan: Plan, units: ByteUnits) -> list[str]:
    lines = [f"At {format_tokens(plan.at.context_tokens)} tokens:"]
    for share in plan.at.shares:
        place = PLACE_TITLES[share.where].lower()
        counted = format_percent(share.bytes, plan.request.budget_bytes)
        if not share.budgeted:
            counted = "not counted"
        estimate = "" if share.exact else f"  ± {format_bytes(share.band_bytes, units)}"
        lines.append(
            f"  {COMPONENT_TITLES[share.kind]:<17} {place:<7}{format_bytes(share.bytes, units):>10}"
            f"{format_exact_bytes(share.bytes):>28}  {counted:>11}{estimate}"
        )
    total = plan.at.budgeted_bytes
    lines.append(
        f"  {'Counts':<25}{format_bytes(total, units):>10}{format_exact_bytes(total):>28}"
        f"  {format_percent(total, plan.request.budget_bytes):>11}"
    )
    return lines


@speaking(ENGLISH)
def table_cell(plan: Plan) -> str:
    """A plan in a few characters: the context with which the engine starts."""
    granted = format_tokens(plan.verdict.granted_tokens)
    if plan.verdict.outcome is Outcome.REFUSED:
        return "does not fit"
    if not plan.verdict.fits:
        return f"only {granted}"
    return f"{granted} (all)" if plan.verdict.limited_by is LimitedBy.MODEL else granted
