"""What a start takes in each memory: weights, caches and states, compute buffers, output.

The sums behind llama.cpp's own search for a start that fits, in which they are asked for again and
again with other placements of the same model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from memplan.engines.llama_cpp.backends import Padding, version_of
from memplan.engines.llama_cpp.devices import Device, place
from memplan.engines.llama_cpp.fit import Measure, Measured
from memplan.engines.llama_cpp.graph.buffers import buffers_at
from memplan.engines.llama_cpp.graph.footprint import GraphRequest
from memplan.engines.llama_cpp.kv_cache import cache_geometry, layer_caches
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.recurrent_state import layer_state_bytes, state_bytes
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.engines.llama_cpp.weights import next_token_bytes, weight_bytes
from memplan.model import Model

_CONTEXTS_KEPT: Final = 64
_ANSWERS_KEPT: Final = 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a start takes, each by memory.

    Attributes:
        weights: bytes of the model's tensors.
        context: bytes of KV caches and recurrent states.
        compute: bytes of the compute buffers.
    """

    weights: dict[int, int]
    context: dict[int, int]
    compute: dict[int, int]

    def total(self, memory: int) -> int:
        """All bytes in a memory."""
        return self.weights[memory] + self.context[memory] + self.compute[memory]


def loaded(
    model: Model, settings: Settings, placement: Placement, context: int, *, dry_run: bool
) -> Loaded:
    """What a start takes.

    Args:
        model: the model.
        settings: what the context is made with.
        placement: where the layers are.
        context: the context.
        dry_run: as llama.cpp measures it when it fits a start, not as it then allocates it.
    """
    shape = resolve_shape(model)
    devices = placement.devices
    version = version_of(devices)
    graph = GraphRequest(model, shape, settings, placement, version, dry=dry_run)
    weights = weight_bytes(model, placement)
    if settings.loads_next_tokens:
        added = next_token_bytes(model, placement)
        weights = {memory: size + added[memory] for memory, size in weights.items()}
    return Loaded(
        weights,
        context_bytes(shape, settings, placement, context),
        buffers_at(graph, context),
    )


def measuring(model: Model, settings: Settings, devices: Sequence[Device]) -> Measure:
    """The measure by which llama.cpp fits a start on these devices; it remembers its answers."""
    # What is free decides nothing but where layers go: while a budget is dragged, answers stay.
    shape = resolve_shape(model)
    return lambda context, layout: _measured(
        model, settings, place(shape, devices, layout), context
    )


@lru_cache(maxsize=_ANSWERS_KEPT)
def _measured(
    model: Model,
    settings: Settings,
    placement: Placement,
    context: int,
) -> Measured:
    shape = resolve_shape(model)
    found = loaded(model, settings, placement, context, dry_run=True)
    states = state_bytes(shape, settings, placement)
    memories = range(len(placement.devices))
    return Measured(
        devices=tuple(found.total(memory) for memory in memories),
        device_weights=tuple(found.weights[memory] for memory in memories),
        device_states=tuple(states[memory] for memory in memories),
        host=found.total(HOST),
    )


def context_bytes(
    shape: Shape, settings: Settings, placement: Placement, context: int
) -> dict[int, int]:
    """Bytes of KV caches and recurrent states in each memory at a context."""
    totals = dict.fromkeys(placement.memories(), 0)
    by_memory = {
        memory: layers_context_bytes(shape, settings, placement.padding(memory), context)
        for memory in totals
    }
    for number, layer in enumerate(shape.layers):
        memory = placement.of_cache(layer.index)
        totals[memory] += by_memory[memory][number]
    return totals


@lru_cache(maxsize=_CONTEXTS_KEPT)
def layers_context_bytes(
    shape: Shape, settings: Settings, padding: Padding, context: int
) -> tuple[int, ...]:
    """Bytes of caches and state of each layer, in a memory that pads like this."""
    geometry = cache_geometry(shape, settings)
    return tuple(
        layer_state_bytes(shape, settings, layer, padding)
        + sum(
            int(tensor.bytes_at(geometry, context))
            for tensor in layer_caches(shape, settings, layer, HOST, padding)
        )
        for layer in shape.layers
    )
