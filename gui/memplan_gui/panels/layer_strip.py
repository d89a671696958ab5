"""A thin row of cells, one for each layer, coloured by the memory in which it is."""

from __future__ import annotations

from collections import Counter
from typing import Final

from memplan.language import ntr, tr
from memplan.layer_places import LayerPlace, layer_bytes, layer_places
from memplan.memory.machine import Machine
from memplan.planning.planner import Plan
from memplan.theme import Theme
from memplan.units import ByteUnits, format_bytes, format_count
from memplan.wording.help.topics import HelpTopic
from memplan.wording.pools import pool_title
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.tooltips import as_written
from memplan_gui.widgets.topics import explain

_HEIGHT = 16
_LIGHTER_BY: Final = 28
"""Per cent by which each further device is lighter than the one before."""


class _Cells(QWidget):
    """Paints the cells; a tooltip says what is under the mouse."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.places: tuple[LayerPlace, ...] = ()
        self.tips: tuple[str, ...] = ()
        self.device_ids: tuple[str, ...] = ()
        self.setFixedHeight(scaled(_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(scaled(200), scaled(_HEIGHT))

    def event(self, event: QEvent) -> bool:
        """Say what the layer under the mouse is."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and self.tips:
            index = int(event.pos().x() * len(self.places) / max(self.width(), 1))
            tip = self.tips[min(max(index, 0), len(self.tips) - 1)]
            QToolTip.showText(event.globalPos(), as_written(tip), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a cell for each layer: its experts, where they are elsewhere, as its lower half."""
        if not self.places:
            return
        painter = QPainter(self)
        width, height = self.width() / len(self.places), float(self.height())
        gap = 1.0 if width >= scaled(4) else 0.0
        for index, place in enumerate(self.places):
            # Where another memory begins, the gap is wider.
            begins = index > 0 and place.pool != self.places[index - 1].pool
            left = index * width + (scaled(2) if begins else 0)
            cell = QRectF(left, 0, max((index + 1) * width - gap - left, 0.5), height)
            painter.fillRect(cell, self._brush(place.pool))
            self._paint_host(painter, cell, place.pool)
            if place.experts_pool != place.pool or place.in_part:
                pool = "" if place.in_part else place.experts_pool
                share = 0.25 if place.in_part else 0.5
                lower = QRectF(cell.left(), height * (1 - share), cell.width(), height * share)
                painter.fillRect(lower, self._brush(pool))
                self._paint_host(painter, lower, pool)
        painter.end()

    def _brush(self, pool_id: str) -> QColor:
        """A device's colour by its number; the host's is that of the track."""
        if pool_id not in self.device_ids:
            return QColor(self.theme.grid)
        number = self.device_ids.index(pool_id)
        return QColor(self.theme.accent).lighter(100 + _LIGHTER_BY * number)

    def _paint_host(self, painter: QPainter, cell: QRectF, pool_id: str) -> None:
        """The host's memory is hatched: colour is not all that tells it from a device's."""
        if pool_id not in self.device_ids:
            hatching = QBrush(QColor(self.theme.text_muted), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(cell, hatching)


class LayerStrip(QWidget):
    """Shows where the layers of a start are; hidden where all are on one device."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("layer_strip")
        self.cells = _Cells(theme)
        self.words = label("small")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._units = ByteUnits.BINARY
        self._plan: Plan | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(scaled_margins(8, 6, 8, 4))
        column.setSpacing(scaled(3))
        column.addWidget(self.cells)
        column.addWidget(self.words)
        explain(HelpTopic.DEVICE, self, self.words)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.cells.theme = theme
        self.cells.update()

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        if self._plan is not None:
            self.show_plan(self._plan)

    def show_plan(self, plan: Plan) -> None:
        """Show where a plan's layers are."""
        self._plan = plan
        machine = plan.request.machine
        places = () if plan.start is None else layer_places(plan.start, machine)
        self.setVisible(len({place.pool for place in places}) > 1 or _has_moved_experts(places))
        if self.isHidden():
            return
        device_ids = tuple(pool.id for pool in machine.devices)
        if (places, device_ids) != (self.cells.places, self.cells.device_ids):
            self.cells.places, self.cells.device_ids = places, device_ids
            self.cells.update()
        self.cells.tips = _tips(plan, places, self._units)
        text = layers_text(places, machine)
        self.words.setText(text)
        self.words.setToolTip(as_written(text))
        # In a low window the table gives way, not this.
        self.setFixedHeight(self.sizeHint().height())
        self.cells.setAccessibleName(tr("Layers"))
        self.cells.setAccessibleDescription(text)


def _has_moved_experts(places: tuple[LayerPlace, ...]) -> bool:
    return any(place.experts_pool != place.pool or place.in_part for place in places)


def layers_text(places: tuple[LayerPlace, ...], machine: Machine) -> str:
    """How many layers are in each memory, and the experts of how many are elsewhere."""
    counts = Counter(place.pool for place in places)
    parts = [
        tr("{memory}: {layers}").format(
            memory=pool_title(pool, machine),
            layers=ntr("{count} layer", "{count} layers", counts[pool.id]),
        )
        for pool in machine.pools
        if counts[pool.id]
    ]
    moved = sum(place.experts_pool != place.pool for place in places)
    if moved:
        parts.append(
            ntr(
                "experts of {count} layer in host memory",
                "experts of {count} layers in host memory",
                moved,
            )
        )
    if split := sum(place.in_part for place in places):
        parts.append(ntr("{count} layer in part", "{count} layers in part", split))
    return " · ".join(parts)


def _tips(plan: Plan, places: tuple[LayerPlace, ...], units: ByteUnits) -> tuple[str, ...]:
    """What is said of each layer: its number, its memory and its bytes of weights."""
    machine, sizes = plan.request.machine, layer_bytes(plan.model)
    titles = {pool.id: pool_title(pool, machine) for pool in machine.pools}
    tips = []
    for index, place in enumerate(places):
        name = tr("Layer {number}").format(number=format_count(index))
        if index + 1 == len(places):
            name = tr("Output layer")
        lines = [f"{name}: {titles[place.pool]}"]
        size = sizes.get(index)
        if size is not None:
            lines.append(tr("{size} weights").format(size=format_bytes(size.own, units)))
            if size.experts:
                where = titles[place.experts_pool]
                lines.append(
                    tr("{size} experts: {memory}").format(
                        size=format_bytes(size.experts, units), memory=where
                    )
                )
        tips.append("\n".join(lines))
    return tuple(tips)
