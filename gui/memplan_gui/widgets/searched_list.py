"""A list of a combo box that narrows to the rows with the words that are typed."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QListView, QToolTip, QWidget


class SearchedList(QListView):
    """Shows the rows whose text has every word that is typed, in any order.

    Qt itself looks for rows that begin with the letters, which all devices of a maker do.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typed = ""

    @property
    def typed(self) -> str:
        """What is looked for; empty: all rows are shown."""
        return self._typed

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Look for one more letter, unless no row would be left."""
        if search.isprintable():
            self._narrow(self._typed + search)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the last letter back."""
        if event.key() == Qt.Key.Key_Backspace and self._typed:
            self._narrow(self._typed[:-1])
            return
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Show all rows when the list is opened again."""
        self._narrow("")
        super().hideEvent(event)

    def _narrow(self, typed: str) -> None:
        words = typed.lower().split()
        rows = range(self.model().rowCount())
        found = [row for row in rows if not words or self._has(row, words)]
        if not found:
            return
        self._typed = typed
        for row in rows:
            self.setRowHidden(row, row not in found)
        if words:
            self.setCurrentIndex(self._index(found[0]))
        # Said where it can be seen: a list has no field to type into.
        QToolTip.showText(self.mapToGlobal(QPoint(0, 0)), typed, self)

    def _has(self, row: int, words: list[str]) -> bool:
        index = self._index(row)
        if not index.flags() & Qt.ItemFlag.ItemIsSelectable:
            return False
        text = str(index.data()).lower()
        return all(word in text for word in words)

    def _index(self, row: int) -> QModelIndex:
        return self.model().index(row, self.modelColumn())
