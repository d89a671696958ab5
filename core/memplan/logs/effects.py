"""What each kind of line does to what is known of a log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from memplan.engines.log_row import QUOTES, Effect, LineKind
from memplan.logs.apps import PROGRAMS
from memplan.logs.attempt import CONTEXT_KINDS, Attempt, Phase, Stage, add
from memplan.logs.log import Cause, Device, Ending, Failure, FitReport, LogOptions, LogPart
from memplan.logs.machine import merged, note_device
from memplan.logs.names import LIBRARY_TITLES, backend_name, buffer_name
from memplan.logs.options import is_all_layers, said_options
from memplan.logs.rows import APP_SIGNS, DIALECTS
from memplan.logs.sizes import free_mib, said_bytes, said_mib
from memplan.memory.component import ComponentKind

_MOST_SIGN_LINES: Final = 4096
"""Lines in which the program around the engine is looked for."""
_MOST_FIT_DEVICES: Final = 64
_FULL_CELLS: Final = 16384
"""A cache with this many cells is no sliding window's."""
_VRAM_DOMAIN: Final = 4
"""AMD's driver: 2 is host memory that the device reaches, 4 its own."""
_ABOUT_MEMORY: Final = re.compile(r"buf|alloc|mem|nullptr|NULL", re.IGNORECASE)
"""What an assertion is about if an allocation may be behind it."""
_KINDS: Final = {kind.value: kind for kind in ComponentKind}
_AT: Final = {"loading": Stage.LOADING, "running": Stage.RUNNING}
_SERVERS: Final = tuple(each.server for each in DIALECTS.values() if each.server)
_EARLY: Final = tuple(text for each in DIALECTS.values() for text in each.early)
_EVERY_WRAPPER: Final = frozenset(
    {"", *(name for name, app in PROGRAMS.items() if app.used_by_others)}
)
"""No wrapper, or one that others use: any other counts for more."""


