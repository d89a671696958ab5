"""Readers of what stands behind an option on a command line, for :mod:`argparse`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from memplan.units import parse_bytes, parse_tokens
from memplan.unsigned import check_u32, check_u64

_Value = TypeVar("_Value")


def reader(read: Callable[[str], _Value]) -> Callable[[str], _Value]:
    """A reader whose own words say what is wrong with a text."""

    def convert(text: str) -> _Value:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert


def token_count(name: str, *, least: int = 0) -> Callable[[str], int]:
    """A reader of contexts, such as 32768 or 32K."""
    return _number(parse_tokens, check_u32, name, least)


def byte_size(name: str, *, least: int = 0) -> Callable[[str], int]:
    """A reader of sizes, such as 16GiB."""
    return _number(parse_bytes, check_u64, name, least)


def count(name: str, *, least: int = 0) -> Callable[[str], int]:
    """A reader of whole numbers."""
    return _number(_parse_count, check_u32, name, least)


def layers(name: str, all_of_them: StrEnum) -> Callable[[str], int | StrEnum | None]:
    """A reader of a number of layers, the word for all, or ``auto``: ``None``; -1 is the same."""
    number = count(name)

    def convert(text: str) -> int | StrEnum | None:
        if text in {"auto", "-1"}:
            return None
        if text == all_of_them or re.fullmatch(r"-\d{1,9}", text):
            return all_of_them
        return number(text)

    return convert


def text_that_passes(check: Callable[[str], object]) -> Callable[[str], str]:
    """A reader of texts that ``check`` does not refuse with a ``ValueError``."""

    def read(text: str) -> str:
        check(text)
        return text

    return reader(read)


def on_off_auto(text: str) -> bool | None:
    """``on``, ``off`` or ``auto`` as the option's value."""
    values = {"on": True, "1": True, "off": False, "0": False, "auto": None}
    if text not in values:
        raise argparse.ArgumentTypeError(f"{text!r} is none of on, off, auto")
    return values[text]


def _number(
    parse: Callable[[str], int], check: Callable[[str, int], int], name: str, least: int
) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = check(name, parse(text))
        if value < least:
            raise ValueError(f"{text} is too little: at least {least}")
        return value

    return reader(read)


def _parse_count(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,20}", text) is None:
        raise ValueError(f"{text[:40]!r} is no whole number from 0")
    return int(text)
