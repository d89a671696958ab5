"""Another plan drawn as a line over the chart: a second engine, or one that was pinned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from memplan.planning.planner import Plan
from PySide6.QtCore import Qt


class LineStyle(Enum):
    """How an overlay's line is drawn, to tell it from others without colour."""

    DASHED = Qt.PenStyle.DashLine
    DOTTED = Qt.PenStyle.DotLine
    DASH_DOT = Qt.PenStyle.DashDotLine
    DASH_DOT_DOT = Qt.PenStyle.DashDotDotLine


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A line over the chart.

    Attributes:
        name: what is written on it.
        plan: the plan whose total it shows.
        style: how it is drawn.
    """

    name: str
    plan: Plan
    style: LineStyle = LineStyle.DASHED
