"""What the scheduler and the allocator ask of a backend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from memplan.engines.llama_cpp.graph.flat import FlatGraph

Kept = Mapping[int, Sequence[int]]
"""For a node the tensors that must live until it has been computed, beyond its own sources."""

Arrangement = tuple[Sequence[int], Kept]
"""The nodes of a run in a new order, and what is kept alive for fused operations."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One backend as it is on a machine: a device, or the processor.

    Attributes:
        buffer: the memory that it computes in; a device's number or ``HOST_BUFFER``.
        reads: the memories that it reads without a copy.
        alignment_bytes: what each tensor in its buffer is padded to.
        largest_buffer_bytes: beyond this its compute buffer gets a further chunk.
        largest_operand_bytes: what a tensor may have that it computes or reads.
        supports: whether it has the operation of a tensor.
        offloads: whether it takes over the work with weights in host memory; ``None``: never.
        allocated_bytes: what it allocates for a tensor, before the alignment.
        arrange: how it orders the nodes of a run; ``None``: as they are.
    """

    buffer: int
    reads: frozenset[int]
    alignment_bytes: int
    largest_buffer_bytes: int
    largest_operand_bytes: int
    supports: Callable[[FlatGraph, int], bool]
    offloads: Callable[[FlatGraph, int], bool] | None
    allocated_bytes: Callable[[FlatGraph, int], int]
    arrange: Callable[[FlatGraph, Sequence[int]], Arrangement] | None
