"""How far a load has come."""

from __future__ import annotations

from collections.abc import Mapping

from memplan.logs.attempt import Phase, Stage, add
from memplan.logs.log import FitReport, LogPart
from memplan.logs.sizes import said_mib
from memplan.logs.state import Reading
from memplan.memory.component import ComponentKind


def announced(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that a load is about to begin."""
    del says, head
    if not reading.attempt.fresh:
        reading.begin()
    reading.part = LogPart.MODEL
    reading.attempt.announced = True


def load_starts(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that a file is being loaded."""
    del head
    attempt = reading.attempt
    if reading.part in {LogPart.DRAFT, LogPart.MTP}:
        reading.draft_loads += "tensors" not in says
        if reading.draft_loads <= 1:
            return
    reading.part = LogPart.MODEL
    if not attempt.fresh or attempt.options.n_gpu_layers is not None:
        reading.begin()
    reading.asked_is_new = False
    reading.attempt.announced = True
    reading.attempt.reads_tensors |= "tensors" in says


def part_starts(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that the next lines are about a part beside the model."""
    del head
    part = LogPart(says["part"])
    if part is not reading.part:
        reading.draft_loads = 0
    reading.part = part
    if part is LogPart.PROJECTOR:
        reading.clip_buffer = says.get("buffer") or reading.clip_buffer
        if "size" in says and reading.clip_buffer:
            key = (ComponentKind.WEIGHTS, reading.clip_buffer, part)
            add(reading.attempt.buffers, key, said_mib(says), replace_it=True)


def context_starts(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that a context is being made."""
    del says, head
    if reading.part in {LogPart.ADAPTER, LogPart.PROJECTOR}:
        reading.part = LogPart.MODEL
    if reading.part is LogPart.MODEL:
        reading.goes_on(ComponentKind.KV_CACHE)
        reading.attempt.new_context()


def context_sized(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in the context that the engine arrives at."""
    del head
    reading.attempt.phase = max(reading.attempt.phase, Phase.READY)
    if "context_from" in says:
        fit = reading.attempt.fit or FitReport()
        reading.attempt.fit = fit.with_context(int(says["context_from"]), int(says["n_ctx"]))
    reading.set_options(says)


def warms_up(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that the engine warms up."""
    del says, head
    reading.attempt.phase = max(reading.attempt.phase, Phase.WARMING_UP)


def loaded(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that the model is loaded."""
    del head
    reading.part = LogPart.MODEL
    attempt = reading.attempt
    if attempt.stage is not Stage.RUNNING:
        attempt.recover()
    attempt.phase = Phase.RUNNING
    reading.asked_is_new = False
    if "n_slots" in says and "n_ctx_slot" in says:
        attempt.slots = (int(says["n_slots"]), int(says["n_ctx_slot"]))
    reading.set_options(says)


def runs(reading: Reading, says: Mapping[str, str], head: str) -> None:
    """Take in that the model runs."""
    del says, head
    reading.attempt.phase = Phase.RUNNING
