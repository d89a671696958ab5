"""What tests of the help do with it."""

from __future__ import annotations

from memplan_gui.help_desk import HelpDesk
from memplan_gui.help_window import HelpWindow
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot


def opened(desk: HelpDesk) -> HelpWindow:
    assert desk.help_window is not None
    assert desk.help_window.isVisible()
    return desk.help_window


def press(window: MainWindow, key: Qt.Key, *, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    QApplication.processEvents()
    QTest.keyClick(window, key, modifier)


def bring_to_front(window: QWidget, qtbot: QtBot) -> None:
    """Make a window the active one; the main window may still be on its way to be."""

    def active() -> bool:
        window.activateWindow()
        QApplication.processEvents()
        return QApplication.activeWindow() is window

    qtbot.waitUntil(active)


def boxes() -> list[QWidget]:
    """The boxes of “What is this?” that can be seen."""
    shown = QApplication.topLevelWidgets()
    return [w for w in shown if w.metaObject().className() == "QWhatsThat" and w.isVisible()]


def all_tabs(window: MainWindow, qtbot: QtBot) -> None:
    """See every tab once, so that all panels are made and filled."""
    for index in range(window.view.tabs.tabs.count()):
        window.view.tabs.tabs.setCurrentIndex(index)
        QApplication.processEvents()
    late = window.view.late
    why, contexts = late.why.widget(), late.contexts.widget()
    window.view.tabs.tabs.setCurrentWidget(late.why)
    qtbot.waitUntil(lambda: why.solved_plan() is not None, timeout=20_000)
    window.view.tabs.tabs.setCurrentWidget(late.contexts)
    qtbot.waitUntil(lambda: bool(contexts.shown_fits()))
