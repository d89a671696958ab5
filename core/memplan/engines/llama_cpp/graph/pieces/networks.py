"""Feed-forward networks: dense, or of experts of which a router chooses some.

Source: ``build_ffn`` and ``build_moe_ffn`` in ``llama-graph.cpp``; b11434.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final, assert_never

from memplan.engines.llama_cpp.graph.pieces.basis import Basis

_CLAMPED_APART: Final = frozenset({"bailingmoe3", "step35"})
"""Architectures whose gated units are clamped before their product rather than within it."""

_LEAST_LIMIT: Final = 1e-6


class Activation(Enum):
    """The function between the two halves of a feed-forward network."""

    SILU = auto()
    GELU = auto()
    RELU = auto()
    RELU_SQUARED = auto()
    SWIGLU_OF_HALVES = auto()
    GEGLU_OF_HALVES = auto()
    OAI = auto()
    SITU = auto()


class Gating(Enum):
    """What becomes of the router's logits."""

    SOFTMAX = auto()
    SIGMOID = auto()
    SOFTMAX_OF_CHOSEN = auto()
    SQRT_SOFTPLUS = auto()


class Networks(Basis):
    """A graph to which networks can be added."""

    def feed_forward(
        self,
        stream: int,
        layer: int,
        *,
        activation: Activation = Activation.SILU,
        up: str = "ffn_up",
        gate: str = "ffn_gate",
        down: str = "ffn_down",
    ) -> int:
        """A dense network; gated where there is a gate."""
        raised = stream
        if self.weight(up, layer) is not None:
            raised = self._with_bias_and_scale(up, stream, layer)
        gated = self.weight(gate, layer) is not None
        inner = self._with_bias_and_scale(gate, stream, layer) if gated else raised
        limited = gated and self._limited("swiglu_clamp_shexp", layer, activation)
        result = self.activated(inner, raised if gated else None, activation, limited=limited)
        scales = self.named(f"blk.{layer}.ffn.act.scales", layer)
        if scales is not None:
            result = self.div(result, scales)
        if self.weight(down, layer) is not None:
            result = self._with_bias_and_scale(down, result, layer)
        return result

    def _with_bias_and_scale(self, name: str, stream: int, layer: int) -> int:
        result = self.product(self.weight(name, layer), stream)
        bias, scale = self.bias(name, layer), self.scale_of(name, layer)
        if bias is not None:
            result = self.add(result, bias)
        return result if scale is None else self.mul(result, scale)

    def activated(
        self, inner: int, up: int | None, activation: Activation, *, limited: bool = False
    ) -> int:
        """The function between the two halves, of two tensors, of one, or of its halves."""
        if up is not None and limited:
            up = self.clamp(up)
            return self.mul(self.clamp(self.silu(inner)), up)
        match activation:
            case Activation.SWIGLU_OF_HALVES | Activation.GEGLU_OF_HALVES:
                return self.glu(inner)
            case Activation.RELU_SQUARED:
                return self.sqr(self.relu(inner))
            case Activation.OAI:
                return self.glu(inner, up)
            case Activation.SITU:
                return self._situ(inner, inner if up is None else up)
            case Activation.SILU:
                return self.glu(inner, up) if up is not None else self.silu(inner)
            case Activation.GELU:
                return self.glu(inner, up) if up is not None else self.gelu(inner)
            case Activation.RELU:
                return self.glu(inner, up) if up is not None else self.relu(inner)
            case _:
                assert_never(activation)

    def _situ(self, gate: int, up: int) -> int:
        inner = self.scale(self.tanh(self.scale(gate)))
        inner = self.mul(inner, self.sigmoid(gate))
        if self.real("activation.situ_linear_beta") > 0:
            up = self.scale(self.tanh(self.scale(up)))
        return self.mul(inner, up)

    def experts(
        self,
        stream: int,
        layer: int,
        *,
        activation: Activation = Activation.SILU,
        gating: Gating = Gating.SOFTMAX,
        normalised: bool = True,
        scaled: bool = False,
        choice_bias: bool = False,
        logits: int | None = None,
        expert_count: int | None = None,
        used: int | None = None,
        suffix: str = "exps",
        groups: int = 0,
        groups_used: int = 0,
        ids: int | None = None,
    ) -> int:
        """A network of experts, of which the router (or ``ids``) chooses some for each token."""
        shape = self.shape
        count = shape.expert_count if expert_count is None else expert_count
        chosen = shape.expert_used_count if used is None else used
        width, tokens = self.shapes[stream][:2]
        ids, weights = self._routed(
            stream, layer, count, chosen, gating, normalised, scaled, choice_bias, logits,
            groups, groups_used, ids,
        )  # fmt: skip
        each = self.reshape(stream, width, 1, tokens)
        before = shape.name == "llama4"
        if before:
            each = self.mul(self.repeat(each, width, chosen, tokens), weights)
        down = f"ffn_down_{suffix}"
        inner = self._expert_inner(each, ids, layer, activation, suffix)
        result = self.expert_product(
            self.weight(down, layer), inner, ids, self.scale_of(down, layer)
        )
        if shape.name == "mistral4":
            # Its operand may exceed 16 bits: devices that would round it leave this to the host.
            self.ask_for_precision(result)
        bias = self.bias(down, layer)
        if bias is not None:
            result = self.add_id(result, bias, ids)
        if not before:
            result = self.mul(result, weights)
        self.expand(result)
        return self._summed(result, chosen, width, tokens)

    def _summed(self, experts: int, chosen: int, width: int, tokens: int) -> int:
        step, row = self.strides[experts][1:3]
        views = [
            self.view(experts, (width, tokens), (row,), number * step) for number in range(chosen)
        ]
        self.expand(*views)
        total = views[0]
        for view in views[1:]:
            total = self.add(total, view)
            self.expand(total)
        return self.cont(total) if chosen == 1 else total

    def _routed(
        self,
        stream: int,
        layer: int,
        count: int,
        chosen: int,
        gating: Gating,
        normalised: bool,
        scaled: bool,
        choice_bias: bool,
        logits: int | None,
        groups: int,
        groups_used: int,
        given: int | None,
    ) -> tuple[int, int]:
        """The chosen experts of each token, and their weights."""
        tokens = self.shapes[stream][1]
        if logits is None:
            logits = self.product(self.weight("ffn_gate_inp", layer), stream)
        router_bias = self.bias("ffn_gate_inp", layer)
        if router_bias is not None:
            logits = self.add(logits, router_bias)
        probabilities = self._probabilities(logits, gating)
        choice = probabilities
        bias = self._choice_bias(layer) if choice_bias else None
        if bias is not None:
            choice = self.add(choice, bias)
        if self.shape.name == "llama4":
            choice = logits
        if self.shape.name == "grovemoe":
            choice = self.sigmoid(logits)
        if groups > 1:
            choice = self._within_groups(choice, count, groups, groups_used, tokens)
        ids = self.argsort_top_k(choice, chosen) if given is None else given
        weights = self.get_rows(self.reshape(probabilities, 1, count, tokens), ids)
        if gating is Gating.SOFTMAX_OF_CHOSEN:
            weights = self.reshape(weights, chosen, tokens)
            weights = self.reshape(self.soft_max(weights), 1, chosen, tokens)
        if normalised:
            weights = self.reshape(weights, chosen, tokens)
            weights = self.div(weights, self.clamp(self.sum_rows(weights)))
            weights = self.reshape(weights, 1, chosen, tokens)
        if scaled:
            weights = self.scale(weights)
        self.expand(weights)
        return ids, weights

    def _choice_bias(self, layer: int) -> int | None:
        bias = self.bias("exp_probs_b", layer)
        return self.weight("exp_probs_b", layer) if bias is None else bias

    def _probabilities(self, logits: int, gating: Gating) -> int:
        match gating:
            case Gating.SOFTMAX:
                return self.soft_max(logits)
            case Gating.SIGMOID:
                return self.sigmoid(logits)
            case Gating.SOFTMAX_OF_CHOSEN:
                return logits
            case Gating.SQRT_SOFTPLUS:
                return self.sqrt(self.softplus(logits))
            case _:
                assert_never(gating)

    def _within_groups(
        self, choice: int, count: int, groups: int, groups_used: int, tokens: int
    ) -> int:
        """Leave out the experts of all groups but the best ones."""
        each = count // groups
        grouped = self.reshape(choice, each, groups, tokens)
        best = self.argsort_top_k(grouped, 2)
        scores = self.get_rows(self.reshape(grouped, 1, each, groups, tokens), best)
        scores = self.sum_rows(self.reshape(scores, *self.shapes[scores][1:]))
        scores = self.reshape(scores, *self.shapes[scores][1:3])
        chosen = self.argsort_top_k(scores, groups_used)
        kept = self.get_rows(grouped, chosen)
        masked = self.set_rows(self.fill(grouped), kept, chosen)
        return self.reshape(masked, count, tokens)

    def _expert_inner(
        self, each: int, ids: int, layer: int, activation: Activation, suffix: str
    ) -> int:
        merged = self.weight(f"ffn_gate_up_{suffix}", layer)
        if merged is not None:
            both = self.expert_product(merged, each, ids, self.scale_of(f"ffn_up_{suffix}", layer))
            bias = self.bias(f"ffn_gate_up_{suffix}", layer)
            if bias is not None:
                both = self.add_id(both, bias, ids)
            half = self.shapes[both][0] // 2
            shape = (half, *self.shapes[both][1:3])
            strides = self.strides[both][1:3]
            gate = self.view(both, shape, strides)
            up = self.view(both, shape, strides, half * self.strides[both][0])
            return self.activated(gate, up, activation)
        up = self._expert_part(f"ffn_up_{suffix}", each, ids, layer)
        if self.weight(f"ffn_gate_{suffix}", layer) is None:
            return self.activated(up, None, activation)
        gate = self._expert_part(f"ffn_gate_{suffix}", each, ids, layer)
        limited = self._limited("swiglu_clamp_exp", layer, activation)
        return self.activated(gate, up, activation, limited=limited)

    def _limited(self, key: str, layer: int, activation: Activation) -> bool:
        """Whether a layer's units are clamped by operations of their own."""
        if activation is not Activation.SILU or self.shape.name not in _CLAMPED_APART:
            return False
        limits = self.reals(key)
        return layer < len(limits) and limits[layer] > _LEAST_LIMIT

    def _expert_part(self, name: str, each: int, ids: int, layer: int) -> int:
        part = self.expert_product(self.weight(name, layer), each, ids, self.scale_of(name, layer))
        bias = self.bias(name, layer)
        return part if bias is None else self.add_id(part, bias, ids)
