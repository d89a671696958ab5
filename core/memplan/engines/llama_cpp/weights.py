"""Where llama.cpp puts a model's tensors, and how many bytes they take there; exact.

Source: llama.cpp b11434, ``llama_model_loader::create_tensor`` (which layer a tensor belongs to,
what is copied, what is skipped).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from functools import lru_cache
from typing import Final, NamedTuple, assert_never

from memplan.engines.llama_cpp.architectures import State
from memplan.engines.llama_cpp.backends import Padding, source_of
from memplan.engines.llama_cpp.overrides import TensorOverride, overridden, overrides_by_layer
from memplan.engines.llama_cpp.placement import HOST, Placement, padding_of
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.shape import Shape
from memplan.model import Model
from memplan.reader.header import Tensor
from memplan.reader.tensor_types import TENSOR_TYPES_BY_NAME, TensorType
from memplan.request import Backend

EMBEDDING: Final = "token_embd.weight"
OUTPUT: Final = "output.weight"

INPUTS = frozenset({"token_embd", "position_embd", "token_types", "per_layer_token_embd"})
"""Tables in which rows are looked up: always on the host."""

_FIRST_LAYER = frozenset({"token_embd_norm", "per_layer_model_proj", "per_layer_proj_norm"})
"""Tensors of no layer that are loaded with the first."""

_ROPE_FACTORS = ("rope_freqs.", "rope_factors_")
_BLOCK = re.compile(r"(?:^|\.)blk\.(\d+)\.")
_TERNARY = frozenset({"TQ1_0", "TQ2_0"})
"""Types that CUDA, and ROCm, which is built from its source, do not multiply with."""

_SCANNING = (Backend.VULKAN, Backend.CUDA)
"""The backends that scan some states and not others; Metal scans all."""

_NEWER_TYPE = TensorType("", 1, 1)
"""A type that this program does not know is taken to have no blocks that could be padded."""

_MAMBA2_STATES = frozenset({128, 256})
_MAMBA1_STATES = 16

_TABLES_KEPT: Final = 16
_LAYERS_KEPT: Final = 8192
"""Layers whose bytes are kept: a search asks for the same ones in many placements."""


class LoadedTensor(NamedTuple):
    """A tensor in the memory in which it is loaded.

    Attributes:
        name: its name in the file.
        memory: the memory in which it lives, by number.
        bytes: what it takes there, padding included.
    """

    name: str
    memory: int
    bytes: int


class _Home(Enum):
    """With which layer a tensor is loaded."""

    INPUT = auto()
    BLOCK = auto()
    EVERY_BLOCK = auto()
    """A copy in each memory that has a layer that uses it."""
    OUTPUT = auto()


class _Stored(NamedTuple):
    """A tensor of the file that is loaded.

    Attributes:
        tensor: the tensor.
        tensor_type: how its rows are stored.
        home: with which layer it is loaded.
        only_on_host: backends that lack the operation it is for.
    """

    tensor: Tensor
    tensor_type: TensorType
    home: _Home
    only_on_host: frozenset[Backend]

    def bytes_in(self, padding: Padding) -> int:
        """What it takes in a buffer with this padding."""
        row_elements = self.tensor.dimensions[0] if self.tensor.dimensions else 1
        return padding.allocated(self.tensor.bytes, self.tensor_type, row_elements)


class _Table(NamedTuple):
    """The tensors of a model: by the layer they are of, of no layer, and of next-token layers.

    The last are loaded for a context of their own only, and have the number of their layer.
    """

    by_layer: Mapping[int, tuple[_Stored, ...]]
    others: tuple[_Stored, ...]
    next_tokens: tuple[tuple[int, _Stored], ...]


def weight_bytes(model: Model, placement: Placement) -> dict[int, int]:
    """Bytes of a model's tensors in each memory; quick enough for a search of placements.

    Raises:
        PatternError: an override cannot be followed.
    """
    totals = dict.fromkeys(placement.memories(), 0)
    table = _table(model)
    overrides = overrides_by_layer(placement.overrides, table.by_layer)
    for layer in table.by_layer:
        home = placement.of_layer(layer)
        for memory, size_bytes in _layer_bytes(
            model, layer, home, placement.devices, overrides.get(layer, ())
        ):
            totals[memory] += size_bytes
    for loaded in _others(model, placement, overrides.get(None, ())):
        totals[loaded.memory] += loaded.bytes
    return totals


def loaded_tensors(model: Model, placement: Placement) -> Iterator[LoadedTensor]:
    """Every tensor that is loaded, twice where it is copied.

    Raises:
        PatternError: an override cannot be followed.
    """
    for tensors in tensors_by_layer(model, placement).values():
        yield from tensors
    overrides = overrides_by_layer(placement.overrides, ())
    yield from _others(model, placement, overrides.get(None, ()))


def tensors_by_layer(model: Model, placement: Placement) -> dict[int, tuple[LoadedTensor, ...]]:
    """The loaded tensors of each layer."""
    table = _table(model)
    overrides = overrides_by_layer(placement.overrides, table.by_layer)
    return {
        layer: tuple(
            _of_layer(
                model,
                layer,
                placement.of_layer(layer),
                placement.devices,
                overrides.get(layer, ()),
            )
        )
        for layer in table.by_layer
    }


def largest_tensor(model: Model, placement: Placement, memory: int) -> LoadedTensor | None:
    """The largest tensor in a memory; ``None`` if none is there."""
    there = (tensor for tensor in loaded_tensors(model, placement) if tensor.memory == memory)
    return max(there, key=lambda tensor: tensor.bytes, default=None)


def memory_of(model: Model, placement: Placement, name: str, layer: int, *, output: bool) -> int:
    """The memory in which a layer finds a tensor by its name.

    ``output`` says that the output layer asks: it has its own copy of a tied embedding.

    Raises:
        PatternError: an override cannot be followed.
    """
    shape = resolve_shape(model)
    if _BLOCK.search(name):
        home = placement.of_layer(min(layer, shape.block_count))
    else:
        kind = _home(name, shape)
        match kind:
            case _Home.INPUT:
                copied = output and not shape.architecture.output_from_embedding
                home = placement.of_output() if copied else HOST
            case _Home.EVERY_BLOCK:
                home = placement.of_layer(layer)
            case _Home.OUTPUT:
                home = placement.of_output()
            case _Home.BLOCK:
                home = placement.of_layer(0)
            case _:
                assert_never(kind)
    overrides = placement.overrides
    moved = overridden(name, overrides) if overrides else None
    if moved is not None:
        return moved
    if home == HOST:
        return HOST
    lacking = _only_on_host(model).get(name, frozenset())
    return HOST if source_of(placement.devices[home]) in lacking else home


@lru_cache(maxsize=_TABLES_KEPT)
def _only_on_host(model: Model) -> Mapping[str, frozenset[Backend]]:
    shape = resolve_shape(model)
    found = ((tensor.name, _lacking(tensor, shape)) for tensor in model.tensors)
    return {name: lacking for name, lacking in found if lacking}


@lru_cache(maxsize=_TABLES_KEPT)
def _table(model: Model) -> _Table:
    shape = resolve_shape(model)
    by_layer: dict[int, list[_Stored]] = defaultdict(list)
    others = []
    next_tokens = []
    for tensor in model.tensors:
        block = _BLOCK.search(tensor.name)
        stored = _Stored(
            tensor,
            TENSOR_TYPES_BY_NAME.get(tensor.type_name, _NEWER_TYPE),
            _Home.BLOCK if block else _home(tensor.name, shape),
            _lacking(tensor, shape),
        )
        if block is None:
            if stored.home is _Home.BLOCK:
                by_layer[0].append(stored)
            else:
                others.append(stored)
            continue
        index = int(block.group(1))
        # Next-token layers are loaded for a draft context only.
        if index < shape.trunk_count or _loaded_unused(tensor, shape):
            by_layer[min(index, shape.block_count)].append(stored)
        else:
            next_tokens.append((min(index, shape.block_count), stored))
    layers = {layer: tuple(found) for layer, found in by_layer.items()}
    return _Table(layers, tuple(others), tuple(next_tokens))


def next_token_bytes(model: Model, placement: Placement) -> dict[int, int]:
    """Bytes of the next-token layers in each memory, where they are loaded.

    Raises:
        PatternError: an override cannot be followed.
    """
    totals = dict.fromkeys(placement.memories(), 0)
    for tensors in next_token_tensors(model, placement).values():
        for loaded in tensors:
            totals[loaded.memory] += loaded.bytes
    return totals


def next_token_tensors(model: Model, placement: Placement) -> dict[int, list[LoadedTensor]]:
    """The tensors of each next-token layer, where they are loaded."""
    found: dict[int, list[LoadedTensor]] = defaultdict(list)
    for layer, stored in _table(model).next_tokens:
        home = placement.of_layer(layer)
        found[layer].append(_loaded(stored, home, placement.devices, placement.overrides))
    return found


def bytes_in(tensor: Tensor, placement: Placement, memory: int) -> int:
    """What a tensor that is not the model's takes in a memory, padding included."""
    tensor_type = TENSOR_TYPES_BY_NAME.get(tensor.type_name, _NEWER_TYPE)
    stored = _Stored(tensor, tensor_type, _Home.BLOCK, frozenset())
    return stored.bytes_in(padding_of(placement.devices, memory))


