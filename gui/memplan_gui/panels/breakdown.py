"""The table of components at one context: where they live, their bytes, their share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from memplan.language import marked, ntr, tr
from memplan.memory.component import Part
from memplan.planning.planner import Plan, Usage
from memplan.theme import Theme
from memplan.units import MIB, ByteUnits, format_bytes, format_count
from memplan.wording.help.topics import HelpTopic, Topic
from memplan.wording.titles import COMPONENT_TITLES, PLACE_TITLES
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from memplan_gui.presenter import BreakdownRow, breakdown_rows, table_text
from memplan_gui.text_size import scaled
from memplan_gui.widgets.focus_ring import FocusRing
from memplan_gui.widgets.form import describe

_Index = QModelIndex | QPersistentModelIndex

_TITLE, _WHERE, _SIZE, _BYTES, _SHARE, _BAR = range(6)
_HEADERS: Final = ("", marked("Where"), marked("Size"), marked("Bytes"), marked("Of budget"), "")
_ROW_HEIGHT = 27
_USUAL_ROWS = 6
_SWATCH = 11
_BAR_HEIGHT = 7
_PADDING = 8
_STYLE_PADDING = 3
"""What the style itself leaves beside a text."""

_LONGEST_BAR = 240
_SHORTEST_BAR = 48
"""A shorter one would tell nothing."""
_SCROLL_BAR = 10
_GIVING_WAY: Final = (_BYTES, _WHERE)
"""The columns that are left out where there is no room, the first first; tooltips have them."""


class BreakdownModel(QAbstractTableModel):
    """The rows of :func:`memplan_gui.presenter.breakdown_rows`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.rows: tuple[BreakdownRow, ...] = ()
        self._whats_this: dict[tuple[int, int], object] = {}
        self._heading = ""

    def show_rows(self, rows: tuple[BreakdownRow, ...], heading: str) -> None:
        """Show other rows; the view keeps its selection where their number stays.

        Only cells that are others are painted again: a dragged budget changes few.
        """
        if len(rows) == len(self.rows):
            before, self.rows = self.rows, rows
            for row, (old, new) in enumerate(zip(before, rows, strict=True)):
                for column in _changed_columns(old, new):
                    cell = self.index(row, column)
                    self.dataChanged.emit(cell, cell)
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        if heading != self._heading:
            self._heading = heading
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)

    def rowCount(self, parent: _Index | None = None) -> int:
        """Number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

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
            return self._heading if section == _TITLE else _header(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_alignment(section))
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows, by role."""
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return cells(row)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_alignment(column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tooltip
        if role == Qt.ItemDataRole.WhatsThisRole:
            return self._whats_this.get((index.row(), column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(cell for cell in cells(row) if cell) if column == 0 else None
        if role == Qt.ItemDataRole.FontRole and row.total:
            font = QFont(QGuiApplication.font())
            font.setWeight(QFont.Weight.DemiBold)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and row.share is None and not row.total:
            return QColor(self.theme.text_muted)
        return None

    def setData(  # noqa: N802
        self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Keep what explains a cell; nothing else can be changed."""
        if role != Qt.ItemDataRole.WhatsThisRole:
            return False
        self._whats_this[index.row(), index.column()] = value
        return True


def cells(row: BreakdownRow) -> tuple[str, ...]:
    """A row's texts, column by column; the bar has none."""
    return (row.title, row.where, row.size, row.bytes_text, row.share_text, "")


def _header(section: int) -> str:
    return tr(_HEADERS[section]) if _HEADERS[section] else ""


def _widest_texts() -> tuple[tuple[str, ...], ...]:
    """The widest texts of each column but the last: widths that follow live numbers would jump."""
    return (
        (tr("Counts against the budget"), ntr("At {count} token", "At {count} tokens", 10**6)),
        (_header(_WHERE), *(tr(title) for title in PLACE_TITLES.values())),
        (_header(_SIZE), f"≈ {format_bytes(1023 * MIB)}"),
        (_header(_BYTES), format_count(9_999_999_999_999)),
        (_header(_SHARE), tr("not counted")),
    )


def _changed_columns(old: BreakdownRow, new: BreakdownRow) -> Iterable[int]:
    """The columns in which a row looks different from another."""
    if _look(old) != _look(new):
        return range(len(_HEADERS))
    texts = enumerate(zip(cells(old), cells(new), strict=True))
    changed = [column for column, (before, after) in texts if before != after]
    return changed if old.share == new.share else [*changed, _BAR]


def _look(row: BreakdownRow) -> tuple[object, ...]:
    """What the colours and the weight of a row's texts depend on."""
    return row.kind, row.part, row.total, row.share is None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if _SIZE <= column <= _SHARE else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class _RowDelegate(QStyledItemDelegate):
    """Draws the swatch before a component's name, the bar of its share, and the lines."""

    def __init__(self, model: BreakdownModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        inset = scaled(_PADDING) - _STYLE_PADDING
        option.rect = option.rect.adjusted(inset, 0, -inset, 0)
        if index.column() == _TITLE and not self._model.rows[index.row()].total:
            option.rect = option.rect.adjusted(scaled(_SWATCH + 8), 0, 0, 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect = QRectF(option.rect)
        row = self._model.rows[index.row()]
        super().paint(painter, option, index)
        theme = self._model.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if index.column() == _TITLE and row.kind is not None:
            side, radius = scaled(_SWATCH), scaled(3)
            top = rect.center().y() - side / 2
            swatch = QRectF(rect.x() + scaled(_PADDING), top, side, side)
            painter.setBrush(QColor(theme.fill(row.kind, row.part)))
            if row.part is not Part.MODEL:
                painter.setPen(QPen(QColor(theme.components[row.kind]), 1))
            painter.drawRoundedRect(swatch, radius, radius)
            painter.setPen(Qt.PenStyle.NoPen)
        if index.column() == _BAR and row.share is not None and row.kind is not None:
            _draw_bar(painter, rect, row.share, theme.grid, theme.fill(row.kind, row.part))
        if index.row() + 1 < len(self._model.rows):
            painter.fillRect(QRectF(rect.x(), rect.bottom() - 1, rect.width(), 1), theme.grid)
        painter.restore()


def _draw_bar(painter: QPainter, rect: QRectF, share: float, track: str, colour: str) -> None:
    height, left = scaled(_BAR_HEIGHT), rect.x() + scaled(_PADDING)
    width = min(rect.width() - 2 * scaled(_PADDING), scaled(_LONGEST_BAR))
    if width < scaled(_SHORTEST_BAR):
        return
    top, radius = rect.center().y() - height / 2, height / 2
    painter.setBrush(QColor(track))
    painter.drawRoundedRect(QRectF(left, top, width, height), radius, radius)
    filled = width * min(max(share, 0.0), 1.0)
    if filled > 0.5:
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(left, top, filled, height), radius, radius)


class BreakdownTable(QTableView):
    """The components at the plan's context, or at the one that the chart reads out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("breakdown")
        self._table = BreakdownModel(theme)
        self._units = ByteUnits.BINARY
        self._plan: Plan | None = None
        self._usage: Usage | None = None
        self._read_out_tokens: int | None = None
        self.setModel(self._table)
        self.setItemDelegate(_RowDelegate(self._table, self))
        describe(
            self,
            tr("Breakdown"),
            tr("Bytes of each component at one context. Ctrl+C copies rows"),
        )
        self.setToolTip("")  # each row has its own
        self._prepare()
        FocusRing(self)

    def _prepare(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(scaled(_ROW_HEIGHT))
        rows.setDefaultSectionSize(scaled(_ROW_HEIGHT))
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(_BAR, QHeaderView.ResizeMode.Stretch)
        columns.setMinimumSectionSize(scaled(4))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetrics(font)
        padding = 2 * scaled(_PADDING) + 2
        self._widths = [
            max(metrics.horizontalAdvance(text) for text in texts) + padding
            for texts in _widest_texts()
        ]
        named = max(metrics.horizontalAdvance(tr(title)) for title in COMPONENT_TITLES.values())
        self._widths[_TITLE] = max(self._widths[_TITLE], named + scaled(_SWATCH + 8) + padding)
        for column, width in enumerate(self._widths):
            columns.resizeSection(column, width)

    def show_plan(self, plan: Plan) -> None:
        """Show the components at the context that is read out, else at the plan's own."""
        self._plan = plan
        tokens = self._read_out_tokens
        self.show_usage(None if tokens is None else plan.usage_at(tokens))

    def show_usage(self, usage: Usage | None) -> None:
        """Show the components at a context that is read out; ``None``: at the plan's own."""
        self._read_out_tokens = None if usage is None else usage.context_tokens
        if self._plan is None:
            return
        self._usage = usage if usage is not None else self._plan.at
        rows = breakdown_rows(self._plan, self._usage, self._units)
        heading = ntr("At {count} token", "At {count} tokens", self._usage.context_tokens)
        another_height = len(rows) != len(self._table.rows)
        self._table.show_rows(rows, heading)
        if another_height:
            self.updateGeometry()

    def cell_topic(self, row: int, column: int) -> Topic | None:
        """What a cell is about: its component, or its share."""
        if not 0 <= row < len(self._table.rows):
            return None
        shown = self._table.rows[row]
        of_share = column in (_SHARE, _BAR) and shown.kind is not None
        return HelpTopic.SHARE_OF_BUDGET if of_share else shown.topic

    def shown_usage(self) -> Usage | None:
        """The bytes in the table."""
        return self._usage

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        if self._plan is not None:
            self.show_plan(self._plan)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._table.theme = theme
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy whole rows, where Qt would copy one cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room, so that nobody has to scroll sideways for a number."""
        super().resizeEvent(event)
        # Not the viewport's width, which changes with what is left out.
        missing = sum(self._widths) + scaled(_SCROLL_BAR) - self.width()
        for column in _GIVING_WAY:
            self.setColumnHidden(column, missing > 0)
            missing -= self._widths[column]

    def copy_rows(self) -> None:
        """Put the selected rows, or all, on the clipboard."""
        chosen = sorted({index.row() for index in self.selectedIndexes()})
        rows = [self._table.rows[row] for row in chosen] or self._table.rows
        QGuiApplication.clipboard().setText(table_text(cells(row)[:_BAR] for row in rows))

    def sizeHint(self) -> QSize:
        """Preferred size."""
        height = self.horizontalHeader().sizeHint().height() + 4
        return QSize(500, height + scaled(_ROW_HEIGHT) * max(len(self._table.rows), _USUAL_ROWS))


class BreakdownTab(QWidget):
    """The table of components, and above it where the layers are."""

    def __init__(self, above: QWidget, table: BreakdownTable) -> None:
        super().__init__()
        self.setFocusProxy(table)
        table.setMinimumHeight(scaled(_ROW_HEIGHT))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(above)
        column.addWidget(table, 1)
