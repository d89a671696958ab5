"""Architectures that are a decoder of some style, without more.

Source: ``src/models/*.cpp`` of llama.cpp b11434, under the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Experts,
    Memory,
    QueryNorm,
    Rows,
    Style,
    experts,
    never,
)
from memplan.engines.llama_cpp.graph.model_graph import Activation, Gating, ModelGraph
from memplan.engines.llama_cpp.shape import Layer


def _every_fourth_not(g: ModelGraph, layer: Layer) -> bool:
    return (layer.index + 1) % max(g.number("no_rope_layer_step", 4), 1) != 0


def _baichuan_7b(g: ModelGraph, _layer: Layer) -> bool:
    return g.shape.block_count == 32


def _five_of_six(g: ModelGraph, layer: Layer) -> bool:
    return (layer.index + 1) % max(g.number("attention.sliding_window_pattern", 6), 1) != 0


def _windowed_or_none(g: ModelGraph, layer: Layer) -> bool:
    return layer.windowed or not g.shape.has_window


_HEAD = QueryNorm.BEFORE_ROTATION


def granite(g: ModelGraph) -> Style:
    """Granite: scaled where the file says so."""
    embedding, residual = g.real("embedding_scale"), g.real("residual_scale")
    return replace(_GRANITE, scaled_embedding=embedding != 0.0, scaled_residual=residual != 0.0)


def _dense_beside_experts(g: ModelGraph, style: Style, x: int, layer: Layer) -> int:
    il = layer.index
    result = experts(g, style, x, il)
    if g.weight("ffn_up", il) is not None:
        result = g.scale(g.add(g.feed_forward(x, il, activation=style.activation), result))
    norm = g.weight("layer_output_norm", il)
    return g.normed(result, g.weight("post_ffw_norm", il) if norm is None else norm, layer=il)


_STATED = Experts(gating=None, normalised=None, choice_bias=True)
_SIGMOID = Experts(gating=None, default_gating=Gating.SIGMOID, normalised=None, choice_bias=True)
_LLAMA = Style(factors=True)
_PHI3 = Style(
    factors=True, scaled_queries=True, activation=Activation.SWIGLU_OF_HALVES,
    memory=Memory.AS_STATED, experts=Experts(activation=Activation.SILU),
    network_residual_first=True,
)  # fmt: skip
_CENTRED_GELU = Style(centred=True, activation=Activation.GELU)
_GRANITE = Style(factors=True, scaled_embedding=True, scaled_residual=True, scaled_logits=True)
_GEMMA3 = Style(
    scaled_rows=True, scaled_queries=True, query_norm=_HEAD, activation=Activation.GELU,
    memory=Memory.AS_STATED, after_attention="post_attention_norm",
    after_network="post_ffw_norm", pins_last_norm=False, capped_logits=True,
)  # fmt: skip
_HUNYUAN = Style(factors=True, query_norm=QueryNorm.AFTER_ROTATION)

STYLES: Final[Mapping[str, Style]] = {
    "llama": _LLAMA,
    "llama-embed": Style(factors=True, memory=Memory.NONE, vocabulary=False),
    "qwen": Style(),
    "qwen2": Style(),
    "qwen2moe": Style(experts=Experts(normalised=False, shared_gate=True)),
    "qwen2vl": Style(axes=4),
    "qwen3": Style(query_norm=_HEAD),
    "qwen3moe": Style(query_norm=_HEAD),
    "baichuan": Style(rotated=_baichuan_7b),
    "grok": Style(
        scaled_embedding=True, after_attention="attn_output_norm",
        activation=Activation.GELU, scaled_logits=True, capped_logits=True,
        network=_dense_beside_experts,
    ),
    "gpt2": Style(
        centred=True, activation=Activation.GELU, position_table=True, rotated=never
    ),
    "starcoder": Style(
        centred=True, activation=Activation.GELU, position_table=True, rotated=never
    ),
    "refact": Style(rotated=never),
    "gemma": Style(scaled_embedding=True, scaled_queries=True, activation=Activation.GELU),
    "gemma2": Style(
        scaled_embedding=True, scaled_queries=True, activation=Activation.GELU,
        memory=Memory.WINDOWS, after_attention="post_attention_norm",
        after_network="post_ffw_norm", pins_last_norm=False, soft_cap=True, capped_logits=True,
    ),
    "gemma3": _GEMMA3,
    "gemma-embedding": replace(
        _GEMMA3, memory=Memory.NONE, vocabulary=False, window_masked=_five_of_six
    ),
    "gpt-oss": Style(
        rows=Rows.BEFORE_NORM,
        memory=Memory.WINDOWS, sinks=True, second_norm="post_attention_norm",
        activation=Activation.OAI,
        experts=Experts(gating=Gating.SOFTMAX_OF_CHOSEN, normalised=False),
    ),
    "olmo2": Style(
        memory=Memory.AS_STATED, query_norm=QueryNorm.WHOLE_ROW, first_norm="", second_norm="",
        after_attention="post_attention_norm", after_network="post_ffw_norm",
        pins_last_norm=False,
    ),
    "plamo3": Style(
        memory=Memory.AS_STATED, query_norm=_HEAD, after_attention="post_attention_norm",
        after_network="post_ffw_norm", activation=Activation.SWIGLU_OF_HALVES,
    ),
    "bloom": Style(
        centred=True, activation=Activation.GELU, rotated=never, embedding_norm=True
    ),
    "phi3": _PHI3,
    "phimoe": _PHI3,
    "codeshell": _CENTRED_GELU,
    "orion": Style(centred=True),
    "internlm2": Style(),
    "minicpm": _GRANITE,
    "starcoder2": _CENTRED_GELU,
    "xverse": Style(),
    "olmo": Style(centred=True, clamped=True),
    "olmoe": Style(query_norm=QueryNorm.WHOLE_ROW, experts=Experts(normalised=False)),
    "dbrx": Style(centred=True, clamped=True, second_norm="attn_output_norm"),
    "chatglm": Style(activation=Activation.SWIGLU_OF_HALVES),
    "glm4": Style(
        axes=0, activation=Activation.SWIGLU_OF_HALVES, after_attention="post_attention_norm",
        after_network="post_ffw_norm",
    ),
    "glm4moe": Style(
        axes=0, query_norm=_HEAD, second_norm="post_attention_norm", experts=_SIGMOID
    ),
    "jais": Style(centred=True, rotated=never),
    "jais2": Style(centred=True, activation=Activation.RELU_SQUARED),
    "nemotron": Style(centred=True, activation=Activation.RELU_SQUARED),
    "exaone": Style(factors=True),
    "exaone4": Style(
        factors=True, query_norm=_HEAD, rotated=_windowed_or_none, memory=Memory.AS_STATED,
        first_norm="", second_norm="", after_attention="post_attention_norm",
        after_network="post_ffw_norm", pins_last_norm=False,
    ),
    "deepseek": Style(factors=True, experts=Experts(normalised=False)),
    "bailingmoe": Style(factors=True, experts=Experts(normalised=None)),
    "bailingmoe2": Style(query_norm=_HEAD, experts=_STATED),
    "dots1": Style(query_norm=_HEAD, experts=_STATED),
    "arcee": Style(factors=True, activation=Activation.RELU_SQUARED),
    "ernie4_5": Style(),
    "ernie4_5-moe": Style(experts=Experts(choice_bias=True)),
    "paddleocr": Style(axes=4),
    "hunyuan-moe": _HUNYUAN,
    "hunyuan-dense": _HUNYUAN,
    "hunyuan_vl": Style(factors=True, query_norm=QueryNorm.AFTER_ROTATION, axes=0),
    "smollm3": Style(rotated=_every_fourth_not),
    "seed_oss": Style(second_norm="post_attention_norm"),
    "pangu-embedded": Style(),
    "mistral3": Style(factors=True, temperature=True),
    "maincoder": Style(query_norm=QueryNorm.AFTER_ROTATION),
    "minimax-m2": Style(
        query_norm=QueryNorm.WHOLE_ROW, experts=Experts(gating=None, choice_bias=True)
    ),
    "dream": Style(memory=Memory.NONE),
    "llada": Style(memory=Memory.NONE),
    "llada-moe": Style(
        memory=Memory.NONE, query_norm=_HEAD, experts=Experts(normalised=False)
    ),
    "hy_v3": Style(
        factors=True, query_norm=_HEAD, rows=Rows.AFTER_NORM, experts=_STATED
    ),
    "maple": Style(
        query_norm=_HEAD, rotated=lambda _g, layer: layer.windowed, memory=Memory.WINDOWS
    ),
    "mellum": Style(query_norm=_HEAD, memory=Memory.AS_STATED),
    "pockettts": _CENTRED_GELU,
    "rnd1": Style(memory=Memory.NONE, query_norm=_HEAD),
}  # fmt: skip
"""Which style each architecture is."""
