"""Metal, on chips that multiply matrices in groups of threads: every Apple chip.

Source: ``ggml-metal.cpp``, ``ggml-metal-ops.cpp`` and ``ggml-metal-device.m`` of b11434.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from memplan.engines.llama_cpp.arithmetic import padded
from memplan.engines.llama_cpp.graph.allocator import ENDLESS_BYTES
from memplan.engines.llama_cpp.graph.backends import operations
from memplan.engines.llama_cpp.graph.backends.backend import Backend
from memplan.engines.llama_cpp.graph.backends.layouts import (
    BF16,
    F16,
    F32,
    I8,
    I16,
    I32,
    I64,
    elements,
    has_contiguous_rows,
    is_contiguous,
    is_transposed,
    numbers,
    tensor_bytes,
)
from memplan.engines.llama_cpp.graph.backends.metal_order import ALIGNMENT_BYTES, ordered
from memplan.engines.llama_cpp.graph.backends.operations import same
from memplan.engines.llama_cpp.graph.flat import FlatGraph, Op

_FLOATS: Final = frozenset({F32, F16})
_CACHE_TYPES: Final = numbers("Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1")
_UNKNOWN_TYPES: Final = numbers("NVFP4", "TQ1_0")
_ATTENTION_HEADS: Final = frozenset({32, 40, 48, 64, 72, 80, 96, 112, 128, 192, 256, 320, 512, 576})
_ATTENTION_TYPES: Final = _CACHE_TYPES | {F32, F16, BF16}
_JOINED_TYPES: Final = _CACHE_TYPES | {F32, F16, BF16, I8, I16, I32, I64}
_STORED_TYPES: Final = _CACHE_TYPES | {F32, F16, BF16} | numbers("IQ4_NL", "TQ2_0")
_WRITTEN_FROM_F32: Final = _STORED_TYPES | numbers("Q1_0", "Q2_0", "I32")
_UNPACKED: Final = _CACHE_TYPES | numbers("F16", "Q1_0", "Q2_0", "TQ2_0")


def _computes(graph: FlatGraph, tensor: int) -> bool:
    source = graph.sources[tensor][0]
    return graph.types[source] in _FLOATS and has_contiguous_rows(graph, source)


def _gates(graph: FlatGraph, tensor: int) -> bool:
    source = graph.sources[tensor][0]
    return graph.types[source] in _FLOATS and is_contiguous(graph, source, 1)


def _combines(graph: FlatGraph, tensor: int) -> bool:
    left, right = graph.sources[tensor][:2]
    return (
        graph.types[left] in _FLOATS
        and graph.types[left] == graph.types[right]
        and has_contiguous_rows(graph, left)
        and has_contiguous_rows(graph, right)
    )


def _joins(graph: FlatGraph, tensor: int) -> bool:
    kind = graph.types[tensor]
    return kind in _JOINED_TYPES and all(
        graph.types[each] == kind for each in graph.sources[tensor][:2]
    )


def _has_whole_rows(graph: FlatGraph, tensor: int) -> bool:
    return has_contiguous_rows(graph, graph.sources[tensor][0])


def _is_whole(graph: FlatGraph, tensor: int) -> bool:
    return is_contiguous(graph, graph.sources[tensor][0])


def _reads_single(graph: FlatGraph, tensor: int) -> bool:
    return graph.types[graph.sources[tensor][0]] == F32


def _multiplies(graph: FlatGraph, tensor: int) -> bool:
    operands = graph.sources[tensor]
    left, right = operands[:2]
    kind = graph.types[left]
    if kind in _UNKNOWN_TYPES:
        return False
    if graph.types[right] != F16:
        return True
    if kind == BF16:
        return False
    if graph.ops[tensor] is Op.MUL_MAT_ID:
        return graph.shapes[left][0] >= 64 and graph.shapes[operands[2]][1] >= 32
    if kind == F16 or (kind == F32 and graph.details[tensor]):
        return True
    return (
        not is_transposed(graph, left)
        and not is_transposed(graph, right)
        and graph.shapes[left][0] >= 64
        and graph.shapes[right][1] > 8
    )


def _copies(graph: FlatGraph, tensor: int) -> bool:
    source, target = graph.types[graph.sources[tensor][0]], graph.types[tensor]
    if source == F32:
        return target in _WRITTEN_FROM_F32
    if source == BF16:
        return target in (F32, BF16)
    if source == I32:
        return target in (F32, I32)
    return source in _UNPACKED and target in _FLOATS


def _reads_rows(graph: FlatGraph, tensor: int) -> bool:
    return graph.types[graph.sources[tensor][0]] not in _UNKNOWN_TYPES


def _writes_rows(graph: FlatGraph, tensor: int) -> bool:
    rows = graph.types[graph.sources[tensor][0]]
    if rows == F16:
        return graph.types[tensor] == F16
    return rows == F32 and graph.types[tensor] in _STORED_TYPES


def _attends(graph: FlatGraph, tensor: int) -> bool:
    queries, keys, values = graph.sources[tensor][:3]
    width, value_width = graph.shapes[keys][0], graph.shapes[values][0]
    return (
        graph.shapes[queries][0] in _ATTENTION_HEADS
        and (width != 72 or value_width == 72)
        and width >= value_width
        and graph.types[keys] == graph.types[values]
        and graph.types[keys] in _ATTENTION_TYPES
    )


def _indexes(graph: FlatGraph, tensor: int) -> bool:
    operands = graph.sources[tensor][:4]
    kinds = tuple(graph.types[each] for each in operands)
    return (
        graph.shapes[operands[0]][0] == 128
        and kinds[0] == kinds[2] == graph.types[tensor] == F32
        and kinds[3] == F16
        and kinds[1] in _ATTENTION_TYPES
        and all(has_contiguous_rows(graph, each) for each in operands)
    )


def _mixes_streams(graph: FlatGraph, tensor: int) -> bool:
    return graph.types[tensor] == F32 and all(
        graph.types[each] == F32 and has_contiguous_rows(graph, each)
        for each in graph.sources[tensor]
    )


def _spreads_stream(graph: FlatGraph, tensor: int) -> bool:
    return _mixes_streams(graph, tensor) and graph.shapes[graph.sources[tensor][1]][1] == 4


def _weighs_streams(graph: FlatGraph, tensor: int) -> bool:
    return _mixes_streams(graph, tensor) and graph.shapes[graph.sources[tensor][0]][0] == 24


def _updates_delta(graph: FlatGraph, tensor: int) -> bool:
    return graph.shapes[graph.sources[tensor][2]][0] % 32 == 0


_RULES: Final[operations.Rules] = {
    **same(
        True,
        Op.NONE,
        Op.RESHAPE,
        Op.VIEW,
        Op.PERMUTE,
        Op.TRANSPOSE,
        Op.REPEAT,
        Op.ROPE, Op.ROPE_BACK,
        Op.ARGSORT,
        Op.TOP_K,
        Op.ARANGE,
        Op.SSM_SCAN,
        Op.SSM_CONV,
        Op.RWKV_WKV6,
        Op.RWKV_WKV7,
        Op.DIAG,
        Op.ARGMAX,
        Op.CONV_TRANSPOSE_1D,
    ),
    **same(False, Op.ADD1, Op.DIAG_MASK_INF, Op.OUT_PROD, Op.GATED_LINEAR_ATTN),
    **same(
        _computes,
        Op.SCALE,
        Op.FILL,
        Op.CLAMP,
        Op.SQR,
        Op.SQRT,
        Op.SIN,
        Op.COS,
        Op.LOG,
        Op.UNARY,
    ),
    **same(_combines, Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.ADD_ID, Op.ACC),
    **same(
        _has_whole_rows,
        Op.TRI,
        Op.SUM_ROWS,
        Op.CUMSUM,
        Op.MEAN,
        Op.SOFT_MAX,
        Op.GROUP_NORM,
        Op.L2_NORM,
        Op.NORM,
        Op.RMS_NORM,
    ),
    **same(_is_whole, Op.SUM, Op.ROLL, Op.CONV_2D),
    **same(
        _reads_single,
        Op.UPSCALE,
        Op.POOL_1D,
        Op.POOL_2D,
        Op.PAD,
        Op.SOLVE_TRI,
        Op.LEAKY_RELU,
        Op.IM2COL,
        Op.CONV_2D_DW,
    ),
    **same(_multiplies, Op.MUL_MAT, Op.MUL_MAT_ID),
    **same(_copies, Op.SET, Op.CPY, Op.DUP, Op.CONT),
    Op.GLU: _gates,
    Op.CONCAT: _joins,
    Op.FLASH_ATTN_EXT: _attends,
    Op.LIGHTNING_INDEXER: _indexes,
    Op.DSV4_HC_COMB: _weighs_streams,
    Op.DSV4_HC_PRE: _mixes_streams,
    Op.DSV4_HC_POST: _spreads_stream,
    Op.GATED_DELTA_NET: _updates_delta,
    Op.GET_ROWS: _reads_rows,
    Op.SET_ROWS: _writes_rows,
}  # fmt: skip

_SUPPORTS: Final = operations.supports(_RULES)

_CELLS_PER_GROUP: Final = 64
_QUERIES_PER_GROUP: Final = 8
_CELLS_PER_VECTOR_GROUP: Final = 32
_VECTOR_QUERIES: Final = 20
"""Fewer queries are treated by a kernel of another shape."""

_GROUPS: Final = 32
"""Groups that write partial results, and the most queries for which they do."""

_UNPACKED_FROM_QUERIES: Final = 32
"""From so many queries on a quantised cache is read through its 16-bit copy."""

_MOST_SPARSE_CELLS: Final = 4096
_SPARSE_HEADS: Final = frozenset(
    {
        (32, 32), (64, 64), (96, 96), (96, 64), (128, 128), (192, 128), (192, 192), (256, 256),
        (320, 256), (512, 512), (576, 512),
    }
)  # fmt: skip


def _shows_keys(graph: FlatGraph, keys: int, values: int) -> bool:
    """Whether V is the first part of K, as in latent attention."""
    base = graph.view_of[values]
    return base != values and (
        base == keys
        or (base == graph.view_of[keys] and graph.view_offsets[values] == graph.view_offsets[keys])
    )


def _tail_bytes(graph: FlatGraph, operands: Sequence[int], shows_keys: bool) -> int:
    """A padded copy of the last cells of K, V and the mask."""
    queries, keys, values = operands[:3]
    row_bytes = [graph.strides[keys][1], graph.strides[values][1]]
    if graph.types[keys] in _CACHE_TYPES and graph.shapes[queries][1] >= _UNPACKED_FROM_QUERIES:
        width = graph.shapes[keys][0]
        row_bytes = [2 * width, 2 * (width if shows_keys else graph.shapes[values][0])]
    _, _, heads, streams = graph.shapes[keys]
    _, _, value_heads, value_streams = graph.shapes[values]
    size = row_bytes[0] * heads * streams + row_bytes[1] * value_heads * value_streams
    if len(operands) > 3:
        _, rows, mask_heads, mask_streams = graph.shapes[operands[3]]
        size += 2 * rows * mask_heads * mask_streams
    return _CELLS_PER_GROUP * size


def _mask_bytes(graph: FlatGraph, operands: Sequence[int]) -> int:
    """Which blocks of the mask are empty."""
    if len(operands) <= 3:
        return 0
    width, tokens = graph.shapes[operands[0]][:2]
    cells, _, heads, streams = graph.shapes[operands[3]]
    is_vector = tokens < _VECTOR_QUERIES and width % 32 == 0
    down = 1 if is_vector else _QUERIES_PER_GROUP
    across = _CELLS_PER_VECTOR_GROUP if is_vector else _CELLS_PER_GROUP
    return int(padded(-(-cells // across) * -(-tokens // down) * heads * streams, 32))


def _index_bytes(graph: FlatGraph, tensor: int) -> int:
    """The cells that sparse attention reads, for each row of the mask."""
    operands = graph.sources[tensor]
    most_cells = graph.details[tensor]
    if not 0 < most_cells <= _MOST_SPARSE_CELLS or len(operands) <= 3:
        return 0
    keys, values, mask = operands[1:4]
    if (graph.shapes[keys][0], graph.shapes[values][0]) not in _SPARSE_HEADS:
        return 0
    _, rows, heads, streams = graph.shapes[mask]
    cells = int(padded(most_cells, _CELLS_PER_VECTOR_GROUP))
    return int(padded(4 * cells * rows * heads * streams, 16))


def _attention_bytes(graph: FlatGraph, tensor: int) -> int:
    """The output of flash attention and the scratch behind it."""
    operands = graph.sources[tensor]
    queries, keys, values = operands[:3]
    shows_keys = _shows_keys(graph, keys, values)
    _, tokens, heads, streams = graph.shapes[queries]
    copies = int(padded(2 * elements(graph, keys), 16))
    if not shows_keys:
        copies += int(padded(2 * elements(graph, values), 16))
    partial = 4 * min(tokens, _GROUPS) * heads * streams * _GROUPS * (graph.shapes[values][0] + 2)
    return (
        tensor_bytes(graph, tensor)
        + _tail_bytes(graph, operands, shows_keys)
        + _mask_bytes(graph, operands)
        + partial
        + copies
        + _index_bytes(graph, tensor)
    )


_EXPERT_SCALE_BYTES: Final = 8 + 4 * 256
"""Two factors, and the scales of 256 groups of threads."""


def allocated_bytes(graph: FlatGraph, tensor: int) -> int:
    """What Metal allocates for a tensor: scratch lies behind the result."""
    match graph.ops[tensor]:
        case Op.FLASH_ATTN_EXT:
            return _attention_bytes(graph, tensor)
        case Op.MUL_MAT_ID:
            experts, _, ids = graph.sources[tensor][:3]
            count, tokens = graph.shapes[experts][2], graph.shapes[ids][1]
            return tensor_bytes(graph, tensor) + 4 * count * (1 + tokens) + _EXPERT_SCALE_BYTES
        case Op.CUMSUM | Op.ARGSORT:
            return 2 * tensor_bytes(graph, tensor)
        case Op.TOP_K:
            return 8 * elements(graph, graph.sources[tensor][0])
        case _:
            return tensor_bytes(graph, tensor)


def _offloads(graph: FlatGraph, tensor: int) -> bool:
    op = graph.ops[tensor]
    return (op is Op.MUL_MAT or op is Op.MUL_MAT_ID) and operations.batch_rows(
        graph, tensor
    ) >= operations.OFFLOAD_ROWS


@cache
def device(number: int, largest_buffer_bytes: int) -> Backend:
    """A device, by its number among the devices, and its ``maxBufferLength``."""
    return Backend(
        buffer=number,
        reads=frozenset({number}),
        alignment_bytes=ALIGNMENT_BYTES,
        largest_buffer_bytes=largest_buffer_bytes,
        largest_operand_bytes=ENDLESS_BYTES,
        supports=_SUPPORTS,
        offloads=_offloads,
        allocated_bytes=allocated_bytes,
        arrange=ordered,
    )
