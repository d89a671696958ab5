"""From what was read to what the log says."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from memplan.exhaustive import exhaustive
from memplan.logs.attempt import LIMITED_BACKENDS, SMALLEST_LIMIT_BYTES, Attempt, Key, Phase, Stage
from memplan.logs.log import (
    Buffer,
    Cause,
    Device,
    Failure,
    Log,
    LogOptions,
    LogOutcome,
)
from memplan.logs.machine import merged
from memplan.logs.names import backend_name, is_host
from memplan.logs.state import Reading
from memplan.memory.component import ComponentKind
from memplan.units import MIB

_EARLY_EXTRA_LAYERS: Final = 3
"""In 2023 the K cache, the V cache and the output each counted as a layer to offload."""
_OUTCOMES: Final = exhaustive(
    Stage,
    {
        Stage.LOADING: LogOutcome.FAILED_TO_LOAD,
        Stage.RUNNING: LogOutcome.FAILED_WHILE_RUNNING,
        Stage.UNKNOWN: None,
        Stage.PROBING: None,
    },
)


def conclude(reading: Reading) -> Log:
    """What the log says, once all its lines are taken in."""
    attempt = reading.attempt
    unused = attempt.fresh and not attempt.estimates and attempt.options == LogOptions()
    if unused and reading.before and reading.asked == LogOptions():
        later = attempt.devices | reading.pending_devices
        attempt = reading.before
    else:
        later = reading.pending_devices
    attempt.devices = attempt.devices | merged(attempt.devices, later)
    buffers = _buffers(reading, attempt)
    backend = _backend(reading, attempt, buffers)
    failure = _failure(attempt, backend)
    return Log(
        engine=reading.engine,
        wrapper=reading.wrapper,
        server=reading.server,
        version=reading.version,
        backend=backend,
        outcome=_outcome(reading, attempt),
        cause=_cause(attempt, failure, backend),
        failed=failure,
        options=_options(reading, attempt),
        buffers=buffers,
        devices=tuple(attempt.devices.values()),
        not_understood=reading.not_understood,
        ending=attempt.ending[0] if attempt.ending else None,
        ending_code=attempt.ending[1] if attempt.ending else "",
        host_free_mib=reading.host_free_mib,
        fit=attempt.fit or (reading.before.fit if reading.before else None),
        early=reading.early or reading.of_2023,
    )


def _outcome(reading: Reading, attempt: Attempt) -> LogOutcome | None:
    if attempt.stage is not None:
        return _OUTCOMES[attempt.stage]
    # A server says when it is ready: until then a part of the run may still fail.
    ready = Phase.RUNNING if reading.server and reading.says_when_ready else Phase.READY
    sized = any(kind is ComponentKind.COMPUTE for kind, *_ in (*attempt.buffers, *attempt.totals))
    if attempt.phase is Phase.WARMING_UP and not sized:
        return None
    return LogOutcome.LOADED if attempt.phase >= ready else None


def _failure(attempt: Attempt, backend: str) -> Failure | None:
    """The buffer that failed, with the memory's free part where the log has it."""
    if attempt.stage in {None, Stage.PROBING}:
        return None
    failure, portion = attempt.failure, attempt.allocation_bytes
    if failure is None and portion is not None:
        part = attempt.allocation_part
        kind = attempt.kind_by_order(part)
        failure = Failure(kind, attempt.allocation_buffer, portion, None, portion, part)
    elif failure is not None and failure.bytes is None and portion is not None:
        failure = replace(failure, bytes=portion, allocation_bytes=portion)
    if failure is None or failure == Failure(None, None, None):
        return None
    if backend == "rocm" and (failure.buffer or "").startswith("CUDA"):
        failure = replace(failure, buffer="ROCm" + (failure.buffer or "")[4:])
    device = _device_of(failure, attempt)
    if device is not None and failure.device_free_mib is None:
        failure = replace(failure, device_free_mib=device.free_mib)
    return failure


def _device_of(failure: Failure, attempt: Attempt) -> Device | None:
    """The device in which a buffer failed: the one of its name, or the only one."""
    devices = attempt.devices
    if failure.buffer in devices:
        return devices[failure.buffer]
    if failure.buffer is None or not is_host(failure.buffer):
        others = [device for device in devices.values() if not is_host(device.name)]
        if len(others) == 1:
            return others[0]
    return None


