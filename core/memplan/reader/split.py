"""Split models: finding the other shards of one, and joining them to a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from memplan.addresses import public_address
from memplan.language import DeferredText, ntr, tr
from memplan.reader.errors import InconsistentSplitError, InvalidHeaderError, NotAModelError
from memplan.reader.header import Detail, Header, HeaderNotice, Shard
from memplan.reader.layout import DEFAULT_ALIGNMENT, lay_out, missing_data
from memplan.reader.walk import Contents
from memplan.units import format_count, format_exact_bytes

MAX_SHARDS: Final = 1024
"""More shards than the largest models have; beyond, no file is looked for."""

_SHARD_NAME = re.compile(r"(?P<prefix>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.I)
_LARGEST_ALIGNMENT = 1 << 16
_NAMED_AT_MOST = 5

ReadSiblings = Callable[[Sequence[str]], Mapping[str, Contents | None]]
"""Reads files beside the opened one, by their names: ``None`` for those that are not there."""


class ShardName(NamedTuple):
    """What the name of a shard says.

    Attributes:
        prefix: the name without number and count.
        number: which shard, from 1.
        total: how many there are.
    """

    prefix: str
    number: int
    total: int

    def sibling(self, number: int) -> str:
        """The name of another shard."""
        return f"{self.prefix}-{number:05}-of-{self.total:05}.gguf"


def shard_name(file_name: str) -> ShardName | None:
    """What a file's name says about its place in a split model, ``None`` if nothing."""
    match = _SHARD_NAME.fullmatch(file_name)
    if match is None:
        return None
    return ShardName(match["prefix"], int(match["number"]), int(match["count"]))


def lay_out_shard(contents: Contents, first_alignment: int | None = None) -> Header:
    """The header of one file, which may be a shard.

    Only the first shard states its alignment. gguf-py pads the others in the same way, llama.cpp
    reads them with the default: so that is tried first, then the first shard's, or where that is
    not known the next powers of two.
    """
    if contents.alignment is not None:
        return lay_out(contents, contents.alignment)
    try:
        return lay_out(contents, DEFAULT_ALIGNMENT)
    except InvalidHeaderError:
        if not _integer(contents, "split.no"):
            raise
        for alignment in _other_alignments(first_alignment):
            try:
                header = lay_out(contents, alignment)
            except InvalidHeaderError:
                continue
            detail = DeferredText(_padded_without_saying, (_base_name(contents.source), alignment))
            return replace(
                header, notices=(*header.notices, (HeaderNotice.SHARD_ALIGNMENT, detail))
            )
        raise


def _other_alignments(first_alignment: int | None) -> Iterable[int]:
    if first_alignment is not None:
        return (first_alignment,)
    alignments = range(DEFAULT_ALIGNMENT.bit_length(), _LARGEST_ALIGNMENT.bit_length())
    return (1 << bit for bit in alignments)


def join_shards(contents: Contents, file_name: str, read_siblings: ReadSiblings) -> Header:
    """The header of the whole model of which ``contents`` is the only file, or a shard.

    Siblings have the names that follow from ``file_name``, the user's own; never from metadata.

    Raises:
        InconsistentSplitError: the shards do not belong together; every reason is named.
        NotAModelError: the first shard is missing, which describes the model.
        GgufError: a shard is no valid GGUF file.
    """
    count = _integer(contents, "split.count") or 0
    if count <= 1:
        return lay_out_shard(contents)
    name = shard_name(file_name)
    count = max(count, name.total if name else 0)
    if count > MAX_SHARDS:
        raise InvalidHeaderError(
            contents.source,
            None,
            tr("a split into at most {limit} shards").format(limit=format_count(MAX_SHARDS)),
            format_count(count),
            tr("The file is damaged or made to be invalid."),
        )
    if name is None or not 1 <= name.number <= name.total:
        return _alone(contents, file_name, count)
    others = [name.sibling(n) for n in range(1, name.total + 1) if n != name.number]
    found = dict(read_siblings(others)) | {name.sibling(name.number): contents}
    shards = {n: found[name.sibling(n)] for n in range(1, name.total + 1)}
    return _join(contents, name, shards)


def _alone(contents: Contents, file_name: str, count: int) -> Header:
    """A shard whose siblings cannot be looked for."""
    detail = DeferredText(_not_to_be_found, (count, file_name))
    header = lay_out_shard(contents)
    return replace(header, notices=(*header.notices, (HeaderNotice.SHARDS_MISSING, detail)))


