"""State-space models, alone and between attention."""

from __future__ import annotations

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.blocks.attention import (
    AttentionInputs,
    attend,
    attention_inputs,
    queries_keys_values,
    select_outputs,
)
from memplan.engines.llama_cpp.graph.blocks.experts import Experts, Gating, experts
from memplan.engines.llama_cpp.graph.blocks.feed_forward import Activation, feed_forward
from memplan.engines.llama_cpp.graph.blocks.mamba import mamba1, mamba2
from memplan.engines.llama_cpp.graph.blocks.recurrent import state_inputs
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import Tensor


def mamba(b: Building) -> None:
    """Mamba 1 and 2: nothing but state-space blocks."""
    x = b.token_embeddings()
    states = state_inputs(b)
    out_ids = b.output_ids()
    block = mamba2 if b.shape.name == "mamba2" else mamba1
    for index in b.trunk():
        residual = x
        x = block(b, states, b.norm(x, index, "attn_norm"), index)
        if index == b.shape.trunk_count - 1:
            x, residual = select_outputs(out_ids, x, residual)
        x = op.add(x, residual)
    b.logits(b.output_norm(x))


def nemotron_h(b: Building) -> None:
    """Nemotron-H: each layer is one of Mamba 2, attention, and a network or experts."""
    x = b.token_embeddings()
    states, inputs = state_inputs(b), attention_inputs(b)
    out_ids = b.output_ids()
    for index in b.trunk():
        layer = b.layer(index)
        residual = x
        x = b.norm(x, index, "attn_norm")
        if layer.recurrent:
            x = mamba2(b, states, x, index)
        elif layer.feed_forward_length == 0:
            x = _attention(b, inputs, x, index)
        else:
            x = _network(b, x, index)
        x = op.add(x, residual)
    x = b.output_norm(x)
    b.logits(*select_outputs(out_ids, x))


def _attention(b: Building, inputs: AttentionInputs, x: Tensor, index: int) -> Tensor:
    """Attention without positions."""
    q, k, v = queries_keys_values(b, x, index)
    return attend(b, inputs, index, q, k, v)


def _network(b: Building, x: Tensor, index: int) -> Tensor:
    if not b.has_of_layer(index, "ffn_gate_inp"):
        return feed_forward(b, x, index, Activation.RELU_SQUARED)
    latent = x
    if b.has_of_layer(index, "ffn_latent_down"):
        latent = op.mul_mat(b.of_layer(index, "ffn_latent_down"), x)
    logits = b.product(x, index, "ffn_gate_inp")
    how = Experts(
        b.used_experts(index),
        b.shape.expert_count,
        activation=Activation.RELU_SQUARED,
        gating=Gating.SIGMOID,
        normalised=bool(b.integer("expert_weights_norm")),
        scaled=b.number("expert_weights_scale") not in (0.0, 1.0),
        bias_role="exp_probs_b",
    )
    mixed = experts(b, latent, index, how, logits=logits)
    if b.has_of_layer(index, "ffn_latent_up"):
        mixed = op.mul_mat(b.of_layer(index, "ffn_latent_up"), mixed)
    roles = ("ffn_up_shexp", "", "ffn_down_shexp")
    return op.add(mixed, feed_forward(b, x, index, Activation.RELU_SQUARED, roles=roles))
