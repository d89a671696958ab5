"""What is to be drawn, and where it all came to lie."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from memplan.memory.component import ComponentKind
from memplan.planning.planner import Plan, PoolUsage
from memplan.units import ByteUnits
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont

from memplan_gui.plot.marks import Marker
from memplan_gui.plot.overlay import Overlay
from memplan_gui.plot.scale import AxisScale, Frame
from memplan_gui.plot.series import Series, Span
from memplan_gui.plot.ticks import ByteTicks
from memplan_gui.text_size import scaled_beside

_UNIT = 1000
"""Large enough that a scaled line keeps its fractions of a pixel."""


class TextRole(Enum):
    """What a text in the chart is."""

    TICK_X = auto()
    TICK_Y = auto()
    UNIT = auto()
    TITLE = auto()
    MARKER = auto()
    BUDGET = auto()
    SHARE = auto()
    AREA = auto()
    OVERLAY = auto()
    MEETING = auto()
    EXIT = auto()
    BUFFER = auto()
    RANGE = auto()
    SERVING = auto()


@dataclass(frozen=True, slots=True)
class ChartFonts:
    """The fonts of the chart: ``small`` for axes, ``label`` for what is written in the plot."""

    small: QFont
    label: QFont

    def scaled(self, pixels: float) -> float:
        """Pixels for lines, dots and gaps beside these texts: so many at 100 %."""
        return pixels * scaled_beside(self.label, _UNIT) / _UNIT

    @staticmethod
    def of(font: QFont) -> ChartFonts:
        """The chart's fonts beside a window's font."""
        small, label = QFont(font), QFont(font)
        if font.pixelSize() > 0:
            small.setPixelSize(max(round(font.pixelSize() * 0.92), 8))
        else:
            small.setPointSizeF(font.pointSizeF() * 0.92)
        label.setWeight(QFont.Weight.DemiBold)
        return ChartFonts(small, label)


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the rectangle that it fills."""

    role: TextRole
    text: str
    rect: QRectF
    kind: ComponentKind | None = None
    on_area: bool = False


@dataclass(frozen=True, slots=True)
class MarkerLine:
    """A vertical line from the bottom of the plot to its text.

    Attributes:
        marker: what it marks.
        x: its pixel, within the plot.
        top: its upper end.
        beyond: -1 or 1 where the context lies left or right of what is shown, else 0.
        label: rectangle of its text, if there was room.
    """

    marker: Marker
    x: float
    top: float
    beyond: int
    label: QRectF | None


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Everything that the chart paints, in pixels.

    Attributes:
        frame: the plot's rectangle and ranges.
        byte_ticks: ticks of the vertical axis.
        context_ticks: tokens of the ticks of the horizontal axis.
        texts: all texts.
        markers: the vertical lines.
        budget_y: height of the budget's line, ``None`` where it is above the plot.
        share_y: height of the line of what automatic sizing uses, ``None`` if not shown.
        buffer_limit_y: height of the line of the largest buffer that the device gives, or ``None``.
        budget_pill: the budget's label; empty without a budget.
        share_x, budget_x: where the total exceeds these; the right edge if nowhere.
        meetings: where another plan's total meets this one's.
        wanted: where the wanted context meets the total; ``None`` where that is not in the plot.
    """

    frame: Frame
    byte_ticks: ByteTicks
    context_ticks: tuple[int, ...]
    texts: tuple[Text, ...]
    markers: tuple[MarkerLine, ...]
    budget_y: float | None
    share_y: float | None
    buffer_limit_y: float | None
    budget_pill: QRectF
    share_x: float
    budget_x: float
    meetings: tuple[QPointF, ...]
    wanted: QPointF | None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is to be laid out.

    Attributes:
        plan: the plan.
        series: its curves.
        overlays: other plans, and their curves.
        scale: division of the context axis.
        units: how bytes are written.
        shown_bytes: what the vertical axis must reach; ``None``: what suits the plan.
        zoom: first and last context in sight; ``None``: all.
    """

    plan: Plan
    series: Series
    overlays: tuple[tuple[Overlay, Series], ...] = ()
    scale: AxisScale = AxisScale.LOG
    units: ByteUnits = ByteUnits.BINARY
    shown_bytes: float | None = None
    zoom: Span | None = None

    @property
    def usage(self) -> PoolUsage:
        """What the memory that is shown holds at the plan's context."""
        return self.plan.at.pool(self.series.pool)

    @property
    def budget_bytes(self) -> int | None:
        """The budget of the memory that is shown; ``None``: it is not limited."""
        return self.usage.pool.budget_bytes

    @property
    def on_device(self) -> bool:
        """Whether the memory is that of the device for which contexts are sized."""
        return self.series.pool == self.plan.request.machine.devices[0].id

    @property
    def span(self) -> Span:
        """First and last context in sight."""
        return self.zoom or self.series.span
