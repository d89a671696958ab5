"""The tab that searches settings for a wish."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan_gui.panels.best_tab import BestTab
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

GIB = 2**30


@pytest.fixture
def tab(window: MainWindow, qtbot: QtBot, data_folder: Path) -> BestTab:
    """The tab, with a small model open."""
    window.session.change("Engine", engine="llama.cpp", budget_bytes=4 * GIB)
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.open_source(str(data_folder / "models" / "llama-3.2-1b.Q4_K_M.gguf"))
    tabs = window.view.tabs.tabs
    tabs.setCurrentIndex([tabs.tabText(n) for n in range(tabs.count())].index("Best start"))
    made = window.findChild(BestTab)
    assert isinstance(made, BestTab)
    return made


def search(tab: BestTab, qtbot: QtBot, tokens: int) -> None:
    tab.wish.setValue(tokens)
    tab.search.click()
    assert tab.search.text() == "Stop"
    qtbot.waitUntil(lambda: not tab.busy, timeout=20_000)


def test_that_answers_are_listed_and_using_one_is_one_step(
    window: MainWindow, qtbot: QtBot, tab: BestTab
) -> None:
    search(tab, qtbot, 8192)
    rows = [tab.table.texts(row) for row in range(tab.table.rowCount())]
    assert {row[2] for row in rows} >= {"f16", "q8_0"}
    assert not tab.use.isEnabled()
    before = window.session.request
    chosen = next(number for number, row in enumerate(rows) if row[2] == "q8_0")
    tab.table.selectRow(chosen)
    tab.use.click()
    assert window.session.request.llama_cpp.cache_type_k == "q8_0"
    window.session.plan_now()
    assert window.session.plan is not None
    granted = f"{window.session.plan.verdict.granted_tokens:,}"
    assert granted == rows[chosen][3]
    window.session.undo_stack.undo()
    assert window.session.request == before


def test_that_enter_uses_the_chosen_answer(window: MainWindow, qtbot: QtBot, tab: BestTab) -> None:
    search(tab, qtbot, 8192)
    tab.table.setFocus()
    tab.table.selectRow(0)
    qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    assert window.session.request.context_tokens is not None


def test_that_a_wish_that_nothing_fulfils_says_so(
    window: MainWindow, qtbot: QtBot, tab: BestTab
) -> None:
    window.session.change("Budget", budget_bytes=GIB // 4)
    window.session.change("Fit", llama_cpp=LlamaCppOptions(fit=False))
    window.session.plan_now()
    search(tab, qtbot, 65_536)
    assert tab.table.rowCount() == 0
    assert not tab.table.isVisible()


def test_that_a_search_is_stopped_and_another_model_forgets_the_answers(
    window: MainWindow, qtbot: QtBot, tab: BestTab, data_folder: Path
) -> None:
    tab.search.click()
    tab.search.click()
    assert not tab.busy
    assert tab.search.text() == "Search"
    search(tab, qtbot, 4096)
    assert tab.table.rowCount()
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.open_source(str(data_folder / "models" / "gemma-3-270m.Q4_K_M.gguf"))
    assert tab.table.rowCount() == 0


def test_that_a_file_that_lies_beside_the_model_is_tried(
    window: MainWindow, qtbot: QtBot, tab: BestTab, data_folder: Path, tmp_path: Path
) -> None:
    content = (data_folder / "models" / "llama-3.2-1b.Q4_K_M.gguf").read_bytes()
    for name in ("tiny-Q4_K_M.gguf", "tiny-Q8_0.gguf"):
        (tmp_path / name).write_bytes(content)
    os.utime(tmp_path / "tiny-Q8_0.gguf", (1, 1))
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.open_source(str(tmp_path / "tiny-Q4_K_M.gguf"))
    told: list[str] = []
    tab._told.connect(lambda said: told.append(str(said[1])))
    search(tab, qtbot, 4096)
    assert "(0, 6)" in told
