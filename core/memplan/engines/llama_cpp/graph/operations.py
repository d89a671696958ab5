"""ggml's operations: what shape, type and bytes each result has.

Dimensions are counted from 0, the fastest. ``params`` of a result holds what backends ask of it:

=================== =========================================================
FLASH_ATTN_EXT      scale, largest ALiBi bias, soft cap of the scores
SOFT_MAX            scale, largest ALiBi bias
ROPE                rotated elements, mode
CONCAT              dimension
PAD                 elements added before and behind, for each dimension
MUL_MAT             1 if the first source is a Hadamard matrix, else nothing
SSM_SCAN            states kept per sequence
GATED_DELTA_NET     states kept per sequence
DSV4_HC_PRE         1 if gated, else 0
IM2COL              1 if two-dimensional, else 0
=================== =========================================================

Source: ggml b11434, ``ggml.c``.
"""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.graph.tensor import (
    BF16,
    F16,
    F32,
    I32,
    Glu,
    Op,
    Shape4,
    Tensor,
    Unary,
    contiguous_strides,
)
from memplan.reader.tensor_types import TensorType

NORMAL_ROPE: Final = 0
NEOX_ROPE: Final = 2
MULTI_ROPE: Final = 8
VISION_ROPE: Final = 24
INTERLEAVED_MULTI_ROPE: Final = 40
"""The modes of ROPE."""


def new(op: Op, element_type: TensorType, ne: Shape4, sources: tuple[Tensor | None, ...]) -> Tensor:
    """A result with bytes of its own, without gaps."""
    return Tensor(op, element_type, ne, contiguous_strides(element_type, ne), sources)


def _like(op: Op, shape: Tensor, sources: tuple[Tensor | None, ...]) -> Tensor:
    return new(op, shape.type, shape.ne, sources)


def _shown(
    op: Op,
    of: Tensor,
    ne: Shape4,
    nb: Shape4,
    sources: tuple[Tensor | None, ...],
    offset: int = 0,
) -> Tensor:
    """A result whose bytes are those of ``of``."""
    result = Tensor(op, of.type, ne, nb, sources)
    result.view_source = of if of.view_source is None else of.view_source
    result.view_offset = of.view_offset + offset
    result.residence = of.residence
    return result


# Views


