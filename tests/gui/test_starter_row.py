"""Settings as an app picks them, by one click."""

from __future__ import annotations

import pytest
from gui.acting import visible_texts
from memplan_gui.panels.starter_row import StarterRow
from memplan_gui.window import MainWindow
from PySide6.QtGui import QAction


def action(window: MainWindow, title: str) -> QAction:
    row = window.findChild(StarterRow)
    (found,) = (each for each in row.link.menu().actions() if each.text() == title)
    return found


def test_that_one_click_sets_what_an_app_picks_and_one_undo_takes_it_back(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OLLAMA_CONTEXT_LENGTH", raising=False)
    monkeypatch.delenv("OLLAMA_NUM_PARALLEL", raising=False)
    window.session.change("Engine", engine="llama.cpp")
    before = window.session.request
    action(window, "Ollama").trigger()
    assert window.session.request.context_tokens == 4096
    assert window.session.request.llama_cpp.parallel == 1
    row = window.findChild(StarterRow)
    assert any(text.startswith("Ollama: 4,096 tokens") for text in visible_texts(row))
    window.session.undo_stack.undo()
    assert window.session.request == before
    assert not any(text.startswith("Ollama:") for text in visible_texts(row))


def test_that_an_engine_without_apps_offers_none(window: MainWindow) -> None:
    row = window.findChild(StarterRow)
    assert not row.isVisible()
    window.session.change("Engine", engine="llama.cpp")
    assert row.isVisible()
