"""Notices as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.model import Notice, NoticeKind
from memplan.request import EngineName
from memplan.wording.titles import ENGINE_TITLES

_NOTICES: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.DATA_MISSING: "The file is incomplete: {detail}. The plan is for the whole model.",
    NoticeKind.UNKNOWN_TENSOR_TYPE: (
        "Tensor types newer than this program are sized by their distance: {detail}."
    ),
    NoticeKind.ALIGNMENT_TYPE: "general.alignment has an unusual type: {detail} instead of uint32.",
    NoticeKind.SHARDS_MISSING: (
        "Parts of the split model are missing: {detail}. The plan is for the parts that are there."
    ),
    NoticeKind.SHARD_ALIGNMENT: "llama.cpp does not load this split model: {detail}.",
    NoticeKind.NOT_CHECKED_ONLINE: (
        "Planned from the copy of its header that is kept on this computer; "
        "whether the model has changed since is not known."
    ),
    NoticeKind.NO_TENSORS: "The file lists no tensors: weights count as zero.",
    NoticeKind.ARCHITECTURE_NOT_RUN: (
        "{engine} does not run the architecture {detail}; its formulas are applied all the same."
    ),
    NoticeKind.TYPES_NOT_RUN: "{engine} does not run tensors of type {detail}.",
    NoticeKind.ARCHITECTURE_NOT_KNOWN: (
        "{engine} does not know the architecture {detail}: planned as plain full attention."
    ),
    NoticeKind.DRAFT_MODEL: (
        "A draft model of the architecture {detail} runs beside a target model: plan that, too."
    ),
    NoticeKind.NEXTN_NOT_LOADED: (
        "{engine} does not load the {detail} next-token layers unless a draft is asked for."
    ),
    NoticeKind.COMPUTE_NOT_MEASURED: (
        "Compute buffers on {detail} were not measured: they are an estimate."
    ),
    NoticeKind.DRIVER_LEFT_OUT: (
        "The driver's own memory is left out: a CUDA context takes roughly 100 to 550 MiB."
    ),
    NoticeKind.FIT_OVERSHOOTS: (
        "{engine}'s automatic fit takes memory to grow along a straight line: here it picks "
        "{detail} tokens, which do not fit. Ask for a context yourself."
    ),
    NoticeKind.CONTEXT_LENGTH_ASSUMED: (
        "The file states no context length: 4,096 tokens are assumed."
    ),
}


def notice_text(notice: Notice, engine: EngineName) -> str:
    """A notice as a sentence."""
    return _NOTICES[notice.kind].format(detail=notice.detail, engine=ENGINE_TITLES[engine])
