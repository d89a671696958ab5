"""From a location to the contents of its header, and of the files beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from memplan.reader.errors import MissingError
from memplan.reader.local import read_local_contents
from memplan.reader.location import LocalFile, parse_location
from memplan.reader.split import ReadSiblings
from memplan.reader.transfer import CancelToken, Progress, RemoteSettings
from memplan.reader.walk import Contents


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose header has been read.

    Attributes:
        contents: what its header says.
        file_name: its name, without folder.
        read_siblings: reads other files in the same folder, by their names.
    """

    contents: Contents
    file_name: str
    read_siblings: ReadSiblings


def open_location(
    path_or_url: str | Path,
    settings: RemoteSettings,
    progress: Progress | None,
    cancel: CancelToken | None,
) -> Opened:
    """The file that ``path_or_url`` stands for.

    Raises:
        ChoiceNeededError: it stands for a repository with several models.
        GgufError: it cannot be read or is no valid GGUF file.
    """
    location = parse_location(path_or_url, settings.endpoint)
    cancel = cancel or CancelToken()
    cancel.check(location.name)
    if isinstance(location, LocalFile):
        return _open_local(location, cancel)
    # Only here, as the import of an HTTP client takes longer than most headers to read.
    from memplan.reader.remote import Remote

    return Remote(settings, progress, cancel).open(location)


def _open_local(file: LocalFile, cancel: CancelToken) -> Opened:
    def read_sibling(name: str) -> Contents | None:
        try:
            return read_local_contents(file.path.with_name(name), cancel)
        except MissingError:
            return None

    def read_siblings(names: Sequence[str]) -> Mapping[str, Contents | None]:
        return {name: read_sibling(name) for name in names}

    contents = replace(read_local_contents(file.path, cancel), source=file.name)
    return Opened(contents, file.path.name, read_siblings)
