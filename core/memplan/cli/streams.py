"""Standard input, output and error as they come: closed, or in an encoding that lacks signs."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Mapping
from typing import Final, TextIO

_STANDARD_DESCRIPTORS: Final = 3
_PLAIN_SIGNS: Final = "memplan.plain_signs"

_LOOK_ALIKES: Final[Mapping[str, str]] = {
    "±": "+/-",
    "≈": "~",
    "≤": "<=",
    "≥": ">=",
    "×": "x",
    "·": "-",
    "•": "*",
    "–": "-",
    "—": "-",
    "−": "-",
    "→": "->",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "ß": "ss",
}
"""Plain signs for those of our own texts that an encoding may lack."""


def prepare_streams() -> None:
    """Make the three standard streams usable: nothing that is printed raises after this.

    A closed one is replaced by one that takes or gives nothing. Signs that the encoding of an
    output lacks are written as plain ones.
    """
    _occupy_descriptors()
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 (for the whole run)
    codecs.register_error(_PLAIN_SIGNS, _with_plain_signs)
    sys.stdout = _prepared(sys.stdout)
    sys.stderr = _prepared(sys.stderr)


def plain_signs(text: str) -> str:
    """The text in ASCII: what looks alike, else ``?``; a byte of no encoding in hexadecimal."""
    return "".join(_plain_sign(sign) for sign in text)


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if "\udc80" <= sign <= "\udcff":
        # Python's stand-in for a byte of a file's name that is no UTF-8.
        return f"\\x{ord(sign) - 0xDC00:02x}"
    if sign in _LOOK_ALIKES:
        return _LOOK_ALIKES[sign]
    decomposed = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode("ascii")
    return decomposed or "?"


def _with_plain_signs(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain_signs(error.object[error.start : error.end]), error.end


def _prepared(stream: TextIO | None) -> TextIO:
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8", errors=_PLAIN_SIGNS)  # noqa: PTH123
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_PLAIN_SIGNS)
    return stream


def _occupy_descriptors() -> None:
    """Open nothing in the place of a closed stream: it would get what others print there."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < _STANDARD_DESCRIPTORS:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
