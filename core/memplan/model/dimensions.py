"""The dimensions of a model that a header states, whichever engine runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from memplan.model.metadata import Metadata

DEFAULT_CONTEXT_TOKENS: Final = 4096
"""The context length of a model that states none."""


@dataclass(frozen=True, slots=True)
class Dimensions:
    """A model's dimensions, in elements and counts.

    Attributes:
        layers: blocks of the network.
        width: elements of a token between two layers.
        kv_heads: heads of K and V, the most that any layer has.
        experts: experts of a layer; 0 in a dense model.
        context_tokens: the longest context that the model was trained for.
    """

    layers: int
    width: int
    kv_heads: int
    experts: int
    context_tokens: int


def resolve_dimensions(metadata: Metadata) -> Dimensions:
    """The dimensions in a header; 0 where it states none, and the usual context length."""
    context_tokens = metadata.u32("context_length")
    return Dimensions(
        layers=metadata.u32("block_count") or 0,
        width=metadata.u32("embedding_length") or 0,
        kv_heads=metadata.largest_u32(
            "attention.head_count_kv", metadata.u32("attention.head_count") or 0
        ),
        experts=metadata.u32("expert_count") or 0,
        context_tokens=DEFAULT_CONTEXT_TOKENS if context_tokens is None else context_tokens,
    )
