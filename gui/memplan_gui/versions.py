"""What runs here, for a bug report: names and numbers, in no language."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import PySide6
from memplan.engines.engine import Engine
from memplan.engines.registry import ENGINES
from memplan.version import __version__
from memplan.wording.titles import BACKEND_TITLES
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
    return " · ".join(f"{engine.title} {_modelled(engine)}" for engine in ENGINES.values())


def _modelled(engine: Engine) -> str:
    """The versions that are planned, with their backends where it is not all of them."""
    texts = []
    for number, backends in engine.versions.items():
        names = ", ".join(BACKEND_TITLES[backend] for backend in backends)
        texts.append(f"{number} ({names})" if names else number)
    return ", ".join(texts)


def _screen() -> str:
    """The platform's name, and size and scale of the screen."""
    screen = QGuiApplication.primaryScreen()
    name = QGuiApplication.platformName()
    if screen is None:
        return name
    size = screen.size()
    scale = f"{screen.devicePixelRatio():g}"
    return f"{name} · {size.width()} × {size.height()} @ {scale}×"
