"""Latent attention over the pools of tokens that an indexer chooses: GLM 5 Next.

Source: ``glm5-next.cpp`` and ``llama-memory-hybrid-idx.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from dataclasses import dataclass

from memplan.engines.llama_cpp.graph.architectures import hyper
from memplan.engines.llama_cpp.graph.architectures.decoder import network, norm_of
from memplan.engines.llama_cpp.graph.architectures.kimi_delta import delta_layer, stated_decay
from memplan.engines.llama_cpp.graph.architectures.sparse import SPARSE
from memplan.engines.llama_cpp.graph.backends.layouts import F16, F32, I32, I64
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.model_graph import (
    CacheInputs,
    MissingTensorError,
    ModelGraph,
)
from memplan.engines.llama_cpp.shape import Layer

_POOLS_PADDED_TO = 64
_LARGEST_GATHERED_BATCH = 16


@dataclass(frozen=True, slots=True)
class _Pools:
    """What the choice of pools reads.

    Attributes:
        size: tokens of a pool.
        rows: where the indexer's keys are written.
        cells: the cell that holds each pool's key.
        members: the cells of each pool.
        mask: which pools each token sees.
        tail: cells that are in no pool yet.
        live: which of the chosen cells count.
        new: the cells of new pools.
        new_rows: where the keys of new pools are written.
    """

    size: int
    rows: int
    cells: int
    members: int
    mask: int
    tail: int | None
    live: int
    new: int
    new_rows: int


def glm5_next(g: ModelGraph) -> None:
    """GLM 5 Next: delta attention between, and several residual streams."""
    style = SPARSE
    embedded = g.embed()
    states = g.state_inputs()
    cache = g.cache_inputs(with_value=False, rotated=False)
    pools = _pools(g)
    chosen = g.output_rows()
    streams = hyper.spread(g, embedded)
    choice = -1
    for layer in g.layers:
        il = layer.index
        mixed = hyper.mix(g, streams, "attn", il)
        x = norm_of(g, style, "attn_norm", mixed.x, layer)
        g.expand(x)
        if layer.recurrent:
            x = delta_layer(g, states, x, layer, stated_decay, _gate)
        else:
            narrow = g.product(g.weight("attn_q_a", il), x)
            narrow = g.normed(narrow, g.weight("attn_q_a_norm", il), layer=il)
            if layer.indexer_key_width:
                choice = _chosen(g, pools, cache, x, narrow, layer)
            x = _attention(g, cache, x, narrow, choice, g.shapes[pools.live][0], layer)
        streams = hyper.unmix(g, mixed, x)
        mixed = hyper.mix(g, streams, "ffn", il)
        x = network(g, style, norm_of(g, style, "ffn_norm", mixed.x, layer), layer)
        streams = hyper.unmix(g, mixed, x)
    merged = hyper.mean(g, streams, chosen)
    g.expand(g.logits(g.normed(merged, g.of_output("output_norm.weight"))))


def _gate(g: ModelGraph, x: int, layer: Layer) -> int:
    narrow = g.product(g.weight("ssm_g_a", layer.index), x)
    return g.product(g.weight("ssm_g_b", layer.index), narrow)


def _pools(g: ModelGraph) -> _Pools:
    batch, top = g.batch, g.shape.indexer_top_k
    size = max(g.number("attention.indexer.kpool"), 1)
    with_tail = g.flag("attention.indexer.kpool_select_tail", default=True)
    more = size - 1 if with_tail else 0
    if batch.tokens <= _LARGEST_GATHERED_BATCH and batch.cells > top + size - 1:
        raise MissingTensorError
    new = max(batch.cells // size * batch.sequences, 1)
    count = -(-(new + 1) // _POOLS_PADDED_TO) * _POOLS_PADDED_TO
    selected = size * min(count, top // size) + more
    return _Pools(
        size=size,
        rows=g.input(I64, batch.tokens),
        cells=g.input(I32, count),
        members=g.input(I32, size, count),
        mask=g.input(F16, count, batch.tokens),
        tail=g.input(I32, size - 1, batch.tokens) if with_tail else None,
        live=g.input(F32, selected, 1, 1, batch.tokens),
        new=g.input(I32, size, new),
        new_rows=g.input(I64, new),
    )


def _chosen(
    g: ModelGraph, pools: _Pools, cache: CacheInputs, x: int, narrow: int, layer: Layer
) -> int:
    """A mask that shows the cells of the chosen pools only."""
    il, tokens = layer.index, g.shapes[x][1]
    length, heads = g.shape.indexer_key_length, g.shape.indexer_head_count
    q = g.product(g.weight("indexer.attn_q_b", il), narrow)
    q = g.reshape(q, length, heads, tokens)
    keys = _pooled_keys(g, pools, x, layer)
    weights = g.scale(g.product(g.weight("indexer.proj", il), x))
    count = g.shapes[pools.cells][0]
    scores = g.computed(Op.LIGHTNING_INDEXER, F32, (count, tokens), q, keys, weights, pools.mask)
    most = min(count, g.shape.indexer_top_k // pools.size)
    best = g.top_k(scores, most)
    values = g.get_rows(g.reshape(scores, 1, count, tokens), best)
    order = g.argsort(g.reshape(values, most, tokens))
    best = g.get_rows(g.reshape(g.cast(best, F32), 1, most, tokens), order)
    best = g.cast(g.cont(g.reshape(best, most, tokens)), I32)
    cells = g.get_rows(pools.members, g.reshape(best, most * tokens))
    cells = g.reshape(cells, pools.size * most, tokens)
    if pools.tail is not None:
        cells = g.concat(cells, pools.tail, 0)
    g.expand(cells)
    return _only(g, pools, cache.mask, cells)


def _pooled_keys(g: ModelGraph, pools: _Pools, x: int, layer: Layer) -> int:
    """Store the tokens' keys, pool the new ones, and read those of all pools."""
    il, tokens = layer.index, g.shapes[x][1]
    length, size = g.shape.indexer_key_length, pools.size
    k = g.product(g.weight("indexer.attn_k", il), x)
    norm, bias = g.weight("indexer.k_norm", il), g.bias("indexer.k_norm", il)
    k = g.normed(k, norm, bias, layer=il, centred=True)
    gate = g.product(g.weight("indexer_compressor_gate", il), x)
    empty = g.fill(g.tensor(F32, length, tokens))
    packed = g.reshape(g.concat(g.concat(k, gate, 0), empty, 0), 3 * length, 1, tokens)
    g.store_keys(layer, packed, pools.rows, "indexer", g.batch.cells)
    cells = g.batch.cells * g.batch.streams
    cache = g.cache_tensor("indexer", layer, 3 * length, g.batch.cells, g.batch.key_type)
    row = (g.strides[cache][1],)
    stored = g.view(cache, (2 * length, cells), row)
    pooled = g.view(cache, (length, cells), row, g.row_bytes(cache, 2 * length))
    new = g.shapes[pools.new_rows][0]
    rows = g.get_rows(stored, g.reshape(pools.new, size * new))
    rows = g.reshape(rows, 2 * length, size, new)
    strides = g.strides[rows][1:3]
    keys = g.view(rows, (length, size, new), strides)
    gates = g.view(rows, (length, size, new), strides, g.row_bytes(rows, length))
    logits = g.add(gates, g.needed(g.weight("indexer_compressor_ape", il)))
    logits = g.cont(g.permute(logits, 1, 0, 2, 3))
    shares = g.soft_max(g.reshape(logits, size, length * new))
    shares = g.reshape(shares, size, length, new)
    total = g.sum_rows(g.mul(shares, g.cont(g.permute(keys, 1, 0, 2, 3))))
    g.expand(g.set_rows(pooled, g.reshape(total, length, new), pools.new_rows))
    count = g.shapes[pools.cells][0]
    return g.reshape(g.get_rows(pooled, pools.cells), length, 1, count)


