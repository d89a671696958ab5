"""Llama, and what is built exactly like it."""

from __future__ import annotations

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.blocks.attention import (
    attend,
    attend_without_cache,
    attention_inputs,
    no_cache_inputs,
    queries_keys_values,
    rope_factors,
    select_outputs,
)
from memplan.engines.llama_cpp.graph.blocks.experts import Experts, experts
from memplan.engines.llama_cpp.graph.blocks.feed_forward import feed_forward
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import Tensor


def llama(b: Building) -> None:
    """Llama 1 to 3 and Mixtral."""
    _build(b, embeds=False)


def llama_embed(b: Building) -> None:
    """Llama as an encoder: no cache, no logits."""
    _build(b, embeds=True)


def _build(b: Building, *, embeds: bool) -> None:
    x = b.token_embeddings()
    positions = b.positions()
    inputs = no_cache_inputs(b) if embeds else attention_inputs(b)
    out_ids = b.output_ids()
    last = b.shape.trunk_count - 1
    for index in b.trunk():
        residual = x
        x = b.norm(x, index, "attn_norm")
        q, k, v = queries_keys_values(b, x, index)
        q, k = (
            op.rope(t, positions, rope_factors(b, index), b.shape.rope_length, op.NORMAL_ROPE)
            for t in (q, k)
        )
        if embeds:
            x = attend_without_cache(b, inputs.full.mask, index, q, k, v)
        else:
            x = attend(b, inputs, index, q, k, v)
        if index == last:
            x, residual = select_outputs(out_ids, x, residual)
        x = op.add(x, residual)
        x = op.add(_network(b, x, index), x)
    x = b.output_norm(x)
    if embeds:
        b.expand(x)
    else:
        b.logits(x)


def _network(b: Building, x: Tensor, index: int) -> Tensor:
    normed = b.norm(x, index, "ffn_norm")
    if not b.has_of_layer(index, "ffn_gate_inp"):
        return feed_forward(b, normed, index)
    shape = b.shape
    scale = b.number("expert_weights_scale")
    how = Experts(shape.expert_used_count, shape.expert_count, scaled=scale not in (0.0, 1.0))
    return experts(b, normed, index, how)
