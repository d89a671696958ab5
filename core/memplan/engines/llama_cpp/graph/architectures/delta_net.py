"""Gated delta nets between gated attention: Qwen 3.5 and Qwen3 Next.

Source: ``delta-net-base.cpp``, ``qwen35.cpp``, ``qwen35moe.cpp`` and ``qwen3next.cpp`` of llama.cpp
b11434.
"""

from __future__ import annotations

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Style,
    axes_of,
    norm_of,
    start,
)
from memplan.engines.llama_cpp.graph.model_graph import CacheInputs, ModelGraph, StateInputs
from memplan.engines.llama_cpp.shape import Layer


def qwen35(g: ModelGraph) -> None:
    """Qwen 3.5, dense or with experts."""
    _build(g, axes=4)


def qwen3next(g: ModelGraph) -> None:
    """Qwen3 Next."""
    _build(g, axes=1)


def _build(g: ModelGraph, axes: int) -> None:
    style = Style(axes=axes)
    stream = start(g, style)
    cache, states = g.cache_inputs(), g.state_inputs()
    positions = g.positions(axes_of(g, style))
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        g.expand(x)
        if layer.recurrent:
            x = _linear(g, states, x, layer)
        else:
            x = gated_attention(g, cache, positions, x, layer)
        residual = g.add(x, residual)
        x = norm_of(g, style, "post_attention_norm", residual, layer)
        stream = g.add(network(g, x, layer.index), residual)
    weight = g.of_output("output_norm.weight")
    stream = g.get_rows(g.normed(stream, weight), chosen)
    g.expand(g.logits(stream))


def network(g: ModelGraph, x: int, il: int) -> int:
    """The network of a layer: dense, or experts with a gated shared one."""
    if g.weight("ffn_gate_inp", il) is None:
        return g.feed_forward(x, il)
    scaled = g.real("expert_weights_scale") not in (0.0, 1.0)
    routed = g.experts(x, il, scaled=scaled)
    if g.weight("ffn_up_shexp", il) is None:
        return routed
    shared = g.feed_forward(x, il, up="ffn_up_shexp", gate="ffn_gate_shexp", down="ffn_down_shexp")
    gate = g.sigmoid(g.product(g.weight("ffn_gate_inp_shexp", il), x))
    return g.add(routed, g.mul(shared, gate))


def gated_attention(g: ModelGraph, cache: CacheInputs, positions: int, x: int, layer: Layer) -> int:
    """Attention whose output is weighed by a gate that is projected with the queries."""
    il, tokens = layer.index, g.shapes[x][1]
    length, heads, kv_heads = layer.key_length, layer.head_count, layer.head_count_kv
    both = g.linear("attn_q", x, il)
    k, v = g.linear("attn_k", x, il), g.linear("attn_v", x, il)
    row = g.row_bytes(both, 2 * length)
    strides = (row, row * heads)
    if g.shape.name == "qwen3next" and not g.batch.next_token:
        both = g.reshape(both, 2 * length, heads, tokens)
    q = g.view(both, (length, heads, tokens), strides)
    q = g.normed(q, g.weight("attn_q_norm", il), layer=il)
    k = g.reshape(k, length, kv_heads, tokens)
    k = g.normed(k, g.weight("attn_k_norm", il), layer=il)
    gate = g.view(both, (length, heads, tokens), strides, g.row_bytes(both, length))
    gate = g.cont(gate, length * heads, tokens)
    v = g.reshape(v, layer.value_length, kv_heads, tokens)
    q, k = g.rope(q, positions), g.rope(k, positions)
    out = g.attend(cache, q, k, v, layer, output=False)
    out = g.mul(out, g.sigmoid(gate))
    return g.product(g.weight("attn_output", il), out, g.scale_of("attn_output", il))


