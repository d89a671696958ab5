"""Decoders that go through the same blocks more than once: Nanbeige and HRM Text.

Source: ``nanbeige.cpp`` and ``hrm-text.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from dataclasses import replace

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Attention,
    Style,
    finish,
    norm_of,
    start,
)
from memplan.engines.llama_cpp.graph.architectures.gated import gated
from memplan.engines.llama_cpp.graph.model_graph import ModelGraph


def nanbeige(g: ModelGraph) -> None:
    """Nanbeige: all layers more than once, with a norm between."""
    style = Style(factors=True)
    stream = start(g, style)
    attention = Attention(g, style, g.positions())
    chosen = g.output_rows()
    each = g.shape.block_count
    between = not g.flag("skip_loop_final_norm")
    for number, layer in enumerate(g.layers):
        g.number_in_cache = number
        last = number == len(g.layers) - 1
        residual = stream
        x = attention(norm_of(g, style, "attn_norm", stream, layer), layer)
        if last:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(g.feed_forward(x, layer.index), residual)
        if between and not last and (number + 1) % each == 0:
            stream = g.normed(stream, g.of_output("output_norm.weight"), layer=layer.index)
    finish(g, style, stream)


def hrm_text(g: ModelGraph) -> None:
    """HRM Text: a low and a high stack of layers by turns; norms have no weights."""
    style = Style(projection=gated)
    high = start(g, style)
    attention = Attention(g, style, g.positions())
    chosen = g.output_rows()
    low = g.needed(g.named("hrm.z_l_init", 0))
    stacks, each = g.number("hrm.l_cycles") + 1, g.number("hrm.layers_per_stack")
    for cycle in range(g.number("hrm.h_cycles")):
        for turn in range(stacks):
            first = (cycle * stacks + turn) * each
            block = 0 if turn < stacks - 1 else each
            result = _stack(g, attention, g.add(high, low), range(first, first + each), block)
            if turn < stacks - 1:
                low = result
            else:
                high = result
    g.expand(g.logits(g.get_rows(high, chosen)))


def _stack(g: ModelGraph, attention: Attention, stream: int, numbers: range, block: int) -> int:
    for number in numbers:
        layer = replace(g.layers[number], index=block + number - numbers.start)
        g.number_in_cache = number
        stream = g.add(attention(g.rms_norm(stream), layer), stream)
        inner = g.feed_forward(g.rms_norm(stream), layer.index)
        stream = g.add(inner, stream)
    return g.rms_norm(stream)
