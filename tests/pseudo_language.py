"""A language that no one speaks: each text as it is, in brackets, so that what is missing shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from memplan.language import ENGLISH, Language, speak

UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "kB", "MB", "GB", "TB", "PB", "EB")

_PLACE = re.compile(r"(\{\w+\})")
_TRANSLATED = re.compile(r"⟦[^⟦⟧]*⟧")
_WORD = re.compile(r"[^\W\d_]+")


def _look_up(source: str, comment: str, count: int) -> str:
    """The text with its own words in brackets, and the places for values outside of them."""
    text = comment if count not in {-1, 1} else source
    parts = _PLACE.split(text)
    return "".join(part if _PLACE.fullmatch(part) or not part else f"⟦{part}⟧" for part in parts)


@contextmanager
def speaking_it() -> Iterator[None]:
    """Speak this language, with figures unlike those of English, and English again."""
    speak(Language("xx", "·", "'", _look_up))
    try:
        yield
    finally:
        speak(ENGLISH)


def untranslated(text: str, names: Iterable[str] = ()) -> list[str]:
    """The words of a text that were not looked up, but for ``names`` and units.

    English figures count as such words: a number that is written without regard to the language.
    """
    rest = _TRANSLATED.sub(" ", text)
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, " ")
    words = [word for word in _WORD.findall(rest) if word not in UNITS]
    return words + re.findall(r"\d+[.,]\d+", rest)
