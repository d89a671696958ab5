"""Decoders with a peculiarity of their own in attention, network or stream.

Source: ``src/models/*.cpp`` of llama.cpp b11434, under the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Attention,
    Experts,
    Memory,
    QueryNorm,
    Style,
    decoder,
    finish,
    never,
    norm_of,
    shared_experts,
    start,
    stated_gating,
)
from memplan.engines.llama_cpp.graph.architectures.plain import granite
from memplan.engines.llama_cpp.graph.backends.layouts import F32
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.model_graph import Activation, Gating, ModelGraph
from memplan.engines.llama_cpp.shape import Layer

_HEAD = QueryNorm.BEFORE_ROTATION
_EXPERTS_WITHOUT_NORM_OF_KEYS = 128
"""Llama 4 with this many experts norms no queries and keys."""

_FIRST_PICTURE_TOKEN, _LAST_PICTURE_TOKEN = 4, 8196
"""Tokens that Chameleon does not write."""


def llama4(g: ModelGraph) -> None:
    """Llama 4: every fourth layer is not rotated, but its queries are scaled by position."""
    style = Style(memory=Memory.AS_STATED)
    stream = start(g, style)
    positions = g.positions()
    factor = g.attention_scale()
    attention = Attention(g, style, positions)
    chosen = g.output_rows()
    step = g.number("no_rope_layer_step", 4) if g.shape.has_window else len(g.layers) + 1
    for layer in g.layers:
        il, residual = layer.index, stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        q, k, v = g.qkv(x, layer)
        if step > 0 and (il + 1) % step != 0:
            factors = g.rope_factors(il)
            q, k = g.rope(q, positions, factors), g.rope(k, positions, factors)
            if g.shape.expert_count != _EXPERTS_WITHOUT_NORM_OF_KEYS:
                q, k = g.rms_norm(q), g.rms_norm(k)
        elif g.shape.has_window:
            q = g.mul(q, factor)
        x = attention.over(q, k, v, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(_llama4_network(g, x, il), residual)
    finish(g, style, stream)


def _llama4_network(g: ModelGraph, x: int, il: int) -> int:
    if g.weight("ffn_gate_inp", il) is None:
        return g.feed_forward(x, il)
    routed = g.experts(
        x, il, gating=Gating.SIGMOID, normalised=False,
        scaled=g.real("expert_weights_scale") not in (0.0, 1.0),
    )  # fmt: skip
    return g.add(routed, shared_experts(g, x, il, Activation.SILU))


def smallthinker(g: ModelGraph) -> None:
    """SmallThinker: the router reads the layer's own input."""
    style = Style(memory=Memory.AS_STATED)
    stream = start(g, style)
    positions = g.positions()
    attention = Attention(g, style, positions)
    chosen = g.output_rows()
    step = g.number("no_rope_layer_step", 4) if g.shape.has_window else len(g.layers)
    for layer in g.layers:
        il, residual = layer.index, stream
        logits = g.product(g.weight("ffn_gate_inp", il), stream)
        x = norm_of(g, style, "attn_norm", stream, layer)
        q, k, v = g.qkv(x, layer)
        if step == len(g.layers) or il % max(step, 1) != 0:
            q, k = g.rope(q, positions), g.rope(k, positions)
        x = attention.over(q, k, v, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
            logits = g.get_rows(logits, chosen)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        routed = g.experts(
            x, il, activation=Activation.RELU, gating=stated_gating(g, Gating.SIGMOID),
            logits=logits, scaled=g.real("expert_weights_scale") not in (0.0, 1.0),
        )  # fmt: skip
        stream = g.add(routed, residual)
    finish(g, style, stream)


def talkie(g: ModelGraph) -> None:
    """Talkie: norms without weights; the embedding is added behind every layer."""
    style = Style(normed_embedding=True)
    stream = embedded = start(g, style)
    positions = g.positions()
    attention = Attention(g, style, positions)
    chosen = g.output_rows()
    for layer in g.layers:
        il, residual, skip = layer.index, stream, embedded
        q, k, v = g.qkv(g.rms_norm(stream), layer)
        q, k = g.rope(q, positions), g.rope(k, positions)
        q = g.normed(q, g.weight("attn_q_norm", il), layer=il)
        x = attention.over(q, g.rms_norm(k), v, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
            skip = g.get_rows(skip, chosen)
        residual = g.add(x, residual)
        stream = g.add(g.feed_forward(g.rms_norm(residual), il), residual)
        stream = g.add(stream, g.mul(skip, g.needed(g.weight("layer_output_scale", il))))
    g.expand(g.scale(g.logits(g.rms_norm(stream))))


def deci(g: ModelGraph) -> None:
    """DeciLM: layers without attention, with a product in its place, or without a network."""
    style = Style(factors=True)
    stream = start(g, style)
    attention = Attention(g, style, g.positions())
    chosen = g.output_rows()
    for layer in g.layers:
        il, residual, x = layer.index, stream, stream
        if layer.head_count > 0:
            x = norm_of(g, style, "attn_norm", stream, layer)
            replaced = layer.head_count_kv == 0
            x = g.product(g.weight("attn_output", il), x) if replaced else attention(x, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        if layer.feed_forward_length == 0:
            continue
        if layer.head_count > 0:
            x = g.add(x, residual)
        inner = norm_of(g, style, "ffn_norm", x, layer)
        stream = g.add(g.feed_forward(inner, il), x)
    finish(g, style, stream)


def cogvlm(g: ModelGraph) -> None:
    """CogVLM, for text: logits are computed for every token."""
    style = Style()
    stream = start(g, style)
    positions = g.positions()
    attention = Attention(g, style, positions)
    for layer in g.layers:
        x = norm_of(g, style, "attn_norm", stream, layer)
        q, k, v = g.qkv(x, layer)
        x = attention.over(g.rope(q, positions), g.rope(k, positions), v, layer)
        between = g.add(x, stream)
        x = norm_of(g, style, "ffn_norm", between, layer)
        stream = g.add(g.feed_forward(x, layer.index), between)
    finish(g, style, stream)


def granite_swa(g: ModelGraph) -> None:
    """Granite with windows and sinks."""
    pattern = g.shape.metadata.integers("attention.rope_pattern")
    style = replace(
        granite(g), memory=Memory.WINDOWS, sinks=True, before_layer=_mapped_deepstack,
        rotated=lambda _g, layer: pattern is None or bool(pattern[layer.index]),
    )  # fmt: skip
    decoder(g, style)


def _mapped_deepstack(g: ModelGraph, stream: int, layer: Layer) -> int:
    mapping = g.shape.metadata.integers("deepstack_mapping") or ()
    number = mapping[layer.index] if layer.index < len(mapping) else -1
    return g.add(stream, _deepstack(g, number)) if layer.index > 0 <= number else stream


def _deepstack(g: ModelGraph, number: int) -> int:
    """A slice of the vision encoder's features beside the embedding."""
    of = g.embedded
    at = number * g.row_bytes(of, g.width)
    return g.view(of, (g.width, g.batch.tokens), (g.strides[of][1],), at)


def _with_deepstack(g: ModelGraph, stream: int, layer: Layer) -> int:
    if layer.index >= g.shape.deepstack_count:
        return stream
    return g.add(stream, _deepstack(g, layer.index + 1))


def _as_many_as_embedded(g: ModelGraph, logits: int) -> int:
    """Logits of tokens that are read but never written come first."""
    rows = g.shape.dimension("token_embd.weight", 1)
    missing = rows - g.shapes[logits][0]
    if missing <= 0:
        return logits
    least = g.scale(g.view(g.needed(g.of_output("output_norm.weight")), (1,)))
    return g.concat(g.repeat(least, missing, g.shapes[logits][1]), logits, 0)


def _scaled_values(g: ModelGraph, attended: int, _x: int, layer: Layer) -> int:
    il = layer.index
    out = g.product(g.weight("attn_output", il), attended, g.scale_of("attn_output", il))
    return g.scale(out) if g.real("attention.value_scale") else out


def _bitnet(g: ModelGraph, attended: int, _x: int, layer: Layer) -> int:
    normed = g.normed(attended, g.weight("attn_sub_norm", layer.index), layer=layer.index)
    return g.linear("attn_output", normed, layer.index)


def _bitnet_network(g: ModelGraph, _style: Style, x: int, layer: Layer) -> int:
    il = layer.index
    inner = g.feed_forward(x, il, down="")
    inner = g.normed(inner, g.weight("ffn_sub_norm", il), layer=il)
    return g.product(g.weight("ffn_down", il), inner, g.scale_of("ffn_down", il))


def _apertus_network(g: ModelGraph, _style: Style, x: int, layer: Layer) -> int:
    inner = g.unary(g.product(g.weight("ffn_up", layer.index), x))
    return g.product(g.weight("ffn_down", layer.index), inner)


def _openelm_heads(g: ModelGraph, x: int, layer: Layer, positions: int) -> tuple[int, int, int]:
    il, tokens = layer.index, g.shapes[x][1]
    heads, kv_heads = layer.head_count, layer.head_count_kv
    whole = g.product(g.weight("attn_qkv", il), x)
    whole = g.reshape(whole, layer.key_length, heads + 2 * kv_heads, tokens)
    strides = g.strides[whole][1:3]

    def part(first: int, count: int) -> int:
        shape = (layer.key_length, count, tokens)
        return g.view(whole, shape, strides, first * strides[0])

    q, k, v = part(0, heads), part(heads, kv_heads), part(heads + kv_heads, kv_heads)
    q = g.normed(q, g.weight("attn_q_norm", il), layer=il)
    k = g.normed(k, g.weight("attn_k_norm", il), layer=il)
    return g.rope(q, positions), g.rope(k, positions), v


def _mpt_heads(g: ModelGraph, x: int, layer: Layer, _positions: int) -> tuple[int, int, int]:
    il, tokens = layer.index, g.shapes[x][1]
    q, k, v = g.qkv(x, layer, clamped=g.real("attention.clamp_kqv") > 0)
    if g.weight("attn_q_norm", il) is None:
        return q, k, v
    parts = []
    for name, part in (("attn_q_norm", q), ("attn_k_norm", k)):
        length, count = g.shapes[part][:2]
        flat = g.reshape(part, length * count, tokens)
        weight, bias = g.weight(name, il), g.bias(name, il)
        flat = g.normed(flat, weight, bias, layer=il, centred=True)
        parts.append(g.reshape(flat, length, count, tokens))
    return parts[0], parts[1], v


def mpt(g: ModelGraph) -> None:
    """MPT: positions are added where the file has a table of them."""
    table = g.has("position_embd.weight")
    style = Style(
        centred=True, activation=Activation.GELU, rotated=never, heads=_mpt_heads,
        position_table=table,
    )  # fmt: skip
    decoder(g, style)


def _chameleon_heads(g: ModelGraph, x: int, layer: Layer, positions: int) -> tuple[int, int, int]:
    il = layer.index
    q, k, v = g.qkv(x, layer)
    parts = []
    for name, part in (("attn_q_norm", q), ("attn_k_norm", k)):
        weight = g.weight(name, il)
        if weight is not None:
            part = g.normed(part, weight, g.bias(name, il), layer=il, centred=True)
        parts.append(g.rope(part, positions))
    return parts[0], parts[1], v


def chameleon(g: ModelGraph) -> None:
    """Chameleon: norms before or behind each part; no picture tokens are written."""
    style = Style(heads=_chameleon_heads, behind_logits=_without_pictures)
    if g.flag("swin_norm"):
        style = replace(
            style, first_norm="", second_norm="", after_attention="attn_norm",
            after_network="ffn_norm",
        )  # fmt: skip
    decoder(g, style)


def _without_pictures(g: ModelGraph, logits: int) -> int:
    pictures = g.clamp(g.tensor(F32, _LAST_PICTURE_TOKEN - _FIRST_PICTURE_TOKEN))
    return g.computed(Op.SET, g.types[logits], g.shapes[logits], logits, pictures)


def _grove_network(g: ModelGraph, _style: Style, x: int, layer: Layer) -> int:
    """Experts, and what groups of them share, which reads what the experts found."""
    il = layer.index
    logits = g.product(g.weight("ffn_gate_inp", il), x)
    scaled = g.real("expert_weights_scale") not in (0.0, 1.0)
    routed = g.experts(x, il, logits=logits, scaled=scaled)
    groups = g.shape.expert_count // max(g.number("experts_per_group", 1), 1)
    shared = g.experts(
        routed, il, logits=logits, scaled=scaled, suffix="chexps", expert_count=groups,
        used=min(g.shape.expert_used_count, groups),
    )  # fmt: skip
    return g.add(routed, g.scale(shared))


_VISION = Style(
    query_norm=_HEAD, axes=4, behind_layer=_with_deepstack, behind_logits=_as_many_as_embedded
)

STYLES: Final[Mapping[str, Style]] = {
    "qwen3vl": _VISION,
    "qwen3vlmoe": replace(_VISION, behind_logits=None),
    "qwen3tts": _VISION,
    "exaone-moe": Style(
        factors=True, query_norm=_HEAD, rotated=lambda _g, layer: layer.windowed,
        memory=Memory.WINDOWS,
        experts=Experts(gating=None, normalised=None, choice_bias=True),
    ),
    "mimo2": Style(
        memory=Memory.WINDOWS, sinks=True, projection=_scaled_values,
        experts=Experts(gating=Gating.SIGMOID, choice_bias=True),
    ),
    "bitnet": Style(projection=_bitnet, network=_bitnet_network),
    "apertus": Style(factors=True, query_norm=_HEAD, network=_apertus_network),
    "openelm": Style(heads=_openelm_heads, residual_first=True),
    "grovemoe": Style(query_norm=_HEAD, network=_grove_network),
}  # fmt: skip
"""Which style each architecture is."""
