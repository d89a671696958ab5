"""Finding many texts in a block of bytes at once, whatever their number.

Of each text four bytes stand for it, the four that are rarest among all texts. A table tells for
each place in the block whether such four bytes may begin there; only these places are looked at.
Texts too short for that are found one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_GRAM: Final = 4
"""Bytes that stand for a text: as many as make one 32-bit number."""
_TABLE_BITS: Final = 20
_FACTOR: Final = 2654435761
"""Knuth's multiplier: spreads numbers over the table."""
_SLICE_BYTES: Final = 1 << 16
"""Looked at together: few enough to stay in the processor's cache."""


class Finder:
    """Finds given texts.

    Attributes:
        texts: the texts; their places are the indices that are given back.
    """

    def __init__(self, texts: Sequence[str], corpus: Sequence[str] = ()) -> None:
        """Prepare to find texts.

        Args:
            texts: what to find; an empty text is never found.
            corpus: texts such as will be searched, to tell which four bytes are rare there.
        """
        self.texts = tuple(texts)
        encoded = [(index, text.encode()) for index, text in enumerate(texts) if text]
        self._short = [(index, text) for index, text in encoded if len(text) < _GRAM]
        self._by_gram: dict[bytes, list[tuple[int, int, bytes]]] = {}
        counted: Counter[bytes] = Counter()
        for known in (*texts, *corpus):
            counted.update(_grams(known.encode()))
        table = np.zeros(1 << _TABLE_BITS, np.bool_)
        for index, text in encoded:
            grams = _grams(text)
            if grams:
                offset = min(range(len(grams)), key=lambda at: (counted[grams[at]], at))
                held = self._by_gram.setdefault(grams[offset], [])
                held.append((index, offset, text))
                number = int.from_bytes(grams[offset], "little")
                table[(number * _FACTOR & 0xFFFFFFFF) >> (32 - _TABLE_BITS)] = True
        self._table: NDArray[np.bool_] = table

    def lines(self, block: bytes, first: int, end: int) -> dict[int, list[int]]:
        """Where lines that hold a text start in ``[first, end)``, and which texts each holds."""
        found: dict[int, set[int]] = {}
        for index, text in self._short:
            stop = first
            while (at := block.find(text, stop, end)) >= 0:
                found.setdefault(_line_start(block, stop, at, first), set()).add(index)
                stop = _line_stop(block, at, end)
        start = stop = first
        for place in self._places(block, first, end):
            for index, offset, text in self._by_gram.get(block[place : place + _GRAM], ()):
                at = place - offset
                if at < first or not block.startswith(text, at, end):
                    continue
                if at >= stop:  # each line's ends are looked for once
                    start, stop = _line_start(block, stop, at, first), _line_stop(block, at, end)
                found.setdefault(start, set()).add(index)
        return {start: sorted(indices) for start, indices in found.items()}

    def _places(self, block: bytes, first: int, end: int) -> Iterator[int]:
        """Where four bytes begin that may stand for a text."""
        shift = np.uint32(32 - _TABLE_BITS)
        last = end - _GRAM + 1
        for start in range(first, last, _SLICE_BYTES):
            count = min(_SLICE_BYTES, last - start)
            numbers = np.ndarray((count,), "<u4", block, start, (1,))
            hashed = (numbers * np.uint32(_FACTOR)) >> shift
            for place in np.flatnonzero(self._table[hashed]).tolist():
                yield start + place


def _line_start(block: bytes, after: int, at: int, first: int) -> int:
    """Where the line of a place starts, if no line that starts before ``after`` holds it."""
    return max(block.rfind(b"\n", after, at) + 1, min(after, at) if after > first else first)


def _line_stop(block: bytes, at: int, end: int) -> int:
    """Where the next line starts, or the block's end."""
    stop = block.find(b"\n", at, end)
    return end if stop < 0 else stop + 1


def _grams(text: bytes) -> list[bytes]:
    return [text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)]
