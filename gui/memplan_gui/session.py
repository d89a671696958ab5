"""The window's one mutable object: the model, the request, and the plan that follows from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from memplan.model import Model
from memplan.model.parts import PartFile
from memplan.planning.planner import Plan, plan
from memplan.request import Request
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack


class _RequestChange(QUndoCommand):
    """A step from one request to another. Steps of one gesture become one."""

    def __init__(self, session: Session, text: str, old: Request, new: Request, gesture: int):
        super().__init__(text)
        self._session = session
        self._old = old
        self._new = new
        self._gesture = gesture

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802
        if not isinstance(other, _RequestChange):
            return False
        if other._gesture != self._gesture or other.text() != self.text():
            return False
        self._new = other._new
        self.setObsolete(self._new == self._old)
        return True

    def redo(self) -> None:
        self._session.store(self._new)

    def undo(self) -> None:
        self._session.end_gesture()
        self._session.store(self._old)


class _PartsChange(QUndoCommand):
    """A step from what a model has beside it to something else. Another model is left alone."""

    def __init__(self, session: Session, text: str, model: Model, parts: tuple[PartFile, ...]):
        super().__init__(text)
        self._session = session
        self._source = model.source
        self._old = model.parts
        self._new = parts

    def redo(self) -> None:
        self._store(self._new)

    def undo(self) -> None:
        self._session.end_gesture()
        self._store(self._old)

    def _store(self, parts: tuple[PartFile, ...]) -> None:
        model = self._session.model
        if model is not None and model.source == self._source:
            self._session.set_model(replace(model, parts=parts))


class Session(QObject):
    """Holds the model and the request, and plans once per turn of the event loop.

    Views ask for a change and show what the signals bring; they read nothing back.

    Attributes:
        undo_stack: every change of the request, and of what is loaded beside the model.
        request: the current request.
        model: the current model; ``None`` before one was opened.
        plan: the latest plan; ``None`` before there is one, or if the last request has none.

    Signals:
        request_changed(Request): at once, so that widgets never fall behind.
        model_changed(Model): before the plan for it.
        plan_changed(Plan): once per turn.
        plan_failed(str): the engine cannot answer this request, for this reason.
    """

    request_changed = Signal(object)
    model_changed = Signal(object)
    plan_changed = Signal(object)
    plan_failed = Signal(str)

    def __init__(self, request: Request, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.request = request
        self.model: Model | None = None
        self.plan: Plan | None = None
        self.undo_stack = QUndoStack(self)
        self._gesture = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.plan_now)

    def change(self, text: str, **changes: Any) -> None:
        """Ask for a request with ``changes``; ``text`` names the step for undo.

        Changes of one text belong together until :meth:`end_gesture`: a drag, or typing, is one
        step.
        """
        new = replace(self.request, **changes)
        if new == self.request:
            return
        self.undo_stack.push(_RequestChange(self, text, self.request, new, self._gesture))

    def change_parts(self, text: str, parts: tuple[PartFile, ...]) -> None:
        """Load these beside the model from now on; ``text`` names the step for undo."""
        if self.model is not None and parts != self.model.parts:
            self.end_gesture()
            self.undo_stack.push(_PartsChange(self, text, self.model, parts))

    def end_gesture(self) -> None:
        """The next change is a step of its own."""
        self._gesture += 1

    def store(self, request: Request) -> None:
        """Make ``request`` the current one. For the undo steps; widgets call :meth:`change`."""
        if request == self.request:
            return
        self.request = request
        self.request_changed.emit(request)
        self._timer.start()

    def set_model(self, model: Model) -> None:
        """Plan for another model from now on."""
        self.model = model
        self.model_changed.emit(model)
        self._timer.start()

    def plan_now(self) -> None:
        """Plan without waiting for the event loop."""
        self._timer.stop()
        if self.model is None:
            return
        try:
            self.plan = plan(self.model, self.request)
        except ValueError as error:
            self.plan = None
            self.plan_failed.emit(str(error))
        else:
            self.plan_changed.emit(self.plan)
