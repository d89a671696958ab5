"""The language of all texts, and how its numbers are written: English, unless another is spoken.

Texts stand in the code in English, in :func:`tr`, :func:`ntr` or :func:`marked`, whole sentences
with named places in braces, so that a translation can put them in another order; never inside of an
f-string, where the tool that collects them for translators does not look. The window has
Qt's translator look them up; the core itself does not know Qt, and the command line and files made
for programs stay English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

Lookup = Callable[[str, str, int], str]
"""From a text, its comment (the plural, where there is one) and a count (-1: none) to the
translation; the empty text where there is none."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language that texts can be written in.

    Attributes:
        code: its ISO 639 code, as in HTML's ``lang``.
        decimal_point: between a number's whole part and its fraction.
        group_separator: between the thousands.
        lookup: finds translations; ``None``: texts stay as they are written.
    """

    code: str
    decimal_point: str
    group_separator: str
    lookup: Lookup | None = None


ENGLISH: Final = Language("en", ".", ",")


class _Spoken:
    """The language of this process, which has one, as it has one translator in Qt."""

    language = ENGLISH


def speak(language: Language) -> None:
    """Write all texts and numbers from now on in this language."""
    _Spoken.language = language


_MEANWHILE: Final[ContextVar[Language | None]] = ContextVar("_MEANWHILE", default=None)
"""Another language in this thread, for a while."""


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Write texts and numbers in this language for a while, in this thread alone.

    Also a decorator: of what makes text for programs, which is always English.
    """
    before = _MEANWHILE.set(language)
    try:
        yield
    finally:
        _MEANWHILE.reset(before)


def spoken() -> Language:
    """The language in which texts are written."""
    return _MEANWHILE.get() or _Spoken.language


def tr(source: str, comment: str = "") -> str:
    """A text in the spoken language.

    Args:
        source: the text in English; places for values are named in braces, to be filled later.
        comment: what tells apart two texts that are the same in English.
    """
    lookup = spoken().lookup
    return source if lookup is None else lookup(source, comment, -1) or source


def ntr(singular: str, plural: str, count: int) -> str:
    """The text for a number of things, in the spoken language, with ``{count}`` filled in."""
    lookup = spoken().lookup
    text = "" if lookup is None else lookup(singular, plural, min(abs(count), _LARGEST_COUNT))
    if not text:
        text = singular if abs(count) == 1 else plural
    return text.replace("{count}", in_figures(f"{count:,}"))


def marked(source: str) -> str:
    """The same text, marked for translators: it is looked up where it is used, with :func:`tr`."""
    return source


@dataclass(frozen=True, slots=True)
class DeferredText:
    """A text that is written whenever it is shown, in the language of that moment.

    For what is kept longer than a language may be spoken. Two that say the same are equal.

    Attributes:
        write: writes it.
        values: what is written of.
    """

    write: Callable[..., str]
    values: tuple[Hashable, ...]

    def __str__(self) -> str:
        return self.write(*self.values)


def in_figures(number: str) -> str:
    """A number that is written as in English, in the spoken language's way."""
    language = spoken()
    if language is ENGLISH:
        return number
    return number.translate({ord(","): language.group_separator, ord("."): language.decimal_point})


def from_figures(number: str) -> str:
    """A number that a user wrote in the spoken language, as in English: the inverse.

    A separator that does not stand before three digits can only be meant as the decimal point.
    """
    language = spoken()
    if language is ENGLISH:
        return number
    group, point = language.group_separator, language.decimal_point
    if point not in number and number.count(group) == 1:
        number = re.sub(rf"{re.escape(group)}(?!\d{{3}}(?!\d))", point, number)
    return number.replace(group, "").replace(point, ".")


_LARGEST_COUNT: Final = 2**31 - 1
"""Qt counts with 32 bits; all forms of the plural repeat long before."""
