"""What is painted below and above the curves, from a finished layout."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from memplan.exhaustive import exhaustive
from memplan.theme import Theme
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from memplan_gui.plot.marks import Mark
from memplan_gui.plot.picture import ChartFonts, Layout, Text, TextRole

_GRIP_RADIUS = 4.5

Scaled = Callable[[float], float]
"""Makes pixels of those at 100 %."""

_MARK_DASHES: Mapping[Mark, list[float]] = exhaustive(
    Mark,
    {
        Mark.REQUESTED: [],
        Mark.AUTOMATIC: [5, 3],
        Mark.LARGEST: [8, 3, 2, 3],
        Mark.CEILING: [2, 2],
        Mark.FLOOR: [1, 3],
    },
)
"""Dashes of the vertical lines, in line widths: they differ without colour."""


class _Layer(QGraphicsItem):
    """An item over the whole scene that paints a layout."""

    def __init__(self) -> None:
        super().__init__()
        self._bounds = QRectF()
        self._layout: Layout | None = None
        self._theme: Theme | None = None

    def boundingRect(self) -> QRectF:
        """The item's bounds in the scene."""
        return self._bounds

    def _show(self, bounds: QRectF, layout: Layout | None, theme: Theme) -> None:
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._layout, self._theme = layout, theme
        self.update()


class Backdrop(_Layer):
    """Below the curves: shaded ranges and grid."""

    def show_layout(self, bounds: QRectF, layout: Layout | None, theme: Theme) -> None:
        """Paint this from now on."""
        self._show(bounds, layout, theme)

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Paint what was shown last."""
        if self._layout is None or self._theme is None:
            return
        layout, theme, rect = self._layout, self._theme, self._layout.frame.rect
        beyond = QColor(theme.beyond)
        between = QColor(theme.beyond)
        between.setAlphaF(0.5)
        if layout.share_y is not None:
            painter.fillRect(_span(rect, layout.share_x, layout.budget_x), between)
        over = _span(rect, layout.budget_x, rect.right())
        painter.fillRect(over, beyond)
        hatch = QColor(theme.budget)
        hatch.setAlphaF(0.22)
        painter.fillRect(over, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(theme.grid), 1))
        for count, _ in layout.byte_ticks.ticks:
            y = round(layout.frame.y_of(count)) + 0.5
            painter.drawLine(QLineF(rect.left(), y, rect.right(), y))
        for tokens in layout.context_ticks:
            x = math.floor(layout.frame.x_of(tokens)) + 0.5
            painter.drawLine(QLineF(x, rect.top(), x, rect.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _span(rect: QRectF, left: float, right: float) -> QRectF:
    return QRectF(left, rect.top(), max(right - left, 0.0), rect.height())


class Foreground(_Layer):
    """Above the curves: axes, lines, markers and all texts."""

    def __init__(self) -> None:
        super().__init__()
        self._fonts = ChartFonts.of(QFont())

    def show_layout(
        self, bounds: QRectF, layout: Layout | None, theme: Theme, fonts: ChartFonts
    ) -> None:
        """Paint this from now on."""
        self._fonts = fonts
        self._show(bounds, layout, theme)

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Paint what was shown last."""
        if self._layout is None or self._theme is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        layout, theme, scaled = self._layout, self._theme, self._fonts.scaled
        self._paint_axes(painter, layout, theme)
        _paint_lines(
            painter,
            [*_limit_lines(layout, theme, scaled), *_marker_lines(layout, theme, scaled)],
            theme,
        )
        for line in layout.markers:
            if line.marker.draggable:
                foot = QPointF(line.x, layout.frame.rect.bottom())
                _paint_grip(painter, foot, theme, scaled)
        for point in layout.meetings:
            _paint_meeting(painter, point, theme, scaled)
        if layout.wanted is not None:
            painter.setPen(QPen(QColor(theme.text), scaled(2)))
            painter.setBrush(QColor(theme.card))
            painter.drawEllipse(layout.wanted, scaled(5), scaled(5))
        for text in layout.texts:
            self._paint_text(painter, text, theme)

    def _paint_axes(self, painter: QPainter, layout: Layout, theme: Theme) -> None:
        rect = layout.frame.rect
        painter.setPen(QPen(QColor(theme.text_muted), 1))
        painter.drawLine(QLineF(rect.left(), rect.bottom(), rect.right(), rect.bottom()))
        for tokens in layout.context_ticks:
            x = layout.frame.x_of(tokens)
            painter.drawLine(QLineF(x, rect.bottom(), x, rect.bottom() + self._fonts.scaled(3)))

    def _paint_text(self, painter: QPainter, text: Text, theme: Theme) -> None:
        strong = text.role in (TextRole.MARKER, TextRole.BUDGET, TextRole.AREA)
        painter.setFont(self._fonts.label if strong else self._fonts.small)
        if text.role is TextRole.BUDGET:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.budget))
            radius = text.rect.height() / 2
            painter.drawRoundedRect(text.rect, radius, radius)
        elif text.on_area:
            chip = QColor(theme.card if text.kind is None else theme.components[text.kind])
            chip.setAlphaF(0.88)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(chip)
            radius = self._fonts.scaled(3)
            painter.drawRoundedRect(text.rect, radius, radius)
        painter.setPen(QColor(_text_colour(text, theme)))
        painter.drawText(text.rect, Qt.AlignmentFlag.AlignCenter, text.text)


def _text_colour(text: Text, theme: Theme) -> str:
    if text.kind is not None:
        return theme.component_text[text.kind]
    colours = {
        TextRole.MARKER: theme.text,
        TextRole.BUDGET: theme.budget_text,
        TextRole.OVERLAY: theme.text,
        TextRole.BUFFER: theme.text,
        TextRole.SERVING: theme.text,
        TextRole.MEETING: theme.text,
    }
    return colours.get(text.role, theme.text_muted)


