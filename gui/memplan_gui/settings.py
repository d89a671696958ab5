"""What the program remembers from one start to the next: one JSON text of a known schema."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import platformdirs
from memplan.engines.registry import default_engine, engine_named
from memplan.files import read_regular, write_whole
from memplan.memory.machine import Machine
from memplan.request import DEFAULT_BUDGET_BYTES, Backend
from memplan.request_json import machine_from_json, machine_to_json
from memplan.units import ByteUnits
from memplan.unsigned import check_u64

from memplan_gui.appearance import ThemeChoice
from memplan_gui.text_size import TEXT_SIZES
from memplan_gui.translating import LanguageChoice

SCHEMA: Final = "memplan.settings/1"
RECENT_LIMIT: Final = 8
LIBRARY_FOLDER_LIMIT: Final = 64
_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Settings:
    """The remembered values, each with what holds at the first start.

    Attributes:
        folder: where the last model was opened; empty: the home folder.
        recent: the last models, the newest first.
        library_folders: folders that are looked into for models beside those of programs.
        engine, backend, budget_bytes: the last request's.
        machine: the last request's; ``None`` in settings of version 0.1.
        theme: the theme that was chosen.
        units: the multiples in which bytes are written.
        language: the language that was chosen.
        text_size: the size of texts that was chosen, in per cent; ``None``: what suits the system.
        geometry: the window's place and size as Qt saves it, in base 64.
    """

    folder: str = ""
    recent: tuple[str, ...] = ()
    library_folders: tuple[str, ...] = ()
    engine: str = default_engine().name
    backend: Backend = Backend.VULKAN
    budget_bytes: int = DEFAULT_BUDGET_BYTES
    machine: Machine | None = None
    theme: ThemeChoice = ThemeChoice.SYSTEM
    units: ByteUnits = ByteUnits.BINARY
    language: LanguageChoice = LanguageChoice.SYSTEM
    text_size: int | None = None
    geometry: str = ""

    def with_recent(self, source: str) -> Settings:
        """The same with ``source`` as the newest model, and its folder if it has one."""
        others = tuple(known for known in self.recent if known != source)
        recent = (source, *others)[:RECENT_LIMIT]
        # An address has no folder.
        folder = str(Path(source).parent) if Path(source).is_absolute() else self.folder
        return replace(self, recent=recent, folder=folder)

    def with_library_folder(self, folder: str, *, kept: bool) -> Settings:
        """The same with a folder that is looked into for models, or without it."""
        others = tuple(known for known in self.library_folders if known != folder)
        folders = (*others, folder)[-LIBRARY_FOLDER_LIMIT:] if kept else others
        return replace(self, library_folders=folders)

    def without_recent(self) -> Settings:
        """The same with no model remembered."""
        return replace(self, recent=())


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"not a text: {value!r}")
    return value


def _texts(limit: int, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"not a list of texts: {value!r}")
    return tuple(_text(each) for each in value)[:limit]


def _base64(value: Any) -> str:
    base64.b64decode(_text(value), validate=True)
    return str(value)


def _text_size(value: Any) -> int | None:
    if value is None:
        return None
    if value not in TEXT_SIZES:
        raise ValueError(f"texts have no size of {value} %")
    return int(value)


_READERS: Final[dict[str, Any]] = {
    "folder": _text,
    "recent": partial(_texts, RECENT_LIMIT),
    "library_folders": partial(_texts, LIBRARY_FOLDER_LIMIT),
    "engine": lambda value: engine_named(_text(value)).name,
    "backend": Backend,
    "budget_bytes": lambda value: check_u64("budget_bytes", value),
    "machine": lambda value: None if value is None else machine_from_json(value),
    "theme": ThemeChoice,
    "units": ByteUnits,
    "language": LanguageChoice,
    "text_size": _text_size,
    "geometry": _base64,
}


def settings_to_text(settings: Settings) -> str:
    """The settings as JSON, in ASCII: the name of a file need not be Unicode."""
    machine = settings.machine and machine_to_json(settings.machine)
    values = {"schema": SCHEMA, **asdict(settings), "machine": machine}
    return json.dumps(values, indent=2) + "\n"


def settings_from_text(text: str) -> Settings:
    """The settings in a JSON text. What is missing keeps its first value.

    Raises:
        ValueError: the text is not JSON, of another schema, or holds a value that cannot be.
    """
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise ValueError(f"not settings of the schema {SCHEMA}")
    known = {
        field.name: _READERS[field.name](found[field.name])
        for field in fields(Settings)
        if field.name in found
    }
    return Settings(**known)


def default_settings_path() -> Path:
    """Where the settings are kept, by the platform's custom."""
    return Path(platformdirs.user_config_dir("memplan", appauthor=False)) / "settings.json"


class SettingsFile:
    """The file of the settings.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Settings:
        """What was remembered. A broken file is set aside, and the first values hold."""
        try:
            return settings_from_text(read_regular(self.path, _MOST_BYTES).decode("utf-8"))
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError):
            self._set_aside()
            return Settings()

    def save(self, settings: Settings) -> None:
        """Write the settings whole or not at all. A full or read-only disk loses them quietly."""
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, settings_to_text(settings).encode("utf-8"))

    def _set_aside(self) -> None:
        try:
            self.path.replace(self.path.with_suffix(".broken.json"))
        except OSError:
            return
