"""Attention over a window and over rows that stand for several tokens: DeepSeek 4.

Source: ``deepseek4.cpp``, ``llama-kv-cache-dsv4.cpp`` (what is reserved) and ``build_inp_dsv4`` in
``llama-graph.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from dataclasses import dataclass

from memplan.engines.llama_cpp.graph.architectures import hyper
from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Style,
    norm_of,
    shared_experts,
    stated_gating,
    stated_norm,
)
from memplan.engines.llama_cpp.graph.backends.layouts import F16, F32, I32, I64, QUANTISED
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.model_graph import Activation, Gating, ModelGraph
from memplan.engines.llama_cpp.resolving import DENSER_RATIO
from memplan.engines.llama_cpp.shape import Layer

_SPARSER_RATIO = 128
_LEAST_ROTATION = 64


@dataclass(frozen=True, slots=True)
class _Compressor:
    """What the compressor of one kind of layer reads.

    Attributes:
        ratio: tokens in a row.
        length: elements of a row.
        position: of each token in its row.
        persist: from and to which rows of the state new tokens go.
        restore, snapshot: the same for states to go back to; ``None`` without any.
        read: rows of state and micro-batch that make up each new row.
        rows: where the new rows go in the cache.
        row_positions: positions of the new rows.
        mask: which rows each token sees.
        rotation: of the cache.
    """

    ratio: int
    length: int
    position: int
    persist: tuple[int, int]
    restore: tuple[int, int] | None
    snapshot: tuple[int, int] | None
    read: int
    rows: int
    row_positions: int
    mask: int
    rotation: int | None

    @property
    def overlap(self) -> int:
        """Whether rows overlap, as a factor."""
        return 2 if self.ratio == DENSER_RATIO else 1


@dataclass(frozen=True, slots=True)
class _Inputs:
    rows: int
    mask: int
    rotation: int | None
    positions: int
    denser: _Compressor
    sparser: _Compressor
    indexer: _Compressor


def deepseek4(g: ModelGraph) -> None:
    """DeepSeek 4."""
    style = Style()
    embedded = g.embed()
    inputs = _inputs(g)
    chosen = g.output_rows()
    g.expand(inputs.mask)
    streams = hyper.spread(g, embedded)
    for layer in g.layers:
        il = layer.index
        mixed = hyper.mix(g, streams, "attn", il)
        x = norm_of(g, style, "attn_norm", mixed.x, layer)
        streams = hyper.unmix(g, mixed, _attention(g, inputs, x, layer))
        mixed = hyper.mix(g, streams, "ffn", il)
        g.expand(mixed.streams, mixed.post, mixed.comb)
        x = norm_of(g, style, "ffn_norm", mixed.x, layer)
        streams = hyper.unmix(g, mixed, _network(g, x, il))
    merged = hyper.merged(g, streams, chosen)
    g.expand(g.logits(g.normed(merged, g.of_output("output_norm.weight"))))


def _network(g: ModelGraph, x: int, il: int) -> int:
    table = g.weight("ffn_gate_tid2eid", il)
    hashed = il < g.number("hash_layer_count") and table is not None
    routed = g.experts(
        x, il, gating=stated_gating(g, Gating.SQRT_SOFTPLUS), normalised=stated_norm(g),
        scaled=g.real("expert_weights_scale") not in (0.0, 1.0), choice_bias=True,
        ids=g.get_rows(g.needed(table), g.tokens) if hashed else None,
    )  # fmt: skip
    return g.add(routed, shared_experts(g, x, il, Activation.SILU))


def _inputs(g: ModelGraph) -> _Inputs:
    batch, length = g.batch, g.shape.key_length
    part = batch.tokens // batch.streams
    kind = F16 if batch.flash_attention else F32
    return _Inputs(
        rows=g.input(I64, batch.tokens),
        mask=g.input(kind, batch.window_cells, part, 1, batch.streams),
        rotation=_rotation(g, length),
        positions=g.positions(),
        denser=_compressor(g, DENSER_RATIO, length, kind, _rotation(g, length)),
        sparser=_compressor(g, _SPARSER_RATIO, length, kind, _rotation(g, length)),
        indexer=_compressor(
            g, DENSER_RATIO, g.shape.indexer_key_length, F16,
            g.input(F32, g.shape.indexer_key_length, g.shape.indexer_key_length),
        ),
    )  # fmt: skip


def _rotation(g: ModelGraph, length: int) -> int | None:
    if g.batch.key_type not in QUANTISED or length % _LEAST_ROTATION:
        return None
    size = _LEAST_ROTATION
    while length % (2 * size) == 0:
        size *= 2
    return g.input(F32, size, size)


def _compressor(
    g: ModelGraph, ratio: int, length: int, kind: int, rotation: int | None
) -> _Compressor:
    batch = g.batch
    overlap = 2 if ratio == DENSER_RATIO else 1
    new_rows = batch.tokens // ratio + batch.sequences
    state_rows = overlap * ratio * batch.streams
    kept = min(batch.tokens, state_rows)
    back = batch.states_written - 1

    def pair(count: int) -> tuple[int, int]:
        return g.input(I32, count), g.input(I32, count)

    cells = batch.compressed_cells(ratio)
    return _Compressor(
        ratio=ratio,
        length=length,
        position=g.input(I32, batch.tokens),
        persist=pair(kept),
        restore=pair(state_rows) if back else None,
        snapshot=pair(back * state_rows) if back else None,
        read=g.input(I32, overlap * ratio * new_rows),
        rows=g.input(I64, new_rows),
        row_positions=g.input(I32, new_rows),
        mask=g.input(kind, cells, batch.tokens // batch.streams, 1, batch.streams),
        rotation=rotation,
    )


def _attention(g: ModelGraph, inputs: _Inputs, x: int, layer: Layer) -> int:
    il, tokens = layer.index, g.shapes[x][1]
    narrow = g.product(g.weight("attn_q_a", il), x)
    narrow = g.normed(narrow, g.weight("attn_q_a_norm", il), layer=il)
    q = g.product(g.weight("attn_q_b", il), narrow)
    q = g.rms_norm(g.reshape(q, layer.key_length, layer.head_count, tokens))
    q = g.rope(q, inputs.positions)
    kv = g.product(g.weight("attn_kv", il), x)
    kv = g.normed(kv, g.weight("attn_kv_a_norm", il), layer=il)
    kv = g.rope(g.reshape(kv, layer.key_length, 1, tokens), inputs.positions)
    choice = None
    if layer.compress_ratio == DENSER_RATIO:
        _compress(g, inputs.denser, x, layer, "attn_compressor", "dense")
        _compress(g, inputs.indexer, x, layer, "indexer_compressor", "indexer")
        choice = _chosen_rows(g, inputs, x, narrow, layer)
    elif layer.compress_ratio == _SPARSER_RATIO:
        _compress(g, inputs.sparser, x, layer, "attn_compressor", "sparse")
    out = _attended(g, inputs, q, kv, layer, choice)
    return _projected(g, inputs, out, layer)


def _projected(g: ModelGraph, inputs: _Inputs, out: int, layer: Layer) -> int:
    il, tokens = layer.index, g.batch.tokens
    groups, rank = g.number("attention.output_group_count"), g.number("attention.output_lora_rank")
    out = g.reshape(out, layer.key_length, layer.head_count, tokens)
    out = g.computed(Op.ROPE_BACK, F32, g.shapes[out], out, inputs.positions)
    out = g.reshape(out, layer.head_count // groups * layer.key_length, groups, tokens)
    out = g.product(g.weight("attn_output_a", il), g.permute(out, 0, 2, 1, 3))
    out = g.cont(g.permute(out, 0, 2, 1, 3), rank * groups, tokens)
    return g.product(g.weight("attn_output_b", il), out)


def _attended(
    g: ModelGraph, inputs: _Inputs, q: int, kv: int, layer: Layer, choice: int | None
) -> int:
    batch = g.batch
    q, kv = g.rotated(q, inputs.rotation), g.rotated(kv, inputs.rotation)
    g.expand(q, kv)
    g.store_keys(layer, kv, inputs.rows, "k", batch.window_cells)
    keys = g.cached_keys(layer, layer.key_length, "k", batch.window_cells)
    mask, most = inputs.mask, 0
    if layer.compress_ratio:
        dense = layer.compress_ratio == DENSER_RATIO
        of = inputs.denser if dense else inputs.sparser
        more = _rows_of(g, of, layer, "dense" if dense else "sparse")
        keys = g.concat(keys, more, 2)
        seen = of.mask
        if choice is not None:
            seen = g.only(of.mask, choice, F16 if batch.flash_attention else F32)
            window = min(batch.window_cells, g.number("attention.sliding_window"))
            most = window + g.shapes[choice][0]
        mask = g.concat(mask, seen, 0)
    sinks = g.weight("attn_sinks", layer.index)
    out = g.attention(q, keys, keys, mask, sinks=sinks, most_cells=most)
    return g.rotated(out, inputs.rotation)


def _rows_of(g: ModelGraph, of: _Compressor, layer: Layer, side: str) -> int:
    keys = g.cached_keys(layer, of.length, side, g.batch.compressed_cells(of.ratio))
    return g.view(keys, g.shapes[keys], g.strides[keys][1:])


def _chosen_rows(g: ModelGraph, inputs: _Inputs, x: int, narrow: int, layer: Layer) -> int:
    il, tokens = layer.index, g.shapes[x][1]
    of, shape, streams = inputs.indexer, g.shape, g.batch.streams
    length, heads = of.length, shape.indexer_head_count
    q = g.product(g.weight("indexer.attn_q_b", il), narrow)
    q = g.rope(g.reshape(q, length, heads, tokens), inputs.positions)
    q = g.rotated(q, of.rotation)
    weights = g.scale(g.product(g.weight("indexer.proj", il), x))
    keys = _rows_of(g, of, layer, "indexer")
    part = tokens // streams
    second, third, fourth = g.strides[q][1:]
    q = g.view(q, (length, heads, part, streams), (second, third, fourth // streams))
    second, third, _ = g.strides[weights][1:]
    steps = (second, third // streams, third // streams)
    weights = g.view(weights, (heads, part, 1, streams), steps)
    cells = g.shapes[keys][2]
    scores = g.computed(
        Op.LIGHTNING_INDEXER, F32, (cells, part, 1, streams), q, keys, weights, of.mask
    )
    return g.cont(g.top_k(scores, min(cells, shape.indexer_top_k)))


def _compress(g: ModelGraph, of: _Compressor, x: int, layer: Layer, name: str, side: str) -> None:
    """Make new rows of a micro-batch's tokens; what is left over goes into the state."""
    il = layer.index
    kv = g.product(g.weight(f"{name}_kv", il), x)
    score = g.product(g.weight(f"{name}_gate", il), x)
    places = g.needed(g.weight(f"{name}_ape", il))
    score = g.add(score, g.get_rows(places, of.position))
    states = [_state(g, of, layer, side, which) for which in ("kv", "score")]
    count = of.overlap * of.ratio * g.batch.streams
    values, scores = (
        _gathered(g, of, g.concat(_first_rows(g, state, count), new, 1))
        for state, new in zip(states, (kv, score), strict=True)
    )
    rows = g.sum_rows(g.mul(values, g.soft_max(scores)))
    rows = g.cont(g.permute(rows, 1, 0, 2, 3))
    rows = g.normed(rows, g.weight(f"{name}_norm", il), layer=il)
    rows = g.rope(rows, of.row_positions)
    rows = g.rotated(rows, of.rotation)
    g.store_keys(layer, rows, of.rows, side, g.batch.compressed_cells(of.ratio))
    if of.snapshot is not None:
        _store(g, of, layer, side, [
            g.get_rows(g.concat(state, new, 1), of.snapshot[0])
            for state, new in zip(states, (kv, score), strict=True)
        ], of.snapshot[1])  # fmt: skip
    kept = [g.get_rows(new, of.persist[0]) for new in (kv, score)]
    _store(g, of, layer, side, kept, of.persist[1])


