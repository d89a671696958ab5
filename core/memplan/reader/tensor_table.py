"""The tensor table of a GGUF header: rule 5 of :mod:`memplan.reader.walk`."""

from __future__ import annotations

import math
import struct
from array import array
from typing import NamedTuple

from memplan.language import marked, ntr, tr
from memplan.reader.errors import (
    GgufError,
    InvalidHeaderError,
)
from memplan.reader.header import (
    Tensor,
)
from memplan.reader.tensor_types import REMOVED_TYPES, TENSOR_TYPES, TensorType
from memplan.reader.window import DAMAGED, Window, shown, text_of
from memplan.units import format_count

_MAX_NAME_BYTES = 63
_MAX_DIMENSIONS = 4
_MAX_INT32 = 2**31 - 1
_MAX_INT64 = 2**63 - 1
UNKNOWN_BYTES = -1
_TENSOR_NAME = marked("a tensor's name")
_TENSOR_DIMENSION_COUNT = marked("a tensor's number of dimensions")
_TENSOR_ROW = marked("a tensor's dimensions and type")
_TENSOR_OFFSET = marked("a tensor's offset")


class _Shape(NamedTuple):
    """What a row says beside the tensor's name and place; many rows say the same.

    Attributes:
        dimensions: elements along each dimension.
        type_name: the name of the type, ``type 43`` where Memplan does not know it.
        bytes: size without padding, ``UNKNOWN_BYTES`` where Memplan does not know the type.
    """

    dimensions: tuple[int, ...]
    type_name: str
    bytes: int


def tensor_table(window: Window, count: int) -> tuple[tuple[Tensor, ...], array[int]]:
    """All rows, and where each of them begins."""
    layouts = [struct.Struct(f"{window.order}{n}QI") for n in range(_MAX_DIMENSIONS + 1)]
    shapes: dict[bytes, _Shape] = {}
    names: set[bytes] = set()
    tensors = []
    row_offsets = array("Q")
    for _ in range(count):
        row_offset = window.offset
        whole_name = _tensor_name(window)
        # As in C, a name ends at its first NUL; what comes after still tells two apart.
        name = text_of(whole_name.partition(b"\0")[0])
        if whole_name in names:
            raise InvalidHeaderError(
                window.name,
                row_offset,
                tr("every tensor's name once"),
                tr("{name} again").format(name=shown(name)),
                tr(DAMAGED),
            )
        names.add(whole_name)
        layout = layouts[_dimension_count(window, name)]
        raw = window.take(layout.size, _TENSOR_ROW)
        shape = shapes.get(raw)
        if shape is None:
            shape = shapes[raw] = _shape(window, name, layout.unpack(raw))
        tensors.append(Tensor(name, *shape, window.u64(_TENSOR_OFFSET)))
        row_offsets.append(row_offset)
    return tuple(tensors), row_offsets


def _tensor_name(window: Window) -> bytes:
    offset = window.offset
    length = window.string_length(_TENSOR_NAME)
    if length > _MAX_NAME_BYTES:
        raise InvalidHeaderError(
            window.name,
            offset,
            tr("a tensor's name of at most {most} bytes").format(most=_MAX_NAME_BYTES),
            format_count(length),
            tr(DAMAGED),
        )
    return window.take(length, _TENSOR_NAME)


def _dimension_count(window: Window, name: str) -> int:
    count = window.u32(_TENSOR_DIMENSION_COUNT)
    if count > _MAX_DIMENSIONS:
        raise InvalidHeaderError(
            window.name,
            window.offset - 4,
            tr("at most {most} dimensions of {name}").format(
                most=_MAX_DIMENSIONS, name=shown(name)
            ),
            format_count(count),
            tr(DAMAGED),
        )
    return count


def _shape(window: Window, name: str, numbers: tuple[int, ...]) -> _Shape:
    """What the dimensions and the type, which have just been read, make of a tensor."""
    *dimensions, type_id = numbers
    type_offset = window.offset - 4
    if not _are_dimensions(dimensions):
        raise InvalidHeaderError(
            window.name,
            type_offset - 8 * len(dimensions),
            tr("dimensions of {name} that are not negative and whose product fits 63 bits").format(
                name=shown(name)
            ),
            " × ".join(map(format_count, dimensions)),
            tr(DAMAGED),
        )
    tensor_type = TENSOR_TYPES.get(type_id)
    if tensor_type is None:
        type_name = _newer_type(window, name, type_id, type_offset)
        return _Shape(tuple(dimensions), type_name, UNKNOWN_BYTES)
    first = dimensions[0] if dimensions else 1
    if first % tensor_type.block_elements:
        raise _broken_row(window, name, tensor_type, first, type_offset)
    size = tensor_type.row_bytes(math.prod(dimensions))
    return _Shape(tuple(dimensions), tensor_type.name, size)


def _are_dimensions(dimensions: list[int]) -> bool:
    """Whether llama.cpp accepts the dimensions; it tests their product by division, as here."""
    if any(dimension > _MAX_INT64 for dimension in dimensions):
        return False
    if 0 in dimensions:
        return True
    product, *others = (*dimensions, 1, 1, 1, 1)[:_MAX_DIMENSIONS]
    for dimension in others:
        if _MAX_INT64 // dimension <= product:
            return False
        product *= dimension
    return True


def _newer_type(window: Window, name: str, type_id: int, offset: int) -> str:
    """What to call a type that Memplan does not know, if there can be such a type."""
    if type_id in REMOVED_TYPES or type_id > _MAX_INT32:
        raise InvalidHeaderError(
            window.name,
            offset,
            tr("a type of {name} that ggml has").format(name=shown(name)),
            tr("type {number}").format(number=type_id),
            tr("The file is damaged, or so old that no current engine reads it."),
        )
    return f"type {type_id}"


def _broken_row(
    window: Window, name: str, tensor_type: TensorType, first: int, offset: int
) -> GgufError:
    return InvalidHeaderError(
        window.name,
        offset,
        tr("rows of {name} in whole blocks of {count} elements, as {type} has them").format(
            name=shown(name), count=tensor_type.block_elements, type=tensor_type.name
        ),
        ntr("{count} element a row", "{count} elements a row", first),
        tr(DAMAGED),
    )
