"""From a model's metadata and tensors to its shape, by llama.cpp's defaults."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import Final, assert_never

from memplan.engines.llama_cpp.architectures import (
    ARCHITECTURES,
    FULL,
    Attention,
    IndexerLayers,
    State,
    Window,
)
from memplan.engines.llama_cpp.shape import Layer, Shape
from memplan.estimate import UnsupportedRequestError
from memplan.language import tr
from memplan.model import Model
from memplan.units import format_count

DENSER_RATIO: Final = 4
"""Tokens in a compressed row of the layers that DeepSeek V4 compresses less."""

MAX_LAYERS: Final = 512
"""llama.cpp is built for no more (``LLAMA_MAX_LAYERS``)."""

_SHAPES_KEPT = 16


@lru_cache(maxsize=_SHAPES_KEPT)
def resolve_shape(model: Model) -> Shape:
    """The shape of a model. Models are told apart by identity, so each is resolved once.

    Raises:
        UnsupportedRequestError: it has more layers than llama.cpp is built for.
    """
    layer_count = model.metadata.integer("block_count") or 0
    loops = ARCHITECTURES.get(model.architecture, FULL).loops
    layer_count *= max((loops and model.metadata.integer(loops)) or 1, 1)
    if layer_count > MAX_LAYERS:
        raise UnsupportedRequestError(
            tr("n_layer must be <= {most}, not {count}").format(
                most=format_count(MAX_LAYERS), count=format_count(layer_count)
            )
        )
    return _Resolver(model).shape()


class _Resolver:
    """Reads a model's metadata by llama.cpp's defaults."""

    def __init__(self, model: Model) -> None:
        self.metadata = model.metadata
        self.tensors = {tensor.name: tensor.dimensions for tensor in model.tensors}
        self.tensor_bytes = {tensor.name: tensor.bytes for tensor in model.tensors}
        self.known = model.architecture in ARCHITECTURES
        self.architecture = ARCHITECTURES.get(model.architecture, FULL)
        self.name = model.architecture
        self.block_count = self.integer("block_count")
        self.trunk_count = max(self.block_count - self.integer("nextn_predict_layers"), 0)
        self.head_counts = self.per_layer("attention.head_count", (0,) * self.block_count)
        self.head_counts_kv = self.per_layer("attention.head_count_kv", self.head_counts)
        self.feed_forward = self.per_layer("feed_forward_length", (0,) * self.block_count)
        self.embedding_length = self.integer("embedding_length")
        self.head_count = self.head_counts[0] if self.head_counts else 0
        default_length = self.embedding_length // self.head_count if self.head_count else 0
        self.key_length = self.integer("attention.key_length", default_length)
        self.value_length = self.integer("attention.value_length", default_length)
        self.key_length_swa = self.integer("attention.key_length_swa", self.key_length)
        self.value_length_swa = self.integer("attention.value_length_swa", self.value_length)
        self.mla = self.architecture.mla and bool(
            self.integer("attention.key_length_mla") and self.integer("attention.value_length_mla")
        )
        self.window_tokens = self._window_tokens()
        self.attending = self._attending()
        self.caching = self._caching()
        self.windowed = self._windowed()

    def integer(self, key: str, default: int = 0) -> int:
        """A scalar; negative ones count as absent."""
        value = self.metadata.integer(key)
        return default if value is None or value < 0 else value

    def per_layer(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """A value for each layer: a scalar for all, or an array, 0 beyond its end."""
        scalar = self.metadata.integer(key)
        if scalar is not None:
            return (max(scalar, 0),) * self.block_count
        array = self.metadata.integers(key)
        if array is None:
            return default
        padded = array[: self.block_count] + (0,) * (self.block_count - len(array))
        return tuple(max(value, 0) for value in padded)

    def shape(self) -> Shape:
        integer = self.integer
        layers = self._layers()
        expert_width = max(self.per_layer("expert_feed_forward_length", ()), default=0)
        return Shape(
            name=self.name,
            known=self.known,
            architecture=self.architecture,
            metadata=self.metadata,
            tensors=MappingProxyType(self.tensors),
            tensor_bytes=MappingProxyType(self.tensor_bytes),
            embedding_length=self.embedding_length,
            vocabulary=self._vocabulary(),
            context_length=integer("context_length"),
            block_count=self.block_count,
            trunk_count=self.trunk_count,
            layers=layers,
            trunk=tuple(layer for layer in layers if layer.trunk),
            has_window=any(layer.windowed and layer.caches for layer in layers),
            recurrent=any(layer.recurrent for layer in layers),
            head_count=self.head_count,
            key_length=self.key_length,
            value_length=self.value_length,
            key_length_swa=self.key_length_swa,
            value_length_swa=self.value_length_swa,
            rope_length=integer("rope.dimension_count", self.key_length),
            sliding_window=self.window_tokens if any(self.windowed) else 0,
            mla=self.mla,
            key_length_mla=integer("attention.key_length_mla"),
            value_length_mla=integer("attention.value_length_mla"),
            kv_lora_rank=integer("attention.kv_lora_rank"),
            feed_forward_length=max(self.feed_forward, default=0),
            expert_count=integer("expert_count"),
            expert_used_count=max(self.per_layer("expert_used_count", ()), default=0),
            expert_feed_forward_length=expert_width or self._widest("ffn_down_exps", 0),
            expert_shared_feed_forward_length=self._widest("ffn_down_shexp", 0),
            leading_dense_block_count=integer("leading_dense_block_count"),
            indexer_head_count=integer("attention.indexer.head_count"),
            indexer_key_length=integer("attention.indexer.key_length"),
            indexer_top_k=integer("attention.indexer.top_k"),
            ssm_conv_kernel=integer("ssm.conv_kernel"),
            ssm_inner_size=integer("ssm.inner_size"),
            ssm_state_size=integer("ssm.state_size"),
            ssm_time_step_rank=integer("ssm.time_step_rank"),
            ssm_group_count=integer("ssm.group_count"),
            kda_head_length=integer("kda.head_dim"),
            shortconv_cache_length=integer("shortconv.l_cache"),
            wkv_head_size=integer("wkv.head_size"),
            token_shift_count=integer("token_shift_count", 2),
            deepstack_count=integer("n_deepstack_layers"),
            hyper_connection_count=integer("hyper_connection.count"),
        )

    def _vocabulary(self) -> int:
        for name in ("output.weight", "token_embd.weight"):
            dimensions = self.tensors.get(name, ())
            if len(dimensions) > 1:
                return dimensions[1]
        return self.integer("vocab_size")

    def _widest(self, role: str, axis: int) -> int:
        """The largest dimension of a role's tensors over all layers."""
        names = (f"blk.{index}.{role}.weight" for index in range(self.block_count))
        found = (self.tensors[name] for name in names if name in self.tensors)
        return max((size[axis] for size in found if axis < len(size)), default=0)

    def _window_tokens(self) -> int:
        window = self.architecture.window
        if window is None or window.only_trunk_layers not in (0, self.trunk_count):
            return 0
        stated = self.integer("attention.sliding_window", window.default_tokens)
        return window.fixed_tokens if stated and window.fixed_tokens else stated

    def _windowed(self) -> tuple[bool, ...]:
        """Which layers see a window only."""
        window = self.architecture.window
        everywhere = range(self.block_count)
        if window is None or self.window_tokens == 0:
            return (False,) * self.block_count
        array = self.metadata.integers("attention.sliding_window_pattern")
        if array is not None:
            return tuple(index < len(array) and bool(array[index]) for index in everywhere)
        stated = self.metadata.integer("attention.sliding_window_pattern")
        period = window.period if stated is None else stated
        return tuple(
            index < self.trunk_count and _in_window(window, period, index) for index in everywhere
        )

    def _attending(self) -> tuple[bool, ...]:
        """Which layers attend, next-token layers included."""
        heads = [count > 0 for count in self.head_counts_kv]
        match self.architecture.attention:
            case Attention.NONE:
                return (False,) * self.block_count
            case Attention.ALL | Attention.KV_HEADS:
                return tuple(heads)
            case Attention.KV_HEADS_NO_FFN:
                return tuple(
                    has_heads and width == 0
                    for has_heads, width in zip(heads, self.feed_forward, strict=True)
                )
            case Attention.INTERVAL:
                return tuple(not recurs for recurs in self._recurrent_by_interval())
            case _:
                assert_never(self.architecture.attention)

    def _recurrent_by_interval(self) -> tuple[bool, ...]:
        array = self.metadata.integers("attention.recurrent_layers")
        if array is not None:
            return tuple(
                index < len(array) and bool(array[index]) for index in range(self.block_count)
            )
        default = 8 if self.architecture.state is State.LIGHTNING else 4
        interval = self.integer("full_attention_interval", default) or default
        return tuple(
            index < self.trunk_count and (index + 1) % interval != 0
            for index in range(self.block_count)
        )

    def _caching(self) -> tuple[bool, ...]:
        """Which layers own a cache in the normal context."""
        return tuple(
            attends and index < self._caching_count()
            for index, attends in enumerate(self.attending)
        )

    def _caching_count(self) -> int:
        """First layers that may own a cache."""
        last = self.architecture.cached_layers or self.block_count
        if self.architecture.shared_tail:
            last = self.block_count - self.integer("attention.shared_kv_layers")
        trunk_count = self.block_count if self.architecture.compressed else self.trunk_count
        return min(last, trunk_count)

    def _caches_padding(self, index: int) -> bool:
        """Where every layer is cached, one without KV heads is, too, in rows of no elements."""
        every_layer = self.architecture.attention is Attention.ALL
        return (
            every_layer
            and index < self._caching_count()
            and self.head_counts_kv[index] == 0
            and not self.mla
        )

    def _recurrent(self, index: int) -> bool:
        if self.architecture.state is State.NONE or index >= self.trunk_count:
            return False
        if self.architecture.parallel:
            return True
        if self.architecture.attention is Attention.KV_HEADS_NO_FFN:
            return self.head_counts_kv[index] == 0 and self.feed_forward[index] == 0
        return not self.attending[index]

    def _layers(self) -> tuple[Layer, ...]:
        blocks = tuple(self._layer(block) for block in range(self.block_count))
        if self.architecture.loops:
            return blocks * max(self.integer(self.architecture.loops, 1), 1)
        if self.architecture.router_layer:
            return (*blocks, self._router_layer())
        return blocks

    def _layer(self, block: int) -> Layer:
        windowed = self.windowed[block]
        key_length = self.key_length_swa if windowed else self.key_length
        value_length = self.value_length_swa if windowed else self.value_length
        heads_kv = self.head_counts_kv[block]
        caches = self.caching[block]
        has_value = caches and not self.mla and not self.architecture.compressed
        indexer_key, indexer_value = self._indexer_widths(block)
        return Layer(
            index=block,
            trunk=block < self.trunk_count,
            attends=self.attending[block],
            caches=caches,
            caches_padding=self._caches_padding(block),
            windowed=windowed,
            recurrent=self._recurrent(block),
            head_count=self.head_counts[block],
            head_count_kv=heads_kv,
            key_length=key_length,
            value_length=value_length,
            key_width=heads_kv * key_length,
            value_width=heads_kv * value_length if has_value else 0,
            indexer_key_width=indexer_key,
            indexer_value_width=indexer_value,
            compress_ratio=self._compress_ratio(block),
            feed_forward_length=self.feed_forward[block],
        )

    def _router_layer(self) -> Layer:
        return Layer(
            index=self.block_count,
            trunk=True,
            attends=True,
            caches=True,
            caches_padding=False,
            windowed=False,
            recurrent=False,
            head_count=1,
            head_count_kv=1,
            key_length=self.key_length,
            value_length=self.value_length,
            key_width=self.key_length,
            value_width=self.value_length,
            indexer_key_width=0,
            indexer_value_width=0,
            compress_ratio=0,
            feed_forward_length=0,
        )

    def _compress_ratio(self, index: int) -> int:
        """Tokens in a compressed row of a layer; 0 where it has no compressed cache."""
        ratios = self.metadata.integers("attention.compress_ratios") or ()
        if not self.architecture.compressed or index >= min(len(ratios), self.trunk_count):
            return 0
        return max(ratios[index], 0)

    def _indexer_widths(self, index: int) -> tuple[int, int]:
        """Elements of an indexer K row and V row in one layer."""
        indexer = self.architecture.indexer
        if indexer is None or not self.caching[index] or not self._has_indexer(index):
            return 0, 0
        if indexer.only_with_top_k and not self.integer("attention.indexer.top_k"):
            return 0, 0
        compressed = self.metadata.integers("attention.compress_ratios") is not None
        times = indexer.times_compressed if compressed else indexer.times
        key_width = (times or indexer.times) * self.integer("attention.indexer.key_length")
        return key_width, self.value_length if indexer.with_value else 0

    def _has_indexer(self, index: int) -> bool:
        indexer = self.architecture.indexer
        if indexer is None:
            return False
        match indexer.layers:
            case IndexerLayers.ALL:
                return True
            case IndexerLayers.DENSER_RATIO:
                return self._compress_ratio(index) == DENSER_RATIO
            case IndexerLayers.AFTER_DENSE:
                return index >= self.integer("leading_dense_block_count")
            case IndexerLayers.TYPES:
                types = self.metadata.integers("attention.indexer.types")
                if types is not None:
                    return index < len(types) and types[index] == 1
                sparse_from = indexer.sparse_from_context
                if sparse_from and self.integer("context_length") >= sparse_from:
                    return index < 2 or index % 4 == 2
                return True
            case _:
                assert_never(indexer.layers)


def _in_window(window: Window, period: int | None, index: int) -> bool:
    """Whether a period makes a layer see a window only; period 0: all do."""
    if period is None or period < 0:
        return False
    if period == 0:
        return True
    return index % period != (0 if window.full_first else period - 1)
