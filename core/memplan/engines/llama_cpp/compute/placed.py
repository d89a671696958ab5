"""The compute buffers of a placement: of each device and of the host.

Told from the buffers of one device: the first also has what layers on the host bring to it; where
micro-batches are pipelined, each device has its inputs several times.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from memplan.engines.llama_cpp.compute import compute_buffers, inputs
from memplan.engines.llama_cpp.compute.graph import NO_LIMITS, reserved_graph
from memplan.engines.llama_cpp.compute.widths import resolve_widths
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.request import Backend

_ANSWERS_KEPT: Final = 4096


def placed_compute_bytes(
    shape: Shape, settings: Settings, placement: Placement, context: int, *, dry_run: bool
) -> dict[int, int]:
    """Bytes of the compute buffers in each memory at a context.

    Args:
        shape: the model.
        settings: what the context is made with.
        placement: where its layers are.
        context: the context.
        dry_run: as llama.cpp measures it when it fits a start, not as it then allocates: pipelined
            devices but the first then seem to need another stream for each copy.
    """
    every_layer = len(placement.layers)
    split = replace(
        settings,
        gpu_layers=every_layer - placement.layers.count(HOST),
        cpu_moe_layers=len(placement.overrides),
    )
    whole = replace(settings, gpu_layers=every_layer, cpu_moe_layers=0)
    backend = placement.devices[0] if placement.devices else Backend.VULKAN
    first, host = _one_device(shape, split, backend, context)
    totals = {HOST: host}
    copied, stream = _pipelined(shape, settings, context)
    for memory, backend in enumerate(placement.devices):
        used = memory in placement.layers
        size = first if memory == 0 else _one_device(shape, whole, backend, context)[0] * used
        if placement.copies > 1:
            size += (placement.copies - 1) * copied + placement.copies * stream
            size += placement.copies * stream * (dry_run and memory > 0)
        totals[memory] = size
    if placement.copies > 1:
        totals[HOST] += (placement.copies - 1) * copied
    return totals


@lru_cache(maxsize=_ANSWERS_KEPT)
def _pipelined(shape: Shape, settings: Settings, context: int) -> tuple[int, int]:
    """Bytes of the inputs, and of a residual stream."""
    graph = reserved_graph(resolve_widths(shape), settings, NO_LIMITS, context)
    return int(inputs.masks(graph) + inputs.per_token_numbers(graph)), int(graph.residual)


@lru_cache(maxsize=_ANSWERS_KEPT)
def _one_device(
    shape: Shape, settings: Settings, backend: Backend, context: int
) -> tuple[int, int]:
    device, host = compute_buffers(shape, settings, backend)
    return int(device.formula(context)), int(host.formula(context))
