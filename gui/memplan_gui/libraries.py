"""Finds what Qt lacks on this system before Qt is loaded, which would end with a riddle."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Final

_ALWAYS: Final[Mapping[str, str]] = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libX11.so.6": "libx11-6",
}
_ON_X11: Final[Mapping[str, str]] = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_ON_WAYLAND: Final[Mapping[str, str]] = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
"""What Qt's libraries and its two ways to a screen are linked to, with Debian's packages."""


def missing_libraries(
    environment: Mapping[str, str] = os.environ,
    loads: Callable[[str], bool] | None = None,
) -> tuple[str, ...]:
    """The system's libraries without which no window can be opened; none on other systems.

    Args:
        environment: tells which way to a screen Qt takes.
        loads: tells whether a library can be loaded.
    """
    if not sys.platform.startswith("linux"):
        return ()
    loads = loads or _loads
    missing = [name for name in _ALWAYS if not loads(name)]
    by_way = [[name for name in way if not loads(name)] for way in _ways(environment)]
    # Of two ways, Qt takes the one that works.
    return (*missing, *min(by_way, key=len, default=[]))


def missing_text(names: Iterable[str]) -> str:
    """What is missing, and how to get it, in lines for a terminal."""
    names = list(names)
    debian = {**_ALWAYS, **_ON_X11, **_ON_WAYLAND}
    packages = " ".join(dict.fromkeys(debian[name] for name in names))
    by_name = " ".join(f"'{name}()(64bit)'" for name in names)
    return (
        f"the window needs libraries that this system lacks: {', '.join(names)}\n"
        f"On Debian and Ubuntu:    sudo apt-get install {packages}\n"
        f"On Fedora and openSUSE:  sudo dnf install {by_name}\n"
        "`memplan check` works without them."
    )


def _ways(environment: Mapping[str, str]) -> list[Mapping[str, str]]:
    """The libraries of each way to a screen that may be taken; none for one without a screen."""
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    ways = {"xcb": _ON_X11, "wayland": _ON_WAYLAND, "wayland-egl": _ON_WAYLAND}
    if platform:
        return [ways[platform]] if platform in ways else []
    displays = (("DISPLAY", _ON_X11), ("WAYLAND_DISPLAY", _ON_WAYLAND))
    return [libraries for name, libraries in displays if environment.get(name)]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
