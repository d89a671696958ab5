"""Bytes over the context axis: straight pieces between few contexts that are followed exactly.

A tensor that holds a row for each cell of a cache grows in proportion to the cells, and a buffer
is as large as the largest sum of such tensors that are alive together: straight pieces, and jumps
where the allocator places something elsewhere. Cells come in steps, so that all contexts of a step
have one answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Sample = Callable[[int], tuple[int, ...]]
"""The bytes of each buffer at a step."""

_MOST_SAMPLES: Final = 48
"""What a curve may cost; beyond it a piece is taken for straight without another look."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Bytes of each buffer at whole steps, in straight pieces.

    Attributes:
        steps: where pieces meet, ascending.
        values: a row of bytes for each of them.
    """

    steps: NDArray[np.int64]
    values: NDArray[np.int64]

    def at(self, steps: NDArray[np.int64], buffer: int) -> NDArray[np.int64]:
        """Bytes of one buffer at each of some steps, which lie within the curve."""
        known = self.steps
        after = np.clip(np.searchsorted(known, steps), 1, len(known) - 1)
        low, high = known[after - 1], known[after]
        bytes_low, bytes_high = self.values[after - 1, buffer], self.values[after, buffer]
        # Pieces are straight at every step, so the division leaves nothing.
        slope = (bytes_high - bytes_low) / (high - low)
        grown: NDArray[np.int64] = np.rint(slope * (steps - low)).astype(np.int64)
        return np.asarray(bytes_low + grown, dtype=np.int64)


def trace(sample: Sample, first: int, last: int) -> Curve:
    """The curve between two steps."""
    tracing = _Tracing(sample)
    if first == last:
        last = first + 1
        value = tracing.at(first)
        tracing.known[last] = value
    else:
        tracing.between(first, last)
    steps = sorted(tracing.known)
    return Curve(
        np.array(steps, dtype=np.int64),
        np.array([tracing.known[step] for step in steps], dtype=np.int64),
    )


class _Tracing:
    """What has been sampled so far."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample
        self.known: dict[int, tuple[int, ...]] = {}

    def at(self, step: int) -> tuple[int, ...]:
        found = self.known.get(step)
        if found is None:
            found = self.known[step] = self._sample(step)
        return found

    def between(self, first: int, last: int) -> None:
        """Sample until every piece between two steps is straight."""
        self.at(first), self.at(last)
        if last - first < 2 or len(self.known) >= _MOST_SAMPLES:
            return
        middle = (first + last) // 2
        if self._is_straight(first, middle, last):
            # A look elsewhere tells a straight piece from two that meet in the middle.
            if self._is_straight(first, first + max((middle - first) // 3, 1), last):
                return
        elif self._meet(first, last):
            return
        self.between(first, middle)
        self.between(middle, last)

    def _is_straight(self, first: int, middle: int, last: int) -> bool:
        low, value, high = self.at(first), self.at(middle), self.at(last)
        return all(
            (b - a) * (last - first) == (c - a) * (middle - first)
            for a, b, c in zip(low, value, high, strict=True)
        )

    def _meet(self, first: int, last: int) -> bool:
        """Whether the pieces at both ends go on until they meet; looks at where they would."""
        if last - first < 8:
            return False
        low, high = self.at(first), self.at(last)
        rise_low = [b - a for a, b in zip(low, self.at(first + 1), strict=True)]
        rise_high = [b - a for a, b in zip(self.at(last - 1), high, strict=True)]
        for buffer, (before, after) in enumerate(zip(rise_low, rise_high, strict=True)):
            if before == after:
                continue
            gap = high[buffer] - after * last - (low[buffer] - before * first)
            place = gap // (before - after)
            if not first < place < last - 1:
                return False
            left, right = self.at(place)[buffer], self.at(place + 1)[buffer]
            if left != low[buffer] + before * (place - first):
                return False
            if right != high[buffer] - after * (last - place - 1):
                return False
        inner = sorted(step for step in self.known if first <= step <= last)
        return all(self._is_straight(a, (a + b) // 2, b) for a, b in pairwise(inner) if b - a > 1)
