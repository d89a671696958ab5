"""The tensors of llama.cpp's KV caches, exact to the byte.

Source: llama.cpp b11434, ``llama_kv_cache``, ``llama-kv-cache-iswa.cpp``, ``-dsa``, ``-msa`` and
``-dsv4``; which layers have what is in :mod:`.architectures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from memplan.engines.llama_cpp.arithmetic import larger
from memplan.engines.llama_cpp.backends import Padding
from memplan.engines.llama_cpp.cells import CacheGeometry
from memplan.engines.llama_cpp.options import CacheType
from memplan.engines.llama_cpp.placement import Placement
from memplan.engines.llama_cpp.settings import Settings, cache_tensor_type
from memplan.engines.llama_cpp.shape import Layer, Shape
from memplan.memory.component import Formula


class Reach(StrEnum):
    """What the number of cells follows."""

    FULL = "full"
    WINDOW = "window"
    COMPRESSED = "compressed"


class Side(StrEnum):
    """What a cache tensor stores."""

    KEY = "k"
    VALUE = "v"
    INDEXER_KEY = "indexer_k"
    INDEXER_VALUE = "indexer_v"
    COMPRESSED_KEY = "compressed_k"


@dataclass(frozen=True, slots=True)
class CacheTensor:
    """One tensor of a cache: rows of one width for every cell of every stream.

    Attributes:
        layer: number of its layer.
        side: what it stores.
        reach: what its cells follow.
        ratio: tokens that a row stands for.
        row_bytes: bytes of the rows of one cell, all streams together.
        tail_bytes: padding behind it.
        memory: the memory in which it lives, by number.
    """

    layer: int
    side: Side
    reach: Reach
    ratio: int
    row_bytes: int
    tail_bytes: int
    memory: int

    def bytes_at(self, geometry: CacheGeometry, context: Any) -> Any:
        """Its bytes at a context."""
        return (
            cells_of(geometry, self.reach, self.ratio, context) * self.row_bytes + self.tail_bytes
        )


def cache_geometry(shape: Shape, settings: Settings) -> CacheGeometry:
    """The cells of this model's caches."""
    window_tokens = shape.sliding_window
    if shape.architecture.compressed:
        window_tokens = shape.metadata.integer("attention.sliding_window") or 0
    return CacheGeometry(settings, window_tokens, always_split=shape.architecture.compressed)


def cache_tensors(
    shape: Shape, settings: Settings, placement: Placement
) -> tuple[CacheTensor, ...]:
    """Every tensor of the KV caches, layer by layer."""
    return tuple(
        tensor
        for layer in shape.layers
        for memory in (placement.of_cache(layer.index),)
        for tensor in layer_caches(shape, settings, layer, memory, placement.padding(memory))
    )


def layer_caches(
    shape: Shape, settings: Settings, layer: Layer, memory: int, padding: Padding
) -> Iterator[CacheTensor]:
    """The tensors of one layer's KV caches in a memory."""
    streams = cache_geometry(shape, settings).streams
    for rows in _rows(shape, settings, layer):
        tensor_type = cache_tensor_type(rows.cache_type)
        yield CacheTensor(
            layer=layer.index,
            side=rows.side,
            reach=rows.reach,
            ratio=rows.ratio,
            row_bytes=streams * tensor_type.row_bytes(rows.elements),
            # A cache has a multiple of 256 rows, so only the tail needs aligning.
            tail_bytes=padding.allocated(0, tensor_type, rows.elements),
            memory=memory,
        )


def cache_formula(tensors: Iterable[CacheTensor], geometry: CacheGeometry) -> Formula:
    """Bytes of all these tensors at a context: a few products, however many layers there are."""
    row_bytes: dict[tuple[Reach, int], int] = {}
    tail_bytes = 0
    for tensor in tensors:
        key = (tensor.reach, tensor.ratio)
        row_bytes[key] = row_bytes.get(key, 0) + tensor.row_bytes
        tail_bytes += tensor.tail_bytes
    terms = tuple(row_bytes.items())

    def formula(context: Any) -> Any:
        total = context * 0 + tail_bytes
        for (reach, ratio), row in terms:
            total = total + cells_of(geometry, reach, ratio, context) * row
        return total

    return formula


def largest_tensor_formula(tensors: Iterable[CacheTensor], geometry: CacheGeometry) -> Formula:
    """Bytes of the largest of these tensors at a context; 0 if there is none."""
    largest: dict[tuple[Reach, int], CacheTensor] = {}
    for tensor in tensors:
        key = (tensor.reach, tensor.ratio)
        if key not in largest or tensor.row_bytes > largest[key].row_bytes:
            largest[key] = tensor
    candidates = tuple(largest.values())

    def formula(context: Any) -> Any:
        found = context * 0
        for tensor in candidates:
            found = larger(found, tensor.bytes_at(geometry, context))
        return found

    return formula


def cache_breaks(tensors: Iterable[CacheTensor], geometry: CacheGeometry) -> tuple[int, ...]:
    """Contexts from which some of these tensors no longer grow."""
    windowed = any(tensor.reach is Reach.WINDOW for tensor in tensors)
    return (geometry.window_end(),) if windowed and not geometry.settings.swa_full else ()


@dataclass(frozen=True, slots=True)
class _Rows:
    """One row a cell: what, of which type and width."""

    side: Side
    cache_type: CacheType
    elements: int
    reach: Reach
    ratio: int = 1


def _rows(shape: Shape, settings: Settings, layer: Layer) -> Iterator[_Rows]:
    key, value = settings.cache_type_k, settings.cache_type_v
    windowed = layer.windowed or shape.architecture.compressed
    reach = Reach.WINDOW if windowed else Reach.FULL
    if not layer.caches:
        if layer.caches_padding and not settings.flash_attn:
            yield _Rows(Side.VALUE, value, _widest_value(shape), reach)
        return
    yield _Rows(Side.KEY, key, layer.key_width, reach)
    if layer.value_width:
        value_width = layer.value_width if settings.flash_attn else _widest_value(shape)
        yield _Rows(Side.VALUE, value, value_width, reach)
    ratio = layer.compress_ratio
    if ratio:
        yield _Rows(Side.COMPRESSED_KEY, key, layer.key_length, Reach.COMPRESSED, ratio)
    beside = (Reach.COMPRESSED, ratio) if ratio else (Reach.FULL, 1)
    if layer.indexer_key_width:
        yield _Rows(Side.INDEXER_KEY, key, layer.indexer_key_width, *beside)
    if layer.indexer_value_width:
        yield _Rows(Side.INDEXER_VALUE, value, layer.indexer_value_width, *beside)


def _widest_value(shape: Shape) -> int:
    """Without flash attention V is transposed, and every row is as wide as the widest layer's."""
    return max(layer.head_count_kv * layer.value_length for layer in shape.layers)


def cells_of(geometry: CacheGeometry, reach: Reach, ratio: int, context: Any) -> Any:
    """Cells of one stream of a cache that reaches so far, at a context."""
    match reach:
        case Reach.FULL:
            return geometry.full_cells(context)
        case Reach.WINDOW:
            return geometry.window_cells(context)
        case Reach.COMPRESSED:
            return geometry.compressed_cells(context, ratio)
        case _:
            assert_never(reach)
