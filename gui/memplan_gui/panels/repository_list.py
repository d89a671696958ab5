"""The quantisations of a repository, with what a start of each does, and which is the best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from memplan.language import ntr, tr
from memplan.library.repository import Best, Quantisation
from memplan.reader.errors import Choice, ChoiceNeededError
from memplan.theme import Theme
from memplan.units import ByteUnits, format_bytes, format_exact_bytes
from memplan.wording.help.topics import HelpTopic
from memplan.wording.library import assessment_text, granted_text, tokens_text
from memplan.wording.repository import best_text, largest_title
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from memplan_gui.panels.assessment_colour import assessment_colour
from memplan_gui.presenter import source_name
from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.focus_ring import FocusRing
from memplan_gui.widgets.form import describe, named_button
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.tooltips import as_written
from memplan_gui.widgets.topics import explain

_ROW_HEIGHT: Final = 28
_WIDTHS: Final = (100, 0, 78, 190, 92)
"""Of quantisation, file (which takes what is left), size, verdict and context."""

_LARGEST_WIDTH: Final = 104
_LEAST_NAME: Final = 120
_LEAST_VERDICT: Final = 90
_STAR: Final = "★ "
_NAME, _SIZE, _VERDICT, _CONTEXT = 1, 2, 3, 4
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RepositoryTable(QTableWidget):
    """A row for each quantisation; a click or Enter opens one.

    Signals:
        chosen(str): the user opens this one.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("repository_table")
        self.setProperty("role", "plain")
        describe(self, tr("Quantisations"), tr("Enter or a click opens one"))
        self.setToolTip("")  # each cell has its own
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(scaled(_ROW_HEIGHT))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self._locations: list[str] = []
        self.clicked.connect(lambda index: self.chosen.emit(self._locations[index.row()]))
        FocusRing(self)

    def show_choices(self, choices: Sequence[Choice], caches: Sequence[str]) -> None:
        """Show what a repository has, before anything of it is read."""
        titles = [tr("Quantisation"), tr("File"), tr("Size"), tr("Verdict"), tr("Starts with")]
        titles += [largest_title(cache) for cache in caches]
        ordered = sorted(choices, key=lambda choice: (choice.bytes or 0, choice.name))
        self._locations = [choice.location for choice in ordered]
        self.clear()
        self.setColumnCount(len(titles))
        self.setRowCount(len(ordered))
        for column, title in enumerate(titles):
            item = QTableWidgetItem(title)
            item.setTextAlignment(_LEFT if column in (0, _NAME, _VERDICT) else _RIGHT)
            self.setHorizontalHeaderItem(column, item)
        for row in range(len(ordered)):
            for column in range(len(titles)):
                item = QTableWidgetItem()
                item.setTextAlignment(_LEFT if column in (0, _NAME, _VERDICT) else _RIGHT)
                self.setItem(row, column, item)
        self._fit()

    def row_of(self, location: str) -> int:
        """The place of a quantisation."""
        return self._locations.index(location)

    def say(self, row: int, column: int, text: str, tooltip: str = "") -> QTableWidgetItem:
        """Show a text."""
        item = self.item(row, column)
        assert item is not None  # noqa: S101  (each cell has one)
        item.setText(text)
        item.setToolTip(as_written(tooltip or text))
        return item

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens what is selected."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.chosen.emit(self._locations[self.currentRow()])
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the columns their widths."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The name of the file goes first where there is no room: the quantisation says it."""
        others = self.columnCount() - len(_WIDTHS)
        widths = [scaled(width) for width in (*_WIDTHS, *(_LARGEST_WIDTH,) * others)]
        left = self.viewport().width() - sum(widths)
        self.setColumnHidden(_NAME, left < scaled(_LEAST_NAME))
        if left < 0:
            widths[_VERDICT] = max(widths[_VERDICT] + left, scaled(_LEAST_VERDICT))
        elif left < scaled(_LEAST_NAME):
            widths[_VERDICT] += left
        else:
            widths[_NAME] = left
        for column, width in enumerate(widths[: self.columnCount()]):
            self.setColumnWidth(column, width)


