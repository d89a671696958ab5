"""A device is found by any words of its name that are typed."""

from __future__ import annotations

import pytest
from memplan_gui.panels.device_box import DeviceBox
from memplan_gui.widgets.searched_list import SearchedList
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("does not support")


@pytest.fixture
def box(planned: MainWindow) -> DeviceBox:
    planned.activateWindow()
    planned.view.runs_on.device.setFocus()
    return planned.view.runs_on.device


def searched(box: DeviceBox) -> SearchedList:
    found = box.view()
    assert isinstance(found, SearchedList)
    return found


def type_words(qtbot: QtBot, box: DeviceBox, words: str) -> None:
    """The first letter opens the list, which takes those that follow."""
    qtbot.keyClick(box, words[0])
    qtbot.waitUntil(searched(box).isVisible)
    qtbot.keyClicks(searched(box), words[1:])


def shown(box: DeviceBox) -> list[str]:
    rows = range(box.count())
    return [box.itemText(row) for row in rows if not searched(box).isRowHidden(row)]


def test_that_typed_words_narrow_the_list_and_return_takes_the_first(
    planned: MainWindow, box: DeviceBox, qtbot: QtBot
) -> None:
    everything = shown(box)
    type_words(qtbot, box, "4060 ti")
    assert 0 < len(shown(box)) < len(everything)
    assert all("4060 ti" in text.lower() for text in shown(box))
    first = shown(box)[0]
    qtbot.keyClick(searched(box), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not searched(box).isVisible())
    device = planned.session.request.machine.devices[0]
    assert device.name
    assert first.startswith(device.name)
    assert shown(box)[1:] == everything[1:]


def test_that_a_letter_without_any_device_is_not_taken_and_one_can_be_taken_back(
    box: DeviceBox, qtbot: QtBot
) -> None:
    type_words(qtbot, box, "4090zz")
    assert searched(box).typed == "4090"
    narrow = shown(box)
    qtbot.keyClick(searched(box), Qt.Key.Key_Backspace)
    assert searched(box).typed == "409"
    assert set(narrow) <= set(shown(box))
    qtbot.keyClick(searched(box), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not searched(box).isVisible())
    assert searched(box).typed == ""


def test_that_headings_are_not_found(box: DeviceBox, qtbot: QtBot) -> None:
    heading = "NVIDIA"
    assert heading in shown(box)
    type_words(qtbot, box, "nvidia")
    assert heading not in shown(box)
    assert any(text.startswith("NVIDIA RTX") for text in shown(box))
