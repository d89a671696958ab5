"""What is loaded beside the open model: dropped, offered, taken away, refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from core.reader.file_server import COMMIT, FileServer
from gui.acting import drop, text_of, visible_texts
from gui.conftest import FakeDialogs
from memplan.engines.llama_cpp.options import LlamaCppOptions, SpecType
from memplan.memory.component import Part
from memplan.reports import write_report
from memplan.request import EngineName, Request
from memplan.units import GIB
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

LLAMA = Request(EngineName.LLAMA_CPP, budget_bytes=24 * GIB, options=(LlamaCppOptions(),))


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, data_folder: Path, tmp_path: Path) -> MainWindow:
    """A model in a folder where its projector lies beside it, opened for llama.cpp."""
    shutil.copy(data_folder / "models" / "gemma-3-12b.Q4_K_M.gguf", tmp_path / "gemma.gguf")
    shutil.copy(data_folder / "projectors" / "mmproj-gemma-3-12b.gguf", tmp_path)
    window.session.store(LLAMA)
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.open_source(str(tmp_path / "gemma.gguf"))
    return window


def parts(window: MainWindow) -> list[Part]:
    assert window.session.model is not None
    return [part.part for part in window.session.model.parts]


def buttons(window: MainWindow, text: str) -> list[QPushButton]:
    found = window.view.model_card.parts.findChildren(QPushButton)
    return [each for each in found if text in each.text() and not each.isHidden()]


def press(window: MainWindow, qtbot: QtBot, text: str) -> None:
    qtbot.waitUntil(lambda: len(buttons(window, text)) == 1)
    with qtbot.waitSignal(window.session.plan_changed, timeout=5_000):
        qtbot.mouseClick(buttons(window, text)[0], Qt.MouseButton.LeftButton)


def choose_part(window: MainWindow) -> QAction:
    (action,) = (
        action
        for action in window.menuBar().findChildren(QAction)
        if action.text() == "Load &beside the model…"
    )
    return action


def drop_part(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.session.plan_changed, timeout=5_000):
        drop(window, [path])


def test_that_a_projector_that_is_dropped_becomes_a_part_of_the_open_model(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    alone = opened.session.plan
    drop_part(opened, qtbot, tmp_path / "mmproj-gemma-3-12b.gguf")
    beside = opened.session.plan
    assert alone is not None
    assert beside is not None
    assert parts(opened) == [Part.PROJECTOR]
    assert beside.at.budgeted_bytes > alone.at.budgeted_bytes
    assert text_of(opened, "model_error") == ""
    said = visible_texts(opened)
    assert "Projector: mmproj-gemma-3-12b.gguf · 815 MiB" in said
    assert "Images up to 896 × 896 pixels: 256 tokens each" in said


def test_that_the_projector_beside_the_model_is_offered_and_can_be_taken_away(
    opened: MainWindow, qtbot: QtBot
) -> None:
    press(opened, qtbot, "Load mmproj-gemma-3-12b.gguf too")
    assert parts(opened) == [Part.PROJECTOR]
    press(opened, qtbot, "Remove")
    assert parts(opened) == []
    qtbot.waitUntil(lambda: bool(buttons(opened, "Load mmproj-gemma-3-12b.gguf too")))


def test_that_a_smaller_model_of_the_same_words_is_offered_to_draft(
    window: MainWindow, qtbot: QtBot, data_folder: Path, tmp_path: Path
) -> None:
    for name in ("gemma-3-12b", "gemma-3-270m", "gemma-2-2b", "llama-3.2-1b"):
        shutil.copy(data_folder / "models" / f"{name}.Q4_K_M.gguf", tmp_path)
    window.session.store(LLAMA)
    window.open_source(str(tmp_path / "gemma-3-12b.Q4_K_M.gguf"))
    press(window, qtbot, "too")
    assert parts(window) == [Part.DRAFT]
    assert window.session.model is not None
    assert window.session.model.parts[0].name == "gemma-3-270m.Q4_K_M.gguf"


def test_that_parts_are_undone_and_redone(opened: MainWindow, qtbot: QtBot) -> None:
    press(opened, qtbot, "Load mmproj")
    stack = opened.session.undo_stack
    assert stack.undoText() == "Load mmproj-gemma-3-12b.gguf"
    stack.undo()
    assert parts(opened) == []
    stack.redo()
    assert parts(opened) == [Part.PROJECTOR]


def test_that_undoing_a_part_leaves_another_model_alone(opened: MainWindow, qtbot: QtBot) -> None:
    press(opened, qtbot, "Load mmproj")
    with qtbot.waitSignal(opened.session.plan_changed, timeout=5_000):
        opened.open_sample("qwen3-8b")
    model = opened.session.model
    opened.session.undo_stack.undo()
    assert opened.session.model is model


def test_that_a_saved_plan_has_its_parts(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    press(opened, qtbot, "Load mmproj")
    plan = opened.session.plan
    assert plan is not None
    saved = tmp_path / "plan.json"
    write_report(plan, (), saved)
    opened.open_sample("qwen3-8b")
    qtbot.waitUntil(lambda: parts(opened) == [])
    with qtbot.waitSignal(opened.session.plan_changed, timeout=5_000):
        opened.open_source(str(saved))
    assert parts(opened) == [Part.PROJECTOR]
    assert opened.session.plan is not None
    assert opened.session.plan.at.budgeted_bytes == plan.at.budgeted_bytes


def test_that_a_repositorys_projector_is_loaded_by_itself_and_can_be_removed(
    window: MainWindow, qtbot: QtBot, data_folder: Path, server: FileServer
) -> None:
    names = {
        "model-Q4_K_M.gguf": data_folder / "models" / "gemma-3-12b.Q4_K_M.gguf",
        "mmproj-F16.gguf": data_folder / "projectors" / "mmproj-gemma-3-12b.gguf",
    }
    siblings = [{"rfilename": name, "size": 1} for name in names]
    server.listings["/api/models/owner/repo"] = {"sha": COMMIT, "siblings": siblings}
    for name, path in names.items():
        server.files[f"/owner/repo/resolve/{COMMIT}/{name}"] = path.read_bytes()
    window.open_source("owner/repo")
    qtbot.waitUntil(lambda: window.session.plan is not None)
    asked = len(server.seen)  # ZINC loads no projector, and so nobody asks for one
    with qtbot.waitSignal(window.beside.changed, timeout=10_000):
        window.session.store(LLAMA)
    assert len(server.seen) > asked
    assert parts(window) == [Part.PROJECTOR]
    press(window, qtbot, "Remove")
    assert parts(window) == []
    qtbot.waitUntil(lambda: bool(buttons(window, "Load mmproj-F16.gguf too")))


def test_that_next_token_layers_have_a_row_while_they_draft(
    window: MainWindow, qtbot: QtBot, data_folder: Path
) -> None:
    window.session.store(LLAMA)
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.open_source(str(data_folder / "models" / "qwen3.5-35b-a3b-mtp.Q4_K_M.gguf"))
    row = "Next-token layers: in the same file · 1.04 GiB"
    assert row not in visible_texts(window)
    drafting = LlamaCppOptions(spec_type=SpecType.DRAFT_MTP)
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.session.store(replace(LLAMA, options=(drafting,)))
    assert row in visible_texts(window)


def test_that_a_projector_dropped_with_its_model_is_loaded_beside_it(
    window: MainWindow, qtbot: QtBot, data_folder: Path
) -> None:
    window.session.store(LLAMA)
    model = data_folder / "models" / "gemma-3-12b.Q4_K_M.gguf"
    with qtbot.waitSignal(window.beside.changed, timeout=10_000):
        drop(window, [data_folder / "projectors" / "mmproj-gemma-3-12b.gguf", model])
    assert window.session.model is not None
    assert window.session.model.source == str(model)
    assert parts(window) == [Part.PROJECTOR]
    assert window.comparison.pins == ()


def test_that_another_quantisation_keeps_what_is_beside_the_model(
    opened: MainWindow, qtbot: QtBot, data_folder: Path, tmp_path: Path
) -> None:
    press(opened, qtbot, "Load mmproj")
    again = shutil.copy(tmp_path / "gemma.gguf", tmp_path / "gemma-again.gguf")
    with qtbot.waitSignal(opened.session.plan_changed, timeout=10_000):
        opened.open_source(str(again))
    assert parts(opened) == [Part.PROJECTOR]
    with qtbot.waitSignal(opened.session.plan_changed, timeout=10_000):
        opened.open_source(str(data_folder / "models" / "gemma-3-270m.Q4_K_M.gguf"))
    assert parts(opened) == []


def test_that_a_file_is_chosen_from_the_menu(
    opened: MainWindow, qtbot: QtBot, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    dialogs.part = str(tmp_path / "mmproj-gemma-3-12b.gguf")
    with qtbot.waitSignal(opened.session.plan_changed, timeout=5_000):
        choose_part(opened).trigger()
    assert parts(opened) == [Part.PROJECTOR]


def test_that_parts_are_shown_only_where_the_engine_loads_them(
    opened: MainWindow, qtbot: QtBot
) -> None:
    press(opened, qtbot, "Load mmproj")
    assert opened.view.model_card.parts.isVisible()
    with qtbot.waitSignal(opened.session.plan_changed, timeout=5_000):
        opened.session.store(replace(LLAMA, engine=EngineName.ZINC))
    assert not opened.view.model_card.parts.isVisible()
    choose_part(opened).trigger()
    assert "This engine loads nothing beside the model." in visible_texts(opened)


def _of_another_width(folder: Path, data: Path) -> Path:
    return Path(shutil.copy(data / "projectors" / "mmproj-gemma-3-4b.gguf", folder))


def _truncated(folder: Path, data: Path) -> Path:
    path = folder / "mmproj-half.gguf"
    path.write_bytes((data / "projectors" / "mmproj-gemma-3-12b.gguf").read_bytes()[:300])
    return path


def _vanished(folder: Path, _data: Path) -> Path:
    return folder / "mmproj-gone.gguf"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_of_another_width, "Choose the file that was made for this model."),
        (_truncated, "The file ends inside its header."),
        (_vanished, "There is nothing under that name or address."),
    ],
)
def test_that_a_hostile_part_leaves_the_last_good_plan_and_says_what_to_do(
    opened: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    data_folder: Path,
    make: Callable[[Path, Path], Path],
    said: str,
) -> None:
    press(opened, qtbot, "Load mmproj")
    good, path = opened.session.plan, make(tmp_path, data_folder)
    with qtbot.waitSignal(opened.beside.failed, timeout=5_000):
        opened.beside.read(str(path))
    error = text_of(opened, "model_error")
    assert path.name in error
    assert said in error
    assert opened.session.plan is good
    assert parts(opened) == [Part.PROJECTOR]


def test_that_a_model_as_a_draft_of_other_words_is_refused(
    opened: MainWindow, qtbot: QtBot, data_folder: Path
) -> None:
    with qtbot.waitSignal(opened.beside.failed, timeout=5_000):
        opened.beside.read(str(data_folder / "models" / "llama-3.2-1b.Q4_K_M.gguf"))
    assert "draft model vocab type must match" in text_of(opened, "model_error")
    assert parts(opened) == []


def test_that_a_projector_without_a_model_is_an_error(
    window: MainWindow, qtbot: QtBot, data_folder: Path
) -> None:
    window.session.store(LLAMA)
    with qtbot.waitSignal(window.loader.failed, timeout=5_000):
        drop(window, [data_folder / "projectors" / "mmproj-gemma-3-12b.gguf"])
    assert "Open the model that it belongs to." in text_of(window, "model_error")
