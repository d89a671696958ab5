"""What lies where in the chart at one size: pure geometry, before anything is painted."""

from __future__ import annotations

from collections.abc import Sequence

from memplan.language import in_figures, tr
from memplan.planning.crossings import crossings
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF

from memplan_gui.plot.inner_texts import InnerTexts
from memplan_gui.plot.marks import Marker, markers_of
from memplan_gui.plot.picture import ChartFonts, Layout, MarkerLine, Picture, Text, TextRole
from memplan_gui.plot.placement import Flag, Raised, raise_flags
from memplan_gui.plot.scale import Frame
from memplan_gui.plot.series import shown_bytes
from memplan_gui.plot.ticks import ByteTicks, byte_ticks, context_ticks

_PAD = 10.0
_GAP = 8.0
_RIGHT = 22.0
_LEAST_PLOT_WIDTH = 40.0
_LEAST_PLOT_HEIGHT = 60.0
_MOST_FLAG_ROWS = 3
_USUAL_FLAG_ROWS = 2
_TITLE_FROM_HEIGHT = 300.0


def lay_out(picture: Picture, size: QSizeF, fonts: ChartFonts) -> Layout:
    """Place everything at ``size`` pixels."""
    return _LayoutMaker(picture, size, fonts).make()


class _LayoutMaker:
    """Places one thing after the other, the most important first."""

    def __init__(self, picture: Picture, size: QSizeF, fonts: ChartFonts) -> None:
        self._picture = picture
        self._plan = picture.plan
        self._series = picture.series
        self._size = size
        self._first, self._last = picture.span
        self._fonts = fonts
        self._pad, self._gap = fonts.scaled(_PAD), fonts.scaled(_GAP)
        self._small = QFontMetricsF(fonts.small)
        self._label = QFontMetricsF(fonts.label)
        self._texts: list[Text] = []

    def make(self) -> Layout:
        markers = self._markers()
        left = self._room_for(self._byte_ticks(self._size.height() * 0.8))
        while True:
            flags, raised = self._raise_flags(markers, left)
            used = max((place.row + 1 for place in raised if place is not None), default=0)
            rect = self._plot_rect(left, max(used, min(self._rows_above(), _USUAL_FLAG_ROWS)))
            ticks = self._byte_ticks(rect.height())
            # At the final height the ticks may be others, with wider texts.
            if self._room_for(ticks) <= left:
                break
            left = self._room_for(ticks)
        frame = Frame(rect, self._picture.scale, self._first, self._last, ticks.top_bytes)
        self._frame = frame
        lines = self._place_markers(markers, flags, raised)
        self._write_byte_axis(ticks)
        context_tokens = self._write_context_axis()
        budget_bytes = self._picture.budget_bytes
        budget_y = None if budget_bytes is None else self._y_in_sight(budget_bytes)
        share_y = self._share_y()
        buffer_limit_y = self._buffer_limit_y()
        wanted = self._wanted_point()
        budget_x = rect.right() if budget_bytes is None else self._crossing_x(budget_bytes)
        inner = InnerTexts(self._picture, frame, self._fonts)
        pill = inner.place_budget(budget_y)
        inner.keep_off([line.x for line in lines], (budget_y, share_y, buffer_limit_y), wanted)
        inner.place_share(share_y)
        inner.place_buffer(buffer_limit_y)
        inner.place_serving()
        inner.place_overlays()
        met = self._meetings()
        inner.place_meetings(met)
        inner.place_exit()
        inner.place_areas()
        inner.place_range(budget_x)
        return Layout(
            frame,
            ticks,
            context_tokens,
            (*self._texts, *inner.texts),
            lines,
            budget_y,
            share_y,
            buffer_limit_y,
            pill,
            self._crossing_x(self._plan.auto_share_bytes),
            budget_x,
            tuple(point for _, point in met),
            wanted,
        )

    # Axes

    def _byte_ticks(self, height: float) -> ByteTicks:
        picture = self._picture
        count = picture.shown_bytes
        if count is None:
            others = tuple(series for _, series in picture.overlays)
            count = shown_bytes(picture.series, picture.plan, others, self._last)
        return byte_ticks(count, int(height / (self._small.height() * 2.1)), picture.units)

    def _room_for(self, ticks: ByteTicks) -> float:
        """The room that the texts of the vertical axis take."""
        texts = [text for _, text in ticks.ticks] + [ticks.unit, in_figures("0.00")]
        return max(self._small.horizontalAdvance(text) for text in texts) + 2 * self._pad

    def _rows_above(self) -> int:
        """For how many rows of marker texts there is room above the plot."""
        room = self._size.height() - self._below() - _LEAST_PLOT_HEIGHT - self._pad
        return int(min(max(room / self._row(), 0), _MOST_FLAG_ROWS))

    def _plot_rect(self, left: float, rows: int) -> QRectF:
        """The plot's rectangle, under so many rows of marker texts."""
        # Above the plot also stands the unit, over the topmost tick.
        top = max(self._pad + rows * self._row() + 2, self._small.height() * 1.5 + 3)
        width = max(self._size.width() - left - self._fonts.scaled(_RIGHT), _LEAST_PLOT_WIDTH)
        return QRectF(left, top, width, max(self._size.height() - top - self._below(), 20))

    def _below(self) -> float:
        """Room for ticks and title below the plot."""
        below = self._tick_gap() + self._small.height() + 4
        return below + self._small.height() + 4 if self._has_title() else below

    def _row(self) -> float:
        return self._label.height() + 2

    def _tick_gap(self) -> float:
        """From the axis to its texts, which are clear of the 0 of the other axis."""
        return max(self._small.height() / 2 + 1, 6)

    def _has_title(self) -> bool:
        return self._size.height() >= _TITLE_FROM_HEIGHT

    def _write_byte_axis(self, ticks: ByteTicks) -> None:
        rect, height = self._frame.rect, self._small.height()
        for count, text in ticks.ticks:
            y = self._frame.y_of(count)
            width = self._small.horizontalAdvance(text)
            self._write(
                TextRole.TICK_Y, text, rect.left() - self._gap - width, y - height / 2, width
            )
        width = self._small.horizontalAdvance(ticks.unit)
        y = rect.top() - height * 1.5 - 1
        self._write(TextRole.UNIT, ticks.unit, rect.left() - self._gap - width, y, width)

    def _write_context_axis(self) -> tuple[int, ...]:
        rect = self._frame.rect
        measure = self._small.horizontalAdvance
        ticks = context_ticks(self._frame, measure, self._gap, self._size.width() - 2)
        for _, text, x in ticks:
            width = measure(text)
            y = rect.bottom() + self._tick_gap()
            self._write(TextRole.TICK_X, text, x, y, width)
        if self._has_title():
            title = tr("Context length (tokens)")
            width = self._small.horizontalAdvance(title)
            y = self._size.height() - self._small.height() - 4
            self._write(TextRole.TITLE, title, rect.center().x() - width / 2, y, width)
        return tuple(tokens for tokens, _, _ in ticks)

    def _write(self, role: TextRole, text: str, x: float, y: float, width: float) -> None:
        self._texts.append(Text(role, text, QRectF(x, y, width, self._small.height())))

    # Markers

    def _markers(self) -> tuple[Marker, ...]:
        """The markers in sight; without zoom those beyond an end too, which are drawn there."""
        return tuple(
            marker
            for marker in markers_of(self._plan.markers)
            if self._picture.zoom is None or self._first <= marker.context_tokens <= self._last
        )

    def _raise_flags(
        self, markers: Sequence[Marker], left: float
    ) -> tuple[Sequence[Flag], Sequence[Raised | None]]:
        """Where the markers' texts go, which decides how much room there is for the plot."""
        rect = self._plot_rect(left, 0)
        frame = Frame(rect, self._picture.scale, self._first, self._last, 1)
        flags = [
            Flag(
                _within(frame.x_of(marker.context_tokens), rect),
                tuple(self._label.horizontalAdvance(text) + 2 for text in self._wordings(marker)),
            )
            for marker in markers
        ]
        right = rect.right() + 1
        return flags, raise_flags(flags, left, right, self._rows_above(), self._gap)

    def _wordings(self, marker: Marker) -> tuple[str, ...]:
        if marker.context_tokens > self._last:
            return tuple(f"{text} →" for text in marker.texts())
        if marker.context_tokens < self._first:
            return tuple(f"← {text}" for text in marker.texts())
        return marker.texts()

    def _place_markers(
        self, markers: Sequence[Marker], flags: Sequence[Flag], raised: Sequence[Raised | None]
    ) -> tuple[MarkerLine, ...]:
        rect = self._frame.rect
        lines = []
        for marker, flag, place in zip(markers, flags, raised, strict=True):
            label = None
            top = rect.top()
            if place is not None:
                y = rect.top() - 2 - (place.row + 1) * self._row()
                label = QRectF(place.left, y, flag.widths[place.wording], self._label.height())
                top = label.bottom()
                text = self._wordings(marker)[place.wording]
                self._texts.append(Text(TextRole.MARKER, text, label))
            tokens = marker.context_tokens
            beyond = int(tokens > self._last) - int(tokens < self._first)
            lines.append(MarkerLine(marker, flag.x, top, beyond, label))
        return tuple(lines)

    # Lines in the plot

    def _y_in_sight(self, count: float) -> float | None:
        """Height of a number of bytes, ``None`` above the plot."""
        y = self._frame.y_of(count)
        return y if y >= self._frame.rect.top() else None

    def _share_y(self) -> float | None:
        share_bytes = self._plan.auto_share_bytes
        if not (self._picture.on_device and 0 < share_bytes < (self._picture.budget_bytes or 0)):
            return None
        return self._y_in_sight(share_bytes)

    def _buffer_limit_y(self) -> float | None:
        allocation = self._plan.allocation
        if allocation is None or allocation.limit_bytes is None or not self._picture.on_device:
            return None
        return self._y_in_sight(allocation.limit_bytes)

    def _meetings(self) -> list[tuple[int, QPointF]]:
        """Context and place of each point where another plan's total meets this one's."""
        found = []
        for overlay, series in self._picture.overlays:
            for tokens in crossings(self._plan, overlay.plan, (self._series.pool, series.pool)):
                y = self._y_in_sight(self._series.total_at(tokens))
                if self._first < tokens < self._last and y is not None:
                    found.append((tokens, QPointF(self._frame.x_of(tokens), y)))
        return found

    def _crossing_x(self, count: int) -> float:
        tokens = self._series.crossing_tokens(count)
        rect = self._frame.rect
        return rect.right() if tokens is None else _within(self._frame.x_of(tokens), rect)

    def _wanted_point(self) -> QPointF | None:
        at = self._plan.at
        rect = self._frame.rect
        point = QPointF(
            self._frame.x_of(at.context_tokens), self._frame.y_of(self._picture.usage.bytes)
        )
        if not rect.adjusted(-0.5, -0.5, 0.5, 0.5).contains(point):
            return None
        return point


def _within(x: float, rect: QRectF) -> float:
    return min(max(x, rect.left()), rect.right())
