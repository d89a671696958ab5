"""A request's start: its options in llama.cpp's own terms, and what comes of them in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from memplan.addresses import public_address
from memplan.engines.llama_cpp.beside import NOTHING_BESIDE, Beside
from memplan.engines.llama_cpp.command import command, device_names
from memplan.engines.llama_cpp.devices import Device, Layout, devices_in_use, place
from memplan.engines.llama_cpp.layer_map import placed_layers
from memplan.engines.llama_cpp.measure import measuring
from memplan.engines.llama_cpp.options import GpuLayers as Every
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.overrides import (
    EVERY_EXPERT,
    TensorOverride,
    first_experts,
    parse_overrides,
)
from memplan.engines.llama_cpp.parts.arguments import part_arguments
from memplan.engines.llama_cpp.parts.components import draft_options, settings_with_parts
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.engines.llama_cpp.start import (
    Asked,
    GpuLayers,
    LlamaCppStart,
    Room,
    held_by,
    layout_of,
    start,
)
from memplan.engines.llama_cpp.token_reads import token_reads
from memplan.estimate import Start, UnsupportedRequestError
from memplan.memory.backend import Backend
from memplan.memory.machine import Pool, PoolKind
from memplan.model import Model
from memplan.request import Request
from memplan.units import MIB

_STARTS_KEPT: Final = 64
_NO_HOST_LIMIT: Final = 2**62
"""The host's memory is not a part of a request, so it is never too little."""


def asked_of(shape: Shape, request: Request) -> Asked:
    """The options that decide about context and layers.

    Raises:
        UnsupportedRequestError: an override names no buffer, or its pattern cannot be followed.
    """
    options = request.options_of(LlamaCppOptions)
    every_layer = shape.block_count + 1
    layers: int | GpuLayers = GpuLayers.AUTO
    if options.n_gpu_layers is Every.ALL:
        layers = GpuLayers.ALL
    elif options.n_gpu_layers is not None:
        layers = min(options.n_gpu_layers, every_layer)
    return Asked(
        context_tokens=request.context_tokens,
        gpu_layers=layers,
        layout=Layout(
            tensor_split=options.tensor_split,
            kv_offload=options.kv_offload,
            overrides=_overrides(shape, request),
        ),
        split_mode=options.split_mode,
        main_gpu=options.main_gpu,
        fit=options.fits_start,
        fit_target_bytes=tuple(mib * MIB for mib in options.fit_target_mib),
        fit_floor_tokens=options.fit_ctx,
    )


def pools_in_use(request: Request) -> tuple[Pool, ...]:
    """The memories of the devices that llama.cpp uses, in its order.

    Raises:
        UnsupportedRequestError: the device that is to have everything is none of them.
    """
    options = request.options_of(LlamaCppOptions)
    devices = request.machine.devices
    numbers = devices_in_use(len(devices), options.split_mode, options.main_gpu)
    if numbers is None:
        raise UnsupportedRequestError(
            f"invalid value for main_gpu: {options.main_gpu} (available devices: {len(devices)})"
        )
    return tuple(devices[number] for number in numbers)


def _names_in_use(request: Request) -> tuple[str, ...]:
    """llama.cpp's names of the devices in use: each backend counts all of its own."""
    machine = request.machine
    names = device_names([pool.backend or machine.backend for pool in machine.devices])
    ids = [pool.id for pool in machine.devices]
    return tuple(names[ids.index(pool.id)] for pool in pools_in_use(request))


def _overrides(shape: Shape, request: Request) -> tuple[TensorOverride, ...]:
    options = request.options_of(LlamaCppOptions)
    names = _names_in_use(request)
    memories = {"CPU": HOST} | {name: number for number, name in enumerate(names)}
    try:
        overrides = parse_overrides(options.override_tensor or "", memories)
    except ValueError as error:
        raise UnsupportedRequestError(str(error)) from error
    if options.cpu_moe:
        overrides += (TensorOverride(EVERY_EXPERT, HOST),)
    return overrides + first_experts(min(options.n_cpu_moe, shape.block_count), HOST)


def start_of(model: Model, request: Request, beside: Beside = NOTHING_BESIDE) -> LlamaCppStart:
    """What llama.cpp does with a request.

    Args:
        model: the model.
        request: what is asked for.
        beside: what is loaded beside the model.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination of options.
    """
    # What a chat holds, and the other engine's options, decide nothing here.
    return _start(
        model,
        Request(
            engine=request.engine,
            machine=request.machine,
            context_tokens=request.context_tokens,
            llama_cpp=request.options_of(LlamaCppOptions),
        ),
        beside,
    )


@lru_cache(maxsize=_STARTS_KEPT)
def _start(model: Model, request: Request, beside: Beside) -> LlamaCppStart:
    shape, machine = resolve_shape(model), request.machine
    options = request.options_of(LlamaCppOptions)
    limit = options.max_allocation_bytes
    rooms = [
        Room(
            (number, HOST) if pool is machine.host else (number,),
            pool.limit_bytes,
            limit if pool.largest_allocation_bytes is None else pool.largest_allocation_bytes,
        )
        for number, pool in enumerate(machine.devices)
    ]
    if machine.host.kind is PoolKind.HOST:
        rooms.append(Room((HOST,), machine.host.budget_bytes))
    return start(
        model,
        settings_with_parts(model, options),
        asked_of(shape, request),
        devices_of(machine.devices),
        rooms,
        machine.host.budget_bytes or _NO_HOST_LIMIT,
        beside,
    )


