"""Kimi's delta attention between latent attention: Kimi Linear, Kimi K3, Ling 3.

Source: ``kimi-linear.cpp``, ``kimi-k3.cpp`` and ``bailingmoe3.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from collections.abc import Callable

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Experts,
    Style,
    axes_of,
    finish,
    network,
    norm_of,
    start,
    stated_gating,
    stated_norm,
)
from memplan.engines.llama_cpp.graph.architectures.delta_net import (
    recurrent_attention,
    unit_length,
)
from memplan.engines.llama_cpp.graph.architectures.latent import absorbed_rows
from memplan.engines.llama_cpp.graph.backends.layouts import F32
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.model_graph import (
    Activation,
    CacheInputs,
    Gating,
    ModelGraph,
    StateInputs,
)
from memplan.engines.llama_cpp.shape import Layer

_STATED = Experts(gating=None, normalised=None, choice_bias=True)


def kimi_linear(g: ModelGraph) -> None:
    """Kimi Linear: no rotation; the gate of decay goes through a narrow row."""
    style = Style(experts=Experts(gating=None, choice_bias=True))
    stream = start(g, style)
    states, cache = g.state_inputs(), _latent_cache(g)
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        g.expand(x)
        if layer.recurrent:
            x = delta_layer(g, states, x, layer, _softplus_decay, _narrow_gate)
        else:
            attended = latent_attention_of_rows(g, cache, x, layer)
            x = g.linear("attn_output", attended, layer.index)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(network(g, style, x, layer), residual)
    finish(g, style, stream)


def bailingmoe3(g: ModelGraph) -> None:
    """Ling 3: rotated latent attention with a gate for each head."""
    style = Style(experts=_STATED, axes=0)
    stream = start(g, style)
    states, cache = g.state_inputs(), _latent_cache(g)
    positions = g.positions(axes_of(g, style))
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        if layer.recurrent:
            x = delta_layer(g, states, x, layer, _bounded_decay_of_one, _wide_gate_a)
        else:
            x = gated_by_head(g, cache, x, layer, positions)
        residual = g.add(x, residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(network(g, style, x, layer), residual)
    stream = g.normed(stream, g.of_output("output_norm.weight"))
    g.expand(g.logits(g.get_rows(stream, chosen)))


def gated_by_head(g: ModelGraph, cache: CacheInputs, x: int, layer: Layer, positions: int) -> int:
    """Latent attention whose heads are weighed by gates."""
    il, tokens = layer.index, g.shapes[x][1]
    heads, length = layer.head_count, g.shape.value_length_mla
    attended = latent_attention_of_rows(g, cache, x, layer, positions)
    gate = g.product(g.weight("attn_gate", il), x)
    gate = g.sigmoid(g.reshape(gate, 1, heads, tokens))
    out = g.mul(g.reshape(attended, length, heads, tokens), gate)
    return g.product(g.weight("attn_output", il), g.cont(out, length * heads, tokens))


def kimi_k3(g: ModelGraph) -> None:
    """Kimi K3: each part reads a mixture of earlier layers' streams."""
    stream = g.embed()
    states, cache = g.state_inputs(), _latent_cache(g)
    chosen = g.output_rows()
    every = g.number("attn_res.block_size")
    bank = _Bank(g, used=every > 0)
    for layer in g.layers:
        il = layer.index
        x = bank.mixed(stream, g.weight("attn_res_score", il))
        kept = every > 0 and il % every == 0
        if kept:
            bank.keep(stream)
        x = g.normed(x, g.weight("attn_norm", il), layer=il)
        g.expand(x)
        if layer.recurrent:
            x = delta_layer(g, states, x, layer, stated_decay, _wide_gate)
        else:
            x = _gated_latent(g, cache, x, layer)
        stream = x if kept else g.add(stream, x)
        x = bank.mixed(stream, g.weight("ffn_res_score", il))
        x = g.normed(x, g.weight("ffn_norm", il), layer=il)
        stream = g.add(stream, _k3_network(g, x, il))
    stream = bank.mixed(stream, g.of_output("output_res_score.weight"))
    finish(g, Style(), g.get_rows(stream, chosen))


