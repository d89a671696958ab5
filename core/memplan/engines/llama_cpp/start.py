"""What llama.cpp does when it is started: context, placement, and why if it does not start.

Source: llama.cpp b11434, ``common_init_result`` (automatic fitting, then the load),
``llama_model_base::load_tensors`` and ``llama_context`` (what is allocated, and the second try
without pipelining).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from memplan.engines.llama_cpp.backends import version_of
from memplan.engines.llama_cpp.beside import NOTHING_BESIDE, Beside
from memplan.engines.llama_cpp.device_options import USUAL_TARGET_MIB, of_each_device
from memplan.engines.llama_cpp.devices import Device, Layout, SplitMode, devices_in_use, place
from memplan.engines.llama_cpp.fit import Change, FitTask, Fitted, Held, fit
from memplan.engines.llama_cpp.graph.version import ModelledVersion
from memplan.engines.llama_cpp.kv_cache import cache_geometry, cache_tensors
from memplan.engines.llama_cpp.measure import Loaded, loaded, measuring
from memplan.engines.llama_cpp.output import output_bytes
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.engines.llama_cpp.weights import largest_tensor
from memplan.estimate import Outcome
from memplan.model import Model
from memplan.units import MIB
from memplan.unsigned import U32_MAX


class GpuLayers(Enum):
    """A number of layers that is not written as a number."""

    AUTO = auto()
    """As many as fit: automatic fitting may choose."""
    ALL = auto()
    """All of them: automatic fitting leaves them alone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that decide about context and layers, under llama.cpp's names.

    Attributes:
        context_tokens: ``--ctx-size``; ``None``: not given; 0: all that the model was trained for.
        gpu_layers: ``--n-gpu-layers``.
        layout: shares and overrides, and whether caches are with their layers.
        split_mode: ``--split-mode``.
        main_gpu: ``--main-gpu``.
        fit: whether automatic fitting is on.
        fit_target_bytes: ``--fit-target``; one for all devices, or one for each.
        fit_floor_tokens: ``--fit-ctx``.
    """

    context_tokens: int | None = None
    gpu_layers: int | GpuLayers = GpuLayers.AUTO
    layout: Layout = field(default_factory=Layout)
    split_mode: SplitMode = SplitMode.LAYER
    main_gpu: int = 0
    fit: bool = True
    fit_target_bytes: tuple[int, ...] = (2**30,)
    fit_floor_tokens: int = 4096


@dataclass(frozen=True, slots=True)
class Room:
    """Memory that one or more of llama.cpp's memories share.

    Attributes:
        memories: their numbers: of a device, or the host; both where memory is unified.
        bytes: what they may take together; ``None``: not known, so never too little.
        largest_allocation_bytes: the largest buffer; ``None``: no limit is known.
    """

    memories: tuple[int, ...]
    bytes: int | None
    largest_allocation_bytes: int | None = None


class Lack(Enum):
    """Why a start is refused."""

    DEVICE_MEMORY = auto()
    HOST_MEMORY = auto()
    SINGLE_ALLOCATION = auto()
    NO_SUCH_DEVICE = auto()
    """``--main-gpu`` names a device that there is not."""
    NO_SHARE = auto()
    """No device has any memory or any share to take layers by."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why llama.cpp does not start.

    Attributes:
        lack: what there is too little of.
        room: the memory that it is about; ``None``: about none.
        short_bytes: what is missing there.
        held: the option that kept automatic fitting from moving layers; ``None``: none did.
    """

    lack: Lack
    room: Room | None = None
    short_bytes: int = 0
    held: Held | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LlamaCppStart:
    """What happens at a start.

    Attributes:
        outcome: what llama.cpp does.
        context_tokens: the context that it starts with, or fails with.
        devices: numbers of the devices in use; memories are numbered by this list.
        placement: where the layers are; ``None`` where llama.cpp does not come so far.
        change: what automatic fitting did.
        loaded: the bytes of each memory.
        output_bytes: bytes of the output buffer, on the host.
        without_pipelining: whether llama.cpp had to give up pipelining over the devices.
        refusal: why it does not start; ``None``: it does.
    """

    outcome: Outcome
    context_tokens: int
    devices: tuple[int, ...]
    placement: Placement | None
    change: Change
    loaded: Loaded | None
    output_bytes: int
    without_pipelining: bool
    refusal: Refusal | None

    @property
    def places(self) -> bool:
        """Whether automatic fitting moves layers or experts, be it enough or not."""
        return self.change in (Change.LAYERS, Change.FAILED)

    @property
    def keeps_devices(self) -> bool:
        """Whether every layer is on devices, with all its tensors."""
        placement = self.placement
        return (
            placement is not None
            and HOST not in placement.layers
            and all(override.memory != HOST for override in placement.overrides)
        )

    def bytes_in(self, memory: int) -> int:
        """All bytes in a memory."""
        if self.loaded is None:
            return 0
        return self.loaded.total(memory) + (self.output_bytes if memory == HOST else 0)

    @property
    def mapped_bytes(self) -> int:
        """Bytes of the host's that are the file's own, which the system may read again."""
        return 0 if self.loaded is None else self.loaded.weights[HOST]


def start(
    model: Model,
    settings: Settings,
    asked: Asked,
    devices: Sequence[Device],
    rooms: Sequence[Room],
    host_total_bytes: int,
    beside: Beside = NOTHING_BESIDE,
) -> LlamaCppStart:
    """What llama.cpp does with this model on this machine.

    Args:
        model: the model.
        settings: what the context is made with.
        asked: the options that decide about context and layers.
        devices: all devices, in llama.cpp's order.
        rooms: what the memories may take; devices by their place in ``devices``.
        host_total_bytes: all memory of the host; counts only where no device is used.
        beside: what is loaded beside the model, by the devices in use.
    """
    shape = resolve_shape(model)
    used = devices_in_use(len(devices), asked.split_mode, asked.main_gpu)
    if used is None:
        return _not_loaded(shape, asked, Lack.NO_SUCH_DEVICE)
    in_use = [devices[number] for number in used]
    try:
        fitted = _fitted(model, settings, asked, in_use, host_total_bytes, beside)
        placement = place(shape, in_use, fitted.layout)
    except ValueError:
        return _not_loaded(shape, asked, Lack.NO_SHARE)
    own_rooms = tuple(_renumbered(rooms, used))
    attempt = _Attempt(model, settings, placement, fitted.context_tokens, beside)
    refusal = attempt.refusal(own_rooms)
    pipelined = placement.copies > 1
    if refusal is not None and pipelined:
        second = replace(attempt, placement=replace(placement, copies=1))
        if second.refusal(own_rooms) is None or refusal.lack is not Lack.SINGLE_ALLOCATION:
            attempt, refusal = second, second.refusal(own_rooms)
    return LlamaCppStart(
        outcome=Outcome.REFUSED if refusal else _outcome(asked, fitted, shape, settings),
        context_tokens=fitted.context_tokens,
        devices=used,
        placement=attempt.placement,
        change=fitted.change,
        loaded=attempt.loaded(),
        output_bytes=output_bytes(shape, settings),
        without_pipelining=pipelined and attempt.placement.copies == 1,
        refusal=replace(refusal, held=fitted.held) if refusal else None,
    )


def layout_of(asked: Asked) -> Layout:
    """The layout before automatic fitting."""
    number = asked.gpu_layers if isinstance(asked.gpu_layers, int) else None
    return replace(asked.layout, gpu_layers=number)


def held_by(asked: Asked, device_count: int) -> Held | None:
    """The option that keeps automatic fitting from moving layers, the first that it looks at."""
    if device_count == 0:
        return Held.NO_DEVICE
    if asked.gpu_layers is not GpuLayers.AUTO:
        return Held.GPU_LAYERS
    if device_count > 1 and any(asked.layout.tensor_split[:device_count]):
        return Held.TENSOR_SPLIT
    return Held.OVERRIDES if asked.layout.overrides else None


def fit_task(
    shape: Shape,
    settings: Settings,
    asked: Asked,
    devices: Sequence[Device],
    host_total_bytes: int,
    beside: Beside = NOTHING_BESIDE,
) -> FitTask:
    """What automatic fitting is given for the devices in use."""
    targets = of_each_device(asked.fit_target_bytes, max(len(devices), 1), USUAL_TARGET_MIB * MIB)
    filled = tuple(target + beside.kept_free_bytes(memory) for memory, target in enumerate(targets))
    return FitTask(
        free_bytes=tuple(device.free_bytes for device in devices),
        target_bytes=filled,
        host_bytes=host_total_bytes,
        context_tokens=asked.context_tokens or None,
        floor_tokens=None if asked.context_tokens == 0 else asked.fit_floor_tokens,
        trained_tokens=shape.context_length,
        streams=settings.streams,
        layer_count=shape.block_count if settings.loads_next_tokens else shape.trunk_count,
        has_experts=shape.expert_count > 0,
        layout=layout_of(asked),
        held=held_by(asked, len(devices)),
        shortens_for_one=version_of([device.backend for device in devices])
        is ModelledVersion.V0_5_0,
    )


def _fitted(
    model: Model,
    settings: Settings,
    asked: Asked,
    devices: Sequence[Device],
    host_total_bytes: int,
    beside: Beside,
) -> Fitted:
    shape = resolve_shape(model)
    if not asked.fit:
        # Without fitting, sequences with caches of their own share the trained context.
        context = asked.context_tokens or min(shape.context_length, U32_MAX)
        return Fitted(Change.NOTHING, context, layout_of(asked))
    task = fit_task(shape, settings, asked, devices, host_total_bytes, beside)
    return fit(task, beside.added_to(measuring(model, settings, devices)))


@dataclass(frozen=True, slots=True, eq=False)
class _Attempt:
    """One try to load a model and to make its context."""

    model: Model
    settings: Settings
    placement: Placement
    context: int
    beside: Beside

    def loaded(self) -> Loaded:
        return loaded(self.model, self.settings, self.placement, self.context, dry_run=False)

    def refusal(self, rooms: Sequence[Room]) -> Refusal | None:
        """What is too little, a device's before the host's; ``None``: all is there."""
        taken = self.loaded()
        shape = resolve_shape(self.model)
        for room in sorted(rooms, key=lambda room: HOST in room.memories):
            needed = sum(
                taken.total(memory) + self.beside.loaded_bytes(memory, self.context)
                for memory in room.memories
            )
            if HOST in room.memories:
                needed += output_bytes(shape, self.settings)
                if len(room.memories) == 1:
                    # What is mapped can be given back and read again, so it refuses nothing.
                    needed -= taken.weights[HOST]
            if room.bytes is not None and needed > room.bytes:
                only_host = room.memories == (HOST,)
                lack = Lack.HOST_MEMORY if only_host else Lack.DEVICE_MEMORY
                return Refusal(lack, room, needed - room.bytes)
        return self._too_large(rooms)

    def _too_large(self, rooms: Sequence[Room]) -> Refusal | None:
        for room in rooms:
            limit = room.largest_allocation_bytes
            if limit is None:
                continue
            largest = max(self._tensors(room.memories), default=0)
            if largest > limit:
                return Refusal(Lack.SINGLE_ALLOCATION, room, largest - limit)
        return None

    def _tensors(self, memories: Sequence[int]) -> Iterator[int]:
        shape = resolve_shape(self.model)
        geometry = cache_geometry(shape, self.settings)
        for memory in memories:
            if memory == HOST:
                continue
            largest = largest_tensor(self.model, self.placement, memory)
            yield largest.bytes if largest else 0
            for tensor in cache_tensors(shape, self.settings, self.placement):
                if tensor.memory == memory:
                    yield int(tensor.bytes_at(geometry, self.context))


def _renumbered(rooms: Sequence[Room], used: Sequence[int]) -> Iterator[Room]:
    """The rooms of the devices in use, by their place among these; the host's stays."""
    numbers = {number: place for place, number in enumerate(used)} | {HOST: HOST}
    for room in rooms:
        memories = tuple(numbers[memory] for memory in room.memories if memory in numbers)
        if memories:
            yield replace(room, memories=memories)


def _outcome(asked: Asked, fitted: Fitted, shape: Shape, settings: Settings) -> Outcome:
    if fitted.change in (Change.LAYERS, Change.FAILED):
        return Outcome.PLACED
    if asked.context_tokens is not None or not asked.fit:
        return Outcome.SIZED
    longest = shape.context_length * settings.streams
    return Outcome.TRIMMED if fitted.context_tokens < longest else Outcome.SIZED


def _not_loaded(shape: Shape, asked: Asked, lack: Lack) -> LlamaCppStart:
    return LlamaCppStart(
        outcome=Outcome.REFUSED,
        context_tokens=asked.context_tokens or shape.context_length,
        devices=(),
        placement=None,
        change=Change.NOTHING,
        loaded=None,
        output_bytes=0,
        without_pipelining=False,
        refusal=Refusal(lack),
    )