def _home(name: str, shape: Shape) -> _Home:
    """With which layer a tensor is loaded whose name has no layer."""
    stem = name.split(".", 1)[0]
    if stem in INPUTS:
        return _Home.INPUT
    if stem in _FIRST_LAYER and stem != shape.architecture.output_norm:
        return _Home.BLOCK
    if name.startswith(_ROPE_FACTORS):
        return _Home.EVERY_BLOCK
    return _Home.OUTPUT


@lru_cache(maxsize=_LAYERS_KEPT)
def _layer_bytes(
    model: Model,
    layer: int,
    home: int,
    devices: tuple[Backend, ...],
    overrides: tuple[TensorOverride, ...],
) -> tuple[tuple[int, int], ...]:
    """Bytes of one layer's tensors in each memory that has some of them."""
    totals: dict[int, int] = defaultdict(int)
    for loaded in _of_layer(model, layer, home, devices, overrides):
        totals[loaded.memory] += loaded.bytes
    return tuple(totals.items())


def _of_layer(
    model: Model,
    layer: int,
    home: int,
    devices: tuple[Backend, ...],
    overrides: tuple[TensorOverride, ...],
) -> Iterator[LoadedTensor]:
    for stored in _table(model).by_layer[layer]:
        yield _loaded(stored, home, devices, overrides)


