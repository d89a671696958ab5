"""The pieces of which llama.cpp builds every model's graph: inputs, norms, products, attention.

Source: ``llama-graph.cpp``, ``llama-kv-cache.cpp`` and ``llama-context.cpp`` (which nodes are
pinned to a device) of b11434.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, Protocol, TypeGuard

from memplan.engines.llama_cpp.graph.backends.layouts import (
    F16,
    F32,
    I32,
    I64,
    QUANTISED,
    TYPE_NUMBERS,
)
from memplan.engines.llama_cpp.graph.operations import Operations
from memplan.engines.llama_cpp.recurrent_state import state_elements
from memplan.engines.llama_cpp.shape import Layer, Shape
from memplan.reader.header import Tensor

_LEAST_ROTATION: Final = 64
_NEWER_TYPE: Final = F16
"""A type that this program does not know is taken for one without blocks."""

INPUT_LAYER: Final = -1
"""Stands for the layer of what is looked up before the first."""


class Activation(Enum):
    """The function between the two halves of a feed-forward network."""

    SILU = auto()
    GELU = auto()
    RELU = auto()
    RELU_SQUARED = auto()
    SWIGLU_OF_HALVES = auto()
    GEGLU_OF_HALVES = auto()
    OAI = auto()


class Gating(Enum):
    """What becomes of the router's logits."""

    SOFTMAX = auto()
    SIGMOID = auto()
    SOFTMAX_OF_CHOSEN = auto()
    SQRT_SOFTPLUS = auto()


class Homes(Protocol):
    """Which memory holds what; memories are numbers as in :class:`FlatGraph`."""

    def weight(self, name: str, layer: int) -> int:
        """The memory of a weight; ``layer`` is the trunk's length for what follows it."""

    def cache(self, layer: int) -> int:
        """The memory of a layer's cache or state."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The micro-batch for which memory is reserved, and the caches that it meets.

    Attributes:
        tokens: tokens of the micro-batch, a multiple of the sequences.
        sequences: sequences in it.
        outputs: rows of logits.
        streams: separate caches that each layer has.
        cells: cells of one stream of a cache of the whole context.
        window_cells: cells of one stream of a window cache.
        compressed_cells: cells of one stream of a cache with one row for ``ratio`` tokens.
        states: sequences that the recurrent memory holds.
        states_written: states that a scan writes for each sequence: one, and those to go back to.
        key_type: ggml's number of the type of K.
        value_type: ggml's number of the type of V.
        flash_attention: whether attention is one operation.
        cache_offloaded: whether the caches are where their layers are.
        mixed_inputs: whether the graph has a branch for tokens and embeddings in one batch.
        next_token: whether it is the context of the next-token layers.
    """

    tokens: int
    sequences: int
    outputs: int
    streams: int
    cells: int
    window_cells: int
    compressed_cells: Callable[[int], int]
    states: int
    states_written: int
    key_type: int
    value_type: int
    flash_attention: bool
    cache_offloaded: bool
    mixed_inputs: bool
    next_token: bool = False


@dataclass(slots=True)
class CacheInputs:
    """What attention reads of one cache, apart from the cache itself.

    Attributes:
        rows_k, rows_v: the cells that are written.
        mask: which cells each token sees.
        rotation_k, rotation_v: for quantised caches.
    """

    rows_k: int
    rows_v: int | None
    mask: int
    rotation_k: int | None = None
    rotation_v: int | None = None


@dataclass(slots=True)
class StateInputs:
    """Which recurrent states a graph reads: all, those of the batch, and all but the first."""

    copy: int
    main: int
    tail: int


@dataclass(slots=True)
class Pins:
    """Nodes whose backend llama.cpp chooses itself.

    Attributes:
        norms: norms by their layer: on the layer's device where all layers are on devices.
        host: nodes that are computed on the host.
    """

    norms: dict[int, int] = field(default_factory=dict)
    host: list[int] = field(default_factory=list)


