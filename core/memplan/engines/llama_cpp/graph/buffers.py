"""The compute buffers of a start over all contexts, and an estimate where no graph can be built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from memplan.engines.llama_cpp.arithmetic import padded
from memplan.engines.llama_cpp.cells import CELL_MULTIPLE
from memplan.engines.llama_cpp.graph.curve import Curve, Piece, trace
from memplan.engines.llama_cpp.graph.footprint import GraphRequest, are_alike, compute_around
from memplan.engines.llama_cpp.graph.model_graph import MissingTensorError
from memplan.engines.llama_cpp.graph.reservation import Around
from memplan.engines.llama_cpp.graph.scheduler import UnsupportedGraphError
from memplan.engines.llama_cpp.kv_cache import cache_geometry
from memplan.engines.llama_cpp.placement import HOST
from memplan.memory.component import Formula

_F32_BYTES: Final = 4
_MOST_NODES: Final = 60_000
"""What a graph may have: four times the largest known."""

_NODES_OF_LAYER: Final = 80
_ROUGHLY: Final = 0.5
"""Half the width of the band of an estimate, as a share of it."""

_CONTEXTS_KEPT: Final = 64

_MOST_FIRST_ONES: Final = 24
"""Of contexts no longer than a micro-batch so many are followed for a curve."""

_UNFOLLOWED: Final = (
    MissingTensorError,
    UnsupportedGraphError,
    ArithmeticError,
    LookupError,
    ValueError,
    RecursionError,
)
"""What a file of which llama.cpp would make nothing can lead to; it is estimated."""


@dataclass(frozen=True, slots=True, eq=False)
class ComputeBuffer:
    """The compute buffer of one memory.

    Attributes:
        formula: its bytes at a context.
        exact: whether the graph was followed; else it is an estimate.
        band: bytes by which it may be off either way, at a context; ``None`` if exact.
    """

    formula: Formula
    exact: bool
    band: Formula | None


def compute_buffers(request: GraphRequest) -> Mapping[int, ComputeBuffer]:
    """The compute buffer of each memory, the host's among them."""
    axis = _Axis(request)
    return {
        memory: ComputeBuffer(
            axis.formula(memory),
            exact=axis.exact,
            band=None if axis.exact else axis.band(memory),
        )
        for memory in request.placement.memories()
    }


def buffers_at(request: GraphRequest, context: int) -> dict[int, int]:
    """Bytes of the compute buffer in each memory at one context: exact, or an estimate."""
    totals = dict.fromkeys(request.placement.memories(), 0)
    totals.update(_followed(request, context) or estimated_bytes(request, context))
    return totals


def _followed(request: GraphRequest, context: int) -> dict[int, int] | None:
    around = _around(request, context)
    return None if around is None else dict(around.values)


def _around(request: GraphRequest, context: int) -> Around | None:
    shape = request.shape
    nodes = len(shape.layers) * (_NODES_OF_LAYER + 2 * max(shape.expert_used_count, 0))
    if nodes > _MOST_NODES:
        return None
    try:
        return compute_around(request, context)
    except _UNFOLLOWED:
        return None


def estimated_bytes(request: GraphRequest, context: int) -> dict[int, int]:
    """What a decoder of such dimensions would take, where the graph cannot be followed.

    The widest stage of a layer above a few residual streams and the mask, or the logits.
    """
    shape, settings = request.shape, request.settings
    row = _F32_BYTES * int(settings.micro_batch(context))
    cells = int(cache_geometry(shape, settings).full_cells(context))
    heads = max((layer.head_count for layer in shape.layers), default=shape.head_count)
    experts = shape.expert_used_count * shape.expert_feed_forward_length
    widest = max(3 * shape.feed_forward_length, 3 * experts, 3 * heads * shape.key_length)
    mask = row // 2 * cells
    scores = 0 if settings.flash_attn else row * heads * cells + mask
    logits = _F32_BYTES * shape.vocabulary * int(settings.output_rows(context))
    streams = 4 * shape.embedding_length * row
    device = streams + mask + max(widest * row + scores, logits)
    return {
        memory: streams + mask if memory == HOST else device
        for memory in request.placement.memories()
    }


