"""The bytes that one more token reads from each memory, and the speed that no reading can beat.

A token goes through every layer: it reads all weights but the experts that it does not use, the
keys and values of the tokens before it, the states, and the output projection. What is on the host
is computed there: single tokens are too few for the device to take copies (``op_offload``).

Source: llama.cpp b11434, ``llama_kv_cache::get_n_kv`` (cells are read in steps of 256),
``llm_graph_context::build_moe_ffn`` and ``llama_model::create_memory`` (layers that read another's
cache).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from memplan.engines.llama_cpp.arithmetic import padded
from memplan.engines.llama_cpp.cells import CELL_MULTIPLE
from memplan.engines.llama_cpp.kv_cache import Reach, cache_geometry, cells_of, layer_caches
from memplan.engines.llama_cpp.overrides import is_expert
from memplan.engines.llama_cpp.placement import Placement
from memplan.engines.llama_cpp.recurrent_state import layer_state_bytes
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Layer, Shape
from memplan.engines.llama_cpp.weights import (
    EMBEDDING,
    INPUTS,
    OUTPUT,
    LoadedTensor,
    loaded_tensors,
    of_next_tokens,
)
from memplan.model import Model
from memplan.reader.header import Tensor

_ENCODER: Final = "enc."
_PLACEMENTS_KEPT: Final = 32


@dataclass(frozen=True, slots=True)
class TokenReads:
    """What one token reads from one memory.

    Attributes:
        weights: bytes of weights that every token reads.
        experts: bytes of the experts that a token uses.
        cache: bytes of keys and values of the tokens before it.
        state: bytes of recurrent states.
    """

    weights: int = 0
    experts: int = 0
    cache: int = 0
    state: int = 0

    @property
    def total(self) -> int:
        """All bytes."""
        return self.weights + self.experts + self.cache + self.state


def token_reads(
    model: Model, settings: Settings, placement: Placement, context: int, depth: int
) -> dict[int, TokenReads]:
    """What one token of one sequence reads from each memory.

    Args:
        model: the model.
        settings: what the context is made with.
        placement: where the layers are.
        context: the context, which limits the cells that there are.
        depth: tokens before this one.
    """
    shape = resolve_shape(model)
    memories = tuple(placement.memories())
    weights, experts = _weight_reads(model, placement)
    cache, state = dict.fromkeys(memories, 0), dict.fromkeys(memories, 0)
    one = replace(settings, sequences=1)
    for layer in shape.layers:
        memory = placement.of_cache(layer.index)
        cached = _cache_bytes(shape, settings, placement, layer, context, depth)
        cache[memory] += cached * _readers(shape, layer)
        state[memory] += layer_state_bytes(shape, one, layer, placement.padding(memory))
    return {m: TokenReads(weights[m], experts[m], cache[m], state[m]) for m in memories}


# A budget or a context that is dragged asks for the same placement at every step.
@lru_cache(maxsize=_PLACEMENTS_KEPT)
def _weight_reads(
    model: Model, placement: Placement
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Bytes of weights, and of experts among them, that a token reads from each memory."""
    memories = tuple(placement.memories())
    weights, experts = dict.fromkeys(memories, 0), dict.fromkeys(memories, 0)
    for loaded, size_bytes in _read_tensors(model, resolve_shape(model), placement):
        parts = experts if is_expert(loaded.name) else weights
        parts[loaded.memory] += size_bytes
    return weights, experts


def _read_tensors(
    model: Model, shape: Shape, placement: Placement
) -> Iterator[tuple[LoadedTensor, int]]:
    """Each tensor that a token reads, where it is, and how many of its bytes."""
    tensors = {tensor.name: tensor for tensor in model.tensors}
    tied = shape.architecture.output_head and OUTPUT not in shape.tensors
    embedding: LoadedTensor | None = None
    for loaded in loaded_tensors(model, placement):
        tensor = tensors[loaded.name]
        if loaded.name.startswith(_ENCODER) or of_next_tokens(loaded.name, shape):
            continue
        if loaded.name == EMBEDDING and embedding is not None:
            embedding = loaded  # the copy that projects
        elif loaded.name.split(".", 1)[0] in INPUTS:
            embedding = loaded if loaded.name == EMBEDDING else embedding
            yield loaded, _row_bytes(tensor)
        else:
            yield loaded, _used_bytes(tensor, shape)
    if tied and embedding is not None:
        yield embedding, tensors[EMBEDDING].bytes


def _row_bytes(tensor: Tensor) -> int:
    """Bytes of the row that is looked up."""
    rows = tensor.elements // max(tensor.dimensions[0], 1) if tensor.dimensions else 1
    return tensor.bytes // max(rows, 1)


def _used_bytes(tensor: Tensor, shape: Shape) -> int:
    """Bytes that a token reads of a tensor: of experts, those that it uses."""
    # A file may state a tensor without dimensions.
    if not is_expert(tensor.name) or not tensor.dimensions:
        return tensor.bytes
    count = max(tensor.dimensions[-1], 1)
    return tensor.bytes // count * min(shape.expert_used_count or count, count)


def _cache_bytes(
    shape: Shape, settings: Settings, placement: Placement, layer: Layer, context: int, depth: int
) -> int:
    """Bytes of a layer's cache that attention reads: the cells in use, in steps of 256."""
    geometry = cache_geometry(shape, settings)
    memory = placement.of_cache(layer.index)
    total = 0
    for tensor in layer_caches(shape, settings, layer, memory, placement.padding(memory)):
        used = depth + 1
        if tensor.reach is Reach.COMPRESSED:
            used = -(-used // tensor.ratio)
        cells = int(cells_of(geometry, tensor.reach, tensor.ratio, context))
        read = min(cells, int(padded(max(used, 1), CELL_MULTIPLE)))
        total += read * (tensor.row_bytes // geometry.streams)
    return total


def _readers(shape: Shape, layer: Layer) -> int:
    """Layers that read a layer's cache: those after the last one with a cache share two."""
    if not layer.caches:
        return 1
    sharing = [other for other in shape.trunk if other.attends and not other.caches]
    if not sharing:
        return 1
    last = max(
        other.index for other in shape.trunk if other.caches and other.windowed is layer.windowed
    )
    if layer.index != last:
        return 1
    return 1 + sum(other.windowed is layer.windowed for other in sharing)
