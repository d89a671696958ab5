"""How much memory the processor of this machine has."""

from __future__ import annotations

import ctypes
import os
import sys


def host_memory_bytes() -> int | None:
    """All memory of this machine; ``None`` where the system does not tell."""
    if sys.platform == "win32":
        return _of_windows()
    try:
        pages, page_bytes = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None
    return pages * page_bytes if pages > 0 and page_bytes > 0 else None


class _MemoryStatus(ctypes.Structure):
    """``MEMORYSTATUSEX`` of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load_percent", ctypes.c_uint32),
        ("total_bytes", ctypes.c_uint64),
        ("free_bytes", ctypes.c_uint64),
        ("total_page_file", ctypes.c_uint64),
        ("free_page_file", ctypes.c_uint64),
        ("total_virtual", ctypes.c_uint64),
        ("free_virtual", ctypes.c_uint64),
        ("free_extended_virtual", ctypes.c_uint64),
    )


def _of_windows() -> int | None:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    library = getattr(ctypes, "windll").kernel32  # noqa: B009  (there is none elsewhere)
    if not library.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.total_bytes) or None
