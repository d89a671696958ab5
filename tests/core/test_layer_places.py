"""Where the layers of a start are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import memplan
from memplan import Backend
from memplan.estimate import Outcome, Start
from memplan.layer_places import LayerPlace, layer_bytes, layer_places
from memplan.memory.machine import HOST_ID, Machine, Pool, PoolKind
from memplan.units import GIB

MODELS = Path(__file__).parents[1] / "data" / "models"
CARD = Pool("", PoolKind.DEVICE, Backend.CUDA, 24 * GIB)
START = Start(
    outcome=Outcome.PLACED,
    context_tokens=4096,
    n_gpu_layers=5,
    layer_count=5,
    tensor_split=(),
    override_tensor=(),
    cpu_expert_layers=(),
    partial_layers=(),
    copies=1,
    without_pipelining=False,
    command=("llama-server",),
)


def pools(start: Start, devices: int = 1) -> list[str]:
    return [place.pool for place in layer_places(start, Machine.of_devices([CARD] * devices))]


def test_that_the_first_layers_are_on_the_host() -> None:
    assert pools(replace(START, n_gpu_layers=2)) == [HOST_ID] * 3 + ["gpu0"] * 2


def test_that_devices_are_filled_in_their_order() -> None:
    start = replace(START, n_gpu_layers=4, tensor_split=(1, 3))
    assert pools(start, devices=2) == [HOST_ID, "gpu0", "gpu1", "gpu1", "gpu1"]


def test_that_moved_experts_are_on_the_host() -> None:
    start = replace(START, cpu_expert_layers=(1,), partial_layers=(2,))
    places = layer_places(start, Machine.of_devices([CARD]))
    assert places[0] == LayerPlace("gpu0", "gpu0")
    assert places[1] == LayerPlace("gpu0", HOST_ID)
    assert places[2] == LayerPlace("gpu0", "gpu0", in_part=True)


def test_that_the_bytes_of_all_layers_are_those_of_their_tensors() -> None:
    model = memplan.read_model(MODELS / "qwen3-30b-a3b.Q4_K_M.gguf")
    sizes = layer_bytes(model)
    assert sorted(sizes) == list(range(48))
    of_layers = sum(tensor.bytes for tensor in model.tensors if tensor.name.startswith("blk."))
    assert sum(size.own + size.experts for size in sizes.values()) == of_layers
    assert all(size.experts > 8 * size.own for size in sizes.values())