class ModelGraph(Operations):
    """A model's graph while it is built.

    Attributes:
        shape: the model as llama.cpp sees it.
        batch: what memory is reserved for.
        pins: nodes whose backend llama.cpp chooses itself.
    """

    def __init__(
        self, shape: Shape, tensors: dict[str, Tensor], batch: Batch, homes: Homes
    ) -> None:
        super().__init__()
        self.shape = shape
        self.batch = batch
        self.pins = Pins()
        self._table = tensors
        self._homes = homes
        self._leaves: dict[tuple[str, int], int] = {}
        self._value_type_max = max(
            (layer.head_count_kv * layer.value_length for layer in shape.layers), default=0
        )

    # What the model is

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of the normal context."""
        return self.shape.trunk

    @property
    def width(self) -> int:
        """Width of the residual stream."""
        return self.shape.embedding_length

    def number(self, key: str, default: int = 0) -> int:
        """An integer of the model's metadata."""
        found = self.shape.metadata.integer(key)
        return default if found is None else found

    def real(self, key: str, default: float = 0.0) -> float:
        """A number of the model's metadata that need not be whole."""
        found = self.shape.metadata.values.get(f"{self.shape.name}.{key}")
        return float(found.value) if found is not None and is_number(found.value) else default

    # Weights

    def has(self, name: str) -> bool:
        """Whether the file has a tensor."""
        return name in self._table

    def named(self, name: str, layer: int) -> int | None:
        """A weight by its whole name; ``None`` if the file has none."""
        tensor = self._table.get(name)
        if tensor is None:
            return None
        home = self._homes.weight(name, layer)
        key = (name, home)
        found = self._leaves.get(key)
        if found is None:
            kind = TYPE_NUMBERS.get(tensor.type_name, _NEWER_TYPE)
            found = self.tensor(kind, *tensor.dimensions[:4], buffer=home)
            self.mark_weight(found)
            self._leaves[key] = found
        return found

    def weight(self, name: str, layer: int) -> int | None:
        """The weight of a layer, such as ``attn_q``; some are stored without an ending."""
        found = self.named(f"blk.{layer}.{name}.weight", layer)
        return self.named(f"blk.{layer}.{name}", layer) if found is None else found

    def bias(self, name: str, layer: int) -> int | None:
        """The bias of a layer."""
        return self.named(f"blk.{layer}.{name}.bias", layer)

    def scale_of(self, name: str, layer: int) -> int | None:
        """The scale that goes with a weight of a layer."""
        return self.named(f"blk.{layer}.{name}.scale", layer)

    def of_output(self, name: str) -> int | None:
        """A weight behind the last layer, by its whole name."""
        return self.named(name, self.shape.block_count)

    def rope_factors(self, layer: int) -> int | None:
        """Factors of the rotation: of long contexts, or frequencies."""
        for name in ("rope_factors_long.weight", "rope_freqs.weight"):
            if self.has(name):
                return self.named(name, layer)
        return self.weight("rope_factors_long", layer) or self.weight("rope_freqs", layer)

    # Inputs

    def embed(self, *, scaled: bool = False, table: str = "token_embd.weight") -> int:
        """The residual stream: rows of the embedding, or vectors that are given.

        The graph has a branch for each kind of input, of which one is used.
        """
        batch, width = self.batch, self.width
        inputs_width = self.shape.deepstack_count * width + width
        embedding = self.named(table, INPUT_LAYER)
        tokens = self.input(I32, batch.tokens)
        given = self.input(F32, inputs_width, batch.tokens)
        looked_up = self._looked_up(embedding, tokens, inputs_width)
        branches = [looked_up, given]
        if batch.mixed_inputs:
            mixed_tokens = self.input(I32, batch.tokens)
            slots = self.input(I64, batch.tokens)
            mixed = self.input(F32, inputs_width, batch.tokens)
            rows = self._looked_up(embedding, mixed_tokens, inputs_width)
            branches.append(self.set_rows(self.dup(mixed), rows, slots))
        self.expand(*branches)
        stream = looked_up
        if inputs_width != width:
            stream = self.view(stream, (width, batch.tokens), self.strides[stream][1:2])
        if scaled:
            if not self.is_contiguous(stream):
                stream = self.cont(stream)
            stream = self.scale(stream)
        self.expand(stream)
        return stream

    def _looked_up(self, embedding: int | None, tokens: int, width: int) -> int:
        if embedding is None:
            embedding = self.tensor(F16, self.width, max(self.shape.vocabulary, 1))
        rows = self.get_rows(embedding, tokens)
        more = width - self.width
        return self.pad(rows, more) if more else rows

    def scaled_rows(self, stream: int) -> int:
        """Scale the rows that come from tokens: an input of one factor a row.

        Up to v0.5.0 no batch mixes both kinds, and all rows are scaled alike.
        """
        if not self.batch.mixed_inputs:
            stream = self.scale(stream)
            self.expand(stream)
            return stream
        factors = self.input(F32, 1, self.batch.tokens)
        if not self.is_contiguous(stream):
            stream = self.cont(stream)
        stream = self.mul(stream, factors)
        self.expand(stream)
        return stream

    def positions(self, axes: int = 1) -> int:
        """The position of each token, on each axis."""
        return self.input(I32, self.batch.tokens * axes)

    def output_rows(self) -> int:
        """Which rows the logits are computed for."""
        return self.input(I32, self.batch.outputs)

    def attention_scale(self) -> int:
        """A factor for each token (temperature of long contexts)."""
        return self.input(F32, 1, 1, self.batch.tokens)

    def _mask(self, cells: int) -> int:
        batch = self.batch
        kind = F16 if batch.flash_attention else F32
        return self.input(kind, cells, batch.tokens // batch.streams, 1, batch.streams)

    def cache_inputs(
        self, *, windowed: bool = False, with_value: bool = True, rotated: bool = True
    ) -> CacheInputs:
        """What attention reads beside one cache."""
        batch, shape = self.batch, self.shape
        rows_k = self.input(I64, batch.tokens)
        rows_v = None
        if with_value:
            elements = 1 if batch.flash_attention else self._value_type_max
            rows_v = self.input(I64, batch.tokens * elements)
        mask = self._mask(batch.window_cells if windowed else batch.cells)
        inputs = CacheInputs(rows_k, rows_v, mask)
        if rotated:
            self._rotations(inputs, windowed, with_value)
        del shape
        return inputs

    def _rotations(self, inputs: CacheInputs, windowed: bool, with_value: bool) -> None:
        shape, batch = self.shape, self.batch
        layers = [layer for layer in shape.layers if layer.caches and layer.windowed == windowed]
        key_lengths = {layer.key_length for layer in layers}
        value_lengths = {layer.value_length for layer in layers}
        length = key_lengths.pop() if len(key_lengths) == 1 else 0
        own = shape.key_length_swa if windowed else shape.key_length
        if batch.key_type in QUANTISED and length > 0 and own % _LEAST_ROTATION == 0:
            size = _LEAST_ROTATION
            while length % (2 * size) == 0:
                size *= 2
            inputs.rotation_k = self.input(F32, size, size)
        value = value_lengths.pop() if len(value_lengths) == 1 else 0
        if (
            with_value
            and batch.value_type in QUANTISED
            and value > 0
            and value % _LEAST_ROTATION == 0
        ):
            inputs.rotation_v = self.input(F32, _LEAST_ROTATION, _LEAST_ROTATION)

    def batch_mask(self) -> int:
        """Which tokens of the batch each token sees, where there is no cache."""
        tokens = self.batch.tokens
        return self.input(F16 if self.batch.flash_attention else F32, tokens, tokens)

    def state_inputs(self) -> StateInputs:
        """Which recurrent states are read."""
        batch = self.batch
        copy = self.input(I32, batch.states)
        main = self.view(copy, (batch.sequences,))
        tail = self.view(copy, (batch.states - 1,), at=4)
        return StateInputs(copy, main, tail)

    # Norms and products

    def normed(
        self,
        stream: int,
        weight: int | None,
        bias: int | None = None,
        *,
        layer: int = -1,
        centred: bool = False,
    ) -> int:
        """A norm with its weight and bias; ``centred``: layer norm rather than root mean square."""
        result = self.norm(stream) if centred else self.rms_norm(stream)
        if layer >= 0 and (weight is not None or bias is not None):
            self.pins.norms[result] = layer
        if weight is not None:
            result = self.mul(result, weight)
        if bias is not None:
            result = self.add(result, bias)
        return result

    @staticmethod
    def needed(tensor: int | None) -> int:
        """A tensor that the graph cannot do without.

        Raises:
            MissingTensorError: the file lacks it.
        """
        if tensor is None:
            raise MissingTensorError
        return tensor

    def product(self, weight: int | None, stream: int, scale: int | None = None) -> int:
        """A product with a weight, and its scale where it has one."""
        result = self.mul_mat(self.needed(weight), stream)
        return result if scale is None else self.mul(result, scale)

    def linear(self, name: str, stream: int, layer: int) -> int:
        """A product with a layer's weight, its scale and its bias, as far as they are there."""
        result = self.product(self.weight(name, layer), stream, self.scale_of(name, layer))
        bias = self.bias(name, layer)
        return result if bias is None else self.add(result, bias)

    def expert_product(self, weight: int | None, stream: int, ids: int, scale: int | None) -> int:
        """A product with the chosen experts."""
        result = self.mul_mat_id(self.needed(weight), stream, ids)
        if scale is not None:
            experts = self.shapes[scale][0]
            factors = self.reshape(scale, 1, experts, 1)
            factors = self.repeat(factors, 1, experts, self.shapes[stream][2])
            result = self.mul(result, self.get_rows(factors, ids))
        return result

    # Attention

    def qkv(
        self,
        stream: int,
        layer: Layer,
        *,
        heads: int | None = None,
        heads_kv: int | None = None,
        key_length: int | None = None,
        value_length: int | None = None,
        clamped: bool = False,
    ) -> tuple[int, int, int]:
        """Queries, keys and values of each head, out of one tensor or of three."""
        index, tokens = layer.index, self.shapes[stream][1]
        q_heads = layer.head_count if heads is None else heads
        kv_heads = layer.head_count_kv if heads_kv is None else heads_kv
        key = layer.key_length if key_length is None else key_length
        value = layer.value_length if value_length is None else value_length
        fused = self.weight("attn_qkv", index)
        if fused is None:
            parts = []
            for name, length, count in (
                ("attn_q", key, q_heads), ("attn_k", key, kv_heads), ("attn_v", value, kv_heads),
            ):  # fmt: skip
                part = self.linear(name, stream, index)
                if clamped:
                    part = self.clamp(part)
                parts.append((part, length, count))
            q, k, v = (self.reshape(part, length, count, tokens) for part, length, count in parts)
            return q, k, v
        whole = self.linear("attn_qkv", stream, index)
        if clamped:
            whole = self.clamp(whole)
        row = self.strides[whole][1]
        key_bytes = self.row_bytes(whole, key)
        value_bytes = self.row_bytes(whole, value)
        after_q = key_bytes * q_heads
        after_k = after_q + key_bytes * kv_heads
        return (
            self.view(whole, (key, q_heads, tokens), (key_bytes, row)),
            self.view(whole, (key, kv_heads, tokens), (key_bytes, row), after_q),
            self.view(whole, (value, kv_heads, tokens), (value_bytes, row), after_k),
        )

    def rows_of_qkv(self, stream: int, layer: Layer) -> tuple[int, int, int]:
        """Queries, keys and values before they are split into heads."""
        index, tokens = layer.index, self.shapes[stream][1]
        if self.weight("attn_qkv", index) is None:
            q, k, v = (self.linear(f"attn_{part}", stream, index) for part in "qkv")
            return q, k, v
        whole = self.linear("attn_qkv", stream, index)
        row = (self.strides[whole][1],)
        q_width = layer.head_count * layer.key_length
        k_width = layer.head_count_kv * layer.key_length
        v_width = layer.head_count_kv * layer.value_length
        at_k = self.row_bytes(whole, q_width)
        at_v = at_k + self.row_bytes(whole, k_width)
        return (
            self.cont(self.view(whole, (q_width, tokens), row)),
            self.cont(self.view(whole, (k_width, tokens), row, at_k)),
            self.cont(self.view(whole, (v_width, tokens), row, at_v)),
        )

    def rotated(self, stream: int, rotation: int | None) -> int:
        """Multiply each head by a rotation, where a quantised cache has one."""
        if rotation is None:
            return stream
        size = self.shapes[rotation][0]
        shape = self.shapes[stream]
        rows = shape[0] * shape[1] * shape[2] * shape[3] // size
        flat = (
            self.reshape(stream, size, rows)
            if self.is_contiguous(stream)
            else self.cont(stream, size, rows)
        )
        return self.reshape(self.mul_mat(rotation, flat), *shape)

    def cache_tensor(self, side: str, layer: Layer, elements: int, cells: int, kind: int) -> int:
        """The tensor of a layer's cache."""
        key = (f"cache.{side}.{layer.index}", cells)
        found = self._leaves.get(key)
        if found is None:
            home = self._homes.cache(layer.index)
            found = self.tensor(kind, elements, cells, self.batch.streams, buffer=home)
            self._leaves[key] = found
        return found

    def attend(
        self,
        inputs: CacheInputs,
        q: int,
        k: int | None,
        v: int | None,
        layer: Layer,
        *,
        cached: Layer | None = None,
        sinks: int | None = None,
        output: bool = True,
        key_first: bool = False,
        soft_cap: bool = False,
        bias: int | None = None,
    ) -> int:
        """Attention of one layer over its cache (or that of ``cached``), with the projection."""
        q = self.rotated(q, inputs.rotation_k)
        k = k if k is None else self.rotated(k, inputs.rotation_k)
        v = v if v is None else self.rotated(v, inputs.rotation_v)
        order = (q, k, v) if key_first else (q, v, k)
        self.expand(*(tensor for tensor in order if tensor is not None))
        owner = layer if cached is None else cached
        cells = self.batch.window_cells if owner.windowed else self.batch.cells
        keys, values = self._cache_views(owner, cells)
        if k is not None:
            self.expand(self._store_rows(owner, k, inputs.rows_k, "k", cells))
        if v is not None and inputs.rows_v is not None:
            self.expand(self._store_values(owner, v, inputs.rows_v, cells))
        result = self.attention(
            q, keys, values, inputs.mask, sinks=sinks, soft_cap=soft_cap, bias=bias
        )
        result = self.rotated(result, inputs.rotation_v)
        return self.projected(result, layer) if output else result

    def projected(self, stream: int, layer: Layer) -> int:
        """The output projection of attention."""
        return self.linear("attn_output", stream, layer.index)

    def _cache_views(self, layer: Layer, cells: int) -> tuple[int, int]:
        batch = self.batch
        cache_k = self.cache_tensor("k", layer, layer.key_width, cells, batch.key_type)
        head = self.row_bytes(cache_k, layer.key_length)
        row = self.row_bytes(cache_k, layer.key_width)
        keys = self.view(
            cache_k,
            (layer.key_length, layer.head_count_kv, cells, batch.streams),
            (head, row, row * cells),
        )
        width = self._cached_value_width(layer)
        cache_v = self.cache_tensor("v", layer, width, cells, batch.value_type)
        row = self.row_bytes(cache_v, width)
        if batch.flash_attention:
            strides = (self.row_bytes(cache_v, layer.value_length), row, row * cells)
            shape = (layer.value_length, layer.head_count_kv, cells, batch.streams)
        else:
            step = self.row_bytes(cache_v, cells)
            strides = (step * layer.value_length, step, step * width)
            shape = (cells, layer.head_count_kv, layer.value_length, batch.streams)
        return keys, self.view(cache_v, shape, strides)

    def _cached_value_width(self, layer: Layer) -> int:
        if self.batch.flash_attention:
            return layer.head_count_kv * layer.value_length
        return self._value_type_max

    def _store_rows(self, layer: Layer, rows: int, ids: int, side: str, cells: int) -> int:
        length, heads, tokens, _ = self.shapes[rows]
        flat = self.view(rows, (length * heads, tokens), (self.strides[rows][2],))
        kind = self.batch.key_type if side == "k" else self.batch.value_type
        cache = self.cache_tensor(side, layer, length * heads, cells, kind)
        if self.batch.streams > 1:
            cache = self.reshape(cache, length * heads, cells * self.batch.streams)
        return self.set_rows(cache, flat, ids)

    def _store_values(self, layer: Layer, rows: int, ids: int, cells: int) -> int:
        if self.batch.flash_attention:
            return self._store_rows(layer, rows, ids, "v", cells)
        length, heads, tokens, _ = self.shapes[rows]
        elements = length * heads
        if self.row_bytes(rows, elements) == self.strides[rows][2]:
            flat = self.reshape(rows, elements, tokens)
        else:
            flat = self.cont(rows, elements, tokens)
        width = self._cached_value_width(layer)
        if elements < width:
            flat = self.pad(flat, width - elements)
        cache = self.cache_tensor("v", layer, width, cells, self.batch.value_type)
        whole = self.reshape(cache, 1, width * cells * self.batch.streams)
        return self.set_rows(whole, self.reshape(flat, 1, width * tokens), ids)

    def attend_latent(
        self,
        inputs: CacheInputs,
        q: int,
        k: int,
        v: int,
        layer: Layer,
        *,
        decompress: int | None,
        output: bool = True,
    ) -> int:
        """Attention over a cache of latents, whose keys hold the values, too."""
        self.expand(q, v, k)
        batch = self.batch
        self.expand(self._store_rows(layer, k, inputs.rows_k, "k", batch.cells))
        cache = self.cache_tensor("k", layer, layer.key_width, batch.cells, batch.key_type)
        row = self.row_bytes(cache, layer.key_width)
        keys = self.view(
            cache,
            (layer.key_length, layer.head_count_kv, batch.cells, batch.streams),
            (self.row_bytes(cache, layer.key_length), row, row * batch.cells),
        )
        values = self.view(
            keys, (self.shapes[v][0], *self.shapes[keys][1:]), self.strides[keys][1:]
        )
        result = self.attention(q, keys, values, inputs.mask, decompress=decompress)
        return self.projected(result, layer) if output else result

    def attend_batch(
        self,
        mask: int,
        q: int,
        k: int,
        v: int,
        layer: Layer,
        *,
        output: bool = True,
        bias: int | None = None,
    ) -> int:
        """Attention over the tokens of the batch, where there is no cache."""
        self.expand(q, k, v)
        result = self.attention(q, k, v, mask, bias=bias)
        return self.projected(result, layer) if output else result

    def attention(
        self,
        q: int,
        k: int,
        v: int,
        mask: int | None,
        *,
        sinks: int | None = None,
        decompress: int | None = None,
        soft_cap: bool = False,
        most_cells: int = 0,
        bias: int | None = None,
    ) -> int:
        """Attention proper, heads side by side again at the end."""
        transposed = self.strides[v][1] > self.strides[v][2]
        streams = self.shapes[k][3]
        length, heads, tokens, _ = self.shapes[q]
        part = tokens // streams
        second, third = self.strides[q][1:3]
        q = self.view(q, (length, heads, part, streams), (second, third, third * part))
        q, k, v = (self.permute(tensor, 0, 2, 1, 3) for tensor in (q, k, v))
        if self.batch.flash_attention and bias is None:
            result = self._fused(q, k, v, mask, sinks, decompress, transposed, most_cells)
        else:
            result = self._unfused(q, k, v, mask, sinks, decompress, transposed, soft_cap, bias)
        self.expand(result)
        return result

    def _fused(
        self,
        q: int,
        k: int,
        v: int,
        mask: int | None,
        sinks: int | None,
        decompress: int | None,
        transposed: bool,
        most_cells: int,
    ) -> int:
        if transposed:
            v = self.transpose(v)
        if self.types[k] == F32:
            k = self.cast(k, F16)
        if self.types[v] == F32:
            v = self.cast(v, F16)
        result = self.flash_attention(q, k, v, mask, sinks, most_cells)
        if decompress is not None:
            result = self.permute(result, 0, 2, 1, 3)
            result = self.mul_mat(decompress, result)
            result = self.cont(self.permute(result, 0, 2, 1, 3))
        a, b, c, d = self.shapes[result]
        return self.reshape(result, a * b, c * d)

    def _unfused(
        self,
        q: int,
        k: int,
        v: int,
        mask: int | None,
        sinks: int | None,
        decompress: int | None,
        transposed: bool,
        soft_cap: bool,
        bias: int | None,
    ) -> int:
        scores = self.mul_mat(k, q)
        if self.shape.name == "grok":
            scores = self.scale(self.tanh(self.scale(scores)))
        if soft_cap:
            scores = self.scale(self.tanh(self.scale(scores)))
        if bias is not None:
            scores = self.add(scores, bias)
        scores = self.soft_max(scores, mask, sinks)
        if not transposed:
            v = self.cont(self.transpose(v))
        result = self.mul_mat(v, scores)
        if decompress is not None:
            result = self.mul_mat(decompress, result)
        result = self.permute(result, 0, 2, 1, 3)
        a, b, c, d = self.shapes[result]
        result = self.cont(result, a * b, c * d)
        if not self.batch.cache_offloaded:
            self.pins.host.append(result)
        return result

    # Feed-forward networks

    def feed_forward(
        self,
        stream: int,
        layer: int,
        *,
        activation: Activation = Activation.SILU,
        up: str = "ffn_up",
        gate: str = "ffn_gate",
        down: str = "ffn_down",
        limit: bool = False,
    ) -> int:
        """A dense network; gated where there is a gate."""
        raised = stream
        if self.weight(up, layer) is not None:
            raised = self._with_bias_and_scale(up, stream, layer)
        gated = self.weight(gate, layer) is not None
        inner = self._with_bias_and_scale(gate, stream, layer) if gated else raised
        result = self.activated(inner, raised if gated else None, activation, limit)
        if self.weight(down, layer) is not None:
            result = self._with_bias_and_scale(down, result, layer)
        return result

    def _with_bias_and_scale(self, name: str, stream: int, layer: int) -> int:
        result = self.product(self.weight(name, layer), stream)
        bias, scale = self.bias(name, layer), self.scale_of(name, layer)
        if bias is not None:
            result = self.add(result, bias)
        return result if scale is None else self.mul(result, scale)

    def activated(
        self, inner: int, up: int | None, activation: Activation, limit: bool = False
    ) -> int:
        """The function between the two halves, of two tensors, of one, or of its halves."""
        if up is not None and limit:
            up = self.clamp(up)
            return self.mul(self.clamp(self.silu(inner)), up)
        match activation:
            case Activation.SWIGLU_OF_HALVES | Activation.GEGLU_OF_HALVES:
                return self.glu(inner)
            case Activation.RELU_SQUARED:
                return self.sqr(self.relu(inner))
            case Activation.OAI:
                return self.glu(inner, up)
            case Activation.SILU:
                return self.glu(inner, up) if up is not None else self.silu(inner)
            case Activation.GELU:
                return self.glu(inner, up) if up is not None else self.gelu(inner)
            case Activation.RELU:
                return self.glu(inner, up) if up is not None else self.relu(inner)

    def experts(
        self,
        stream: int,
        layer: int,
        *,
        activation: Activation = Activation.SILU,
        gating: Gating = Gating.SOFTMAX,
        normalised: bool = True,
        scaled: bool = False,
        choice_bias: bool = False,
        logits: int | None = None,
        expert_count: int | None = None,
        used: int | None = None,
        suffix: str = "exps",
        limit: bool = False,
        groups: int = 0,
        groups_used: int = 0,
    ) -> int:
        """A network of experts, of which the router chooses some for each token."""
        shape = self.shape
        count = shape.expert_count if expert_count is None else expert_count
        chosen = shape.expert_used_count if used is None else used
        width, tokens = self.shapes[stream][:2]
        ids, weights = self._routed(
            stream, layer, count, chosen, gating, normalised, scaled, choice_bias, logits,
            groups, groups_used,
        )  # fmt: skip
        each = self.reshape(stream, width, 1, tokens)
        before = shape.name == "llama4"
        if before:
            each = self.mul(self.repeat(each, width, chosen, tokens), weights)
        down = f"ffn_down_{suffix}"
        inner = self._expert_inner(each, ids, layer, activation, suffix, limit)
        result = self.expert_product(
            self.weight(down, layer), inner, ids, self.scale_of(down, layer)
        )
        bias = self.bias(down, layer)
        if bias is not None:
            result = self.add_id(result, bias, ids)
        if not before:
            result = self.mul(result, weights)
        self.expand(result)
        return self._summed(result, chosen, width, tokens)

    def _summed(self, experts: int, chosen: int, width: int, tokens: int) -> int:
        step, row = self.strides[experts][1:3]
        views = [
            self.view(experts, (width, tokens), (row,), number * step) for number in range(chosen)
        ]
        self.expand(*views)
        total = views[0]
        for view in views[1:]:
            total = self.add(total, view)
            self.expand(total)
        return self.cont(total) if chosen == 1 else total

    def _routed(
        self,
        stream: int,
        layer: int,
        count: int,
        chosen: int,
        gating: Gating,
        normalised: bool,
        scaled: bool,
        choice_bias: bool,
        logits: int | None,
        groups: int,
        groups_used: int,
    ) -> tuple[int, int]:
        """The chosen experts of each token, and their weights."""
        tokens = self.shapes[stream][1]
        if logits is None:
            logits = self.product(self.weight("ffn_gate_inp", layer), stream)
        router_bias = self.bias("ffn_gate_inp", layer)
        if router_bias is not None:
            logits = self.add(logits, router_bias)
        probabilities = self._probabilities(logits, gating)
        choice = probabilities
        bias = self.bias("exp_probs_b", layer) if choice_bias else None
        if bias is not None:
            choice = self.add(choice, bias)
        if self.shape.name == "llama4":
            choice = logits
        if self.shape.name == "grovemoe":
            choice = self.sigmoid(logits)
        if groups > 1:
            choice = self._within_groups(choice, count, groups, groups_used, tokens)
        ids = self.argsort_top_k(choice, chosen)
        weights = self.get_rows(self.reshape(probabilities, 1, count, tokens), ids)
        if gating is Gating.SOFTMAX_OF_CHOSEN:
            weights = self.reshape(weights, chosen, tokens)
            weights = self.reshape(self.soft_max(weights), 1, chosen, tokens)
        if normalised:
            weights = self.reshape(weights, chosen, tokens)
            weights = self.div(weights, self.clamp(self.sum_rows(weights)))
            weights = self.reshape(weights, 1, chosen, tokens)
        if scaled:
            weights = self.scale(weights)
        self.expand(weights)
        return ids, weights

    def _probabilities(self, logits: int, gating: Gating) -> int:
        match gating:
            case Gating.SOFTMAX:
                return self.soft_max(logits)
            case Gating.SIGMOID:
                return self.sigmoid(logits)
            case Gating.SOFTMAX_OF_CHOSEN:
                return logits
            case Gating.SQRT_SOFTPLUS:
                return self.sqrt(self.softplus(logits))

    def _within_groups(
        self, choice: int, count: int, groups: int, groups_used: int, tokens: int
    ) -> int:
        """Leave out the experts of all groups but the best ones."""
        each = count // groups
        grouped = self.reshape(choice, each, groups, tokens)
        best = self.argsort_top_k(grouped, 2)
        scores = self.get_rows(self.reshape(grouped, 1, each, groups, tokens), best)
        scores = self.sum_rows(self.reshape(scores, *self.shapes[scores][1:]))
        scores = self.reshape(scores, *self.shapes[scores][1:3])
        chosen = self.argsort_top_k(scores, groups_used)
        kept = self.get_rows(grouped, chosen)
        masked = self.set_rows(self.fill(grouped), kept, chosen)
        return self.reshape(masked, count, tokens)

    def _expert_inner(
        self, each: int, ids: int, layer: int, activation: Activation, suffix: str, limit: bool
    ) -> int:
        merged = self.weight(f"ffn_gate_up_{suffix}", layer)
        if merged is not None:
            both = self.expert_product(merged, each, ids, self.scale_of(f"ffn_up_{suffix}", layer))
            bias = self.bias(f"ffn_gate_up_{suffix}", layer)
            if bias is not None:
                both = self.add_id(both, bias, ids)
            half = self.shapes[both][0] // 2
            shape = (half, *self.shapes[both][1:3])
            strides = self.strides[both][1:3]
            gate = self.view(both, shape, strides)
            up = self.view(both, shape, strides, half * self.strides[both][0])
            return self.activated(gate, up, activation)
        up = self._expert_part(f"ffn_up_{suffix}", each, ids, layer)
        if self.weight(f"ffn_gate_{suffix}", layer) is None:
            return self.activated(up, None, activation)
        gate = self._expert_part(f"ffn_gate_{suffix}", each, ids, layer)
        return self.activated(gate, up, activation, limit)

    def _expert_part(self, name: str, each: int, ids: int, layer: int) -> int:
        part = self.expert_product(self.weight(name, layer), each, ids, self.scale_of(name, layer))
        bias = self.bias(name, layer)
        return part if bias is None else self.add_id(part, bias, ids)

    # Recurrent states

    def states_of(
        self,
        inputs: StateInputs,
        memory: int,
        elements: int,
        scan: Callable[[int, int], int] | None = None,
    ) -> int:
        """The states of the batch's sequences; ``scan`` reads them from the memory itself."""
        batch = self.batch
        states = self.reshape(memory, elements, self.shapes[memory][1])
        # One state is cleared, from which the others that start anew are copied.
        cleared = self.view(states, (elements,))
        self.expand(self.scale_in_place(cleared))
        if not batch.mixed_inputs:
            return self._states_apart(inputs, memory, states, scan)
        copies = inputs.copy if scan is None else inputs.tail
        first = batch.states - self.shapes[copies][0]
        gathered = self.get_rows(states, copies)
        row = self.strides[gathered][1]
        if scan is None:
            result = self.view(gathered, (elements, batch.sequences), (row,))
        else:
            result = scan(states, inputs.main)
        self.expand(result)
        extra = batch.states - batch.sequences
        kept = self.view(gathered, (elements, extra), (row,), (batch.sequences - first) * row)
        own = self.strides[memory][1]
        place = self.view(memory, (elements, extra), (own,), batch.sequences * own)
        self.expand(self.copy(kept, place))
        return result

    def state_width(self, layer: Layer) -> int:
        """Elements of the rolling part of a layer's state, for one sequence."""
        return state_elements(self.shape, layer)[0]

    def _states_apart(
        self,
        inputs: StateInputs,
        memory: int,
        states: int,
        scan: Callable[[int, int], int] | None,
    ) -> int:
        """As up to v0.5.0: states of other sequences are read by an operation of their own."""
        batch, elements = self.batch, self.shapes[states][0]
        others = batch.states - batch.sequences
        read = self.get_rows if scan is None else scan
        result = read(states, inputs.main)
        self.expand(result)
        ids = self.view(inputs.copy, (others,), at=4 * batch.sequences)
        place = self.view(
            memory, (elements * others,), at=batch.sequences * self.strides[memory][1]
        )
        self.expand(self.copy(self.get_rows(states, ids), place))
        return result

    def state_memory(self, side: str, layer: Layer, elements: int) -> int:
        """The tensor of a layer's recurrent memory, a row for each state."""
        key = (f"state.{side}.{layer.index}", 0)
        found = self._leaves.get(key)
        if found is None:
            rows = self.batch.states * self.batch.states_written
            found = self.tensor(F32, elements, rows, buffer=self._homes.cache(layer.index))
            self._leaves[key] = found
        return found

    # The end

    def logits(self, stream: int, *, bias: bool = True) -> int:
        """The projection to the vocabulary, with the token embedding where there is no other."""
        output = self.of_output("output.weight")
        if output is None:
            output = self.of_output("token_embd.weight")
        result = self.product(output, stream, self.of_output("output.scale"))
        added = self.of_output("output.bias") if bias else None
        return result if added is None else self.add(result, added)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value of the metadata is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class MissingTensorError(Exception):
    """The file lacks a tensor that the graph needs."""
