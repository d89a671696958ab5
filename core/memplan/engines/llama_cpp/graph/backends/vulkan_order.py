"""The order in which Vulkan computes the nodes of a run.

Source: ``ggml_vk_graph_optimize`` of b11434: of the next nodes those that do not depend on one
another come together, and operations that will be fused stay together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from memplan.engines.llama_cpp.graph.backends.backend import Arrangement
from memplan.engines.llama_cpp.graph.backends.fusion import Keeping, is_closed
from memplan.engines.llama_cpp.graph.backends.layouts import F16, F32, is_contiguous
from memplan.engines.llama_cpp.graph.flat import EMPTY_OPS, FlatGraph, Op, Unary

_LOOKED_AHEAD: Final = 20
"""So many nodes are looked at for one group."""

_PULLED_FROM: Final = 15
"""From so many nodes on an operation is pulled to the one it is fused with."""

_MEMORY: Final = 64
"""For so many nodes before a node its dependencies are noted."""

_CHOICE: Final = (Op.ARGSORT, Op.VIEW, Op.GET_ROWS)
_NORMALISED: Final = (Op.RESHAPE, Op.SUM_ROWS, Op.CLAMP, Op.DIV, Op.RESHAPE)

_SELECTIONS: Final = (
    (Op.SOFT_MAX, Op.RESHAPE, *_CHOICE, *_NORMALISED),
    (Op.UNARY, Op.RESHAPE, Op.ADD, *_CHOICE, *_NORMALISED),
    (Op.UNARY, Op.SQRT, Op.RESHAPE, Op.ADD, *_CHOICE, *_NORMALISED),
    (Op.SOFT_MAX, Op.RESHAPE, *_CHOICE),
    (*_CHOICE, Op.RESHAPE, Op.SOFT_MAX, Op.RESHAPE),
)
"""How experts are chosen: what these read lives until they are done."""

_SPARSE: Final = (Op.GET_ROWS, Op.PERMUTE, Op.CONT, Op.CPY, Op.RESHAPE, Op.ADD, Op.TOP_K)
"""A choice of cells: no node of it is pulled out."""

_STREAM_GATE: Final = (Op.SCALE, Op.UNARY, Op.SCALE, Op.DSV4_HC_POST)

_TOGETHER: Final = (
    (Op.MUL, Op.SIN, Op.SQR, Op.MUL, Op.ADD),
    _SPARSE,
    (Op.RMS_NORM, Op.MUL, Op.ADD, Op.MUL),
    (Op.RMS_NORM, Op.MUL, Op.ADD),
    (Op.RMS_NORM, Op.MUL, Op.ROPE, Op.VIEW, Op.SET_ROWS),
    (Op.RMS_NORM, Op.VIEW, Op.SET_ROWS),
    (Op.ROPE, Op.VIEW, Op.SET_ROWS),
    _STREAM_GATE,
)
"""Further operations that stay together where they follow one another."""

_PATTERNS: Final = _SELECTIONS + _TOGETHER

_PATTERNS_BY_FIRST: Final = {
    op: tuple(pattern for pattern in _PATTERNS if pattern[0] is op) for op in Op
}

_FUSED_NEIGHBOURS: Final = frozenset(
    {
        (Op.MUL_MAT, Op.ADD),
        (Op.MUL_MAT_ID, Op.ADD_ID),
        (Op.MUL_MAT_ID, Op.MUL),
        (Op.ADD, Op.ADD),
        (Op.SSM_CONV, Op.ADD),
        (Op.SSM_CONV, Op.UNARY),
    }
)
"""A node may join the group of the node just before it if the two are fused."""

_FUSED_ACROSS: Final = frozenset({(Op.RMS_NORM, Op.MUL), (Op.UNARY, Op.MUL)})
"""The same where only views, or nodes that are placed, lie between the two."""

_FUSED_FUNCTIONS: Final = frozenset({Unary.GELU, Unary.SIGMOID, Unary.SILU, Unary.SOFTPLUS})


def ordered(graph: FlatGraph, nodes: Sequence[int]) -> Arrangement:
    """The nodes in Vulkan's order, and what must live longer for fused operations."""
    return _Order(graph, nodes).arranged()


