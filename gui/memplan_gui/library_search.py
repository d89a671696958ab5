"""Finds, reads and plans the models on this machine off the main thread, a few at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from memplan.library.assess import Assessment, assess
from memplan.library.entry import Entry, unread
from memplan.library.find import Found, find_models, newest_first
from memplan.library.kept import KeptEntries
from memplan.library.places import Place
from memplan.model import read_model
from memplan.reader.errors import CancelledError
from memplan.reader.transfer import CancelToken
from memplan.request import Request
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, SignalInstance

_BATCH_SECONDS = 0.1
"""What was read in so short a time is told at once: each telling sorts the table again."""

_DRAIN_MILLISECONDS = 1_000

Places = Callable[[], Sequence[Place]]
"""Where to look; asked in a thread, since settings of programs are read for it."""


class _Batches:
    """Collects what is to be told, and tells it a few times a second."""

    def __init__(self, tell: Callable[[tuple[object, ...]], None]) -> None:
        self._tell = tell
        self._waiting: list[object] = []
        self._due = time.monotonic()

    def add(self, item: object) -> None:
        self._waiting.append(item)
        if time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        self._due = time.monotonic() + _BATCH_SECONDS
        if self._waiting:
            self._tell(tuple(self._waiting))
            self._waiting = []


class _Reading(QRunnable):
    """Finds files and reads their headers. Owns no QObject: it gets a signal."""

    def __init__(
        self,
        generation: int,
        places: Places,
        kept: Callable[[], KeptEntries],
        cancel: CancelToken,
        told: SignalInstance,
    ) -> None:
        super().__init__()
        self._generation = generation
        self._places = places
        self._kept = kept
        self._cancel = cancel
        self._told = told

    def run(self) -> None:
        try:
            places = tuple(self._places())
            found = [each for files in find_models(places, self._cancel) for each in files]
            ordered = newest_first(found)
            self._tell(tuple(unread(each) for each in ordered), len(ordered))
            self._read(ordered)
        except CancelledError:
            return
        self._told.emit((self._generation, (), None))

    def _read(self, found: Sequence[Found]) -> None:
        kept = self._kept()
        batches = _Batches(lambda entries: self._tell(entries, len(found)))
        try:
            for each in found:
                self._cancel.check(each.source)
                batches.add(kept.entry(each, self._cancel))
        finally:
            kept.save()
        batches.flush()

    def _tell(self, entries: tuple[object, ...], count: int) -> None:
        self._told.emit((self._generation, entries, count))


class _Queue:
    """The models that wait to be planned: those in sight first. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, None] = {}
        self._first: tuple[str, ...] = ()

    def put(self, sources: Iterable[str]) -> None:
        with self._lock:
            self._waiting.update(dict.fromkeys(sources))

    def prefer(self, sources: Sequence[str]) -> None:
        with self._lock:
            self._first = tuple(sources)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def take(self) -> str | None:
        with self._lock:
            for source in self._first:
                if source in self._waiting:
                    del self._waiting[source]
                    return source
            following = next(iter(self._waiting), None)
            if following is not None:
                del self._waiting[following]
            return following


class _Planning(QRunnable):
    """Plans what waits, until it is told to stop. Owns no QObject: it gets a signal."""

    def __init__(
        self, queue: _Queue, request: Request, cancel: CancelToken, told: SignalInstance
    ) -> None:
        super().__init__()
        self._queue = queue
        self._request = request
        self._cancel = cancel
        self._told = told

    def run(self) -> None:
        batches = _Batches(self._tell)
        while not self._cancel.cancelled:
            source = self._queue.take()
            if source is None:
                break
            batches.add((source, self._answer(source)))
        batches.flush()
        self._tell(None)

    def _tell(self, answers: tuple[object, ...] | None) -> None:
        self._told.emit((self._cancel, self._request, answers))

    def _answer(self, source: str) -> Assessment | None:
        """What a start does; ``None`` of a file that is gone by now, or cannot be planned."""
        try:
            return assess(read_model(source), self._request)
        except Exception:  # whatever happens in here, the list must hear of it
            return None


class LibrarySearch(QObject):
    """One search at a time, and plans of what it found for one request at a time.

    Signals:
        listed(tuple[Entry, ...]): all files that there are, not read yet.
        read(tuple[Entry, ...]): what headers say, some at a time.
        ended(): all are read.
        planned(Request, tuple[tuple[str, Assessment | None], ...]): what starts do, by sources.
    """

    listed = Signal(object)
    read = Signal(object)
    ended = Signal()
    planned = Signal(object, object)
    _told = Signal(object)
    _answered = Signal(object)

    def __init__(self, kept: Callable[[], KeptEntries], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_kept = kept
        self._kept: KeptEntries | None = None
        self._generation = 0
        self._listed = False
        self._cancel = CancelToken()
        self._planning: CancelToken | None = None
        self._request: Request | None = None
        self._queue = _Queue()
        self._readers, self._planners = QThreadPool(self), QThreadPool(self)
        for pool in (self._readers, self._planners):
            pool.setMaxThreadCount(1)
        self._told.connect(self._deliver)
        self._answered.connect(self._deliver_plans)

    def start(self, places: Places) -> None:
        """Look into places; the search that is under way is overtaken."""
        self.stop()
        self._cancel = CancelToken()
        self._listed = False
        job = _Reading(self._generation, places, self._keep, self._cancel, self._told)
        self._readers.start(job)

    def stop(self) -> None:
        """Look no further, and plan nothing more."""
        self._generation += 1
        self._cancel.cancel()
        self._queue.clear()
        self.pause()

    def plan(self, sources: Iterable[str], request: Request) -> None:
        """Plan these too, for a request; what waits for another request waits no longer."""
        if request != self._request:
            self.pause()
            self._queue.clear()
            self._request = request
        self._queue.put(sources)
        self.resume()

    def prefer(self, sources: Sequence[str]) -> None:
        """Plan these before the others: they are in sight."""
        self._queue.prefer(sources)

    def pause(self) -> None:
        """Begin no further plan for now."""
        if self._planning is not None:
            self._planning.cancel()
            self._planning = None

    def resume(self) -> None:
        """Plan what waits."""
        if self._planning is None and self._request is not None:
            self._planning = CancelToken()
            self._planners.start(
                _Planning(self._queue, self._request, self._planning, self._answered)
            )

    def drain(self) -> None:
        """Forget what is under way, and wait for the threads."""
        self.stop()
        for pool in (self._readers, self._planners):
            pool.clear()
            pool.waitForDone(_DRAIN_MILLISECONDS)

    def _keep(self) -> KeptEntries:
        if self._kept is None:
            self._kept = self._make_kept()
        return self._kept

    def _deliver(self, told: tuple[int, tuple[Entry, ...], int | None]) -> None:
        generation, entries, count = told
        if generation != self._generation:
            return
        if count is None:
            self.ended.emit()
        elif self._listed:
            self.read.emit(entries)
        else:
            self._listed = True
            self.listed.emit(entries)

    def _deliver_plans(self, told: tuple[CancelToken, Request, object]) -> None:
        planning, request, answers = told
        if answers is not None:
            if request == self._request:
                self.planned.emit(request, answers)
        elif planning is self._planning:
            self._planning = None
            if self._queue:  # put there when the job had already found nothing more
                self.resume()
