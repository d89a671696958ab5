"""The session: one request, one plan a turn, and undo."""

from __future__ import annotations

import sys

import pytest
from memplan.model import Model, read_model
from memplan.planning.planner import Plan
from memplan.request import Backend, EngineName, Request
from memplan.units import GIB
from memplan_gui.session import Session
from memplan_resources.samples import sample_path
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


@pytest.fixture(scope="module")
def model() -> Model:
    return read_model(sample_path("qwen3-8b"))


@pytest.fixture
def session(qapp: QApplication) -> Session:
    return Session(Request())


def test_that_many_changes_in_one_turn_make_one_plan(
    session: Session, model: Model, qtbot: QtBot
) -> None:
    plans: list[Plan] = []
    session.plan_changed.connect(plans.append)
    session.set_model(model)
    for gibibytes in range(8, 24):
        session.change("Budget", budget_bytes=gibibytes * GIB)
    qtbot.waitUntil(lambda: bool(plans))
    qtbot.wait(20)
    assert [plan.request.budget_bytes for plan in plans] == [23 * GIB]


def test_that_an_equal_request_is_dropped(session: Session, model: Model, qtbot: QtBot) -> None:
    session.set_model(model)
    session.plan_now()
    with (
        qtbot.assertNotEmitted(session.request_changed, wait=20),
        qtbot.assertNotEmitted(session.plan_changed),
    ):
        session.change("Budget", budget_bytes=session.request.budget_bytes)
    assert session.undo_stack.count() == 0


def test_that_a_drag_is_one_step_and_undo_brings_back_the_first_request(
    session: Session,
) -> None:
    first = session.request
    for gibibytes in (15, 14, 13):
        session.change("Budget", budget_bytes=gibibytes * GIB)
    session.end_gesture()
    session.change("Budget", budget_bytes=12 * GIB)
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    assert session.request.budget_bytes == 13 * GIB
    session.undo_stack.undo()
    assert session.request == first
    session.undo_stack.redo()
    assert session.request.budget_bytes == 13 * GIB


def test_that_a_drag_back_to_its_start_leaves_no_step(session: Session) -> None:
    start = session.request.budget_bytes
    session.change("Budget", budget_bytes=start - 1)
    session.change("Budget", budget_bytes=start)
    assert not session.undo_stack.canUndo()


def test_that_changes_of_different_things_are_steps_of_their_own(session: Session) -> None:
    session.change("Budget", budget_bytes=8 * GIB)
    session.change("Context", context_tokens=8192)
    assert session.undo_stack.count() == 2


def test_that_budgets_beyond_32_bits_arrive_whole(session: Session, model: Model) -> None:
    plans: list[Plan] = []
    session.plan_changed.connect(plans.append)
    session.set_model(model)
    session.change("Budget", budget_bytes=2**40 + 1)
    session.plan_now()
    assert plans[-1].request.budget_bytes == 2**40 + 1


def test_that_a_request_which_the_engine_refuses_is_said_and_not_shown_as_a_plan(
    session: Session, model: Model, qtbot: QtBot
) -> None:
    session.set_model(model)
    session.change("Backend", engine=EngineName.ZINC, backend=Backend.CUDA)
    with qtbot.waitSignal(session.plan_failed) as caught:
        session.plan_now()
    assert "CUDA" in caught.args[0]
    assert session.plan is None


class _Emitter(QObject):
    told = Signal(object)


def test_that_emitting_signals_loses_no_reference_to_true(qapp: QApplication) -> None:
    # PySide6 6.12.0 on Python 3.11 and older does, and aborts after some hundred emissions.
    # From Python 3.12 on True is immortal, and its count stands still anyway.
    emitter = _Emitter()
    emitter.told.connect(lambda _value: None)
    before = sys.getrefcount(True)
    for _ in range(50):
        emitter.told.emit(None)
    assert abs(sys.getrefcount(True) - before) < 10
