"""Exceptions that nobody caught: counted, printed, and shown to the user where there is one."""

from __future__ import annotations

import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from memplan.addresses import without_secrets
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from memplan_gui.problem_window import ProblemWindow

_LONGEST_MESSAGE: Final = 300
"""A message may quote a file: no more of it is kept."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An exception that nobody caught. It holds texts only, so that nothing is kept alive.

    Attributes:
        place: its type, and the lines of the program that led to it.
        message: what it says.
    """

    place: str
    message: str


class Problems(QObject):
    """Takes exceptions of slots, timers, paint events and threads, and hands them to the window's.

    Attributes:
        count: how many there were.

    Signals:
        happened(Problem): there was one; in the thread of the window.
    """

    _taken = Signal(object)
    happened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self._window: QWidget | None = None
        self._shown: ProblemWindow | None = None
        self._fails = False
        # Always queued: another thread may have raised it, or a paint event that is not over yet.
        self._taken.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take them from now on."""
        sys.excepthook = self.take
        threading.excepthook = self._take_from_thread

    def show_in(self, window: QWidget) -> None:
        """Show them beside a window, too."""
        self._window = window

    def take(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Print an exception, and report it; for ``sys.excepthook``."""
        self.count += 1
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception):
            # At the program's end, Qt may have gone already.
            with suppress(RuntimeError):
                self._taken.emit(problem_of(kind, error, trace))

    def _take_from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.take(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _hand_over(self, problem: Problem) -> None:
        self.happened.emit(problem)
        # What goes wrong in showing a problem is printed, but not shown.
        if self._window is None or self._fails or "problem_window.py" in problem.place:
            return
        self._fails = True
        self._show(problem, self._window)
        self._fails = False

    def _show(self, problem: Problem, window: QWidget) -> None:
        if self._shown is None:
            from memplan_gui.problem_window import ProblemWindow

            self._shown = ProblemWindow(window)
            self._shown.destroyed.connect(self._forget)
        self._shown.add(problem)

    def _forget(self) -> None:
        self._shown = None


def problem_of(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> Problem:
    """An exception as texts, without the values of variables and without the home folder."""
    lines = [*traceback.format_tb(trace), kind.__name__]
    place = _without_home("".join(lines))
    try:
        message = " ".join(str(error).split())
    except Exception:
        message = ""  # not even that can be said without another
    return Problem(place, _without_home(without_secrets(message))[:_LONGEST_MESSAGE])


def _without_home(text: str) -> str:
    try:
        home = str(Path.home())
    except RuntimeError:
        return text  # there is no home
    return text.replace(home, "~") if len(home) > 1 else text