def _join(opened: Contents, name: ShardName, shards: Mapping[int, Contents | None]) -> Header:
    first = shards[1]
    if first is None:
        raise NotAModelError(
            opened.source,
            None,
            tr("the first shard beside it ({file}), which describes the model").format(
                file=name.sibling(1)
            ),
            tr("no such file"),
            tr("Get all shards into one folder."),
        )
    headers = {
        number: lay_out_shard(contents, first.alignment)
        for number, contents in shards.items()
        if contents is not None
    }
    missing = [name.sibling(number) for number in shards if number not in headers]
    _check_consistency(opened, name, shards, headers)
    whole = headers[1]
    file_bytes = sum(header.file_bytes for header in headers.values())
    complete_bytes = sum(header.complete_bytes for header in headers.values())
    return replace(
        whole,
        source=opened.source,
        tensors=tuple(tensor for header in headers.values() for tensor in header.tensors),
        file_bytes=file_bytes,
        complete_bytes=complete_bytes,
        notices=(
            *_other_notices(headers.values()),
            *missing_data(file_bytes, complete_bytes),
            *(
                [(HeaderNotice.SHARDS_MISSING, DeferredText(_list, tuple(missing)))]
                if missing
                else []
            ),
        ),
        shards=tuple(
            Shard(
                header.source,
                len(header.tensors),
                header.weights_bytes,
                header.file_bytes,
                header.complete_bytes,
            )
            for header in headers.values()
        ),
    )


def _other_notices(headers: Iterable[Header]) -> list[tuple[HeaderNotice, Detail]]:
    """Each notice of the shards once, but for that of missing data, which is for all together."""
    notices = {
        notice: None
        for header in headers
        for notice in header.notices
        if notice[0] is not HeaderNotice.DATA_MISSING
    }
    return list(notices)


def _check_consistency(
    opened: Contents,
    name: ShardName,
    shards: Mapping[int, Contents | None],
    headers: Mapping[int, Header],
) -> None:
    problems: list[str] = []
    first = shards[1]
    tensors = 0 if first is None else _integer(first, "split.tensors.count")
    for number, contents in shards.items():
        if contents is None:
            continue
        expected = {
            "split.no": number - 1,
            "split.count": name.total,
            "split.tensors.count": tensors,
        }
        for key, wanted in expected.items():
            stated = _integer(contents, key)
            if stated != wanted:
                problems.append(
                    tr("{key} of {file} is {stated}, not {wanted}").format(
                        key=key, file=name.sibling(number), stated=stated, wanted=wanted
                    )
                )
    names = Counter(tensor.name for header in headers.values() for tensor in header.tensors)
    twice = [tensor for tensor, times in names.items() if times > 1]
    if twice:
        problems.append(tr("more than one shard has {tensors}").format(tensors=_list(*twice)))
    total = names.total()
    all_here = len(headers) == len(shards)
    if tensors is not None and (total > tensors or (all_here and total < tensors)):
        problems.append(
            ntr(
                "there is {count} tensor, not the {stated} of split.tensors.count",
                "there are {count} tensors, not the {stated} of split.tensors.count",
                total,
            ).format(stated=format_count(tensors))
        )
    if problems:
        raise InconsistentSplitError(
            opened.source,
            None,
            tr("shards that belong together"),
            "; ".join(problems[:_NAMED_AT_MOST]),
            tr("Get all shards from the same place again."),
        )


def _padded_without_saying(file_name: str, alignment: int) -> str:
    return tr("{file} is padded to {bytes} but does not say so").format(
        file=file_name, bytes=format_exact_bytes(alignment)
    )


def _not_to_be_found(count: int, file_name: str) -> str:
    return tr(
        "{missing} of {count}, which cannot be found as the name {file} does not end in "
        "-00001-of-00002.gguf or the like"
    ).format(missing=format_count(count - 1), count=format_count(count), file=file_name)


def _list(*names: str) -> str:
    shown = ", ".join(names[:_NAMED_AT_MOST])
    more = len(names) - _NAMED_AT_MOST
    if more <= 0:
        return shown
    return tr("{names} and {count} more").format(names=shown, count=format_count(more))


def _integer(contents: Contents, key: str) -> int | None:
    value = contents.metadata.get(key)
    return value.value if value is not None and isinstance(value.value, int) else None


def _base_name(source: str) -> str:
    return re.split(r"[/\\]", public_address(source))[-1]
