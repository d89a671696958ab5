"""What is written in the plot: the budget, what automatic sizing uses, areas and other plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from memplan.engines.registry import engine_named
from memplan.language import tr
from memplan.memory.component import Part
from memplan.units import format_bytes, format_tokens
from memplan.wording.titles import component_title
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from memplan_gui.plot.picture import ChartFonts, Picture, Text, TextRole
from memplan_gui.plot.placement import Board
from memplan_gui.plot.scale import Frame

_MARGIN = 3.0
_PILL_PAD = 10.0
_PLACES = 24
"""So many positions from left to right are tried for each text."""

_COMFORT = 3.5
"""An area this many text lines high is roomy; more is no better a place for its label."""


_LEVEL = 0.1
"""An area that grows by no more than this share of itself is level."""


class InnerTexts:
    """Places one text after the other, the most important first; later ones give way.

    Attributes:
        texts: what has been placed.
    """

    def __init__(self, picture: Picture, frame: Frame, fonts: ChartFonts) -> None:
        self._picture = picture
        self._plan = picture.plan
        self._series = picture.series
        self._frame = frame
        self._scaled = fonts.scaled
        self._small, self._label = QFontMetricsF(fonts.small), QFontMetricsF(fonts.label)
        rect = frame.rect
        self._board = Board(rect.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        self.texts: list[Text] = []

    def keep_off(
        self, xs: Iterable[float], ys: Iterable[float | None], dot: QPointF | None
    ) -> None:
        """Keep what is placed from now on off these lines and off the dot."""
        rect, side, half = self._frame.rect, self._scaled(5), self._scaled(1.5)
        for x in xs:
            self._board.taken.append(QRectF(x - side, rect.top(), 2 * side, rect.height()))
        for y in ys:
            if y is not None:
                self._board.taken.append(QRectF(rect.left(), y - half, rect.width(), 2 * half))
        if dot is not None:
            self._keep_off_dot(dot, 8)

    def place_budget(self, budget_y: float | None) -> QRectF:
        """The budget's label: on its line, or at the top with an arrow if that is above.

        Empty where there is no budget.
        """
        rect = self._frame.rect
        budget_bytes = self._picture.budget_bytes
        if budget_bytes is None:
            return QRectF()
        size = format_bytes(budget_bytes, self._picture.units)
        text = tr("Budget {size}").format(size=size)
        if budget_y is None:
            text = f"{text} ↑"
        width = self._label.horizontalAdvance(text) + 2 * self._scaled(_PILL_PAD)
        height = self._label.height() + 4
        centre = rect.top() if budget_y is None else budget_y
        lowest = rect.bottom() - _MARGIN - height
        top = min(max(centre - height / 2, rect.top() + _MARGIN), lowest)
        pill = QRectF(rect.left() + self._scaled(8), top, width, height)
        self.texts.append(Text(TextRole.BUDGET, text, pill))
        self._board.taken.append(pill.adjusted(-4, -1, 4, 1))
        return pill

    def place_share(self, share_y: float | None) -> None:
        """How much of the budget automatic sizing uses."""
        if share_y is None:
            return
        plan = self._plan
        start = engine_named(plan.request.engine).share_text(plan, self._picture.units)
        wordings = (
            tr("{size} used for automatic sizing").format(size=start),
            tr("{size} automatic").format(size=start),
            start,
        )
        self._write_along(TextRole.SHARE, wordings, share_y)

    def place_buffer(self, limit_y: float | None) -> None:
        """The largest buffer that the device gives, and the curve of the largest that is asked."""
        if limit_y is None or self._series.largest_buffer is None or self._plan.allocation is None:
            return
        size = format_bytes(self._plan.allocation.limit_bytes or 0, self._picture.units)
        limit, largest = tr("Buffer limit {size}").format(size=size), tr("Largest buffer")
        self._write_along(TextRole.BUFFER, (limit, size), limit_y)
        width, height = self._small.horizontalAdvance(largest) + 8, self._small.height()
        self._write(
            TextRole.BUFFER,
            largest,
            self._along_curve(self._series.largest_buffer, width, height),
        )

    def place_serving(self) -> None:
        """How much is taken while the engine serves: beside its line, or at the top."""
        serving = self._series.serving
        if serving is None:
            return
        last = self._frame.last_tokens
        most_bytes = float(np.interp(last, self._series.contexts, serving))
        size = format_bytes(int(most_bytes), self._picture.units)
        text = tr("up to {size} while it serves").format(size=size)
        above = most_bytes > self._frame.top_bytes
        text = f"{text} ↑" if above else text
        width, height = self._small.horizontalAdvance(text) + 8, self._small.height()
        places: Iterable[QRectF] = self._along_curve(serving, width, height)
        if above:
            y = self._frame.rect.top() + 5
            places = [QRectF(x, y, width, height) for x in reversed(self._xs(width))]
        self._write(TextRole.SERVING, text, places, True)

    def place_overlays(self) -> None:
        """The names of the other plans, each beside its line and off the others."""
        lines = [series.total for _, series in self._picture.overlays]
        for (overlay, series), line in zip(self._picture.overlays, lines, strict=True):
            width, height = self._small.horizontalAdvance(overlay.name) + 8, self._small.height()
            places = self._along_curve(line, width, height, series.contexts)
            self._write(TextRole.OVERLAY, overlay.name, self._fewest_curves_first(places), True)

    def place_meetings(self, meetings: Sequence[tuple[int, QPointF]]) -> None:
        """From where on another plan needs more or less than this one."""
        for _, point in meetings:
            self._keep_off_dot(point, 6)
        for tokens, point in meetings:
            text = tr("crosses at {context}").format(context=format_tokens(tokens))
            width, height = self._small.horizontalAdvance(text) + 8, self._small.height()
            lefts = (point.x() - width - 8, point.x() + 8)
            tops = (point.y() - height - 2, point.y() + 2, point.y() - height / 2)
            places = [QRectF(x, y, width, height) for y in tops for x in lefts]
            self._write(TextRole.MEETING, text, self._fewest_curves_first(places), True)

    def place_exit(self) -> None:
        """How far the total rises where it leaves the plot."""
        frame, last = self._frame, self._frame.last_tokens
        last_bytes = self._series.total_at(last)
        if last_bytes <= frame.top_bytes:
            return
        size = format_bytes(int(last_bytes), self._picture.units)
        full = tr("{size} at {context}").format(size=size, context=format_tokens(int(last)))
        for text in (f"{full} ↑", f"{size} ↑"):
            width, height = self._small.horizontalAdvance(text) + 8, self._small.height()
            y = frame.rect.top() + 5
            places = (QRectF(x, y, width, height) for x in reversed(self._xs(width)))
            if self._write(TextRole.EXIT, text, places, True):
                return

    def place_areas(self) -> None:
        """A label on each area where it is high enough, the largest area first."""
        stack = self._series.stack
        lower = np.vstack([np.zeros_like(stack[:1]), stack[:-1]])
        order = sorted(range(len(stack)), key=lambda i: -float((stack[i] - lower[i])[-1]))
        for i in order:
            component = self._series.components[i]
            for text in self._area_wordings(i, stack[i] - lower[i]):
                places: Iterable[QRectF] = self._in_area(text, lower[i], stack[i])
                if self._picture.overlays:
                    places = self._fewest_curves_first(places)
                rect = self._board.place(places)
                if rect is not None:
                    # Hatching or another plan's line would make it hard to read.
                    crossed = not component.exact or bool(self._curves_under([rect])[0])
                    # The fill of a part is paler than what a component's text is legible on.
                    kind = component.kind if component.part is Part.MODEL else None
                    chip = crossed or kind is None
                    self.texts.append(Text(TextRole.AREA, text, rect, kind, chip))
                    break

    def place_range(self, budget_x: float) -> None:
        """A word in the range beyond the budget, above the curve."""
        rect, text = self._frame.rect, tr("over budget")
        width, height = self._small.horizontalAdvance(text) + 4, self._small.height()
        places = []
        for x in self._xs(width):
            curve_y = self._frame.y_of(self._total_at(x + width))
            if x > budget_x + 2 and rect.top() + height + 10 < curve_y:
                places.append(QRectF(x, rect.top() + 5, width, height))
        self._write(TextRole.RANGE, text, places)

    def _keep_off_dot(self, centre: QPointF, radius: float) -> None:
        side = self._scaled(radius)
        self._board.taken.append(QRectF(centre.x() - side, centre.y() - side, 2 * side, 2 * side))

    # Candidates

    def _write(
        self, role: TextRole, text: str, places: Iterable[QRectF], on_area: bool | None = None
    ) -> bool:
        """Write at the first place that is free; whether there was one."""
        rect = self._board.place(places)
        if rect is None:
            return False
        if on_area is None:
            # Also where it nearly touches an area.
            on_area = self._total_at(rect.right()) > self._frame.bytes_at(rect.bottom() + _MARGIN)
        self.texts.append(Text(role, text, rect, on_area=on_area))
        return True

    def _write_along(self, role: TextRole, wordings: Sequence[str], y: float) -> None:
        """Write above or below a horizontal line, the fullest wording that has room.

        Where curves run through it, it stands on a chip.
        """
        height = self._small.height()
        tops = (y - height - self._scaled(2), y + self._scaled(2))
        for text in wordings:
            width = self._small.horizontalAdvance(text) + 8
            places = [QRectF(x, top, width, height) for top in tops for x in self._xs(width)]
            curves = self._curves_under(places, _MARGIN)
            free = [place for place, count in zip(places, curves, strict=True) if count == 0]
            crossed = [places[i] for i in np.argsort(curves, kind="stable")]
            if self._write(role, text, free) or self._write(role, text, crossed, on_area=True):
                return

    def _along_curve(
        self,
        counts: NDArray[np.float64],
        width: float,
        height: float,
        contexts: NDArray[np.float64] | None = None,
    ) -> Iterator[QRectF]:
        """Rectangles just above and below a curve, from the right."""
        if contexts is None:
            contexts = self._series.contexts
        xs = np.array(self._xs(width)[::-1])
        ends = self._frame.contexts_at(np.stack([xs, xs + width]))
        ys = self._frame.ys_of(np.interp(ends, contexts, counts))
        inside = ends[1] <= contexts[-1]
        highest, lowest = ys.min(axis=0)[inside].tolist(), ys.max(axis=0)[inside].tolist()
        for x, high, low in zip(xs[inside].tolist(), highest, lowest, strict=True):
            yield QRectF(x, high - height - 3, width, height)
            yield QRectF(x, low + 3, width, height)

    def _fewest_curves_first(self, places: Iterable[QRectF], margin: float = 0) -> list[QRectF]:
        """Rectangles, those first through which, or so near to which, the fewest curves run."""
        rects = list(places)
        return [rects[i] for i in np.argsort(self._curves_under(rects, margin), kind="stable")]

    def _curves_under(self, rects: Sequence[QRectF], margin: float = 0) -> NDArray[np.int64]:
        """How many curves run through each rectangle, or so near to it."""
        edges = np.array([(r.left(), r.right(), r.top(), r.bottom()) for r in rects]).reshape(-1, 4)
        lefts, rights, tops, bottoms = edges.T
        ends = self._frame.contexts_at(np.stack([lefts, rights]))
        curves = np.zeros(len(rects), dtype=np.int64)
        for series in (self._series, *(series for _, series in self._picture.overlays)):
            ys = self._frame.ys_of(np.interp(ends, series.contexts, series.total))
            curves += (ys.max(axis=0) > tops - margin) & (ys.min(axis=0) < bottoms + margin)
        return curves

    def _area_wordings(self, index: int, own: NDArray[np.float64]) -> tuple[str, ...]:
        component = self._series.components[index]
        name = component_title(component.kind, component.part)
        if own[0] != own[-1]:
            estimated = tr("{component} (estimated)").format(component=name)
            return (name if component.exact else estimated, name)
        about = "" if component.exact else "≈ "
        size = format_bytes(int(own[0]), self._picture.units)
        return (f"{name} {about}{size}", name)

    def _in_area(
        self, text: str, lower: NDArray[np.float64], upper: NDArray[np.float64]
    ) -> Iterator[QRectF]:
        """Rectangles inside an area, roomy ones first: of a level area from the left.

        Of an area that grows, those first that are in the middle of where it is roomy.
        """
        frame, contexts = self._frame, self._series.contexts
        width, height = self._label.horizontalAdvance(text) + 2, self._label.height()
        xs = np.array(self._xs(width))
        lefts, rights = frame.contexts_at(xs), frame.contexts_at(xs + width)
        # Neither edge ever falls, so that the ends of the text are where it is tightest.
        tops = np.maximum(frame.ys_of(np.interp(lefts, contexts, upper)), frame.rect.top())
        bottoms = frame.ys_of(np.interp(rights, contexts, lower))
        spare = bottoms - tops - height - 4
        roomy = np.minimum(spare + height, height * _COMFORT)
        fits = spare >= 0
        if not fits.any():
            return
        roomiest = xs[fits & (roomy == roomy[fits].max())]
        level = np.ptp(upper - lower) < _LEVEL * float((upper - lower)[-1])
        ideal = roomiest[0] if level else roomiest[len(roomiest) // 2]
        for i in np.lexsort((np.abs(xs - ideal), -roomy)):
            if fits[i]:
                for share in (0.5, 0.75, 0.25):
                    y = float(tops[i] + 2 + spare[i] * share)
                    yield QRectF(float(xs[i]), y, width, height)

    def _xs(self, width: float) -> list[float]:
        """Left ends to try for a text."""
        rect = self._frame.rect
        first, last = rect.left() + 16, rect.right() - width - 4
        if last <= first:
            return [first] if last > rect.left() else []
        return [float(x) for x in np.linspace(first, last, _PLACES)]

    def _total_at(self, x: float) -> float:
        return self._series.total_at(self._frame.tokens_at(x))
