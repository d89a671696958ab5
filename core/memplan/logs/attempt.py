"""One attempt to load a model, as far as its lines have been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum, auto
from typing import Final

from memplan.logs.log import Cause, Device, Ending, Failure, FitReport, LogOptions, LogPart
from memplan.logs.names import backend_name, is_host
from memplan.memory.component import ComponentKind

_MOST_BUFFERS: Final = 512
_ROUNDED_BYTES: Final = 2**20 // 100
"""By how much a size in MiB with two decimals may be off."""

CONTEXT_KINDS: Final = frozenset(
    {
        ComponentKind.KV_CACHE,
        ComponentKind.RECURRENT_STATE,
        ComponentKind.COMPUTE,
        ComponentKind.OUTPUT,
    }
)
_LAST_COUNTS: Final = frozenset({ComponentKind.COMPUTE, ComponentKind.OUTPUT})
"""Kinds of which a later line about the same buffer replaces the earlier one."""
_WEAKER: Final = frozenset({None, Cause.OTHER})
"""What a sign of the surroundings may replace; what the engine itself says counts for more."""

LIMITED_BACKENDS: Final = frozenset({"vulkan", "sycl", "opencl"})
"""Backends whose drivers limit a single allocation, whatever is free."""
SMALLEST_LIMIT_BYTES: Final = 2**31 - 1
"""Drivers of GPUs allow at least 2 GiB in one allocation; a smaller one that fails does so for
want of memory."""

Key = tuple[ComponentKind, str, LogPart]


class Phase(IntEnum):
    """How far a load has come."""

    LOADING = 0
    CONTEXT = 1
    READY = 2
    WARMING_UP = 3
    RUNNING = 4


class Stage(Enum):
    """When something failed. ``PROBING``: while the wrapper tried what fits, so it is no end."""

    LOADING = auto()
    RUNNING = auto()
    UNKNOWN = auto()
    PROBING = auto()


@dataclass(slots=True)
class Attempt:
    """One load of a model.

    Attributes:
        phase: how far it came.
        announced: whether a line has said that it starts.
        reads_tensors: whether it has begun to read the weights.
        probing: whether the wrapper tries what fits.
        cache_kind: the cache that is laid out and not yet allocated.
        buffers: MiB of each kind, buffer and part.
        totals: MiB of a kind of which no buffer was named, and where.
        estimates: what a wrapper said of its buffers.
        options: the engine's options, from the engine's own lines.
        devices: the devices that the lines of this attempt name.
        fit: what ``--fit`` said.
        slots: slots and tokens of each, as a server says when it is ready.
        n_ctx_seq: tokens of each sequence, and whether an old line says so.
        cells: cells of the cache that holds the full context.
        blocks: layers of the model, without the output.
        cache_on_gpu: whether a log of 2023 says so.
        failure: the buffer that failed.
        cause: why.
        stage: when something failed that was not made good; ``None`` if nothing did.
        driver_only: whether nothing but a driver's own line tells of a failure.
        ending: how the process ended, where the system tells, with Windows' code.
        allocation_bytes: the last allocation that failed, until the buffer is named.
        allocation_buffer: the buffer type whose allocator failed, where the line tells.
        allocation_part: the part of the run that it was for.
    """

    phase: Phase = Phase.LOADING
    announced: bool = False
    reads_tensors: bool = False
    probing: bool = False
    cache_kind: ComponentKind | None = None
    buffers: dict[Key, float] = field(default_factory=dict)
    totals: dict[Key, float] = field(default_factory=dict)
    estimates: dict[Key, float] = field(default_factory=dict)
    options: LogOptions = field(default_factory=LogOptions)
    devices: dict[str, Device] = field(default_factory=dict)
    fit: FitReport | None = None
    slots: tuple[int, int] | None = None
    n_ctx_seq: tuple[int, bool] | None = None
    cells: int | None = None
    blocks: int | None = None
    cache_on_gpu: bool = False
    failure: Failure | None = None
    cause: Cause | None = None
    stage: Stage | None = None
    driver_only: bool = False
    ending: tuple[Ending, str] | None = None
    allocation_bytes: int | None = None
    allocation_buffer: str | None = None
    allocation_part: LogPart = LogPart.MODEL

    @property
    def fresh(self) -> bool:
        """Whether nothing has happened in it yet."""
        buffers = any(part is LogPart.MODEL for _, _, part in self.buffers)
        return not (buffers or self.totals or self.fails or self.phase > Phase.LOADING)

    @property
    def known_to_load(self) -> bool:
        """Whether its lines show that a load is under way."""
        got_on = self.buffers or self.totals or self.phase > Phase.LOADING
        return self.announced or self.reads_tensors or bool(got_on)

    @property
    def fails(self) -> bool:
        """Whether something failed that was not made good."""
        return self.stage is not None

    # Sizes

    def add_buffer(self, key: Key, mib: float) -> None:
        """Take in a buffer that was allocated."""
        if key[0] is self.cache_kind:
            self.cache_kind = None
        add(self.buffers, key, mib, replace_it=key[0] in _LAST_COUNTS)

    def new_context(self) -> None:
        """Forget what an earlier context of the same model took."""
        for sizes in (self.buffers, self.totals):
            for key in [k for k in sizes if k[0] in CONTEXT_KINDS and k[2] is LogPart.MODEL]:
                del sizes[key]
        self.cells = None
        if self.phase is not Phase.RUNNING:
            self.phase = Phase.CONTEXT

    # Failures

    def fail(self, cause: Cause | None, stage: Stage) -> None:
        """Take in that something failed, and why."""
        if self.stage in {None, Stage.UNKNOWN} or stage is not Stage.UNKNOWN:
            self.stage = Stage.PROBING if self.probing else stage
        self.driver_only = False
        # The driver's name for the error follows the limit that was the reason for it.
        single = self.cause is Cause.SINGLE_ALLOCATION_LIMIT and cause is Cause.TOTAL_MEMORY
        if cause is not None and not single and (cause is not Cause.OTHER or self.cause is None):
            self.cause = cause

    def stop(self, cause: Cause | None, ending: tuple[Ending, str] | None, stage: Stage) -> None:
        """Take in how the process ended: its reason counts where the engine gave none."""
        if self.stage is None or (self.stage is Stage.UNKNOWN and stage is not Stage.UNKNOWN):
            self.stage = stage
        if cause is not None and self.cause in _WEAKER and self.failure is None:
            self.cause = cause
        if ending is not None and self.ending is None and self.cause is cause:
            self.ending = ending

    def recover(self) -> None:
        """Take in that what failed was made good."""
        self.failure = self.cause = self.stage = self.ending = None
        self.driver_only = False
        self.allocation_bytes = self.allocation_buffer = None

    def fail_buffer(self, says: Mapping[str, str], size: int | None, part: LogPart) -> None:
        """Name the buffer that could not be allocated."""
        tensor = says.get("tensor")
        buffer = says.get("buffer") or self.allocation_buffer
        portion = self.allocation_bytes
        if size is not None and portion is not None and abs(size - portion) < _ROUNDED_BYTES:
            portion = size
        self.failure = Failure(self._kind(says, part), buffer, size, tensor, portion, part)
        self.assume_cause(buffer or "")

    def assume_cause(self, buffer: str) -> None:
        """Take want of memory as the cause, where no line gives one and no limit may be it."""
        if self.cause not in _WEAKER:
            return
        failed = self.failure.bytes if self.failure else None
        asked = max(failed or 0, self.allocation_bytes or 0)
        if is_host(buffer):
            self.cause = Cause.HOST_MEMORY
        elif asked <= SMALLEST_LIMIT_BYTES or backend_name(buffer) not in LIMITED_BACKENDS:
            self.cause = Cause.TOTAL_MEMORY

    def _kind(self, says: Mapping[str, str], part: LogPart) -> ComponentKind | None:
        """What a buffer that failed was for, if the line or the order of the lines tells."""
        if says.get("kind"):
            return ComponentKind(says["kind"])
        if tensor := says.get("tensor"):
            return _kind_of_tensor(tensor)
        return self.kind_by_order(part)

    def kind_by_order(self, part: LogPart) -> ComponentKind | None:
        """What fails now, if the order of the lines alone tells: weights are read first."""
        weights = any(kind is ComponentKind.WEIGHTS for kind, *_ in self.buffers)
        if self.cache_kind is not None:
            return self.cache_kind
        reads = self.reads_tensors and self.phase is Phase.LOADING and not weights
        return ComponentKind.WEIGHTS if reads and part is LogPart.MODEL else None

    def tell_failure(self, kind: ComponentKind, buffer: str | None, part: LogPart) -> None:
        """Take in what the buffer that failed was for."""
        portion = self.allocation_bytes
        known = self.failure or Failure(kind, None, portion, None, portion, part)
        named = known.buffer or buffer or self.allocation_buffer
        self.failure = replace(known, kind=kind, buffer=named)


def add(sizes: dict[Key, float], key: Key, mib: float, *, replace_it: bool) -> None:
    """Add a size to those of its key, or put it in their place; no more keys than can be kept."""
    if key in sizes or len(sizes) < _MOST_BUFFERS:
        sizes[key] = mib if replace_it else sizes.get(key, 0.0) + mib


def _kind_of_tensor(tensor: str) -> ComponentKind:
    if tensor.startswith(("cache_r_", "cache_s_")):
        return ComponentKind.RECURRENT_STATE
    return ComponentKind.KV_CACHE if tensor.startswith("cache_") else ComponentKind.WEIGHTS
