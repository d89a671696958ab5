"""The memories of a machine, and the requests that carry them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import memplan
import pytest
from memplan import Backend, EngineName, Plan, Request
from memplan.cli.machine import machine_from
from memplan.memory.machine import HOST_ID, UNIFIED_ID, Machine, Pool, PoolKind
from memplan.plan_json import plan_to_json
from memplan.request_json import request_from_json, request_to_json
from memplan.units import GIB, MIB
from memplan.wording.terminal import plan_text
from memplan.wording.verdicts import headline

QWEN = Path(__file__).parents[1] / "data" / "models" / "qwen3-8b.Q4_K_M.gguf"
CARD = Pool("gpu0", PoolKind.DEVICE, Backend.CUDA, 24 * GIB, "RTX 4090")
HOST = Pool(HOST_ID, PoolKind.HOST, None, 64 * GIB)


def test_that_a_card_has_a_memory_beside_the_hosts() -> None:
    machine = Request(backend=Backend.CUDA, budget_bytes=24 * GIB).machine
    assert [pool.id for pool in machine.pools] == ["gpu0", HOST_ID]
    assert machine.devices[0].budget_bytes == 24 * GIB
    assert machine.host.budget_bytes is None


def test_that_metal_has_one_memory_for_device_and_host() -> None:
    machine = Request(
        backend=Backend.METAL, budget_bytes=27 * GIB, total_memory_bytes=36 * GIB
    ).machine
    assert [pool.id for pool in machine.pools] == [UNIFIED_ID]
    assert machine.devices[0] is machine.host
    assert machine.host.limit_bytes == 36 * GIB


def test_that_devices_are_numbered_in_the_order_in_which_they_are_given() -> None:
    machine = Machine.of_devices([replace(CARD, id="gpu7"), CARD], HOST)
    assert [pool.id for pool in machine.pools] == ["gpu0", "gpu1", HOST_ID]
    assert machine.budget_bytes == 48 * GIB


@pytest.mark.parametrize(
    "pools", [(), (CARD,), (HOST,), (CARD, CARD, HOST), (CARD, HOST, replace(HOST, id="other"))]
)
def test_that_a_machine_has_a_device_and_one_memory_for_the_host(pools: tuple[Pool, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Machine(pools)


def test_that_a_device_needs_a_budget() -> None:
    with pytest.raises(ValueError, match="gpu0"):
        replace(CARD, budget_bytes=None)


def test_that_a_budget_changes_the_only_device() -> None:
    request = replace(Request(machine=Machine((CARD, HOST))), budget_bytes=GIB)
    assert request.machine == Machine((replace(CARD, budget_bytes=GIB), HOST))


def test_that_a_budget_does_not_say_which_of_two_devices_it_is_for() -> None:
    two = Request(machine=Machine.of_devices([CARD, CARD], HOST))
    with pytest.raises(ValueError, match="several devices"):
        replace(two, budget_bytes=GIB)


def test_that_another_backend_keeps_the_budget() -> None:
    request = Request(machine=Machine((CARD, HOST)))
    assert replace(request, backend=Backend.VULKAN).machine.host == HOST
    on_metal = replace(request, backend=Backend.METAL)
    assert on_metal.machine.devices == on_metal.machine.pools
    assert on_metal.budget_bytes == request.budget_bytes
    assert replace(on_metal, backend=Backend.CUDA).machine.host.budget_bytes is None


@pytest.mark.parametrize(
    "request_",
    [
        Request(EngineName.LLAMA_CPP, Backend.METAL, GIB, 4096, 2 * GIB),
        Request(machine=Machine.of_devices([CARD, replace(CARD, budget_bytes=1)], HOST)),
    ],
)
def test_that_a_request_reads_back_with_its_machine(request_: Request) -> None:
    assert request_from_json(json.loads(json.dumps(request_to_json(request_)))) == request_


def test_that_a_request_of_version_0_1_still_reads() -> None:
    written = {"engine": "llama.cpp", "backend": "metal", "budget_bytes": 5, "context_tokens": 7}
    read = request_from_json({**written, "total_memory_bytes": 9})
    assert read == Request(EngineName.LLAMA_CPP, Backend.METAL, 5, 7, 9)


@pytest.mark.parametrize(
    "machine",
    [
        None,
        {"pools": "gpu0"},
        {"pools": [{}]},
        {"pools": [{"id": "gpu0", "kind": "device", "backend": "cuda", "budget_bytes": -1}]},
        {"pools": [{"id": 5, "kind": "host", "backend": None, "budget_bytes": None}]},
        {"pools": [{"id": "gpu0", "kind": "tape", "backend": None, "budget_bytes": 1}] * 65},
    ],
)
def test_that_a_broken_machine_is_refused(machine: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        request_from_json({"machine": machine})


def test_that_the_command_line_names_devices_and_the_hosts_memory() -> None:
    machine = machine_from(Backend.CUDA, 0, ["RTX 4090", "12GiB"], 64 * GIB)
    assert [(pool.id, pool.name, pool.budget_bytes) for pool in machine.pools] == [
        ("gpu0", "NVIDIA RTX 4090", 24 * GIB),
        ("gpu1", "", 12 * GIB),
        (HOST_ID, "", 64 * GIB),
    ]


@pytest.mark.parametrize(
    ("backend", "gpus", "host_bytes"),
    [
        (Backend.CUDA, ["no such card"], None),
        (Backend.CUDA, ["RTX"], None),
        (Backend.CUDA, [""], None),
        (Backend.CUDA, ["RX 7900 XTX"], None),
        (Backend.METAL, ["8GiB", "8GiB"], None),
        (Backend.METAL, None, GIB),
    ],
)
def test_that_a_machine_that_cannot_be_is_refused(
    backend: Backend, gpus: list[str] | None, host_bytes: int | None
) -> None:
    with pytest.raises(ValueError, match=r"--(gpu|host-memory)"):
        machine_from(backend, GIB, gpus, host_bytes)


def _plan(machine: Machine) -> Plan:
    return memplan.plan(memplan.read_model(QWEN), Request(EngineName.LLAMA_CPP, machine=machine))


def test_that_a_model_fits_where_every_memory_holds_its_part() -> None:
    room = _plan(Machine((CARD, HOST)))
    assert room.verdict.fits
    assert room.limiting_pool.id == CARD.id
    short = _plan(Machine((CARD, replace(HOST, budget_bytes=30 * MIB))))
    assert not short.verdict.fits
    assert short.limiting_pool.id == HOST_ID
    assert headline(short).startswith("Does not fit: Host memory would need 58.3 MiB")
    assert plan_to_json(short)["verdict"]["limiting_pool"] == HOST_ID


def test_that_a_host_that_is_not_limited_holds_anything() -> None:
    plan = _plan(Machine((CARD, replace(HOST, budget_bytes=None))))
    host = plan.at.pool(HOST_ID)
    assert (host.fits, host.headroom_bytes) == (True, None)
    assert "not limited" in plan_text(plan)


def test_that_every_byte_is_in_one_memory() -> None:
    for backend in Backend:
        plan = _plan(Machine.of_one(backend, 16 * GIB))
        at = plan_to_json(plan)["at"]
        pools = {pool["id"]: pool["bytes"] for pool in at["pools"]}
        assert sum(pools.values()) == at["device_bytes"] + at["host_bytes"]
        for pool, taken in pools.items():
            held = [part["bytes"] for part in at["components"] if part["pool"] == pool]
            assert sum(held) == taken
