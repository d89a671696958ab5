"""What ``--fit`` chooses for a model with a draft model or with its next-token layers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fit_rows import choice_of, chosen, every_run
from llama_cpp_rows import DATA, Row, model_of
from memplan.engines.llama_cpp.devices import Device
from memplan.engines.llama_cpp.engine import asked_footprint
from memplan.engines.llama_cpp.fit import fit
from memplan.engines.llama_cpp.measure import measuring
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, SpecType
from memplan.engines.llama_cpp.request_start import asked_of
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.start import fit_task
from memplan.estimate import Outcome
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.model import Model
from memplan.model.parts import read_part, with_part
from memplan.planning.planner import plan
from memplan.request import Backend, EngineName, Request
from memplan.units import MIB
from memplan.wording.verdicts import headline

PROJECTOR = DATA / "projectors" / "mmproj-qwen3-vl-8b.gguf"


def _rows() -> list[Row]:
    return [row for row in every_run() if row["extra"]]


def _model(row: Row) -> Model:
    model = model_of(row["model"])
    if row["extra"] == "mtp":
        return model
    (draft,) = (DATA / "models").glob(f"{row['extra']}*")
    return with_part(model, read_part(draft))


def _request(row: Row) -> Request:
    sequences = int(row["n_seq"])
    options = LlamaCppOptions(
        parallel=sequences,
        kv_unified=True,
        spec_type=SpecType.DRAFT_MTP if row["extra"] == "mtp" else SpecType.NONE,
        spec_draft_n_max=int(row["n_outputs"]) // sequences - 1,
        cache_type_k_draft=CacheType(row["extra_type_k"]),
        cache_type_v_draft=CacheType(row["extra_type_k"]),
    )
    pools = [
        Pool("", PoolKind.DEVICE, Backend.CUDA, int(mib) * MIB)
        for mib in row["device_free_mib"].split(":")
    ]
    return Request(
        EngineName.LLAMA_CPP,
        machine=Machine.of_devices(pools),
        context_tokens=int(row["n_ctx_asked"]) or None,
        options=(options,),
    )


@pytest.mark.parametrize(
    "row", _rows(), ids=lambda row: f"{row['extra']}-{row['device_free_mib']}-{row['n_ctx_asked']}"
)
def test_that_runs_end_with_llama_cpps_own_choice_and_bytes(row: Row) -> None:
    model, request = _model(row), _request(row)
    shape, footprint = resolve_shape(model), asked_footprint(model, request)
    devices = [Device(Backend.CUDA, pool.budget_bytes or 0) for pool in request.machine.devices]
    settings, asked = footprint.settings, asked_of(shape, request)
    task = fit_task(shape, settings, asked, devices, 2**50, footprint.beside)
    measure = measuring(model, settings, devices)
    fitted = fit(task, footprint.beside.added_to(measure))
    assert choice_of(fitted) == chosen(row)
    # The table has the bytes of the model alone.
    found = measure(int(row["n_ctx"]), fitted.layout)
    used = [int(row[f"d{number}_used"]) for number in range(len(devices))]
    assert [*found.devices, found.host] == [*used, int(row["host_used"])]


def test_that_a_plan_with_next_token_layers_starts_as_llama_cpp_does() -> None:
    (row,) = (r for r in _rows() if (r["device_free_mib"], r["n_ctx_asked"]) == ("24064", "0"))
    found = plan(_model(row), _request(row))
    assert found.verdict.outcome is Outcome.PLACED
    assert found.start is not None
    assert found.start.context_tokens == 4096
    assert len(found.start.override_tensor) == 2
    assert found.start.partial_layers == (40,)
    assert "keeps the experts of 1 layer in host memory" in headline(found)


def test_that_a_projector_is_kept_free_and_moves_no_layer_between_devices() -> None:
    """It is added to what must stay free, not taken from what a device has for its share."""
    pools = [Pool("", PoolKind.DEVICE, Backend.CUDA, 12_288 * MIB)] * 2
    request = Request(EngineName.LLAMA_CPP, machine=Machine.of_devices(pools), context_tokens=8192)
    model = model_of("qwen3-vl-8b")
    alone, beside = plan(model, request), plan(with_part(model, read_part(PROJECTOR)), request)
    assert alone.start is not None
    assert beside.start is not None
    assert beside.start.tensor_split == alone.start.tensor_split
    tight = replace(
        request, machine=Machine.of_devices([replace(pools[0], budget_bytes=4096 * MIB)] * 2)
    )
    placed = plan(with_part(model, read_part(PROJECTOR)), tight).start
    assert placed is not None
    assert placed.tensor_split[0] < placed.tensor_split[1]
