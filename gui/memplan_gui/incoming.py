"""What dropped and pasted data stand for: files, addresses, names of models."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from memplan.reader.split import shard_name
from PySide6.QtCore import QMimeData, QUrl

_LONGEST: Final = 4096


def sources_in(mime: QMimeData) -> tuple[str, ...]:
    """The files and addresses that are dropped or pasted, each model once.

    Of a split model's shards only the first in the list counts, as any of them opens the set.
    """
    urls = [_file_or_address(line) for line in _lines_of_urls(mime)]
    found = urls or [address_in(mime.text())]
    by_model = {_without_shard(source): source for source in reversed(found) if source}
    return tuple(reversed(by_model.values()))


def address_in(text: str) -> str:
    """The one address, path or name in a text; empty if it looks like none."""
    lines = text.strip().splitlines()
    line = lines[0].strip().strip("\"'") if len(lines) == 1 else ""
    if not line or len(line) > _LONGEST:
        return ""
    is_path = line.lower().endswith((".gguf", ".json")) or Path(line).is_absolute()
    is_name = not any(character.isspace() for character in line) and ("/" in line or ":" in line)
    return line if is_path or is_name else ""


def _lines_of_urls(mime: QMimeData) -> list[str]:
    """The addresses as they were written: a QUrl knows no capitals in what it takes for a host.

    The host of ``hf://Owner/model`` is somebody's name.
    """
    data = bytes(mime.data("text/uri-list").data()).decode("utf-8", "replace")
    lines = (line.strip() for line in data.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _file_or_address(line: str) -> str:
    url = QUrl(line)
    return url.toLocalFile() if url.isLocalFile() else address_in(line)


def _without_shard(source: str) -> str:
    shard = shard_name(source)
    return shard.prefix if shard else source
