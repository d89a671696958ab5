"""A graph as the scheduler and the allocator walk it: lists by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from memplan.engines.llama_cpp.graph import flat
from memplan.engines.llama_cpp.graph.backends.layouts import TYPE_NUMBERS
from memplan.engines.llama_cpp.graph.flat import COMPUTE_BUFFER, FlatGraph, Op
from memplan.engines.llama_cpp.graph.tensor import Graph, Residence, Tensor, Unary

_FUNCTIONS: Final = {
    Unary.GELU: flat.Unary.GELU,
    Unary.SIGMOID: flat.Unary.SIGMOID,
    Unary.SILU: flat.Unary.SILU,
    Unary.SOFTPLUS: flat.Unary.SOFTPLUS,
}

Home = Callable[[Tensor], int]
"""The buffer in which a weight or a cache lies: a device, or one of the ``…_BUFFER`` numbers."""


def flatten(graph: Graph, home: Home) -> tuple[FlatGraph, dict[Tensor, int]]:
    """The graph as lists, and the number of each tensor."""
    tensors = [*graph.leaves, *graph.nodes]
    numbers = {tensor: number for number, tensor in enumerate(tensors)}
    # A view may show a tensor that nothing in the graph reads directly.
    for tensor in list(tensors):
        base = tensor.view_source
        if base is not None and base not in numbers:
            numbers[base] = len(tensors)
            tensors.append(base)
    uses: dict[int, int] = dict.fromkeys(range(len(tensors)), 0)
    sources = []
    for tensor in tensors:
        read = tuple(numbers[each] for each in tensor.sources if each is not None)
        for number in read:
            uses[number] += 1
        sources.append(read)
    leafs = len(graph.leaves)
    return (
        FlatGraph(
            ops=[tensor.op for tensor in tensors],
            types=[TYPE_NUMBERS[tensor.type.name] for tensor in tensors],
            shapes=[tensor.ne for tensor in tensors],
            strides=[tensor.nb for tensor in tensors],
            sources=sources,
            view_of=[
                numbers[tensor.view_source] if tensor.view_source is not None else number
                for number, tensor in enumerate(tensors)
            ],
            view_offsets=[tensor.view_offset for tensor in tensors],
            is_input=bytearray(tensor.is_input for tensor in tensors),
            is_output=bytearray(tensor.is_output for tensor in tensors),
            is_weight=bytearray(
                tensor.op is Op.NONE and tensor.residence is Residence.WEIGHT for tensor in tensors
            ),
            buffers=[
                home(tensor)
                if tensor.op is Op.NONE and tensor.residence is not Residence.COMPUTE
                else COMPUTE_BUFFER
                for tensor in tensors
            ],
            uses=uses,
            details=[_detail(tensor) for tensor in tensors],
            nodes=range(leafs, leafs + len(graph.nodes)),
            leafs=range(leafs),
        ),
        numbers,
    )


def _detail(tensor: Tensor) -> int:
    """What else a backend asks, see :class:`FlatGraph`."""
    match tensor.op:
        case Op.UNARY:
            kind = tensor.kind
            return _FUNCTIONS.get(kind, flat.Unary.OTHER) if isinstance(kind, Unary) else 0
        case Op.FLASH_ATTN_EXT:
            return int(tensor.params[3])
        case Op.SSM_SCAN | Op.GATED_DELTA_NET:
            return int(tensor.params[0])
        case Op.MUL_MAT:
            return int(tensor.params[0]) if tensor.params else 0
        case Op.SOFT_MAX:
            plain = tensor.sources[1] is None and not tensor.params[1]
            return int(plain)
        case _:
            return 0
