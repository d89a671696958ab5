"""Comparing: the other engine as a line, pinned plans, and the tables that say why."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from gui.acting import visible_texts
from memplan import Backend, EngineName
from memplan.devices import load_catalogue
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions
from memplan.engines.zinc.options import Accounting, ZincOptions
from memplan.theme import HIGH_CONTRAST
from memplan.units import GIB, ByteUnits
from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.panels.compare_tab import CompareTab
from memplan_gui.window import MainWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

_SMALL_CACHE = LlamaCppOptions(cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q8_0)


@pytest.fixture
def compare(planned: MainWindow, qtbot: QtBot) -> CompareTab:
    planned.resize(1400, 1000)
    qtbot.keyClick(planned, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert planned.view.late.compare.widget().isVisible()
    return planned.view.late.compare.widget()


def lines(window: MainWindow) -> Sequence[str]:
    return [overlay.name for overlay in window.comparison.overlays()]


def click_row(tab: CompareTab, row: int, qtbot: QtBot) -> None:
    table = tab.plans
    place = table.visualRect(table.model().index(row, 0)).center()
    tab.ensureWidgetVisible(table)
    viewport = table.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y()))


def change(window: MainWindow, **changes: object) -> None:
    window.session.change("Test", **changes)
    window.session.end_gesture()
    window.session.plan_now()


def test_that_the_other_engine_is_drawn_when_asked_and_not_before(
    planned: MainWindow, compare: CompareTab, qtbot: QtBot
) -> None:
    chart = planned.view.chart_card.chart
    assert chart is not None
    plain = chart.accessibleDescription()
    assert "llama.cpp" not in plain
    qtbot.mouseClick(compare.draw_other, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    assert "llama.cpp needs" in chart.accessibleDescription()
    qtbot.mouseClick(compare.draw_other, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    assert chart.accessibleDescription() == plain


def test_that_the_drawn_engine_is_always_the_other_one(
    planned: MainWindow, compare: CompareTab
) -> None:
    planned.comparison.draw_other(True)
    assert lines(planned) == ["llama.cpp"]
    change(planned, engine=EngineName.LLAMA_CPP)
    assert lines(planned) == ["ZINC"]
    assert compare.plans.texts(1)[0] == "ZINC"


def test_that_zinc_is_compared_on_vulkan_where_llama_cpp_runs_on_cuda(
    planned: MainWindow, compare: CompareTab
) -> None:
    change(planned, engine=EngineName.LLAMA_CPP, backend=Backend.CUDA)
    assert compare.plans.texts(1)[-1].startswith("ZINC · Vulkan")


def test_that_the_tables_numbers_are_the_plans(planned: MainWindow, compare: CompareTab) -> None:
    assert compare.plans.texts(0)[:4] == ["This plan", "13.5 GiB", "", "40,960 tokens"]
    plan, other = planned.session.plan, planned.comparison.other_plan()
    assert plan is not None
    assert other is not None
    tokens = plan.at.context_tokens
    apart = other.usage_at(tokens).budgeted_bytes - plan.at.budgeted_bytes
    item = compare.plans.item(1, 2)
    assert item is not None
    assert item.toolTip() == f"{apart:,} bytes"


def test_that_each_term_says_why_it_differs(compare: CompareTab) -> None:
    rows = [compare.terms.texts(row) for row in range(compare.terms.rowCount())]
    cache = next(row for row in rows if row[:2] == ["KV cache", "Device"])
    assert cache[2] == "8.86 GiB"
    assert cache[4].startswith("−")
    assert "type" in cache[5]
    assert all(row[5] for row in rows)


def test_that_a_pinned_plan_stays_as_a_line_and_a_row_while_the_plan_changes(
    planned: MainWindow, compare: CompareTab, qtbot: QtBot
) -> None:
    change(planned, engine=EngineName.LLAMA_CPP)
    before = compare.plans.texts(0)[1]
    qtbot.mouseClick(compare.pin, Qt.MouseButton.LeftButton)
    change(planned, llama_cpp=_SMALL_CACHE)
    assert lines(planned) == ["Qwen3 8B, llama.cpp"]
    row = compare.plans.texts(2)
    assert row[0] == "Qwen3 8B, llama.cpp"
    assert row[1] != compare.plans.texts(0)[1]
    change(planned, llama_cpp=LlamaCppOptions())
    assert compare.plans.texts(0)[1] == before
    assert compare.plans.texts(2)[2] == "same"


def test_that_the_selected_plans_terms_are_shown(
    planned: MainWindow, compare: CompareTab, qtbot: QtBot
) -> None:
    change(planned, engine=EngineName.LLAMA_CPP)
    qtbot.mouseClick(compare.pin, Qt.MouseButton.LeftButton)
    change(planned, llama_cpp=_SMALL_CACHE)
    click_row(compare, 2, qtbot)
    header = compare.terms.horizontalHeaderItem(3)
    assert header is not None
    assert header.text() == "Qwen3 8B, llama.cpp"
    rows = [compare.terms.texts(row) for row in range(compare.terms.rowCount())]
    assert next(row for row in rows if row[0] == "Weights")[4] == "same"


def test_that_a_pin_is_renamed_in_its_row_and_removed_with_delete_and_undo_brings_it_back(
    planned: MainWindow, compare: CompareTab, qtbot: QtBot
) -> None:
    qtbot.mouseClick(compare.pin, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(compare.pin, Qt.MouseButton.LeftButton)
    assert lines(planned) == ["Qwen3 8B, ZINC", "Qwen3 8B, ZINC 2"]
    click_row(compare, 3, qtbot)
    qtbot.keyClick(compare.plans, Qt.Key.Key_F2)
    editor = compare.plans.findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor, "mine")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: lines(planned) == ["Qwen3 8B, ZINC", "mine"])
    click_row(compare, 3, qtbot)
    qtbot.keyClick(compare.plans, Qt.Key.Key_Delete)
    assert lines(planned) == ["Qwen3 8B, ZINC"]
    planned.session.undo_stack.undo()
    planned.session.undo_stack.undo()
    assert lines(planned) == ["Qwen3 8B, ZINC", "Qwen3 8B, ZINC 2"]
    planned.session.undo_stack.undo()
    planned.session.undo_stack.undo()
    assert lines(planned) == []


def test_that_neither_this_plan_nor_the_other_engine_can_be_removed(
    compare: CompareTab, qtbot: QtBot
) -> None:
    qtbot.mouseClick(compare.pin, Qt.MouseButton.LeftButton)
    for row, removable in ((0, False), (1, False), (2, True)):
        click_row(compare, row, qtbot)
        assert compare.remove.isEnabled() is removable


def test_that_a_pin_of_another_model_stays_and_says_that_it_is_another(
    planned: MainWindow, compare: CompareTab, qtbot: QtBot
) -> None:
    qtbot.mouseClick(compare.pin, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(planned.session.plan_changed, timeout=10_000):
        planned.open_sample("gemma-3-12b")
    click_row(compare, 2, qtbot)
    assert compare.plans.texts(2)[0] == "Qwen3 8B, ZINC"
    assert compare.terms.texts(0)[5] == "Another model"


def test_that_where_curves_cross_is_stated(
    planned: MainWindow, compare: CompareTab, qtbot: QtBot, data_folder: object
) -> None:
    assert compare.plans.texts(1)[4] == "never"
    with qtbot.waitSignal(planned.session.plan_changed, timeout=10_000):
        planned.open_source(f"{data_folder}/models/llama-3.2-1b.Q4_K_M.gguf")
    assert compare.plans.texts(1)[4].startswith("needs less from ")


def test_that_rows_are_copied_with_tabs(compare: CompareTab, qtbot: QtBot) -> None:
    compare.terms.setFocus()
    qtbot.keyClick(compare.terms, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().text().splitlines()
    assert len(copied) == compare.terms.rowCount()
    assert copied[0].split("\t")[:2] == ["Weights", "Device"]


def test_that_every_row_of_a_table_can_be_seen_without_scrolling_it(
    compare: CompareTab, qtbot: QtBot
) -> None:
    for table in (compare.plans, compare.terms):
        bar = table.verticalScrollBar()
        assert bar.maximum() == 0
        last = table.visualRect(table.model().index(table.rowCount() - 1, 0))
        assert last.bottom() <= table.viewport().height()


def test_that_the_line_before_a_selected_plan_has_the_colour_of_its_text(
    planned: MainWindow, compare: CompareTab, themes: ThemeSwitch
) -> None:
    themes.set_choice(ThemeChoice.HIGH_CONTRAST)
    planned.comparison.pin()
    icon = compare.plans.item(2, 0).icon()
    size = compare.plans.iconSize()
    for mode, colour in (
        (QIcon.Mode.Normal, HIGH_CONTRAST.text),
        (QIcon.Mode.Selected, HIGH_CONTRAST.accent_text),
    ):
        drawn = icon.pixmap(size, mode).toImage()
        assert drawn.pixelColor(1, drawn.height() // 2).name() == colour


def test_that_a_short_last_column_that_is_scrolled_to_stays_on_one_line(
    planned: MainWindow, compare: CompareTab
) -> None:
    planned.resize(700, 700)
    last = compare.plans.columnCount() - 1
    assert compare.plans.horizontalScrollBar().maximum() > 0
    assert compare.plans.columnWidth(last) >= compare.plans.sizeHintForColumn(last)


def test_that_contexts_run_from_2k_to_the_ceiling_with_the_wanted_one_among_them(
    planned: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(planned, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    table = planned.view.late.contexts.widget().contexts
    rows = [table.texts(row) for row in range(table.rowCount())]
    assert [row[0] for row in rows] == [
        "2,048", "4,096", "8,192", "16,384", "32,256", "32,768", "40,960",
    ]  # fmt: skip
    plan = planned.session.plan
    assert plan is not None
    for column, share in enumerate(plan.usage_at(2048).shares, 3):
        item = table.item(0, column)
        assert item is not None
        assert item.toolTip() == f"{share.bytes:,} bytes"


def test_that_contexts_beyond_the_budget_say_by_how_much(planned: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(planned, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    change(planned, budget_bytes=8 * GIB)
    table = planned.view.late.contexts.widget().contexts
    assert table.texts(table.rowCount() - 1)[2] == "7.93 GiB over"
    planned.view.late.contexts.widget().set_units(ByteUnits.DECIMAL)
    assert table.texts(table.rowCount() - 1)[2] == "8.51 GB over"


def test_that_each_device_of_the_backend_is_in_the_table(planned: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(planned, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    tab = planned.view.late.contexts.widget()
    qtbot.waitUntil(lambda: bool(tab.shown_fits()))
    named = " ".join(tab.devices.texts(row)[-1] for row in range(tab.devices.rowCount()))
    for device in load_catalogue():
        assert (device.name in named) == (Backend.VULKAN in device.backends)
    assert "Which context on which device" in visible_texts(tab)


def test_that_a_dragged_budget_redraws_no_line_but_other_options_do(
    planned: MainWindow, compare: CompareTab
) -> None:
    planned.comparison.draw_other(True)
    drawn = planned.comparison.overlays()
    change(planned, budget_bytes=9 * GIB, context_tokens=2048)
    assert planned.comparison.overlays() == drawn
    change(planned, llama_cpp=_SMALL_CACHE)
    assert planned.comparison.overlays() != drawn


def test_that_what_is_planned_and_what_is_allocated_are_on_one_axis_by_a_click(
    planned: MainWindow, compare: CompareTab, qtbot: QtBot
) -> None:
    change(planned, backend=Backend.METAL)
    qtbot.mouseClick(compare.counterpart, Qt.MouseButton.LeftButton)
    assert lines(planned) == ["ZINC, allocated"]
    kept = planned.comparison.pins[0].plan
    assert kept.request.zinc.accounting is Accounting.ALLOCATION
    assert compare.plans.currentRow() == 2
    reasons = {row[0]: row[-1] for row in map(compare.terms.texts, range(compare.terms.rowCount()))}
    assert reasons["KV cache"].startswith("Planned bytes, or allocated ones")
    assert "another type" in reasons["KV cache"]
    assert reasons["Weights"] == "The same in both"
    qtbot.mouseClick(compare.counterpart, Qt.MouseButton.LeftButton)
    assert len(planned.comparison.pins) == 1
    planned.session.undo_stack.undo()
    assert lines(planned) == []


def test_that_another_click_selects_what_is_allocated_and_no_later_pin(
    planned: MainWindow, compare: CompareTab, qtbot: QtBot
) -> None:
    change(planned, backend=Backend.METAL)
    qtbot.mouseClick(compare.counterpart, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(compare.pin, Qt.MouseButton.LeftButton)
    compare.plans.selectRow(0)
    qtbot.mouseClick(compare.counterpart, Qt.MouseButton.LeftButton)
    assert len(planned.comparison.pins) == 2
    assert compare.plans.currentRow() == 2


def test_that_what_is_planned_is_held_against_what_is_allocated_the_other_way_round(
    planned: MainWindow, compare: CompareTab, qtbot: QtBot
) -> None:
    change(planned, zinc=ZincOptions(accounting=Accounting.ALLOCATION))
    qtbot.mouseClick(compare.counterpart, Qt.MouseButton.LeftButton)
    assert lines(planned) == ["ZINC, planned"]
    change(planned, engine=EngineName.LLAMA_CPP)
    assert not compare.counterpart.isVisible()
