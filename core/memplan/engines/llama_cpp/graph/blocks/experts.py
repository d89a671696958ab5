"""Mixtures of experts.

Source: llama.cpp b11434, ``build_moe_ffn`` in ``llama-graph.cpp``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, assert_never

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.blocks.feed_forward import (
    GATED_UNITS,
    Activation,
    Limit,
    activate,
    gated_silu,
    situ,
)
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import F32, I32, Tensor, Unary


class Gating(Enum):
    """How the router's logits become weights of experts."""

    SOFTMAX = auto()
    SIGMOID = auto()
    SOFTMAX_OF_CHOSEN = auto()
    SQRT_SOFTPLUS = auto()


_GATINGS: Final = {
    1: Gating.SOFTMAX,
    2: Gating.SIGMOID,
    3: Gating.SOFTMAX_OF_CHOSEN,
    4: Gating.SQRT_SOFTPLUS,
}
"""llama.cpp's numbers in ``expert_gating_func``."""


def stated_gating(b: Building, default: Gating) -> Gating:
    """The gating that the file states."""
    return _GATINGS.get(b.integer("expert_gating_func"), default)


@dataclass(frozen=True, slots=True)
class Experts:
    """How a layer's experts are chosen and run.

    Attributes:
        used: experts of a token.
        count: experts there are.
        activation: the activation of each.
        gating: how logits become weights.
        normalised: weights are divided by their sum.
        scaled: weights are multiplied by a number.
        groups: groups of experts, of which some are chosen first; 0 or 1: none.
        groups_used: the groups that are chosen.
        weighted_input: the weights multiply the input, not the output (Llama 4).
        chosen_by_logits: the experts are chosen by the logits themselves (Llama 4).
        chosen_by_sigmoid: they are chosen by the logits' sigmoid (GroveMoE).
        chunked: a chosen number stands for several router columns (GroveMoE).
        limit: how the gate is held within bounds.
        roles: the names of up, gate and down.
        merged: the name of up and gate in one tensor.
        router: the name of the router.
        bias_role: the name of the bias by which experts are chosen; empty: there is none.
        bounded_up: with the SITU activation, up is bounded, too.
    """

    used: int
    count: int
    activation: Activation = Activation.SILU
    gating: Gating = Gating.SOFTMAX
    normalised: bool = True
    scaled: bool = False
    groups: int = 0
    groups_used: int = 0
    weighted_input: bool = False
    chosen_by_logits: bool = False
    chosen_by_sigmoid: bool = False
    chunked: bool = False
    limit: Limit = Limit.NONE
    roles: tuple[str, str, str] = ("ffn_up_exps", "ffn_gate_exps", "ffn_down_exps")
    merged: str = "ffn_gate_up_exps"
    router: str = "ffn_gate_inp"
    bias_role: str = ""
    bounded_up: bool = False


def experts(
    b: Building,
    x: Tensor,
    index: int,
    how: Experts,
    *,
    logits: Tensor | None = None,
    chosen: Tensor | None = None,
) -> Tensor:
    """The experts of a layer; router logits and choice may come from elsewhere."""
    width, tokens = x.ne[0], x.ne[1]
    if logits is None:
        logits = op.mul_mat(b.of_layer(index, how.router), x)
        bias = b.maybe_of_layer(index, how.router, "bias")
        if bias is not None:
            logits = op.add(logits, bias)
    probabilities = _probabilities(how.gating, logits)
    if chosen is None:
        chosen = _choose(b, index, how, logits, probabilities)
    if how.chunked:
        chosen = op.cast(op.scale(op.cast(chosen, F32)), I32)
    weights = op.get_rows(op.reshape(probabilities, 1, probabilities.ne[0], tokens), chosen)
    weights = b.expand(_weights(how, weights, tokens))
    x = op.reshape(x, width, 1, tokens)
    if how.weighted_input:
        x = op.multiply(op.repeat(x, width, how.used, tokens, 1), weights)
    result = expert_product(b, _middle(b, x, index, how, chosen), index, how.roles[2], chosen)
    if not how.weighted_input:
        result = op.multiply(result, weights)
    return _sum_of_experts(b, b.expand(result), how.used)


