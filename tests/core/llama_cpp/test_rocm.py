"""ROCm: the source of CUDA built for AMD's cards, with a band where nothing was measured."""

from __future__ import annotations

from core.llama_cpp.llama_cpp_rows import model_of
from memplan import Backend, EngineName, Request, plan
from memplan.devices import load_catalogue
from memplan.engines.llama_cpp.command import device_names
from memplan.logs import parse_log
from memplan.logs.planned import request_from_log
from memplan.memory.component import ComponentKind, Place
from memplan.planning.planner import Plan, Share

LOG = (
    "llama_prepare_model_devices: using device ROCm0 (AMD Radeon RX 7900 XTX) (0000:03:00.0) - "
    "24000 MiB free\n"
    "load_tensors: offloaded 17/17 layers to GPU\n"
    "load_tensors:        ROCm0 model buffer size =   762.81 MiB\n"
)


def planned_on(backend: Backend) -> Plan:
    return plan(
        model_of("llama-3.2-1b"),
        Request(EngineName.LLAMA_CPP, backend, context_tokens=8192),
    )


def shares_of(shown: Plan, kinds: set[ComponentKind]) -> list[Share]:
    return [share for share in shown.at.shares if share.kind in kinds]


def test_that_weights_and_caches_are_those_of_cuda_and_exact() -> None:
    kinds = {ComponentKind.WEIGHTS, ComponentKind.KV_CACHE, ComponentKind.OUTPUT}
    rocm, cuda = (
        [(share.kind, share.where, share.bytes) for share in shares_of(planned_on(backend), kinds)]
        for backend in (Backend.ROCM, Backend.CUDA)
    )
    assert rocm == cuda
    assert all(share.exact for share in shares_of(planned_on(Backend.ROCM), kinds))


def test_that_compute_buffers_are_estimates_whose_band_holds_those_of_cuda() -> None:
    kinds = {ComponentKind.COMPUTE}
    rocm = shares_of(planned_on(Backend.ROCM), kinds)
    cuda = shares_of(planned_on(Backend.CUDA), kinds)
    assert len(rocm) == len(cuda) > 0
    for own, other in zip(rocm, cuda, strict=True):
        assert not own.exact
        assert other.exact
        assert own.band_bytes > 0
        if own.where is Place.DEVICE:  # the host's differs between the versions that are modelled
            assert abs(own.bytes - other.bytes) <= own.band_bytes


def test_that_the_start_names_the_device_and_the_version_that_is_modelled() -> None:
    request = Request(EngineName.LLAMA_CPP, Backend.ROCM)
    assert plan(model_of("llama-3.2-1b"), request).engine_version == "b11434"
    assert device_names((Backend.ROCM, Backend.CUDA, Backend.ROCM)) == ("ROCm0", "CUDA0", "ROCm1")


def test_that_a_log_of_rocm_is_planned_on_rocm() -> None:
    request = request_from_log(parse_log(LOG))
    assert (request.engine, request.backend) == (EngineName.LLAMA_CPP, Backend.ROCM)
    assert request.budget_bytes == 24000 * 2**20


def test_that_the_catalogue_knows_which_cards_rocm_reaches() -> None:
    reached = {device.name for device in load_catalogue() if Backend.ROCM in device.backends}
    assert {"AMD RX 7900 XTX", "AMD Instinct MI300X", "AMD Radeon PRO W7900"} <= reached
    assert not {"AMD RX 480", "NVIDIA RTX 4090"} & reached
