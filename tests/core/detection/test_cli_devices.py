"""``memplan devices``, as its users and scripts see it."""

from __future__ import annotations

import json

import pytest
from memplan import cli
from memplan.cli import devices as cli_devices
from memplan.detection import (
    DetectedDevice,
    Detection,
    DetectionProblem,
    DeviceKind,
    MemoryHeap,
)
from memplan.request import Backend
from memplan.units import GIB

_GPU = DetectedDevice(
    "GPU",
    DeviceKind.DISCRETE,
    (Backend.VULKAN, Backend.CUDA),
    (MemoryHeap(8 * GIB, True, 6 * GIB), MemoryHeap(16 * GIB, False, None)),
    "driver 1.2",
    4 * GIB,
)
_MAC = DetectedDevice(
    "Mac",
    DeviceKind.INTEGRATED,
    (Backend.METAL,),
    (MemoryHeap(24 * GIB, True, 24 * GIB),),
    total_memory_bytes=36 * GIB,
    wired_limit_bytes=30 * GIB,
)


def _devices(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    detection: Detection,
    *words: str,
) -> tuple[int, str]:
    monkeypatch.setattr(cli_devices, "detect", lambda: detection)
    code = cli.main(["devices", *words])
    return code, capsys.readouterr().out


def test_that_a_gpu_is_described_for_both_engines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = _devices(monkeypatch, capsys, Detection(Backend.VULKAN, (_GPU,)))
    assert code == 0
    assert text.splitlines() == [
        "GPU (discrete, Vulkan, CUDA)",
        "  driver             driver 1.2",
        "  ZINC               8.00 GiB in all, 6.00 GiB free now",
        "  llama.cpp          8.00 GiB in all, 6.00 GiB free now",
        "  largest allocation 4.00 GiB",
    ]


def test_that_a_mac_is_described_with_its_memory_and_wired_limit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = _devices(monkeypatch, capsys, Detection(Backend.METAL, (_MAC,)))
    assert "  memory             36.0 GiB\n  wired limit        30.0 GiB" in text


def test_that_the_json_tells_total_and_free_for_each_engine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = _devices(monkeypatch, capsys, Detection(Backend.VULKAN, (_GPU,)), "--json")
    found = json.loads(text)
    assert code == 0
    assert found["schema"] == "memplan.devices/1"
    assert found["problem"] is None
    (device,) = found["devices"]
    both = {"total": 8 * GIB, "free_now": 6 * GIB}
    assert device["budget_bytes"] == {"zinc": both, "llama.cpp": both}
    assert device["backends"] == ["vulkan", "cuda"]
    assert device["max_allocation_bytes"] == 4 * GIB


@pytest.mark.parametrize("problem", list(DetectionProblem))
def test_that_every_problem_is_one_sentence_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    problem: DetectionProblem,
) -> None:
    detection = Detection(Backend.VULKAN, problem=problem, detail="a word")
    code, text = _devices(monkeypatch, capsys, detection)
    assert code == 1
    assert text.endswith("(a word)\n")
    assert "{" not in text
    code, as_json = _devices(monkeypatch, capsys, detection, "--json")
    assert code == 1
    assert json.loads(as_json) == {
        "schema": "memplan.devices/1",
        "interface": "vulkan",
        "devices": [],
        "problem": problem.value,
        "detail": text.strip(),
    }