class RepositoryList(QFrame):
    """The table with what is around it.

    Attributes:
        table: the quantisations.

    Signals:
        chosen(str): the user opens this one.
        cancel_requested(): the user does not want to wait.
        closed(): the user wants to see what was there before.
    """

    chosen = Signal(str)
    cancel_requested = Signal()
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        explain(HelpTopic.LIBRARY, self)
        self._theme = theme
        self._units = ByteUnits.BINARY
        self._rows: list[tuple[Quantisation, str]] = []
        self._best: str | None = None
        self._title = label("title", wrap=True)
        self._advice = label("muted", wrap=True)
        self._beside = label("small", wrap=True)
        self._progress = label("muted")
        self._cancel = named_button(tr("Cancel"), tr("Read no more, and keep what is shown"))
        self._cancel.clicked.connect(self.cancel_requested)
        self._close = named_button(tr("Close"), tr("Show what was there before"))
        self._close.clicked.connect(self.closed)
        self.table = RepositoryTable()
        self.table.chosen.connect(self.chosen)
        head = QHBoxLayout()
        head.setSpacing(scaled(8))
        head.addWidget(self._title, 1)
        for widget in (self._progress, self._cancel, self._close):
            head.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(scaled_margins(14, 12, 14, 12))
        column.setSpacing(scaled(8))
        column.addLayout(head)
        column.addWidget(self._advice)
        column.addWidget(self.table, 1)
        column.addWidget(self._beside)

    def show_question(self, question: ChoiceNeededError, caches: Sequence[str]) -> None:
        """Show a repository of which nothing is read yet."""
        count = len(question.choices)
        title = ntr("{count} quantisation in {source}", "{count} quantisations in {source}", count)
        self._title.setText(title.format(source=source_name(question.source)))
        self._advice.setText(tr("Reading headers: nothing is downloaded."))
        self._rows, self._best = [], None
        self.table.show_choices(question.choices, caches)
        for choice in question.choices:
            row = self.table.row_of(choice.location)
            self.table.say(row, _NAME, choice.name)
            self.table.say(row, _VERDICT, "…")
            if choice.bytes is not None:
                self._say_size(row, choice.bytes)
        parts = [
            part.name if part.bytes is None else f"{part.name} ({format_bytes(part.bytes)})"
            for part in question.beside
        ]
        text = tr("Loaded beside a model: {parts}").format(parts=", ".join(parts))
        self._beside.setText(text)
        self._beside.setVisible(bool(parts))

    def show_row(self, row: Quantisation, engine: str) -> None:
        """Show what is known of a quantisation."""
        self._rows.append((row, engine))
        self._fill(row, engine)
        self._progress.setText(
            tr("{read} of {count} read").format(read=len(self._rows), count=self.table.rowCount())
        )

    def show_best(self, best: Best | None, rows: Sequence[Quantisation]) -> None:
        """Mark the best, and say why."""
        location = None if best is None else best.location
        chosen = next((row for row in rows if row.choice.location == location), None)
        self._advice.setText(best_text(best, chosen))
        for old_or_new in {self._best, location} - {None}:
            self._mark(str(old_or_new), marked=old_or_new == location)
        self._best = location

    def show_busy(self, busy: bool) -> None:
        """Say whether more is to come."""
        self._cancel.setVisible(busy)
        self._progress.setVisible(busy)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._fill_again()

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        self._fill_again()

    def _fill_again(self) -> None:
        for row, engine in self._rows:
            self._fill(row, engine)
        if self._best is not None:
            self._mark(self._best, marked=True)

    def _fill(self, row: Quantisation, engine: str) -> None:
        place, answer = self.table.row_of(row.choice.location), row.answer
        self._say_size(place, row.size_bytes)
        self.table.say(place, _NAME, row.choice.name)
        if answer is None:
            said = self.table.say(place, _VERDICT, tr("Cannot be read"), row.error)
            said.setForeground(QColor(self._theme.text_muted))
            return
        self.table.say(place, 0, row.quantisation)
        said = self.table.say(place, _VERDICT, assessment_text(answer, engine, self._units))
        said.setForeground(QColor(assessment_colour(answer, self._theme)))
        self.table.say(place, _CONTEXT, granted_text(answer))
        for number, tokens in enumerate(row.largest_tokens, _CONTEXT + 1):
            self.table.say(place, number, tokens_text(tokens) if answer.runs else "–")

    def _say_size(self, place: int, size_bytes: int) -> None:
        size = format_bytes(size_bytes, self._units)
        self.table.say(place, _SIZE, size, format_exact_bytes(size_bytes))

    def _mark(self, location: str, *, marked: bool) -> None:
        """A star and bold letters: colour alone would not be seen by all."""
        place = self.table.row_of(location)
        for column in range(self.table.columnCount()):
            item = self.table.item(place, column)
            if item is None:
                continue
            font = QFont(self.table.font())
            font.setWeight(QFont.Weight.DemiBold if marked else QFont.Weight.Normal)
            item.setFont(font)
            if column == 0:
                text = item.text().removeprefix(_STAR)
                item.setText(_STAR + text if marked else text)
