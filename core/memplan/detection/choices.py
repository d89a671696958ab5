"""What can be chosen as a device, and what each choice makes of a request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from memplan.detection.device import Amount
from memplan.detection.host_memory import host_memory_bytes
from memplan.detection.result import Detection
from memplan.devices import Device, default_working_set
from memplan.engines.registry import engine_named
from memplan.memory.backend import LIMITED_BACKENDS
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.request import Backend, Request
from memplan.units import MIB

WIRED_LIMIT_PERCENTAGES: Final = (80, 90)
"""Macs give two thirds to 84 % by default; what is left must do for the system."""


class Origin(StrEnum):
    """Where a choice comes from."""

    TOTAL = "total"
    FREE_NOW = "free_now"
    CATALOGUE = "catalogue"
    WIRED_LIMIT = "wired_limit"


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """A device with the budget that it gives.

    Attributes:
        name: what the device is called.
        origin: where the choice comes from.
        backends: the backends that reach the device.
        budget_bytes: the memory to plan for.
        total_memory_bytes: all memory of a Mac; ``None`` elsewhere.
        max_allocation_bytes: the largest single buffer; ``None``: not known.
        bytes_per_second: bandwidth of its memory; ``None``: not known.
    """

    name: str
    origin: Origin
    backends: tuple[Backend, ...]
    budget_bytes: int
    total_memory_bytes: int | None = None
    max_allocation_bytes: int | None = None
    bytes_per_second: int | None = None

    def describes(self, pool: Pool) -> bool:
        """Whether a memory is that of this device, with this budget."""
        named = pool.name == self.name or (pool.name and self.origin is Origin.WIRED_LIMIT)
        return bool(
            named
            and pool.backend in self.backends
            and pool.budget_bytes == self.budget_bytes
            and (pool.free_bytes is not None) == (self.origin is Origin.FREE_NOW)
            and self.total_memory_bytes in (None, pool.total_bytes)
        )

    def changes(
        self, request: Request, offered: Sequence[Backend], number: int = 0
    ) -> dict[str, Any]:
        """The request's new values once this device is chosen as the one of this number.

        The backend stays if it reaches the device, else it is the first of the engine's backends
        ``offered`` that does. A device of this machine brings the memory of its host. The
        allocation limit is that of Vulkan or Metal; the others have none.
        """
        reaching = [backend for backend in offered if backend in self.backends]
        stays = request.backend in reaching or not reaching
        backend = request.backend if stays else reaching[0]
        limit_bytes = self.max_allocation_bytes if backend in LIMITED_BACKENDS else None
        machine = request.machine.reached_by(backend)
        devices = list(machine.devices)
        number = min(number, len(devices) - 1)
        devices[number] = self._memory(devices[number], limit_bytes)
        return {
            "machine": self._beside_own_host(machine.with_devices(devices)),
            "options": request.on_device(limit_bytes).options,
        }

    def _beside_own_host(self, machine: Machine) -> Machine:
        """The machine with this machine's host, if that is where the device is."""
        host = machine.host
        if self.origin not in (Origin.TOTAL, Origin.FREE_NOW) or host.kind is not PoolKind.HOST:
            return machine
        return machine.with_pool(replace(host, budget_bytes=host_memory_bytes()))

    def _memory(self, place: Pool, limit_bytes: int | None) -> Pool:
        """The device's memory, in the place of another."""
        free_now = self.origin is Origin.FREE_NOW
        return replace(
            place,
            budget_bytes=self.budget_bytes,
            name=place.name if self.origin is Origin.WIRED_LIMIT else self.name,
            total_bytes=self.total_memory_bytes or (None if free_now else self.budget_bytes),
            free_bytes=self.budget_bytes if free_now else None,
            largest_allocation_bytes=limit_bytes,
            bytes_per_second=self.bytes_per_second,
        )


def detected_choices(detection: Detection, engine: str) -> Iterator[DeviceChoice]:
    """Devices of this machine with the budgets that ``engine`` counts on: all, then free now.

    Metal tells only what the asking program itself holds, so there is no "free now".
    """
    for device in detection.devices:
        for amount, origin in ((Amount.TOTAL, Origin.TOTAL), (Amount.FREE_NOW, Origin.FREE_NOW)):
            budget_bytes = engine_named(engine).budget_bytes(device, amount)
            on_metal = Backend.METAL in device.backends
            if budget_bytes is None or (on_metal and amount is Amount.FREE_NOW):
                continue
            yield DeviceChoice(
                device.name,
                origin,
                device.backends,
                budget_bytes,
                device.total_memory_bytes,
                device.max_allocation_bytes,
            )


def catalogue_choice(device: Device) -> DeviceChoice:
    """A device of the catalogue, whose allocation limit nobody knows."""
    return DeviceChoice(
        device.name,
        Origin.CATALOGUE,
        device.backends,
        device.budget_bytes,
        device.total_memory_bytes,
        bytes_per_second=device.bytes_per_second,
    )


def wired_limit_choices(request: Request) -> Iterator[DeviceChoice]:
    """A Mac whose ``iogpu.wired_limit_mb`` is raised; nothing without its total memory.

    The working set that Metal recommends then equals the limit, which is set in MiB.
    """
    total_bytes = request.total_memory_bytes
    if request.backend is not Backend.METAL or not total_bytes:
        return
    for percentage in WIRED_LIMIT_PERCENTAGES:
        limit_mib = total_bytes * percentage // 100 // MIB
        if limit_mib * MIB <= default_working_set(total_bytes).bytes:
            continue  # it would lower what macOS gives anyway
        yield DeviceChoice(
            f"{percentage} %",
            Origin.WIRED_LIMIT,
            (Backend.METAL,),
            limit_mib * MIB,
            total_bytes,
            request.max_allocation_bytes,
        )