class _Axis:
    """The context axis of one request; the curve is traced when contexts are first asked for."""

    def __init__(self, request: GraphRequest) -> None:
        self._request = request
        self._memories = tuple(request.placement.memories())
        self._curve: Curve | None = None
        self._at = lru_cache(maxsize=_CONTEXTS_KEPT)(self._sampled)
        settings = request.settings
        self._step_tokens = CELL_MULTIPLE * settings.streams
        # From here on a micro-batch is as long as it gets.
        self._settled = -(-settings.full_micro_batch // self._step_tokens) + 1
        self._end = self._settled
        self.exact = _followed(request, self._context_of(self._settled)) is not None

    def formula(self, memory: int) -> Formula:
        """Bytes in a memory at a context or at each of an array of them."""
        number = self._memories.index(memory)

        def bytes_at(context: Any) -> Any:
            if isinstance(context, np.ndarray):
                return self._array(context, number)
            return self._single(int(context), number)

        return bytes_at

    def band(self, memory: int) -> Formula:
        """By how much an estimate may be off."""
        formula = self.formula(memory)
        return lambda context: formula(context) * _ROUGHLY

    def _context_of(self, step: int) -> int:
        """The longest context of a step."""
        return step * self._step_tokens

    def _step_of(self, context: Any) -> Any:
        return padded(context, self._step_tokens) // self._step_tokens

    def _sampled(self, context: int) -> tuple[int, ...]:
        return self._row(buffers_at(self._request, context))

    def _row(self, found: Mapping[int, int]) -> tuple[int, ...]:
        return tuple(found.get(memory, 0) for memory in self._memories)

    def _piece(self, step: int) -> Piece:
        """The straight piece around a step, as far as is known."""
        context = self._context_of(step)
        around = _around(self._request, context) if self.exact else None
        if around is None or around.slopes is None:
            return Piece(step, step, self._at(context), None)
        first = self._reached(step, max(step - around.below, self._settled))
        last = self._reached(step, min(step + around.above, self._end))
        slopes = self._row(around.slopes)
        here = Piece(step, step, self._row(around.values), slopes)
        return Piece(first, last, here.at(first), slopes)

    def _reached(self, step: int, end: int) -> int:
        """A step on the way to another, as far as graphs differ in lengths only."""
        here = self._context_of(step)
        while end != step and not are_alike(self._request, here, self._context_of(end), end - step):
            end = step + int((end - step) / 2)
        return end

    def _single(self, context: int, number: int) -> int:
        step = int(self._step_of(context))
        return self._at(max(context, 1) if step < self._settled else self._context_of(step))[number]

    def _array(self, contexts: NDArray[Any], number: int) -> NDArray[Any]:
        steps = np.asarray(self._step_of(contexts), dtype=np.int64)
        result = np.zeros(len(contexts), dtype=np.int64)
        early = steps < self._settled
        if early.any():
            result[early] = self._first_ones(
                np.maximum(contexts[early].astype(np.int64), 1), number
            )
        if not early.all():
            late = steps[~early]
            result[~early] = self._covering(int(late.max())).at(late, number)
        return result

    def _first_ones(self, contexts: NDArray[np.int64], number: int) -> NDArray[np.int64]:
        """Bytes where a micro-batch is no longer than the context, each a graph of its own."""
        known = np.unique(contexts)
        if len(known) > _MOST_FIRST_ONES:
            # A line in a chart; what is read out is followed.
            known = known[np.linspace(0, len(known) - 1, _MOST_FIRST_ONES).astype(np.int64)]
        values = [self._at(int(context))[number] for context in known]
        found: NDArray[np.int64] = np.rint(np.interp(contexts, known, values)).astype(np.int64)
        return found

    def _covering(self, step: int) -> Curve:
        """The curve at least up to a step."""
        curve = self._curve
        if curve is None or curve.last < step:
            trained = int(self._step_of(max(self._request.shape.context_length, 1)))
            self._end = max(step, trained, self._settled)
            curve = self._curve = trace(self._piece, self._settled, self._end)
        return curve
