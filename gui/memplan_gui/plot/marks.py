"""The contexts that the chart marks, and what is written on them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.planning.planner import Markers
from memplan.units import format_tokens


class Mark(Enum):
    """A context of interest, the most important first."""

    REQUESTED = auto()
    AUTOMATIC = auto()
    LARGEST = auto()
    CEILING = auto()
    FLOOR = auto()


@dataclass(frozen=True, slots=True)
class _Name:
    """What a mark is called, marked for translators.

    Attributes:
        full, short: alone, or before others.
        next_full, next_short: after others.
    """

    full: str
    short: str
    next_full: str
    next_short: str


_REQUESTED = marked("Requested"), marked("requested")
_CEILING = marked("Ceiling"), marked("ceiling")
_FLOOR = marked("Floor"), marked("floor")
_NAMES = exhaustive(
    Mark,
    {
        Mark.REQUESTED: _Name(_REQUESTED[0], _REQUESTED[0], _REQUESTED[1], _REQUESTED[1]),
        Mark.AUTOMATIC: _Name(
            marked("Automatic"), marked("Auto"), marked("automatic"), marked("auto")
        ),
        Mark.LARGEST: _Name(
            marked("Largest that fits"),
            marked("Largest"),
            marked("largest that fits"),
            marked("largest"),
        ),
        Mark.CEILING: _Name(_CEILING[0], _CEILING[0], _CEILING[1], _CEILING[1]),
        Mark.FLOOR: _Name(_FLOOR[0], _FLOOR[0], _FLOOR[1], _FLOOR[1]),
    },
)


@dataclass(frozen=True, slots=True)
class Marker:
    """One vertical line: the marks that share a context.

    Attributes:
        marks: what it marks, the most important first.
        context_tokens: the context.
    """

    marks: tuple[Mark, ...]
    context_tokens: int

    @property
    def draggable(self) -> bool:
        """Whether dragging it asks for another context."""
        return self.marks[0] in (Mark.REQUESTED, Mark.AUTOMATIC)

    def texts(self) -> tuple[str, ...]:
        """What can be written on it, the fullest first."""
        tokens = format_tokens(self.context_tokens)
        first, *others = [_NAMES[mark] for mark in self.marks]
        full = [first.full, *(name.next_full for name in others)]
        short = [first.short, *(name.next_short for name in others)]
        wordings = (full, short, [first.short])
        joined = (" = ".join(tr(name) for name in wording) for wording in wordings)
        return tuple(dict.fromkeys(f"{names} {tokens}" for names in joined))


def markers_of(markers: Markers) -> tuple[Marker, ...]:
    """The vertical lines of a plan, the most important first.

    The largest context that fits is left out where it is the ceiling, for then it limits nothing;
    a floor that is not below the ceiling is none.
    """
    contexts = exhaustive(
        Mark,
        {
            Mark.REQUESTED: markers.requested_tokens,
            Mark.AUTOMATIC: markers.auto_tokens,
            Mark.LARGEST: markers.max_tokens
            if 0 < markers.max_tokens < markers.ceiling_tokens
            else None,
            Mark.CEILING: markers.ceiling_tokens,
            Mark.FLOOR: markers.floor_tokens
            if markers.floor_tokens < markers.ceiling_tokens
            else None,
        },
    )
    groups: dict[int, list[Mark]] = {}
    for mark, tokens in contexts.items():
        if tokens is not None:
            groups.setdefault(tokens, []).append(mark)
    return tuple(Marker(tuple(marks), tokens) for tokens, marks in groups.items())
