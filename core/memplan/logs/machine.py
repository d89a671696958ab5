"""The devices that a log names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from memplan.logs.log import Device
from memplan.logs.names import LIBRARY_TITLES, LONGEST_NAME
from memplan.logs.sizes import device_mib
from memplan.units import MIB

_MOST_DEVICES: Final = 64


def note_device(
    devices: dict[str, Device], ids: dict[str, str], says: Mapping[str, str], name: str = ""
) -> None:
    """Take in what a line says of a device.

    Args:
        devices: the devices known so far, by name; changed in place.
        ids: names of devices by the identities that their wrapper uses; changed in place.
        says: what the line says.
        name: the device's name, if it is not the line's own.
    """
    name = name or _name(devices, ids, says)
    known = devices.get(name)
    total, free = device_mib(says, "total"), device_mib(says, "free")
    if "decimal_mb" in says:
        total = round(float(says["decimal_mb"]) * 10**6 / MIB, 2)
    description = says.get("description") or (known.description if known else "")
    _drop_wrappers_name(devices, name, description)
    if len(devices) < _MOST_DEVICES or known:
        devices[name] = Device(
            name[:LONGEST_NAME],
            description,
            total if total is not None else known.total_mib if known else None,
            free if free is not None else known.free_mib if known else None,
        )


def merged(known: Mapping[str, Device], named: Mapping[str, Device]) -> dict[str, Device]:
    """The devices that were named later, each with the total that is known of it."""
    return {
        name: replace(device, total_mib=known[name].total_mib)
        if device.total_mib is None and name in known
        else device
        for name, device in named.items()
    }


def _name(devices: dict[str, Device], ids: dict[str, str], says: Mapping[str, str]) -> str:
    """The logged name, or one of the same form for a device that a wrapper lists without."""
    if "device" in says:
        return says["device"] + says.get("number", "")
    identity = says.get("id", "")
    if identity in ids:
        return ids[identity]
    title = LIBRARY_TITLES.get(says["library"].lower(), says["library"])
    name = f"{title}{sum(known.startswith(title) for known in devices)}"
    if identity.isdigit() and len(identity) <= 2:
        name = f"{title}{identity}"
    described = says.get("description")
    for device in devices.values():
        if described and device.name.startswith(title) and device.description == described:
            name = device.name
    if identity and len(ids) < _MOST_DEVICES:
        ids[identity] = name
    return name


def _drop_wrappers_name(devices: dict[str, Device], name: str, description: str) -> None:
    """A device that a wrapper lists by number is the one that the engine names."""
    for other in [d for d in devices.values() if d.name.startswith("GPU") and d.name != name]:
        if other.description == description:
            del devices[other.name]
