"""The options of ZINC."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from memplan.engines.zinc.options import Accounting, ZincVersion
from memplan.language import marked, tr
from memplan.request import EngineName, Request
from memplan.wording.help.topics import HelpTopic

from memplan_gui.session import Session
from memplan_gui.widgets.form import Card, Field, Form
from memplan_gui.widgets.segmented import Segmented
from memplan_gui.widgets.topics import explain

_VERSION = Field(
    marked("Vers&ion"),
    marked(
        "The ZINC whose plan is followed: from September 2026 on it caches attending layers only"
    ),
)
_ACCOUNTING = Field(
    marked("Accountin&g"),
    marked("The bytes that ZINC plans with, or those that it then allocates"),
)


class ZincOptionsCard(Card):
    """Shows the options of ZINC, if that is the engine, and asks for others."""

    def __init__(self, session: Session) -> None:
        super().__init__("ZINC")
        self._session = session
        self.version = Segmented([(v, v.value) for v in ZincVersion])
        self.accounting = Segmented(
            [
                (Accounting.PLAN, tr("Planned", "ZINC")),
                (Accounting.ALLOCATION, tr("Allocated", "ZINC")),
            ]
        )
        form = Form()
        form.add(_VERSION, self.version)
        form.add(_ACCOUNTING, self.accounting)
        self.body.addLayout(form)
        explain(HelpTopic.ZINC_VERSION, self.version)
        explain(HelpTopic.ZINC_ACCOUNTING, self.accounting)
        self.version.chosen.connect(lambda value: self._change(tr("ZINC's version"), version=value))
        self.accounting.chosen.connect(
            lambda value: self._change(tr("ZINC's accounting"), accounting=value)
        )
        session.request_changed.connect(self.show_request)
        self.show_request(session.request)

    def show_request(self, request: Request) -> None:
        """Show a request in both controls."""
        self._show_only_for(request)
        self.version.set_value(request.zinc.version)
        self.accounting.set_value(request.zinc.accounting)

    def _show_only_for(self, request: Request) -> None:
        """Show the card if ZINC runs the model. One in no window yet would become a window."""
        runs = request.engine is EngineName.ZINC
        if self.parentWidget() is not None:
            self.setVisible(runs)
        elif not runs:
            self.hide()

    def _change(self, text: str, **changes: Any) -> None:
        session = self._session
        session.end_gesture()
        session.change(text, zinc=replace(session.request.zinc, **changes))
        session.end_gesture()