def _probabilities(gating: Gating, logits: Tensor) -> Tensor:
    match gating:
        case Gating.SOFTMAX:
            return op.soft_max(logits)
        case Gating.SIGMOID:
            return op.unary(Unary.SIGMOID, logits)
        case Gating.SOFTMAX_OF_CHOSEN:
            return logits
        case Gating.SQRT_SOFTPLUS:
            return op.square_root(op.unary(Unary.SOFTPLUS, logits))
        case _:
            assert_never(gating)


def _choose(b: Building, index: int, how: Experts, logits: Tensor, probabilities: Tensor) -> Tensor:
    bias = b.maybe_of_layer(index, how.bias_role, "bias") if how.bias_role else None
    by = probabilities if bias is None else op.add(probabilities, bias)
    if how.chosen_by_logits:
        by = logits
    if how.chosen_by_sigmoid:
        by = op.unary(Unary.SIGMOID, logits)
    if how.groups > 1:
        by = _within_groups(how, by)
    return op.argsort_top(by, how.used)


def _within_groups(how: Experts, by: Tensor) -> Tensor:
    """The values of experts in the best groups; each group counts by its two best."""
    tokens = by.ne[1]
    grouped = op.reshape(by, how.count // how.groups, how.groups, tokens)
    best = op.argsort_top(grouped, 2)
    scores = op.get_rows(op.reshape(grouped, 1, *grouped.ne[:3]), best)
    scores = op.sum_rows(op.reshape(scores, *scores.ne[1:]))
    scores = op.reshape(scores, scores.ne[1], scores.ne[2])
    groups = op.argsort_top(scores, how.groups_used)
    rows = op.get_rows(grouped, groups)
    return op.reshape(op.set_rows(op.fill(grouped), rows, groups), how.count, tokens)


def _weights(how: Experts, weights: Tensor, tokens: int) -> Tensor:
    if how.gating is Gating.SOFTMAX_OF_CHOSEN:
        weights = op.soft_max(op.reshape(weights, how.used, tokens))
        weights = op.reshape(weights, 1, how.used, tokens)
    if how.normalised:
        weights = op.reshape(weights, how.used, tokens)
        weights = op.divide(weights, op.clamp(op.sum_rows(weights)))
        weights = op.reshape(weights, 1, how.used, tokens)
    return op.scale(weights) if how.scaled else weights


def expert_product(b: Building, x: Tensor, index: int, role: str, chosen: Tensor) -> Tensor:
    """Rows through the chosen experts' projection, with its scale and bias."""
    result = op.mul_mat_id(b.of_layer(index, role), x, chosen)
    scale = b.maybe_of_layer(index, role, "scale")
    if scale is not None:
        count = scale.ne[0]
        factors = op.repeat(op.reshape(scale, 1, count, 1), 1, count, x.ne[2], 1)
        result = op.multiply(result, op.get_rows(factors, chosen))
    bias = b.maybe_of_layer(index, role, "bias")
    return result if bias is None else op.add_id(result, bias, chosen)


def _middle(b: Building, x: Tensor, index: int, how: Experts, chosen: Tensor) -> Tensor:
    up_role, gate_role, _ = how.roles
    limit = Limit.NONE
    if b.has_of_layer(index, how.merged):
        both = expert_product(b, x, index, how.merged, chosen)
        half = (both.ne[0] // 2, both.ne[1], both.ne[2])
        strides = (both.nb[1], both.nb[2])
        gate = op.view(both, half, strides)
        up = op.view(both, half, strides, half[0] * both.nb[0])
    else:
        up = expert_product(b, x, index, up_role, chosen)
        if not b.has_of_layer(index, gate_role):
            return activate(how.activation, up)
        gate = expert_product(b, x, index, gate_role, chosen)
        limit = how.limit
    if how.activation is Activation.SITU:
        return situ(gate, up, bounded_up=how.bounded_up)
    if how.activation is Activation.SILU:
        return gated_silu(gate, up, limit)
    return op.glu_split(GATED_UNITS[how.activation], gate, up)


def _sum_of_experts(b: Building, each: Tensor, count: int) -> Tensor:
    width, _, tokens, _ = each.ne
    views = [
        b.expand(op.view(each, (width, tokens), (each.nb[2],), number * each.nb[1]))
        for number in range(count)
    ]
    result = views[0]
    for further in views[1:]:
        result = b.expand(op.add(result, further))
    return op.contiguous(result) if count == 1 else result