class _Bank:
    """Streams of earlier layers; a mixture of them is what later parts read."""

    def __init__(self, g: ModelGraph, *, used: bool) -> None:
        self._g = g
        self._used = used
        self._stack = -1

    def keep(self, stream: int) -> None:
        g = self._g
        entry = g.reshape(stream, g.width, 1, g.batch.tokens)
        self._stack = entry if self._stack < 0 else g.concat(self._stack, entry, 1)

    def mixed(self, stream: int, weight: int | None) -> int:
        g, stack = self._g, self._stack
        if stack < 0 or not self._used:
            return stream
        score = g.needed(weight)
        count, tokens = g.shapes[stack][1:3]
        kept = g.sum_rows(g.mul(g.rms_norm(stack), score))
        kept = g.reshape(kept, count, tokens)
        own = g.sum_rows(g.mul(g.rms_norm(stream), score))
        shares = g.soft_max(g.concat(kept, own, 0))
        row = (g.strides[shares][1],)
        of_kept = g.cont(g.view(shares, (count, tokens), row))
        of_own = g.cont(g.view(shares, (1, tokens), row, count * g.strides[shares][0]))
        out = g.computed(Op.DSV4_HC_PRE, F32, (g.width, tokens), stack, of_kept)
        return g.add(out, g.mul(stream, of_own))


def _gated_latent(g: ModelGraph, cache: CacheInputs, x: int, layer: Layer) -> int:
    il = layer.index
    out = latent_attention_of_rows(g, cache, x, layer)
    weight = g.weight("attn_gate", il)
    if weight is not None:
        out = g.mul(out, g.sigmoid(g.product(weight, x)))
    return g.product(g.weight("attn_output", il), out)


def _k3_network(g: ModelGraph, x: int, il: int) -> int:
    if il < g.shape.leading_dense_block_count:
        return _situ_network(g, x, il, "")
    down, up = g.weight("ffn_routed_down", il), g.weight("ffn_routed_up", il)
    logits = g.product(g.weight("ffn_gate_inp", il), x)
    routed = g.experts(
        x if down is None else g.mul_mat(down, x), il, activation=Activation.SITU, logits=logits,
        gating=stated_gating(g, Gating.SIGMOID), normalised=stated_norm(g), choice_bias=True,
        scaled=g.real("expert_weights_scale") not in (0.0, 1.0),
        groups=g.number("expert_group_count"), groups_used=g.number("expert_group_used_count"),
    )  # fmt: skip
    norm = g.weight("ffn_routed_norm", il)
    if norm is not None:
        routed = g.normed(routed, norm, layer=il)
    if up is not None:
        routed = g.mul_mat(up, routed)
    if g.weight("ffn_gate_shexp", il) is None:
        return routed
    return g.add(routed, _situ_network(g, x, il, "_shexp"))


def _situ_network(g: ModelGraph, x: int, il: int, suffix: str) -> int:
    gate = g.product(g.weight(f"ffn_gate{suffix}", il), x)
    up = g.product(g.weight(f"ffn_up{suffix}", il), x)
    inner = g.activated(gate, up, Activation.SITU)
    return g.product(g.weight(f"ffn_down{suffix}", il), inner)


def _latent_cache(g: ModelGraph) -> CacheInputs:
    return g.cache_inputs(with_value=not g.shape.mla, rotated=not g.shape.mla)


def latent_attention_of_rows(
    g: ModelGraph, cache: CacheInputs, x: int, layer: Layer, positions: int = -1
) -> int:
    """Latent attention without its projection; not rotated without positions."""
    shape, il, tokens = g.shape, layer.index, g.shapes[x][1]
    turned, rank = shape.rope_length, shape.kv_lora_rank
    q = _queries(g, x, il)
    row = g.product(g.weight("attn_kv_a_mqa", il), x)
    stride = g.row_bytes(row, rank + turned)
    latent = g.view(row, (rank, tokens), (stride,))
    k_turned = g.view(row, (turned, 1, tokens), (stride, stride), g.row_bytes(row, rank))
    if positions >= 0:
        k_turned = g.rope(k_turned, positions)
    latent = g.normed(latent, g.weight("attn_kv_a_norm", il), layer=il)
    if not shape.mla:
        return _decompressed(g, cache, layer, q, latent, k_turned)
    q = absorbed_rows(g, q, layer, positions)
    v = g.reshape(latent, rank, 1, tokens)
    k = g.concat(v, k_turned, 0)
    outwards = g.weight("attn_v_b", il)
    return g.attend_latent(cache, q, k, v, layer, decompress=outwards, output=False)


