"""The devices of a machine, and the memory of its host."""

from __future__ import annotations

from dataclasses import replace

import pytest
from memplan import Backend, EngineName, Request
from memplan.detection.choices import DeviceChoice, Origin
from memplan.detection.host_memory import host_memory_bytes
from memplan.engines.llama_cpp.face import LlamaCpp
from memplan.memory.machine import HOST_ID, Machine, Pool, PoolKind
from memplan.units import GIB
from memplan_gui.panels.machine_rows import MOST_DEVICES, MachineRows
from memplan_gui.settings import settings_from_text, settings_to_text
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

BIG = Pool("gpu0", PoolKind.DEVICE, Backend.VULKAN, 24 * GIB, "NVIDIA RTX 4090")
SMALL = Pool("gpu1", PoolKind.DEVICE, Backend.VULKAN, 8 * GIB)
HOST = Pool(HOST_ID, PoolKind.HOST, None, 64 * GIB)
TWO = Machine((BIG, SMALL, HOST))


@pytest.fixture
def machine_rows(planned: MainWindow, monkeypatch: pytest.MonkeyPatch) -> MachineRows:
    """The rows of the sample's machine, on an engine that uses several devices."""
    monkeypatch.setattr(LlamaCpp, "several_devices", True)
    planned.session.change("Machine", engine=EngineName.LLAMA_CPP, machine=TWO)
    return planned.view.runs_on.machine


def budgets(window: MainWindow) -> list[int]:
    return [(pool.budget_bytes or 0) // GIB for pool in window.session.request.machine.devices]


def test_that_one_device_looks_as_it_always_did(planned: MainWindow) -> None:
    runs_on = planned.view.runs_on
    assert runs_on.machine.rows == ()
    assert runs_on.device.isVisible()
    assert runs_on.budget.isVisible()


def test_that_several_devices_have_a_row_each(
    planned: MainWindow, machine_rows: MachineRows
) -> None:
    assert [row.budget.text() for row in machine_rows.rows] == ["24.00 GiB", "8.00 GiB"]
    assert machine_rows.rows[0].box.currentText() == "NVIDIA RTX 4090 · 24.0 GiB"
    assert not planned.view.runs_on.budget.isVisible()
    assert machine_rows.host.text() == "64.00 GiB"


def test_that_a_device_is_added_moved_and_removed_by_a_step_each(
    planned: MainWindow, machine_rows: MachineRows, qtbot: QtBot
) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(machine_rows.add, left)
    assert budgets(planned) == [24, 8, 8]
    qtbot.mouseClick(machine_rows.rows[0].down, left)
    assert budgets(planned) == [8, 24, 8]
    qtbot.mouseClick(machine_rows.rows[2].remove, left)
    assert budgets(planned) == [8, 24]
    assert [pool.id for pool in planned.session.request.machine.pools] == ["gpu0", "gpu1", "host"]
    for expected in ([8, 24, 8], [24, 8, 8], [24, 8]):
        planned.session.undo_stack.undo()
        assert budgets(planned) == expected


def test_that_the_last_but_one_device_leaves_the_usual_controls(
    planned: MainWindow, machine_rows: MachineRows, qtbot: QtBot
) -> None:
    qtbot.mouseClick(machine_rows.rows[1].remove, Qt.MouseButton.LeftButton)
    assert machine_rows.rows == ()
    assert planned.view.runs_on.budget.isVisible()
    assert planned.view.runs_on.budget.text() == "24.00 GiB"


def test_that_a_budget_is_that_of_its_row(planned: MainWindow, machine_rows: MachineRows) -> None:
    machine_rows.rows[1].budget.stepUp()
    assert planned.session.request.machine.devices[1].budget_bytes == 8 * GIB + GIB // 2
    assert planned.session.request.machine.devices[0] == BIG


def test_that_a_device_of_the_catalogue_takes_the_place_of_its_row(
    planned: MainWindow, machine_rows: MachineRows
) -> None:
    box = machine_rows.rows[1].box
    row = box.findText("NVIDIA RTX 3060 · 12.0 GiB")
    box.activated.emit(row)
    devices = planned.session.request.machine.devices
    assert [pool.name for pool in devices] == ["NVIDIA RTX 4090", "NVIDIA RTX 3060"]
    assert devices[1].bytes_per_second
    assert box.currentText() == "NVIDIA RTX 3060 · 12.0 GiB"


def test_that_the_hosts_memory_is_limited_or_not(
    planned: MainWindow, machine_rows: MachineRows
) -> None:
    machine_rows.host.setValue(0)
    assert planned.session.request.machine.host.budget_bytes is None
    assert machine_rows.host.text() == "Not limited"
    machine_rows.host.setValue(32)
    assert planned.session.request.machine.host.budget_bytes == 32 * GIB


def test_that_a_unified_memory_has_no_row_for_the_host(planned: MainWindow) -> None:
    planned.session.change("Backend", backend=Backend.METAL)
    assert not planned.view.runs_on.machine.host.isVisible()
    assert not planned.view.runs_on.machine.add.isVisible()


def test_that_no_more_devices_are_offered_than_engines_take(
    planned: MainWindow, machine_rows: MachineRows
) -> None:
    planned.session.change("Machine", machine=Machine.of_devices([SMALL] * MOST_DEVICES))
    assert not machine_rows.add.isVisible()


def test_that_an_engine_with_one_device_says_so(planned: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(planned.session.plan_changed, timeout=5_000):
        planned.session.change("Machine", engine=EngineName.ZINC, machine=TWO)
    plan = planned.session.plan
    assert plan is not None
    assert plan.request.budget_bytes == 24 * GIB
    assert any("ZINC uses one device" in text for text in _card_texts(planned))
    assert budgets(planned) == [24, 8]


def _card_texts(window: MainWindow) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in window.view.model_card.findChildren(QLabel)]


def test_that_the_machine_is_remembered(planned: MainWindow) -> None:
    settings = replace(planned.preferences.settings, machine=TWO)
    assert settings_from_text(settings_to_text(settings)).machine == TWO


def test_that_a_device_of_this_machine_brings_the_memory_of_its_host() -> None:
    choice = DeviceChoice("Own", Origin.FREE_NOW, (Backend.VULKAN,), 4 * GIB)
    host = choice.changes(Request(), (Backend.VULKAN,))["machine"].host
    assert host.budget_bytes == host_memory_bytes()
    assert (host.budget_bytes or 0) > GIB // 4
    other = replace(choice, origin=Origin.CATALOGUE)
    assert other.changes(Request(), (Backend.VULKAN,))["machine"].host.budget_bytes is None
