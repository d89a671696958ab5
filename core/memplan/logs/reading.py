"""Reading a log: from its lines to what happened, in one pass and within bounded memory."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from memplan.engines.log_row import Effect, LineKind
from memplan.language import tr
from memplan.logs.conclusion import conclude
from memplan.logs.effects import take
from memplan.logs.errors import LogUnreadableError
from memplan.logs.finding import Finder
from memplan.logs.lines import ByteStream, Line, lines_with
from memplan.logs.log import Log
from memplan.logs.rows import ANCHORS, LINE_KINDS, SIGN_ANCHORS, SPEAKS_OF_MEMORY, kinds_with
from memplan.logs.state import Reading
from memplan.reader.transfer import CancelToken
from memplan.reader.walk import GGUF_MAGIC

STANDARD_INPUT: Final = "-"

_EXAMPLES: Final = tuple(row.example for row in LINE_KINDS)
_FINDER: Final = Finder(ANCHORS, _EXAMPLES)
_LATER: Final = Finder([text if text not in SIGN_ANCHORS else "" for text in ANCHORS], _EXAMPLES)
"""Which program was around the engine is told at the start, if at all."""

_NEVER_PARTIAL: Final = frozenset(
    {
        Effect.BUFFER_FAILED,
        Effect.ALLOCATION_FAILED,
        Effect.FAILURE_TOLD,
        Effect.DEVICE,
    }
)
"""Lines that hold the key of such a kind and are not of it have lost their end."""

_MOST_QUOTES: Final = 4
"""A line that quotes a line that quotes another."""

_LOG_LIKE: Final = re.compile(
    r"^\s{0,16}\S{0,40}\w(?:\(\))?:(?:\s|$)|\w\s?=\s?[\w\"\[]|[a-z]_[a-z]|^\s{0,16}[\d\[|]"
)
"""Something like a program's line, not a sentence that somebody wrote around a log."""

_STARTS_A_LINE: Final = re.compile(
    r"\s{0,99}(?:\S{1,60}\s{1,8}){0,6}?~?[\w.]{2,60}(?:\(\))?:(?:\s|$)"
)
"""Something like the name of a function, as at the start of a line."""


def read_log(path: str | Path, cancel: CancelToken | None = None) -> Log:
    """What the log in a file says; ``-`` is standard input.

    Args:
        path: the file.
        cancel: stops the reading from another thread.

    Raises:
        LogUnreadableError: the file cannot be opened or read, or is a model.
        CancelledError: the reading was cancelled.
    """
    source, cancel = str(path), cancel or CancelToken()
    try:
        if source == STANDARD_INPUT:
            return parse_log(_checked(source, sys.stdin.buffer, cancel))
        with Path(source).open("rb") as stream:
            return parse_log(_checked(source, stream, cancel))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise LogUnreadableError(
            source, tr("it cannot be read: {reason}.").format(reason=reason)
        ) from error


class _Begun:
    """A stream whose first bytes have been looked at, and which can be cancelled."""

    def __init__(self, source: str, start: bytes, rest: ByteStream, cancel: CancelToken) -> None:
        self._source = source
        self._start = start
        self._rest = rest
        self._cancel = cancel

    def read(self, size: int, /) -> bytes:
        self._cancel.check(self._source)
        start, self._start = self._start, b""
        return start or self._rest.read(size)


def _checked(source: str, stream: ByteStream, cancel: CancelToken) -> ByteStream:
    """The same stream, unless it is a model, of which no more than this is read."""
    start = stream.read(len(GGUF_MAGIC))
    if start == GGUF_MAGIC:
        raise LogUnreadableError(
            source,
            tr("it is a GGUF model and no log: open it as a model, or use “memplan check”."),
        )
    return _Begun(source, start, stream, cancel)


