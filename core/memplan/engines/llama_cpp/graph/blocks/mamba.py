"""The state-space blocks of Mamba 1 and Mamba 2.

Source: llama.cpp b11434, ``models/mamba-base.cpp``.
"""

from __future__ import annotations

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.blocks.recurrent import (
    StateInputs,
    read_states,
    rolling_state,
    scanned_state,
)
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import Glu, Tensor, Unary


def mamba1(b: Building, inputs: StateInputs, x: Tensor, index: int) -> Tensor:
    """A block of Mamba 1."""
    shape = b.shape
    inner, size, sequences = shape.ssm_inner_size, shape.ssm_state_size, b.batch.sequences
    tokens = b.tokens // sequences
    width = inner + 2 * shape.ssm_group_count * size
    rolling = rolling_state(b, index, (shape.ssm_conv_kernel - 1) * width)
    before = read_states(b, inputs, rolling)
    before = op.reshape(before, shape.ssm_conv_kernel - 1, inner, sequences)
    xz = b.product(op.reshape(x, x.ne[0], tokens, sequences), index, "ssm_in")
    half = (inner, tokens, sequences)
    x, z = (op.view(xz, half, xz.nb[1:3], start * xz.nb[0]) for start in (0, inner))
    window = op.concat(before, op.transpose(x), 0)
    kept = (*before.ne[:2], sequences)
    last = op.view(window, kept, window.nb[1:3], tokens * window.nb[0])
    b.expand(op.copy_into(last, op.view(rolling, (before.elements,))))
    x = _convolved(b, window, index)
    dt, states_in, states_out = _steps_of_mamba1(b, x, index)
    decay = b.of_layer(index, "ssm_a", "")
    states = scanned_state(b, index, size * inner)

    def scan(rows: Tensor, ids: Tensor) -> Tensor:
        state = op.reshape(rows, size, 1, inner, b.batch.states)
        return op.ssm_scan(state, heads, dt, decay, states_in, states_out, ids)

    heads = op.reshape(x, 1, inner, tokens, sequences)
    scanned = read_states(b, inputs, states, scan)
    elements = size * inner * sequences
    new = op.view(scanned, (elements,), offset=heads.nb[3] * sequences)
    b.expand(op.copy_into(new, op.view(states, (elements,))))
    y = op.view(scanned, half, heads.nb[2:4])
    y = op.add(y, op.multiply(x, b.of_layer(index, "ssm_d", "")))
    y = op.glu_split(Glu.SWIGLU, op.contiguous(z), y)
    out = b.product(y, index, "ssm_out")
    return op.reshape(out, out.ne[0], b.tokens)


def _convolved(b: Building, window: Tensor, index: int) -> Tensor:
    x = op.ssm_conv(window, b.of_layer(index, "ssm_conv1d"))
    return op.unary(Unary.SILU, op.add(x, b.of_layer(index, "ssm_conv1d", "bias")))


def _steps_of_mamba1(b: Building, x: Tensor, index: int) -> tuple[Tensor, Tensor, Tensor]:
    """The time step, and what goes into and comes out of the states."""
    rank, size = b.shape.ssm_time_step_rank, b.shape.ssm_state_size
    projected = b.product(x, index, "ssm_x")
    _, tokens, sequences, _ = projected.ne
    unit, strides = projected.nb[0], projected.nb[1:3]
    wide, wide_strides = (size, 1, tokens, sequences), (size * unit, *strides)
    dt = op.view(projected, (rank, tokens, sequences), strides)
    states_in = op.view(projected, wide, wide_strides, unit * rank)
    states_out = op.view(projected, wide, wide_strides, unit * (rank + size))
    norms = all(b.has_of_layer(index, f"ssm_{part}_norm") for part in ("dt", "b", "c"))
    if norms or b.integer("ssm.dt_b_c_rms"):
        dt = b.norm(dt, index, "ssm_dt_norm")
        states_in = b.norm(states_in, index, "ssm_b_norm")
        states_out = b.norm(states_out, index, "ssm_c_norm")
    else:
        dt = op.contiguous(dt)
    dt = op.add(b.product(dt, index, "ssm_dt"), b.of_layer(index, "ssm_dt", "bias"))
    return dt, states_in, states_out


