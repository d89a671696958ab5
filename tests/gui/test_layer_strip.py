"""Where the layers of a start are, and the command that gives the same start."""

from __future__ import annotations

from pathlib import Path

import pytest
from memplan import Backend, EngineName
from memplan.memory.machine import HOST_ID, Machine, Pool, PoolKind
from memplan.quoting import Shell
from memplan.units import GIB
from memplan_gui.panels.change_tab import ChangeTab
from memplan_gui.panels.layer_strip import LayerStrip
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

MODELS = Path(__file__).parents[1] / "data" / "models"
CARD = Pool("gpu0", PoolKind.DEVICE, Backend.CUDA, 12 * GIB, "NVIDIA RTX 3060")
HOST = Pool(HOST_ID, PoolKind.HOST, None, 64 * GIB)


def plan_for(window: MainWindow, qtbot: QtBot, model: str, *devices: Pool) -> LayerStrip:
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.open_source(str(MODELS / f"{model}.gguf"))
    machine = Machine.of_devices(devices, HOST)
    with qtbot.waitSignal(window.session.plan_changed, timeout=10_000):
        window.session.change("Machine", engine=EngineName.LLAMA_CPP, machine=machine)
    return window.view.layer_strip


def test_that_layers_on_one_device_need_no_strip(window: MainWindow, qtbot: QtBot) -> None:
    assert plan_for(window, qtbot, "qwen3-8b.Q4_K_M", CARD).isHidden()


def test_that_moved_experts_are_seen(window: MainWindow, qtbot: QtBot) -> None:
    strip = plan_for(window, qtbot, "qwen3-30b-a3b.Q4_K_M", CARD)
    assert strip.isVisible()
    start = window.session.plan and window.session.plan.start
    assert start is not None
    moved = len(start.cpu_expert_layers)
    assert moved > 0
    assert f"experts of {moved} layers in host memory" in strip.words.text()
    assert strip.cells.accessibleDescription() == strip.words.text()
    host = strip.cells.tips[start.cpu_expert_layers[0]]
    assert "experts: Host memory" in host
    assert strip.cells.tips[-1].startswith("Output layer: NVIDIA RTX 3060")


def test_that_each_devices_layers_are_counted(window: MainWindow, qtbot: QtBot) -> None:
    strip = plan_for(window, qtbot, "qwen3-8b.Q4_K_M", CARD, CARD)
    start = window.session.plan and window.session.plan.start
    assert start is not None
    first, second = start.tensor_split
    assert strip.words.text() == (
        f"1: NVIDIA RTX 3060: {first} layers · 2: NVIDIA RTX 3060: {second} layers"
    )
    image = strip.cells.grab().toImage()
    middle = image.height() // 4
    assert image.pixel(3, middle) != image.pixel(image.width() - 4, middle)


@pytest.fixture
def change_tab(window: MainWindow, qtbot: QtBot) -> ChangeTab:
    plan_for(window, qtbot, "qwen3-30b-a3b.Q4_K_M", CARD)
    window.view.tabs.tabs.setCurrentWidget(window.view.late.changes)
    made = window.view.late.changes.widget()
    qtbot.waitUntil(lambda: made.command.isVisible(), timeout=10_000)
    return made


def test_that_the_command_is_copied_as_it_stands(
    change_tab: ChangeTab, window: MainWindow, qtbot: QtBot
) -> None:
    row = change_tab.command
    row.shell.setCurrentIndex(row.shell.findData(Shell.POSIX))
    qtbot.mouseClick(row.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied == row.line.text()
    start = window.session.plan and window.session.plan.start
    assert start is not None
    assert copied.startswith(start.command[0])
    assert f"-c {start.context_tokens}" in copied


def test_that_each_shell_has_its_own_quotes(change_tab: ChangeTab) -> None:
    row = change_tab.command
    texts = set()
    for shell in Shell:
        row.shell.setCurrentIndex(row.shell.findData(shell))
        texts.add(row.line.text())
    assert len(texts) > 1
    assert "" not in texts


def test_that_zinc_has_no_command(planned: MainWindow, qtbot: QtBot) -> None:
    planned.view.tabs.tabs.setCurrentWidget(planned.view.late.changes)
    assert planned.view.late.changes.widget().command.isHidden()
    assert planned.view.layer_strip.isHidden()
