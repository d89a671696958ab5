"""The tab "Why": reasons, the engine's words, and solved questions that can be used."""

from __future__ import annotations

from gui.acting import visible_texts
from memplan import EngineName
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions
from memplan.units import GIB, ByteUnits
from memplan_gui.panels.why_tab import WhyTab
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot


def open_tab(window: MainWindow, qtbot: QtBot, **changes: object) -> WhyTab:
    """Show the tab for a request, with its questions solved."""
    tab = window.view.late.why.widget()
    window.session.change("Test", **changes)
    window.session.end_gesture()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    window.session.plan_now()
    qtbot.waitUntil(lambda: tab.solved_plan() is window.session.plan)
    return tab


def test_that_it_says_what_is_needed_what_there_is_and_what_is_missing(
    planned: MainWindow, qtbot: QtBot
) -> None:
    texts = visible_texts(open_tab(planned, qtbot, budget_bytes=5 * GIB))
    assert "5.80 GiB at 4,096 tokens" in texts
    assert "5.00 GiB; automatic sizing uses 85 % of it, 4.25 GiB" in texts
    assert texts[texts.index("Over by") + 1] == "823 MiB"
    assert "Weights are 4.68 GiB of it." in texts
    assert "KV cache grows the most: by 10.1 GiB from 4,096 to 40,960 tokens." in texts


def test_that_it_quotes_the_line_that_the_engine_logs(planned: MainWindow, qtbot: QtBot) -> None:
    texts = visible_texts(open_tab(planned, qtbot, budget_bytes=5 * GIB))
    assert "Context trimmed from 4096 to 1169 tokens to fit current VRAM budget" in texts


def test_that_a_used_budget_makes_the_context_fit_and_undo_takes_it_back(
    planned: MainWindow, qtbot: QtBot
) -> None:
    tab = open_tab(planned, qtbot, budget_bytes=5 * GIB)
    before = planned.session.request
    qtbot.mouseClick(tab.solved[1].use, Qt.MouseButton.LeftButton)
    planned.session.plan_now()
    plan = planned.session.plan
    assert plan is not None
    assert plan.verdict.fits
    assert plan.at.headroom_bytes == 0
    planned.session.undo_stack.undo()
    assert planned.session.request == before


def test_that_llama_cpp_is_told_its_largest_buffer_and_the_cache_type_that_is_enough(
    planned: MainWindow, qtbot: QtBot
) -> None:
    tab = open_tab(
        planned,
        qtbot,
        engine=EngineName.LLAMA_CPP,
        context_tokens=32_768,
        budget_bytes=8 * GIB,
        llama_cpp=LlamaCppOptions(max_allocation_bytes=256 * 2**20),
    )
    texts = visible_texts(tab)
    assert any("over the device's limit of 256 MiB" in text for text in texts)
    planned.session.change("Limit", llama_cpp=LlamaCppOptions())
    planned.session.plan_now()
    qtbot.waitUntil(lambda: tab.solved_plan() is planned.session.plan)
    qtbot.mouseClick(tab.solved[-1].use, Qt.MouseButton.LeftButton)
    assert planned.session.request.llama_cpp.cache_type_k is CacheType.Q8_0
    assert planned.session.request.context_tokens == 32_768


def test_that_only_answers_that_change_something_can_be_used(
    planned: MainWindow, qtbot: QtBot
) -> None:
    tab = open_tab(planned, qtbot, context_tokens=40_960)
    # The largest context is the requested one; its budget is less than there is.
    assert [line.use.isVisible() for line in tab.solved[:2]] == [False, True]


def test_that_bytes_are_written_in_the_chosen_units(planned: MainWindow, qtbot: QtBot) -> None:
    tab = open_tab(planned, qtbot, budget_bytes=5 * GIB)
    tab.set_units(ByteUnits.DECIMAL)
    assert "6.23 GB at 4,096 tokens" in visible_texts(tab)


def test_that_reasons_and_answers_stand_side_by_side_only_where_there_is_room(
    planned: MainWindow, qtbot: QtBot
) -> None:
    tab = open_tab(planned, qtbot)

    def beside() -> bool:
        answers = tab.solved[0].mapTo(planned, tab.solved[0].rect().topLeft())
        first = tab.reason_labels()[0]
        return answers.x() > first.mapTo(planned, first.rect().topLeft()).x() + 100

    planned.resize(1280, 800)
    qtbot.waitUntil(beside)
    planned.resize(900, 640)
    qtbot.waitUntil(lambda: not beside())


def test_that_no_line_is_cut_after_a_resize_out_of_sight(planned: MainWindow, qtbot: QtBot) -> None:
    for engine in EngineName:
        for size in ((1280, 800), (1000, 640)):
            planned.view.tabs.tabs.setCurrentIndex(5)
            planned.resize(*size)
            qtbot.wait(50)  # the layouts of hidden pages settle
            tab = open_tab(planned, qtbot, engine=engine)
            qtbot.waitUntil(lambda seen=tab: not any(map(_is_cut, seen.findChildren(QLabel))))


def _is_cut(line: QLabel) -> bool:
    wraps = line.isVisible() and line.wordWrap()
    return wraps and line.height() < line.heightForWidth(line.width())
