"""A probe's answer, and the budgets that the engines make of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from memplan.detection.answer import ProbeAnswerError, read_answer
from memplan.detection.device import Amount, DetectedDevice, DeviceKind, MemoryHeap
from memplan.engines.registry import ENGINES
from memplan.request import Backend, EngineName
from memplan.units import GIB, MIB

_ENTRY: dict[str, Any] = {
    "name": "GPU",
    "kind": "discrete",
    "backends": ["vulkan"],
    "driver": "driver 1",
    "heaps": [{"size_bytes": 8 * GIB, "device_local": True, "free_bytes": 7 * GIB}],
    "max_allocation_bytes": 4 * GIB,
}


def _read(**changes: Any) -> DetectedDevice:
    answer = {"schema": "memplan.probe/1", "devices": [{**_ENTRY, **changes}]}
    (device,), problem, _ = read_answer(json.dumps(answer).encode())
    assert problem is None
    return device


def _device(kind: DeviceKind, *heaps: MemoryHeap) -> DetectedDevice:
    return DetectedDevice("GPU", kind, (Backend.VULKAN,), heaps)


def test_that_a_device_is_read_whole() -> None:
    heap = MemoryHeap(8 * GIB, True, 7 * GIB)
    expected = DetectedDevice(
        "GPU", DeviceKind.DISCRETE, (Backend.VULKAN,), (heap,), "driver 1", 4 * GIB
    )
    assert _read() == expected


def test_that_what_a_driver_prints_before_the_answer_is_passed_over() -> None:
    answer = json.dumps({"schema": "memplan.probe/1", "devices": [_ENTRY]})
    devices, _, _ = read_answer(f"warning: old hardware\n{answer}\n".encode())
    assert len(devices) == 1


def test_that_names_are_one_printable_line() -> None:
    assert _read(name="A\n\x1b[31mGPU\u202e  B").name == "A [31mGPU B"
    assert _read(name="\0").name == "GPU"
    assert len(_read(name="x" * 100_000).name) == 512


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 3},
        {"kind": "toaster"},
        {"backends": ["steam"]},
        {"backends": "vulkan"},
        {"heaps": []},
        {"heaps": [_ENTRY["heaps"][0]] * 17},
        {"heaps": [{"size_bytes": -1, "device_local": True}]},
        {"heaps": [{"size_bytes": 2**64, "device_local": True}]},
        {"heaps": [{"size_bytes": 1.5, "device_local": True}]},
        {"heaps": [{"size_bytes": 1, "device_local": "yes"}]},
        {"heaps": [{"size_bytes": 1, "device_local": True, "free_bytes": True}]},
        {"max_allocation_bytes": "4 GiB"},
    ],
)
def test_that_a_value_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ProbeAnswerError):
        _read(**changes)


def test_that_more_devices_than_any_machine_has_are_refused() -> None:
    answer = {"schema": "memplan.probe/1", "devices": [_ENTRY] * 65}
    with pytest.raises(ProbeAnswerError):
        read_answer(json.dumps(answer).encode())


def test_that_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ProbeAnswerError):
        read_answer(b"\xff\xfe\x00")


def test_that_zinc_adds_up_the_device_local_heaps() -> None:
    device = _device(
        DeviceKind.DISCRETE,
        MemoryHeap(8 * GIB, True, 6 * GIB),
        MemoryHeap(32 * GIB, False, 30 * GIB),
        MemoryHeap(256 * MIB, True, 200 * MIB),
    )
    for engine in EngineName:
        assert ENGINES[engine].budget_bytes(device, Amount.TOTAL) == 8 * GIB + 256 * MIB
        assert ENGINES[engine].budget_bytes(device, Amount.FREE_NOW) == 6 * GIB + 200 * MIB


def test_that_llama_cpp_adds_up_all_heaps_of_an_integrated_gpu_and_zinc_does_not() -> None:
    device = _device(
        DeviceKind.INTEGRATED,
        MemoryHeap(2 * GIB, True, GIB),
        MemoryHeap(14 * GIB, False, 10 * GIB),
    )
    assert ENGINES[EngineName.ZINC].budget_bytes(device, Amount.TOTAL) == 2 * GIB
    assert ENGINES[EngineName.LLAMA_CPP].budget_bytes(device, Amount.TOTAL) == 16 * GIB
    assert ENGINES[EngineName.LLAMA_CPP].budget_bytes(device, Amount.FREE_NOW) == 11 * GIB


def test_that_free_memory_is_unknown_where_the_driver_does_not_tell() -> None:
    device = _device(DeviceKind.DISCRETE, MemoryHeap(8 * GIB, True, None))
    assert ENGINES[EngineName.LLAMA_CPP].budget_bytes(device, Amount.FREE_NOW) is None


def test_that_all_memory_is_the_budget_of_a_mac_that_recommends_no_working_set() -> None:
    heap = MemoryHeap(0, True, 0)
    device = DetectedDevice(
        "Mac", DeviceKind.INTEGRATED, (Backend.METAL,), (heap,), total_memory_bytes=16 * GIB
    )
    assert ENGINES[EngineName.ZINC].budget_bytes(device, Amount.TOTAL) == 16 * GIB
