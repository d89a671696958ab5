"""All kinds of lines that are understood, in the order in which they are tried."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from memplan.engines.log_row import COMMON_KEY, Effect, LineKind
from memplan.engines.registry import ENGINES
from memplan.logs.system_rows import system_rows

DIALECTS: Final = {name: engine.log_dialect() for name, engine in ENGINES.items()}
"""How each engine writes its logs."""

_APP_ROWS: Final = tuple(row for each in DIALECTS.values() for row in each.app_rows)
_NOTED: Final = frozenset({Effect.NOTED, Effect.NONE})
_PROCESSES: Final = "|".join(name for each in DIALECTS.values() for name in each.processes)

APP_SIGNS: Final = tuple(row for row in _APP_ROWS if row.effect is Effect.NOTED)
"""Lines that tell which program was around the engine, and nothing else."""

LINE_KINDS: Final = (
    *(row for each in DIALECTS.values() for row in each.loading),
    # What a program around the engine says may quote the engine: its own words come first.
    *(row for row in _APP_ROWS if row.effect not in _NOTED),
    *(row for each in DIALECTS.values() for row in each.results),
    *system_rows(_PROCESSES),
    *APP_SIGNS,
    *(row for row in _APP_ROWS if row.effect is Effect.NONE),
    *(row for each in DIALECTS.values() for row in each.known),
)

SPEAKS_OF_MEMORY: Final = re.compile(
    r"\d\s?[MG]i?B\b|buffer size|out of memory|OutOf(?:Host|Device)?Memory"
    r"|(?:fail|unable|insufficient|not enough).{0,60}(?:alloc|memory|buffer)",
    re.IGNORECASE,
)
"""A line that should have been understood."""

_ALSO: Final = ("MiB", "GiB", "alloc", "emory")
"""What a line that speaks of memory may hold beside the keys."""


def _anchors(keys: set[str]) -> tuple[str, ...]:
    """Texts of which every line of interest holds one: the keys, less those that hold others."""
    return tuple(sorted(k for k in keys if not any(o != k and o in k for o in keys)))


_TELLING: Final = frozenset(
    {row.key for row in LINE_KINDS if row.key != COMMON_KEY and row not in APP_SIGNS}
) | frozenset(_ALSO)
ANCHORS: Final = _anchors(set(_TELLING) | {row.key for row in APP_SIGNS})
SIGN_ANCHORS: Final = frozenset(ANCHORS) - frozenset(_anchors(set(_TELLING)))
"""Anchors of lines that only tell of the program around the engine: the first ones do."""


@lru_cache(maxsize=4096)
def kinds_with(anchors: tuple[int, ...]) -> tuple[LineKind, ...]:
    """The rows that a line with exactly these anchors, by their indices, can match; in order."""
    held = [ANCHORS[index] for index in anchors]
    return tuple(
        row for row in LINE_KINDS if row.key == COMMON_KEY or any(a in row.key for a in held)
    )
