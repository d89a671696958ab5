"""The list of the models on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from core.library.made_home import model, put_in_lm_studio, write
from gui.acting import button_named, drop
from gui.conftest import FakeDialogs
from memplan.memory.machine import Machine
from memplan.request import Backend, Request
from memplan_gui.panels.library_list import LibraryList
from memplan_gui.panels.library_rows import Column
from memplan_gui.settings import SettingsFile
from memplan_gui.window import MainWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

GIB = 2**30


def put_models(home: Path, data_folder: Path, *names: str) -> Path:
    """Real headers, as if their data were there."""
    folder = home / ".lmstudio" / "models" / "someone" / "several-GGUF"
    for name in names:
        (path,) = (data_folder / "models").glob(f"{name}.*.gguf")
        write(folder / path.name, path.read_bytes())
    return folder


def shown(window: MainWindow) -> LibraryList:
    listed = window.view.library.list
    assert listed is not None
    return listed


def rows(window: MainWindow) -> range:
    return range(shown(window).table.rows.rowCount())


def column(window: MainWindow, which: Column) -> list[str]:
    return [shown(window).table.rows.index(row, which).data() for row in rows(window)]


def list_all(window: MainWindow, qtbot: QtBot) -> LibraryList:
    """List what is there, and wait until all is read and planned."""
    with qtbot.waitSignal(window.library.listed, timeout=5_000):
        window.library.start()
    qtbot.waitUntil(lambda: not window.library.busy, timeout=10_000)
    return shown(window)


def click(window: MainWindow, qtbot: QtBot, row: int, *, ctrl: bool = False) -> None:
    table = shown(window).table
    place = table.visualRect(table.rows.index(row, Column.MODEL)).center()
    modifier = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def button(window: MainWindow, name: str) -> QPushButton:
    return button_named(shown(window), name)


def test_that_an_empty_machine_keeps_the_drop_area_and_says_where_it_was_looked(
    window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.library.listed, timeout=5_000):
        window.library.start_first()
    assert window.view.library.list is None
    texts = [label.text() for label in window.view.library.findChildren(QLabel)]
    assert any("LM Studio" in text and "Ollama" in text for text in texts)


def test_that_models_are_listed_with_what_a_start_of_each_does(
    window: MainWindow, qtbot: QtBot, home: Path, data_folder: Path
) -> None:
    put_models(home, data_folder, "qwen3-8b", "llama-3.3-70b")
    put_in_lm_studio(home)
    list_all(window, qtbot)
    said = dict(zip(column(window, Column.MODEL), column(window, Column.VERDICT), strict=True))
    assert said["qwen3-8b"] == "Fits (file incomplete)"
    assert said["llama-3.3-70b"] == "Does not fit (file incomplete)"
    assert said["Damaged-Q8_0.gguf"] == "Cannot be read"
    assert said["downloading_Tiny-F16.gguf.part"] == "Download not finished"
    assert set(column(window, Column.WHERE)) == {"LM Studio"}


def test_that_another_machine_brings_other_verdicts(
    window: MainWindow, qtbot: QtBot, home: Path, data_folder: Path
) -> None:
    put_models(home, data_folder, "qwen3-8b")
    list_all(window, qtbot)
    (before,) = column(window, Column.VERDICT)
    machine = Machine.of_one(Backend.VULKAN, 2 * GIB)
    window.session.change("Device", machine=machine)
    qtbot.waitUntil(lambda: "Does not fit" in column(window, Column.VERDICT)[0], timeout=5_000)
    assert before.startswith("Fits")


def test_that_a_click_opens_a_model_and_the_list_comes_back_by_the_menu(
    window: MainWindow, qtbot: QtBot, home: Path, data_folder: Path
) -> None:
    put_models(home, data_folder, "qwen3-8b")
    list_all(window, qtbot)
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        click(window, qtbot, 0)
    assert window.session.model is not None
    assert not shown(window).isVisible()
    action = next(a for a in window.menuBar().actions() if a.text() == "&File").menu()
    (listing,) = (a for a in action.actions() if a.text() == "&Models on this computer")
    listing.trigger()
    assert shown(window).isVisible()
    window.session.change("Budget", machine=Machine.of_one(Backend.VULKAN, 9 * GIB))
    qtbot.wait(50)
    assert shown(window).isVisible()
    button(window, "Back to the plan").click()
    assert not shown(window).isVisible()


def test_that_enter_opens_what_the_filter_leaves(
    window: MainWindow, qtbot: QtBot, home: Path, data_folder: Path
) -> None:
    put_models(home, data_folder, "qwen3-8b", "llama-3.2-1b", "gemma-3-270m")
    listed = list_all(window, qtbot)
    (search,) = listed.findChildren(QLineEdit)
    search.setFocus()
    qtbot.keyClicks(search, "LLAMA q4_k")
    assert column(window, Column.MODEL) == ["llama-3.2-1b"]
    qtbot.keyClick(search, Qt.Key.Key_Down)
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        qtbot.keyClick(listed.table, Qt.Key.Key_Return)
    assert window.session.model is not None
    assert window.session.model.name == "llama-3.2-1b"


def test_that_several_are_selected_to_be_compared(
    window: MainWindow, qtbot: QtBot, home: Path, data_folder: Path
) -> None:
    put_models(home, data_folder, "qwen3-8b", "llama-3.2-1b")
    list_all(window, qtbot)
    assert not button(window, "Compare 0 models").isVisible()
    for row in (0, 1):
        click(window, qtbot, row, ctrl=True)
    with qtbot.waitSignal(window.opening.others_read, timeout=10_000):
        button(window, "Compare 2 models").click()
    qtbot.waitUntil(lambda: len(window.comparison.pins) == 1, timeout=5_000)


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Column.MODEL, ["gemma-3-270m", "llama-3.2-1b", "qwen3-8b"]),
        (Column.CONTEXT, ["gemma-3-270m", "qwen3-8b", "llama-3.2-1b"]),
    ],
)
def test_that_a_head_sorts(
    window: MainWindow,
    qtbot: QtBot,
    home: Path,
    data_folder: Path,
    which: Column,
    expected: list[str],
) -> None:
    window.session.change("Engine", engine="llama.cpp")
    put_models(home, data_folder, "qwen3-8b", "llama-3.2-1b", "gemma-3-270m")
    listed = list_all(window, qtbot)
    listed.table.selectRow(0)
    (selected,) = listed.table.selected_sources()
    for order in (expected, expected[::-1]):
        header = listed.table.horizontalHeader()
        place = QPoint(header.sectionViewportPosition(which) + 20, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert column(window, Column.MODEL) == order
        assert listed.table.selected_sources() == (selected,)


def test_that_a_dropped_folder_is_listed_and_kept_if_the_user_wants(
    window: MainWindow, qtbot: QtBot, home: Path, tmp_path: Path, settings_path: Path
) -> None:
    put_in_lm_studio(home)
    folder = tmp_path / "elsewhere"
    write(folder / "deep" / "Own-Q8_0.gguf", model("Own"))
    with qtbot.waitSignal(window.library.listed, timeout=5_000):
        drop(window, [folder])
    qtbot.waitUntil(lambda: not window.library.busy, timeout=5_000)
    assert column(window, Column.MODEL) == ["Own"]
    (keep,) = shown(window).findChildren(QCheckBox)
    assert keep.isVisible()
    keep.click()
    assert SettingsFile(settings_path).load().library_folders == (str(folder),)
    with qtbot.waitSignal(window.library.listed, timeout=5_000):
        button(window, "Show all models").click()
    qtbot.waitUntil(lambda: not window.library.busy, timeout=5_000)
    assert {"Own", "Tiny"} <= set(column(window, Column.MODEL))
    with qtbot.waitSignal(window.library.listed, timeout=5_000):
        drop(window, [folder])
    assert keep.isChecked()
    keep.click()
    assert SettingsFile(settings_path).load().library_folders == ()


def test_that_a_folder_is_chosen_by_a_button(
    window: MainWindow, qtbot: QtBot, home: Path, tmp_path: Path, dialogs: FakeDialogs
) -> None:
    put_in_lm_studio(home)
    list_all(window, qtbot)
    write(tmp_path / "elsewhere" / "Own-Q8_0.gguf", model("Own"))
    dialogs.folder = str(tmp_path / "elsewhere")
    with qtbot.waitSignal(window.library.listed, timeout=5_000):
        button(window, "Folder").click()
    qtbot.waitUntil(lambda: column(window, Column.MODEL) == ["Own"], timeout=5_000)


def test_that_an_empty_folder_leaves_an_empty_list(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "nothing").mkdir()
    with qtbot.waitSignal(window.library.listed, timeout=5_000):
        drop(window, [tmp_path / "nothing"])
    assert shown(window).isVisible()
    assert list(rows(window)) == []


def test_that_a_file_that_has_changed_is_read_again(
    window: MainWindow, qtbot: QtBot, home: Path
) -> None:
    path = write(home / "koboldcpp" / "Own-Q8_0.gguf", model("First"))
    list_all(window, qtbot)
    assert column(window, Column.MODEL) == ["First"]
    write(path, model("Second one"))
    os.utime(path, (5, 5))
    list_all(window, qtbot)
    assert column(window, Column.MODEL) == ["Second one"]


def test_that_cancel_keeps_what_is_listed(window: MainWindow, qtbot: QtBot, home: Path) -> None:
    for number in range(300):
        write(home / "koboldcpp" / f"{number:03}-Q8_0.gguf", model(f"{number}"))
    with qtbot.waitSignal(window.library.listed, timeout=5_000):
        window.library.start()
    button(window, "Cancel").click()
    assert len(rows(window)) == 300
    assert not window.library.busy
    assert not button(window, "Cancel").isVisible()


def test_that_an_open_model_has_the_processor_for_itself(
    window: MainWindow, qtbot: QtBot, home: Path, data_folder: Path
) -> None:
    put_models(home, data_folder, "qwen3-8b")
    with qtbot.waitSignals([window.session.plan_changed, window.settled], timeout=10_000):
        window.open_sample("qwen3-8b")
    with qtbot.waitSignal(window.library.listed, timeout=5_000):
        window.library.start()
    qtbot.wait(300)
    assert column(window, Column.VERDICT) == ["…"]


def test_that_the_list_survives_another_language(
    window: MainWindow, qtbot: QtBot, home: Path, data_folder: Path
) -> None:
    put_models(home, data_folder, "qwen3-8b")
    list_all(window, qtbot)
    window.preferences.choose_language("de")
    qtbot.waitUntil(
        lambda: window.view.library.list is not None and len(rows(window)) == 1, timeout=5_000
    )
    assert column(window, Column.VERDICT) == ["Passt (Datei unvollständig)"]


def test_that_a_window_of_any_width_shows_name_and_verdict(
    window: MainWindow, qtbot: QtBot, home: Path
) -> None:
    put_in_lm_studio(home)
    listed = list_all(window, qtbot)
    for width, hidden in ((1600, set()), (1000, {Column.WHERE, Column.LARGEST})):
        window.resize(width, 640)
        QApplication.processEvents()
        table = listed.table
        assert {which for which in Column if table.isColumnHidden(which)} == hidden
        taken = sum(table.columnWidth(which) for which in set(Column) - hidden)
        assert taken <= table.viewport().width()
    assert Request() == window.session.request
