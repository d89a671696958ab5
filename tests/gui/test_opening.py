"""Opening models: by dropping, choosing, from the menus; and files that are none."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter
from gui.acting import drop, text_of, visible_texts
from memplan.units import GIB
from memplan_gui.settings import SettingsFile
from memplan_gui.window import MainWindow
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot


def test_that_an_empty_window_invites(window: MainWindow) -> None:
    texts = visible_texts(window)
    assert "Drop a GGUF model here" in texts
    assert "No model yet" in texts


def test_that_a_dropped_file_is_planned_without_another_click(
    window: MainWindow, qtbot: QtBot, data_folder: Path
) -> None:
    path = data_folder / "models" / "llama-3.1-8b.Q4_K_M.gguf"
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        drop(window, [path])
    texts = visible_texts(window)
    assert "llama · Q4_K_M · 32 layers · 8 KV heads" in texts
    assert "4.58 GiB weights" in texts
    assert any(text.startswith("Fits: ZINC starts with") for text in texts)


def test_that_text_that_names_no_model_is_not_taken(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("Dear diary, today I bought a GPU.")
    assert not drop(window, [], mime)


def test_that_a_chosen_file_opens(
    window: MainWindow, qtbot: QtBot, data_folder: Path, dialogs: object
) -> None:
    vars(dialogs)["model"] = str(data_folder / "models" / "gemma-3-270m.Q4_K_M.gguf")
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.choose_model()
    assert window.session.model is not None
    assert window.session.model.architecture == "gemma3"


def test_that_opened_models_are_remembered_but_samples_are_not(
    planned: MainWindow, qtbot: QtBot, data_folder: Path, settings_path: Path
) -> None:
    path = data_folder / "models" / "llama-3.2-1b.Q4_K_M.gguf"
    with qtbot.waitSignal(planned.session.plan_changed, timeout=10_000):
        planned.open_source(str(path))
    planned.close()
    remembered = SettingsFile(settings_path).load()
    assert remembered.recent == (str(path),)
    assert remembered.folder == str(path.parent)


def test_that_only_the_newest_of_two_models_is_shown(
    window: MainWindow, qtbot: QtBot, model_paths: list[Path]
) -> None:
    for path in model_paths[:20]:
        window.open_source(str(path))
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.open_source(str(model_paths[20]))
    qtbot.wait(50)
    assert window.session.model is not None
    assert window.session.model.source == str(model_paths[20])


def _not_gguf(folder: Path, _whole: Path) -> Path:
    path = folder / "notes.gguf"
    path.write_bytes(b"Dear diary, today I bought a GPU.")
    return path


def _empty(folder: Path, _whole: Path) -> Path:
    path = folder / "empty.gguf"
    path.touch()
    return path


def _truncated(folder: Path, whole: Path) -> Path:
    path = folder / "truncated.gguf"
    path.write_bytes(whole.read_bytes()[:700])
    return path


def _missing(folder: Path, _whole: Path) -> Path:
    return folder / "missing.gguf"


def _without_dimensions(folder: Path, _whole: Path) -> Path:
    path = folder / "vocabulary.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_tensor("token_embd.weight", np.zeros((4, 4), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


_BAD_FILES: dict[str, Callable[[Path, Path], Path]] = {
    "This is not a GGUF file.": _not_gguf,
    "The file ends inside its header.": _truncated,
    "The file holds no language model.": _without_dimensions,
}


@pytest.mark.parametrize("make", [*_BAD_FILES.values(), _empty, _missing])
def test_that_a_bad_file_is_said_in_the_card_and_the_last_good_model_stays(
    planned: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    data_folder: Path,
    make: Callable[[Path, Path], Path],
) -> None:
    good = planned.session.plan
    bad = make(tmp_path, data_folder / "models" / "qwen3-8b.Q4_K_M.gguf")
    with qtbot.waitSignal(planned.loader.failed, timeout=10_000):
        drop(planned, [bad])
    error = text_of(planned, "model_error")
    assert f"Cannot open {bad.name}" in error
    assert len(error) > len(f"Cannot open {bad.name}") + 20
    assert planned.session.plan is good
    with qtbot.waitSignal(planned.session.plan_changed, timeout=10_000):
        planned.open_sample("gpt-oss-20b")
    assert text_of(planned, "model_error") == ""


def test_that_an_error_that_was_read_can_be_closed(
    planned: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    def fail() -> None:
        with qtbot.waitSignal(planned.loader.failed, timeout=10_000):
            planned.open_source(str(tmp_path / "gone.gguf"))
        assert text_of(planned, "model_error")

    fail()
    (button,) = (
        button
        for button in planned.findChildren(QPushButton)
        if button.accessibleName() == "Close this message"
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert text_of(planned, "model_error") == ""
    fail()
    planned.view.runs_on.budget.setFocus()
    qtbot.keyClick(planned.view.runs_on.budget, Qt.Key.Key_Escape)
    assert text_of(planned, "model_error") == ""
    planned.rebuild()
    assert text_of(planned, "model_error") == ""


def test_that_a_long_name_without_spaces_is_broken_into_lines(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / f"{'a_model_with_a_long_name_' * 3}.gguf"
    path.write_bytes(b"no model")
    with qtbot.waitSignal(window.loader.failed, timeout=10_000):
        window.open_source(str(path))
    qtbot.waitUntil(lambda: path.name in text_of(window, "model_error"))
    error = window.findChild(QWidget, "model_error")
    title = next(x for x in error.findChildren(QLabel) if path.name in x.text())
    lines = title.heightForWidth(title.width()) // title.fontMetrics().lineSpacing()
    assert lines >= 3
    qtbot.waitUntil(lambda: title.height() >= title.heightForWidth(title.width()))


@pytest.mark.parametrize("sentence", list(_BAD_FILES))
def test_that_the_kind_of_problem_is_named(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, data_folder: Path, sentence: str
) -> None:
    bad = _BAD_FILES[sentence](tmp_path, data_folder / "models" / "qwen3-8b.Q4_K_M.gguf")
    with qtbot.waitSignal(window.loader.failed, timeout=10_000):
        window.open_source(str(bad))
    assert sentence in text_of(window, "model_error")


def test_that_a_file_without_permission_is_said(
    planned: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.gguf"
    path.touch(mode=0)
    open_any = os.open

    def open_as_anybody(name: str | Path, *arguments: int) -> int:
        # Tests may run as root, to whom every file is open.
        if str(name) == str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return open_any(name, *arguments)

    monkeypatch.setattr(os, "open", open_as_anybody)
    with qtbot.waitSignal(planned.loader.failed, timeout=10_000):
        planned.open_source(str(path))
    assert "Permission denied" in text_of(planned, "model_error")


def test_that_an_unexpected_failure_of_the_reader_does_not_leave_the_card_waiting(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_source: str, **_options: object) -> None:
        raise MemoryError

    monkeypatch.setattr("memplan.model.cache.read_model", fail)
    with qtbot.waitSignal(window.loader.failed, timeout=10_000):
        window.open_source("any.gguf")
    assert "Something unexpected went wrong" in text_of(window, "model_error")
    assert "No model yet" in visible_texts(window)


def test_that_the_last_engine_backend_and_budget_are_there_at_the_next_start(
    planned: MainWindow, settings_path: Path
) -> None:
    planned.session.change("Budget", budget_bytes=24 * GIB)
    planned.close()
    assert SettingsFile(settings_path).load().budget_bytes == 24 * GIB
