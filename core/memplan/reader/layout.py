"""Where tensor data lie in a GGUF file: rules 6 and 7 of :mod:`memplan.reader.walk`."""

from __future__ import annotations

from typing import Final

from memplan.language import DeferredText, ntr, tr
from memplan.reader.errors import (
    InvalidHeaderError,
)
from memplan.reader.header import (
    Detail,
    Header,
    HeaderNotice,
    Tensor,
)
from memplan.reader.tensor_table import UNKNOWN_BYTES
from memplan.reader.walk import Contents
from memplan.reader.window import DAMAGED, shown
from memplan.units import format_count, format_part_of_file

DEFAULT_ALIGNMENT: Final = 32

_MAX_UINT64 = 2**64 - 1


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
    unknown = {t.type_name: None for t in contents.tensors if t.bytes == UNKNOWN_BYTES}
    if not unknown:
        return contents.tensors, unknown
    following = (*(tensor.offset for tensor in contents.tensors[1:]), None)
    tensors = []
    for tensor, next_offset in zip(contents.tensors, following, strict=True):
        if tensor.bytes != UNKNOWN_BYTES:
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
        expected += _padded(tensor.bytes, alignment)
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
