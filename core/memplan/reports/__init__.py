"""A plan as a report for a ticket: Markdown, HTML or JSON, from the same plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from memplan.files import write_whole
from memplan.language import tr
from memplan.planning.advice import Advice
from memplan.planning.planner import Plan
from memplan.reports.html_report import html_report
from memplan.reports.markdown_report import markdown_report
from memplan.reports.saved_plan import saved_plan

REPORT_WRITERS: Final[Mapping[str, Callable[[Plan, tuple[Advice, ...]], str]]] = {
    ".md": markdown_report,
    ".html": html_report,
    ".json": lambda plan, advice: json.dumps(saved_plan(plan, advice), indent=1) + "\n",
}
"""What makes each kind of report, by the ending of its file."""


def write_report(plan: Plan, advice: tuple[Advice, ...], path: Path) -> None:
    """Write the report whose kind the ending of ``path`` tells, whole or not at all.

    Raises:
        ValueError: the ending is none of a report.
        OSError: the file cannot be written.
    """
    writer = REPORT_WRITERS.get(path.suffix.lower())
    if writer is None:
        endings = ", ".join(REPORT_WRITERS)
        text = tr("{name} is no report: let its name end in one of {endings}")
        raise ValueError(text.format(name=repr(path.name), endings=endings))
    write_whole(path, writer(plan, advice).encode("utf-8", "backslashreplace"))
