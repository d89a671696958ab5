"""Copies and exports."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from gui.conftest import FakeDialogs
from memplan_gui import exporting
from memplan_gui.exporting import FileExport
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from pytestqt.qtbot import QtBot


def _trigger(window: MainWindow, text: str) -> None:
    found = [a for a in window.findChildren(QAction) if a.text().replace("&", "") == text]
    assert len(found) == 1, text
    found[0].trigger()


def test_that_nothing_can_be_copied_before_there_is_a_plan(window: MainWindow) -> None:
    summary = [a for a in window.findChildren(QAction) if "summary" in a.text()]
    assert [action.isEnabled() for action in summary] == [False]


def test_that_the_summary_has_the_verdict_and_exact_bytes(planned: MainWindow) -> None:
    _trigger(planned, "Copy summary")
    text = QGuiApplication.clipboard().text()
    assert "Fits: ZINC starts with 32,256 tokens" in text
    assert "5,021,827,072 bytes" in text


def test_that_the_table_as_csv_adds_up(planned: MainWindow) -> None:
    _trigger(planned, "Copy table as CSV")
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    *parts, total = rows
    counted = [int(row["bytes"]) for row in parts if row["counts"] == "yes"]
    assert sum(counted) == int(total["bytes"]) == 14_536_582_660


def test_that_the_plan_as_json_is_that_of_check(planned: MainWindow) -> None:
    _trigger(planned, "Copy plan as JSON")
    found = json.loads(QGuiApplication.clipboard().text())
    assert found["schema"] == "memplan.plan/1"
    assert found["at"]["budgeted_bytes"] == 14_536_582_660


def test_that_selected_rows_are_copied_as_they_are_seen(planned: MainWindow, qtbot: QtBot) -> None:
    planned.view.breakdown.selectRow(1)
    qtbot.keyClick(planned.view.breakdown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "KV cache\tDevice\t8.86 GiB\t9,512,681,472\t55.4 %"
    )


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        (exporting.CHART_PNG, b"\x89PNG"),
        (exporting.CHART_SVG, b"<?xml"),
        (exporting.CHART_PDF, b"%PDF"),
        (exporting.TABLE_CSV, b"\xef\xbb\xbfcomponent"),
    ],
)
def test_that_exports_are_files_of_their_kind(
    planned: MainWindow, dialogs: FakeDialogs, tmp_path: Path, kind: FileExport, start: bytes
) -> None:
    dialogs.target = str(tmp_path / "export")
    shown = planned._shown()
    assert shown is not None
    exporting.export(planned, dialogs, shown, kind, str(tmp_path))
    assert (tmp_path / f"export{kind.ending}").read_bytes().startswith(start)
    assert dialogs.problems == []


def test_that_an_exported_picture_is_twice_as_large_as_the_chart(
    planned: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    dialogs.target = str(tmp_path / "chart.png")
    _trigger(planned, "Export chart as PNG…")
    assert QImage(dialogs.target).width() == 2 * planned.view.chart_card.make_chart().width()


def test_that_a_file_that_cannot_be_written_is_said(
    planned: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    dialogs.target = str(tmp_path / "nowhere" / "table.csv")
    _trigger(planned, "Export table as CSV…")
    said = dialogs.problems[0]
    assert "cannot be written: No such file or directory" in said or "cannot find" in said
