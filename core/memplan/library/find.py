"""Finds model files in the places where programs keep them, without opening any.

A split model is one entry. What only looks like a model is found too, and says what it is: a
download that is not done, a link to a file that is gone, a hidden file.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from memplan.library.places import Place, Program
from memplan.reader.errors import SourceUnreadableError
from memplan.reader.ollama import blob_of, manifest_names
from memplan.reader.split import MAX_SHARDS, shard_name
from memplan.reader.transfer import CancelToken

_DEEPEST: Final = 12
_MOST_FOLDERS: Final = 50_000
"""More than any store of models has below one place: a whole disk was named."""

_UNFINISHED: Final = re.compile(
    r"""\.gguf\.(?:part|partial|incomplete|tmp|download|downloadInProgress|crdownload|aria2|!qB)
    (?:-?\d+)?$
    | ^downloading_.*\.part$   # LM Studio
    | \.incomplete$            # huggingface_hub
    | ^sha256-[0-9a-f]{64}-partial$  # Ollama
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HUB_FOLDER: Final = re.compile(r"models--(?P<owner>.+?)--(?P<name>.+)")


class Condition(StrEnum):
    """What is known of an entry."""

    FOUND = "found"
    """Nothing speaks against it, and its header was not read yet."""
    MODEL = "model"
    """A model that is whole."""
    PROJECTOR = "projector"
    ADAPTER = "adapter"
    NO_MODEL = "no_model"
    """A valid file of another kind, such as a vocabulary."""
    UNFINISHED = "unfinished"
    """A download that goes on, or was broken off."""
    CUT_OFF = "cut_off"
    """A header without all of its data."""
    SHARDS_MISSING = "shards_missing"
    BROKEN = "broken"
    """A file that cannot be read, or breaks the rules of the format."""
    LINK_BROKEN = "link_broken"
    HIDDEN = "hidden"
    """A file whose name begins with a dot: what macOS leaves beside files on other disks."""


@dataclass(frozen=True, slots=True)
class Found:
    """A model's file, or all of its shards, before anything of it was read.

    Attributes:
        source: what opens it.
        program: whose place it is in.
        folder: the folder that it is in.
        label: the name of its file, or what Ollama calls it.
        size_bytes: size of all files that are there.
        modified_ns: when the newest of them was changed.
        condition: what can be told without reading it.
        missing: shards that are not there.
    """

    source: str
    program: Program
    folder: str
    label: str
    size_bytes: int
    modified_ns: int
    condition: Condition = Condition.FOUND
    missing: int = 0


def find_models(places: Sequence[Place], cancel: CancelToken) -> Iterator[tuple[Found, ...]]:
    """What is in the places, folder by folder; a file that several names lead to is found once.

    Raises:
        CancelledError: somebody has cancelled.
    """
    seen: set[tuple[int, int]] = set()
    for place in places:
        for files in _folders(place, cancel):
            found = tuple(_joined(place, [file for file in files if file.is_new(seen)]))
            if found:
                yield found


def newest_first(found: Sequence[Found]) -> list[Found]:
    """The folder that changed last comes first; in a folder, files by their names, models first."""
    newest: dict[str, int] = {}
    for each in found:
        newest[each.folder] = max(each.modified_ns, newest.get(each.folder, 0))

    def place(each: Found) -> tuple[int, str, bool, str]:
        odd = each.condition is not Condition.FOUND
        return -newest[each.folder], each.folder, odd, each.label

    return sorted(found, key=place)


@dataclass(frozen=True, slots=True)
class _File:
    """A file with a model's name, its state, and what opens it."""

    source: str
    folder: str
    label: str
    status: os.stat_result | None

    def is_new(self, seen: set[tuple[int, int]]) -> bool:
        """Whether no file that was seen before is this one; from now on it is seen."""
        if self.status is None:
            return True
        identity = self.status.st_dev, self.status.st_ino
        if identity in seen:
            return False
        seen.add(identity)
        return True


