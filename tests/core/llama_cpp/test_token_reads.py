"""What a token reads from each memory, and the speed that follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from llama_cpp_rows import made_up_model, model_of
from memplan import Backend, EngineName, Model, Request
from memplan.engines.llama_cpp.devices import Device, Layout, place
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.overrides import first_experts
from memplan.engines.llama_cpp.placement import HOST
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.engines.llama_cpp.token_reads import TokenReads, token_reads
from memplan.estimate import Outcome
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.planning.planner import Plan, plan
from memplan.units import GIB, format_bytes
from memplan.wording.reads import most_tokens_per_second
from memplan.wording.verdicts import explanation

ROW = 2 * 256
BLOCK, EMBEDDING, EXPERTS = 256 * ROW, 512 * ROW, 16 * 256 * ROW


def reads(
    model: Model,
    layout: Layout | None = None,
    *,
    depth: int = 0,
    context: int = 8192,
    **options: object,
) -> dict[int, TokenReads]:
    shape = resolve_shape(model)
    settings = resolve_settings(LlamaCppOptions(**options), shape)  # type: ignore[arg-type]
    placement = place(shape, [Device(Backend.CUDA, GIB)], layout or Layout())
    return token_reads(model, settings, placement, context, depth)


def tensors(*, tied: bool = False, experts: bool = False) -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {"token_embd.weight": (256, 512)}
    if not tied:
        table["output.weight"] = (256, 512)
    for index in range(8):
        table[f"blk.{index}.attn_q.weight"] = (256, 256)
        if experts:
            table[f"blk.{index}.ffn_up_exps.weight"] = (256, 256, 16)
    return table


@pytest.mark.parametrize("tied", [True, False])
def test_that_all_weights_are_read_but_of_the_embedding_one_row(tied: bool) -> None:
    found = reads(made_up_model("llama", {}, tensors(tied=tied)))
    assert found[0].weights == 8 * BLOCK + EMBEDDING
    assert found[HOST].weights == ROW


def test_that_a_tied_output_on_the_host_is_read_there() -> None:
    found = reads(made_up_model("llama", {}, tensors(tied=True)), Layout(gpu_layers=0))
    assert found[HOST].weights == 8 * BLOCK + EMBEDDING + ROW
    assert found[0].total == 0


def test_that_only_the_experts_in_use_are_read_where_they_are() -> None:
    model = made_up_model(
        "qwen3moe", {"expert_count": 16, "expert_used_count": 2}, tensors(experts=True)
    )
    found = reads(model, Layout(overrides=first_experts(3, HOST)))
    assert found[0].experts == 5 * EXPERTS // 8
    assert found[HOST].experts == 3 * EXPERTS // 8


def test_that_keys_and_values_are_read_in_steps_of_256_cells_up_to_the_context() -> None:
    model = made_up_model("llama", {})
    cell = 8 * 2 * ROW
    assert reads(model, depth=0)[0].cache == 256 * cell
    assert reads(model, depth=255)[0].cache == 256 * cell
    assert reads(model, depth=256)[0].cache == 512 * cell
    assert reads(model, depth=100_000)[0].cache == 8192 * cell
    assert reads(model, Layout(kv_offload=False), depth=1000)[HOST].cache == 1024 * cell


def test_that_a_sequence_reads_only_its_own_cache_and_state() -> None:
    split = {"parallel": 4, "kv_unified": False}
    model = model_of("llama-3.1-8b")
    whole = reads(model, depth=1000, context=32_768)
    assert reads(model, depth=1000, context=32_768, **split)[0].cache == whole[0].cache
    mamba = model_of("mamba2-2.7b")
    assert reads(mamba, parallel=8)[0].state == reads(mamba, parallel=1)[0].state > 0


def test_that_layers_that_share_a_cache_each_read_it() -> None:
    shared = {"attention.shared_kv_layers": 4}
    alone = reads(made_up_model("gemma4", {}), depth=1000)[0].cache
    assert reads(made_up_model("gemma4", shared), depth=1000)[0].cache == alone


def planned(*pools: Pool, **options: object) -> Plan:
    request = Request(
        engine=EngineName.LLAMA_CPP,
        machine=Machine.of_devices(pools[:-1], pools[-1]),
        context_tokens=8192,
        llama_cpp=LlamaCppOptions(**options),  # type: ignore[arg-type]
    )
    return plan(model_of("llama-3.2-1b"), request)


GPU = Pool("", PoolKind.DEVICE, Backend.CUDA, 8 * GIB, bytes_per_second=800 * GIB)
RAM = Pool("host", PoolKind.HOST, None, None)


def test_that_the_times_of_all_memories_with_a_known_bandwidth_add_up() -> None:
    found = planned(GPU, replace(RAM, bytes_per_second=50 * GIB), n_gpu_layers=8)
    assert found.start is not None
    read = found.start.token_read_bytes
    seconds = read["gpu0"] / (800 * GIB) + read["host"] / (50 * GIB)
    assert most_tokens_per_second(found) == pytest.approx(1 / seconds)
    unknown = planned(GPU, RAM, n_gpu_layers=8)
    assert most_tokens_per_second(unknown) == pytest.approx(800 * GIB / read["gpu0"])
    assert most_tokens_per_second(planned(replace(GPU, bytes_per_second=None), RAM)) is None


def test_that_a_placed_start_says_what_a_token_reads_from_where() -> None:
    found = planned(replace(GPU, budget_bytes=GIB + 700 * 2**20), RAM)
    assert found.verdict.outcome is Outcome.PLACED
    assert found.start is not None
    text = explanation(found)
    for size_bytes in found.start.token_read_bytes.values():
        assert format_bytes(size_bytes) in text
    assert "from host memory: at most" in text


def test_that_a_start_reads_the_bytes_of_its_last_token() -> None:
    found = planned(GPU, RAM, n_gpu_layers=8)
    assert found.start is not None
    whole = reads(found.model, Layout(gpu_layers=8), depth=8191)
    assert found.start.token_read_bytes == {"gpu0": whole[0].total, "host": whole[HOST].total}


def test_that_layers_which_only_change_devices_slow_nothing_down() -> None:
    small = replace(GPU, budget_bytes=GIB + 500 * 2**20)
    found = planned(replace(GPU, budget_bytes=GIB + 900 * 2**20), small, RAM)
    assert found.verdict.outcome is Outcome.PLACED
    assert found.verdict.fits_whole
    assert "Each token reads" not in explanation(found)
