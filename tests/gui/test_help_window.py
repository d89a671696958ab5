"""The help: what each number in the window is about, the help window, and its pages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from gui.help_acting import all_tabs, boxes, bring_to_front, opened, press
from memplan import Backend, EngineName
from memplan.engines.llama_cpp.help.topics import LlamaCppTopic
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.zinc.topics import ZincTopic
from memplan.units import GIB
from memplan.wording.help.articles import article_of
from memplan.wording.help.lookup import component_topic
from memplan.wording.help.topics import HelpTopic, Topic
from memplan_gui.help_desk import HelpDesk, focused_topic, topic_at
from memplan_gui.panels.compare_tab import CompareTab
from memplan_gui.panels.contexts_tab import ContextsTab
from memplan_gui.panels.why_tab import WhyTab
from memplan_gui.plot.chart import Chart
from memplan_gui.widgets.labels import ChipRow
from memplan_gui.widgets.plain_table import PlainTable
from memplan_gui.widgets.topics import own_topic, topic_of
from memplan_gui.window import MainWindow
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QMenu,
    QSlider,
    QTableView,
    QWhatsThis,
    QWidget,
)
from pytestqt.qtbot import QtBot

# The offscreen platform says so of windows and boxes that are opened.
pytestmark = [
    pytest.mark.qt_log_ignore("does not support"),
]


@pytest.mark.parametrize("engine", list(EngineName))
@pytest.mark.parametrize("backend", [Backend.VULKAN, Backend.METAL])
def test_that_every_number_in_sight_has_a_topic_with_formula_and_source(
    planned: MainWindow, qtbot: QtBot, engine: EngineName, backend: Backend
) -> None:
    planned.session.change("Engine", engine=engine, backend=backend)
    planned.session.plan_now()
    all_tabs(planned, qtbot)
    seen: set[Topic] = set()
    tables = [t for t in planned.findChildren(QTableView) if isinstance(t, PlainTable)]
    assert len(tables) == 5
    for table in tables:
        for row in range(table.rowCount()):
            for column in range(table.columnCount()):
                topic = table.cell_topic(row, column)
                assert topic is not None, (table.accessibleName(), row, column)
                seen.add(topic)
    breakdown = planned.view.breakdown
    for row in range(breakdown.model().rowCount()):
        for column in range(breakdown.model().columnCount()):
            topic = breakdown.cell_topic(row, column)
            assert topic is not None
            seen.add(topic)
    for label in planned.findChildren(QLabel):
        if label.window() is planned and re.search(r"\d", label.text()):
            topic = topic_of(label)
            assert topic is not None, label.text()
            seen.add(topic)
    assert {HelpTopic.COUNTS, HelpTopic.LEFT, HelpTopic.MODEL_WEIGHTS, HelpTopic.SOLVED} <= seen
    for topic in seen:
        assert article_of(topic).formula
        assert article_of(topic).sources


def test_that_every_control_of_the_left_column_has_a_topic(
    planned: MainWindow, qtbot: QtBot
) -> None:
    kinds = (QAbstractSpinBox, QComboBox, QSlider, QCheckBox, QAbstractButton)
    for engine in EngineName:
        planned.session.change("Engine", engine=engine, backend=Backend.METAL)
        planned.session.plan_now()
        cards = [planned.view.runs_on, planned.view.request_panel]
        cards.append(
            planned.view.late.options["zinc"].widget()
            if engine is EngineName.ZINC
            else planned.view.late.options["llama.cpp"].widget()
        )
        for card in cards:
            controls = [c for kind in kinds for c in card.findChildren(kind)]
            named = [c for c in controls if c.accessibleName() and c.property("role") != "link"]
            assert len(named) >= 2
            for control in named:
                assert topic_of(control) is not None, control.accessibleName()
            captions = [c for c in card.findChildren(QLabel) if c.buddy() is not None]
            assert all(own_topic(caption) is not None for caption in captions)


def test_that_a_row_explains_the_component_of_its_engine(planned: MainWindow) -> None:
    shown = planned.session.plan
    assert shown is not None
    for row, share in enumerate(s for s in shown.at.shares if s.budgeted):
        expected = component_topic(EngineName.ZINC, share.kind, share.where)
        assert planned.view.breakdown.cell_topic(row, 0) is expected
        assert planned.view.breakdown.cell_topic(row, 4) is HelpTopic.SHARE_OF_BUDGET


def test_that_chips_reasons_and_log_lines_have_topics_of_their_own(
    planned: MainWindow, qtbot: QtBot
) -> None:
    all_tabs(planned, qtbot)
    (chips,) = planned.findChildren(ChipRow)
    topics = [own_topic(chip) for chip in chips.chips]
    expected = [HelpTopic.MODEL_WEIGHTS, HelpTopic.MODEL_TENSORS, HelpTopic.MODEL_TOKENS]
    assert topics == expected
    why = planned.view.late.why.widget()
    assert isinstance(why, WhyTab)
    found = [own_topic(caption) for caption in why.reason_labels()]
    assert found[:4] == [HelpTopic.COUNTS, HelpTopic.COUNTS, HelpTopic.BUDGET, HelpTopic.LEFT]


def chart_of(window: MainWindow) -> Chart:
    return window.view.chart_card.make_chart()


def test_that_each_place_of_the_chart_has_its_topic(planned: MainWindow) -> None:
    planned.session.change("Context", context_tokens=10_000)
    planned.session.plan_now()
    chart = chart_of(planned)
    layout, shown = chart.layout_shown(), planned.session.plan
    assert layout is not None
    assert shown is not None
    rect = layout.frame.rect
    found = {}
    for line in layout.markers:
        found[line.marker.marks[0].name] = chart.place_topic(
            QPointF(line.x, (line.top + rect.bottom()) / 2)
        )
    assert found["REQUESTED"] is HelpTopic.REQUESTED
    assert found["AUTOMATIC"] is ZincTopic.AUTOMATIC
    assert found["CEILING"] is HelpTopic.CEILING
    assert found["FLOOR"] is HelpTopic.FLOOR
    between = (layout.markers[0].x + rect.left()) / 2 + 7
    assert layout.budget_y is not None
    assert layout.share_y is not None
    assert chart.place_topic(QPointF(between, layout.budget_y)) is HelpTopic.BUDGET
    assert chart.place_topic(layout.budget_pill.center()) is HelpTopic.BUDGET
    assert chart.place_topic(QPointF(between, layout.share_y)) is ZincTopic.SHARE
    bottom = chart.place_topic(QPointF(between, rect.bottom() - 20))
    assert bottom is ZincTopic.WEIGHTS
    right = QPointF(rect.right() - 25, layout.frame.y_of(8 * GIB))
    assert chart.place_topic(right) is ZincTopic.KV_CACHE
    below = QPointF(between, rect.bottom() + 12)
    assert chart.place_topic(below) is HelpTopic.CONTEXT_AXIS
    assert chart.place_topic(QPointF(3, rect.center().y())) is HelpTopic.BYTES_AXIS
    above = QPointF(between, layout.frame.y_of(15.5 * GIB))
    assert chart.place_topic(above) is HelpTopic.CHART


def test_that_other_plans_buffers_and_bands_in_the_chart_have_topics(planned: MainWindow) -> None:
    options = LlamaCppOptions(max_allocation_bytes=1 * GIB)
    planned.session.change(
        "Engine", engine=EngineName.LLAMA_CPP, backend=Backend.ROCM, llama_cpp=options
    )
    planned.session.plan_now()
    planned.comparison.draw_other(True)
    chart = chart_of(planned)
    rect = chart.rect()
    seen = {
        chart.place_topic(QPointF(x, y))
        for x in range(0, rect.width(), 3)
        for y in range(0, rect.height(), 3)
    }
    assert seen >= {
        HelpTopic.OTHER_PLANS,
        HelpTopic.LARGEST_BUFFER,
        HelpTopic.BAND,
        HelpTopic.BUDGET,
        LlamaCppTopic.KV_CACHE,
        LlamaCppTopic.COMPUTE_DEVICE,
    }


def ask_at(widget: QWidget, point: QPoint) -> bool:
    """Click at a place while the window asks what is to be explained."""
    event = QHelpEvent(QEvent.Type.WhatsThis, point, widget.mapToGlobal(point))
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_that_shift_f1_lets_click_at_numbers_of_every_kind(
    planned: MainWindow, qtbot: QtBot, desk: HelpDesk
) -> None:
    planned.activateWindow()
    press(planned, Qt.Key.Key_F1, shift=True)
    assert QWhatsThis.inWhatsThisMode()
    budget = planned.view.runs_on.budget.whatsThis()
    assert "DEVICE_LOCAL" in budget
    assert "Source:" in budget
    index = planned.view.breakdown.model().index(1, 0)
    told = planned.view.breakdown.model().data(index, Qt.ItemDataRole.WhatsThisRole)
    assert "9,512,681,472 bytes" in told
    QWhatsThis.leaveWhatsThisMode()
    place = planned.view.breakdown.visualRect(index).center()
    for widget, point in (
        (planned.view.runs_on.budget, QPoint(20, 10)),
        (planned.view.breakdown.viewport(), place),
        (chart_of(planned), QPoint(300, 200)),
    ):
        assert ask_at(widget, point)
        assert len(boxes()) == 1
        QWhatsThis.hideText()
        qtbot.waitUntil(lambda: not boxes())


def test_that_plain_tables_answer_by_role(
    planned: MainWindow, qtbot: QtBot, desk: HelpDesk
) -> None:
    all_tabs(planned, qtbot)
    contexts = planned.view.late.contexts.widget()
    assert isinstance(contexts, ContextsTab)
    compare = planned.view.late.compare.widget()
    assert isinstance(compare, CompareTab)
    renamed = []
    compare.plans.itemChanged.connect(renamed.append)
    desk.enter_whats_this()
    for table in (contexts.contexts, contexts.devices, compare.plans, compare.terms):
        cell = table.item(0, 1)
        assert cell is not None
        assert "Source:" in cell.whatsThis()
    assert renamed == []


def test_that_the_context_menu_explains_and_opens_the_help(
    planned: MainWindow, qtbot: QtBot, desk: HelpDesk
) -> None:
    place = planned.view.breakdown.visualRect(planned.view.breakdown.model().index(0, 0)).center()
    viewport = planned.view.breakdown.viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    (menu,) = [m for m in planned.findChildren(QMenu) if m.isVisible()]
    texts = [action.text() for action in menu.actions()]
    assert texts == ["&What is this?", "Open the &help on it"]
    menu.actions()[0].trigger()
    assert len(boxes()) == 1
    QWhatsThis.hideText()
    menu.actions()[1].trigger()
    assert opened(desk).subject() is ZincTopic.WEIGHTS
    menu.close()


def test_that_the_context_menu_of_a_selected_text_copies_it(
    planned: MainWindow, desk: HelpDesk
) -> None:
    verdict = planned.findChild(QWidget, "verdict")
    assert verdict is not None
    headline = max(verdict.findChildren(QLabel), key=lambda label: label.font().weight())
    headline.setSelection(0, 4)
    menu = desk.menu_for(headline, headline.mapToGlobal(QPoint(5, 5)))
    assert menu is not None
    menu.actions()[0].trigger()
    assert QApplication.clipboard().text() == headline.text()[:4]
    menu.close()


def test_that_there_is_no_menu_where_there_is_nothing_to_explain(
    planned: MainWindow, desk: HelpDesk
) -> None:
    bar = planned.menuBar()
    assert desk.menu_for(bar, bar.mapToGlobal(QPoint(5, 5))) is None


def test_that_f1_opens_the_topic_of_what_has_the_focus(
    planned: MainWindow, qtbot: QtBot, desk: HelpDesk
) -> None:
    bring_to_front(planned, qtbot)
    planned.view.runs_on.budget.setFocus()
    press(planned, Qt.Key.Key_F1)
    first = opened(desk)
    assert first.subject() is HelpTopic.BUDGET
    bring_to_front(planned, qtbot)
    planned.view.breakdown.setFocus()
    planned.view.breakdown.selectRow(1)
    press(planned, Qt.Key.Key_F1)
    assert opened(desk) is first
    assert first.subject() is ZincTopic.KV_CACHE
    bring_to_front(planned, qtbot)
    chart_of(planned).setFocus()
    press(planned, Qt.Key.Key_F1)
    assert first.subject() is HelpTopic.CHART
    assert focused_topic(None) is None


def test_that_f1_in_the_window_of_logs_explains_the_lines(
    planned: MainWindow, qtbot: QtBot, desk: HelpDesk
) -> None:
    logs = planned.show_log_window()
    bring_to_front(logs, qtbot)
    qtbot.keyClick(logs.paste, Qt.Key.Key_F1)
    assert opened(desk).subject() is HelpTopic.LOG_LINES


def test_that_the_help_names_everything_that_can_have_the_focus(
    planned: MainWindow, desk: HelpDesk
) -> None:
    desk.show_subject(HelpTopic.FLOOR)
    shown = opened(desk)
    for widget in (shown.search, shown.contents, shown.page, shown.back):
        assert widget.accessibleName()
        assert widget.focusPolicy() is not Qt.FocusPolicy.NoFocus


def test_that_a_table_of_another_engine_explains_the_other_engine(
    planned: MainWindow, qtbot: QtBot
) -> None:
    all_tabs(planned, qtbot)
    compare = planned.view.late.compare.widget()
    assert isinstance(compare, CompareTab)
    rows = range(compare.terms.rowCount())
    weights = next(r for r in rows if compare.terms.texts(r)[:2] == ["Weights", "Device"])
    assert compare.terms.cell_topic(weights, 2) is ZincTopic.WEIGHTS
    assert compare.terms.cell_topic(weights, 3) is LlamaCppTopic.WEIGHTS_DEVICE
    assert compare.terms.cell_topic(weights, 4) is HelpTopic.DIFFERENCE
    assert topic_at(compare.terms.viewport(), compare.mapToGlobal(QPoint(-9, -9))) is not None


def test_that_a_device_that_is_free_now_says_what_that_is(planned: MainWindow) -> None:
    from memplan.detection import Detection
    from memplan.detection.device import DetectedDevice, DeviceKind, MemoryHeap

    heap = MemoryHeap(12 * 2**30, device_local=True, free_bytes=9 * 2**30)
    device = DetectedDevice("Some GPU", DeviceKind.DISCRETE, (Backend.VULKAN,), (heap,))
    planned.view.runs_on.show_detection(Detection(Backend.VULKAN, (device,)))
    box = planned.view.runs_on.device
    for text, topic in (("free now", HelpTopic.FREE_NOW), ("in all", HelpTopic.DEVICE)):
        row = next(n for n in range(box.count()) if text in box.itemText(n))
        box.activated.emit(row)
        assert own_topic(box) is topic
    request = planned.session.request
    metal = replace(request, backend=Backend.METAL)
    planned.view.runs_on.show_request(metal)
    assert own_topic(planned.view.runs_on.budget) is HelpTopic.METAL_BUDGET
