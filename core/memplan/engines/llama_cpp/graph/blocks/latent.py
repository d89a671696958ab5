"""Multi-head latent attention: keys and values through a narrow latent row.

Source: llama.cpp b11434, ``models/deepseek2.cpp``.
"""

from __future__ import annotations

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.blocks.attention import (
    AttentionInputs,
    attend,
    attend_latent,
)
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import Tensor


def latent_queries(b: Building, x: Tensor, index: int) -> Tensor:
    """The queries: through a narrow row of their own, unless the file has one projection."""
    if b.has_of_layer(index, "attn_q"):
        return op.mul_mat(b.of_layer(index, "attn_q"), x)
    q = op.mul_mat(b.of_layer(index, "attn_q_a"), x)
    q = b.norm(q, index, "attn_q_a_norm")
    return op.mul_mat(b.of_layer(index, "attn_q_b"), q)


def latent_attention(
    b: Building,
    inputs: AttentionInputs,
    x: Tensor,
    index: int,
    positions: Tensor,
    factors: Tensor | None = None,
) -> Tensor:
    """Latent attention as DeepSeek 2 has it; ``factors`` scale each token's queries."""
    shape = b.shape
    heads, rotated, rank = b.layer(index).head_count, shape.rope_length, shape.kv_lora_rank
    length = shape.key_length_mla or shape.key_length
    tokens = x.ne[1]
    q = op.reshape(latent_queries(b, x, index), length, heads, tokens)
    row = op.mul_mat(b.of_layer(index, "attn_kv_a_mqa"), x)
    stride = row.type.row_bytes(rank + rotated)
    latent = op.view(row, (rank, tokens), (stride,))
    k_rope = op.view(row, (rotated, 1, tokens), (stride, stride), row.type.row_bytes(rank))
    k_rope = op.rope(k_rope, positions, None, rotated, op.NORMAL_ROPE)
    latent = b.norm(latent, index, "attn_kv_a_norm")
    if not shape.mla:
        return _decompressed(b, inputs, index, q, latent, k_rope, positions, factors)
    plain = length - rotated
    q_plain = op.view(q, (plain, heads, tokens), q.nb[1:3])
    q_rope = op.view(q, (rotated, heads, tokens), q.nb[1:3], q.type.row_bytes(plain))
    q_rope = op.rope(q_rope, positions, None, rotated, op.NORMAL_ROPE)
    absorbed = op.mul_mat(b.of_layer(index, "attn_k_b"), op.permute(q_plain, 0, 2, 1, 3))
    q = op.concat(op.permute(absorbed, 0, 2, 1, 3), q_rope, 0)
    v = op.reshape(latent, rank, 1, tokens)
    k = op.concat(v, k_rope, 0)
    if factors is not None:
        q = op.multiply(q, factors)
    return attend_latent(b, inputs, index, q, k, v, b.of_layer(index, "attn_v_b"))


def _decompressed(
    b: Building,
    inputs: AttentionInputs,
    index: int,
    q: Tensor,
    latent: Tensor,
    k_rope: Tensor,
    positions: Tensor,
    factors: Tensor | None,
) -> Tensor:
    """Files of old: the latent row is made keys and values of every head before it is cached."""
    shape = b.shape
    heads, rotated = b.layer(index).head_count, shape.rope_length
    value_length = shape.value_length_mla or shape.value_length
    plain = q.ne[0] - rotated
    tokens = q.ne[2]
    kv = op.mul_mat(b.of_layer(index, "attn_kv_b"), latent)
    each = kv.type.row_bytes(plain + value_length)
    strides = (each, each * heads)
    k_plain = op.view(kv, (plain, heads, tokens), strides)
    v = op.view(kv, (value_length, heads, tokens), strides, kv.type.row_bytes(plain))
    v = op.contiguous(v)
    q = op.rope(q, positions, None, rotated, op.NORMAL_ROPE)
    k = op.concat(k_plain, op.repeat(k_rope, rotated, heads, tokens, 1), 0)
    if factors is not None:
        q = op.multiply(q, factors)
    return attend(b, inputs, index, q, k, v)
