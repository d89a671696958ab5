"""The search for devices in the window, and what choosing a device does."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_drivers import all_are_gone, install_driver_that, install_no_driver, note_processes
from memplan.detection import (
    DetectedDevice,
    Detection,
    DetectionProblem,
    DeviceKind,
    MemoryHeap,
)
from memplan.detection import detect as searching
from memplan.detection.choices import DeviceChoice
from memplan.request import Backend, EngineName
from memplan.units import GIB, MIB
from memplan_gui.app import search_once_seen
from memplan_gui.panels.device_box import DeviceBox
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

_ENABLED = Qt.ItemFlag.ItemIsEnabled
_SEARCH_MILLISECONDS = 20_000

_GPU = DetectedDevice(
    "Example GPU",
    DeviceKind.DISCRETE,
    (Backend.VULKAN, Backend.CUDA),
    (MemoryHeap(12 * GIB, True, 9 * GIB), MemoryHeap(32 * GIB, False, 30 * GIB)),
    max_allocation_bytes=4 * GIB,
)
_INTEGRATED = DetectedDevice(
    "Example IGP",
    DeviceKind.INTEGRATED,
    (Backend.VULKAN,),
    (MemoryHeap(2 * GIB, True, GIB), MemoryHeap(14 * GIB, False, 10 * GIB)),
)
_MAC = DetectedDevice(
    "Apple M3 Pro",
    DeviceKind.INTEGRATED,
    (Backend.METAL,),
    (MemoryHeap(24 * GIB, True, 24 * GIB),),
    max_allocation_bytes=14 * GIB,
    total_memory_bytes=36 * GIB,
)
_FOUND = Detection(Backend.VULKAN, (_GPU, _INTEGRATED))


@pytest.fixture(autouse=True)
def _ended(window: MainWindow) -> Iterator[None]:
    """End the searches of a test, as closing the window does."""
    yield
    window.detector.drain()


def _find(cancelled: Callable[[], bool]) -> Detection:
    return _FOUND


def _rows(box: DeviceBox) -> list[str]:
    return [box.itemText(row) for row in range(box.count())]


def _choose(qtbot: QtBot, box: DeviceBox, text: str) -> None:
    """Pick a row as the arrow keys do."""
    row = _rows(box).index(text)
    above = max(r for r in range(row) if box.model().index(r, 0).flags() & _ENABLED)
    box.setCurrentIndex(above)
    qtbot.keyClick(box, Qt.Key.Key_Down)


def test_that_this_machines_devices_are_offered(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.detector.detected, timeout=_SEARCH_MILLISECONDS):
        window.detector.start()
        assert "Looking for devices…" in _rows(window.view.runs_on.device)
    rows = _rows(window.view.runs_on.device)
    assert rows[:2] == ["Any with this budget", "This machine"]
    found = [row for row in rows if "llvmpipe" in row and row.endswith(" in all")]
    assert found, f"{rows[:4]}: install Mesa's software driver (mesa-vulkan-drivers)"
    assert window.view.runs_on.device_note.isHidden()


def test_that_a_model_is_planned_and_painted_while_a_driver_sleeps(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_driver_that("sleeps for ever", tmp_path, monkeypatch)
    started = note_processes(monkeypatch)
    window.detector.start()
    qtbot.waitUntil(lambda: bool(started))
    with qtbot.waitSignals([window.session.plan_changed, window.settled], timeout=10_000):
        window.open_sample("qwen3-8b")
    assert window.detector.latest is None  # the driver has not answered yet
    with qtbot.assertNotEmitted(window.detector.detected, wait=50):
        window.close()
    assert all_are_gone(started)


@pytest.mark.parametrize(
    ("misbehaves", "sentence"),
    [
        ("aborts", "The Vulkan driver crashed"),
        ("sleeps for ever", "The Vulkan driver did not answer"),
        ("is missing", "Vulkan is installed, but no driver"),
    ],
)
def test_that_the_window_says_what_is_wrong_with_a_driver(
    planned: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    misbehaves: str,
    sentence: str,
) -> None:
    if misbehaves == "is missing":
        install_no_driver(monkeypatch)
    else:
        install_driver_that(misbehaves, tmp_path, monkeypatch)
    monkeypatch.setattr(searching, "detect", functools.partial(searching.detect, 2.0))
    with qtbot.waitSignal(planned.detector.detected, timeout=_SEARCH_MILLISECONDS):
        planned.detector.start()
    note = planned.view.runs_on.device_note
    assert note.isVisible()
    assert note.text().startswith(sentence)
    assert "No device found" in _rows(planned.view.runs_on.device)
    # The rest of the window goes on.
    _choose(qtbot, planned.view.runs_on.device, "NVIDIA RTX 4090 · 24.0 GiB")
    assert planned.session.request.budget_bytes == 24 * GIB


def test_that_one_search_runs_at_a_time(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = note_processes(monkeypatch)
    with qtbot.waitSignal(window.detector.detected, timeout=_SEARCH_MILLISECONDS):
        for _ in range(5):
            window.detector.start()
    assert len(started) == 1


def test_that_no_search_starts_once_the_window_is_closed(window: MainWindow, qtbot: QtBot) -> None:
    window.close()
    with qtbot.assertNotEmitted(window.detector.started, wait=20):
        window.detector.start()


def test_that_f5_searches(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "detect", _find)
    action = next(a for a in window.findChildren(QAction) if a.shortcut().toString() == "F5")
    assert action.text() == "&Find this machine's GPUs"
    window.activateWindow()
    with qtbot.waitSignal(window.detector.detected):
        qtbot.keyClick(window, Qt.Key.Key_F5)


def test_that_the_first_search_waits_for_the_first_model(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "detect", _find)
    events: list[str] = []
    window.settled.connect(lambda: events.append("settled"))
    search_once_seen(window, opens_model=True)
    window.detector.started.connect(lambda: events.append("started"))
    with qtbot.waitSignal(window.detector.detected):
        window.open_sample("qwen3-8b")
    assert events[:2] == ["settled", "started"]
    with qtbot.assertNotEmitted(window.detector.started, wait=20):
        window.settled.emit()


def test_that_the_first_search_comes_without_a_model_too(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "detect", _find)
    with qtbot.waitSignal(window.detector.detected):
        search_once_seen(window, opens_model=False)


def test_that_total_and_free_memory_are_offered_for_the_engine(planned: MainWindow) -> None:
    box = planned.view.runs_on.device
    planned.view.runs_on.show_detection(_FOUND)
    assert _rows(box)[1:6] == [
        "This machine",
        "Example GPU · 12.0 GiB in all",
        "Example GPU · 9.00 GiB free now",
        "Example IGP · 2.00 GiB in all",
        "Example IGP · 1.00 GiB free now",
    ]
    planned.session.change("Engine", engine=EngineName.LLAMA_CPP)
    assert _rows(box)[4:6] == [
        "Example IGP · 16.0 GiB in all",
        "Example IGP · 11.0 GiB free now",
    ]


def test_that_a_detected_device_is_one_step_with_its_allocation_limit(
    planned: MainWindow, qtbot: QtBot
) -> None:
    before = planned.session.request
    planned.view.runs_on.show_detection(_FOUND)
    box = planned.view.runs_on.device
    _choose(qtbot, box, "Example GPU · 9.00 GiB free now")
    request = planned.session.request
    assert request.backend is Backend.VULKAN
    assert request.budget_bytes == 9 * GIB
    assert request.total_memory_bytes is None
    assert request.llama_cpp.max_allocation_bytes == 4 * GIB
    assert planned.session.undo_stack.count() == 1
    planned.session.undo_stack.undo()
    assert planned.session.request == before
    qtbot.waitUntil(lambda: box.currentText() == "Any with this budget")
    planned.session.undo_stack.redo()
    qtbot.waitUntil(lambda: box.currentText() == "Example GPU · 9.00 GiB free now")


def test_that_undoing_a_choice_shows_the_one_before(planned: MainWindow, qtbot: QtBot) -> None:
    box = planned.view.runs_on.device
    for text in ("NVIDIA RTX 3060 · 12.0 GiB", "AMD RX 7900 XTX · 24.0 GiB"):
        _choose(qtbot, box, text)
    planned.session.undo_stack.undo()
    qtbot.waitUntil(lambda: box.currentText() == "NVIDIA RTX 3060 · 12.0 GiB")


def test_that_a_budget_changed_by_hand_is_said(planned: MainWindow, qtbot: QtBot) -> None:
    box = planned.view.runs_on.device
    _choose(qtbot, box, "AMD RX 7900 XTX · 24.0 GiB")
    planned.session.change("Budget", budget_bytes=23 * GIB)
    assert box.currentText() == "Own budget"
    assert box.itemData(0, Qt.ItemDataRole.ToolTipRole) == "No longer AMD RX 7900 XTX · 24.0 GiB"
    planned.session.undo_stack.undo()
    qtbot.waitUntil(lambda: box.currentText() == "AMD RX 7900 XTX · 24.0 GiB")


def test_that_a_step_in_place_of_an_undone_choice_forgets_the_choice(
    planned: MainWindow, qtbot: QtBot
) -> None:
    box = planned.view.runs_on.device
    _choose(qtbot, box, "AMD RX 7900 XTX · 24.0 GiB")
    planned.session.undo_stack.undo()
    QApplication.processEvents()
    planned.session.change("Budget", budget_bytes=24 * GIB)
    QApplication.processEvents()  # the list follows the undo stack a turn later
    assert box.currentText() == "Any with this budget"


def test_that_a_device_with_the_budget_that_is_set_stays_chosen(
    planned: MainWindow, qtbot: QtBot
) -> None:
    assert planned.session.request.budget_bytes == 16 * GIB
    _choose(qtbot, planned.view.runs_on.device, "NVIDIA RTX 4080 · 16.0 GiB")
    assert planned.session.request.budget_bytes == 16 * GIB
    assert planned.view.runs_on.device.currentText() == "NVIDIA RTX 4080 · 16.0 GiB"


def test_that_a_device_brings_its_backend_and_leaves_one_that_reaches_it(
    planned: MainWindow, qtbot: QtBot
) -> None:
    box = planned.view.runs_on.device
    _choose(qtbot, box, "Mac M3 Pro 36 GB")
    request = planned.session.request
    assert request.backend is Backend.METAL
    assert (request.budget_bytes, request.total_memory_bytes) == (28_753 * MIB, 36 * GIB)
    planned.session.change("Engine", engine=EngineName.LLAMA_CPP, backend=Backend.CUDA)
    planned.view.runs_on.show_detection(_FOUND)
    _choose(qtbot, box, "Example GPU · 12.0 GiB in all")
    assert planned.session.request.backend is Backend.CUDA
    assert planned.session.request.total_memory_bytes is None
    # The limit is Vulkan's.
    assert planned.session.request.llama_cpp.max_allocation_bytes is None
    _choose(qtbot, box, "AMD RX 7900 XTX · 24.0 GiB")
    assert planned.session.request.backend is Backend.VULKAN


def test_that_a_mac_can_have_its_wired_limit_raised(planned: MainWindow, qtbot: QtBot) -> None:
    box = planned.view.runs_on.device
    planned.view.runs_on.show_detection(Detection(Backend.METAL, (_MAC,)))
    assert "If the wired limit is raised to" not in _rows(box)
    assert not any("free now" in row for row in _rows(box))
    _choose(qtbot, box, "Apple M3 Pro · 24.0 GiB in all")
    _choose(qtbot, box, "80 % · 28.8 GiB")
    request = planned.session.request
    assert request.budget_bytes == 29_491 * MIB
    assert request.total_memory_bytes == 36 * GIB
    assert request.llama_cpp.max_allocation_bytes == 14 * GIB
    command = box.itemData(box.currentIndex(), Qt.ItemDataRole.ToolTipRole)
    assert command == "sudo sysctl iogpu.wired_limit_mb=29491"
    assert planned.session.undo_stack.count() == 2


def test_that_the_catalogue_is_grouped_by_maker(planned: MainWindow) -> None:
    box = planned.view.runs_on.device
    headings = [
        box.itemText(row)
        for row in range(box.count())
        if not box.model().index(row, 0).flags() & _ENABLED
    ]
    assert headings == ["NVIDIA", "AMD", "Intel", "Mac"]
    for heading in headings:
        row = _rows(box).index(heading)
        assert box.itemText(row + 1).startswith(f"{heading} ")


def test_that_the_keys_pass_over_headings(planned: MainWindow, qtbot: QtBot) -> None:
    box = planned.view.runs_on.device
    planned.view.runs_on.show_detection(_FOUND)
    for _ in range(box.count()):
        qtbot.keyClick(box, Qt.Key.Key_Down)
        assert isinstance(box.currentData(), DeviceChoice)


def test_that_free_memory_that_has_changed_keeps_the_choice_in_sight(
    planned: MainWindow, qtbot: QtBot
) -> None:
    box = planned.view.runs_on.device
    planned.view.runs_on.show_detection(_FOUND)
    _choose(qtbot, box, "Example GPU · 9.00 GiB free now")
    planned.view.runs_on.show_detection(Detection(Backend.VULKAN, problem=DetectionProblem.HUNG))
    assert box.currentText() == "Example GPU · 9.00 GiB free now"
    assert planned.session.request.budget_bytes == 9 * GIB
