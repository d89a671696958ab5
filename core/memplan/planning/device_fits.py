"""Which context a model reaches on which device of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from memplan.devices import Device
from memplan.planning.planner import Plan, plan


@dataclass(frozen=True, slots=True, eq=False)
class DeviceFit:
    """A plan for devices of equal memory.

    Attributes:
        devices: the devices, which differ by name only.
        plan: the plan on each of them, with the context that the engine chooses.
    """

    devices: tuple[Device, ...]
    plan: Plan


def fits_on_devices(current: Plan, devices: Iterable[Device]) -> tuple[DeviceFit, ...]:
    """The plan's model, engine and options on each device that its backend reaches.

    In the order of their memory; devices of equal memory are planned once.
    """
    request = current.request
    by_memory: dict[tuple[int, int], list[Device]] = {}
    for device in devices:
        if request.backend in device.backends:
            memory = (device.budget_bytes, device.total_memory_bytes or 0)
            by_memory.setdefault(memory, []).append(device)
    return tuple(
        DeviceFit(
            tuple(equal),
            plan(
                current.model,
                replace(
                    request,
                    machine=request.machine.with_one_device(budget_bytes, total_bytes or None),
                    context_tokens=None,
                ),
            ),
        )
        for (budget_bytes, total_bytes), equal in sorted(by_memory.items())
    )
