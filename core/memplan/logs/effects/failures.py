"""What failed, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from memplan.logs.attempt import Phase, Stage
from memplan.logs.log import Cause, Ending, Failure, LogPart
from memplan.logs.names import LIBRARY_TITLES
from memplan.logs.sizes import free_mib, said_bytes
from memplan.logs.state import Reading
from memplan.memory.component import ComponentKind

_VRAM_DOMAIN: Final = 4
"""AMD's driver: 2 is host memory that the device reaches, 4 its own."""
_ABOUT_MEMORY: Final = re.compile(r"buf|alloc|mem|nullptr|NULL", re.IGNORECASE)
"""What an assertion is about if an allocation may be behind it."""
_KINDS: Final = {kind.value: kind for kind in ComponentKind}


def harmless(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in a failure that the engine makes good by itself."""
    del head
    if reading.attempt.driver_only:
        reading.attempt.recover()
    reading.skips_reason = "reason_given" not in says


def allocation_failed(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in an allocation that failed, before a line tells for what."""
    del head
    reading.fail(says)
    attempt = reading.attempt
    attempt.allocation_bytes, attempt.allocation_part = said_bytes(says), reading.part
    attempt.allocation_buffer = "CPU" if says.get("cause") == Cause.HOST_MEMORY else None
    if "number" in says:
        attempt.allocation_buffer = f"CUDA{says['number']}"
    reading.lacks_reason = "cause" not in says


def buffer_failed(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in a buffer that could not be allocated."""
    del head
    reading.fail(says)
    reading.attempt.fail_buffer(says, said_bytes(says), reading.part)


def failure_told(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in what a failed buffer was for."""
    del head
    reading.fail(says)
    reading.attempt.tell_failure(_KINDS[says["kind"]], says.get("buffer"), reading.part)


def error(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in an error that says by itself what failed."""
    del head
    reading.fail(says)
    attempt = reading.attempt
    if ending := _ending(says):
        attempt.ending = ending
    if attempt.failure is None and says.keys() & {"kind", "size", "bytes", "decimal_size"}:
        kind = _KINDS.get(says.get("kind", ""))
        free = free_mib(says)
        attempt.failure = Failure(kind, None, said_bytes(says), device_free_mib=free)
    reading.set_options(says)


def reason(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in why an allocation failed."""
    del head
    reading.fail(says)


def graph_fails(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that a graph failed while it ran."""
    del head
    reading.fail(says)
    attempt = reading.attempt
    if attempt.failure is None:
        kind = _KINDS.get(says.get("kind", ""))
        attempt.failure = Failure(kind, None, None, part=reading.part)


def failed_in(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """On which device, and in which function, a graph failed."""
    del head
    attempt = reading.attempt
    if not reading.graph_failed or attempt.failure is None:
        return
    title = LIBRARY_TITLES.get(reading.backend, "CUDA")
    kind = attempt.failure.kind
    if kind is None and says["function"] == "alloc":
        kind = ComponentKind.COMPUTE  # the pool from which a graph takes what it needs
    named = attempt.failure.buffer or f"{title}{says['number']}"
    attempt.failure = replace(attempt.failure, kind=kind, buffer=named)


def driver_failed(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """AMD's driver says what it could not allocate, in lines of its own."""
    del head
    attempt = reading.attempt
    if "domains" in says:
        own = int(says["domains"]) & _VRAM_DOMAIN
        if attempt.driver_only:
            attempt.cause = Cause.TOTAL_MEMORY if own else Cause.HOST_MEMORY
    elif "bytes" in says:
        if attempt.driver_only:
            attempt.allocation_bytes = int(says["bytes"])
    elif not attempt.fails:
        reading.fail(says)
        attempt.driver_only = True


def retried(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that what failed is tried again."""
    del says, head
    reading.attempt.recover()


def backs_off(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """The wrapper tries again with less: what failed was no end."""
    del says, head
    if reading.attempt.fails:
        reading.begin()
        reading.before = None


def not_loaded(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that the model was not loaded."""
    if "fit_params" in head or "getting device memory" in head:
        return
    reading.attempt.probing = False
    reading.fail({**says, "at": "loading"})
    attempt = reading.attempt
    if attempt.stage in {Stage.UNKNOWN, Stage.PROBING}:
        attempt.stage = Stage.LOADING
    if "part" in says and attempt.failure is not None:
        attempt.failure = replace(attempt.failure, part=LogPart(says["part"]))


def not_decoded(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that a batch could not be computed."""
    del head
    warming_up = reading.attempt.phase is Phase.WARMING_UP
    reading.fail({**says, "at": "loading" if warming_up else "running"})


def stopped(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in how the process ended."""
    del head
    cause = Cause(says["cause"]) if says.get("cause") else None
    if "asserted" in says and not _ABOUT_MEMORY.search(says["asserted"]):
        cause = Cause.OTHER
    reading.attempt.stop(cause, _ending(says), reading.stage_now(says))


def _ending(says: Mapping[str, str]) -> tuple[Ending, str] | None:
    return (Ending(says["ending"]), says.get("code", "")) if says.get("ending") else None
