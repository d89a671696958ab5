"""What ggml's operations make: the shape, type and strides of each result.

Source: ``ggml.c`` of b11434. A tensor is a number; what is known of it stands in the lists of a
:class:`FlatGraph`, which this class fills.
"""

from __future__ import annotations

from math import prod
from typing import Final

from memplan.engines.llama_cpp.graph.backends.layouts import BLOCK_BYTES, BLOCK_ELEMENTS
from memplan.engines.llama_cpp.graph.flat import (
    COMPUTE_BUFFER,
    Dimensions,
    FlatGraph,
    Op,
    Unary,
)

F32: Final = 0
F16: Final = 1
I32: Final = 26
I64: Final = 27


class Operations:
    """Makes tensors, and puts them in the order in which they are computed.

    Attributes:
        ops, types, shapes, strides, sources, view_of, view_offsets, buffers, details: as in
            :class:`FlatGraph`.
        nodes: what is computed, in order.
        leafs: what is there before, in order.
    """

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.types: list[int] = []
        self.shapes: list[Dimensions] = []
        self.strides: list[Dimensions] = []
        self.sources: list[tuple[int, ...]] = []
        self.view_of: list[int] = []
        self.view_offsets: list[int] = []
        self.buffers: list[int] = []
        self.details: list[int] = []
        self.nodes: list[int] = []
        self.leafs: list[int] = []
        self._inputs: set[int] = set()
        self._outputs: set[int] = set()
        self._weights: set[int] = set()
        self._uses: dict[int, int] = {}

    def flat(self) -> FlatGraph:
        """The graph, with all that was put in order."""
        count = len(self.ops)

        def flags(chosen: set[int]) -> bytearray:
            marks = bytearray(count)
            for tensor in chosen:
                marks[tensor] = 1
            return marks

        return FlatGraph(
            ops=self.ops,
            types=self.types,
            shapes=self.shapes,
            strides=self.strides,
            sources=self.sources,
            view_of=self.view_of,
            view_offsets=self.view_offsets,
            is_input=flags(self._inputs),
            is_output=flags(self._outputs),
            is_weight=flags(self._weights),
            buffers=self.buffers,
            uses=self._uses,
            details=self.details,
            nodes=self.nodes,
            leafs=self.leafs,
        )

    # Order

    def expand(self, *tensors: int) -> None:
        """Put tensors in the order of computation, each after what it is made of."""
        for tensor in tensors:
            if tensor not in self._uses:
                self._visit(tensor)

    def _visit(self, tensor: int) -> None:
        uses = self._uses
        uses[tensor] = 0
        for source in self.sources[tensor]:
            if source not in uses:
                self._visit(source)
            uses[source] += 1
        if self.ops[tensor] is Op.NONE:
            self.leafs.append(tensor)
        else:
            self.nodes.append(tensor)

    # Making tensors

    def _new(
        self, op: Op, kind: int, shape: Dimensions, sources: tuple[int, ...], detail: int = 0
    ) -> int:
        number = len(self.ops)
        self.ops.append(op)
        self.types.append(kind)
        self.shapes.append(shape)
        step = BLOCK_BYTES[kind]
        second = step * (shape[0] // BLOCK_ELEMENTS[kind])
        third = second * shape[1]
        self.strides.append((step, second, third, third * shape[2]))
        self.sources.append(sources)
        self.view_of.append(number)
        self.view_offsets.append(0)
        self.buffers.append(COMPUTE_BUFFER)
        self.details.append(detail)
        return number

    def _view(
        self,
        op: Op,
        of: int,
        shape: Dimensions,
        strides: Dimensions,
        offset: int,
        sources: tuple[int, ...],
    ) -> int:
        number = len(self.ops)
        self.ops.append(op)
        self.types.append(self.types[of])
        self.shapes.append(shape)
        self.strides.append(strides)
        self.sources.append(sources)
        self.view_of.append(self.view_of[of])
        self.view_offsets.append(self.view_offsets[of] + offset)
        self.buffers.append(COMPUTE_BUFFER)
        self.details.append(0)
        return number

    def tensor(self, kind: int, *shape: int, buffer: int = COMPUTE_BUFFER) -> int:
        """A tensor that nothing computes."""
        number = self._new(Op.NONE, kind, _filled(shape), ())
        self.buffers[number] = buffer
        return number

    def input(self, kind: int, *shape: int) -> int:
        """A tensor that is set from outside before the graph is computed."""
        number = self.tensor(kind, *shape)
        self._inputs.add(number)
        return number

    def mark_weight(self, tensor: int) -> None:
        """It is a weight of the model."""
        self._weights.add(tensor)

    def is_weight(self, tensor: int) -> bool:
        """Whether it is a weight of the model."""
        return tensor in self._weights

    def mark_output(self, tensor: int) -> None:
        """It is read from outside after the graph was computed."""
        self._outputs.add(tensor)

    def is_contiguous(self, tensor: int) -> bool:
        """Whether the elements of a tensor follow one another without a gap."""
        kind, shape = self.types[tensor], self.shapes[tensor]
        expected = BLOCK_BYTES[kind]
        for axis, (length, stride) in enumerate(zip(shape, self.strides[tensor], strict=True)):
            if length != 1 and stride != expected:
                return False
            expected *= length // BLOCK_ELEMENTS[kind] if axis == 0 else length
        return True

    def row_bytes(self, tensor: int, elements: int) -> int:
        """Bytes of a row of ``elements`` of a tensor's type."""
        kind = self.types[tensor]
        return elements // BLOCK_ELEMENTS[kind] * BLOCK_BYTES[kind]

    # Views

    def view(
        self, of: int, shape: tuple[int, ...], strides: tuple[int, ...] = (), at: int = 0
    ) -> int:
        """A part of a tensor: strides in bytes of the second and further dimensions."""
        whole = _filled(shape)
        first = self.strides[of][0]
        given = list(strides[: len(shape) - 1])
        steps = [first, *given]
        if len(shape) == 1:
            steps = [first, first * whole[0] // BLOCK_ELEMENTS[self.types[of]]]
        while len(steps) < 4:
            steps.append(steps[-1] * whole[len(steps) - 1])
        return self._view(Op.VIEW, of, whole, tuple(steps), at, (of,))  # type: ignore[arg-type]

    def reshape(self, of: int, *shape: int) -> int:
        """The same elements in another shape."""
        whole = _filled(shape)
        kind = self.types[of]
        step = BLOCK_BYTES[kind]
        second = step * (whole[0] // BLOCK_ELEMENTS[kind])
        third = second * whole[1]
        strides = (step, second, third, third * whole[2])
        return self._view(Op.RESHAPE, of, whole, strides, 0, (of,))

    def permute(self, of: int, *axes: int) -> int:
        """Dimension ``i`` becomes dimension ``axes[i]``."""
        shape, strides = [0] * 4, [0] * 4
        for old, new in enumerate(axes):
            shape[new] = self.shapes[of][old]
            strides[new] = self.strides[of][old]
        return self._view(Op.PERMUTE, of, tuple(shape), tuple(strides), 0, (of,))  # type: ignore[arg-type]

    def transpose(self, of: int) -> int:
        """The first two dimensions change places."""
        a, b, c, d = self.shapes[of]
        u, v, w, x = self.strides[of]
        return self._view(Op.TRANSPOSE, of, (b, a, c, d), (v, u, w, x), 0, (of,))

    def _in_place(self, op: Op, of: int, sources: tuple[int, ...]) -> int:
        return self._view(op, of, self.shapes[of], self.strides[of], 0, sources)

    # Copies

    def cont(self, of: int, *shape: int) -> int:
        """A copy without gaps, in another shape if one is given."""
        whole = _filled(shape) if shape else self.shapes[of]
        return self._new(Op.CONT, self.types[of], whole, (of,))

    def dup(self, of: int) -> int:
        """A copy."""
        return self._new(Op.DUP, self.types[of], self.shapes[of], (of,))

    def cast(self, of: int, kind: int) -> int:
        """A copy of another type."""
        number = self._new(Op.CPY, kind, self.shapes[of], ())
        # ggml names the result as its own second operand.
        self.sources[number] = (of, number)
        return number

    def copy(self, of: int, to: int) -> int:
        """Write one tensor into the memory of another."""
        return self._in_place(Op.CPY, to, (of, to))

    def set_rows(self, to: int, of: int, rows: int) -> int:
        """Write rows into the memory of another tensor."""
        return self._in_place(Op.SET_ROWS, to, (of, rows, to))

    # Element-wise

    def _same(self, op: Op, of: int, *others: int | None, detail: int = 0) -> int:
        sources = (of, *(other for other in others if other is not None))
        return self._new(op, self.types[of], self.shapes[of], sources, detail)

    def add(self, a: int, b: int) -> int:
        """Sum."""
        return self._same(Op.ADD, a, b)

    def add_in_place(self, a: int, b: int) -> int:
        """Sum, over the first operand."""
        return self._in_place(Op.ADD, a, (a, b))

    def sub(self, a: int, b: int) -> int:
        """Difference."""
        return self._same(Op.SUB, a, b)

    def mul(self, a: int, b: int) -> int:
        """Product of elements."""
        return self._same(Op.MUL, a, b)

    def div(self, a: int, b: int) -> int:
        """Quotient of elements."""
        return self._same(Op.DIV, a, b)

    def add_id(self, a: int, b: int, ids: int) -> int:
        """Add the bias of the chosen expert."""
        return self._same(Op.ADD_ID, a, b, ids)

    def scale(self, a: int) -> int:
        """Multiply by a number."""
        return self._same(Op.SCALE, a)

    def scale_in_place(self, a: int) -> int:
        """Multiply by a number, over the operand."""
        return self._in_place(Op.SCALE, a, (a,))

    def clamp(self, a: int) -> int:
        """Keep within bounds."""
        return self._same(Op.CLAMP, a)

    def fill(self, a: int) -> int:
        """A tensor of that shape with one number everywhere."""
        return self._same(Op.FILL, a)

    def sqr(self, a: int) -> int:
        """Square."""
        return self._same(Op.SQR, a)

    def sqrt(self, a: int) -> int:
        """Square root."""
        return self._same(Op.SQRT, a)

    def unary(self, a: int, kind: Unary = Unary.OTHER) -> int:
        """A function of each element; always without gaps."""
        return self._same(Op.UNARY, a, detail=kind)

    def relu(self, a: int) -> int:
        """Rectifier."""
        return self.unary(a)

    def silu(self, a: int) -> int:
        """Sigmoid-weighted unit."""
        return self.unary(a, Unary.SILU)

    def gelu(self, a: int) -> int:
        """Gaussian error unit."""
        return self.unary(a, Unary.GELU)

    def sigmoid(self, a: int) -> int:
        """Logistic function."""
        return self.unary(a, Unary.SIGMOID)

    def softplus(self, a: int) -> int:
        """Smooth rectifier."""
        return self.unary(a, Unary.SOFTPLUS)

    def tanh(self, a: int) -> int:
        """Hyperbolic tangent."""
        return self.unary(a)

    def exp(self, a: int) -> int:
        """Exponential."""
        return self.unary(a)

    def neg(self, a: int) -> int:
        """The opposite."""
        return self.unary(a)

    def glu(self, gate: int, up: int | None = None) -> int:
        """A gated unit: of two tensors, or of the two halves of one."""
        if up is not None:
            return self._new(Op.GLU, self.types[gate], self.shapes[gate], (gate, up))
        half, *rest = self.shapes[gate]
        return self._new(Op.GLU, self.types[gate], (half // 2, *rest), (gate,))  # type: ignore[arg-type]

    # Norms, softmax, rotation

    def norm(self, a: int) -> int:
        """Layer norm."""
        return self._same(Op.NORM, a)

    def rms_norm(self, a: int) -> int:
        """Root mean square norm."""
        return self._same(Op.RMS_NORM, a)

    def l2_norm(self, a: int) -> int:
        """Unit length."""
        return self._same(Op.L2_NORM, a)

    def soft_max(self, a: int, mask: int | None = None, sinks: int | None = None) -> int:
        """Softmax of each row."""
        plain = int(mask is None and sinks is None)
        return self._same(Op.SOFT_MAX, a, mask, sinks, detail=plain)

    def rope(self, a: int, positions: int, factors: int | None = None) -> int:
        """Rotation by position."""
        return self._same(Op.ROPE, a, positions, factors)

    # Products

    def mul_mat(self, weight: int, a: int) -> int:
        """Matrix product."""
        _, columns, third, fourth = self.shapes[a]
        shape = (self.shapes[weight][1], columns, third, fourth)
        return self._new(Op.MUL_MAT, F32, shape, (weight, a))

    def mul_mat_id(self, experts: int, a: int, ids: int) -> int:
        """Matrix product with the chosen experts."""
        shape = (self.shapes[experts][1], self.shapes[ids][0], self.shapes[a][2], 1)
        return self._new(Op.MUL_MAT_ID, F32, shape, (experts, a, ids))

    def ask_for_precision(self, product: int) -> None:
        """A product with experts reads its operand in full precision (``ggml_prec_set_src``)."""
        while self.ops[product] is not Op.MUL_MAT_ID:
            product = self.sources[product][0]
        self.details[product] = 1

    # Rows

    def get_rows(self, of: int, rows: int) -> int:
        """Rows that are chosen by number."""
        kind = I32 if self.types[of] == I32 else F32
        shape = (self.shapes[of][0], *self.shapes[rows][:3])
        return self._new(Op.GET_ROWS, kind, shape, (of, rows))

    def repeat(self, of: int, *shape: int) -> int:
        """Repeat until the shape is filled."""
        return self._new(Op.REPEAT, self.types[of], _filled(shape), (of,))

    def concat(self, a: int, b: int, axis: int) -> int:
        """One behind the other."""
        shape = list(self.shapes[a])
        shape[axis] += self.shapes[b][axis]
        return self._new(Op.CONCAT, self.types[a], tuple(shape), (a, b))  # type: ignore[arg-type]

    def pad(self, of: int, *elements: int) -> int:
        """Zeros behind each dimension."""
        more = (*elements, 0, 0, 0, 0)[:4]
        shape = tuple(n + m for n, m in zip(self.shapes[of], more, strict=True))
        return self._new(Op.PAD, self.types[of], shape, (of,))  # type: ignore[arg-type]

    def sum_rows(self, a: int) -> int:
        """Sum of each row."""
        return self._new(Op.SUM_ROWS, self.types[a], (1, *self.shapes[a][1:]), (a,))

    def mean(self, a: int) -> int:
        """Mean of each row."""
        return self._new(Op.MEAN, F32, (1, *self.shapes[a][1:]), (a,))

    def argsort(self, a: int) -> int:
        """The order of each row."""
        return self._new(Op.ARGSORT, I32, self.shapes[a], (a,))

    def argsort_top_k(self, a: int, k: int) -> int:
        """The numbers of the largest elements of each row, out of its whole order."""
        order = self.argsort(a)
        shape = (k, *self.shapes[order][1:])
        return self.view(order, shape, self.strides[order][1:])

    def top_k(self, a: int, k: int) -> int:
        """The numbers of the largest elements of each row."""
        return self._new(Op.TOP_K, I32, (k, *self.shapes[a][1:]), (a,))

    # Attention and states

    def flash_attention(
        self,
        q: int,
        k: int,
        v: int,
        mask: int | None,
        sinks: int | None = None,
        most_cells: int = 0,
    ) -> int:
        """Attention as one operation."""
        shape = (self.shapes[v][0], self.shapes[q][2], self.shapes[q][1], self.shapes[q][3])
        sources = tuple(s for s in (q, k, v, mask, sinks) if s is not None)
        return self._new(Op.FLASH_ATTN_EXT, F32, shape, sources, most_cells)

    def ssm_conv(self, inputs: int, kernel: int) -> int:
        """Convolution over tokens of each sequence."""
        width, channels = self.shapes[kernel][:2]
        tokens, _, sequences, _ = self.shapes[inputs]
        shape = (channels, tokens - width + 1, sequences, 1)
        return self._new(Op.SSM_CONV, F32, shape, (inputs, kernel))

    def ssm_scan(self, sources: tuple[int, ...], states_written: int = 1) -> int:
        """Scan of a state-space block, of state, x, dt, A, B, C and ids: outputs, then states."""
        state, x, ids = sources[0], sources[1], sources[6]
        states = states_written * prod(self.shapes[state][:3]) * self.shapes[ids][0]
        shape = (prod(self.shapes[x]) + states, 1, 1, 1)
        return self._new(Op.SSM_SCAN, F32, shape, sources, states_written)

    def gated_delta_net(self, sources: tuple[int, ...], states_written: int = 1) -> int:
        """Scan of a delta net, of q, k, v, g, beta and state: outputs, then states."""
        length, heads, tokens, sequences = self.shapes[sources[2]]
        rows = tokens * sequences + states_written * length * sequences
        shape = (length * heads, rows, 1, 1)
        return self._new(Op.GATED_DELTA_NET, F32, shape, sources, states_written)

    def wkv(self, op: Op, sources: tuple[int, ...], key: int) -> int:
        """Scan of RWKV: outputs, then states; the last source is the state."""
        length, heads, tokens, _ = self.shapes[key]
        sequences = self.shapes[sources[-1]][1]
        return self._new(op, F32, (length * heads, tokens + length * sequences, 1, 1), sources)

    def computed(self, op: Op, kind: int, shape: tuple[int, ...], *sources: int) -> int:
        """The result of an operation that few architectures have."""
        return self._new(op, kind, _filled(shape), sources)


def _filled(shape: tuple[int, ...]) -> Dimensions:
    return (*shape, 1, 1, 1)[:4]  # type: ignore[return-value]
