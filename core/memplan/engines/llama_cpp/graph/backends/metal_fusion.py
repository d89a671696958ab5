"""Which operations Metal fuses.

Source: ``ggml-metal-fusion.cpp`` of b11434, as far as it is asked before memory is allocated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from memplan.engines.llama_cpp.graph.backends.fusion import is_closed
from memplan.engines.llama_cpp.graph.backends.layouts import (
    F32,
    I32,
    has_contiguous_rows,
    is_contiguous,
    numbers,
)
from memplan.engines.llama_cpp.graph.flat import EMPTY_OPS, FlatGraph, Op, Unary

_MOST_FUSED: Final = 16
"""``GGML_METAL_FUSION_MAX``."""

_MOST_EXPERTS: Final = 1024
_MOST_SUMMED_EXPERTS: Final = 8

_FEW_ROW_TYPES: Final = numbers(
    "F32", "F16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"
)
"""Weights for which a product and a sum may be one operation."""


class _Match(NamedTuple):
    """A possible fusion: the nodes of the run, and the places of those that compute."""

    graph: FlatGraph
    nodes: Sequence[int]
    places: Sequence[int]

    def node(self, number: int) -> int:
        """The n-th node that computes."""
        return self.nodes[self.places[number]]


def _norm(match: _Match) -> bool:
    graph = match.graph
    for number in range(1, len(match.places)):
        node = match.node(number)
        before, operand = graph.sources[node][:2]
        if before != match.node(number - 1) or graph.types[node] != F32:
            return False
        if graph.shapes[operand][0] != graph.shapes[match.node(0)][0]:
            return False
        if not has_contiguous_rows(graph, operand):
            return False
    return True


def _scaled_norm(match: _Match) -> bool:
    return match.graph.types[match.node(1)] == F32


def _sums(match: _Match) -> bool:
    graph = match.graph
    layouts = set()
    for number in range(len(match.places)):
        before, operand = graph.sources[match.node(number)][:2]
        if number and before != match.node(number - 1):
            return False
        layouts.add((graph.types[operand], graph.shapes[operand], graph.strides[operand]))
    return len(layouts) == 1


def _delta_state(match: _Match) -> bool:
    """The state of a delta net and its copy into the cache."""
    graph = match.graph
    net, copy = match.node(0), match.node(1)
    state, cache = graph.sources[copy][:2]
    width, heads, tokens, sequences = graph.shapes[graph.sources[net][2]]
    state_elements = width * width * heads
    written = min(tokens, graph.details[net])
    return (
        graph.types[net] == graph.types[cache] == F32
        and not graph.is_output[net]
        and not graph.is_output[copy]
        and graph.ops[state] is Op.VIEW
        and graph.view_of[state] == net
        and graph.view_offsets[state] == 4 * width * heads * tokens * sequences
        and is_contiguous(graph, state)
        and graph.shapes[cache] == (state_elements, sequences, written, 1)
        and graph.strides[cache][:2] == (4, 4 * state_elements)
    )


def _convolution(match: _Match) -> bool:
    graph = match.graph
    convolution, function = match.node(0), match.node(1)
    return (
        graph.details[function] == Unary.SILU
        and graph.types[convolution] == graph.types[function] == F32
        and has_contiguous_rows(graph, function)
    )


def _residual(match: _Match) -> bool:
    """A product and the sum with something that is no weight."""
    graph = match.graph
    product, total = match.node(0), match.node(1)
    left, right = graph.sources[total][:2]
    if (left == product) == (right == product):
        return False
    operand = right if left == product else left
    weight, factor = graph.sources[product][:2]
    return (
        graph.types[operand] == graph.types[total] == graph.types[factor] == F32
        and not graph.is_weight[graph.view_of[operand]]
        and graph.types[weight] in _FEW_ROW_TYPES
    )


def _span(match: _Match, pattern: Sequence[Op], trailing: int) -> Sequence[int] | None:
    """The nodes from the first to the last place, if they are those of the pattern."""
    start, end = match.places[0], match.places[-1] + 1 + trailing
    nodes = match.nodes[start:end]
    if tuple(match.graph.ops[node] for node in nodes) != tuple(pattern):
        return None
    return nodes


_CHOICE: Final = (Op.SOFT_MAX, Op.RESHAPE, Op.ARGSORT, Op.VIEW, Op.GET_ROWS)
_NORMALISED: Final = (Op.RESHAPE, Op.SUM_ROWS, Op.CLAMP, Op.DIV, Op.RESHAPE)


def _selects(match: _Match) -> bool:
    """How experts are chosen, with the weights' norm and scale where there are any."""
    graph = match.graph
    count = len(match.places)
    is_normalised, is_scaled = count >= 6, count in (4, 7)
    pattern = _CHOICE + (_NORMALISED if is_normalised else ()) + ((Op.SCALE,) if is_scaled else ())
    nodes = _span(match, pattern, 1 if is_normalised and not is_scaled else 0)
    if nodes is None or not graph.details[nodes[0]]:
        return False
    softmax, reshaped, sorting, ids, chosen, *rest = nodes
    sources = graph.sources
    wanted = {reshaped: (softmax,), sorting: (softmax,), ids: (sorting,), chosen: (reshaped, ids)}
    if is_normalised:
        flat, total, clamped, divided, shaped = rest[:5]
        wanted |= {
            flat: (chosen,),
            total: (flat,),
            clamped: (total,),
            divided: (flat, clamped),
            shaped: (divided,),
        }
    if is_scaled:
        wanted[nodes[-1]] = (nodes[-2],)
    if any(sources[node] != operands for node, operands in wanted.items()):
        return False
    return _chooses_by_kernel(graph, nodes) and is_closed(
        graph, nodes, (ids, nodes[-1]), graph.uses
    )