def view(a: Tensor, ne: tuple[int, ...], strides: tuple[int, ...] = (), offset: int = 0) -> Tensor:
    """A window into ``a``; ``strides`` are those of the dimensions 1, 2 and 3, in bytes."""
    full: Shape4 = (*ne, *(1,) * (4 - len(ne)))  # type: ignore[assignment]
    block = a.type.block_bytes
    given = list(strides)
    nb = [block, given[0] if given else block * (ne[0] // a.type.block_elements)]
    for dimension in (2, 3):
        if len(given) >= dimension:
            nb.append(given[dimension - 1])
        else:
            nb.append(nb[dimension - 1] * full[dimension - 1])
    return _shown(Op.VIEW, a, full, (nb[0], nb[1], nb[2], nb[3]), (a,), offset)


def reshape(a: Tensor, *ne: int) -> Tensor:
    """The same elements in another shape."""
    full: Shape4 = (*ne, *(1,) * (4 - len(ne)))  # type: ignore[assignment]
    return _shown(Op.RESHAPE, a, full, contiguous_strides(a.type, full), (a,))


def permute(a: Tensor, to0: int, to1: int, to2: int, to3: int) -> Tensor:
    """Dimension 0 becomes dimension ``to0``, and so on."""
    ne, nb = [0] * 4, [0] * 4
    for source, target in enumerate((to0, to1, to2, to3)):
        ne[target], nb[target] = a.ne[source], a.nb[source]
    return _shown(Op.PERMUTE, a, (ne[0], ne[1], ne[2], ne[3]), (nb[0], nb[1], nb[2], nb[3]), (a,))


def transpose(a: Tensor) -> Tensor:
    """The first two dimensions swapped."""
    ne, nb = a.ne, a.nb
    return _shown(Op.TRANSPOSE, a, (ne[1], ne[0], ne[2], ne[3]), (nb[1], nb[0], nb[2], nb[3]), (a,))


# Copies


def contiguous(a: Tensor, *ne: int) -> Tensor:
    """A copy without gaps, in another shape if one is given (``ggml_cont``)."""
    full: Shape4 = (*ne, *(1,) * (4 - len(ne))) if ne else a.ne  # type: ignore[assignment]
    return new(Op.CONT, a.type, full, (a,))


def duplicate(a: Tensor) -> Tensor:
    """A copy (``ggml_dup``)."""
    return _like(Op.DUP, a, (a,))


def cast(a: Tensor, element_type: TensorType) -> Tensor:
    """A copy in another type."""
    result = new(Op.CPY, element_type, a.ne, (a, None))
    # ggml names the copy itself as the second source, which makes no edge.
    result.sources = (a, result)
    return result


def copy_into(a: Tensor, target: Tensor) -> Tensor:
    """``a`` written into ``target`` (``ggml_cpy``)."""
    return _shown(Op.CPY, target, target.ne, target.nb, (a, target))


def repeat(a: Tensor, *ne: int) -> Tensor:
    """``a`` over and over, up to a shape."""
    full: Shape4 = (*ne, *(1,) * (4 - len(ne)))  # type: ignore[assignment]
    return new(Op.REPEAT, a.type, full, (a,))


def concat(a: Tensor, b: Tensor, dimension: int) -> Tensor:
    """``b`` behind ``a``."""
    ne = list(a.ne)
    ne[dimension] += b.ne[dimension]
    result = new(Op.CONCAT, a.type, (ne[0], ne[1], ne[2], ne[3]), (a, b))
    result.params = (dimension,)
    return result


def pad(
    a: Tensor,
    behind: tuple[int, int, int, int],
    before: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> Tensor:
    """``a`` with zeros around it."""
    ne = tuple(n + low + high for n, low, high in zip(a.ne, before, behind, strict=True))
    result = new(Op.PAD, a.type, (ne[0], ne[1], ne[2], ne[3]), (a,))
    result.params = tuple(n for pair in zip(before, behind, strict=True) for n in pair)
    return result


def roll(a: Tensor) -> Tensor:
    """``a`` with its elements moved around cyclically."""
    return _like(Op.ROLL, a, (a,))


# Element by element


def add(a: Tensor, b: Tensor) -> Tensor:
    """A + b; ``b`` is repeated as needed."""
    return _like(Op.ADD, a, (a, b))


def add_id(a: Tensor, b: Tensor, ids: Tensor) -> Tensor:
    """A + the rows of ``b`` that ``ids`` names."""
    return _like(Op.ADD_ID, a, (a, b, ids))


def add1(a: Tensor, b: Tensor) -> Tensor:
    """A + one number."""
    return _like(Op.ADD1, a, (a, b))


def subtract(a: Tensor, b: Tensor) -> Tensor:
    """A - b."""
    return _like(Op.SUB, a, (a, b))


def multiply(a: Tensor, b: Tensor) -> Tensor:
    """A * b; ``b`` is repeated as needed."""
    return _like(Op.MUL, a, (a, b))


def divide(a: Tensor, b: Tensor) -> Tensor:
    """A / b; ``b`` is repeated as needed."""
    return _like(Op.DIV, a, (a, b))


def accumulate(a: Tensor, b: Tensor) -> Tensor:
    """``a`` with ``b`` added to a part of it."""
    return _like(Op.ACC, a, (a, b))


def set_part(a: Tensor, b: Tensor, *, in_place: bool = False) -> Tensor:
    """``a`` with a part replaced by ``b``."""
    if in_place:
        return _shown(Op.SET, a, a.ne, a.nb, (a, b))
    return _like(Op.SET, a, (a, b))


def scale(a: Tensor) -> Tensor:
    """``a`` times a number."""
    return _like(Op.SCALE, a, (a,))


def scale_in_place(a: Tensor) -> Tensor:
    """``a`` times a number, in its own bytes."""
    return _shown(Op.SCALE, a, a.ne, a.nb, (a,))


def clamp(a: Tensor) -> Tensor:
    """``a`` within bounds."""
    return _like(Op.CLAMP, a, (a,))


def square(a: Tensor) -> Tensor:
    """A * a."""
    return _like(Op.SQR, a, (a,))


def square_root(a: Tensor) -> Tensor:
    """The square root of ``a``."""
    return _like(Op.SQRT, a, (a,))


def simple(op: Op, a: Tensor) -> Tensor:
    """An operation of one source whose result has its shape, such as LOG, SIN, COS or TRI."""
    return _like(op, a, (a,))


def fill(a: Tensor) -> Tensor:
    """A number in the shape of ``a``."""
    return _like(Op.FILL, a, (a,))


def unary(kind: Unary, a: Tensor) -> Tensor:
    """A function of each element."""
    result = _like(Op.UNARY, a, (a,))
    result.kind = kind
    return result


def glu(kind: Glu, gate_and_up: Tensor) -> Tensor:
    """A gated unit; gate and input are the halves of each row."""
    ne = gate_and_up.ne
    result = new(Op.GLU, gate_and_up.type, (ne[0] // 2, ne[1], ne[2], ne[3]), (gate_and_up, None))
    result.kind = kind
    return result


def glu_split(kind: Glu, gate: Tensor, up: Tensor) -> Tensor:
    """A gated unit of two tensors."""
    result = _like(Op.GLU, gate, (gate, up))
    result.kind = kind
    return result


# Reductions


def sum_rows(a: Tensor) -> Tensor:
    """The sum of each row."""
    return new(Op.SUM_ROWS, a.type, (1, *a.ne[1:]), (a,))


def mean(a: Tensor) -> Tensor:
    """The mean of each row."""
    return new(Op.MEAN, F32, (1, *a.ne[1:]), (a,))


def argmax(a: Tensor) -> Tensor:
    """The index of each row's largest element."""
    return new(Op.ARGMAX, I32, (a.ne[1], 1, 1, 1), (a,))


def argsort(a: Tensor) -> Tensor:
    """The indices that sort each row."""
    return _like_typed(Op.ARGSORT, I32, a)


def _like_typed(op: Op, element_type: TensorType, a: Tensor) -> Tensor:
    return new(op, element_type, a.ne, (a,))


def argsort_top(a: Tensor, count: int) -> Tensor:
    """The first indices of a full sort of each row (``ggml_argsort_top_k``)."""
    order = argsort(a)
    return view(order, (count, *order.ne[1:]), order.nb[1:])


def top_k(a: Tensor, count: int) -> Tensor:
    """The indices of the largest elements of each row, in no order."""
    return new(Op.TOP_K, I32, (count, *a.ne[1:]), (a,))


# Norms


def norm(a: Tensor) -> Tensor:
    """Layer norm without weights."""
    return _like(Op.NORM, a, (a,))


def rms_norm(a: Tensor) -> Tensor:
    """Root-mean-square norm without weights."""
    return _like(Op.RMS_NORM, a, (a,))


def group_norm(a: Tensor) -> Tensor:
    """Group norm without weights."""
    return _like(Op.GROUP_NORM, a, (a,))


def l2_norm(a: Tensor) -> Tensor:
    """Each row divided by its length."""
    return _like(Op.L2_NORM, a, (a,))


# Products


def mul_mat(a: Tensor, b: Tensor, *, hadamard: bool = False) -> Tensor:
    """The rows of ``a`` times the rows of ``b``."""
    result = new(Op.MUL_MAT, F32, (a.ne[1], b.ne[1], b.ne[2], b.ne[3]), (a, b))
    if hadamard:
        result.params = (1,)
    return result


def mul_mat_id(experts: Tensor, b: Tensor, ids: Tensor) -> Tensor:
    """The rows of the chosen experts times the rows of ``b``."""
    ne = (experts.ne[1], ids.ne[0], b.ne[2], 1)
    return new(Op.MUL_MAT_ID, F32, ne, (experts, b, ids))


def outer_product(a: Tensor, b: Tensor) -> Tensor:
    """The columns of ``a`` times the columns of ``b``."""
    return new(Op.OUT_PROD, F32, (a.ne[0], b.ne[0], b.ne[2], b.ne[3]), (a, b))


def get_rows(a: Tensor, ids: Tensor) -> Tensor:
    """The rows of ``a`` that ``ids`` names."""
    element_type = I32 if a.type is I32 else F32
    return new(Op.GET_ROWS, element_type, (a.ne[0], *ids.ne[:3]), (a, ids))


def set_rows(target: Tensor, rows: Tensor, ids: Tensor) -> Tensor:
    """``rows`` written into ``target`` where ``ids`` says."""
    return _shown(Op.SET_ROWS, target, target.ne, target.nb, (rows, ids, target))


def diagonal(a: Tensor) -> Tensor:
    """Matrices with the rows of ``a`` on the diagonal."""
    return new(Op.DIAG, a.type, (a.ne[0], a.ne[0], a.ne[2], a.ne[3]), (a,))


def solve_triangular(a: Tensor, b: Tensor) -> Tensor:
    """X of a·x = b, ``a`` lower triangular."""
    return new(Op.SOLVE_TRI, F32, b.ne, (a, b))


# Attention


def rope(a: Tensor, positions: Tensor, factors: Tensor | None, rotated: int, mode: int) -> Tensor:
    """The rotary embedding."""
    result = _like(Op.ROPE, a, (a, positions, factors))
    result.params = (rotated, mode)
    return result


def soft_max(
    a: Tensor, mask: Tensor | None = None, sinks: Tensor | None = None, alibi_bias: float = 0.0
) -> Tensor:
    """The soft maximum of each row."""
    result = _like(Op.SOFT_MAX, a, (a, mask, sinks))
    result.params = (1.0, alibi_bias)
    return result


def flash_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None,
    sinks: Tensor | None = None,
    alibi_bias: float = 0.0,
    soft_cap: float = 0.0,
) -> Tensor:
    """Attention as one fused operation."""
    ne = (v.ne[0], q.ne[2], q.ne[1], q.ne[3])
    result = new(Op.FLASH_ATTN_EXT, F32, ne, (q, k, v, mask, sinks))
    result.params = (1.0, alibi_bias, soft_cap)
    return result


def lightning_indexer(q: Tensor, k: Tensor, weights: Tensor, mask: Tensor) -> Tensor:
    """The scores of the indexer, fused."""
    ne = (k.ne[2], q.ne[2], 1, q.ne[3])
    return new(Op.LIGHTNING_INDEXER, F32, ne, (q, k, weights, mask))


# Recurrence


def ssm_conv(window: Tensor, kernel: Tensor) -> Tensor:
    """The short convolution of a state-space block."""
    tokens = window.ne[0] - kernel.ne[0] + 1
    return new(Op.SSM_CONV, F32, (kernel.ne[1], tokens, window.ne[2], 1), (window, kernel))


def ssm_scan(
    state: Tensor,
    x: Tensor,
    dt: Tensor,
    a: Tensor,
    b: Tensor,
    c: Tensor,
    ids: Tensor,
    kept: int = 1,
) -> Tensor:
    """The scan of a state-space block: outputs, then the states."""
    ne = state.ne
    length = x.elements + kept * ne[0] * ne[1] * ne[2] * ids.ne[0]
    result = new(Op.SSM_SCAN, F32, (length, 1, 1, 1), (state, x, dt, a, b, c, ids))
    result.params = (kept,)
    return result


def gated_delta_net(
    q: Tensor, k: Tensor, v: Tensor, gate: Tensor, beta: Tensor, state: Tensor, kept: int = 1
) -> Tensor:
    """The gated delta rule, fused: outputs, then the states."""
    width, heads, tokens, sequences = v.ne
    ne = (width * heads, tokens * sequences + kept * width * sequences, 1, 1)
    result = new(Op.GATED_DELTA_NET, F32, ne, (q, k, v, gate, beta, state))
    result.params = (kept,)
    return result


def wkv(op: Op, key: Tensor, state: Tensor, sources: tuple[Tensor, ...]) -> Tensor:
    """RWKV's recurrence or gated linear attention: outputs, then the states.

    ``sources`` are all of ggml's, in its order.
    """
    width, heads, tokens = key.ne[:3]
    ne = (width * heads, tokens + width * state.ne[1], 1, 1)
    return new(op, F32, ne, sources)


# Hyper-connections


def hyper_comb(mixes: Tensor, scales: Tensor, base: Tensor) -> Tensor:
    """How the streams of a hyper-connection are mixed."""
    count = next((n for n in range(1, 65) if (n + 2) * n >= mixes.ne[0]), 1)
    return new(Op.DSV4_HC_COMB, F32, (count, count, mixes.ne[1], 1), (mixes, scales, base))


def hyper_pre(streams: Tensor, weights: Tensor, *, gated: bool = False) -> Tensor:
    """One stream out of several."""
    result = new(Op.DSV4_HC_PRE, F32, (streams.ne[0], streams.ne[2], 1, 1), (streams, weights))
    result.params = (int(gated),)
    return result


def hyper_post(x: Tensor, streams: Tensor, post: Tensor, comb: Tensor | None) -> Tensor:
    """Several streams with a block's output mixed in."""
    ne = (x.ne[0], streams.ne[1], x.ne[1], 1)
    return new(Op.DSV4_HC_POST, F32, ne, (x, streams, post, comb))


# Convolutions


def image_to_columns(
    kernel: Tensor, b: Tensor, stride: int, padding: int, dilation: int, element_type: TensorType
) -> Tensor:
    """The windows of a one-dimensional convolution as columns."""
    width = (b.ne[0] + 2 * padding - dilation * (kernel.ne[0] - 1) - 1) // stride + 1
    result = new(
        Op.IM2COL,
        element_type,
        (kernel.ne[1] * kernel.ne[0], width, b.ne[2], 1),
        (kernel, b),
    )
    result.params = (0,)
    return result


def convolution(kernel: Tensor, b: Tensor, stride: int, padding: int, dilation: int) -> Tensor:
    """A one-dimensional convolution (``ggml_conv_1d``)."""
    element_type = F32 if kernel.type is BF16 else F16
    columns = image_to_columns(kernel, b, stride, padding, dilation, element_type)
    product = mul_mat(
        reshape(columns, columns.ne[0], columns.ne[2] * columns.ne[1]),
        reshape(kernel, kernel.ne[0] * kernel.ne[1], kernel.ne[2]),
    )
    return reshape(product, columns.ne[1], kernel.ne[2], columns.ne[2])
