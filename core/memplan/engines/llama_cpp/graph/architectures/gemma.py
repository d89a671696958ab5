"""Gemma 3n and Gemma 4: an input of its own for each layer, several residual streams.

Source: ``gemma3n.cpp`` and ``gemma4.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from memplan.engines.llama_cpp.graph.backends.layouts import I32
from memplan.engines.llama_cpp.graph.model_graph import (
    Activation,
    CacheInputs,
    ModelGraph,
)
from memplan.engines.llama_cpp.shape import Layer

_ACTIVE_STREAM = 0
_SPARSE_LAYERS = 10


def _slice(g: ModelGraph, x: int, number: int) -> int:
    width, rows = g.shapes[x][:2]
    row = g.row_bytes(x, width)
    return g.view(x, (width, rows), (row,), number * width * rows * g.strides[x][0])


class _Caches:
    """The caches of all layers: of the whole context and of windows."""

    def __init__(self, g: ModelGraph) -> None:
        self._g = g
        self._full = g.cache_inputs()
        self._window = g.cache_inputs(windowed=True)

    def inputs(self, layer: Layer) -> CacheInputs:
        return self._window if layer.windowed else self._full

    def owner(self, layer: Layer) -> Layer:
        """The layer whose cache a layer reads: the last of its kind that has one."""
        if layer.caches:
            return layer
        kind = [
            other for other in self._g.layers if other.caches and other.windowed == layer.windowed
        ]
        return kind[-1]

    def attend(self, layer: Layer, q: int, k: int | None, v: int | None) -> int:
        return self._g.attend(
            self.inputs(layer), q, k, v, layer, cached=self.owner(layer), key_first=True
        )


def _layer_inputs(g: ModelGraph, stream: int) -> int | None:
    """The input of every layer, out of a table and of the stream: one slice for each."""
    table = g.named("per_layer_token_embd.weight", -1)
    if table is None:
        return None
    width = g.shape.dimension("per_layer_proj_norm.weight", 0)
    layers, tokens = len(g.shape.trunk), g.batch.tokens
    rows = g.get_rows(table, g.input(I32, tokens))
    rows = g.scale(g.reshape(rows, width, layers, tokens))
    g.expand(rows)
    projected = g.scale(g.mul_mat(_needed(g, "per_layer_model_proj.weight"), stream))
    projected = g.reshape(projected, width, layers, tokens)
    projected = g.normed(projected, g.named("per_layer_proj_norm.weight", 0))
    both = g.scale(g.add(projected, rows))
    return g.cont(g.permute(both, 0, 2, 1, 3))


def _needed(g: ModelGraph, name: str) -> int:
    found = g.named(name, 0)
    return g.needed(found)


def _logits(g: ModelGraph, stream: int, *, capped: bool) -> None:
    stream = g.logits(stream)
    if capped:
        stream = g.scale(g.tanh(g.scale(stream)))
    g.expand(stream)


def gemma4(g: ModelGraph) -> None:
    """Gemma 4."""
    stream = g.scaled_rows(g.embed())
    positions = g.positions()
    caches = _Caches(g)
    inputs = _layer_inputs(g, stream)
    chosen = g.output_rows()
    for layer in g.layers:
        il = layer.index
        x = g.normed(stream, g.weight("attn_norm", il), layer=il)
        x = _attention4(g, caches, positions, x, layer)
        x = g.normed(x, g.weight("post_attention_norm", il), layer=il)
        between = g.add(x, stream)
        x = _network4(g, between, il)
        x = g.normed(x, g.weight("post_ffw_norm", il))
        stream = g.add(x, between)
        if inputs is not None:
            stream = _with_layer_input(g, stream, inputs, layer)
        scale = g.weight("layer_output_scale", il)
        if scale is not None:
            stream = g.mul(stream, scale)
    stream = g.normed(stream, g.of_output("output_norm.weight"))
    _logits(g, g.get_rows(stream, chosen), capped=bool(g.real("final_logit_softcapping")))


def _attention4(g: ModelGraph, caches: _Caches, positions: int, x: int, layer: Layer) -> int:
    il, tokens = layer.index, g.batch.tokens
    factors = None if layer.windowed else g.rope_factors(il)
    q = g.linear("attn_q", x, il)
    q = g.reshape(q, layer.key_length, layer.head_count, tokens)
    q = g.normed(q, g.weight("attn_q_norm", il), layer=il)
    q = g.rope(q, positions, factors)
    if not layer.caches:
        return caches.attend(layer, q, None, None)
    k = g.linear("attn_k", x, il)
    v = k if g.weight("attn_v", il) is None else g.linear("attn_v", x, il)
    k = g.reshape(k, layer.key_length, layer.head_count_kv, tokens)
    v = g.reshape(v, layer.value_length, layer.head_count_kv, tokens)
    k = g.normed(k, g.weight("attn_k_norm", il), layer=il)
    v = g.rms_norm(v)
    k = g.rope(k, positions, factors)
    return caches.attend(layer, q, k, v)


def _network4(g: ModelGraph, between: int, il: int) -> int:
    if g.weight("ffn_gate_inp", il) is None:
        x = g.normed(between, g.weight("ffn_norm", il), layer=il)
        return g.feed_forward(x, il, activation=Activation.GELU)
    dense = g.normed(between, g.weight("ffn_norm", il), layer=il)
    dense = g.feed_forward(dense, il, activation=Activation.GELU)
    dense = g.normed(dense, g.weight("post_ffw_norm_1", il), layer=il)
    routed = g.normed(between, g.weight("pre_ffw_norm_2", il), layer=il)
    router = g.scale(g.rms_norm(between))
    scale = g.scale_of("ffn_gate_inp", il)
    if scale is not None:
        router = g.mul(router, scale)
    logits = g.product(g.weight("ffn_gate_inp", il), router)
    routed = g.experts(routed, il, activation=Activation.GELU, logits=logits)
    routed = g.normed(routed, g.weight("post_ffw_norm_2", il), layer=il)
    return g.add(dense, routed)


def _with_layer_input(g: ModelGraph, stream: int, inputs: int, layer: Layer) -> int:
    il = layer.index
    x = g.gelu(g.product(g.weight("inp_gate", il), stream))
    own = _slice(g, inputs, il)
    x = g.product(g.weight("proj", il), g.mul(x, own))
    x = g.normed(x, g.weight("post_norm", il), layer=il)
    return g.add(stream, x)


def gemma3n(g: ModelGraph) -> None:
    """Gemma 3n."""
    streams = g.number("altup.num_inputs", 4)
    stream = g.scaled_rows(g.embed())
    positions = g.positions()
    caches = _Caches(g)
    inputs = g.needed(_layer_inputs(g, stream))
    size = _magnitude(g, stream)
    width, tokens = g.width, g.batch.tokens
    more = g.repeat(stream, width, tokens, streams - 1)
    more = g.mul_mat(_needed(g, "altup_proj.weight"), more)
    own_size = _magnitude(g, more)
    stream = g.concat(stream, g.div(g.mul(more, size), own_size), 2)
    chosen = g.output_rows()
    for layer in g.layers:
        stream = _layer3n(g, caches, positions, inputs, stream, layer, streams)
    _end3n(g, stream, streams, chosen)


def _magnitude(g: ModelGraph, x: int) -> int:
    return g.sqrt(g.sum_rows(g.sqr(x)))


def _layer3n(
    g: ModelGraph,
    caches: _Caches,
    positions: int,
    inputs: int,
    stream: int,
    layer: Layer,
    streams: int,
) -> int:
    il = layer.index
    predictions = _predicted(g, stream, il, streams)
    active = _slice(g, predictions, _ACTIVE_STREAM)
    x = g.normed(active, g.weight("attn_norm", il), layer=il)
    laurel = g.product(g.weight("laurel_r", il), g.product(g.weight("laurel_l", il), x))
    laurel = g.add(g.normed(laurel, g.weight("laurel_post_norm", il), layer=il), x)
    x = _attention3n(g, caches, positions, x, layer)
    x = g.normed(x, g.weight("post_attention_norm", il), layer=il)
    x = g.add(x, active)
    between = g.scale(g.add(x, laurel))
    x = g.normed(between, g.weight("ffn_norm", il), layer=il)
    up = g.product(g.weight("ffn_up", il), x)
    gate = g.product(g.weight("ffn_gate", il), x)
    if il < _SPARSE_LAYERS:
        gate = _sparse(g, gate)
    x = g.product(g.weight("ffn_down", il), g.mul(up, g.gelu(gate)))
    x = g.normed(x, g.weight("post_ffw_norm", il))
    corrected = _corrected(g, predictions, g.add(x, between), il, streams)
    first = g.mul(
        _slice(g, corrected, _ACTIVE_STREAM), g.needed(g.weight("altup_correct_scale", il))
    )
    first = g.gelu(g.product(g.weight("inp_gate", il), first))
    first = g.mul(first, _slice(g, inputs, il))
    first = g.product(g.weight("proj", il), first)
    first = g.normed(first, g.weight("post_norm", il), layer=il)
    rest = _all_but_first(g, corrected, streams)
    return g.concat(_slice(g, corrected, 0), g.add(rest, first), 2)


def _all_but_first(g: ModelGraph, x: int, streams: int) -> int:
    width, tokens = g.shapes[x][:2]
    row = g.row_bytes(x, width)
    return g.view(x, (width, tokens, streams - 1), (row, row * tokens), row * tokens)


def _attention3n(g: ModelGraph, caches: _Caches, positions: int, x: int, layer: Layer) -> int:
    il = layer.index
    if not layer.caches:
        q = g.linear("attn_q", x, il)
        q = g.reshape(q, layer.key_length, layer.head_count, g.batch.tokens)
        q = g.normed(q, g.weight("attn_q_norm", il), layer=il)
        return caches.attend(layer, g.rope(q, positions), None, None)
    q, k, v = g.qkv(x, layer)
    q = g.normed(q, g.weight("attn_q_norm", il), layer=il)
    k = g.normed(k, g.weight("attn_k_norm", il), layer=il)
    v = g.rms_norm(v)
    q, k = g.rope(q, positions), g.rope(k, positions)
    return caches.attend(layer, q, k, v)


def _sparse(g: ModelGraph, x: int) -> int:
    mean = g.mean(x)
    deviation = g.sqrt(g.scale(g.sum_rows(g.sqr(g.sub(x, mean)))))
    cut = g.add(mean, g.scale(deviation))
    return g.relu(g.sub(x, cut))


def _modalities(g: ModelGraph, x: int, il: int) -> int:
    x = g.scale(g.normed(x, g.weight("altup_router_norm", il), layer=il))
    return g.tanh(g.mul_mat(g.needed(g.weight("altup_router", il)), x))


def _predicted(g: ModelGraph, stream: int, il: int, streams: int) -> int:
    modalities = _modalities(g, _slice(g, stream, _ACTIVE_STREAM), il)
    factors = g.product(g.weight("altup_predict_coef", il), modalities)
    factors = g.reshape(factors, streams, streams, g.batch.tokens)
    turned = g.cont(g.permute(stream, 1, 2, 0, 3))
    result = g.mul_mat(turned, factors)
    return g.add(g.cont(g.permute(result, 0, 2, 1, 3)), stream)


def _corrected(g: ModelGraph, predictions: int, x: int, il: int, streams: int) -> int:
    modalities = _modalities(g, x, il)
    new = g.sub(x, _slice(g, predictions, _ACTIVE_STREAM))
    factors = g.scale(g.product(g.weight("altup_correct_coef", il), modalities))
    tokens = g.batch.tokens
    factors = g.cont(g.transpose(factors), 1, tokens, streams)
    new = g.repeat(new, g.width, tokens, streams)
    return g.add(g.mul(new, factors), predictions)


def _end3n(g: ModelGraph, stream: int, streams: int, chosen: int) -> None:
    size = _magnitude(g, _slice(g, stream, _ACTIVE_STREAM))
    rest = _all_but_first(g, stream, streams)
    rest = g.mul_mat(g.needed(g.of_output("altup_unembd_proj.weight")), rest)
    own_size = _magnitude(g, rest)
    rest = g.div(g.mul(rest, size), own_size)
    total = _slice(g, stream, 0)
    for number in range(streams - 1):
        total = g.add(total, _slice(g, rest, number))
    total = g.scale(total)
    total = g.normed(g.get_rows(total, chosen), g.of_output("output_norm.weight"))
    _logits(g, total, capped=True)
