"""Lightning attention between softmax attention: MiniMax 01.

Source: ``minimax-01.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from dataclasses import dataclass

from memplan.engines.llama_cpp.graph.architectures.decoder import Style, finish, norm_of, start
from memplan.engines.llama_cpp.graph.backends.layouts import F32
from memplan.engines.llama_cpp.graph.model_graph import ModelGraph, StateInputs
from memplan.engines.llama_cpp.shape import Layer


@dataclass(frozen=True, slots=True)
class _Decays:
    """How fast what was written fades: by head, and between the tokens of a micro-batch."""

    slopes: int
    of_queries: int
    of_keys: int
    between: int


def minimax_01(g: ModelGraph) -> None:
    """MiniMax 01."""
    style = Style()
    stream = start(g, style)
    states, cache = g.state_inputs(), g.cache_inputs()
    positions = g.positions()
    chosen = g.output_rows()
    decays = _decays(g)
    for layer in g.layers:
        residual = x = norm_of(g, style, "attn_norm", stream, layer)
        if layer.recurrent:
            x = _lightning(g, states, decays, x, layer)
        else:
            q, k, v = g.qkv(x, layer)
            x = g.attend(cache, g.rope(q, positions), g.rope(k, positions), v, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        between = g.add(x, g.scale(residual))
        x = norm_of(g, style, "ffn_norm", between, layer)
        routed = g.experts(
            x, layer.index, choice_bias=True,
            scaled=g.real("expert_weights_scale") not in (0.0, 1.0),
        )  # fmt: skip
        stream = g.add(routed, g.scale(x))
    finish(g, style, stream)


def _decays(g: ModelGraph) -> _Decays:
    heads, sequences = g.shape.head_count, g.batch.sequences
    tokens = g.batch.tokens // sequences
    return _Decays(
        slopes=g.input(F32, heads),
        of_queries=g.input(F32, 1, heads, tokens, sequences),
        of_keys=g.input(F32, 1, heads, tokens, sequences),
        between=g.input(F32, tokens, tokens, heads, sequences),
    )


def _lightning(g: ModelGraph, inputs: StateInputs, decays: _Decays, x: int, layer: Layer) -> int:
    il, sequences = layer.index, g.batch.sequences
    rows, heads, length = g.shapes[x][1], layer.head_count, layer.value_length
    tokens = rows // sequences
    # The layer has no rolling state, but llama.cpp reads one all the same.
    g.states_of(inputs, g.state_memory("r", layer, 0), 0)
    x = g.reshape(x, g.shapes[x][0], tokens, 1, sequences)
    mixed = g.silu(g.product(g.weight("attn_qkv", il), x))
    mixed = g.reshape(mixed, 3 * length, heads, tokens, sequences)
    each, strides = (length, heads, tokens, sequences), g.strides[mixed][1:]
    q, k, v = (
        g.view(mixed, each, strides, part * length * g.strides[mixed][0]) for part in range(3)
    )
    elements = length * length * heads
    memory = g.state_memory("s", layer, elements)
    state = g.states_of(inputs, memory, elements)
    state = g.reshape(state, length, length, heads, sequences)
    v = g.cont(g.permute(v, 1, 2, 0, 3))
    out = _read(g, decays, q, k, v, state)
    g.expand(out)
    new = _written(g, decays, k, v, state)
    g.expand(g.copy(new, g.view(memory, (elements * sequences,))))
    out = g.cont(g.permute(out, 0, 2, 1, 3))
    out = g.reshape(out, length * heads, tokens, 1, sequences)
    out = g.normed(out, g.weight("attn_norm_2", il), layer=il)
    gate = g.sigmoid(g.product(g.weight("attn_gate", il), x))
    out = g.product(g.weight("attn_output", il), g.mul(gate, out))
    return g.reshape(out, g.shapes[out][0], rows)


def _read(g: ModelGraph, decays: _Decays, q: int, k: int, v: int, state: int) -> int:
    """What queries find in the state and among the tokens of the micro-batch."""
    faded = g.mul(q, g.exp(g.scale(decays.of_queries)))
    old = g.mul_mat(state, g.permute(faded, 0, 2, 1, 3))
    scores = g.mul_mat(g.permute(k, 0, 2, 1, 3), g.permute(q, 0, 2, 1, 3))
    scores = g.mul(scores, g.exp(g.scale(decays.between)))
    return g.add(old, g.mul_mat(v, scores))


def _written(g: ModelGraph, decays: _Decays, k: int, v: int, state: int) -> int:
    """The state after the micro-batch."""
    decay = g.exp(g.scale(g.scale(decays.slopes)))
    old = g.mul(state, g.reshape(decay, 1, 1, g.shapes[decay][0]))
    faded = g.mul(k, g.exp(g.scale(decays.of_keys)))
    return g.add(old, g.mul_mat(g.cont(g.permute(faded, 1, 2, 0, 3)), v))
