"""The topics of the help that only llama.cpp has."""

from __future__ import annotations

from enum import StrEnum


class LlamaCppTopic(StrEnum):
    """A topic; the order is that of the help's contents."""

    AUTOMATIC = "llama-automatic"
    FIT_TARGET = "fit-target"
    LARGEST = "llama-largest"
    WEIGHTS_DEVICE = "llama-weights-device"
    WEIGHTS_HOST = "llama-weights-host"
    KV_CACHE = "llama-kv-cache"
    STATE = "llama-recurrent-state"
    COMPUTE_DEVICE = "llama-compute-device"
    COMPUTE_HOST = "llama-compute-host"
    OUTPUT = "llama-output-buffer"
    CACHE_TYPES = "cache-types"
    FLASH_ATTENTION = "flash-attention"
    GPU_LAYERS = "gpu-layers"
    SPLIT = "split"
    EXPERTS_ON_HOST = "experts-on-host"
    SEQUENCES = "sequences"
    SHARED_CACHE = "shared-cache"
    MICRO_BATCH = "micro-batch"
    BATCH = "batch"
    CACHE_PLACE = "cache-place"
    WINDOW_CACHE = "window-cache"
    PROGRAM = "program"
    PROJECTOR = "projector"
    DRAFTING = "drafting"
    ADAPTERS = "adapters"
    CHECKPOINTS = "checkpoints"
    PROMPT_CACHE = "prompt-cache"
