"""Names in logs: of buffers, devices and backends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LONGEST_NAME: Final = 80

_BACKEND_OF_BUFFER: Final = (
    ("vulkan", "vulkan"), ("cuda", "cuda"), ("cublas", "cuda"), ("rocm", "rocm"), ("hip", "rocm"),
    ("metal", "metal"), ("mtl", "metal"), ("sycl", "sycl"), ("musa", "musa"), ("cann", "cann"),
    ("opencl", "opencl"), ("rpc", "rpc"), ("webgpu", "webgpu"),
)  # fmt: skip
LIBRARY_TITLES: Final[Mapping[str, str]] = {
    "cuda": "CUDA", "rocm": "ROCm", "vulkan": "Vulkan", "metal": "Metal",
}  # fmt: skip


def is_host(buffer: str) -> bool:
    """Whether a buffer of that name lives in the host's memory."""
    return buffer.startswith(("CPU", "Host", "host")) or "_Host" in buffer


def backend_name(name: str) -> str:
    """The backend of a buffer or device of that name; empty if it tells none."""
    lowered = name.lower()
    return next((b for start, b in _BACKEND_OF_BUFFER if lowered.startswith(start)), "")


def buffer_name(head: str) -> str:
    """The buffer's name at the end of what stands before its size."""
    name = head.rpartition(":")[2].strip() or head.strip()
    return name[-LONGEST_NAME:]
