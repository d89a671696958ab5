"""The card that shows every component at one context, to the byte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from memplan.language import ntr, tr
from memplan.memory.component import Place
from memplan.planning.planner import PoolUsage, Share, Usage
from memplan.theme import Theme
from memplan.units import ByteUnits, format_bytes, format_exact_bytes
from memplan.wording.titles import component_title, placed_title
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from memplan_gui.plot.overlay import Overlay
from memplan_gui.plot.series import own_pool
from memplan_gui.text_size import BASE_FONT_PIXELS, scaled

_PAD = 12
_SWATCH = 10
_COLUMN_GAP = 16
_DISTANCE = 16


class ReadOutCard(QWidget):
    """A card beside the cursor, transparent to the mouse; the chart places it."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = theme
        self._rows: list[_Row] = []
        self._title = ""
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def show_usage(
        self,
        usage: Usage,
        pool: str,
        overlays: Iterable[Overlay],
        units: ByteUnits,
        pinned: bool,
    ) -> None:
        """Show a usage, summed for one memory, and what other plans need at the same context.

        The caller places the card afterwards, with ``place_beside``.
        """
        title = ntr("{count} token", "{count} tokens", usage.context_tokens)
        self._title = tr("{title} · pinned").format(title=title) if pinned else title
        self._rows = [
            *(_share_row(share, pool, units) for share in usage.shares),
            *_sums(usage.pool(pool), units),
            *(_overlay_row(overlay, usage.context_tokens, pool, units) for overlay in overlays),
        ]
        self.resize(self.sizeHint())
        self.show()
        self.update()

    def place_beside(self, point: QPointF, area: QRectF) -> None:
        """Lie beside ``point`` and inside ``area``, not on the point where that can be."""
        self._fit_into(area)
        x = point.x() + _DISTANCE
        if x + self.width() > area.right():
            x = point.x() - _DISTANCE - self.width()
        y = point.y() - self.height() / 2
        x = max(min(x, area.right() - self.width()), area.left())
        y = max(min(y, area.bottom() - self.height()), area.top())
        self.move(round(x), round(y))

    def _fit_into(self, area: QRectF) -> None:
        """Write smaller, but not below 100 %, where larger texts have no room."""
        beside = self.parentWidget()
        font = QFont(self.font() if beside is None else beside.font())
        for pixels in range(font.pixelSize(), BASE_FONT_PIXELS - 1, -1):
            font.setPixelSize(pixels)
            self.setFont(font)
            hint = self.sizeHint()
            if hint.width() <= area.width() and hint.height() <= area.height():
                break
        self.resize(self.sizeHint())

    def text(self) -> str:
        """What the card says, for a screen reader."""
        return ". ".join([self._title, *(f"{row.name}: {row.exact}" for row in self._rows)])

    def sizeHint(self) -> QSize:
        """Room for all rows."""
        pad = scaled(_PAD)
        width = scaled(_SWATCH + 8) + sum(self._columns()) + 2 * scaled(_COLUMN_GAP)
        width = max(width, QFontMetrics(self._bold()).horizontalAdvance(self._title)) + 2 * pad
        return QSize(width, (len(self._rows) + 1) * self._line() + 2 * pad + 2)

    def _line(self) -> int:
        return QFontMetrics(self.font()).height() + 3

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _columns(self) -> tuple[int, int, int]:
        """Widths of names, sizes and exact bytes, as wide as they would be in bold."""
        width = QFontMetrics(self._bold()).horizontalAdvance
        return (
            max((width(row.name) for row in self._rows), default=0),
            max((width(row.size) for row in self._rows), default=0),
            max((width(row.exact) for row in self._rows), default=0),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint title and rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.border), self._theme.border_pixels))
        painter.setBrush(QColor(self._theme.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        line, pad = self._line(), scaled(_PAD)
        painter.setPen(QColor(self._theme.text))
        painter.setFont(self._bold())
        title = QRectF(pad, pad, self.width() - 2 * pad, line)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, self._title)
        for index, row in enumerate(self._rows):
            self._paint_row(painter, row, pad + 2 + (index + 1) * line)
        painter.end()

    def _paint_row(self, painter: QPainter, row: _Row, top: float) -> None:
        theme, line = self._theme, self._line()
        names, sizes, exact = self._columns()
        side, gap = scaled(_SWATCH), scaled(_COLUMN_GAP)
        if row.share is not None:
            swatch = QRectF(scaled(_PAD), top + (line - side) / 2, side, side)
            colour = QColor(theme.fill(row.share.kind, row.share.part))
            painter.setPen(QPen(QColor(theme.components[row.share.kind]), 1.5))
            painter.setBrush(colour if row.counted else QColor(theme.card))
            painter.drawRoundedRect(swatch, 3, 3)
        painter.setFont(self._bold() if row.strong else self.font())
        painter.setPen(QColor(theme.text if row.counted else theme.text_muted))
        x = float(scaled(_PAD + _SWATCH + 8))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(x, top, names, line), Qt.AlignmentFlag.AlignVCenter, row.name)
        x += names + gap
        painter.drawText(QRectF(x, top, sizes, line), right, row.size)
        x += sizes + gap
        painter.drawText(QRectF(x, top, exact, line), right, row.exact)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the card: a component's, or another where ``share`` is ``None``.

    ``counted`` is whether it is part of the sum, that is in the memory that is shown.
    """

    name: str
    size: str
    exact: str
    share: Share | None = None
    strong: bool = False
    counted: bool = True


def _share_row(share: Share, pool: str, units: ByteUnits) -> _Row:
    on_host = share.where is Place.HOST
    name = (
        placed_title(share.kind, share.where, share.part)
        if on_host
        else component_title(share.kind, share.part)
    )
    exact = format_exact_bytes(share.bytes)
    if not share.exact:
        exact = f"≈ {exact} ± {format_bytes(share.band_bytes, units)}"
    counted = share.pool == pool
    return _Row(name, format_bytes(share.bytes, units), exact, share, counted=counted)


def _overlay_row(overlay: Overlay, context_tokens: int, pool: str, units: ByteUnits) -> _Row:
    ceiling_tokens = overlay.plan.markers.ceiling_tokens
    if context_tokens > ceiling_tokens:
        end = ntr("ends at {count} token", "ends at {count} tokens", ceiling_tokens)
        return _Row(overlay.name, "–", end)
    usage = overlay.plan.usage_at(context_tokens)
    count = usage.pool(own_pool(overlay.plan, pool)).bytes
    return _Row(overlay.name, format_bytes(count, units), format_exact_bytes(count))


def _sums(usage: PoolUsage, units: ByteUnits) -> list[_Row]:
    headroom = usage.headroom_bytes
    if headroom is None:
        counts = [(tr("Taken, not limited"), usage.bytes)]
    else:
        word = tr("Left in the budget") if headroom >= 0 else tr("Over the budget")
        counts = [(tr("Counts against the budget"), usage.bytes), (word, abs(headroom))]
    return [
        _Row(name, format_bytes(n, units), format_exact_bytes(n), strong=True) for name, n in counts
    ]
