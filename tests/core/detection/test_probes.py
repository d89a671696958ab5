"""What the probes ask of a driver, with bindings that answer like drivers this machine lacks."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from memplan.detection.answer import read_answer
from memplan.detection.device import Amount
from memplan.detection.metal_probe import ask_metal, read_sysctl
from memplan.detection.probe_output import answer
from memplan.detection.vulkan_probe import ask_vulkan
from memplan.engines.registry import ENGINES
from memplan.request import Backend, EngineName
from memplan.units import GIB, MIB

_LOCAL = 1


class _IncompatibleDriverError(Exception):
    pass


def _version(major: int, minor: int, patch: int) -> int:
    return major << 22 | minor << 12 | patch


def _structure(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(**values)


def _chain(first: Any) -> Iterable[Any]:
    while first is not None:
        yield first
        first = first.pNext


class _Binding:
    """As much of the module ``vulkan`` as the probe uses, over devices that are plain objects."""

    VK_MEMORY_HEAP_DEVICE_LOCAL_BIT = _LOCAL
    VK_MAKE_VERSION = staticmethod(_version)
    VkErrorIncompatibleDriver = _IncompatibleDriverError
    VkApplicationInfo = VkInstanceCreateInfo = staticmethod(_structure)
    ffi = SimpleNamespace(string=lambda raw: raw)

    def __init__(self, *devices: SimpleNamespace, create: Callable[[], object] = object) -> None:
        self._devices = devices
        self._create = create

    def __getattr__(self, name: str) -> Callable[..., SimpleNamespace]:
        assert name.startswith("VkPhysicalDevice"), name
        return lambda pNext=None: SimpleNamespace(kind=name, pNext=pNext)  # noqa: N803

    def vkCreateInstance(self, info: object, allocator: object) -> object:  # noqa: N802
        return self._create()

    def vkEnumeratePhysicalDevices(self, instance: object) -> Iterable[Any]:  # noqa: N802
        return iter(self._devices)

    def vkEnumerateDeviceExtensionProperties(self, device: Any, layer: object) -> Any:  # noqa: N802
        return [SimpleNamespace(extensionName=name) for name in device.extensions]

    def vkGetPhysicalDeviceProperties(self, device: Any) -> Any:  # noqa: N802
        return SimpleNamespace(apiVersion=device.version)

    def vkGetPhysicalDeviceProperties2(self, device: Any, chain: Any) -> None:  # noqa: N802
        for structure in _chain(chain):
            match structure.kind:
                case "VkPhysicalDeviceProperties2":
                    structure.properties = SimpleNamespace(
                        deviceName=device.name,
                        deviceType=device.type,
                        limits=SimpleNamespace(maxStorageBufferRange=2**32 - 1),
                    )
                case "VkPhysicalDeviceDriverProperties":
                    structure.driverID = device.driver_id
                    structure.driverName, structure.driverInfo = b"driver", b"1.2"
                case "VkPhysicalDeviceMaintenance3Properties":
                    structure.maxMemoryAllocationSize = 8 * GIB
                case "VkPhysicalDeviceMaintenance4Properties":
                    assert device.version >= _version(1, 3, 0)
                    structure.maxBufferSize = 6 * GIB

    def vkGetPhysicalDeviceMemoryProperties2(self, device: Any, chain: Any) -> None:  # noqa: N802
        heaps = [SimpleNamespace(size=size, flags=flags) for size, flags, _, _ in device.heaps]
        chain.memoryProperties = SimpleNamespace(memoryHeaps=heaps, memoryHeapCount=len(heaps))
        if chain.pNext is not None:
            assert "VK_EXT_memory_budget" in device.extensions
            chain.pNext.heapBudget = [budget for _, _, budget, _ in device.heaps]
            chain.pNext.heapUsage = [usage for _, _, _, usage in device.heaps]


def _gpu(**changes: Any) -> SimpleNamespace:
    values = {
        "name": b"GPU",
        "type": 2,
        "driver_id": 3,
        "version": _version(1, 3, 0),
        "extensions": ["VK_EXT_memory_budget"],
        "heaps": [(8 * GIB, _LOCAL, 7 * GIB, 2 * GIB), (16 * GIB, 0, 12 * GIB, 0)],
    }
    return SimpleNamespace(**{**values, **changes})


def test_that_free_memory_is_the_budget_less_the_usage() -> None:
    (device,) = ask_vulkan(_Binding(_gpu()))["devices"]
    assert device["heaps"] == [
        {"size_bytes": 8 * GIB, "device_local": True, "free_bytes": 5 * GIB},
        {"size_bytes": 16 * GIB, "device_local": False, "free_bytes": 12 * GIB},
    ]


def test_that_a_usage_beyond_the_budget_leaves_nothing_free() -> None:
    gpu = _gpu(heaps=[(8 * GIB, _LOCAL, GIB, 2 * GIB)])
    (device,) = ask_vulkan(_Binding(gpu))["devices"]
    assert device["heaps"][0]["free_bytes"] == 0


def test_that_free_memory_is_unknown_without_the_extension() -> None:
    (device,) = ask_vulkan(_Binding(_gpu(extensions=[])))["devices"]
    assert [heap["free_bytes"] for heap in device["heaps"]] == [None, None]


def test_that_the_largest_allocation_is_the_smaller_of_both_limits() -> None:
    (device,) = ask_vulkan(_Binding(_gpu()))["devices"]
    assert device["max_allocation_bytes"] == 6 * GIB
    (older,) = ask_vulkan(_Binding(_gpu(version=_version(1, 2, 0))))["devices"]
    assert older["max_allocation_bytes"] == 8 * GIB


def test_that_a_gpu_with_nvidias_own_driver_has_cuda_too() -> None:
    (device,) = ask_vulkan(_Binding(_gpu(driver_id=4)))["devices"]
    assert device["backends"] == ["vulkan", "cuda"]


@pytest.mark.parametrize("driver", [1, 2, 3])
def test_that_a_gpu_with_a_driver_of_amd_has_rocm_too(driver: int) -> None:
    (device,) = ask_vulkan(_Binding(_gpu(driver_id=driver)))["devices"]
    assert device["backends"] == ["vulkan", "rocm"]


def test_that_devices_without_vulkan_1_2_are_left_out() -> None:
    assert ask_vulkan(_Binding(_gpu(version=_version(1, 1, 0)))) == {"problem": "no_device"}


def test_that_a_library_without_a_driver_is_told_apart() -> None:
    def refuse() -> object:
        raise _IncompatibleDriverError

    assert ask_vulkan(_Binding(create=refuse)) == {"problem": "no_driver"}


def test_that_what_vulkan_answers_is_an_answer_that_is_read() -> None:
    found = {"schema": "memplan.probe/1", **ask_vulkan(_Binding(_gpu(name=b"caf\xe9")))}
    (device,), _, _ = read_answer(json.dumps(found).encode())
    assert device.name == "caf\ufffd"
    assert device.driver == "driver 1.2"


def test_that_an_error_is_an_answer_with_its_name(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> dict[str, Any]:
        raise MemoryError("out of device memory")

    assert answer(fail) == 0
    found = json.loads(capfd.readouterr().out)
    assert found == {"schema": "memplan.probe/1", "problem": "refused", "detail": "MemoryError"}


def test_that_what_a_driver_prints_does_not_mix_with_the_answer(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def talk() -> dict[str, Any]:
        os.write(1, b"MESA: warning\n")
        return {"problem": "no_device"}

    assert answer(talk) == 0
    assert json.loads(capfd.readouterr().out)["problem"] == "no_device"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no alarm signal")
def test_that_a_probe_that_nobody_waits_for_ends_by_itself() -> None:
    left: list[float] = []

    def look() -> dict[str, Any]:
        left.append(signal.getitimer(signal.ITIMER_REAL)[0])
        return {"problem": "no_device"}

    answer(look)
    assert 0 < left[0] <= 30
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


class _MetalDevice:
    """A Mac's GPU as pyobjc shows it: every property is a method."""

    def __init__(self, working_set: int) -> None:
        self._working_set = working_set

    def name(self) -> str:
        return "Apple M3 Pro"

    def recommendedMaxWorkingSetSize(self) -> int:  # noqa: N802
        return self._working_set

    def currentAllocatedSize(self) -> int:  # noqa: N802
        return 32 * MIB

    def maxBufferLength(self) -> int:  # noqa: N802
        return 14 * GIB

    def hasUnifiedMemory(self) -> bool:  # noqa: N802
        return True


