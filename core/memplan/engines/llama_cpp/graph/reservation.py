"""What is reserved for one request at any context, with as little following as that takes.

Graphs of two contexts differ in a few lengths, which grow in proportion to the cells of the
caches. Once three of them have been seen to lie on a line, the others are known without being
built, and one walk of the allocator answers for a whole piece of the context axis.
"""

from __future__ import annotations

from array import array
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from typing import Final

from memplan.engines.llama_cpp.cells import CELL_MULTIPLE
from memplan.engines.llama_cpp.graph.affine import Growing, Reach, growing_bytes
from memplan.engines.llama_cpp.graph.allocator import (
    GIVE_BACK,
    TAKE,
    Move,
    chunk_bytes,
    lifetimes,
)
from memplan.engines.llama_cpp.graph.backends.backend import Backend
from memplan.engines.llama_cpp.graph.backends.layouts import tensor_bytes
from memplan.engines.llama_cpp.graph.flat import Dimensions, FlatGraph
from memplan.engines.llama_cpp.graph.scheduler import SplitGraph, split_graph

_FAR: Final = 1 << 40
"""More steps than any context has."""

_LOOK: Final = 37
"""So many steps away a size is looked at again, to see whether it grows evenly."""

_MOST_TRIED: Final = 8
"""After so many graphs of which no three lie on a line, none is drawn."""

_MOVES_OF_INPUTS: Final = 96
"""A buffer that little happens in holds inputs only."""

_ANSWERS_KEPT: Final = 2048

_END: Final = array("q", [-1 << 63])

_MOST_VIEWS_COPIED: Final = 4
"""So many views of one tensor are copied where it is not one for each layer."""

