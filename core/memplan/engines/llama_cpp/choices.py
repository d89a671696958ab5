"""The names that options of llama.cpp take."""

from __future__ import annotations

from enum import StrEnum


class Program(StrEnum):
    """The program whose defaults apply."""

    LLAMA_SERVER = "llama-server"
    LLAMA_CLI = "llama-cli"


class CacheType(StrEnum):
    """The types that a KV cache may have."""

    F32 = "f32"
    F16 = "f16"
    BF16 = "bf16"
    Q8_0 = "q8_0"
    Q5_1 = "q5_1"
    Q5_0 = "q5_0"
    Q4_1 = "q4_1"
    Q4_0 = "q4_0"
    IQ4_NL = "iq4_nl"


class GpuLayers(StrEnum):
    """What ``--n-gpu-layers`` takes beside a number and ``auto``."""

    ALL = "all"


class SplitMode(StrEnum):
    """How a model is split over several devices.

    By row and by tensor are left out: CUDA, HIP and Vulkan refuse the first, and of the second
    llama.cpp itself tells only the sum over all devices.
    """

    LAYER = "layer"
    NONE = "none"


class SpecType(StrEnum):
    """How tokens are drafted, where no draft model says it."""

    NONE = "none"
    DRAFT_MTP = "draft-mtp"
