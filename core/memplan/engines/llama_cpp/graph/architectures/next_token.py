"""Next-token layers: a layer that reads the trunk's last state with the next token's embedding.

Source: ``graph_mtp`` in ``glm4-moe.cpp``, ``deepseek2.cpp``, ``deepseek32.cpp``, ``glm-dsa.cpp``,
``qwen35.cpp``, ``qwen35moe.cpp``, ``qwen3next.cpp``, ``hy-v3.cpp``, ``step35.cpp``, ``mimo2.cpp``
of llama.cpp b11434: the first such layer in a context of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from memplan.engines.llama_cpp.graph.architectures import delta_net, gated, peculiar, plain
from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Attention,
    Style,
    axes_of,
    network,
    norm_of,
)
from memplan.engines.llama_cpp.graph.architectures.kimi_delta import latent_attention_of_rows
from memplan.engines.llama_cpp.graph.architectures.latent import LATENT
from memplan.engines.llama_cpp.graph.backends.layouts import F32, I32
from memplan.engines.llama_cpp.graph.model_graph import INPUT_LAYER, ModelGraph
from memplan.engines.llama_cpp.shape import Layer


def _first(g: ModelGraph) -> Layer:
    return g.shape.layers[g.shape.trunk_count]


def _entry(g: ModelGraph, layer: Layer) -> int:
    """The trunk's state beside the embedding of the next token, projected to one row."""
    il, tokens = layer.index, g.batch.tokens
    table = g.weight("nextn.embed_tokens", il)
    if table is None:
        table = g.named("token_embd.weight", INPUT_LAYER)
    embedded = g.get_rows(g.needed(table), g.input(I32, tokens))
    state = g.input(F32, g.width, tokens)
    state = g.normed(state, g.weight("nextn.hnorm", il), layer=il)
    embedded = g.normed(embedded, g.weight("nextn.enorm", il), layer=il)
    joined = g.concat(embedded, state, 0)
    return g.product(g.weight("nextn.eh_proj", il), joined, g.scale_of("nextn.eh_proj", il))


def _exit(g: ModelGraph, layer: Layer, stream: int, chosen: int, *, rows_first: bool) -> None:
    il = layer.index
    norm = g.weight("nextn.shared_head_norm", il)
    if norm is None:
        norm = g.of_output("output_norm.weight")
    if rows_first:
        stream = g.normed(g.get_rows(stream, chosen), norm)
    else:
        stream = g.get_rows(g.normed(stream, norm), chosen)
    head = g.weight("nextn.shared_head_head", il)
    g.expand(g.logits(stream, bias=False) if head is None else g.product(head, stream))


def _dense(g: ModelGraph, style: Style, *, rows_first: bool) -> None:
    layer = _first(g)
    positions, chosen = g.positions(axes_of(g, style)), g.output_rows()
    attention = Attention(g, style, positions)
    residual = _entry(g, layer)
    x = attention(norm_of(g, style, "attn_norm", residual, layer), layer)
    between = g.add(x, residual)
    x = norm_of(g, style, style.second_norm, between, layer)
    _exit(g, layer, g.add(network(g, style, x, layer), between), chosen, rows_first=rows_first)


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


def _gated(g: ModelGraph, axes: int) -> None:
    style, layer = Style(axes=axes), _first(g)
    positions, chosen = g.positions(axes_of(g, style)), g.output_rows()
    cache = g.cache_inputs()
    residual = _entry(g, layer)
    x = norm_of(g, style, "attn_norm", residual, layer)
    x = delta_net.gated_attention(g, cache, positions, x, layer)
    between = g.add(x, residual)
    x = norm_of(g, style, "post_attention_norm", between, layer)
    _exit(g, layer, g.add(delta_net.network(g, x, layer.index), between), chosen, rows_first=False)


BUILDERS: Final[Mapping[str, Callable[[ModelGraph], None]]] = {
    "deepseek2": _latent,
    "deepseek32": _latent,
    "glm-dsa": _latent,
    "glm4moe": lambda g: _dense(g, plain.STYLES["glm4moe"], rows_first=False),
    "hy_v3": lambda g: _dense(g, plain.STYLES["hy_v3"], rows_first=False),
    "step35": lambda g: _dense(g, gated.STYLES["step35"], rows_first=True),
    "mimo2": lambda g: _dense(g, peculiar.STYLES["mimo2"], rows_first=True),
    "qwen35": lambda g: _gated(g, axes=4),
    "qwen35moe": lambda g: _gated(g, axes=4),
    "qwen3next": lambda g: _gated(g, axes=1),
}
"""What builds the next-token context of an architecture."""
