"""The tensor split that gives devices the most room, and what else several devices offer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

import pytest
from llama_cpp_rows import model_of
from memplan import Backend, EngineName, Request
from memplan.devices import load_catalogue
from memplan.engines.llama_cpp.device_ladders import device_ladders
from memplan.engines.llama_cpp.options import LlamaCppOptions, SpecType
from memplan.engines.llama_cpp.request_start import surely_moves
from memplan.engines.llama_cpp.split_advice import Counts, roomiest_split
from memplan.estimate import Outcome
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.planning.advice import Rung, advise
from memplan.planning.planner import Plan, plan
from memplan.planning.solve import solve
from memplan.units import GIB, MIB
from memplan.wording.advice import advice_text

SIZES = [1, 3, 1, 2, 2, 1, 6]
"""Uneven layers, the last one largest."""


def bytes_of(split: Counts) -> list[int]:
    ends = [sum(split[:number]) for number in range(len(split) + 1)]
    return [sum(SIZES[a:b]) * GIB for a, b in pairwise(ends)]


def headroom(budgets: Sequence[int], used: Sequence[int]) -> int:
    return min(budget - taken for budget, taken in zip(budgets, used, strict=True))


@pytest.mark.parametrize("budgets", [(8, 9), (4, 14), (4, 6, 9), (16, 4)])
def test_that_uneven_layers_are_split_as_well_as_can_be(budgets: tuple[int, ...]) -> None:
    limits = [budget * GIB for budget in budgets]
    splits = [s for s in product(range(8), repeat=len(budgets)) if sum(s) == len(SIZES)]
    best = max(headroom(limits, bytes_of(split)) for split in splits)
    found = roomiest_split([size * GIB for size in SIZES], limits, bytes_of)
    if best < 0:
        assert found is None
    else:
        assert found is not None
        assert headroom(limits, bytes_of(found)) == best


def test_that_what_a_device_holds_beside_its_layers_counts() -> None:
    def measured(split: Counts) -> list[int]:
        first, second = bytes_of(split)
        return [first + 5 * GIB, second]

    found = roomiest_split([size * GIB for size in SIZES], [12 * GIB, 12 * GIB], measured)
    assert found is not None
    assert found[0] < (roomiest_split([s * GIB for s in SIZES], [12 * GIB] * 2, bytes_of) or ())[0]


def test_that_one_device_has_nothing_to_split() -> None:
    assert roomiest_split([1, 2, 3], [64 * GIB], bytes_of) is None


def planned(name: str, *mib: int, context: int, **options: object) -> Plan:
    machine = Machine.of_devices(
        Pool("", PoolKind.DEVICE, Backend.CUDA, size * MIB) for size in mib
    )
    request = Request(
        engine=EngineName.LLAMA_CPP,
        machine=machine,
        context_tokens=context,
        llama_cpp=LlamaCppOptions(**options),  # type: ignore[arg-type]
    )
    return plan(model_of(name), request)


def rung_about(found: Plan, change: str) -> Rung:
    (rung,) = (
        rung
        for ladder in device_ladders(found)
        for rung in ladder
        if rung.step.change.name == change
    )
    return rung


def changed(found: Plan, rung: Rung) -> Plan:
    return plan(found.model, rung.change(found.request))


def test_that_a_split_is_offered_with_which_every_device_has_room() -> None:
    found = planned("gemma-2-2b", 3072, 2900, context=32_768, fit=False, tensor_split=(1, 3))
    assert found.verdict.outcome is Outcome.REFUSED
    rung = rung_about(found, "tensor_split")
    assert rung.step.was == "7:20"
    assert rung.step.arguments == ("--tensor-split", str(rung.step.to).replace(":", ","))
    after = changed(found, rung)
    assert after.verdict.fits_whole
    assert after.start is not None
    assert ":".join(map(str, after.start.tensor_split)) == rung.step.to


def test_that_a_split_leaves_room_for_next_token_layers() -> None:
    options = {"spec_type": SpecType.DRAFT_MTP}
    found = planned("qwen3.5-35b-a3b-mtp", 12_500, 13_500, context=8192, **options)
    assert found.verdict.outcome is Outcome.PLACED
    assert surely_moves(found.model, found.request)
    assert changed(found, rung_about(found, "tensor_split")).verdict.fits_whole


def test_that_a_small_device_is_left_out_where_that_gives_more() -> None:
    found = planned("llama-3.2-1b", 4096, 500, context=65_536, fit=False)
    rung = rung_about(found, "leave_out")
    assert rung.step.to == "GPU 2"
    after = changed(found, rung)
    assert len(after.request.machine.devices) == 1
    assert after.markers.max_tokens > found.markers.max_tokens


def test_that_the_roomiest_device_is_put_where_the_output_layer_is() -> None:
    found = planned("llama-3.2-1b", 6144, 1300, context=8192)
    after = changed(found, rung_about(found, "device_order"))
    assert [pool.budget_bytes for pool in after.request.machine.devices] == [
        1300 * MIB,
        6144 * MIB,
    ]


def test_that_one_device_and_a_set_place_are_left_as_they_are() -> None:
    assert not list(device_ladders(planned("llama-3.2-1b", 6144, context=8192)))
    pinned = planned("llama-3.2-1b", 6144, 1300, context=8192, override_tensor="output=CUDA1")
    assert not list(device_ladders(pinned))


def test_that_advice_replaces_the_device_that_limits_and_says_what_is_split_instead() -> None:
    found = planned("llama-3.2-1b", 8192, 1100, context=65_536, fit=False, tensor_split=(1, 1))
    offered = {a.steps[0].change.name: a for a in advise(found, load_catalogue())}
    first, second = offered["device"].plan.request.machine.devices
    assert first == found.request.machine.devices[0]
    assert (second.budget_bytes or 0) > 1100 * MIB
    assert advice_text(offered["device"]).endswith("in place of GPU 2")
    split = offered["tensor_split"]
    assert split.reaches_goal
    assert advice_text(split) == f"Split the layers {split.steps[0].to} instead of 9:8"


def test_that_budgets_of_several_devices_are_solved_in_their_proportions() -> None:
    found = planned("llama-3.2-1b", 1600, 800, context=32_768)
    solution = next(s for s in solve(found) if s.question.name == "budget_for_context")
    assert solution.request is not None
    first, second = (pool.budget_bytes or 0 for pool in solution.request.machine.devices)
    assert solution.answer == first + second
    assert first == pytest.approx(2 * second, abs=4)
    held = plan(found.model, solution.request)
    assert held.verdict.fits_whole
    assert held.verdict.granted_tokens == 32_768
