"""The models on this machine: what is looked into, read and planned, and shown in a list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from memplan.library.assess import Assessment
from memplan.library.entry import Entry
from memplan.library.kept import KeptEntries, default_kept_path
from memplan.library.places import Place, Program, library_places, this_system
from memplan.request import Request
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from memplan_gui.dialogs import Dialogs
from memplan_gui.library_search import LibrarySearch
from memplan_gui.panels.library_list import LibraryList, progress_text
from memplan_gui.panels.library_page import LibraryPage
from memplan_gui.panels.library_rows import PLANNED
from memplan_gui.preferences import Preferences
from memplan_gui.repository import Repository
from memplan_gui.session import Session

_REST_MILLISECONDS: Final = 300
"""A dragged budget asks for plans of the whole list only when it rests."""


class Library(QObject):
    """Lists all places, or one folder that the user looks into.

    Attributes:
        repository: compares the quantisations of a repository in the same place.

    Signals:
        chosen(tuple[str, ...]): the user opens these; the first alone, or to be compared.
        listed(): what there is can be seen.
    """

    chosen = Signal(object)
    listed = Signal()

    def __init__(
        self, session: Session, preferences: Preferences, dialogs: Dialogs, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.repository = Repository(session, self)
        self.repository.chosen.connect(lambda source: self.chosen.emit((source,)))
        self._window = parent
        self._dialogs = dialogs
        self._session = session
        self._preferences = preferences
        self._page: LibraryPage | None = None
        self._search = LibrarySearch(lambda: KeptEntries(default_kept_path()), self)
        self._folder = ""
        self._started = False
        self._reading = self._stopped = False
        self._entries: dict[str, Entry] = {}
        self._unread: set[str] = set()
        self._answers: dict[str, Assessment | None] = {}
        self._asked: set[str] = set()
        self._answered: Request | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self._plan)
        self._search.listed.connect(self._show_listed)
        self._search.read.connect(self._show_read)
        self._search.ended.connect(self._show_ended)
        self._search.planned.connect(self._show_planned)
        session.request_changed.connect(lambda: self._rest.start())

    @property
    def busy(self) -> bool:
        """Whether something is still to be read or planned."""
        return (self._reading or self._unplanned > 0) and not self._stopped

    @property
    def _unplanned(self) -> int:
        """Number of models of which no plan has come yet."""
        entries = self._entries.values()
        planned = sum(entry.condition in PLANNED for entry in entries)
        return planned - len(self._answers)

    def show_in(self, page: LibraryPage) -> None:
        """Show the list in this page from now on."""
        self._page = page
        self.repository.show_in(page)
        page.list_made.connect(self._connect)
        page.seen_changed.connect(self._follow)
        if self._entries:
            self._show_entries()

    def start(self) -> None:
        """List all places again."""
        self._look("")

    def start_first(self) -> None:
        """List all places, unless something was listed before."""
        if not self._started:
            self.start()

    def look_into(self, folder: str) -> None:
        """List the models in a folder, in the place of all."""
        self._look(folder)

    def drain(self) -> None:
        """Forget what is under way, and wait for the threads."""
        self._rest.stop()
        self._search.drain()
        self.repository.drain()

    # Looking

    def _look(self, folder: str) -> None:
        self._started = self._reading = True
        self._stopped = False
        self._folder = folder
        self._search.start(partial(_places, folder, self._preferences.settings.library_folders))
        self._show_progress()

    def _choose_folder(self) -> None:
        folder = self._dialogs.choose_folder(self._window, self._preferences.folder)
        if folder:
            self.look_into(folder)

    def _stop(self) -> None:
        self._search.stop()
        self._reading, self._stopped = False, True
        self._show_progress()

    def _keep(self, kept: bool) -> None:
        self._preferences.keep_library_folder(self._folder, kept=kept)

    def _show_listed(self, entries: Sequence[Entry]) -> None:
        known = self._entries
        self._entries = {}
        for entry in entries:
            source = entry.found.source
            old = known.get(source)
            self._entries[source] = old if old and old.found == entry.found else entry
            if self._entries[source] is entry:
                self._answers.pop(source, None)
        self._asked = set(self._answers)
        self._unread = set(self._entries)
        self._show_entries()
        self.listed.emit()

    def _show_read(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._entries[entry.found.source] = entry
            self._unread.discard(entry.found.source)
        if self._list is not None:
            self._list.table.rows.update_entries(entries)
        self._plan()

    def _show_ended(self) -> None:
        self._reading = False
        self._unread.clear()
        self._plan()

    # Planning

    def _plan(self) -> None:
        """Plan what can be seen for what is asked now, and then the others."""
        request = self._session.request
        if request != self._answered:
            self._answered = request
            self._answers.clear()
            self._asked.clear()
            self._stopped = False
            if self._list is not None:
                self._list.table.rows.forget_answers()
        if self._page is not None and self._page.isVisible() and not self._stopped:
            waiting = [
                source
                for source, entry in self._entries.items()
                if entry.condition in PLANNED and source not in self._asked
            ]
            self._asked.update(waiting)
            self._prefer_seen()
            self._search.plan(waiting, request)
        self._show_progress()

    def _follow(self, seen: bool) -> None:
        """Plan only while somebody looks: an open model needs the processor for itself."""
        if seen:
            self._plan()
        else:
            self._search.pause()

    def _prefer_seen(self) -> None:
        if self._list is not None:
            self._search.prefer(self._list.table.sources_in_sight())

    def _show_planned(
        self, request: Request, answers: Sequence[tuple[str, Assessment | None]]
    ) -> None:
        if request != self._answered:
            return
        self._answers.update(answers)
        if self._list is not None:
            self._list.table.rows.update_answers(request.engine, answers)
        self._show_progress()

    # Showing

    @property
    def _list(self) -> LibraryList | None:
        return None if self._page is None else self._page.list

    def _connect(self, made: LibraryList) -> None:
        made.table.chosen.connect(self.chosen)
        made.table.seen_changed.connect(self._prefer_seen)
        made.folder_requested.connect(self._choose_folder)
        made.all_requested.connect(self.start)
        made.cancel_requested.connect(self._stop)
        made.keep_changed.connect(self._keep)

    def _show_entries(self) -> None:
        if self._page is None:
            return
        if not self._entries and not self._folder:
            self._page.show_nothing(_places("", self._preferences.settings.library_folders))
            return
        shown = self._page.show_list()
        kept = self._folder in self._preferences.settings.library_folders
        shown.show_folder(self._folder, kept=kept)
        shown.table.rows.set_entries(tuple(self._entries.values()))
        if self._answered is not None:
            shown.table.rows.update_answers(self._answered.engine, tuple(self._answers.items()))
        self._plan()

    def _show_progress(self) -> None:
        if self._list is None:
            return
        count, busy = len(self._entries), self.busy
        read = count - len(self._unread)
        text = progress_text(read, count, self._unplanned, busy=busy)
        self._list.show_progress(text, busy=busy)


def _places(folder: str, kept: Sequence[str]) -> tuple[Place, ...]:
    """The folder alone, or all places and the folders that the user keeps."""
    if folder:
        return (Place(Program.USER, this_system().home / folder),)
    return library_places(this_system(), kept)
