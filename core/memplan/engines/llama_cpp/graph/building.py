"""What a graph is built from: a model's weights and numbers, a micro-batch, and its caches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.tensor import (
    F32,
    I32,
    I64,
    INPUT_LAYER,
    OUTPUT_LAYER,
    Graph,
    Residence,
    Shape4,
    Tensor,
    leaf,
)
from memplan.engines.llama_cpp.shape import Layer, Shape
from memplan.model import Model
from memplan.reader.tensor_types import TENSOR_TYPES_BY_NAME, TensorType

Weight = tuple[Shape4, TensorType]


class MissingTensorError(Exception):
    """The graph needs a tensor that the file does not have."""


@lru_cache(maxsize=16)
def weights_of(model: Model) -> Mapping[str, Weight]:
    """The shape and type of each tensor of a file, by name. Models are told apart by identity."""
    found: dict[str, Weight] = {}
    for tensor in model.tensors:
        element_type = TENSOR_TYPES_BY_NAME.get(tensor.type_name)
        if element_type is not None and len(tensor.dimensions) <= 4:
            ne = (*tensor.dimensions, *(1,) * (4 - len(tensor.dimensions)))
            found[tensor.name] = ((ne[0], ne[1], ne[2], ne[3]), element_type)
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """The worst-case micro-batch, and the context that it runs in.

    Attributes:
        tokens: its tokens, a multiple of ``sequences``.
        sequences: sequences that share them evenly.
        states: rows of a recurrent state, one for each sequence of the context.
        kept_states: states of each sequence that a scan hands out: the last, and those to which
            a rejected draft goes back.
        outputs: rows of logits.
        streams: separate KV caches of each layer.
        full_cells: cells of a stream of a layer that sees the whole context.
        window_cells: cells of a stream of a layer that sees a window only.
        cache_type_k: type of the K cache.
        cache_type_v: type of the V cache.
        flash_attention: whether attention is one fused operation.
        mixed_inputs: whether a batch may mix tokens and embeddings (after v0.5.0).
    """

    tokens: int
    sequences: int
    states: int
    kept_states: int
    outputs: int
    streams: int
    full_cells: int
    window_cells: int
    cache_type_k: TensorType
    cache_type_v: TensorType
    flash_attention: bool
    mixed_inputs: bool


class Building:
    """A graph while it is being built.

    Attributes:
        shape: the model's dimensions.
        weights: shape and type of each of the file's tensors.
        batch: the micro-batch.
        graph: what there is so far.
        tokens: tokens of the micro-batch.
        width: elements of the residual stream.
    """

    def __init__(self, shape: Shape, weights: Mapping[str, Weight], batch: MicroBatch) -> None:
        self.shape = shape
        self.weights = weights
        self.batch = batch
        self.graph = Graph()
        self.tokens = batch.tokens
        self.width = shape.embedding_length
        self._leaves: dict[tuple[str, int], Tensor] = {}

    def trunk(self) -> range:
        """The layers of the graph, in order."""
        return range(self.shape.trunk_count)

    def expand(self, result: Tensor) -> Tensor:
        """Put a result into the graph here, with all that it needs."""
        self.graph.expand(result)
        return result

    def layer(self, index: int) -> Layer:
        """The dimensions of a layer."""
        return self.shape.layers[index]

    def number(self, key: str, default: float = 0.0) -> float:
        """A number of the metadata, under its key without the architecture."""
        found = self.shape.metadata.values.get(f"{self.shape.name}.{key}")
        value = found.value if found is not None else None
        return float(value) if isinstance(value, (int, float)) else default

    def integer(self, key: str, default: int = 0) -> int:
        """An integer of the metadata; negative ones count as absent."""
        value = self.shape.metadata.integer(key)
        return default if value is None or value < 0 else value

    def used_experts(self, index: int) -> int:
        """Experts that a token uses in a layer."""
        counts = self.shape.metadata.integers("expert_used_count")
        if counts is None:
            return self.shape.expert_used_count
        return max(counts[index], 0) if index < len(counts) else 0

    def has(self, name: str) -> bool:
        """Whether the file has a tensor."""
        return name in self.weights

    def weight(self, name: str, layer: int) -> Tensor:
        """A weight, as the layer that it belongs to loads it.

        Raises:
            MissingTensorError: if the file does not have it.
        """
        found = self.optional(name, layer)
        if found is None:
            raise MissingTensorError(name)
        return found

    def optional(self, name: str, layer: int) -> Tensor | None:
        """A weight, if the file has it."""
        known = self._leaves.get((name, layer))
        if known is None and name in self.weights:
            ne, element_type = self.weights[name]
            known = leaf(element_type, ne, name, residence=Residence.WEIGHT, layer=layer)
            self._leaves[name, layer] = known
        return known

    def of_layer(self, index: int, role: str, kind: str = "weight") -> Tensor:
        """A layer's weight by its role, such as ``attn_q``; some names have no ``kind``."""
        return self.weight(_name(index, role, kind), index)

    def maybe_of_layer(self, index: int, role: str, kind: str = "weight") -> Tensor | None:
        """A layer's weight by its role, if the file has it."""
        return self.optional(_name(index, role, kind), index)

    def has_of_layer(self, index: int, role: str, kind: str = "weight") -> bool:
        """Whether the file has a layer's weight."""
        return _name(index, role, kind) in self.weights

    def output_weight(self) -> Tensor:
        """The output projection: the token embedding where there is no other."""
        name = "output.weight" if self.has("output.weight") else "token_embd.weight"
        return self.weight(name, OUTPUT_LAYER)

    def embedding_weight(self) -> Tensor:
        """The token embedding."""
        return self.weight("token_embd.weight", INPUT_LAYER)

    def cache(self, name: str, index: int, element_type: TensorType, ne: Shape4) -> Tensor:
        """A layer's cache or state; the same one each time."""
        known = self._leaves.get((name, index))
        if known is None:
            known = leaf(element_type, ne, name, residence=Residence.CACHE, layer=index)
            self._leaves[name, index] = known
        return known

    def input(self, name: str, element_type: TensorType, *ne: int) -> Tensor:
        """What is set from outside before the graph runs."""
        full: Shape4 = (*ne, *(1,) * (4 - len(ne)))  # type: ignore[assignment]
        return leaf(element_type, full, name, is_input=True)

    # The pieces of which every block is made

    def product(self, x: Tensor, index: int, role: str) -> Tensor:
        """X through a layer's projection, times its scale if the file has one."""
        result = op.mul_mat(self.of_layer(index, role), x)
        scale = self.maybe_of_layer(index, role, "scale")
        return result if scale is None else op.multiply(result, scale)

    def linear(self, x: Tensor, index: int, role: str) -> Tensor:
        """As ``product``, plus its bias if the file has one."""
        result = self.product(x, index, role)
        bias = self.maybe_of_layer(index, role, "bias")
        return result if bias is None else op.add(result, bias)

    def norm(
        self, x: Tensor, index: int, role: str, *, layered: bool = False, named: bool = True
    ) -> Tensor:
        """A layer's norm: root-mean-square, or layer norm, with weight and bias if there are."""
        return self.norm_by(
            x,
            self.maybe_of_layer(index, role),
            self.maybe_of_layer(index, role, "bias"),
            index if named else -1,
            layered=layered,
        )

    def norm_by(
        self,
        x: Tensor,
        weight: Tensor | None,
        bias: Tensor | None = None,
        layer: int = -1,
        *,
        layered: bool = False,
    ) -> Tensor:
        """A norm; its first operation carries the name by which llama.cpp places it."""
        result = op.norm(x) if layered else op.rms_norm(x)
        if (weight is not None or bias is not None) and layer >= 0:
            result.name, result.layer = "norm", layer
        if weight is not None:
            result = op.multiply(result, weight)
        return result if bias is None else op.add(result, bias)

    def output_norm(self, x: Tensor, *, layered: bool = False) -> Tensor:
        """The norm before the output projection."""
        return self.norm_by(
            x,
            self.weight("output_norm.weight", OUTPUT_LAYER),
            self.optional("output_norm.bias", OUTPUT_LAYER),
            layered=layered,
        )

    def logits(self, x: Tensor) -> Tensor:
        """The output projection, the end of the graph."""
        result = op.mul_mat(self.output_weight(), x)
        scale = self.optional("output.scale", OUTPUT_LAYER)
        if scale is not None:
            result = op.multiply(result, scale)
        return self.expand(result)

    # Inputs

    def token_embeddings(self, scaled: bool = False) -> Tensor:
        """The first residual stream: rows of the embedding, given embeddings, or both.

        Source: ``build_inp_embd``. ``scaled``: rows of tokens are multiplied by a factor.
        """
        wide = self.width * (1 + self.shape.deepstack_count)
        table = self.embedding_weight()

        def rows(ids: Tensor) -> Tensor:
            found = op.get_rows(table, ids)
            return found if wide == self.width else op.pad(found, (wide - self.width, 0, 0, 0))

        result = rows(self.input("inp_tokens", I32, self.tokens))
        self.expand(result)
        self.expand(self.input("inp_embd", F32, wide, self.tokens))
        if self.batch.mixed_inputs and self.shape.name not in _NEVER_MIXED:
            ids = self.input("inp_mixed_tokens", I32, self.tokens)
            slots = self.input("inp_mixed_slots", I64, self.tokens)
            given = self.input("inp_mixed_embd", F32, wide, self.tokens)
            self.expand(op.set_rows(op.duplicate(given), rows(ids), slots))
        if wide != self.width:
            result = op.view(result, (self.width, self.tokens), (result.nb[1],))
        only_tokens = self.number("embedding_scale") != 0 and self.shape.deepstack_count > 0
        if self.number("embedding_scale") != 0 and not only_tokens:
            result = op.scale(result if result.is_contiguous else op.contiguous(result))
        if scaled or (only_tokens and self.number("embedding_scale") != 1.0):
            factors = self.input("inp_scale_rows", F32, 1, self.tokens)
            result = result if result.is_contiguous else op.contiguous(result)
            result = op.multiply(result, factors)
        return self.expand(result)

    def positions(self, per_token: int = 1) -> Tensor:
        """The position of each token; four numbers each with multi-dimensional rotation."""
        return self.input("inp_pos", I32, self.tokens * per_token)

    def output_ids(self) -> Tensor:
        """Which tokens need logits."""
        return self.input("inp_out_ids", I32, self.batch.outputs)

    def attention_factors(self) -> Tensor:
        """A factor of each token's queries."""
        return self.input("inp_attn_scale", F32, 1, 1, self.tokens)


def _name(index: int, role: str, kind: str) -> str:
    return f"blk.{index}.{role}.{kind}" if kind else f"blk.{index}.{role}"


_NEVER_MIXED = frozenset(
    {"cogvlm", "deepseek4", "graniteswitch", "eagle3", "dflash", "gemma4-assistant"}
)
"""Architectures whose batches never mix tokens and embeddings."""