def _first_rows(g: ModelGraph, state: int, count: int) -> int:
    return g.view(state, (g.shapes[state][0], count), g.strides[state][1:2])


def _store(
    g: ModelGraph, of: _Compressor, layer: Layer, side: str, parts: list[int], rows: int
) -> None:
    placed = [
        g.set_rows(_whole_state(g, of, layer, side, which), part, rows)
        for which, part in zip(("kv", "score"), parts, strict=True)
    ]
    g.expand(*placed)


def _state(g: ModelGraph, of: _Compressor, layer: Layer, side: str, which: str) -> int:
    """The state, put back to where it was before drafted tokens if need be."""
    whole = _whole_state(g, of, layer, side, which)
    if of.restore is None:
        return whole
    rows = g.get_rows(whole, of.restore[0])
    return g.set_rows(_whole_state(g, of, layer, side, which), rows, of.restore[1])


def _whole_state(g: ModelGraph, of: _Compressor, layer: Layer, side: str, which: str) -> int:
    planes = g.batch.streams * g.batch.states_written
    width, each = of.overlap * of.length, of.overlap * of.ratio
    memory = g.compressor_state(f"{side}.{which}", layer, width, each, planes)
    return g.view(memory, (width, each * planes), (g.strides[memory][1],))


def _gathered(g: ModelGraph, of: _Compressor, whole: int) -> int:
    """The tokens of each new row side by side."""
    ratio, length = of.ratio, of.length
    count = g.shapes[of.row_positions][0]
    if of.overlap == 1:
        rows = g.reshape(g.get_rows(whole, of.read), length, ratio, count)
        return g.cont(g.permute(rows, 1, 0, 2, 3))
    width = g.shapes[whole][0]
    last = g.reshape(g.scale(g.view(whole, (width,))), width, 1)
    rows = g.get_rows(g.concat(whole, last, 1), of.read)
    stride = g.strides[rows][1]
    before = g.cont(g.view(rows, (length, ratio * count), (stride,)))
    before = g.reshape(before, length, ratio, count)
    at = ratio * count * stride + g.row_bytes(rows, length)
    own = g.cont(g.view(rows, (length, ratio * count), (stride,), at))
    both = g.concat(before, g.reshape(own, length, ratio, count), 1)
    return g.cont(g.permute(both, 1, 0, 2, 3))
