"""Decoders in which attention and the network work side by side on one input.

Source: ``falcon.cpp``, ``gptneox.cpp``, ``phi2.cpp``, ``command-r.cpp``, ``cohere2.cpp``,
``cohere2moe.cpp``, ``plamo.cpp``, ``stablelm.cpp``, ``mpt.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Attention,
    Experts,
    Memory,
    QueryNorm,
    Rows,
    Style,
    axes_of,
    experts,
    finish,
    norm_of,
    start,
)
from memplan.engines.llama_cpp.graph.model_graph import Activation, Gating, ModelGraph
from memplan.engines.llama_cpp.shape import Layer


def falcon(g: ModelGraph) -> None:
    """Two norms where the file has two; the network reads the first."""
    style = Style(centred=True, activation=Activation.GELU)
    stream, attention, chosen = _begin(g, style)
    for layer in g.layers:
        normed = norm_of(g, style, "attn_norm", stream, layer)
        second = g.weight("attn_norm_2", layer.index) is not None
        x = norm_of(g, style, "attn_norm_2", stream, layer) if second else normed
        x = attention(x, layer)
        if layer is g.layers[-1]:
            x, stream = g.get_rows(x, chosen), g.get_rows(stream, chosen)
            normed = g.get_rows(normed, chosen)
        inner = g.feed_forward(normed, layer.index, activation=style.activation)
        stream = g.add(g.add(inner, x), stream)
    finish(g, style, stream)


def gptneox(g: ModelGraph) -> None:
    """Side by side or one after the other, as the file says."""
    style = Style(centred=True, activation=Activation.GELU)
    stream, attention, chosen = _begin(g, style)
    side_by_side = bool(g.number("use_parallel_residual", 1))
    for layer in g.layers:
        x = attention(norm_of(g, style, "attn_norm", stream, layer), layer)
        if layer is g.layers[-1]:
            x, stream = g.get_rows(x, chosen), g.get_rows(stream, chosen)
        if not side_by_side:
            stream = g.add(x, stream)
        inner = norm_of(g, style, "ffn_norm", stream, layer)
        inner = g.feed_forward(inner, layer.index, activation=style.activation)
        stream = g.add(inner, stream)
        if side_by_side:
            stream = g.add(stream, x)
    finish(g, style, stream)


def phi2(g: ModelGraph) -> None:
    """One norm for both; queries are scaled."""
    style = Style(centred=True, activation=Activation.GELU, scaled_queries=True)
    stream, attention, chosen = _begin(g, style)
    for layer in g.layers:
        normed = norm_of(g, style, "attn_norm", stream, layer)
        x = attention(normed, layer)
        if layer is g.layers[-1]:
            x, stream = g.get_rows(x, chosen), g.get_rows(stream, chosen)
            normed = g.get_rows(normed, chosen)
        inner = g.feed_forward(normed, layer.index, activation=style.activation)
        stream = g.add(g.add(x, inner), stream)
    finish(g, style, stream)


def _cohere(g: ModelGraph, style: Style) -> None:
    stream, attention, chosen = _begin(g, style)
    for layer in g.layers:
        normed = norm_of(g, style, "attn_norm", stream, layer)
        x = attention(normed, layer)
        if layer is g.layers[-1] and style.rows is Rows.IN_LAST_LAYER:
            x, stream = g.get_rows(x, chosen), g.get_rows(stream, chosen)
            normed = g.get_rows(normed, chosen)
        inner = cohere_network(g, style, normed, layer)
        stream = g.add(g.add(inner, stream), x)
    finish(g, style, stream, chosen)


def cohere_network(g: ModelGraph, style: Style, x: int, layer: Layer) -> int:
    """The network beside attention: dense, or experts with a shared one."""
    il = layer.index
    if g.weight("ffn_gate_inp", il) is None:
        return g.feed_forward(x, il, activation=style.activation)
    result = experts(g, style, x, il)
    shared = g.weight("ffn_up_shexp", il) is not None
    return g.scale(result) if shared else result


def command_r(g: ModelGraph) -> None:
    """Command R."""
    scaled = bool(g.real("logit_scale"))
    _cohere(g, Style(centred=True, query_norm=QueryNorm.BEFORE_ROTATION, scaled_logits=scaled))


def cohere2(g: ModelGraph) -> None:
    """Command R with windows; only their layers are rotated."""
    scaled = bool(g.real("logit_scale"))
    _cohere(
        g,
        Style(
            centred=True, factors=True, memory=Memory.WINDOWS, scaled_logits=scaled,
            rotated=lambda _g, layer: layer.windowed,
        ),
    )  # fmt: skip


def cohere2moe(g: ModelGraph) -> None:
    """The same with experts."""
    _cohere(g, cohere2moe_style(g))


def cohere2moe_style(g: ModelGraph) -> Style:
    """The style of Command R with windows and experts."""
    dense = g.number("leading_dense_block_count")
    rms = g.real("attention.layer_norm_rms_epsilon") != 0.0
    return Style(
        rows=Rows.AFTER_NORM, centred=not rms, factors=True, memory=Memory.WINDOWS,
        scaled_logits=bool(g.real("logit_scale")),
        rotated=lambda _g, layer: layer.windowed or layer.index < dense,
        experts=Experts(gating=None, default_gating=Gating.SIGMOID, normalised=None),
    )  # fmt: skip


def plamo(g: ModelGraph) -> None:
    """One norm for both."""
    style = Style()
    stream, attention, chosen = _begin(g, style)
    for layer in g.layers:
        normed = norm_of(g, style, "attn_norm", stream, layer)
        x = attention(normed, layer)
        if layer is g.layers[-1]:
            x, normed = g.get_rows(x, chosen), g.get_rows(normed, chosen)
            stream = g.get_rows(stream, chosen)
        inner = g.feed_forward(normed, layer.index)
        stream = g.add(g.add(inner, x), stream)
    finish(g, style, stream)


def stablelm(g: ModelGraph) -> None:
    """Side by side where the file has no norm for the network."""
    style = Style(centred=True, query_norm=QueryNorm.BEFORE_ROTATION)
    stream, attention, chosen = _begin(g, style)
    for layer in g.layers:
        normed = norm_of(g, style, "attn_norm", stream, layer)
        x = attention(normed, layer)
        if layer is g.layers[-1]:
            x, stream = g.get_rows(x, chosen), g.get_rows(stream, chosen)
            normed = g.get_rows(normed, chosen)
        stream = g.add(x, stream)
        own = g.weight("ffn_norm", layer.index) is not None
        inner = norm_of(g, style, "ffn_norm", stream, layer) if own else normed
        stream = g.add(g.feed_forward(inner, layer.index), stream)
    finish(g, style, stream)


def arctic(g: ModelGraph) -> None:
    """A dense network, and experts that read the layer's own input."""
    style = Style()
    stream, attention, chosen = _begin(g, style)
    for layer in g.layers:
        own = stream
        x = attention(norm_of(g, style, "attn_norm", stream, layer), layer)
        if layer is g.layers[-1]:
            x, own = g.get_rows(x, chosen), g.get_rows(own, chosen)
        between = g.add(x, own)
        inner = norm_of(g, style, "ffn_norm", between, layer)
        dense = g.add(g.feed_forward(inner, layer.index), between)
        routed = norm_of(g, style, "ffn_norm_exps", own, layer)
        stream = g.add(g.experts(routed, layer.index), dense)
    finish(g, style, stream)


def _begin(g: ModelGraph, style: Style) -> tuple[int, Attention, int]:
    stream = start(g, style)
    positions = g.positions(axes_of(g, style))
    return stream, Attention(g, style, positions), g.output_rows()
