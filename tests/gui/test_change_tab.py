"""The tab "What to change": what it says, and that its buttons do it."""

from __future__ import annotations

import pytest
from gui.acting import visible_texts
from memplan import EngineName, Request, plan, read_model
from memplan.devices import load_catalogue
from memplan.planning.advice import QUANTISATION, advise
from memplan.units import GIB, ByteUnits
from memplan_gui.panels.change_tab import ChangeTab, change_rows, nothing_text
from memplan_gui.window import MainWindow
from memplan_resources.samples import sample_path
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot


def open_tab(window: MainWindow, qtbot: QtBot, **changes: object) -> ChangeTab:
    """Show the tab for a request, with its advice worked out."""
    tab = window.view.late.changes.widget()
    window.session.change("Test", **changes)
    window.session.end_gesture()
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    wait_for_advice(window, qtbot)
    return tab


def wait_for_advice(window: MainWindow, qtbot: QtBot) -> None:
    window.session.plan_now()
    qtbot.waitUntil(lambda: window.view.late.changes.widget().shown_plan() is window.session.plan)


def test_that_each_advice_says_what_it_gives_and_costs(planned: MainWindow, qtbot: QtBot) -> None:
    tab = open_tab(planned, qtbot, budget_bytes=5 * GIB)
    texts = visible_texts(tab)
    assert "Use a context of 1,024 tokens" in texts
    assert "Frees 864 MiB. 1,169 tokens then fit." in texts
    assert "Costs: shorter chats and documents." in texts
    assert "✓ Enough" in texts
    assert "Not enough alone" in texts


def test_that_advice_for_a_start_that_moves_layers_says_what_is_whole(
    planned: MainWindow, qtbot: QtBot
) -> None:
    tab = open_tab(planned, qtbot, engine=EngineName.LLAMA_CPP, budget_bytes=4 * GIB)
    texts = visible_texts(tab)
    assert any(text.endswith("Parts stay in host memory.") for text in texts)
    assert "Not whole yet" in texts
    assert "✓ Fits whole" in texts
    assert not any("No context fits" in text for text in texts)


def test_that_applying_makes_it_fit_and_one_undo_takes_it_back(
    planned: MainWindow, qtbot: QtBot
) -> None:
    tab = open_tab(planned, qtbot, budget_bytes=5 * GIB)
    before = planned.session.request
    steps = planned.session.undo_stack.count()
    qtbot.mouseClick(tab.rows[0].apply, Qt.MouseButton.LeftButton)
    assert planned.session.request.context_tokens == 1024
    assert planned.session.undo_stack.count() == steps + 1
    assert planned.session.undo_stack.undoText() == "Use a context of 1,024 tokens"
    qtbot.waitUntil(lambda: planned.session.plan is not None and planned.session.plan.verdict.fits)
    planned.session.undo_stack.undo()
    assert planned.session.request == before


def test_that_alt_and_its_number_applies_an_advice(planned: MainWindow, qtbot: QtBot) -> None:
    open_tab(planned, qtbot, budget_bytes=5 * GIB)
    planned.activateWindow()
    qtbot.waitUntil(planned.isActiveWindow)
    qtbot.keyClick(planned, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: planned.session.request.context_tokens == 1024)


def test_that_a_device_brings_its_memory(planned: MainWindow, qtbot: QtBot) -> None:
    tab = open_tab(planned, qtbot, budget_bytes=5 * GIB)
    titles = visible_texts(tab)
    assert "Use a larger device: NVIDIA GTX 1060 6GB" in titles
    qtbot.mouseClick(tab.rows[1].apply, Qt.MouseButton.LeftButton)
    assert planned.session.request.budget_bytes == 6 * GIB


def test_that_another_quantisation_needs_another_file(planned: MainWindow, qtbot: QtBot) -> None:
    tab = open_tab(planned, qtbot, budget_bytes=5 * GIB)
    (row,) = [row for row in tab.rows if "Use the same model as Q3_K" in visible_texts(row)]
    assert not row.apply.isVisible()
    assert "Needs another file" in visible_texts(row)


def test_that_what_the_user_changed_meanwhile_stays(planned: MainWindow, qtbot: QtBot) -> None:
    tab = open_tab(planned, qtbot, budget_bytes=5 * GIB)
    planned.session.change("Used tokens", used_context_tokens=77)
    qtbot.mouseClick(tab.rows[0].apply, Qt.MouseButton.LeftButton)
    assert planned.session.request.used_context_tokens == 77
    assert planned.session.request.context_tokens == 1024


def test_that_a_model_which_fits_whole_needs_no_change(planned: MainWindow, qtbot: QtBot) -> None:
    tab = open_tab(planned, qtbot, budget_bytes=64 * GIB)
    assert visible_texts(tab) == ["Nothing needs to change: all tokens that the model allows fit."]


def test_that_nothing_is_worked_out_while_the_tab_is_hidden(
    planned: MainWindow, qtbot: QtBot
) -> None:
    planned.session.change("Budget", budget_bytes=5 * GIB)
    planned.session.plan_now()
    qtbot.wait(300)
    assert planned.view.late.changes.widget().shown_plan() is None


def test_that_the_advice_follows_the_newest_of_many_budgets(
    planned: MainWindow, qtbot: QtBot
) -> None:
    tab = open_tab(planned, qtbot, budget_bytes=12 * GIB)
    for gibibytes in (11, 10, 9, 8, 7, 6, 5):
        planned.session.change("Budget", budget_bytes=gibibytes * GIB)
        planned.session.plan_now()
    wait_for_advice(planned, qtbot)
    shown = tab.shown_plan()
    assert shown is not None
    assert shown.request.budget_bytes == 5 * GIB
    assert "Use a context of 1,024 tokens" in visible_texts(tab)


@pytest.mark.parametrize("engine", EngineName)
@pytest.mark.parametrize("sample", ["qwen3-8b", "gpt-oss-20b", "gemma-3-12b", "qwen3.5-9b"])
@pytest.mark.parametrize("budget_gib", [4, 8, 12])
def test_that_only_what_needs_no_other_file_can_be_applied(
    engine: EngineName, sample: str, budget_gib: int
) -> None:
    current = plan(
        read_model(sample_path(sample)), Request(engine=engine, budget_bytes=budget_gib * GIB)
    )
    advice = advise(current, load_catalogue())
    for item, row in zip(advice, change_rows(current, advice, ByteUnits.BINARY), strict=True):
        other_file = any(step.change == QUANTISATION for step in item.steps)
        assert row.applicable is not other_file
        assert row.applicable == (item.plan.model is current.model)
    if not advice:
        assert nothing_text(current)
