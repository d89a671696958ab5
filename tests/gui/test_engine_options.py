"""The engines' options: what they show, change, and what llama.cpp says when it refuses them."""

from __future__ import annotations

import pytest
from gui.acting import text_of, visible_texts
from memplan import EngineName
from memplan.engines.llama_cpp.options import CacheType, GpuLayers, LlamaCppOptions, Program
from memplan.engines.zinc.options import Accounting, ZincVersion
from memplan.units import GIB
from memplan_gui.panels.engine_options import OptionsCard, State
from memplan_gui.widgets.number_fields import CountField
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot


@pytest.fixture
def llama_cpp(planned: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with llama.cpp as its engine."""
    button = planned.view.runs_on.engine.button(EngineName.LLAMA_CPP)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    planned.session.plan_now()
    return planned


def options_of(window: MainWindow) -> LlamaCppOptions:
    return window.session.request.llama_cpp


def type_into(field: QWidget, text: str, qtbot: QtBot) -> None:
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_that_each_engine_shows_its_own_options(planned: MainWindow, qtbot: QtBot) -> None:
    assert planned.view.late.options["zinc"].widget().isVisible()
    assert not planned.view.late.options["llama.cpp"].widget().isVisible()
    button = planned.view.runs_on.engine.button(EngineName.LLAMA_CPP)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert planned.view.late.options["llama.cpp"].widget().isVisible()
    assert not planned.view.late.options["zinc"].widget().isVisible()


def test_that_zincs_version_and_accounting_can_be_chosen(planned: MainWindow, qtbot: QtBot) -> None:
    card = planned.view.late.options["zinc"].widget()
    versions = card.control("version")
    versions.setFocus()
    qtbot.keyClick(versions, Qt.Key.Key_Down)
    assert versions.currentText() == "2026-09-08 (30c0f9b4)"
    actual = card.control("accounting").button(Accounting.ALLOCATION)
    qtbot.mouseClick(actual, Qt.MouseButton.LeftButton)
    assert planned.session.request.zinc.version is ZincVersion.SEPTEMBER_8_2026
    assert planned.session.request.zinc.accounting is Accounting.ALLOCATION
    planned.session.undo_stack.undo()
    assert planned.session.request.zinc.accounting is Accounting.PLAN
    assert card.control("accounting").button(Accounting.PLAN).isChecked()


def test_that_a_cache_type_is_chosen_with_the_keyboard(llama_cpp: MainWindow, qtbot: QtBot) -> None:
    card = llama_cpp.view.late.options["llama.cpp"].widget()
    card.control("cache_type_k").setFocus()
    qtbot.keyClicks(card.control("cache_type_k"), "q8")
    assert options_of(llama_cpp).cache_type_k is CacheType.Q8_0
    assert options_of(llama_cpp).cache_type_v is CacheType.F16


def test_that_a_refused_combination_is_said_in_llama_cpps_words_and_the_last_plan_stays(
    llama_cpp: MainWindow, qtbot: QtBot
) -> None:
    card = llama_cpp.view.late.options["llama.cpp"].widget()
    table = text_of(llama_cpp, "verdict")
    rows = llama_cpp.view.breakdown.model().rowCount()
    off = card.control("flash_attn").button(State.OFF)
    qtbot.mouseClick(off, Qt.MouseButton.LeftButton)
    card.control("cache_type_v").setFocus()
    qtbot.keyClicks(card.control("cache_type_v"), "q8")
    llama_cpp.session.plan_now()
    said = text_of(llama_cpp, "verdict")
    assert "llama.cpp refuses these options" in said
    assert "quantized V cache requires flash_attn to be enabled" in said
    chart = llama_cpp.view.chart_card.chart
    assert chart is not None
    assert chart.layout_shown() is not None
    assert not chart.isEnabled()
    assert llama_cpp.view.breakdown.model().rowCount() == rows
    while llama_cpp.session.request.llama_cpp != LlamaCppOptions():
        llama_cpp.session.undo_stack.undo()
    llama_cpp.session.plan_now()
    assert text_of(llama_cpp, "verdict") == table
    assert chart.isEnabled()


def test_that_a_typed_number_of_layers_is_one_step_and_all_means_all(
    llama_cpp: MainWindow, qtbot: QtBot
) -> None:
    field = llama_cpp.view.late.options["llama.cpp"].widget().control("n_gpu_layers")
    assert field.text() == "Automatic"
    steps = llama_cpp.session.undo_stack.count()
    type_into(field, "20", qtbot)
    assert options_of(llama_cpp).n_gpu_layers == 20
    assert llama_cpp.session.undo_stack.count() == steps + 1
    type_into(field, "all", qtbot)
    assert options_of(llama_cpp).n_gpu_layers is GpuLayers.ALL
    assert field.text() == "All (37)"
    type_into(field, "auto", qtbot)
    assert options_of(llama_cpp).n_gpu_layers is None
    assert field.text() == "Automatic"
    field.stepBy(-1)
    assert options_of(llama_cpp).n_gpu_layers == 36


def test_that_steps_leave_the_default_and_return_to_it(llama_cpp: MainWindow, qtbot: QtBot) -> None:
    field = llama_cpp.view.late.options["llama.cpp"].widget().control("ubatch_size")
    assert field.text() == "Default (512)"
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert options_of(llama_cpp).ubatch_size == 448
    type_into(field, "default", qtbot)
    assert options_of(llama_cpp).ubatch_size is None
    assert field.text() == "Default (512)"


def test_that_numbers_beyond_32_bits_signed_arrive_whole(
    llama_cpp: MainWindow, qtbot: QtBot
) -> None:
    type_into(
        llama_cpp.view.late.options["llama.cpp"].widget().control("ubatch_size"),
        "4294967295",
        qtbot,
    )
    assert options_of(llama_cpp).ubatch_size == 2**32 - 1


def test_that_no_more_sequences_than_llama_cpp_is_built_for_can_be_typed(
    llama_cpp: MainWindow, qtbot: QtBot
) -> None:
    field = llama_cpp.view.late.options["llama.cpp"].widget().control("parallel")
    type_into(field, "16", qtbot)
    assert options_of(llama_cpp).parallel == 16
    type_into(field, "257", qtbot)
    assert options_of(llama_cpp).parallel in range(1, 257)


def test_that_experts_are_offered_only_for_models_that_have_some(
    llama_cpp: MainWindow, qtbot: QtBot
) -> None:
    card = llama_cpp.view.late.options["llama.cpp"].widget()
    assert not card.control("n_cpu_moe").isVisible()
    with qtbot.waitSignal(llama_cpp.session.plan_changed, timeout=10_000):
        llama_cpp.open_sample("gpt-oss-20b")
    assert card.control("n_cpu_moe").isVisible()
    type_into(card.control("n_cpu_moe"), "8", qtbot)
    assert (options_of(llama_cpp).n_cpu_moe, options_of(llama_cpp).cpu_moe) == (8, False)
    type_into(card.control("n_cpu_moe"), "all", qtbot)
    assert (options_of(llama_cpp).n_cpu_moe, options_of(llama_cpp).cpu_moe) == (0, True)
    assert card.control("n_cpu_moe").text() == "All (24)"


def test_that_the_rest_is_a_click_away_and_says_what_of_it_is_set(
    llama_cpp: MainWindow, qtbot: QtBot
) -> None:
    card = llama_cpp.view.late.options["llama.cpp"].widget()
    assert not card.control("program").isVisible()
    qtbot.mouseClick(card.more, Qt.MouseButton.LeftButton)
    assert card.control("program").isVisible()
    cli = card.control("program").button(Program.LLAMA_CLI)
    qtbot.mouseClick(cli, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(card.control("kv_offload"), Qt.MouseButton.LeftButton)
    type_into(card.control("fit_target_mib"), "2048", qtbot)
    type_into(card.control("max_allocation_bytes"), "4", qtbot)
    changed = options_of(llama_cpp)
    assert changed.program is Program.LLAMA_CLI
    assert not changed.kv_offload
    assert changed.fit_target_mib == (2048,)
    assert changed.max_allocation_bytes == 4 * GIB
    assert card.control("parallel").text() == "Default (1)"
    qtbot.mouseClick(card.more, Qt.MouseButton.LeftButton)
    assert not card.control("program").isVisible()
    assert "4 set" in card.more.text()


def test_that_options_reach_the_plan(llama_cpp: MainWindow, qtbot: QtBot) -> None:
    before = llama_cpp.session.plan
    card = llama_cpp.view.late.options["llama.cpp"].widget()
    type_into(card.control("n_gpu_layers"), "10", qtbot)
    llama_cpp.session.plan_now()
    after = llama_cpp.session.plan
    assert before is not None
    assert after is not None
    assert after.at.device_bytes < before.at.device_bytes


def _focusable(card: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in card.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(card)
        and not isinstance(widget, QLineEdit)  # the inside of a spin box, which speaks for it
    ]


def test_that_every_control_has_a_name_a_tooltip_and_a_description(
    llama_cpp: MainWindow, qtbot: QtBot
) -> None:
    for card in (
        llama_cpp.view.late.options["llama.cpp"].widget(),
        llama_cpp.view.late.options["zinc"].widget(),
    ):
        controls = _focusable(card)
        assert len(controls) >= 2
        for widget in controls:
            assert widget.accessibleName(), widget
            assert widget.accessibleDescription(), widget
            assert widget.toolTip(), widget


def _mark(text: str) -> str:
    return text[text.index("&") + 1].lower() if "&" in text else ""


def test_that_the_mnemonics_in_sight_are_unique(llama_cpp: MainWindow) -> None:
    texts = [
        part.text()
        for kind in (QLabel, QAbstractButton)
        for part in llama_cpp.centralWidget().findChildren(kind)
        if part.isVisible()
    ]
    titles = [menu.text() for menu in llama_cpp.menuBar().actions()]
    tabs = llama_cpp.view.tabs.tabs
    titles += [tabs.tabText(index) for index in range(tabs.count())]
    marks = [mark for text in [*texts, *titles] if (mark := _mark(text))]
    assert len(marks) > 15
    twice = [text for text in [*texts, *titles] if marks.count(_mark(text)) > 1]
    assert not twice


def test_that_labels_are_not_cut_off(llama_cpp: MainWindow) -> None:
    card: OptionsCard = llama_cpp.view.late.options["llama.cpp"].widget()
    card.more.setChecked(True)
    for caption in card.findChildren(QLabel):
        if caption.isVisible():
            assert caption.width() >= caption.sizeHint().width(), caption.text()
    assert "llama.cpp" in visible_texts(card)


def test_that_a_count_field_steps_to_multiples(qtbot: QtBot) -> None:
    field = CountField(step=64)
    qtbot.addWidget(field)
    field.set_count(100)
    field.stepBy(1)
    assert field.value() == 128
    field.stepBy(-3)
    assert field.value() == 0
