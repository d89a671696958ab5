"""Which layer is on which device, and what each device then holds, against llama.cpp itself."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from itertools import groupby

import pytest
from llama_cpp_rows import DATA, Row, made_up_model, model_of
from memplan import Backend, EngineName, Request
from memplan.engines.llama_cpp.devices import (
    Device,
    Layout,
    devices_in_use,
    place,
    split_layers,
)
from memplan.engines.llama_cpp.kv_cache import cache_geometry, cache_tensors
from memplan.engines.llama_cpp.options import (
    CacheType,
    GpuLayers,
    LlamaCppOptions,
    Program,
    SplitMode,
)
from memplan.engines.llama_cpp.overrides import TensorOverride
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.recurrent_state import state_bytes
from memplan.engines.llama_cpp.request_start import asked_placement, pools_in_use
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings, resolve_settings
from memplan.engines.llama_cpp.weights import weight_bytes
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.units import GIB, MIB

DRIVER_BYTES = 512 * MIB
"""What the driver of the measured machine had taken of each device."""

ROWS: dict[str, list[Row]] = defaultdict(list)
with gzip.open(DATA / "llama_cpp_multi_gpu.csv.gz", "rt", newline="", encoding="utf-8") as _file:
    for _row in csv.DictReader(_file):
        ROWS[_row["model"]].append(_row)


def used_devices(row: Row) -> tuple[int, ...]:
    count = len(row["device_mib"].split(":"))
    used = devices_in_use(count, SplitMode(row["split_mode"]), int(row["main_gpu"]))
    assert used is not None
    return used


def placement_of(row: Row) -> Placement:
    sizes = [24564 if mib == "equal" else int(mib) for mib in row["device_mib"].split(":")]
    devices = [
        Device(Backend(row["backend"]), sizes[number] * MIB - DRIVER_BYTES)
        for number in used_devices(row)
    ]
    layout = Layout(
        gpu_layers=None if row["n_gpu_layers"] == "all" else int(row["n_gpu_layers"]),
        tensor_split=tuple(float(share) for share in row["tensor_split"].split(":") if share),
        kv_offload=row["no_kv_offload"] == "0",
        overrides=tuple(
            TensorOverride(override.removesuffix("=CPU"), HOST)
            for override in row["override_tensor"].split(",")
            if override
        ),
    )
    return place(resolve_shape(model_of(row["model"])), devices, layout)


def request_of(row: Row) -> Request:
    """The same, asked for with options."""
    sizes = [24564 if mib == "equal" else int(mib) for mib in row["device_mib"].split(":")]
    backend = Backend(row["backend"])
    machine = Machine.of_devices(
        Pool("", PoolKind.DEVICE, backend, mib * MIB - DRIVER_BYTES) for mib in sizes
    )
    layers = row["n_gpu_layers"]
    options = LlamaCppOptions(
        n_gpu_layers=GpuLayers.ALL if layers == "all" else int(layers),
        split_mode=SplitMode(row["split_mode"]),
        main_gpu=int(row["main_gpu"]),
        tensor_split=tuple(float(share) for share in row["tensor_split"].split(":") if share),
        kv_offload=row["no_kv_offload"] == "0",
        override_tensor=row["override_tensor"] or None,
    )
    return Request(engine=EngineName.LLAMA_CPP, machine=machine, llama_cpp=options)


def settings_of(row: Row) -> Settings:
    options = LlamaCppOptions(
        program=Program.LLAMA_SERVER if row["n_outputs"] in {"1", "4"} else Program.LLAMA_CLI,
        cache_type_k=CacheType(row["type_k"]),
        cache_type_v=CacheType(row["type_v"]),
        flash_attn=row["flash_attn"] == "on",
        ubatch_size=int(row["n_ubatch"]),
        parallel=int(row["n_seq"]),
        kv_unified=row["kv_unified"] == "1",
    )
    return resolve_settings(options, resolve_shape(model_of(row["model"])))


def context_bytes(row: Row, placement: Placement) -> dict[int, int]:
    shape, settings = resolve_shape(model_of(row["model"])), settings_of(row)
    totals = state_bytes(shape, settings, placement)
    geometry = cache_geometry(shape, settings)
    for tensor in cache_tensors(shape, settings, placement):
        totals[tensor.memory] += tensor.bytes_at(geometry, int(row["n_ctx"]))
    return totals


def layers_in_words(row: Row, placement: Placement) -> str:
    used = used_devices(row)
    return " ".join(
        f"{'cpu' if memory == HOST else f'd{used[memory]}'}*{len(list(layers))}"
        for memory, layers in groupby(placement.layers)
    )


def test_that_the_table_has_every_kind_of_split() -> None:
    rows = [row for rows in ROWS.values() for row in rows]
    assert len(rows) == 1300
    assert {row["split_mode"] for row in rows} == {"layer", "none"}
    assert {row["copies"] for row in rows} == {"1", "4"}
    assert {len(row["device_mib"].split(":")) for row in rows} == {2, 3, 4}


@pytest.mark.parametrize("name", ROWS)
def test_that_each_layer_is_on_the_device_where_llama_cpp_puts_it(name: str) -> None:
    for row in ROWS[name]:
        assert layers_in_words(row, placement_of(row)) == row["layers"], row


@pytest.mark.parametrize("name", ROWS)
def test_that_options_of_a_request_put_each_layer_there(name: str) -> None:
    for row in ROWS[name]:
        asked = request_of(row)
        assert asked_placement(model_of(name), asked) == placement_of(row), row
        ids = tuple(f"gpu{number}" for number in used_devices(row))
        assert tuple(pool.id for pool in pools_in_use(asked)) == ids


@pytest.mark.parametrize("name", ROWS)
def test_that_inputs_are_copied_where_llama_cpp_pipelines(name: str) -> None:
    for row in ROWS[name]:
        assert placement_of(row).copies == int(row["copies"]), row


@pytest.mark.parametrize("name", ROWS)
def test_that_weights_and_context_of_each_device_and_of_the_host_are_llama_cpps(name: str) -> None:
    for row in ROWS[name]:
        placement = placement_of(row)
        weights = weight_bytes(model_of(row["model"]), placement)
        context = context_bytes(row, placement)
        for memory in placement.memories():
            column = "host" if memory == HOST else f"d{memory}"
            assert weights[memory] == int(row[f"{column}_weights"]), (column, row)
            assert context[memory] == int(row[f"{column}_context"]), (column, row)


def test_that_a_device_without_a_share_gets_nothing() -> None:
    assert set(split_layers(33, (1, 0, 2))) == {0, 2}


def test_that_without_any_share_llama_cpp_cannot_split() -> None:
    with pytest.raises(ValueError, match="share"):
        split_layers(33, (0, 0))


def test_that_shares_left_out_count_as_none() -> None:
    shape = resolve_shape(made_up_model("llama", {}))
    devices = [Device(Backend.CUDA, GIB)] * 3
    assert set(place(shape, devices, Layout(tensor_split=(1, 1))).layers) == {0, 1}


def test_that_without_devices_everything_is_on_the_host() -> None:
    shape = resolve_shape(made_up_model("llama", {}))
    placement = place(shape, [], Layout(gpu_layers=99))
    assert set(placement.layers) == {HOST}
    assert placement.copies == 1


@pytest.mark.parametrize(
    ("layout", "copies"),
    [
        (Layout(), 4),
        (Layout(gpu_layers=9), 4),
        (Layout(gpu_layers=8), 1),
        (Layout(kv_offload=False), 1),
        (Layout(overrides=(TensorOverride("token_embd", HOST),)), 1),
    ],
)
def test_that_pipelining_needs_every_layer_its_cache_and_no_override(
    layout: Layout, copies: int
) -> None:
    shape = resolve_shape(made_up_model("llama", {}))
    devices = [Device(Backend.VULKAN, GIB)] * 2
    assert place(shape, devices, layout).copies == copies
    assert place(shape, devices[:1], layout).copies == 1


@pytest.mark.parametrize(
    ("split_mode", "main_gpu", "used"),
    [
        (SplitMode.LAYER, 1, (0, 1, 2)),
        (SplitMode.NONE, 1, (1,)),
        (SplitMode.NONE, -1, ()),
        (SplitMode.NONE, 3, None),
    ],
)
def test_that_the_main_gpu_counts_only_without_a_split(
    split_mode: SplitMode, main_gpu: int, used: tuple[int, ...] | None
) -> None:
    assert devices_in_use(3, split_mode, main_gpu) == used
