"""Next-token layers of a file, which draft tokens for the model itself (``--spec-type draft-mtp``).

They bring their weights, a second KV cache for the whole context, and states to go back to in the
layers of the model that recur. Source: llama.cpp b11434, ``common/speculative.cpp``,
``llama-memory-recurrent.cpp`` and ``llama_model_base::create_memory``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from memplan.engines.llama_cpp.architectures import Attention
from memplan.engines.llama_cpp.kv_cache import CacheTensor, layer_caches
from memplan.engines.llama_cpp.placement import Placement
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Layer, Shape

ARCHITECTURES: Final = frozenset(
    {
        "bailingmoe3", "cohere2moe", "deepseek2", "deepseek32", "deepseek4", "glm-dsa", "glm4moe",
        "glm5-next", "hy_v3", "mimo2", "nemotron_h", "nemotron_h_moe", "qwen35", "qwen35moe",
        "qwen3next", "qwen4exp", "step35",
    }
)  # fmt: skip
"""Architectures whose next-token layers llama.cpp runs."""

_GOING_BACK: Final = frozenset(
    {
        "qwen35", "qwen35moe", "kimi-k3", "qwen4exp", "deepseek4", "glm5-next", "nemotron_h",
        "nemotron_h_moe", "lfm2", "lfm2moe", "bailingmoe3",
    }
)  # fmt: skip
"""Architectures that keep the states before each drafted token, to go back to."""


def states_kept(shape: Shape, drafted_tokens: int) -> int:
    """States that each sequence keeps while tokens are drafted: its own, and one a token."""
    return 1 + drafted_tokens if shape.name in _GOING_BACK else 1


def runs_next_tokens(shape: Shape) -> bool:
    """Whether the file has next-token layers, and llama.cpp runs them."""
    return shape.block_count > shape.trunk_count and shape.name in ARCHITECTURES


def next_token_caches(
    shape: Shape, settings: Settings, placement: Placement
) -> tuple[CacheTensor, ...]:
    """The KV cache of the next-token layers; ``settings`` has the types of that context."""
    return tuple(
        tensor
        for layer in _cached_layers(shape)
        for memory in (placement.of_cache(layer.index),)
        for tensor in layer_caches(shape, settings, layer, memory, placement.padding(memory))
    )


def _cached_layers(shape: Shape) -> Iterator[Layer]:
    """The next-token layers as their own context caches them: no indexer, no compressed rows."""
    for layer in shape.layers:
        if layer.trunk or shape.architecture.attention is Attention.NONE:
            continue
        latent = shape.mla or shape.architecture.compressed
        width = layer.head_count_kv * layer.value_length
        yield replace(
            layer,
            caches=True,
            value_width=0 if latent else width,
            indexer_key_width=0,
            indexer_value_width=0,
            compress_ratio=0,
        )
