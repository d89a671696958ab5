"""What is known of a log while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from memplan.logs.apps import PROGRAMS
from memplan.logs.attempt import CONTEXT_KINDS, Attempt, Phase, Stage
from memplan.logs.log import Cause, Device, LogOptions, LogPart
from memplan.logs.machine import merged
from memplan.logs.options import said_options
from memplan.logs.rows import APP_SIGNS, DIALECTS
from memplan.memory.component import ComponentKind

_MOST_SIGN_LINES: Final = 4096
"""Lines in which the program around the engine is looked for."""
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
        early: whether a line is of a version that followed other rules.
        part: the part of the run that lines are about.
        draft_loads: how many loads a draft model has announced.
        clip_buffer: the projector's buffer.
        pending_devices: devices named since the attempt got under way: they may be the next one's.
        ids: names of devices by the identities that their wrapper uses.
        breakdown: the table of memory that an engine prints at its end.
        asked_is_new: whether what is asked is for an attempt that has not begun.
        skips_reason: whether the next line's reason is that of what was harmless.
        graph_failed: whether the last line says that a graph failed.
        lacks_reason: whether an allocation failed, and the next line may say why.
        of_2023: whether a line is of 2023.
        host_free_mib: the host's free memory.
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
        self.asked_is_new = False
        self.part = LogPart.MODEL
        self.draft_loads = 0
        self.clip_buffer = ""
        self.pending_devices: dict[str, Device] = {}
        self.ids: dict[str, str] = {}
        self.breakdown: dict[tuple[ComponentKind, str, LogPart], float] = {}
        self.skips_reason = False
        self.graph_failed = False
        self.lacks_reason = False
        self._sign_lines = 0

    @property
    def says_when_ready(self) -> bool:
        """Whether compute buffers end a load, and a server then says that it is ready."""
        return self.engine is None or DIALECTS[self.engine].says_when_ready

    @property
    def breakdown_only(self) -> bool:
        """Whether nothing but that table tells of buffers."""
        return bool(self.breakdown) and not (self.attempt.buffers or self.attempt.totals)

    @property
    def looks_for_wrapper(self) -> bool:
        """Whether a line may still tell which program was around the engine."""
        return self._sign_lines < _MOST_SIGN_LINES and self.wrapper in _EVERY_WRAPPER

    def look_for_wrapper(self, text: str) -> None:
        """See whether a line, understood or not, tells which program was around the engine."""
        self._sign_lines += 1
        for row in APP_SIGNS:
            if row.key in text and row.pattern.search(text):
                self.note_wrapper(dict(row.says)["wrapper"])

    def note_wrapper(self, name: str) -> None:
        """Take in which program was around the engine, if that is news."""
        if name and self.wrapper in _EVERY_WRAPPER:
            self.wrapper = name

    def note_program(self, text: str) -> None:
        """Take in whether a line is a server's, or of an early version."""
        self.server = self.server or any(sign.search(text) for sign in _SERVERS)
        self.early = self.early or any(name in text for name in _EARLY)

    def begin(self) -> None:
        """Go over to a new attempt. What was asked of the last one holds if it was no end."""
        last = self.attempt
        ended = last.stage in {Stage.LOADING, Stage.RUNNING} or last.phase is Phase.RUNNING
        self.before = self.attempt
        self.attempt = Attempt()
        named = merged(last.devices, self.pending_devices)
        # A load that was no end, such as a trial, goes on with its own devices.
        self.attempt.devices = named if ended and named else last.devices | named
        self.pending_devices = {}
        self.part, self.draft_loads = LogPart.MODEL, 0
        if ended and not self.asked_is_new:
            self.asked = LogOptions()

    def ask(self, values: Mapping[str, int | str | bool]) -> None:
        """Take in what is asked of the load that comes next."""
        if not self.asked_is_new:
            if not self.attempt.fresh:
                self.begin()
            self.asked = LogOptions()
            self.asked_is_new = True
        self.asked = replace(self.asked, **values)  # type: ignore[arg-type]

    def goes_on(self, kind: ComponentKind | None) -> None:
        """A load gets on: what failed before was made good, or was another attempt's."""
        self.asked_is_new = False
        attempt = self.attempt
        if not attempt.fails:
            return
        if kind in CONTEXT_KINDS and attempt.phase >= Phase.CONTEXT:
            if attempt.stage is not Stage.RUNNING:
                attempt.recover()
        elif attempt.stage is not Stage.RUNNING or kind is ComponentKind.WEIGHTS:
            self.begin()

    def set_options(self, says: Mapping[str, str]) -> None:
        """Take in options of the model that a line gives."""
        if self.part is LogPart.MODEL and (values := said_options(says)):
            self.attempt.options = replace(self.attempt.options, **values)  # type: ignore[arg-type]

    @property
    def context_told(self) -> bool:
        """Whether the context's own lines have come, so that the first cache is the full one."""
        output = any(kind is ComponentKind.OUTPUT for kind, *_ in self.attempt.buffers)
        return output or self.attempt.options.n_seq is not None

    def stage_now(self, says: Mapping[str, str]) -> Stage:
        """When something fails, from the line itself or from how far the load has come."""
        attempt = self.attempt
        if "at" in says:
            return _AT[says["at"]]
        if attempt.phase is Phase.RUNNING:
            return Stage.RUNNING
        if attempt.phase is Phase.READY and not self.server and self.says_when_ready:
            return Stage.UNKNOWN
        return Stage.LOADING if attempt.known_to_load else Stage.UNKNOWN

    def fail(self, says: Mapping[str, str]) -> None:
        """Take in that something failed: when, and why if the line tells."""
        cause = Cause(says["cause"]) if says.get("cause") else None
        stage = self.stage_now(says)
        attempt = self.attempt
        if stage is Stage.LOADING and attempt.phase is Phase.RUNNING and not attempt.fails:
            self.begin()  # a model ran; another one, or a new context of it, does not load
        self.attempt.fail(cause, stage)

    def other_reason(self) -> None:
        """Take in that the last line gives a reason which has nothing to do with memory."""
        if self.attempt.cause is None and self.attempt.fails:
            self.attempt.cause = Cause.OTHER
