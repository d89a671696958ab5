"""Bytes of llama.cpp's compute buffers, by memory: graph, split and allocation put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, assert_never

from memplan.engines.llama_cpp.graph.allocator import ENDLESS_BYTES
from memplan.engines.llama_cpp.graph.architectures.table import build
from memplan.engines.llama_cpp.graph.backends import cuda, metal, processor, vulkan
from memplan.engines.llama_cpp.graph.backends.backend import Backend as Computing
from memplan.engines.llama_cpp.graph.batch import batch_of
from memplan.engines.llama_cpp.graph.flat import HOST_BUFFER, REPACKED_BUFFER, FlatGraph
from memplan.engines.llama_cpp.graph.model_graph import Batch, ModelGraph
from memplan.engines.llama_cpp.graph.outputs import mark_outputs
from memplan.engines.llama_cpp.graph.repetition import walked
from memplan.engines.llama_cpp.graph.reservation import Around, Reservation, Stretch
from memplan.engines.llama_cpp.graph.version import ModelledVersion
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Layer, Shape
from memplan.engines.llama_cpp.weights import memory_of
from memplan.model import Model
from memplan.reader.header import Tensor
from memplan.request import Backend

_MODELS_KEPT: Final = 16

_REQUESTS_KEPT: Final = 64

_BLOCK: Final = "blk."

_ALIKE_TYPES: Final = ("Q4_K", "Q5_K", "Q6_K")
"""Types that llama-quantize mixes from layer to layer."""

_TABLES: Final = frozenset(
    {
        "token_embd.weight", "per_layer_token_embd.weight", "position_embd.weight",
        "token_types.weight",
    }
)  # fmt: skip
_EXPERTS: Final = "exps"

_COMPARED_ROLES: Final = ("ffn_up_", "ffn_gate_")

_REPACKED_ROWS: Final = {
    "Q4_0": 4, "Q8_0": 4, "IQ4_NL": 4, "MXFP4": 4, "Q4_K": 8, "Q5_K": 8, "Q6_K": 8,
}  # fmt: skip
"""Types that an ARM processor keeps in an order of its own, and of how many rows a multiple."""


@lru_cache(maxsize=_MODELS_KEPT)
def _tensors(model: Model) -> dict[str, Tensor]:
    return {tensor.name: tensor for tensor in model.tensors}


@dataclass(frozen=True, slots=True, eq=False)
class GraphRequest:
    """What the compute buffers depend on, beside the context.

    Attributes:
        model: the model.
        shape: the model as llama.cpp sees it.
        settings: what the context is made with.
        placement: in which memory each layer is.
        version: the version of llama.cpp.
        outputs: rows of logits; ``None``: as the program asks for.
        next_tokens: whether it is the context of the next-token layers, not the model's own.
        dry: as llama.cpp itself reports before it loads; else as it allocates. They differ where
            llama.cpp gives nodes to a device by hand.
    """

    model: Model
    shape: Shape
    settings: Settings
    placement: Placement
    version: ModelledVersion
    outputs: int | None = None
    next_tokens: bool = False
    dry: bool = True


def compute_around(request: GraphRequest, context: int) -> Around:
    """Bytes of the compute buffer in each memory, and how they go on for contexts around.

    Raises:
        MissingTensorError: the file lacks a tensor that the graph needs.
        KeyError: no builder knows the architecture.
        UnsupportedGraphError: llama.cpp refuses the placement.
    """
    found = _reservation(request).around(context)
    slopes = None if found.slopes is None else _by_memory(found.slopes)
    return replace(found, values=_by_memory(found.values), slopes=slopes)


def are_alike(request: GraphRequest, one: int, other: int, steps: int) -> bool:
    """Whether what goes on from one context goes on to another, so many steps of cells away."""
    return _reservation(request).are_alike(one, other, steps)


def _by_memory(found: Mapping[int, int]) -> dict[int, int]:
    return {HOST if buffer == HOST_BUFFER else buffer: size for buffer, size in found.items()}


@lru_cache(maxsize=_REQUESTS_KEPT)
def _reservation(request: GraphRequest) -> Reservation:
    backends = _backends(request)
    layers = _layers(request)

    def build_at(context: int, every_layer: bool) -> tuple[FlatGraph, Mapping[int, int]]:
        built = _built(request, _batch(request, context), None if every_layer else layers)
        return built.flat(), {} if request.dry else _pins(request, built, backends)

    def locate(context: int) -> Stretch:
        return _stretch(_batch(request, context))

    newer = request.version is not ModelledVersion.V0_5_0
    copies = request.placement.copies
    return Reservation(build_at, locate, backends, copies, copies_unread=newer)


def _stretch(batch: Batch) -> Stretch:
    """Where a batch lies: a window's cache grows with the context until it is full."""
    window = None if batch.window_cells == batch.cells else batch.window_cells
    regime = (batch.tokens, batch.sequences, batch.outputs, batch.streams, window)
    return Stretch(regime, batch.cells)


