"""Options of llama.cpp that may make a model fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from memplan.engines.llama_cpp.device_ladders import device_ladders
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, SpecType
from memplan.engines.llama_cpp.request_start import moves_layers
from memplan.language import marked
from memplan.memory.component import Part
from memplan.model.parts import parts_of
from memplan.planning.advice import Change, Ladder, Rung, Step
from memplan.planning.planner import Plan
from memplan.request import Request

CACHE_TYPE: Final = Change(
    "cache_type",
    marked("Keep the KV cache as {to}"),
    marked("Slightly less exact attention; below q8_0 it shows in long chats."),
    marked("keep the KV cache as {to}"),
)
FLASH_ATTN: Final = Change(
    "flash_attn",
    marked("Turn flash attention on"),
    marked("Nothing where the GPU supports it."),
    marked("turn flash attention on"),
)
PARALLEL: Final = Change(
    "parallel",
    marked("Serve fewer sequences at a time: {to}"),
    marked("Fewer chats at a time."),
    marked("serve fewer sequences at a time: {to}"),
)
UBATCH_SIZE: Final = Change(
    "ubatch_size",
    marked("Use a micro-batch of {to} tokens"),
    marked("Slower reading of long prompts."),
    marked("use a micro-batch of {to} tokens"),
)
MMPROJ_OFFLOAD: Final = Change(
    "mmproj_offload",
    marked("Leave the projector in host memory"),
    marked("Images take longer."),
    marked("leave the projector in host memory"),
)
SPEC_TYPE: Final = Change(
    "spec_type",
    marked("Do without next-token layers"),
    marked("Slower: no tokens are drafted."),
    marked("do without next-token layers"),
)
N_CPU_MOE: Final = Change(
    "n_cpu_moe",
    marked("Keep the experts of {to} layers in host memory"),
    marked("Slower: these experts are computed on the CPU, in host memory."),
    marked("keep the experts of {to} layers in host memory"),
)
N_GPU_LAYERS: Final = Change(
    "n_gpu_layers",
    marked("Put fewer layers on the GPU: {to}"),
    marked("Slower: the other layers are computed on the CPU, in host memory."),
    marked("put fewer layers on the GPU: {to}"),
)


def ladders(current: Plan) -> Iterator[Ladder]:
    """What takes less memory, the option that costs the user the least first."""
    yield from device_ladders(current)
    options = current.options
    yield [
        _rung(
            Step(
                CACHE_TYPE,
                name,
                ("--cache-type-k", name, "--cache-type-v", name, "--flash-attn", "on"),
            ),
            cache_type_k=CacheType(name),
            cache_type_v=CacheType(name),
            flash_attn=True,
        )
        for name in _smaller_cache_types(options["cache_type_k"], options["cache_type_v"])
    ]
    yield [_rung(Step(FLASH_ATTN, "on", ("--flash-attn", "on")), flash_attn=True)]
    yield [
        _rung(Step(PARALLEL, count, ("--parallel", str(count))), parallel=count)
        for count in _halves(options["parallel"], least=1)
    ]
    yield [
        _rung(Step(UBATCH_SIZE, count, ("--ubatch-size", str(count))), ubatch_size=count)
        for count in _halves(options["ubatch_size"], least=64)
    ]
    yield from _parts_left_out(current)
    if moves_layers(current.model, current.request):
        return  # automatic fitting moves layers and experts by itself
    layers = current.model.dimensions.layers
    if current.model.dimensions.experts:
        yield [
            _rung(Step(N_CPU_MOE, count, ("--n-cpu-moe", str(count))), n_cpu_moe=count)
            for count in range(
                1 + (current.request.options_of(LlamaCppOptions).n_cpu_moe), layers + 1
            )
        ]
    yield [
        _rung(Step(N_GPU_LAYERS, count, ("--n-gpu-layers", str(count))), n_gpu_layers=count)
        for count in range(min(options["n_gpu_layers"], layers + 1) - 1, -1, -1)
    ]


def _parts_left_out(current: Plan) -> Iterator[Ladder]:
    """What is loaded beside the model's own layers, off the device or not at all."""
    options = current.request.options_of(LlamaCppOptions)
    if parts_of(current.model, Part.PROJECTOR) and options.mmproj_offload:
        step = Step(MMPROJ_OFFLOAD, "host", ("--no-mmproj-offload",))
        yield [_rung(step, mmproj_offload=False)]
    if any(component.part is Part.MTP for component in current.components):
        step = Step(SPEC_TYPE, SpecType.NONE.value, ("--spec-type", SpecType.NONE.value))
        yield [_rung(step, spec_type=SpecType.NONE)]


def _rung(step: Step, **changes: Any) -> Rung:
    def change(request: Request) -> Request:
        return request.with_options(replace(request.options_of(LlamaCppOptions), **changes))

    return Rung(step, change)


def _smaller_cache_types(type_k: str, type_v: str) -> list[str]:
    order = ["f32", "f16", "q8_0", "q4_0"]
    used = max((order.index(t) if t in order else 1 for t in (type_k, type_v)), default=1)
    return order[max(used + 1, 2) :]


def _halves(count: int, least: int) -> list[int]:
    values = []
    while count > least:
        count = max(count // 2, least)
        values.append(count)
    return values
