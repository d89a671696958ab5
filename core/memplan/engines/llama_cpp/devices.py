"""Which device llama.cpp gives which layer to, and when it pipelines micro-batches over them.

Source: llama.cpp b11434, ``llama_prepare_model_devices`` (which devices are used),
``llama_model_base::load_tensors`` (which layer goes where) and ``llama_context`` (pipelining).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from memplan.engines.llama_cpp.choices import SplitMode as SplitMode
from memplan.engines.llama_cpp.overrides import TensorOverride
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.shape import Shape
from memplan.request import Backend

PIPELINE_COPIES: Final = 4
"""Copies of every input of the graph where micro-batches are pipelined over several devices."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as llama.cpp sees it.

    Attributes:
        backend: the backend that reaches it.
        free_bytes: memory that is free when the model is loaded.
    """

    backend: Backend
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How the layers are to be spread, in llama.cpp's own terms.

    Attributes:
        gpu_layers: layers on devices, from the last, the output counting as one; ``None``: all.
        tensor_split: the share of each device; of those left out none; nothing or zeros: as much
            as each has free.
        kv_offload: whether the cache of a layer is where the layer is.
        overrides: tensors that are elsewhere.
    """

    gpu_layers: int | None = None
    tensor_split: tuple[float, ...] = ()
    kv_offload: bool = True
    overrides: tuple[TensorOverride, ...] = ()


def devices_in_use(count: int, split_mode: SplitMode, main_gpu: int) -> tuple[int, ...] | None:
    """The numbers of the devices that are used, of ``count``; ``None``: there is no such device.

    Only without a split does ``--main-gpu`` mean anything; a negative number is the CPU.
    """
    if split_mode is SplitMode.LAYER or count == 0:
        return tuple(range(count))
    if main_gpu >= count:
        return None
    return (main_gpu,) if main_gpu >= 0 else ()


def place(shape: Shape, devices: Sequence[Device], layout: Layout) -> Placement:
    """The memory of each layer, by the devices' order.

    Raises:
        ValueError: llama.cpp cannot tell how much each device is to have.
    """
    layer_count = shape.block_count + 1
    wanted = layer_count if layout.gpu_layers is None else layout.gpu_layers
    gpu_layers = min(wanted, layer_count) if devices else 0
    on_devices = split_layers(gpu_layers, _shares(devices, layout)) if gpu_layers else ()
    pipelined = (
        len(devices) > 1
        and gpu_layers == layer_count
        and layout.kv_offload
        and not layout.overrides
    )
    return Placement(
        devices=tuple(device.backend for device in devices),
        layers=(HOST,) * (layer_count - gpu_layers) + on_devices,
        kv_offload=layout.kv_offload,
        overrides=layout.overrides,
        copies=PIPELINE_COPIES if pipelined else 1,
    )


def split_layers(layer_count: int, shares: Sequence[float]) -> tuple[int, ...]:
    """The device of each of so many layers, in 32-bit floats as llama.cpp has them.

    A layer goes to the first device up to which the shares sum to more than the layers before it.

    Raises:
        ValueError: no share is positive, or some are not numbers.
    """
    ends: list[np.float32] = []
    total = np.float32(0)
    for share in shares:
        total = np.float32(total + np.float32(share))
        ends.append(total)
    if not total > 0:
        raise ValueError("no device has a share")
    ends = [np.float32(end / total) for end in ends]
    count = np.float32(layer_count)
    return tuple(
        bisect_right(ends, np.float32(np.float32(index) / count)) for index in range(layer_count)
    )


def _shares(devices: Sequence[Device], layout: Layout) -> tuple[float, ...]:
    if len(devices) == 1:
        return (1.0,)
    shares = (*layout.tensor_split, *(0.0,) * len(devices))[: len(devices)]
    if any(shares):
        return shares
    return tuple(float(device.free_bytes) for device in devices)
