"""The rules that make a GGUF header valid, in the order of llama.cpp's reader (``gguf.cpp``).

1. Every read is checked against the bytes that remain. Magic; version 2 or 3; byte order.
2. The counts fit what remains.
3. Keys: not empty, not twice. Values: types 0 to 12, no arrays of arrays, lengths within the file.
4. ``general.alignment``: an integer, a power of two.
5. Tensors: names short and unique, at most 4 dimensions, a known type, rows of whole blocks.
6. Sizes fit 64 bits, and tensors lie one after the other.
7. The data are within the file.

Rule 1 is :class:`~memplan.reader.window.Window`'s. Rules 1 to 5 are checked in reading order by
:func:`read_contents`, 6 and 7 by :func:`lay_out`. Where Memplan accepts more than llama.cpp, it
says so with a notice: data that are missing, a tensor type that is newer than Memplan, and an
alignment of another integer type. Big-endian files are read on any machine.
"""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from memplan.language import DeferredText, marked, ntr, tr
from memplan.reader.errors import (
    GgufError,
    InvalidHeaderError,
    NotGgufError,
    TruncatedError,
    UnsupportedVersionError,
)
from memplan.reader.foreign import PROBE_BYTES, recognise
from memplan.reader.header import (
    SCALAR_FORMATS,
    Array,
    ByteOrder,
    Detail,
    Header,
    HeaderNotice,
    LongText,
    Tensor,
    Value,
    ValueType,
)
from memplan.reader.tensor_types import REMOVED_TYPES, TENSOR_TYPES, TensorType
from memplan.reader.window import CUT_OFF_OR_DAMAGED, DAMAGED, Window, shown
from memplan.units import format_count, format_exact_bytes, format_part_of_file

DEFAULT_ALIGNMENT: Final = 32
GGUF_MAGIC: Final = b"GGUF"

_VERSIONS = (2, 3)
_SMALLEST_KEY_VALUE_BYTES = 13
_SMALLEST_TENSOR_BYTES = 24
_MAX_KEY_VALUES = 2**20
_MAX_TENSORS = 2**22
_MAX_KEY_BYTES = 65_535
_MAX_KEYS_BYTES = 2**25
"""All keys together: a thousand times what any model has."""

_MAX_ARRAY_COUNT = 2**30
_STRING_LENGTH_BYTES = 8
_MAX_NAME_BYTES = 63
_MAX_DIMENSIONS = 4
_MAX_INT32 = 2**31 - 1
_MAX_INT64 = 2**63 - 1
_MAX_UINT64 = 2**64 - 1
_UNKNOWN_BYTES = -1

_KEPT_ARRAY_BYTES = 1 << 16
_KEPT_BYTES = 1 << 21
"""Bytes that a header keeps of a numeric array, and of all arrays and strings together.

Of what is longer it keeps the length and the place.
"""

# What is read next, for the window to tell if it is missing.
_MAGIC_BYTES = marked("the magic bytes")
_KEY = marked("a key")
_KEY_TYPE = marked("the type of {name}")
_KEY_LENGTH = marked("the length of {name}")
_KEY_VALUE = "{name}"
_ELEMENT = marked("an element of {name}")
_TENSOR_NAME = marked("a tensor's name")
_TENSOR_DIMENSION_COUNT = marked("a tensor's number of dimensions")
_TENSOR_ROW = marked("a tensor's dimensions and type")
_TENSOR_OFFSET = marked("a tensor's offset")

_INTEGERS = frozenset(ValueType) - {
    ValueType.FLOAT32, ValueType.FLOAT64, ValueType.BOOL, ValueType.STRING, ValueType.ARRAY,
}  # fmt: skip
_VALUE_TYPES: Final = tuple(ValueType)


class _Shape(NamedTuple):
    """What a row says beside the tensor's name and place; many rows say the same.

    Attributes:
        dimensions: elements along each dimension.
        type_name: the name of the type, ``type 43`` where Memplan does not know it.
        bytes: size without padding, ``_UNKNOWN_BYTES`` where Memplan does not know the type.
    """

    dimensions: tuple[int, ...]
    type_name: str
    bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """A header as far as it can be understood without knowing the alignment of its data.

    Attributes:
        source: the file or address, as the user gave it.
        version: GGUF version, 2 or 3.
        byte_order: byte order of the file.
        metadata: every key-value, in the file's order.
        tensors: the tensor table; sizes of unknown types are ``_UNKNOWN_BYTES``.
        row_offsets: byte offset of each of its rows in the file.
        alignment: what ``general.alignment`` says, ``None`` if absent.
        end: byte offset of the end of the tensor table.
        size: bytes of the whole file, ``None`` where a server does not say.
        notices: what is odd so far.
    """

    source: str
    version: int
    byte_order: ByteOrder
    metadata: dict[str, Value]
    tensors: tuple[Tensor, ...]
    row_offsets: array[int]
    alignment: int | None
    end: int
    size: int | None
    notices: tuple[tuple[HeaderNotice, Detail], ...]


