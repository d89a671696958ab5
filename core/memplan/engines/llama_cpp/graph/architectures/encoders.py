"""Encoders of the BERT family, T5, and the decision heads that read an encoder.

Source: ``bert.cpp``, ``modern-bert.cpp``, ``neo-bert.cpp``, ``eurobert.cpp``, ``t5.cpp`` of
llama.cpp b11434. A context without embeddings is meant, as it is reserved at the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Memory,
    Style,
    decoder,
    norm_of,
    start,
)
from memplan.engines.llama_cpp.graph.backends.layouts import F16, F32, I32
from memplan.engines.llama_cpp.graph.model_graph import INPUT_LAYER, Activation, ModelGraph
from memplan.engines.llama_cpp.shape import Layer

_ROTATED = frozenset({"nomic-bert", "nomic-bert-moe", "jina-bert-v3"})
_GATED_BY_SILU = frozenset({"nomic-bert"})
_CENTRED = Style(centred=True)

_ACTIVATIONS: Final[Mapping[str, Activation]] = {
    "silu": Activation.SWIGLU_OF_HALVES,
    "swish": Activation.SWIGLU_OF_HALVES,
    "swiglu": Activation.SWIGLU_OF_HALVES,
    "relu": Activation.RELU,
}
"""What ModernBERT's files call the function of their networks; others are gated by GELU."""


def bert(g: ModelGraph) -> None:
    """BERT, Nomic BERT and Jina BERT: norms behind each part."""
    name, style = g.shape.name, _CENTRED
    placed = name == "bert" or name in _ROTATED
    positions = g.positions() if placed else -1
    stream = _embedded(g, positions)
    mask = g.batch_mask()
    chosen = g.output_rows()
    for layer in g.layers:
        il = layer.index
        q, k, v = _heads(g, stream, layer)
        if name in _ROTATED:
            q, k = g.rope(q, positions), g.rope(k, positions)
        x = g.attend_batch(mask, q, k, v, layer)
        if layer is g.layers[-1]:
            x, stream = g.get_rows(x, chosen), g.get_rows(stream, chosen)
        x = norm_of(g, style, "attn_output_norm", g.add(x, stream), layer)
        if g.weight("attn_norm_2", il) is not None:
            x = norm_of(g, style, "attn_norm_2", g.add(x, stream), layer)
        inner = _network(g, x, layer)
        stream = norm_of(g, style, "layer_output_norm", g.add(inner, x), layer)
    g.expand(stream)


def _embedded(g: ModelGraph, positions: int) -> int:
    stream = g.embed()
    types = g.named("token_types.weight", INPUT_LAYER)
    if types is not None:
        stream = g.add(stream, g.view(types, (g.width,)))
    if g.shape.name == "bert":
        table = g.needed(g.named("position_embd.weight", INPUT_LAYER))
        stream = g.add(g.get_rows(table, positions), stream)
    weight = g.named("token_embd_norm.weight", 0)
    bias = g.named("token_embd_norm.bias", 0)
    return g.normed(stream, weight, bias, layer=0, centred=True)


def _heads(g: ModelGraph, x: int, layer: Layer) -> tuple[int, int, int]:
    il, tokens = layer.index, g.shapes[x][1]
    q, k, v = g.qkv(x, layer)
    parts = []
    for name, part in (("attn_q_norm", q), ("attn_k_norm", k)):
        weight = g.weight(name, il)
        if weight is not None:
            length, count = g.shapes[part][:2]
            flat = g.reshape(part, length * count, tokens)
            flat = g.normed(flat, weight, g.bias(name, il), layer=il, centred=True)
            part = g.reshape(flat, length, count, tokens)
        parts.append(part)
    return parts[0], parts[1], v


def _network(g: ModelGraph, x: int, layer: Layer) -> int:
    il, name = layer.index, g.shape.name
    every = g.number("moe_every_n_layers")
    if every > 0 and il % every == 1:
        return g.experts(
            x, il, activation=Activation.GELU, normalised=False,
            scaled=g.real("expert_weights_scale") not in (0.0, 1.0),
        )  # fmt: skip
    if name in _GATED_BY_SILU:
        return g.feed_forward(x, il)
    if name == "jina-bert-v2":
        return g.feed_forward(x, il, activation=_gelu_of_jina(g, layer))
    return g.feed_forward(x, il, activation=Activation.GELU)


def _gelu_of_jina(g: ModelGraph, layer: Layer) -> Activation:
    """Some files hold gate and projection in one tensor."""
    up = g.shape.dimension(f"blk.{layer.index}.ffn_up.weight", 1)
    merged = not g.has(f"blk.{layer.index}.ffn_gate.weight") and up != layer.feed_forward_length
    return Activation.GEGLU_OF_HALVES if merged else Activation.GELU


def eurobert(g: ModelGraph) -> None:
    """EuroBERT: a decoder that sees its whole batch."""
    decoder(g, Style(memory=Memory.NONE, vocabulary=False))


def neo_bert(g: ModelGraph) -> None:
    """NeoBERT: the same with a network of halves."""
    style = Style(memory=Memory.NONE, activation=Activation.SWIGLU_OF_HALVES)
    _plain(g, style, "enc.output_norm.weight")


def modern_bert(g: ModelGraph) -> None:
    """ModernBERT: no norm before the first layer's attention."""
    activation = _ACTIVATIONS.get(g.text("hidden_activation"), Activation.GEGLU_OF_HALVES)
    style = Style(centred=True, activation=activation, embedding_norm=True)
    _plain(g, style, "output_norm.weight")