def _linear(g: ModelGraph, inputs: StateInputs, x: int, layer: Layer) -> int:
    """A layer of linear attention."""
    shape, il = g.shape, layer.index
    sequences = g.batch.sequences
    rows = g.shapes[x][1]
    tokens = rows // sequences
    inner, heads = shape.ssm_inner_size, shape.ssm_time_step_rank
    mixed, z, beta, gate = _projections(g, x, il, tokens)
    window = conv_window(g, inputs, mixed, layer)
    memory = g.state_memory("s", layer, shape.ssm_state_size * inner)
    state = g.states_of(inputs, memory, shape.ssm_state_size * inner)
    length = inner // heads
    state = g.reshape(state, length, length, heads, sequences)
    convolved = g.silu(g.ssm_conv(window, g.needed(g.weight("ssm_conv1d", il))))
    q, k, v = _heads(g, convolved, tokens)
    out = recurrent_attention(g, memory, (q, k, v, gate, beta, state))
    z = g.reshape(z, length, heads, tokens, sequences)
    out = g.mul(g.normed(out, g.weight("ssm_norm", il), layer=il), g.silu(z))
    out = g.reshape(out, inner, tokens, sequences)
    out = g.product(g.weight("ssm_out", il), out, g.scale_of("ssm_out", il))
    return g.reshape(out, g.width, rows)


def _projections(g: ModelGraph, x: int, il: int, tokens: int) -> tuple[int, int, int, int]:
    """Queries, keys and values together; the output's gate; how much is written, and kept."""
    heads, sequences = g.shape.ssm_time_step_rank, g.batch.sequences
    if g.weight("attn_qkv", il) is None:
        mixed, z = _older_projection(g, x, il, tokens)
    else:
        mixed = g.product(g.weight("attn_qkv", il), x, g.scale_of("attn_qkv", il))
        mixed = g.reshape(mixed, g.shapes[mixed][0], tokens, sequences)
        z = g.product(g.weight("attn_gate", il), x, g.scale_of("attn_gate", il))
    if g.weight("ssm_ba", il) is not None:
        beta, alpha = _older_rates(g, x, il, tokens)
    else:
        beta = g.product(g.weight("ssm_beta", il), x, g.scale_of("ssm_beta", il))
        beta = g.reshape(beta, 1, heads, tokens, sequences)
        alpha = g.product(g.weight("ssm_alpha", il), x, g.scale_of("ssm_alpha", il))
        alpha = g.reshape(alpha, heads, tokens, sequences)
    beta = g.sigmoid(beta)
    if g.shape.name == "qwen3next":
        beta = g.reshape(beta, 1, heads, tokens, sequences)
    step = g.bias("ssm_dt", il)
    alpha = g.softplus(g.add(alpha, g.needed(step if step is not None else g.weight("ssm_dt", il))))
    gate = g.mul(alpha, g.needed(g.weight("ssm_a", il)))
    return mixed, z, beta, g.reshape(gate, 1, heads, tokens, sequences)


def _older_projection(g: ModelGraph, x: int, il: int, tokens: int) -> tuple[int, int]:
    """One projection for queries, keys, values and gate of each group."""
    shape, sequences = g.shape, g.batch.sequences
    groups, size, heads = shape.ssm_group_count, shape.ssm_state_size, shape.ssm_time_step_rank
    length = shape.ssm_inner_size // heads
    per = heads // groups
    width = 2 * size + 2 * length * per
    whole = g.product(g.weight("ssm_in", il), x, g.scale_of("ssm_in", il))
    whole = g.reshape(whole, width, groups, tokens, sequences)
    unit, strides = g.strides[whole][0], g.strides[whole][1:]
    q = g.view(whole, (size, groups, tokens, sequences), strides)
    k = g.view(whole, (size, groups, tokens, sequences), strides, size * unit)
    v = g.view(whole, (per * length, groups, tokens, sequences), strides, 2 * size * unit)
    z = g.view(
        whole, (per * length, groups, tokens, sequences), strides,
        (2 * size + per * length) * unit,
    )  # fmt: skip
    v = g.cont(v, length * heads, tokens, sequences)
    z = g.cont(z)
    q = g.cont(q, size * groups, tokens, sequences)
    k = g.cont(k, size * groups, tokens, sequences)
    return g.concat(g.concat(q, k, 0), v, 0), z


