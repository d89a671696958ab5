"""A model: everything that an engine's formula needs, resolved from its header once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from memplan.language import DeferredText, tr
from memplan.model.dimensions import DEFAULT_CONTEXT_TOKENS, Dimensions, resolve_dimensions
from memplan.model.metadata import Metadata
from memplan.reader import read_whole_header
from memplan.reader.errors import InvalidHeaderError, NotAModelError
from memplan.reader.gguf_constants import LlamaFileType
from memplan.reader.header import Detail, Header, HeaderNotice, Shard, Tensor
from memplan.reader.split import shard_name
from memplan.reader.transfer import CancelToken, Progress, RemoteSettings
from memplan.units import format_count, format_tokens

if TYPE_CHECKING:
    from memplan.engines.registry import ModelConfig
    from memplan.model.parts import PartFile

_MAX_LAYERS = 512
_MAX_EXPERTS = 1024
"""What llama.cpp has room for; no model comes near."""

_MAX_TENSORS = 2**16
"""128 in each of so many layers: what reads faster than anyone waits."""


class NoticeKind(StrEnum):
    """What the user should know about a model that is planned all the same."""

    DATA_MISSING = HeaderNotice.DATA_MISSING.value
    UNKNOWN_TENSOR_TYPE = HeaderNotice.UNKNOWN_TENSOR_TYPE.value
    ALIGNMENT_TYPE = HeaderNotice.ALIGNMENT_TYPE.value
    SHARDS_MISSING = HeaderNotice.SHARDS_MISSING.value
    SHARD_ALIGNMENT = HeaderNotice.SHARD_ALIGNMENT.value
    NOT_CHECKED_ONLINE = HeaderNotice.NOT_CHECKED_ONLINE.value
    NO_TENSORS = "no_tensors"
    ARCHITECTURE_NOT_RUN = "architecture_not_run"
    TYPES_NOT_RUN = "types_not_run"
    RESERVES_ESTIMATED = "reserves_estimated"
    CACHE_TYPE_NOT_RUN = "cache_type_not_run"
    ARCHITECTURE_NOT_KNOWN = "architecture_not_known"
    DRAFT_MODEL = "draft_model"
    NEXTN_NOT_LOADED = "nextn_not_loaded"
    DRIVER_LEFT_OUT = "driver_left_out"
    FIT_OVERSHOOTS = "fit_overshoots"
    CONTEXT_LENGTH_ASSUMED = "context_length_assumed"
    LAYER_INCOMPLETE = "layer_incomplete"
    ONE_DEVICE = "one_device"
    CHECKPOINTS_OVER_HOST = "checkpoints_over_host"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice and what it is about.

    Attributes:
        kind: which notice.
        detail: names or types that it is about, or a text; may be empty.
    """

    kind: NoticeKind
    detail: Detail = ""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Model:
    """The facts of a model. Two models are equal only if they are the same object.

    Attributes:
        name: what its author calls it; the file's name if it does not say.
        architecture: value of ``general.architecture``.
        source: the file or address, as the user gave it.
        quantisation: name of the file's quantisation, such as ``Q4_K_M``.
        dimensions: what the header states of the model's size.
        metadata: the key-values.
        tensors: the tensor table.
        weights_bytes: bytes of all tensors, without padding.
        file_bytes: bytes that are there.
        complete_bytes: bytes that would be there if nothing were missing.
        notices: what the user should know.
        shards: the files of a split model that are there, in order; empty if it is not split.
        parts: what a run loads beside the model.
    """

    name: str
    architecture: str
    source: str
    quantisation: str
    dimensions: Dimensions
    metadata: Metadata
    tensors: tuple[Tensor, ...]
    weights_bytes: int
    file_bytes: int
    complete_bytes: int
    notices: tuple[Notice, ...]
    shards: tuple[Shard, ...] = ()
    parts: tuple[PartFile, ...] = ()

    @property
    def config(self) -> ModelConfig:
        """The dimensions under the names that version 0.1 gave them; to be read only."""
        from memplan.engines.registry import config_of

        return config_of(self)

    @property
    def complete(self) -> bool:
        """Whether all tensor data are there, of every shard."""
        missing = {NoticeKind.DATA_MISSING, NoticeKind.SHARDS_MISSING}
        return not any(notice.kind in missing for notice in self.notices)


