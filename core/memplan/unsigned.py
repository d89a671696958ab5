"""Range checks for the unsigned integers of the engines' own interfaces."""

from __future__ import annotations

from typing import Final

from memplan.language import tr
from memplan.units import format_count

U32_MAX: Final = 2**32 - 1
I64_MAX: Final = 2**63 - 1
U64_MAX: Final = 2**64 - 1


def check_u32(name: str, value: int) -> int:
    """Return ``value``; raise ``ValueError`` unless it is an unsigned 32-bit integer."""
    return _check(name, value, U32_MAX)


def check_u64(name: str, value: int) -> int:
    """Return ``value``; raise ``ValueError`` unless it is an unsigned 64-bit integer."""
    return _check(name, value, U64_MAX)


def _check(name: str, value: int, largest: int) -> int:
    # bool is an int in Python, but a flag is no count.
    if not isinstance(value, int) or isinstance(value, bool):
        text = tr("{name} must be an integer from 0 to {largest}, not {value}")
        raise ValueError(text.format(name=name, largest=format_count(largest), value=repr(value)))
    if not 0 <= value <= largest:
        text = tr("{name} must be from 0 to {largest}, not {value}")
        raise ValueError(
            text.format(name=name, largest=format_count(largest), value=format_count(value))
        )
    return value
