"""A bar for each memory of the machine: how full it is, and with what."""

from __future__ import annotations

from dataclasses import dataclass

from memplan.planning.planner import Plan, PoolUsage, Share, Usage
from memplan.theme import LIGHT, Theme
from memplan.units import ByteUnits, format_bytes
from memplan.wording.help.topics import HelpTopic
from memplan.wording.pools import pool_title, pool_use
from memplan.wording.titles import placed_title
from PySide6.QtCore import QLineF, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QWidget

from memplan_gui.text_size import scaled
from memplan_gui.widgets.tooltips import as_written
from memplan_gui.widgets.topics import explain

_TWO_COLUMNS_FROM = 560
"""Pixels from which on two bars have room beside each other."""

_GAP = 10
_PAD = 6
_BAR_HEIGHT = 12
_SPARE = 2
"""Pixels beyond a text's width, which is rounded: of what just fits, nothing must be left out."""

_MOST_NAME = 0.4
"""The part of a bar's width that its name may take."""


@dataclass(frozen=True, slots=True)
class _Fill:
    """What a bar shows.

    Attributes:
        title: name of the memory.
        use: what is taken of it, in words.
        usage: the same in numbers.
        shares: bytes of each component in it, from the left.
        scale_bytes: bytes of the whole bar's width.
    """

    title: str
    use: str
    usage: PoolUsage
    shares: tuple[Share, ...]
    scale_bytes: int


class MemoryBar(QRadioButton):
    """One memory: its name, a bar filled by component, and how much of it is taken.

    Attributes:
        pool_id: id of the memory.
    """

    def __init__(self, pool_id: str, theme: Theme) -> None:
        super().__init__()
        self.pool_id = pool_id
        self._theme = theme
        self._fill: _Fill | None = None
        self._name_width = self._use_width = 0
        self.setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def show_fill(self, fill: _Fill, units: ByteUnits) -> None:
        """Show what the memory holds."""
        if fill == self._fill:
            return
        self._fill = fill
        self.setAccessibleName(f"{fill.title}: {fill.use}")
        titles = [placed_title(share.kind, share.where, share.part) for share in fill.shares]
        sizes = [format_bytes(share.bytes, units) for share in fill.shares]
        lines = [f"{title}: {size}" for title, size in zip(titles, sizes, strict=True)]
        self.setAccessibleDescription(". ".join(lines))
        self.setToolTip(as_written("\n".join([f"{fill.title}: {fill.use}", *lines])))
        self.update()

    def texts(self) -> tuple[str, str]:
        """The name and the words behind the bar."""
        return ("", "") if self._fill is None else (self._fill.title, self._fill.use)

    def set_widths(self, name_width: int, use_width: int) -> None:
        """Leave so much room for the texts, so that bars below each other begin and end alike."""
        if (name_width, use_width) != (self._name_width, self._use_width):
            self._name_width, self._use_width = name_width, use_width
            self.update()

    def sizeHint(self) -> QSize:
        """As tall as a line of text."""
        height = self.fontMetrics().height() + scaled(_PAD)
        return QSize(scaled(200), height)

    def minimumSizeHint(self) -> QSize:
        """Narrower, the bar gives way."""
        return QSize(scaled(120), self.sizeHint().height())

    def hitButton(self, position: QPoint) -> bool:  # noqa: N802
        """Everything can be clicked."""
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint name, bar and words."""
        if self._fill is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pad, gap = scaled(_PAD), scaled(_GAP)
        area = QRectF(self.rect()).adjusted(pad, 0, -pad, 0)
        name_width = min(self._name_width, round(area.width() * _MOST_NAME))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.text))
        name = _shortened(self._fill, QFontMetrics(font), name_width)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(area.left(), 0, name_width, self.height()), middle, name)
        painter.setFont(self.font())
        over = not self._fill.usage.fits
        painter.setPen(QColor(self._theme.error if over else self._theme.text_muted))
        use = QRectF(area.right() - self._use_width, 0, self._use_width, self.height())
        painter.drawText(use, middle | Qt.AlignmentFlag.AlignRight, self._fill.use)
        height = min(scaled(_BAR_HEIGHT), self.height())
        left = area.left() + name_width + gap
        bar = QRectF(left, (self.height() - height) / 2, use.left() - gap - left, height)
        if bar.width() > height:
            self._paint_bar(painter, bar, self._fill)
        if self.hasFocus():
            ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(QColor(self._theme.focus), 2 * self._theme.border_pixels))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ring, 5, 5)
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: QRectF, fill: _Fill) -> None:
        """The track, the components from the left, and what is over the budget hatched."""
        theme, radius = self._theme, scaled(3)
        path = QPainterPath()
        path.addRoundedRect(bar, radius, radius)
        limited = fill.usage.pool.budget_bytes is not None
        painter.save()
        painter.setClipPath(path)
        if limited:
            painter.fillRect(bar, QColor(theme.grid))
        x, pixels = bar.left(), bar.width() / max(fill.scale_bytes, 1)
        for share in fill.shares:
            width = share.bytes * pixels
            segment = QRectF(x, bar.top(), width, bar.height())
            painter.fillRect(segment, QColor(theme.fill(share.kind, share.part)))
            x += width
        budget_bytes = fill.usage.pool.budget_bytes
        if budget_bytes is not None and fill.usage.bytes > budget_bytes:
            start = bar.left() + budget_bytes * pixels
            beyond = QRectF(start, bar.top(), bar.right() - start, bar.height())
            veil = QColor(theme.card)
            veil.setAlphaF(0.55)
            painter.fillRect(beyond, veil)
            painter.fillRect(beyond, QBrush(QColor(theme.budget), Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(QColor(theme.budget), scaled(2)))
            painter.drawLine(QLineF(start, bar.top(), start, bar.bottom()))
        painter.restore()
        outline = QPen(QColor(theme.text if self.isChecked() else theme.text_muted), 1)
        if not limited:
            outline.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)


def _shortened(fill: _Fill, metrics: QFontMetrics, width: int) -> str:
    """A memory's name, as much of it as there is room for; its maker is the first to go."""
    title = fill.title
    if metrics.horizontalAdvance(title) > width and " " in fill.usage.pool.name:
        maker = fill.usage.pool.name.split()[0]
        title = title.replace(f"{maker} ", "", 1)
    return metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, width)


