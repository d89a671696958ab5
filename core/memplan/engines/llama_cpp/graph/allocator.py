"""ggml's graph allocator: where each tensor of a split graph lies, and how large the buffers get.

Source: ``ggml-alloc.c`` of b11434. The work is done in two steps. ``lifetimes`` follows the graph
once and writes down, for each buffer, which tensor is taken, given back or written over, in which
order; no size matters there. ``chunk_bytes`` plays such a list with sizes, and may do so again
with the sizes of another context.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

ENDLESS_BYTES: Final = 2**63 - 1
"""A backend without a limit on a buffer: half of what a ``size_t`` holds, as ggml caps it."""

MOST_CHUNKS: Final = 16
"""``GGML_VBUFFER_MAX_CHUNKS``: the last chunk has no limit."""

TAKE: Final = 0
GIVE_BACK: Final = 1
SHRINK: Final = 2

Layout = tuple[object, ...]
"""Type, shape and strides: tensors that are equal in all of them may share their memory."""


class Move(NamedTuple):
    """One thing that happens to a piece of a buffer.

    Attributes:
        kind: whether it is taken, given back, or cut down to the size of its new owner.
        piece: the tensor for which the piece was taken first.
        tensor: the tensor whose size counts.
        former: the owner before, where the piece changes hands; else the tensor itself.
    """

    kind: int
    piece: int
    tensor: int
    former: int


@dataclass(frozen=True, slots=True)
class PlacedGraph:
    """A graph whose nodes have been given to backends, as the allocator walks it.

    Tensors are numbers. ``sources``, ``view_of``, ``layouts`` and the flags are indexed by them.

    Attributes:
        nodes: the tensors that are computed, in order, with copies and dependencies between.
        node_buffers: which buffer each node goes to.
        leafs: the tensors that are there before the first node, in order.
        leaf_buffers: which buffer each leaf goes to.
        sources: what a tensor is computed from.
        view_of: the tensor whose memory a tensor shows; itself where it has its own.
        is_dependency: 1 for nodes that only keep their sources alive.
        is_placed: 1 where the memory is not the allocator's (weights, cache, views of them).
        is_input: flags of ggml.
        is_output: flags of ggml.
        may_overwrite: 1 where the operation may write its result over a source.
        layouts: type, shape and strides.
        may_have_scratch: 1 where a backend may allocate more than the tensor's own bytes.
    """

    nodes: Sequence[int]
    node_buffers: Sequence[int]
    leafs: Sequence[int]
    leaf_buffers: Sequence[int]
    sources: Sequence[Sequence[int]]
    view_of: Sequence[int]
    is_dependency: bytearray
    is_placed: bytearray
    is_input: bytearray
    is_output: bytearray
    may_overwrite: bytearray
    layouts: Sequence[Layout]
    may_have_scratch: bytearray


class _Walk:
    """The state of one walk over a graph; ``lifetimes`` is its only user."""

    __slots__ = (
        "buffer_of",
        "children",
        "graph",
        "is_held",
        "is_own",
        "moves",
        "piece_of",
        "views",
    )

    def __init__(self, graph: PlacedGraph, buffers: int) -> None:
        count = len(graph.sources)
        self.graph = graph
        self.children = [0] * count
        self.views = [0] * count
        self.is_held = bytearray(count)
        # A view has no memory of its own, and ggml gives none to what has some elsewhere.
        self.is_own = bytearray(
            not placed and base == tensor
            for tensor, (placed, base) in enumerate(
                zip(graph.is_placed, graph.view_of, strict=True)
            )
        )
        self.buffer_of = [-1] * count
        self.piece_of = list(range(count))
        self.moves: list[list[Move]] = [[] for _ in range(buffers)]

    def hold(self, tensor: int, buffer: int) -> None:
        """Give a tensor its memory: that of a source it may overwrite, or a piece of the buffer."""
        self.is_held[tensor] = 1
        if self.graph.may_overwrite[tensor] and self._write_over_source(tensor):
            return
        self.buffer_of[tensor] = buffer
        self.moves[buffer].append(Move(TAKE, tensor, tensor, tensor))

    def _write_over_source(self, tensor: int) -> bool:
        graph = self.graph
        layout = graph.layouts[tensor]
        for source in graph.sources[tensor]:
            if (
                self.is_held[source]
                and self.children[source] == 1
                and not self.views[source]
                and not graph.is_output[source]
                and graph.layouts[source] == layout
            ):
                self.is_held[source] = 0
                piece = self.piece_of[tensor] = self.piece_of[source]
                buffer = self.buffer_of[tensor] = self.buffer_of[source]
                if graph.may_have_scratch[source]:
                    self.moves[buffer].append(Move(SHRINK, piece, tensor, source))
                return True
        return False

    def count(self) -> None:
        """How often each tensor is read and viewed; inputs among the sources get their memory."""
        graph = self.graph
        children, views, is_input = self.children, self.views, graph.is_input
        is_held, is_own, view_of = self.is_held, self.is_own, graph.view_of
        for node, buffer in zip(graph.nodes, graph.node_buffers, strict=True):
            base = view_of[node]
            if base != node and not graph.is_dependency[node]:
                views[base] += 1
            if is_input[node] and is_own[node] and not is_held[node]:
                self.hold(node, buffer)
            for source in graph.sources[node]:
                children[source] += 1
                if is_input[source] and is_own[source] and not is_held[source]:
                    self.hold(source, buffer)

    def run(self) -> None:
        """Compute the nodes in order, and give back what nobody reads any more."""
        graph = self.graph
        children, views, view_of = self.children, self.views, graph.view_of
        is_held, is_own, sources = self.is_held, self.is_own, graph.sources
        for node, buffer in zip(graph.nodes, graph.node_buffers, strict=True):
            for source in sources[node]:
                if is_own[source] and not is_held[source]:
                    self.hold(source, buffer)
            if is_own[node] and not is_held[node]:
                self.hold(node, buffer)
            for source in sources[node]:
                children[source] -= 1
                if children[source] or views[source]:
                    continue
                base = view_of[source]
                if base != source:
                    views[base] -= 1
                    if views[base] or children[base]:
                        continue
                if is_held[base]:
                    self._give_back(base)

    def _give_back(self, tensor: int) -> None:
        if not self.graph.is_output[tensor]:
            self.is_held[tensor] = 0
            move = Move(GIVE_BACK, self.piece_of[tensor], tensor, tensor)
            self.moves[self.buffer_of[tensor]].append(move)


def lifetimes(graph: PlacedGraph, buffers: int) -> tuple[tuple[Move, ...], ...]:
    """For each buffer, what is taken and given back, in order."""
    walk = _Walk(graph, buffers)
    for leaf, buffer in zip(graph.leafs, graph.leaf_buffers, strict=True):
        if walk.is_own[leaf] and not walk.is_held[leaf]:
            walk.hold(leaf, buffer)
    walk.count()
    walk.run()
    return tuple(tuple(moves) for moves in walk.moves)


class _Chunk:
    """One backend buffer: its free blocks by address, and the most that was used of it."""

    __slots__ = ("lengths", "peak_bytes", "starts")

    def __init__(self, length_bytes: int) -> None:
        self.starts = [0]
        self.lengths = [length_bytes]
        self.peak_bytes = 0

    def give_back(self, start: int, length: int) -> None:
        """Free these bytes, and join them with the free blocks beside them.

        Looks at the blocks one by one as ggml does: an empty block that a tensor without bytes
        has left may lie out of order, or between two blocks that touch.
        """
        starts, lengths = self.starts, self.lengths
        end = start + length
        for number, block in enumerate(starts):
            if block + lengths[number] == start:
                lengths[number] += length
                if number + 1 < len(starts) and starts[number + 1] == end:
                    lengths[number] += lengths[number + 1]
                    del starts[number + 1], lengths[number + 1]
                return
            if block == end:
                starts[number] = start
                lengths[number] += length
                if number and starts[number - 1] + lengths[number - 1] == start:
                    lengths[number - 1] += lengths[number]
                    del starts[number], lengths[number]
                return
        number = next((place for place, block in enumerate(starts) if block >= start), len(starts))
        starts.insert(number, start)
        lengths.insert(number, length)


def _roomiest_tail(chunks: list[_Chunk], size: int) -> int:
    """The chunk whose last block takes ``size`` with the least growth, or -1 if none has room."""
    best = -1
    best_reuse = -ENDLESS_BYTES - 1
    for number, chunk in enumerate(chunks):
        if not chunk.starts or chunk.lengths[-1] < size:
            continue
        # Negative: bytes by which the chunk would grow; else: bytes that would stay unused.
        reuse = chunk.peak_bytes - chunk.starts[-1] - size
        if (best_reuse < 0 and reuse > best_reuse) or 0 <= reuse < best_reuse:
            best, best_reuse = number, reuse
    return best


def _find(chunks: list[_Chunk], size: int, largest_chunk_bytes: int) -> tuple[int, int]:
    """The chunk and the free block that ggml takes for ``size`` bytes."""
    found_chunk = found_block = -1
    for number, chunk in enumerate(chunks):
        best = ENDLESS_BYTES
        lengths = chunk.lengths
        for block in range(len(lengths) - 1):
            # Of blocks of the same size the later one is taken.
            if size <= lengths[block] <= best:
                found_chunk, found_block, best = number, block, lengths[block]
    if found_block >= 0:
        return found_chunk, found_block
    found_chunk = _roomiest_tail(chunks, size)
    if found_chunk < 0:
        is_last = len(chunks) == MOST_CHUNKS - 1
        chunks.append(_Chunk(ENDLESS_BYTES if is_last else max(size, largest_chunk_bytes)))
        return len(chunks) - 1, 0
    return found_chunk, len(chunks[found_chunk].starts) - 1


def chunk_bytes(
    moves: Sequence[Move], sizes_bytes: Sequence[int] | Mapping[int, int], largest_chunk_bytes: int
) -> tuple[int, ...]:
    """The bytes of each chunk of one buffer, after these moves.

    Args:
        moves: what happens in the buffer, from ``lifetimes``.
        sizes_bytes: for each tensor what the buffer's backend allocates for it, aligned.
        largest_chunk_bytes: what the backend says of its largest buffer.
    """
    chunks: list[_Chunk] = []
    places: dict[int, tuple[_Chunk, int]] = {}
    for kind, piece, tensor, former in moves:
        size = sizes_bytes[tensor]
        if kind == TAKE:
            number, block = _find(chunks, size, largest_chunk_bytes)
            chunk = chunks[number]
            start = chunk.starts[block]
            places[piece] = chunk, start
            end = start + size
            if chunk.lengths[block] == size:
                del chunk.starts[block], chunk.lengths[block]
            else:
                chunk.starts[block] = end
                chunk.lengths[block] -= size
            if end > chunk.peak_bytes:
                chunk.peak_bytes = end
        elif kind == GIVE_BACK:
            chunk, start = places[piece]
            chunk.give_back(start, size)
        elif sizes_bytes[former] > size:
            chunk, start = places[piece]
            chunk.give_back(start + size, sizes_bytes[former] - size)
    return tuple(chunk.peak_bytes for chunk in chunks)
