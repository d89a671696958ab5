"""Small graphs made by hand, and backends with round numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from memplan.engines.llama_cpp.graph.allocator import ENDLESS_BYTES, chunk_bytes, lifetimes
from memplan.engines.llama_cpp.graph.backends.backend import Backend
from memplan.engines.llama_cpp.graph.backends.layouts import F32, tensor_bytes
from memplan.engines.llama_cpp.graph.flat import (
    COMPUTE_BUFFER,
    HOST_BUFFER,
    REPACKED_BUFFER,
    Dimensions,
    FlatGraph,
    Op,
)
from memplan.engines.llama_cpp.graph.scheduler import SplitGraph


class Sketch:
    """A graph under construction: every tensor is a row of 32-bit numbers unless said."""

    def __init__(self) -> None:
        self._graph = FlatGraph(
            ops=[],
            types=[],
            shapes=[],
            strides=[],
            sources=[],
            view_of=[],
            view_offsets=[],
            is_input=bytearray(),
            is_output=bytearray(),
            is_weight=bytearray(),
            buffers=[],
            uses={},
            details=[],
            nodes=[],
            leafs=[],
        )
        self._nodes: list[int] = []
        self._leafs: list[int] = []

    def _add(self, op: Op, shape: Dimensions, sources: tuple[int, ...], buffer: int) -> int:
        graph = self._graph
        number = len(graph.ops)
        graph.ops.append(op)
        graph.types.append(F32)
        graph.shapes.append(shape)
        width, rows, third, _ = shape
        graph.strides.append((4, 4 * width, 4 * width * rows, 4 * width * rows * third))
        graph.sources.append(sources)
        graph.view_of.append(number)
        graph.view_offsets.append(0)
        for flags in (graph.is_input, graph.is_output, graph.is_weight):
            flags.append(0)
        graph.buffers.append(buffer)
        graph.details.append(0)
        return number

    def weight(self, width: int, rows: int = 1, *, buffer: int = 0) -> int:
        """A weight in a buffer."""
        number = self._add(Op.NONE, (width, rows, 1, 1), (), buffer)
        self._graph.is_weight[number] = 1
        self._leafs.append(number)
        return number

    def cache(self, width: int, *, buffer: int = 0) -> int:
        """A cache in a buffer."""
        number = self._add(Op.NONE, (width, 1, 1, 1), (), buffer)
        self._leafs.append(number)
        return number

    def input(self, width: int, rows: int = 1) -> int:
        """An input of the graph."""
        number = self._add(Op.NONE, (width, rows, 1, 1), (), COMPUTE_BUFFER)
        self._graph.is_input[number] = 1
        self._leafs.append(number)
        return number

    def node(self, op: Op, width: int, *sources: int, rows: int = 1) -> int:
        """A tensor that is computed."""
        number = self._add(op, (width, rows, 1, 1), sources, COMPUTE_BUFFER)
        self._nodes.append(number)
        return number

    def view(self, of: int, op: Op = Op.VIEW, *others: int) -> int:
        """A view of a whole tensor, or an operation that writes into it."""
        graph = self._graph
        number = self._add(op, graph.shapes[of], (*others, of), COMPUTE_BUFFER)
        graph.view_of[number] = graph.view_of[of]
        self._nodes.append(number)
        return number

    def output(self, tensor: int) -> int:
        """Mark a tensor that is read after the graph was computed."""
        self._graph.is_output[tensor] = 1
        return tensor

    def type(self, tensor: int, kind: int) -> int:
        """Give a tensor another type; its strides stay."""
        self._graph.types[tensor] = kind
        return tensor

    def flat(self) -> FlatGraph:
        """The graph."""
        graph = self._graph
        graph.nodes, graph.leafs = tuple(self._nodes), tuple(self._leafs)
        graph.uses = Counter(source for sources in graph.sources for source in sources)
        return graph


def anything(graph: FlatGraph, tensor: int) -> bool:
    """A backend that has every operation."""
    return True


def device(
    number: int = 0,
    *,
    supports: Callable[[FlatGraph, int], bool] = anything,
    offloads: Callable[[FlatGraph, int], bool] | None = None,
) -> Backend:
    """A device with round numbers."""
    return Backend(
        buffer=number,
        reads=frozenset({number}),
        alignment_bytes=16,
        largest_buffer_bytes=ENDLESS_BYTES,
        largest_operand_bytes=ENDLESS_BYTES,
        supports=supports,
        offloads=offloads,
        allocated_bytes=tensor_bytes,
        arrange=None,
    )


def host() -> Backend:
    """The processor with round numbers."""
    return Backend(
        buffer=HOST_BUFFER,
        reads=frozenset({HOST_BUFFER, REPACKED_BUFFER}),
        alignment_bytes=16,
        largest_buffer_bytes=ENDLESS_BYTES,
        largest_operand_bytes=ENDLESS_BYTES,
        supports=anything,
        offloads=None,
        allocated_bytes=tensor_bytes,
        arrange=None,
    )


def buffers_bytes(split: SplitGraph, backends: list[Backend]) -> list[tuple[int, ...]]:
    """The chunks of each buffer."""
    found = []
    for owner, moves in zip(
        split.buffer_owners, lifetimes(split.placed, len(split.buffer_owners)), strict=True
    ):
        backend = backends[owner]
        step = backend.alignment_bytes
        sizes = [
            -(-backend.allocated_bytes(split.graph, tensor) // step) * step
            for tensor in range(len(split.graph.ops))
        ]
        found.append(chunk_bytes(moves, sizes, backend.largest_buffer_bytes))
    return found
