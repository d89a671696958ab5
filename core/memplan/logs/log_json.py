"""A log as JSON: the object that ``memplan explain --json`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from memplan.logs.advice import LogAdvice, advice_for
from memplan.logs.against import Against
from memplan.logs.log import Buffer, Failure, FitReport, Log, LogPart
from memplan.logs.planned import Comparison
from memplan.logs.shortfall import short_by_bytes

LOG_SCHEMA: Final = "memplan.log/1"


def log_to_json(log: Log, against: Against | None = None) -> dict[str, Any]:
    """A log as an object of numbers, strings and flags. Fields are added, never renamed.

    Only what the reader understood is in it: no time, path or text of the log. What a model tells
    of it is there where it is held against one.
    """
    comparisons = against.comparisons if against else ()
    advice = against.advice if against else advice_for(log)
    return {
        "schema": LOG_SCHEMA,
        "engine": log.engine,
        "wrapper": log.wrapper,
        "version": log.version,
        "backend": log.backend,
        "outcome": log.outcome.value if log.outcome else None,
        "cause": log.cause.value if log.cause else None,
        "failed": _failure(log.failed, against) if log.failed else None,
        "short_by_bytes": short_by_bytes(log),
        "ending": log.ending.value if log.ending else None,
        "options": asdict(log.options),
        "buffers": [_buffer(buffer, comparisons) for buffer in log.buffers],
        "compared": [_comparison(comparison) for comparison in comparisons],
        "devices": [asdict(device) for device in log.devices],
        "fit": _fit(log.fit) if log.fit else None,
        "advice": [_advice(item) for item in advice],
        "stranger": against.stranger.value if against and against.stranger else None,
        "not_understood": log.not_understood,
    }


def _failure(failure: Failure, against: Against | None) -> dict[str, Any]:
    """What failed. The kind is the model's: of another part only the part is told."""
    model = failure.part is LogPart.MODEL
    kind = failure.kind.value if failure.kind and model else None
    tensor = against.tensor if against else None
    return asdict(failure) | {
        "kind": kind,
        "tensor": failure.tensor or (tensor.name if tensor else None),
        "part": failure.part.value,
        "planned_bytes": against.planned_failed_bytes if against else None,
    }


def _fit(fit: FitReport) -> dict[str, Any]:
    return asdict(fit) | {
        "layers": [
            {"device": name, "layers": layers, "overflowing": overflowing}
            for name, layers, overflowing in fit.layers
        ]
    }


def _advice(item: LogAdvice) -> dict[str, Any]:
    return asdict(item) | {"change": item.change.value}


def _buffer(buffer: Buffer, comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """A buffer; planned bytes only where it is the only one of its kind in its place."""
    planned_mib = next(
        (
            c.planned_mib
            for c in comparisons
            if (c.kind, c.where, c.part.value, c.buffers)
            == (buffer.kind, buffer.where, buffer.part.value, (buffer.buffer,))
        ),
        None,
    )
    part = {} if buffer.part is LogPart.MODEL else {"part": buffer.part.value}
    return {
        "kind": buffer.kind.value,
        "buffer": buffer.title,
        "mib": buffer.mib,
        "planned_mib": planned_mib,
        **part,
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "kind": comparison.kind.value,
        "where": comparison.where.value,
        "part": comparison.part.value,
        "buffers": list(comparison.buffers),
        "logged_mib": comparison.logged_mib,
        "planned_mib": comparison.planned_mib,
        "difference_mib": comparison.difference_mib,
        "exact": comparison.exact,
        "kept_on_host": list(comparison.kept_on_host),
    }
