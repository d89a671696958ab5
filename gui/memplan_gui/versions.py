"""What runs here, for a bug report: names and numbers, in no language."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import PySide6
from memplan.engines.llama_cpp.engine import VERSIONS
from memplan.engines.zinc.options import ZincVersion
from memplan.request import EngineName
from memplan.version import __version__
from memplan.wording.titles import BACKEND_TITLES, ENGINE_TITLES
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

LICENCE: Final = "MIT"
_LIBRARIES: Final = ("pyqtgraph", "gguf", "numpy")


def versions_text() -> str:
    """Program, engines that are planned, libraries, system and screen; a line each."""
    libraries = " · ".join(f"{name} {_version(name)}" for name in _LIBRARIES)
    lines = (
        f"Memplan {__version__} ({LICENCE})",
        _engines(),
        f"Python {platform.python_version()} · PySide6 {PySide6.__version__} · Qt {qVersion()}",
        libraries,
        platform.platform(),
        _screen(),
    )
    return "\n".join(line for line in lines if line)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


def _engines() -> str:
    backends: dict[str, list[str]] = {}
    for backend, engine_version in VERSIONS.items():
        backends.setdefault(engine_version, []).append(BACKEND_TITLES[backend])
    llama_cpp = ", ".join(f"{number} ({', '.join(names)})" for number, names in backends.items())
    zinc = ", ".join(each.value for each in ZincVersion)
    titles = (ENGINE_TITLES[EngineName.ZINC], ENGINE_TITLES[EngineName.LLAMA_CPP])
    return f"{titles[0]} {zinc} · {titles[1]} {llama_cpp}"


def _screen() -> str:
    """The platform's name, and size and scale of the screen."""
    screen = QGuiApplication.primaryScreen()
    name = QGuiApplication.platformName()
    if screen is None:
        return name
    size = screen.size()
    scale = f"{screen.devicePixelRatio():g}"
    return f"{name} · {size.width()} × {size.height()} @ {scale}×"
