"""What a chart shows of a plan: its scene, zoom and read-out, and its export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from memplan.language import tr
from memplan.planning.crossings import curve_key
from memplan.planning.planner import Plan, Usage
from memplan.theme import LIGHT, Theme
from memplan.units import GIB, ByteUnits
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QImage,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsItem, QWidget

from memplan_gui.plot import export
from memplan_gui.plot.curves import Curves, Drawing
from memplan_gui.plot.describe import summary
from memplan_gui.plot.layers import Backdrop, Crosshair, FocusRing, Foreground, Selection
from memplan_gui.plot.layout import lay_out
from memplan_gui.plot.overlay import Overlay
from memplan_gui.plot.picture import ChartFonts, Layout, Picture
from memplan_gui.plot.read_out import ReadOutCard
from memplan_gui.plot.scale import AxisScale
from memplan_gui.plot.series import Series, Span, own_pool, series_of
from memplan_gui.plot.shown import Grab, Shown
from memplan_gui.plot.zoom import kept_within, magnified, moved
from memplan_gui.widgets.spoken import set_spoken_role

_ZOOM_STEP = 1.5
_TOP_Z = 100


@dataclass(slots=True)
class Drag:
    """A pressed mouse button: what it holds, and whether it has moved yet."""

    grab: Grab
    pressed_at: QPointF
    offset: float
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What a user looks at in a chart.

    Attributes:
        zoom: the contexts in sight; ``None``: all.
        pinned_tokens: the context of a read-out that stays; ``None`` if none does.
    """

    zoom: Span | None
    pinned_tokens: int | None


