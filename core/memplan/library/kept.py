"""What the headers of found files said, kept on disk: a file is read again when it has changed."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, Final

from platformdirs import user_cache_path

from memplan.files import read_regular, write_whole
from memplan.library.entry import Entry, entry_from_json, entry_to_json, read_entry
from memplan.library.find import Found
from memplan.reader.transfer import CancelToken

_SCHEMA: Final = "memplan.library/1"
_MOST_BYTES: Final = 1 << 25
_MOST_ENTRIES: Final = 20_000
_WRONG: Final = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


def default_kept_path() -> Path:
    """The file in the user's cache."""
    return user_cache_path("memplan", appauthor=False) / "library.json"


class KeptEntries:
    """Entries by their files' names, sizes and times.

    What goes wrong with the file on disk never stops a reading: it is a cache.
    """

    def __init__(self, path: Path | None) -> None:
        """Take up what is kept at ``path``; ``None``: nothing is, and nothing will be."""
        self._path = path
        self._kept = {} if path is None else _loaded(path)
        self._changed = False

    def entry(self, found: Found, cancel: CancelToken | None = None) -> Entry:
        """The entry of a found file, read if it is new or has changed.

        Raises:
            CancelledError: somebody has cancelled.
        """
        stamp = [found.size_bytes, found.modified_ns]
        kept = self._kept.get(found.source)
        if kept is not None and kept[:2] == stamp:
            with contextlib.suppress(ValueError, TypeError):
                return entry_from_json(found, kept[2])
        entry = read_entry(found, cancel)
        worth = entry_to_json(entry)
        if worth is not None:
            self._kept[found.source] = [*stamp, worth]
            self._changed = True
        return entry

    def save(self) -> None:
        """Write what is new to the disk."""
        if self._path is None or not self._changed:
            return
        newest = dict(list(self._kept.items())[-_MOST_ENTRIES:])
        with contextlib.suppress(OSError, ValueError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            stated = {"schema": _SCHEMA, "entries": newest}
            write_whole(self._path, json.dumps(stated).encode())
            self._changed = False


def _loaded(path: Path) -> dict[str, list[Any]]:
    with contextlib.suppress(*_WRONG):
        stated = json.loads(read_regular(path, _MOST_BYTES))
        if stated["schema"] == _SCHEMA:
            return {
                source: kept
                for source, kept in stated["entries"].items()
                if isinstance(kept, list) and len(kept) == 3
            }
    return {}