class Reading:
    """What is known of a log so far.

    Attributes:
        not_understood: lines that speak of memory and were not understood.
        attempt: the attempt that the lines are about.
        before: the attempt before it, if there was one.
        asked: options that the wrapper or the server asks of the attempt.
        engine: the engine's name, once a line is from one.
        version: the engine's version.
        backend: the backend that lines name, where buffers do not.
        wrapper: the program around the engine; empty until a line tells.
        server: whether a line is a server's.
        early: whether a line is of 2024 or before.
        of_2023: whether a line is of 2023.
        host_free_mib: the host's free memory.
        memory_seen: whether any attempt failed for want of memory.
    """

    def __init__(self) -> None:
        self.not_understood = 0
        self.attempt = Attempt()
        self.before: Attempt | None = None
        self.asked = LogOptions()
        self.engine: str | None = None
        self.version = ""
        self.backend = ""
        self.wrapper = ""
        self.server = False
        self.early = False
        self.of_2023 = False
        self.host_free_mib: float | None = None
        self.memory_seen = False
        self._asked_is_new = False
        self._sign_lines = 0
        self._part = LogPart.MODEL
        self._draft_loads = 0
        self._clip_buffer = ""
        self._pending: dict[str, Device] = {}
        self._ids: dict[str, str] = {}
        self._breakdown: dict[tuple[ComponentKind, str, LogPart], float] = {}
        self._skips_reason = False
        self._graph_failed = False
        self._lacks_reason = False

    @property
    def breakdown(self) -> dict[tuple[ComponentKind, str, LogPart], float]:
        """The table of memory that an engine prints at its end."""
        return self._breakdown

    @property
    def says_when_ready(self) -> bool:
        """Whether compute buffers end a load, and a server then says that it is ready."""
        return self.engine is None or DIALECTS[self.engine].says_when_ready

    @property
    def breakdown_only(self) -> bool:
        """Whether nothing but that table tells of buffers."""
        return bool(self._breakdown) and not (self.attempt.buffers or self.attempt.totals)

    @property
    def pending_devices(self) -> dict[str, Device]:
        """Devices named since the attempt got under way: they may be the next one's."""
        return self._pending

    @property
    def looks_for_wrapper(self) -> bool:
        """Whether a line may still tell which program was around the engine."""
        return self._sign_lines < _MOST_SIGN_LINES and self.wrapper in _EVERY_WRAPPER

    def take(self, kind: LineKind, match: re.Match[str], text: str) -> bool:
        """Take in a line that was understood.

        Returns:
            Whether the rest of the line, after the match, is to be read as a line, too.
        """
        says = {**dict(kind.says), **{k: v for k, v in match.groupdict().items() if v is not None}}
        says["text"] = text
        self.engine = says.get("engine") or self.engine
        self._note_wrapper(says.get("wrapper", ""))
        self._note_program(text)
        if "backend" in says:
            self.backend = backend_name(says["backend"]) or self.backend
        if memory := says.get("memory"):
            self.backend = "metal" if memory.startswith(("Metal", "UMA")) else "vulkan"
        if api := says.get("api"):
            self.backend = "cuda" if api.upper() in {"CUDA", "CU"} else "rocm"
        if self._lacks_reason and kind.effect is not Effect.REASON:
            self.attempt.assume_cause("Vulkan")  # the line that gives a reason did not come
        self._lacks_reason = False
        skips, self._skips_reason = self._skips_reason, False
        if not (skips and kind.effect is Effect.REASON):
            _EFFECTS[kind.effect](self, says, text[: match.start()])
        if kind.effect is not Effect.FAILED_IN:
            self._graph_failed = kind.effect is Effect.GRAPH_FAILED
        self.memory_seen |= self.attempt.cause not in {None, Cause.OTHER}
        return kind.effect in QUOTES

    def look_for_wrapper(self, text: str) -> None:
        """See whether a line, understood or not, tells which program was around the engine."""
        self._sign_lines += 1
        for row in APP_SIGNS:
            if row.key in text and row.pattern.search(text):
                self._note_wrapper(dict(row.says)["wrapper"])

    def _note_wrapper(self, name: str) -> None:
        if name and self.wrapper in _EVERY_WRAPPER:
            self.wrapper = name

    def _note_program(self, text: str) -> None:
        self.server = self.server or any(sign.search(text) for sign in _SERVERS)
        self.early = self.early or any(name in text for name in _EARLY)

    # Attempts

    def _begin(self) -> None:
        """Go over to a new attempt. What was asked of the last one holds if it was no end."""
        last = self.attempt
        ended = last.stage in {Stage.LOADING, Stage.RUNNING} or last.phase is Phase.RUNNING
        self.before = self.attempt
        self.attempt = Attempt()
        named = merged(last.devices, self._pending)
        # A load that was no end, such as a trial, goes on with its own devices.
        self.attempt.devices = named if ended and named else last.devices | named
        self._pending = {}
        self._part, self._draft_loads = LogPart.MODEL, 0
        if ended and not self._asked_is_new:
            self.asked = LogOptions()

    def _ask(self, values: Mapping[str, int | str | bool]) -> None:
        """Take in what is asked of the load that comes next."""
        if not self._asked_is_new:
            if not self.attempt.fresh:
                self._begin()
            self.asked = LogOptions()
            self._asked_is_new = True
        self.asked = replace(self.asked, **values)  # type: ignore[arg-type]

    def _goes_on(self, kind: ComponentKind | None) -> None:
        """A load gets on: what failed before was made good, or was another attempt's."""
        self._asked_is_new = False
        attempt = self.attempt
        if not attempt.fails:
            return
        if kind in CONTEXT_KINDS and attempt.phase >= Phase.CONTEXT:
            if attempt.stage is not Stage.RUNNING:
                attempt.recover()
        elif attempt.stage is not Stage.RUNNING or kind is ComponentKind.WEIGHTS:
            self._begin()

    # Progress

    def _announced(self, says: Mapping[str, str], head: str) -> None:
        del says, head
        if not self.attempt.fresh:
            self._begin()
        self._part = LogPart.MODEL
        self.attempt.announced = True

    def _load_starts(self, says: Mapping[str, str], head: str) -> None:
        del head
        attempt = self.attempt
        if self._part in {LogPart.DRAFT, LogPart.MTP}:
            self._draft_loads += "tensors" not in says
            if self._draft_loads <= 1:
                return
        self._part = LogPart.MODEL
        if not attempt.fresh or attempt.options.n_gpu_layers is not None:
            self._begin()
        self._asked_is_new = False
        self.attempt.announced = True
        self.attempt.reads_tensors |= "tensors" in says

    def _part_starts(self, says: Mapping[str, str], head: str) -> None:
        del head
        part = LogPart(says["part"])
        if part is not self._part:
            self._draft_loads = 0
        self._part = part
        if part is LogPart.PROJECTOR:
            self._clip_buffer = says.get("buffer") or self._clip_buffer
            if "size" in says and self._clip_buffer:
                key = (ComponentKind.WEIGHTS, self._clip_buffer, part)
                add(self.attempt.buffers, key, said_mib(says), replace_it=True)

    def _context_starts(self, says: Mapping[str, str], head: str) -> None:
        del says, head
        if self._part in {LogPart.ADAPTER, LogPart.PROJECTOR}:
            self._part = LogPart.MODEL
        if self._part is LogPart.MODEL:
            self._goes_on(ComponentKind.KV_CACHE)
            self.attempt.new_context()

    def _context_sized(self, says: Mapping[str, str], head: str) -> None:
        del head
        self.attempt.phase = max(self.attempt.phase, Phase.READY)
        if "context_from" in says:
            fit = self.attempt.fit or FitReport()
            first = int(says["context_from"]) if fit.context_from is None else fit.context_from
            fit = replace(fit, context_from=first, context_to=int(says["n_ctx"]))
            self.attempt.fit = fit
        self._set_options(says)

    def _warms_up(self, says: Mapping[str, str], head: str) -> None:
        del says, head
        self.attempt.phase = max(self.attempt.phase, Phase.WARMING_UP)

    def _loaded(self, says: Mapping[str, str], head: str) -> None:
        del head
        self._part = LogPart.MODEL
        attempt = self.attempt
        if attempt.stage is not Stage.RUNNING:
            attempt.recover()
        attempt.phase = Phase.RUNNING
        self._asked_is_new = False
        if "n_slots" in says and "n_ctx_slot" in says:
            attempt.slots = (int(says["n_slots"]), int(says["n_ctx_slot"]))
        self._set_options(says)

    def _runs(self, says: Mapping[str, str], head: str) -> None:
        del says, head
        self.attempt.phase = Phase.RUNNING

    # Sizes

    def _buffer(self, says: Mapping[str, str], head: str) -> None:
        kind = _KINDS[says["kind"]]
        # A projector's and an adapter's buffers say so themselves.
        of_others = self._part in {LogPart.PROJECTOR, LogPart.ADAPTER}
        part = LogPart(says.get("part", LogPart.MODEL if of_others else self._part))
        name = says.get("buffer") or buffer_name(head)
        if part is LogPart.PROJECTOR and "part" in says and name.startswith("projector"):
            name = self._clip_buffer or name
        if part is LogPart.MODEL:
            self._goes_on(kind)
        self._set_options(says)
        attempt = self.attempt
        if part is LogPart.MODEL:
            ready = kind is ComponentKind.COMPUTE and self.says_when_ready
            reached = Phase.READY if ready else Phase.CONTEXT
            attempt.phase = max(attempt.phase, reached if kind in CONTEXT_KINDS else Phase.LOADING)
        key = (kind, name, part)
        if part is LogPart.PROJECTOR:
            add(attempt.buffers, key, said_mib(says), replace_it=True)
        else:
            attempt.add_buffer(key, said_mib(says))

    def _total(self, says: Mapping[str, str], head: str) -> None:
        if "cells" in says:
            self._cells(says, head)
            return
        self._set_options(says)
        attempt, kind = self.attempt, _KINDS[says["kind"]]
        if kind in CONTEXT_KINDS and self._part is LogPart.MODEL:
            ready = kind is ComponentKind.COMPUTE
            attempt.phase = max(attempt.phase, Phase.READY if ready else Phase.CONTEXT)
        add(attempt.totals, (kind, says["buffer"], self._part), said_mib(says), replace_it=True)
        self.of_2023 |= "era" in says

    def _cache_starts(self, says: Mapping[str, str], head: str) -> None:
        """A cache is laid out: what fails next is that cache."""
        del head
        self.attempt.cache_kind = _KINDS[says["kind"]] if self._part is LogPart.MODEL else None

    def _cells(self, says: Mapping[str, str], head: str) -> None:
        """The sum of a cache: its cells are the context, unless it is a sliding window's."""
        self._set_options({k: v for k, v in says.items() if k.startswith("type_")})
        recurrent = says.get("recurrent") is not None or "recurrent" in head
        if recurrent or self._part is not LogPart.MODEL:
            return
        attempt, count = self.attempt, int(says["cells"])
        many = int(says["n_seq"]) > 1
        if "streams" in says and many:
            unified = int(says["streams"]) == 1
            attempt.options = replace(attempt.options, kv_unified=unified)
            count *= int(says["streams"])
        cells = int(says["cells"])
        if self._context_told or cells >= _FULL_CELLS or cells == attempt.cells:
            attempt.cells = max(attempt.cells or 0, count)

    @property
    def _context_told(self) -> bool:
        """Whether the context's own lines have come, so that the first cache is the full one."""
        output = any(kind is ComponentKind.OUTPUT for kind, *_ in self.attempt.buffers)
        return output or self.attempt.options.n_seq is not None

    def _wrapper_estimate(self, says: Mapping[str, str], head: str) -> None:
        del head
        key = (_KINDS[says["kind"]], says["buffer"], LogPart.MODEL)
        add(self.attempt.estimates, key, said_mib(says), replace_it=True)

    def _breakdown_row(self, says: Mapping[str, str], head: str) -> None:
        del head
        if "device" not in says:
            self._breakdown.clear()
            return
        name = says["device"].split(" (")[0].strip()
        if "total" in says and name not in self.attempt.devices:
            description = says["device"].partition(" (")[2][:-1]
            note_device(self.attempt.devices, self._ids, {**says, "description": description}, name)
        for kind, column in (("weights", "model"), ("kv_cache", "context"), ("compute", "compute")):
            if size := int(says[column]):
                key = (_KINDS[kind], name, LogPart.MODEL)
                add(self._breakdown, key, float(size), replace_it=True)

    # Options and devices

    def _option(self, says: Mapping[str, str], head: str) -> None:
        del head
        if self._part in {LogPart.ADAPTER, LogPart.PROJECTOR} and "n_ctx" in says:
            self._part = LogPart.MODEL
        if self._part is not LogPart.MODEL:
            return
        if "n_gpu_layers" in says:
            self._goes_on(ComponentKind.WEIGHTS)
        if "n_ctx" in says:
            self._goes_on(ComponentKind.KV_CACHE)
            had = any(kind in CONTEXT_KINDS for kind, *_ in self.attempt.buffers)
            if had and self.attempt.phase >= Phase.READY and "again" in says:
                self.attempt.new_context()
        attempt = self.attempt
        self._set_options(says)
        attempt.cache_on_gpu |= "cache_on_gpu" in says
        if "n_blocks" in says:
            attempt.blocks = int(says["n_blocks"])
        if "n_ctx_seq" in says:
            attempt.n_ctx_seq = (int(says["n_ctx_seq"]), says["per"] == "per_seq")
        if "full_cells" in says:
            attempt.cells = int(says["full_cells"])
        if "kv_size" in says and attempt.options.n_ctx is None:
            attempt.cells = int(says["kv_size"])

    def _asked(self, says: Mapping[str, str], head: str) -> None:
        del head
        self._ask(said_options(says))

    def _wrapper_request(self, says: Mapping[str, str], head: str) -> None:
        """A request to a runner, or the command by which an engine is started."""
        del head
        values = dict(says)
        if "n_gpu_layers" not in says and self.engine is not None:
            values = DIALECTS[self.engine].requested(says["text"])
        if backend := values.get("backend"):
            self.backend = backend_name(backend) or self.backend
        asked = said_options(values)
        layers = asked.get("n_gpu_layers")
        if isinstance(layers, int) and is_all_layers(layers):
            del asked["n_gpu_layers"]
        self.attempt.estimates.clear()
        self._ask(asked)
        if "operation" in says:
            self.attempt.probing = says["operation"] in {"fit", "alloc"}

    def _set_options(self, says: Mapping[str, str]) -> None:
        if self._part is LogPart.MODEL and (values := said_options(says)):
            self.attempt.options = replace(self.attempt.options, **values)  # type: ignore[arg-type]

    def _device(self, says: Mapping[str, str], head: str) -> None:
        del head
        if "library" in says:
            self.backend = backend_name(says["library"]) or self.backend
        devices = self.attempt.devices if self.attempt.fresh else self._pending
        note_device(devices, self._ids, says)

    def _host(self, says: Mapping[str, str], head: str) -> None:
        del head
        self.host_free_mib = free_mib(says)

    def _fit(self, says: Mapping[str, str], head: str) -> None:
        del head
        attempt = self.attempt
        fit = attempt.fit or FitReport()
        if "context_to" in says:
            first = int(says["context_from"]) if fit.context_from is None else fit.context_from
            fit = replace(fit, context_from=first, context_to=int(says["context_to"]))
            self.asked = replace(self.asked, n_ctx=fit.context_to)
            attempt.options = replace(attempt.options, n_ctx=fit.context_to)
        if "layers" in says:
            given = (says["device"], int(says["layers"]), int(says.get("overflowing", "0")))
            kept = tuple(row for row in fit.layers if row[0] != given[0])[: _MOST_FIT_DEVICES - 1]
            fit = replace(fit, layers=(*kept, given))
            self.backend = backend_name(says["device"]) or self.backend
        if "set_by_user" in says:
            fit = replace(fit, set_by_user=says["set_by_user"])
        if "gave_up" in says:
            fit = replace(fit, gave_up=True)
        attempt.fit = fit

    def _noted(self, says: Mapping[str, str], head: str) -> None:
        """What such a line implies was taken in already."""
        del head
        if library := says.get("library_backend"):
            self.backend = backend_name(library) or self.backend

    def _set_version(self, says: Mapping[str, str], head: str) -> None:
        del head
        self.version = says.get("version") or f"{says['build']} ({says['commit']})"

    # Failures

    def _stage(self, says: Mapping[str, str]) -> Stage:
        """When something fails, from the line itself or from how far the load has come."""
        attempt = self.attempt
        if "at" in says:
            return _AT[says["at"]]
        if attempt.phase is Phase.RUNNING:
            return Stage.RUNNING
        if attempt.phase is Phase.READY and not self.server and self.says_when_ready:
            return Stage.UNKNOWN
        return Stage.LOADING if attempt.known_to_load else Stage.UNKNOWN

    def _fail(self, says: Mapping[str, str]) -> None:
        cause = Cause(says["cause"]) if says.get("cause") else None
        stage = self._stage(says)
        attempt = self.attempt
        if stage is Stage.LOADING and attempt.phase is Phase.RUNNING and not attempt.fails:
            self._begin()  # a model ran; another one, or a new context of it, does not load
        self.attempt.fail(cause, stage)

    def _harmless(self, says: Mapping[str, str], head: str) -> None:
        del head
        if self.attempt.driver_only:
            self.attempt.recover()
        self._skips_reason = "reason_given" not in says

    def _allocation_failed(self, says: Mapping[str, str], head: str) -> None:
        del head
        self._fail(says)
        attempt = self.attempt
        attempt.allocation_bytes, attempt.allocation_part = said_bytes(says), self._part
        attempt.allocation_buffer = "CPU" if says.get("cause") == Cause.HOST_MEMORY else None
        if "number" in says:
            attempt.allocation_buffer = f"CUDA{says['number']}"
        self._lacks_reason = "cause" not in says

    def _buffer_failed(self, says: Mapping[str, str], head: str) -> None:
        del head
        self._fail(says)
        self.attempt.fail_buffer(says, said_bytes(says), self._part)

    def _failure_told(self, says: Mapping[str, str], head: str) -> None:
        del head
        self._fail(says)
        self.attempt.tell_failure(_KINDS[says["kind"]], says.get("buffer"), self._part)

    def _error(self, says: Mapping[str, str], head: str) -> None:
        del head
        self._fail(says)
        attempt = self.attempt
        if ending := _ending(says):
            attempt.ending = ending
        if attempt.failure is None and says.keys() & {"kind", "size", "bytes", "decimal_size"}:
            kind = _KINDS.get(says.get("kind", ""))
            free = free_mib(says)
            attempt.failure = Failure(kind, None, said_bytes(says), device_free_mib=free)
        self._set_options(says)

    def _reason(self, says: Mapping[str, str], head: str) -> None:
        del head
        self._fail(says)

    def _graph_fails(self, says: Mapping[str, str], head: str) -> None:
        del head
        self._fail(says)
        attempt = self.attempt
        if attempt.failure is None:
            kind = _KINDS.get(says.get("kind", ""))
            attempt.failure = Failure(kind, None, None, part=self._part)

    def _failed_in(self, says: Mapping[str, str], head: str) -> None:
        """On which device, and in which function, a graph failed."""
        del head
        attempt = self.attempt
        if not self._graph_failed or attempt.failure is None:
            return
        title = LIBRARY_TITLES.get(self.backend, "CUDA")
        kind = attempt.failure.kind
        if kind is None and says["function"] == "alloc":
            kind = ComponentKind.COMPUTE  # the pool from which a graph takes what it needs
        named = attempt.failure.buffer or f"{title}{says['number']}"
        attempt.failure = replace(attempt.failure, kind=kind, buffer=named)

    def _driver_failed(self, says: Mapping[str, str], head: str) -> None:
        """AMD's driver says what it could not allocate, in lines of its own."""
        del head
        attempt = self.attempt
        if "domains" in says:
            own = int(says["domains"]) & _VRAM_DOMAIN
            if attempt.driver_only:
                attempt.cause = Cause.TOTAL_MEMORY if own else Cause.HOST_MEMORY
        elif "bytes" in says:
            if attempt.driver_only:
                attempt.allocation_bytes = int(says["bytes"])
        elif not attempt.fails:
            self._fail(says)
            attempt.driver_only = True

    def _retried(self, says: Mapping[str, str], head: str) -> None:
        del says, head
        self.attempt.recover()

    def _backs_off(self, says: Mapping[str, str], head: str) -> None:
        """The wrapper tries again with less: what failed was no end."""
        del says, head
        if self.attempt.fails:
            self._begin()
            self.before = None

    def _not_loaded(self, says: Mapping[str, str], head: str) -> None:
        if "fit_params" in head or "getting device memory" in head:
            return
        self.attempt.probing = False
        self._fail({**says, "at": "loading"})
        attempt = self.attempt
        if attempt.stage in {Stage.UNKNOWN, Stage.PROBING}:
            attempt.stage = Stage.LOADING
        if "part" in says and attempt.failure is not None:
            attempt.failure = replace(attempt.failure, part=LogPart(says["part"]))

    def other_reason(self) -> None:
        """Take in that the last line gives a reason which has nothing to do with memory."""
        if self.attempt.cause is None and self.attempt.fails:
            self.attempt.cause = Cause.OTHER

    def _not_decoded(self, says: Mapping[str, str], head: str) -> None:
        del head
        warming_up = self.attempt.phase is Phase.WARMING_UP
        self._fail({**says, "at": "loading" if warming_up else "running"})

    def _stopped(self, says: Mapping[str, str], head: str) -> None:
        del head
        cause = Cause(says["cause"]) if says.get("cause") else None
        if "asserted" in says and not _ABOUT_MEMORY.search(says["asserted"]):
            cause = Cause.OTHER
        self.attempt.stop(cause, _ending(says), self._stage(says))


