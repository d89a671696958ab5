"""Sets what an app that starts the engine picks by itself: one step that can be undone."""

from __future__ import annotations

import os

from memplan.engines.registry import engine_named
from memplan.language import tr
from memplan.request import Request
from memplan.wording.help.topics import HelpTopic
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from memplan_gui.applying import apply_difference
from memplan_gui.session import Session
from memplan_gui.text_size import scaled
from memplan_gui.widgets.form import describe
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.topics import explain


class StarterRow(QWidget):
    """A link with the apps, and what the chosen one picks. Seen where an engine has such apps."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._app = ""
        self._started: Request | None = None
        self._note = label("small", wrap=True)
        self.link = QPushButton(tr("Set as an app does"))
        self.link.setProperty("role", "link")
        self.link.setProperty("menu", "true")
        describe(
            self.link,
            tr("Set as an app does"),
            tr(
                "Set the context, requests at a time and cache type that Ollama, LM Studio or "
                "KoboldCpp picks by itself"
            ),
        )
        self._menu = QMenu(self.link)
        self._menu.triggered.connect(lambda action: self._set(str(action.data())))
        self.link.setMenu(self._menu)
        explain(HelpTopic.REQUESTED, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(scaled(2))
        column.addWidget(self.link, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._note)
        session.request_changed.connect(self.show_request)
        self.show_request(session.request)

    def show_request(self, request: Request) -> None:
        """Offer the apps of the request's engine; the note stays until something else is set."""
        starters = engine_named(request.engine).starters
        if [action.data() for action in self._menu.actions()] != list(starters):
            self._menu.clear()
            for app, title in starters.items():
                self._menu.addAction(title).setData(app)
        # Shown before it has a place, it would be a window of its own.
        if not starters or self.parentWidget() is not None:
            self.setVisible(bool(starters))
        same = request == self._started
        self._note.setVisible(same)
        self._note.setText(engine_named(request.engine).starter_note(self._app) if same else "")

    def _set(self, app: str) -> None:
        request, model = self._session.request, self._session.model
        tokens = None if model is None else model.dimensions.context_tokens
        engine = engine_named(request.engine)
        self._app = app
        self._started = engine.started_by(app, request, tokens, os.environ)
        text = tr("Set as {app} does").format(app=engine.starters[app])
        apply_difference(self._session, text, request, self._started)
        self.show_request(self._session.request)