def _metal(*devices: _MetalDevice) -> SimpleNamespace:
    return SimpleNamespace(MTLCopyAllDevices=lambda: list(devices))


def test_that_a_macs_budget_is_its_working_set() -> None:
    sysctl = {"hw.memsize": 36 * GIB, "iogpu.wired_limit_mb": 30_000}
    found = ask_metal(_metal(_MetalDevice(27 * GIB)), sysctl.__getitem__)
    text = json.dumps({"schema": "memplan.probe/1", **found})
    (device,), _, _ = read_answer(text.encode())
    assert device.name == "Apple M3 Pro"
    assert device.backends == (Backend.METAL,)
    assert ENGINES[EngineName.ZINC].budget_bytes(device, Amount.TOTAL) == 27 * GIB
    assert (
        ENGINES[EngineName.LLAMA_CPP].budget_bytes(device, Amount.FREE_NOW) == 27 * GIB - 32 * MIB
    )
    assert device.total_memory_bytes == 36 * GIB
    assert device.wired_limit_bytes == 30_000 * MIB
    assert device.max_allocation_bytes == 14 * GIB


def test_that_a_wired_limit_that_is_not_set_is_none() -> None:
    sysctl = {"hw.memsize": 36 * GIB, "iogpu.wired_limit_mb": 0}
    (device,) = ask_metal(_metal(_MetalDevice(27 * GIB)), sysctl.__getitem__)["devices"]
    assert device["wired_limit_bytes"] is None


def test_that_a_mac_without_metal_has_no_device() -> None:
    assert ask_metal(_metal(), lambda _: 0) == {"problem": "no_device"}


def test_that_a_number_that_the_system_does_not_tell_is_0() -> None:
    assert read_sysctl("memplan.no_such_name") == 0
