"""The order in which Metal computes the nodes of a run, and what it keeps alive.

Source: ``ggml-metal-common.cpp`` and ``ggml-metal-fusion.cpp`` of b11434: operations that will be
fused become one, then those that can run at the same time come together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from memplan.engines.llama_cpp.graph.backends.backend import Arrangement
from memplan.engines.llama_cpp.graph.backends.fusion import Keeping
from memplan.engines.llama_cpp.graph.backends.layouts import tensor_bytes
from memplan.engines.llama_cpp.graph.backends.metal_fusion import PATTERNS_BY_FIRST, fused_span
from memplan.engines.llama_cpp.graph.flat import (
    COMPUTE_BUFFER,
    EMPTY_OPS,
    REPACKED_BUFFER,
    FlatGraph,
    Op,
)

_LOOKED_AHEAD: Final = 64

ALIGNMENT_BYTES: Final = 32
"""What each tensor in a buffer of Metal is padded to."""

_MOVABLE: Final = EMPTY_OPS | {
    Op.MUL_MAT, Op.MUL_MAT_ID, Op.ROPE, Op.NORM, Op.RMS_NORM, Op.GROUP_NORM, Op.L2_NORM,
    Op.SUM_ROWS, Op.SSM_CONV, Op.SSM_SCAN, Op.CLAMP, Op.TRI, Op.DIAG, Op.MUL, Op.ADD, Op.SUB,
    Op.DIV, Op.GLU, Op.SCALE, Op.UNARY, Op.GET_ROWS, Op.SET_ROWS, Op.SET, Op.CPY, Op.CONT,
    Op.REPEAT,
}  # fmt: skip
"""Nothing is moved across any other operation."""


class _Memories:
    """In which memory tensors lie, as Metal sees it when it looks for overlaps.

    A dry run has no addresses: all weights of a device, and all its KV caches, seem to begin at
    0, and are one place each. Recurrent states do have addresses. They lie one behind the other,
    and what ends where the next one begins counts as overlapping.
    """

    def __init__(self, graph: FlatGraph, nodes: Sequence[int]) -> None:
        self._graph = graph
        self._caches = {graph.view_of[node] for node in nodes if graph.ops[node] is Op.SET_ROWS}
        self.following: dict[int, int] = {}
        self._last_state: dict[int, int] = {}
        for node in nodes:
            self._note_state(graph.view_of[node])

    def _note_state(self, base: int) -> None:
        graph = self._graph
        buffer = graph.buffers[base]
        if buffer == COMPUTE_BUFFER or graph.is_weight[base] or base in self._caches:
            return
        if base not in self.following:
            before = self._last_state.get(buffer)
            if before is not None and tensor_bytes(graph, before) % ALIGNMENT_BYTES == 0:
                self.following[before] = base
            self.following[base] = base
            self._last_state[buffer] = base

    def of(self, tensor: int) -> int:
        """A number for the memory of a tensor."""
        graph = self._graph
        base = graph.view_of[tensor]
        buffer = graph.buffers[base]
        if buffer == COMPUTE_BUFFER or (not graph.is_weight[base] and base not in self._caches):
            return base
        return 2 * (REPACKED_BUFFER - buffer) - 1 - graph.is_weight[base]

    def reached(self, places: set[int]) -> set[int]:
        """These places, and the states that begin where one of them ends."""
        if not self.following:
            return places
        return places | {self.following[place] for place in places if place in self.following}


class _Group:
    """Nodes that stay together, and the memory that they read and write."""

    __slots__ = ("is_empty", "is_movable", "nodes", "touched", "touches", "writes", "written")

    def __init__(self, graph: FlatGraph, nodes: Sequence[int], memories: _Memories) -> None:
        self.nodes = nodes
        op = graph.ops[nodes[0]]
        self.is_empty = op in EMPTY_OPS
        self.is_movable = op in _MOVABLE
        self.written = {memories.of(node) for node in nodes}
        self.touched = self.written | {
            memories.of(source)
            for node in nodes
            for source in graph.sources[node]
            if source not in nodes
        }
        self.writes = memories.reached(self.written)
        self.touches = memories.reached(self.touched)


class _Running:
    """The memory that a set of groups reads and writes."""

    __slots__ = ("touched", "written")

    def __init__(self) -> None:
        self.touched: set[int] = set()
        self.written: set[int] = set()

    def add(self, group: _Group) -> None:
        """One more group runs."""
        self.touched |= group.touched
        self.written |= group.written

    def lets_run(self, group: _Group) -> bool:
        """Whether a group can run at the same time."""
        return self.written.isdisjoint(group.touches) and self.touched.isdisjoint(group.writes)


def _groups(graph: FlatGraph, nodes: Sequence[int]) -> list[_Group]:
    groups = []
    memories = _Memories(graph, nodes)
    place = 0
    while place < len(nodes):
        span = fused_span(graph, nodes, place)
        groups.append(_Group(graph, nodes[place : place + span], memories))
        place += span
    return groups


def _concurrent(groups: Sequence[_Group]) -> list[_Group]:
    """The groups with those that can run at the same time beside each other."""
    order = []
    used = bytearray(len(groups))
    running = _Running()
    for number, group in enumerate(groups):
        if used[number]:
            continue
        if not group.is_empty and not running.lets_run(group):
            skipped = _Running()
            skipped.add(group)
            for other in range(number + 1, min(number + _LOOKED_AHEAD, len(groups))):
                if used[other]:
                    continue
                candidate = groups[other]
                if not candidate.is_movable:
                    break
                if (candidate.is_empty or running.lets_run(candidate)) and skipped.lets_run(
                    candidate
                ):
                    running.add(candidate)
                    order.append(candidate)
                    used[other] = 1
                else:
                    skipped.add(candidate)
            running = _Running()
        running.add(group)
        order.append(group)
    return order


def _keep_operands(graph: FlatGraph, nodes: Sequence[int], keeping: Keeping) -> None:
    """Whatever looks like a fused operation keeps its operands, whether it is one or not."""
    ops = tuple(graph.ops[node] for node in nodes)
    place = 0
    while place < len(ops):
        longest = 0
        for pattern in PATTERNS_BY_FIRST[ops[place]]:
            length = len(pattern)
            if length > longest and ops[place : place + length] == pattern:
                longest = length
        if longest:
            group = nodes[place : place + longest]
            keeping.keep_operands(graph, group, group[-1])
        place += longest or 1


def ordered(graph: FlatGraph, nodes: Sequence[int]) -> Arrangement:
    """The nodes in Metal's order, and what must live longer for fused operations."""
    keeping = Keeping()
    _keep_operands(graph, nodes, keeping)
    order = [node for group in _concurrent(_groups(graph, nodes)) for node in group.nodes]
    return order, keeping.kept
