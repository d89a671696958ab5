"""A window that moves over the bytes of a header, checked against what remains."""

from __future__ import annotations

import operator
import struct
from itertools import repeat
from typing import Final

from memplan.language import marked, ntr, tr
from memplan.reader.errors import GgufError, InvalidHeaderError, TruncatedError
from memplan.reader.header import ByteOrder
from memplan.reader.source import Source
from memplan.units import format_count, format_exact_bytes

WINDOW_BYTES: Final = 1 << 17
MAX_STRING_BYTES: Final = 1 << 30
"""The longest string that llama.cpp reads."""

_UNKNOWN_SIZE: Final = 2**63 - 1
_LENGTH_BYTES: Final = 8
_LONGEST_NAME: Final = 80
_PAST_THE_WINDOW = (struct.error, OverflowError)
_CUT_OFF = marked("The file is cut off inside its header: download it again.")
CUT_OFF_OR_DAMAGED: Final = marked(
    "The file is cut off or damaged inside its header: download it again."
)
DAMAGED: Final = marked("The file is damaged: download it again.")


class Window:
    """A position in a header. It holds ``WINDOW_BYTES`` of it, or one longer piece.

    Each method that reads is told ``what`` comes next, a text that is marked for translation, and
    the ``name`` from the file that stands in it. They become words only if they are missing.

    Attributes:
        name: the file or address, as the user gave it.
        size: bytes of the whole, or more than any file has where nobody knows.
        size_known: whether somebody does.
        order: byte order of the numbers.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.name = source.name
        self.size = _UNKNOWN_SIZE if source.size is None else source.size
        self.size_known = source.size is not None
        self._buffer = b""
        self._start = 0
        self._at = 0
        self.set_byte_order(ByteOrder.LITTLE)

    def set_byte_order(self, order: ByteOrder) -> None:
        """Read all further numbers in ``order``."""
        self.order = order
        self._u32 = struct.Struct(f"{order}I")
        self._u64 = struct.Struct(f"{order}Q")

    @property
    def offset(self) -> int:
        """The position, in bytes from the start of the file."""
        return self._start + self._at

    @property
    def remaining(self) -> int:
        """Bytes from here to the end of the file."""
        return self.size - self._start - self._at

    def peek(self, count: int) -> bytes:
        """Up to ``count`` bytes from here, fewer at the end; the position stays."""
        if self._at + count > len(self._buffer):
            self._fill(min(count, self.remaining))
        return self._buffer[self._at : self._at + count]

    def take(self, count: int, what: str, name: str = "") -> bytes:
        """The next ``count`` bytes."""
        end = self._at + count
        if end > len(self._buffer):
            self._refill(count, what, name)
            end = self._at + count
        piece = self._buffer[self._at : end]
        self._at = end
        return piece

    def u32(self, what: str, name: str = "") -> int:
        """The next unsigned 32-bit number."""
        number: int = self._u32.unpack(self.take(4, what, name))[0]
        return number

    def u64(self, what: str, name: str = "") -> int:
        """The next unsigned 64-bit number."""
        number: int = self._u64.unpack(self.take(8, what, name))[0]
        return number

    def string_length(self, what: str, name: str = "") -> int:
        """The length of the string whose bytes come next, checked against what remains."""
        offset = self.offset
        length = self.u64(what, name)
        if length > MAX_STRING_BYTES or length > self.remaining:
            raise self._string_too_long(offset, length, what, name)
        return length

    def skip(self, count: int, what: str, name: str = "") -> None:
        """Pass over ``count`` bytes."""
        if count > self.remaining:
            raise self._truncated(count, what, name)
        self._at += count
        self._catch_up()

    def skip_strings(self, count: int, what: str, name: str = "") -> None:
        """Pass over ``count`` strings, one length at a time.

        A vocabulary has hundreds of thousands, and this loop is where reading a header spends its
        time. So the only check in it is the one that ``unpack_from`` makes anyway: it raises at
        the first length that the window does not hold, and all other checks happen once a window.
        """
        length_at = self._u64.unpack_from
        while count:
            if self._at + _LENGTH_BYTES > len(self._buffer):
                self._refill(_LENGTH_BYTES, what, name)
            buffer, at = self._buffer, self._at
            turns = repeat(None, count)
            try:
                for _ in turns:
                    at += length_at(buffer, at)[0] + _LENGTH_BYTES
                count = 0
            except _PAST_THE_WINDOW:
                # The turn that failed had been counted, but has passed over nothing.
                count = operator.length_hint(turns) + 1
            if at > len(buffer):
                self._check_last_string(at, what, name)
            self._at = at
            self._catch_up()

    def _check_last_string(self, end: int, what: str, name: str) -> None:
        """Raise if the string that leaves the window and ends at ``end`` is too long."""
        if self._start + end <= self.size and end - self._at <= MAX_STRING_BYTES:
            return
        at = self._at
        while True:
            length = self._u64.unpack_from(self._buffer, at)[0]
            if at + _LENGTH_BYTES + length == end:
                break
            at += _LENGTH_BYTES + length
        offset = self._start + at
        if length > MAX_STRING_BYTES or length > self.size - offset - _LENGTH_BYTES:
            raise self._string_too_long(offset, length, what, name)

    def _catch_up(self) -> None:
        """Drop the window where the position has left it."""
        beyond = self._at - len(self._buffer)
        if beyond > 0:
            self._source.skip(beyond)
            self._start += self._at
            self._buffer, self._at = b"", 0

    def _refill(self, count: int, what: str, name: str) -> None:
        """Move the window to the position, so that it holds at least ``count`` bytes from there."""
        if count > self.remaining:
            raise self._truncated(count, what, name)
        held = self._fill(count)
        if held >= count:
            return
        if self.size_known:
            raise self._source.cut_off(self._start + held)
        self.size = self._start + held
        raise self._truncated(count, what, name)

    def _fill(self, count: int) -> int:
        """Move the window to the position, and read ``count`` bytes into it if there are."""
        pieces = [self._buffer[self._at :]]
        held = len(pieces[0])
        self._start, self._at, self._buffer = self.offset, 0, b""
        while held < count:
            piece = self._source.read(max(count, WINDOW_BYTES) - held)
            if not piece:
                break
            pieces.append(piece)
            held += len(piece)
        self._buffer = b"".join(pieces)
        return held

    def _truncated(self, count: int, what: str, name: str) -> TruncatedError:
        return TruncatedError(
            self.name,
            self.offset,
            tr("{what} ({bytes})").format(what=_told(what, name), bytes=format_exact_bytes(count)),
            ntr(
                "the end of the file after {count} byte",
                "the end of the file after {count} bytes",
                max(self.remaining, 0),
            ),
            tr(_CUT_OFF),
        )

    def _string_too_long(self, offset: int, length: int, what: str, name: str) -> GgufError:
        rest = self.size - offset - _LENGTH_BYTES
        found = ntr("a length of {count} byte", "a length of {count} bytes", length)
        if length > rest:
            expected = ntr(
                "{what} within the {count} byte that remains",
                "{what} within the {count} bytes that remain",
                rest,
            ).format(what=_told(what, name))
            return TruncatedError(self.name, offset, expected, found, tr(CUT_OFF_OR_DAMAGED))
        expected = tr("{what} of at most {count} bytes").format(
            what=_told(what, name), count=format_count(MAX_STRING_BYTES)
        )
        return InvalidHeaderError(self.name, offset, expected, found, tr(DAMAGED))


def shown(name: str) -> str:
    """A name from a file as it can stand in a sentence, whatever it contains."""
    printable = name if name.isprintable() else repr(name)[1:-1]
    return printable if len(printable) <= _LONGEST_NAME else f"{printable[: _LONGEST_NAME - 3]}…"


def _told(what: str, name: str) -> str:
    return tr(what).format(name=shown(name))


def text_of(raw: bytes) -> str:
    """Bytes of a file as text that can be shown, whatever they are."""
    return raw.decode("utf-8", "backslashreplace")
