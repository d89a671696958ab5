"""Explaining logs in the window: pasted, dropped and opened; and setting up like one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gui.acting import drop, visible_texts
from memplan import Backend, EngineName
from memplan_gui.log_window import LogWindow
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

# The offscreen platform says so of every window that is opened.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def log_path(data_folder: Path) -> Path:
    return data_folder / "logs" / "b8352-vulkan-failed-single-kv-tensor.log"


def open_log(window: MainWindow, path: Path, qtbot: QtBot) -> LogWindow:
    """Drop a log on the main window, and wait for its explanation."""
    drop(window, [path])
    shown = window.log_window
    assert shown is not None
    qtbot.waitUntil(lambda: shown.explanation() is not None)
    return shown


def test_that_a_dropped_log_says_what_failed_and_why(
    planned: MainWindow, qtbot: QtBot, log_path: Path
) -> None:
    shown = open_log(planned, log_path, qtbot)
    assert shown.isVisible()
    assert "llama.cpp on Vulkan. The model was not loaded." in visible_texts(shown)
    text = shown.result.toPlainText()
    assert "Failed to allocate KV cache on Vulkan0" in text
    assert "One allocation was larger than the driver allows" in text
    assert "What to change:" in text


def test_that_nobodys_log_is_held_against_a_sample(
    planned: MainWindow, qtbot: QtBot, log_path: Path
) -> None:
    text = open_log(planned, log_path, qtbot).result.toPlainText()

    assert "Planned" not in text
    assert "Open the model that was loaded" in text


def test_that_a_second_paste_replaces_the_first_and_can_be_undone(
    planned: MainWindow, qtbot: QtBot
) -> None:
    shown = planned.show_log_window()
    shown.paste.setFocus()
    for text in ("llama_context: n_ctx = 4096", "Error: llama runner process has terminated: x"):
        QApplication.clipboard().setText(text)
        qtbot.keyClick(shown.paste, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert shown.paste.toPlainText() == text
    qtbot.waitUntil(lambda: "Ollama" in shown.explanation().title if shown.explanation() else False)
    qtbot.keyClick(shown.paste, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert shown.paste.toPlainText() == "llama_context: n_ctx = 4096"


def test_that_a_pasted_log_is_explained_as_one_that_is_opened(
    planned: MainWindow, qtbot: QtBot, log_path: Path, dialogs: object
) -> None:
    opened = open_log(planned, log_path, qtbot).result.toPlainText()
    shown = planned.show_log_window()
    shown.paste.setFocus()
    QApplication.clipboard().setText(log_path.read_text("utf-8"))
    before = shown.explanation()
    qtbot.keyClick(shown.paste, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown.explanation() is not before)
    assert shown.result.toPlainText() == opened
    vars(dialogs)["log"] = str(log_path)
    qtbot.mouseClick(shown.open, Qt.MouseButton.LeftButton)
    pasted = shown.explanation()
    qtbot.waitUntil(lambda: shown.explanation() is not pasted)
    assert shown.result.toPlainText() == opened


def test_that_setting_up_takes_the_logs_options_and_one_undo_takes_them_back(
    planned: MainWindow, qtbot: QtBot, log_path: Path
) -> None:
    shown = open_log(planned, log_path, qtbot)
    before = planned.session.request
    expected = json.loads(log_path.with_suffix(".json").read_text("utf-8"))["options"]
    qtbot.mouseClick(shown.set_up, Qt.MouseButton.LeftButton)
    request = planned.session.request
    assert request.engine is EngineName.LLAMA_CPP
    assert request.backend is Backend.VULKAN
    assert request.context_tokens == expected["n_ctx"]
    assert request.llama_cpp.parallel == expected["n_seq"]
    planned.session.undo_stack.undo()
    assert planned.session.request == before


def test_that_without_a_model_a_log_is_explained_and_asks_for_one(
    window: MainWindow, qtbot: QtBot, data_folder: Path
) -> None:
    shown = open_log(window, data_folder / "logs" / "vulkan-failed-compute-host.log", qtbot)
    assert "Open the model that was loaded" in shown.result.toPlainText()
    first = shown.explanation()
    (model,) = (data_folder / "models").glob("llama-3.2-1b.*.gguf")
    window.loader.load(str(model))
    qtbot.waitUntil(lambda: shown.explanation() is not first, timeout=10_000)
    assert "Planned: llama-3.2-1b, with the options" in shown.result.toPlainText()
    first = shown.explanation()
    window.open_sample("qwen3-8b")
    qtbot.waitUntil(lambda: shown.explanation() is not first, timeout=10_000)
    assert "Planned" not in shown.result.toPlainText()


@pytest.mark.parametrize("text", [b"Dear diary", b"\x00\xff\xfe" * 1000, b""])
def test_that_what_is_no_log_is_said(
    planned: MainWindow, qtbot: QtBot, tmp_path: Path, text: bytes
) -> None:
    path = tmp_path / "diary.txt"
    path.write_bytes(text)
    shown = open_log(planned, path, qtbot)
    assert "This is no engine's log" in visible_texts(shown)
    assert not shown.set_up.isEnabled()


def test_that_a_missing_log_is_said(planned: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    shown = open_log(planned, tmp_path / "gone.log", qtbot)
    assert "The log cannot be read" in visible_texts(shown)


def test_that_the_copied_explanation_has_no_path(
    planned: MainWindow, qtbot: QtBot, log_path: Path
) -> None:
    shown = open_log(planned, log_path, qtbot)
    qtbot.mouseClick(shown.copy, Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert copied.startswith("llama.cpp on Vulkan. The model was not loaded.")
    assert str(log_path.parent) not in copied


def test_that_the_menu_opens_the_window_and_closing_the_program_closes_it(
    planned: MainWindow, qtbot: QtBot
) -> None:
    (action,) = [a for a in planned.findChildren(QAction) if a.text() == "Explain a &log…"]
    action.trigger()
    shown = planned.log_window
    assert shown is not None
    assert shown.isVisible()
    assert not shown.set_up.isEnabled()
    planned.close()
    assert not shown.isVisible()


def test_that_a_log_can_be_pasted_at_once_and_escape_closes_the_window(
    planned: MainWindow, qtbot: QtBot
) -> None:
    shown = planned.show_log_window()
    assert shown.focusWidget() is shown.paste
    qtbot.keyClick(shown.paste, Qt.Key.Key_Escape)
    assert not shown.isVisible()