def read_contents(window: Window) -> Contents:
    """Everything up to the end of the tensor table, by rules 1 to 5.

    Raises:
        GgufError: a rule is broken.
    """
    _check_magic(window)
    version = _version(window)
    tensor_count, value_count = _counts(window)
    metadata = _key_values(window, value_count)
    alignment, notices = _alignment(window, metadata)
    tensors, row_offsets = _tensor_table(window, tensor_count)
    return Contents(
        window.name,
        version,
        window.order,
        metadata,
        tensors,
        row_offsets,
        alignment,
        window.offset,
        window.size if window.size_known else None,
        notices,
    )


# Rule 1: magic, version, byte order.


def _check_magic(window: Window) -> None:
    start = window.peek(PROBE_BYTES)
    if start.startswith(GGUF_MAGIC):
        window.take(len(GGUF_MAGIC), _MAGIC_BYTES)
        return
    if not start and not (window.size_known and window.size):
        raise NotGgufError(
            window.name,
            0,
            tr("a GGUF file"),
            tr("an empty file"),
            tr("Download the model again."),
        )
    if len(start) < len(GGUF_MAGIC) and GGUF_MAGIC.startswith(start):
        window.take(len(GGUF_MAGIC), _MAGIC_BYTES)
    foreign = recognise(start)
    if foreign is not None:
        raise NotGgufError(window.name, 0, tr("a GGUF file"), tr(foreign.name), tr(foreign.remedy))
    raise NotGgufError(
        window.name,
        0,
        tr("the bytes GGUF"),
        repr(start[: len(GGUF_MAGIC)]).removeprefix("b"),
        tr("The file is no GGUF model."),
    )


def _version(window: Window) -> int:
    offset = window.offset
    version = window.u32(marked("the version"))
    if version & 0xFFFF == 0:
        version = int.from_bytes(version.to_bytes(4, "little"), "big")
        window.set_byte_order(ByteOrder.BIG)
    if version in _VERSIONS:
        return version
    raise UnsupportedVersionError(
        window.name,
        offset,
        tr("GGUF version 2 or 3"),
        tr("version {version}").format(version=version),
        tr("No current engine reads a file of 2023 any more: get or convert the model anew.")
        if version == 1
        else tr("The file is damaged, or newer than Memplan."),
    )


# Rule 2: the counts.


class _Counted(NamedTuple):
    """Something of which the header says how many there are.

    Attributes:
        number: what its number is called.
        most: how many a model has at most; a number stands in it.
        fitting: what is expected of them, from the bytes that remain.
        limit: that number.
        smallest_bytes: the least that one takes.
    """

    number: str
    most: str
    fitting: Callable[[int], str]
    limit: int
    smallest_bytes: int


_TENSORS: Final = _Counted(
    marked("the number of tensors"),
    marked("at most {limit} tensors"),
    lambda rest: ntr(
        "tensors that fit the {count} byte that remains",
        "tensors that fit the {count} bytes that remain",
        rest,
    ),
    _MAX_TENSORS,
    _SMALLEST_TENSOR_BYTES,
)
_VALUES: Final = _Counted(
    marked("the number of key-values"),
    marked("at most {limit} key-values"),
    lambda rest: ntr(
        "key-values that fit the {count} byte that remains",
        "key-values that fit the {count} bytes that remain",
        rest,
    ),
    _MAX_KEY_VALUES,
    _SMALLEST_KEY_VALUE_BYTES,
)


def _counts(window: Window) -> tuple[int, int]:
    tensor_count = _count(window, _TENSORS)
    return tensor_count, _count(window, _VALUES)


def _count(window: Window, counted: _Counted) -> int:
    offset = window.offset
    count = window.u64(counted.number)
    if count > counted.limit:
        raise InvalidHeaderError(
            window.name,
            offset,
            tr(counted.most).format(limit=format_count(counted.limit)),
            format_count(count),
            tr(DAMAGED),
        )
    if count * counted.smallest_bytes > window.remaining:
        raise TruncatedError(
            window.name,
            offset,
            counted.fitting(window.remaining),
            tr("{number} of at least {bytes}").format(
                number=format_count(count), bytes=format_exact_bytes(counted.smallest_bytes)
            ),
            tr(CUT_OFF_OR_DAMAGED),
        )
    return count


# Rule 3: keys and values.


