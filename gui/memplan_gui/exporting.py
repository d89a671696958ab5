"""Copies and files: the summary, the table and the chart.

What makes their texts is imported when one is asked for, not when the window starts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from memplan.files import write_whole
from memplan.language import marked, tr
from memplan.planning.planner import Plan, Usage
from memplan.units import ByteUnits
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from memplan_gui.dialogs import Dialogs
from memplan_gui.presenter import breakdown_csv, source_name

if TYPE_CHECKING:
    from memplan.planning.advice import Advice

    from memplan_gui.plot.chart import Chart


@dataclass(frozen=True, slots=True)
class Shown:
    """What the window shows at the moment.

    Attributes:
        plan: the plan.
        usage: the bytes in the table.
        chart: the chart.
        units: the multiples in which bytes are written.
    """

    plan: Plan
    usage: Usage
    chart: Chart
    units: ByteUnits


def copy_summary(shown: Shown) -> None:
    """The plan as text, on the clipboard."""
    from memplan.wording.terminal import plan_text

    QGuiApplication.clipboard().setText(plan_text(shown.plan, units=shown.units))


def copy_table(shown: Shown) -> None:
    """The table as CSV, on the clipboard."""
    QGuiApplication.clipboard().setText(breakdown_csv(shown.plan, shown.usage))


def copy_json(shown: Shown) -> None:
    """The plan as JSON, on the clipboard: what ``memplan check --json`` prints."""
    from memplan.plan_json import plan_to_json
    from memplan.planning.solve import solve

    answer = plan_to_json(shown.plan, _advice(shown.plan), solve(shown.plan))
    text = json.dumps(answer, indent=2, ensure_ascii=False)
    QGuiApplication.clipboard().setText(text)


def copy_chart(shown: Shown) -> None:
    """The chart as a picture, on the clipboard."""
    QGuiApplication.clipboard().setImage(shown.chart.render_image(2.0))


def copy_report(shown: Shown) -> None:
    """The report as Markdown, on the clipboard."""
    from memplan.reports.markdown_report import markdown_report

    QGuiApplication.clipboard().setText(markdown_report(shown.plan, _advice(shown.plan)))


def _advice(plan: Plan) -> tuple[Advice, ...]:
    from memplan.devices import load_catalogue
    from memplan.planning.advice import advise

    return advise(plan, load_catalogue())


@dataclass(frozen=True, slots=True)
class FileExport:
    """A kind of file that can be written.

    Attributes:
        title: the dialog's title, marked for translators.
        filters: the dialog's filter, marked, too.
        ending: the file name's ending, with its dot.
        write: writes the file; raises ``OSError``.
    """

    title: str
    filters: str
    ending: str
    write: Callable[[Shown, Path], None]


def _write_table(shown: Shown, path: Path) -> None:
    # The mark lets spreadsheets read the file as UTF-8.
    write_whole(
        path, breakdown_csv(shown.plan, shown.usage).encode("utf-8-sig", "backslashreplace")
    )


def _write_report(shown: Shown, path: Path) -> None:
    from memplan.reports import REPORT_WRITERS, write_report

    if path.suffix.lower() not in REPORT_WRITERS:
        path = path.with_name(path.name + REPORT.ending)
    write_report(shown.plan, _advice(shown.plan), path)


REPORT = FileExport(
    marked("Save a report"),
    marked("Web page (*.html);;Markdown (*.md);;Plan that Memplan opens (*.json)"),
    ".html",
    _write_report,
)
CHART_PNG = FileExport(
    marked("Export the chart"),
    marked("Picture (*.png)"),
    ".png",
    lambda shown, path: shown.chart.write_png(path),
)
CHART_SVG = FileExport(
    marked("Export the chart"),
    marked("Drawing (*.svg)"),
    ".svg",
    lambda shown, path: shown.chart.write_svg(path),
)
CHART_PDF = FileExport(
    marked("Export the chart"),
    marked("Document (*.pdf)"),
    ".pdf",
    lambda shown, path: shown.chart.write_pdf(path),
)
TABLE_CSV = FileExport(marked("Export the table"), marked("Table (*.csv)"), ".csv", _write_table)


def export(parent: QWidget, dialogs: Dialogs, shown: Shown, kind: FileExport, folder: str) -> None:
    """Ask for a file name, and write the file."""
    stem = Path(source_name(shown.plan.model.source)).stem or "memplan"
    suggested = str(Path(folder) / f"{stem}{kind.ending}")
    chosen = dialogs.choose_target(parent, tr(kind.title), suggested, tr(kind.filters))
    if not chosen:
        return
    path = Path(chosen)
    if not path.suffix:
        path = path.with_suffix(kind.ending)
    try:
        kind.write(shown, path)
    except OSError as error:
        reason = error.strerror or str(error)
        text = tr("{path} cannot be written: {reason}.").format(path=path, reason=reason)
        dialogs.show_problem(parent, tr(kind.title), text)
