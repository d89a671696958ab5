"""What CUDA keeps alive for fused operations, and moves for them.

Source: ``ggml_backend_cuda_graph_optimize`` of b11434, without the part for concurrent streams,
which is off unless an environment variable asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from memplan.engines.llama_cpp.graph.backends.backend import Arrangement
from memplan.engines.llama_cpp.graph.backends.fusion import Keeping, is_closed
from memplan.engines.llama_cpp.graph.backends.layouts import F32, QUANTISED, is_contiguous
from memplan.engines.llama_cpp.graph.flat import COMPUTE_BUFFER, FlatGraph, Op, Unary

_Thing = TypeVar("_Thing")

_MOST_REDUCED_EXPERTS: Final = 15
"""``MOE_WEIGHTED_REDUCTION_MAX_EXPERTS``."""

_ROUTED: Final = [Op.MUL_MAT_ID, Op.MUL_MAT_ID, Op.GLU]
_SHARED: Final = [Op.MUL_MAT, Op.MUL_MAT, Op.GLU]

_SELECTION: Final = [Op.ARGSORT, Op.VIEW, Op.GET_ROWS]
_NORMALISATION: Final = [Op.RESHAPE, Op.SUM_ROWS, Op.CLAMP, Op.DIV, Op.RESHAPE]


def kept_for_fusion(
    graph: FlatGraph, nodes: Sequence[int], *, groups_shared_experts: bool
) -> Arrangement:
    """The nodes in CUDA's order, and what must live longer."""
    fusion = _Fusion(graph, nodes)
    if groups_shared_experts:
        fusion.group_shared_experts()
    fusion.keep_for_experts()
    return fusion.nodes, fusion.keeping.kept


def _move_three(things: list[_Thing], start: int, target: int) -> None:
    """Move three things to an earlier place."""
    moved = things[start : start + 3]
    del things[start : start + 3]
    things[target:target] = moved


