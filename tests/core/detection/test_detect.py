"""Looking for devices: real drivers, broken drivers and none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_drivers import all_are_gone, install_driver_that, install_no_driver, note_processes
from memplan import cli
from memplan.detection import Amount, DetectionProblem, DeviceKind
from memplan.detection.detect import detect, probe_command
from memplan.engines.registry import ENGINES
from memplan.request import Backend, EngineName
from memplan.wording.detection import problem_sentence

_LINUX = sys.platform.startswith("linux")
_MESA = "Install Mesa's software driver (on Debian: mesa-vulkan-drivers)."


def _says(text: str) -> list[str]:
    return [sys.executable, "-c", f"print({text!r})"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started during a test."""
    return note_processes(monkeypatch)


def test_that_mesas_software_driver_is_found() -> None:
    detection = detect()
    assert detection.problem is None, f"{problem_sentence(detection)} {_MESA}"
    software = [device for device in detection.devices if device.kind is DeviceKind.SOFTWARE]
    assert software, f"Found only {detection.devices}. {_MESA}"
    device = software[0]
    assert "llvmpipe" in device.name
    assert "Mesa" in device.driver
    assert device.backends == (Backend.VULKAN,)
    (heap,) = device.heaps
    assert heap.device_local
    assert ENGINES[EngineName.ZINC].budget_bytes(device, Amount.TOTAL) == heap.size_bytes > 2**28
    assert device.max_allocation_bytes is not None
    assert 2**27 <= device.max_allocation_bytes <= 2**40
    assert device.max_storage_buffer_bytes is not None
    assert device.max_storage_buffer_bytes >= 2**27  # Vulkan promises no less


def test_that_the_probe_prints_one_line_of_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["devices", "--probe", "vulkan"]) == 0
    output = capfd.readouterr().out
    assert output.count("\n") == 1
    assert json.loads(output)["schema"] == "memplan.probe/1"


def test_that_a_driver_that_aborts_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    started: list[subprocess.Popen[bytes]],
) -> None:
    install_driver_that("aborts", tmp_path, monkeypatch)
    detection = detect()
    assert detection.problem is DetectionProblem.CRASHED
    assert "crashed" in problem_sentence(detection)
    assert detection.devices == ()
    assert all_are_gone(started)


def test_that_a_driver_that_sleeps_for_ever_is_ended_and_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    started: list[subprocess.Popen[bytes]],
) -> None:
    install_driver_that("sleeps for ever", tmp_path, monkeypatch)
    detection = detect(deadline_seconds=2)
    assert detection.problem is DetectionProblem.HUNG
    assert "did not answer" in problem_sentence(detection)
    assert all_are_gone(started)


def test_that_no_driver_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    install_no_driver(monkeypatch)
    detection = detect()
    assert detection.problem is DetectionProblem.NO_DRIVER
    assert problem_sentence(detection).startswith("Vulkan is installed, but no driver for it.")


def test_that_a_probe_that_cannot_be_started_is_said(tmp_path: Path) -> None:
    detection = detect(command=[str(tmp_path / "missing")])
    assert detection.problem is DetectionProblem.NOT_STARTED


def test_that_a_probe_that_never_stops_talking_is_ended(
    started: list[subprocess.Popen[bytes]],
) -> None:
    talk = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    detection = detect(command=[sys.executable, "-c", talk])
    assert detection.problem is DetectionProblem.UNREADABLE
    assert all_are_gone(started)


def test_that_every_process_of_a_hanging_probe_is_ended(tmp_path: Path) -> None:
    number = tmp_path / "number"
    sleep = "import time; time.sleep(10_000)"
    start = (
        "import pathlib, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {sleep!r}])\n"
        f"pathlib.Path({str(number)!r}).write_text(str(child.pid))\n"
        "child.wait()"
    )
    assert detect(2, [sys.executable, "-c", start]).problem is DetectionProblem.HUNG
    until = time.monotonic() + 10
    while _runs(int(number.read_text("utf-8"))) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _runs(int(number.read_text("utf-8")))


def _runs(process_number: int) -> bool:
    """Whether a process runs; one that ended, but that nobody has collected, does not."""
    if sys.platform == "win32":
        # There, signal 0 is one that ends a process.
        asked = ["tasklist", "/FI", f"PID eq {process_number}", "/NH"]
        listed = subprocess.run(asked, check=True, capture_output=True)
        return str(process_number).encode() in listed.stdout
    if not _LINUX:
        try:
            os.kill(process_number, 0)
        except ProcessLookupError:
            return False
        return True
    try:
        status = Path(f"/proc/{process_number}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_that_a_whole_answer_counts_though_the_driver_crashes_when_it_is_unloaded() -> None:
    text = json.dumps({"schema": "memplan.probe/1", "problem": "no_device"})
    crash = f"import os\nprint({text!r}, flush=True)\nos.abort()"
    detection = detect(command=[sys.executable, "-c", crash])
    assert detection.problem is DetectionProblem.NO_DEVICE


@pytest.mark.parametrize(
    "output",
    [
        "",
        "hello",
        "[" * 100_000,
        "[]",
        '{"schema": "another/1", "devices": []}',
        '{"schema": "memplan.probe/1"}',
        '{"schema": "memplan.probe/1", "devices": []}',
        '{"schema": "memplan.probe/1", "devices": [1]}',
        '{"schema": "memplan.probe/1", "problem": "tired"}',
        '{"schema": "memplan.probe/1", "problem": ["no_driver"]}',
        '{"schema": "memplan.probe/1", "problem": "no_driver", "detail": 3}',
    ],
)
def test_that_an_answer_that_makes_no_sense_is_refused(output: str) -> None:
    assert detect(command=_says(output)).problem is DetectionProblem.UNREADABLE


def test_that_a_frozen_program_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/memplan/memplan")
    # test_that_the_probe_prints_one_line_of_json runs this very command.
    expected = ["/opt/memplan/memplan", "devices", "--probe", "vulkan"]
    assert probe_command(Backend.VULKAN) == expected


def test_that_a_module_in_the_current_folder_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vulkan.py").write_text("import os\nos._exit(7)\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    install_no_driver(monkeypatch)
    assert detect().problem is DetectionProblem.NO_DRIVER
