"""Works an answer out off the main thread, after a short rest; only the newest question counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal, SignalInstance

_REST_MILLISECONDS = 120
_DRAIN_MILLISECONDS = 1_000


class _Job(QRunnable):
    """Answers one question. Owns no QObject: it gets a signal."""

    def __init__(
        self,
        work_out: Callable[[Any], Any],
        question: object,
        generation: int,
        finished: SignalInstance,
    ) -> None:
        super().__init__()
        self._work_out = work_out
        self._question = question
        self._generation = generation
        self._finished = finished

    def run(self) -> None:
        self._finished.emit((self._generation, self._question, self._work_out(self._question)))


class Latest(QObject):
    """Answers the newest of many questions, such as those of a dragged budget.

    Signals:
        answered(object, object): the newest question, and its answer.
    """

    answered = Signal(object, object)
    _finished = Signal(object)

    def __init__(self, work_out: Callable[[Any], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work_out = work_out
        self._question: object = None
        self._generation = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MILLISECONDS)
        self._timer.timeout.connect(self._start)
        self._finished.connect(self._deliver)

    def ask(self, question: object) -> None:
        """Ask; earlier questions no longer count."""
        self._generation += 1
        self._question = question
        self._timer.start()

    def drain(self) -> None:
        """Forget what was asked, and wait for the thread."""
        self._generation += 1
        self._timer.stop()
        self._pool.clear()
        self._pool.waitForDone(_DRAIN_MILLISECONDS)

    def _start(self) -> None:
        self._pool.clear()
        job = _Job(self._work_out, self._question, self._generation, self._finished)
        self._pool.start(job)

    def _deliver(self, finished: tuple[int, object, object]) -> None:
        generation, question, answer = finished
        if generation == self._generation:
            self.answered.emit(question, answer)
