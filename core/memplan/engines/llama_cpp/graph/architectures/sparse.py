"""Latent attention over the tokens that an indexer chooses: DeepSeek 3.2, GLM 5, dots 3.

Source: ``deepseek32.cpp``, ``glm-dsa.cpp``, ``dots3note.cpp`` and ``build_attn`` with ``top_k`` in
``llama-graph.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from dataclasses import dataclass

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Experts,
    Style,
    finish,
    network,
    norm_of,
    start,
)
from memplan.engines.llama_cpp.graph.architectures.gated import gated_heads
from memplan.engines.llama_cpp.graph.architectures.latent import absorbed_rows
from memplan.engines.llama_cpp.graph.backends.layouts import F16, F32, I64
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.model_graph import CacheInputs, Gating, ModelGraph
from memplan.engines.llama_cpp.shape import Layer

SPARSE = Style(
    experts=Experts(gating=None, default_gating=Gating.SIGMOID, normalised=None, choice_bias=True)
)


@dataclass(frozen=True, slots=True)
class IndexerInputs:
    """What an indexer reads beside its cache: rows to write, mask, rotation."""

    rows: int
    mask: int
    rotation: int


def sparse(g: ModelGraph) -> None:
    """DeepSeek 3.2 and GLM 5; a layer without an indexer uses the choice of the last one."""
    style = SPARSE
    stream = start(g, style)
    positions = g.positions()
    cache = g.cache_inputs(with_value=False, rotated=False)
    indexer = indexer_inputs(g)
    chosen = g.output_rows()
    choice = -1
    for layer in g.layers:
        il, residual = layer.index, stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        narrow = g.product(g.weight("attn_q_a", il), x)
        narrow = g.normed(narrow, g.weight("attn_q_a_norm", il), layer=il)
        if layer.indexer_key_width:
            choice = chosen_cells(g, indexer, x, narrow, positions, layer)
        x = latent_attention_over(g, cache, x, narrow, positions, layer, choice)
        x = g.projected(x, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(network(g, style, x, layer), residual)
    finish(g, style, stream)


def dots3note(g: ModelGraph) -> None:
    """Dots 3: windows between sparse layers, and a gate for each head."""
    style = SPARSE
    stream = start(g, style)
    positions = g.positions()
    cache = g.cache_inputs(with_value=False, rotated=False)
    indexer = indexer_inputs(g)
    window = g.cache_inputs(windowed=True, with_value=False, rotated=False)
    chosen = g.output_rows()
    for layer in g.layers:
        il, residual = layer.index, stream
        x = normed = norm_of(g, style, "attn_norm", stream, layer)
        narrow = g.product(g.weight("attn_q_a", il), x)
        narrow = g.normed(narrow, g.weight("attn_q_a_norm", il), layer=il)
        if layer.windowed:
            x = latent_attention_over(g, window, x, narrow, positions, layer, None)
        else:
            choice = chosen_cells(g, indexer, x, narrow, positions, layer)
            x = latent_attention_over(g, cache, x, narrow, positions, layer, choice)
        x = gated_heads(g, x, normed, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(network(g, style, x, layer), residual)
    finish(g, style, stream)


def indexer_inputs(g: ModelGraph) -> IndexerInputs:
    """The inputs of the indexers of all layers."""
    batch = g.batch
    size = g.shape.indexer_key_length
    rows = g.input(I64, batch.tokens)
    mask = g.input(F16, batch.cells, batch.tokens // batch.streams, 1, batch.streams)
    return IndexerInputs(rows, mask, g.input(F32, size, size))


def chosen_cells(
    g: ModelGraph,
    inputs: IndexerInputs,
    x: int,
    narrow: int,
    positions: int,
    layer: Layer,
    *,
    rotated: bool = True,
) -> int:
    """The cells that attention may read, for each token."""
    il, tokens = layer.index, g.shapes[x][1]
    shape, batch = g.shape, g.batch
    length, heads, streams = shape.indexer_key_length, shape.indexer_head_count, batch.streams
    q = g.product(g.weight("indexer.attn_q_b", il), narrow)
    q = g.rope(g.reshape(q, length, heads, tokens), positions)
    k = g.product(g.weight("indexer.attn_k", il), x)
    norm, bias = g.weight("indexer.k_norm", il), g.bias("indexer.k_norm", il)
    k = g.normed(k, norm, bias, layer=il, centred=True)
    k = g.rope(g.reshape(k, length, 1, tokens), positions)
    if rotated:
        q, k = g.mul_mat(inputs.rotation, q), g.mul_mat(inputs.rotation, k)
    keys = g.indexer_keys(layer, k, inputs.rows, length)
    weights = g.product(g.weight("indexer.proj", il), x)
    part = tokens // streams
    second, third, fourth = g.strides[q][1:]
    q = g.view(q, (length, heads, part, streams), (second, third, fourth // streams))
    second, third, _ = g.strides[weights][1:]
    weights = g.view(
        weights, (heads, part, 1, streams), (second, third // streams, third // streams)
    )
    weights = g.scale(weights)
    shape_of_scores = (batch.cells, part, 1, streams)
    scores = g.computed(Op.LIGHTNING_INDEXER, F32, shape_of_scores, q, keys, weights, inputs.mask)
    return g.cont(g.top_k(scores, min(batch.cells, shape.indexer_top_k)))


def latent_attention_over(
    g: ModelGraph,
    cache: CacheInputs,
    x: int,
    narrow: int,
    positions: int,
    layer: Layer,
    choice: int | None,
    sinks: int | None = None,
) -> int:
    """Attention over the latent cache, all of it without a choice; not projected."""
    il, turned, tokens = layer.index, g.shape.rope_length, g.shapes[x][1]
    q = g.product(g.weight("attn_q_b", il), narrow)
    row = g.product(g.weight("attn_kv_a_mqa", il), x)
    rank = g.shapes[row][0] - turned
    stride = g.row_bytes(row, rank + turned)
    latent = g.view(row, (rank, tokens), (stride,))
    k_turned = g.view(row, (turned, 1, tokens), (stride, stride), g.row_bytes(row, rank))
    k_norm = g.weight("attn_k_norm", il)
    if k_norm is not None:
        k_turned = g.normed(k_turned, k_norm, layer=il)
    k_turned = g.rope(k_turned, positions)
    latent = g.normed(latent, g.weight("attn_kv_a_norm", il), layer=il)
    q = absorbed_rows(g, q, layer, positions)
    v = g.reshape(latent, rank, 1, tokens)
    k = g.concat(v, k_turned, 0)
    outwards = g.weight("attn_v_b", il)
    return g.attend_latent(
        cache, q, k, v, layer, decompress=outwards, choice=choice, output=False, sinks=sinks
    )