def _batch(request: GraphRequest, context: int) -> Batch:
    settings = request.settings
    outputs = request.outputs or int(settings.output_rows(context))
    return replace(
        batch_of(request.shape, settings, context, outputs),
        mixed_inputs=request.version is ModelledVersion.B11434,
        next_token=request.next_tokens,
    )


def _built(
    request: GraphRequest, batch: Batch, layers: tuple[Layer, ...] | None = None
) -> ModelGraph:
    tensors = _tensors(request.model)
    graph = ModelGraph(request.shape, tensors, batch, _Homes(request), layers)
    build(graph)
    mark_outputs(graph)
    return graph


def _layers(request: GraphRequest) -> tuple[Layer, ...]:
    """The layers to follow: not all of many that are alike.

    Memory settles within a few layers of attention; with recurrent states it may take more than
    are left, so that all of them are followed.
    """
    if request.shape.recurrent:
        return request.shape.trunk
    homes = _Homes(request)
    weights: dict[int, list[Hashable]] = defaultdict(list)
    for tensor in request.model.tensors:
        block, dot, role = tensor.name.removeprefix(_BLOCK).partition(".")
        if dot and tensor.name.startswith(_BLOCK) and block.isdecimal():
            home = homes.weight(tensor.name, int(block))
            kind = tensor.type_name
            # What lies on a device is never copied, and devices treat these types alike; only
            # those of a shared expert and of the others are compared.
            if home >= 0 and kind in _ALIKE_TYPES and not role.startswith(_COMPARED_ROLES):
                kind = _ALIKE_TYPES[0]
            weights[int(block)].append((role, kind, tensor.dimensions, home))
    trunk = request.shape.trunk
    kinds = [
        (tuple(weights[layer.index]), replace(layer, index=0), homes.cache(layer.index))
        for layer in trunk
    ]
    return tuple(trunk[number] for number in walked(kinds))


class _Homes:
    """Which memory holds what, as the scheduler numbers memories."""

    def __init__(self, request: GraphRequest) -> None:
        self._model = request.model
        self._placement = request.placement
        self._output = request.shape.block_count
        self._repacks = all(device is Backend.METAL for device in request.placement.devices)

    def weight(self, name: str, layer: int) -> int:
        """The memory of a weight."""
        output = layer == self._output
        memory = memory_of(self._model, self._placement, name, layer, output=output)
        if memory != HOST:
            return memory
        tensor = _tensors(self._model)[name]
        # Rows are looked up in tables, and of what has three dimensions only experts are products
        # that the processor knows in its own order.
        looked_up = name in _TABLES and not output
        dimensions = 3 if _EXPERTS in name else 2
        if not self._repacks or looked_up or len(tensor.dimensions) != dimensions:
            return HOST_BUFFER
        multiple = _REPACKED_ROWS.get(tensor.type_name)
        rows = tensor.dimensions[1]
        return REPACKED_BUFFER if multiple and rows % multiple == 0 else HOST_BUFFER

    def cache(self, layer: int) -> int:
        """The memory of a layer's cache or state."""
        memory = self._placement.of_cache(min(layer, self._output))
        return HOST_BUFFER if memory == HOST else memory


def _pins(
    request: GraphRequest, built: ModelGraph, backends: Sequence[Computing]
) -> dict[int, int]:
    """The nodes that llama.cpp gives to a backend by hand."""
    host = len(backends) - 1
    pins = dict.fromkeys(built.pins.host, host)
    if request.settings.gpu_layers > request.shape.block_count:
        for node, layer in built.pins.norms.items():
            memory = request.placement.of_layer(layer)
            pins[node] = host if memory == HOST else memory
    return pins


def _backends(request: GraphRequest) -> list[Computing]:
    """The devices in llama.cpp's order, then BLAS where there is Metal, then the processor."""
    devices = request.placement.devices
    found: list[Computing] = []
    for number, device in enumerate(devices):
        match device:
            case Backend.CUDA | Backend.ROCM:
                newer = request.version is not ModelledVersion.V0_5_0
                found.append(cuda.device(number, groups_shared_experts=newer))
            case Backend.VULKAN:
                found.append(vulkan.device(number))
            case Backend.METAL:
                limit_bytes = request.settings.max_allocation_bytes or ENDLESS_BYTES
                found.append(metal.device(number, limit_bytes))
            case _:
                assert_never(device)
    if Backend.METAL in devices:
        found.append(processor.blas())
    found.append(_processor(devices))
    return found


def _processor(devices: Sequence[Backend]) -> Computing:
    """The processor, in the memory that the first device pins for it."""
    if devices and devices[0] is Backend.VULKAN:
        return processor.processor(vulkan.HOST_ALIGNMENT_BYTES, vulkan.LARGEST_BUFFER_BYTES)
    return processor.processor()
