"""The card of the chat's request, in another theme."""

from __future__ import annotations

from memplan.theme import DARK, LIGHT
from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.window import MainWindow
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot


def test_that_the_granted_tokens_are_written_in_the_colour_of_the_theme(
    planned: MainWindow, themes: ThemeSwitch, qtbot: QtBot
) -> None:
    def granted() -> str:
        labels = planned.view.request_panel.findChildren(QLabel)
        return next(label.text() for label in labels if label.text().startswith("Granted"))

    assert LIGHT.text in granted()
    themes.set_choice(ThemeChoice.DARK)
    qtbot.waitUntil(lambda: DARK.text in granted())
