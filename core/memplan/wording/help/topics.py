"""The topics of the help, by name: what a number, a line or a control can refer to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

Topic = StrEnum
"""A topic, of the help itself or of an engine; its value is its name in links."""


class HelpTopic(StrEnum):
    """A topic of the help itself. The order is that of the help's contents."""

    VERDICT = "verdict"
    TIGHT = "tight"
    BUDGET = "budget"
    METAL_BUDGET = "metal-budget"
    TOTAL_MEMORY = "total-memory"
    WIRED_LIMIT = "wired-limit"
    FREE_NOW = "free-now"
    COUNTS = "counts"
    LEFT = "left"
    SHARE_OF_BUDGET = "share-of-budget"
    LARGEST_PART = "largest-part"
    GROWTH = "growth"
    BAND = "band"
    LOG_LINES = "log-lines"

    CONTEXT = "context"
    REQUESTED = "requested"
    ZINC_AUTOMATIC = "zinc-automatic"
    ZINC_SHARE = "zinc-share"
    ZINC_LARGEST = "zinc-largest"
    LLAMA_AUTOMATIC = "llama-automatic"
    FIT_TARGET = "fit-target"
    LLAMA_LARGEST = "llama-largest"
    FLOOR = "floor"
    CEILING = "ceiling"
    USED = "used"
    COMPLETION = "completion"
    TARGET = "target"
    REMAINING = "remaining"

    ENGINE = "engine"
    BACKEND = "backend"
    DEVICE = "device"
    ZINC_WEIGHTS = "zinc-weights"
    ZINC_KV_CACHE = "zinc-kv-cache"
    ZINC_STATE = "zinc-recurrent-state"
    ZINC_COMPUTE = "zinc-compute-buffers"
    ZINC_STAGING = "zinc-staging-buffers"
    ZINC_PAGE_TABLE = "zinc-page-table"
    ZINC_VERSION = "zinc-version"
    ZINC_ACCOUNTING = "zinc-accounting"
    ZINC_KV_TYPE = "zinc-kv-type"
    ZINC_MTP = "zinc-mtp"
    ZINC_SCRATCH = "zinc-prefill-scratch"
    ZINC_CHECKPOINT = "zinc-checkpoint"

    LLAMA_WEIGHTS_DEVICE = "llama-weights-device"
    LLAMA_WEIGHTS_HOST = "llama-weights-host"
    LLAMA_KV_CACHE = "llama-kv-cache"
    LLAMA_STATE = "llama-recurrent-state"
    LLAMA_COMPUTE_DEVICE = "llama-compute-device"
    LLAMA_COMPUTE_HOST = "llama-compute-host"
    LLAMA_OUTPUT = "llama-output-buffer"
    LARGEST_BUFFER = "largest-buffer"
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

    MODEL_WEIGHTS = "model-weights"
    MODEL_TENSORS = "model-tensors"
    MODEL_TOKENS = "model-tokens"
    MODEL_FACTS = "model-facts"
    CHART = "chart"
    CONTEXT_AXIS = "context-axis"
    BYTES_AXIS = "bytes-axis"
    OTHER_PLANS = "other-plans"
    CROSSINGS = "crossings"
    DIFFERENCE = "difference"
    FREES = "frees"
    SOLVED = "solved"
    DEVICE_REACH = "device-reach"
    LIBRARY = "library"
    LIMITS = "limits"
    ASSUMPTIONS = "assumptions"


class Section(StrEnum):
    """A group of topics."""

    BUDGET = "budget"
    CONTEXTS = "contexts"
    ZINC = "zinc"
    LLAMA_CPP = "llama.cpp"
    WINDOW = "window"


_FIRST_OF_SECTION: Final[Mapping[HelpTopic, Section]] = {
    HelpTopic.VERDICT: Section.BUDGET,
    HelpTopic.CONTEXT: Section.CONTEXTS,
    HelpTopic.ENGINE: Section.ZINC,
    HelpTopic.LLAMA_WEIGHTS_DEVICE: Section.LLAMA_CPP,
    HelpTopic.MODEL_WEIGHTS: Section.WINDOW,
}


def topics_by_section() -> dict[Section, list[HelpTopic]]:
    """All topics in order, group by group."""
    groups: dict[Section, list[HelpTopic]] = {}
    section = Section.BUDGET
    for topic in HelpTopic:
        section = _FIRST_OF_SECTION.get(topic, section)
        groups.setdefault(section, []).append(topic)
    return groups
