"""The catalogue of common GPUs and Macs: how much memory each gives to a model, and how fast."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from memplan.request import Backend
from memplan.units import GIB, MIB

GB = 10**9


@dataclass(frozen=True, slots=True)
class Device:
    """A device of the catalogue.

    Attributes:
        name: maker and product.
        backends: the backends that reach it.
        budget_bytes: memory that a model may use: all of a GPU's; on a Mac the working set that
            macOS allows by default.
        total_memory_bytes: all memory of a Mac; ``None`` for GPUs, whose budget is all there is.
        bytes_per_second: bandwidth of its memory; ``None`` where it is not known.
    """

    name: str
    backends: tuple[Backend, ...]
    budget_bytes: int
    total_memory_bytes: int | None = None
    bytes_per_second: int | None = None


@dataclass(frozen=True, slots=True)
class WorkingSet:
    """What macOS lets the GPU use by default of a Mac's memory.

    Attributes:
        bytes: the working set.
        seen: whether a Mac with this memory reported it; else it is a guess.
    """

    bytes: int
    seen: bool


def default_working_set(total_memory_bytes: int) -> WorkingSet:
    """The working set of a Mac with current macOS; ask the device where there is one.

    macOS states no formula. The share of the memory grows with the memory, so a size that nobody
    reported gets the share of the next smaller one: a guess on the safe side.
    """
    reported = _reported_working_sets()
    if total_memory_bytes in reported:
        return WorkingSet(reported[total_memory_bytes], seen=True)
    smaller = [size for size in reported if size < total_memory_bytes]
    nearest = max(smaller, default=min(reported))
    return WorkingSet(total_memory_bytes * reported[nearest] // nearest, seen=False)


@cache
def load_catalogue() -> tuple[Device, ...]:
    """Every device of the catalogue, in the order of their makers' generations."""
    catalogue = _catalogue_data()
    return (*_gpus(catalogue), *_macs(catalogue))


def smallest_device(
    devices: tuple[Device, ...], backend: Backend, needed_bytes: int
) -> Device | None:
    """The device with the least memory that still holds ``needed_bytes``; ``None`` if none does."""
    fitting = [d for d in devices if backend in d.backends and d.budget_bytes >= needed_bytes]
    return min(fitting, key=lambda device: device.budget_bytes, default=None)


def _gpus(catalogue: Any) -> Iterator[Device]:
    for family in catalogue["gpus"]:
        backends = tuple(Backend(backend) for backend in family["backends"])
        for name, facts in family["devices"].items():
            speed = facts["gb_per_second"]
            yield Device(
                f"{family['maker']} {name}",
                backends,
                int(facts["memory_gib"] * GIB),
                bytes_per_second=None if speed is None else speed * GB,
            )


def _macs(catalogue: Any) -> Iterator[Device]:
    for family in catalogue["macs"]:
        for memory_gib in family["memory_gib"]:
            total_bytes = memory_gib * GIB
            yield Device(
                f"Mac {family['chip']} {memory_gib} GB",
                (Backend.METAL,),
                default_working_set(total_bytes).bytes,
                total_bytes,
                family["gb_per_second"] * GB,
            )


@cache
def _reported_working_sets() -> dict[int, int]:
    """Working sets by memory, in bytes: of macOS 26 where one was seen, else of 13 to 15."""
    tables = _catalogue_data()["mac_working_sets"]
    newest_last = {**tables["macos_13_to_15"], **tables["macos_26"]}
    return {int(gib) * GIB: mib * MIB for gib, mib in newest_last.items()}


@cache
def _catalogue_data() -> Any:
    text = resources.files("memplan_resources").joinpath("devices.json").read_text("utf-8")
    return json.loads(text)
