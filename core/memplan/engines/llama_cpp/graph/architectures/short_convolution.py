"""Short convolutions between attention: LFM2, dense and with experts.

Source: ``lfm2.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Attention,
    Memory,
    QueryNorm,
    Style,
    norm_of,
    start,
    stated_gating,
)
from memplan.engines.llama_cpp.graph.model_graph import Gating, ModelGraph, StateInputs
from memplan.engines.llama_cpp.shape import Layer


def lfm2(g: ModelGraph) -> None:
    """Short convolutions or attention, then a network or experts."""
    style = Style(query_norm=QueryNorm.BEFORE_ROTATION, memory=Memory.AS_STATED)
    stream = start(g, style)
    states = g.state_inputs()
    attention = Attention(g, style, g.positions())
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        x = _convolution(g, states, x, layer) if layer.recurrent else attention(x, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(residual, x)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(residual, _network(g, x, layer))
    weight = g.of_output("token_embd_norm.weight")
    if weight is None:
        weight = g.of_output("output_norm.weight")
    g.expand(g.logits(g.normed(stream, weight)))


def _network(g: ModelGraph, x: int, layer: Layer) -> int:
    if layer.index < g.shape.leading_dense_block_count or g.shape.expert_count == 0:
        return g.feed_forward(x, layer.index)
    return g.experts(
        x, layer.index, gating=stated_gating(g, Gating.SIGMOID), choice_bias=True,
        scaled=g.real("expert_weights_scale") not in (0.0, 1.0),
    )  # fmt: skip


def _convolution(g: ModelGraph, inputs: StateInputs, x: int, layer: Layer) -> int:
    il, sequences = layer.index, g.batch.sequences
    width, rows = g.shapes[x][:2]
    kept = g.shape.shortconv_cache_length - 1
    tokens = rows // sequences
    x = g.reshape(x, width, tokens, sequences)
    parts = g.product(g.weight("shortconv.in_proj", il), x)
    size = g.shapes[parts][0] // 3
    strides, step = g.strides[parts][1:3], size * g.strides[parts][0]
    inward, outward, x = (
        g.view(parts, (size, tokens, sequences), strides, number * step) for number in range(3)
    )
    mixed = g.transpose(g.mul(inward, x))
    memory = g.state_memory("r", layer, kept * width)
    before = g.states_of(inputs, memory, kept * width)
    before = g.reshape(before, kept, width, sequences)
    window = _window(g, before, mixed)
    _keep(g, memory, window, kept)
    convolved = g.ssm_conv(window, g.needed(g.weight("shortconv.conv", il)))
    out = g.product(g.weight("shortconv.out_proj", il), g.mul(outward, convolved))
    return g.reshape(out, g.shapes[out][0], rows)


def _window(g: ModelGraph, before: int, mixed: int) -> int:
    if _causal(g):
        return g.concat(before, mixed, 0)
    kept, width, sequences, _ = g.shapes[before]
    side = kept // 2
    at = (kept - side) * g.strides[before][0]
    left = g.cont(g.view(before, (side, width, sequences), g.strides[before][1:3], at))
    return g.pad(g.concat(left, mixed, 0), side)


def _causal(g: ModelGraph) -> bool:
    return g.flag("attention.causal", default=True)


def _keep(g: ModelGraph, memory: int, window: int, kept: int) -> None:
    """The last columns go back into the memory, once for each state to go back to."""
    length, width, sequences, _ = g.shapes[window]
    row = g.row_bytes(memory, kept * width)
    written = min(length, g.batch.states_written) if _causal(g) else 1
    for slot in range(written):
        at = (length - kept - slot) * g.strides[window][0]
        last = g.view(window, (kept, width, sequences), g.strides[window][1:3], at)
        place = g.view(
            memory, (kept * width, sequences), (g.strides[memory][1],), slot * g.batch.states * row
        )
        g.expand(g.copy(last, place))