def _chooses_by_kernel(graph: FlatGraph, nodes: Sequence[int]) -> bool:
    logits, ids, weights = graph.sources[nodes[0]][0], nodes[3], nodes[-1]
    experts, tokens, *others = graph.shapes[logits]
    used = graph.shapes[ids][0]
    return (
        graph.types[logits] == graph.types[nodes[0]] == graph.types[weights] == F32
        and graph.types[ids] == I32
        and others == [1, 1]
        and 0 < used <= experts <= _MOST_EXPERTS
        and graph.shapes[ids] == (used, tokens, 1, 1)
        and graph.shapes[weights] == (1, used, tokens, 1)
        and is_contiguous(graph, logits)
        and is_contiguous(graph, weights)
        and graph.strides[ids][:2] == (4, 4 * experts)
    )


def _weighted_sum(match: _Match) -> bool:
    """The sum of the experts' results, weighted."""
    graph = match.graph
    experts_used = len(match.places)
    pattern = (Op.MUL, *[Op.VIEW] * experts_used, *[Op.ADD] * (experts_used - 1))
    nodes = _span(match, pattern, 0)
    if nodes is None:
        return False
    product, total = nodes[0], nodes[-1]
    views, sums = nodes[1 : experts_used + 1], nodes[experts_used + 1 :]
    experts, weights = graph.sources[product][:2]
    width, used, tokens, last = graph.shapes[experts]
    if (used, last) != (experts_used, 1):
        return False
    if graph.shapes[weights] != (1, used, tokens, 1) or graph.shapes[total] != (
        width,
        tokens,
        1,
        1,
    ):
        return False
    for tensor in (experts, weights, total):
        if graph.types[tensor] != F32 or not is_contiguous(graph, tensor):
            return False
    strides = graph.strides[product]
    for number, view in enumerate(views):
        if (
            graph.view_of[view] != product
            or graph.sources[view] != (product,)
            or graph.view_offsets[view] != number * strides[1]
            or graph.shapes[view][:2] != (width, tokens)
            or graph.strides[view][1] != strides[2]
        ):
            return False
    before = views[0]
    for view, each in zip(views[1:], sums, strict=True):
        if graph.sources[each] != (before, view):
            return False
        before = each
    return is_closed(graph, nodes, (total,), graph.uses)


