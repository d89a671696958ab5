"""The processor, and the BLAS backend that macOS builds put before it.

Source: ``ggml-cpu.cpp``, ``repack.cpp`` and ``ggml-blas.cpp`` of b11434.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from memplan.engines.llama_cpp.graph.allocator import ENDLESS_BYTES
from memplan.engines.llama_cpp.graph.backends import operations
from memplan.engines.llama_cpp.graph.backends.backend import Backend
from memplan.engines.llama_cpp.graph.backends.layouts import (
    BF16,
    F16,
    F32,
    QUANTISED,
    is_contiguous,
    numbers,
    tensor_bytes,
)
from memplan.engines.llama_cpp.graph.backends.operations import same
from memplan.engines.llama_cpp.graph.flat import (
    EMPTY_OPS,
    HOST_BUFFER,
    REPACKED_BUFFER,
    FlatGraph,
    Op,
)

ALIGNMENT_BYTES: Final = 32
"""``TENSOR_ALIGNMENT``."""

_UNPACKABLE_TYPES: Final = numbers(
    "IQ3_XXS", "IQ3_S", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ1_S", "IQ1_M"
)
"""Types that the processor cannot write."""

_FEWEST_ROWS: Final = 32
"""Below this BLAS leaves a product to the processor."""


def _writes(graph: FlatGraph, tensor: int) -> bool:
    return graph.types[tensor] not in _UNPACKABLE_TYPES


def _multiplies(graph: FlatGraph, tensor: int) -> bool:
    left, right = graph.sources[tensor][:2]
    kind, operand = graph.types[left], graph.types[right]
    if operand == F32:
        return True
    if graph.details[tensor] and kind == F32:
        return operand == F16
    return operand == kind if kind in (F16, BF16) else (operand, kind) == (BF16, F32)


def _scans(graph: FlatGraph, tensor: int) -> bool:
    decay = graph.sources[tensor][3]
    return graph.details[tensor] == 1 or graph.shapes[decay][0] == 1


_EVERY_OPERATION: Final = operations.supports(
    {
        **same(True, *Op),
        **same(_writes, Op.CPY, Op.SET_ROWS),
        Op.MUL_MAT: _multiplies,
        Op.SSM_SCAN: _scans,
    }
)


def _supports(graph: FlatGraph, tensor: int) -> bool:
    op = graph.ops[tensor]
    if op in EMPTY_OPS:
        return True
    for source in graph.sources[tensor][:4]:
        if graph.buffers[source] == REPACKED_BUFFER and graph.is_weight[source]:
            return _multiplies_repacked(graph, tensor)
    return _EVERY_OPERATION(graph, tensor)


def _multiplies_repacked(graph: FlatGraph, tensor: int) -> bool:
    """Whether a product may read its weights in the processor's own order."""
    if graph.ops[tensor] not in (Op.MUL_MAT, Op.MUL_MAT_ID):
        return False
    weight, operand = graph.sources[tensor][:2]
    return graph.buffers[weight] == REPACKED_BUFFER and graph.types[operand] == F32


def _multiplies_quickly(graph: FlatGraph, tensor: int) -> bool:
    """Whether BLAS takes a product: large, and its weights can be read as numbers."""
    left, right = graph.sources[tensor][:2]
    width, rows = graph.shapes[tensor][:2]
    return (
        not graph.details[tensor]
        and is_contiguous(graph, left)
        and is_contiguous(graph, right)
        and graph.types[right] == F32
        and min(width, rows, graph.shapes[right][0]) >= _FEWEST_ROWS
        and (graph.types[left] in QUANTISED or graph.types[left] in (F32, F16, BF16))
    )


_BLAS: Final = operations.supports(
    {
        **same(False, *Op),
        **same(True, *EMPTY_OPS),
        Op.MUL_MAT: _multiplies_quickly,
    }
)


@cache
def processor(
    alignment_bytes: int = ALIGNMENT_BYTES, largest_buffer_bytes: int = ENDLESS_BYTES
) -> Backend:
    """The processor. Beside a device it computes in memory that the device has pinned.

    Args:
        alignment_bytes: of that memory.
        largest_buffer_bytes: of that memory.
    """
    return Backend(
        buffer=HOST_BUFFER,
        reads=frozenset({HOST_BUFFER, REPACKED_BUFFER}),
        alignment_bytes=alignment_bytes,
        largest_buffer_bytes=largest_buffer_bytes,
        largest_operand_bytes=ENDLESS_BYTES,
        supports=_supports,
        offloads=None,
        allocated_bytes=tensor_bytes,
        arrange=None,
    )


@cache
def blas() -> Backend:
    """Apple's BLAS: large products, in the processor's memory."""
    return Backend(
        buffer=HOST_BUFFER,
        reads=frozenset({HOST_BUFFER}),
        alignment_bytes=ALIGNMENT_BYTES,
        largest_buffer_bytes=ENDLESS_BYTES,
        largest_operand_bytes=ENDLESS_BYTES,
        supports=_BLAS,
        offloads=None,
        allocated_bytes=tensor_bytes,
        arrange=None,
    )
