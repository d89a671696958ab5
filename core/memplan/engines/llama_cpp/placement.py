"""Where llama.cpp puts what belongs to a layer, and how each backend pads a tensor.

Source: llama.cpp b11434, ``llama_model_base::load_tensors`` (layers, from the last) and the
buffer types of ``ggml-vulkan.cpp``, ``ggml-cuda.cu``, ``ggml-metal.cpp`` and ``ggml-cpu``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from memplan.engines.llama_cpp.arithmetic import padded
from memplan.engines.llama_cpp.overrides import TensorOverride
from memplan.memory.component import Place
from memplan.reader.tensor_types import TensorType
from memplan.request import Backend


@dataclass(frozen=True, slots=True)
class Padding:
    """How a buffer pads its tensors.

    Attributes:
        alignment_bytes: each tensor's bytes are rounded up to a multiple of so many.
        row_multiple: the last row of a quantised tensor is filled up to a multiple of so many
            elements; 0: it is not.
    """

    alignment_bytes: int
    row_multiple: int = 0

    def tail_bytes(self, tensor_type: TensorType, row_elements: int) -> int:
        """Bytes behind a tensor, before alignment."""
        if not self.row_multiple or tensor_type.block_elements == 1:
            return 0
        return tensor_type.row_bytes(-row_elements % self.row_multiple)

    def allocated(self, data_bytes: int, tensor_type: TensorType, row_elements: int) -> int:
        """Bytes that a tensor takes in its buffer."""
        tail_bytes = self.tail_bytes(tensor_type, row_elements)
        return int(padded(data_bytes + tail_bytes, self.alignment_bytes))


PADDINGS: Final[Mapping[tuple[Backend, Place], Padding]] = {
    # Vulkan aligns to the device's storage buffers (16 bytes where it was measured), and pinned
    # host memory to what the device maps (64).
    (Backend.VULKAN, Place.DEVICE): Padding(16),
    (Backend.VULKAN, Place.HOST): Padding(64),
    (Backend.CUDA, Place.DEVICE): Padding(128, row_multiple=512),
    (Backend.CUDA, Place.HOST): Padding(32),
    (Backend.METAL, Place.DEVICE): Padding(32),
    (Backend.METAL, Place.HOST): Padding(32),
}


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
        return PADDINGS[devices[memory], Place.DEVICE]
    return PADDINGS[devices[0], Place.HOST] if devices else _CPU_PADDING
