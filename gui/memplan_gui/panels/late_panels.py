"""The panels that are made when they are first seen: a start shows none of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from memplan.engines.engine import Engine
from memplan.engines.registry import ENGINES
from memplan.request import Request
from memplan.theme import Theme
from memplan.units import ByteUnits

from memplan_gui.comparison import Comparison
from memplan_gui.session import Session
from memplan_gui.widgets.later import Later

if TYPE_CHECKING:
    from memplan_gui.panels.best_tab import BestTab
    from memplan_gui.panels.change_tab import ChangeTab
    from memplan_gui.panels.compare_tab import CompareTab
    from memplan_gui.panels.contexts_tab import ContextsTab
    from memplan_gui.panels.engine_options import OptionsCard
    from memplan_gui.panels.why_tab import WhyTab

_Page = TypeVar("_Page", "WhyTab", "ChangeTab", "BestTab", "ContextsTab")


class LatePanels:
    """Makes panels with the session's state and the chosen units and theme.

    Attributes:
        why, changes, best, compare, contexts: pages of tabs.
        options: the options of each engine; shown while that is the engine.
    """

    def __init__(
        self,
        session: Session,
        comparison: Comparison,
        theme: Theme,
        open_source: Callable[[str], None],
    ) -> None:
        self._open_source = open_source
        self._session = session
        self._comparison = comparison
        self._theme = theme
        self._units = ByteUnits.BINARY
        self.why = Later(self._make_why)
        self.changes = Later(self._make_changes)
        self.best = Later(self._make_best)
        self.compare = Later(self._make_compare)
        self.contexts = Later(self._make_contexts)
        self.options = {
            name: Later(partial(self._make_options, engine)) for name, engine in ENGINES.items()
        }
        for name, place in self.options.items():
            # What is in no window yet would become one if it were shown.
            if name != session.request.engine:
                place.hide()

    def show_request(self, request: Request) -> None:
        """Show the options of the request's engine."""
        for name, place in self.options.items():
            place.setVisible(name == request.engine)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        for place in (self.why, self.changes, self.best, self.compare, self.contexts):
            if place.made is not None:
                place.made.set_units(units)
        for card in self.options.values():
            if card.made is not None:
                card.made.set_units(units)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        if self.compare.made is not None:
            self.compare.made.set_theme(theme)

    def drain(self) -> None:
        """Wait for what is being worked out."""
        for place in (self.why, self.changes, self.best, self.contexts):
            if place.made is not None:
                place.made.drain()

    def _make_why(self) -> WhyTab:
        from memplan_gui.panels.why_tab import WhyTab

        return self._with_plan(WhyTab(self._session))

    def _make_changes(self) -> ChangeTab:
        from memplan_gui.panels.change_tab import ChangeTab

        return self._with_plan(ChangeTab(self._session))

    def _make_best(self) -> BestTab:
        from memplan_gui.panels.best_tab import BestTab

        return self._with_plan(BestTab(self._session, self._open_source))

    def _make_contexts(self) -> ContextsTab:
        from memplan_gui.panels.contexts_tab import ContextsTab

        return self._with_plan(ContextsTab(self._session))

    def _make_compare(self) -> CompareTab:
        from memplan_gui.panels.compare_tab import CompareTab

        page = CompareTab(self._session, self._comparison, self._theme)
        page.set_units(self._units)
        return page

    def _make_options(self, engine: Engine) -> OptionsCard:
        from memplan_gui.panels.engine_options import OptionsCard

        card = OptionsCard(engine, self._session)
        card.set_units(self._units)
        return card

    def _with_plan(self, page: _Page) -> _Page:
        page.set_units(self._units)
        if self._session.plan is not None:
            page.show_plan(self._session.plan)
        return page
