"""Round numbers for the axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from memplan.exhaustive import exhaustive
from memplan.language import in_figures
from memplan.units import GIB, ByteUnits, format_tokens_short

from memplan_gui.plot.scale import AxisScale, Frame

_ROUND_STEPS = (1.0, 2.0, 5.0, 10.0)
_SPARE_TOP = 1.03
"""The plot ends at the first step that leaves this much above what it shows."""

_UNITS = exhaustive(
    ByteUnits,
    {
        ByteUnits.BINARY: (1024, ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")),
        ByteUnits.DECIMAL: (1000, ("B", "kB", "MB", "GB", "TB", "PB", "EB")),
    },
)
_EMPTY_TOP_BYTES = GIB
"""Where there is nothing to show, the axis ends here."""

_LEAST_POWERS = 3
_LEAST_POWER_PIXELS = 44.0
_SHORT_END = 6
"""An end of the axis is written on it if it takes at most so many characters."""


@dataclass(frozen=True, slots=True)
class ByteTicks:
    """The ticks of the vertical axis.

    Attributes:
        unit: the unit of the texts.
        top_bytes: bytes at the upper end of the axis.
        ticks: bytes and text of each tick, ascending from 0.
    """

    unit: str
    top_bytes: float
    ticks: tuple[tuple[float, str], ...]


def byte_ticks(shown_bytes: float, most_ticks: int, units: ByteUnits) -> ByteTicks:
    """An axis from 0 to a little more than ``shown_bytes``, in at most ``most_ticks`` steps."""
    base, names = _UNITS[units]
    if shown_bytes == 0:
        shown_bytes = _EMPTY_TOP_BYTES
    index = 0
    while index + 1 < len(names) and shown_bytes >= base ** (index + 1):
        index += 1
    unit_bytes = base**index
    shown = max(shown_bytes / unit_bytes, 1.0) * _SPARE_TOP
    step = _round_step(shown / max(most_ticks, 1))
    steps = math.ceil(shown / step)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    ticks = tuple(
        (i * step * unit_bytes, in_figures(f"{i * step:,.{places}f}")) for i in range(steps + 1)
    )
    return ByteTicks(names[index], steps * step * unit_bytes, ticks)


def _round_step(least: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(least))
    return next(s * magnitude for s in _ROUND_STEPS if s * magnitude >= least * (1 - 1e-9))


def context_ticks(
    frame: Frame, text_width: Callable[[str], float], gap: float, right: float
) -> list[tuple[int, str, float]]:
    """Tokens, text and left end of the ticks of the horizontal axis, ascending.

    Powers of two where the axis is logarithmic, round multiples where it is linear or where few
    powers are in sight, and the two ends where they are short. No two texts are
    nearer than ``gap`` pixels, and none goes beyond ``right``.
    """

    def room_for(candidates: Iterable[int]) -> float:
        texts = map(format_tokens_short, candidates)
        return max(_LEAST_POWER_PIXELS, gap + max(map(text_width, texts), default=0.0))

    powers = _powers(frame, room_for) if frame.scale is AxisScale.LOG else []
    candidates = powers if len(powers) >= _LEAST_POWERS else powers + _multiples(frame, room_for)
    ends = (math.floor(frame.last_tokens), math.ceil(frame.first_tokens))
    candidates += [end for end in ends if len(format_tokens_short(end)) <= _SHORT_END]
    ticks: dict[int, tuple[int, str, float]] = {}
    taken: list[tuple[float, float]] = []
    for tokens in candidates:
        text = format_tokens_short(tokens)
        width = text_width(text)
        start = min(frame.x_of(tokens) - width / 2, right - width)
        if all(start >= end + gap or start + width + gap <= begin for begin, end in taken):
            ticks[tokens] = (tokens, text, start)
            taken.append((start, start + width))
    return sorted(ticks.values())


def _powers(frame: Frame, room_for: Callable[[Iterable[int]], float]) -> list[int]:
    """Powers of two in range, evenly thinned out where they would crowd."""
    first = max(0, math.ceil(frame.first_position - 1e-9))
    last = math.floor(frame.last_position + 1e-9)
    exponents = list(range(first, last + 1))
    width_each = frame.rect.width() / max(frame.last_position - frame.first_position, 1e-9)
    room = room_for(2**k for k in exponents)
    stride = next((s for s in (1, 2, 4, 8) if width_each * s >= room), 16)
    return [2**k for k in exponents if (k - first) % stride == 0]


def _multiples(frame: Frame, room_for: Callable[[Iterable[int]], float]) -> list[int]:
    """Multiples of the least power of two that leaves each of them room."""
    per_pixel = (frame.last_tokens - frame.first_tokens) / max(frame.rect.width(), 1.0)
    last = math.floor(frame.last_tokens)
    step = 1 << max(math.ceil(math.log2(max(per_pixel * room_for(()), 1.0))), 0)
    while True:
        multiples = range(math.ceil(frame.first_tokens / step) * step, last + 1, step)
        if step >= per_pixel * room_for(multiples):
            return list(multiples)
        step *= 2
