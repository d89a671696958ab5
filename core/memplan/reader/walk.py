"""The rules that make a GGUF header valid, in the order of llama.cpp's reader (``gguf.cpp``).

1. Every read is checked against the bytes that remain. Magic; version 2 or 3; byte order.
2. The counts fit what remains.
3. Keys: not empty, not twice. Values: types 0 to 12, no arrays of arrays, lengths within the file.
4. ``general.alignment``: an integer, a power of two.
5. Tensors: names short and unique, at most 4 dimensions, a known type, rows of whole blocks.
6. Sizes fit 64 bits, and tensors lie one after the other.
7. The data are within the file.

Rule 1 is :class:`~memplan.reader.window.Window`'s. Rules 1 to 5 are checked in reading order by
:func:`read_contents`, the fifth by :func:`~memplan.reader.tensor_table.tensor_table`, and 6 and 7
by :func:`~memplan.reader.layout.lay_out`. Where Memplan accepts more than llama.cpp, it says so
with a notice: data that are missing, a tensor type that is newer than Memplan, and an alignment of
another integer type. Big-endian files are read on any machine.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from memplan.language import marked, ntr, tr
from memplan.reader.errors import (
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
    HeaderNotice,
    LongText,
    Tensor,
    Value,
    ValueType,
)
from memplan.reader.tensor_table import tensor_table
from memplan.reader.window import CUT_OFF_OR_DAMAGED, DAMAGED, Window, shown, text_of
from memplan.units import format_count, format_exact_bytes

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
_INTEGERS = frozenset(ValueType) - {
    ValueType.FLOAT32, ValueType.FLOAT64, ValueType.BOOL, ValueType.STRING, ValueType.ARRAY,
}  # fmt: skip
_VALUE_TYPES: Final = tuple(ValueType)


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """A header as far as it can be understood without knowing the alignment of its data.

    Attributes:
        source: the file or address, as the user gave it.
        version: GGUF version, 2 or 3.
        byte_order: byte order of the file.
        metadata: every key-value, in the file's order.
        tensors: the tensor table; sizes of unknown types are ``UNKNOWN_BYTES``.
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
    tensors, row_offsets = tensor_table(window, tensor_count)
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
    key = text_of(window.take(length, _KEY))
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
    return text_of(window.take(length, _KEY_VALUE, key))


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
