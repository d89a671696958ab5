"""Exceptions that nobody caught: from slots, timers, paint events and threads, shown once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from memplan_gui import problem_window
from memplan_gui.problem_window import ProblemWindow
from memplan_gui.problems import Problems, problem_of
from memplan_gui.window import MainWindow
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

pytestmark = [
    pytest.mark.qt_no_exception_capture,
    pytest.mark.qt_log_ignore("does not support"),
]


@pytest.fixture
def problems(planned: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Problems]:
    """What the program installs, beside the window."""
    made = Problems()
    monkeypatch.setattr(sys, "excepthook", made.take)
    monkeypatch.setattr(threading, "excepthook", made._take_from_thread)
    made.show_in(planned)
    yield made
    for shown in planned.findChildren(ProblemWindow):
        shown.close()
    QApplication.processEvents()


class Sender(QObject):
    told = Signal()


class Broken(QWidget):
    """Cannot be painted."""

    def paintEvent(self, event: QPaintEvent) -> None:
        raise ValueError("cannot be painted")


class Task(QRunnable):
    def run(self) -> None:
        raise KeyError("in a worker")


def fail() -> None:
    raise RuntimeError(f"cannot read {Path.home()}/models/secret.gguf")


def shown_in(window: MainWindow, qtbot: QtBot) -> ProblemWindow:
    qtbot.waitUntil(lambda: len(window.findChildren(ProblemWindow)) == 1)
    (shown,) = window.findChildren(ProblemWindow)
    assert shown.isVisible()
    assert not shown.isModal()
    assert shown.thread() is window.thread()
    return shown


def times_in(shown: ProblemWindow) -> str:
    labels = [label.text() for label in shown.findChildren(QLabel)]
    return next(text for text in labels if text.startswith("It happened"))


def test_that_a_slots_exception_is_shown_with_what_a_report_needs(
    planned: MainWindow,
    problems: Problems,
    qtbot: QtBot,
    capfd: pytest.CaptureFixture[str],
) -> None:
    sender = Sender()
    sender.told.connect(fail)
    sender.told.emit()
    shown = shown_in(planned, qtbot)
    text = shown.details.toPlainText()
    assert "RuntimeError: cannot read ~/models/secret.gguf" in text
    assert "in fail" in text
    assert str(Path.home()) not in text
    assert "Python 3." in text
    assert "RuntimeError" in capfd.readouterr().err
    qtbot.mouseClick(shown.copy, Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert copied.startswith("It happened 1 time.")
    assert text.strip() in copied


def test_that_a_timers_exceptions_are_counted_in_one_window(
    planned: MainWindow, problems: Problems, qtbot: QtBot
) -> None:
    timer = QTimer()
    timer.timeout.connect(fail)
    timer.start(0)
    qtbot.waitUntil(lambda: problems.count >= 5)
    timer.stop()
    shown = shown_in(planned, qtbot)
    qtbot.waitUntil(lambda: times_in(shown) == f"It happened {problems.count} times.")
    assert shown.details.toPlainText().count("RuntimeError: cannot read") == 1


def test_that_a_paint_events_exception_is_shown_and_other_kinds_are_added(
    planned: MainWindow, problems: Problems, qtbot: QtBot
) -> None:
    broken = Broken()
    qtbot.addWidget(broken)
    broken.show()
    shown = shown_in(planned, qtbot)
    broken.hide()
    QThreadPool.globalInstance().start(Task())
    qtbot.waitUntil(lambda: "in a worker" in shown.details.toPlainText())
    text = shown.details.toPlainText()
    assert "ValueError: cannot be painted" in text
    assert text.count("Python 3.") == 1
    assert len(planned.findChildren(ProblemWindow)) == 1


def test_that_a_workers_exception_is_shown_by_the_windows_thread(
    planned: MainWindow, problems: Problems, qtbot: QtBot
) -> None:
    QThreadPool.globalInstance().start(Task())
    assert "KeyError: 'in a worker'" in shown_in(planned, qtbot).details.toPlainText()


def test_that_a_threads_exception_is_shown(
    planned: MainWindow, problems: Problems, qtbot: QtBot
) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "RuntimeError" in shown_in(planned, qtbot).details.toPlainText()


def test_that_after_closing_another_problem_is_shown_anew(
    planned: MainWindow, problems: Problems, qtbot: QtBot
) -> None:
    QTimer.singleShot(0, fail)
    first = shown_in(planned, qtbot)
    qtbot.keyClick(first, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not planned.findChildren(ProblemWindow))
    QTimer.singleShot(0, fail)
    assert times_in(shown_in(planned, qtbot)) == "It happened 1 time."


def test_that_a_problem_in_showing_one_is_no_endless_loop(
    planned: MainWindow,
    problems: Problems,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(problem_window, "versions_text", lambda: 1 / 0)
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: problems.count == 2)
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: problems.count == 3)
    qtbot.wait(50)
    assert problems.count == 3
    printed = capfd.readouterr().err
    assert printed.count("ZeroDivisionError") == 1
    assert printed.count("RuntimeError: cannot read") == 2


def test_that_a_problem_window_that_cannot_be_painted_is_no_endless_loop(
    planned: MainWindow, problems: Problems, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    class BrokenWindow(ProblemWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            error = ValueError("cannot be painted")
            name = problem_window.__file__
            exec(compile("raise error", name, "exec"), {"error": error})

    monkeypatch.setattr(problem_window, "ProblemWindow", BrokenWindow)
    QTimer.singleShot(0, fail)
    shown_in(planned, qtbot)
    qtbot.waitUntil(lambda: problems.count >= 2)
    qtbot.wait(100)
    count = problems.count
    qtbot.wait(100)
    assert problems.count == count


def test_that_no_values_of_variables_and_no_long_messages_are_kept() -> None:
    contents = "tensor data " * 100
    try:
        raise ValueError(contents)
    except ValueError as error:
        problem = problem_of(type(error), error, error.__traceback__)
    assert len(problem.message) == 300
    assert contents[:50] not in problem.place


def test_that_the_window_can_be_used_from_the_keyboard(
    planned: MainWindow, problems: Problems, qtbot: QtBot
) -> None:
    QTimer.singleShot(0, fail)
    shown = shown_in(planned, qtbot)
    for widget in (shown.details, shown.copy, shown.close_button):
        assert widget.accessibleName()
        assert widget.toolTip()
    assert shown.focusWidget() is shown.close_button


_BROKEN_START = """
import sys
from memplan_gui.panels.chart_card import ChartCard

def fail(self, plan):
    raise RuntimeError("the chart is broken")

ChartCard._show_plan = fail
from memplan_gui.main import main
sys.exit(main(["--sample", "--smoke"]))
"""


def test_that_the_smoke_test_ends_at_once_when_a_slot_raises(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "USERPROFILE": str(tmp_path),
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(tmp_path),
        "APPDATA": str(tmp_path),
    }
    # Without an end at once the program waits a minute for the window to settle.
    done = subprocess.run(
        [sys.executable, "-c", _BROKEN_START],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=45,
        check=False,
    )
    assert done.returncode == 1
    assert "RuntimeError: the chart is broken" in done.stderr