def _queries(g: ModelGraph, x: int, il: int) -> int:
    narrow = g.weight("attn_q_a", il)
    if narrow is None:
        return g.product(g.weight("attn_q", il), x)
    q = g.normed(g.mul_mat(narrow, x), g.weight("attn_q_a_norm", il), layer=il)
    return g.product(g.weight("attn_q_b", il), q)


def _decompressed(
    g: ModelGraph, cache: CacheInputs, layer: Layer, q: int, latent: int, k_turned: int
) -> int:
    shape, heads, tokens = g.shape, layer.head_count, g.shapes[q][1]
    length = shape.key_length_mla or shape.key_length
    value = shape.value_length_mla or shape.value_length
    plain = length - shape.rope_length
    q = g.reshape(q, length, heads, tokens)
    kv = g.product(g.weight("attn_kv_b", layer.index), latent)
    each = g.row_bytes(kv, plain + value)
    strides = (each, each * heads)
    k_plain = g.view(kv, (plain, heads, tokens), strides)
    v = g.cont(g.view(kv, (value, heads, tokens), strides, g.row_bytes(kv, plain)))
    k = g.concat(g.repeat(k_turned, shape.rope_length, heads, tokens), k_plain, 0)
    return g.attend(cache, q, k, v, layer, output=False)


Part = Callable[[ModelGraph, int, Layer], int]


def delta_layer(
    g: ModelGraph, inputs: StateInputs, x: int, layer: Layer, decay: Part, gate: Part
) -> int:
    """A layer of Kimi's delta attention."""
    il, sequences = layer.index, g.batch.sequences
    length, heads = g.shape.kda_head_length, layer.head_count or g.shape.head_count
    tokens = g.shapes[x][1]
    each = tokens // sequences
    q, k, v = _convolved(g, inputs, x, layer)
    rate = g.reshape(decay(g, x, layer), length, heads, each, sequences)
    beta = g.product(g.weight("ssm_beta", il), x)
    beta = g.sigmoid(g.reshape(beta, 1, heads, each, sequences))
    elements = length * length * heads
    memory = g.state_memory("s", layer, elements)
    state = g.states_of(inputs, memory, elements)
    state = g.reshape(state, length, length, heads, sequences)
    q, k = unit_length(g, q), unit_length(g, k)
    parts = (q, k, v, rate, beta, state)
    once = g.shape.name == "kimi-linear"
    out = _scanned_once(g, memory, parts) if once else recurrent_attention(g, memory, parts)
    out = g.reshape(g.cont(out), length, heads, tokens)
    opened = g.reshape(gate(g, x, layer), length, heads, tokens)
    out = g.mul(g.normed(out, g.weight("ssm_norm", il), layer=il), g.sigmoid(opened))
    return g.product(g.weight("attn_output", il), g.cont(out, length * heads, tokens))


def _scanned_once(g: ModelGraph, memory: int, parts: tuple[int, int, int, int, int, int]) -> int:
    q, _, v, _, _, state = parts
    length, heads = g.shapes[v][:2]
    tokens, sequences = g.shapes[q][2:4]
    result = g.gated_delta_net(parts)
    first, row = g.row_bytes(result, length), g.row_bytes(result, length * heads)
    out = g.view(result, (length, heads, tokens, sequences), (first, row, row * tokens))
    steps = (first, first * length, first * length * heads)
    new = g.view(result, g.shapes[state], steps, row * tokens * sequences)
    g.expand(g.copy(new, g.view(memory, (length * length * heads * sequences,))))
    return out


