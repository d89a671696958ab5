"""Fixtures of the window's tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from core.reader.file_server import FileServer, running
from memplan.library.places import System
from memplan.reader import transfer
from memplan_gui import library
from memplan_gui.app import prepare
from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.dialogs import Dialogs
from memplan_gui.help_desk import HelpDesk
from memplan_gui.settings import SettingsFile
from memplan_gui.translating import Translation
from memplan_gui.window import MainWindow
from PySide6.QtWidgets import QApplication, QWhatsThis, QWidget
from pytestqt.qtbot import QtBot


@dataclass
class FakeDialogs(Dialogs):
    """Answers at once with what a test put in, and keeps what it was told."""

    model: str = ""
    part: str = ""
    log: str = ""
    folder: str = ""
    target: str = ""
    problems: list[str] = field(default_factory=list)

    def choose_model(self, parent: QWidget, folder: str) -> str:
        return self.model

    def choose_part(self, parent: QWidget, folder: str) -> str:
        return self.part

    def choose_folder(self, parent: QWidget, folder: str) -> str:
        return self.folder

    def choose_log(self, parent: QWidget, folder: str) -> str:
        return self.log

    def choose_target(self, parent: QWidget, title: str, suggested: str, filters: str) -> str:
        return self.target

    def show_problem(self, parent: QWidget, title: str, text: str) -> None:
        self.problems.append(text)


@pytest.fixture
def dialogs() -> FakeDialogs:
    return FakeDialogs()


@pytest.fixture
def settings_path(tmp_path: Path) -> Path:
    return tmp_path / "settings" / "settings.json"


@pytest.fixture(scope="session")
def prepared_app(qapp: QApplication) -> QApplication:
    """The application as the program sets it up: once, as fonts would pile up."""
    prepare(qapp)
    return qapp


@pytest.fixture
def themes(prepared_app: QApplication) -> Iterator[ThemeSwitch]:
    switch = ThemeSwitch(prepared_app, ThemeChoice.LIGHT)
    yield switch
    switch.deleteLater()


@pytest.fixture
def translation(prepared_app: QApplication) -> Iterator[Translation]:
    made = Translation(prepared_app)
    yield made
    made.remove()
    made.deleteLater()


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home without models: whose machine the tests run on must not matter."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setattr(library, "this_system", lambda: System(folder, {}, "linux"))
    monkeypatch.setattr(library, "default_kept_path", lambda: tmp_path / "library.json")
    return folder


@pytest.fixture
def window(
    qtbot: QtBot,
    themes: ThemeSwitch,
    translation: Translation,
    settings_path: Path,
    dialogs: FakeDialogs,
) -> Iterator[MainWindow]:
    made = MainWindow(SettingsFile(settings_path), themes, translation, dialogs)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.loader.drain()


@pytest.fixture
def planned(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with the first sample open and painted."""
    with qtbot.waitSignals([window.session.plan_changed, window.settled], timeout=10_000):
        window.open_sample("qwen3-8b")
    return window


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileServer]:
    """A server that is Hugging Face, too; nothing else is asked, or written outside the folder."""
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    # No variable tells Windows and macOS where.
    monkeypatch.setattr(
        transfer, "user_cache_path", lambda *_, **__: tmp_path / "cache" / "memplan"
    )
    with running() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        yield server


@pytest.fixture
def desk(planned: MainWindow) -> Iterator[HelpDesk]:
    made = planned.help_desk()
    yield made
    if QWhatsThis.inWhatsThisMode():
        QWhatsThis.leaveWhatsThisMode()
    QWhatsThis.hideText()
    made.close()
