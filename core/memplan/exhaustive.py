"""Tables that have an entry for every member of an enum, checked when they are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def exhaustive(keys: Iterable[_Key], table: Mapping[_Key, _Value]) -> Mapping[_Key, _Value]:
    """``table`` if it has an entry for each of ``keys`` (an enum, or some of its members).

    A table that lacks a new member thus stops the import, and every test, instead of a user.

    Raises:
        TypeError: an entry is missing, or stands for none of ``keys``.
    """
    wanted = set(keys)
    for problem, wrong in (("no", wanted - table.keys()), ("an unknown", table.keys() - wanted)):
        if wrong:
            raise TypeError(f"a table has {problem} entry for {', '.join(map(repr, wrong))}")
    return MappingProxyType(dict(table))