class _Fusion(NamedTuple):
    """Operations that may be fused.

    Attributes:
        pattern: the operations as they follow one another, views among them.
        is_chain: whether each computes from the one before, in the same shape.
        check: what else must hold.
    """

    pattern: tuple[Op, ...]
    is_chain: bool
    check: Callable[[_Match], bool]


_FUSIONS: Final = (
    _Fusion((Op.NORM, Op.MUL), True, _norm),
    _Fusion((Op.NORM, Op.MUL, Op.ADD), True, _norm),
    _Fusion((Op.NORM, Op.SCALE), True, _scaled_norm),
    _Fusion((Op.RMS_NORM, Op.MUL), True, _norm),
    _Fusion((Op.RMS_NORM, Op.MUL, Op.ADD), True, _norm),
    _Fusion((Op.RMS_NORM, Op.SCALE), True, _scaled_norm),
    *(_Fusion((Op.ADD,) * count, True, _sums) for count in range(2, 8)),
    _Fusion((Op.GATED_DELTA_NET, Op.CPY), False, _delta_state),
    _Fusion(_CHOICE, False, _selects),
    _Fusion((*_CHOICE, Op.SCALE), False, _selects),
    _Fusion(_CHOICE + _NORMALISED, False, _selects),
    _Fusion((*_CHOICE, *_NORMALISED, Op.SCALE), False, _selects),
    *(
        _Fusion((Op.MUL, *[Op.VIEW] * count, *[Op.ADD] * (count - 1)), False, _weighted_sum)
        for count in range(2, _MOST_SUMMED_EXPERTS + 1)
    ),
    _Fusion((Op.SSM_CONV, Op.UNARY), True, _convolution),
    _Fusion((Op.MUL_MAT, Op.ADD), True, _residual),
)

PATTERNS_BY_FIRST: Final = {
    op: tuple(fusion.pattern for fusion in _FUSIONS if fusion.pattern[0] is op) for op in Op
}
"""For each operation what may begin with it, views among it."""

_COMPUTING_BY_FIRST: Final = {
    op: tuple(
        (tuple(each for each in fusion.pattern if each not in EMPTY_OPS), fusion)
        for fusion in _FUSIONS
        if fusion.pattern[0] is op
    )
    for op in Op
}


def _is_chain(match: _Match) -> bool:
    graph = match.graph
    nodes = [match.node(number) for number in range(len(match.places))]
    for before, node in pairwise(nodes):
        if before not in graph.sources[node][:2] or graph.shapes[before] != graph.shapes[node]:
            return False
    return is_closed(graph, nodes, nodes[-1:], graph.uses)


def _longest(graph: FlatGraph, nodes: Sequence[int], places: Sequence[int]) -> int:
    """How many of the nodes that compute are fused, from the first of these places on."""
    ops = tuple(graph.ops[nodes[place]] for place in places)
    best = 1
    for computing, fusion in _COMPUTING_BY_FIRST[ops[0]]:
        length = len(computing)
        if length > best and ops[:length] == computing:
            match = _Match(graph, nodes, places[:length])
            if (not fusion.is_chain or _is_chain(match)) and fusion.check(match):
                best = length
    return best


def fused_span(graph: FlatGraph, nodes: Sequence[int], place: int) -> int:
    """How many nodes from a place on become one operation, views between them included."""
    op = graph.ops[nodes[place]]
    if op in EMPTY_OPS or not _COMPUTING_BY_FIRST[op]:
        return 1
    places: list[int] = []
    at = place
    while at < len(nodes) and len(places) < _MOST_FUSED:
        if graph.ops[nodes[at]] not in EMPTY_OPS:
            places.append(at)
        at += 1
    done = 0
    while done < len(places):
        length = _longest(graph, nodes, places[done:])
        if length == 1 or done + length > _MOST_FUSED:
            break
        done += length
    return min(_MOST_FUSED, places[done - 1] - place + 1) if done else 1
