"""A graph of ggml as lists by tensor number: what the scheduler and the allocator walk quickly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Final

Dimensions = tuple[int, int, int, int]
"""Four numbers, the innermost first: elements of a shape, or bytes of strides."""


class Op(IntEnum):
    """The operations of ggml that llama.cpp's graphs are made of, under ggml's names."""

    NONE = 0
    DUP = auto()
    ADD = auto()
    ADD_ID = auto()
    ADD1 = auto()
    ACC = auto()
    SUB = auto()
    MUL = auto()
    DIV = auto()
    SQR = auto()
    SQRT = auto()
    LOG = auto()
    SIN = auto()
    COS = auto()
    SUM = auto()
    SUM_ROWS = auto()
    CUMSUM = auto()
    MEAN = auto()
    ARGMAX = auto()
    REPEAT = auto()
    CONCAT = auto()
    NORM = auto()
    RMS_NORM = auto()
    GROUP_NORM = auto()
    L2_NORM = auto()
    MUL_MAT = auto()
    MUL_MAT_ID = auto()
    OUT_PROD = auto()
    SCALE = auto()
    SET = auto()
    CPY = auto()
    CONT = auto()
    RESHAPE = auto()
    VIEW = auto()
    PERMUTE = auto()
    TRANSPOSE = auto()
    GET_ROWS = auto()
    SET_ROWS = auto()
    DIAG = auto()
    DIAG_MASK_INF = auto()
    SOFT_MAX = auto()
    ROPE = auto()
    ROPE_BACK = auto()
    CLAMP = auto()
    CONV_TRANSPOSE_1D = auto()
    IM2COL = auto()
    CONV_2D = auto()
    CONV_2D_DW = auto()
    POOL_1D = auto()
    POOL_2D = auto()
    UPSCALE = auto()
    PAD = auto()
    ROLL = auto()
    ARANGE = auto()
    ARGSORT = auto()
    TOP_K = auto()
    LEAKY_RELU = auto()
    TRI = auto()
    FILL = auto()
    FLASH_ATTN_EXT = auto()
    SSM_CONV = auto()
    SSM_SCAN = auto()
    RWKV_WKV6 = auto()
    GATED_LINEAR_ATTN = auto()
    RWKV_WKV7 = auto()
    SOLVE_TRI = auto()
    GATED_DELTA_NET = auto()
    LIGHTNING_INDEXER = auto()
    DSV4_HC_COMB = auto()
    DSV4_HC_PRE = auto()
    DSV4_HC_POST = auto()
    UNARY = auto()
    GLU = auto()


VIEW_OPS: Final = frozenset({Op.VIEW, Op.RESHAPE, Op.PERMUTE, Op.TRANSPOSE})
"""Operations that compute nothing: their result shows the memory of their source."""

EMPTY_OPS: Final = VIEW_OPS | {Op.NONE}

OVERWRITING_OPS: Final = frozenset(
    {
        Op.FILL, Op.SCALE, Op.DIAG_MASK_INF, Op.ADD, Op.ADD_ID, Op.ADD1, Op.SUB, Op.MUL, Op.DIV,
        Op.SQR, Op.SQRT, Op.LOG, Op.UNARY, Op.ROPE, Op.ROPE_BACK, Op.RMS_NORM, Op.CLAMP,
        Op.SOFT_MAX,
    }
)  # fmt: skip
"""Operations that may write their result over a source (``ggml_op_can_inplace``)."""


SCRATCH_OPS: Final = frozenset(
    {Op.FLASH_ATTN_EXT, Op.MUL_MAT, Op.MUL_MAT_ID, Op.CUMSUM, Op.ARGSORT, Op.TOP_K}
)
"""Operations behind whose result a backend may keep scratch (``ggml_op_alloc_size_may_expand``)."""


class Unary(IntEnum):
    """Element-wise functions, as far as a backend treats one differently from another."""

    OTHER = 0
    GELU = auto()
    SIGMOID = auto()
    SILU = auto()
    SOFTPLUS = auto()


COMPUTE_BUFFER: Final = -1
"""A tensor for which the graph allocator finds memory."""

HOST_BUFFER: Final = -2
"""Weights or cache in host memory that every backend on the host reads as it is."""

REPACKED_BUFFER: Final = -3
"""Weights in host memory in the order that suits the processor: only a product may read them."""


@dataclass(slots=True)
class FlatGraph:
    """The tensors of a graph, by number, and in which order they are computed.

    Attributes:
        ops: what computes each tensor.
        types: ggml's number of the element type.
        shapes: elements in each of four dimensions.
        strides: bytes from one to the next in each dimension.
        sources: the operands that there are, in ggml's order.
        view_of: the tensor whose memory is shown, never a view itself; else the tensor itself.
        view_offsets: at which byte of that memory a view begins.
        is_input: set from outside before the graph is computed.
        is_output: read from outside after it.
        is_weight: weights of the model.
        buffers: the device that holds a leaf (from 0), or one of the ``…_BUFFER`` numbers.
        uses: how often each tensor is read in the graph as llama.cpp builds it.
        details: ``Unary`` of a unary operation; bound of the cells that one row of sparse flash
            attention sees; number of states that a scan writes; 1 for plain softmax; else 0.
        nodes: what is computed, in order.
        leafs: what is there before, in order.
    """

    ops: list[Op]
    types: list[int]
    shapes: list[Dimensions]
    strides: list[Dimensions]
    sources: list[tuple[int, ...]]
    view_of: list[int]
    view_offsets: list[int]
    is_input: bytearray
    is_output: bytearray
    is_weight: bytearray
    buffers: list[int]
    uses: Mapping[int, int]
    details: list[int]
    nodes: Sequence[int]
    leafs: Sequence[int]
