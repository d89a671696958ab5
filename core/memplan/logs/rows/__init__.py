"""All kinds of lines that are understood, in the order in which they are tried."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from memplan.logs.rows import llama_cpp, llama_cpp_failures
from memplan.logs.rows.koboldcpp import KOBOLDCPP
from memplan.logs.rows.llama_cpp_fit import FIT
from memplan.logs.rows.llama_cpp_parts import PARTS
from memplan.logs.rows.lm_studio import LM_STUDIO
from memplan.logs.rows.ollama import OLLAMA
from memplan.logs.rows.other_apps import OTHER_APPS
from memplan.logs.rows.row import Effect, LineKind
from memplan.logs.rows.system import SYSTEM
from memplan.logs.rows.zinc import ZINC

_APPS: Final = OLLAMA + LM_STUDIO + KOBOLDCPP + OTHER_APPS
_NOTED: Final = frozenset({Effect.NOTED, Effect.NONE})

APP_SIGNS: Final = tuple(row for row in _APPS if row.effect is Effect.NOTED)
"""Lines that tell which program was around the engine, and nothing else."""

LINE_KINDS: Final = (
    llama_cpp.BUFFERS
    + llama_cpp.TOTALS
    + PARTS
    + llama_cpp.PROGRESS
    + FIT
    + llama_cpp_failures.HARMLESS
    # What a program around the engine says may quote the engine: its own words come first.
    + tuple(row for row in _APPS if row.effect not in _NOTED)
    + llama_cpp_failures.ALLOCATIONS
    + llama_cpp_failures.BUFFERS
    + llama_cpp_failures.REASONS
    + llama_cpp_failures.RUNNING
    + llama_cpp_failures.ENDS
    + llama_cpp.OPTIONS
    + llama_cpp.DEVICES
    + llama_cpp.VERSIONS
    + ZINC
    + SYSTEM
    + APP_SIGNS
    + tuple(row for row in _APPS if row.effect is Effect.NONE)
    + llama_cpp.KNOWN
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
    {row.key for row in LINE_KINDS if row.key != llama_cpp.SEPARATOR and row not in APP_SIGNS}
) | frozenset(_ALSO)
ANCHORS: Final = _anchors(set(_TELLING) | {row.key for row in APP_SIGNS})
SIGN_ANCHORS: Final = frozenset(ANCHORS) - frozenset(_anchors(set(_TELLING)))
"""Anchors of lines that only tell of the program around the engine: the first ones do."""


@lru_cache(maxsize=4096)
def kinds_with(anchors: tuple[int, ...]) -> tuple[LineKind, ...]:
    """The rows that a line with exactly these anchors, by their indices, can match; in order."""
    held = [ANCHORS[index] for index in anchors]
    return tuple(
        row
        for row in LINE_KINDS
        if row.key == llama_cpp.SEPARATOR or any(a in row.key for a in held)
    )
