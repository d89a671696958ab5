"""Gemma: norms before and after each block, windows, bounded logits."""

from __future__ import annotations

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.blocks.attention import (
    attend,
    attention_inputs,
    queries_keys_values,
    select_outputs,
)
from memplan.engines.llama_cpp.graph.blocks.feed_forward import Activation, feed_forward
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import Tensor, Unary


def gemma3(b: Building) -> None:
    """Gemma 3: a window in most layers, norms of queries and keys."""
    x = b.token_embeddings(scaled=True)
    positions = b.positions()
    inputs = attention_inputs(b)
    out_ids = b.output_ids()
    for index in b.trunk():
        residual = x
        x = b.norm(x, index, "attn_norm")
        q, k, v = queries_keys_values(b, x, index)
        rotated = b.shape.rope_length
        q = op.rope(b.norm(q, index, "attn_q_norm"), positions, None, rotated, op.NEOX_ROPE)
        k = op.rope(b.norm(k, index, "attn_k_norm"), positions, None, rotated, op.NEOX_ROPE)
        x = attend(b, inputs, index, op.scale(q), k, v)
        if index == b.shape.trunk_count - 1:
            x, residual = select_outputs(out_ids, x, residual)
        x = op.add(b.norm(x, index, "post_attention_norm"), residual)
        y = feed_forward(b, b.norm(x, index, "ffn_norm"), index, Activation.GELU)
        x = op.add(b.norm(y, index, "post_ffw_norm", named=False), x)
    bounded_logits(b, b.output_norm(x))


def bounded_logits(b: Building, x: Tensor) -> None:
    """The logits, bounded by tanh if the file says so."""
    logits = op.mul_mat(b.output_weight(), x)
    if b.number("final_logit_softcapping"):
        logits = op.scale(op.unary(Unary.TANH, op.scale(logits)))
    b.expand(logits)
