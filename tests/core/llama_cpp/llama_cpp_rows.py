"""What llama.cpp itself says that it allocates, row by row, and models made up for one rule."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import memplan
from memplan import Backend, EngineName, Model, Request
from memplan.engines.llama_cpp.devices import Device, Layout, place
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.overrides import first_experts
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.memory.component import ComponentKind, Place
from memplan.model import resolve_model
from memplan.planning.planner import Plan, plan
from memplan.reader.header import Array, ByteOrder, Header, Tensor, Value, ValueType

DATA = Path(__file__).parents[2] / "data"
Row = Mapping[str, str]

_FLASH_ATTN = {"on": True, "off": False, "auto": None}


def all_rows() -> list[Row]:
    """Every configuration that was measured."""
    with (DATA / "llama_cpp_memory.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def model_of(name: str) -> Model:
    """A real model shape by the start of its file's name."""
    (path,) = (DATA / "models").glob(f"{name}.*gguf")
    return memplan.read_model(path)


def options_of(row: Row) -> LlamaCppOptions:
    """The options of a row. The CPU backend is that of a device without any layer."""
    server = row["n_outputs"] in {"1", "4"}
    gpu_layers = "0" if row["backend"] == "cpu" else row["n_gpu_layers"]
    return LlamaCppOptions(
        program=Program.LLAMA_SERVER if server else Program.LLAMA_CLI,
        cache_type_k=CacheType(row["type_k"]),
        cache_type_v=CacheType(row["type_v"]),
        flash_attn=_FLASH_ATTN[row["flash_attn"]],
        ubatch_size=int(row["n_ubatch"]),
        parallel=int(row["n_seq"]),
        kv_unified=True,
        n_gpu_layers=None if gpu_layers == "all" else int(gpu_layers),
        swa_full=row["swa_full"] == "1",
        fit=False,
    )


def plan_of(row: Row) -> Plan:
    """The plan for a row."""
    backend = Backend.VULKAN if row["backend"] == "cpu" else Backend(row["backend"])
    request = Request(
        engine=EngineName.LLAMA_CPP,
        backend=backend,
        context_tokens=int(row["n_ctx"]),
        llama_cpp=options_of(row),
    )
    return plan(model_of(row["model"]), request)


def place_layers(shape: Shape, settings: Settings, backend: Backend) -> Placement:
    """The placement on one device, with as many layers and experts there as the settings say."""
    layout = Layout(
        settings.gpu_layers,
        kv_offload=settings.kv_offload,
        overrides=first_experts(settings.cpu_moe_layers, HOST),
    )
    return place(shape, (Device(backend, 0),), layout)


def bytes_of(
    planned: Plan, kinds: Sequence[ComponentKind], where: Place, context: int | None = None
) -> int:
    """Bytes of components of these kinds in one memory."""
    usage = planned.at if context is None else planned.usage_at(context)
    return sum(s.bytes for s in usage.shares if s.kind in kinds and s.where is where)


def context_bytes(planned: Plan, where: Place = Place.DEVICE, context: int | None = None) -> int:
    """Bytes of KV cache and recurrent state in one memory."""
    kinds = (ComponentKind.KV_CACHE, ComponentKind.RECURRENT_STATE)
    return bytes_of(planned, kinds, where, context)


def made_up_model(
    architecture: str,
    values: Mapping[str, int | Sequence[int]],
    tensors: Mapping[str, tuple[int, ...]] | None = None,
) -> Model:
    """A model of these key-values, given without prefix, and these F16 tensors."""
    metadata = {
        "general.architecture": Value(ValueType.STRING, architecture),
        f"{architecture}.context_length": Value(ValueType.UINT32, 65_536),
        f"{architecture}.embedding_length": Value(ValueType.UINT32, 256),
        f"{architecture}.block_count": Value(ValueType.UINT32, 8),
        f"{architecture}.attention.head_count": Value(ValueType.UINT32, 4),
    }
    for key, value in values.items():
        metadata[f"{architecture}.{key}"] = _value(value)
    table, offset = [], 0
    for name, dimensions in (tensors or {"token_embd.weight": (256, 512)}).items():
        table.append(Tensor(name, dimensions, "F16", 0, offset))
        table[-1] = table[-1]._replace(bytes=2 * table[-1].elements)
        offset += table[-1].bytes
    return resolve_model(
        Header("made-up.gguf", 3, ByteOrder.LITTLE, metadata, tuple(table), 32, 0, offset, offset)
    )


def _value(value: int | Sequence[int]) -> Value:
    if isinstance(value, int):
        return Value(ValueType.UINT32, value)
    raw = b"".join(number.to_bytes(4, "little") for number in value)
    return Value(ValueType.ARRAY, Array(ValueType.UINT32, len(value), 0, raw))
