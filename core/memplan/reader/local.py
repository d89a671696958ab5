"""Opens a GGUF file on disk, whatever may stand under its name."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memplan.files import OPEN_FLAGS
from memplan.language import marked, ntr, tr
from memplan.reader.errors import (
    FolderError,
    MissingError,
    SourceChangedError,
    SourceUnreadableError,
)
from memplan.reader.transfer import CancelToken
from memplan.reader.walk import Contents, read_contents
from memplan.reader.window import Window

_KINDS: Final[tuple[tuple[Callable[[int], bool], str, str], ...]] = (
    (stat.S_ISDIR, marked("a folder"), marked("Open the .gguf file inside it.")),
    (stat.S_ISFIFO, marked("a named pipe"), marked("Save what comes through it to a file.")),
    (stat.S_ISSOCK, marked("a socket"), ""),
    (stat.S_ISCHR, marked("a device"), ""),
    (stat.S_ISBLK, marked("a device"), ""),
)
"""What is no regular file, and what to do instead; nothing where there is nothing to do."""


class _FileSource:
    """An open file as a source of bytes."""

    def __init__(self, name: str, descriptor: int, cancel: CancelToken) -> None:
        self.name = name
        self._cancel = cancel
        self.size = os.fstat(descriptor).st_size
        self._descriptor = descriptor

    def read(self, count: int) -> bytes:
        self._cancel.check(self.name)
        return os.read(self._descriptor, count)

    def skip(self, count: int) -> None:
        os.lseek(self._descriptor, count, os.SEEK_CUR)

    def cut_off(self, offset: int) -> SourceChangedError:
        return SourceChangedError(
            self.name,
            offset,
            ntr(
                "the {count} byte that the file had when it was opened",
                "the {count} bytes that the file had when it was opened",
                self.size,
            ),
            tr("its end"),
            tr("The file is being replaced or rewritten: open it again when that is done."),
        )


def read_local_contents(path: str | Path, cancel: CancelToken | None = None) -> Contents:
    """The contents of the header of the GGUF file at ``path``.

    Args:
        path: the file.
        cancel: stops the reading from another thread.

    Raises:
        GgufError: the file cannot be read or is no valid GGUF file.
    """
    name = os.fspath(path)
    with _opened(name) as descriptor:
        source = _FileSource(name, descriptor, cancel or CancelToken())
        contents = read_contents(Window(source))
        _check_unchanged(source, descriptor)
    return contents


@contextmanager
def _opened(name: str) -> Iterator[int]:
    """A descriptor of the regular file ``name``; errors of the system in the user's terms."""
    descriptor = None
    try:
        # Looking before opening: to open a device can have effects of its own.
        _check_regular(name, Path(name).stat().st_mode)
        descriptor = os.open(name, OPEN_FLAGS)
        _check_regular(name, os.fstat(descriptor).st_mode)
        yield descriptor
    except FileNotFoundError as error:
        raise MissingError(
            name,
            None,
            tr("a file of this name"),
            tr("no such file"),
            tr("Check its name and folder."),
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceUnreadableError(
            name,
            None,
            tr("a file that can be read"),
            reason,
            tr("Check its name and permissions."),
        ) from error
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _check_regular(name: str, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind, remedy = next(
        ((kind, remedy) for matches, kind, remedy in _KINDS if matches(mode)),
        (marked("something else"), ""),
    )
    refusal = FolderError if stat.S_ISDIR(mode) else SourceUnreadableError
    raise refusal(name, None, tr("a regular file"), tr(kind), tr(remedy) if remedy else "")


def _check_unchanged(source: _FileSource, descriptor: int) -> None:
    """Raise if the file has shrunk or another took its place; one that grows is a download."""
    opened = os.fstat(descriptor)
    if opened.st_size < source.size:
        raise source.cut_off(opened.st_size)
    try:
        now = Path(source.name).stat()
    except OSError:
        now = None
    if now is None or not os.path.samestat(now, opened):
        raise SourceChangedError(
            source.name,
            None,
            tr("the same file under this name throughout"),
            tr("another") if now is not None else tr("none any more"),
            tr("The file was replaced while it was read: open it again."),
        )
