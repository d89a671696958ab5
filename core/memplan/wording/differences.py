"""Why a term of two plans differs, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.planning.comparison import Difference, DifferenceReason

_REASONS: Final[Mapping[DifferenceReason, str]] = exhaustive(
    DifferenceReason,
    {
        DifferenceReason.SAME: marked("the same in both"),
        DifferenceReason.ONLY_IN_ONE: marked("only one of them plans for it"),
        DifferenceReason.EMBEDDING_ON_HOST: marked("tokens are looked up on the host"),
        DifferenceReason.NEXTN_NOT_LOADED: marked("next-token layers are not loaded"),
        DifferenceReason.LAYERS_ON_HOST: marked("layers, experts or the KV cache are on the host"),
        DifferenceReason.CACHE_TYPE: marked("the cache's elements have another type"),
        DifferenceReason.CACHED_LAYERS: marked("fewer layers have a cache"),
        DifferenceReason.WINDOWS: marked("window layers cache their window only"),
        DifferenceReason.LATENT: marked("the latent is cached, not each head"),
        DifferenceReason.INDEXER: marked("sparse attention has a second cache"),
        DifferenceReason.NEXT_TOKENS: marked("next-token layers are run"),
        DifferenceReason.PREFILL_SCRATCH: marked("another scratch for prefill"),
        DifferenceReason.PAGE_ENTRIES: marked("an entry for a page of 16 tokens"),
        DifferenceReason.WHOLE_CELLS: marked("the context is rounded up to 256 cells"),
        DifferenceReason.SEQUENCES: marked("another number of sequences"),
        DifferenceReason.STATE_FORMULA: marked("the engines keep different states"),
        DifferenceReason.GRAPH: marked(
            "a buffer for each operation, or what the graph needs at its widest"
        ),
        DifferenceReason.MICRO_BATCH: marked("another micro-batch, or other rows of logits"),
        DifferenceReason.FLASH_ATTENTION: marked("flash attention stores no scores"),
        DifferenceReason.BACKEND: marked("backends pad and allocate differently"),
        DifferenceReason.VERSION: marked("another version of the engine"),
        DifferenceReason.ACCOUNTING: marked("planned bytes, or allocated ones"),
        DifferenceReason.CONTEXT: marked("another context"),
    },
)


def difference_text(difference: Difference) -> str:
    """The reasons of a difference in one line, without a full stop."""
    text = "; ".join(tr(_REASONS[reason]) for reason in difference.reasons)
    return text[0].upper() + text[1:]