def _older_rates(g: ModelGraph, x: int, il: int, tokens: int) -> tuple[int, int]:
    shape, sequences = g.shape, g.batch.sequences
    groups, heads = shape.ssm_group_count, shape.ssm_time_step_rank
    per = heads // groups
    both = g.product(g.weight("ssm_ba", il), x, g.scale_of("ssm_ba", il))
    both = g.reshape(both, 2 * per, groups, tokens, sequences)
    strides = g.strides[both][1:]
    beta = g.view(both, (per, groups, tokens, sequences), strides)
    beta = g.cont(beta, 1, heads, tokens, sequences)
    alpha = g.view(both, (per, groups, tokens, sequences), strides, per * g.strides[both][0])
    return beta, g.cont(alpha, heads, tokens, sequences)


def conv_window(g: ModelGraph, inputs: StateInputs, mixed: int, layer: Layer) -> int:
    """The window of the convolution; its last columns go back into the memory."""
    sequences = g.batch.sequences
    channels = g.shapes[mixed][0]
    kept = g.shape.ssm_conv_kernel - 1
    row = kept * channels
    memory = g.state_memory("r", layer, row)
    before = g.reshape(g.states_of(inputs, memory, row), kept, channels, sequences)
    window = g.concat(before, g.transpose(mixed), 0)
    written = g.batch.states_written
    for step in range(written):
        column = max(0, g.shapes[window][0] - kept - written + 1 + step)
        last = g.view(
            window, (kept, channels, sequences), g.strides[window][1:3],
            g.row_bytes(window, column),
        )  # fmt: skip
        at = (written - 1 - step) * g.batch.states * g.row_bytes(memory, row)
        place = g.view(memory, (row, sequences), (g.strides[memory][1],), at)
        g.expand(g.copy(last, place))
    return window


def _heads(g: ModelGraph, convolved: int, tokens: int) -> tuple[int, int, int]:
    shape, sequences = g.shape, g.batch.sequences
    size, groups, heads = shape.ssm_state_size, shape.ssm_group_count, shape.ssm_time_step_rank
    length = shape.ssm_inner_size // heads
    row = g.row_bytes(convolved, 2 * size * groups + length * heads)
    key_row, value_row = g.row_bytes(convolved, size), g.row_bytes(convolved, length)
    grouped = (size, groups, tokens, sequences)
    steps = (key_row, row, row * tokens)
    q = g.view(convolved, grouped, steps)
    k = g.view(convolved, grouped, steps, key_row * groups)
    v = g.view(
        convolved, (length, heads, tokens, sequences), (value_row, row, row * tokens),
        2 * key_row * groups,
    )  # fmt: skip
    return unit_length(g, q), unit_length(g, k), v


def unit_length(g: ModelGraph, x: int) -> int:
    """Scale a vector to unit length."""
    return g.scale(g.rms_norm(x))


def recurrent_attention(
    g: ModelGraph, memory: int, parts: tuple[int, int, int, int, int, int]
) -> int:
    """The scan of a delta net; the new states go back into the memory."""
    q, _, v, _, _, state = parts
    length, heads = g.shapes[v][:2]
    tokens, sequences = g.shapes[q][2:4]
    kept = g.batch.states_written
    result = g.gated_delta_net(parts, kept)
    row = g.row_bytes(result, length * heads)
    out = g.view(
        result, (length, heads, tokens, sequences),
        (g.row_bytes(result, length), row, row * tokens),
    )  # fmt: skip
    after = row * tokens * sequences
    elements = length * length * heads
    if kept == 1:
        shape = g.shapes[state]
        first = g.row_bytes(result, length)
        steps = (first, first * length, first * length * heads)
        new = g.view(result, shape, steps, after)
        place = g.view(memory, (elements, sequences), (g.strides[memory][1],))
    else:
        written = min(tokens, kept)
        each = g.row_bytes(result, elements)
        new = g.view(result, (elements, sequences, written), (each, each * sequences), after)
        place = g.view(
            memory, (elements, sequences, written),
            (g.strides[memory][1], g.batch.states * each),
        )  # fmt: skip
    g.expand(g.copy(new, place))
    return out
