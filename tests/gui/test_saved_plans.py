"""Reports for a ticket: copied, saved, and opened again on another machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gui.acting import drop, text_of
from memplan import EngineName
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions
from memplan.units import GIB
from memplan_gui.main import main
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

_OPTIONS = LlamaCppOptions(cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q8_0)


def save(window: MainWindow, qtbot: QtBot, dialogs: object, path: Path) -> None:
    """Save a report as a user does, with the keyboard."""
    vars(dialogs)["target"] = str(path)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(path.exists)


@pytest.fixture
def saved_plan(
    planned: MainWindow, qtbot: QtBot, dialogs: object, tmp_path: Path
) -> tuple[Path, str]:
    """A saved plan of llama.cpp, and the verdict that the window showed."""
    planned.session.change(
        "Test",
        engine=EngineName.LLAMA_CPP,
        budget_bytes=7 * GIB,
        context_tokens=20_480,
        llama_cpp=_OPTIONS,
    )
    planned.session.end_gesture()
    planned.session.plan_now()
    path = tmp_path / "ticket.json"
    save(planned, qtbot, dialogs, path)
    return path, text_of(planned, "verdict")


def test_that_the_copied_report_has_verdict_advice_and_command(
    planned: MainWindow, qtbot: QtBot
) -> None:
    planned.session.change("Budget", budget_bytes=5 * GIB)
    planned.session.plan_now()
    planned.activateWindow()
    qtbot.waitUntil(planned.isActiveWindow)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(planned, Qt.Key.Key_R, both)
    qtbot.waitUntil(lambda: QApplication.clipboard().text().startswith("# Memory plan: Qwen3 8B"))
    text = QApplication.clipboard().text()
    assert "**Does not fit: needs 5.80 GiB at 4,096 tokens, 823 MiB over**" in text
    assert "1. Use a context of 1,024 tokens" in text
    assert "memplan check qwen3-8b.gguf" in text
    assert str(Path(planned.session.plan.model.source).parent) not in text  # type: ignore[union-attr]


def test_that_the_copied_json_is_what_check_prints(
    planned: MainWindow, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    planned.session.change("Budget", budget_bytes=5 * GIB)
    planned.session.plan_now()
    planned.activateWindow()
    qtbot.waitUntil(planned.isActiveWindow)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(planned, Qt.Key.Key_J, both)
    qtbot.waitUntil(lambda: QApplication.clipboard().text().startswith("{"))
    copied = json.loads(QApplication.clipboard().text())
    assert planned.session.model is not None
    main(["check", "--json", "--budget", "5GiB", planned.session.model.source])
    assert copied == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("name", "start"), [("a.html", "<!doctype html>"), ("a.md", "# Memory plan"), ("a.json", "{")]
)
def test_that_each_kind_of_report_can_be_saved(
    planned: MainWindow, qtbot: QtBot, dialogs: object, tmp_path: Path, name: str, start: str
) -> None:
    save(planned, qtbot, dialogs, tmp_path / name)
    assert (tmp_path / name).read_text("utf-8").lower().startswith(start.lower())


def test_that_another_ending_gets_that_of_a_web_page(
    planned: MainWindow, qtbot: QtBot, dialogs: object, tmp_path: Path
) -> None:
    vars(dialogs)["target"] = str(tmp_path / "qwen3.v2")
    planned.activateWindow()
    qtbot.waitUntil(planned.isActiveWindow)
    qtbot.keyClick(planned, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil((tmp_path / "qwen3.v2.html").exists)


def test_that_a_dropped_plan_shows_what_was_saved_and_undo_brings_back_the_request(
    saved_plan: tuple[Path, str], window: MainWindow, qtbot: QtBot
) -> None:
    path, verdict = saved_plan
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.open_sample("gemma-3-12b")
    window.session.change("Test", engine=EngineName.ZINC, llama_cpp=LlamaCppOptions())
    window.session.end_gesture()
    before = window.session.request
    with qtbot.waitSignal(window.loader.restored, timeout=10_000):
        drop(window, [path])
    window.session.plan_now()
    plan = window.session.plan
    assert plan is not None
    assert plan.model.name == "Qwen3 8B"
    assert plan.request.llama_cpp == _OPTIONS
    assert plan.request.context_tokens == 20_480
    assert text_of(window, "verdict") == verdict
    saved = json.loads(path.read_text("utf-8"))
    assert plan.at.budgeted_bytes == saved["at"]["budgeted_bytes"]
    window.session.undo_stack.undo()
    assert window.session.request == before


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", '{"schema": "memplan.plan/1"}'])
def test_that_a_damaged_plan_is_said_in_the_model_card(
    planned: MainWindow, qtbot: QtBot, tmp_path: Path, text: str
) -> None:
    before = planned.session.plan
    path = tmp_path / "broken.json"
    path.write_text(text, "utf-8")
    with qtbot.waitSignal(planned.loader.failed, timeout=10_000):
        drop(planned, [path])
    assert "Cannot open broken.json" in text_of(planned, "model_error")
    assert planned.session.plan is before


def test_that_without_a_display_a_saved_plan_is_printed(
    saved_plan: tuple[Path, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, verdict = saved_plan
    monkeypatch.setattr("memplan_gui.main.display_available", lambda: False)
    assert main(["open", str(path)]) == 0
    assert verdict.splitlines()[0] in capsys.readouterr().out
