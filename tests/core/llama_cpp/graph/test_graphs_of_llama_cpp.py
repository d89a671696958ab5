"""Graphs that llama.cpp b11434 built of small models, and what it made of them.

Each row of the data holds a graph as it was before the scheduler saw it, the runs into which the
scheduler cut it, and the bytes of each buffer that the allocator reserved.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from memplan.engines.llama_cpp.graph.allocator import ENDLESS_BYTES
from memplan.engines.llama_cpp.graph.backends import cuda, metal, processor, vulkan
from memplan.engines.llama_cpp.graph.backends.backend import Backend
from memplan.engines.llama_cpp.graph.flat import FlatGraph, Op
from memplan.engines.llama_cpp.graph.scheduler import split_graph
from small_graphs import buffers_bytes

DATA = Path(__file__).parents[3] / "data" / "llama_cpp_graphs.jsonl.gz"


@cache
def _rows() -> list[dict[str, Any]]:
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _graph(columns: dict[str, Any]) -> FlatGraph:
    count = len(columns["ops"])

    def flags(name: str) -> bytearray:
        marked = set(columns[name])
        return bytearray(number in marked for number in range(count))

    # Sources and bases are stored as distances: layers that are alike are stored alike.
    sources = [
        tuple(number - distance for distance in distances)
        for number, distances in enumerate(columns["sources"])
    ]
    return FlatGraph(
        ops=[Op[name] for name in columns["ops"]],
        types=columns["types"],
        shapes=[tuple(shape) for shape in columns["shapes"]],
        strides=[tuple(strides) for strides in columns["strides"]],
        sources=sources,
        view_of=[number - distance for number, distance in enumerate(columns["bases"])],
        view_offsets=columns["offsets"],
        is_input=flags("inputs"),
        is_output=flags("outputs"),
        is_weight=flags("weights"),
        buffers=columns["buffers"],
        uses=Counter(source for node in columns["nodes"] for source in sources[node]),
        details=columns["details"],
        nodes=columns["nodes"],
        leafs=columns["leafs"],
    )


def _backends(row: dict[str, Any]) -> list[Backend]:
    numbers = range(row["devices"])
    match row["backend"]:
        case "cuda":
            return [*map(cuda.device, numbers), processor.processor()]
        case "vulkan":
            pinned = vulkan.HOST_ALIGNMENT_BYTES, vulkan.LARGEST_BUFFER_BYTES
            return [*map(vulkan.device, numbers), processor.processor(*pinned)]
        case "metal":
            devices = [metal.device(number, ENDLESS_BYTES) for number in numbers]
            return [*devices, processor.processor()]
        case _:
            return [processor.processor()]


def _name(row: dict[str, Any]) -> str:
    return f"{row['model']} {row['backend']} {row['options']}"


@pytest.mark.parametrize("row", _rows(), ids=_name)
def test_that_runs_and_buffers_are_those_of_llama_cpp(row: dict[str, Any]) -> None:
    backends = _backends(row)
    split = split_graph(_graph(row["graph"]), backends, copies=row["copies"])
    runs = [[run.backend, len(run.nodes), len(run.inputs)] for run in split.splits]
    assert runs == row["splits"]
    assert [list(chunks) for chunks in buffers_bytes(split, backends)] == row["chunks"]


def test_that_every_backend_and_more_than_one_device_are_among_the_graphs() -> None:
    assert {row["backend"] for row in _rows()} == {"cpu", "cuda", "metal", "vulkan"}
    assert {row["copies"] for row in _rows()} == {1, 4}
