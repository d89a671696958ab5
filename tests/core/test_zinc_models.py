"""Real model shapes as ZINC resolves and plans them."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import memplan
import pytest
from memplan import Backend, EngineName, ModelConfig, Request
from memplan.engines.zinc.options import Accounting, ZincOptions, ZincVersion
from memplan.estimate import LimitedBy, Outcome, UnsupportedRequestError
from memplan.memory.component import ComponentKind, Place
from memplan.model import NoticeKind
from memplan.model.metadata import Metadata
from memplan.planning.planner import Plan, Status
from memplan.reader.header import Value, ValueType
from memplan.units import GIB
from zinc_vectors import VECTORS

DATA = Path(__file__).parents[1] / "data"
ROWS = [json.loads(line) for line in (DATA / "zinc_models.jsonl").read_text("utf-8").splitlines()]


def model(name: str) -> memplan.Model:
    (path,) = (DATA / "models").glob(f"{name}.*.gguf")
    return memplan.read_model(path)


def bytes_of(plan: Plan, kind: ComponentKind) -> int:
    return sum(share.bytes for share in plan.at.shares if share.kind is kind)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_that_a_header_resolves_to_what_zinc_resolves(row: dict[str, Any]) -> None:
    header = memplan.read_header(DATA / "models" / row["file"])
    found = memplan.read_model(DATA / "models" / row["file"])
    assert asdict(found.config) == row["config"]
    assert asdict(memplan.profile(found.config)) == row["profile"]
    assert found.weights_bytes == row["tensor_bytes"]
    assert len(found.tensors) == row["tensor_count"]
    assert len(header.metadata) == row["metadata_count"]
    assert header.data_offset == row["header_bytes"]
    assert found.complete_bytes == row["complete_file_bytes"]


def test_that_the_mock_ups_numbers_come_out() -> None:
    plan = memplan.plan(model("qwen3-8b"), Request(budget_bytes=16 * GIB))
    assert plan.markers.auto_tokens == 32_256
    assert plan.at.budgeted_bytes == 14_536_582_660
    assert bytes_of(plan, ComponentKind.KV_CACHE) == 9_512_681_472
    assert plan.verdict.status is Status.OK
    assert plan.verdict.limited_by is LimitedBy.BUDGET


def test_that_llama_3_1_8b_has_the_checked_values() -> None:
    found = model("llama-3.1-8b")
    profile = memplan.profile(found.config)
    assert found.weights_bytes == 4_912_898_304
    assert profile.fixed_device_local_bytes == 2_176_004
    assert profile.fixed_host_visible_bytes == 545_860
    assert profile.device_local_bytes_per_token == 262_144


def test_that_zincs_documented_example_comes_out() -> None:
    """ZINC prints 21.41 GiB of 31.86 for Qwen3.5-35B-A3B at 4096 tokens."""
    found = model("qwen3.5-35b-a3b")
    profile = memplan.profile(found.config)
    runtime_gib = profile.runtime_device_local_bytes(4096) / GIB
    assert round(20.70 + runtime_gib, 2) == 21.41


@pytest.mark.parametrize(
    ("budget_gib", "outcome", "status", "granted"),
    [
        (64.0, Outcome.SIZED, Status.OK, 40_960),
        (8.0, Outcome.SIZED, Status.OK, 7_680),
        (6.0, Outcome.FLOOR_HELD, Status.TIGHT, 4_096),
        (5.0, Outcome.TRIMMED, Status.DOES_NOT_FIT, 1_169),
        (4.5, Outcome.REFUSED, Status.DOES_NOT_FIT, 0),
    ],
)
def test_that_an_automatic_start_has_four_outcomes(
    budget_gib: float, outcome: Outcome, status: Status, granted: int
) -> None:
    plan = memplan.plan(model("qwen3-8b"), Request(budget_bytes=int(budget_gib * GIB)))
    assert plan.verdict.outcome is outcome
    assert plan.verdict.status is status
    assert plan.verdict.granted_tokens == granted


def test_that_a_requested_context_is_clamped_to_the_ceiling() -> None:
    plan = memplan.plan(model("qwen3-8b"), Request(context_tokens=1_000_000))
    assert plan.markers.requested_tokens == 1_000_000
    assert plan.at.context_tokens == 40_960
    assert plan.verdict.limited_by is LimitedBy.MODEL


def test_that_a_request_beyond_the_budget_is_trimmed() -> None:
    plan = memplan.plan(model("qwen3-8b"), Request(budget_bytes=8 * GIB, context_tokens=32_768))
    assert plan.verdict.outcome is Outcome.TRIMMED
    assert plan.verdict.granted_tokens == plan.markers.max_tokens == 12_091
    assert not plan.verdict.fits


def test_that_vulkan_counts_the_device_and_metal_counts_both() -> None:
    found = model("qwen3-8b")
    vulkan = memplan.plan(found, Request(context_tokens=4096))
    metal = memplan.plan(found, Request(context_tokens=4096, backend=Backend.METAL))
    assert vulkan.at.budgeted_bytes == vulkan.at.device_bytes
    assert metal.at.budgeted_bytes == metal.at.device_bytes + metal.at.host_bytes
    assert bytes_of(metal, ComponentKind.PAGE_TABLE) == 4 * 4096


def test_that_metal_stops_at_its_own_cap() -> None:
    found = model("llama-4-scout")
    assert found.config.context_length > 262_144
    plan = memplan.plan(found, Request(backend=Backend.METAL, budget_bytes=2**42))
    assert plan.markers.ceiling_tokens == 262_144
    assert plan.verdict.limited_by is LimitedBy.BACKEND


def test_that_metal_over_the_working_set_but_within_all_memory_is_tight() -> None:
    found = model("qwen3-8b")
    request = Request(
        backend=Backend.METAL,
        budget_bytes=8 * GIB,
        total_memory_bytes=32 * GIB,
        context_tokens=16_384,
    )
    assert memplan.plan(found, request).verdict.status is Status.TIGHT


def test_that_an_architecture_which_zinc_does_not_run_is_planned_with_a_notice() -> None:
    plan = memplan.plan(model("gemma-3-12b"), Request())
    assert NoticeKind.ARCHITECTURE_NOT_RUN in {notice.kind for notice in plan.notices}
    assert plan.at.budgeted_bytes > 0


@pytest.mark.parametrize("row", VECTORS, ids=range(len(VECTORS)))
def test_that_later_zinc_keeps_a_cache_for_attending_and_next_token_layers(
    row: dict[str, Any],
) -> None:
    later = row["attending_layers"]
    config, nextn = ModelConfig(**row["config"]), later["n_nextn_layers"]
    assert memplan.kv_layer_count(config, nextn) == later["kv_layer_count"]
    for element_bytes, name in ((4, "f32"), (2, "f16")):
        profile = memplan.profile_with_kv_bytes(config, element_bytes, nextn)
        wanted = row["profile"] | {
            "device_local_bytes_per_token": later[f"device_local_bytes_per_token_{name}"]
        }
        assert asdict(profile) == wanted


@pytest.mark.parametrize(("backend", "element_bytes"), [(Backend.VULKAN, 2), (Backend.METAL, 4)])
def test_that_later_zinc_plans_f16_on_vulkan_alone(backend: Backend, element_bytes: int) -> None:
    found = model("qwen3-8b")
    request = Request(backend=backend, zinc=ZincOptions(version=ZincVersion.SEPTEMBER_8_2026))
    assert memplan.plan(found, request).profile == memplan.profile_with_kv_bytes(
        found.config, element_bytes
    )


def test_that_only_zinc_refuses_a_model_that_its_own_integers_do_not_hold() -> None:
    found = model("qwen3-8b")
    wide = Value(ValueType.UINT32, 2**31)
    values = {
        key: value
        for key, value in found.metadata.values.items()
        if not key.endswith("feed_forward_length")
    } | {"qwen3.embedding_length": wide}
    huge = replace(found, metadata=Metadata("qwen3", values))
    with pytest.raises(UnsupportedRequestError, match="hidden_dim"):
        memplan.plan(huge, Request())
    assert memplan.plan(huge, Request(engine=EngineName.LLAMA_CPP)).at.budgeted_bytes > 0


def test_that_metal_allocates_eight_bit_rows_for_attending_layers() -> None:
    found = model("qwen3.5-9b")
    request = Request(
        backend=Backend.METAL,
        context_tokens=4096,
        zinc=ZincOptions(accounting=Accounting.ALLOCATION),
    )
    plan = memplan.plan(found, request)
    rows = 2 * (found.config.n_layers // 4)
    width = found.config.n_kv_heads * found.config.head_dim
    assert bytes_of(plan, ComponentKind.KV_CACHE) == 4096 * rows * (width // 32 * 34)


def test_that_vulkan_allocates_what_it_plans_but_a_smaller_page_table() -> None:
    found = model("qwen3-8b")
    planned = memplan.plan(found, Request(context_tokens=4096))
    allocated = memplan.plan(
        found,
        Request(context_tokens=4096, zinc=ZincOptions(accounting=Accounting.ALLOCATION)),
    )
    assert allocated.at.device_bytes == planned.at.device_bytes
    assert bytes_of(allocated, ComponentKind.PAGE_TABLE) == 4 * 4096 // 16


@pytest.mark.parametrize("backend", [Backend.VULKAN, Backend.METAL])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_that_the_curve_passes_through_the_plan(row: dict[str, Any], backend: Backend) -> None:
    plan = memplan.plan(memplan.read_model(DATA / "models" / row["file"]), Request(backend=backend))
    curve = plan.curve()
    contexts = list(curve.contexts)
    assert contexts == sorted(set(contexts))
    at = contexts.index(plan.at.context_tokens)
    for component, amounts in zip(curve.components, curve.bytes, strict=True):
        assert amounts[at] == component.bytes_at(plan.at.context_tokens)
        assert (amounts[1:] >= amounts[:-1]).all()
    counted = [share for share in plan.at.shares if share.budgeted]
    assert sum(share.bytes for share in counted) == plan.at.budgeted_bytes
    assert (Place.HOST in {share.where for share in counted}) == (backend is Backend.METAL)