def _plain(g: ModelGraph, style: Style, last_norm: str) -> None:
    positions = g.positions()
    stream = start(g, style)
    chosen = g.output_rows()
    mask = g.batch_mask()
    for layer in g.layers:
        unnormed = g.weight("attn_norm", layer.index) is None
        x = stream if unnormed else norm_of(g, style, "attn_norm", stream, layer)
        q, k, v = g.qkv(x, layer)
        x = g.attend_batch(mask, g.rope(q, positions), g.rope(k, positions), v, layer)
        if layer is g.layers[-1]:
            x, stream = g.get_rows(x, chosen), g.get_rows(stream, chosen)
        between = g.add(x, stream)
        x = norm_of(g, style, "ffn_norm", between, layer)
        stream = g.add(g.feed_forward(x, layer.index, activation=style.activation), between)
    g.expand(g.normed(stream, g.of_output(last_norm), centred=style.centred))


def t5_encoder(g: ModelGraph) -> None:
    """The encoder of T5."""
    stream = g.embed()
    tokens = g.batch.tokens
    buckets = g.input(I32, tokens, tokens)
    mask = g.batch_mask()
    chosen = g.output_rows()
    for layer in g.layers:
        prefix = f"enc.blk.{layer.index}"
        x = _normed(g, f"{prefix}.attn_norm", stream, layer)
        q, k, v = _t5_heads(g, f"{prefix}.attn", x, x, layer)
        bias = _position_bias(g, "enc", buckets, layer)
        x = g.attend_batch(mask, q, k, v, layer, output=False, bias=bias)
        x = _through(g, f"{prefix}.attn_o", x, layer)
        if layer is g.layers[-1]:
            x, stream = g.get_rows(x, chosen), g.get_rows(stream, chosen)
        stream = _t5_network(g, prefix, g.add(x, stream), layer)
    g.expand(g.normed(stream, g.of_output("enc.output_norm.weight")))


def t5(g: ModelGraph) -> None:
    """The decoder of T5, which reads the encoder's result, too."""
    stream = g.embed()
    read = g.shape.context_length
    encoded = g.input(F32, g.width, read)
    buckets = g.input(I32, g.batch.cells, g.batch.tokens)
    cache = g.cache_inputs()
    kind = F16 if g.batch.flash_attention else F32
    mask = g.input(kind, read, g.batch.tokens)
    chosen = g.output_rows()
    for layer in g.layers:
        prefix = f"dec.blk.{layer.index}"
        x = _normed(g, f"{prefix}.attn_norm", stream, layer)
        q, k, v = _t5_heads(g, f"{prefix}.attn", x, x, layer)
        bias = _position_bias(g, "dec", buckets, layer)
        x = g.attend(cache, q, k, v, layer, output=False, bias=bias)
        between = g.add(_through(g, f"{prefix}.attn_o", x, layer), stream)
        x = _normed(g, f"{prefix}.cross_attn_norm", between, layer)
        q, k, v = _t5_heads(g, f"{prefix}.cross_attn", x, encoded, layer)
        x = g.attend_batch(mask, q, k, v, layer, output=False)
        x = _through(g, f"{prefix}.cross_attn_o", x, layer)
        if layer is g.layers[-1]:
            x, between = g.get_rows(x, chosen), g.get_rows(between, chosen)
        stream = _t5_network(g, prefix, g.add(x, between), layer)
    g.expand(g.logits(g.normed(stream, g.of_output("dec.output_norm.weight"))))


def _through(g: ModelGraph, name: str, x: int, layer: Layer) -> int:
    return g.product(g.named(f"{name}.weight", layer.index), x)


def _normed(g: ModelGraph, name: str, x: int, layer: Layer) -> int:
    return g.normed(x, g.named(f"{name}.weight", layer.index), layer=layer.index)


def _t5_heads(g: ModelGraph, prefix: str, x: int, read: int, layer: Layer) -> tuple[int, int, int]:
    q = _through(g, f"{prefix}_q", x, layer)
    k = _through(g, f"{prefix}_k", read, layer)
    v = _through(g, f"{prefix}_v", read, layer)
    rows = g.shapes[read][1]
    return (
        g.reshape(q, layer.key_length, layer.head_count, g.shapes[x][1]),
        g.reshape(k, layer.key_length, layer.head_count_kv, rows),
        g.reshape(v, layer.value_length, layer.head_count_kv, rows),
    )


def _position_bias(g: ModelGraph, side: str, buckets: int, layer: Layer) -> int:
    """What distance adds to the scores; later layers share the first one's table."""
    table = g.named(f"{side}.blk.{layer.index}.attn_rel_b.weight", layer.index)
    if table is None:
        table = g.named(f"{side}.blk.0.attn_rel_b.weight", 0)
    across, down = g.shapes[buckets][:2]
    bias = g.get_rows(g.needed(table), g.reshape(buckets, across * down))
    bias = g.reshape(bias, g.shapes[bias][0], across, down)
    return g.cont(g.permute(bias, 2, 0, 1, 3))


def _t5_network(g: ModelGraph, prefix: str, between: int, layer: Layer) -> int:
    x = _normed(g, f"{prefix}.ffn_norm", between, layer)
    up = _through(g, f"{prefix}.ffn_up", x, layer)
    if g.has(f"{prefix}.ffn_gate.weight"):
        gate = _through(g, f"{prefix}.ffn_gate", x, layer)
        inner = g.activated(gate, up, Activation.GELU)
    else:
        inner = g.activated(up, None, Activation.RELU)
    return g.add(_through(g, f"{prefix}.ffn_down", inner, layer), between)
