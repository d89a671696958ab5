"""Collects the texts of the program for translators, and compiles what they wrote.

``python packaging/translations.py`` brings the files ``*.ts`` in ``resources/memplan_resources/
translations`` up to date with the code, and compiles those of each language into one ``*.qm``.
Translate the unfinished texts with Qt Linguist or any editor, and run it again.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "resources" / "memplan_resources" / "translations"
LANGUAGES: Final = ("de",)

AREAS: Final[Mapping[str, tuple[str, ...]]] = {
    "reading": ("core/memplan/reader", "core/memplan/logs", "core/memplan/detection"),
    "window": ("gui/memplan_gui",),
}
"""Folders whose texts have a file of their own; the file ``plans`` has those of the others."""

_FUNCTIONS: Final = ("tr+=ntr", "QT_TR_NOOP+=marked")


def sources(area: str) -> list[Path]:
    """The modules whose texts belong to an area."""
    if area in AREAS:
        return sorted(path for folder in AREAS[area] for path in (ROOT / folder).rglob("*.py"))
    elsewhere = tuple(ROOT / folder for folder in AREAS["reading"])
    modules = (ROOT / "core" / "memplan").rglob("*.py")
    return sorted(path for path in modules if not any(map(path.is_relative_to, elsewhere)))


def update(language: str, folder: Path = FOLDER) -> list[Path]:
    """Bring the texts of a language up to date; what is translated stays. Returns the files."""
    files = []
    for area in (*AREAS, "plans"):
        file = folder / f"{area}_{language}.ts"
        aliases = [word for alias in _FUNCTIONS for word in ("-tr-function-alias", alias)]
        options = ["-silent", "-no-obsolete", "-locations", "none", "-target-language", language]
        modules = [str(path.relative_to(ROOT)) for path in sources(area)]
        _run("pyside6-lupdate", *options, *aliases, *modules, "-ts", str(file))
        files.append(file)
    return files


def compiled(files: list[Path], target: Path) -> Path:
    """Compile the texts of a language into one file that the program loads."""
    _run("pyside6-lrelease", "-silent", *map(str, files), "-qm", str(target))
    return target


def _run(tool: str, *arguments: str) -> None:
    # The tools come with PySide6, beside this Python. They warn of texts that stand in
    # two areas, whose translations a test holds together.
    command = [str(Path(sysconfig.get_path("scripts")) / tool), *arguments]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"{tool} failed: {done.stderr or done.stdout}")


def main() -> int:
    """Update and compile every language."""
    for language in LANGUAGES:
        compiled(update(language), FOLDER / f"memplan_{language}.qm")
    return 0


if __name__ == "__main__":
    sys.exit(main())
