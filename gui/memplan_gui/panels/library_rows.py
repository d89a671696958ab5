"""The rows of the library's table: sorted and filtered in one go, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, assert_never

from memplan.engines.registry import default_engine
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.library.assess import Assessment
from memplan.library.entry import Entry
from memplan.library.find import Condition
from memplan.planning.planner import Status
from memplan.theme import Theme
from memplan.units import ByteUnits, format_bytes, format_exact_bytes
from memplan.wording.library import (
    condition_text,
    granted_text,
    largest_text,
    program_title,
    size_text,
    start_text,
)
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from memplan_gui.panels.assessment_colour import assessment_colour
from memplan_gui.widgets.tooltips import as_written

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX: Final = QModelIndex()
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

PLANNED: Final = frozenset({Condition.MODEL, Condition.CUT_OFF})
"""What is planned: a model, whole or not."""


class Column(IntEnum):
    """The columns, from the left."""

    MODEL = 0
    QUANTISATION = 1
    SIZE = 2
    VERDICT = 3
    CONTEXT = 4
    LARGEST = 5
    WHERE = 6


TITLES: Final[Mapping[Column, str]] = exhaustive(
    Column,
    {
        Column.MODEL: marked("Model"),
        Column.QUANTISATION: marked("Quantisation"),
        Column.SIZE: marked("Size"),
        Column.VERDICT: marked("Verdict"),
        Column.CONTEXT: marked("Starts with"),
        Column.LARGEST: marked("Largest"),
        Column.WHERE: marked("Found by"),
    },
)

_HELP: Final[Mapping[Column, str]] = exhaustive(
    Column,
    {
        Column.MODEL: marked("What its author calls it"),
        Column.QUANTISATION: marked("File type of the header"),
        Column.SIZE: marked("All files of the model on the disk"),
        Column.VERDICT: marked("What a start does on the machine at the left"),
        Column.CONTEXT: marked("Context with which the engine starts, in tokens"),
        Column.LARGEST: marked("Largest context that fits with nothing moved, in tokens"),
        Column.WHERE: marked("The program that keeps it"),
    },
)

_NUMBERS: Final = frozenset({Column.SIZE, Column.CONTEXT, Column.LARGEST})


@dataclass(slots=True, eq=False)
class Row:
    """A file in the list.

    Attributes:
        entry: the file.
        answer: what a start does; ``None`` before that is planned, or where it cannot be.
        planned: whether somebody tried to plan it.
        words: what the user may look for in it.
    """

    entry: Entry
    answer: Assessment | None = None
    planned: bool = False
    words: str = ""

    def __post_init__(self) -> None:
        self.show(self.entry)

    def show(self, entry: Entry) -> None:
        """Take what is known of the file by now."""
        self.entry = entry
        found, summary = entry.found, entry.summary
        architecture = summary.architecture if summary else ""
        place = f"{found.label} {found.folder} {program_title(found.program)}"
        self.words = f"{entry.name} {entry.quantisation} {architecture} {place}".casefold()


def _name_key(row: Row) -> Any:
    return row.entry.name.casefold(), row.entry.found.size_bytes


def _verdict_key(row: Row) -> Any:
    """The best first: whole, tight, moved, not at all, not run, unknown, no model."""
    answer = row.answer
    if row.entry.condition not in PLANNED:
        return 6, condition_text(row.entry)
    if answer is None:
        return 5, ""
    if not answer.runs:
        return 4, ""
    if not answer.starts:
        return 3, ""
    return 2 if answer.moved else int(answer.status is Status.TIGHT), ""


def _number_key(number: Callable[[Assessment], int]) -> Callable[[Row], Any]:
    return lambda row: -1 if row.answer is None else number(row.answer)


_KEYS: Final[Mapping[Column, Callable[[Row], Any]]] = exhaustive(
    Column,
    {
        Column.MODEL: _name_key,
        Column.QUANTISATION: lambda row: row.entry.quantisation,
        Column.SIZE: lambda row: row.entry.found.size_bytes,
        Column.VERDICT: _verdict_key,
        Column.CONTEXT: _number_key(lambda answer: answer.granted_tokens),
        Column.LARGEST: _number_key(lambda answer: answer.largest_tokens),
        Column.WHERE: lambda row: (row.entry.found.program, row.entry.found.folder),
    },
)


class LibraryRows(QAbstractTableModel):
    """All rows, and those of them that are shown."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._units = ByteUnits.BINARY
        self._engine: str = default_engine().name
        self._rows: dict[str, Row] = {}
        self._shown: list[Row] = []
        self._words: tuple[str, ...] = ()
        self._order: tuple[Column, Qt.SortOrder] | None = None

    # What is shown

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these files, and no others; what was read or planned of one stays."""
        known = self._rows
        rows: dict[str, Row] = {}
        for entry in entries:
            old = known.get(entry.found.source)
            same = old is not None and old.entry.found == entry.found
            rows[entry.found.source] = old if old is not None and same else Row(entry)
        self.beginResetModel()
        self._rows = rows
        self._shown = self._arranged()
        self.endResetModel()

    def update_entries(self, entries: Iterable[Entry]) -> None:
        """Say what the headers of some files say."""
        for entry in entries:
            row = self._rows.get(entry.found.source)
            if row is not None:
                row.show(entry)
        self._arrange()

    def update_answers(self, engine: str, answers: Iterable[tuple[str, Assessment | None]]) -> None:
        """Say what starts of some models do on an engine."""
        self._engine = engine
        for source, answer in answers:
            row = self._rows.get(source)
            if row is not None:
                row.answer, row.planned = answer, True
        self._arrange()

    def forget_answers(self) -> None:
        """No answer counts any more."""
        for row in self._rows.values():
            row.answer, row.planned = None, False
        self._arrange()

    def set_filter(self, text: str) -> None:
        """Show the rows that have all of these words in what they say."""
        self._words = tuple(text.casefold().split())
        self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._tell_all()

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        self._tell_all()

    def row_at(self, index: int) -> Row:
        """A shown row."""
        return self._shown[index]

    def _arranged(self) -> list[Row]:
        rows = [row for row in self._rows.values() if self._matches(row)]
        if self._order is not None:
            column, order = self._order
            rows.sort(key=_KEYS[column], reverse=order is Qt.SortOrder.DescendingOrder)
        return rows

    def _matches(self, row: Row) -> bool:
        return all(word in row.words for word in self._words)

    def _arrange(self) -> None:
        """Put the shown rows in order; what is selected stays so."""
        rows = self._arranged()
        if rows == self._shown:
            self._tell_all()
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        sources = [self._shown[index.row()].entry.found.source for index in old]
        self._shown = rows
        places = {row.entry.found.source: number for number, row in enumerate(rows)}
        self.changePersistentIndexList(
            old,
            [
                self.index(places[source], index.column()) if source in places else QModelIndex()
                for source, index in zip(sources, old, strict=True)
            ],
        )
        self.layoutChanged.emit()

    def _tell_all(self) -> None:
        if self._shown:
            last = self.index(len(self._shown) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # What Qt asks

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Number of shown rows."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(Column)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; by none, in the order in which files were found."""
        self._order = None if column < 0 else (Column(column), order)
        self._arrange()

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """The title of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in _NUMBERS else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(_HELP[column])
        return tr(TITLES[column]) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says and how it looks."""
        row, column = self._shown[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in _NUMBERS else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_written(self._tooltip(row, column))
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column)
        return None

    def _text(self, row: Row, column: Column) -> str:
        entry, answer = row.entry, row.answer
        match column:
            case Column.MODEL:
                return entry.name
            case Column.QUANTISATION:
                return entry.quantisation
            case Column.SIZE:
                return format_bytes(entry.found.size_bytes, self._units)
            case Column.VERDICT:
                if answer is None:
                    return condition_text(entry) or (
                        tr("Cannot be planned") if row.planned else "…"
                    )
                return start_text(entry, answer, self._engine, self._units)
            case Column.CONTEXT:
                return "" if answer is None else granted_text(answer)
            case Column.LARGEST:
                return "" if answer is None else largest_text(answer)
            case Column.WHERE:
                return program_title(entry.found.program)
            case _:
                assert_never(column)

    def _tooltip(self, row: Row, column: Column) -> str:
        entry = row.entry
        if column is Column.SIZE:
            exact = format_exact_bytes(entry.found.size_bytes)
            whole = size_text(entry, self._units)
            return f"{whole}\n{exact}" if entry.condition is Condition.CUT_OFF else exact
        if column is Column.VERDICT and entry.detail:
            return entry.detail[:1].upper() + entry.detail[1:]
        if column in (Column.MODEL, Column.WHERE):
            return f"{entry.found.label}\n{entry.found.folder}"
        return self._text(row, column)

    def _colour(self, row: Row, column: Column) -> QColor | None:
        theme, answer = self._theme, row.answer
        if row.entry.condition not in PLANNED:
            return QColor(theme.text_muted)
        if column is not Column.VERDICT or answer is None:
            return None
        return QColor(assessment_colour(answer, theme))
