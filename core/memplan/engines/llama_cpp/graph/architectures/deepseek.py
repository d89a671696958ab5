"""DeepSeek 2 and 3, and what is built like them: latent attention and shared experts."""

from __future__ import annotations

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.blocks.attention import (
    AttentionInputs,
    attend,
    attention_inputs,
    queries_keys_values,
    select_outputs,
)
from memplan.engines.llama_cpp.graph.blocks.experts import (
    Experts,
    Gating,
    experts,
    stated_gating,
)
from memplan.engines.llama_cpp.graph.blocks.feed_forward import feed_forward
from memplan.engines.llama_cpp.graph.blocks.latent import latent_attention
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import Tensor

SHARED = ("ffn_up_shexp", "ffn_gate_shexp", "ffn_down_shexp")
"""The names of the experts that every token uses."""


def deepseek2(b: Building) -> None:
    """DeepSeek 2 and 3, Kimi K2, GLM 4.7 Flash, Mistral 4."""
    _build(b, plain=False)


def deepseek2_ocr(b: Building) -> None:
    """DeepSeek OCR: the same network with plain attention."""
    _build(b, plain=True)


def _build(b: Building, *, plain: bool) -> None:
    x = b.token_embeddings()
    factors = b.attention_factors() if b.number("attention.temperature_scale") else None
    positions = b.positions()
    inputs = attention_inputs(b, with_values=not b.shape.mla, rotated=not b.shape.mla)
    out_ids = b.output_ids()
    for index in b.trunk():
        residual = x
        x = b.norm(x, index, "attn_norm")
        if plain:
            x = _plain_attention(b, inputs, x, index, positions)
        else:
            x = latent_attention(b, inputs, x, index, positions, factors)
        if index == b.shape.trunk_count - 1:
            x, residual = select_outputs(out_ids, x, residual)
        x = op.add(x, residual)
        x = op.add(_network(b, b.norm(x, index, "ffn_norm"), index), x)
    b.graph.expand(op.mul_mat(b.output_weight(), b.output_norm(x)))


def _plain_attention(
    b: Building, inputs: AttentionInputs, x: Tensor, index: int, positions: Tensor
) -> Tensor:
    heads = b.layer(index).head_count
    length = b.width // heads
    q, k, v = queries_keys_values(
        b, x, index, heads=heads, heads_kv=heads, length=length, value_length=length
    )
    q, k = (op.rope(t, positions, None, length, op.NEOX_ROPE) for t in (q, k))
    return attend(b, inputs, index, q, k, v)


def routed(b: Building, index: int) -> Experts:
    """How the file says that experts are chosen."""
    return Experts(
        b.used_experts(index),
        b.shape.expert_count,
        gating=stated_gating(b, Gating.SOFTMAX),
        normalised=bool(b.integer("expert_weights_norm")),
        scaled=b.number("expert_weights_scale") not in (0.0, 1.0),
        groups=b.integer("expert_group_count"),
        groups_used=b.integer("expert_group_used_count"),
        bias_role="exp_probs_b",
    )


def _network(b: Building, x: Tensor, index: int) -> Tensor:
    if index < b.shape.leading_dense_block_count:
        return feed_forward(b, x, index)
    mixed = experts(b, x, index, routed(b, index))
    return op.add(mixed, feed_forward(b, x, index, roles=SHARED))
