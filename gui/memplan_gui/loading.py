"""Reads models and saved plans off the main thread; an overtaken result is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from memplan.model import Model
from memplan.model.cache import ModelCache
from memplan.reader.transfer import CancelToken
from memplan.request import Request
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, SignalInstance

_MOST_THREADS = 4
_DRAIN_MILLISECONDS = 1_000


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What came of reading a source.

    Attributes:
        source: the file or address.
        generation: the number of the request that it answers.
        model: the model, if it could be read.
        error: what is wrong with it, if not.
        request: what a saved plan asks; ``None`` for a model alone.
    """

    source: str
    generation: int
    model: Model | None
    error: Exception | None
    request: Request | None = None


class _Reading(QRunnable):
    """Reads one source. Owns no QObject: it gets signals of the loader's."""

    def __init__(
        self,
        source: str,
        generation: int,
        cache: ModelCache,
        cancel: CancelToken,
        signals: tuple[SignalInstance, SignalInstance],
    ) -> None:
        super().__init__()
        self._source = source
        self._generation = generation
        self._cache = cache
        self._cancel = cancel
        self._received, self._finished = signals

    def run(self) -> None:
        model: Model | None = None
        request: Request | None = None
        error: Exception | None = None
        try:
            if is_saved_plan(self._source):
                from memplan.reports.saved_plan import open_saved_plan

                model, request = open_saved_plan(Path(self._source))
            else:
                model = self._cache.read(self._source, progress=self._tell, cancel=self._cancel)
        except Exception as problem:  # whatever happens in here, the window must hear of it
            error = problem
        self._finished.emit(ReadResult(self._source, self._generation, model, error, request))

    def _tell(self, received_bytes: int) -> None:
        if not self._cancel.cancelled:
            self._received.emit((self._generation, received_bytes))


def is_saved_plan(source: str) -> bool:
    """Whether a source is a report that holds a plan, by its name."""
    return "://" not in source and source.lower().endswith(".json")


class Loader(QObject):
    """Starts the reading of models, the newest alone.

    Signals:
        started(str): a source is being read.
        received(int): bytes of it that have come from a server so far.
        loaded(str, Model): the newest source was read.
        restored(Request): what the saved plan asks that was just loaded.
        cancelled(str): the reading of a source was cancelled by the user.
        failed(str, Exception): the newest source could not be read, most often a GgufError.
    """

    started = Signal(str)
    received = Signal(object)
    loaded = Signal(str, object)
    restored = Signal(object)
    cancelled = Signal(str)
    failed = Signal(str, object)
    _received = Signal(object)
    _finished = Signal(object)

    def __init__(self, cache: ModelCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self._generation = 0
        self._source = ""
        self._cancel: CancelToken | None = None
        self._pool = QThreadPool(self)
        # A read that hangs, on a network share say, must not keep the next from starting.
        self._pool.setMaxThreadCount(_MOST_THREADS)
        self._received.connect(self._count)
        self._finished.connect(self._deliver)

    @property
    def source(self) -> str:
        """What is being read; empty if nothing is."""
        return self._source if self._cancel is not None else ""

    def load(self, source: str) -> None:
        """Start to read ``source``; what was being read before is cancelled."""
        self.stop()
        self._source = source
        self._cancel = CancelToken()
        self.started.emit(source)
        signals = self._received, self._finished
        self._pool.start(_Reading(source, self._generation, self._cache, self._cancel, signals))

    def cancel(self) -> None:
        """Stop reading, as the user wishes. Nobody waits for the thread to notice."""
        if self._cancel is not None:
            self.stop()
            self.cancelled.emit(self._source)

    def stop(self) -> None:
        """Forget what is being read."""
        self._generation += 1
        if self._cancel is not None:
            self._cancel.cancel()
            self._cancel = None

    def drain(self) -> None:
        """Forget what is under way, and wait for the threads."""
        self.stop()
        self._pool.clear()
        self._pool.waitForDone(_DRAIN_MILLISECONDS)

    def _count(self, received: tuple[int, int]) -> None:
        generation, received_bytes = received
        if generation == self._generation:
            self.received.emit(received_bytes)

    def _deliver(self, result: ReadResult) -> None:
        if result.generation != self._generation:
            return
        self._cancel = None
        if result.model is not None:
            self.loaded.emit(result.source, result.model)
            if result.request is not None:
                self.restored.emit(result.request)
        else:
            self.failed.emit(result.source, result.error)