def mamba2(b: Building, inputs: StateInputs, x: Tensor, index: int) -> Tensor:
    """A block of Mamba 2."""
    shape = b.shape
    inner, size, groups = shape.ssm_inner_size, shape.ssm_state_size, shape.ssm_group_count
    heads, sequences = shape.ssm_time_step_rank, b.batch.sequences
    tokens, length = b.tokens // sequences, inner // heads
    width = inner + 2 * groups * size
    rolling = rolling_state(b, index, (shape.ssm_conv_kernel - 1) * width)
    before = read_states(b, inputs, rolling)
    before = op.reshape(before, shape.ssm_conv_kernel - 1, width, sequences)
    projected = b.product(x, index, "ssm_in")
    projected = op.reshape(projected, projected.ne[0], tokens, sequences)
    unit, strides = projected.nb[0], projected.nb[1:3]
    z = op.view(projected, (length, heads, tokens, sequences), (length * unit, *strides))
    x = op.view(projected, (width, tokens, sequences), strides, inner * unit)
    dt = op.view(projected, (heads, tokens, sequences), strides, (inner + width) * unit)
    x = _convolved(b, _roll(b, rolling, before, x), index)
    steps = (length * x.nb[0], *x.nb[1:3])
    values = op.view(x, (length, heads, tokens, sequences), steps)
    grouped, steps = (size, groups, tokens, sequences), (size * x.nb[0], *x.nb[1:3])
    states_in = op.view(x, grouped, steps, inner * x.nb[0])
    states_out = op.view(x, grouped, steps, (inner + groups * size) * x.nb[0])
    dt = op.add(op.contiguous(dt), b.of_layer(index, "ssm_dt", "bias"))
    scanned = _scan_of_mamba2(b, inputs, index, (values, dt, states_in, states_out))
    row = values.nb[1]
    y = op.view(
        scanned,
        (length, heads, tokens, sequences),
        (row, heads * row, tokens * heads * row),
    )
    y = op.add(y, op.multiply(values, b.of_layer(index, "ssm_d", "")))
    y = op.glu_split(Glu.SWIGLU, op.contiguous(z), y)
    if b.has_of_layer(index, "ssm_norm"):
        y = op.reshape(y, inner // groups, groups, tokens, sequences)
        y = b.norm(y, index, "ssm_norm")
    return b.product(op.reshape(y, inner, b.tokens), index, "ssm_out")


def _roll(b: Building, rolling: Tensor, before: Tensor, x: Tensor) -> Tensor:
    """The window of the convolution; its last columns are kept for the next micro-batch."""
    window = op.concat(before, op.transpose(x), 0)
    kept, width, sequences, _ = before.ne
    tokens, row = x.ne[1], kept * width
    for slot in range(min(tokens, b.batch.kept_states)):
        last = op.view(
            window, (kept, width, sequences), window.nb[1:3], (tokens - slot) * window.nb[0]
        )
        offset = slot * b.batch.states * rolling.type.row_bytes(row)
        target = op.view(rolling, (row, sequences), (rolling.nb[1],), offset)
        b.expand(op.copy_into(last, target))
    return window


def _scan_of_mamba2(
    b: Building,
    inputs: StateInputs,
    index: int,
    parts: tuple[Tensor, Tensor, Tensor, Tensor],
) -> Tensor:
    """The scan: outputs and new states in one result; the states go back into the cache."""
    values, dt, states_in, states_out = parts
    size, sequences = b.shape.ssm_state_size, b.batch.sequences
    length, heads, tokens, _ = values.ne
    elements = size * length * heads
    states = scanned_state(b, index, elements)
    kept = b.batch.kept_states
    decay = b.of_layer(index, "ssm_a", "")

    def scan(rows: Tensor, ids: Tensor) -> Tensor:
        state = op.reshape(rows, size, length, heads, states.ne[1])
        return op.ssm_scan(state, values, dt, decay, states_in, states_out, ids, kept)

    scanned = read_states(b, inputs, states, scan)
    written = min(tokens, kept)
    row = scanned.type.row_bytes(elements)
    offset = values.elements * values.nb[0]
    new = op.view(scanned, (elements, sequences, written), (row, row * sequences), offset)
    target = op.view(states, (elements, sequences, written), (states.nb[1], b.batch.states * row))
    b.expand(op.copy_into(new, target))
    return scanned
