"""A device that was found on this machine, and the budgets that the engines make of its memory."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from memplan.memory.backend import Backend


class DeviceKind(StrEnum):
    """What a device is. ``SOFTWARE`` draws on the processor; llama.cpp passes it over."""

    DISCRETE = "discrete"
    INTEGRATED = "integrated"
    VIRTUAL = "virtual"
    SOFTWARE = "software"
    OTHER = "other"


class Amount(StrEnum):
    """Which part of a device's memory is the budget."""

    TOTAL = "total"
    FREE_NOW = "free_now"


@dataclass(frozen=True, slots=True)
class MemoryHeap:
    """One memory of a device.

    Attributes:
        size_bytes: how large it is.
        device_local: whether it is the device's own.
        free_bytes: what a program can still take of it; ``None``: the driver does not tell.
    """

    size_bytes: int
    device_local: bool
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class DetectedDevice:
    """A device that was found on this machine.

    Attributes:
        name: what the driver calls it.
        kind: what it is.
        backends: the backends that reach it.
        heaps: its memories; on Metal one, the working set that macOS recommends.
        driver: the driver's name and version; empty on Metal, where the system is the driver.
        max_allocation_bytes: largest single allocation that it promises; ``None``: not told.
            Vulkan: the smaller of ``maxMemoryAllocationSize`` and ``maxBufferSize``, which is
            llama.cpp's ``max_memory_allocation_size``. Metal: ``maxBufferLength``.
        max_storage_buffer_bytes: Vulkan's ``maxStorageBufferRange``: a larger tensor is not
            refused, but shaders reach no further.
        total_memory_bytes: on Metal all memory of the machine; ``None`` elsewhere.
        wired_limit_bytes: on Metal the limit that ``iogpu.wired_limit_mb`` sets; ``None``: unset.
    """

    name: str
    kind: DeviceKind
    backends: tuple[Backend, ...]
    heaps: tuple[MemoryHeap, ...]
    driver: str = ""
    max_allocation_bytes: int | None = None
    max_storage_buffer_bytes: int | None = None
    total_memory_bytes: int | None = None
    wired_limit_bytes: int | None = None

    def local_bytes(self, amount: Amount) -> int | None:
        """Memory of the device's own; ``None`` where the driver does not tell."""
        return self._sum([heap for heap in self.heaps if heap.device_local], amount)

    def all_bytes(self, amount: Amount) -> int | None:
        """All memory that it reaches; ``None`` where the driver does not tell."""
        return self._sum(list(self.heaps), amount)

    def _sum(self, counted: list[MemoryHeap], amount: Amount) -> int | None:
        if amount is Amount.TOTAL:
            return sum(heap.size_bytes for heap in counted) or self.total_memory_bytes
        free = [heap.free_bytes for heap in counted if heap.free_bytes is not None]
        return sum(free) if free and len(free) == len(counted) else None