Pins = Mapping[int, int]
Build = Callable[[int, bool], tuple[FlatGraph, Pins]]
Bytes = dict[int, int]
"""Bytes of the compute buffer in each memory, by the number of the buffer."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a context lies on the axis.

    Attributes:
        regime: what the graph depends on beside the cells: equal for contexts whose graphs may
            differ in lengths only.
        cells: cells of a stream of a cache of the whole context.
    """

    regime: Hashable
    cells: int


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the contexts around one.

    Attributes:
        values: bytes in each memory at the context.
        slopes: what they grow by with each step of cells; ``None`` if that is not known.
        below, above: the steps down and up for which that holds.
    """

    values: Bytes
    slopes: Bytes | None
    below: int
    above: int


class Reservation:
    """The compute buffers of one request."""

    def __init__(
        self,
        build: Build,
        locate: Callable[[int], Stretch],
        backends: Sequence[Backend],
        copies: int,
        *,
        copies_unread: bool,
    ) -> None:
        """Nothing is built before the first question.

        Args:
            build: the graph at a context, and its nodes with a backend given by hand; of layers
                that are alike a few only, unless every layer is wanted.
            locate: where a context lies.
            backends: the best first, the processor last.
            copies: copies of each input.
            copies_unread: whether inputs that no node reads are copied, too.
        """
        self._build = build
        self._locate = locate
        self._scheduling = _Scheduling(backends, copies, copies_unread)
        self._regimes: dict[Hashable, _Regime] = {}
        self._every_layer = False

    def at(self, context: int) -> Bytes:
        """Bytes in each memory at a context."""
        return self.around(context).values

    def around(self, context: int) -> Around:
        """Bytes in each memory at a context, and how they go on for contexts like it."""
        stretch = self._locate(context)
        regime = self._regimes.get(stretch.regime)
        if regime is None:
            regime = self._regimes[stretch.regime] = _Regime(self._scheduling)
        return regime.around(stretch.cells, lambda: self._built(context))

    def are_alike(self, one: int, other: int, steps: int) -> bool:
        """Whether the graphs at two contexts differ in so many steps of cells and no more."""
        here, there = self._locate(one), self._locate(other)
        away = there.cells - here.cells
        return here.regime == there.regime and away == steps * CELL_MULTIPLE

    def _built(self, context: int) -> tuple[FlatGraph, Pins, Bytes]:
        """The graph at a context, and the bytes of its buffers."""
        graph, pins = self._build(context, self._every_layer)
        found = self._scheduling.answer(graph, pins)
        if not self._every_layer and found.accumulates:
            # Something is kept for each layer, so that all of them count.
            self._every_layer = True
            return self._built(context)
        return graph, pins, found.values


@dataclass(frozen=True, slots=True)
class _Answer:
    """What has been found of a graph: bytes of its buffers, and whether each layer counts."""

    values: Bytes
    accumulates: bool


_answers: OrderedDict[Hashable, _Answer] = OrderedDict()
"""The graphs followed last. Placements that differ in how many layers are where, of layers that are
alike, lead to one graph: most of what ``--fit`` tries has been seen."""


@dataclass(frozen=True, slots=True)
class _Scheduling:
    """Who computes."""

    backends: Sequence[Backend]
    copies: int
    copies_unread: bool

    def answer(self, graph: FlatGraph, pins: Pins) -> _Answer:
        """What there is to know of a graph; of one seen before without following it again."""
        key = (tuple(self.backends), self.copies, self.copies_unread, _digest(graph, pins))
        found = _answers.get(key)
        if found is None:
            split = self.split(graph, pins)
            found = _answers[key] = _Answer(split.bytes(), split.accumulates())
            if len(_answers) > _ANSWERS_KEPT:
                _answers.popitem(last=False)
        return found

    def split(self, graph: FlatGraph, pins: Pins) -> _Split:
        """The graph cut into runs, and what its buffers go through."""
        split = split_graph(
            graph, self.backends, pins, self.copies, copies_unread=self.copies_unread
        )
        return _Split(self, split, lifetimes(split.placed, len(split.buffer_owners)))


def _digest(graph: FlatGraph, pins: Pins) -> bytes:
    """Equal for equal graphs."""
    lists: list[Iterable[int]] = [graph.ops, graph.types, graph.view_of, graph.view_offsets]
    lists += [graph.buffers, graph.details, graph.nodes, graph.leafs]
    lists += [chain.from_iterable(each) for each in (graph.shapes, graph.strides, graph.sources)]
    lists += [chain.from_iterable(each.items()) for each in (graph.uses, pins)]
    flags = bytes(graph.is_input), bytes(graph.is_output), bytes(graph.is_weight)
    content = sha256()
    for numbers in lists:
        content.update(array("q", numbers))
        content.update(_END)
    content.update(array("q", map(len, graph.sources)))
    for flag in flags:
        content.update(flag)
    return content.digest()


@dataclass(frozen=True, slots=True)
class _Split:
    scheduling: _Scheduling
    split: SplitGraph
    moves: Sequence[Sequence[Move]]

    def owners(self) -> list[Backend]:
        """The backend that allocates each buffer."""
        return [self.scheduling.backends[owner] for owner in self.split.buffer_owners]

    def accumulates(self) -> bool:
        """Whether something is kept for each layer: in a buffer, or as copies of one tensor."""
        view_of = self.split.graph.view_of
        copied = (Counter(view_of[tensor] for tensor in run.inputs) for run in self.split.splits)
        return any(map(_accumulates, self.moves)) or any(
            max(counts.values(), default=0) > _MOST_VIEWS_COPIED for counts in copied
        )

    def bytes(self) -> Bytes:
        """Bytes of each buffer, at the lengths that the graph has."""
        totals: Bytes = {}
        for moves, owner in zip(self.moves, self.owners(), strict=True):
            sizes = sizes_in(self.split, moves, owner)
            chunks = chunk_bytes(moves, sizes, owner.largest_buffer_bytes)
            totals[owner.buffer] = totals.get(owner.buffer, 0) + sum(chunks)
        return totals


def sizes_in(split: SplitGraph, moves: Sequence[Move], owner: Backend) -> dict[int, int]:
    """What the buffer's backend allocates for each tensor that lies in it, by number."""
    return {tensor: _allocated(owner, split.graph, tensor) for tensor in _moved(moves)}


def _moved(moves: Sequence[Move]) -> set[int]:
    return {move.tensor for move in moves} | {move.former for move in moves}


