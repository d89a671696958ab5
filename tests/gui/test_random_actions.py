"""A user who does anything at all: two hundred random actions on the real window at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
import shiboken6
from gui.conftest import FakeDialogs
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from memplan.plan_json import plan_to_json
from memplan.planning.planner import Plan, plan
from memplan.request import Backend, EngineName
from memplan.units import ByteUnits
from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.plot.chart import Chart
from memplan_gui.settings import SettingsFile
from memplan_gui.translating import Translation
from memplan_gui.window import MainWindow
from memplan_resources.samples import SAMPLES
from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QAction, QMouseEvent, QUndoStack
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QMenu,
    QPushButton,
    QSlider,
    QWidget,
)

ACTIONS = 100
_RUNS = settings(
    max_examples=2,
    stateful_step_count=ACTIONS,
    derandomize=True,  # the same actions each time; by hand, other seeds
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
_MODELS = (
    "qwen3-8b.Q4_K_M.gguf",
    "gemma-3-12b.Q4_K_M.gguf",
    "falcon-mamba-7b.Q4_K_M.gguf",
    "deepseek-v2-lite.Q4_K_M.gguf",
    "qwen3.5-9b.Q4_K_M.gguf",
    "embeddinggemma-300m.Q4_K_M.gguf",
    "flan-t5-large.Q4_K_M.gguf",
)
_LOG = "b3889-vulkan-failed-compute.log"
_BUDGETS = ("0", "0.001", "4", "7.5 GiB", "16", "24GB", "900", "1023 MiB", "12.", "x", "")
_CONTEXTS = ("0", "1", "512", "8K", "32,768", "131072", "1M", "-3", "k", "")
_CONTROL_KEYS = (
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space),
)
_CHART_KEYS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Plus),
    *(Qt.Key.Key_Minus, Qt.Key.Key_0, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
)
_MOST_TURNS = 400
_OFFSCREEN = "This plugin does not support propagateSizeHints()"
"""Qt says so of each second window, where there is no screen."""

_SHARES = st.floats(0, 1)


class _Complaints:
    """What Python and Qt say that nobody should ever see."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._hook = sys.excepthook
        sys.excepthook = self._hear_exception
        self._handler = qInstallMessageHandler(self._hear_message)

    def _hear_exception(
        self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = "" if place is None else f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}"
        self.heard.append(f"{kind.__name__}: {error} at {where}")

    def _hear_message(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and text != _OFFSCREEN:
            self.heard.append(text)

    def end(self) -> None:
        sys.excepthook = self._hook
        qInstallMessageHandler(self._handler)


class _User(RuleBasedStateMachine):
    """Acts on a window, and looks after each action at what it shows."""

    app: QApplication
    data_folder: Path
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.complaints = _Complaints()
        self.before = set(map(_address, QApplication.topLevelWidgets()))
        self.themes = ThemeSwitch(self.app, ThemeChoice.LIGHT)
        self.translation = Translation(self.app)
        self.dialogs = FakeDialogs()
        settings_path = self.folder / "settings.json"
        settings_path.unlink(missing_ok=True)
        self.window = MainWindow(
            SettingsFile(settings_path), self.themes, self.translation, self.dialogs
        )
        self.window.show()
        self.window.open_sample("qwen3-8b")
        self.settle()
        self.first_request = self.session.request
        self.first_plan = self.shown_plan()

    # What the rules need

    @property
    def session(self) -> Any:
        return self.window.session

    @property
    def chart(self) -> Chart:
        return self.window.view.chart_card.make_chart()

    @property
    def undo_stack(self) -> QUndoStack:
        return self.window.session.undo_stack

    def settle(self) -> None:
        """Let the window take in what was done; what is worked out beside it may still come."""
        for _ in range(3):
            QApplication.processEvents()
        for _ in range(_MOST_TURNS):
            if not self.window.loader.source:
                break
            QTest.qWait(5)
        assert not self.window.loader.source, f"still reading {self.window.loader.source}"
        for _ in range(3):
            QApplication.processEvents()

    def shown_plan(self) -> Any:
        made: Plan | None = self.session.plan
        return None if made is None else plan_to_json(made)

    def trigger(self, menu: str, index: int) -> None:
        """Choose an action of a menu, by its name in the code."""
        group = getattr(self.window._menus, menu)
        actions = group.actions()
        actions[index % len(actions)].trigger()

    def type_into(self, field: QAbstractSpinBox, text: str) -> None:
        if not field.isVisible() or not field.isEnabled():
            return
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def mouse(self, kind: QEvent.Type, at: QPointF) -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        moves, released = kind is QEvent.Type.MouseMove, kind is QEvent.Type.MouseButtonRelease
        event = QMouseEvent(
            kind,
            at,
            self.chart.mapToGlobal(at),
            none if moves else left,
            none if released else left,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self.chart, event)

    def drag(self, start: QPointF, to: list[QPointF]) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, start)
        for point in to:
            self.mouse(QEvent.Type.MouseMove, point)
            QApplication.processEvents()
        self.mouse(QEvent.Type.MouseButtonRelease, to[-1])

    def controls(self) -> list[QWidget]:
        """What can be set in the left column."""
        kinds = (QComboBox, QCheckBox, QAbstractSpinBox, QSlider)
        column, tabs = self.window.view.body, self.window.view.tabs
        found: Iterator[QWidget] = (each for kind in kinds for each in column.findChildren(kind))
        return [
            each
            for each in found
            if each.isVisible() and each.isEnabled() and not tabs.isAncestorOf(each)
        ]

    # Rules

    @rule(index=st.integers(0, len(SAMPLES) - 1))
    def open_a_sample(self, index: int) -> None:
        self.window.open_sample(SAMPLES[index].id)
        self.settle()

    @rule(name=st.sampled_from(_MODELS))
    def open_a_model(self, name: str) -> None:
        self.window.open_source(str(self.folder / "models" / name))
        self.settle()

    @rule(name=st.sampled_from(["short.gguf", "text.gguf", "none.gguf", "broken.json"]))
    def open_what_is_no_model(self, name: str) -> None:
        self.window.open_source(str(self.folder / "models" / name))
        self.settle()

    @rule(names=st.lists(st.sampled_from(_MODELS), min_size=2, max_size=3, unique=True))
    def open_several(self, names: list[str]) -> None:
        told: list[int] = []
        link = self.window.opening.others_read.connect(lambda *_: told.append(1))
        self.window.open_all([str(self.folder / "models" / name) for name in names])
        for _ in range(_MOST_TURNS):
            if told:
                break
            QTest.qWait(5)
        QObject.disconnect(link)
        assert told, "the others were not read"
        self.settle()

    @rule(engine=st.sampled_from(EngineName))
    def choose_engine(self, engine: EngineName) -> None:
        QTest.mouseClick(self.window.view.runs_on.engine.button(engine), Qt.MouseButton.LeftButton)

    @rule(backend=st.sampled_from(Backend))
    def choose_backend(self, backend: Backend) -> None:
        button = self.window.view.runs_on.backend.button(backend)
        if button.isVisible():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    @rule(text=st.sampled_from(_BUDGETS))
    def type_a_budget(self, text: str) -> None:
        self.type_into(self.window.view.runs_on.budget, text)

    @rule(text=st.sampled_from(_CONTEXTS))
    def type_a_context(self, text: str) -> None:
        self.type_into(self.window.view.runs_on.context, text)

    @rule(used=st.booleans(), text=st.sampled_from(_CONTEXTS))
    def type_into_the_request(self, used: bool, text: str) -> None:
        panel = self.window.view.request_panel
        self.type_into(panel.used if used else panel.completion, text)

    @rule(text=st.sampled_from(_BUDGETS))
    def type_a_total(self, text: str) -> None:
        self.type_into(self.window.view.runs_on.total, text)

    @rule(index=st.integers(0, 40), keys=st.lists(st.sampled_from(_CONTROL_KEYS), max_size=4))
    def press_keys_in_a_control(self, index: int, keys: list[Qt.Key]) -> None:
        controls = self.controls()
        control = controls[index % len(controls)]
        control.setFocus()
        for key in keys:
            if isinstance(control, QComboBox) and key == Qt.Key.Key_Space:
                continue  # opens the list; the arrows choose without it
            QTest.keyClick(control, key)

    @rule(index=st.integers(0, 10))
    def choose_a_version_or_program(self, index: int) -> None:
        window = self.window
        cards = (window.view.late.options["zinc"].widget(), window.view.late.options["llama.cpp"])
        buttons = [
            button
            for card in cards
            for button in card.findChildren(QPushButton)
            if button.isVisible() and button.isEnabled() and button.menu() is None
        ]
        if buttons:
            QTest.mouseClick(buttons[index % len(buttons)], Qt.MouseButton.LeftButton)

    @rule(shares=st.lists(_SHARES, min_size=1, max_size=4))
    def drag_the_budget(self, shares: list[float]) -> None:
        layout = self.chart.layout_shown()
        if layout is None:
            return
        rect, start = layout.frame.rect, layout.budget_pill.center()
        self.drag(start, [QPointF(start.x(), rect.top() + s * rect.height()) for s in shares])

    @rule(shares=st.lists(_SHARES, min_size=1, max_size=4))
    def drag_the_context(self, shares: list[float]) -> None:
        layout = self.chart.layout_shown()
        lines = [line for line in layout.markers if line.marker.draggable] if layout else []
        if not lines or layout is None:
            return
        rect = layout.frame.rect
        start = QPointF(lines[0].x, rect.bottom() - 4)
        self.drag(start, [QPointF(rect.left() + s * rect.width(), start.y()) for s in shares])

    @rule(first=_SHARES, last=_SHARES)
    def drag_over_the_plot(self, first: float, last: float) -> None:
        layout = self.chart.layout_shown()
        if layout is None:
            return
        rect = layout.frame.rect
        ends = [
            QPointF(rect.left() + s * rect.width(), rect.top() + rect.height() * 0.4)
            for s in (first, last)
        ]
        self.drag(ends[0], [ends[1]])

    @rule(keys=st.lists(st.sampled_from(_CHART_KEYS), min_size=1, max_size=6))
    def press_keys_in_the_chart(self, keys: list[Qt.Key]) -> None:
        self.chart.setFocus()
        for key in keys:
            QTest.keyClick(self.chart, key)

    @rule(x=_SHARES, y=_SHARES)
    def point_and_turn_the_wheel(self, x: float, y: float) -> None:
        at = QPoint(round(x * self.chart.width()), round(y * self.chart.height()))
        self.mouse(QEvent.Type.MouseMove, QPointF(at))

    @rule(scale=st.sampled_from(["log", "linear"]))
    def divide_the_axis(self, scale: str) -> None:
        self.chart.set_axis(scale)

    @rule(index=st.integers(0, 6))
    def show_a_tab(self, index: int) -> None:
        self.window.view.tabs.tabs.setCurrentIndex(index)

    def show_compare(self) -> None:
        self.window.view.tabs.tabs.setCurrentWidget(self.window.view.late.compare)

    @rule()
    def pin(self) -> None:
        self.show_compare()
        QTest.mouseClick(self.window.view.late.compare.widget().pin, Qt.MouseButton.LeftButton)

    @rule(drawn=st.booleans())
    def draw_the_other_engine(self, drawn: bool) -> None:
        self.show_compare()
        QApplication.processEvents()
        self.window.view.late.compare.widget().draw_other.setChecked(drawn)

    @precondition(lambda self: self.window.comparison.pins)
    @rule(index=st.integers(0, 9), name=st.sampled_from(["mine", " ", "a & b", ""]))
    def rename_a_pin(self, index: int, name: str) -> None:
        self.show_compare()
        QApplication.processEvents()
        page = self.window.view.late.compare.widget()
        item = page.plans.item(2 + index % len(self.window.comparison.pins), 0)
        if item is not None:
            item.setText(name)

    @precondition(lambda self: self.window.comparison.pins)
    @rule(index=st.integers(0, 9))
    def remove_a_pin(self, index: int) -> None:
        self.show_compare()
        QApplication.processEvents()
        page = self.window.view.late.compare.widget()
        page.plans.selectRow(2 + index % len(self.window.comparison.pins))
        QTest.mouseClick(page.remove, Qt.MouseButton.LeftButton)

    @rule(index=st.integers(0, 9), tab=st.sampled_from([1, 2]))
    def use_what_is_worked_out(self, index: int, tab: int) -> None:
        """Apply an advice or a solved question, maybe one for a request that is no more."""
        self.window.view.tabs.tabs.setCurrentIndex(tab)
        QTest.qWait(10)
        page = self.window.view.tabs.tabs.currentWidget()
        buttons = [each for each in page.findChildren(QPushButton) if each.isVisible()]
        if buttons:
            QTest.mouseClick(buttons[index % len(buttons)], Qt.MouseButton.LeftButton)

    @rule(index=st.integers(0, 3))
    def choose_a_theme(self, index: int) -> None:
        self.trigger("_themes", index)

    @rule(units=st.sampled_from(ByteUnits))
    def choose_units(self, units: ByteUnits) -> None:
        self.trigger("_units", list(ByteUnits).index(units))

    @rule(index=st.integers(0, 2))
    def choose_a_language(self, index: int) -> None:
        self.trigger("_languages", index)
        self.settle()

    @rule(index=st.integers(0, 4))
    def choose_a_text_size(self, index: int) -> None:
        self.trigger("_text_sizes", index)
        self.settle()

    @rule(index=st.integers(0, 9))
    def copy(self, index: int) -> None:
        actions = self.window._menus._needs_plan
        copies: list[QAction] = [each for each in actions if each.shortcut().toString()]
        chosen = copies[index % len(copies)]
        if chosen.isEnabled():
            chosen.trigger()

    @rule()
    def explain_a_log(self) -> None:
        self.window.open_source(str(self.data_folder / "logs" / _LOG))

    @rule()
    def close_the_log(self) -> None:
        if self.window.log_window is not None:
            self.window.log_window.close()

    @rule(width=st.integers(880, 1600), height=st.integers(560, 1000))
    def resize(self, width: int, height: int) -> None:
        self.window.resize(width, height)

    @rule(steps=st.integers(1, 5))
    def undo(self, steps: int) -> None:
        for _ in range(steps):
            self.undo_stack.undo()

    @rule(steps=st.integers(1, 5))
    def redo(self, steps: int) -> None:
        for _ in range(steps):
            self.undo_stack.redo()

    # What must always hold

    @invariant()
    def nothing_is_complained_about(self) -> None:
        self.settle()
        assert self.complaints.heard == []
        assert self.dialogs.problems == []

    @invariant()
    def what_is_shown_is_what_is_asked(self) -> None:
        session, runs_on = self.session, self.window.view.runs_on
        assert runs_on.engine.button(session.request.engine).isChecked()
        assert runs_on.backend.button(session.request.backend).isChecked()
        assert session.model.name in self.window.windowTitle()
        made: Plan | None = session.plan
        if made is None:
            return
        assert made.request == session.request
        assert made.model is session.model
        usage = self.chart.read_out()
        assert self.window.view.breakdown.shown_usage() == (made.at if usage is None else usage)
        if usage is not None:
            assert usage == made.usage_at(usage.context_tokens)

    def teardown(self) -> None:
        try:
            self._undo_and_redo_everything()
        finally:
            self._close()

    def _undo_and_redo_everything(self) -> None:
        """Undo leads back to the first plan, for the model that is open now, and redo back."""
        while self.undo_stack.canRedo():
            self.undo_stack.redo()
        self.settle()
        last = self.session.request, self.shown_plan(), self.window.comparison.pins
        while self.undo_stack.canUndo():
            self.undo_stack.undo()
        self.settle()
        assert self.session.request == self.first_request
        assert self.window.comparison.pins == ()
        assert self.shown_plan() == plan_to_json(plan(self.session.model, self.first_request))
        self.window.open_sample("qwen3-8b")
        model = self.session.model
        self.settle()
        assert self.shown_plan() == self.first_plan
        self.session.set_model(model)
        while self.undo_stack.canRedo():
            self.undo_stack.redo()
        self.settle()
        assert (self.session.request, self.shown_plan(), self.window.comparison.pins) == last

    def _close(self) -> None:
        self.window.close()
        shiboken6.delete(self.window)
        self.translation.remove()
        for left in (self.translation, self.themes):
            shiboken6.delete(left)
        QApplication.processEvents()
        self.complaints.end()
        left = QApplication.topLevelWidgets()
        new = [each for each in left if _address(each) not in self.before]
        assert [each for each in new if not isinstance(each, QMenu)] == []
        assert self.complaints.heard == []


def _address(widget: QWidget) -> int:
    """What tells a widget apart; Python makes other objects for one that nobody holds."""
    address: int = shiboken6.getCppPointer(widget)[0]
    return address


@pytest.fixture
def user(prepared_app: QApplication, tmp_path: Path, data_folder: Path) -> Callable[[], _User]:
    """Makes a user with a folder of models, of broken files among them."""
    models = tmp_path / "models"
    models.mkdir()
    for name in _MODELS:
        (models / name).write_bytes((data_folder / "models" / name).read_bytes())
    (models / "short.gguf").write_bytes((models / _MODELS[0]).read_bytes()[:3000])
    (models / "text.gguf").write_text("This is no model.", encoding="utf-8")
    (models / "broken.json").write_text("{", encoding="utf-8")
    _User.app, _User.folder, _User.data_folder = prepared_app, tmp_path, data_folder
    return _User


def test_that_two_hundred_random_actions_leave_no_trace_that_undo_does_not_take_back(
    user: Callable[[], _User],
) -> None:
    run_state_machine_as_test(user, settings=_RUNS)