def read_model(
    path_or_url: str | Path,
    *,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
    settings: RemoteSettings | None = None,
) -> Model:
    """The model in a GGUF file, or in all shards of the split model to which the file belongs.

    Args:
        path_or_url: a file or what else :mod:`memplan.reader.location` understands.
        progress: called with the bytes received so far, if the file is on a server.
        cancel: stops the reading from another thread.
        settings: what may be fetched, and from where; as the environment says if not given.

    Raises:
        ChoiceNeededError: the address stands for several models; it carries them.
        GgufError: the source cannot be read, is no GGUF file, or holds no language model.
    """
    return resolve_model(
        read_whole_header(path_or_url, progress=progress, cancel=cancel, settings=settings)
    )


def resolve_model(header: Header) -> Model:
    """What a header means.

    Raises:
        NotAModelError: it describes no language model.
        InvalidHeaderError: it has more layers, experts or tensors than any model.
    """
    architecture_value = header.metadata.get("general.architecture")
    architecture = architecture_value.value if architecture_value is not None else ""
    if not isinstance(architecture, str) or not architecture:
        raise NotAModelError(
            header.source,
            None,
            tr("the name of an architecture (general.architecture)"),
            tr("none"),
            tr("The file may be a part of a split model or no language model."),
        )
    metadata = Metadata(architecture, header.metadata)
    _refuse_more_than(header, tr("at most {most} tensors"), len(header.tensors), _MAX_TENSORS)
    dimensions = resolve_dimensions(metadata)
    _refuse_without_dimensions(header, metadata, dimensions)
    return Model(
        name=metadata.text("general.name") or _name_from(header.source),
        architecture=architecture,
        source=header.source,
        quantisation=_quantisation(metadata, header.tensors),
        dimensions=dimensions,
        metadata=metadata,
        tensors=header.tensors,
        weights_bytes=header.weights_bytes,
        file_bytes=header.file_bytes,
        complete_bytes=header.complete_bytes,
        notices=tuple(_notices(header, metadata)),
        shards=header.shards,
    )


def _refuse_without_dimensions(header: Header, metadata: Metadata, dimensions: Dimensions) -> None:
    kind = metadata.text("general.type")
    if metadata.architecture == "clip" or kind in {"adapter", "imatrix", "mmproj"}:
        raise NotAModelError(
            header.source,
            None,
            tr("a language model"),
            tr("a file of the kind {kind}").format(kind=kind or metadata.architecture),
            tr("Open the model that it belongs to."),
        )
    if dimensions.layers == 0 or dimensions.width == 0:
        missing = "block_count" if dimensions.layers == 0 else "embedding_length"
        raise NotAModelError(
            header.source,
            None,
            tr("the model's dimensions ({key})").format(key=f"{metadata.architecture}.{missing}"),
            tr("none"),
            tr(
                "The file may be a vocabulary or an incomplete conversion: convert the model again."
            ),
        )
    _refuse_more_than(header, tr("at most {most} layers"), dimensions.layers, _MAX_LAYERS)
    _refuse_more_than(header, tr("at most {most} experts"), dimensions.experts, _MAX_EXPERTS)


def _refuse_more_than(header: Header, expected: str, count: int, most: int) -> None:
    if count > most:
        raise InvalidHeaderError(
            header.source,
            None,
            expected.format(most=format_count(most)),
            format_count(count),
            tr("The file is damaged or made to be invalid."),
        )


def _name_from(source: str) -> str:
    """The name of a file or of the last part of an address, without ending and shard number."""
    path = urlsplit(source).path if "://" in source else source
    file_name = re.split(r"[/\\]", unquote(path).rstrip("/"))[-1]
    shard = shard_name(file_name)
    return (shard.prefix if shard else Path(file_name).stem) or source


def _quantisation(metadata: Metadata, tensors: Iterable[Tensor]) -> str:
    """The file type by its name, or the type that takes the most bytes."""
    value = metadata.values.get("general.file_type")
    if value is not None and isinstance(value.value, int):
        try:
            name = LlamaFileType(value.value).name
        except ValueError:
            pass
        else:
            return name.removeprefix("MOSTLY_").removeprefix("ALL_")
    bytes_by_type: dict[str, int] = {}
    for tensor in tensors:
        bytes_by_type[tensor.type_name] = bytes_by_type.get(tensor.type_name, 0) + tensor.bytes
    return max(bytes_by_type, key=bytes_by_type.__getitem__, default="")


def _notices(header: Header, metadata: Metadata) -> Iterable[Notice]:
    for header_notice, detail in header.notices:
        yield Notice(NoticeKind(header_notice.value), detail)
    if not header.tensors:
        yield Notice(NoticeKind.NO_TENSORS)
    if metadata.u32("context_length") is None:
        assumed = DeferredText(format_tokens, (DEFAULT_CONTEXT_TOKENS,))
        yield Notice(NoticeKind.CONTEXT_LENGTH_ASSUMED, assumed)
