"""Several residual streams that are mixed before and behind each part.

Source: ``build_hc_pre``, ``build_hc_post`` and ``build_hc_head`` in ``deepseek4.cpp`` of llama.cpp
b11434, fused as its backends do it.
"""

from __future__ import annotations

from dataclasses import dataclass

from memplan.engines.llama_cpp.graph.backends.layouts import F32
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.model_graph import ModelGraph


@dataclass(frozen=True, slots=True)
class Mixed:
    """What a part reads, and how its result goes back into the streams.

    Attributes:
        x: what the part reads.
        streams: the streams before it.
        post: the share of the result in each stream.
        comb: how the streams are mixed with one another.
    """

    x: int
    streams: int
    post: int
    comb: int


def spread(g: ModelGraph, embedded: int) -> int:
    """The embedding in every stream."""
    width, tokens = g.shapes[embedded][:2]
    count = g.shape.hyper_connection_count
    return g.repeat(g.reshape(embedded, width, 1, tokens), width, count, tokens)


def mix(g: ModelGraph, streams: int, part: str, il: int) -> Mixed:
    """Mix the streams for a part, ``attn`` or ``ffn``."""
    width, count, tokens, _ = g.shapes[streams]
    flat = g.rms_norm(g.reshape(streams, width * count, tokens))
    mixes = g.product(g.weight(f"hc_{part}_fn", il), flat)
    scale = g.needed(g.weight(f"hc_{part}_scale", il))
    base = g.needed(g.weight(f"hc_{part}_base", il))

    def share(number: int) -> int:
        rows = g.view(
            mixes, (count, tokens), (g.strides[mixes][1],), number * g.row_bytes(mixes, count)
        )
        factor = g.view(scale, (1,), at=number * g.strides[scale][0])
        offset = g.view(base, (count,), at=number * g.row_bytes(base, count))
        return g.scale(g.sigmoid(g.add(g.mul(rows, factor), offset)))

    pre, post = share(0), share(1)
    comb = g.computed(Op.DSV4_HC_COMB, F32, (count, count, tokens), mixes, scale, base)
    x = g.computed(Op.DSV4_HC_PRE, F32, (width, tokens), streams, pre)
    return Mixed(x, streams, post, comb)


def unmix(g: ModelGraph, mixed: Mixed, result: int) -> int:
    """The streams behind a part."""
    shape = g.shapes[mixed.streams][:3]
    return g.computed(Op.DSV4_HC_POST, F32, shape, result, mixed.streams, mixed.post, mixed.comb)


def merged(g: ModelGraph, streams: int, chosen: int) -> int:
    """One stream of the chosen rows, behind the last layer."""
    width, count, tokens, _ = g.shapes[streams]
    flat = g.get_rows(g.reshape(streams, width * count, tokens), chosen)
    rows = g.shapes[flat][1]
    streams = g.reshape(flat, width, count, rows)
    normed = g.rms_norm(g.reshape(streams, width * count, rows))
    mixes = g.product(g.of_output("output_hc_fn.weight"), normed)
    scaled = g.mul(mixes, g.needed(g.of_output("output_hc_scale.weight")))
    shares = g.scale(g.sigmoid(g.add(scaled, g.needed(g.of_output("output_hc_base.weight")))))
    total = -1
    for number in range(count):
        stream = g.view(
            streams, (width, rows), (g.strides[streams][2],), number * g.strides[streams][1]
        )
        share = g.view(shares, (1, rows), (g.strides[shares][1],), number * g.strides[shares][0])
        part = g.mul(stream, share)
        total = part if total < 0 else g.add(total, part)
    return total


def mean(g: ModelGraph, streams: int, chosen: int) -> int:
    """The mean of all streams of the chosen rows."""
    width, count, tokens, _ = g.shapes[streams]
    flat = g.get_rows(g.reshape(streams, width * count, tokens), chosen)
    rows = g.shapes[flat][1]
    streams = g.reshape(flat, width, count, rows)
    step, row = g.strides[streams][1:3]
    total = g.view(streams, (width, rows), (row,))
    for number in range(1, count):
        total = g.add(total, g.view(streams, (width, rows), (row,), number * step))
    return g.scale(total)
