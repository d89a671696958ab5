"""Runs of llama.cpp's own ``--fit``: what was asked, and what it chose."""

from __future__ import annotations

import csv
import gzip
import re
from typing import NamedTuple

from llama_cpp_rows import DATA, Row, model_of
from memplan import Backend
from memplan.engines.llama_cpp.devices import Device, Layout
from memplan.engines.llama_cpp.fit import FitTask, Fitted
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.overrides import MovedPart
from memplan.engines.llama_cpp.placement import HOST
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings, resolve_settings
from memplan.units import GIB, MIB

_EXPERTS = MovedPart.EXPERTS.value


SPREAD = 7
"""Of so many rows one is looked at by the tests; ``benchmarks/fit_runs.py`` looks at all."""


class Choice(NamedTuple):
    """What a run chose, as the table has it."""

    context_tokens: int
    gpu_layers: int
    tensor_split: str
    experts_on_host: str
    layers_in_part: str


def every_run() -> list[Row]:
    with gzip.open(DATA / "llama_cpp_fit.csv.gz", "rt", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def fit_rows() -> list[Row]:
    """The runs of a model alone, without a draft model or next-token layers."""
    return [row for row in every_run() if not row["extra"] and row["load_mtp"] == "0"]


def devices_of(row: Row) -> list[Device]:
    return [Device(Backend.CUDA, int(mib) * MIB) for mib in row["device_free_mib"].split(":")]


def settings_of(row: Row) -> Settings:
    options = LlamaCppOptions(
        program=Program.LLAMA_SERVER,
        cache_type_k=CacheType(row["type_k"]),
        parallel=int(row["n_seq"]),
        kv_unified=True,
    )
    return resolve_settings(options, resolve_shape(model_of(row["model"])))


def task_of(row: Row) -> FitTask:
    shape = resolve_shape(model_of(row["model"]))
    free = tuple(device.free_bytes for device in devices_of(row))
    targets = [int(mib) * MIB for mib in row["fit_target_mib"].split(":")]
    return FitTask(
        free_bytes=free,
        target_bytes=tuple(targets * len(free) if len(targets) == 1 else targets),
        host_bytes=1024 * GIB,
        context_tokens=int(row["n_ctx_asked"]) or None,
        floor_tokens=int(row["fit_ctx_min"]),
        trained_tokens=shape.context_length,
        streams=1,
        layer_count=shape.trunk_count,
        has_experts=shape.expert_count > 0,
        layout=Layout(),
        shortens_for_one=True,  # as v0.5.0, which was run
    )


def chosen(row: Row) -> Choice:
    return Choice(
        int(row["n_ctx"]),
        int(row["n_gpu_layers"]),
        row["tensor_split"],
        row["experts_on_cpu_layers"],
        row["partial_layers"],
    )


def choice_of(fitted: Fitted) -> Choice:
    """The same words for our own answer."""
    layout = fitted.layout
    experts, in_part = [], []
    for override in layout.overrides:
        found = re.match(r"blk\\\.(\d+)\\\.(.+)", override.pattern)
        assert found is not None
        if override.pattern.endswith(_EXPERTS):
            experts.append(int(found[1]))
        else:
            place = "CPU" if override.memory == HOST else f"CUDA{override.memory}"
            in_part.append(f"{found[1]}:{found[2]}>{place}")
    return Choice(
        fitted.context_tokens,
        -1 if layout.gpu_layers is None else layout.gpu_layers,
        # A run without any layer on a device writes no split.
        ":".join(str(int(share)) for share in layout.tensor_split) if layout.gpu_layers else "",
        " ".join(f"{first}-{last}" for first, last in _runs(experts)),
        " ".join(in_part),
    )


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