def _ending(says: Mapping[str, str]) -> tuple[Ending, str] | None:
    return (Ending(says["ending"]), says.get("code", "")) if says.get("ending") else None


def _none(reading: Reading, says: Mapping[str, str], head: str) -> None:
    del reading, says, head


_EFFECTS: Final[Mapping[Effect, Callable[[Reading, Mapping[str, str], str], None]]] = {
    Effect.NONE: _none,
    Effect.ANNOUNCED: Reading._announced,
    Effect.LOAD_STARTS: Reading._load_starts,
    Effect.PART_STARTS: Reading._part_starts,
    Effect.CONTEXT_STARTS: Reading._context_starts,
    Effect.CONTEXT_SIZED: Reading._context_sized,
    Effect.WARMS_UP: Reading._warms_up,
    Effect.LOADED: Reading._loaded,
    Effect.RUNS: Reading._runs,
    Effect.BUFFER: Reading._buffer,
    Effect.TOTAL: Reading._total,
    Effect.CACHE_STARTS: Reading._cache_starts,
    Effect.WRAPPER_ESTIMATE: Reading._wrapper_estimate,
    Effect.WRAPPER_REQUEST: Reading._wrapper_request,
    Effect.ASKED: Reading._asked,
    Effect.BREAKDOWN: Reading._breakdown_row,
    Effect.OPTION: Reading._option,
    Effect.DEVICE: Reading._device,
    Effect.HOST: Reading._host,
    Effect.FIT: Reading._fit,
    Effect.NOTED: Reading._noted,
    Effect.VERSION: Reading._set_version,
    Effect.HARMLESS: Reading._harmless,
    Effect.ALLOCATION_FAILED: Reading._allocation_failed,
    Effect.BUFFER_FAILED: Reading._buffer_failed,
    Effect.FAILURE_TOLD: Reading._failure_told,
    Effect.REASON: Reading._reason,
    Effect.ERROR: Reading._error,
    Effect.GRAPH_FAILED: Reading._graph_fails,
    Effect.FAILED_IN: Reading._failed_in,
    Effect.DRIVER_FAILED: Reading._driver_failed,
    Effect.RETRIED: Reading._retried,
    Effect.BACKS_OFF: Reading._backs_off,
    Effect.NOT_LOADED: Reading._not_loaded,
    Effect.NOT_DECODED: Reading._not_decoded,
    Effect.STOPPED: Reading._stopped,
}
