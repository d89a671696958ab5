"""The controls, used with mouse and keyboard as a person would."""

from __future__ import annotations

import pytest
from gui.acting import text_of, visible_texts
from memplan.request import Backend, EngineName
from memplan.units import GIB, MIB, ByteUnits
from memplan.wording.verdicts import headline
from memplan_gui.plot.scale import AxisScale
from memplan_gui.scales import POSITIONS
from memplan_gui.widgets.scale_slider import ScaleSlider
from memplan_gui.window import MainWindow
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot


def _type(qtbot: QtBot, field: QWidget, text: str) -> None:
    field.setFocus()
    field.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def _slide(qtbot: QtBot, slider: ScaleSlider, position: int) -> None:
    """Drag a slider's handle with the mouse."""
    span = slider.width() - 16
    start = QPoint(8 + span * slider.position() // POSITIONS, slider.height() // 2)
    end = QPoint(8 + span * position // POSITIONS, slider.height() // 2)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(slider, start + (end - start) * step / 5)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)


@pytest.mark.parametrize(
    ("typed", "expected_bytes"),
    [
        ("24", 24 * GIB),
        ("7.5", 7 * GIB + 512 * MIB),
        ("24 GB", 24 * 10**9),
        ("512MiB", 512 * MIB),
        ("2,048", 2048 * GIB),
    ],
)
def test_that_a_typed_budget_is_planned(
    planned: MainWindow, qtbot: QtBot, typed: str, expected_bytes: int
) -> None:
    with qtbot.waitSignal(planned.session.plan_changed):
        _type(qtbot, planned.view.runs_on.budget, typed)
    planned.session.plan_now()
    plan = planned.session.plan
    assert plan is not None
    assert plan.request.budget_bytes == expected_bytes
    assert headline(plan) in visible_texts(planned)


def test_that_letters_are_not_taken_for_a_budget(planned: MainWindow, qtbot: QtBot) -> None:
    before = planned.session.request
    _type(qtbot, planned.view.runs_on.budget, "plenty")
    assert planned.session.request == before
    assert planned.view.runs_on.budget.text() == "16.00 GiB"


def test_that_typing_is_one_step_of_undo(planned: MainWindow, qtbot: QtBot) -> None:
    _type(qtbot, planned.view.runs_on.budget, "24")
    assert planned.session.undo_stack.count() == 1
    qtbot.keyClick(planned.view.runs_on.budget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert planned.session.request.budget_bytes == 16 * GIB
    assert planned.view.runs_on.budget.text() == "16.00 GiB"
    redo = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(planned.view.runs_on.budget, Qt.Key.Key_Z, redo)
    assert planned.session.request.budget_bytes == 24 * GIB


def test_that_a_budget_shown_with_fewer_digits_keeps_its_bytes(
    planned: MainWindow, qtbot: QtBot
) -> None:
    exact = 15 * GIB + 123_456_789
    planned.session.change("Budget", budget_bytes=exact)
    field = planned.view.runs_on.budget
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    planned.view.runs_on.context.setFocus()
    assert field.text() == "15.11 GiB"
    assert planned.session.request.budget_bytes == exact


def test_that_the_arrow_keys_step_the_budget_to_round_numbers(
    planned: MainWindow, qtbot: QtBot
) -> None:
    planned.session.change("Budget", budget_bytes=15 * GIB + 123_456_789)
    qtbot.keyClick(planned.view.runs_on.budget, Qt.Key.Key_Up)
    assert planned.session.request.budget_bytes == 15 * GIB + 512 * MIB
    qtbot.keyClick(planned.view.runs_on.budget, Qt.Key.Key_Down)
    assert planned.session.request.budget_bytes == 15 * GIB


def test_that_the_budget_slider_dragged_is_one_step(planned: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(planned.session.plan_changed):
        _slide(qtbot, planned.view.runs_on.budget_slider, 250)
    assert planned.session.request.budget_bytes < 8 * GIB
    assert planned.session.undo_stack.count() == 1
    planned.session.undo_stack.undo()
    assert planned.session.request.budget_bytes == 16 * GIB


def test_that_a_sliders_value_is_what_it_stands_for(planned: MainWindow, qtbot: QtBot) -> None:
    slider = planned.view.runs_on.budget_slider
    assert (slider.minimum(), slider.value(), slider.maximum()) == (1024, 16 * 1024, 512 * 1024)
    assert planned.view.runs_on.context_slider.value() == 32_256
    planned.session.change("Budget", budget_bytes=10 * GIB + 5 * MIB)
    assert slider.value() == 10 * 1024 + 5


def test_that_keys_move_a_slider_by_steps_of_its_scale(planned: MainWindow, qtbot: QtBot) -> None:
    slider = planned.view.runs_on.budget_slider
    keys = (Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End)
    budgets = []
    for key in keys:
        qtbot.keyClick(slider, key)
        budgets.append(planned.session.request.budget_bytes)
    right, page, left, home, end = budgets
    assert 16 * GIB < right <= 18 * GIB
    assert right < page < 25 * GIB
    assert right < left < page
    assert (home, end) == (GIB, 512 * GIB)


def test_that_a_press_beside_the_knob_moves_it_there(planned: MainWindow, qtbot: QtBot) -> None:
    slider = planned.view.runs_on.budget_slider
    for share, less in ((0.1, True), (0.9, False)):
        before = planned.session.request.budget_bytes
        place = QPoint(round(slider.width() * share), slider.height() // 2)
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=place)
        assert (planned.session.request.budget_bytes < before) is less


def test_that_a_typed_context_understands_multiples(planned: MainWindow, qtbot: QtBot) -> None:
    _type(qtbot, planned.view.runs_on.context, "8K")
    assert planned.session.request.context_tokens == 8192
    assert not planned.view.runs_on.automatic.isChecked()
    assert planned.view.runs_on.context.text() == "8,192 tokens"


def test_that_a_context_beyond_qts_int_arrives_whole(planned: MainWindow, qtbot: QtBot) -> None:
    _type(qtbot, planned.view.runs_on.context, "4294967295")
    assert planned.session.request.context_tokens == 2**32 - 1


def test_that_automatic_gives_the_context_back_to_the_engine(
    planned: MainWindow, qtbot: QtBot
) -> None:
    _type(qtbot, planned.view.runs_on.context, "8192")
    qtbot.mouseClick(planned.view.runs_on.automatic, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert planned.session.request.context_tokens is None
    qtbot.waitUntil(lambda: planned.view.runs_on.context.text() == "Automatic (32,256)")


def test_that_a_step_from_automatic_starts_at_the_automatic_context(
    planned: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(planned.view.runs_on.context, Qt.Key.Key_Down)
    assert planned.session.request.context_tokens == 32_256 - 512


def test_that_the_context_slider_asks_for_a_context(planned: MainWindow, qtbot: QtBot) -> None:
    _slide(qtbot, planned.view.runs_on.context_slider, 500)
    tokens = planned.session.request.context_tokens
    assert tokens is not None
    assert 3_500 < tokens < 6_000
    assert planned.session.undo_stack.count() == 1


def test_that_metal_counts_host_memory_and_vulkan_shows_it_beside(
    planned: MainWindow, qtbot: QtBot
) -> None:
    rows = planned.view.breakdown.model()

    def shares() -> dict[str, str]:
        return {
            str(rows.index(row, 0).data()): str(rows.index(row, 4).data())
            for row in range(rows.rowCount())
        }

    assert shares()["Page table"] == "not counted"
    with qtbot.waitSignal(planned.session.plan_changed):
        qtbot.mouseClick(
            planned.view.runs_on.backend.button(Backend.METAL), Qt.MouseButton.LeftButton
        )
    assert planned.session.request.backend is Backend.METAL
    assert shares()["Page table"] == "0.0 %"
    assert planned.view.runs_on.total.isVisible()


def test_that_the_metal_limit_is_mentioned_where_it_bites(
    planned: MainWindow, qtbot: QtBot, data_folder: object
) -> None:
    with qtbot.waitSignal(planned.session.plan_changed, timeout=10_000):
        planned.open_source(f"{data_folder}/models/llama-4-scout.Q4_K_M.gguf")
    assert "262,144" not in text_of(planned, "model_card")
    with qtbot.waitSignal(planned.session.plan_changed):
        planned.session.change("Backend", backend=Backend.METAL)
    assert "on Metal the engine stops at 262,144" in text_of(planned, "model_card")


def test_that_cuda_is_offered_for_llama_cpp_only(planned: MainWindow, qtbot: QtBot) -> None:
    cuda = planned.view.runs_on.backend.button(Backend.CUDA)
    assert not cuda.isVisible()
    llama_cpp = planned.view.runs_on.engine.button(EngineName.LLAMA_CPP)
    qtbot.mouseClick(llama_cpp, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(cuda, Qt.MouseButton.LeftButton)
    assert planned.session.request.backend is Backend.CUDA
    zinc = planned.view.runs_on.engine.button(EngineName.ZINC)
    qtbot.mouseClick(zinc, Qt.MouseButton.LeftButton)
    assert planned.session.request.backend is Backend.VULKAN
    planned.session.undo_stack.undo()
    assert cuda.isVisible()
    assert cuda.isChecked()


def test_that_a_device_sets_the_budget_and_stays_chosen(planned: MainWindow, qtbot: QtBot) -> None:
    device = planned.view.runs_on.device
    index = next(i for i in range(device.count()) if "4090" in device.itemText(i))
    device.setCurrentIndex(index - 1)
    qtbot.keyClick(device, Qt.Key.Key_Down)
    assert planned.session.request.budget_bytes == 24 * GIB
    assert "4090" in device.currentText()
    planned.session.change("Budget", budget_bytes=5 * GIB)
    assert "4090" not in device.currentText()


def test_that_a_chosen_device_shows_its_product_and_memory_where_its_maker_has_no_room(
    planned: MainWindow, qtbot: QtBot
) -> None:
    planned.resize(1000, 640)
    device = planned.view.runs_on.device
    rows = [row for row in range(device.count()) if "RTX 3060 ·" in device.itemText(row)]
    device.setCurrentIndex(rows[0] - 1)
    qtbot.keyClick(device, Qt.Key.Key_Down)
    assert device.currentText() == "NVIDIA RTX 3060 · 12.0 GiB"
    assert device.shown_text() == "RTX 3060 · 12.0 GiB"


def test_that_the_request_panel_says_what_is_granted(planned: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(planned.session.plan_changed):
        _type(qtbot, planned.view.request_panel.used, "30000")
    # 32,256 − 30,000 tokens are left, and that is less than the 4,096 asked for.
    granted = next(text for text in visible_texts(planned) if text.startswith("Granted"))
    assert "2,256</b> · target 32,256 · 2,256 remain" in granted


def test_that_dragging_the_budgets_line_in_the_chart_is_one_step(
    planned: MainWindow, qtbot: QtBot
) -> None:
    chart = planned.view.chart_card.make_chart()
    layout = chart.layout_shown()
    assert layout is not None
    assert layout.budget_y is not None
    start = QPointF(layout.frame.rect.center().x(), layout.budget_y).toPoint()
    end = start + QPoint(0, 60)
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 7):
        QTest.mouseMove(chart, start + QPoint(0, 10 * step))
        QApplication.processEvents()
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=end)
    assert planned.session.request.budget_bytes < 15 * GIB
    assert planned.session.undo_stack.count() == 1
    planned.session.undo_stack.undo()
    assert planned.session.request.budget_bytes == 16 * GIB


def test_that_the_table_follows_what_the_chart_reads_out(planned: MainWindow, qtbot: QtBot) -> None:
    chart = planned.view.chart_card.make_chart()
    rows = planned.view.breakdown.model()
    heading = Qt.Orientation.Horizontal
    assert rows.headerData(0, heading) == "At 32,256 tokens"
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert rows.headerData(0, heading) == "At 512 tokens"
    chart.hide_read_out()
    assert rows.headerData(0, heading) == "At 32,256 tokens"


def test_that_the_table_stays_with_a_read_out_when_the_plan_changes(
    planned: MainWindow, qtbot: QtBot
) -> None:
    chart = planned.view.chart_card.make_chart()
    rows = planned.view.breakdown.model()
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    planned.session.change("Budget", budget_bytes=8 * GIB)
    planned.session.plan_now()
    assert rows.headerData(0, Qt.Orientation.Horizontal) == "At 512 tokens"


def test_that_units_change_everywhere(planned: MainWindow) -> None:
    action = next(
        a for m in planned.findChildren(QMenu) for a in m.actions() if a.data() == ByteUnits.DECIMAL
    )
    action.trigger()
    texts = visible_texts(planned)
    assert "5.02 GB weights" in texts
    assert planned.view.runs_on.budget.text() == "17.18 GB"
    assert planned.session.request.budget_bytes == 16 * GIB
    assert not any("GiB" in text for text in texts)


def test_that_the_four_outcomes_are_worded_in_the_engines_terms(
    planned: MainWindow, qtbot: QtBot
) -> None:
    weights = planned.session.model.weights_bytes  # type: ignore[union-attr]
    # 36 layers · 8 heads · 128 · 4 bytes · 2: the price of a token by ZINC's plan.
    price = 294_912
    budgets = {
        "Fits: ZINC starts with 32,256 tokens": 16 * GIB,
        "Fits tightly: ZINC starts with 4,096 tokens": weights + 4_200 * price,
        "ZINC starts with 1,9": weights + 2_000 * price,
        "ZINC refuses to start": weights - 1,
    }
    for start, budget in budgets.items():
        planned.session.change("Budget", budget_bytes=budget)
        planned.session.plan_now()
        assert any(text.startswith(start) for text in visible_texts(planned)), start


def _view(window: MainWindow, text: str) -> QAction:
    return next(
        action
        for menu in window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if action.text() == text
    )


def test_that_the_view_menu_zooms_the_chart_and_shows_all_of_it_again(
    planned: MainWindow,
) -> None:
    chart = planned.view.chart_card.make_chart()
    _view(planned, "Zoom &in").trigger()
    assert chart.is_zoomed()
    _view(planned, "Zoom &out").trigger()
    assert not chart.is_zoomed()
    _view(planned, "Zoom &in").trigger()
    _view(planned, "Show &all contexts").trigger()
    assert not chart.is_zoomed()


def test_that_the_linear_axis_stays_when_the_window_is_made_anew(planned: MainWindow) -> None:
    _view(planned, "Li&near axis").trigger()
    for _ in range(2):
        layout = planned.view.chart_card.make_chart().layout_shown()
        assert layout is not None
        assert layout.frame.scale is AxisScale.LINEAR
        assert _view(planned, "Li&near axis").isChecked()
        planned.rebuild()


def test_that_the_view_menu_reads_out_the_context_that_is_planned_for(
    planned: MainWindow,
) -> None:
    planned.activateWindow()
    chart = planned.view.chart_card.make_chart()
    _view(planned, "&Read out the context").trigger()
    assert planned.session.plan is not None
    assert chart.read_out() == planned.session.plan.at
    assert chart.hasFocus()
