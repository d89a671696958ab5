"""Notices as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.exhaustive import exhaustive
from memplan.language import marked, ntr, tr
from memplan.model import Notice, NoticeKind
from memplan.wording.titles import engine_title

_NOTICES: Final[Mapping[NoticeKind, str]] = exhaustive(
    set(NoticeKind) - {NoticeKind.NEXTN_NOT_LOADED},
    {
        NoticeKind.DATA_MISSING: marked(
            "The file is incomplete: {detail}. The plan is for the whole model."
        ),
        NoticeKind.UNKNOWN_TENSOR_TYPE: marked(
            "Tensor types newer than this program are sized by their distance: {detail}."
        ),
        NoticeKind.ALIGNMENT_TYPE: marked(
            "general.alignment has an unusual type: {detail} instead of uint32."
        ),
        NoticeKind.SHARDS_MISSING: marked(
            "Parts of the split model are missing: {detail}. "
            "The plan is for the parts that are there."
        ),
        NoticeKind.SHARD_ALIGNMENT: marked("Not every engine loads this split model: {detail}."),
        NoticeKind.NOT_CHECKED_ONLINE: marked(
            "Planned from the copy of its header that is kept on this computer; "
            "whether the model has changed since is not known."
        ),
        NoticeKind.NO_TENSORS: marked("The file lists no tensors: weights count as zero."),
        NoticeKind.ARCHITECTURE_NOT_RUN: marked(
            "{engine} does not run the architecture {detail}; "
            "its formulas are applied all the same."
        ),
        NoticeKind.TYPES_NOT_RUN: marked("{engine} does not run tensors of type {detail}."),
        NoticeKind.RESERVES_ESTIMATED: marked(
            "What {engine} reserves is an estimate here: the largest context may be up to {detail} "
            "tokens shorter or longer."
        ),
        NoticeKind.CACHE_TYPE_NOT_RUN: marked(
            "{engine}'s 8-bit KV cache needs attention heads of {detail} elements; "
            "this model's have another length."
        ),
        NoticeKind.ARCHITECTURE_NOT_KNOWN: marked(
            "{engine} does not know the architecture {detail}: planned as plain full attention."
        ),
        NoticeKind.DRAFT_MODEL: marked(
            "A draft model of the architecture {detail} runs beside a target model: plan that, too."
        ),
        NoticeKind.DRIVER_LEFT_OUT: marked(
            "The driver's own memory is left out: a CUDA context takes roughly 100 to 550 MiB; "
            "that of ROCm was not measured."
        ),
        NoticeKind.FIT_OVERSHOOTS: marked(
            "{engine}'s automatic fit takes memory to grow along a straight line: here it picks "
            "{detail} tokens, which do not fit. Ask for a context yourself."
        ),
        NoticeKind.CONTEXT_LENGTH_ASSUMED: marked(
            "The file states no context length: {detail} tokens are assumed."
        ),
        NoticeKind.ONE_DEVICE: marked("{engine} uses one device: the plan is for the first."),
        NoticeKind.CHECKPOINTS_OVER_HOST: marked(
            "While {engine} serves, the checkpoints of its slots may take more host memory than "
            "is left ({detail}): keep fewer, or serve fewer requests at a time."
        ),
        NoticeKind.LAYER_INCOMPLETE: marked(
            "A layer lacks the tensor {detail}: {engine} cannot load the model as it is, and "
            "compute buffers are a rough estimate."
        ),
    },
)
"""All but the one that counts layers."""


def notice_text(notice: Notice, engine: str) -> str:
    """A notice as a sentence."""
    if notice.kind is NoticeKind.NEXTN_NOT_LOADED:
        text = ntr(
            "{engine} does not load the {count} next-token layer unless a draft is asked for.",
            "{engine} does not load the {count} next-token layers unless a draft is asked for.",
            int(str(notice.detail)),
        )
    else:
        text = tr(_NOTICES[notice.kind])
    return text.format(detail=notice.detail, engine=engine_title(engine))
