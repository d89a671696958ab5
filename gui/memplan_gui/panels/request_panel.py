"""The controls for a chat's next answer: tokens in use, completion wanted, and what is granted."""

from __future__ import annotations

from memplan.language import marked, tr
from memplan.planning.planner import Plan
from memplan.request import Request
from memplan.wording.help.topics import HelpTopic
from memplan.wording.verdicts import completion_line
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from memplan_gui.session import Session
from memplan_gui.widgets.form import Card, Field, Form
from memplan_gui.widgets.number_fields import TokensField
from memplan_gui.widgets.topics import explain

_USED = Field(marked("&Used"), marked("Tokens that the chat already holds"), marked("tokens"))
_COMPLETION = Field(
    marked("Comp&letion"), marked("Tokens that the next answer may take at most"), marked("tokens")
)


class RequestPanel(Card):
    """Shows what the next answer is granted within the context that the engine starts with."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Request"))
        self._session = session
        self._plan: Plan | None = None
        self.used = TokensField()
        self.completion = TokensField()
        self._granted = QLabel()
        self._granted.setProperty("role", "muted")
        self._granted.setTextFormat(Qt.TextFormat.RichText)
        self._granted.setWordWrap(True)
        self._granted.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._granted.hide()
        form = Form()
        form.add(_USED, self.used)
        form.add(_COMPLETION, self.completion)
        self.body.addLayout(form)
        self.body.addWidget(self._granted)
        explain(HelpTopic.USED, self.used)
        explain(HelpTopic.COMPLETION, self.completion, self._granted)
        self.used.tokens_changed.connect(self._change_used)
        self.completion.tokens_changed.connect(self._change_completion)
        for field in (self.used, self.completion):
            field.editingFinished.connect(session.end_gesture)
        session.request_changed.connect(self.show_request)
        session.plan_changed.connect(self._show_plan)
        self.show_request(session.request)

    def show_request(self, request: Request) -> None:
        """Show a request in both controls."""
        self.used.set_tokens(request.used_context_tokens)
        self.completion.set_tokens(request.completion_tokens)

    def changeEvent(self, event: QEvent) -> None:
        """Write the number that is stressed in the colour of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._plan is not None:
            self._show_plan(self._plan)

    def _show_plan(self, plan: Plan) -> None:
        self._plan = plan
        colour = self.palette().color(self.foregroundRole()).name()
        self._granted.setText(completion_line(plan, f'<b style="color: {colour}">{{number}}</b>'))
        self._granted.setToolTip(
            tr(
                "What the engine lets the next answer take of the context it started with, "
                "the context that the answer then reaches, and what is left beside the used tokens"
            )
        )
        self._granted.show()

    def _change_used(self, used_tokens: int) -> None:
        self._session.change(tr("Used tokens"), used_context_tokens=used_tokens)

    def _change_completion(self, completion_tokens: int) -> None:
        self._session.change(tr("Completion"), completion_tokens=completion_tokens)
