"""Typed access to the metadata of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from memplan.reader.header import Array, Value, ValueType, string_in
from memplan.unsigned import U32_MAX

_U32_TYPES = frozenset({ValueType.UINT32, ValueType.INT32, ValueType.UINT64})
_INTEGER_TYPES = frozenset(
    {
        ValueType.UINT8,
        ValueType.INT8,
        ValueType.UINT16,
        ValueType.INT16,
        ValueType.UINT32,
        ValueType.INT32,
        ValueType.UINT64,
        ValueType.INT64,
        ValueType.BOOL,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Metadata:
    """A model's key-values. Keys are given without the architecture's prefix.

    Attributes:
        architecture: value of ``general.architecture``; empty if absent.
        values: every key-value of the file, under its full key.
    """

    architecture: str
    values: Mapping[str, Value]

    def _find(self, key: str) -> Value | None:
        return self.values.get(f"{self.architecture}.{key}")

    def text(self, full_key: str) -> str:
        """The string under a full key such as ``general.name``; empty if absent."""
        return string_in(self.values, full_key)

    def u32(self, key: str) -> int | None:
        """An integer as ZINC takes it: u32, non-negative i32, or u64 that fits 32 bits."""
        return _as_u32(self._find(key))

    def largest_u32(self, key: str, default: int) -> int:
        """A scalar as :meth:`u32` takes it, or the largest of an array of such."""
        found = self._find(key)
        if found is not None and isinstance(found.value, Array):
            if found.value.element_type not in _U32_TYPES:
                return default
            numbers = found.value.numbers() or ()
            fitting = [int(number) for number in numbers if 0 <= number <= U32_MAX]
            return max(fitting, default=default)
        scalar = _as_u32(found)
        return default if scalar is None else scalar

    def integer(self, key: str) -> int | None:
        """A scalar of any integer type, or ``None``."""
        found = self._find(key)
        if found is None or found.type not in _INTEGER_TYPES or not isinstance(found.value, int):
            return None
        return int(found.value)

    def integers(self, key: str) -> tuple[int, ...] | None:
        """The elements of an array of integers or flags; ``None`` for anything else."""
        found = self._find(key)
        if found is None or not isinstance(found.value, Array):
            return None
        if found.value.element_type not in _INTEGER_TYPES:
            return None
        numbers = found.value.numbers()
        return None if numbers is None else tuple(int(number) for number in numbers)


def _as_u32(found: Value | None) -> int | None:
    if found is None or found.type not in _U32_TYPES or not isinstance(found.value, int):
        return None
    return found.value if 0 <= found.value <= U32_MAX else None
