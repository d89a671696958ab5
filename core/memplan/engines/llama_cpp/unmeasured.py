"""Compute buffers on backends of which no figures of the engine were at hand: they get a band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from memplan.engines.llama_cpp.backends import BACKEND_ROWS
from memplan.engines.llama_cpp.graph.buffers import ComputeBuffer
from memplan.memory.backend import Backend
from memplan.memory.component import Formula


def with_bands(
    buffers: Mapping[int, ComputeBuffer], devices: Sequence[Backend]
) -> Mapping[int, ComputeBuffer]:
    """The buffers of a run on these devices; exact ones only where figures were at hand."""
    share = max((BACKEND_ROWS[device].unmeasured_share for device in devices), default=0.0)
    if not share:
        return buffers
    return {
        memory: replace(buffer, exact=False, band=_band(buffer.formula, share))
        if buffer.exact
        else buffer
        for memory, buffer in buffers.items()
    }


def _band(formula: Formula, share: float) -> Formula:
    return lambda context: formula(context) * share
