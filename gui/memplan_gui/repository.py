"""A repository's quantisations: read and planned off the main thread, and shown as they come."""

from __future__ import annotations

from memplan.library.repository import Quantisation, best_of, cache_requests, read_quantisations
from memplan.reader.errors import CancelledError, Choice, ChoiceNeededError
from memplan.reader.transfer import CancelToken
from memplan.request import Request
from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal, SignalInstance

from memplan_gui.panels.library_page import LibraryPage
from memplan_gui.panels.repository_list import RepositoryList
from memplan_gui.session import Session

_REST_MILLISECONDS = 300
_DRAIN_MILLISECONDS = 1_000


class _Reading(QRunnable):
    """Reads and plans. Owns no QObject: it gets a signal."""

    def __init__(
        self,
        choices: tuple[Choice, ...],
        request: Request,
        cancel: CancelToken,
        told: SignalInstance,
    ) -> None:
        super().__init__()
        self._choices = choices
        self._request = request
        self._cancel = cancel
        self._told = told

    def run(self) -> None:
        try:
            for row in read_quantisations(self._choices, self._request, self._cancel):
                self._told.emit((self._cancel, row))
        except CancelledError:
            return
        self._told.emit((self._cancel, None))


class Repository(QObject):
    """Compares the quantisations of the repository for which an address stands.

    Signals:
        chosen(str): the user opens this one.
    """

    chosen = Signal(str)
    _told = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._page: LibraryPage | None = None
        self._list: RepositoryList | None = None
        self._question: ChoiceNeededError | None = None
        self._rows: list[Quantisation] = []
        self._cancel: CancelToken | None = None
        self._request: Request | None = None
        self._pool = QThreadPool(self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self._ask_again)
        self._told.connect(self._deliver)
        session.request_changed.connect(lambda: self._rest.start())

    @property
    def busy(self) -> bool:
        """Whether something is still to be read or planned."""
        return self._cancel is not None

    def show_in(self, page: LibraryPage) -> None:
        """Show quantisations in this page from now on."""
        self._page, self._list = page, None
        page.seen_changed.connect(self._follow)

    def show(self, question: ChoiceNeededError) -> None:
        """Compare the models for which an address stands."""
        self._question = question
        self._ask()

    def stop(self) -> None:
        """Read and plan no more."""
        if self._cancel is not None:
            self._cancel.cancel()
            self._cancel = None
        if self._list is not None:
            self._list.show_busy(False)

    def close(self) -> None:
        """Compare nothing any more, and show what was shown before."""
        self.stop()
        if self._question is not None and self._page is not None:
            self._page.close_repository()
        self._question = None

    def drain(self) -> None:
        """Forget what is under way, and wait for the threads."""
        self._rest.stop()
        self.stop()
        self._pool.clear()
        self._pool.waitForDone(_DRAIN_MILLISECONDS)

    def _ask(self) -> None:
        if self._question is None or self._page is None:
            return
        self.stop()
        shown = self._shown(self._page)
        self._rows = []
        self._request = request = self._session.request
        shown.show_question(self._question, [name for name, _ in cache_requests(request)])
        shown.show_busy(True)
        self._cancel = CancelToken()
        self._pool.start(_Reading(self._question.choices, request, self._cancel, self._told))

    def _shown(self, page: LibraryPage) -> RepositoryList:
        if self._list is None:
            self._list = RepositoryList(page.theme)
            self._list.chosen.connect(self.chosen)
            self._list.cancel_requested.connect(self.stop)
            self._list.closed.connect(self.close)
        page.show_repository(self._list)
        return self._list

    def _ask_again(self) -> None:
        """What was asked before counts no longer; headers come from the cache."""
        seen = self._list is not None and self._list.isVisible()
        if seen and self._session.request != self._request:
            self._ask()

    def _follow(self, seen: bool) -> None:
        """Nobody looks at it any more: an open model needs the processor for itself."""
        if not seen:
            self.stop()

    def _deliver(self, told: tuple[CancelToken, Quantisation | None]) -> None:
        cancel, row = told
        if cancel is not self._cancel or self._list is None or self._request is None:
            return
        if row is None:
            self.stop()
            return
        self._rows.append(row)
        best = best_of(self._rows, self._request)
        self._list.show_row(row, self._request.engine)
        self._list.show_best(best, self._rows)
