"""What is seen before a model is open: the models on this machine, or a drop area without any."""

from __future__ import annotations

from collections.abc import Sequence

from memplan.library.places import Place
from memplan.theme import Theme
from memplan.units import ByteUnits
from memplan.wording.library import program_title
from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedLayout, QWidget

from memplan_gui.panels.empty_state import EmptyState
from memplan_gui.panels.library_list import LibraryList
from memplan_gui.panels.repository_list import RepositoryList


class LibraryPage(QWidget):
    """The drop area, and the list once there is something to list.

    Attributes:
        theme: the colours.
        empty: the large drop area.
        list: the list; ``None`` before there was anything to list.
        repository: the quantisations of a repository; ``None`` before one was opened.

    Signals:
        list_made(LibraryList): there is a list from now on.
        seen_changed(bool): whether the page can be seen.
        open_requested(): the user wants to choose a file.
        address_requested(): the user wants to type an address.
        left(): the user wants to see the plan of the open model again.
    """

    list_made = Signal(object)
    seen_changed = Signal(bool)
    open_requested = Signal()
    address_requested = Signal()
    left = Signal()

    def __init__(self, samples: QMenu, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("library")
        self._samples = samples
        self.theme = theme
        self._units = ByteUnits.BINARY
        self.empty = EmptyState(samples, theme)
        self.empty.open_requested.connect(self.open_requested)
        self.empty.address_requested.connect(self.address_requested)
        self.list: LibraryList | None = None
        self.repository: RepositoryList | None = None
        self._returns = False
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)

    def show_nothing(self, places: Sequence[Place]) -> None:
        """Show the drop area, and where there are no models."""
        names = dict.fromkeys(program_title(place.program) for place in places)
        self.empty.show_looked(", ".join(names))
        self._pages.setCurrentWidget(self.empty)

    def show_list(self) -> LibraryList:
        """Show the list, made now if it was not."""
        if self.list is None:
            self.list = LibraryList(self._samples, self.theme)
            self.list.table.rows.set_units(self._units)
            self.list.offer_return(self._returns)
            self.list.left.connect(self.left)
            self.list.buttons.open_requested.connect(self.open_requested)
            self.list.buttons.address_requested.connect(self.address_requested)
            self._pages.addWidget(self.list)
            self.list_made.emit(self.list)
        self._pages.setCurrentWidget(self.list)
        return self.list

    def show_repository(self, shown: RepositoryList) -> None:
        """Show the quantisations of a repository."""
        if self.repository is None:
            self.repository = shown
            shown.set_units(self._units)
            self._pages.addWidget(shown)
        self._pages.setCurrentWidget(shown)

    def close_repository(self) -> None:
        """Show what was shown before: the list, the drop area, or the plan of the open model."""
        self._pages.setCurrentWidget(self.empty if self.list is None else self.list)
        if self._returns:
            self.left.emit()

    def offer_return(self, offered: bool) -> None:
        """Offer to go back to the plan of the open model."""
        self._returns = offered
        if self.list is not None:
            self.list.offer_return(offered)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.theme = theme
        self.empty.set_theme(theme)
        if self.list is not None:
            self.list.table.rows.set_theme(theme)
        if self.repository is not None:
            self.repository.set_theme(theme)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        if self.list is not None:
            self.list.table.rows.set_units(units)
        if self.repository is not None:
            self.repository.set_units(units)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that the page can be seen."""
        super().showEvent(event)
        self.seen_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it cannot be seen any more."""
        super().hideEvent(event)
        self.seen_changed.emit(False)
