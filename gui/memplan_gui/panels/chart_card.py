"""The card that holds the chart, which is imported only once the window can be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from memplan.language import tr
from memplan.model import Model
from memplan.planning.planner import Plan
from memplan.theme import Theme
from memplan.units import ByteUnits
from memplan.wording.help.topics import HelpTopic
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from memplan_gui.session import Session
from memplan_gui.text_size import scaled_by_half, scaled_margins
from memplan_gui.widgets.topics import explain

if TYPE_CHECKING:
    from memplan_gui.plot.chart import Chart

_LEAST_HEIGHT = 230


class ChartCard(QFrame):
    """Makes the chart at the first plan, and passes the user's drags on to the session.

    Importing pyqtgraph is most of the program's start; the window is seen before that.

    Attributes:
        chart: the chart; ``None`` until there is a plan.
        chosen_pool: id of the memory that the user wants to see; ``None``: the one that limits.

    Signals:
        chart_made(Chart): the chart is there now.
        read_out_changed(Usage | None): the chart reads out another context.
        pool_shown(Plan, str): the chart shows the memory of this id, of this plan.
        painted(): the card was painted with a chart in it.
    """

    chart_made = Signal(object)
    read_out_changed = Signal(object)
    pool_shown = Signal(object, str)
    painted = Signal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setMinimumHeight(scaled_by_half(_LEAST_HEIGHT))
        explain(HelpTopic.CHART, self)
        self._session = session
        self._theme = theme
        self._units = ByteUnits.BINARY
        self._linear = False
        self.chart: Chart | None = None
        self.chosen_pool: str | None = None
        self._shown_pool = ""
        self._shown_model: Model | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(scaled_margins(6, 6, 6, 6))
        session.plan_changed.connect(self._show_plan)
        session.plan_failed.connect(self._show_no_plan)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        if self.chart is not None:
            self.chart.set_theme(theme)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        if self.chart is not None:
            self.chart.set_units(units)

    def set_linear(self, linear: bool) -> None:
        """Divide the context axis evenly, or logarithmically."""
        self._linear = linear
        if self.chart is not None:
            self.chart.set_axis("linear" if linear else "log")

    def zoom(self, steps: int) -> None:
        """Magnify the chart by so many steps; 0: show all of it."""
        chart = self.make_chart()
        if steps:
            chart.zoom_by_steps(steps)
        else:
            chart.zoom_to_fit()

    def read_out(self) -> None:
        """Read out the plan's context. The keys then move it."""
        chart = self.make_chart()
        chart.setFocus(Qt.FocusReason.ShortcutFocusReason)
        chart.read_out_wanted()

    def make_chart(self) -> Chart:
        """The chart, made now if it was not."""
        if self.chart is not None:
            return self.chart
        from memplan_gui.plot.chart import Chart

        chart = Chart(self)
        chart.set_theme(self._theme)
        chart.set_units(self._units)
        chart.set_axis("linear" if self._linear else "log")
        chart.setToolTip(
            tr("Drag the budget's line or the marker of the context. The arrow keys read out")
        )
        self._layout.addWidget(chart)
        self.chart_made.emit(chart)
        session = self._session
        chart.budget_dragged.connect(self._drag_budget)
        chart.budget_drag_finished.connect(session.end_gesture)
        chart.context_dragged.connect(self._drag_context)
        chart.context_drag_finished.connect(session.end_gesture)
        chart.context_chosen.connect(self._choose_context)
        chart.read_out_changed.connect(self.read_out_changed)
        self.chart = chart
        return chart

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        super().paintEvent(event)
        if self.chart is not None:
            self.painted.emit()

    def _show_plan(self, plan: Plan) -> None:
        self._shown_model = plan.model
        chart = self.make_chart()
        chart.setEnabled(True)
        if not chart.is_dragged():
            # A line that is being dragged must stay under the mouse.
            self._shown_pool = self._pool_of(plan)
        chart.set_plan(plan, self._shown_pool)
        self.pool_shown.emit(plan, self._shown_pool)

    def choose_pool(self, pool_id: str) -> None:
        """Show the memory of this id, in plans whose machine has it."""
        self.chosen_pool = pool_id
        if self._session.plan is not None:
            self._show_plan(self._session.plan)

    def _pool_of(self, plan: Plan) -> str:
        chosen = self.chosen_pool
        if chosen is not None and plan.request.machine.has(chosen):
            return chosen
        return plan.limiting_pool.id

    def _show_no_plan(self) -> None:
        """Keep the last plan of the same model, but let nothing be dragged in it."""
        if self.chart is None:
            return
        self.chart.setEnabled(False)
        if self._session.model is not self._shown_model:
            self.chart.clear()

    def _drag_budget(self, budget_bytes: int) -> None:
        machine = self._session.request.machine
        pool = replace(machine.pool(self._shown_pool), budget_bytes=budget_bytes)
        self._session.change(tr("Budget"), machine=machine.with_pool(pool))

    def _drag_context(self, context_tokens: int) -> None:
        self._session.change(tr("Context"), context_tokens=context_tokens)

    def _choose_context(self, context_tokens: int) -> None:
        self._session.end_gesture()
        self._session.change(tr("Context"), context_tokens=context_tokens)
        self._session.end_gesture()
