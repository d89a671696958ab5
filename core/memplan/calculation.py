"""A number with the way to it: quantities with names, and the arithmetic between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from math import prod
from typing import Final

from memplan.exhaustive import exhaustive


class Operator(StrEnum):
    """What is done with the parts of a calculation; all in whole numbers."""

    SUM = "+"
    DIFFERENCE = "-"
    PRODUCT = "*"
    QUOTIENT = "/"
    """Rounded down."""
    ROUND_DOWN = "down"
    """The first part, down to a multiple of the second."""
    ROUND_UP = "up"
    """The first part, up to a multiple of the second."""
    LEAST = "min"
    LARGEST = "max"


class Quantity(StrEnum):
    """What a number in a calculation is."""

    TOKENS = "tokens"
    CELLS = "cells"
    LAYERS = "layers"
    KV_HEADS = "KV heads"
    HEAD_LENGTH = "elements a head"
    SIDES = "K and V"
    ELEMENT_BYTES = "bytes an element"
    ROW_BYTES = "bytes a row"
    KEY_ROW_BYTES = "bytes a K row"
    VALUE_ROW_BYTES = "bytes a V row"
    OTHER_ROW_BYTES = "bytes a row of the indexer or of compressed keys"
    PADDING_BYTES = "bytes of padding"
    STATE_ELEMENTS = "elements of rolling part and state"
    SEQUENCES = "sequences"
    LOGITS = "logits"
    PAGE_TOKENS = "tokens a page"
    ENTRY_BYTES = "bytes an entry"
    BUDGET = "budget"
    PERCENT = "percent"
    HUNDRED = "hundred"
    AUTO_SHARE = "what automatic sizing uses"
    WEIGHTS = "weights"
    NEXTN_WEIGHTS = "weights of next-token layers"
    FIXED_BYTES = "fixed bytes"
    RESERVED = "reserved at the start"
    TOKEN_BYTES = "bytes per token"  # noqa: S105
    STEP_TOKENS = "step"
    FLOOR = "floor"
    CEILING = "ceiling"
    DECLARED = "declared by the model"
    BACKEND_CAP = "limit of the backend"
    MARGIN_MIB = "MiB left free"
    MIB_BYTES = "bytes a MiB"
    BYTES_AT_FLOOR = "bytes at the floor"
    BYTES_AT_CEILING = "bytes at the ceiling"
    BYTES = "bytes"
    NEEDED = "bytes that count"
    ASKED = "asked for"
    GRANTED_CONTEXT = "context at the start"
    USED = "used"
    REMAINING = "remaining"
    COMPLETION = "granted completion"
    TENSOR = "largest tensor of the weights"
    CACHE_TENSOR = "largest tensor of the KV cache"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is given.

    Attributes:
        value: the number.
        what: what it is.
        name: which one of several, such as a tensor type or a component; empty if there is one.
    """

    value: int
    what: Quantity
    name: str = ""


@dataclass(frozen=True, slots=True)
class Calculation:
    """An operation on parts, at least one."""

    operator: Operator
    parts: tuple[Expression, ...]


Expression = Number | Calculation


def value_of(expression: Expression) -> int:
    """The result."""
    if isinstance(expression, Number):
        return expression.value
    return _OPERATIONS[expression.operator]([value_of(part) for part in expression.parts])


def calculation(operator: Operator, *parts: Expression) -> Expression:
    """An operation on parts; a single part of a sum or product is the part itself."""
    if len(parts) == 1 and operator in (Operator.SUM, Operator.PRODUCT):
        return parts[0]
    return Calculation(operator, parts)


_OPERATIONS: Final[Mapping[Operator, Callable[[list[int]], int]]] = exhaustive(
    Operator,
    {
        Operator.SUM: sum,
        Operator.DIFFERENCE: lambda parts: reduce(lambda one, other: one - other, parts),
        Operator.PRODUCT: prod,
        Operator.QUOTIENT: lambda parts: parts[0] // parts[1],
        Operator.ROUND_DOWN: lambda parts: parts[0] - parts[0] % parts[1],
        Operator.ROUND_UP: lambda parts: -(-parts[0] // parts[1]) * parts[1],
        Operator.LEAST: min,
        Operator.LARGEST: max,
    },
)
