"""Questions about the layout of tensors, as ggml asks them, and bytes of tensors."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.graph.flat import FlatGraph
from memplan.reader.tensor_types import TENSOR_TYPES

F32: Final = 0
F16: Final = 1
I8: Final = 24
I16: Final = 25
I32: Final = 26
I64: Final = 27
BF16: Final = 30

TYPE_NUMBERS: Final = {tensor_type.name: number for number, tensor_type in TENSOR_TYPES.items()}
"""ggml's number of each type, by its name in capitals."""

BLOCK_BYTES: Final = {number: each.block_bytes for number, each in TENSOR_TYPES.items()}
BLOCK_ELEMENTS: Final = {number: each.block_elements for number, each in TENSOR_TYPES.items()}

QUANTISED: Final = frozenset(number for number, elements in BLOCK_ELEMENTS.items() if elements > 1)
"""Types whose elements come in blocks."""


def numbers(*names: str) -> frozenset[int]:
    """The numbers of types, from their names."""
    return frozenset(TYPE_NUMBERS[name] for name in names)


def tensor_bytes(graph: FlatGraph, tensor: int) -> int:
    """Bytes from the first to the last element of a tensor (``ggml_nbytes``)."""
    e0, e1, e2, e3 = graph.shapes[tensor]
    if not (e0 > 0 and e1 > 0 and e2 > 0 and e3 > 0):
        return 0
    s0, s1, s2, s3 = graph.strides[tensor]
    kind = graph.types[tensor]
    block = BLOCK_ELEMENTS[kind]
    first = BLOCK_BYTES[kind] + (e0 - 1) * s0 if block == 1 else e0 * s0 // block
    return first + (e1 - 1) * s1 + (e2 - 1) * s2 + (e3 - 1) * s3


def elements(graph: FlatGraph, tensor: int) -> int:
    """How many elements a tensor has."""
    e0, e1, e2, e3 = graph.shapes[tensor]
    return e0 * e1 * e2 * e3


def is_contiguous(graph: FlatGraph, tensor: int, from_dimension: int = 0) -> bool:
    """Whether a tensor has no gaps, dimensions up to ``from_dimension`` left out.

    Source: ``ggml_is_contiguous_n``.
    """
    shape, strides = graph.shapes[tensor], graph.strides[tensor]
    kind = graph.types[tensor]
    following = BLOCK_BYTES[kind]
    if shape[0] != BLOCK_ELEMENTS[kind] and strides[0] != following:
        return False
    following *= shape[0] // BLOCK_ELEMENTS[kind]
    for dimension in range(1, 4):
        if dimension > from_dimension:
            if shape[dimension] != 1 and strides[dimension] != following:
                return False
            following *= shape[dimension]
        else:
            following = shape[dimension] * strides[dimension]
    return True


def has_contiguous_rows(graph: FlatGraph, tensor: int) -> bool:
    """Whether the elements of a row follow one another (``ggml_is_contiguous_rows``)."""
    kind = graph.types[tensor]
    return (
        graph.shapes[tensor][0] == BLOCK_ELEMENTS[kind]
        or graph.strides[tensor][0] == BLOCK_BYTES[kind]
    )


def is_transposed(graph: FlatGraph, tensor: int) -> bool:
    """Whether columns lie closer than rows."""
    strides = graph.strides[tensor]
    return strides[0] > strides[1]
