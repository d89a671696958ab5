"""Weights in host memory are mapped from the file: they refuse no start, but want room."""

from __future__ import annotations

import pytest
from llama_cpp_rows import model_of
from memplan import Backend, EngineName, Request
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.memory.component import ComponentKind, Place
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.plan_json import plan_to_json
from memplan.planning.planner import Plan, Status, plan
from memplan.units import GIB, MIB, format_bytes
from memplan.wording.verdicts import explanation, headline

CROWDED = "read from the disk again"


def planned(host_mib: int, **options: object) -> Plan:
    """Everything but the KV cache's layers is on the host."""
    gpu = Pool("", PoolKind.DEVICE, Backend.CUDA, 8 * GIB)
    host = Pool("host", PoolKind.HOST, None, host_mib * MIB)
    request = Request(
        engine=EngineName.LLAMA_CPP,
        machine=Machine.of_devices([gpu], host),
        context_tokens=8192,
        llama_cpp=LlamaCppOptions(n_gpu_layers=0, **options),  # type: ignore[arg-type]
    )
    return plan(model_of("llama-3.2-1b"), request)


def test_that_mapped_weights_without_room_are_tight_and_said() -> None:
    found = planned(700)
    host = found.at.pool("host")
    weights = sum(
        share.bytes
        for share in found.at.shares
        if share.kind is ComponentKind.WEIGHTS and share.where is Place.HOST
    )
    assert host.mapped_bytes == weights
    assert host.bytes > 700 * MIB > host.bytes - weights
    assert (found.verdict.fits, found.verdict.status) == (True, Status.TIGHT)
    assert CROWDED in explanation(found)
    assert plan_to_json(found)["at"]["pools"][-1]["mapped_bytes"] == weights


def test_that_what_is_taken_must_have_room() -> None:
    found = planned(100)
    host = found.at.pool("host")
    assert found.verdict.status is Status.DOES_NOT_FIT
    assert host.over_bytes == host.bytes - host.mapped_bytes - 100 * MIB
    assert found.limiting_pool.id == "host"
    assert format_bytes(host.over_bytes) in headline(found)


@pytest.mark.parametrize("host_mib", [8192, 32_768])
def test_that_room_for_all_is_not_spoken_of(host_mib: int) -> None:
    found = planned(host_mib)
    assert found.verdict.status is Status.OK
    assert CROWDED not in explanation(found)
