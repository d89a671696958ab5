"""How far the estimates of llama.cpp's compute buffers are off, by family.

Truth: every accepted row of the tests' data with a device, as llama.cpp itself reported it.
It prints the tables as Markdown. With ``--write`` it also writes the figures to the file that comes
with the program, and the tables to ``docs/accuracy-tables.md`` and the README.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import memplan
import numpy as np
from memplan import Backend
from memplan.accuracy import (
    EVERY_FAMILY,
    RESOURCE,
    TOTAL_TITLE,
    markdown,
    markdown_table,
    summary_tables,
    tables_from,
)
from memplan.engines.llama_cpp.architectures import Attention, State
from memplan.engines.llama_cpp.backends import BACKEND_ROWS
from memplan.engines.llama_cpp.graph.buffers import buffers_at
from memplan.engines.llama_cpp.graph.footprint import GraphRequest
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings, resolve_settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.memory.component import Place
from memplan.model import Model

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
MEASURED_BACKENDS = (Backend.VULKAN, Backend.CUDA)


@dataclass(frozen=True, slots=True)
class Error:
    """One row of the data and what was estimated for it.

    Attributes:
        backend: the row's backend.
        family: the model's family.
        kind: the kind of attention.
        estimate_bytes: estimated compute bytes, by place.
        true_bytes: reported compute bytes, by place.
        exact_bytes: reported bytes on the device that are not compute.
    """

    backend: Backend
    family: str
    kind: str
    estimate_bytes: Mapping[Place, int]
    true_bytes: Mapping[Place, int]
    exact_bytes: int

    def of_compute(self, where: Place) -> float:
        """Relative error of the compute buffer."""
        true = self.true_bytes[where]
        return abs(self.estimate_bytes[where] - true) / true

    def of_total(self, where: Place) -> float:
        """Error of the compute buffer relative to all bytes on the device."""
        true = self.true_bytes[where]
        return abs(self.estimate_bytes[where] - true) / (true + self.exact_bytes)


def main() -> None:
    """Print the tables; write them if told to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="write the tables where they are shown"
    )
    arguments = parser.parse_args()
    measured = figures_of(measure())
    print(markdown(tables_from(measured)), end="")
    if arguments.write:
        write(measured)


def write(measured: list[dict[str, Any]]) -> None:
    """Write the figures, and the tables in both documents."""
    resource = ROOT / "resources" / "memplan_resources" / RESOURCE
    resource.write_text(json_text(measured), "utf-8")
    tables = tables_from(measured)
    (ROOT / "docs" / "accuracy-tables.md").write_text(markdown(tables), "utf-8")
    readme = ROOT / "README.md"
    made = iter(summary_tables(tables))
    head = markdown_table(replace(tables[0], rows=()))
    old_table = re.compile(re.escape(head) + r"(?:\|.*\n)+")
    text = old_table.sub(lambda _: markdown_table(next(made)), readme.read_text("utf-8"))
    readme.write_text(text, "utf-8")


def json_text(measured: list[dict[str, Any]]) -> str:
    """The figures as JSON, a row a line, so that changes can be read."""
    tables = []
    for table in measured:
        rows = ",\n  ".join(json.dumps(row) for row in table["rows"])
        tables.append(f' {{"title": {json.dumps(table["title"])}, "rows": [\n  {rows}\n ]}}')
    return "[\n" + ",\n".join(tables) + "\n]\n"


