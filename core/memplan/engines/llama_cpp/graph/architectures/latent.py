"""Multi-head latent attention: keys and values through a narrow row.

Source: ``deepseek2.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Experts,
    Style,
    finish,
    network,
    norm_of,
    start,
)
from memplan.engines.llama_cpp.graph.model_graph import (
    Activation,
    CacheInputs,
    Gating,
    ModelGraph,
)
from memplan.engines.llama_cpp.shape import Layer

LATENT = Style(
    experts=Experts(gating=None, default_gating=Gating.SOFTMAX, normalised=None, choice_bias=True)
)
"""DeepSeek 2 and 3, and what is built like them."""


def deepseek2(g: ModelGraph) -> None:
    """DeepSeek 2 and 3, Kimi K2, GLM 4.7 Flash, Mistral 4."""
    style = LATENT
    stream = start(g, style)
    factors = g.attention_scale() if g.real("attention.temperature_scale") else None
    positions = g.positions()
    latent = g.shape.mla
    cache = g.cache_inputs(with_value=not latent, rotated=not latent)
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        x = latent_attention(g, cache, x, layer, positions, factors)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(network(g, style, x, layer), residual)
    finish(g, style, stream)


def latent_queries(g: ModelGraph, x: int, il: int) -> int:
    """The queries, through a narrow row of their own unless the file has one projection."""
    whole = g.weight("attn_q", il)
    if whole is not None:
        return g.mul_mat(whole, x)
    q = g.product(g.weight("attn_q_a", il), x)
    q = g.normed(q, g.weight("attn_q_a_norm", il), layer=il)
    return g.product(g.weight("attn_q_b", il), q)


def latent_attention(
    g: ModelGraph,
    cache: CacheInputs,
    x: int,
    layer: Layer,
    positions: int,
    factors: int | None = None,
    turns: int | None = None,
) -> int:
    """Latent attention; ``factors`` scale each token's queries, ``turns`` the rotation."""
    shape, il = g.shape, layer.index
    heads, turned, rank = layer.head_count, shape.rope_length, shape.kv_lora_rank
    length = shape.key_length_mla or shape.key_length
    tokens = g.shapes[x][1]
    q = g.reshape(latent_queries(g, x, il), length, heads, tokens)
    row = g.product(g.weight("attn_kv_a_mqa", il), x)
    stride = g.row_bytes(row, rank + turned)
    latent = g.view(row, (rank, tokens), (stride,))
    k_turned = g.view(row, (turned, 1, tokens), (stride, stride), g.row_bytes(row, rank))
    k_turned = g.rope(k_turned, positions, turns)
    latent = g.normed(latent, g.weight("attn_kv_a_norm", il), layer=il)
    if not shape.mla:
        return _decompressed(g, cache, layer, q, latent, k_turned, positions, factors, turns)
    q = _absorbed(g, q, il, positions)
    v = g.reshape(latent, rank, 1, tokens)
    k = g.concat(v, k_turned, 0)
    if factors is not None:
        q = g.mul(q, factors)
    return g.attend_latent(cache, q, k, v, layer, decompress=g.weight("attn_v_b", il))


def _absorbed(g: ModelGraph, q: int, il: int, positions: int) -> int:
    """Queries in the latent space, with the part that is rotated."""
    length, heads, tokens, _ = g.shapes[q]
    turned = g.shape.rope_length
    plain = length - turned
    strides = g.strides[q][1:3]
    q_plain = g.view(q, (plain, heads, tokens), strides)
    q_turned = g.view(q, (turned, heads, tokens), strides, g.row_bytes(q, plain))
    q_turned = g.rope(q_turned, positions)
    absorbed = g.product(g.weight("attn_k_b", il), g.permute(q_plain, 0, 2, 1, 3))
    return g.concat(g.permute(absorbed, 0, 2, 1, 3), q_turned, 0)


def absorbed_rows(g: ModelGraph, q: int, layer: Layer, positions: int) -> int:
    """Queries in the latent space, out of rows of all heads; not rotated without positions."""
    heads, turned = layer.head_count, g.shape.rope_length
    length, tokens = g.shapes[q][0] // heads, g.shapes[q][1]
    each = g.row_bytes(q, length)
    strides = (each, each * heads)
    q_plain = g.view(q, (length - turned, heads, tokens), strides)
    at = g.row_bytes(q, length - turned)
    q_turned = g.view(q, (turned, heads, tokens), strides, at)
    if positions >= 0:
        q_turned = g.rope(q_turned, positions)
    inwards = g.weight("attn_k_b", layer.index)
    absorbed = g.product(inwards, g.permute(q_plain, 0, 2, 1, 3))
    return g.concat(g.permute(absorbed, 0, 2, 1, 3), q_turned, 0)


def _decompressed(
    g: ModelGraph,
    cache: CacheInputs,
    layer: Layer,
    q: int,
    latent: int,
    k_turned: int,
    positions: int,
    factors: int | None,
    turns: int | None,
) -> int:
    """Older files: the latent row becomes keys and values of every head before it is cached."""
    shape, il = g.shape, layer.index
    length, heads, tokens, _ = g.shapes[q]
    value_length = shape.value_length_mla or shape.value_length
    plain = length - shape.rope_length
    kv = g.product(g.weight("attn_kv_b", il), latent)
    each = g.row_bytes(kv, plain + value_length)
    strides = (each, each * heads)
    k_plain = g.view(kv, (plain, heads, tokens), strides)
    v = g.view(kv, (value_length, heads, tokens), strides, g.row_bytes(kv, plain))
    v = g.cont(v)
    if shape.name == "plm":
        v = g.view(v, (value_length * heads, tokens), (g.row_bytes(v, value_length * heads),))
    q = g.rope(q, positions, turns)
    k = g.concat(k_plain, g.repeat(k_turned, shape.rope_length, heads, tokens), 0)
    if factors is not None:
        q = g.mul(q, factors)
    return g.attend(cache, q, k, v, layer)


def deepseek2_ocr(g: ModelGraph) -> None:
    """DeepSeek OCR: plain attention before the same networks."""
    style = LATENT
    stream = start(g, style)
    positions = g.positions()
    cache = g.cache_inputs()
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        heads = layer.head_count
        length = g.width // heads
        q, k, v = g.qkv(x, layer, heads_kv=heads, key_length=length, value_length=length)
        q, k = g.rope(q, positions), g.rope(k, positions)
        x = g.attend(cache, q, k, v, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(network(g, style, x, layer), residual)
    finish(g, style, stream)


def plm(g: ModelGraph) -> None:
    """PLM: latents, decompressed before they are cached, and squared rectifiers."""
    _decompressing(g, Style(activation=Activation.RELU_SQUARED), factors=False)


def minicpm3(g: ModelGraph) -> None:
    """MiniCPM 3: the same with scaled parts."""
    _decompressing(g, Style(scaled_embedding=True, scaled_residual=True), factors=True)


def _decompressing(g: ModelGraph, style: Style, *, factors: bool) -> None:
    stream = start(g, style)
    positions = g.positions()
    cache = g.cache_inputs()
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        turns = g.rope_factors(layer.index) if factors else None
        x = latent_attention(g, cache, x, layer, positions, turns=turns)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(g.scale(x) if style.scaled_residual else x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        x = g.feed_forward(x, layer.index, activation=style.activation)
        stream = g.add(g.scale(x) if style.scaled_residual else x, residual)
    stream = g.normed(stream, g.of_output("output_norm.weight"))
    if style.scaled_residual:
        stream = g.scale(stream)
    g.expand(g.logits(stream))
