"""What a log says: the frozen result of reading one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from memplan.logs.names import is_host
from memplan.memory.component import ComponentKind, Place


class LogOutcome(StrEnum):
    """How the last attempt in a log to load a model ended."""

    LOADED = "loaded"
    FAILED_TO_LOAD = "failed_to_load"
    FAILED_WHILE_RUNNING = "failed_while_running"


class Cause(StrEnum):
    """Why an allocation failed.

    ``TOTAL_MEMORY``: the device has not enough left. ``SINGLE_ALLOCATION_LIMIT``: one allocation
    is larger than the driver allows, whatever is left. ``HOST_MEMORY``: the machine's own memory.
    ``OTHER``: the log gives a reason, and it is none of these.
    """

    TOTAL_MEMORY = "total_memory"
    SINGLE_ALLOCATION_LIMIT = "single_allocation_limit"
    HOST_MEMORY = "host_memory"
    OTHER = "other"


class Ending(StrEnum):
    """How the process ended, where not an engine but its surroundings tell."""

    KILLED = "killed"
    WINDOWS_CODE = "windows_code"
    NOT_ALLOCATED = "not_allocated"
    NOT_MAPPED = "not_mapped"
    GUARDRAIL = "guardrail"


class LogPart(StrEnum):
    """What of a run a buffer or a failure belongs to."""

    MODEL = "model"
    DRAFT = "draft"
    MTP = "mtp"
    PROJECTOR = "projector"
    ADAPTER = "adapter"


@dataclass(frozen=True, slots=True)
class Failure:
    """The buffer that could not be allocated.

    Attributes:
        kind: what it was for; ``None`` where the log does not tell.
        buffer: its name in the log; ``None`` likewise.
        bytes: its size; ``None`` likewise.
        tensor: the tensor that the engine names, if it names one.
        allocation_bytes: the one allocation that failed; less than ``bytes`` where the engine
            splits a buffer into several.
        part: the part of the run that it was for.
        device_free_mib: what the log says was free in that memory before the load, in MiB;
            ``None`` where it does not tell.
    """

    kind: ComponentKind | None
    buffer: str | None
    bytes: int | None
    tensor: str | None = None
    allocation_bytes: int | None = None
    part: LogPart = LogPart.MODEL
    device_free_mib: float | None = None


@dataclass(frozen=True, slots=True)
class LogOptions:
    """The engine's options as logged; ``None`` where the log does not tell.

    Attributes:
        n_ctx: context in tokens, of all sequences together.
        n_seq: sequences (slots).
        kv_unified: whether the sequences share one KV cache.
        n_ubatch: micro-batch in tokens.
        flash_attn: ``on``, ``off`` or ``auto``, as asked for.
        type_k: element type of the K cache.
        type_v: element type of the V cache.
        n_gpu_layers: layers on the device, the output layer counted as one.
        n_layers: layers that there are, counted alike.
        swa_full: whether window layers cache the full context.
    """

    n_ctx: int | None = None
    n_seq: int | None = None
    kv_unified: bool | None = None
    n_ubatch: int | None = None
    flash_attn: str | None = None
    type_k: str | None = None
    type_v: str | None = None
    n_gpu_layers: int | None = None
    n_layers: int | None = None
    swa_full: bool | None = None


@dataclass(frozen=True, slots=True)
class Buffer:
    """A buffer that was allocated.

    Attributes:
        kind: what it holds.
        buffer: its name in the log, such as ``Vulkan0`` or ``CPU_Mapped``.
        mib: its size in MiB; lines about one buffer are added up.
        part: the part of the run that it belongs to.
    """

    kind: ComponentKind
    buffer: str
    mib: float
    part: LogPart = LogPart.MODEL

    @property
    def where(self) -> Place:
        """The memory in which it lives."""
        return Place.HOST if is_host(self.buffer) else Place.DEVICE

    @property
    def title(self) -> str:
        """The name, with the part in brackets where it is not the model."""
        return self.buffer if self.part is LogPart.MODEL else f"{self.buffer} ({self.part})"


@dataclass(frozen=True, slots=True)
class Device:
    """A device that the engine found.

    Attributes:
        name: the engine's name of it, such as ``Vulkan0``.
        description: what it is called by its maker; may be empty.
        total_mib: its memory; ``None`` where the log does not tell.
        free_mib: what was free at the start; likewise.
    """

    name: str
    description: str
    total_mib: float | None
    free_mib: float | None


@dataclass(frozen=True, slots=True)
class FitReport:
    """What the engine changed by itself so that the load fits.

    Attributes:
        context_from: the context before it was reduced; ``None`` if it was not.
        context_to: the context after that.
        layers: layers given to each device, and of these those that overflow to the next memory.
        set_by_user: the option that was set by hand, which ended it; empty if none did.
        gave_up: whether it ended without a placement that fits.
    """

    context_from: int | None = None
    context_to: int | None = None
    layers: tuple[tuple[str, int, int], ...] = ()
    set_by_user: str = ""
    gave_up: bool = False

    def with_context(self, before: int, after: int) -> FitReport:
        """The report once the context is reduced, perhaps again: the first one is what it was."""
        first = before if self.context_from is None else self.context_from
        return replace(self, context_from=first, context_to=after)


@dataclass(frozen=True, slots=True)
class Log:
    """What a log says.

    Attributes:
        engine: the engine's name; ``None`` if nothing in the log is from one.
        wrapper: the program around the engine, such as ``ollama``; may be empty.
        server: whether it ran as a server.
        version: the engine's version as it prints it; may be empty.
        backend: ``vulkan``, ``metal``, ``cuda``, ``rocm``, ``cpu``, …; may be empty.
        outcome: how the last load ended; ``None`` if the log does not tell.
        cause: why it failed; ``None`` if it did not, or if the log does not tell why.
        failed: the buffer that could not be allocated, if one could not.
        options: the engine's options.
        buffers: what was allocated, in the order of the log.
        devices: the devices found.
        not_understood: lines that speak of memory and were not understood.
        ending: how the process ended, where the system or the wrapper tells.
        ending_code: Windows' exit code, where it was that; else empty.
        host_free_mib: the host's free memory before the load, where the log tells.
        fit: what the engine changed by itself; ``None`` if it says nothing.
        early: whether the log is of a version that followed other rules.
    """

    engine: str | None
    wrapper: str
    server: bool
    version: str
    backend: str
    outcome: LogOutcome | None
    cause: Cause | None
    failed: Failure | None
    options: LogOptions
    buffers: tuple[Buffer, ...]
    devices: tuple[Device, ...]
    not_understood: int
    ending: Ending | None = None
    ending_code: str = ""
    host_free_mib: float | None = None
    fit: FitReport | None = None
    early: bool = False

    @property
    def understood(self) -> bool:
        """Whether anything in the log is from an engine, or from a program around one."""
        return bool(self.engine or self.wrapper or self.ending)
