"""“About”: the versions of everything, to be read and copied."""

from __future__ import annotations

import platform
from importlib.metadata import version

import pytest
from memplan.engines.llama_cpp.backends import BACKEND_ROWS
from memplan.engines.zinc.options import ZincVersion
from memplan.version import __version__
from memplan_gui.about import AboutWindow
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("does not support")


def about(window: MainWindow) -> AboutWindow:
    (action,) = [a for a in window.findChildren(QAction) if a.text() == "&About Memplan"]
    action.trigger()
    (shown,) = window.findChildren(AboutWindow)
    assert shown.isVisible()
    return shown


def test_that_about_names_every_version_and_copies_it(window: MainWindow, qtbot: QtBot) -> None:
    shown = about(window)
    text = shown.versions.text()
    expected = [f"Memplan {__version__} (MIT)", platform.python_version(), platform.platform()]
    expected += [each.value for each in ZincVersion]
    expected += [row.version for row in BACKEND_ROWS.values()]
    expected += [f"{name} {version(name)}" for name in ("pyqtgraph", "gguf", "numpy")]
    expected += [f"PySide6 {version('PySide6_Essentials')}", QGuiApplication.platformName(), "@ 1×"]
    for part in expected:
        assert part in text
    qtbot.mouseClick(shown.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text().strip() == text
    qtbot.mouseClick(shown.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.findChildren(AboutWindow))


def test_that_there_is_one_about_which_escape_closes(window: MainWindow, qtbot: QtBot) -> None:
    shown = about(window)
    assert about(window) is shown
    assert not shown.isModal()
    for widget in (shown.copy, shown.close_button):
        assert widget.accessibleName()
        assert widget.toolTip()
    for again in (shown, None):
        qtbot.keyClick(again or about(window), Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not window.findChildren(AboutWindow))