def parse_log(log: ByteStream | bytes | str) -> Log:
    """What a log says. Any bytes are a log; of one that says nothing, ``engine`` is ``None``."""
    if isinstance(log, str):
        log = log.encode("utf-8", "replace")
    stream = io.BytesIO(log) if isinstance(log, bytes) else log
    reading = Reading()
    joined = ""
    for line in lines_with(stream, _FINDER, _LATER):
        if reading.looks_for_wrapper:
            reading.look_for_wrapper(line.text)
        if joined and line.text == joined:
            joined = ""  # already read together with the line before
            continue
        joined = ""
        kinds = kinds_with(line.anchors)
        found = _find(line.text, kinds)
        if found is None:
            joined = _take_joined(line, kinds, reading)
            continue
        kind, match, text = found
        if kind.may_go_on and (longer := _with_the_next(line, kind, match)):
            match, text, joined = longer
        _take(reading, kind, match, text)
    return conclude(reading)


def _take(reading: Reading, kind: LineKind, match: re.Match[str], text: str) -> None:
    """Take in a line that was understood, and what it quotes of another."""
    for _ in range(_MOST_QUOTES):
        quotes = kind.effect is not Effect.NONE and take(reading, kind, match, text)
        rest = text[match.end() :]
        if not quotes or not rest.strip():
            return
        found = _find(rest)
        if found is None:
            if match.groupdict().get("reason") and not SPEAKS_OF_MEMORY.search(rest):
                reading.other_reason()
            return
        kind, match, text = found


_Found = tuple[LineKind, re.Match[str], str]


def _find(text: str, kinds: Iterable[LineKind] = LINE_KINDS) -> _Found | None:
    """The kind of a line, and its match; ``None`` if it is of none."""
    for kind in kinds:
        if kind.key in text and (match := kind.pattern.search(text)):
            return kind, match, text
    return None


def _matters(text: str) -> bool:
    """Whether a line by itself tells something that is no mere addition to another line."""
    found = _find(text)
    return found is not None and found[0].effect not in {Effect.NONE, Effect.REASON}


def _take_joined(line: Line, kinds: Iterable[LineKind], reading: Reading) -> str:
    """Understand a line with one next to it, in case it was wrapped.

    Returns:
        The following line if it was used up, else nothing.
    """
    speaks_of_memory = SPEAKS_OF_MEMORY.search(line.text) is not None
    if not speaks_of_memory and not _begins_something(line.text, kinds):
        return ""
    before, after = line.neighbours()
    for first, second, used in ((line.text, after, after), (before, line.text, "")):
        if not first.strip() or not second.strip() or _matters(second if used else first):
            continue
        for joined, joint_at in _joints(first, second, line.width):
            found = _find(joined)
            if found is not None and found[1].start() < joint_at < found[1].end():
                _take(reading, *found)
                return used
    reading.not_understood += speaks_of_memory and _LOG_LIKE.search(line.text) is not None
    return ""


def _with_the_next(
    line: Line, kind: LineKind, match: re.Match[str]
) -> tuple[re.Match[str], str, str] | None:
    """A longer match, if the rest of an understood line was wrapped into the next one."""
    _, after = line.neighbours()
    if not after.strip() or _STARTS_A_LINE.match(after) or _matters(after):
        return None
    for joined, joint_at in _joints(line.text, after, line.width):
        longer = kind.pattern.search(joined)
        if not longer or longer.start() != match.start() or longer.end() <= joint_at:
            continue
        # A number goes on only to its end: what follows must not look like a time or a date.
        number_goes_on = line.text[-1:].isdigit() and after[:1].isdigit()
        if not number_goes_on or (_is_full(line) and joined[longer.end() :][:1] in {"", " "}):
            return longer, joined, after
    return None


def _is_full(line: Line) -> bool:
    return len(line.text.encode("utf-8", "replace")) >= line.width


def _joints(first: str, second: str, width: int) -> Iterator[tuple[str, int]]:
    """Two lines joined, and where: as a terminal breaks them and as a logger does.

    A terminal breaks a line wherever it is full, a logger between words.
    """
    as_broken = (first + second, len(first))
    between_words = (f"{first.rstrip()} {second.lstrip()}", len(first.rstrip()))
    full = len(first.encode("utf-8", "replace")) >= width
    yield from (as_broken, between_words) if full else (between_words, as_broken)


def _begins_something(text: str, kinds: Iterable[LineKind]) -> bool:
    """Whether a line may be the first half of one that was wrapped."""
    if text.rstrip().endswith(("=", "buffer", "size", "of", "allocate", "KV", "compute", "(")):
        return True
    return any(kind.key in text for kind in kinds if kind.effect in _NEVER_PARTIAL)
