"""The plans that are held against the window's own: the other engine's, and those pinned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from memplan.engines.engine import Counterpart
from memplan.engines.registry import ENGINES, engine_named
from memplan.estimate import UnsupportedRequestError
from memplan.language import ntr, tr
from memplan.model import Model
from memplan.planning.crossings import curve_key
from memplan.planning.planner import Plan, plan
from memplan.request import Request
from memplan.wording.titles import engine_title
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand

from memplan_gui.plot.overlay import LineStyle, Overlay
from memplan_gui.session import Session

_PIN_STYLES: Final = (LineStyle.DOTTED, LineStyle.DASH_DOT, LineStyle.DASH_DOT_DOT)


@dataclass(frozen=True, slots=True, eq=False)
class Pin:
    """A plan that stays as it was.

    Attributes:
        name: what the user calls it.
        plan: the plan.
    """

    name: str
    plan: Plan


class _PinsChange(QUndoCommand):
    """A step from some pins to others."""

    def __init__(
        self,
        text: str,
        store: Callable[[tuple[Pin, ...]], None],
        old: tuple[Pin, ...],
        new: tuple[Pin, ...],
    ) -> None:
        super().__init__(text)
        self._store = store
        self._old = old
        self._new = new

    def redo(self) -> None:
        self._store(self._new)

    def undo(self) -> None:
        self._store(self._old)


class Comparison(QObject):
    """Holds what the session's plan is compared with.

    Attributes:
        pins: the pinned plans, the oldest first.
        draws_other: whether the other engine's total is drawn over the chart.

    Signals:
        changed(): any of these is another, or the other engine's plan is.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._other: tuple[Plan, Plan | None] | None = None
        self._other_line: Overlay | None = None
        self._pin_lines: tuple[Overlay, ...] = ()
        self.pins: tuple[Pin, ...] = ()
        self.draws_other = False

    def pin(self) -> None:
        """Keep the session's plan, under a name of its own."""
        current = self._session.plan
        if current is not None:
            name = _free_name(_short_name(current), [pin.name for pin in self.pins])
            self._change(tr("Pin {name}").format(name=name), (*self.pins, Pin(name, current)))

    def counterpart(self) -> Counterpart | None:
        """The other figures that the session's engine has for the same start, if any."""
        current = self._session.plan
        if current is None:
            return None
        return engine_named(current.request.engine).counterpart(current.request)

    def pin_counterpart(self) -> int | None:
        """Keep those figures, so that both are on one axis; once only.

        Returns the number of the pin, from 0; ``None`` where the engine has no plan of them.
        """
        current, found = self._session.plan, self.counterpart()
        if current is None or found is None:
            return None
        asked = current.model, found.request
        for number, pin in enumerate(self.pins):
            if (pin.plan.model, pin.plan.request) == asked:
                return number
        try:
            made = plan(current.model, found.request)
        except ValueError:
            return None
        name = _free_name(found.name, [pin.name for pin in self.pins])
        self._change(tr("Pin {name}").format(name=name), (*self.pins, Pin(name, made)))
        return len(self.pins) - 1

    def pin_models(self, models: Sequence[Model]) -> int:
        """Keep other models' plans for the session's request; how many the engine plans."""
        pins = list(self.pins)
        for model in models:
            try:
                made = plan(model, self._session.request)
            except ValueError:
                continue
            name = f"{model.name} {model.quantisation}".strip()
            pins.append(Pin(_free_name(name, [pin.name for pin in pins]), made))
        count = len(pins) - len(self.pins)
        if count:
            self._change(ntr("Pin {count} model", "Pin {count} models", count), tuple(pins))
        return count

    def rename(self, index: int, name: str) -> None:
        """Call a pinned plan otherwise."""
        pin = self.pins[index]
        if name.strip() and name.strip() != pin.name:
            renamed = Pin(name.strip(), pin.plan)
            pins = (*self.pins[:index], renamed, *self.pins[index + 1 :])
            self._change(tr("Rename {name}").format(name=pin.name), pins)

    def remove(self, index: int) -> None:
        """Forget a pinned plan."""
        name = self.pins[index].name
        self._change(
            tr("Remove {name}").format(name=name), (*self.pins[:index], *self.pins[index + 1 :])
        )

    def draw_other(self, drawn: bool) -> None:
        """Draw the other engine's total over the chart, or not."""
        if drawn != self.draws_other:
            self.draws_other = drawn
            self.changed.emit()

    def other_plan(self) -> Plan | None:
        """The other engine's plan for the session's request; ``None`` if it refuses."""
        current = self._session.plan
        if current is None:
            return None
        if self._other is None or self._other[0] is not current:
            self._other = current, _plan_with_other_engine(current)
        return self._other[1]

    def overlays(self) -> tuple[Overlay, ...]:
        """The lines over the chart; the very same ones as long as they look the same."""
        other = self.other_plan() if self.draws_other else None
        if other is None:
            return self._pin_lines
        if self._other_line is None or curve_key(self._other_line.plan) != curve_key(other):
            title = engine_title(other.request.engine)
            self._other_line = Overlay(title, other, LineStyle.DASHED)
        return (self._other_line, *self._pin_lines)

    def _change(self, text: str, pins: tuple[Pin, ...]) -> None:
        self._session.end_gesture()
        self._session.undo_stack.push(_PinsChange(text, self._store, self.pins, pins))

    def _store(self, pins: tuple[Pin, ...]) -> None:
        self.pins = pins
        self._pin_lines = tuple(
            Overlay(pin.name, pin.plan, pin_style(index)) for index, pin in enumerate(pins)
        )
        self.changed.emit()


def pin_style(index: int) -> LineStyle:
    """How a pinned plan's line is drawn."""
    return _PIN_STYLES[index % len(_PIN_STYLES)]


def other_engine(engine: str) -> str:
    """The engine that comes after ``engine``, the first after the last."""
    names = list(ENGINES)
    return names[(names.index(engine) + 1) % len(names)]


def _plan_with_other_engine(current: Plan) -> Plan | None:
    request = replace(current.request, engine=other_engine(current.request.engine))
    try:
        return plan(current.model, _on_common_backend(request))
    except UnsupportedRequestError:
        return None


def _on_common_backend(request: Request) -> Request:
    """The request on a backend that its engine has."""
    offered = engine_named(request.engine).backends
    if request.backend in offered:
        return request
    return replace(request, machine=request.machine.reached_by(offered[0]))


def _short_name(current: Plan) -> str:
    return f"{current.model.name}, {engine_title(current.request.engine)}"


def _free_name(name: str, taken: list[str]) -> str:
    number, free = 2, name
    while free in taken:
        free = f"{name} {number}"
        number += 1
    return free
