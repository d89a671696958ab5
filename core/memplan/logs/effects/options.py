"""Options, devices and versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from memplan.logs.attempt import CONTEXT_KINDS, Phase
from memplan.logs.log import FitReport, LogPart
from memplan.logs.machine import note_device
from memplan.logs.names import backend_name
from memplan.logs.options import is_all_layers, said_options
from memplan.logs.rows import DIALECTS
from memplan.logs.sizes import free_mib
from memplan.logs.state import Reading
from memplan.memory.component import ComponentKind

_MOST_FIT_DEVICES: Final = 64


def option(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in options that the engine prints."""
    del head
    if reading.part in {LogPart.ADAPTER, LogPart.PROJECTOR} and "n_ctx" in says:
        reading.part = LogPart.MODEL
    if reading.part is not LogPart.MODEL:
        return
    if "n_gpu_layers" in says:
        reading.goes_on(ComponentKind.WEIGHTS)
    if "n_ctx" in says:
        reading.goes_on(ComponentKind.KV_CACHE)
        had = any(kind in CONTEXT_KINDS for kind, *_ in reading.attempt.buffers)
        if had and reading.attempt.phase >= Phase.READY and "again" in says:
            reading.attempt.new_context()
    attempt = reading.attempt
    reading.set_options(says)
    attempt.cache_on_gpu |= "cache_on_gpu" in says
    if "n_blocks" in says:
        attempt.blocks = int(says["n_blocks"])
    if "n_ctx_seq" in says:
        attempt.n_ctx_seq = (int(says["n_ctx_seq"]), says["per"] == "per_seq")
    if "full_cells" in says:
        attempt.cells = int(says["full_cells"])
    if "kv_size" in says and attempt.options.n_ctx is None:
        attempt.cells = int(says["kv_size"])


def asked(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in options that are asked of the next load."""
    del head
    reading.ask(said_options(says))


def wrapper_request(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """A request to a runner, or the command by which an engine is started."""
    del head
    values = dict(says)
    if "n_gpu_layers" not in says and reading.engine is not None:
        values = DIALECTS[reading.engine].requested(says["text"])
    if backend := values.get("backend"):
        reading.backend = backend_name(backend) or reading.backend
    asked = said_options(values)
    layers = asked.get("n_gpu_layers")
    if isinstance(layers, int) and is_all_layers(layers):
        del asked["n_gpu_layers"]
    reading.attempt.estimates.clear()
    reading.ask(asked)
    if "operation" in says:
        reading.attempt.probing = says["operation"] in {"fit", "alloc"}


def device(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in a device."""
    del head
    if "library" in says:
        reading.backend = backend_name(says["library"]) or reading.backend
    devices = reading.attempt.devices if reading.attempt.fresh else reading.pending_devices
    note_device(devices, reading.ids, says)


def host(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in the host's memory."""
    del head
    reading.host_free_mib = free_mib(says)


def fit(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in what the engine changes by itself so that the load fits."""
    del head
    attempt = reading.attempt
    fit = attempt.fit or FitReport()
    if "context_to" in says:
        fit = fit.with_context(int(says["context_from"]), int(says["context_to"]))
        reading.asked = replace(reading.asked, n_ctx=fit.context_to)
        attempt.options = replace(attempt.options, n_ctx=fit.context_to)
    if "layers" in says:
        given = (says["device"], int(says["layers"]), int(says.get("overflowing", "0")))
        kept = tuple(row for row in fit.layers if row[0] != given[0])[: _MOST_FIT_DEVICES - 1]
        fit = replace(fit, layers=(*kept, given))
        reading.backend = backend_name(says["device"]) or reading.backend
    if "set_by_user" in says:
        fit = replace(fit, set_by_user=says["set_by_user"])
    if "gave_up" in says:
        fit = replace(fit, gave_up=True)
    attempt.fit = fit


def noted(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """What such a line implies was taken in already."""
    del head
    if library := says.get("library_backend"):
        reading.backend = backend_name(library) or reading.backend


def set_version(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in the engine's version."""
    del head
    reading.version = says.get("version") or f"{says['build']} ({says['commit']})"
