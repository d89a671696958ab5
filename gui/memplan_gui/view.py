"""All panels of the window, put together: what a session's plan looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memplan.language import tr
from memplan.model import Model
from memplan.planning.planner import Plan
from memplan.request import Request
from memplan.theme import Theme
from memplan.units import ByteUnits
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from memplan_gui.body import Body
from memplan_gui.comparison import Comparison
from memplan_gui.panels.breakdown import BreakdownTab, BreakdownTable
from memplan_gui.panels.chart_and_tabs import ChartAndTabs
from memplan_gui.panels.chart_card import ChartCard
from memplan_gui.panels.file_tab import FileTab
from memplan_gui.panels.late_panels import LatePanels
from memplan_gui.panels.layer_strip import LayerStrip
from memplan_gui.panels.library_page import LibraryPage
from memplan_gui.panels.lower_tabs import LowerTabs
from memplan_gui.panels.memory_bars import MemoryBars
from memplan_gui.panels.model_card import ModelCard
from memplan_gui.panels.request_panel import RequestPanel
from memplan_gui.panels.runs_on import RunsOnPanel
from memplan_gui.panels.verdict_banner import VerdictBanner
from memplan_gui.plot.overlay import Overlay
from memplan_gui.session import Session
from memplan_gui.text_size import scaled

if TYPE_CHECKING:
    from memplan_gui.plot.chart_scene import Sight

_GAP = 14


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a user has arranged in a view, beside what the session holds.

    Attributes:
        tab: the tab in front.
        heights: those of chart and tabs; ``None`` where the user left them alone.
        sight: what is looked at in the chart; ``None`` where there is none.
        address: what is typed as an address; ``None`` where none is asked for.
        pool: id of the memory that the chart was told to show; ``None``: the one that limits.
    """

    tab: int
    heights: list[int] | None
    sight: Sight | None
    address: str | None
    pool: str | None


