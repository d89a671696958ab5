"""The window made anew in place, as another language or size of text needs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.acting import text_of
from memplan.request import EngineName
from memplan_gui.settings import SettingsFile
from memplan_gui.translating import LanguageChoice
from memplan_gui.window import MainWindow
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

CONTROL = Qt.KeyboardModifier.ControlModifier


def _action(window: MainWindow, text: str) -> QAction:
    """The action of a text that is the same in each language."""
    menus = window.menuBar().findChildren(QMenu)
    return next(action for menu in menus for action in menu.actions() if action.text() == text)


def test_that_another_language_keeps_everything_but_the_words(
    planned: MainWindow, qtbot: QtBot
) -> None:
    session = planned.session
    session.change("Engine", engine=EngineName.LLAMA_CPP)
    session.plan_now()
    planned.comparison.pin()
    planned.view.tabs.tabs.setCurrentWidget(planned.view.late.compare)
    before = session.request, planned.comparison.pins, session.undo_stack.count()
    old_card = planned.view.chart_card
    _action(planned, "&Deutsch").trigger()
    qtbot.waitUntil(lambda: planned.view.chart_card is not old_card)
    assert (session.request, planned.comparison.pins, session.undo_stack.count()) == before
    assert planned.view.tabs.tabs.currentWidget() is planned.view.late.compare
    assert "Qwen3 8B" in text_of(planned, "model_card")
    assert planned.view.runs_on.engine.button(EngineName.LLAMA_CPP).isChecked()
    assert _action(planned, "&Deutsch").isChecked()
    assert QLocale().language() == QLocale.Language.German
    assert "Qwen3 8B" in planned.windowTitle()


def test_that_a_window_made_anew_still_undoes_and_plans(planned: MainWindow, qtbot: QtBot) -> None:
    session = planned.session
    first = session.request
    session.change("Budget", budget_bytes=8 * 2**30)
    planned.rebuild()
    planned.rebuild()
    with qtbot.waitSignal(session.plan_changed):
        session.undo_stack.undo()
    assert session.request == first
    usage = planned.view.breakdown.shown_usage()
    assert session.plan is not None
    assert usage == session.plan.at
    with qtbot.waitSignal(session.plan_changed):
        planned.view.runs_on.budget.setFocus()
        planned.view.runs_on.budget.setValue(12.0)
    assert session.request.budget_bytes == 12 * 2**30


def test_that_old_panels_are_gone(planned: MainWindow, qtbot: QtBot) -> None:
    counts = set()
    for _ in range(3):
        planned.rebuild()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        counts.add((len(planned.findChildren(QMenu)), len(QApplication.allWidgets())))
    assert len(counts) == 1


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_that_a_log_stays_explained(planned: MainWindow, qtbot: QtBot) -> None:
    window = planned.show_log_window()
    window.paste.setPlainText("llama_model_loader: loaded meta data with 34 key-value pairs\n")
    planned.rebuild()
    made = planned.log_window
    assert made is not None
    assert made is not window
    assert made.paste.toPlainText() == window.paste.toPlainText()


def test_that_an_error_stays_in_its_place(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"no model")
    with qtbot.waitSignal(window.settled):
        window.open_source(str(broken))
    assert "broken.gguf" in text_of(window, "model_error")
    window.rebuild()
    assert "broken.gguf" in text_of(window, "model_error")


def test_that_the_language_is_remembered(
    planned: MainWindow, qtbot: QtBot, settings_path: Path
) -> None:
    _action(planned, "&Deutsch").trigger()
    planned.close()
    assert SettingsFile(settings_path).load().language is LanguageChoice.GERMAN


def test_that_what_is_looked_at_and_typed_stays(planned: MainWindow, qtbot: QtBot) -> None:
    chart = planned.view.chart_card.make_chart()
    chart.zoom_to(8_000, 20_000)
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    qtbot.keyClick(chart, Qt.Key.Key_Space)
    seen, usage = chart.sight(), chart.read_out()
    qtbot.keyClick(planned, Qt.Key.Key_O, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(planned.focusWidget(), "owner/repo")
    planned.rebuild()
    made = planned.view.chart_card.make_chart()
    assert made is not chart
    assert seen.zoom is not None
    assert seen.pinned_tokens is not None
    assert made.sight() == seen
    assert made.read_out() == usage
    assert planned.view.breakdown.shown_usage() == usage
    assert planned.view.model_card.typed_address() == "owner/repo"
    assert isinstance(planned.focusWidget(), QLineEdit)


def test_that_a_drag_ends_with_the_chart_in_which_it_began(
    planned: MainWindow, qtbot: QtBot
) -> None:
    stack = planned.session.undo_stack
    planned.view.chart_card.make_chart().budget_dragged.emit(9 * 2**30)
    planned.rebuild()
    planned.view.chart_card.make_chart().budget_dragged.emit(10 * 2**30)
    assert stack.count() == 2
