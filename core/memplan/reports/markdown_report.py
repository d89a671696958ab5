"""A plan as Markdown, for tickets and chats."""

from __future__ import annotations

import re
from collections.abc import Iterable

from memplan.language import tr
from memplan.planning.advice import Advice
from memplan.planning.planner import Plan
from memplan.reports.content import (
    command,
    component_head,
    component_rows,
    context_title,
    curve_head,
    curve_rows,
    fact_rows,
    marker_head,
    marker_rows,
    title,
)
from memplan.version import __version__
from memplan.wording.advice import advice_line
from memplan.wording.notices import notice_text
from memplan.wording.one_line import one_line
from memplan.wording.verdicts import explanation, headline, log_lines


def markdown_report(plan: Plan, advice: tuple[Advice, ...] = ()) -> str:
    """The plan as Markdown. What a file says of itself is escaped."""
    lines = [f"# {_text(title(plan))}", "", f"**{headline(plan)}**", ""]
    lines += [explanation(plan), ""]
    lines += [tr("The engine's log says:"), "", *(f"    {line}" for line in log_lines(plan)), ""]
    lines += _table(("", ""), fact_rows(plan))
    lines += _heading(context_title(plan))
    lines += _table(component_head(), component_rows(plan))
    lines += _heading(tr("Contexts"))
    lines += _table(marker_head(), marker_rows(plan))
    lines += _table(curve_head(), curve_rows(plan))
    if advice:
        lines += _heading(tr("What to change"))
        lines += [f"1. {_text(advice_line(item))}" for item in advice]
        lines += [""]
    if plan.notices:
        lines += _heading(tr("Notes"))
        lines += [f"- {_text(notice_text(n, plan.request.engine))}" for n in plan.notices]
        lines += [""]
    lines += [f"Memplan {__version__}:", "", f"    {one_line(command(plan))}", ""]
    return "\n".join(lines)


def _heading(text: str) -> list[str]:
    return [f"## {_text(text)}", ""]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(_text(cell) for cell in row)} |" for row in rows]
    return [*lines, ""]


def _text(text: str) -> str:
    """Text as it stands, on one line, whatever characters it has."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", one_line)