class View(QObject):
    """Shows a session, for as long as its widgets live.

    For another language or size of text there is another view.

    Attributes:
        body: the widget that holds them all.
        model_card, runs_on, request_panel: the controls.
        memory_bars: a bar for each memory.
        chart_card: the card of the chart.
        breakdown: the table of components.
        layer_strip: where the layers are, above it.
        tabs: the tabs below the chart.
        late: the panels that are made when they are first seen.
        library: what is seen before there is a plan, or when the user asks for it.
        splitter: shares the height between chart and tabs.
    """

    def __init__(
        self,
        session: Session,
        comparison: Comparison,
        theme: Theme,
        samples: QMenu,
    ) -> None:
        super().__init__()
        session.end_gesture()  # what is dragged in a view before this one is over
        self._session = session
        self._comparison = comparison
        self._lines: tuple[Overlay, ...] = ()
        self._listing = False
        self.model_card = ModelCard()
        self.runs_on = RunsOnPanel(session)
        self.request_panel = RequestPanel(session)
        self._verdict = VerdictBanner(theme)
        self.memory_bars = MemoryBars(theme)
        self.chart_card = ChartCard(session, theme)
        self.breakdown = BreakdownTable(theme)
        self.layer_strip = LayerStrip(theme)
        self._file_tab = FileTab()
        self.late = LatePanels(session, comparison, theme, self.model_card.source_requested.emit)
        self.tabs = self._make_tabs()
        self.library = LibraryPage(samples, theme)
        self.splitter = ChartAndTabs(self.chart_card, self.tabs)
        self._pages = QStackedWidget()
        self.body = self._lay_out()
        self.setParent(self.body)
        self._connect()

    def _make_tabs(self) -> LowerTabs:
        tabs, late = LowerTabs(), self.late
        breakdown = BreakdownTab(self.layer_strip, self.breakdown)
        tabs.add_tab(breakdown, tr("Breakdown"), tr("What takes the memory"))
        tabs.add_tab(late.why, tr("Why"), tr("Why it fits or not, and what would be enough"))
        tabs.add_tab(late.changes, tr("What to change"), tr("What would make it fit, best first"))
        tabs.add_tab(
            late.best,
            tr("Best start"),
            tr("The starts that no other beats for a wish"),
        )
        tabs.add_tab(late.compare, tr("Compare"), tr("The other engine and pinned plans"))
        tabs.add_tab(
            late.contexts, tr("Contexts"), tr("Every context, and which device reaches it")
        )
        tabs.add_tab(self._file_tab, tr("File"), tr("What the file's header says"))
        return tabs

    def _lay_out(self) -> Body:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(scaled(_GAP))
        column.addWidget(self._verdict)
        column.addWidget(self.memory_bars)
        column.addWidget(self.splitter, 1)
        self._pages.addWidget(self.library)
        self._pages.addWidget(right)
        controls = (self.model_card, self.runs_on, self.request_panel)
        return Body((*controls, *self.late.options.values()), self._pages)

    def _connect(self) -> None:
        session = self._session
        session.plan_changed.connect(self._show_plan)
        session.plan_failed.connect(self._show_no_plan)
        session.request_changed.connect(self._show_request)
        self._comparison.changed.connect(self._draw_comparison)
        session.plan_changed.connect(self._draw_comparison)
        self.chart_card.read_out_changed.connect(self.breakdown.show_usage)
        self.chart_card.read_out_changed.connect(self.memory_bars.show_usage)
        self.chart_card.pool_shown.connect(self._show_pool)
        self.memory_bars.pool_chosen.connect(self.chart_card.choose_pool)
        self.chart_card.chart_made.connect(self._order_chart)
        self.library.left.connect(self._leave_library)

    def show_model(self, model: Model, *, sample: bool) -> None:
        """Show a model; a sample is no file of the user's."""
        self._listing = False
        self.model_card.show_model(model, sample=sample)
        self._file_tab.show_model(model)

    def show_library(self) -> None:
        """Show the models on this machine, and plans of the open one again when it is left."""
        self._listing = True
        self.library.offer_return(self._session.model is not None)
        self._pages.setCurrentIndex(0)

    def _leave_library(self) -> None:
        self._listing = False
        self._show_page()

    def _show_page(self) -> None:
        if self._pages.currentIndex() != 1:
            self._pages.setCurrentIndex(1)
            self.splitter.share_height()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        for panel in (
            self._verdict,
            self.memory_bars,
            self.chart_card,
            self.breakdown,
            self.layer_strip,
            self.late,
            self.library,
        ):
            panel.set_theme(theme)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        for panel in (
            self.model_card,
            self.runs_on,
            self._verdict,
            self.memory_bars,
            self.chart_card,
            self.breakdown,
            self.layer_strip,
            self.late,
            self.library,
        ):
            panel.set_units(units)

    def arrangement(self) -> Arrangement:
        """What the user has arranged."""
        chart = self.chart_card.chart
        return Arrangement(
            self.tabs.tabs.currentIndex(),
            self.splitter.sizes() if self.splitter.moved else None,
            None if chart is None else chart.sight(),
            self.model_card.typed_address(),
            self.chart_card.chosen_pool,
        )

    def arrange(self, arrangement: Arrangement) -> None:
        """Arrange this view as another was."""
        self.tabs.tabs.setCurrentIndex(arrangement.tab)
        if arrangement.heights is not None:
            self.splitter.share_as(arrangement.heights)
        if arrangement.pool is not None:
            self.chart_card.choose_pool(arrangement.pool)
        if arrangement.sight is not None:
            self.chart_card.make_chart().look_at(arrangement.sight)
        if arrangement.address is not None:
            self.model_card.ask_address(arrangement.address)

    def _show_request(self, request: Request) -> None:
        self.late.show_request(request)

    def _show_plan(self, plan: Plan) -> None:
        self._verdict.show_plan(plan)
        self.model_card.show_plan(plan)
        self.breakdown.show_plan(plan)
        self.layer_strip.show_plan(plan)
        if not self._listing:
            self._show_page()

    def _show_pool(self, plan: Plan, pool_id: str) -> None:
        """The chart shows this memory of the plan."""
        self.memory_bars.show_plan(plan, pool_id)

    def _show_no_plan(self, reason: str) -> None:
        self._verdict.show_failure(self._session.request.engine, reason)
        if not self._listing:
            self._pages.setCurrentIndex(1)

    def _draw_comparison(self) -> None:
        """Draw other plans' lines over the chart, where they are not those that it has."""
        lines = self._comparison.overlays()
        if lines != self._lines:
            self._lines = lines
            self.chart_card.make_chart().set_overlays(lines)

    def _order_chart(self, chart: QWidget) -> None:
        """The chart is made last, but comes between the controls and the tabs."""
        controls = self.body.controls
        before = self.tabs.tabs.tabBar().previousInFocusChain()
        while before is not None and (
            before.focusPolicy() is Qt.FocusPolicy.NoFocus or not controls.isAncestorOf(before)
        ):
            before = before.previousInFocusChain()
        if before is not None:
            QWidget.setTabOrder(before, chart)
