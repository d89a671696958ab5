"""Several residual streams without mixing among them, and a gate behind attention: Hunyuan 4.

Source: ``hy-v4.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from memplan.engines.llama_cpp.graph.architectures import hyper
from memplan.engines.llama_cpp.graph.architectures.decoder import network, norm_of
from memplan.engines.llama_cpp.graph.architectures.gated import gated
from memplan.engines.llama_cpp.graph.architectures.sparse import (
    SPARSE,
    IndexerInputs,
    chosen_cells,
    indexer_inputs,
    latent_attention_over,
)
from memplan.engines.llama_cpp.graph.backends.layouts import F32
from memplan.engines.llama_cpp.graph.model_graph import CacheInputs, ModelGraph
from memplan.engines.llama_cpp.shape import Layer


def hy_v4(g: ModelGraph) -> None:
    """Hunyuan 4, with or without an indexer."""
    style = SPARSE
    embedded = g.embed()
    positions = g.positions()
    cache = g.cache_inputs(with_value=False, rotated=False)
    indexer = indexer_inputs(g) if g.shape.indexer_top_k else None
    chosen = g.output_rows()
    streams = hyper.spread(g, embedded)
    choice: int | None = None
    for layer in g.layers:
        x, post = _mixed(g, streams, "attn", layer.index)
        x = norm_of(g, style, "attn_norm", x, layer)
        x, choice = _attention(g, cache, indexer, x, positions, layer, choice)
        streams = _added(g, x, streams, post)
        x, post = _mixed(g, streams, "ffn", layer.index)
        x = network(g, style, norm_of(g, style, "ffn_norm", x, layer), layer)
        streams = _added(g, x, streams, post)
    merged = _merged(g, streams, chosen)
    g.expand(g.logits(g.normed(merged, g.of_output("output_norm.weight"))))


def _attention(
    g: ModelGraph,
    cache: CacheInputs,
    indexer: IndexerInputs | None,
    x: int,
    positions: int,
    layer: Layer,
    choice: int | None,
) -> tuple[int, int | None]:
    """Attention, and the cells that this layer or the last one with an indexer chose."""
    il = layer.index
    narrow = g.product(g.weight("attn_q_a", il), x)
    narrow = g.normed(narrow, g.weight("attn_q_a_norm", il), layer=il)
    if indexer is not None and layer.indexer_key_width:
        choice = chosen_cells(g, indexer, x, narrow, positions, layer, rotated=False)
    sinks = g.weight("attn_sinks", il)
    attended = latent_attention_over(g, cache, x, narrow, positions, layer, choice, sinks)
    return gated(g, attended, x, layer), choice


def _mixed(g: ModelGraph, streams: int, part: str, il: int) -> tuple[int, int]:
    """What a part reads of the streams, and its share in each of them."""
    width, count, tokens, _ = g.shapes[streams]
    flat = g.rms_norm(g.reshape(streams, width * count, tokens))
    mixes = g.product(g.weight(f"hc_{part}_fn", il), flat)
    scale = g.needed(g.weight(f"hc_{part}_scale", il))
    base = g.needed(g.weight(f"hc_{part}_base", il))

    def share(number: int) -> int:
        at = number * g.row_bytes(mixes, count)
        rows = g.view(mixes, (count, tokens), (g.strides[mixes][1],), at)
        factor = g.view(scale, (1,), at=number * g.strides[scale][0])
        offset = g.view(base, (count,), at=number * g.row_bytes(base, count))
        return g.scale(g.sigmoid(g.add(g.mul(rows, factor), offset)))

    return _reduced(g, streams, share(0)), g.scale(share(1))


def _reduced(g: ModelGraph, streams: int, shares: int) -> int:
    width, count, tokens, _ = g.shapes[streams]
    streams = g.cast(streams, F32)
    total = -1
    for number in range(count):
        at = number * g.strides[streams][1]
        stream = g.view(streams, (width, tokens), (g.strides[streams][2],), at)
        at = number * g.strides[shares][0]
        share = g.view(shares, (1, tokens), (g.strides[shares][1],), at)
        part = g.mul(stream, share)
        total = part if total < 0 else g.add(total, part)
    return g.cast(total, F32)


def _added(g: ModelGraph, x: int, streams: int, post: int) -> int:
    """The streams with a part's result in each."""
    width, count, tokens, _ = g.shapes[streams]
    x, post, streams = g.cast(x, F32), g.cast(post, F32), g.cast(streams, F32)
    result = -1
    for number in range(count):
        at = number * g.strides[streams][1]
        stream = g.view(streams, (width, tokens), (g.strides[streams][2],), at)
        at = number * g.strides[post][0]
        share = g.view(post, (1, tokens), (g.strides[post][1],), at)
        part = g.reshape(g.add(stream, g.mul(x, share)), width, 1, tokens)
        result = part if result < 0 else g.concat(result, part, 1)
    return g.cast(result, F32)


def _merged(g: ModelGraph, streams: int, chosen: int) -> int:
    width, count, tokens, _ = g.shapes[streams]
    flat = g.get_rows(g.reshape(streams, width * count, tokens), chosen)
    rows = g.shapes[flat][1]
    streams = g.reshape(flat, width, count, rows)
    normed = g.rms_norm(g.reshape(streams, width * count, rows))
    mixes = g.product(g.of_output("output_hc_fn.weight"), normed)
    shares = g.mul(mixes, g.needed(g.of_output("output_hc_scale.weight")))
    shares = g.add(shares, g.needed(g.of_output("output_hc_base.weight")))
    return _reduced(g, streams, g.scale(g.sigmoid(shares)))