def devices_of(pools: Sequence[Pool]) -> tuple[Device, ...]:
    """The devices as llama.cpp sees them: their budgets are what they have free."""
    return tuple(Device(pool.backend or Backend.VULKAN, pool.budget_bytes or 0) for pool in pools)


def asked_placement(model: Model, request: Request) -> Placement:
    """The placement if automatic fitting moves nothing.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination of options.
    """
    layout = layout_of(asked_of(resolve_shape(model), request))
    return _placed(model, layout, pools_in_use(request))


def draft_placement(draft: Model, request: Request) -> Placement:
    """A draft model's layers, spread over the devices as the model's are before it is loaded."""
    options = draft_options(request.options_of(LlamaCppOptions))
    layers = options.n_gpu_layers
    layout = Layout(
        layers if isinstance(layers, int) else None,
        tensor_split=options.tensor_split,
        kv_offload=options.kv_offload,
    )
    return _placed(draft, layout, pools_in_use(request))


def _placed(model: Model, layout: Layout, pools: Sequence[Pool]) -> Placement:
    shape, devices = resolve_shape(model), devices_of(pools)
    try:
        return place(shape, devices, layout)
    except ValueError:
        # No device has any memory: that it does not fit shows wherever the layers are.
        return place(shape, devices, replace(layout, tensor_split=(1.0,) * len(devices)))


def surely_moves(model: Model, request: Request) -> bool:
    """Whether one look tells that automatic fitting moves layers or experts.

    With the context that is asked for, or the shortest that it picks.
    """
    if not moves_layers(model, request):
        return False
    shape, options = resolve_shape(model), request.options_of(LlamaCppOptions)
    settings, pools = settings_with_parts(model, options), pools_in_use(request)
    least = min(options.fit_ctx, max(shape.context_length, 1)) * settings.streams
    try:
        found = measuring(model, settings, devices_of(pools))(
            request.context_tokens or least, layout_of(asked_of(shape, request))
        )
    except ValueError:
        return False  # no device has any memory: what then happens is not fitting
    taken = zip(found.devices, found.device_states, options.targets_mib(len(pools)), strict=True)
    return any(
        (pool.budget_bytes or 0) < used + state + mib * MIB
        for pool, (used, state, mib) in zip(pools, taken, strict=True)
    )


def moves_layers(model: Model, request: Request) -> bool:
    """Whether automatic fitting may move layers and experts where the margin is not left."""
    asked = asked_of(resolve_shape(model), request)
    return asked.fit and held_by(asked, len(pools_in_use(request))) is None


def pool_reads(
    model: Model,
    request: Request,
    settings: Settings,
    placement: Placement,
    context_tokens: int,
    depth_tokens: int,
) -> dict[str, int]:
    """Bytes that a token after ``depth_tokens`` others reads, by the memory's id.

    Memories from which it reads nothing are left out.
    """
    ids = {number: pool.id for number, pool in enumerate(pools_in_use(request))}
    found: dict[str, int] = {}
    reads = token_reads(model, settings, placement, context_tokens, depth_tokens)
    for memory, read in reads.items():
        pool = ids.get(memory, request.machine.host.id)
        # A unified memory is the device's and the host's.
        found[pool] = found.get(pool, 0) + read.total
    return {pool: size_bytes for pool, size_bytes in found.items() if size_bytes}


def described(
    model: Model, request: Request, settings: Settings, found: LlamaCppStart
) -> Start | None:
    """The figures of a start; ``None`` where llama.cpp does not come so far."""
    placement = found.placement
    if placement is None:
        return None
    layers = placed_layers(model, placement, next_tokens=settings.loads_next_tokens)
    names = _names_in_use(request)
    on_devices = [memory for memory in placement.layers if memory != HOST]
    buffers = {HOST: "CPU"} | dict(enumerate(names))
    several = len(placement.devices) > 1
    options = request.options_of(LlamaCppOptions)
    last_token = max(found.context_tokens - 1, 0)
    return Start(
        outcome=found.outcome,
        context_tokens=found.context_tokens,
        n_gpu_layers=len(on_devices),
        layer_count=len(placement.layers),
        tensor_split=tuple(on_devices.count(d) for d in range(len(names))) if several else (),
        override_tensor=tuple(f"{o.pattern}={buffers[o.memory]}" for o in placement.overrides),
        cpu_expert_layers=tuple(
            layer.index
            for layer in layers
            if layer.expert_memories == {HOST} and layer.memory != HOST and not layer.in_part
        ),
        partial_layers=tuple(layer.index for layer in layers if layer.in_part),
        copies=placement.copies,
        without_pipelining=found.without_pipelining,
        command=(
            *command(
                public_address(model.source),
                settings,
                placement,
                names,
                found.context_tokens,
                split_mode=options.split_mode,
                main_gpu=options.main_gpu,
            ),
            *part_arguments(model, options),
        ),
        token_read_bytes=pool_reads(
            model, request, settings, placement, found.context_tokens, last_token
        ),
    )
