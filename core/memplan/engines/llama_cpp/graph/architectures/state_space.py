"""State-space blocks: Mamba 1 and 2, alone or between attention.

Source: ``mamba-base.cpp``, ``mamba.cpp``, ``jamba.cpp``, ``falcon-h1.cpp``, ``granite-hybrid.cpp``,
``nemotron-h.cpp`` and ``plamo2.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from dataclasses import replace

from memplan.engines.llama_cpp.graph.architectures.decoder import (
    Experts,
    Rows,
    Style,
    finish,
    network,
    norm_of,
    start,
)
from memplan.engines.llama_cpp.graph.architectures.plain import granite
from memplan.engines.llama_cpp.graph.model_graph import (
    Activation,
    CacheInputs,
    Gating,
    ModelGraph,
    StateInputs,
)
from memplan.engines.llama_cpp.shape import Layer


def mamba(g: ModelGraph) -> None:
    """Mamba 1 and 2: nothing but state-space blocks."""
    style = Style()
    block = mamba2_block if g.shape.name == "mamba2" else mamba1_block
    stream = start(g, style)
    states = g.state_inputs()
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = block(g, states, norm_of(g, style, "attn_norm", stream, layer), layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        stream = g.add(x, residual)
    finish(g, style, stream)


def jamba(g: ModelGraph) -> None:
    """Mamba 1 or attention without positions, then a network or experts."""
    style = Style(experts=Experts(normalised=False))
    stream = start(g, style)
    states, cache = g.state_inputs(), g.cache_inputs()
    chosen = g.output_rows()
    for layer in g.layers:
        x = norm_of(g, style, "attn_norm", stream, layer)
        if layer.recurrent:
            x = mamba1_block(g, states, x, layer)
        else:
            q, k, v = g.qkv(x, layer)
            x = g.attend(cache, q, k, v, layer)
        if layer is g.layers[-1]:
            x, stream = g.get_rows(x, chosen), g.get_rows(stream, chosen)
        between = g.add(stream, x)
        x = norm_of(g, style, "ffn_norm", between, layer)
        stream = g.add(between, network(g, style, x, layer))
    finish(g, style, stream)


def falcon_h1(g: ModelGraph) -> None:
    """Attention and Mamba 2 side by side in each layer."""
    style = Style()
    stream = start(g, style)
    positions = g.positions()
    states, cache = g.state_inputs(), g.cache_inputs()
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        q, k, v = g.qkv(x, layer)
        q, k = g.rope(q, positions), g.rope(k, positions)
        attended = g.attend(cache, q, k, v, layer)
        x = norm_of(g, style, "attn_norm", stream, layer)
        x = g.add(attended, mamba2_block(g, states, x, layer))
        residual = g.add(x, residual)
        if layer is g.layers[-1]:
            residual = g.get_rows(residual, chosen)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(g.feed_forward(x, layer.index), residual)
    finish(g, style, stream)


def granite_hybrid(g: ModelGraph) -> None:
    """Mamba 2 or attention, then Granite's network."""
    style = replace(granite(g), scaled_logits=bool(g.real("logit_scale")))
    stream = start(g, style)
    states, cache = g.state_inputs(), g.cache_inputs()
    turned = bool(g.number("rope.scaling.finetuned", 1))
    positions = g.positions() if turned else -1
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        if layer.recurrent:
            x = mamba2_block(g, states, x, layer)
        else:
            q, k, v = g.qkv(x, layer)
            if turned:
                factors = g.rope_factors(layer.index)
                q, k = g.rope(q, positions, factors), g.rope(k, positions, factors)
            x = g.attend(cache, q, k, v, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(_scaled(g, style, x), residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        stream = g.add(_scaled(g, style, network(g, style, x, layer)), residual)
    finish(g, style, stream)


def _scaled(g: ModelGraph, style: Style, x: int) -> int:
    return g.scale(x) if style.scaled_residual else x


def nemotron_h(g: ModelGraph) -> None:
    """Each layer is one of Mamba 2, attention without positions, and a network."""
    style = Style(activation=Activation.RELU_SQUARED, rows=Rows.AFTER_NORM)
    stream = start(g, style)
    states, cache = g.state_inputs(), g.cache_inputs()
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        if layer.recurrent:
            x = mamba2_block(g, states, x, layer)
        elif layer.feed_forward_length == 0:
            q, k, v = g.qkv(x, layer)
            x = g.attend(cache, q, k, v, layer)
        else:
            x = _nemotron_network(g, style, x, layer)
        stream = g.add(x, residual)
    finish(g, style, stream, chosen)


def _nemotron_network(g: ModelGraph, style: Style, x: int, layer: Layer) -> int:
    il = layer.index
    if g.weight("ffn_gate_inp", il) is None:
        return g.feed_forward(x, il, activation=style.activation)
    down, up = g.weight("ffn_latent_down", il), g.weight("ffn_latent_up", il)
    latent = x if down is None else g.mul_mat(down, x)
    logits = g.product(g.weight("ffn_gate_inp", il), x)
    routed = g.experts(
        latent, il, activation=style.activation, gating=Gating.SIGMOID, logits=logits,
        normalised=bool(g.number("expert_weights_norm")), choice_bias=True,
        scaled=g.real("expert_weights_scale") not in (0.0, 1.0),
        groups=g.number("expert_group_count"), groups_used=g.number("expert_group_used_count"),
    )  # fmt: skip
    if up is not None:
        routed = g.mul_mat(up, routed)
    shared = g.feed_forward(
        x, il, activation=style.activation, up="ffn_up_shexp", gate="", down="ffn_down_shexp"
    )
    return g.add(routed, shared)


def plamo2(g: ModelGraph) -> None:
    """Mamba 2 in a form of its own, or attention; both normed behind."""
    style = Style(activation=Activation.SWIGLU_OF_HALVES)
    stream = start(g, style)
    positions = g.positions()
    states, cache = g.state_inputs(), g.cache_inputs()
    chosen = g.output_rows()
    for layer in g.layers:
        residual = stream
        x = norm_of(g, style, "attn_norm", stream, layer)
        if layer.recurrent:
            x = _plamo2_block(g, states, x, layer)
        else:
            x = _plamo2_attention(g, cache, positions, x, layer)
        if layer is g.layers[-1]:
            x, residual = g.get_rows(x, chosen), g.get_rows(residual, chosen)
        residual = g.add(norm_of(g, style, "post_attention_norm", x, layer), residual)
        x = norm_of(g, style, "ffn_norm", residual, layer)
        x = g.feed_forward(x, layer.index, activation=style.activation)
        stream = g.add(norm_of(g, style, "post_ffw_norm", x, layer), residual)
    finish(g, style, stream)


def _plamo2_attention(
    g: ModelGraph, cache: CacheInputs, positions: int, x: int, layer: Layer
) -> int:
    il = layer.index
    q, k, v = g.qkv(x, layer)
    q = g.rope(g.normed(q, g.weight("attn_q_norm", il), layer=il), positions)
    k = g.rope(g.normed(k, g.weight("attn_k_norm", il), layer=il), positions)
    return g.attend(cache, q, k, v, layer)


def mamba1_block(g: ModelGraph, inputs: StateInputs, x: int, layer: Layer) -> int:
    """A block of Mamba 1."""
    shape, il = g.shape, layer.index
    inner, size, sequences = shape.ssm_inner_size, shape.ssm_state_size, g.batch.sequences
    tokens = g.shapes[x][1] // sequences
    width = g.state_width(layer)
    rolling = g.state_memory("r", layer, width)
    before = g.states_of(inputs, rolling, width)
    before = g.reshape(before, shape.ssm_conv_kernel - 1, inner, sequences)
    both = g.product(g.weight("ssm_in", il), g.reshape(x, g.shapes[x][0], tokens, sequences))
    half = (inner, tokens, sequences)
    strides, unit = g.strides[both][1:3], g.strides[both][0]
    x, z = (g.view(both, half, strides, first * unit) for first in (0, inner))
    window = g.concat(before, g.transpose(x), 0)
    kept = (shape.ssm_conv_kernel - 1, inner, sequences)
    last = g.view(window, kept, g.strides[window][1:3], tokens * g.strides[window][0])
    elements = kept[0] * inner * sequences
    g.expand(g.copy(last, g.view(rolling, (elements,))))
    x = g.ssm_conv(window, g.needed(g.weight("ssm_conv1d", il)))
    x = g.silu(g.add(x, g.needed(g.bias("ssm_conv1d", il))))
    dt, inwards, outwards = _steps(g, x, il)
    decay = g.needed(g.weight("ssm_a", il))
    states = g.state_memory("s", layer, size * inner)
    heads = g.reshape(x, 1, inner, tokens, sequences)

    def scan(rows: int, ids: int) -> int:
        state = g.reshape(rows, size, 1, inner, g.batch.states)
        return g.ssm_scan((state, heads, dt, decay, inwards, outwards, ids))

    scanned = g.states_of(inputs, states, size * inner, scan)
    elements = size * inner * sequences
    new = g.view(scanned, (elements,), at=g.strides[heads][3] * sequences)
    g.expand(g.copy(new, g.view(states, (elements,))))
    y = g.view(scanned, half, g.strides[heads][2:4])
    y = g.add(y, g.mul(x, g.needed(g.weight("ssm_d", il))))
    y = g.glu(g.cont(z), y)
    out = g.product(g.weight("ssm_out", il), y)
    return g.reshape(out, g.shapes[out][0], tokens * sequences)


def _steps(g: ModelGraph, x: int, il: int) -> tuple[int, int, int]:
    """The time step, and what goes into and comes out of the states."""
    rank, size = g.shape.ssm_time_step_rank, g.shape.ssm_state_size
    projected = g.product(g.weight("ssm_x", il), x)
    _, tokens, sequences, _ = g.shapes[projected]
    unit, strides = g.strides[projected][0], g.strides[projected][1:3]
    wide, wide_strides = (size, 1, tokens, sequences), (size * unit, *strides)
    dt = g.view(projected, (rank, tokens, sequences), strides)
    inwards = g.view(projected, wide, wide_strides, unit * rank)
    outwards = g.view(projected, wide, wide_strides, unit * (rank + size))
    normed = all(g.weight(f"ssm_{part}_norm", il) is not None for part in ("dt", "b", "c"))
    if normed or g.number("ssm.dt_b_c_rms"):
        dt = g.normed(dt, g.weight("ssm_dt_norm", il), layer=il)
        inwards = g.normed(inwards, g.weight("ssm_b_norm", il), layer=il)
        outwards = g.normed(outwards, g.weight("ssm_c_norm", il), layer=il)
    else:
        dt = g.cont(dt)
    dt = g.add(g.product(g.weight("ssm_dt", il), dt), g.needed(g.bias("ssm_dt", il)))
    return dt, inwards, outwards


def mamba2_block(g: ModelGraph, inputs: StateInputs, x: int, layer: Layer) -> int:
    """A block of Mamba 2."""
    shape, il = g.shape, layer.index
    inner, size, groups = shape.ssm_inner_size, shape.ssm_state_size, shape.ssm_group_count
    heads, sequences = shape.ssm_time_step_rank, g.batch.sequences
    rows = g.shapes[x][1]
    tokens, length = rows // sequences, inner // heads
    width = inner + 2 * groups * size
    rolled = (shape.ssm_conv_kernel - 1) * width
    rolling = g.state_memory("r", layer, rolled)
    before = g.reshape(
        g.states_of(inputs, rolling, rolled), shape.ssm_conv_kernel - 1, width, sequences
    )
    projected = g.product(g.weight("ssm_in", il), x)
    projected = g.reshape(projected, g.shapes[projected][0], tokens, sequences)
    unit, strides = g.strides[projected][0], g.strides[projected][1:3]
    each = (length, heads, tokens, sequences)
    z = g.view(projected, each, (length * unit, *strides))
    x = g.view(projected, (width, tokens, sequences), strides, inner * unit)
    dt = g.view(projected, (heads, tokens, sequences), strides, (inner + width) * unit)
    x = g.ssm_conv(_window(g, rolling, before, x), g.needed(g.weight("ssm_conv1d", il)))
    x = g.silu(g.add(x, g.needed(g.bias("ssm_conv1d", il))))
    unit, strides = g.strides[x][0], g.strides[x][1:3]
    values = g.view(x, each, (length * unit, *strides))
    grouped, steps = (size, groups, tokens, sequences), (size * unit, *strides)
    inwards = g.view(x, grouped, steps, inner * unit)
    outwards = g.view(x, grouped, steps, (inner + groups * size) * unit)
    dt = g.add(g.cont(dt), g.needed(g.bias("ssm_dt", il)))
    scanned = _scanned(g, inputs, layer, (values, dt, inwards, outwards))
    row = g.strides[values][1]
    y = g.view(scanned, each, (row, heads * row, tokens * heads * row))
    y = g.add(y, g.mul(values, g.needed(g.weight("ssm_d", il))))
    y = g.glu(g.cont(z), y)
    norm = g.weight("ssm_norm", il)
    if norm is not None:
        y = g.reshape(y, inner // groups, groups, tokens, sequences)
        y = g.normed(y, norm, layer=il)
    return g.product(g.weight("ssm_out", il), g.reshape(y, inner, rows))


def _window(g: ModelGraph, rolling: int, before: int, x: int) -> int:
    """The window of the convolution; its last columns are kept for the next micro-batch."""
    window = g.concat(before, g.transpose(x), 0)
    kept, width, sequences, _ = g.shapes[before]
    tokens, row = g.shapes[x][1], kept * width
    for slot in range(min(tokens, g.batch.states_written)):
        at = (tokens - slot) * g.strides[window][0]
        last = g.view(window, (kept, width, sequences), g.strides[window][1:3], at)
        offset = slot * g.batch.states * g.row_bytes(rolling, row)
        place = g.view(rolling, (row, sequences), (g.strides[rolling][1],), offset)
        g.expand(g.copy(last, place))
    return window


def _scanned(
    g: ModelGraph, inputs: StateInputs, layer: Layer, parts: tuple[int, int, int, int]
) -> int:
    """The scan of Mamba 2; the new states go back into the memory."""
    values, dt, inwards, outwards = parts
    size, sequences = g.shape.ssm_state_size, g.batch.sequences
    length, heads, tokens, _ = g.shapes[values]
    elements = size * length * heads
    memory = g.state_memory("s", layer, elements)
    written_each = g.batch.states_written
    decay = g.needed(g.weight("ssm_a", layer.index))

    def scan(rows: int, ids: int) -> int:
        state = g.reshape(rows, size, length, heads, g.shapes[memory][1])
        return g.ssm_scan((state, values, dt, decay, inwards, outwards, ids), written_each)

    scanned = g.states_of(inputs, memory, elements, scan)
    written = min(tokens, written_each)
    row = g.row_bytes(scanned, elements)
    offset = length * heads * tokens * sequences * g.strides[values][0]
    new = g.view(scanned, (elements, sequences, written), (row, row * sequences), offset)
    place = g.view(
        memory, (elements, sequences, written), (g.strides[memory][1], g.batch.states * row)
    )
    g.expand(g.copy(new, place))
    return scanned


def _plamo2_block(g: ModelGraph, inputs: StateInputs, x: int, layer: Layer) -> int:
    shape, il = g.shape, layer.index
    inner, size, heads = shape.ssm_inner_size, shape.ssm_state_size, shape.ssm_time_step_rank
    groups, sequences = shape.ssm_group_count, g.batch.sequences
    rows = g.shapes[x][1]
    tokens, length = rows // sequences, inner // heads
    kept, width = shape.ssm_conv_kernel - 1, inner + 2 * groups * size
    rolling = g.state_memory("r", layer, kept * width)
    before = g.reshape(g.states_of(inputs, rolling, kept * width), kept, width, sequences)
    both = g.product(g.weight("ssm_in", il), g.reshape(x, g.shapes[x][0], tokens, sequences))
    both = g.cont(g.permute(both, 0, 2, 1, 3), 2 * length, heads, tokens, sequences)
    each = (length, heads, tokens, sequences)
    x = g.view(both, each, g.strides[both][1:], length * g.strides[both][0])
    x = g.cont(x, inner, tokens, sequences)
    z = g.view(both, each, g.strides[both][1:])
    window = g.concat(before, g.transpose(x), 0)
    last = g.view(
        window, (kept, inner, sequences), g.strides[window][1:3], tokens * g.strides[window][0]
    )
    g.expand(g.copy(last, g.view(rolling, (kept * width * sequences,))))
    x = g.silu(g.ssm_conv(window, g.needed(g.weight("ssm_conv1d", il))))
    dt, inwards, outwards = _plamo2_steps(g, x, il)
    decay = g.reshape(g.needed(g.weight("ssm_a", il)), 1, heads)
    row = g.row_bytes(x, length)
    values = g.view(x, each, (row, row * heads, row * heads * tokens))
    memory = g.state_memory("s", layer, size * inner)

    def scan(rows: int, ids: int) -> int:
        state = g.reshape(rows, size, length, heads, g.batch.states)
        return g.ssm_scan((state, values, dt, decay, inwards, outwards, ids))

    scanned = g.states_of(inputs, memory, size * inner, scan)
    elements = inner * size * sequences
    new = g.view(scanned, (elements,), at=inner * tokens * sequences * g.strides[scanned][0])
    g.expand(g.copy(new, g.view(memory, (elements,))))
    y = g.view(scanned, each, (row, row * heads, row * heads * tokens))
    y = g.add(y, g.mul(values, g.reshape(g.needed(g.weight("ssm_d", il)), 1, heads)))
    y = g.glu(g.cont(z), y)
    y = g.view(y, (inner, tokens, sequences), g.strides[y][2:4])
    out = g.product(g.weight("ssm_out", il), y)
    return g.reshape(out, g.shapes[out][0], rows)


def _plamo2_steps(g: ModelGraph, x: int, il: int) -> tuple[int, int, int]:
    size = g.shape.ssm_state_size
    projected = g.product(g.weight("ssm_x", il), x)
    _, tokens, sequences, _ = g.shapes[projected]
    unit, strides = g.strides[projected][0], g.strides[projected][1:3]
    rank = max(64, g.width // 16)
    inwards = g.view(projected, (size, tokens, sequences), strides)
    outwards = g.view(projected, (size, tokens, sequences), strides, unit * size)
    dt = g.view(projected, (rank, tokens, sequences), strides, 2 * unit * size)
    inwards = g.normed(inwards, g.weight("ssm_b_norm", il), layer=il)
    outwards = g.normed(outwards, g.weight("ssm_c_norm", il), layer=il)
    dt = g.normed(dt, g.weight("ssm_dt_norm", il), layer=il)
    dt = g.add(g.product(g.weight("ssm_dt", il), dt), g.needed(g.bias("ssm_dt", il)))

    def spread(part: int) -> int:
        steps = (size * g.strides[part][0], *g.strides[part][1:3])
        return g.view(part, (size, 1, tokens, sequences), steps)

    return dt, spread(inwards), spread(outwards)