def accepted_rows() -> list[dict[str, str]]:
    """Every row with a device that llama.cpp accepted."""
    with (DATA / "llama_cpp_memory.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["accepted"] == "1"]
    return [row for row in rows if row["backend"] in MEASURED_BACKENDS]


def measure() -> list[Error]:
    """The error of every accepted row with a device."""
    return [error_of(row) for row in accepted_rows()]


def error_of(row: Mapping[str, str]) -> Error:
    """The error of one row."""
    model = model_of(row["model"])
    shape = resolve_shape(model)
    settings = resolve_settings(options_of(row), shape)
    backend = Backend(row["backend"])
    on_host = shape.block_count + 1 - settings.gpu_layers
    layers = (HOST,) * on_host + (0,) * settings.gpu_layers
    placement = Placement(devices=(backend,), layers=layers)
    request = GraphRequest(model, shape, settings, placement, BACKEND_ROWS[backend].version)
    found = buffers_at(request, int(row["n_ctx"]))
    return Error(
        backend=backend,
        family=family_of(shape),
        kind=kind_of(shape, settings),
        estimate_bytes={Place.DEVICE: found[0], Place.HOST: found[HOST]},
        true_bytes={place: int(row[f"{place}_compute_bytes"]) for place in Place},
        exact_bytes=int(row["device_weights_bytes"]) + int(row["device_context_bytes"]),
    )


def kind_of(shape: Shape, settings: Settings) -> str:
    """The kind of attention, as the tables name it."""
    if not settings.flash_attn:
        return "no flash"
    split = settings.gpu_layers <= shape.block_count or settings.cpu_moe_layers
    return "flash, layers split" if split else "flash"


_OF_STATES = {
    State.MAMBA1: "Mamba 1",
    State.MAMBA2: "Mamba 2",
    State.GATED_DELTA: "gated delta net",
    State.SHORT_CONV: "short convolution",
    State.RWKV: "RWKV 7",
    State.KDA: "Kimi delta attention",
    State.LIGHTNING: "lightning attention",
}


def family_of(shape: Shape) -> str:
    """What kind of model it is, as the tables name it."""
    architecture = shape.architecture
    if architecture.state is not State.NONE:
        if architecture.state in (State.MAMBA1, State.MAMBA2):
            alone = architecture.attention is Attention.NONE
            return _OF_STATES[architecture.state] + ("" if alone else " with attention")
        return "RWKV 6" if shape.name == "rwkv6" else _OF_STATES[architecture.state]
    if architecture.compressed:
        return "compressed attention"
    if shape.mla:
        return "sparse latent attention" if architecture.indexer else "latent attention"
    if not any(layer.caches for layer in shape.layers):
        return "embeddings"
    kind = "experts" if shape.expert_count else "dense"
    return f"{kind} with windows" if shape.has_window else kind


@cache
def model_of(name: str) -> Model:
    """A model by its file's name."""
    return memplan.read_model(DATA / "models" / f"{name}.gguf")


def options_of(row: Mapping[str, str]) -> LlamaCppOptions:
    """The options with which a row was measured."""
    all_rows = row["n_outputs"] == row["n_ubatch"]
    return LlamaCppOptions(
        program=Program.LLAMA_CLI if all_rows else Program.LLAMA_SERVER,
        cache_type_k=CacheType(row["type_k"]),
        cache_type_v=CacheType(row["type_v"]),
        flash_attn=None if row["flash_attn"] == "auto" else row["flash_attn"] == "on",
        ubatch_size=int(row["n_ubatch"]),
        parallel=int(row["n_seq"]),
        kv_unified=True,
        n_gpu_layers=None if row["n_gpu_layers"] == "all" else int(row["n_gpu_layers"]),
        swa_full=row["swa_full"] == "1",
    )


def figures_of(errors: list[Error]) -> list[dict[str, Any]]:
    """The figures of all tables."""
    sizes: dict[str, Callable[[Error], float]] = {
        "Device compute buffer": lambda e: e.of_compute(Place.DEVICE),
        TOTAL_TITLE: lambda e: e.of_total(Place.DEVICE),
        "Host compute buffer": lambda e: e.of_compute(Place.HOST),
    }
    return [{"title": title, "rows": rows_of(errors, size)} for title, size in sizes.items()]


def rows_of(errors: list[Error], size: Callable[[Error], float]) -> list[dict[str, Any]]:
    """One table: families down, for each backend and kind of attention."""
    rows = []
    for backend in MEASURED_BACKENDS:
        for kind in KINDS:
            here = [e for e in errors if e.backend is backend and e.kind == kind]
            families = sorted({e.family for e in here})
            by_family = {name: [e for e in here if e.family == name] for name in families}
            for family, found in {EVERY_FAMILY: here, **by_family}.items():
                if found:
                    where = {"backend": backend.value, "attention": kind, "family": family}
                    rows.append({**where, **figures([size(e) for e in found])})
    return rows


KINDS = ("flash", "no flash", "flash, layers split")


def figures(sizes: list[float]) -> dict[str, float]:
    """Rows, exact ones, median, 95th percentile and worst of some relative errors."""
    median, most = np.percentile(sizes, [50, 95])
    return {
        "rows": len(sizes),
        "exact": sum(size == 0 for size in sizes),
        "median": float(median),
        "p95": float(most),
        "worst": max(sizes),
    }


if __name__ == "__main__":
    main()