def _folders(place: Place, cancel: CancelToken) -> Iterator[list[_File]]:
    if place.program is Program.OLLAMA:
        yield from _of_ollama(place.folder, cancel)
        return
    visited: set[str] = set()
    waiting = [(os.fspath(place.folder), 0)]
    while waiting and len(visited) < _MOST_FOLDERS:
        cancel.check(os.fspath(place.folder))
        folder, depth = waiting.pop()
        real = os.path.realpath(folder)
        if real in visited:
            continue
        visited.add(real)
        files, below = _listed(folder)
        if depth < _DEEPEST:
            waiting += [(name, depth + 1) for name in below]
        if files:
            yield files


def _listed(folder: str) -> tuple[list[_File], list[str]]:
    """The files with models' names in a folder, and the folders below it."""
    files: list[_File] = []
    below: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    if entry.is_dir():
                        below.append(entry.path)
                    elif _is_named_as_model(entry.name):
                        files += _local_file(entry.path, folder, entry.name)
                except OSError:
                    continue
    except OSError:
        # It is not there, or nobody may look into it.
        return [], []
    return sorted(files, key=lambda file: file.label), sorted(below, reverse=True)


def _is_named_as_model(name: str) -> bool:
    return name.lower().endswith(".gguf") or _UNFINISHED.search(name) is not None


def _local_file(path: str, folder: str, name: str) -> Iterator[_File]:
    """The file at a path; none where it is a pipe, a device or a socket."""
    try:
        status = os.stat(path)  # noqa: PTH116 (a Path costs more than the call)
    except FileNotFoundError:
        yield _File(path, folder, name, None)
        return
    if stat.S_ISREG(status.st_mode):
        yield _File(path, folder, name, status)


def _of_ollama(folder: Path, cancel: CancelToken) -> Iterator[list[_File]]:
    """Models by Ollama's names, and downloads that are not done."""
    files: list[_File] = []
    for name, manifest in manifest_names(folder):
        cancel.check(os.fspath(folder))
        source = f"ollama:{name}"
        try:
            status: os.stat_result | None = blob_of(manifest, folder, source).stat()
        except SourceUnreadableError:
            # Reading it will say what is wrong with the manifest.
            status = manifest.stat()
        except OSError:
            status = None
        files.append(_File(source, os.fspath(folder), name, status))
    unfinished, _ = _listed(os.fspath(folder / "blobs"))
    yield sorted(files, key=lambda file: file.label) + unfinished


def _joined(place: Place, files: Sequence[_File]) -> Iterator[Found]:
    """An entry for each model of a folder; the shards of one are one."""
    shards: dict[tuple[str, int], list[_File]] = {}
    for file in files:
        shard = shard_name(file.label)
        if shard is None or file.label.startswith(".") or not 1 < shard.total <= MAX_SHARDS:
            yield _entry(place.program, file)
        else:
            shards.setdefault((shard.prefix, shard.total), []).append(file)
    for (_, total), parts in shards.items():
        there = [part for part in parts if part.status is not None]
        if not there:
            yield _entry(place.program, parts[0])
            continue
        first = _entry(place.program, there[0])
        missing = total - len({part.label for part in there})
        yield replace(
            first,
            size_bytes=sum(part.status.st_size for part in there if part.status),
            modified_ns=max(part.status.st_mtime_ns for part in there if part.status),
            condition=Condition.SHARDS_MISSING if missing else first.condition,
            missing=missing,
        )


def _entry(program: Program, file: _File) -> Found:
    return Found(
        file.source,
        program,
        file.folder,
        _unfinished_label(file),
        file.status.st_size if file.status else 0,
        file.status.st_mtime_ns if file.status else 0,
        _condition(file),
    )


def _condition(file: _File) -> Condition:
    if _UNFINISHED.search(file.label):
        return Condition.UNFINISHED
    if file.label.startswith("."):
        return Condition.HIDDEN
    return Condition.LINK_BROKEN if file.status is None else Condition.FOUND


def _unfinished_label(file: _File) -> str:
    """What a file is called: of an unfinished one in Hugging Face's cache, its repository."""
    parent = os.path.basename(os.path.dirname(file.folder))  # noqa: PTH119, PTH120
    match = _HUB_FOLDER.fullmatch(parent)
    if match is None or not file.label.endswith(".incomplete"):
        return file.label
    return f"{match['owner']}/{match['name']}"
