"""RWKV 6 and 7, and the models that mix their time mixing with Qwen's networks.

Source: ``rwkv6-base.cpp``, ``rwkv7-base.cpp``, ``rwkv6.cpp``, ``rwkv6qwen2.cpp``, ``rwkv7.cpp``
and ``arwkv7.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from collections.abc import Callable

from memplan.engines.llama_cpp.graph.architectures.decoder import Style, finish, norm_of, start
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.model_graph import ModelGraph, StateInputs
from memplan.engines.llama_cpp.shape import Layer

_MIXED_PARTS = 5
"""Inputs of RWKV 6's time mixing: decay, key, value, receptance and gate."""

TimeMix = Callable[[ModelGraph, StateInputs, int, int, Layer], int]


def rwkv6(g: ModelGraph) -> None:
    """RWKV 6."""
    style = Style(centred=True, embedding_norm=True)
    _with_channel_mix(g, style, _time_mix6, gated=True)


def rwkv7(g: ModelGraph) -> None:
    """RWKV 7."""
    style = Style(centred=True, embedding_norm=True)
    _with_channel_mix(g, style, _TimeMix7(), gated=False)


def rwkv6qwen2(g: ModelGraph) -> None:
    """RWKV 6 with Qwen's networks."""
    _with_network(g, _time_mix6)


def arwkv7(g: ModelGraph) -> None:
    """RWKV 7 with Qwen's networks."""
    _with_network(g, _TimeMix7())


def _with_channel_mix(g: ModelGraph, style: Style, mix: TimeMix, *, gated: bool) -> None:
    stream = start(g, style)
    states = g.state_inputs()
    chosen = g.output_rows()
    tokens, sequences = _split(g)
    every = g.number("rescale_every_n_layers") if gated else 0
    for layer in g.layers:
        il = layer.index
        stream = g.reshape(stream, g.width, tokens, sequences)
        shift = _shift_of(g, states, layer)
        row = g.strides[shift][1]
        kept = (g.width, 1, sequences)
        first, second = (
            g.view(shift, kept, g.strides[shift][1:3], number * row) for number in range(2)
        )
        x = norm_of(g, style, "attn_norm", stream, layer)
        between = g.add(mix(g, states, x, _shifted(g, first, x), layer), stream)
        inner = norm_of(g, style, "attn_norm_2", between, layer)
        before = _shifted(g, second, inner)
        _keep(g, layer, g.concat(_last(g, x), _last(g, inner), 1))
        between, inner, before = (
            g.reshape(part, g.width, g.batch.tokens) for part in (between, inner, before)
        )
        if layer is g.layers[-1]:
            between, inner, before = (g.get_rows(p, chosen) for p in (between, inner, before))
        stream = g.add(_channel_mix(g, inner, before, il, gated=gated), between)
        if every and (il + 1) % every == 0:
            stream = g.scale(stream)
    finish(g, style, stream)


def _with_network(g: ModelGraph, mix: TimeMix) -> None:
    style = Style()
    stream = start(g, style)
    states = g.state_inputs()
    chosen = g.output_rows()
    tokens, sequences = _split(g)
    for layer in g.layers:
        stream = g.reshape(stream, g.width, tokens, sequences)
        shift = _shift_of(g, states, layer)
        x = norm_of(g, style, "attn_norm", stream, layer)
        mixed = mix(g, states, x, _shifted(g, shift, x), layer)
        _keep(g, layer, _last(g, x))
        between = g.reshape(g.add(mixed, stream), g.width, g.batch.tokens)
        if layer is g.layers[-1]:
            between = g.get_rows(between, chosen)
        x = norm_of(g, style, "ffn_norm", between, layer)
        stream = g.add(g.feed_forward(x, layer.index), between)
    finish(g, style, stream)


def _split(g: ModelGraph) -> tuple[int, int]:
    """Tokens of each sequence, and sequences."""
    return g.batch.tokens // g.batch.sequences, g.batch.sequences


def _shift_of(g: ModelGraph, inputs: StateInputs, layer: Layer) -> int:
    """What the layer saw of the last token of each sequence."""
    elements = g.state_width(layer)
    memory = g.state_memory("r", layer, elements)
    shift = g.states_of(inputs, memory, elements)
    return g.reshape(shift, g.width, g.shape.token_shift_count, g.batch.sequences)


def _shifted(g: ModelGraph, first: int, x: int) -> int:
    """Each token's predecessor."""
    width, tokens, sequences, _ = g.shapes[x]
    all_but_last = g.view(x, (width, tokens - 1, sequences), g.strides[x][1:3])
    return g.concat(first, all_but_last, 1)


def _last(g: ModelGraph, x: int) -> int:
    width, tokens, sequences, _ = g.shapes[x]
    at = (tokens - 1) * g.row_bytes(x, width)
    return g.view(x, (width, 1, sequences), g.strides[x][1:3], at)


