"""What llama.cpp does when it is started: where everything goes, and why if it does not start."""

from __future__ import annotations

from itertools import pairwise

import pytest
from llama_cpp_rows import model_of
from memplan import Backend
from memplan.engines.llama_cpp.command import command, device_names
from memplan.engines.llama_cpp.devices import Device, Layout, SplitMode
from memplan.engines.llama_cpp.fit import Change, Held
from memplan.engines.llama_cpp.layer_map import placed_layers
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.overrides import TensorOverride
from memplan.engines.llama_cpp.placement import HOST
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.engines.llama_cpp.start import (
    Asked,
    GpuLayers,
    Lack,
    LlamaCppStart,
    Room,
    start,
)
from memplan.estimate import Outcome
from memplan.units import GIB, MIB

DENSE, LARGE, MIXTURE = "llama-3.1-8b", "llama-3.3-70b", "qwen3-30b-a3b"


def started(
    name: str,
    *free_mib: int,
    asked: Asked | None = None,
    backend: Backend = Backend.CUDA,
    host_mib: int | None = None,
    largest_mib: int | None = None,
) -> LlamaCppStart:
    model = model_of(name)
    settings = resolve_settings(LlamaCppOptions(), resolve_shape(model))
    devices = [Device(backend, mib * MIB) for mib in free_mib]
    limit = None if largest_mib is None else largest_mib * MIB
    rooms = [Room((number,), d.free_bytes, limit) for number, d in enumerate(devices)]
    rooms.append(Room((HOST,), None if host_mib is None else host_mib * MIB))
    return start(model, settings, asked or Asked(), devices, rooms, 64 * GIB)


def layers_on_devices(found: LlamaCppStart) -> int:
    assert found.placement is not None
    return sum(memory != HOST for memory in found.placement.layers)


def test_that_a_model_too_large_for_its_device_starts_with_layers_on_the_host() -> None:
    found = started(LARGE, 24_564)
    assert (found.outcome, found.context_tokens) == (Outcome.PLACED, 4096)
    assert layers_on_devices(found) == 45  # the output counts as one


def test_that_a_mixture_starts_with_experts_on_the_host() -> None:
    found = started(MIXTURE, 12_288, asked=Asked(context_tokens=32_768))
    assert (found.outcome, found.context_tokens) == (Outcome.PLACED, 32_768)
    assert layers_on_devices(found) == 49
    assert found.placement is not None
    layers = placed_layers(model_of(MIXTURE), found.placement)
    on_host = [layer.index for layer in layers if layer.expert_memories == {HOST}]
    assert on_host == list(range(21, 48))
    assert [layer.index for layer in layers if layer.in_part] == [20]


def test_that_a_small_device_takes_a_few_layers() -> None:
    asked = Asked(context_tokens=16_384)
    found = started(DENSE, 2048, asked=asked, backend=Backend.VULKAN)
    assert (found.outcome, layers_on_devices(found)) == (Outcome.PLACED, 3)


def test_that_a_context_is_trimmed_before_anything_moves() -> None:
    found = started(MIXTURE, 24_064)
    assert (found.outcome, found.context_tokens) == (Outcome.TRIMMED, 57_088)
    assert layers_on_devices(found) == 49


def test_that_what_fits_is_started_as_it_is() -> None:
    found = started(DENSE, 49_152)
    assert (found.outcome, found.context_tokens) == (Outcome.SIZED, 131_072)
    assert found.change is Change.NOTHING


def test_that_without_fitting_what_does_not_fit_is_refused_and_by_how_much() -> None:
    found = started(DENSE, 4096, asked=Asked(fit=False))
    assert found.outcome is Outcome.REFUSED
    assert found.refusal is not None
    assert found.refusal.lack is Lack.DEVICE_MEMORY
    assert found.refusal.short_bytes == found.bytes_in(0) - 4096 * MIB
    assert found.refusal.held is None


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        (Asked(gpu_layers=GpuLayers.ALL), Held.GPU_LAYERS),
        (Asked(gpu_layers=33), Held.GPU_LAYERS),
        (Asked(layout=Layout(overrides=(TensorOverride("output", HOST),))), Held.OVERRIDES),
    ],
)
def test_that_a_set_option_is_named_as_what_kept_layers_from_moving(
    asked: Asked, held: Held
) -> None:
    found = started(DENSE, 3072, asked=asked)
    assert found.refusal is not None
    assert (found.refusal.lack, found.refusal.held) == (Lack.DEVICE_MEMORY, held)
    assert found.context_tokens == 4096