def _allocated(owner: Backend, graph: FlatGraph, tensor: int) -> int:
    step = owner.alignment_bytes
    return -(-owner.allocated_bytes(graph, tensor) // step) * step


def _accumulates(moves: Sequence[Move]) -> bool:
    """Whether a buffer holds more, or less, from layer to layer.

    Between two layers it holds the least: the stream, and what all layers read.
    """
    held, fewest = 0, [len(moves)] * 4
    for place, move in enumerate(moves):
        held += (move.kind == TAKE) - (move.kind == GIVE_BACK)
        part = 4 * place // len(moves)
        fewest[part] = min(fewest[part], held)
    return len(moves) > _MOVES_OF_INPUTS and fewest[1] != fewest[2]


class _Regime:
    """Contexts whose graphs may differ in lengths only."""

    def __init__(self, scheduling: _Scheduling) -> None:
        self._scheduling = scheduling
        self._answers: dict[int, Bytes] = {}
        self._seen: dict[int, FlatGraph] = {}
        self._line: _Line | None = None
        self._is_crooked = False

    def around(self, cells: int, build: Callable[[], tuple[FlatGraph, Pins, Bytes]]) -> Around:
        """Bytes in each memory at a number of cells, and how they go on."""
        if self._line is not None and (found := self._line.around(cells)):
            return found
        answer = self._answers.get(cells)
        if answer is None:
            graph, pins, answer = build()
            self._answers[cells] = answer
            self._learn(cells, graph, pins)
        return Around(answer, None, 0, 0)

    def _learn(self, cells: int, graph: FlatGraph, pins: Pins) -> None:
        """Draw the line through three graphs, once three lie on one.

        The shortest contexts may lie beside it: where fewer rows are there than are looked up.
        """
        if self._line is not None:
            self._line.reach_down(cells, graph)
        if self._is_crooked or self._line is not None:
            return
        self._seen[cells] = graph
        if len(self._seen) < 3:
            return
        longest = sorted(self._seen)[-3:]
        three = {each: self._seen[each] for each in longest}
        self._line = _line_through(three, pins, self._scheduling)
        self._is_crooked = self._line is None and len(self._seen) >= _MOST_TRIED
        if self._line is not None or self._is_crooked:
            self._seen.clear()


@dataclass(frozen=True, slots=True)
class _Changing:
    """A tensor whose lengths grow: at the origin, and by how much with each step."""

    shape: Dimensions
    strides: Dimensions
    more_shape: Dimensions
    more_strides: Dimensions

    def at(self, step: int) -> tuple[Dimensions, Dimensions]:
        """Shape and strides at a step."""
        return _grown(self.shape, self.more_shape, step), _grown(
            self.strides, self.more_strides, step
        )


def _grown(start: Dimensions, more: Dimensions, step: int) -> Dimensions:
    a, b, c, d = start
    u, v, w, x = more
    return a + u * step, b + v * step, c + w * step, d + x * step


def _line_through(
    seen: Mapping[int, FlatGraph], pins: Pins, scheduling: _Scheduling
) -> _Line | None:
    """The line on which three graphs lie; ``None`` if they lie on none."""
    origin, middle, far = sorted(seen)
    first, second, third = seen[origin], seen[middle], seen[far]
    if not (_is_like(first, second) and _is_like(first, third)):
        return None
    changing: dict[int, _Changing] = {}
    steps = (middle - origin) / CELL_MULTIPLE, (far - origin) / CELL_MULTIPLE
    if not all(step.is_integer() for step in steps):
        return None
    near, distant = map(int, steps)
    for tensor, (shape, strides) in enumerate(zip(first.shapes, first.strides, strict=True)):
        ends = third.shapes[tensor], third.strides[tensor]
        between = second.shapes[tensor], second.strides[tensor]
        if ends == between == (shape, strides):
            continue
        more = _slope(shape, ends[0], distant), _slope(strides, ends[1], distant)
        if more[0] is None or more[1] is None:
            return None
        found = _Changing(shape, strides, more[0], more[1])
        if found.at(near) != between:
            return None
        changing[tensor] = found
    return _Line(origin, first, changing, pins, scheduling)


def _is_like(one: FlatGraph, other: FlatGraph) -> bool:
    """Whether two graphs are the same but for their lengths."""
    return (
        one.ops == other.ops
        and one.sources == other.sources
        and one.types == other.types
        and one.view_of == other.view_of
        and one.view_offsets == other.view_offsets
        and one.buffers == other.buffers
        and one.details == other.details
        and one.is_output == other.is_output
        and list(one.nodes) == list(other.nodes)
    )


def _slope(start: Dimensions, end: Dimensions, steps: int) -> Dimensions | None:
    differences = [last - first for first, last in zip(start, end, strict=True)]
    if any(difference % steps for difference in differences):
        return None
    a, b, c, d = (difference // steps for difference in differences)
    return a, b, c, d


@dataclass(frozen=True, slots=True)
class _Piece:
    """A straight piece of the curve.

    Attributes:
        first, last: the steps that it covers.
        origin: the step at which its values hold.
        values: bytes there, and what they grow by with each step, for each memory.
    """

    first: int
    last: int
    origin: int
    values: Mapping[int, Growing]

    def around(self, step: int) -> Around:
        """Bytes in each memory at a step, and how they go on."""
        away = step - self.origin
        return Around(
            {memory: value + slope * away for memory, (value, slope) in self.values.items()},
            {memory: slope for memory, (_, slope) in self.values.items()},
            step - self.first,
            self.last - step,
        )


class _Line:
    """Graphs that differ in the lengths of some tensors, in proportion to the cells."""

    def __init__(
        self,
        origin: int,
        graph: FlatGraph,
        changing: Mapping[int, _Changing],
        pins: Pins,
        scheduling: _Scheduling,
    ) -> None:
        self._origin = origin
        self._graph = graph
        self._changing = changing
        self._pins = pins
        self._scheduling = scheduling
        self._lowest = 0
        self._pieces: list[_Piece] = []
        self._splits: dict[tuple[int, ...], _Split] = {}
        self._limits = {backend.largest_operand_bytes for backend in scheduling.backends}

    def around(self, cells: int) -> Around | None:
        """Bytes in each memory, and how they go on; ``None`` where a size grows unevenly."""
        step, rest = divmod(cells - self._origin, CELL_MULTIPLE)
        if rest or step < self._lowest:
            return None
        for piece in self._pieces:
            if piece.first <= step <= piece.last:
                return piece.around(step)
        found = self._piece(step)
        if found is None:
            return None
        self._pieces.append(found)
        return found.around(step)

    def reach_down(self, cells: int, graph: FlatGraph) -> None:
        """Let the line hold from fewer cells on, if the graph of so many lies on it."""
        step, rest = divmod(cells - self._origin, CELL_MULTIPLE)
        if rest or step >= self._lowest or not _is_like(self._graph, graph):
            return
        there = _patched(self._graph, self._changing, step)
        if there.shapes == graph.shapes and there.strides == graph.strides:
            self._lowest = step

    def _piece(self, step: int) -> _Piece | None:
        reach = Reach(-_FAR, _FAR)
        split = self._split_at(step, reach)
        changing = dict(self._changing)
        for copy, source in split.split.copied_from.items():
            if source in changing:
                changing[copy] = changing[source]
        graphs = [_patched(split.split.graph, changing, step + more) for more in (0, 1, _LOOK)]
        affected = set(changing)
        for tensor, sources in enumerate(split.split.graph.sources):
            if not affected.isdisjoint(sources):
                affected.add(tensor)
        totals: dict[int, Growing] = {}
        for moves, owner in zip(split.moves, split.owners(), strict=True):
            sizes = _growing_sizes(moves, owner, graphs, affected)
            if sizes is None:
                return None
            value, slope = growing_bytes(moves, sizes, owner.largest_buffer_bytes, reach)
            before = totals.get(owner.buffer, (0, 0))
            totals[owner.buffer] = before[0] + value, before[1] + slope
        first = max(step + reach.low, self._lowest)
        return _Piece(first, step + reach.high, step, totals)

    def _split_at(self, step: int, reach: Reach) -> _Split:
        """The split for the operands that are too large for a device there."""
        graph = _patched(self._graph, self._changing, step)
        following = _patched(self._graph, self._changing, step + 1)
        too_large = []
        for tensor in self._changing:
            size = tensor_bytes(graph, tensor)
            more = tensor_bytes(following, tensor) - size
            fits = [reach.at_least(limit - size, -more) for limit in self._limits]
            too_large += [tensor] * fits.count(False)
        key = tuple(too_large)
        found = self._splits.get(key)
        if found is None:
            found = self._splits[key] = self._scheduling.split(graph, self._pins)
        return found


def _patched(graph: FlatGraph, changing: Mapping[int, _Changing], step: int) -> FlatGraph:
    """The graph with the lengths of a step."""
    shapes, strides = list(graph.shapes), list(graph.strides)
    for tensor, lengths in changing.items():
        shapes[tensor], strides[tensor] = lengths.at(step)
    return replace(graph, shapes=shapes, strides=strides)


def _growing_sizes(
    moves: Sequence[Move], owner: Backend, graphs: Sequence[FlatGraph], affected: set[int]
) -> dict[int, Growing] | None:
    """What is allocated for each tensor; ``None`` if one does not grow evenly."""
    here, following, distant = graphs
    sizes: dict[int, Growing] = {}
    for tensor in _moved(moves):
        size = _allocated(owner, here, tensor)
        if tensor not in affected:
            sizes[tensor] = size, 0
            continue
        more = _allocated(owner, following, tensor) - size
        if _allocated(owner, distant, tensor) != size + _LOOK * more:
            return None
        sizes[tensor] = size, more
    return sizes