class _Order:
    """One run being ordered; places are places in the run."""

    def __init__(self, graph: FlatGraph, nodes: Sequence[int]) -> None:
        self.graph = graph
        self.nodes = nodes
        self.ops = [graph.ops[node] for node in nodes]
        self.is_empty = bytearray(op in EMPTY_OPS for op in self.ops)
        self.count = len(nodes)
        self.used = bytearray(self.count)
        self.first = 0
        self.used_after_first = 0
        """Bit n: the place ``first + n`` is used."""
        self.order: list[int] = []
        self.placed_nodes: set[int] = set()
        self.keeping = Keeping()
        self.patterns = self._matches()
        self.in_sparse = {
            start + offset
            for start, patterns in self.patterns.items()
            if _SPARSE in patterns
            for offset in range(len(_SPARSE))
        }
        self.depends = self._dependencies()

    def _matches(self) -> dict[int, list[tuple[Op, ...]]]:
        """For each place the patterns that begin there, in the order of their rank."""
        ops = tuple(self.ops)
        found: dict[int, list[tuple[Op, ...]]] = {}
        for place, op in enumerate(ops):
            for pattern in _PATTERNS_BY_FIRST[op]:
                if ops[place : place + len(pattern)] == pattern:
                    found.setdefault(place, []).append(pattern)
        return found

    def _dependencies(self) -> list[int]:
        """For each place the places before on which it depends: bit 63 is the one just before."""
        graph = self.graph
        view_of, sources = graph.view_of, graph.sources
        place_of: dict[int, int] = {}
        showing: dict[int, list[int]] = {}
        reading: dict[int, list[int]] = {}
        masks = []
        for place, node in enumerate(self.nodes):
            base = view_of[node]
            before = set(showing.get(base, ()))
            computes = not self.is_empty[place]
            for source in sources[node]:
                if source in place_of:
                    before.add(place_of[source])
            if computes:
                is_empty = self.is_empty
                before.update(reading.get(base, ()))
                for source in sources[node]:
                    for other in showing.get(view_of[source], ()):
                        if not is_empty[other]:
                            before.add(other)
                for source in sources[node]:
                    reading.setdefault(view_of[source], []).append(place)
            oldest = place - _MEMORY
            masks.append(sum(1 << (other - oldest) for other in before if other >= oldest))
            place_of[node] = place
            showing.setdefault(base, []).append(place)
        return masks

    def depends_on(self, place: int) -> int:
        """The places from ``first`` on that a place depends on; bit n is ``first + n``."""
        shift = self.first - place + _MEMORY
        mask = self.depends[place]
        return mask >> shift if shift >= 0 else mask << -shift

    def use(self, place: int) -> None:
        """Mark a place as used."""
        self.used[place] = 1
        self.used_after_first |= 1 << (place - self.first)

    def advance(self) -> None:
        """Go to the first place that is not used."""
        first = self.first
        while first < self.count and self.used[first]:
            first += 1
        self.used_after_first >>= first - self.first
        self.first = first

    def is_free(self, place: int, length: int) -> bool:
        """Whether none of these places is used."""
        return not any(self.used[place : place + length])

    def arranged(self) -> Arrangement:
        """The order of all nodes."""
        while self.first < self.count:
            if self._keeps_pattern():
                continue
            group = self._group()
            for place in group:
                self.order.append(self.nodes[place])
                self.placed_nodes.add(self.nodes[place])
                self.use(place)
            self.advance()
        return self.order, self.keeping.kept

    def _keeps_pattern(self) -> bool:
        """Place the operations of a pattern that begins here."""
        for pattern in self.patterns.get(self.first, ()):
            if not self.is_free(self.first, len(pattern)):
                continue
            end = self.first + len(pattern)
            group = self.nodes[self.first : end]
            if pattern in _SELECTIONS:
                scaled = end < self.count and self.ops[end] is Op.SCALE
                self.keeping.keep_operands(
                    self.graph, group, self.nodes[end if scaled else end - 1]
                )
            elif pattern is _STREAM_GATE:
                self.keeping.keep_operands(self.graph, group, group[-1])
            self.order += group
            self.placed_nodes.update(group)
            for place in range(self.first, end):
                self.use(place)
            self.advance()
            return True
        return False

    def _group(self) -> list[int]:
        """The places that come next, together."""
        group = [self.first]
        end = min(self.first + _LOOKED_AHEAD, self.count)
        for place in range(self.first + 1, end):
            if self.used[place] or self.is_empty[place] or self._belongs_to_pattern(place):
                continue
            if self._may_join(place, group[-1]):
                group.append(place)
                self._pull(place, group)
        if self.ops[group[-1]] is not Op.ADD:
            self._add_views(group, end)
        return group

    def _belongs_to_pattern(self, place: int) -> bool:
        for pattern in self.patterns.get(place, ()):
            if self.is_free(place, len(pattern)):
                return True
        return place in self.in_sparse and any(
            _SPARSE in self.patterns.get(place - offset, ())
            and self.is_free(place - offset, len(_SPARSE))
            for offset in range(len(_SPARSE))
        )

    def _may_join(self, place: int, last: int) -> bool:
        waiting = (
            self.depends_on(place) & ~self.used_after_first & ((1 << (place - self.first)) - 1)
        )
        if not waiting:
            return True
        if waiting != 1 << (last - self.first):
            return False
        pair = self.ops[last], self.ops[place]
        if place == last + 1 and pair in _FUSED_NEIGHBOURS:
            return True
        return pair in _FUSED_ACROSS and all(
            self.used[between] or self.is_empty[between] for between in range(last + 1, place)
        )

    def _pull(self, place: int, group: list[int]) -> None:
        """Bring what is fused with the node that joined."""
        ops = self.ops
        op, before = ops[place], ops[place - 1]
        rotation = place
        if op is Op.MUL and before is Op.RMS_NORM:
            rotation = self._pull_rotation(place, group)
        if ops[rotation] in (Op.ROPE, Op.RMS_NORM):
            self._pull_store(rotation, group)
        if op is Op.ADD_ID and before is Op.MUL_MAT_ID:
            self._pull_reader(place, Op.MUL, group)
        if op is Op.ADD and before is Op.MUL_MAT:
            self._pull_reader(place, Op.ADD, group)
        if op is Op.ADD and before is Op.SSM_CONV:
            self._pull_function(place, group)
        if op is Op.UNARY:
            self._pull_product(place, group)

    def _ahead(self, place: int) -> range:
        return range(place + 1, min(place + _PULLED_FROM, self.count))

    def _take(self, place: int, group: list[int]) -> None:
        group.append(place)
        self.use(place)

    def _is_ready(self, tensor: int) -> bool:
        return self.graph.ops[tensor] is Op.NONE or tensor in self.placed_nodes

    def _pull_rotation(self, place: int, group: list[int]) -> int:
        graph = self.graph
        for other in self._ahead(place):
            if self.ops[other] is Op.ROPE:
                source, *rest = graph.sources[self.nodes[other]]
                if source == self.nodes[place] and all(graph.ops[each] is Op.NONE for each in rest):
                    self._take(other, group)
                    return other
        return place

    def _pull_store(self, place: int, group: list[int]) -> None:
        """The view and the write to the cache behind a rotation."""
        graph, nodes, ops = self.graph, self.nodes, self.ops
        view = store = -1
        for other in self._ahead(place):
            if self.used[other]:
                continue
            source = graph.sources[nodes[other]][:1]
            if view < 0 and ops[other] is Op.VIEW and source == (nodes[place],):
                view = other
            elif view >= 0 and ops[other] is Op.SET_ROWS and source == (nodes[view],):
                store = other
                break
        if store < 0:
            return
        fused = [nodes[place], nodes[view], nodes[store]]
        if not is_closed(graph, fused, fused[-1:], graph.uses):
            return
        oldest = store - _MEMORY
        for other in range(place + 1, store):
            depends = self.depends[store] >> (other - oldest) & 1
            if depends and not self.used[other] and other != view and not self.is_empty[other]:
                return
        self._take(view, group)
        self._take(store, group)

    def _pull_reader(self, place: int, op: Op, group: list[int]) -> None:
        """The operation that works on with the node's result and something that is ready."""
        for other in self._ahead(place):
            if self.ops[other] is op:
                left, right = self.graph.sources[self.nodes[other]][:2]
                if left == self.nodes[place] and self._is_ready(right):
                    self._take(other, group)
                    return

    def _pull_function(self, place: int, group: list[int]) -> None:
        sources, nodes = self.graph.sources, self.nodes
        for other in self._ahead(place):
            if self.ops[other] is Op.UNARY and sources[nodes[other]][0] == nodes[place]:
                self._take(other, group)
                return

    def _pull_product(self, place: int, group: list[int]) -> None:
        """The product of a function's result and something that is ready."""
        node = self.nodes[place]
        for other in self._ahead(place):
            if self.ops[other] is not Op.MUL:
                continue
            left, right = self.graph.sources[self.nodes[other]][:2]
            if node not in (left, right):
                continue
            operand = right if left == node else left
            if self._is_ready(operand) and self._fuses_product(node, self.nodes[other], operand):
                self._take(other, group)
                return

    def _fuses_product(self, function: int, product: int, operand: int) -> bool:
        graph = self.graph
        types, shapes = graph.types, graph.shapes
        if graph.details[function] not in _FUSED_FUNCTIONS:
            return False
        kind = types[function]
        if kind not in (F32, F16) or not kind == types[product] == types[operand]:
            return False
        if not is_contiguous(graph, operand, 1):
            return False
        if not is_contiguous(graph, graph.sources[function][0], 1):
            return False
        first = graph.sources[product][0]
        small, large = (operand, function) if first == function else (function, first)
        return all(
            few > 0 and many % few == 0
            for few, many in zip(shapes[small], shapes[large], strict=True)
        )

    def _add_views(self, group: list[int], end: int) -> None:
        """Views of what is placed by then; not where they would part two sums."""
        members = 0
        for place in group:
            members |= 1 << (place - self.first)
        for place in range(self.first + 1, end):
            if self.used[place] or not self.is_empty[place]:
                continue
            waiting = (
                self.depends_on(place)
                & ~self.used_after_first
                & ~members
                & ((1 << (place - self.first)) - 1)
            )
            if not waiting:
                group.append(place)
                members |= 1 << (place - self.first)
