"""How far the estimates of llama.cpp's compute buffers are off, by family.

Truth: every accepted row of the tests' data with a device, as llama.cpp itself reported it.
It prints the tables as Markdown. With ``--write`` it also writes the figures to the file that comes
with the program, and the tables to ``docs/accuracy-tables.md`` and the README. With ``--bands`` it
prints the table of ``compute/bands.py`` instead, which is made from the same.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
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
from memplan.component import Place
from memplan.engines.llama_cpp.compute import compute_buffers
from memplan.engines.llama_cpp.compute.bands import PER_MILLE, Mode, mode_of
from memplan.engines.llama_cpp.compute.families import FAMILIES, family_of
from memplan.engines.llama_cpp.compute.widths import resolve_widths
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.engines.llama_cpp.shape import Shape, resolve_shape

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
COPIES_EXPERTS = "mistral4"
"""Its experts were copied to the host where it was measured, for reasons of that machine alone."""
MEASURED_BACKENDS = (Backend.VULKAN, Backend.CUDA)


@dataclass(frozen=True, slots=True)
class Error:
    """One row of the data and what was estimated for it.

    Attributes:
        backend: the row's backend.
        family: the model's family.
        architecture: the model's architecture.
        embedding_length: the model's width, by which sizes are told apart.
        mode: what the errors depend on beside the family.
        estimate_bytes: estimated compute bytes, by place.
        true_bytes: reported compute bytes, by place.
        exact_bytes: reported bytes on the device that are not compute.
    """

    backend: Backend
    family: str
    architecture: str
    embedding_length: int
    mode: Mode
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
    """Print the tables, or the bands; write the tables if told to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bands", action="store_true", help="print the table of the bands")
    parser.add_argument(
        "--write", action="store_true", help="write the tables where they are shown"
    )
    arguments = parser.parse_args()
    errors = measure()
    if arguments.bands:
        print_bands(errors)
        return
    measured = figures_of(errors)
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


def measure() -> list[Error]:
    """The error of every accepted row with a device."""
    with (DATA / "llama_cpp_memory.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["accepted"] == "1"]
    return [error_of(row) for row in rows if row["backend"] in MEASURED_BACKENDS]


def error_of(row: Mapping[str, str]) -> Error:
    """The error of one row."""
    shape = shape_of(row["model"])
    settings = resolve_settings(options_of(row), shape)
    backend = Backend(row["backend"])
    widths = resolve_widths(shape)
    return Error(
        backend=backend,
        family=family_of(widths).name,
        architecture=shape.name,
        embedding_length=shape.embedding_length,
        mode=mode_of(widths, settings),
        estimate_bytes={
            buffer.where: int(buffer.formula(int(row["n_ctx"])))
            for buffer in compute_buffers(shape, settings, backend)
        },
        true_bytes={place: int(row[f"{place}_compute_bytes"]) for place in Place},
        exact_bytes=int(row["device_weights_bytes"]) + int(row["device_context_bytes"]),
    )


@cache
def shape_of(name: str) -> Shape:
    """The shape of a model by its file's name."""
    return resolve_shape(memplan.read_model(DATA / "models" / f"{name}.gguf"))


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
        for kind, of_kind in KINDS.items():
            here = [e for e in errors if e.backend is backend and of_kind(e.mode)]
            by_family = {
                family.name: [e for e in here if e.family == family.name] for family in FAMILIES
            }
            for family, found in {EVERY_FAMILY: here, **by_family}.items():
                if found:
                    where = {"backend": backend.value, "attention": kind, "family": family}
                    rows.append({**where, **figures([size(e) for e in found])})
    return rows


WITHOUT_FLASH = (Mode.SCORES, Mode.SCORES_QUANTISED)
KINDS: Mapping[str, Callable[[Mode], bool]] = {
    "flash": lambda mode: mode not in (*WITHOUT_FLASH, Mode.SPLIT),
    "no flash": lambda mode: mode in WITHOUT_FLASH,
    "flash, layers split": lambda mode: mode is Mode.SPLIT,
}


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


def print_bands(errors: Iterable[Error]) -> None:
    """The tables of the bands as Python, to be formatted."""
    worst: dict[tuple[Backend, Place], dict[str, dict[Mode, int]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    sizes: dict[str, set[int]] = defaultdict(set)
    for error in errors:
        sizes[error.architecture].add(error.embedding_length)
        for place in Place:
            if place is Place.HOST and error.architecture == COPIES_EXPERTS:
                continue
            by_mode = worst[error.backend, place][error.family]
            by_mode[error.mode] = max(by_mode.get(error.mode, 0), per_mille(error, place))
    print("SIZES: Final[Mapping[str, int]] = {")
    print("".join(f'"{name}": {len(sizes[name])},\n' for name in sorted(sizes)) + "}")
    print('"""Sizes of each architecture of which figures were measured."""\n')
    print("MEASURED: Final[Mapping[tuple[Backend, Place], Mapping[str, Mapping[Mode, int]]]] = {")
    for (backend, place), families in worst.items():
        print(f"(Backend.{backend.name}, Place.{place.name}): {{")
        for name in [family.name for family in FAMILIES if family.name in families]:
            modes = families[name]
            cells = ", ".join(f"Mode.{mode.name}: {modes[mode]}" for mode in Mode if mode in modes)
            print(f'"{name}": {{{cells}}},')
        print("},")
    print("}")
    print('"""Per mille of each family and mode that was measured."""')


def per_mille(error: Error, where: Place) -> int:
    """Thousandths of the estimate by which it is off, rounded up."""
    estimate = error.estimate_bytes[where]
    return -(-abs(estimate - error.true_bytes[where]) * PER_MILLE // estimate)


if __name__ == "__main__":
    main()