def _convolved(g: ModelGraph, inputs: StateInputs, x: int, layer: Layer) -> tuple[int, int, int]:
    """Queries, keys and values, each through a convolution with a state of its own."""
    il, sequences = layer.index, g.batch.sequences
    length, heads = g.shape.kda_head_length, layer.head_count or g.shape.head_count
    inner, tokens = length * heads, g.shapes[x][1]
    kept = g.shape.ssm_conv_kernel - 1
    elements = 3 * kept * inner
    memory = g.state_memory("r", layer, elements)
    states = g.states_of(inputs, memory, elements)
    sources = _projected(g, x, il, inner)
    unit = g.strides[memory][0]
    steps = (kept * unit, elements * unit)
    results = []
    for number, (name, source) in enumerate(zip("qkv", sources, strict=True)):
        at = number * kept * inner * unit
        before = g.view(states, (kept, inner, sequences), steps, at)
        source = g.reshape(source, inner, tokens // sequences, sequences)
        window = g.concat(before, g.transpose(source), 0)
        for slot in range(min(tokens // sequences, g.batch.states_written)):
            first = (tokens // sequences - slot) * g.strides[window][0]
            last = g.view(window, (kept, inner, sequences), g.strides[window][1:3], first)
            place = slot * g.batch.states * elements * unit + at
            g.expand(g.copy(last, g.view(memory, (kept, inner, sequences), steps, place)))
        kernel = g.needed(g.weight(f"ssm_conv1d_{name}", il))
        out = g.ssm_conv(window, g.reshape(kernel, kept + 1, inner))
        out = g.silu(g.reshape(out, inner, tokens))
        results.append(g.reshape(out, length, heads, tokens // sequences, sequences))
    return results[0], results[1], results[2]


def _projected(g: ModelGraph, x: int, il: int, inner: int) -> list[int]:
    fused = g.weight("attn_qkv", il)
    if fused is None:
        return [g.product(g.weight(f"attn_{name}", il), x) for name in "qkv"]
    whole = g.mul_mat(fused, x)
    row = (g.strides[whole][1],)
    return [
        g.cont(g.view(whole, (inner, g.shapes[x][1]), row, g.row_bytes(whole, part * inner)))
        for part in range(3)
    ]


def _raw_decay(g: ModelGraph, x: int, layer: Layer, *, narrow: bool) -> int:
    il = layer.index
    rate = g.product(g.weight("ssm_f_a", il), x)
    if narrow:
        rate = g.product(g.weight("ssm_f_b", il), rate)
    return g.add(rate, g.needed(g.bias("ssm_dt", il)))


def _by_head(g: ModelGraph, rate: int, layer: Layer) -> int:
    heads = layer.head_count or g.shape.head_count
    rate = g.reshape(rate, g.shape.kda_head_length, heads, g.shapes[rate][1])
    return g.mul(rate, g.reshape(g.needed(g.weight("ssm_a", layer.index)), 1, heads, 1))


def _softplus_decay(g: ModelGraph, x: int, layer: Layer) -> int:
    return _by_head(g, g.softplus(_raw_decay(g, x, layer, narrow=True)), layer)


def _bounded_decay_of_one(g: ModelGraph, x: int, layer: Layer) -> int:
    return g.scale(g.sigmoid(_by_head(g, _raw_decay(g, x, layer, narrow=False), layer)))


def stated_decay(g: ModelGraph, x: int, layer: Layer) -> int:
    """How fast a head forgets, with a bound where the file states one."""
    if g.real("kda.gate_lower_bound", float("-inf")) == float("-inf"):
        return _softplus_decay(g, x, layer)
    rate = _by_head(g, _raw_decay(g, x, layer, narrow=True), layer)
    return g.scale(g.sigmoid(g.scale(rate)))


def _narrow_gate(g: ModelGraph, x: int, layer: Layer) -> int:
    each = g.shapes[x][1] // g.batch.sequences
    x = g.reshape(x, g.shapes[x][0], each, g.batch.sequences)
    x = g.reshape(x, g.shapes[x][0], each * g.batch.sequences)
    narrow = g.product(g.weight("ssm_g_a", layer.index), x)
    return g.product(g.weight("ssm_g_b", layer.index), narrow)


def _wide_gate_a(g: ModelGraph, x: int, layer: Layer) -> int:
    return g.product(g.weight("ssm_g_a", layer.index), x)


def _wide_gate(g: ModelGraph, x: int, layer: Layer) -> int:
    each = g.shapes[x][1] // g.batch.sequences
    x = g.reshape(x, g.shapes[x][0], each, g.batch.sequences)
    x = g.reshape(x, g.shapes[x][0], each * g.batch.sequences)
    return g.product(g.weight("ssm_g", layer.index), x)
