"""Sizes as logs write them, in MiB and bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.units import GIB, MIB

_MIB_PER_UNIT: Final[Mapping[str, float]] = {
    # llama.cpp long wrote MB for what is MiB.
    "B": 1 / MIB, "KB": 1 / 1024, "KiB": 1 / 1024, "MB": 1.0, "MiB": 1.0,
    "GB": 1024.0, "GiB": 1024.0, "TiB": 1024.0**2, "TB": 1024.0**2,
}  # fmt: skip
_DECIMAL_BYTES: Final[Mapping[str, float]] = {"MB": 1e6, "GB": 1e9, "TB": 1e12}


def said_mib(says: Mapping[str, str]) -> float:
    """The size that a line gives, in MiB."""
    return float(says["size"]) * _MIB_PER_UNIT[says.get("unit", "MiB")]


def said_bytes(says: Mapping[str, str]) -> int | None:
    """The size that a line gives, in bytes; ``None`` if it gives none."""
    if "bytes" in says:
        return int(says["bytes"])
    if "decimal_size" in says:
        return round(float(says["decimal_size"]) * _DECIMAL_BYTES[says["decimal_unit"]])
    return round(said_mib(says) * MIB) if "size" in says else None


def free_mib(says: Mapping[str, str]) -> float | None:
    """Free memory that a line gives beside a size, in MiB."""
    for name in ("free", "free_size"):
        if name in says and "free_unit" in says:
            return round(float(says[name]) * _MIB_PER_UNIT[says["free_unit"]], 2)
    return None


def device_mib(says: Mapping[str, str], name: str) -> float | None:
    """A device's ``total`` or ``free`` memory in MiB; ``None`` if the line does not give it."""
    if name in says and "free_unit" not in says:
        return float(says[name])
    try:
        if f"decimal_{name}_gb" in says:
            return round(float(says[f"decimal_{name}_gb"]) * 1e9 / MIB, 2)
        if f"{name}_gib" in says:
            return round(float(says[f"{name}_gib"]) * (GIB / MIB), 2)
    except ValueError:
        return None
    return free_mib(says) if name == "free" else None
