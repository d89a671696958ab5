"""What a row is: one kind of line that the reader understands, and what it means.

To teach the reader a new line, add a row with an example; a test checks that each row
understands its example. Rows are tried in order, the first that matches counts. A pattern is
searched for anywhere in a line, so whatever a wrapper puts before the text needs no care. Every
repetition in a pattern is bounded, so that no line takes more than linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

COMMON_KEY: Final = " = "
"""The key of rows of a table of memory: in too many lines to look for."""


class Effect(Enum):
    """What a line means for the reading."""

    NONE = auto()
    ANNOUNCED = auto()
    LOAD_STARTS = auto()
    PART_STARTS = auto()
    CONTEXT_STARTS = auto()
    CONTEXT_SIZED = auto()
    WARMS_UP = auto()
    LOADED = auto()
    RUNS = auto()
    BUFFER = auto()
    TOTAL = auto()
    CACHE_STARTS = auto()
    WRAPPER_ESTIMATE = auto()
    WRAPPER_REQUEST = auto()
    ASKED = auto()
    BREAKDOWN = auto()
    OPTION = auto()
    DEVICE = auto()
    HOST = auto()
    FIT = auto()
    NOTED = auto()
    VERSION = auto()
    HARMLESS = auto()
    ALLOCATION_FAILED = auto()
    BUFFER_FAILED = auto()
    FAILURE_TOLD = auto()
    REASON = auto()
    ERROR = auto()
    GRAPH_FAILED = auto()
    FAILED_IN = auto()
    DRIVER_FAILED = auto()
    RETRIED = auto()
    BACKS_OFF = auto()
    NOT_LOADED = auto()
    NOT_DECODED = auto()
    STOPPED = auto()


_MAY_GO_ON: Final = frozenset(
    {Effect.TOTAL, Effect.ALLOCATION_FAILED, Effect.BUFFER_FAILED, Effect.LOADED}
)
"""Effects of lines that end in a number, or in what is not always there."""

QUOTES: Final = frozenset({Effect.NOT_LOADED, Effect.NOT_DECODED, Effect.STOPPED})
"""Effects of lines that may go on with what the engine said: the rest is read as a line, too."""


@dataclass(frozen=True, slots=True)
class LineKind:
    """A kind of line.

    Attributes:
        key: text that is in every such line; lines without any row's key are skipped unread.
        pattern: where the values are, by name.
        effect: what the line means.
        example: a line of this kind.
        says: values that the kind itself implies: ``kind``, ``cause``, ``engine``, ….
        may_go_on: whether a match may be only the first part of a line that was wrapped.
    """

    key: str
    pattern: re.Pattern[str]
    effect: Effect
    example: str
    says: tuple[tuple[str, str], ...] = ()
    may_go_on: bool = False


SIZE: Final = r"(?P<size>\d{1,12}(?:\.\d{1,6})?)"
MIB: Final = rf"=?\s{{0,16}}{SIZE}\s{{0,4}}(?P<unit>Mi?B)"
ANY_UNIT: Final = rf"{SIZE}\s{{0,4}}(?P<unit>[KMGT]i?B)"
BYTES: Final = r"(?P<bytes>\d{1,19})"
QUOTED_SIZE: Final = r'size=\\?"(?P<size>\d{1,12}(?:\.\d{1,6})?) (?P<unit>[KMGT]?i?B)'


def row(
    key: str, pattern: str, effect: Effect, example: str, may_go_on: bool = False, **says: str
) -> LineKind:
    """A row of a table of kinds; keyword arguments are what such a line implies.

    ``engine`` is given where only that engine writes such a line.
    """
    may_go_on = may_go_on or effect in _MAY_GO_ON
    return LineKind(key, re.compile(pattern), effect, example, tuple(says.items()), may_go_on)
