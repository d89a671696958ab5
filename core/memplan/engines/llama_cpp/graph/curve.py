"""Bytes over the context axis, in straight pieces.

A tensor that holds a row for each cell of a cache grows in proportion to the cells, and a buffer
is as large as the largest sum of such tensors that are alive together: straight pieces, and jumps
where the allocator places something elsewhere. Cells come in steps, so that all contexts of a step
have one answer.

One walk of the allocator answers for all steps around for which it would go the same way. Pieces
far apart that lie on one line are taken for one piece after two looks between them: often the
allocator goes another way and needs as much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight piece.

    Attributes:
        first, last: the steps that it covers.
        values: bytes of each buffer at the first of them.
        slopes: what they grow by with each step; ``None`` if that is not known, where the piece
            covers one step.
    """

    first: int
    last: int
    values: tuple[int, ...]
    slopes: tuple[int, ...] | None

    def at(self, step: int) -> tuple[int, ...]:
        """Bytes of each buffer at a step, on this piece or where it would go on."""
        if self.slopes is None:
            return self.values
        return tuple(
            value + slope * (step - self.first)
            for value, slope in zip(self.values, self.slopes, strict=True)
        )


Look = Callable[[int], Piece]
"""The piece around a step."""

_MOST_PIECES: Final = 64
"""What a curve may cost; the widest gaps are looked at first."""

_MOST_POINTS: Final = 48
"""What a curve may cost where each look tells of one step."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Bytes of each buffer at whole steps, in straight pieces.

    Attributes:
        first: the first step of each piece, ascending.
        values: a row of bytes for each of them.
        slopes: a row of bytes for each step further.
        last: the last step.
    """

    first: NDArray[np.int64]
    values: NDArray[np.int64]
    slopes: NDArray[np.float64]
    last: int

    def at(self, steps: NDArray[np.int64], buffer: int) -> NDArray[np.int64]:
        """Bytes of one buffer at each of some steps, which lie within the curve."""
        piece = np.searchsorted(self.first, steps, side="right") - 1
        grown = np.rint(self.slopes[piece, buffer] * (steps - self.first[piece]))
        return np.asarray(self.values[piece, buffer] + grown.astype(np.int64), dtype=np.int64)


def trace(look: Look, first: int, last: int) -> Curve:
    """The curve between two steps."""
    pieces = _looked_at(look, first, last)
    starts: list[int] = []
    values: list[tuple[int, ...]] = []
    slopes: list[tuple[float, ...]] = []
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        if piece.slopes is not None or following is None:
            starts.append(piece.first)
            values.append(piece.values)
            slopes.append(piece.slopes or (0,) * len(piece.values))
        if following is not None and (piece.slopes is None or following.first > piece.last + 1):
            starts.append(piece.last)
            values.append(piece.at(piece.last))
            steps = following.first - piece.last
            ends = zip(values[-1], following.values, strict=True)
            slopes.append(tuple((there - here) / steps for here, there in ends))
    return Curve(
        np.array(starts, dtype=np.int64),
        np.array(values, dtype=np.int64),
        np.array(slopes, dtype=np.float64),
        last,
    )


def _looked_at(look: Look, first: int, last: int) -> list[Piece]:
    """Pieces in order, with straight gaps between them unless there are very many."""
    looks = _Looks(look, first, last)
    gaps: list[tuple[int, int, Piece, Piece]] = []

    def wait(*pieces: Piece) -> None:
        for before, after in pairwise(pieces):
            if after.first > before.last + 1:
                heappush(gaps, (before.last - after.first, before.last, before, after))

    start = looks.at(first)
    if start.last < last:
        wait(start, looks.at(last))
    while gaps and not looks.are_many():
        *_, before, after = heappop(gaps)
        middle = looks.at((before.last + after.first) // 2)
        if not _is_straight(before, middle, after):
            wait(before, middle, after)
        elif middle.first > before.last + 1:
            # A look elsewhere tells a straight piece from two that meet in the middle.
            third = looks.at(before.last + max((middle.first - before.last) // 3, 1))
            if not _is_straight(before, third, middle):
                wait(before, third, middle, after)
    return [looks.found[step] for step in sorted(looks.found)]


class _Looks:
    """What has been looked at so far."""

    def __init__(self, look: Look, first: int, last: int) -> None:
        self._look = look
        self._first, self._last = first, last
        self._points = 0
        self.found: dict[int, Piece] = {}

    def are_many(self) -> bool:
        """Whether no more shall be looked at."""
        return len(self.found) >= _MOST_PIECES or self._points >= _MOST_POINTS

    def at(self, step: int) -> Piece:
        """The piece around a step, within the curve."""
        piece = self._look(step)
        start = max(piece.first, self._first)
        piece = Piece(start, min(piece.last, self._last), piece.at(start), piece.slopes)
        self._points += piece.slopes is None
        self.found[piece.first] = piece
        return piece


def _is_straight(before: Piece, middle: Piece, after: Piece) -> bool:
    """Whether three pieces lie on one line."""
    known = [piece.slopes for piece in (before, middle, after) if piece.slopes is not None]
    if any(slopes != known[0] for slopes in known):
        return False
    rise, whole = middle.first - before.last, after.first - before.last
    return all(
        (there - here) * whole == (end - here) * rise
        for here, there, end in zip(
            before.at(before.last), middle.values, after.values, strict=True
        )
    )
