"""Attention over the blocks of tokens that an indexer chooses for each group of heads: MiniMax M3.

Source: ``minimax-m3.cpp`` and ``llama-kv-cache-msa.cpp`` of llama.cpp b11434, for micro-batches of
more than one token in a sequence. At the start no position is taken yet: 256 are reserved.
"""

from __future__ import annotations

from dataclasses import dataclass

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Attention,
    Experts,
    QueryNorm,
    Style,
    finish,
    network,
    norm_of,
    start,
)
from memplan.engines.llama_cpp.graph.backends.layouts import F16, F32, I32, I64
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.model_graph import Activation, CacheInputs, ModelGraph
from memplan.engines.llama_cpp.shape import Layer

_RESERVED_POSITIONS = 256
_STYLE = Style(
    query_norm=QueryNorm.BEFORE_ROTATION, activation=Activation.OAI,
    experts=Experts(gating=None, normalised=None, choice_bias=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Blocks:
    """What the choice of blocks reads.

    Attributes:
        size: tokens of a block.
        positions: positions that are reserved, a multiple of the block.
        rows: where the indexer's keys are written.
        bias: forces the nearest blocks.
        seen: which positions each token sees.
        cells_of_positions: which cell holds each position.
        blocks_of_cells: which block each cell belongs to.
        mask: of attention, in single precision.
    """

    size: int
    positions: int
    rows: int
    bias: int
    seen: int
    cells_of_positions: int
    blocks_of_cells: int
    mask: int


def minimax_m3(g: ModelGraph) -> None:
    """MiniMax M3; dense attention where caches are shared or attention is not fused."""
    style, batch = _STYLE, g.batch
    stream = start(g, style)
    positions = g.positions()
    attention = Attention(g, style, positions)
    sparse = batch.flash_attention and (batch.sequences == 1 or batch.streams > 1)
    cache = attention.full
    blocks = _blocks(g, cache) if sparse and cache is not None else None
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        if blocks is None or cache is None or layer.index < g.shape.leading_dense_block_count:
            x = attention(x, layer)
        else:
            q, k, v = attention.heads(x, layer)
            x = _sparse(g, blocks, cache, x, (q, k, v), positions, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(network(g, style, x, layer), residual)
    finish(g, style, stream)


def _blocks(g: ModelGraph, cache: CacheInputs) -> _Blocks:
    size, batch = max(g.number("attention.indexer.block_size"), 1), g.batch
    positions = -(-_RESERVED_POSITIONS // size) * size
    return _Blocks(
        size=size,
        positions=positions,
        rows=g.input(I64, batch.tokens),
        bias=g.input(F32, positions // size, batch.tokens),
        seen=g.input(F32, positions, batch.tokens),
        cells_of_positions=g.input(I32, positions, batch.streams),
        blocks_of_cells=g.input(I32, batch.cells, batch.streams),
        mask=g.cast(cache.mask, F32),
    )


def _sparse(
    g: ModelGraph,
    blocks: _Blocks,
    cache: CacheInputs,
    x: int,
    heads: tuple[int, int, int],
    positions: int,
    layer: Layer,
) -> int:
    il, tokens, length = layer.index, g.shapes[x][1], g.shape.indexer_key_length
    count = g.shape.indexer_head_count
    index_q = g.reshape(g.product(g.weight("indexer.q_proj", il), x), length, count, tokens)
    index_k = g.reshape(g.product(g.weight("indexer.k_proj", il), x), length, 1, tokens)
    index_q = g.normed(index_q, g.weight("indexer.q_norm", il), layer=il)
    index_k = g.normed(index_k, g.weight("indexer.k_norm", il), layer=il)
    index_q, index_k = g.rope(index_q, positions), g.rope(index_k, positions)
    index_keys = g.indexer_keys(layer, index_k, blocks.rows, length)
    q, k, v = heads
    q, k = g.rotated(q, cache.rotation_k), g.rotated(k, cache.rotation_k)
    v = g.rotated(v, cache.rotation_v)
    g.expand(q, k, v)
    keys, values = g.stored(cache, k, v, layer)
    parts = [
        _stream(g, blocks, stream, (index_q, index_keys), (q, keys, values), layer)
        for stream in range(g.batch.streams)
    ]
    out = parts[0]
    for part in parts[1:]:
        out = g.concat(out, part, 1)
    return g.projected(g.rotated(out, cache.rotation_v), layer)


def _stream(
    g: ModelGraph,
    blocks: _Blocks,
    stream: int,
    index: tuple[int, int],
    heads: tuple[int, int, int],
    layer: Layer,
) -> int:
    """Attention of one stream."""
    q, keys, values = heads
    cells, tokens = g.batch.cells, g.batch.tokens // g.batch.streams
    length, count = layer.key_length, layer.head_count
    at = stream * tokens * g.strides[q][2]
    q = g.view(q, (length, count, tokens), g.strides[q][1:3], at)
    whole = (layer.key_length, layer.head_count_kv, cells, 1)
    keys = g.view(keys, whole, g.strides[keys][1:], stream * g.strides[keys][3])
    values = g.view(values, whole, g.strides[values][1:], stream * g.strides[values][3])
    mask = _mask(g, blocks, stream, *index)
    k, v = g.permute(keys, 0, 3, 1, 2), g.permute(values, 0, 3, 1, 2)
    groups = layer.head_count_kv
    rows = count * tokens // (count // groups * groups)
    q = g.permute(g.reshape(q, length, count // groups, groups, rows), 0, 2, 3, 1)
    out = g.permute(g.flash_attention(q, k, v, mask), 0, 1, 3, 2)
    if not g.is_contiguous(out):
        out = g.cont(out)
    return g.reshape(out, length * count, tokens)


def _mask(g: ModelGraph, blocks: _Blocks, stream: int, index_q: int, index_keys: int) -> int:
    """The cells of the chosen blocks, for each group of heads."""
    cells, tokens = g.batch.cells, g.batch.tokens // g.batch.streams
    heads = g.shapes[index_q][1]
    number = blocks.positions // blocks.size
    scores = _scores(g, blocks, stream, index_q, index_keys)
    bias, row = blocks.bias, g.strides[blocks.bias][1]
    bias = g.view(bias, (number, 1, tokens), (row, row), stream * tokens * row)
    best = g.top_k(g.add(scores, bias), min(g.shape.indexer_top_k, number))
    kept = g.shapes[best][0]
    hidden = g.repeat(g.cast(g.scale(bias), F16), number, heads, tokens)
    shown = g.set_rows(
        g.reshape(hidden, 1, number, heads * tokens),
        g.reshape(g.scale(g.cast(best, F32)), 1, kept, heads * tokens),
        g.reshape(best, kept, heads * tokens),
    )
    shown = g.cont(g.permute(g.reshape(shown, number, heads, tokens), 0, 2, 1, 3))
    shown = g.cont(g.transpose(g.reshape(shown, number, tokens * heads)))
    cell_rows = blocks.blocks_of_cells
    cell_rows = g.view(cell_rows, (cells,), at=stream * g.strides[cell_rows][1])
    of_cells = g.cont(g.transpose(g.get_rows(shown, cell_rows)))
    of_cells = g.reshape(of_cells, cells, tokens, heads)
    mask, steps = blocks.mask, g.strides[blocks.mask]
    mask = g.view(mask, (cells, tokens, 1), (steps[1], steps[3]), stream * steps[3])
    both = g.add_in_place(of_cells, mask)
    return g.cast(g.reshape(both, cells, tokens, 1, heads), F16)


def _scores(g: ModelGraph, blocks: _Blocks, stream: int, index_q: int, index_keys: int) -> int:
    """The best score of each block."""
    tokens = g.batch.tokens // g.batch.streams
    length, heads, _, _ = g.shapes[index_q]
    at = stream * tokens * g.strides[index_q][2]
    queries = g.view(index_q, (length, heads, tokens), g.strides[index_q][1:3], at)
    keys = g.view(
        index_keys, (length, g.batch.cells), (g.strides[index_keys][2],),
        stream * g.strides[index_keys][3],
    )  # fmt: skip
    slots = blocks.cells_of_positions
    slots = g.view(slots, (blocks.positions,), at=stream * g.strides[slots][1])
    gathered = g.get_rows(keys, slots)
    scores = g.mul_mat(gathered, g.reshape(queries, length, heads * tokens))
    scores = g.reshape(scores, blocks.positions, heads, tokens)
    row = g.strides[blocks.seen][1]
    seen = g.view(blocks.seen, (blocks.positions, 1, tokens), (row, row), stream * tokens * row)
    scores = g.add_in_place(scores, seen)
    shape = (blocks.positions // blocks.size, heads, tokens)
    return g.computed(Op.POOL_2D, F32, shape, scores)
