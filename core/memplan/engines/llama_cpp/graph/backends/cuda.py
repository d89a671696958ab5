"""CUDA; ROCm builds the same source, and allocates by the same rules.

Source: ``ggml-cuda.cu``, ``fattn.cu`` and ``fattn-common.cuh`` of b11434.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from functools import cache
from typing import Final

from memplan.engines.llama_cpp.arithmetic import padded
from memplan.engines.llama_cpp.graph.allocator import ENDLESS_BYTES
from memplan.engines.llama_cpp.graph.backends import operations
from memplan.engines.llama_cpp.graph.backends.backend import Arrangement, Backend
from memplan.engines.llama_cpp.graph.backends.cuda_fusion import kept_for_fusion
from memplan.engines.llama_cpp.graph.backends.layouts import (
    BF16,
    BLOCK_BYTES,
    BLOCK_ELEMENTS,
    F16,
    F32,
    I32,
    I64,
    QUANTISED,
    elements,
    has_contiguous_rows,
    is_contiguous,
    numbers,
    tensor_bytes,
)
from memplan.engines.llama_cpp.graph.backends.operations import same
from memplan.engines.llama_cpp.graph.flat import FlatGraph, Op

ALIGNMENT_BYTES: Final = 128

_ROW_PADDING_ELEMENTS: Final = 512
"""``MATRIX_ROW_PADDING``: the last row of a quantised tensor is padded to this."""

_CELLS_STRIDE: Final = 256
"""``FATTN_KQ_STRIDE``: cells of a cache that some kernels take at a time."""

_FLOATS: Final = frozenset({F32, F16})

_PRODUCT_TYPES: Final = numbers(
    "F32", "F16", "BF16", "Q1_0", "Q2_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "MXFP4", "NVFP4",
    "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K", "IQ1_M", "IQ1_S", "IQ2_S", "IQ2_XS", "IQ2_XXS",
    "IQ3_S", "IQ3_XXS", "IQ4_NL", "IQ4_XS",
)  # fmt: skip
_ROW_TYPES: Final = numbers(
    "F16", "F32", "BF16", "I32", "Q1_0", "Q2_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0",
    "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S",
    "IQ1_S", "IQ1_M", "IQ4_XS",
)  # fmt: skip
_SHORT_BLOCK_ROW_TYPES: Final = numbers("IQ4_NL", "MXFP4")
_CACHE_TYPES: Final = numbers(
    "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "IQ4_NL"
)
_ATTENTION_TYPES: Final = _CACHE_TYPES - numbers("IQ4_NL")
_COPY_TYPES: Final = numbers("Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1")
_UNPACKED: Final = numbers("F32", "F16", "BF16")


def _is_whole(graph: FlatGraph, tensor: int) -> bool:
    return is_contiguous(graph, graph.sources[tensor][0])


def _has_whole_rows(graph: FlatGraph, tensor: int) -> bool:
    return has_contiguous_rows(graph, graph.sources[tensor][0])


def _gates(graph: FlatGraph, tensor: int) -> bool:
    return is_contiguous(graph, graph.sources[tensor][0], 1)


def _multiplies(graph: FlatGraph, tensor: int) -> bool:
    left, right = graph.sources[tensor][:2]
    types, strides = graph.types, graph.strides
    if (
        strides[left][0] != BLOCK_BYTES[types[left]]
        or strides[right][0] != BLOCK_BYTES[types[right]]
    ):
        return False
    if types[right] == F16 and types[left] != F16 and not _rotates_halves(graph, tensor):
        return False
    # Only mistral4's experts ask for operands of full precision.
    if graph.ops[tensor] is Op.MUL_MAT_ID and graph.details[tensor]:
        return False
    return types[left] in _PRODUCT_TYPES


def _rotates_halves(graph: FlatGraph, tensor: int) -> bool:
    """Whether a product is the rotation of a quantised cache, which has a kernel of its own."""
    left, right = graph.sources[tensor][:2]
    return (
        graph.ops[tensor] is Op.MUL_MAT
        and graph.details[tensor] == 1
        and graph.types[left] == F32
        and is_contiguous(graph, right)
        and is_contiguous(graph, tensor)
        and graph.shapes[right] == graph.shapes[tensor]
    )


def _reads_rows(graph: FlatGraph, tensor: int) -> bool:
    table = graph.sources[tensor][0]
    kind = graph.types[table]
    if kind in _SHORT_BLOCK_ROW_TYPES:
        return graph.shapes[table][0] % 256 == 0
    return kind in _ROW_TYPES


def _writes_rows(graph: FlatGraph, tensor: int) -> bool:
    rows, places = graph.sources[tensor][:2]
    kind, row_kind = graph.types[tensor], graph.types[rows]
    return graph.types[places] in (I32, I64) and (
        (row_kind == F32 and kind in _CACHE_TYPES) or (row_kind == kind == F16)
    )


def _sets(graph: FlatGraph, tensor: int) -> bool:
    kind = graph.types[tensor]
    return kind in (F32, I32) and all(
        graph.types[source] == kind for source in graph.sources[tensor][:2]
    )


def _copies(graph: FlatGraph, tensor: int) -> bool:
    source, target = graph.sources[tensor][:2]
    pair = graph.types[source], graph.types[target]
    if pair[0] in _UNPACKED and pair[1] in _UNPACKED:
        return True
    if F32 in pair and (pair[0] in _COPY_TYPES or pair[1] in _COPY_TYPES):
        return True
    if pair[0] == F32 and pair[1] in numbers("IQ4_NL", "I32"):
        return True
    if pair[0] == I32 and pair[1] in (F32, I32):
        return True
    return pair[0] == pair[1] and is_contiguous(graph, source) and is_contiguous(graph, target)


def _repeats(graph: FlatGraph, tensor: int) -> bool:
    return graph.types[graph.sources[tensor][0]] in _FLOATS


def _joins(graph: FlatGraph, tensor: int) -> bool:
    kind = graph.types[tensor]
    return kind not in QUANTISED and all(
        graph.types[source] == kind for source in graph.sources[tensor][:2]
    )


def _scales(graph: FlatGraph, tensor: int) -> bool:
    kind = graph.types[tensor]
    return kind in (F32, BF16) and graph.types[graph.sources[tensor][0]] == kind


def _combines(graph: FlatGraph, tensor: int) -> bool:
    left, right = (graph.types[source] for source in graph.sources[tensor][:2])
    kind = graph.types[tensor]
    if BF16 in (left, right, kind):
        return left == kind == BF16 and right in (BF16, F32)
    return left in _FLOATS and right in _FLOATS and kind in _FLOATS


def _scans(graph: FlatGraph, tensor: int) -> bool:
    state, _, _, decay, group = graph.sources[tensor][:5]
    width, heads, channels, _ = graph.shapes[state]
    if graph.shapes[decay][0] == 1:
        return width in (96, 128, 256) and heads % 16 == 0
    return (
        graph.details[tensor] <= 1
        and width == 16
        and heads == 1
        and channels % 128 == 0
        and graph.shapes[group][1] == 1
    )


def _convolves(graph: FlatGraph, tensor: int) -> bool:
    return graph.shapes[graph.sources[tensor][0]][1] % 128 == 0


def _rotates(graph: FlatGraph, tensor: int) -> bool:
    source = graph.sources[tensor][0]
    return graph.strides[source][0] == BLOCK_BYTES[graph.types[source]] and is_contiguous(
        graph, source, 2
    )


def _sums_rows(graph: FlatGraph, tensor: int) -> bool:
    source = graph.sources[tensor][0]
    return graph.types[source] == graph.types[tensor] == F32 and has_contiguous_rows(graph, source)


def _indexes(graph: FlatGraph, tensor: int) -> bool:
    queries, keys = graph.sources[tensor][:2]
    if graph.shapes[queries][0] != 128 or graph.shapes[queries][1] not in (4, 32, 64):
        return False
    return graph.types[keys] in _ATTENTION_TYPES and all(
        graph.types[operand] in QUANTISED
        or all(stride % 16 == 0 for stride in graph.strides[operand][1:])
        for operand in (queries, keys)
    )


class _Kernel(Enum):
    """The flash attention kernels, as far as they differ in the memory they need."""

    NONE = auto()
    VECTOR = auto()
    MATRIX = auto()


_EQUAL_HEADS: Final = frozenset({40, 64, 72, 80, 96, 112, 128, 256})
"""Head sizes for which K and V must be equally wide, and nothing else is asked."""

_UNEQUAL_HEADS: Final = {192: (128, 8), 320: (256, 32), 512: (512, 1), 576: (512, 1)}
"""Further head sizes of K: that of V, and the step in which query heads share one of K."""


def _shares_heads(graph: FlatGraph, tensor: int) -> bool:
    """Whether a kernel may treat the query heads of one K head together."""
    operands = graph.sources[tensor]
    queries, keys = operands[0], operands[1]
    return (
        graph.shapes[queries][2] // graph.shapes[keys][2] >= 2
        and len(operands) > 3
        and graph.shapes[keys][1] % _CELLS_STRIDE == 0
        and all(
            graph.types[operand] in QUANTISED
            or all(stride % 16 == 0 for stride in graph.strides[operand][1:])
            for operand in operands[:4]
        )
    )


def _kernel(graph: FlatGraph, tensor: int) -> _Kernel:
    """The kernel that flash attention runs with on a card with tensor cores."""
    queries, keys, values = graph.sources[tensor][:3]
    key_width, cells, key_heads, _ = graph.shapes[keys]
    value_width = graph.shapes[values][0]
    width, tokens, query_heads, _ = graph.shapes[queries]
    shares = _shares_heads(graph, tensor)
    if key_width in _UNEQUAL_HEADS:
        needed_width, step = _UNEQUAL_HEADS[key_width]
        if value_width != needed_width or not shares or query_heads // key_heads % step:
            return _Kernel.NONE
    elif key_width not in _EQUAL_HEADS or value_width != key_width:
        return _Kernel.NONE
    if graph.types[keys] not in _ATTENTION_TYPES or graph.types[values] not in _ATTENTION_TYPES:
        return _Kernel.NONE
    if width <= 256 and width % 64 == 0 and width != 192 and cells % _CELLS_STRIDE == 0:
        packed = graph.types[keys] in QUANTISED or graph.types[values] in QUANTISED
        if tokens <= (2 if packed else 1):
            return _Kernel.VECTOR
    return _Kernel.MATRIX


def _attends(graph: FlatGraph, tensor: int) -> bool:
    return _kernel(graph, tensor) is not _Kernel.NONE


_VECTOR_TYPES: Final = numbers("F16", "Q4_0", "Q8_0", "BF16")
"""Types that the vector kernel reads as they are, where K and V have the same."""


def _attention_bytes(graph: FlatGraph, tensor: int) -> int:
    """The output of flash attention, and 16-bit copies of K and V behind it."""
    end = tensor_bytes(graph, tensor)
    _, keys, values = graph.sources[tensor][:3]
    kernel = _kernel(graph, tensor)
    copied: Sequence[int] = (keys, values)
    if kernel is _Kernel.NONE:
        return end
    if kernel is _Kernel.VECTOR:
        direct = graph.types[keys] == graph.types[values] and graph.types[keys] in _VECTOR_TYPES
        if direct and graph.shapes[keys][0] in (64, 128, 256):
            return end
    base = graph.view_of[values]
    shows_keys = base != values and (
        base == keys
        or (base == graph.view_of[keys] and graph.view_offsets[values] == graph.view_offsets[keys])
    )
    for operand in copied[:1] if shows_keys else copied:
        if graph.types[operand] != F16:
            end = int(padded(end, ALIGNMENT_BYTES)) + 2 * elements(graph, operand)
    return end


def allocated_bytes(graph: FlatGraph, tensor: int) -> int:
    """What CUDA allocates for a tensor."""
    if graph.ops[tensor] is Op.FLASH_ATTN_EXT:
        return _attention_bytes(graph, tensor)
    size = tensor_bytes(graph, tensor)
    kind = graph.types[tensor]
    rest = graph.shapes[tensor][0] % _ROW_PADDING_ELEMENTS
    if kind in QUANTISED and rest:
        missing = _ROW_PADDING_ELEMENTS - rest
        size += missing // BLOCK_ELEMENTS[kind] * BLOCK_BYTES[kind]
    return size


_RULES: Final[operations.Rules] = {
    **same(
        True,
        Op.NONE,
        Op.RESHAPE,
        Op.VIEW,
        Op.PERMUTE,
        Op.TRANSPOSE,
        Op.DUP,
        Op.ARGMAX,
        Op.ADD_ID,
        Op.ADD1,
        Op.SQR,
        Op.SQRT,
        Op.SIN,
        Op.COS,
        Op.CLAMP,
        Op.LOG,
        Op.CONT,
        Op.DIAG_MASK_INF,
        Op.SOFT_MAX,
        Op.POOL_1D,
        Op.POOL_2D,
        Op.TOP_K,
        Op.ARGSORT,
        Op.PAD,
        Op.UPSCALE,
        Op.ARANGE,
        Op.LEAKY_RELU,
        Op.RWKV_WKV6,
        Op.GATED_LINEAR_ATTN,
        Op.RWKV_WKV7,
        Op.GATED_DELTA_NET,
        Op.DSV4_HC_COMB,
        Op.DSV4_HC_PRE,
        Op.DSV4_HC_POST,
        Op.FILL,
        Op.CUMSUM,
        Op.TRI,
        Op.DIAG,
        Op.SOLVE_TRI,
        Op.OUT_PROD,
        Op.CONV_TRANSPOSE_1D,
        Op.CONV_2D_DW,
    ),
    **same(_is_whole, Op.UNARY, Op.GROUP_NORM, Op.ACC, Op.IM2COL, Op.CONV_2D, Op.ROLL),
    **same(_has_whole_rows, Op.NORM, Op.RMS_NORM, Op.L2_NORM, Op.SUM),
    **same(_multiplies, Op.MUL_MAT, Op.MUL_MAT_ID),
    **same(_combines, Op.ADD, Op.SUB, Op.MUL, Op.DIV),
    **same(_sums_rows, Op.SUM_ROWS, Op.MEAN),
    Op.GLU: _gates,
    Op.GET_ROWS: _reads_rows,
    Op.SET_ROWS: _writes_rows,
    Op.SET: _sets,
    Op.CPY: _copies,
    Op.REPEAT: _repeats,
    Op.CONCAT: _joins,
    Op.SCALE: _scales,
    Op.SSM_SCAN: _scans,
    Op.SSM_CONV: _convolves,
    **same(_rotates, Op.ROPE, Op.ROPE_BACK),
    Op.FLASH_ATTN_EXT: _attends,
    Op.LIGHTNING_INDEXER: _indexes,
}  # fmt: skip

_SUPPORTS: Final = operations.supports(_RULES)


@cache
def device(number: int, *, groups_shared_experts: bool = True) -> Backend:
    """A card, by its number among the devices.

    Args:
        number: the number of the device.
        groups_shared_experts: whether it moves a shared expert to the others; v0.5.0 does not.
    """

    def supports(graph: FlatGraph, tensor: int) -> bool:
        buffers, view_of = graph.buffers, graph.view_of
        for source in graph.sources[tensor]:
            # Memory of another card; of a view nobody asks.
            if 0 <= buffers[source] != number and view_of[source] == source:
                return False
        return _SUPPORTS(graph, tensor)

    def arrange(graph: FlatGraph, nodes: Sequence[int]) -> Arrangement:
        return kept_for_fusion(graph, nodes, groups_shared_experts=groups_shared_experts)

    return Backend(
        buffer=number,
        reads=frozenset({number}),
        alignment_bytes=ALIGNMENT_BYTES,
        largest_buffer_bytes=ENDLESS_BYTES,
        largest_operand_bytes=ENDLESS_BYTES,
        supports=supports,
        offloads=operations.offloads,
        allocated_bytes=allocated_bytes,
        arrange=arrange,
    )
