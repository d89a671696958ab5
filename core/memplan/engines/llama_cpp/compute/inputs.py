"""The inputs of a graph: masks, positions, row numbers and rotations, which live all through it."""

from __future__ import annotations

from typing import Any, Final

from memplan.engines.llama_cpp.architectures import State
from memplan.engines.llama_cpp.arithmetic import padded
from memplan.engines.llama_cpp.compute.graph import F32_BYTES, Graph
from memplan.engines.llama_cpp.options import CacheType
from memplan.engines.llama_cpp.settings import Settings

_PLAIN_TYPES: Final = frozenset({CacheType.F32, CacheType.F16, CacheType.BF16})
_ROTATION_ROWS: Final = 64
_ALIGNMENT_BYTES: Final = 16


def masks(graph: Graph) -> Any:
    """Masks: one element a token and cell, 16-bit with flash attention, else 32-bit."""
    element_bytes = 2 if graph.settings.flash_attn else F32_BYTES
    return sum((element_bytes * graph.tokens * cells for cells in graph.masked_cells), start=0)


def numbers(graph: Graph) -> Any:
    """Everything else: tokens, wanted rows, positions, cache rows, scales, states, rotations."""
    traits = graph.widths.traits
    wanted = padded(F32_BYTES * graph.outputs, _ALIGNMENT_BYTES) if traits.output_ids else 0
    return (
        8 * graph.tokens
        + wanted
        + per_token_numbers(graph)
        + attention_scales(graph)
        + state_ids(graph)
        + rotations(graph)
    )


def per_token_numbers(graph: Graph) -> Any:
    """Positions and numbers of cache rows, in bytes."""
    return graph.tokens * (F32_BYTES * graph.widths.positions + cache_rows(graph))


def attention_scales(graph: Graph) -> Any:
    """A factor for each token's attention, in bytes."""
    return F32_BYTES * graph.tokens * graph.widths.traits.attention_scale


def cache_rows(graph: Graph) -> int:
    """Bytes a token of row numbers (64-bit) for each cache: K and V; with MLA K only.

    Without flash attention V is transposed and written element by element.
    """
    if graph.widths.within_batch:
        return 0
    caches = len(graph.masked_cells)
    if graph.widths.shape.mla:
        return 8 * caches
    value_rows = 1 if graph.settings.flash_attn else graph.widths.kv
    return (8 + 8 * value_rows) * caches


def state_ids(graph: Graph) -> int:
    """Numbers of the recurrent states that are copied."""
    if not graph.widths.recurrent:
        return 0
    if graph.widths.shape.architecture.state is State.MAMBA2:
        return (2 if graph.sequences == 1 else 3) * _ALIGNMENT_BYTES
    return int(padded(F32_BYTES * graph.sequences, _ALIGNMENT_BYTES))


def rotations(graph: Graph) -> int:
    """Hadamard matrices by which quantised K and V are rotated, for each cache; none with MLA."""
    shape = graph.widths.shape
    if graph.widths.within_batch or not graph.widths.attends:
        return 0
    if shape.mla:
        return rotation(shape.indexer_key_length)
    key, value = quantises_key(graph.settings), quantises_value(graph.settings)
    kinds = [(shape.key_length, shape.value_length)] if graph.widths.has_full else []
    if graph.widths.has_window:
        kinds.append((shape.key_length_swa, shape.value_length_swa))
    return sum(
        (rotation(key_length) if key else 0)
        + (rotation(_ROTATION_ROWS) if value and value_length % _ROTATION_ROWS == 0 else 0)
        for key_length, value_length in kinds
    )


def quantises_key(settings: Settings) -> bool:
    """Whether the K cache is quantised."""
    return settings.cache_type_k not in _PLAIN_TYPES


def quantises_value(settings: Settings) -> bool:
    """Whether the V cache is quantised."""
    return settings.cache_type_v not in _PLAIN_TYPES


def rotation(length: int) -> int:
    """Bytes of the largest Hadamard matrix whose side divides a length, 64 at least."""
    side = length & -length
    return F32_BYTES * side * side if side >= _ROTATION_ROWS else 0
