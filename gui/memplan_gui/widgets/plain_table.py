"""A table of texts that is as high as its rows, for pages that scroll as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from memplan.language import tr
from memplan.wording.help.topics import Topic
from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QIcon,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
)

from memplan_gui.presenter import table_text
from memplan_gui.text_size import scaled
from memplan_gui.widgets.focus_ring import FocusRing
from memplan_gui.widgets.form import describe

_ROW_HEIGHT = 26
_ICON_SIZE: Final = (30, 12)
_SCROLL_BAR = 12
_LEAST_LAST = 170
_MOST_LAST = 230
_MOST_WORDS = 150
_CELL_SPACE = 6
_HEADER_SPACE = 20
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


_FIGURES: Final = str.maketrans("123456789", "0" * 9)

CellTopics = Callable[[int, int], Topic | None]
"""From a row and a column to what the cell is about."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in a table.

    Attributes:
        text: what is seen.
        tooltip: more of it, such as exact bytes.
        icon: drawn before the text; ``None``: nothing.
        editable: whether the user can change it.
        bold: whether it stands out.
    """

    text: str
    tooltip: str = ""
    icon: QIcon | None = None
    editable: bool = False
    bold: bool = False


def _looks(cell: Cell) -> Cell:
    """A cell without what it says."""
    return replace(cell, text="", tooltip="")


def _widths_of(text: str) -> list[str]:
    """What the width of a text follows from: all figures have the same."""
    return sorted(text.translate(_FIGURES))


class PlainTable(QTableWidget):
    """Rows of cells. Ctrl+C copies the selected rows, or all."""

    def __init__(self, name: str, help_text: str) -> None:
        super().__init__()
        describe(self, name, tr("{help}. Ctrl+C copies rows").format(help=help_text))
        self.setToolTip("")  # each cell has its own
        self.setProperty("role", "plain")
        self.setShowGrid(False)
        self.setWordWrap(True)  # the last column takes what is left, and more lines if need be
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(*(scaled(side) for side in _ICON_SIZE)))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(scaled(_ROW_HEIGHT))
        rows.setDefaultSectionSize(scaled(_ROW_HEIGHT))
        self._numbers: frozenset[int] = frozenset()
        self._headers: tuple[str, ...] = ()
        self._shown: dict[tuple[int, int], tuple[Cell, bool]] = {}
        self._topics: CellTopics | None = None
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(scaled(30))
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_rows)
        FocusRing(self)

    def show_rows(
        self, headers: Sequence[str], rows: Sequence[Sequence[Cell]], numbers: frozenset[int]
    ) -> None:
        """Show rows under headers; ``numbers`` are the columns that are aligned right.

        Cells that stay as they are cost nothing: a dragged budget changes few.
        """
        same_shape = (self.rowCount(), self.columnCount()) == (len(rows), len(headers))
        titles = (*headers,)
        same_titles = same_shape and (titles, numbers) == (self._headers, self._numbers)
        self._numbers, self._headers = numbers, titles
        if not same_shape:
            self._shown.clear()
        with QSignalBlocker(self):
            self.setColumnCount(len(headers))
            self.setRowCount(len(rows))
            for column, header in enumerate(() if same_titles else headers):
                item = QTableWidgetItem(header)
                item.setTextAlignment(_RIGHT if column in numbers else _LEFT)
                self.setHorizontalHeaderItem(column, item)
            resized = [
                (row, column)
                for row, cells in enumerate(rows)
                for column, cell in enumerate(cells)
                if self._show_cell(row, column, cell, column in numbers)
            ]
        if resized or not same_titles:
            self._fit()

    def explain_cells(self, topics: CellTopics) -> None:
        """Say what cells, of the rows of any time, are about."""
        self._topics = topics

    def cell_topic(self, row: int, column: int) -> Topic | None:
        """What a cell is about; ``None`` where nothing was said."""
        return None if self._topics is None else self._topics(row, column)

    def copy_rows(self) -> None:
        """Put the selected rows, or all, on the clipboard."""
        chosen = sorted({index.row() for index in self.selectedIndexes()})
        rows = chosen or range(self.rowCount())
        QGuiApplication.clipboard().setText(table_text(self.texts(row) for row in rows))

    def texts(self, row: int) -> list[str]:
        """The texts of a row."""
        items = [self.item(row, column) for column in range(self.columnCount())]
        return [item.text() if item is not None else "" for item in items]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the bar that scrolls sideways, where it is needed."""
        super().resizeEvent(event)
        self._fit()

    def _show_cell(self, row: int, column: int, cell: Cell, number: bool) -> bool:
        """Show a cell; whether it may need more or less room than before."""
        shown = self._shown.get((row, column))
        # What can be edited may say something else by now.
        if shown == (cell, number) and not cell.editable:
            return False
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        elif shown == (cell, number) and item.text() == cell.text:
            return False
        self._shown[row, column] = cell, number
        item.setText(cell.text)
        item.setToolTip(cell.tooltip)
        if shown is not None and (_looks(shown[0]), shown[1]) == (_looks(cell), number):
            # Numbers change all the time, and what they look like hardly ever.
            return _widths_of(shown[0].text) != _widths_of(cell.text)
        item.setIcon(cell.icon or QIcon())
        item.setTextAlignment(_RIGHT if number else _LEFT)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if cell.bold else QFont.Weight.Normal)
        item.setFont(font)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        item.setFlags(flags | Qt.ItemFlag.ItemIsEditable if cell.editable else flags)
        return True

    def _column_widths(self) -> list[int]:
        """Columns as wide as their texts; a last one of words takes what is left.

        Where that is too little, other words give way to it and take more lines. Where one scrolls
        to it all the same, it has all the room that a short text needs.
        """
        metrics, last = self.horizontalHeader().fontMetrics(), self.columnCount() - 1
        titles = [
            metrics.horizontalAdvance(header.text()) + scaled(_HEADER_SPACE) if header else 0
            for header in map(self.horizontalHeaderItem, range(last + 1))
        ]
        widths = [
            max(self.sizeHintForColumn(column) + scaled(_CELL_SPACE), title)
            for column, title in enumerate(titles)
        ]
        if last < 0 or last in self._numbers:
            return widths
        room, least = self.viewport().width(), scaled(_LEAST_LAST)
        if sum(widths[:-1]) + least > room:
            for column in set(range(1, last)) - self._numbers:
                widths[column] = min(widths[column], max(scaled(_MOST_WORDS), titles[column]))
        left = room - sum(widths[:-1])
        widths[-1] = left if left >= least else max(least, min(widths[-1], scaled(_MOST_LAST)))
        return widths

    def _fit(self) -> None:
        """Give columns their widths and rows their heights, and take as much room as they do."""
        columns = self.horizontalHeader()
        line_height = columns.fontMetrics().height()
        widths = self._column_widths()
        for column, width in enumerate(widths):
            columns.resizeSection(column, width)
        taken = sum(widths)
        self.resizeRowsToContents()
        for row in range(self.rowCount()):
            if self.rowHeight(row) < 2 * line_height:
                self.setRowHeight(row, scaled(_ROW_HEIGHT))
        bar = scaled(_SCROLL_BAR) if taken > self.viewport().width() else 0
        rows_height = self.verticalHeader().length()
        self.setFixedHeight(columns.sizeHint().height() + rows_height + bar + 2)
