"""The allocator of :mod:`.allocator` for tensors that grow with the context.

Every size is a number of bytes and a slope: what it grows by for each step of the context. One
walk then answers for all contexts around, as far as each comparison turns out the same; where that
ends, the next piece of the curve begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memplan.engines.llama_cpp.graph.allocator import (
    ENDLESS_BYTES,
    GIVE_BACK,
    MOST_CHUNKS,
    TAKE,
    Move,
)

Growing = tuple[int, int]
"""Bytes at the context of the walk, and bytes for each step away from it."""


@dataclass(slots=True)
class Reach:
    """The steps, down and up, for which every comparison so far turns out the same."""

    low: int
    high: int

    def at_least(self, value: int, slope: int) -> bool:
        """Whether ``value`` is not negative, and stays so or stays not so."""
        holds = value >= 0
        if slope:
            if not holds:
                value, slope = -value - 1, -slope
            # From here on value + slope * step must not become negative.
            if slope > 0:
                self.low = max(self.low, -(value // slope))
            else:
                self.high = min(self.high, value // -slope)
        return holds

    def is_zero(self, value: int, slope: int) -> bool:
        """Whether ``value`` is zero, and stays so or stays on its side."""
        if not slope:
            return value == 0
        if value == 0:
            self.low = self.high = 0
            return True
        self.at_least(value - 1 if value > 0 else value, slope)
        return False


class _Chunk:
    """One backend buffer whose blocks grow with the context."""

    __slots__ = ("lengths", "peak", "reach", "starts")

    def __init__(self, length: Growing, reach: Reach) -> None:
        self.starts: list[Growing] = [(0, 0)]
        self.lengths: list[Growing] = [length]
        self.peak: Growing = (0, 0)
        self.reach = reach

    def take(self, block: int, size: Growing) -> Growing:
        """The start of a piece from a free block."""
        start, length = self.starts[block], self.lengths[block]
        end = (start[0] + size[0], start[1] + size[1])
        rest = (length[0] - size[0], length[1] - size[1])
        if self.reach.is_zero(*rest):
            del self.starts[block], self.lengths[block]
        else:
            self.starts[block], self.lengths[block] = end, rest
        if self.reach.at_least(end[0] - self.peak[0], end[1] - self.peak[1]):
            self.peak = end
        return start

    def _meet(self, one: Growing, other: Growing) -> bool:
        return self.reach.is_zero(one[0] - other[0], one[1] - other[1])

    def _grow(self, block: int, length: Growing) -> None:
        own = self.lengths[block]
        self.lengths[block] = (own[0] + length[0], own[1] + length[1])

    def _end(self, block: int) -> Growing:
        start, length = self.starts[block], self.lengths[block]
        return (start[0] + length[0], start[1] + length[1])

    def give_back(self, start: Growing, length: Growing) -> None:
        """Free these bytes, block by block as :mod:`.allocator` does."""
        starts, lengths = self.starts, self.lengths
        end = (start[0] + length[0], start[1] + length[1])
        for number in range(len(starts)):
            if self._meet(self._end(number), start):
                self._grow(number, length)
                if number + 1 < len(starts) and self._meet(starts[number + 1], end):
                    self._grow(number, lengths[number + 1])
                    del starts[number + 1], lengths[number + 1]
                return
            if self._meet(starts[number], end):
                starts[number] = start
                self._grow(number, length)
                if number and self._meet(self._end(number - 1), start):
                    self._grow(number - 1, lengths[number])
                    del starts[number], lengths[number]
                return
        number = 0
        while number < len(starts) and not self.reach.at_least(
            starts[number][0] - start[0], starts[number][1] - start[1]
        ):
            number += 1
        starts.insert(number, start)
        lengths.insert(number, length)


class _Buffer:
    """The chunks of one buffer."""

    def __init__(self, largest_chunk_bytes: int, reach: Reach) -> None:
        self.chunks: list[_Chunk] = []
        self.largest_chunk_bytes = largest_chunk_bytes
        self.reach = reach

    def find(self, size: Growing) -> tuple[_Chunk, int]:
        """The chunk and the free block that ggml takes."""
        at_least = self.reach.at_least
        found: tuple[_Chunk, int] | None = None
        for chunk in self.chunks:
            best = (ENDLESS_BYTES, 0)
            for block, length in enumerate(chunk.lengths[:-1]):
                if at_least(length[0] - size[0], length[1] - size[1]) and at_least(
                    best[0] - length[0], best[1] - length[1]
                ):
                    found, best = (chunk, block), length
        if found is not None:
            return found
        tail = self._roomiest_tail(size)
        if tail is None:
            tail = self._new_chunk(size)
        return tail, len(tail.starts) - 1

    def _roomiest_tail(self, size: Growing) -> _Chunk | None:
        at_least = self.reach.at_least
        best: _Chunk | None = None
        most = (-ENDLESS_BYTES - 1, 0)
        for chunk in self.chunks:
            if not chunk.starts:
                continue
            start, length = chunk.starts[-1], chunk.lengths[-1]
            if not at_least(length[0] - size[0], length[1] - size[1]):
                continue
            reuse = tuple(
                peak - first - own for peak, first, own in zip(chunk.peak, start, size, strict=True)
            )
            value, slope = reuse[0], reuse[1]
            if at_least(*most):
                better = at_least(value, slope) and at_least(most[0] - value - 1, most[1] - slope)
            else:
                better = at_least(value - most[0] - 1, slope - most[1])
            if better:
                best, most = chunk, (value, slope)
        return best

    def _new_chunk(self, size: Growing) -> _Chunk:
        length: Growing = (ENDLESS_BYTES, 0)
        if len(self.chunks) < MOST_CHUNKS - 1:
            length = (self.largest_chunk_bytes, 0)
            if self.reach.at_least(size[0] - length[0], size[1]):
                length = size
        chunk = _Chunk(length, self.reach)
        self.chunks.append(chunk)
        return chunk


def growing_bytes(
    moves: Sequence[Move], sizes: Mapping[int, Growing], largest_chunk_bytes: int, reach: Reach
) -> Growing:
    """The bytes of a buffer, its chunks together, and what they grow by.

    Args:
        moves: what happens in the buffer.
        sizes: for each tensor what is allocated for it, aligned.
        largest_chunk_bytes: what the backend says of its largest buffer.
        reach: narrowed to the steps for which the answer holds.
    """
    buffer = _Buffer(largest_chunk_bytes, reach)
    places: dict[int, tuple[_Chunk, Growing]] = {}
    for kind, piece, tensor, former in moves:
        size = sizes[tensor]
        if kind == TAKE:
            chunk, block = buffer.find(size)
            places[piece] = chunk, chunk.take(block, size)
            continue
        chunk, start = places[piece]
        if kind == GIVE_BACK:
            chunk.give_back(start, size)
            continue
        rest = (sizes[former][0] - size[0], sizes[former][1] - size[1])
        if reach.at_least(rest[0] - 1, rest[1]):
            chunk.give_back((start[0] + size[0], start[1] + size[1]), rest)
    return (
        sum(chunk.peak[0] for chunk in buffer.chunks),
        sum(chunk.peak[1] for chunk in buffer.chunks),
    )
