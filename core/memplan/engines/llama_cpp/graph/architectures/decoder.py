"""The decoder that most architectures are: attention, then a network, in every layer.

Source: ``src/models/*.cpp`` of llama.cpp b11434. What an architecture does differently is said by
its :class:`Style`; what a file has no tensor for is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from memplan.engines.llama_cpp.graph.model_graph import (
    Activation,
    CacheInputs,
    Gating,
    ModelGraph,
)
from memplan.engines.llama_cpp.shape import Layer

Question = Callable[[ModelGraph, Layer], bool]


class QueryNorm(Enum):
    """Where queries and keys are normed."""

    NONE = auto()
    BEFORE_ROTATION = auto()
    AFTER_ROTATION = auto()
    WHOLE_ROW = auto()
    """Before they are split into heads."""


class Memory(Enum):
    """Which caches attention reads."""

    FULL = auto()
    WINDOWS = auto()
    """One cache of the whole context and one of windows."""
    AS_STATED = auto()
    """The same where the file states a window, else one of the whole context."""
    NONE = auto()
    """None: a token sees the tokens of its batch."""


class Rows(Enum):
    """Where the rows are chosen for which logits are computed."""

    IN_LAST_LAYER = auto()
    BEFORE_NORM = auto()
    AFTER_NORM = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """How experts are chosen and weighed.

    Attributes:
        gating: what becomes of the router's logits; ``None``: as the file states.
        default_gating: where the file does not state it.
        normalised: whether the weights are made to sum to one; ``None``: as the file states.
        choice_bias: whether a bias is added for the choice alone.
        activation: the function inside an expert; ``None``: that of the dense network.
        shared_gate: whether a gate of its own weighs the shared expert.
    """

    gating: Gating | None = Gating.SOFTMAX
    default_gating: Gating = Gating.SOFTMAX
    normalised: bool | None = True
    choice_bias: bool = False
    activation: Activation | None = None
    shared_gate: bool = False


def always(_g: ModelGraph, _layer: Layer) -> bool:
    """In every layer."""
    return True


def never(_g: ModelGraph, _layer: Layer) -> bool:
    """In no layer."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What an architecture does differently.

    Attributes:
        centred: layer norm rather than root mean square.
        rotated: in which layers queries and keys are rotated.
        factors: whether the rotation has factors.
        axes: of a position; ``0``: four where the file divides the rotation, else one.
        query_norm: where queries and keys are normed.
        memory: which caches attention reads.
        activation: the function of the dense network.
        experts: how experts are chosen and weighed.
        first_norm: the norm before attention; empty: none.
        second_norm: the norm before the network; empty: none.
        after_attention: the norm behind attention; empty: none.
        after_network: the norm behind the network; empty: none.
        pins_last_norm: whether that norm stays on its layer's device.
        clamped: whether queries, keys and values are clamped where the file says so.
        scaled_queries: whether queries are scaled rather than scores.
        sinks: whether attention has sinks.
        soft_cap: whether scores are capped.
        capped_logits: whether logits are capped where the file says so.
        scaled_embedding: whether the embedding is scaled.
        scaled_rows: whether rows that come from tokens are scaled.
        scaled_residual: whether what a part adds is scaled.
        scaled_logits: whether logits are scaled.
        temperature: whether queries are scaled by position where the file says so.
        position_table: whether positions are looked up and added.
        embedding_norm: whether the embedding is normed with a weight.
        normed_embedding: whether the embedding is normed without one.
        vocabulary: whether there is a projection to the vocabulary.
        residual_first: whether attention is added to the stream rather than the other way round.
        network_residual_first: the same of the network.
        window_masked: which layers see a window, where there is no cache.
        rows: where the rows are chosen for which logits are computed.
        network: builds the network otherwise.
        heads: builds queries, keys and values otherwise, rotation included.
        projection: what becomes of attention, out of it and of what it read; otherwise a product.
        before_layer: what is done with the stream before a layer.
        behind_layer: what is done with the stream behind a layer.
        behind_logits: what is done with the logits.
    """

    centred: bool = False
    rotated: Question = always
    factors: bool = False
    axes: int = 1
    query_norm: QueryNorm = QueryNorm.NONE
    memory: Memory = Memory.FULL
    activation: Activation = Activation.SILU
    experts: Experts = field(default_factory=Experts)
    first_norm: str = "attn_norm"
    second_norm: str = "ffn_norm"
    after_attention: str = ""
    after_network: str = ""
    pins_last_norm: bool = True
    clamped: bool = False
    scaled_queries: bool = False
    sinks: bool = False
    soft_cap: bool = False
    capped_logits: bool = False
    scaled_embedding: bool = False
    scaled_rows: bool = False
    scaled_residual: bool = False
    scaled_logits: bool = False
    temperature: bool = False
    position_table: bool = False
    embedding_norm: bool = False
    normed_embedding: bool = False
    vocabulary: bool = True
    residual_first: bool = False
    network_residual_first: bool = False
    window_masked: Question | None = None
    rows: Rows = Rows.IN_LAST_LAYER
    network: Callable[[ModelGraph, Style, int, Layer], int] | None = None
    heads: Callable[[ModelGraph, int, Layer, int], tuple[int, int, int]] | None = None
    projection: Callable[[ModelGraph, int, int, Layer], int] | None = None
    before_layer: Callable[[ModelGraph, int, Layer], int] | None = None
    behind_layer: Callable[[ModelGraph, int, Layer], int] | None = None
    behind_logits: Callable[[ModelGraph, int], int] | None = None


def decoder(g: ModelGraph, style: Style) -> None:
    """Build a decoder of a style."""
    stream = start(g, style)
    positions = g.positions(axes_of(g, style)) if uses_positions(g, style) else -1
    if style.position_table:
        table = g.named("position_embd.weight", -1)
        if table is not None:
            stream = g.add(stream, g.get_rows(table, positions))
    attention = Attention(g, style, positions)
    chosen = g.output_rows()
    for layer in g.layers:
        stream = _layer(g, style, attention, layer, stream, chosen)
    finish(g, style, stream, chosen)


def start(g: ModelGraph, style: Style) -> int:
    """The residual stream before the first layer."""
    stream = g.embed(scaled=style.scaled_embedding)
    if style.scaled_rows:
        stream = g.scaled_rows(stream)
    if style.normed_embedding:
        stream = g.rms_norm(stream)
    if style.embedding_norm:
        weight = g.named("token_embd_norm.weight", 0)
        bias = g.named("token_embd_norm.bias", 0)
        stream = g.normed(stream, weight, bias, layer=0, centred=style.centred)
    return stream


def uses_positions(g: ModelGraph, style: Style) -> bool:
    """Whether any layer is rotated, or positions are looked up."""
    return style.position_table or any(style.rotated(g, layer) for layer in g.layers)


def axes_of(g: ModelGraph, style: Style) -> int:
    """Axes of a position."""
    if style.axes:
        return style.axes
    sections = g.shape.metadata.integers("rope.dimension_sections") or ()
    return 4 if any(sections[:2]) else 1


class Attention:
    """Attention with the caches of a style."""

    def __init__(self, g: ModelGraph, style: Style, positions: int) -> None:
        self._g = g
        self._style = style
        self._positions = positions
        windows = style.memory is Memory.WINDOWS or (
            style.memory is Memory.AS_STATED and g.shape.has_window
        )
        self.mask = -1
        self.full: CacheInputs | None = None
        self.window: CacheInputs | None = None
        if style.memory is Memory.NONE:
            self.mask = g.batch_mask()
            self.window_mask = g.batch_mask() if style.window_masked else self.mask
            return
        rotated = not (windows and g.shape.recurrent)
        self.full = g.cache_inputs(rotated=rotated)
        if windows:
            self.window = g.cache_inputs(windowed=True, rotated=rotated)
        self.scale = -1
        if style.temperature and g.real("attention.temperature_scale"):
            self.scale = g.attention_scale()

    def inputs(self, layer: Layer) -> CacheInputs:
        """What attention of a layer reads beside its cache."""
        found = self.window if layer.windowed and self.window is not None else self.full
        if found is None:
            raise ValueError("attention without a cache")
        return found

    def __call__(self, x: int, layer: Layer) -> int:
        """Attention of one layer."""
        g, style = self._g, self._style
        q, k, v = self.heads(x, layer)
        if style.scaled_queries:
            q = g.scale(q)
        result = self.over(q, k, v, layer)
        return result if style.projection is None else style.projection(g, result, x, layer)

    def heads(self, x: int, layer: Layer) -> tuple[int, int, int]:
        """Queries, keys and values, normed and rotated as the style says."""
        otherwise = self._style.heads
        if otherwise is not None:
            return otherwise(self._g, x, layer, self._positions)
        return self._heads(x, layer)

    def over(self, q: int, k: int, v: int, layer: Layer) -> int:
        """Attention of queries, keys and values; projected unless the style says otherwise."""
        g, style = self._g, self._style
        projected = style.projection is None
        if style.memory is Memory.NONE:
            windowed = style.window_masked is not None and style.window_masked(g, layer)
            mask = self.window_mask if windowed else self.mask
            return g.attend_batch(mask, q, k, v, layer, output=projected)
        if self.scale >= 0:
            q = g.mul(q, self.scale)
        sinks = g.weight("attn_sinks", layer.index) if style.sinks else None
        return g.attend(
            self.inputs(layer), q, k, v, layer, sinks=sinks, soft_cap=style.soft_cap,
            key_first=self.window is not None, output=projected,
        )  # fmt: skip

    def _heads(self, x: int, layer: Layer) -> tuple[int, int, int]:
        g, style, il = self._g, self._style, layer.index
        clamped = style.clamped and g.real("attention.clamp_kqv") > 0
        if style.query_norm is QueryNorm.WHOLE_ROW:
            q, k, v = g.rows_of_qkv(x, layer)
            q = self._normed("attn_q_norm", q, il)
            k = self._normed("attn_k_norm", k, il)
            tokens = g.shapes[x][1]
            q = g.reshape(q, layer.key_length, layer.head_count, tokens)
            k = g.reshape(k, layer.key_length, layer.head_count_kv, tokens)
            v = g.reshape(v, layer.value_length, layer.head_count_kv, tokens)
        else:
            q, k, v = g.qkv(x, layer, clamped=clamped)
        if style.query_norm is QueryNorm.BEFORE_ROTATION:
            q, k = self._normed("attn_q_norm", q, il), self._normed("attn_k_norm", k, il)
        if style.rotated(g, layer):
            factors = g.rope_factors(il) if style.factors else None
            q = g.rope(q, self._positions, factors)
            k = g.rope(k, self._positions, factors)
        if style.query_norm is QueryNorm.AFTER_ROTATION:
            q, k = self._normed("attn_q_norm", q, il), self._normed("attn_k_norm", k, il)
        return q, k, v

    def _normed(self, name: str, x: int, il: int) -> int:
        g = self._g
        weight = g.weight(name, il)
        if weight is None:
            return x
        return g.normed(x, weight, g.bias(name, il), layer=il, centred=self._style.centred)


def norm_of(
    g: ModelGraph, style: Style, name: str, x: int, layer: Layer, *, pinned: bool = True
) -> int:
    """A norm of a layer, with what weight and bias the file has for it."""
    il = layer.index
    return g.normed(
        x, g.weight(name, il), g.bias(name, il), layer=il if pinned else -1, centred=style.centred
    )


def _layer(
    g: ModelGraph, style: Style, attention: Attention, layer: Layer, stream: int, chosen: int
) -> int:
    if style.before_layer is not None:
        stream = style.before_layer(g, stream, layer)
    residual = stream
    x = norm_of(g, style, style.first_norm, stream, layer) if style.first_norm else stream
    x = attention(x, layer)
    if layer is g.layers[-1] and style.rows is Rows.IN_LAST_LAYER:
        x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
    if style.after_attention:
        x = norm_of(g, style, style.after_attention, x, layer)
    if style.scaled_residual:
        x = g.scale(x)
    residual = g.add(residual, x) if style.residual_first else g.add(x, residual)
    x = norm_of(g, style, style.second_norm, residual, layer) if style.second_norm else residual
    x = (style.network or network)(g, style, x, layer)
    if style.after_network:
        x = norm_of(g, style, style.after_network, x, layer, pinned=style.pins_last_norm)
    if style.scaled_residual:
        x = g.scale(x)
    stream = g.add(residual, x) if style.network_residual_first else g.add(x, residual)
    return stream if style.behind_layer is None else style.behind_layer(g, stream, layer)


def network(g: ModelGraph, style: Style, x: int, layer: Layer) -> int:
    """The network of a layer: dense, or experts with what they share."""
    il = layer.index
    if g.weight("ffn_gate_inp", il) is None:
        return g.feed_forward(x, il, activation=style.activation)
    return experts(g, style, x, il)


def experts(g: ModelGraph, style: Style, x: int, il: int) -> int:
    """Experts, with the shared ones where there are any."""
    rule = style.experts
    activation = rule.activation or style.activation
    routed = g.experts(
        x,
        il,
        activation=activation,
        gating=rule.gating or stated_gating(g, rule.default_gating),
        normalised=stated_norm(g) if rule.normalised is None else rule.normalised,
        scaled=g.real("expert_weights_scale") not in (0.0, 1.0),
        choice_bias=rule.choice_bias,
        groups=g.number("expert_group_count") if rule.gating is None else 0,
        groups_used=g.number("expert_group_used_count"),
    )
    if g.weight("ffn_up_shexp", il) is None:
        return routed
    return g.add(routed, shared_experts(g, x, il, activation, gated=rule.shared_gate))


def shared_experts(
    g: ModelGraph, x: int, il: int, activation: Activation, *, gated: bool = False
) -> int:
    """The experts that every token goes through."""
    shared = g.feed_forward(
        x, il, activation=activation, up="ffn_up_shexp", gate="ffn_gate_shexp",
        down="ffn_down_shexp",
    )  # fmt: skip
    if not gated:
        return shared
    logits = g.product(g.weight("ffn_gate_inp_shexp", il), x)
    return g.mul(shared, g.div(g.silu(logits), logits))


_GATINGS = {
    1: Gating.SOFTMAX,
    2: Gating.SIGMOID,
    3: Gating.SOFTMAX_OF_CHOSEN,
    4: Gating.SQRT_SOFTPLUS,
}


def stated_gating(g: ModelGraph, default: Gating) -> Gating:
    """What the file says of the router's logits."""
    return _GATINGS.get(g.number("expert_gating_func"), default)


def stated_norm(g: ModelGraph) -> bool:
    """Whether the file says that the experts' weights are made to sum to one."""
    return bool(g.number("expert_weights_norm"))


def finish(g: ModelGraph, style: Style, stream: int, chosen: int = -1) -> None:
    """The last norm and the logits."""
    if style.rows is Rows.BEFORE_NORM:
        stream = g.get_rows(stream, chosen)
    weight, bias = g.of_output("output_norm.weight"), g.of_output("output_norm.bias")
    stream = g.normed(stream, weight, bias, centred=style.centred)
    if style.rows is Rows.AFTER_NORM:
        stream = g.get_rows(stream, chosen)
    if style.vocabulary:
        stream = g.logits(stream)
        if style.scaled_logits:
            stream = g.scale(stream)
        if style.capped_logits and g.real("final_logit_softcapping"):
            stream = g.scale(g.tanh(g.scale(stream)))
        if style.behind_logits is not None:
            stream = style.behind_logits(g, stream)
    g.expand(stream)
