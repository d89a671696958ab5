"""Weights, inputs, norms and products of a model's graph.

Source: ``llama-graph.cpp``, ``llama-kv-cache.cpp`` and ``llama-context.cpp`` (which nodes are
pinned to a device) of b11434.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
from memplan.engines.llama_cpp.shape import Layer, Shape
from memplan.reader.header import Array, Tensor

_LEAST_ROTATION: Final = 64
_NEWER_TYPE: Final = F16
"""A type that this program does not know is taken for one without blocks."""

_UNMIXED: Final = frozenset(
    {"cogvlm", "deepseek4", "graniteswitch", "eagle3", "dflash", "gemma4-assistant"}
)
"""Architectures whose batches are of tokens alone or of embeddings alone."""

INPUT_LAYER: Final = -1
"""Stands for the layer of what is looked up before the first."""


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


class Basis(Operations):
    """A model's graph while it is built.

    Attributes:
        shape: the model as llama.cpp sees it.
        layers: the layers that are followed.
        batch: what memory is reserved for.
        pins: nodes whose backend llama.cpp chooses itself.
        tokens: the input of the tokens' numbers; -1 before.
        embedded: the residual stream as it was looked up, not scaled; -1 before.
        number_in_cache: which cache is met where blocks are gone through more than once; else -1.
    """

    def __init__(
        self,
        shape: Shape,
        tensors: dict[str, Tensor],
        batch: Batch,
        homes: Homes,
        layers: tuple[Layer, ...] | None = None,
    ) -> None:
        """A graph without nodes; ``layers``: those to follow, where not all differ."""
        super().__init__()
        self.layers = shape.trunk if layers is None else layers
        self.shape = shape
        self.batch = batch
        self.pins = Pins()
        self.tokens = -1
        self.embedded = -1
        self.number_in_cache = -1
        self._table = tensors
        self._homes = homes
        self._leaves: dict[tuple[str, int], int] = {}
        self._value_type_max = max(
            (layer.head_count_kv * layer.value_length for layer in shape.layers), default=0
        )

    # What the model is

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

    def reals(self, key: str) -> tuple[float, ...]:
        """A number of the model's metadata for each layer, stated once or in an array."""
        found = self.shape.metadata.values.get(f"{self.shape.name}.{key}")
        if found is None:
            return ()
        if is_number(found.value):
            return (float(found.value),) * self.shape.block_count
        numbers = found.value.numbers() if isinstance(found.value, Array) else None
        return tuple(map(float, numbers or ()))

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A truth of the model's metadata."""
        found = self.shape.metadata.values.get(f"{self.shape.name}.{key}")
        return found.value if found is not None and isinstance(found.value, bool) else default

    def text(self, key: str) -> str:
        """A word of the model's metadata; empty if there is none."""
        return self.shape.metadata.text(f"{self.shape.name}.{key}")

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
        self.tokens = tokens = self.input(I32, batch.tokens)
        given = self.input(F32, inputs_width, batch.tokens)
        looked_up = self._looked_up(embedding, tokens, inputs_width)
        branches = [looked_up, given]
        if batch.mixed_inputs and self.shape.name not in _UNMIXED:
            mixed_tokens = self.input(I32, batch.tokens)
            slots = self.input(I64, batch.tokens)
            mixed = self.input(F32, inputs_width, batch.tokens)
            rows = self._looked_up(embedding, mixed_tokens, inputs_width)
            branches.append(self.set_rows(self.dup(mixed), rows, slots))
        self.expand(*branches)
        stream = looked_up
        if inputs_width != width:
            stream = self.view(stream, (width, batch.tokens), self.strides[stream][1:2])
        self.embedded = stream
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
        # Up to v0.5.0 what is read anew begins behind the batch's own states.
        first = 1 if batch.mixed_inputs else batch.sequences
        tail = self.view(copy, (batch.states - first,), at=4 * first)
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


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value of the metadata is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class MissingTensorError(Exception):
    """The file lacks a tensor that the graph needs."""
