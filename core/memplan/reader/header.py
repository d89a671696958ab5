"""What a GGUF header says, as it stands in the file."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

from memplan.language import DeferredText


class ValueType(IntEnum):
    """The types of metadata values, with their ids in the file."""

    UINT8 = 0
    INT8 = 1
    UINT16 = 2
    INT16 = 3
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9
    UINT64 = 10
    INT64 = 11
    FLOAT64 = 12


SCALAR_FORMATS: Mapping[ValueType, str] = {
    ValueType.UINT8: "B",
    ValueType.INT8: "b",
    ValueType.UINT16: "H",
    ValueType.INT16: "h",
    ValueType.UINT32: "I",
    ValueType.INT32: "i",
    ValueType.FLOAT32: "f",
    ValueType.BOOL: "?",
    ValueType.UINT64: "Q",
    ValueType.INT64: "q",
    ValueType.FLOAT64: "d",
}
"""The :mod:`struct` code of each value type of fixed size."""


class ByteOrder(StrEnum):
    """Byte order of a file, as the first character of a :mod:`struct` format."""

    LITTLE = "<"
    BIG = ">"


@dataclass(frozen=True, slots=True)
class Array:
    """A metadata array: its type, length and place; numbers too, where they are few.

    Attributes:
        element_type: the type of every element.
        count: number of elements.
        offset: byte offset of the first element in the file.
        raw: the elements' bytes, or ``None`` for strings and for arrays too long to keep.
        byte_order: byte order of ``raw``.
    """

    element_type: ValueType
    count: int
    offset: int
    raw: bytes | None = None
    byte_order: ByteOrder = ByteOrder.LITTLE

    def numbers(self) -> tuple[int | float | bool, ...] | None:
        """The elements, or ``None`` where they were not kept."""
        if self.raw is None:
            return None
        code = SCALAR_FORMATS[self.element_type]
        return struct.unpack(f"{self.byte_order}{self.count}{code}", self.raw)


class LongText(NamedTuple):
    """A string that is too long to keep: its length and place.

    Attributes:
        bytes: its length.
        offset: byte offset of its first byte in the file.
    """

    bytes: int
    offset: int


class Value(NamedTuple):
    """A metadata value with the type under which the file holds it."""

    type: ValueType
    value: int | float | bool | str | Array | LongText


def string_in(values: Mapping[str, Value], key: str) -> str:
    """The string under a key such as ``general.name``; empty where there is none."""
    found = values.get(key)
    return found.value if found is not None and isinstance(found.value, str) else ""


class Tensor(NamedTuple):
    """One row of the tensor table.

    Attributes:
        name: the tensor's name.
        dimensions: elements along each dimension, fastest first.
        type_name: the element type's name, such as ``Q4_K``.
        bytes: size of the data in bytes, without padding.
        offset: where the data begin, in bytes from the start of the data.
    """

    name: str
    dimensions: tuple[int, ...]
    type_name: str
    bytes: int
    offset: int

    @property
    def elements(self) -> int:
        """Number of elements."""
        product = 1
        for dimension in self.dimensions:
            product *= dimension
        return product


class HeaderNotice(StrEnum):
    """What is odd about a file that can be used all the same."""

    DATA_MISSING = "data_missing"
    UNKNOWN_TENSOR_TYPE = "unknown_tensor_type"
    ALIGNMENT_TYPE = "alignment_type"
    SHARDS_MISSING = "shards_missing"
    SHARD_ALIGNMENT = "shard_alignment"
    NOT_CHECKED_ONLINE = "not_checked_online"


Detail = str | DeferredText
"""What a notice is about: names as they stand in the file, or a text."""


class Shard(NamedTuple):
    """One file of a split model.

    Attributes:
        source: its file or address.
        tensor_count: number of tensors in it.
        weights_bytes: bytes of these, without padding.
        file_bytes: bytes of the file that are there.
        complete_bytes: bytes that would be there if nothing were missing.
    """

    source: str
    tensor_count: int
    weights_bytes: int
    file_bytes: int
    complete_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """A GGUF header, whole and checked; of tensor data only where they are and how much.

    Of a split model it is the first shard's header with the tensors and sizes of all shards.

    Attributes:
        source: the file or address, as the user gave it.
        version: GGUF version, 2 or 3.
        byte_order: byte order of the file.
        metadata: every key-value, in the file's order.
        tensors: the tensor table, in the file's order.
        alignment: padding of tensor data, in bytes.
        data_offset: where tensor data begin, in bytes: the size of the header.
        file_bytes: bytes that are there.
        complete_bytes: bytes that would be there if nothing were missing; shards that are not
            there count nothing, as nobody knows their size.
        notices: what is odd, with a detail each.
        shards: the files of a split model that are there, in order; empty if it is not split.
    """

    source: str
    version: int
    byte_order: ByteOrder
    metadata: Mapping[str, Value]
    tensors: tuple[Tensor, ...]
    alignment: int
    data_offset: int
    file_bytes: int
    complete_bytes: int
    notices: tuple[tuple[HeaderNotice, Detail], ...] = ()
    shards: tuple[Shard, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all tensor data are there, of every shard."""
        missing = any(kind is HeaderNotice.SHARDS_MISSING for kind, _ in self.notices)
        return self.file_bytes >= self.complete_bytes and not missing

    @property
    def weights_bytes(self) -> int:
        """Bytes of all tensors, without padding."""
        return sum(tensor.bytes for tensor in self.tensors)
