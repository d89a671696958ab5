"""A log held against a model: whether they belong together, and what the plan says of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from memplan.logs.advice import LogAdvice, advice_for
from memplan.logs.log import Log, LogPart
from memplan.logs.planned import (
    Comparison,
    compare,
    is_of_another_model,
    planned_failed_bytes,
    request_from_log,
)
from memplan.memory.component import ComponentKind
from memplan.model import Model
from memplan.planning.planner import plan
from memplan.reader.header import Tensor
from memplan.units import MIB

_SPARE: float = 1.02
"""Padding and copies of tied tensors: a log has a little more weights than the file."""


class Stranger(StrEnum):
    """Why a log cannot be of a model."""

    LAYERS = "layers"
    WEIGHTS = "weights"


@dataclass(frozen=True, slots=True)
class Against:
    """What a model tells of a log.

    Attributes:
        model: the model's name.
        stranger: why the log cannot be of this model; ``None`` if it can.
        comparisons: logged against planned; none for a stranger.
        planned_failed_bytes: what the plan gives for all buffers of the kind that failed, there.
        tensor: the one tensor whose bytes are exactly those that could not be allocated.
        advice: what to change, planned with the model.
    """

    model: str
    stranger: Stranger | None = None
    comparisons: tuple[Comparison, ...] = ()
    planned_failed_bytes: int | None = None
    tensor: Tensor | None = None
    advice: tuple[LogAdvice, ...] = ()


def hold_against(log: Log, model: Model) -> Against:
    """Hold a log against a model, unless it is another's.

    Raises:
        UnsupportedRequestError: the engine does not run the model with the log's options.
    """
    stranger = stranger_to(log, model)
    if stranger is not None:
        return Against(model.name, stranger, advice=advice_for(log))
    answer = plan(model, request_from_log(log, model))
    return Against(
        model.name,
        None,
        compare(log, answer),
        planned_failed_bytes(log, answer),
        failing_tensor(log, model),
        advice_for(log, answer),
    )


def stranger_to(log: Log, model: Model) -> Stranger | None:
    """Why a log cannot be of a model: its layers, or more weights than the model has."""
    if is_of_another_model(log, model):
        return Stranger.LAYERS
    logged_mib = max(
        (
            buffer.mib
            for buffer in log.buffers
            if buffer.kind is ComponentKind.WEIGHTS and buffer.part is LogPart.MODEL
        ),
        default=0.0,
    )
    failed = log.failed
    if failed and failed.kind is ComponentKind.WEIGHTS and failed.part is LogPart.MODEL:
        logged_mib = max(logged_mib, (failed.bytes or 0) / MIB)
    whole_mib = sum(tensor.bytes for tensor in model.tensors) / MIB
    return Stranger.WEIGHTS if whole_mib and logged_mib > whole_mib * _SPARE else None


def failing_tensor(log: Log, model: Model) -> Tensor | None:
    """The one tensor that has exactly as many bytes as could not be allocated."""
    failed = log.failed
    if failed is None or failed.part is not LogPart.MODEL:
        return None
    for size in (failed.allocation_bytes, failed.bytes):
        found = [tensor for tensor in model.tensors if size and tensor.bytes == size]
        if len(found) == 1:
            return found[0]
    return None
