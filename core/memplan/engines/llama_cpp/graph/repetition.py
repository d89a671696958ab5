"""Which layers need be followed where many are alike.

A layer that begins with the memory as the one before it began, and computes the same, changes
nothing: whether there are thirty or three hundred of them, each buffer is as large. So layers are
left out in whole periods, as many as keep the pattern of those that stay.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

PERIODS: Final = (8, 12, 16, 20, 24)
"""Layers that are left out together. Multiples of four: some architectures treat every second or
fourth layer in another way, which no tensor tells."""

LONGEST_PATTERN: Final = 6
"""Layers of a longer pattern are all followed: it may take them long to settle."""


def walked(layers: Sequence[Hashable]) -> tuple[int, ...]:
    """The numbers of the layers to follow, from what each of them is."""
    return min((_walked(layers, period) for period in PERIODS), key=len)


def _walked(layers: Sequence[Hashable], period: int) -> tuple[int, ...]:
    kept: list[int] = []
    first = 0
    while first < len(layers):
        end = first
        while end + period < len(layers) and layers[end] == layers[end + period]:
            end += 1
        length = end - first + period if end > first else 1
        # One period stays, and what is left over of another.
        is_short = _pattern(layers[first : first + length], period) <= LONGEST_PATTERN
        left_out = max(length // period - 1, 0) * period * is_short
        middle = first + period // 2 if left_out else first + length
        kept += range(first, middle)
        kept += range(middle + left_out, first + length)
        first += length
    return tuple(kept)


def _pattern(layers: Sequence[Hashable], period: int) -> int:
    """After how many layers the pattern of layers that repeat after a period begins again."""
    for length in range(1, period):
        if period % length == 0 and layers[length:] == layers[: len(layers) - length]:
            return length
    return period
