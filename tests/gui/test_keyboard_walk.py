"""All of the window by Tab, forwards and back: nothing is left out, and nothing holds the focus."""

from __future__ import annotations

import pytest
from memplan.request import EngineName
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMenuBar, QWidget
from pytestqt.qtbot import QtBot

_MOST_STOPS = 150


def walk(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> list[QWidget]:
    """The widgets that have the focus one after the other, until the first has it again."""
    qtbot.waitUntil(window.isActiveWindow)
    # After a dialog of another window, Qt spends the first key on coming back to this one.
    qtbot.keyClick(window, key)
    first = window.view.runs_on.engine.focusProxy() or window.view.runs_on.budget
    first.setFocus(Qt.FocusReason.TabFocusReason)
    stops: list[QWidget] = []
    here = QApplication.focusWidget()
    while here is not None and len(stops) < _MOST_STOPS:
        stops.append(here)
        qtbot.keyClick(here, key)
        here = QApplication.focusWidget()
        if here is stops[0]:
            return stops
    raise AssertionError(f"the walk does not come round: {[name(stop) for stop in stops[-8:]]}")


def name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()!r}"


def stations(window: MainWindow) -> set[QWidget]:
    """All that Tab should come to."""
    found = set()
    for widget in window.findChildren(QWidget):
        by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        shown = widget.isVisible() and widget.isEnabled() and widget.window() is window
        own = widget.focusProxy() is None and not isinstance(widget, QLabel | QMenuBar)
        if by_tab and shown and own:
            found.add(widget)
    return found


@pytest.mark.parametrize("engine", EngineName)
def test_that_tab_comes_round_through_all_of_each_tab_forwards_and_back(
    planned: MainWindow, qtbot: QtBot, engine: EngineName
) -> None:
    planned.session.change("Engine", engine=engine)
    planned.session.plan_now()
    planned.activateWindow()
    tabs = planned.view.tabs.tabs
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        forwards = walk(planned, qtbot, Qt.Key.Key_Tab)
        back = walk(planned, qtbot, Qt.Key.Key_Backtab)
        assert len(forwards) == len(set(forwards)), tabs.tabText(index)
        assert [name(stop) for stop in back] == [
            name(stop) for stop in (forwards[0], *reversed(forwards[1:]))
        ]
        missed = {name(widget) for widget in stations(planned) - set(forwards)}
        assert missed == set(), tabs.tabText(index)


def test_that_tab_comes_round_in_the_empty_window(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    forwards = walk(window, qtbot, Qt.Key.Key_Tab)
    back = walk(window, qtbot, Qt.Key.Key_Backtab)
    assert back == [forwards[0], *reversed(forwards[1:])]
    assert {name(widget) for widget in stations(window) - set(forwards)} == set()
