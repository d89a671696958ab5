"""Models on servers: their addresses typed, dropped and pasted; waiting for them, and not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from core.reader import file_server as serve
from core.reader.file_server import COMMIT, FileServer
from core.reader.gguf_bytes import Gguf, TensorInfo, array, model_values, strings
from gui.acting import drop, text_of, visible_texts
from memplan_gui.settings import SettingsFile
from memplan_gui.window import MainWindow
from PySide6.QtCore import QByteArray, QMimeData, QObject, Qt, QThreadPool, QUrl
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

SMALL = Gguf(model_values(), [TensorInfo()]).content()
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
REPOSITORY = "owner/repo-GGUF"


@pytest.fixture(scope="module")
def large() -> bytes:
    """A model with a header of 1.3 MB."""
    tokens = array("tokenizer.ggml.tokens", 8, 100_000, strings([b"token"] * 100_000))
    return Gguf([*model_values(), tokens], [TensorInfo()]).content()


@pytest.fixture
def address(server: FileServer) -> str:
    server.files["/small.gguf"] = SMALL
    return f"{server.address}/small.gguf"


def part(window: QWidget, kind: type[QWidget], name: str) -> QWidget:
    """The one widget of a kind that can be seen and is called so."""
    (found,) = (
        widget
        for widget in window.findChildren(kind)
        if widget.accessibleName() == name and widget.isVisible()
    )
    return found


def address_line(window: MainWindow) -> QLineEdit:
    line = part(window, QLineEdit, "Address of a model")
    assert isinstance(line, QLineEdit)
    return line


def source_of(window: MainWindow) -> str:
    return window.session.model.source if window.session.model is not None else ""


def hang(window: MainWindow, qtbot: QtBot, server: FileServer, large: bytes) -> str:
    """Open an address whose server stops after the first 1,000 bytes."""
    server.files["/large.gguf"] = large
    server.mode = serve.hanging_midway
    source = f"{server.address}/large.gguf"
    window.open_source(source)
    qtbot.waitUntil(lambda: "1,000 B received" in text_of(window, "reading"))
    return source


def threads(loader: QObject) -> int:
    (pool,) = loader.findChildren(QThreadPool)
    return pool.activeThreadCount()


def test_that_a_typed_address_is_opened(window: MainWindow, qtbot: QtBot, address: str) -> None:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_O, CONTROL | SHIFT)
    line = address_line(window)
    assert QApplication.focusWidget() is line
    qtbot.keyClicks(line, f"  {address} ")
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert source_of(window) == address
    assert not line.isVisible()


def test_that_the_empty_window_asks_for_an_address_and_escape_ends_that(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    qtbot.mouseClick(part(window, QPushButton, "Open a URL"), Qt.MouseButton.LeftButton)
    line = address_line(window)
    assert QApplication.focusWidget() is line
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.isVisible()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not line.isVisible()
    assert QApplication.focusWidget() is window


@pytest.mark.parametrize("as_url", [True, False])
def test_that_a_dropped_link_is_opened(
    window: MainWindow, qtbot: QtBot, address: str, as_url: bool
) -> None:
    mime = QMimeData()
    if as_url:
        mime.setUrls([QUrl(address)])
    else:
        mime.setText(f"{address}\n")
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        assert drop(window, [], mime)
    assert source_of(window) == address


class _FromAnotherProgram(QMimeData):
    """Data that are fetched as they are wanted: QMimeData itself would keep QUrls of a list."""

    def formats(self) -> list[str]:
        return ["text/uri-list"]

    def hasFormat(self, kind: str) -> bool:  # noqa: N802
        return kind in self.formats()

    def retrieveData(self, kind: str, _type: object) -> object:  # noqa: N802
        return QByteArray(b"# dropped\r\nhf://Owner/Repo/Model.gguf\r\n")


@pytest.mark.parametrize("kind", ["text/plain", "text/uri-list"])
def test_that_a_dropped_name_keeps_its_capitals(
    window: MainWindow, qtbot: QtBot, server: FileServer, kind: str
) -> None:
    mime: QMimeData = _FromAnotherProgram()
    if kind == "text/plain":
        mime = QMimeData()
        mime.setText("hf://Owner/Repo/Model.gguf")
    with qtbot.waitSignal(window.loader.failed, timeout=10_000):
        drop(window, [], mime)
    assert [seen.path for seen in server.seen] == ["/Owner/Repo/resolve/main/Model.gguf"]


def test_that_a_copied_address_is_pasted(window: MainWindow, qtbot: QtBot, address: str) -> None:
    window.activateWindow()
    QApplication.clipboard().setText(f'"{address}"')
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    assert source_of(window) == address


def test_that_pasting_into_a_field_opens_nothing(
    window: MainWindow, qtbot: QtBot, address: str
) -> None:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_O, CONTROL | SHIFT)
    QApplication.clipboard().setText(address)
    with qtbot.assertNotEmitted(window.loader.started):
        qtbot.keyClick(address_line(window), Qt.Key.Key_V, CONTROL)
    assert address_line(window).text() == address


def test_that_pasting_something_else_is_no_error(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    QApplication.clipboard().setText("Dear diary, today I bought a GPU.")
    with qtbot.assertNotEmitted(window.loader.started):
        qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    assert "no file or address" in "\n".join(visible_texts(window))


def test_that_an_address_is_a_recent_model_but_no_folder(
    window: MainWindow, qtbot: QtBot, address: str, settings_path: Path, tmp_path: Path
) -> None:
    local = tmp_path / "local.gguf"
    local.write_bytes(SMALL)
    for source in (str(local), address):
        with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
            window.open_source(source)
    remembered = SettingsFile(settings_path).load()
    assert remembered.recent == (address, str(local))
    assert remembered.folder == str(tmp_path)


def test_that_bytes_are_counted_and_cancelling_keeps_the_model_and_is_no_error(
    planned: MainWindow, qtbot: QtBot, server: FileServer, large: bytes
) -> None:
    before = planned.session.plan
    source = hang(planned, qtbot, server, large)
    button = part(planned, QPushButton, "Cancel reading")
    with (
        qtbot.assertNotEmitted(planned.loader.failed),
        qtbot.waitSignal(planned.loader.cancelled) as cancelled,
    ):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    # At once: not when the thread or the server gets to it.
    assert cancelled.args == [source]
    assert text_of(planned, "reading") == ""
    assert "Reading large.gguf was cancelled." in visible_texts(planned)
    assert text_of(planned, "model_error") == ""
    assert planned.session.plan is before
    qtbot.waitUntil(lambda: threads(planned.loader) == 0)


def test_that_escape_cancels_from_anywhere(
    window: MainWindow, qtbot: QtBot, server: FileServer, large: bytes
) -> None:
    window.activateWindow()
    hang(window, qtbot, server, large)
    with qtbot.waitSignal(window.loader.cancelled):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert "No model yet" in visible_texts(window)


def test_that_opening_another_cancels_what_is_being_read(
    window: MainWindow, qtbot: QtBot, server: FileServer, large: bytes, tmp_path: Path
) -> None:
    hang(window, qtbot, server, large)
    local = tmp_path / "local.gguf"
    local.write_bytes(SMALL)
    with (
        qtbot.assertNotEmitted(window.loader.failed),
        qtbot.waitSignal(window.session.plan_changed, timeout=10_000),
    ):
        window.open_source(str(local))
    qtbot.waitUntil(lambda: threads(window.loader) == 0)
    assert source_of(window) == str(local)
    assert text_of(window, "reading") == ""


def test_that_closing_the_window_does_not_wait_for_a_server(
    window: MainWindow, qtbot: QtBot, server: FileServer, large: bytes
) -> None:
    hang(window, qtbot, server, large)
    window.close()
    assert threads(window.loader) == 0
    assert not server.stopping.is_set()


def test_that_a_server_that_is_not_there_is_said(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.loader.failed, timeout=10_000):
        window.open_source("http://127.0.0.1:1/model.gguf")
    assert "The server cannot be reached." in text_of(window, "model_error")


def several_models(server: FileServer, *quantisations: str) -> None:
    files = [
        {"rfilename": f"model-{quantisation}.gguf", "size": 5_000_000_000}
        for quantisation in quantisations
    ]
    server.listings[f"/api/models/{REPOSITORY}"] = {"sha": COMMIT, "siblings": files}
    for file in files:
        server.files[f"/{REPOSITORY}/resolve/{COMMIT}/{file['rfilename']}"] = SMALL


def test_that_a_repository_offers_its_models_and_the_keyboard_chooses(
    window: MainWindow, qtbot: QtBot, server: FileServer
) -> None:
    several_models(server, "Q4_K_M", "Q5_K_M", "Q8_0")
    window.activateWindow()
    with qtbot.waitSignal(window.loader.failed, timeout=10_000):
        window.open_source(REPOSITORY)
    choices = part(window, QListWidget, "Models to choose from")
    assert isinstance(choices, QListWidget)
    assert text_of(window, "model_error") == ""
    assert "3 models in repo-GGUF: choose one" in visible_texts(window)
    assert choices.item(0).text() == "model-Q4_K_M  ·  4.66 GiB"
    assert QApplication.focusWidget() is choices
    qtbot.keyClick(choices, Qt.Key.Key_Down)
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        qtbot.keyClick(choices, Qt.Key.Key_Return)
    assert source_of(window) == f"hf://{REPOSITORY}@{COMMIT}/model-Q5_K_M.gguf"
    assert not choices.isVisible()


def test_that_a_quantisation_is_opened_without_a_choice(
    window: MainWindow, qtbot: QtBot, server: FileServer
) -> None:
    several_models(server, "Q4_K_M", "Q5_K_M")
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.open_source(f"{REPOSITORY}:Q5_K_M")
    assert source_of(window) == f"{REPOSITORY}:Q5_K_M"


def test_that_none_of_the_choices_need_be_taken(
    planned: MainWindow, qtbot: QtBot, server: FileServer
) -> None:
    several_models(server, "Q4_K_M", "Q5_K_M")
    before = planned.session.plan
    with qtbot.waitSignal(planned.loader.failed, timeout=10_000):
        planned.open_source(REPOSITORY)
    choices = part(planned, QListWidget, "Models to choose from")
    qtbot.keyClick(choices, Qt.Key.Key_Escape)
    assert not choices.isVisible()
    assert planned.session.plan is before


def test_that_a_repository_without_models_is_an_error(
    window: MainWindow, qtbot: QtBot, server: FileServer
) -> None:
    several_models(server)
    with qtbot.waitSignal(window.loader.failed, timeout=10_000):
        window.open_source(REPOSITORY)
    assert "The repository has no GGUF files" in text_of(window, "model_error")


def test_that_the_focus_goes_through_the_address_line_and_on_to_the_card(
    planned: MainWindow, qtbot: QtBot
) -> None:
    planned.activateWindow()
    for _ in range(2):
        qtbot.keyClick(planned, Qt.Key.Key_O, CONTROL | SHIFT)
        visited = []
        for _ in range(4):
            focused = QApplication.focusWidget()
            visited.append(focused.accessibleName())
            assert focused.toolTip()
            qtbot.keyClick(focused, Qt.Key.Key_Tab)
        assert visited == [
            "Address of a model",
            "Close the address line",
            "Open this address",
            "Open a model",
        ]
        part(planned, QPushButton, "Close the address line").click()
        # This makes more that can have the focus.
        planned.view.tabs.tabs.setCurrentWidget(planned.view.late.compare)


def test_that_a_model_of_ollamas_is_opened_by_its_name(
    window: MainWindow, qtbot: QtBot, server: FileServer, tmp_path: Path
) -> None:
    digest = "0" * 64
    models = tmp_path / "ollama"
    manifest = models / "manifests" / "registry.ollama.ai" / "library" / "tiny" / "1b"
    blob = models / "blobs" / f"sha256-{digest}"
    for path in (manifest, blob):
        path.parent.mkdir(parents=True)
    blob.write_bytes(SMALL)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"}
    manifest.write_text(json.dumps({"layers": [layer]}), "utf-8")
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_O, CONTROL | SHIFT)
    qtbot.keyClicks(address_line(window), "tiny:1b")
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        qtbot.keyClick(address_line(window), Qt.Key.Key_Return)
    assert source_of(window) == "tiny:1b"
    assert server.seen == []


def test_that_closing_the_window_does_not_wait_for_what_is_to_be_compared(
    window: MainWindow, qtbot: QtBot, server: FileServer, large: bytes, tmp_path: Path
) -> None:
    local = tmp_path / "local.gguf"
    local.write_bytes(SMALL)
    server.files["/large.gguf"] = large
    server.mode = serve.hanging_midway
    window.open_all([str(local), f"{server.address}/large.gguf"])
    qtbot.waitUntil(lambda: len(server.seen) == 1)
    window.close()
    pools = window.opening.findChildren(QThreadPool)
    assert [pool.activeThreadCount() for pool in pools] == [0] * len(pools)