class MemoryBars(QWidget):
    """The bars of all memories, two in a row where there is room.

    Signals:
        pool_chosen(str): the user wants to see the memory of this id.
    """

    pool_chosen = Signal(str)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self.setObjectName("memory_bars")
        self._theme = theme
        self._units = ByteUnits.BINARY
        self._plan: Plan | None = None
        self._usage: Usage | None = None
        self._shown_id = ""
        self.bars: tuple[MemoryBar, ...] = ()
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(scaled(_GAP))
        self._grid.setVerticalSpacing(scaled(2))
        self._columns = 0

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        for bar in self.bars:
            bar.set_theme(theme)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        self._fill()

    def show_plan(self, plan: Plan, shown_id: str) -> None:
        """Show how full each memory is; the chart shows the one with the id ``shown_id``."""
        tokens = None if self._usage is None else self._usage.context_tokens
        self._plan, self._shown_id = plan, shown_id
        self._usage = None if tokens is None else plan.usage_at(tokens)
        ids = [pool.id for pool in plan.request.machine.pools]
        if ids != [bar.pool_id for bar in self.bars]:
            self._make_bars(ids)
        for bar in self.bars:
            bar.setChecked(bar.pool_id == shown_id)
        self._fill()

    def show_usage(self, usage: Usage | None) -> None:
        """Show another context, the one that is read out; ``None``: the plan's."""
        self._usage = usage
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put bars beside each other, or not."""
        super().resizeEvent(event)
        self._arrange()

    def _make_bars(self, ids: list[str]) -> None:
        for bar in self.bars:
            self._group.removeButton(bar)
            self._grid.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        self.bars = tuple(MemoryBar(pool_id, self._theme) for pool_id in ids)
        for bar in self.bars:
            explain(HelpTopic.COUNTS, bar)
            self._group.addButton(bar)
            bar.clicked.connect(lambda _checked, pool_id=bar.pool_id: self._choose(pool_id))
        self._columns = 0
        self._arrange()

    def _choose(self, pool_id: str) -> None:
        if pool_id != self._shown_id:
            self.pool_chosen.emit(pool_id)

    def _arrange(self) -> None:
        columns = 2 if len(self.bars) > 1 and self.width() >= scaled(_TWO_COLUMNS_FROM) else 1
        if columns == self._columns:
            return
        self._columns = columns
        for index, bar in enumerate(self.bars):
            self._grid.addWidget(bar, index // columns, index % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, int(column < columns))
        self._align()

    def _fill(self) -> None:
        """Hand each bar what its memory holds."""
        plan = self._plan
        if plan is None:
            return
        usage = self._usage or plan.at
        machine = plan.request.machine
        largest = max(pool.budget_bytes or 0 for pool in machine.devices)
        for bar in self.bars:
            held = usage.pool(bar.pool_id)
            budget_bytes = held.pool.budget_bytes
            fill = _Fill(
                pool_title(held.pool, machine),
                pool_use(held, self._units),
                held,
                tuple(share for share in usage.shares if share.pool == bar.pool_id),
                max(largest if budget_bytes is None else budget_bytes, held.bytes),
            )
            bar.show_fill(fill, self._units)
        self._align()

    def _align(self) -> None:
        """Give the bars that are below each other the same room for their texts."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        width = QFontMetrics(font).horizontalAdvance
        for column in range(self._columns):
            bars = self.bars[column :: self._columns]
            texts = [bar.texts() for bar in bars]
            names = max((width(name) for name, _ in texts), default=0) + _SPARE
            uses = max((width(use) for _, use in texts), default=0) + _SPARE
            for bar in bars:
                bar.set_widths(names, uses)
