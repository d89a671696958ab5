"""The lines and hatchings of the curves, which are painted anew only when they change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from memplan.theme import Theme
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from memplan_gui.plot.overlay import Overlay
from memplan_gui.plot.picture import ChartFonts
from memplan_gui.plot.polyline import without_needless
from memplan_gui.plot.scale import Frame
from memplan_gui.plot.series import Series


@dataclass(frozen=True, slots=True)
class Drawing:
    """All on which the look of the curves depends.

    Attributes:
        bounds: the scene's rectangle in pixels.
        frame: the plot's rectangle in it, and its ranges.
        series: the plan's curves.
        overlays: other plans, with theirs.
        theme: the colours.
        fonts: the fonts, with which lines grow.
    """

    bounds: QRectF
    frame: Frame
    series: Series
    overlays: tuple[tuple[Overlay, Series], ...]
    theme: Theme
    fonts: ChartFonts


class Curves(QGraphicsItem):
    """Above the areas: hatching of estimates, edges, other plans, largest buffer, what comes later.

    Wide lines and dashes take many times longer to paint than a picture of them, and no curve
    changes while a budget is dragged: Qt keeps the picture.
    """

    def __init__(self) -> None:
        super().__init__()
        self._drawing: Drawing | None = None
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    @property
    def drawing(self) -> Drawing | None:
        """What is painted; ``None`` if nothing is."""
        return self._drawing

    def show_drawing(self, drawing: Drawing | None) -> None:
        """Paint this from now on."""
        self.prepareGeometryChange()
        self._drawing = drawing
        self.update()

    @contextmanager
    def as_lines(self) -> Iterator[None]:
        """Paint lines and no picture of them, for an export."""
        kept = self.cacheMode()
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        try:
            yield
        finally:
            self.setCacheMode(kept)

    def boundingRect(self) -> QRectF:
        """The item's bounds in the scene."""
        return QRectF() if self._drawing is None else self._drawing.bounds

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Paint what was shown last."""
        if self._drawing is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.save()
        painter.setClipRect(self._drawing.frame.rect)
        _paint_estimates(painter, self._drawing)
        _paint_edges(painter, self._drawing)
        _paint_overlays(painter, self._drawing)
        _paint_largest_buffer(painter, self._drawing)
        _paint_serving(painter, self._drawing)
        painter.restore()


def _paint_estimates(painter: QPainter, drawing: Drawing) -> None:
    """Hatch what is estimated, and the band that the total may lie in."""
    series, theme = drawing.series, drawing.theme
    lower = np.zeros_like(series.total)
    painter.setPen(Qt.PenStyle.NoPen)
    for component, upper in zip(series.components, series.stack, strict=True):
        if not component.exact:
            colour = QColor(theme.component_text[component.kind])
            colour.setAlphaF(0.4)
            painter.setBrush(QBrush(colour, Qt.BrushStyle.FDiagPattern))
            painter.drawPath(_between(drawing.frame, series.contexts, lower, upper))
        lower = upper
    if series.band.any():
        colour = QColor(theme.text)
        colour.setAlphaF(0.25)
        painter.setBrush(QBrush(colour, Qt.BrushStyle.Dense5Pattern))
        low, high = series.total - series.band, series.total + series.band
        painter.drawPath(_between(drawing.frame, series.contexts, low, high))


def _paint_edges(painter: QPainter, drawing: Drawing) -> None:
    """Thin lines between the areas, which tell them apart without colour, and the total."""
    frame, series, scaled = drawing.frame, drawing.series, drawing.fonts.scaled
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(drawing.theme.card), scaled(1.2)))
    for upper in series.stack[:-1]:
        painter.drawPolyline(_polyline(frame, series.contexts, upper))
    painter.setPen(QPen(QColor(drawing.theme.text), scaled(1.8)))
    painter.drawPolyline(_polyline(frame, series.contexts, series.total))


def _paint_overlays(painter: QPainter, drawing: Drawing) -> None:
    for overlay, series in drawing.overlays:
        pen = QPen(QColor(drawing.theme.text), drawing.fonts.scaled(2), overlay.style.value)
        _paint_curve(painter, _polyline(drawing.frame, series.contexts, series.total), pen, drawing)


def _paint_largest_buffer(painter: QPainter, drawing: Drawing) -> None:
    largest = drawing.series.largest_buffer
    if largest is None:
        return
    width = drawing.fonts.scaled(1.6)
    pen = QPen(QColor(drawing.theme.text), width, Qt.PenStyle.DashDotDotLine)
    _paint_curve(painter, _polyline(drawing.frame, drawing.series.contexts, largest), pen, drawing)


def _paint_serving(painter: QPainter, drawing: Drawing) -> None:
    """Up to where the memory is taken while the engine serves."""
    serving = drawing.series.serving
    if serving is None:
        return
    pen = QPen(QColor(drawing.theme.text), drawing.fonts.scaled(1.6))
    pen.setDashPattern([1, 2])
    _paint_curve(painter, _polyline(drawing.frame, drawing.series.contexts, serving), pen, drawing)


def _paint_curve(painter: QPainter, curve: QPolygonF, pen: QPen, drawing: Drawing) -> None:
    """A curve over the areas, on a rim in the card's colour."""
    rim = QColor(drawing.theme.card)
    rim.setAlphaF(0.75)
    painter.setPen(QPen(rim, pen.widthF() + 2.5))
    painter.drawPolyline(curve)
    painter.setPen(pen)
    painter.drawPolyline(curve)


def _polyline(
    frame: Frame, contexts: NDArray[np.float64], counts: NDArray[np.float64]
) -> QPolygonF:
    points = without_needless(np.stack([frame.xs_of(contexts), frame.ys_of(counts)], axis=1))
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def _between(
    frame: Frame,
    contexts: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> QPainterPath:
    both = np.concatenate([contexts, contexts[::-1]])
    path = QPainterPath()
    path.addPolygon(_polyline(frame, both, np.concatenate([upper, lower[::-1]])))
    path.closeSubpath()
    return path
