"""From bytes to lines: streaming, within bounded memory, whatever the bytes are.

Only lines that hold one of the given anchors are ever cut out and decoded, so that a long log
costs little more than finding the anchors in it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from memplan.logs.finding import Finder

_BLOCK_BYTES: Final = 1 << 20
_LONGEST_LINE: Final = 2048
"""Characters; a longer line is cut, so that no pattern meets more than these at once."""

_HARD_BLANK: Final = "\u00a0".encode()
_EARLY_BYTES: Final = 1 << 22

_ANSI: Final = re.compile(r"(?:\x1b|\\u001b|\\x1b)\[[0-9;?]{0,16}[A-Za-z]", re.IGNORECASE)
_LINE_ENDS: Final = re.compile(r"\\r\\n|\\n|\r")
"""A carriage return, and line ends spelt out as in a JSON string."""
_GLUED: Final = re.compile(
    r"(?<=[^\s_~/])(?=~?(?:llama_|llm_load_|ggml_|load_tensors|sched_reserve|graph_reserve"
    r"|alloc_tensor_range|print_info|set_abort)\w{0,40}: )"
)
"""Where a message follows another without a line end, as a callback may write them."""
_LEAST_GLUED: Final = 120
"""Characters; a shorter line is one message."""


class ByteStream(Protocol):
    """Something that bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of interest, without colours.

    Attributes:
        text: the line.
        anchors: indices of the anchors that it holds.
        neighbours: gives the lines before and after, for a line that was wrapped.
        width: characters of the longest line at the start of the log; a terminal that wraps
            makes all lines that it breaks as long as that.
    """

    text: str
    anchors: tuple[int, ...]
    neighbours: Callable[[], tuple[str, str]]
    width: int


def lines_with(stream: ByteStream, finder: Finder, later: Finder | None = None) -> Iterator[Line]:
    """The lines that hold an anchor, in order.

    A line is also divided where a line end is spelt out, as in JSON, and at carriage returns.

    Args:
        stream: the log.
        finder: finds the anchors: texts that make a line one of interest.
        later: the same once the start of the log has passed, if then fewer are looked for.
    """
    width = passed = 0
    for block, first, end in _blocks(_as_utf8(stream)):
        if later is not None and passed > _EARLY_BYTES:
            finder = later
        passed += end - first
        width = width or max(map(len, block.splitlines()), default=0)
        found = finder.lines(block, first, end)
        for start in sorted(found):
            yield from _divide(block, start, tuple(found[start]), finder.texts, width)


def _as_utf8(stream: ByteStream) -> Iterator[bytes]:
    """Blocks of bytes; UTF-16 with its mark, as PowerShell writes it, becomes UTF-8."""
    block = stream.read(_BLOCK_BYTES)
    if not block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from _without_hard_blanks(block, stream)
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    while block:
        text = decoder.decode(block).replace("\u00a0", " ")
        yield text.encode("utf-8", "replace")
        block = stream.read(_BLOCK_BYTES)


def _without_hard_blanks(block: bytes, stream: ByteStream) -> Iterator[bytes]:
    """Blocks with blanks in place of no-break spaces, which come with a text from a web page."""
    held = b""
    while block:
        block = held + block
        held = block[-1:] if block.endswith(_HARD_BLANK[:1]) else b""
        block = block[: len(block) - len(held)]
        yield block.replace(_HARD_BLANK, b" ") if _HARD_BLANK in block else block
        block = stream.read(_BLOCK_BYTES)
    if held:
        yield held


def _blocks(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Blocks of whole lines as ``(block, first, end)``: its own lines start in ``[first, end)``.

    Around these stand one line of the block before and one of the next, for wrapped lines.
    """
    block, first = b"", 0
    for piece in pieces:
        block += piece
        last_end = block.rfind(b"\n") + 1
        end = block.rfind(b"\n", 0, max(last_end - 1, 0)) + 1
        if end <= first:
            if len(block) - first < 2 * _BLOCK_BYTES:
                continue
            end = len(block)  # a line without an end: take it in pieces
        yield block, first, end
        kept = block.rfind(b"\n", 0, max(end - 1, 0)) + 1
        kept = max(kept, end - _LONGEST_LINE)
        block, first = block[kept:], end - kept
    if len(block) > first:
        yield block, first, len(block)


def _divide(
    block: bytes, start: int, held: tuple[int, ...], anchors: Sequence[str], width: int
) -> Iterator[Line]:
    stop = block.find(b"\n", start)
    stop = len(block) if stop < 0 else stop
    text = _clean(block[start:stop])
    glued = len(text) > _LEAST_GLUED and _GLUED.search(text) is not None
    if len(text) <= _LONGEST_LINE and "\r" not in text and "\\n" not in text and not glued:
        yield Line(text, held, partial(_around, block, start, stop), width)
        return
    parts = [part for end in _LINE_ENDS.split(text) for part in _GLUED.split(end) if part]
    # Neighbours are for lines that a terminal wrapped: a piece of an endless line has none.
    cut = [
        (part[at : at + _LONGEST_LINE], len(part) <= _LONGEST_LINE)
        for part in parts
        for at in range(0, len(part), _LONGEST_LINE)
    ]
    for index, (piece, whole) in enumerate(cut):
        held = tuple(i for i, anchor in enumerate(anchors) if anchor and anchor in piece)
        if held:
            before = cut[index - 1][0] if whole and index else ""
            after = cut[index + 1][0] if whole and index + 1 < len(cut) else ""
            yield Line(piece, held, partial(_pair, before, after), width)


def _around(block: bytes, start: int, stop: int) -> tuple[str, str]:
    """The lines before and after the one from ``start`` to ``stop``."""
    before_stop = max(start - 1, 0)
    before_start = max(block.rfind(b"\n", 0, before_stop) + 1, before_stop - _LONGEST_LINE)
    after_stop = block.find(b"\n", stop + 1, stop + 1 + _LONGEST_LINE)
    after_stop = after_stop if after_stop >= 0 else stop + 1 + _LONGEST_LINE
    return _clean(block[before_start:before_stop]), _clean(block[stop + 1 : after_stop])


def _pair(before: str, after: str) -> tuple[str, str]:
    return before, after


def _clean(line: bytes) -> str:
    text = line.decode("utf-8", "replace")
    if "\x1b" in text or "1b[" in text.lower():
        text = _ANSI.sub("", text)
    return text.rstrip("\r")