class ChartScene(QWidget):
    """What a chart shows of a plan, whatever mouse and keys do.

    Signals:
        budget_dragged: bytes (``int``) while the budget's line is dragged.
        budget_drag_finished: the mouse let go of it.
        context_dragged: tokens (``int``) while the requested or automatic marker is dragged.
        context_drag_finished: the mouse let go of it.
        read_out_changed: the ``Usage`` that is read out, or ``None``.
        context_chosen: tokens (``int``) of the read-out, by a double click or Enter.
        place_asked: a ``HelpTopic`` is to be explained at a global ``QPoint``.
        zoom_changed: whether only a part of the context axis is in sight now (``bool``).
    """

    budget_dragged = Signal(object)
    budget_drag_finished = Signal()
    context_dragged = Signal(object)
    context_drag_finished = Signal()
    read_out_changed = Signal(object)
    context_chosen = Signal(object)
    zoom_changed = Signal(bool)
    place_asked = Signal(object, object)

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent)
        # Before anything asks what this is.
        set_spoken_role(self, QAccessible.Role.Chart)
        self._theme = theme
        self._shown: Shown | None = None
        self._overlays: tuple[tuple[Overlay, Series], ...] = ()
        self._scale = AxisScale.LOG
        self._units = ByteUnits.BINARY
        self._drag: Drag | None = None
        self._frozen_bytes: float | None = None
        self._zoom: Span | None = None
        self._read_out: Usage | None = None
        self._pinned = False
        self._make_scene()
        self._card = ReadOutCard(self, theme)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 140)
        self.setAccessibleName(tr("Memory over context length"))
        self.clear()
        self.set_theme(theme)

    # What is shown

    def set_plan(self, plan: Plan, pool: str | None = None) -> None:
        """Show one memory of a plan, by default that of its first device."""
        series = self._series_of(plan, own_pool(plan, pool))
        if self._shown is None or series.pool != self._shown.series.pool:
            self._overlays = tuple(
                (overlay, series_of(overlay.plan, series.pool)) for overlay, _ in self._overlays
            )
        if self._zoom is not None:
            self._set_zoom(kept_within(self._zoom, series.span))
        self._show(plan, series)
        if self._drag is None:
            self._describe(plan)  # nobody hears it while the mouse is at work
        if self._read_out is not None and self._shown is not None:
            self._show_read_out(self._shown.within_axis(self._read_out.context_tokens))

    def is_dragged(self) -> bool:
        """Whether the mouse is dragging something."""
        return self._drag is not None and self._drag.moving

    def _series_of(self, plan: Plan, pool: str) -> Series:
        """The curves of a plan: the very same ones as long as nothing but the budget changes."""
        shown = self._shown
        # A part that is magnified has a sample at each marker, which may have moved.
        if (
            shown is None
            or self._zoom is not None
            or shown.series.pool != pool
            or curve_key(shown.plan) != curve_key(plan)
        ):
            return series_of(plan, pool)
        return shown.series

    def clear(self) -> None:
        """Show no plan."""
        self._shown = self._drag = self._frozen_bytes = None
        self._set_zoom(None)
        self.setAccessibleDescription(tr("No model is open."))
        self.hide_read_out()
        self._paint_layout()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self._view.setBackground(theme.card)
        self._card.set_theme(theme)
        self._refresh()

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Draw other plans as lines over the chart."""
        pool = None if self._shown is None else self._shown.series.pool
        self._overlays = tuple((overlay, series_of(overlay.plan, pool)) for overlay in overlays)
        self._refresh()
        if self._shown is not None:
            self._describe(self._shown.plan)

    def set_axis(self, scale: AxisScale | str) -> None:
        """Divide the context axis logarithmically (``log``) or evenly (``linear``)."""
        self._scale = AxisScale(scale)
        self._refresh()

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in GiB or GB."""
        self._units = units
        self._refresh()
        if self._shown is not None:
            self._describe(self._shown.plan)
        if self._read_out is not None:
            self._show_read_out(self._read_out.context_tokens)

    def read_out(self) -> Usage | None:
        """What is read out now."""
        return self._read_out

    def read_out_card(self) -> ReadOutCard:
        """The card beside the cursor."""
        return self._card

    def layout_shown(self) -> Layout | None:
        """Where everything lies; ``None`` without a plan."""
        return None if self._shown is None else self._shown.layout

    # Export

    def render_image(self, scale: float = 2) -> QImage:
        """The chart as an image, ``scale`` times as large as on the screen."""
        with self._for_export():
            return export.render_image(self._view.scene(), self.size(), self._theme, scale)

    def write_png(self, path: Path) -> None:
        """Write the chart as PNG, twice as large as on the screen."""
        export.write_png(path, self.render_image())

    def write_svg(self, path: Path) -> None:
        """Write the chart as SVG."""
        with self._for_export():
            export.write_svg(path, self._view.scene(), self.size(), self._theme)

    def write_pdf(self, path: Path) -> None:
        """Write the chart as a PDF of one page of its size."""
        with self._for_export():
            export.write_pdf(path, self._view.scene(), self.size(), self._theme)

    def write_csv(self, path: Path) -> None:
        """Write the curve as CSV, every component to the byte."""
        if self._shown is not None:
            export.write_csv(path, self._shown.plan)

    @contextmanager
    def _for_export(self) -> Iterator[None]:
        """Leave out what belongs to mouse and keyboard, and paint lines as lines."""
        items: tuple[QGraphicsItem, ...] = (self._crosshair, self._focus_ring, self._selection)
        visible = [item.isVisible() for item in items]
        for item in items:
            item.setVisible(False)
        try:
            with self._curves.as_lines():
                yield
        finally:
            for item, was_visible in zip(items, visible, strict=True):
                item.setVisible(was_visible)

    # Scene

    def _make_scene(self) -> None:
        self._view = pg.GraphicsView(self, background=None)
        self._view.setFrameShape(QFrame.Shape.NoFrame)
        # Neither must take the focus: Tab would go from there to the chart again, for ever.
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The chart takes the mouse itself: nothing here is panned, and lines are grabbed in pixels.
        self._view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        self._box.disableAutoRange()
        self._backdrop, self._curves, self._foreground = Backdrop(), Curves(), Foreground()
        self._crosshair = Crosshair(self._theme)
        scene = self._view.scene()
        self._focus_ring = FocusRing()
        self._focus_ring.setVisible(False)
        self._selection = Selection()
        self._selection.setVisible(False)
        items = (
            self._backdrop,
            self._box,
            self._curves,
            self._foreground,
            self._selection,
            self._crosshair,
            self._focus_ring,
        )
        for height, item in enumerate(items):
            item.setZValue(height)
            scene.addItem(item)
        self._areas: list[pg.PlotCurveItem] = []

    def _refresh(self) -> None:
        """Lay the same plan out again."""
        if self._shown is None:
            self._paint_layout()
        else:
            self._show(self._shown.plan, self._shown.series)

    def _show(self, plan: Plan, series: Series) -> None:
        picture = Picture(
            plan,
            series,
            self._overlays,
            self._scale,
            self._units,
            self._frozen_bytes,
            self._zoom,
        )
        layout = lay_out(picture, QSizeF(self.size()), ChartFonts.of(self.font()))
        self._shown = Shown(plan, series, layout)
        self._paint_layout()

    def _paint_layout(self) -> None:
        """Hand what is shown to the items."""
        bounds, theme, shown = QRectF(self.rect()), self._theme, self._shown
        layout, fonts = None if shown is None else shown.layout, ChartFonts.of(self.font())
        self._box.setVisible(shown is not None)
        self._backdrop.show_layout(bounds, layout, theme)
        self._foreground.show_layout(bounds, layout, theme, fonts)
        self._focus_ring.show_around(bounds, theme)
        drawing = None
        if shown is not None:
            drawing = Drawing(bounds, shown.frame, shown.series, self._overlays, theme, fonts)
        if drawing != self._curves.drawing:
            self._curves.show_drawing(drawing)
            if drawing is not None:
                self._draw_areas(drawing)
        self._move_crosshair()

    def _draw_areas(self, drawing: Drawing) -> None:
        frame, series = drawing.frame, drawing.series
        self._box.setGeometry(frame.rect)
        self._box.setRange(
            xRange=(frame.first_position, frame.last_position),
            yRange=(0, frame.top_bytes / GIB),
            padding=0,
        )
        xs = frame.scale.positions(series.contexts)
        # Told point by point that all are connected, pyqtgraph fills an area in one piece; else
        # in several, whose edges show.
        connected = np.ones(len(xs), dtype=bool)
        while len(self._areas) < len(series.components):
            self._add_area()
        for index, area in enumerate(self._areas):
            area.setVisible(index < len(series.components))
            if index < len(series.components):
                component = series.components[index]
                brush = pg.mkBrush(drawing.theme.fill(component.kind, component.part))
                area.setData(xs, series.stack[index] / GIB, brush=brush, connect=connected)

    def _add_area(self) -> None:
        area = pg.PlotCurveItem(pen=None, fillLevel=0, antialias=True)
        # Back to front: what is at the bottom of the stack covers what is above it.
        area.setZValue(_TOP_Z - len(self._areas))
        self._areas.append(area)
        self._box.addItem(area, ignoreBounds=True)

    def _describe(self, plan: Plan) -> None:
        overlays = [overlay for overlay, _ in self._overlays]
        pool = None if self._shown is None else self._shown.series.pool
        self.setAccessibleDescription(summary(plan, own_pool(plan, pool), overlays, self._units))

    def sight(self) -> Sight:
        """What the user looks at."""
        usage = self._read_out if self._pinned else None
        return Sight(self._zoom, None if usage is None else usage.context_tokens)

    def look_at(self, sight: Sight) -> None:
        """Look at what another chart of the same plan looked at."""
        if sight.zoom is not None:
            self.zoom_to(*sight.zoom)
        if sight.pinned_tokens is not None and self._shown is not None:
            self._pinned = True
            self._show_read_out(self._shown.within_axis(sight.pinned_tokens))

    # Zoom

    def is_zoomed(self) -> bool:
        """Whether only a part of the context axis is in sight."""
        return self._zoom is not None

    def zoom_to(self, first_tokens: float, last_tokens: float) -> None:
        """Show a range of contexts, as far as the plan has it."""
        if self._shown is not None:
            self._set_zoom(kept_within((first_tokens, last_tokens), self._shown.series.span))
            self._refresh()

    def zoom_by(self, factor: float, around_tokens: float | None = None) -> None:
        """Magnify the context axis around a context: the read-out's or the wanted one's."""
        shown = self._shown
        if shown is None:
            return
        if around_tokens is None:
            usage = shown.plan.at if self._read_out is None else self._read_out
            around_tokens = usage.context_tokens
        span = magnified(shown.span, self._scale, factor, around_tokens)
        self.zoom_to(*moved(span, shown.series.span, self._scale, 0))

    def zoom_by_steps(self, steps: float, around_tokens: float | None = None) -> None:
        """Magnify by steps, as keys, wheel and menu do."""
        self.zoom_by(_ZOOM_STEP**steps, around_tokens)

    def zoom_to_fit(self) -> None:
        """Show all contexts again."""
        self._set_zoom(None)
        self._refresh()

    def _set_zoom(self, zoom: Span | None) -> None:
        changed = (zoom is None) != (self._zoom is None)
        self._zoom = zoom
        if changed:
            self.zoom_changed.emit(zoom is not None)

    def _move_zoom(self, shown: Shown, share: float) -> None:
        if self._zoom is not None:
            self.zoom_to(*moved(self._zoom, shown.series.span, self._scale, share))

    # Read-out

    def hide_read_out(self) -> None:
        """Hide the read-out, pinned or not."""
        self._pinned = False
        self._card.hide()
        self._crosshair.show_at(None, self._theme)
        if self._read_out is not None:
            self._read_out = None
            self.read_out_changed.emit(None)

    def read_out_wanted(self) -> None:
        """Read out the context that is planned for, or the nearest one in sight."""
        if self._shown is not None:
            self._show_read_out(self._shown.within_axis(self._shown.plan.at.context_tokens))
            self._announce(self._card.text())

    def _show_read_out(self, context_tokens: int) -> None:
        if self._shown is None:
            return
        usage = self._shown.plan.usage_at(context_tokens)
        changed = usage != self._read_out
        self._read_out = usage
        overlays = [overlay for overlay, _ in self._overlays]
        pool = self._shown.series.pool
        self._card.show_usage(usage, pool, overlays, self._units, self._pinned)
        self._move_crosshair()
        if changed:
            self.read_out_changed.emit(usage)

    def _move_crosshair(self) -> None:
        if self._read_out is None or self._shown is None:
            return
        frame = self._shown.frame
        if self._shown.within_axis(self._read_out.context_tokens) != self._read_out.context_tokens:
            self.hide_read_out()
            return
        x = frame.x_of(self._read_out.context_tokens)
        # The read-out may still be that of the plan before.
        usage = self._shown.plan.usage_at(self._read_out.context_tokens)
        taken = usage.pool(self._shown.series.pool).bytes
        y = max(frame.y_of(taken), frame.rect.top())
        self._crosshair.show_at(QLineF(x, y, x, frame.rect.bottom()), self._theme)
        self._card.place_beside(QPointF(x, y), QRectF(self.rect()).adjusted(4, 4, -4, -4))

    def _toggle_pin(self, context_tokens: int) -> None:
        same = self._read_out is not None and self._read_out.context_tokens == context_tokens
        self._pinned = not (self._pinned and same)
        self._show_read_out(context_tokens)

    def _announce(self, text: str) -> None:
        """Have a screen reader say something."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new size."""
        self._view.setGeometry(self.rect())
        super().resizeEvent(event)
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Lay out for a new font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._refresh()