class _Fusion:
    def __init__(self, graph: FlatGraph, nodes: Sequence[int]) -> None:
        self.graph = graph
        self.nodes = list(nodes)
        self.ops = [graph.ops[node] for node in nodes]
        self.uses = graph.uses
        self.keeping = Keeping()

    def group_shared_experts(self) -> None:
        """A shared expert's three operations move behind those of the experts."""
        ops, nodes = self.ops, self.nodes
        place = 0
        while place + 5 < len(ops):
            if ops[place] is Op.MUL_MAT_ID:
                other = self._shared_expert_after(place)
                if other is not None:
                    _move_three(ops, other, place + 3)
                    _move_three(nodes, other, place + 3)
                    product = self.graph.sources[nodes[place + 2]][1]
                    for operand in self.graph.sources[product][1:3]:
                        self.keeping.keep(operand, nodes[place + 5])
                    place += 5
            place += 1

    def _shared_expert_after(self, place: int) -> int | None:
        ops = self.ops
        for other in range(place + 3, len(ops) - 2):
            if ops[other] is ops[other + 1] is Op.MUL_MAT_ID:
                return None
            if ops[other] is Op.MUL_MAT and self._matches_shared_expert(place, other):
                return other
        return None

    def _matches_shared_expert(self, place: int, other: int) -> bool:
        graph, nodes, ops = self.graph, self.nodes, self.ops
        if ops[place : place + 3] != _ROUTED or ops[other : other + 3] != _SHARED:
            return False
        routed, shared = nodes[place + 2], nodes[other + 2]
        group = nodes[place : place + 3] + nodes[other : other + 3]
        if not is_closed(graph, group, (routed, shared), self.uses):
            return False
        if set(graph.sources[routed]) != set(nodes[place : place + 2]):
            return False
        if set(graph.sources[shared]) != set(nodes[other : other + 2]):
            return False
        gate, up = graph.sources[routed]
        shared_gate, shared_up = graph.sources[shared]
        return (
            self._is_gated(gate, up)
            and self._is_gated(shared_gate, shared_up)
            and self._has_like_weights(up, shared_up, shared_gate)
        )

    def _is_gated(self, gate: int, up: int) -> bool:
        graph = self.graph
        weights = graph.sources[gate][0], graph.sources[up][0]
        return (
            graph.types[weights[0]] == graph.types[weights[1]]
            and graph.shapes[weights[0]] == graph.shapes[weights[1]]
            and graph.strides[weights[0]] == graph.strides[weights[1]]
            and graph.sources[gate][1:] == graph.sources[up][1:]
        )

    def _has_like_weights(self, up: int, shared_up: int, shared_gate: int) -> bool:
        graph = self.graph
        weight, operand = graph.sources[up][:2]
        shared_weight, shared_operand = graph.sources[shared_up][:2]
        shape, shared_shape = graph.shapes[weight], graph.shapes[shared_weight]
        return (
            graph.buffers[weight] != COMPUTE_BUFFER
            and graph.types[weight] in QUANTISED
            and graph.ops[operand] is Op.RESHAPE
            and graph.sources[operand][0] == shared_operand
            and graph.shapes[operand][1] == graph.shapes[operand][3] == 1
            and is_contiguous(graph, operand)
            and is_contiguous(graph, shared_operand)
            and graph.shapes[shared_operand][2:] == (1, 1)
            and graph.types[weight] == graph.types[shared_weight]
            and shape[:2] == shared_shape[:2]
            and graph.strides[weight][1] == graph.strides[shared_weight][1]
            and shape[3] == 1
            and shared_shape[2:] == (1, 1)
            and graph.ops[shared_weight] is Op.NONE
            and graph.ops[graph.sources[shared_gate][0]] is Op.NONE
        )

    def keep_for_experts(self) -> None:
        """Operands of the experts' weighted sum, and of their selection, live to its end."""
        place = 0
        while place < len(self.ops):
            if self.ops[place] is Op.MUL:
                place += self._keep_for_sum(place)
            if self.ops[place] in (Op.UNARY, Op.SOFT_MAX):
                place += self._keep_for_selection(place)
            place += 1

    def _keep_for_sum(self, place: int) -> int:
        """Returns how many nodes the sum has beyond the first."""
        match = self._weighted_sum(place)
        if match is None:
            return 0
        operands, count = match
        until = self.nodes[place + count - 1]
        for operand in operands:
            self.keeping.keep(operand, until)
        return count - 1

    def _operands(self, product: int) -> tuple[int, int] | None:
        """What is weighted and the weights, in either order, if it is such a product."""
        graph = self.graph
        shape = graph.shapes[product]
        for experts, weights in (graph.sources[product], graph.sources[product][::-1]):
            if (
                graph.types[experts] == graph.types[weights] == F32
                and graph.shapes[experts] == shape
                and graph.shapes[weights] == (1, *shape[1:])
                and is_contiguous(graph, experts)
                and is_contiguous(graph, weights)
            ):
                return experts, weights
        return None

    def _weighted_sum(self, place: int) -> tuple[tuple[int, ...], int] | None:
        """The operands and the number of nodes of a weighted sum of experts."""
        graph, nodes = self.graph, self.nodes
        weighted = nodes[place]
        operands = self._operands(weighted)
        if operands is None or not is_contiguous(graph, weighted):
            return None
        kept = operands
        products = 1
        if place + 1 < len(nodes) and self.ops[place + 1] is Op.MUL:
            outer = self._operands(nodes[place + 1])
            if outer is not None and outer[0] == weighted:
                # Experts times their own scale times the router's weight.
                weighted, products = nodes[place + 1], 2
                kept = (operands[0], outer[1], operands[1])  # type: ignore[assignment]
        _, experts, *tokens = graph.shapes[weighted]
        count = 2 * experts + products - 1
        if not 2 <= experts <= _MOST_REDUCED_EXPERTS or place + count > len(nodes):
            return None
        if not self._sums_views(weighted, nodes[place + products : place + count], tokens):
            return None
        group = nodes[place : place + count]
        if not is_closed(graph, group, group[-1:], self.uses):
            return None
        return kept, count

    def _sums_views(self, weighted: int, parts: Sequence[int], tokens: Sequence[int]) -> bool:
        """Whether nodes are one view for each expert, and the sums of these."""
        graph = self.graph
        width = graph.shapes[weighted][0]
        shape = (width, tokens[0] * tokens[1], 1, 1)
        strides = graph.strides[weighted]
        views: list[int] = []
        total = -1
        sums = 0
        for part in parts:
            if graph.shapes[part] != shape or graph.types[part] != F32:
                return False
            if graph.ops[part] is Op.VIEW:
                if (
                    graph.view_of[part] != weighted
                    or graph.strides[part][:2] != (strides[0], strides[2])
                    or graph.view_offsets[part] != len(views) * strides[1]
                ):
                    return False
                views.append(part)
            elif graph.ops[part] is Op.ADD and sums + 1 < len(views):
                left = views[0] if not sums else total
                if graph.sources[part] != (left, views[sums + 1]):
                    return False
                total = part
                sums += 1
            else:
                return False
        return len(views) == graph.shapes[weighted][1] and sums == len(views) - 1

    def _keep_for_selection(self, place: int) -> int:
        """Returns how many nodes the selection has beyond the first."""
        match = self._selection(place)
        if match is None:
            return 0
        ids, count = match
        nodes = self.nodes
        group = nodes[place : place + count]
        if place + count >= len(nodes):
            return 0
        if not is_closed(self.graph, group, (ids, group[-1]), self.uses):
            return 0
        if not self._selects_quickly(place, ids, group[-1]):
            return 0
        until = nodes[place + count]
        for node in group:
            self.keeping.keep(node, until)
            for source in self.graph.sources[node]:
                self.keeping.keep(source, until)
        return count - 1

    def _selects_quickly(self, place: int, ids: int, weights: int) -> bool:
        graph = self.graph
        strides = graph.strides[ids]
        experts = strides[1] // strides[0]
        is_power = experts & (experts - 1) == 0 and experts <= 512
        if not is_power and experts not in (288, 576):
            return False
        gate = self.nodes[place]
        logits = graph.sources[gate][0]
        if self.ops[place] is Op.SOFT_MAX and not graph.details[gate]:
            return False
        return is_contiguous(graph, weights) and is_contiguous(graph, logits)

    def _selection(self, place: int) -> tuple[int, int] | None:
        """The node with the chosen experts, and the number of nodes of the selection."""
        graph, nodes, ops = self.graph, self.nodes, self.ops
        at = place
        if ops[place] is Op.UNARY:
            kind = graph.details[nodes[place]]
            if kind == Unary.SOFTPLUS:
                at += 1
                if at >= len(ops) or ops[at] is not Op.SQRT:
                    return None
                if graph.sources[nodes[at]][0] != nodes[place]:
                    return None
            elif kind != Unary.SIGMOID:
                return None
        probabilities = nodes[at]
        at += 1
        if not self._follows(at, Op.RESHAPE, probabilities):
            return None
        reshaped = nodes[at]
        at += 1
        sorted_from = probabilities
        if self._follows(at, Op.ADD, probabilities):
            sorted_from = nodes[at]
            at += 1
        for op in _SELECTION[:2]:
            if not self._follows(at, op, sorted_from):
                return None
            sorted_from = nodes[at]
            at += 1
        ids = sorted_from
        if not self._follows(at, Op.GET_ROWS, reshaped) or graph.sources[nodes[at]][1] != ids:
            return None
        at = self._normalised(at + 1)
        if self._follows(at, Op.SCALE, nodes[at - 1]):
            at += 1
        return ids, at - place

    def _follows(self, place: int, op: Op, source: int) -> bool:
        return (
            place < len(self.ops)
            and self.ops[place] is op
            and self.graph.sources[self.nodes[place]][0] == source
        )

    def _normalised(self, place: int) -> int:
        """The place behind the weights' division by their sum, where there is one."""
        nodes = self.nodes
        at = place
        for op in _NORMALISATION:
            source = nodes[place] if op is Op.DIV else nodes[at - 1]
            if not self._follows(at, op, source):
                return place
            if op is Op.DIV and self.graph.sources[nodes[at]][1] != nodes[at - 1]:
                return place
            at += 1
        return at
