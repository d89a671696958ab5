"""The quantisations of a repository in the window, before any is downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from core.library.hub import REPOSITORY, SHARDS, paths_seen, put_repository
from core.reader import file_server as serve
from core.reader.file_server import FileServer
from gui.acting import button_named, visible_texts
from memplan.memory.machine import Machine
from memplan.request import Backend
from memplan.theme import DARK
from memplan.units import ByteUnits
from memplan_gui.panels.repository_list import RepositoryList
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

GIB = 2**30


@pytest.fixture
def hub(server: FileServer, data_folder: Path) -> FileServer:
    put_repository(server, data_folder)
    return server


def shown(window: MainWindow) -> RepositoryList:
    listed = window.view.library.repository
    assert listed is not None
    return listed


def opened(window: MainWindow, qtbot: QtBot) -> RepositoryList:
    window.open_source(REPOSITORY)
    qtbot.waitUntil(lambda: window.view.library.repository is not None, timeout=5_000)
    qtbot.waitUntil(lambda: not window.library.repository.busy, timeout=10_000)
    return shown(window)


def texts(window: MainWindow, row: int) -> list[str]:
    table = shown(window).table
    items = [table.item(row, column) for column in range(table.columnCount())]
    return [item.text() if item is not None else "" for item in items]


def button(window: MainWindow, name: str) -> QPushButton:
    return button_named(shown(window), name)


def test_that_quantisations_are_compared_and_the_best_is_marked_with_the_reason(
    window: MainWindow, qtbot: QtBot, hub: FileServer
) -> None:
    listed = opened(window, qtbot)
    rows = {texts(window, row)[1]: texts(window, row) for row in range(listed.table.rowCount())}
    assert set(rows) == {SHARDS[0], "small-Q4_K_M.gguf", "large-Q4_K_M.gguf"}
    assert rows["large-Q4_K_M.gguf"][0] == "★ Q4_K_M"
    assert rows["large-Q4_K_M.gguf"][3] == "Fits"
    said = visible_texts(listed)
    assert "Q4_K_M is the largest that starts whole with 32,768 tokens." in said
    assert any("mmproj-F16.gguf" in text for text in said)
    assert len(paths_seen(hub)) == 4


def test_that_the_best_stays_marked_in_other_units_and_colours(
    window: MainWindow, qtbot: QtBot, hub: FileServer
) -> None:
    listed = opened(window, qtbot)
    listed.set_units(ByteUnits.DECIMAL)
    listed.set_theme(DARK)
    rows = {texts(window, row)[1]: texts(window, row) for row in range(listed.table.rowCount())}
    assert rows["large-Q4_K_M.gguf"][0] == "★ Q4_K_M"


def test_that_another_machine_is_compared_without_asking_the_server_again(
    window: MainWindow, qtbot: QtBot, hub: FileServer
) -> None:
    opened(window, qtbot)
    hub.seen.clear()
    window.session.change("Device", machine=Machine.of_one(Backend.VULKAN, 2 * GIB))
    qtbot.waitUntil(lambda: texts(window, 2)[3] == "Does not fit", timeout=5_000)
    assert paths_seen(hub) == []


def test_that_a_click_opens_a_quantisation(
    window: MainWindow, qtbot: QtBot, hub: FileServer
) -> None:
    table = opened(window, qtbot).table
    place = table.visualItemRect(table.item(2, 0)).center()
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.session.model is not None
    assert window.session.model.source.endswith("large-Q4_K_M.gguf")
    assert not table.isVisible()


def test_that_enter_opens_the_chosen_quantisation(
    window: MainWindow, qtbot: QtBot, hub: FileServer
) -> None:
    table = opened(window, qtbot).table
    table.setFocus()
    table.selectRow(1)
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert window.session.model is not None
    assert window.session.model.source.endswith("small-Q4_K_M.gguf")


def test_that_cancel_stops_at_once_and_keeps_the_rows(
    window: MainWindow, qtbot: QtBot, hub: FileServer
) -> None:
    hub.mode = serve.hanging
    window.open_source(REPOSITORY)
    qtbot.waitUntil(lambda: window.library.repository.busy, timeout=5_000)
    button(window, "Cancel").click()
    assert not window.library.repository.busy
    assert shown(window).table.rowCount() == 3
    assert not button(window, "Cancel").isVisible()


def test_that_closing_it_shows_the_open_model_again(
    planned: MainWindow, qtbot: QtBot, hub: FileServer
) -> None:
    opened(planned, qtbot)
    assert not planned.view.chart_card.isVisible()
    button(planned, "Close").click()
    assert planned.view.chart_card.isVisible()


def test_that_a_file_that_cannot_be_read_says_so(
    window: MainWindow, qtbot: QtBot, hub: FileServer
) -> None:
    path = next(path for path in hub.files if path.endswith("small-Q4_K_M.gguf"))
    hub.files[path] = b"<html>" * 200
    opened(window, qtbot)
    (row,) = [texts(window, row) for row in range(3) if "small" in texts(window, row)[1]]
    assert row[3] == "Cannot be read"
