"""Tensors and graphs as ggml has them: operation, shape, strides, sources, views, flags.

Source: ggml b11434, ``ggml_tensor`` and ``ggml_build_forward_expand``.
"""

from __future__ import annotations

from enum import IntEnum, auto
from typing import Final, TypeAlias

from memplan.engines.llama_cpp.graph.flat import Op
from memplan.reader.tensor_types import TENSOR_TYPES_BY_NAME, TensorType

F32: Final = TENSOR_TYPES_BY_NAME["F32"]
F16: Final = TENSOR_TYPES_BY_NAME["F16"]
BF16: Final = TENSOR_TYPES_BY_NAME["BF16"]
I32: Final = TENSOR_TYPES_BY_NAME["I32"]
I64: Final = TENSOR_TYPES_BY_NAME["I64"]

__all__ = [
    "BF16", "F16", "F32", "I32", "I64", "INPUT_LAYER", "NO_LAYER", "OUTPUT_LAYER",
    "Glu", "Graph", "Op", "Residence", "Shape4", "Tensor", "Unary", "contiguous_strides", "leaf",
]  # fmt: skip

Shape4: TypeAlias = tuple[int, int, int, int]
"""Elements (``ne``) or strides in bytes (``nb``) of four dimensions, fastest first."""

INPUT_LAYER: Final = -1
"""The layer of what belongs to the input, such as the token embedding."""

OUTPUT_LAYER: Final = 1 << 16
"""The layer of what belongs to the output, such as its norm and projection."""

NO_LAYER: Final = -2
"""The layer of what belongs to none."""


class Unary(IntEnum):
    """The function of a UNARY node (``GGML_UNARY_OP_…``)."""

    ABS = 0
    SGN = auto()
    NEG = auto()
    STEP = auto()
    TANH = auto()
    ELU = auto()
    RELU = auto()
    SIGMOID = auto()
    GELU = auto()
    GELU_QUICK = auto()
    SILU = auto()
    HARDSWISH = auto()
    HARDSIGMOID = auto()
    EXP = auto()
    EXPM1 = auto()
    SOFTPLUS = auto()
    GELU_ERF = auto()
    XIELU = auto()
    FLOOR = auto()
    CEIL = auto()
    ROUND = auto()
    TRUNC = auto()


class Glu(IntEnum):
    """The function of a GLU node (``GGML_GLU_OP_…``)."""

    REGLU = 0
    GEGLU = auto()
    SWIGLU = auto()
    SWIGLU_OAI = auto()
    GEGLU_ERF = auto()
    GEGLU_QUICK = auto()
    SWIGLU_CLAMP = auto()


class Residence(IntEnum):
    """Where the bytes of a tensor lie."""

    COMPUTE = 0
    """In a compute buffer: the graph allocator places it."""

    WEIGHT = 1
    """In a buffer of weights."""

    CACHE = 2
    """In a buffer of the KV cache or of the recurrent state."""


