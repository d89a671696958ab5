"""Dense feed-forward networks.

Source: llama.cpp b11434, ``build_ffn`` in ``llama-graph.cpp``.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final, assert_never

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import Glu, Tensor, Unary


class Activation(Enum):
    """What stands between the projections."""

    SILU = auto()
    GELU = auto()
    RELU = auto()
    RELU_SQUARED = auto()
    SWIGLU_OAI = auto()
    SITU = auto()


class Limit(Enum):
    """How a SiLU gate is held within bounds."""

    NONE = auto()
    STEPS = auto()
    """By single operations."""
    FUSED = auto()
    """By one operation for both."""


GATED_UNITS: Final = {
    Activation.SILU: Glu.SWIGLU,
    Activation.GELU: Glu.GEGLU,
    Activation.RELU: Glu.REGLU,
    Activation.SWIGLU_OAI: Glu.SWIGLU_OAI,
}
"""The activations that ggml computes together with their gate."""


def activate(activation: Activation, x: Tensor) -> Tensor:
    """An activation without a gate."""
    match activation:
        case Activation.SILU:
            return op.unary(Unary.SILU, x)
        case Activation.GELU:
            return op.unary(Unary.GELU, x)
        case Activation.RELU:
            return op.unary(Unary.RELU, x)
        case Activation.RELU_SQUARED:
            return op.square(op.unary(Unary.RELU, x))
        case Activation.SWIGLU_OAI | Activation.SITU:
            raise ValueError(activation)
        case _:
            assert_never(activation)


def gated_silu(gate: Tensor, up: Tensor, limit: Limit) -> Tensor:
    """A SiLU gate times its input, within bounds if there are any."""
    match limit:
        case Limit.NONE:
            return op.glu_split(Glu.SWIGLU, gate, up)
        case Limit.STEPS:
            up = op.clamp(up)
            return op.multiply(op.clamp(op.unary(Unary.SILU, gate)), up)
        case Limit.FUSED:
            return op.glu_split(Glu.SWIGLU_CLAMP, gate, up)
        case _:
            assert_never(limit)


def situ(gate: Tensor, up: Tensor, *, bounded_up: bool) -> Tensor:
    """Kimi K3's gate: bounded by tanh, times a sigmoid."""
    active = op.scale(op.unary(Unary.TANH, op.scale(gate)))
    active = op.multiply(active, op.unary(Unary.SIGMOID, gate))
    if bounded_up:
        up = op.scale(op.unary(Unary.TANH, op.scale(up)))
    return op.multiply(active, up)


def feed_forward(
    b: Building,
    x: Tensor,
    index: int,
    activation: Activation = Activation.SILU,
    *,
    roles: tuple[str, str, str] = ("ffn_up", "ffn_gate", "ffn_down"),
    gate_of_up: bool = False,
    halves: bool = False,
    limit: Limit = Limit.NONE,
) -> Tensor:
    """A dense network of one layer, gated if the file has a gate.

    ``roles`` names up, gate and down. With ``gate_of_up`` the gate reads what up gives
    (``LLM_FFN_SEQ``). With ``halves`` up gives gate and input side by side in each row.
    """
    up_role, gate_role, down_role = roles
    up = _projected(b, x, index, up_role) if b.has_of_layer(index, up_role) else x
    gate = None
    if not halves and b.has_of_layer(index, gate_role):
        gate = _projected(b, up if gate_of_up else x, index, gate_role)
    if halves:
        middle = op.glu(GATED_UNITS[activation], up)
    elif gate is None or gate_of_up:
        middle = activate(activation, up if gate is None else gate)
        scales = b.maybe_of_layer(index, "ffn_act", "scales")
        if activation is Activation.GELU and scales is not None:
            middle = op.divide(middle, scales)
    elif activation is Activation.SILU:
        middle = gated_silu(gate, up, limit)
    elif activation in GATED_UNITS:
        middle = op.glu_split(GATED_UNITS[activation], gate, up)
    else:
        middle = op.multiply(activate(activation, gate), up)
    return _projected(b, middle, index, down_role)


def _projected(b: Building, x: Tensor, index: int, role: str) -> Tensor:
    """A projection; here the scale follows the bias."""
    result = op.mul_mat(b.of_layer(index, role), x)
    bias = b.maybe_of_layer(index, role, "bias")
    if bias is not None:
        result = op.add(result, bias)
    scale = b.maybe_of_layer(index, role, "scale")
    return result if scale is None else op.multiply(result, scale)
