"""The table of the models on this machine: a click or Enter opens, several can be compared."""

from __future__ import annotations

from typing import Final

from memplan.language import tr
from memplan.theme import Theme
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from memplan_gui.panels.library_rows import Column, LibraryRows
from memplan_gui.text_size import scaled
from memplan_gui.widgets.focus_ring import FocusRing
from memplan_gui.widgets.form import describe

_ROW_HEIGHT: Final = 28
_WIDTHS: Final = {
    Column.QUANTISATION: 100,
    Column.SIZE: 78,
    Column.VERDICT: 150,
    Column.CONTEXT: 92,
    Column.LARGEST: 92,
    Column.WHERE: 120,
}
_MOST_VERDICT: Final = 260
_LEAST_NAME: Final = 140
_GIVEN_UP: Final = (Column.WHERE, Column.LARGEST)
"""Columns that a narrow window does without, in this order."""


class LibraryTable(QTableView):
    """Rows of :class:`LibraryRows`.

    Attributes:
        rows: the rows.

    Signals:
        chosen(tuple[str, ...]): the user opens these; the first alone, or to be compared.
        seen_changed(): other rows are in sight, or others are selected.
    """

    chosen = Signal(object)
    seen_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("library_table")
        self.setProperty("role", "plain")
        describe(
            self,
            tr("Models on this computer"),
            tr("Enter or a click opens a model; select several to compare them"),
        )
        self.setToolTip("")  # each cell has its own
        self.rows = LibraryRows(theme, self)
        self.setModel(self.rows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(scaled(_ROW_HEIGHT))
        self._prepare_header()
        self.clicked.connect(self._open_clicked)
        self.verticalScrollBar().valueChanged.connect(lambda: self.seen_changed.emit())
        self.selectionModel().selectionChanged.connect(lambda: self.seen_changed.emit())
        FocusRing(self)

    def selected_sources(self) -> tuple[str, ...]:
        """What is selected, from the top."""
        numbers = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self.rows.row_at(number).entry.found.source for number in numbers)

    def sources_in_sight(self) -> tuple[str, ...]:
        """The rows that can be seen."""
        count = self.rows.rowCount()
        if not count:
            return ()
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        numbers = range(max(first, 0), (count if last < 0 else last + 1))
        return tuple(self.rows.row_at(number).entry.found.source for number in numbers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens what is selected."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            sources = self.selected_sources()
            if sources:
                self.chosen.emit(sources)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the columns their widths, and do without some where there is no room."""
        super().resizeEvent(event)
        self._fit()
        self.seen_changed.emit()

    def _prepare_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        self.setSortingEnabled(True)

    def _open_clicked(self, index: QModelIndex) -> None:
        """A plain click opens; with Ctrl or Shift it selects."""
        chosen = QApplication.keyboardModifiers()
        selecting = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if not chosen & selecting:
            self.chosen.emit((self.rows.row_at(index.row()).entry.found.source,))

    def _fit(self) -> None:
        header, room = self.horizontalHeader(), self.viewport().width()
        widths = {column: scaled(width) for column, width in _WIDTHS.items()}
        for column in _GIVEN_UP:
            narrow = sum(widths.values()) + scaled(_LEAST_NAME) > room
            self.setColumnHidden(column, narrow)
            if narrow:
                del widths[column]
        spare = room - sum(widths.values()) - scaled(_LEAST_NAME)
        # A name may be cut off, as its tooltip has it whole; a verdict is what people look for.
        wider = min(max(spare // 2, 0), scaled(_MOST_VERDICT) - widths[Column.VERDICT])
        widths[Column.VERDICT] += wider
        widths[Column.MODEL] = scaled(_LEAST_NAME) + max(spare - wider, 0)
        for column, width in widths.items():
            header.resizeSection(column, width)
