"""The command-line options that describe the machine."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Final

from memplan.cli.readers import byte_size
from memplan.devices import Device, load_catalogue
from memplan.memory.backend import UNIFIED_BACKENDS, Backend
from memplan.memory.machine import HOST_ID, UNIFIED_ID, Machine, Pool, PoolKind
from memplan.units import parse_bytes
from memplan.unsigned import check_u64

_MOST_NAMED: Final = 5
"""Devices that a message names where a name may stand for several."""


def add_machine_options(parser: argparse.ArgumentParser) -> None:
    """Add the devices and the host's memory."""
    parser.add_argument(
        "--gpu",
        metavar="NAME|SIZE",
        action="append",
        help='a GPU, such as "RTX 4090", or its memory, such as 12GiB; '
        "one for each, in the engine's order (in place of --budget)",
    )
    parser.add_argument(
        "--host-memory",
        metavar="SIZE",
        type=byte_size("host memory"),
        help="memory of the host that may be used, such as 64GiB (default: not limited)",
    )


def machine_from(
    backend: Backend, budget_bytes: int, gpus: Sequence[str] | None, host_bytes: int | None
) -> Machine:
    """The machine that the options describe.

    Args:
        backend: the backend through which all devices are reached.
        budget_bytes: the budget where no device is given.
        gpus: names in the catalogue, or sizes.
        host_bytes: the budget of the host's memory; ``None``: not limited.

    Raises:
        ValueError: a device is not known, or the machine has no memory of the host alone.
    """
    unified = backend in UNIFIED_BACKENDS
    if unified and host_bytes is not None:
        raise ValueError("--host-memory: device and host share their memory on this backend")
    if unified and gpus is not None and len(gpus) > 1:
        raise ValueError("--gpu: a machine has one device on this backend")
    kind, id_ = (PoolKind.UNIFIED, UNIFIED_ID) if unified else (PoolKind.DEVICE, "")
    host = Pool(HOST_ID, PoolKind.HOST, None, host_bytes)
    if not gpus:
        return Machine.of_devices(Machine.of_one(backend, budget_bytes).devices, host)
    return Machine.of_devices([_device(text, kind, id_, backend) for text in gpus], host)


def _device(text: str, kind: PoolKind, id_: str, backend: Backend) -> Pool:
    try:
        return Pool(id_, kind, backend, check_u64("gpu", parse_bytes(text)))
    except ValueError:
        found = _named(text, backend)
    return Pool(
        id_,
        kind,
        backend,
        found.budget_bytes,
        found.name,
        found.total_memory_bytes,
        bytes_per_second=found.bytes_per_second,
    )


def _named(text: str, backend: Backend) -> Device:
    """The device with this name, with or without its maker, or the only one with these words.

    Raises:
        ValueError: none has, or several have.
    """
    words = text.lower().split()
    reached = [device for device in load_catalogue() if backend in device.backends]
    exact = [
        device
        for device in reached
        if words in (device.name.lower().split(), device.name.lower().split()[1:])
    ]
    found = exact or [d for d in reached if all(word in d.name.lower() for word in words)]
    if not words or not found:
        raise ValueError(f"--gpu: no device that {backend} reaches is called {text[:60]!r}")
    if len(found) > 1:
        names = ", ".join(device.name for device in found[:_MOST_NAMED])
        more = ", …" if len(found) > _MOST_NAMED else ""
        raise ValueError(f"--gpu: {text[:60]!r} may be {names}{more}")
    return found[0]