def _key_values(window: Window, count: int) -> dict[str, Value]:
    metadata: dict[str, Value] = {}
    kept_bytes = keys_bytes = 0
    for _ in range(count):
        key = _key(window, metadata)
        keys_bytes += len(key)
        if keys_bytes > _MAX_KEYS_BYTES:
            raise InvalidHeaderError(
                window.name,
                window.offset,
                tr("keys of at most {most} bytes together").format(
                    most=format_count(_MAX_KEYS_BYTES)
                ),
                tr("more"),
                tr(DAMAGED),
            )
        value = _value(window, key, _KEPT_BYTES - kept_bytes)
        kept_bytes += _kept(value)
        metadata[key] = value
    return metadata


def _key(window: Window, metadata: dict[str, Value]) -> str:
    offset = window.offset
    length = window.string_length(_KEY)
    if not 0 < length <= _MAX_KEY_BYTES:
        raise InvalidHeaderError(
            window.name,
            offset,
            tr("a key of 1 to {most} bytes").format(most=format_count(_MAX_KEY_BYTES)),
            format_count(length),
            tr(DAMAGED),
        )
    key = _text(window.take(length, _KEY))
    if key in metadata:
        raise InvalidHeaderError(
            window.name,
            offset,
            tr("every key once"),
            tr("{name} again").format(name=shown(key)),
            tr(DAMAGED),
        )
    return key


def _value(window: Window, key: str, keep_bytes: int) -> Value:
    value_type = _value_type(window, key)
    if value_type is ValueType.STRING:
        return Value(value_type, _string_value(window, key, keep_bytes))
    if value_type is ValueType.ARRAY:
        return Value(value_type, _array(window, key, keep_bytes))
    code = SCALAR_FORMATS[value_type]
    raw = window.take(struct.calcsize(f"<{code}"), _KEY_VALUE, key)
    return Value(value_type, struct.unpack(f"{window.order}{code}", raw)[0])


def _value_type(window: Window, key: str) -> ValueType:
    offset = window.offset
    type_id = window.u32(_KEY_TYPE, key)
    if type_id >= len(_VALUE_TYPES):
        raise InvalidHeaderError(
            window.name,
            offset,
            tr("a type from 0 to {last} for {name}").format(
                last=len(_VALUE_TYPES) - 1, name=shown(key)
            ),
            str(type_id),
            tr(DAMAGED),
        )
    return _VALUE_TYPES[type_id]


def _string_value(window: Window, key: str, keep_bytes: int) -> str | LongText:
    length = window.string_length(_KEY_VALUE, key)
    if length > keep_bytes:
        place = LongText(length, window.offset)
        window.skip(length, _KEY_VALUE, key)
        return place
    return _text(window.take(length, _KEY_VALUE, key))


def _array(window: Window, key: str, keep_bytes: int) -> Array:
    type_offset = window.offset
    element_type = _value_type(window, key)
    if element_type is ValueType.ARRAY:
        raise InvalidHeaderError(
            window.name,
            type_offset,
            tr("numbers or strings in the array {name}").format(name=shown(key)),
            tr("an array of arrays"),
            tr("No engine reads it."),
        )
    count_offset = window.offset
    count = window.u64(_KEY_LENGTH, key)
    element_bytes = _element_bytes(element_type)
    if count > _MAX_ARRAY_COUNT:
        raise InvalidHeaderError(
            window.name,
            count_offset,
            tr("at most {limit} elements in {name}").format(
                limit=format_count(_MAX_ARRAY_COUNT), name=shown(key)
            ),
            format_count(count),
            tr(DAMAGED),
        )
    if count * element_bytes > window.remaining:
        raise TruncatedError(
            window.name,
            count_offset,
            ntr(
                "an array {name} that fits the {count} byte that remains",
                "an array {name} that fits the {count} bytes that remain",
                window.remaining,
            ).format(name=shown(key)),
            ntr(
                "{count} element of at least {bytes}",
                "{count} elements of at least {bytes}",
                count,
            ).format(bytes=format_exact_bytes(element_bytes)),
            tr(CUT_OFF_OR_DAMAGED),
        )
    offset = window.offset
    raw = None
    if element_type is ValueType.STRING:
        window.skip_strings(count, _ELEMENT, key)
    elif count * element_bytes <= min(_KEPT_ARRAY_BYTES, keep_bytes):
        raw = window.take(count * element_bytes, _KEY_VALUE, key)
    else:
        window.skip(count * element_bytes, _KEY_VALUE, key)
    return Array(element_type, count, offset, raw, window.order)


def _element_bytes(element_type: ValueType) -> int:
    if element_type is ValueType.STRING:
        return _STRING_LENGTH_BYTES
    return struct.calcsize(f"<{SCALAR_FORMATS[element_type]}")


def _kept(value: Value) -> int:
    """Bytes that are kept of a value beside its entry in the table."""
    if isinstance(value.value, str):
        return len(value.value)
    if isinstance(value.value, Array) and value.value.raw is not None:
        return len(value.value.raw)
    return 0


# Rule 4: the alignment.