def _only(g: ModelGraph, pools: _Pools, mask: int, cells: int) -> int:
    all_cells, tokens = g.shapes[mask][0], g.batch.tokens
    selected, kind = g.shapes[cells][0], g.types[mask]
    whole = all_cells + selected
    hidden = g.fill(g.tensor(kind, whole))
    hidden = g.reshape(g.repeat(hidden, whole, tokens), 1, whole, tokens)
    zeros = g.fill(g.tensor(kind, selected))
    zeros = g.reshape(g.repeat(zeros, selected, tokens), 1, selected, tokens)
    live = g.exp(g.reshape(pools.live, selected, tokens))
    beyond = g.computed(Op.ARANGE, F32, (selected,))
    places = g.sub(g.cast(cells, F32), beyond)
    places = g.cast(g.add(g.mul(places, live), beyond), I32)
    shown = g.set_rows(hidden, zeros, g.reshape(places, selected, tokens, 1))
    shown = g.view(shown, (all_cells, tokens), (g.strides[shown][2],))
    return g.add(shown, g.reshape(mask, all_cells, tokens))


def _attention(
    g: ModelGraph, cache: CacheInputs, x: int, narrow: int, choice: int, most: int, layer: Layer
) -> int:
    il, tokens = layer.index, g.shapes[x][1]
    q = g.product(g.weight("attn_q_b", il), narrow)
    q = g.reshape(q, g.shapes[q][0] // layer.head_count, layer.head_count, tokens)
    kv = g.product(g.weight("attn_kv_a_mqa", il), x)
    kv = g.normed(kv, g.weight("attn_kv_a_norm", il), layer=il)
    rank = g.shapes[kv][0]
    kv = g.reshape(kv, rank, 1, tokens)
    q = g.product(g.weight("attn_k_b", il), g.permute(q, 0, 2, 1, 3))
    q = g.permute(q, 0, 2, 1, 3)
    g.expand(q, kv)
    g.store_keys(layer, kv, cache.rows_k, "k", g.batch.cells)
    mask = g.reshape(choice, *g.shapes[cache.mask])
    keys = g.cached_keys(layer, rank, "k", g.batch.cells)
    values = g.view(keys, g.shapes[keys], g.strides[keys][1:])
    outwards = g.weight("attn_v_b", il)
    out = g.attention(q, keys, values, mask, decompress=outwards, most_cells=most)
    return g.product(g.weight("attn_output", il), out)
