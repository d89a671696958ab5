"""Vulkan.

Source: ``ggml-vulkan.cpp`` of b11434.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from memplan.engines.llama_cpp.graph.backends import operations
from memplan.engines.llama_cpp.graph.backends.backend import Backend
from memplan.engines.llama_cpp.graph.backends.layouts import (
    BF16,
    BLOCK_BYTES,
    BLOCK_ELEMENTS,
    F16,
    F32,
    I32,
    I64,
    QUANTISED,
    has_contiguous_rows,
    is_contiguous,
    numbers,
    tensor_bytes,
)
from memplan.engines.llama_cpp.graph.backends.operations import same
from memplan.engines.llama_cpp.graph.backends.vulkan_order import ordered
from memplan.engines.llama_cpp.graph.flat import FlatGraph, Op

ALIGNMENT_BYTES: Final = 16
"""``minStorageBufferOffsetAlignment`` of the drivers that were looked at."""

HOST_ALIGNMENT_BYTES: Final = 64
"""``minMemoryMapAlignment``: of memory that a device has pinned."""

LARGEST_BUFFER_BYTES: Final = 2**30
"""Beyond this a compute buffer gets a further chunk (``suballocation_block_size``)."""

LARGEST_OPERAND_BYTES: Final = 2**32 - 1
"""``maxStorageBufferRange``: larger tensors are no operands of a device."""

_FLOATS: Final = frozenset({F32, F16})

_UNPACKED: Final = numbers("F32", "F16", "BF16")
_COPY_TYPES: Final = numbers(
    "BF16", "Q1_0", "Q2_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "IQ4_NL", "F16"
)
_PRODUCT_TYPES: Final = _COPY_TYPES | numbers(
    "F32", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S",
    "IQ3_XXS", "IQ3_S", "IQ4_XS", "MXFP4", "NVFP4", "TQ1_0", "TQ2_0",
)  # fmt: skip
_ROW_TYPES: Final = _PRODUCT_TYPES | numbers("I32")
_ATTENTION_TYPES: Final = numbers(
    "F32", "F16", "BF16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0", "IQ4_NL"
)


def _first_type(graph: FlatGraph, tensor: int) -> int:
    return graph.types[graph.sources[tensor][0]]


def _is_float(graph: FlatGraph, tensor: int) -> bool:
    kind = graph.types[tensor]
    return kind in _FLOATS and _first_type(graph, tensor) == kind


def _gates(graph: FlatGraph, tensor: int) -> bool:
    kind = graph.types[tensor]
    return kind in _FLOATS and all(graph.types[each] == kind for each in graph.sources[tensor])


def _fills_matrices(graph: FlatGraph, tensor: int) -> bool:
    """Whether the two inner dimensions have no gaps (``ggml_vk_dim01_contiguous``)."""
    kind = graph.types[tensor]
    shape, strides = graph.shapes[tensor], graph.strides[tensor]
    return (
        strides[0] == BLOCK_BYTES[kind]
        and strides[1] == strides[0] * shape[0] // BLOCK_ELEMENTS[kind]
        and (shape[3] == 1 or strides[3] == strides[2] * shape[2])
    )


def _multiplies(graph: FlatGraph, tensor: int) -> bool:
    operands = graph.sources[tensor]
    left, right = operands[:2]
    kind, operand = graph.types[left], graph.types[right]
    by_expert = graph.ops[tensor] is Op.MUL_MAT_ID
    if by_expert and graph.details[tensor]:
        return False
    if kind not in _PRODUCT_TYPES:
        return False
    if graph.shapes[operands[2] if by_expert else left][3] != graph.shapes[right][3]:
        return False
    if kind not in _UNPACKED and not _fills_matrices(graph, left):
        return False
    if operand not in _FLOATS and not _fills_matrices(graph, right):
        return False
    if kind == BF16:
        return operand != F16
    return operand != BF16


def _attends(graph: FlatGraph, tensor: int) -> bool:
    operands = graph.sources[tensor]
    queries, keys, values = operands[:3]
    kinds = graph.types[keys], graph.types[values]
    return (
        graph.shapes[keys][0] % 8 == graph.shapes[values][0] % 8 == 0
        and graph.types[queries] == graph.types[tensor] == F32
        and (len(operands) < 4 or graph.types[operands[3]] == F16)
        and kinds[0] in _ATTENTION_TYPES
        and kinds[1] in _ATTENTION_TYPES
        and (kinds[0] == BF16) == (kinds[1] == BF16)
    )


def _reads_rows(graph: FlatGraph, tensor: int) -> bool:
    return _first_type(graph, tensor) in _ROW_TYPES


def _writes_rows(graph: FlatGraph, tensor: int) -> bool:
    rows, places = graph.sources[tensor][:2]
    return (
        graph.types[rows] in _FLOATS
        and graph.types[places] in (I32, I64)
        and (graph.types[tensor] == F32 or graph.types[tensor] in _COPY_TYPES)
    )


def _copies(graph: FlatGraph, tensor: int) -> bool:
    operands = graph.sources[tensor]
    kind = graph.types[operands[0]]
    target = graph.types[operands[1]] if len(operands) > 1 else kind
    if kind == F32 and (target in (F32, I32) or target in _COPY_TYPES):
        return True
    if target == F32 and (kind == I32 or kind in _COPY_TYPES):
        return True
    if kind != target or BLOCK_BYTES[kind] % 2:
        return False
    return kind not in QUANTISED or (
        is_contiguous(graph, operands[0]) and is_contiguous(graph, tensor)
    )


def _repeats(graph: FlatGraph, tensor: int) -> bool:
    size = BLOCK_BYTES[graph.types[tensor]]
    return size == BLOCK_BYTES[_first_type(graph, tensor)] and size in (2, 4)


def _rotates(graph: FlatGraph, tensor: int) -> bool:
    return has_contiguous_rows(graph, tensor) and has_contiguous_rows(
        graph, graph.sources[tensor][0]
    )


def _is_single(graph: FlatGraph, tensor: int) -> bool:
    return _first_type(graph, tensor) == graph.types[tensor] == F32


def _reads_single(graph: FlatGraph, tensor: int) -> bool:
    return _first_type(graph, tensor) == F32


def _reads_whole_single(graph: FlatGraph, tensor: int) -> bool:
    return _first_type(graph, tensor) == F32 and is_contiguous(graph, graph.sources[tensor][0])


def _sums_rows(graph: FlatGraph, tensor: int) -> bool:
    source = graph.sources[tensor][0]
    return graph.types[source] == F32 and has_contiguous_rows(graph, source)


def _combines(graph: FlatGraph, tensor: int) -> bool:
    operands = graph.sources[tensor][:2]
    return graph.types[tensor] in _FLOATS and all(graph.types[each] in _FLOATS for each in operands)


def _is_whole(graph: FlatGraph, tensor: int) -> bool:
    return is_contiguous(graph, tensor) and is_contiguous(graph, graph.sources[tensor][0])


def _reads_whole(graph: FlatGraph, tensor: int) -> bool:
    return is_contiguous(graph, graph.sources[tensor][0])


def _joins(graph: FlatGraph, tensor: int) -> bool:
    kind = graph.types[tensor]
    return all(graph.types[each] == kind for each in graph.sources[tensor][:2]) and (
        kind not in QUANTISED
        or all(has_contiguous_rows(graph, each) for each in (tensor, *graph.sources[tensor][:2]))
    )


def _sets(graph: FlatGraph, tensor: int) -> bool:
    kind = graph.types[tensor]
    return kind in (F32, I32) and all(
        graph.types[each] == kind for each in graph.sources[tensor][:2]
    )


def _is_float_result(graph: FlatGraph, tensor: int) -> bool:
    return graph.types[tensor] in _FLOATS


def _all_single(graph: FlatGraph, tensor: int) -> bool:
    return graph.types[tensor] == F32 and all(
        graph.types[each] == F32 for each in graph.sources[tensor]
    )


def _mixes_streams(graph: FlatGraph, tensor: int) -> bool:
    """The residual streams of DeepSeek V4: the shaders know four of them."""
    streams = {Op.DSV4_HC_PRE: 0, Op.DSV4_HC_POST: 1}[graph.ops[tensor]]
    return _all_single(graph, tensor) and graph.shapes[graph.sources[tensor][streams]][1] == 4


def _solves(graph: FlatGraph, tensor: int) -> bool:
    matrix, right = graph.sources[tensor][:2]
    width = graph.shapes[matrix][0] + graph.shapes[right][0]
    # 32 KiB of shared memory, and 1024 threads in a group.
    return (
        graph.types[tensor] == graph.types[matrix] == F32
        and graph.shapes[right][0] <= 1024
        and width * 4 <= 32768
    )


def _links(graph: FlatGraph, tensor: int) -> bool:
    return _is_single(graph, tensor) and graph.shapes[graph.sources[tensor][0]][0] == 64


def _indexes(graph: FlatGraph, tensor: int) -> bool:
    queries, keys = graph.sources[tensor][:2]
    return graph.types[keys] in _ATTENTION_TYPES and graph.shapes[queries][0] == 128


def _updates_delta(graph: FlatGraph, tensor: int) -> bool:
    values = graph.sources[tensor][2]
    return graph.shapes[values][0] in (16, 32, 64, 128) and _all_single(graph, tensor)


def _scans(graph: FlatGraph, tensor: int) -> bool:
    state, _, _, decay = graph.sources[tensor][:4]
    width, heads = graph.shapes[state][:2]
    return graph.strides[decay][1] == 4 and width in (128, 256) and heads % 16 == 0


_RULES: Final[operations.Rules] = {
    **same(
        True,
        Op.NONE,
        Op.RESHAPE,
        Op.VIEW,
        Op.PERMUTE,
        Op.TRANSPOSE,
        Op.RMS_NORM,
        Op.RWKV_WKV6,
        Op.RWKV_WKV7,
        Op.ROPE_BACK, Op.TOP_K,
    ),
    **same(
        _is_float,
        Op.UNARY,
        Op.SQR,
        Op.SQRT,
        Op.SIN,
        Op.COS,
        Op.CLAMP,
        Op.LEAKY_RELU,
        Op.LOG,
        Op.TRI,
        Op.DIAG,
    ),
    **same(_multiplies, Op.MUL_MAT, Op.MUL_MAT_ID),
    **same(_copies, Op.CONT, Op.CPY, Op.DUP),
    **same(_is_single, Op.NORM, Op.L2_NORM),
    **same(_combines, Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.ADD1, Op.ADD_ID),
    **same(_all_single, Op.DSV4_HC_COMB, Op.ACC),
    **same(_mixes_streams, Op.DSV4_HC_PRE, Op.DSV4_HC_POST),
    **same(_sums_rows, Op.SUM, Op.SUM_ROWS, Op.MEAN, Op.CUMSUM),
    **same(
        _reads_whole_single,
        Op.SCALE,
        Op.DIAG_MASK_INF,
        Op.SOFT_MAX,
        Op.ARGMAX,
        Op.POOL_1D,
        Op.POOL_2D,
        Op.OUT_PROD,
    ),
    **same(
        _reads_single,
        Op.PAD,
        Op.ROLL,
        Op.SSM_CONV,
        Op.UPSCALE,
        Op.CONV_TRANSPOSE_1D,
        Op.CONV_2D_DW,
    ),
    **same(_is_float_result, Op.FILL, Op.ARANGE, Op.IM2COL, Op.CONV_2D),
    Op.GROUP_NORM: _reads_whole,
    Op.GLU: _gates,
    Op.FLASH_ATTN_EXT: _attends,
    Op.GET_ROWS: _reads_rows,
    Op.SET_ROWS: _writes_rows,
    Op.REPEAT: _repeats,
    Op.ROPE: _rotates,
    Op.ARGSORT: _is_whole,
    Op.SET: _sets,
    Op.CONCAT: _joins,
    Op.SOLVE_TRI: _solves,
    Op.GATED_LINEAR_ATTN: _links,
    Op.LIGHTNING_INDEXER: _indexes,
    Op.GATED_DELTA_NET: _updates_delta,
    Op.SSM_SCAN: _scans,
}  # fmt: skip

_SUPPORTS: Final = operations.supports(_RULES)


@cache
def device(
    number: int,
    *,
    alignment_bytes: int = ALIGNMENT_BYTES,
    largest_buffer_bytes: int = LARGEST_BUFFER_BYTES,
    largest_operand_bytes: int = LARGEST_OPERAND_BYTES,
) -> Backend:
    """A device, by its number among the devices, with what its driver says of itself."""

    def supports(graph: FlatGraph, tensor: int) -> bool:
        if tensor_bytes(graph, tensor) > largest_operand_bytes:
            return False
        for source in graph.sources[tensor]:
            if tensor_bytes(graph, source) > largest_operand_bytes:
                return False
        return _SUPPORTS(graph, tensor)

    return Backend(
        buffer=number,
        reads=frozenset({number}),
        alignment_bytes=alignment_bytes,
        largest_buffer_bytes=largest_buffer_bytes,
        largest_operand_bytes=largest_operand_bytes,
        supports=supports,
        offloads=operations.offloads,
        allocated_bytes=tensor_bytes,
        arrange=ordered,
    )
