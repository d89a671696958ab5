"""How bytes and tokens are written and read: the only place that does either."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from memplan.exhaustive import exhaustive
from memplan.language import in_figures, ntr, tr

KIB: Final = 2**10
MIB: Final = 2**20
GIB: Final = 2**30

_BYTES_PATTERN = re.compile(r"\s*([0-9][0-9_,]*(?:\.[0-9]+)?|\.[0-9]+)\s*([a-z]*)\s*", re.I)
_LONGEST_INPUT = 64
_LEAST_PLAIN_BYTES = MIB

_UNIT_BYTES: Final = {
    "b": 1, "byte": 1, "bytes": 1,
    "k": KIB, "kib": KIB, "kb": 10**3,
    "m": MIB, "mib": MIB, "mb": 10**6,
    "g": GIB, "gib": GIB, "gb": 10**9,
    "t": 2**40, "tib": 2**40, "tb": 10**12,
    "p": 2**50, "pib": 2**50, "pb": 10**15,
}  # fmt: skip


class ByteUnits(StrEnum):
    """Multiples in which bytes are written: of 1,024 or of 1,000."""

    BINARY = "binary"
    DECIMAL = "decimal"


_STEPS: Final = exhaustive(
    ByteUnits,
    {
        ByteUnits.BINARY: (1024, ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")),
        ByteUnits.DECIMAL: (1000, ("B", "kB", "MB", "GB", "TB", "PB", "EB")),
    },
)


def format_bytes(count: int, units: ByteUnits = ByteUnits.BINARY) -> str:
    """Bytes with a unit and three significant digits: ``4.68 GiB``, ``512 B``, ``-1.50 MiB``."""
    step, names = _STEPS[units]
    sign = "-" if count < 0 else ""
    size = Decimal(abs(count))
    index = 0
    # A size that would be rounded up to a whole step is written in the next unit.
    while index + 1 < len(names) and size >= Decimal(step) - Decimal("0.5"):
        size /= step
        index += 1
    if index == 0:
        return f"{sign}{format_count(int(size))} {names[0]}"
    return f"{sign}{_three_digits(size)} {names[index]}"


def _three_digits(size: Decimal) -> str:
    places = 2 if size < Decimal("9.995") else 1 if size < Decimal("99.95") else 0
    return in_figures(f"{size:,.{places}f}")


def format_part_of_file(part: int, whole: int) -> str:
    """Sizes of files in one unit, multiples of 1,000 as everywhere for files: ``3.10 of 4.91 GB``.

    To the byte where the two would look the same.
    """
    step, names = _STEPS[ByteUnits.DECIMAL]
    index = 0
    while index + 1 < len(names) and whole >= step ** (index + 1):
        index += 1
    sizes = [_three_digits(Decimal(count) / step**index) for count in (part, whole)]
    if index == 0 or sizes[0] == sizes[1]:
        exact = format_count(part), format_count(whole)
        return tr("{part} of {whole} bytes").format(part=exact[0], whole=exact[1])
    least = format_bytes(part, ByteUnits.DECIMAL) if sizes[0] == in_figures("0.00") else sizes[0]
    return tr("{part} of {whole}").format(part=least, whole=f"{sizes[1]} {names[index]}")


def format_exact_bytes(count: int) -> str:
    """Bytes to the last: ``5,021,827,072 bytes``."""
    return ntr("{count} byte", "{count} bytes", count)


def format_count(count: int) -> str:
    """A number of anything with separators: ``5,021,827,072``."""
    return in_figures(f"{count:,}")


def format_tokens(count: int) -> str:
    """Tokens with separators: ``32,256``."""
    return format_count(count)


def format_tokens_short(count: int) -> str:
    """Tokens for an axis: ``512``, ``40K``, ``1M`` where they are whole, else with separators."""
    for size, suffix in ((2**20, "M"), (2**10, "K")):
        if count >= size and count % size == 0:
            return f"{format_count(count // size)}{suffix}"
    return format_tokens(count)


def format_percent(part: int, whole: int) -> str:
    """A share in percent with one decimal: ``55.4 %``."""
    return in_figures(f"{100 * part / whole:,.1f} %") if whole else "–"


def parse_bytes(text: str) -> int:
    """Bytes from text such as ``16GiB``, ``16 GB``, ``24g`` or ``17179869184``, rounded down.

    Raises:
        ValueError: the text is no such size; the message says what is.
    """
    match = _BYTES_PATTERN.fullmatch(text) if len(text) <= _LONGEST_INPUT else None
    unit_bytes = _UNIT_BYTES.get(match[2].lower() or "b") if match else None
    if match is None or unit_bytes is None:
        raise ValueError(f"{text[:_LONGEST_INPUT]!r} is no size: write it as 16GiB or 16GB")
    try:
        number = Decimal(match[1].replace(",", "").replace("_", ""))
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no size: write it as 16GiB or 16GB") from error
    if not match[2] and 0 < number < _LEAST_PLAIN_BYTES:
        raise ValueError(f"{text!r} has no unit: write {text.strip()}GiB for gibibytes")
    return int((number * unit_bytes).to_integral_value(ROUND_FLOOR))


def parse_tokens(text: str) -> int:
    """Tokens from text such as ``32768``, ``32,768``, ``32K`` or ``1M`` (multiples of 1,024).

    Raises:
        ValueError: the text is no such number.
    """
    match = re.fullmatch(r"\s*([0-9][0-9_,]*)\s*([km]?)\s*", text, re.I)
    if match is None or len(text) > _LONGEST_INPUT:
        raise ValueError(f"{text[:_LONGEST_INPUT]!r} is no number of tokens: write it as 32768")
    factor = {"": 1, "k": 2**10, "m": 2**20}[match[2].lower()]
    return int(re.sub(r"[_,]", "", match[1])) * factor