def _keep(g: ModelGraph, layer: Layer, shift: int) -> None:
    """What the next micro-batch must see of this one goes into the memory."""
    memory = g.state_memory("r", layer, g.state_width(layer))
    count = g.width * g.batch.sequences * g.shape.token_shift_count
    kept = g.state_width(layer) * g.batch.sequences
    g.expand(g.copy(g.view(shift, (count,)), g.view(memory, (kept,))))


def _channel_mix(g: ModelGraph, x: int, before: int, il: int, *, gated: bool) -> int:
    change = g.sub(before, x)
    mixed = g.add(g.mul(change, g.needed(g.weight("channel_mix_lerp_k", il))), x)
    gate = -1
    if gated:
        gate = g.add(g.mul(change, g.needed(g.weight("channel_mix_lerp_r", il))), x)
        gate = g.sigmoid(g.product(g.weight("channel_mix_receptance", il), gate))
    key = g.sqr(g.relu(g.product(g.weight("channel_mix_key", il), mixed)))
    value = g.product(g.weight("channel_mix_value", il), key)
    return g.mul(gate, value) if gated else value


def _time_mix6(g: ModelGraph, inputs: StateInputs, x: int, before: int, layer: Layer) -> int:
    il, tokens = layer.index, g.batch.tokens
    size = g.shape.wkv_head_size
    heads = g.width // size
    linear = g.weight("time_mix_first", il) is None
    decay_in, key_in, value_in, receptance_in, gate_in = _mixed6(g, x, before, il)
    receptance = g.linear("time_mix_receptance", receptance_in, il)
    key = g.linear("time_mix_key", key_in, il)
    value = g.linear("time_mix_value", value_in, il)
    gate = g.product(g.weight("time_mix_gate", il), gate_in)
    gate = g.sigmoid(gate) if linear else g.silu(gate)
    heads_kv = layer.head_count_kv
    if heads_kv not in (0, heads):
        key, value = (
            g.repeat(g.reshape(part, size, 1, heads_kv, tokens),
                     size, heads // heads_kv, heads_kv, tokens)
            for part in (key, value)
        )  # fmt: skip
    key, value, receptance = (
        g.reshape(part, size, heads, tokens) for part in (key, value, receptance)
    )
    decay = g.mul_mat(g.needed(g.weight("time_mix_decay_w1", il)), decay_in)
    decay = g.mul_mat(g.needed(g.weight("time_mix_decay_w2", il)), g.tanh(decay))
    decay = g.add(decay, g.needed(g.weight("time_mix_decay", il)))
    decay = g.reshape(g.exp(g.neg(g.exp(decay))), size, heads, tokens)
    memory, state = _state(g, inputs, layer)
    if linear:
        key = g.sub(key, g.mul(key, decay))
        scanned = g.wkv(Op.GATED_LINEAR_ATTN, (key, value, receptance, decay, state), key)
    else:
        first = g.needed(g.weight("time_mix_first", il))
        sources = (key, value, receptance, first, decay, state)
        scanned = g.wkv(Op.RWKV_WKV6, sources, key)
    out = _scanned(g, memory, scanned)
    out = g.reshape(out, g.width, tokens) if linear else _head_norm(g, out, heads, il)
    out = g.product(g.weight("time_mix_output", il), g.mul(out, gate))
    return g.reshape(out, g.width, *_split(g))


def _mixed6(g: ModelGraph, x: int, before: int, il: int) -> tuple[int, ...]:
    """The inputs of time mixing, each a mixture of a token and its predecessor."""
    width, tokens = g.width, g.batch.tokens
    change = g.reshape(g.sub(before, x), width, tokens)
    x = g.reshape(x, width, tokens)
    mixed = g.add(g.mul(change, g.needed(g.weight("time_mix_lerp_x", il))), x)
    inner = g.needed(g.weight("time_mix_w1", il))
    mixed = g.tanh(g.mul_mat(inner, mixed))
    mixed = g.reshape(mixed, g.shapes[inner][1] // _MIXED_PARTS, 1, _MIXED_PARTS, tokens)
    mixed = g.cont(g.permute(mixed, 0, 1, 3, 2))
    outer = g.needed(g.weight("time_mix_w2", il))
    mixed = g.mul_mat(g.reshape(outer, *g.shapes[outer][:2], 1, _MIXED_PARTS), mixed)
    fused = g.weight("time_mix_lerp_fused", il)
    if fused is not None:
        change = g.reshape(change, width, 1, tokens)
        x = g.reshape(x, width, 1, tokens)
        return _parts(g, g.add(g.mul(g.add(mixed, fused), change), x), _MIXED_PARTS)
    parts = _parts(g, mixed, _MIXED_PARTS)
    return tuple(
        g.add(g.mul(g.add(part, g.needed(g.weight(f"time_mix_lerp_{name}", il))), change), x)
        for part, name in zip(parts, "wkvrg", strict=True)
    )


def _parts(g: ModelGraph, mixed: int, count: int) -> tuple[int, ...]:
    width, tokens = g.width, g.batch.tokens
    step = width * tokens * g.strides[mixed][0]
    stride = (g.strides[mixed][1],)
    return tuple(g.view(mixed, (width, tokens), stride, number * step) for number in range(count))


def _state(g: ModelGraph, inputs: StateInputs, layer: Layer) -> tuple[int, int]:
    elements = g.width * g.shape.wkv_head_size
    memory = g.state_memory("s", layer, elements)
    return memory, g.states_of(inputs, memory, elements)


def _scanned(g: ModelGraph, memory: int, scanned: int) -> int:
    """The outputs of a scan; the new states go back into the memory."""
    outputs = g.width * g.batch.tokens
    states = g.width * g.shape.wkv_head_size * g.batch.sequences
    out = g.view(scanned, (outputs,))
    new = g.view(scanned, (states,), at=outputs * g.strides[scanned][0])
    g.expand(g.copy(new, g.view(memory, (states,))))
    return out


def _head_norm(g: ModelGraph, out: int, heads: int, il: int) -> int:
    out = g.norm(g.reshape(out, g.width // heads, heads, g.batch.tokens))
    out = g.reshape(out, g.width, g.batch.tokens)
    out = g.mul(out, g.needed(g.weight("time_mix_ln", il)))
    return g.add(out, g.needed(g.bias("time_mix_ln", il)))


class _TimeMix7:
    """RWKV 7's time mixing; values of later layers are mixed with those of the first."""

    def __init__(self) -> None:
        self._first_value = -1

    def __call__(
        self, g: ModelGraph, inputs: StateInputs, x: int, before: int, layer: Layer
    ) -> int:
        il, tokens = layer.index, g.batch.tokens
        size = g.shape.wkv_head_size
        heads = g.width // size
        gated = g.weight("time_mix_g1", il) is not None and g.weight("time_mix_g2", il) is not None
        parts = 6 if gated else 5
        change = g.repeat(g.sub(before, x), g.width, *_split(g), parts)
        mixed = g.add(g.mul(change, g.needed(g.weight("time_mix_lerp_fused", il))), x)
        r_in, w_in, k_in, v_in, a_in, *g_in = _parts(g, mixed, parts)
        receptance = g.product(g.weight("time_mix_receptance", il), r_in)
        decay = g.tanh(_through(g, "w1", w_in, il))
        decay = g.add(_through(g, "w2", decay, il), g.needed(g.weight("time_mix_w0", il)))
        decay = g.exp(g.scale(g.sigmoid(decay)))
        key = g.product(g.weight("time_mix_key", il), k_in)
        value = self._value(g, v_in, il)
        rate = g.add(_two(g, "a", a_in, il), g.needed(g.weight("time_mix_a0", il)))
        rate = g.sigmoid(rate)
        unit = g.mul(key, g.needed(g.weight("time_mix_k_k", il)))
        unit = g.l2_norm(g.reshape(unit, size, heads, tokens))
        scaled = g.mul(key, g.needed(g.weight("time_mix_k_a", il)))
        key = g.add(key, g.sub(g.mul(rate, scaled), scaled))
        receptance, decay, key, value, rate = (
            g.reshape(part, size, heads, tokens) for part in (receptance, decay, key, value, rate)
        )
        memory, state = _state(g, inputs, layer)
        sources = (receptance, decay, key, value, g.neg(unit), g.mul(unit, rate), state)
        out = _scanned(g, memory, g.wkv(Op.RWKV_WKV7, sources, key))
        if g.weight("time_mix_ln", il) is not None and g.bias("time_mix_ln", il) is not None:
            out = _head_norm(g, out, heads, il)
        else:
            out = g.reshape(out, g.width, tokens)
        bonus = g.reshape(g.needed(g.weight("time_mix_r_k", il)), size, heads)
        bonus = g.mul(value, g.sum_rows(g.mul(g.mul(key, receptance), bonus)))
        out = g.add(out, g.reshape(bonus, g.width, tokens))
        for part in g_in:
            gate = g.sigmoid(_through(g, "g1", part, il))
            out = g.mul(out, _through(g, "g2", gate, il))
        out = g.product(g.weight("time_mix_output", il), out)
        return g.reshape(out, g.width, *_split(g))

    def _value(self, g: ModelGraph, x: int, il: int) -> int:
        value = g.product(g.weight("time_mix_value", il), x)
        if self._first_value < 0:
            self._first_value = value
            return value
        share = g.add(_two(g, "v", x, il), g.needed(g.weight("time_mix_v0", il)))
        return g.add(value, g.mul(g.sub(self._first_value, value), g.sigmoid(share)))


def _through(g: ModelGraph, name: str, x: int, il: int) -> int:
    return g.mul_mat(g.needed(g.weight(f"time_mix_{name}", il)), x)


def _two(g: ModelGraph, name: str, x: int, il: int) -> int:
    """Through a narrow row."""
    return _through(g, f"{name}2", _through(g, f"{name}1", x, il), il)
