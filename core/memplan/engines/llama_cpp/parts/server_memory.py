"""What llama-server keeps in host memory while it serves: checkpoints and the prompt cache.

Neither is there at the start. A checkpoint is the part of a sequence's state that cannot be rolled
back; the prompt cache holds whole states of conversations that gave up their slot.

Source: llama.cpp b11434, ``tools/server/server-context.cpp`` (when a checkpoint is made),
``llama_kv_cache::state_write``, ``llama_memory_recurrent::state_write`` and
``llama_kv_cache_dsv4::state_write`` (its bytes).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from memplan.engines.llama_cpp.kv_cache import cache_geometry
from memplan.engines.llama_cpp.options import LlamaCppOptions, Program
from memplan.engines.llama_cpp.recurrent_state import state_elements
from memplan.engines.llama_cpp.resolving import DENSER_RATIO
from memplan.engines.llama_cpp.settings import Settings, cache_tensor_type
from memplan.engines.llama_cpp.shape import Layer, Shape
from memplan.estimate import Growth, GrowthKind
from memplan.units import MIB

_U32: Final = 4
_SEQUENCE_HEAD: Final = 2 * _U32
"""Before the state of a sequence: a magic number and the sequence."""

_CACHE_HEAD: Final = 4 * _U32
"""Whether V is transposed, the number of layers, the sizes of the two rotations."""

_ROWS_HEAD: Final = 12
"""Before the rows of a tensor: its type, and the bytes of a row."""

_CELL: Final = 3 * _U32
"""Position, number of sequences, and the sequence."""

_CELL_AXES: Final = 3 * _U32
"""Two more axes of the position, and the token."""

_STATE_HEAD: Final = 5 * _U32
"""Of a recurrent state: cells, position, number of sequences, a flag, number of layers."""

_COMPRESSED_HEAD: Final = 3 * _U32
_COMPRESSOR_HEAD: Final = 6 * _U32
_STREAM_ROWS_HEAD: Final = _U32 + 3 * 8
_COMPRESSED_ROWS_HEAD: Final = 4 * _U32
_SPARSER_RATIO: Final = 128

_ALWAYS_AXES: Final = frozenset(
    {
        "qwen2vl", "paddleocr", "qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe", "clef", "qwen4exp",
        "qwen3tts",
    }
)  # fmt: skip
"""Architectures whose positions have several axes (M-RoPE)."""

_AXES_WITH_SECTIONS: Final = frozenset({"bailingmoe3", "glm4", "glm4moe", "hunyuan_vl", "dflash"})
"""Architectures whose positions have several axes where the file states how they are divided."""


def server_growth(
    shape: Shape, settings: Settings, options: LlamaCppOptions, pool: str
) -> Iterator[Growth]:
    """What llama-server may take of the memory ``pool`` while it serves; nothing in other programs.

    Checkpoints are as large as they are where the slots are full; the prompt cache is bounded by
    its limit, whatever the conversations are.
    """
    if options.program is not Program.LLAMA_SERVER:
        return

    def tokens_of(context_tokens: int) -> int:
        return context_tokens if settings.unified else context_tokens // settings.sequences

    def checkpoint(context_tokens: int) -> int:
        return checkpoint_bytes(shape, settings, tokens_of(context_tokens))

    def conversation(context_tokens: int) -> int:
        return sequence_state_bytes(shape, settings, tokens_of(context_tokens))

    count, limit_bytes = options.ctx_checkpoints * settings.sequences, options.cache_ram_mib * MIB
    if count and makes_checkpoints(shape, settings):
        yield Growth(
            GrowthKind.CHECKPOINTS, pool, lambda context: count * checkpoint(context), checkpoint
        )
    if limit_bytes:
        yield Growth(GrowthKind.PROMPT_CACHE, pool, lambda _context: limit_bytes, conversation)


def makes_checkpoints(shape: Shape, settings: Settings) -> bool:
    """Whether a part of the state cannot be rolled back: window layers or a recurrent state."""
    windowed = shape.has_window and not settings.swa_full
    return windowed or shape.recurrent or shape.architecture.compressed


def checkpoint_bytes(shape: Shape, settings: Settings, tokens: int) -> int:
    """Bytes of one checkpoint of a sequence of ``tokens``."""
    if shape.architecture.compressed:
        parts = _COMPRESSED_HEAD + _windows(shape, settings, tokens) + _compressors(shape)
    elif shape.recurrent:
        parts = _states(shape)
    else:
        parts = _windows(shape, settings, tokens)
    return _SEQUENCE_HEAD + parts


def sequence_state_bytes(shape: Shape, settings: Settings, tokens: int) -> int:
    """Bytes of the whole state of a sequence of ``tokens``, as the prompt cache keeps it."""
    if shape.architecture.compressed:
        rows = _compressed_rows(shape, settings, tokens)
        return checkpoint_bytes(shape, settings, tokens) + rows
    layers = [layer for layer in shape.layers if layer.caches]
    full = [layer for layer in layers if not layer.windowed]
    total = _SEQUENCE_HEAD + (_cache(shape, settings, full, tokens) if full else 0)
    if shape.has_window:
        total += _windows(shape, settings, tokens)
    indexed = [layer for layer in full if layer.indexer_key_width]
    if indexed:
        total += _indexers(shape, settings, indexed, tokens)
    return total + (_states(shape) if shape.recurrent else 0)


def _windows(shape: Shape, settings: Settings, tokens: int) -> int:
    seen = cache_geometry(shape, settings).window_tokens
    cells = tokens if settings.swa_full and not shape.architecture.compressed else min(tokens, seen)
    windowed = shape.architecture.compressed
    layers = [layer for layer in shape.layers if layer.caches and (layer.windowed or windowed)]
    return _cache(shape, settings, layers, cells)


def _cache(shape: Shape, settings: Settings, layers: Iterable[Layer], cells: int) -> int:
    """Bytes of ``cells`` cells of one cache: K, and V where the layer caches it."""
    key, value = cache_tensor_type(settings.cache_type_k), cache_tensor_type(settings.cache_type_v)
    total = _cache_head(shape, settings, cells)
    for layer in layers:
        total += _ROWS_HEAD + cells * key.row_bytes(layer.key_width)
        if layer.value_width:
            total += _ROWS_HEAD + cells * value.row_bytes(layer.value_width)
    return total


def _indexers(shape: Shape, settings: Settings, layers: Iterable[Layer], cells: int) -> int:
    """Bytes of ``cells`` cells of the cache of indexer keys."""
    key, value = cache_tensor_type(settings.cache_type_k), cache_tensor_type(settings.cache_type_v)
    total = _cache_head(shape, settings, cells)
    for layer in layers:
        total += _ROWS_HEAD + cells * key.row_bytes(layer.indexer_key_width)
        if layer.indexer_value_width:
            total += _ROWS_HEAD + cells * value.row_bytes(layer.indexer_value_width)
    return total


def _cache_head(shape: Shape, settings: Settings, cells: int) -> int:
    streams = cache_geometry(shape, settings).streams
    cell_bytes = _CELL + (_CELL_AXES if _positions_have_axes(shape) else 0)
    # Every stream states how many cells it has; the other ones have none.
    return _U32 + streams * _U32 + _CACHE_HEAD + cells * cell_bytes


def _positions_have_axes(shape: Shape) -> bool:
    """Whether a cell keeps a position of several axes and its token."""
    if shape.name in _ALWAYS_AXES or shape.architecture.token_conv:
        return True
    sections = shape.metadata.integers("rope.dimension_sections") or ()
    return shape.name in _AXES_WITH_SECTIONS and any(sections[:2])


def _states(shape: Shape) -> int:
    """Bytes of the recurrent state of one sequence, in all layers."""
    total = _STATE_HEAD
    for layer in shape.trunk:
        if layer.recurrent:
            for elements in state_elements(shape, layer):
                total += _ROWS_HEAD + _U32 * elements
    return total


def _compressors(shape: Shape) -> int:
    """Bytes of the tokens that wait for the next compressed row (DeepSeek V4), in all layers."""
    total = 3 * _COMPRESSOR_HEAD
    for layer in shape.trunk:
        for elements in state_elements(shape, layer):
            # Keys and scores are two tensors of the same size.
            total += _U32 + 2 * _STREAM_ROWS_HEAD + _U32 * elements
    return total


def _compressed_rows(shape: Shape, settings: Settings, tokens: int) -> int:
    """Bytes of the compressed rows of ``tokens``: three caches, of two ratios and the indexer."""
    key = cache_tensor_type(settings.cache_type_k)
    total = 3 * _COMPRESSED_ROWS_HEAD
    for layer in shape.trunk:
        if not layer.compress_ratio:
            continue
        rows = -(-tokens // layer.compress_ratio)
        total += _U32 + _STREAM_ROWS_HEAD + rows * key.row_bytes(layer.key_length)
        if layer.compress_ratio == DENSER_RATIO and layer.indexer_key_width:
            total += _U32 + _STREAM_ROWS_HEAD + rows * key.row_bytes(layer.indexer_key_width)
    return total
