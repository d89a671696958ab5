"""The contexts at which the read-out stops when it is moved by keys."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

_STEPS_AN_OCTAVE = 8


def round_contexts(first: int, last: int) -> list[int]:
    """Round contexts from ``first`` to ``last``, both included, eight to each doubling."""
    stops = {first, last}
    power = 1
    while power <= last:
        step = max(power // _STEPS_AN_OCTAVE, 1)
        stops.update(t for t in range(power, 2 * power, step) if first <= t <= last)
        power *= 2
    return sorted(stops)


def next_stop(stops: Sequence[int], current: int, *, forward: bool) -> int:
    """The stop after or before ``current``; the outermost if there is none.

    Without any, as where a zoom leaves no marker in sight, it stays where it is.
    """
    if not stops:
        return current
    if forward:
        index = bisect.bisect_right(stops, current)
        return stops[min(index, len(stops) - 1)]
    index = bisect.bisect_left(stops, current)
    return stops[max(index - 1, 0)]