def _loaded(
    stored: _Stored,
    home: int,
    devices: tuple[Backend, ...],
    overrides: tuple[TensorOverride, ...],
) -> LoadedTensor:
    """A tensor in the memory of its layer, unless an override or its backend says otherwise."""
    name = stored.tensor.name
    memory = overridden(name, overrides) if overrides else None
    if memory is None:
        lacking = home != HOST and devices[home] in stored.only_on_host
        memory = HOST if lacking else home
    return LoadedTensor(name, memory, stored.bytes_in(padding_of(devices, memory)))


def _others(
    model: Model, placement: Placement, overrides: tuple[TensorOverride, ...]
) -> Iterator[LoadedTensor]:
    """The tensors of no layer; a tied embedding and rope factors may be in several memories."""
    shape = resolve_shape(model)
    tied = shape.architecture.output_head and OUTPUT not in shape.tensors
    tied = tied and not shape.architecture.output_from_embedding
    for stored in _table(model).others:
        homes: list[int] = []
        match stored.home:
            case _Home.INPUT:
                homes = [HOST]
                if tied and stored.tensor.name == EMBEDDING:
                    homes.append(placement.of_output())
            case _Home.EVERY_BLOCK:
                homes = [placement.of_layer(layer) for layer in _rotated_layers(shape)]
            case _Home.OUTPUT:
                homes = [placement.of_output()]
            case _Home.BLOCK:
                homes = [placement.of_layer(0)]
            case _:
                assert_never(stored.home)
        # Of several copies in one memory only one is made.
        loaded = (_loaded(stored, home, placement.devices, overrides) for home in homes)
        yield from dict.fromkeys(loaded)


def _rotated_layers(shape: Shape) -> Iterator[int]:
    """The layers that use the factors of the rotary embedding."""
    for layer in shape.trunk:
        if layer.index < shape.trunk_count and not (
            layer.windowed and shape.architecture.rope_factors_full_only
        ):
            yield layer.index


def of_next_tokens(name: str, shape: Shape) -> bool:
    """Whether a tensor belongs to a next-token layer, which no token of the trunk goes through."""
    block = _BLOCK.search(name)
    return block is not None and int(block.group(1)) >= shape.trunk_count


def _loaded_unused(tensor: Tensor, shape: Shape) -> bool:
    """Whether a tensor of a next-token layer is loaded although nothing uses it."""
    name = shape.architecture.nextn_loaded
    return bool(name) and tensor.name.endswith(f".{name}")


def _lacking(tensor: Tensor, shape: Shape) -> frozenset[Backend]:
    """The backends, by their source, that lack the operation that a tensor is for."""
    lacking = set()
    if tensor.type_name in _TERNARY:
        lacking.add(Backend.CUDA)
    scans = shape.architecture.state in (State.MAMBA1, State.MAMBA2)
    if scans and tensor.name.endswith(".ssm_a"):
        lacking |= {b for b in _SCANNING if not _scanned(tensor, shape, b)}
    return frozenset(lacking)


def _scanned(tensor: Tensor, shape: Shape, backend: Backend) -> bool:
    """Whether the device runs the scan whose decay this tensor is (``SSM_SCAN``).

    The decay of Mamba 2 is one number a head; that of Mamba 1 is one for each state and channel,
    which Vulkan does not run.
    """
    states, heads = (*tensor.dimensions, 1, 1)[:2]
    if states == 1:
        head_length = shape.ssm_inner_size // max(heads, 1)
        return shape.ssm_state_size in _MAMBA2_STATES and head_length % 16 == 0
    return backend is Backend.CUDA and states == _MAMBA1_STATES and heads % 128 == 0
