"""Changes to several devices that may make a model fit: their shares, their order, their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from memplan.engines.llama_cpp.devices import Layout
from memplan.engines.llama_cpp.measure import layers_context_bytes, measuring
from memplan.engines.llama_cpp.options import LlamaCppOptions, SplitMode
from memplan.engines.llama_cpp.parts.components import settings_with_parts
from memplan.engines.llama_cpp.placement import Placement
from memplan.engines.llama_cpp.request_start import devices_of, pools_in_use
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape
from memplan.engines.llama_cpp.split_advice import Counts, roomiest_split
from memplan.engines.llama_cpp.weights import tensors_by_layer, weight_bytes
from memplan.language import marked, tr
from memplan.memory.machine import Pool
from memplan.model import Model
from memplan.planning.advice import Change, Ladder, Rung, Step, gpu_words
from memplan.planning.planner import Plan
from memplan.request import Request

TENSOR_SPLIT: Final = Change(
    "tensor_split",
    marked("Split the layers {to} instead of {was}"),
    marked("Nothing: the same layers are on other GPUs."),
)
DEVICE_ORDER: Final = Change(
    "device_order",
    marked("Put {to} last, where the output layer is"),
    marked("Nothing: the GPUs are given in another order (--device)."),
)
LEAVE_OUT: Final = Change(
    "leave_out",
    marked("Leave {to} out"),
    marked("One GPU less; what is copied between GPUs is saved."),
)


def device_ladders(current: Plan) -> Iterator[Ladder]:
    """What helps without taking anything from the model."""
    request = current.request
    options = request.options_of(LlamaCppOptions)
    pools = pools_in_use(request)
    if len(pools) < 2 or options.split_mode is not SplitMode.LAYER or options.override_tensor:
        return
    yield from _splits(current, pools)
    if not options.tensor_split and len(options.fit_target_mib) == 1:
        roomiest = max(pools, key=lambda pool: pool.budget_bytes or 0)
        if roomiest is not pools[-1]:
            others = [pool for pool in pools if pool is not roomiest]
            yield [_machine_rung(DEVICE_ORDER, pools, roomiest, [*others, roomiest])]
        least = min(pools, key=lambda pool: pool.budget_bytes or 0)
        others = [pool for pool in pools if pool is not least]
        yield [_machine_rung(LEAVE_OUT, pools, least, others)]


def _machine_rung(
    change: Change, pools: Sequence[Pool], named: Pool, devices: Sequence[Pool]
) -> Rung:
    unnamed = tr("GPU {number}").format(number=list(pools).index(named) + 1)
    step = Step(change, named.name or unnamed, gpu_words(devices))
    return Rung(
        step, lambda request: replace(request, machine=request.machine.with_devices(devices))
    )


def _splits(current: Plan, pools: Sequence[Pool]) -> Iterator[Ladder]:
    """The roomiest split of all layers, if it is another one than today's."""
    request = current.request
    options = request.options_of(LlamaCppOptions)
    if isinstance(options.n_gpu_layers, int) or options.cpu_moe or options.n_cpu_moe:
        return
    margins = [current.margins.get(pool.id, 0) for pool in pools]
    budgets = [pool.budget_bytes or 0 for pool in pools]
    limits = [budget - margin for budget, margin in zip(budgets, margins, strict=True)]
    split = _roomiest(current, pools, limits) or _roomiest(current, pools, budgets)
    today = current.start.tensor_split if current.start is not None else ()
    if split is None or split == today:
        return
    words = ",".join(map(str, split))
    step = Step(
        TENSOR_SPLIT,
        ":".join(map(str, split)),
        ("--tensor-split", words),
        was=":".join(map(str, today)),
    )
    shares = tuple(float(count) for count in split)

    def change(asked: Request) -> Request:
        return asked.with_options(replace(asked.options_of(LlamaCppOptions), tensor_split=shares))

    yield [Rung(step, change)]


def _roomiest(current: Plan, pools: Sequence[Pool], limits: Sequence[int]) -> Counts | None:
    model, context = current.model, current.at.context_tokens
    options = current.request.options_of(LlamaCppOptions)
    shape = resolve_shape(model)
    settings = settings_with_parts(model, options)
    devices = devices_of(pools)
    measure = measuring(model, settings, devices)

    def used(counts: Counts) -> Sequence[int]:
        shares = tuple(float(count) for count in counts)
        return measure(context, Layout(tensor_split=shares, kv_offload=options.kv_offload)).devices

    alone = Placement((devices[0].backend,), (0,) * (shape.block_count + 1), options.kv_offload)
    return roomiest_split(_layer_bytes(model, shape, settings, alone, context), limits, used)


def _layer_bytes(
    model: Model, shape: Shape, settings: Settings, alone: Placement, context: int
) -> list[int]:
    """Bytes of each layer with its cache, the output layer last, all on one device."""
    by_layer = tensors_by_layer(model, alone)
    sizes = [0] * len(alone.layers)
    for index, tensors in by_layer.items():
        sizes[index] = sum(tensor.bytes for tensor in tensors)
    sizes[-1] = weight_bytes(model, alone)[0] - sum(sizes)
    if alone.kv_offload:
        cached = layers_context_bytes(shape, settings, alone.padding(0), context)
        for layer, size_bytes in zip(shape.layers, cached, strict=True):
            sizes[layer.index] += size_bytes
    return sizes
