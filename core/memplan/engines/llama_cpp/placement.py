"""Where llama.cpp puts what belongs to a layer.

Source: llama.cpp b11434, ``llama_model_base::load_tensors`` (layers, from the last).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from memplan.engines.llama_cpp.backends import BACKEND_ROWS, Padding
from memplan.engines.llama_cpp.overrides import TensorOverride
from memplan.request import Backend

_CPU_PADDING: Final = Padding(32)
"""Host buffers where there is no device."""

HOST: Final = -1
"""The host's number; devices are numbered from 0 in llama.cpp's order."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The memory of each layer of one model, by number.

    Attributes:
        devices: the backend of each device, in llama.cpp's order; empty: the CPU alone.
        layers: the memory of each layer; the output layer is the last.
        kv_offload: whether the cache of a layer is where the layer is.
        overrides: tensors that are elsewhere; the first override that matches a tensor counts.
        copies: how often each input of the graph exists: several times where micro-batches are
            pipelined over the devices.
    """

    devices: tuple[Backend, ...]
    layers: tuple[int, ...]
    kv_offload: bool = True
    overrides: tuple[TensorOverride, ...] = ()
    copies: int = 1

    def of_layer(self, index: int) -> int:
        """The memory of a layer's weights."""
        return self.layers[index]

    def of_cache(self, index: int) -> int:
        """The memory of a layer's KV cache and recurrent state."""
        return self.layers[index] if self.kv_offload else HOST

    def of_output(self) -> int:
        """The memory of the output projection."""
        return self.layers[-1]

    def memories(self) -> Iterator[int]:
        """Every memory, the devices first."""
        yield from range(len(self.devices))
        yield HOST

    def padding(self, memory: int) -> Padding:
        """How a memory's buffers pad their tensors."""
        return padding_of(self.devices, memory)


def padding_of(devices: Sequence[Backend], memory: int) -> Padding:
    """How a memory's buffers pad: the host's buffers are pinned by the first device, if any."""
    if memory != HOST:
        return BACKEND_ROWS[devices[memory]].on_device
    return BACKEND_ROWS[devices[0]].on_host if devices else _CPU_PADDING
