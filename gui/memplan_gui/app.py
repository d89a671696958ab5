"""Starts the window."""

from __future__ import annotations

import faulthandler
import sys
from pathlib import Path
from typing import Final

import shiboken6
from memplan.reader.errors import GgufError
from memplan.request import Request
from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from memplan_gui.appearance import ThemeChoice, ThemeSwitch, load_fonts
from memplan_gui.collecting import Collector
from memplan_gui.dialogs import Dialogs
from memplan_gui.ending import Interruptions, is_at_work, leave_at_once
from memplan_gui.icons import program_icon
from memplan_gui.problems import Problems
from memplan_gui.settings import SettingsFile, default_settings_path
from memplan_gui.text_size import base_font
from memplan_gui.translating import Translation
from memplan_gui.widgets.spoken import Speaker
from memplan_gui.window import MainWindow

EXIT_FAILED: Final = 1
EXIT_UNREADABLE: Final = 2

_SMOKE_MILLISECONDS = 60_000
_SWITCH_SECONDS = 0.001
_FIRST_SEARCH_MILLISECONDS = 500
"""After the window can be seen: asking a driver takes a processor for about half a second."""


class Application(QApplication):
    """The application; on macOS it is told of files to open, maybe before there is a window.

    Signals:
        file_opened(str): the system asks to open this file.
    """

    file_opened = Signal(str)

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.waiting_file = ""

    def event(self, event: QEvent) -> bool:
        """Take the request to open a file."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.waiting_file = event.file()
            self.file_opened.emit(event.file())
            return True
        return super().event(event)


class _Smoke(QObject):
    """Ends the program once the window has been painted, and saves a picture if asked to."""

    def __init__(self, window: MainWindow, screenshot: str | None, problems: Problems) -> None:
        super().__init__(window)
        self._window = window
        self._screenshot = screenshot
        self._problems = problems
        self._code = 0
        window.loader.failed.connect(self._note_failure)
        window.settled.connect(self._finish_soon)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._finish)
        problems.happened.connect(self._give_up)
        QTimer.singleShot(_SMOKE_MILLISECONDS, self, self._give_up)

    def _note_failure(self, _source: str, error: Exception) -> None:
        self._code = EXIT_UNREADABLE if isinstance(error, GgufError) else EXIT_FAILED

    def _finish_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start(0)

    def _finish(self) -> None:
        picture = self._window.grab()
        saved = not self._screenshot or picture.save(self._screenshot)
        if picture.isNull() or not saved or self._problems.count:
            self._code = self._code or EXIT_FAILED
        self._window.close()
        QApplication.exit(self._code)

    def _give_up(self) -> None:
        QApplication.exit(EXIT_FAILED)


def run(
    source: str | None,
    request: Request | None = None,
    *,
    smoke: bool = False,
    screenshot: str | None = None,
    settings_path: Path | None = None,
) -> int:
    """Open the window on a model or on nothing, and stay until it is closed.

    Args:
        source: the file or address to open.
        request: what to plan for; ``None`` or the default one: what was remembered.
        smoke: paint the window once, and return.
        screenshot: with ``smoke``, the picture to write.
        settings_path: the file of the settings, if not the user's own.

    Returns:
        The exit code: 0; with ``smoke`` 2 for an unreadable model, 1 if anything else went wrong.
    """
    if sys.stderr is not None:
        faulthandler.enable()
    problems = Problems()
    problems.install()
    app = Application(sys.argv[:1])
    prepare(app)
    settings_file = SettingsFile(settings_path or default_settings_path())
    given = None if request == Request() else request
    themes, translation = ThemeSwitch(app, ThemeChoice.SYSTEM), Translation(app)
    window = MainWindow(settings_file, themes, translation, Dialogs(), given)
    app.file_opened.connect(window.open_source)
    interruptions = Interruptions(app)
    interruptions.interrupted.connect(window.end)
    smoke_test = _Smoke(window, screenshot, problems) if smoke else None
    if smoke_test is None:
        problems.show_in(window)
    source = source or app.waiting_file or None
    if source is not None:
        window.open_source(source)
    window.show()
    window.setFocus()
    if source is None:
        window.library.start_first()
    if smoke_test is None:
        search_once_seen(window, opens_model=source is not None)
    elif source is None:
        window.settled.emit()
    code = app.exec()
    interruptions.stop()
    if is_at_work(window):
        leave_at_once(code)
    # Before the application, and before Python takes its objects apart in an order of its own.
    shiboken6.delete(window)
    return code


def search_once_seen(window: MainWindow, *, opens_model: bool) -> None:
    """Look for this machine's devices when nobody waits for anything else any more."""
    if opens_model:
        window.settled.connect(window.detector.start_first)
    else:
        QTimer.singleShot(_FIRST_SEARCH_MILLISECONDS, window.detector, window.detector.start_first)


def prepare(app: QApplication) -> None:
    """Give the application its name, style, fonts and icon, and a collector of garbage."""
    # A thread that works something out must not hold a frame up: Qt's calls let Python go often.
    sys.setswitchinterval(_SWITCH_SECONDS)
    Collector(app)
    Speaker(app)
    app.setApplicationName("Memplan")
    app.setDesktopFileName("org.memplan.Memplan")
    app.setStyle("Fusion")
    load_fonts()
    app.setFont(base_font())
    app.setWindowIcon(program_icon())
