"""The order in which Metal computes the nodes of a run, and what it keeps alive.

Source: ``ggml-metal-common.cpp`` and ``ggml-metal-fusion.cpp`` of b11434: operations that will be
fused become one, then those that can run at the same time come together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from memplan.engines.llama_cpp.graph.backends.backend import Arrangement
from memplan.engines.llama_cpp.graph.backends.fusion import Keeping
from memplan.engines.llama_cpp.graph.backends.metal_fusion import PATTERNS_BY_FIRST, fused_span
from memplan.engines.llama_cpp.graph.flat import (
    COMPUTE_BUFFER,
    EMPTY_OPS,
    REPACKED_BUFFER,
    FlatGraph,
    Op,
)

_LOOKED_AHEAD: Final = 64

_MOVABLE: Final = EMPTY_OPS | {
    Op.MUL_MAT, Op.MUL_MAT_ID, Op.ROPE, Op.NORM, Op.RMS_NORM, Op.GROUP_NORM, Op.L2_NORM,
    Op.SUM_ROWS, Op.SSM_CONV, Op.SSM_SCAN, Op.CLAMP, Op.TRI, Op.DIAG, Op.MUL, Op.ADD, Op.SUB,
    Op.DIV, Op.GLU, Op.SCALE, Op.UNARY, Op.GET_ROWS, Op.SET_ROWS, Op.SET, Op.CPY, Op.CONT,
    Op.REPEAT,
}  # fmt: skip
"""Nothing is moved across any other operation."""


def _memory(graph: FlatGraph, tensor: int) -> int:
    """A number for the memory in which a tensor lies; the same where Metal sees an overlap.

    All weights of a device, and all its caches, count as one place each: in a dry run they have
    no addresses yet, and each seems to begin at 0.
    """
    base = graph.view_of[tensor]
    buffer = graph.buffers[base]
    if buffer == COMPUTE_BUFFER:
        return base
    return 2 * (REPACKED_BUFFER - buffer) - 1 - graph.is_weight[base]


class _Group:
    """Nodes that stay together, and the memory that they read and write."""

    __slots__ = ("is_empty", "is_movable", "nodes", "reads", "touches", "writes")

    def __init__(self, graph: FlatGraph, nodes: Sequence[int]) -> None:
        self.nodes = nodes
        op = graph.ops[nodes[0]]
        self.is_empty = op in EMPTY_OPS
        self.is_movable = op in _MOVABLE
        self.writes = {_memory(graph, node) for node in nodes}
        self.reads = {
            _memory(graph, source)
            for node in nodes
            for source in graph.sources[node]
            if source not in nodes
        }
        self.touches = self.reads | self.writes


class _Running:
    """The memory that a set of groups reads and writes."""

    __slots__ = ("touched", "written")

    def __init__(self) -> None:
        self.touched: set[int] = set()
        self.written: set[int] = set()

    def add(self, group: _Group) -> None:
        """One more group runs."""
        self.touched |= group.touches
        self.written |= group.writes

    def lets_run(self, group: _Group) -> bool:
        """Whether a group can run at the same time."""
        return self.written.isdisjoint(group.touches) and self.touched.isdisjoint(group.writes)


def _groups(graph: FlatGraph, nodes: Sequence[int]) -> list[_Group]:
    groups = []
    place = 0
    while place < len(nodes):
        span = fused_span(graph, nodes, place)
        groups.append(_Group(graph, nodes[place : place + span]))
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
