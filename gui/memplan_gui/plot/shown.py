"""A plan as it is shown: what lies under the mouse."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto

from memplan.planning.planner import Plan
from PySide6.QtCore import QPointF, QRectF

from memplan_gui.plot.picture import Layout, MarkerLine
from memplan_gui.plot.scale import Frame, rounded_to_pixel
from memplan_gui.plot.series import Series, Span
from memplan_gui.text_size import scaled

_GRAB_PIXELS = 6
_SNAP_PIXELS = 4.0


class Grab(Enum):
    """What the pressed mouse holds."""

    BUDGET = auto()
    CONTEXT = auto()
    RANGE = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A plan as it is shown."""

    plan: Plan
    series: Series
    layout: Layout

    @property
    def frame(self) -> Frame:
        """Its rectangle and ranges."""
        return self.layout.frame

    @property
    def first_tokens(self) -> int:
        """The first whole context in sight."""
        return max(math.ceil(self.frame.first_tokens), 1)

    @property
    def last_tokens(self) -> int:
        """The last whole context in sight."""
        return max(math.floor(self.frame.last_tokens), 1)

    @property
    def span(self) -> Span:
        """First and last context in sight."""
        return self.frame.first_tokens, self.frame.last_tokens

    def within_axis(self, context_tokens: int) -> int:
        """The nearest context in sight."""
        return max(min(context_tokens, self.last_tokens), self.first_tokens)

    def context_at(self, x: float) -> int:
        """A round context at a pixel."""
        frame = self.frame
        return self.within_axis(rounded_to_pixel(frame.tokens_at(x), frame.tokens_per_pixel(x)))

    def context_near(self, x: float) -> int:
        """A marker's context if one is near a pixel, else a round one."""
        inside = [line for line in self.layout.markers if not line.beyond]
        near = min(inside, key=lambda line: abs(line.x - x), default=None)
        if near is None or abs(near.x - x) > _SNAP_PIXELS:
            return self.context_at(x)
        return near.marker.context_tokens

    def grabbed(self, point: QPointF) -> tuple[Grab, float]:
        """What can be dragged at a pixel, and how far the pixel is from its line."""
        layout, rect = self.layout, self.frame.rect
        if layout.budget_pill.contains(point):
            return Grab.BUDGET, 0.0 if layout.budget_y is None else layout.budget_y - point.y()
        for line in layout.markers:
            if line.marker.draggable and _is_on(line, point, rect):
                return Grab.CONTEXT, line.x - point.x()
        near = scaled(_GRAB_PIXELS)
        across = rect.left() - near <= point.x() <= rect.right() + near
        if layout.budget_y is not None and across:
            distance = layout.budget_y - point.y()
            if abs(distance) <= near:
                return Grab.BUDGET, distance
        return (Grab.RANGE if rect.contains(point) else Grab.NOTHING), 0.0

    def stops(self) -> list[int]:
        """Contexts of the markers in sight."""
        return sorted(m.marker.context_tokens for m in self.layout.markers if not m.beyond)


def _is_on(line: MarkerLine, point: QPointF, rect: QRectF) -> bool:
    if line.label is not None and line.label.contains(point):
        return True
    near = scaled(_GRAB_PIXELS)
    between = line.top - 2 <= point.y() <= rect.bottom() + near
    return between and abs(point.x() - line.x) <= near
