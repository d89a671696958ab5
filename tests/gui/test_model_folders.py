"""A model's folder: its quantisations, files that change and vanish, and several at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from core.reader.file_server import FileServer, hanging
from core.reader.gguf_bytes import Gguf, TensorInfo, model_values, text
from gui.acting import drop, text_of, visible_texts
from memplan.model import Model
from memplan.model import cache as model_cache
from memplan_gui.window import MainWindow
from PySide6.QtCore import QFileSystemWatcher, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

MODEL = Gguf(model_values(), [TensorInfo()])
OTHER = Gguf(model_values(), [TensorInfo(dimensions=(64,), data_bytes=256)])
BROKEN = b"Dear diary, today I bought a GPU."


def write(folder: Path, *names: str, file: Gguf = MODEL) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.write_bytes(file.content())
    return paths


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> Model:
    """Open a file, and wait until the folder was looked through as well."""
    with (
        qtbot.waitSignal(window.session.plan_changed, timeout=10_000),
        qtbot.waitSignal(window.opening.siblings_found, timeout=10_000),
    ):
        window.open_source(str(path))
    assert window.session.model is not None
    return window.session.model


def quantisations(window: MainWindow) -> QPushButton:
    (button,) = (
        button
        for button in window.findChildren(QPushButton)
        if button.accessibleName() == "Other quantisations"
    )
    return button


def test_that_quantisations_in_the_folder_are_offered_and_opened_without_reading_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def note(source: str | Path, **options: object) -> Model:
        read.append(Path(source).name)
        return read_model(source, **options)  # type: ignore[arg-type]

    read_model = model_cache.read_model
    monkeypatch.setattr(model_cache, "read_model", note)
    names = ["Model-7B-Q4_0.gguf", "Model-7B-Q8_0.gguf"]
    small, _ = write(tmp_path, *names)
    write(tmp_path, "Model-7B-F16.gguf", file=OTHER)
    write(tmp_path, "Another-Q8_0.gguf")
    opened(window, qtbot, small)
    button = quantisations(window)
    assert button.isVisible()
    assert button.text().replace("&", "") == "Other quantisations (2)"
    entries = button.menu().actions()
    assert [entry.text()[:4] for entry in entries] == ["&1  ", "&2  ", "&3  "]
    assert {entry.text()[4:] for entry in entries} == {
        "Model-7B-Q4_0.gguf  ·  128 B",
        "Model-7B-Q8_0.gguf  ·  128 B",
        "Model-7B-F16.gguf  ·  256 B",
    }
    assert [entry.data() for entry in entries if entry.isChecked()] == [str(small)]
    other = next(entry for entry in entries if entry.data() == str(tmp_path / names[1]))
    with qtbot.waitSignal(window.opening.siblings_found, timeout=10_000):
        other.trigger()
    assert window.session.model is not None
    assert window.session.model.source == str(tmp_path / names[1])
    assert sorted(read) == ["Model-7B-F16.gguf", *names]


def test_that_a_model_alone_in_its_folder_offers_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    several, _ = write(tmp_path, "Model-7B-Q4_0.gguf", "Model-7B-Q8_0.gguf")
    (alone,) = write(tmp_path, "Alone-Q8_0.gguf")
    opened(window, qtbot, several)
    with qtbot.waitSignal(window.opening.siblings_found, timeout=10_000):
        with qtbot.waitSignal(window.session.model_changed, timeout=10_000):
            window.open_source(str(alone))
        assert not quantisations(window).isVisible()
    assert not quantisations(window).isVisible()


@pytest.mark.parametrize("replaced_first", [True, False])
def test_that_a_file_that_is_replaced_or_rewritten_is_read_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, replaced_first: bool
) -> None:
    (path,) = write(tmp_path, "model.gguf")
    before = opened(window, qtbot, path)
    for file, replaced in ((OTHER, replaced_first), (MODEL, not replaced_first)):
        with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
            if replaced:
                (beside,) = write(tmp_path, "model.gguf.part", file=file)
                beside.replace(path)
            else:
                path.write_bytes(file.content())
        model = window.session.model
        assert model is not None
        assert model is not before
        assert model.weights_bytes == (256 if file is OTHER else 128)
        assert "The file has changed and was read again." in visible_texts(window)


def test_that_a_file_that_vanishes_keeps_its_plan_and_that_is_said_until_it_is_back(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (path,) = write(tmp_path, "model.gguf")
    model = opened(window, qtbot, path)
    away = path.with_name("elsewhere")
    path.rename(away)
    gone = "model.gguf is gone. This is the plan for what it was."
    qtbot.waitUntil(lambda: gone in visible_texts(window))
    assert window.session.model is model
    assert text_of(window, "model_error") == ""
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        away.rename(path)
    assert gone not in visible_texts(window)


def test_that_a_file_that_is_no_model_any_more_is_an_error_and_the_last_plan_stays(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (path,) = write(tmp_path, "model.gguf")
    model = opened(window, qtbot, path)
    path.write_bytes(BROKEN)
    qtbot.waitUntil(lambda: "This is not a GGUF file." in text_of(window, "model_error"))
    assert window.session.model is model


def test_that_what_else_happens_in_the_folder_is_no_change(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (path,) = write(tmp_path, "model.gguf")
    opened(window, qtbot, path)
    with qtbot.assertNotEmitted(window.session.model_changed, wait=600):
        write(tmp_path, "another.gguf")


def test_that_the_model_before_is_not_watched_any_more(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    first, second = write(tmp_path, "first.gguf", "second.gguf")
    opened(window, qtbot, first)
    opened(window, qtbot, second)
    with qtbot.assertNotEmitted(window.session.model_changed, wait=600):
        first.write_bytes(OTHER.content())
    watchers = window.findChildren(QFileSystemWatcher)
    assert [watcher.files() for watcher in watchers] == [[str(second)]]


def test_that_a_change_does_not_take_away_the_button_that_cancels(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, server: FileServer
) -> None:
    (path,) = write(tmp_path, "model.gguf")
    opened(window, qtbot, path)
    server.files["/model.gguf"] = MODEL.content()
    server.mode = hanging
    window.open_source(f"{server.address}/model.gguf")
    qtbot.waitUntil(lambda: text_of(window, "reading") != "")
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        path.write_bytes(OTHER.content())
    assert "Reading model.gguf…" in text_of(window, "reading")
    window.loader.cancel()
    assert text_of(window, "reading") == ""


def test_that_of_several_dropped_files_the_first_opens_and_the_others_are_compared(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    named = Gguf([*model_values(), text("general.name", "Tiny")], [TensorInfo()])
    first, second, third = write(tmp_path, "a-Q4_0.gguf", "b-Q8_0.gguf", "c.gguf", file=named)
    third.write_bytes(BROKEN)
    with qtbot.waitSignal(window.comparison.changed, timeout=10_000):
        assert drop(window, [first, second, third])
    assert window.session.model is not None
    assert window.session.model.source == str(first)
    assert [pin.name for pin in window.comparison.pins] == ["Tiny F32"]
    assert window.comparison.pins[0].plan.model.source == str(second)
    assert "Pinned to compare: 1. Cannot be planned: 1." in visible_texts(window)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.comparison.pins == ()


def test_that_the_shards_of_a_model_are_one_model(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    shards = [tmp_path / f"model-0000{number}-of-00003.gguf" for number in (2, 1, 3)]
    with qtbot.waitSignal(window.loader.failed, timeout=10_000) as failed:
        drop(window, shards)
    assert failed.args is not None
    assert failed.args[0] == str(shards[0])
    qtbot.wait(200)
    assert window.comparison.pins == ()
    assert "Cannot be planned" not in "\n".join(visible_texts(window))


def test_that_copied_files_are_pasted(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (path,) = write(tmp_path, "a model.gguf")
    QApplication.clipboard().setText(str(path))
    window.activateWindow()
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.session.model is not None
    assert window.session.model.source == str(path)


def test_that_a_quantisation_that_comes_into_the_folder_is_offered(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    write(tmp_path, "m.Q4_K_M.gguf", "m.Q8_0.gguf")
    opened(window, qtbot, tmp_path / "m.Q4_K_M.gguf")
    assert "(1)" in quantisations(window).text()
    write(tmp_path, "m.Q6_K.gguf")
    qtbot.waitUntil(lambda: "(2)" in quantisations(window).text(), timeout=10_000)
    (tmp_path / "m.Q8_0.gguf").unlink()
    qtbot.waitUntil(lambda: "(1)" in quantisations(window).text(), timeout=10_000)