class Tensor:
    """A leaf or a node of a graph.

    Attributes:
        op: what it computes; ``NONE``: a leaf.
        type: type of its elements.
        ne: elements of each dimension.
        nb: strides in bytes.
        sources: what it reads, at ggml's positions; ``None`` where ggml has no source.
        view_source: the tensor whose bytes it shows, never a view itself; ``None``: no view.
        view_offset: where in ``view_source`` it begins, in bytes.
        is_input: the allocator places it before every node (``GGML_TENSOR_FLAG_INPUT``).
        is_output: its bytes are never given to another (``GGML_TENSOR_FLAG_OUTPUT``).
        residence: whether the allocator places it; of a view, that of its source.
        name: a leaf's name: the weight's in the file, ``cache_k_l0``, or of an input; of a
            node llama.cpp's name without the layer, where placement depends on it (``norm``,
            ``l_last``, ``kqv_out``), else empty.
        layer: the layer that it belongs to, ``INPUT_LAYER``, ``OUTPUT_LAYER`` or ``NO_LAYER``.
        kind: the function of a UNARY or GLU node.
        params: what else a backend's rules read, by operation, see :mod:`.operations`.
    """

    __slots__ = (
        "is_input",
        "is_output",
        "kind",
        "layer",
        "name",
        "nb",
        "ne",
        "op",
        "params",
        "residence",
        "sources",
        "type",
        "view_offset",
        "view_source",
    )

    def __init__(
        self,
        op: Op,
        element_type: TensorType,
        ne: Shape4,
        nb: Shape4,
        sources: tuple[Tensor | None, ...] = (),
    ) -> None:
        self.op = op
        self.type = element_type
        self.ne = ne
        self.nb = nb
        self.sources = sources
        self.view_source: Tensor | None = None
        self.view_offset = 0
        self.is_input = False
        self.is_output = False
        self.residence = Residence.COMPUTE
        self.name = ""
        self.layer = NO_LAYER
        self.kind: Unary | Glu | None = None
        self.params: tuple[int | float, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes from its first to its last element (``ggml_nbytes``)."""
        ne0, ne1, ne2, ne3 = self.ne
        if ne0 <= 0 or ne1 <= 0 or ne2 <= 0 or ne3 <= 0:
            return 0
        nb0, nb1, nb2, nb3 = self.nb
        block = self.type.block_elements
        rest = (ne1 - 1) * nb1 + (ne2 - 1) * nb2 + (ne3 - 1) * nb3
        if block == 1:
            return self.type.block_bytes + (ne0 - 1) * nb0 + rest
        return ne0 * nb0 // block + rest

    @property
    def elements(self) -> int:
        """Number of its elements (``ggml_nelements``)."""
        return self.ne[0] * self.ne[1] * self.ne[2] * self.ne[3]

    @property
    def rows(self) -> int:
        """Number of its rows (``ggml_nrows``)."""
        return self.ne[1] * self.ne[2] * self.ne[3]

    @property
    def is_contiguous(self) -> bool:
        """Whether its elements lie without gaps, in order (``ggml_is_contiguous``)."""
        return self.contiguous_from(0)

    def contiguous_from(self, dimension: int) -> bool:
        """Whether every dimension above is contiguous (``ggml_is_contiguous_n``)."""
        ne, nb = self.ne, self.nb
        expected = self.type.block_bytes
        if ne[0] != self.type.block_elements and nb[0] != expected:
            return False
        expected *= ne[0] // self.type.block_elements
        for i in (1, 2, 3):
            if i > dimension:
                if ne[i] != 1 and nb[i] != expected:
                    return False
                expected *= ne[i]
            else:
                expected = ne[i] * nb[i]
        return True

    def __repr__(self) -> str:
        name = f" {self.name}" if self.name else ""
        return f"<{self.op.name}{name} {self.type.name} {list(self.ne)}>"


def contiguous_strides(element_type: TensorType, ne: Shape4) -> Shape4:
    """The strides of a tensor without gaps."""
    nb1 = element_type.block_bytes * (ne[0] // element_type.block_elements)
    nb2 = nb1 * ne[1]
    return (element_type.block_bytes, nb1, nb2, nb2 * ne[2])


def leaf(
    element_type: TensorType,
    ne: Shape4,
    name: str = "",
    *,
    residence: Residence = Residence.COMPUTE,
    layer: int = NO_LAYER,
    is_input: bool = False,
) -> Tensor:
    """A tensor that nothing computes: a weight, a cache or an input."""
    tensor = Tensor(Op.NONE, element_type, ne, contiguous_strides(element_type, ne))
    tensor.name = name
    tensor.residence = residence
    tensor.layer = layer
    tensor.is_input = is_input
    return tensor


class Graph:
    """The nodes of a graph in the order in which they run, and its leaves.

    Attributes:
        nodes: the nodes, each after its sources.
        leaves: the leaves, in the order in which nodes meet them.
    """

    __slots__ = ("_met", "leaves", "nodes")

    def __init__(self) -> None:
        self.nodes: list[Tensor] = []
        self.leaves: list[Tensor] = []
        self._met: set[Tensor] = set()

    def expand(self, result: Tensor) -> None:
        """Add what ``result`` needs and is not there yet, sources first, then itself."""
        met = self._met
        if result in met:
            return
        met.add(result)
        stack = [(result, iter(result.sources))]
        while stack:
            tensor, rest = stack[-1]
            for source in rest:
                if source is not None and source not in met:
                    met.add(source)
                    stack.append((source, iter(source.sources)))
                    break
            else:
                stack.pop()
                (self.leaves if tensor.op is Op.NONE else self.nodes).append(tensor)
