"""What was allocated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from memplan.logs.attempt import CONTEXT_KINDS, Phase, add
from memplan.logs.log import LogPart
from memplan.logs.machine import note_device
from memplan.logs.names import buffer_name
from memplan.logs.sizes import said_mib
from memplan.logs.state import Reading
from memplan.memory.component import ComponentKind

_FULL_CELLS: Final = 16384
"""A cache with this many cells is no sliding window's."""
_KINDS: Final = {kind.value: kind for kind in ComponentKind}


def buffer(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in a buffer that was allocated."""
    kind = _KINDS[says["kind"]]
    # A projector's and an adapter's buffers say so themselves.
    of_others = reading.part in {LogPart.PROJECTOR, LogPart.ADAPTER}
    part = LogPart(says.get("part", LogPart.MODEL if of_others else reading.part))
    name = says.get("buffer") or buffer_name(head)
    if part is LogPart.PROJECTOR and "part" in says and name.startswith("projector"):
        name = reading.clip_buffer or name
    if part is LogPart.MODEL:
        reading.goes_on(kind)
    reading.set_options(says)
    attempt = reading.attempt
    if part is LogPart.MODEL:
        ready = kind is ComponentKind.COMPUTE and reading.says_when_ready
        reached = Phase.READY if ready else Phase.CONTEXT
        attempt.phase = max(attempt.phase, reached if kind in CONTEXT_KINDS else Phase.LOADING)
    key = (kind, name, part)
    if part is LogPart.PROJECTOR:
        add(attempt.buffers, key, said_mib(says), replace_it=True)
    else:
        attempt.add_buffer(key, said_mib(says))


def total(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in the sum of several buffers."""
    if "cells" in says:
        cells(reading, says, head)
        return
    reading.set_options(says)
    attempt, kind = reading.attempt, _KINDS[says["kind"]]
    if kind in CONTEXT_KINDS and reading.part is LogPart.MODEL:
        ready = kind is ComponentKind.COMPUTE
        attempt.phase = max(attempt.phase, Phase.READY if ready else Phase.CONTEXT)
    add(attempt.totals, (kind, says["buffer"], reading.part), said_mib(says), replace_it=True)
    reading.of_2023 |= "era" in says


def cache_starts(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """A cache is laid out: what fails next is that cache."""
    del head
    reading.attempt.cache_kind = _KINDS[says["kind"]] if reading.part is LogPart.MODEL else None


def cells(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """The sum of a cache: its cells are the context, unless it is a sliding window's."""
    reading.set_options({k: v for k, v in says.items() if k.startswith("type_")})
    recurrent = says.get("recurrent") is not None or "recurrent" in head
    if recurrent or reading.part is not LogPart.MODEL:
        return
    attempt, count = reading.attempt, int(says["cells"])
    many = int(says["n_seq"]) > 1
    if "streams" in says and many:
        unified = int(says["streams"]) == 1
        attempt.options = replace(attempt.options, kv_unified=unified)
        count *= int(says["streams"])
    cells = int(says["cells"])
    if reading.context_told or cells >= _FULL_CELLS or cells == attempt.cells:
        attempt.cells = max(attempt.cells or 0, count)


def wrapper_estimate(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in what a program around the engine expects to be taken."""
    del head
    key = (_KINDS[says["kind"]], says["buffer"], LogPart.MODEL)
    add(reading.attempt.estimates, key, said_mib(says), replace_it=True)


def breakdown_row(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in a row of the table of memory that the engine prints at its end."""
    del head
    if "device" not in says:
        reading.breakdown.clear()
        return
    name = says["device"].split(" (")[0].strip()
    if "total" in says and name not in reading.attempt.devices:
        description = says["device"].partition(" (")[2][:-1]
        note_device(
            reading.attempt.devices, reading.ids, {**says, "description": description}, name
        )
    for kind, column in (("weights", "model"), ("kv_cache", "context"), ("compute", "compute")):
        if size := int(says[column]):
            key = (_KINDS[kind], name, LogPart.MODEL)
            add(reading.breakdown, key, float(size), replace_it=True)
