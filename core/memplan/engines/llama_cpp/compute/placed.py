"""The compute buffers of a placement: of each device and of the host.

Told from the buffers of one device: the first also has what layers on the host bring to it; where
micro-batches are pipelined, each device has its inputs several times.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from memplan.engines.llama_cpp.compute import ComputeBuffer, compute_buffers, inputs
from memplan.engines.llama_cpp.compute.graph import NO_LIMITS, reserved_graph
from memplan.engines.llama_cpp.compute.widths import resolve_widths
from memplan.engines.llama_cpp.overrides import overridden, overrides_by_layer
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.memory.component import Place, constant
from memplan.request import Backend

_ANSWERS_KEPT: Final = 1024
_EXPERT_ROLES: Final = tuple(
    f"ffn_{part}_exps.weight" for part in ("up", "down", "gate", "gate_up")
)


_PIPELINED_BAND: Final = 10
"""A tenth of its bytes: by so much the buffer of one of several devices may be off either way."""


def placed_buffers(
    shape: Shape, settings: Settings, placement: Placement
) -> dict[int, ComputeBuffer]:
    """The compute buffer in each memory."""
    split = split_settings(shape, settings, placement)
    whole = replace(settings, gpu_layers=len(placement.layers), cpu_moe_layers=0)
    backend = placement.devices[0] if placement.devices else Backend.VULKAN
    first, host = compute_buffers(shape, split, backend)
    buffers = {HOST: host}
    for memory, backend in enumerate(placement.devices):
        if memory == 0:
            buffers[memory] = first
        elif memory in placement.layers:
            buffers[memory] = _estimated(compute_buffers(shape, whole, backend)[0])
        else:
            buffers[memory] = ComputeBuffer(Place.DEVICE, constant(0), exact=True, band=None)
    if placement.copies == 1:
        return buffers
    return {
        memory: _copied(buffer, shape, settings, placement.copies, on_host=memory == HOST)
        for memory, buffer in buffers.items()
    }


def _estimated(buffer: ComputeBuffer) -> ComputeBuffer:
    """The buffer of a device that has a part of the model, told from one that has all of it."""
    return replace(
        buffer, exact=False, band=lambda context: buffer.formula(context) // _PIPELINED_BAND
    )


def _copied(
    buffer: ComputeBuffer, shape: Shape, settings: Settings, copies: int, *, on_host: bool
) -> ComputeBuffer:
    """A buffer with its inputs several times, and on a device the residual stream with them."""

    def formula(context: Any) -> Any:
        inputs_bytes, stream_bytes = _pipelined(shape, settings, context)
        size = buffer.formula(context) + (copies - 1) * inputs_bytes
        return size if on_host else size + copies * stream_bytes

    return ComputeBuffer(
        buffer.where, formula, exact=False, band=lambda context: formula(context) // _PIPELINED_BAND
    )


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
    buffers = _buffers(shape, settings, placement)
    totals = {memory: int(buffer.formula(context)) for memory, buffer in buffers.items()}
    if dry_run and placement.copies > 1:
        _inputs, stream_bytes = _pipelined(shape, settings, context)
        for memory in range(1, len(placement.devices)):
            totals[memory] += placement.copies * stream_bytes
    return totals


@lru_cache(maxsize=_ANSWERS_KEPT)
def _buffers(shape: Shape, settings: Settings, placement: Placement) -> dict[int, ComputeBuffer]:
    return placed_buffers(shape, settings, placement)


def split_settings(shape: Shape, settings: Settings, placement: Placement) -> Settings:
    """The same settings with as many layers and experts on the host as a placement has there."""
    on_host = placement.layers.count(HOST)
    experts = _layers_without_experts(shape, placement)
    return replace(
        settings,
        gpu_layers=len(placement.layers) - on_host,
        cpu_moe_layers=on_host + experts if experts else 0,
    )


@lru_cache(maxsize=_ANSWERS_KEPT)
def _layers_without_experts(shape: Shape, placement: Placement) -> int:
    """Layers on a device that have experts elsewhere."""
    layers = range(shape.block_count)
    overrides = overrides_by_layer(placement.overrides, layers)
    return sum(
        placement.of_layer(layer) != HOST
        and any(
            overridden(f"blk.{layer}.{role}", overrides[layer]) is not None
            for role in _EXPERT_ROLES
            if f"blk.{layer}.{role}" in shape.tensors
        )
        for layer in layers
        if layer in overrides
    )


def _pipelined(shape: Shape, settings: Settings, context: Any) -> tuple[Any, Any]:
    """Bytes of the inputs, and of a residual stream."""
    graph = reserved_graph(resolve_widths(shape), settings, NO_LIMITS, context)
    return inputs.masks(graph) + inputs.per_token_numbers(graph), graph.residual
