"""The tensor split that gives several devices the most room.

llama.cpp splits by free memory alone; caches and layers of several sizes make one device overflow
while the sum would fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Final

_STEP_BYTES: Final = 2**20
"""Headrooms that differ by less are the same."""

_MOST_ROUNDS: Final = 4
"""Compute buffers follow the split, and the split follows them: by then they have settled."""

Counts = tuple[int, ...]
"""Layers of each device, in order."""


def roomiest_split(
    layer_bytes: Sequence[int],
    budgets: Sequence[int],
    measure: Callable[[Counts], Sequence[int]],
) -> Counts | None:
    """Layers of each device so that the fullest has the most bytes left.

    What a device holds beside its layers is measured for one split, and kept for the next guess.

    Args:
        layer_bytes: bytes of each layer with its cache, the output layer last.
        budgets: bytes that each device may take.
        measure: all bytes on each device with a split.

    Returns:
        The layers of each device; ``None`` where no split fits, or there is one device.
    """
    if len(budgets) < 2:
        return None
    ends = [0, *accumulate(layer_bytes)]
    beside: Sequence[int] = [0] * len(budgets)
    best: tuple[int, Counts] | None = None
    tried: set[Counts] = set()
    for _round in range(_MOST_ROUNDS):
        counts = _most_even(ends, [b - other for b, other in zip(budgets, beside, strict=True)])
        if counts is None or counts in tried:
            break
        tried.add(counts)
        used = measure(counts)
        room = min(budget - taken for budget, taken in zip(budgets, used, strict=True))
        if room >= 0 and (best is None or room > best[0]):
            best = room, counts
        beside = [taken - own for taken, own in zip(used, _layers_bytes(ends, counts), strict=True)]
    return best[1] if best else None


def _most_even(ends: Sequence[int], limits: Sequence[int]) -> Counts | None:
    """The split that leaves the most on the fullest device; ``None`` if none fits."""
    best = _with_headroom(ends, limits, 0)
    low, high = 0, max(limits)
    while best is not None and high - low > _STEP_BYTES:
        middle = (low + high) // 2
        found = _with_headroom(ends, limits, middle)
        if found is None:
            high = middle
        else:
            best, low = found, middle
    return best


def _with_headroom(ends: Sequence[int], limits: Sequence[int], headroom: int) -> Counts | None:
    """As many layers for device after device as leave a headroom; ``None``: some are left over."""
    counts: list[int] = []
    first, last = 0, len(ends) - 1
    for limit in limits:
        after = first
        while after < last and ends[after + 1] - ends[first] <= limit - headroom:
            after += 1
        counts.append(after - first)
        first = after
    return tuple(counts) if first == last and min(limits) >= headroom else None


def _layers_bytes(ends: Sequence[int], counts: Counts) -> list[int]:
    firsts = [0, *accumulate(counts)]
    return [ends[b] - ends[a] for a, b in pairwise(firsts)]
