"""llama.cpp's backends, a row each: how they pad, which version is modelled, what they lack.

Source: llama.cpp b11434, the buffer types of ``ggml-vulkan.cpp``, ``ggml-cuda.cu``,
``ggml-metal.cpp`` and ``ggml-cpu``. ROCm is ``ggml-cuda.cu`` built by ``ggml-hip/CMakeLists.txt``:
the same alignment (``ggml_backend_cuda_buffer_type_get_alignment``), the same row padding
(``MATRIX_ROW_PADDING``), the same pinned host buffer and the same operations
(``ggml_backend_cuda_device_supports_op``). Which attention kernel a card runs, and thus whether
a quantised cache is copied to 16 bits, depends on the card (``ggml_cuda_get_best_fattn_kernel``),
and so does what is fused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from memplan.engines.llama_cpp.arithmetic import padded
from memplan.engines.llama_cpp.graph.version import ModelledVersion
from memplan.exhaustive import exhaustive
from memplan.memory.backend import Backend
from memplan.memory.component import Place
from memplan.reader.tensor_types import TensorType


@dataclass(frozen=True, slots=True)
class Padding:
    """How a buffer pads its tensors.

    Attributes:
        alignment_bytes: each tensor's bytes are rounded up to a multiple of this.
        row_multiple: the last row of a quantised tensor is filled up to a multiple of this
            number of elements; 0: it is not.
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


@dataclass(frozen=True, slots=True)
class BackendRow:
    """What llama.cpp's memory on a backend depends on.

    Attributes:
        device_name: what a device is called before its number among the backend's.
        version: the version whose figures it was held against, or whose source it follows.
        on_device: how the device's buffers pad.
        on_host: how host buffers pad that the device pins.
        source: the backend from whose source it is built; mostly itself.
        unmeasured_share: half the width of the band of compute buffers, as a share of them, where
            no figures of the engine were at hand; 0: they were.
    """

    device_name: str
    version: ModelledVersion
    on_device: Padding
    on_host: Padding
    source: Backend
    unmeasured_share: float = 0.0

    def padding(self, where: Place) -> Padding:
        """How the buffers of one memory pad."""
        return self.on_device if where is Place.DEVICE else self.on_host


_CUDA_PADDING: Final = Padding(128, row_multiple=512)

BACKEND_ROWS: Final[Mapping[Backend, BackendRow]] = exhaustive(
    Backend,
    {
        # Vulkan aligns to the device's storage buffers (16 bytes where it was measured), and
        # pinned host memory to what the device maps (64).
        Backend.VULKAN: BackendRow(
            "Vulkan", ModelledVersion.B11434, Padding(16), Padding(64), Backend.VULKAN
        ),
        Backend.METAL: BackendRow(
            "MTL", ModelledVersion.B11434, Padding(32), Padding(32), Backend.METAL
        ),
        Backend.CUDA: BackendRow(
            "CUDA", ModelledVersion.V0_5_0, _CUDA_PADDING, Padding(32), Backend.CUDA
        ),
        # What AMD's cards fuse was not measured. Without any fused operation, CUDA's buffers of 24
        # models at 8,192 tokens differ by at most 15 per cent: the band is wider than that.
        Backend.ROCM: BackendRow(
            "ROCm",
            ModelledVersion.B11434,
            _CUDA_PADDING,
            Padding(32),
            Backend.CUDA,
            unmeasured_share=0.2,
        ),
    },
)


def source_of(backend: Backend) -> Backend:
    """The backend from whose source this one is built."""
    return BACKEND_ROWS[backend].source


def version_of(devices: Sequence[Backend]) -> ModelledVersion:
    """The version that is modelled for a run on these devices; without any, the newest."""
    return BACKEND_ROWS[devices[0]].version if devices else ModelledVersion.B11434