def _paint_lines(painter: QPainter, lines: Sequence[tuple[QLineF, QPen]], theme: Theme) -> None:
    """Lines that can be told from any area: on thin rims in the card's colour."""
    rim = QColor(theme.card)
    rim.setAlphaF(0.6)
    for line, pen in lines:
        painter.setPen(QPen(rim, pen.widthF() + 2))
        painter.drawLine(line)
    for line, pen in lines:
        painter.setPen(pen)
        painter.drawLine(line)


def _limit_lines(layout: Layout, theme: Theme, scaled: Scaled) -> Iterator[tuple[QLineF, QPen]]:
    """The budget, the part of it that automatic sizing uses, and the limit of one buffer."""
    rect, colour = layout.frame.rect, QColor(theme.budget)
    if layout.share_y is not None:
        pen = QPen(colour, scaled(1.5))
        pen.setDashPattern([1.5, 3])
        y = round(layout.share_y) + 0.5
        yield QLineF(rect.left(), y, rect.right(), y), pen
    if layout.buffer_limit_y is not None:
        pen = QPen(QColor(theme.text), scaled(1.2))
        pen.setDashPattern([10, 3])
        y = round(layout.buffer_limit_y) + 0.5
        yield QLineF(rect.left(), y, rect.right(), y), pen
    if layout.budget_y is not None:
        # On whole pixels, so that it is sharp.
        y = round(layout.budget_y)
        yield QLineF(rect.left(), y, rect.right(), y), QPen(colour, scaled(2))


def _marker_lines(layout: Layout, theme: Theme, scaled: Scaled) -> Iterator[tuple[QLineF, QPen]]:
    """The vertical lines, each mark in a style of its own."""
    bottom = layout.frame.rect.bottom()
    # The most important one last, so that it is on top.
    for line in reversed(layout.markers):
        mark = line.marker.marks[0]
        pen = QPen(QColor(theme.text), scaled(2 if mark is Mark.REQUESTED else 1.4))
        if line.beyond:
            pen.setColor(QColor(theme.text_muted))
        if _MARK_DASHES[mark]:
            pen.setDashPattern(_MARK_DASHES[mark])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        x = round(line.x) if mark is Mark.REQUESTED else math.floor(line.x) + 0.5
        yield QLineF(x, line.top, x, bottom), pen


def _paint_grip(painter: QPainter, centre: QPointF, theme: Theme, scaled: Scaled) -> None:
    painter.setPen(QPen(QColor(theme.card), scaled(1.5)))
    painter.setBrush(QColor(theme.text))
    painter.drawEllipse(centre, scaled(_GRIP_RADIUS), scaled(_GRIP_RADIUS))


def _paint_meeting(painter: QPainter, point: QPointF, theme: Theme, scaled: Scaled) -> None:
    """A diamond, unlike the round dot of the wanted context."""
    painter.setPen(QPen(QColor(theme.text), scaled(1.5)))
    painter.setBrush(QColor(theme.card))
    side = scaled(5)
    offsets = ((0, -side), (side, 0), (0, side), (-side, 0))
    painter.drawPolygon(QPolygonF([point + QPointF(x, y) for x, y in offsets]))


class Crosshair(QGraphicsItem):
    """The line of the read-out, and a dot on the total."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._line: QLineF | None = None

    def boundingRect(self) -> QRectF:
        """The item's bounds in the scene."""
        if self._line is None:
            return QRectF()
        return QRectF(self._line.p1(), self._line.p2()).adjusted(-7, -7, 7, 7)

    def show_at(self, line: QLineF | None, theme: Theme) -> None:
        """From the total down to the axis; ``None`` hides it."""
        self.prepareGeometryChange()
        self._line, self._theme = line, theme
        self.update()

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Paint what was shown last."""
        if self._line is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        pen = QPen(QColor(self._theme.text), 1)
        _paint_lines(painter, [(self._line, pen)], self._theme)
        painter.setPen(QPen(QColor(self._theme.card), 1.5))
        painter.setBrush(QColor(self._theme.accent))
        painter.drawEllipse(self._line.p1(), 4, 4)


class FocusRing(QGraphicsItem):
    """The outline of the chart while the keyboard acts on it."""

    def __init__(self) -> None:
        super().__init__()
        self._bounds = QRectF()
        self._pen = QPen()

    def boundingRect(self) -> QRectF:
        """The item's bounds in the scene."""
        return self._bounds

    def show_around(self, bounds: QRectF, theme: Theme) -> None:
        """Run around this from now on, wherever it is visible."""
        self.prepareGeometryChange()
        self._bounds = bounds
        self._pen = QPen(QColor(theme.focus), 2 * theme.border_pixels)

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Paint the outline."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(self._pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._bounds.adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)


class Selection(QGraphicsItem):
    """The range that the mouse is selecting."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._colour = QColor()

    def boundingRect(self) -> QRectF:
        """The item's bounds in the scene."""
        return self._rect

    def show_between(self, rect: QRectF, left: float, right: float, theme: Theme) -> None:
        """Show the part of the plot between two pixels."""
        self.prepareGeometryChange()
        left, right = max(left, rect.left()), min(right, rect.right())
        self._rect = QRectF(left, rect.top(), right - left, rect.height())
        self._colour = QColor(theme.accent)
        self.setVisible(True)

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Paint the range, with an edge on either side."""
        painter.setPen(QPen(self._colour, 1))
        inner = QColor(self._colour)
        inner.setAlphaF(0.2)
        painter.setBrush(inner)
        painter.drawRect(self._rect.adjusted(0.5, 0.5, -0.5, -0.5))