def test_that_the_host_can_be_what_is_too_small() -> None:
    asked = Asked(context_tokens=131_072)
    assert started(DENSE, 4096, asked=asked, host_mib=32_768).outcome is Outcome.PLACED
    found = started(DENSE, 4096, asked=asked, host_mib=8192)
    assert found.refusal is not None
    assert found.refusal.lack is Lack.HOST_MEMORY
    taken = found.bytes_in(HOST) - found.mapped_bytes
    assert found.refusal.short_bytes == taken - 8192 * MIB


def test_that_weights_mapped_from_the_file_refuse_nothing() -> None:
    found = started(LARGE, 8192, host_mib=8192)
    assert found.outcome is Outcome.PLACED
    assert found.mapped_bytes > 8192 * MIB


def test_that_one_buffer_can_be_too_large() -> None:
    found = started(DENSE, 49_152, largest_mib=256)
    assert found.refusal is not None
    assert found.refusal.lack is Lack.SINGLE_ALLOCATION


def test_that_pipelining_is_given_up_where_only_its_copies_do_not_fit() -> None:
    asked = Asked(context_tokens=65_536, fit=False)
    whole = started(DENSE, 24_564, 24_564, asked=asked)
    assert not whole.without_pipelining
    room = max(whole.bytes_in(0), whole.bytes_in(1)) // MIB - 50
    found = started(DENSE, room, room, asked=asked)
    assert found.outcome is Outcome.SIZED
    assert found.without_pipelining
    assert found.placement is not None
    assert found.placement.copies == 1


def test_that_a_main_gpu_that_there_is_not_is_refused() -> None:
    asked = Asked(split_mode=SplitMode.NONE, main_gpu=2)
    found = started(DENSE, 8192, 8192, asked=asked)
    assert found.refusal is not None
    assert found.refusal.lack is Lack.NO_SUCH_DEVICE


def test_that_devices_without_memory_cannot_share() -> None:
    found = started(DENSE, 0, 0)
    assert found.refusal is not None
    assert found.refusal.lack is Lack.NO_SHARE


def test_that_without_a_split_the_main_gpu_has_everything() -> None:
    asked = Asked(split_mode=SplitMode.NONE, main_gpu=1, context_tokens=8192)
    found = started(DENSE, 4096, 24_564, asked=asked)
    assert (found.outcome, found.devices) == (Outcome.SIZED, (1,))


def test_that_the_command_names_every_choice() -> None:
    found = started(MIXTURE, 8192, 6144, asked=Asked(context_tokens=32_768))
    assert found.placement is not None
    words = command(
        "model.gguf",
        resolve_settings(LlamaCppOptions(), resolve_shape(model_of(MIXTURE))),
        found.placement,
        device_names([Backend.CUDA, Backend.CUDA]),
        found.context_tokens,
        split_mode=SplitMode.LAYER,
        main_gpu=0,
    )
    values = dict(pairwise(words))
    assert words[0] == "llama-server"
    assert values["-m"] == "model.gguf"
    assert values["-c"] == "32768"
    assert values["-ngl"] == "49"
    assert sum(map(int, values["-ts"].split(","))) == 49
    assert values["--fit"] == "off"
    patterns = [override.rsplit("=", 1) for override in values["-ot"].split(",")]
    assert len(patterns) == len(found.placement.overrides)
    assert {buffer for _pattern, buffer in patterns} <= {"CPU", "CUDA1"}


def test_that_the_command_without_fitting_starts_the_same() -> None:
    for free in ((24_564,), (12_288, 8192), (9000, 9000, 4000)):
        for name in (DENSE, LARGE, MIXTURE):
            found = started(name, *free)
            assert found.placement is not None
            layers = [memory for memory in found.placement.layers if memory != HOST]
            asked = Asked(
                context_tokens=found.context_tokens,
                gpu_layers=len(layers),
                layout=Layout(
                    tensor_split=tuple(float(layers.count(n)) for n in range(len(free))),
                    overrides=found.placement.overrides,
                ),
                fit=False,
            )
            again = started(name, *free, asked=asked)
            assert again.placement == found.placement
            assert again.loaded == found.loaded


def test_that_devices_are_named_backend_by_backend() -> None:
    backends = [Backend.CUDA, Backend.VULKAN, Backend.CUDA]
    assert device_names(backends) == ("CUDA0", "Vulkan0", "CUDA1")