def _cause(attempt: Attempt, failure: Failure | None, backend: str) -> Cause | None:
    """Why it failed; a limit of single allocations is told by the numbers, too."""
    if attempt.stage in {None, Stage.PROBING}:
        return None
    if attempt.cause is not Cause.TOTAL_MEMORY or failure is None:
        return attempt.cause
    asked = failure.allocation_bytes or failure.bytes or 0
    free_mib = failure.device_free_mib
    if free_mib is None or backend not in LIMITED_BACKENDS or asked <= SMALLEST_LIMIT_BYTES:
        return attempt.cause
    left_mib = free_mib - sum(
        mib for (_, name, _), mib in attempt.buffers.items() if name == failure.buffer
    )
    whole = max(asked, failure.bytes or 0)
    return Cause.SINGLE_ALLOCATION_LIMIT if whole <= left_mib * MIB else attempt.cause


def _buffers(reading: Reading, attempt: Attempt) -> tuple[Buffer, ...]:
    """Of each kind the best source: buffers, else sums, else what else was said."""
    found: dict[Key, float] = {}
    totals = attempt.totals
    if attempt.cache_on_gpu:
        totals = {_on_gpu(key): size for key, size in totals.items()}
    for source in (attempt.buffers, totals, attempt.estimates):
        kinds = {(kind, part) for kind, _, part in found}
        found |= {key: size for key, size in source.items() if (key[0], key[2]) not in kinds}
    found = found or reading.breakdown
    # Of a dry run all sizes are 0: nothing was allocated.
    return tuple(
        Buffer(kind, name, round(size, 2), part)
        for (kind, name, part), size in found.items()
        if size > 0
    )


def _on_gpu(key: Key) -> Key:
    return (key[0], "GPU", key[2]) if key[0] is ComponentKind.KV_CACHE else key


def _backend(reading: Reading, attempt: Attempt, buffers: tuple[Buffer, ...]) -> str:
    names = [buffer.buffer for buffer in buffers]
    failed = attempt.failure.buffer if attempt.failure else attempt.allocation_buffer
    names += [failed] if failed and attempt.fails else []
    for name in names:
        if backend := backend_name(name):
            return "rocm" if backend == "cuda" and reading.backend == "rocm" else backend
    if reading.backend:
        return reading.backend
    for name in attempt.devices:
        if backend := backend_name(name):
            return backend
    kinds = {buffer.kind for buffer in buffers}
    whole = ComponentKind.WEIGHTS in kinds and len(kinds) > 1 and not reading.breakdown_only
    fails = bool(failed) and attempt.fails
    return "cpu" if (whole or fails) and all(is_host(name) for name in names) else ""


def _options(reading: Reading, attempt: Attempt) -> LogOptions:
    """The engine's own lines first, then what was asked of it, then what follows from others."""
    own, asked = attempt.options, reading.asked
    told = {
        name: getattr(asked, name)
        for name in LogOptions.__slots__
        if getattr(own, name) is None and getattr(asked, name) is not None
    }
    options = replace(own, **told)
    if attempt.slots and options.n_seq is None:
        options = replace(options, n_seq=attempt.slots[0])
    if options.n_ctx is None:
        options = replace(options, n_ctx=_context(options, attempt))
    layers, on_device = options.n_layers, options.n_gpu_layers
    if reading.of_2023 and attempt.blocks is None and not attempt.cache_on_gpu:
        # Whether the cache's two are counted is not told.
        return replace(options, n_layers=None, n_gpu_layers=None)
    early = attempt.blocks is not None and layers == attempt.blocks + _EARLY_EXTRA_LAYERS
    if layers is not None and on_device is not None and (early or attempt.cache_on_gpu):
        layers -= 2
        options = replace(options, n_layers=layers, n_gpu_layers=min(on_device, layers))
    return options


def _context(options: LogOptions, attempt: Attempt) -> int | None:
    """The context in other words: cells, tokens of a sequence, tokens of a slot."""
    if attempt.cells is not None:
        return attempt.cells
    if attempt.n_ctx_seq is not None:
        tokens, early = attempt.n_ctx_seq
        if options.n_seq == 1 or (options.kv_unified is True and not early):
            return tokens
        if options.n_seq is not None and (early or options.kv_unified is False):
            return tokens * options.n_seq
    if attempt.slots is not None:
        slots, tokens = attempt.slots
        return tokens * (1 if options.kv_unified is True or slots == 1 else slots)
    return None
