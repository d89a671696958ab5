"""Next-token layers: a layer that reads the trunk's last state with the next token's embedding.

Source: ``graph_mtp`` in ``glm4-moe.cpp``, ``deepseek2.cpp``, ``deepseek32.cpp``, ``glm-dsa.cpp``,
``qwen35.cpp``, ``qwen35moe.cpp``, ``qwen3next.cpp``, ``hy-v3.cpp``, ``step35.cpp``, ``mimo2.cpp``,
``bailingmoe3.cpp`` and ``cohere2moe.cpp`` of llama.cpp b11434: the first such layer in a context
of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from memplan.engines.llama_cpp.graph.architectures import (
    delta_net,
    gated,
    parallel,
    peculiar,
    plain,
)
from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Attention,
    Experts,
    Style,
    always,
    axes_of,
    network,
    norm_of,
)
from memplan.engines.llama_cpp.graph.architectures.kimi_delta import (
    gated_by_head,
    latent_attention_of_rows,
)
from memplan.engines.llama_cpp.graph.architectures.latent import LATENT
from memplan.engines.llama_cpp.graph.backends.layouts import F32, I32
from memplan.engines.llama_cpp.graph.model_graph import INPUT_LAYER, ModelGraph
from memplan.engines.llama_cpp.shape import Layer

_STATED: Final = Experts(gating=None, normalised=None, choice_bias=True)

_MIMO: Final = replace(
    peculiar.STYLES["mimo2"], network=lambda g, _style, x, layer: g.feed_forward(x, layer.index)
)


def _first(g: ModelGraph) -> Layer:
    return g.shape.layers[g.shape.trunk_count]


def _entry(g: ModelGraph, layer: Layer, *, centred: bool = False) -> int:
    """The trunk's state beside the embedding of the next token, projected to one row."""
    il, tokens = layer.index, g.batch.tokens
    table = g.weight("nextn.embed_tokens", il)
    if table is None:
        table = g.named("token_embd.weight", INPUT_LAYER)
    embedded = g.get_rows(g.needed(table), g.input(I32, tokens))
    state = g.input(F32, g.width, tokens)
    state = g.normed(state, g.weight("nextn.hnorm", il), layer=il, centred=centred)
    embedded = g.normed(embedded, g.weight("nextn.enorm", il), layer=il, centred=centred)
    joined = g.concat(embedded, state, 0)
    return g.product(g.weight("nextn.eh_proj", il), joined, g.scale_of("nextn.eh_proj", il))


def _last_norm(g: ModelGraph, layer: Layer) -> int | None:
    for name in ("nextn.shared_head_norm", "layer_output_norm"):
        norm = g.weight(name, layer.index)
        if norm is not None:
            return norm
    return g.of_output("output_norm.weight")


def _exit(g: ModelGraph, layer: Layer, stream: int, chosen: int, *, rows_first: bool) -> None:
    norm = _last_norm(g, layer)
    if rows_first:
        _head(g, layer, g.normed(g.get_rows(stream, chosen), norm))
    else:
        _head(g, layer, g.get_rows(g.normed(stream, norm), chosen))


def _projected(g: ModelGraph, layer: Layer, stream: int) -> int:
    head = g.weight("nextn.shared_head_head", layer.index)
    return g.logits(stream, bias=False) if head is None else g.product(head, stream)


def _head(g: ModelGraph, layer: Layer, stream: int) -> None:
    g.expand(_projected(g, layer, stream))


def _dense(g: ModelGraph, style: Style, *, rows_first: bool) -> None:
    layer = _first(g)
    positions, chosen = g.positions(axes_of(g, style)), g.output_rows()
    attention = Attention(g, style, positions)
    residual = _entry(g, layer)
    x = attention(norm_of(g, style, "attn_norm", residual, layer), layer)
    between = g.add(x, residual)
    x = norm_of(g, style, style.second_norm, between, layer)
    inner = (style.network or network)(g, style, x, layer)
    _exit(g, layer, g.add(inner, between), chosen, rows_first=rows_first)


def _latent(g: ModelGraph) -> None:
    style, layer = LATENT, _first(g)
    positions, chosen = g.positions(), g.output_rows()
    cache = g.cache_inputs(with_value=False, rotated=False)
    residual = _entry(g, layer)
    x = norm_of(g, style, "attn_norm", residual, layer)
    x = latent_attention_of_rows(g, cache, x, layer, positions)
    between = g.add(g.linear("attn_output", x, layer.index), residual)
    x = norm_of(g, style, "ffn_norm", between, layer)
    _exit(g, layer, g.add(network(g, style, x, layer), between), chosen, rows_first=False)


def _gated(g: ModelGraph, axes: int, *, rows_early: bool = False) -> None:
    style, layer = Style(axes=axes), _first(g)
    positions, chosen = g.positions(axes_of(g, style)), g.output_rows()
    cache = g.cache_inputs()
    residual = _entry(g, layer)
    x = norm_of(g, style, "attn_norm", residual, layer)
    x = delta_net.gated_attention(g, cache, positions, x, layer)
    if rows_early:
        x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
    between = g.add(x, residual)
    x = norm_of(g, style, "post_attention_norm", between, layer)
    stream = g.add(delta_net.network(g, x, layer.index), between)
    if rows_early:
        _head(g, layer, g.normed(stream, _last_norm(g, layer)))
    else:
        _exit(g, layer, stream, chosen, rows_first=False)


def _bailingmoe3(g: ModelGraph) -> None:
    style, layer = Style(experts=_STATED, axes=0), _first(g)
    positions, chosen = g.positions(axes_of(g, style)), g.output_rows()
    cache = g.cache_inputs(with_value=False, rotated=False)
    residual = _entry(g, layer)
    x = norm_of(g, style, "attn_norm", residual, layer)
    between = g.add(gated_by_head(g, cache, x, layer, positions), residual)
    x = norm_of(g, style, "ffn_norm", between, layer)
    _exit(g, layer, g.add(network(g, style, x, layer), between), chosen, rows_first=False)


def _cohere2moe(g: ModelGraph) -> None:
    style = replace(parallel.cohere2moe_style(g), rotated=always)
    layer = _first(g)
    positions, chosen = g.positions(), g.output_rows()
    attention = Attention(g, style, positions)
    stream = _entry(g, layer, centred=style.centred)
    normed = norm_of(g, style, "attn_norm", stream, layer)
    attended = attention(normed, layer)
    inner = parallel.cohere_network(g, style, normed, layer)
    stream = g.add(g.add(inner, stream), attended)
    stream = g.normed(stream, _last_norm(g, layer), centred=style.centred)
    stream = _projected(g, layer, g.get_rows(stream, chosen))
    g.expand(g.scale(stream) if style.scaled_logits else stream)


BUILDERS: Final[Mapping[str, Callable[[ModelGraph], None]]] = {
    "deepseek2": _latent,
    "deepseek32": _latent,
    "glm-dsa": _latent,
    "glm4moe": lambda g: _dense(g, plain.STYLES["glm4moe"], rows_first=False),
    "hy_v3": lambda g: _dense(g, plain.STYLES["hy_v3"], rows_first=False),
    "step35": lambda g: _dense(g, gated.STYLES["step35"], rows_first=True),
    "mimo2": lambda g: _dense(g, _MIMO, rows_first=True),
    "qwen35": lambda g: _gated(g, axes=4),
    "qwen35moe": lambda g: _gated(g, axes=4),
    "qwen3next": lambda g: _gated(g, axes=1, rows_early=True),
    "bailingmoe3": _bailingmoe3,
    "cohere2moe": _cohere2moe,
}
"""What builds the next-token context of an architecture."""
