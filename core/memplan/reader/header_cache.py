"""Headers of remote files, kept on disk: one file an address, the header's own bytes in it.

A file begins with a line of JSON that says what it is, and goes on with the header as the server
sent it, so that it is read by the same rules. It is written under another name and then renamed:
who reads sees a whole one, or none, whoever else writes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from memplan.files import open_regular
from memplan.language import tr
from memplan.reader.download import Answer
from memplan.reader.errors import GgufError, SourceUnreadableError
from memplan.unsigned import check_u32, check_u64

_SCHEMA: Final = "memplan.header/2"
_ENDING: Final = ".header"
_UNFINISHED_ENDING: Final = ".part"
_UNFINISHED_SECONDS: Final = 3600
_MOST_LINE_BYTES: Final = 1 << 16
_OWN_ERRORS: Final = (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Entry:
    """A header that is kept.

    Attributes:
        answer: what the server said of the file.
        path: where it is kept.
        line: what the file says about itself, before the header.
        header_bytes: size of the header.
        checksum: CRC-32 of it.
    """

    answer: Answer
    path: Path
    line: bytes
    header_bytes: int
    checksum: int


class KeptHeader:
    """A header from the cache, as a source of bytes."""

    def __init__(self, name: str, entry: Entry, file: BinaryIO) -> None:
        self.name = name
        self.size = entry.answer.size
        self._entry = entry
        self._file = file
        self._checksum = 0
        self._read_bytes = 0

    def read(self, count: int) -> bytes:
        """The next bytes of the header; nothing at its end."""
        piece = self._file.read(min(count, self._entry.header_bytes - self._read_bytes))
        self._read_bytes += len(piece)
        self._checksum = zlib.crc32(piece, self._checksum)
        return piece

    def skip(self, count: int) -> None:
        """Let ``count`` bytes pass, and through the checksum."""
        while count > 0:
            piece = self.read(min(count, 1 << 18))
            if not piece:
                return
            count -= len(piece)

    def cut_off(self, offset: int) -> GgufError:
        """The error for a header that ends at ``offset``."""
        return SourceUnreadableError(
            self.name, offset, tr("a whole header in the cache"), tr("a part")
        )

    def is_intact(self) -> bool:
        """Whether the bytes are those that were kept. Reads what is left of them."""
        self.skip(self._entry.header_bytes)
        return self._read_bytes == self._entry.header_bytes and (
            self._checksum == self._entry.checksum
        )


class HeaderCache:
    """A folder of headers, of a size that is bounded.

    What goes wrong with it never stops a reading: it is a cache.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def find(self, url: str) -> Entry | None:
        """What is kept of the file at ``url``."""
        path = self._path(url)
        with contextlib.suppress(*_OWN_ERRORS), open_regular(path) as file:
            line = file.readline(_MOST_LINE_BYTES)
            stated = json.loads(line)
            if stated["schema"] == _SCHEMA and stated["address"] == _digest(url):
                size = stated["size"]
                return Entry(
                    Answer(
                        None if size is None else check_u64("size", size),
                        str(stated["etag"]),
                        str(stated["commit"]),
                    ),
                    path,
                    line,
                    check_u64("header_bytes", stated["header_bytes"]),
                    check_u32("crc32", stated["crc32"]),
                )
        return None

    @contextlib.contextmanager
    def opened(self, name: str, entry: Entry) -> Iterator[KeptHeader | None]:
        """The header of an entry; ``None`` where another program has replaced or removed it."""
        try:
            file = open_regular(entry.path)
        except OSError:
            yield None
            return
        with file:
            unchanged = file.readline(_MOST_LINE_BYTES) == entry.line
            yield KeptHeader(name, entry, file) if unchanged else None
        with contextlib.suppress(OSError):
            os.utime(entry.path)

    def remove(self, entry: Entry) -> None:
        """Forget an entry, because it is damaged."""
        with contextlib.suppress(OSError):
            entry.path.unlink()

    def keep(self, url: str, answer: Answer, header: bytes) -> None:
        """Keep the header of the file at ``url``."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            stated = {
                "schema": _SCHEMA,
                "address": _digest(url),
                "etag": answer.etag,
                "commit": answer.commit,
                "size": answer.size,
                "header_bytes": len(header),
                "crc32": zlib.crc32(header),
            }
            self._write(self._path(url), json.dumps(stated).encode() + b"\n", header)
            self._trim()

    def _path(self, url: str) -> Path:
        return self._folder / (_digest(url)[:40] + _ENDING)

    def _write(self, path: Path, line: bytes, header: bytes) -> None:
        descriptor, name = tempfile.mkstemp(_UNFINISHED_ENDING, dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(line)
                file.write(header)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _trim(self) -> None:
        """Remove what was not used for longest until the rest is small enough."""
        kept = []
        for path in self._folder.iterdir():
            # Another program may remove a file between any two of these lines.
            with contextlib.suppress(OSError):
                status = path.stat()
                if path.suffix == _ENDING:
                    kept.append((status.st_mtime, status.st_size, path))
                elif status.st_mtime < time.time() - _UNFINISHED_SECONDS:
                    path.unlink()
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self._most_bytes:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            total -= size


def _digest(url: str) -> str:
    """What stands for an address: it may hold a password or a signature."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
