"""Names from files, servers, drivers and logs are shown as they are, whatever they look like."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.acting import text_of
from gui.seen_texts import texts_of
from memplan.detection import DetectedDevice, Detection, DeviceKind, MemoryHeap
from memplan.model import Model, read_model
from memplan.model.facts import model_from_facts, model_to_facts
from memplan.planning.planner import plan
from memplan.reader.errors import Choice, ChoiceNeededError, GgufError
from memplan.request import Backend, Request
from memplan.units import GIB
from memplan.wording.help.articles import every_topic
from memplan_gui.dialogs import Dialogs
from memplan_gui.help_desk import HelpDesk
from memplan_gui.help_pages import article_html, whats_this_html
from memplan_gui.settings import Settings, SettingsFile
from memplan_gui.window import MainWindow
from memplan_resources.samples import sample_path
from PySide6.QtCore import QTimer
from PySide6.QtGui import Qt, QTextDocumentFragment
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

HOSTILE = '<img src="file:///x.png"><b>R&D</b> {name} &lt; %1'
"""An element that would be fetched, one that would be drawn, and other signs with a meaning."""

IN_A_MENU = HOSTILE.replace("&", "&&")


@pytest.fixture
def settings_path(tmp_path: Path) -> Path:
    """Settings that remember such a model."""
    path = tmp_path / "settings.json"
    SettingsFile(path).save(Settings(recent=(f"/models/{HOSTILE}",)))
    return path


@pytest.fixture
def model() -> Model:
    """A sample whose every name is hostile, and its file's as well."""
    facts = model_to_facts(read_model(sample_path("qwen3-8b")))
    facts["metadata"]["general.name"] = ["STRING", HOSTILE]
    facts["metadata"][HOSTILE] = ["STRING", HOSTILE]
    facts["tensors"][0][0] = HOSTILE
    return model_from_facts(facts, f"/models/{HOSTILE}.gguf")


@pytest.fixture
def hostile(window: MainWindow, qtbot: QtBot, model: Model) -> MainWindow:
    """The window with this model open and pinned under its name."""
    with qtbot.waitSignals([window.session.plan_changed, window.settled], timeout=10_000):
        window.session.set_model(model)
    window.comparison.pin()
    window.comparison.rename(0, HOSTILE)
    return window


def interpreted(window: QWidget) -> list[tuple[str, str]]:
    """Texts with a hostile name in which Qt would take it for markup, and where they are."""
    wrong = [
        (where, text)
        for where, text in texts_of(window)
        if ("tooltip" in where.lower() or "ToolTipRole" in where) and is_read_as_markup(text)
    ]
    for label in window.findChildren(QLabel):
        plain = label.textFormat() is Qt.TextFormat.PlainText
        if not plain and is_read_as_markup(label.text()):
            wrong.append((label.objectName(), label.text()))
    return wrong


def is_read_as_markup(text: str) -> bool:
    """Whether something of a hostile name would not be seen where Qt decides how to read it."""
    return Qt.mightBeRichText(text) and "<img" in text


def test_that_no_tab_takes_a_name_for_markup(hostile: MainWindow) -> None:
    tabs = hostile.view.tabs.tabs
    named = 0
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        named += sum("<img" in text or "&lt;img" in text for _, text in texts_of(hostile))
        assert interpreted(hostile) == []
    assert named > 20


def test_that_a_name_stays_whole_in_menus(hostile: MainWindow) -> None:
    undo = next(
        action
        for menu in hostile.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if action.text() == "&Undo"
    )
    (menu,) = (each for each in undo.associatedObjects() if isinstance(each, QMenu))
    menu.aboutToShow.emit()
    assert undo.text().startswith("&Undo Rename ")
    assert "R&&D" in undo.text()
    hostile.session.undo_stack.undo()
    menu.aboutToShow.emit()
    assert undo.text().startswith(f"&Undo Pin {IN_A_MENU}")


def test_that_recent_models_are_named_as_they_are(window: MainWindow) -> None:
    texts = dict(texts_of(window))
    assert sum("&&lt;" in text for text in texts.values()) == 1
    assert interpreted(window) == []


def test_that_the_help_shows_the_models_name(model: Model) -> None:
    shown = plan(model, Request())
    named = 0
    for topic in every_topic():
        page = article_html(topic, shown)
        assert "<img" not in page
        assert "<img" not in whats_this_html(topic, shown)
        named += HOSTILE in QTextDocumentFragment.fromHtml(page).toPlainText()
    assert named > 10


def test_that_whats_this_shows_names_as_they_are(hostile: MainWindow) -> None:
    HelpDesk(hostile, hostile.session, lambda: hostile.view.tabs.tabs).enter_whats_this()
    texts = [text for where, text in texts_of(hostile) if "what's this" in where]
    assert texts
    assert not any("<img" in text for text in texts)


def test_that_devices_are_named_as_they_are(window: MainWindow) -> None:
    heaps = (MemoryHeap(8 * GIB, True, 8 * GIB),)
    devices = [
        DetectedDevice(HOSTILE, DeviceKind.DISCRETE, (Backend.VULKAN,), heaps, limit)
        for limit in (None, 4 * GIB)
    ]
    window.view.runs_on.show_detection(Detection(Backend.VULKAN, tuple(devices)))
    assert sum("R&D" in text for _, text in texts_of(window)) >= 4
    assert interpreted(window) == []


def test_that_what_a_server_offers_is_named_as_it_is(hostile: MainWindow) -> None:
    choices = (Choice(HOSTILE, HOSTILE, 1), Choice(HOSTILE, f"{HOSTILE}.gguf", None))
    error = ChoiceNeededError(HOSTILE, "one", "two", "", choices)
    hostile.loader.failed.emit(HOSTILE, error)
    assert interpreted(hostile) == []


def test_that_an_error_quotes_as_it_is(hostile: MainWindow) -> None:
    hostile.loader.failed.emit(HOSTILE, GgufError(HOSTILE, None, HOSTILE, HOSTILE, HOSTILE))
    assert text_of(hostile, "model_error").count("<img") >= 3
    assert interpreted(hostile) == []


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_that_a_log_is_quoted_as_it_is(hostile: MainWindow, qtbot: QtBot) -> None:
    shown = hostile.show_log_window()
    before = shown.explanation()
    shown.paste.setPlainText(
        f"llama_model_loader: - kv 0: general.name str = {HOSTILE}\n"
        f"{HOSTILE}\nggml_vulkan: 0 = {HOSTILE} (radv) | uma: 0 | fp16: 1\n"
    )
    qtbot.waitUntil(lambda: shown.explanation() is not before)
    assert interpreted(shown) == []
    shown.open_log(f"/logs/{HOSTILE}")
    assert interpreted(shown) == []


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_that_a_file_that_cannot_be_written_is_named_as_it_is(window: MainWindow) -> None:
    shown: list[QMessageBox] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        shown.append(box)
        assert box.textFormat() is Qt.TextFormat.PlainText
        box.reject()

    QTimer.singleShot(0, look)
    Dialogs().show_problem(window, "Export", HOSTILE)
    assert [box.text() for box in shown] == [HOSTILE]
