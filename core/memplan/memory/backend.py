"""The interfaces through which an engine reaches a device."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Backend(StrEnum):
    """The interface through which an engine reaches the GPU."""

    VULKAN = "vulkan"
    METAL = "metal"
    CUDA = "cuda"
    ROCM = "rocm"


UNIFIED_BACKENDS: Final = frozenset({Backend.METAL})
"""Backends whose devices always share one memory with the host."""

LIMITED_BACKENDS: Final = frozenset({Backend.VULKAN, Backend.METAL})
"""Backends whose drivers name the largest single allocation."""
