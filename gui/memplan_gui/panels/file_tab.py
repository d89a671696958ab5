"""What the file itself says: key-values and tensors, with a filter."""

from __future__ import annotations

from typing import Final

from memplan.language import marked, tr
from memplan.model import Model
from memplan.reader.header import Array, Value
from memplan.units import format_count, format_exact_bytes
from memplan.wording.help.topics import HelpTopic
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.focus_ring import FocusRing
from memplan_gui.widgets.form import describe
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.tooltips import as_written
from memplan_gui.widgets.topics import explain

_Index = QModelIndex | QPersistentModelIndex
_Row = tuple[str, str, str]

_HEADERS: Final = (marked("Name"), marked("Type"), marked("Value"))
_LONGEST_VALUE = 200
_MOST_NUMBERS = 12


def file_rows(model: Model) -> tuple[_Row, ...]:
    """Name, type and value of every key-value, then name, type and shape of every tensor."""
    values = [
        (key, value.type.name.lower(), _value_text(value))
        for key, value in model.metadata.values.items()
    ]
    tensors = [
        (
            tensor.name,
            tensor.type_name,
            f"{' × '.join(format_count(size) for size in tensor.dimensions)}"
            f" · {format_exact_bytes(tensor.bytes)}",
        )
        for tensor in model.tensors
    ]
    return (*values, *tensors)


def _value_text(value: Value) -> str:
    found = value.value
    if not isinstance(found, Array):
        text = " ".join(str(found).split())
        return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    kind = found.element_type.name.lower()
    numbers = found.numbers() if found.count <= _MOST_NUMBERS else None
    listed = "" if numbers is None else ": " + ", ".join(f"{number:g}" for number in numbers)
    return f"{format_count(found.count)} × {kind}{listed}"


class FileModel(QAbstractTableModel):
    """The rows of :func:`file_rows`."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[_Row, ...] = ()

    def show_rows(self, rows: tuple[_Row, ...]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Heading of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(_HEADERS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows, by role."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_written(self._rows[index.row()][index.column()])
        return None


class FileTab(QWidget):
    """Filled when it is first seen: a model has hundreds of tensors, and most people never look."""

    def __init__(self) -> None:
        super().__init__()
        self._model: Model | None = None
        self._filled: Model | None = None
        self._rows = FileModel()
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self._rows)
        self._filtered.setFilterKeyColumn(-1)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(
            tr("such as {examples}").format(examples="rope, ffn_gate, Q6_K")
        )
        self.filter.setClearButtonEnabled(True)
        describe(self.filter, tr("Filter"), tr("Show only rows that contain this text (Ctrl+F)"))
        self._count = label("muted")
        self.table = QTableView()
        self._lay_out()
        self.filter.textChanged.connect(self._filter)

    def _lay_out(self) -> None:
        explain(HelpTopic.MODEL_FACTS, self)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.filter.setFocus)
        caption = QLabel(tr("Filter"))
        caption.setBuddy(self.filter)
        row = QHBoxLayout()
        row.setContentsMargins(scaled_margins(8, 8, 8, 4))
        row.setSpacing(scaled(10))
        row.addWidget(caption)
        row.addWidget(self.filter, 1)
        row.addWidget(self._count)
        table = self.table
        table.setObjectName("file_table")
        table.setModel(self._filtered)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(scaled(24))
        table.verticalHeader().setMinimumSectionSize(scaled(24))
        columns = table.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        columns.setStretchLastSection(True)
        columns.resizeSection(0, scaled(260))
        columns.resizeSection(1, scaled(80))
        describe(table, tr("Key-values and tensors"), tr("What the file's header says"))
        table.setToolTip("")  # each cell has its own
        FocusRing(table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(2))
        layout.addLayout(row)
        layout.addWidget(table, 1)

    def show_model(self, model: Model) -> None:
        """Show what another file says."""
        self._model = model
        if self.isVisible():
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Fill the table."""
        super().showEvent(event)
        self._fill()

    def _fill(self) -> None:
        if self._model is not None and self._model is not self._filled:
            self._rows.show_rows(file_rows(self._model))
            self._filled = self._model
            self._count_rows()

    def _filter(self, text: str) -> None:
        self._filtered.setFilterFixedString(text)
        self._count_rows()

    def _count_rows(self) -> None:
        shown, every = self._filtered.rowCount(), self._rows.rowCount()
        text = tr("{shown} of {every}").format(shown=format_count(shown), every=format_count(every))
        self._count.setText(text)
