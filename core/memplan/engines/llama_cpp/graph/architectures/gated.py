"""Decoders that weigh what attention finds by a gate before its projection.

Source: ``afmoe.cpp``, ``muse-glimmer.cpp``, ``laguna.cpp``, ``step35.cpp`` and ``spark2-5.cpp`` of
llama.cpp b11434.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Experts,
    Memory,
    QueryNorm,
    Rows,
    Style,
)
from memplan.engines.llama_cpp.graph.model_graph import Activation, ModelGraph
from memplan.engines.llama_cpp.shape import Layer

_STATED = Experts(gating=None, normalised=None, choice_bias=True)
_HEAD = QueryNorm.BEFORE_ROTATION


def gated(g: ModelGraph, attended: int, x: int, layer: Layer) -> int:
    """The projection of what a gate lets through, element by element."""
    gate = g.sigmoid(g.product(g.weight("attn_gate", layer.index), x))
    return _out(g, g.mul(attended, gate), layer)


def _out(g: ModelGraph, attended: int, layer: Layer) -> int:
    il = layer.index
    return g.product(g.weight("attn_output", il), attended, g.scale_of("attn_output", il))


def _by_head(g: ModelGraph, attended: int, gate: int, layer: Layer) -> int:
    rows = g.shapes[attended][1]
    whole = g.shapes[attended][0]
    heads = g.reshape(attended, whole // layer.head_count, layer.head_count, rows)
    gate = g.reshape(gate, 1, layer.head_count, rows)
    return g.reshape(g.mul(heads, gate), whole, rows)


def gated_heads(g: ModelGraph, attended: int, x: int, layer: Layer) -> int:
    """The projection of what gates let through, head by head."""
    weight = g.weight("attn_gate", layer.index)
    if weight is not None:
        attended = _by_head(g, attended, g.sigmoid(g.product(weight, x)), layer)
    return _out(g, attended, layer)


def _laguna(g: ModelGraph, attended: int, x: int, layer: Layer) -> int:
    weight = g.needed(g.weight("attn_gate", layer.index))
    gate = g.softplus(g.product(weight, x))
    if g.shapes[weight][1] == layer.head_count:
        return _out(g, _by_head(g, attended, gate, layer), layer)
    return _out(g, g.mul(attended, gate), layer)


def _afmoe(g: ModelGraph, attended: int, x: int, layer: Layer) -> int:
    out = gated(g, attended, x, layer)
    return g.normed(out, g.weight("post_attention_norm", layer.index), layer=layer.index)


def _muse_glimmer(g: ModelGraph, attended: int, x: int, layer: Layer) -> int:
    out = gated(g, attended, x, layer)
    return g.normed(out, g.weight("post_attention_norm", layer.index))


def _muse_glimmer_network(g: ModelGraph, _style: Style, x: int, layer: Layer) -> int:
    out = g.feed_forward(x, layer.index)
    return g.normed(out, g.weight("post_ffw_norm", layer.index))


def _step35_heads(g: ModelGraph, x: int, layer: Layer, positions: int) -> tuple[int, int, int]:
    il = layer.index
    q, k, v = g.qkv(x, layer)
    q_norm, k_norm = g.weight("attn_q_norm", il), g.weight("attn_k_norm", il)
    q = q if q_norm is None else g.normed(q, q_norm, layer=il)
    k = k if k_norm is None else g.normed(k, k_norm, layer=il)
    factors = None if layer.windowed else g.rope_factors(il)
    return g.rope(q, positions, factors), g.rope(k, positions, factors), v


def _but_every_fourth(g: ModelGraph, layer: Layer) -> bool:
    step = g.number("no_rope_layer_step", 4)
    return step > 0 and (layer.index + 1) % step != 0


STYLES: Final[Mapping[str, Style]] = {
    "afmoe": Style(
        scaled_embedding=True, query_norm=_HEAD, rotated=_but_every_fourth, memory=Memory.WINDOWS,
        projection=_afmoe, after_network="post_ffw_norm",
        experts=_STATED,
    ),
    "muse-glimmer": Style(
        query_norm=_HEAD, rotated=lambda _g, layer: layer.windowed, memory=Memory.WINDOWS,
        projection=_muse_glimmer, network=_muse_glimmer_network, scaled_logits=True,
        capped_logits=True, normed_embedding=True,
    ),
    "laguna": Style(
        query_norm=_HEAD, memory=Memory.AS_STATED, projection=_laguna, experts=_STATED
    ),
    "step35": Style(
        heads=_step35_heads, memory=Memory.WINDOWS, projection=gated_heads, experts=_STATED,
        rows=Rows.BEFORE_NORM,
    ),
    "spark2_5": Style(
        memory=Memory.WINDOWS, projection=gated_heads, activation=Activation.GELU
    ),
}  # fmt: skip
"""Which style each architecture is."""