def _alignment(
    window: Window, metadata: dict[str, Value]
) -> tuple[int | None, tuple[tuple[HeaderNotice, Detail], ...]]:
    found = metadata.get("general.alignment")
    if found is None:
        return None, ()
    number = found.value
    is_integer = found.type in _INTEGERS and isinstance(number, int)
    if not is_integer or not isinstance(number, int) or not _is_alignment(number):
        raise InvalidHeaderError(
            window.name,
            None,
            tr("a power of two that fits 32 bits as general.alignment"),
            f"{number if is_integer else found.type.name.lower()}",
            tr(DAMAGED),
        )
    if found.type is ValueType.UINT32:
        return number, ()
    return number, ((HeaderNotice.ALIGNMENT_TYPE, found.type.name.lower()),)


def _is_alignment(number: int) -> bool:
    return 0 < number < 2**32 and number & (number - 1) == 0


# Rule 5: the tensor table.


def _tensor_table(window: Window, count: int) -> tuple[tuple[Tensor, ...], array[int]]:
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
        name = _text(whole_name.partition(b"\0")[0])
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
        return _Shape(tuple(dimensions), type_name, _UNKNOWN_BYTES)
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


# Rules 6 and 7: where the data are.


def lay_out(contents: Contents, alignment: int) -> Header:
    """The header whose data are padded to ``alignment``, by rules 6 and 7.

    Raises:
        GgufError: a rule is broken.
    """
    # Without tensors there are no data, and no padding before them.
    data_offset = _padded(contents.end, alignment) if contents.tensors else contents.end
    tensors, unknown = _sized(contents, data_offset)
    _check_places(contents, tensors, alignment)
    notices = list(contents.notices)
    if unknown:
        notices.append((HeaderNotice.UNKNOWN_TENSOR_TYPE, ", ".join(unknown)))
    last = tensors[-1] if tensors else None
    complete_bytes = data_offset + (last.offset + last.bytes if last else 0)
    file_bytes = complete_bytes if contents.size is None else contents.size
    notices += missing_data(file_bytes, complete_bytes)
    return Header(
        contents.source,
        contents.version,
        contents.byte_order,
        contents.metadata,
        tensors,
        alignment,
        data_offset,
        file_bytes,
        complete_bytes,
        tuple(notices),
    )


def missing_data(file_bytes: int, complete_bytes: int) -> list[tuple[HeaderNotice, Detail]]:
    """The notice that tells how much of the data is there, if not all are."""
    if file_bytes >= complete_bytes:
        return []
    return [(HeaderNotice.DATA_MISSING, DeferredText(_part_here, (file_bytes, complete_bytes)))]


def _part_here(file_bytes: int, complete_bytes: int) -> str:
    return tr("{part} are here").format(part=format_part_of_file(file_bytes, complete_bytes))


def _padded(count: int, alignment: int) -> int:
    return -(-count // alignment) * alignment


def _sized(contents: Contents, data_offset: int) -> tuple[tuple[Tensor, ...], dict[str, None]]:
    """The tensors with the sizes of those of unknown types, and the names of these types."""
    unknown = {t.type_name: None for t in contents.tensors if t.bytes == _UNKNOWN_BYTES}
    if not unknown:
        return contents.tensors, unknown
    following = (*(tensor.offset for tensor in contents.tensors[1:]), None)
    tensors = []
    for tensor, next_offset in zip(contents.tensors, following, strict=True):
        if tensor.bytes != _UNKNOWN_BYTES:
            tensors.append(tensor)
            continue
        if next_offset is None:
            next_offset = max((contents.size or 0) - data_offset, tensor.offset)
        tensors.append(tensor._replace(bytes=max(next_offset - tensor.offset, 0)))
    return tuple(tensors), unknown


def _check_places(contents: Contents, tensors: tuple[Tensor, ...], alignment: int) -> None:
    """Raise unless each tensor begins where the padding of the one before ends."""
    expected = 0
    for index, tensor in enumerate(tensors):
        if tensor.offset != expected:
            raise InvalidHeaderError(
                contents.source,
                contents.row_offsets[index],
                tr("the data of {name} at offset {offset}, after those before it").format(
                    name=shown(tensor.name), offset=format_count(expected)
                ),
                tr("offset {offset}").format(offset=format_count(tensor.offset)),
                tr("The file is damaged, or its writer lays tensors out in another way."),
            )
        expected += -(-tensor.bytes // alignment) * alignment
        if expected > _MAX_UINT64:
            raise InvalidHeaderError(
                contents.source,
                contents.row_offsets[index],
                tr("tensors whose sizes fit 64 bits"),
                ntr(
                    "{name} with {count} element", "{name} with {count} elements", tensor.elements
                ).format(name=shown(tensor.name)),
                tr(DAMAGED),
            )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
