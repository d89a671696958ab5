"""What each kind of line does to what is known of a log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from memplan.engines.log_row import QUOTES, Effect, LineKind
from memplan.exhaustive import exhaustive
from memplan.logs.effects import failures, options, progress, sizes
from memplan.logs.names import backend_name
from memplan.logs.state import Reading


def _none(reading: Reading, says: Mapping[str, str], head: str) -> None:
    del reading, says, head


_EFFECTS: Final[Mapping[Effect, Callable[[Reading, Mapping[str, str], str], None]]] = exhaustive(
    Effect,
    {
        Effect.NONE: _none,
        Effect.ANNOUNCED: progress.announced,
        Effect.LOAD_STARTS: progress.load_starts,
        Effect.PART_STARTS: progress.part_starts,
        Effect.CONTEXT_STARTS: progress.context_starts,
        Effect.CONTEXT_SIZED: progress.context_sized,
        Effect.WARMS_UP: progress.warms_up,
        Effect.LOADED: progress.loaded,
        Effect.RUNS: progress.runs,
        Effect.BUFFER: sizes.buffer,
        Effect.TOTAL: sizes.total,
        Effect.CACHE_STARTS: sizes.cache_starts,
        Effect.WRAPPER_ESTIMATE: sizes.wrapper_estimate,
        Effect.WRAPPER_REQUEST: options.wrapper_request,
        Effect.ASKED: options.asked,
        Effect.BREAKDOWN: sizes.breakdown_row,
        Effect.OPTION: options.option,
        Effect.DEVICE: options.device,
        Effect.HOST: options.host,
        Effect.FIT: options.fit,
        Effect.NOTED: options.noted,
        Effect.VERSION: options.set_version,
        Effect.HARMLESS: failures.harmless,
        Effect.ALLOCATION_FAILED: failures.allocation_failed,
        Effect.BUFFER_FAILED: failures.buffer_failed,
        Effect.FAILURE_TOLD: failures.failure_told,
        Effect.REASON: failures.reason,
        Effect.ERROR: failures.error,
        Effect.GRAPH_FAILED: failures.graph_fails,
        Effect.FAILED_IN: failures.failed_in,
        Effect.DRIVER_FAILED: failures.driver_failed,
        Effect.RETRIED: failures.retried,
        Effect.BACKS_OFF: failures.backs_off,
        Effect.NOT_LOADED: failures.not_loaded,
        Effect.NOT_DECODED: failures.not_decoded,
        Effect.STOPPED: failures.stopped,
    },
)


def take(reading: Reading, kind: LineKind, match: re.Match[str], text: str) -> bool:
    """Take in a line that was understood.

    Returns:
        Whether the rest of the line, after the match, is to be read as a line, too.
    """
    says = {**dict(kind.says), **{k: v for k, v in match.groupdict().items() if v is not None}}
    says["text"] = text
    reading.engine = says.get("engine") or reading.engine
    reading.note_wrapper(says.get("wrapper", ""))
    reading.note_program(text)
    if "backend" in says:
        reading.backend = backend_name(says["backend"]) or reading.backend
    if memory := says.get("memory"):
        reading.backend = "metal" if memory.startswith(("Metal", "UMA")) else "vulkan"
    if api := says.get("api"):
        reading.backend = "cuda" if api.upper() in {"CUDA", "CU"} else "rocm"
    if reading.lacks_reason and kind.effect is not Effect.REASON:
        reading.attempt.assume_cause("Vulkan")  # the line that gives a reason did not come
    reading.lacks_reason = False
    skips, reading.skips_reason = reading.skips_reason, False
    if not (skips and kind.effect is Effect.REASON):
        _EFFECTS[kind.effect](reading, says, text[: match.start()])
    if kind.effect is not Effect.FAILED_IN:
        reading.graph_failed = kind.effect is Effect.GRAPH_FAILED
    return kind.effect in QUOTES
