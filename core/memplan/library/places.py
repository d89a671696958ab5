"""Where programs keep models on this machine.

Each function names the source of its folders. A place that is not there is left out only when it
is looked into: an empty library says where it looked.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from memplan.files import read_regular
from memplan.reader.ollama import models_folders

_MOST_SETTINGS_BYTES: Final = 1 << 20


class Program(StrEnum):
    """Who keeps models in a place."""

    LM_STUDIO = "lm-studio"
    OLLAMA = "ollama"
    HUGGING_FACE = "hugging-face"
    LLAMA_CPP = "llama.cpp"
    JAN = "jan"
    KOBOLDCPP = "koboldcpp"
    TEXT_GENERATION_WEBUI = "text-generation-webui"
    USER = "user"
    """A folder that the user named."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that may hold models, and whose it is."""

    program: Program
    folder: Path


@dataclass(frozen=True, slots=True)
class System:
    """What tells where programs keep their files.

    Attributes:
        home: the user's folder.
        environment: the variables of the process.
        platform: as :data:`sys.platform`.
    """

    home: Path
    environment: Mapping[str, str]
    platform: str

    def variable(self, name: str) -> Path | None:
        """The folder that a variable names; ``None`` where it is not set."""
        value = self.environment.get(name, "").strip()
        return Path(value) if value else None

    @property
    def cache(self) -> Path:
        """Where programs keep what they can fetch again."""
        if self.platform == "darwin":
            return self.home / "Library" / "Caches"
        if self.platform == "win32":
            return self.variable("LOCALAPPDATA") or self.home / "AppData" / "Local"
        return self.variable("XDG_CACHE_HOME") or self.home / ".cache"

    @property
    def data(self) -> Path:
        """Where programs keep what is theirs."""
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        if self.platform == "win32":
            return self.variable("APPDATA") or self.home / "AppData" / "Roaming"
        return self.variable("XDG_DATA_HOME") or self.home / ".local" / "share"


def this_system() -> System:
    """The system that this process runs on."""
    # Unlike pathlib's, this one does without a home where there is none.
    return System(Path(os.path.expanduser("~")), os.environ, sys.platform)  # noqa: PTH111


def library_places(system: System, added: Iterable[str | Path] = ()) -> tuple[Place, ...]:
    """Every folder that may hold models, each once; those that the user added first."""
    folders: dict[Path, Program] = {}
    for program, folder in _all_places(system, added):
        folders.setdefault(folder, program)
    return tuple(Place(program, folder) for folder, program in folders.items())


def _all_places(system: System, added: Iterable[str | Path]) -> Iterator[tuple[Program, Path]]:
    for folder in added:
        yield Program.USER, Path(folder)
    for program, folders in (
        (Program.LM_STUDIO, _of_lm_studio(system)),
        (Program.OLLAMA, models_folders(system.home, system.environment)),
        (Program.HUGGING_FACE, _of_hugging_face(system)),
        (Program.LLAMA_CPP, _of_llama_cpp(system)),
        (Program.JAN, _of_jan(system)),
        (Program.KOBOLDCPP, _of_koboldcpp(system)),
        (Program.TEXT_GENERATION_WEBUI, _of_text_generation_webui(system)),
    ):
        for folder in folders:
            yield program, folder


def _of_lm_studio(system: System) -> Iterator[Path]:
    """LM Studio's folder: what ``.lmstudio-home-pointer`` names, or today's and the older one.

    ``downloadsFolder`` of its settings is where it keeps models, ``models`` if nothing is set.
    Source: the program's own files; ``lms`` reads the pointer in the same way.
    """
    homes = [system.home / ".lmstudio", system.home / ".cache" / "lm-studio"]
    pointed = _first_line(system.home / ".lmstudio-home-pointer")
    if pointed:
        homes.insert(0, Path(pointed))
    for home in (*homes, system.data / "LM Studio"):
        chosen = _setting(home / "settings.json", "downloadsFolder")
        if chosen:
            yield Path(chosen)
    for home in homes:
        yield home / "models"


def _of_hugging_face(system: System) -> Iterator[Path]:
    """The cache of ``huggingface_hub``, which llama.cpp's ``-hf`` shares.

    Source: huggingface_hub's ``constants.py``; llama.cpp b11434, ``common/hf-cache.cpp``.
    """
    for name, below in (
        ("HF_HUB_CACHE", "."),
        ("HUGGINGFACE_HUB_CACHE", "."),
        ("HF_HOME", "hub"),
        ("XDG_CACHE_HOME", "huggingface/hub"),
    ):
        folder = system.variable(name)
        if folder is not None:
            yield folder / below
            return
    yield system.home / ".cache" / "huggingface" / "hub"


def _of_llama_cpp(system: System) -> Iterator[Path]:
    """Source: llama.cpp b11434, ``fs_get_cache_directory`` of ``common/common.cpp``."""
    yield system.variable("LLAMA_CACHE") or system.cache / "llama.cpp"


def _of_jan(system: System) -> Iterator[Path]:
    """Jan's data folder, with the models of its llama.cpp below it.

    Source: Jan's ``src-tauri/src/core/app/commands.rs`` (``resolve_jan_data_folder``).
    """
    chosen = system.variable("JAN_DATA_FOLDER")
    if chosen is None:
        setting = _setting(system.data / "Jan" / "settings.json", "data_folder")
        chosen = Path(setting) if setting else system.data / "Jan" / "data"
    yield chosen / "llamacpp" / "models"
    yield chosen / "models"
    yield system.home / "jan" / "models"


def _of_koboldcpp(system: System) -> Iterator[Path]:
    """KoboldCpp has no folder for models: people keep them beside the program."""
    for name in ("koboldcpp", "KoboldCpp"):
        yield system.home / name


def _of_text_generation_webui(system: System) -> Iterator[Path]:
    """The folders in which it is unpacked as a rule, since nothing says where it is.

    Source: its ``modules/paths.py`` and ``modules/shared.py`` (``--model-dir``).
    """
    for name in ("text-generation-webui", "textgen"):
        yield system.home / name / "user_data" / "models"
        yield system.home / name / "models"


def _first_line(path: Path) -> str:
    try:
        return read_regular(path, _MOST_SETTINGS_BYTES).decode().partition("\n")[0].strip()
    except (OSError, ValueError):
        return ""


def _setting(path: Path, name: str) -> str:
    """A text in a program's settings; empty where there is none."""
    try:
        found: Any = json.loads(read_regular(path, _MOST_SETTINGS_BYTES))
        value = found[name]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return value.strip() if isinstance(value, str) else ""
