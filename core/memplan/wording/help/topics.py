"""The topics of the help, by name: what a number, a line or a control can refer to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from memplan.component import ComponentKind, Place
from memplan.exhaustive import exhaustive
from memplan.request import Backend, EngineName


class HelpTopic(StrEnum):
    """A topic. The order is that of the help's contents."""

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
    EXPERTS_ON_HOST = "experts-on-host"
    SEQUENCES = "sequences"
    SHARED_CACHE = "shared-cache"
    MICRO_BATCH = "micro-batch"
    BATCH = "batch"
    CACHE_PLACE = "cache-place"
    WINDOW_CACHE = "window-cache"
    PROGRAM = "program"

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


_ZINC: Final[Mapping[ComponentKind, HelpTopic]] = {
    ComponentKind.WEIGHTS: HelpTopic.ZINC_WEIGHTS,
    ComponentKind.KV_CACHE: HelpTopic.ZINC_KV_CACHE,
    ComponentKind.RECURRENT_STATE: HelpTopic.ZINC_STATE,
    ComponentKind.COMPUTE: HelpTopic.ZINC_COMPUTE,
    ComponentKind.STAGING: HelpTopic.ZINC_STAGING,
    ComponentKind.PAGE_TABLE: HelpTopic.ZINC_PAGE_TABLE,
}
_LLAMA_CPP: Final[Mapping[tuple[ComponentKind, Place], HelpTopic]] = {
    (ComponentKind.WEIGHTS, Place.DEVICE): HelpTopic.LLAMA_WEIGHTS_DEVICE,
    (ComponentKind.WEIGHTS, Place.HOST): HelpTopic.LLAMA_WEIGHTS_HOST,
    (ComponentKind.KV_CACHE, Place.DEVICE): HelpTopic.LLAMA_KV_CACHE,
    (ComponentKind.KV_CACHE, Place.HOST): HelpTopic.LLAMA_KV_CACHE,
    (ComponentKind.RECURRENT_STATE, Place.DEVICE): HelpTopic.LLAMA_STATE,
    (ComponentKind.RECURRENT_STATE, Place.HOST): HelpTopic.LLAMA_STATE,
    (ComponentKind.COMPUTE, Place.DEVICE): HelpTopic.LLAMA_COMPUTE_DEVICE,
    (ComponentKind.COMPUTE, Place.HOST): HelpTopic.LLAMA_COMPUTE_HOST,
    (ComponentKind.OUTPUT, Place.HOST): HelpTopic.LLAMA_OUTPUT,
}
_AUTOMATIC: Final[Mapping[EngineName, HelpTopic]] = exhaustive(
    EngineName,
    {
        EngineName.ZINC: HelpTopic.ZINC_AUTOMATIC,
        EngineName.LLAMA_CPP: HelpTopic.LLAMA_AUTOMATIC,
    },
)
_LARGEST: Final[Mapping[EngineName, HelpTopic]] = exhaustive(
    EngineName,
    {
        EngineName.ZINC: HelpTopic.ZINC_LARGEST,
        EngineName.LLAMA_CPP: HelpTopic.LLAMA_LARGEST,
    },
)
_SHARE: Final[Mapping[EngineName, HelpTopic]] = exhaustive(
    EngineName,
    {
        EngineName.ZINC: HelpTopic.ZINC_SHARE,
        EngineName.LLAMA_CPP: HelpTopic.FIT_TARGET,
    },
)


def component_topic(engine: EngineName, kind: ComponentKind, where: Place) -> HelpTopic:
    """What explains a component of an engine's plan; where it has none such, the other's."""
    of_zinc, of_llama_cpp = _ZINC.get(kind), _LLAMA_CPP.get((kind, where))
    found = of_zinc or of_llama_cpp if engine is EngineName.ZINC else of_llama_cpp or of_zinc
    assert found is not None, "one of the engines has it"  # noqa: S101
    return found


def budget_topic(backend: Backend) -> HelpTopic:
    """What explains the budget on a backend."""
    return HelpTopic.METAL_BUDGET if backend is Backend.METAL else HelpTopic.BUDGET


def automatic_topic(engine: EngineName) -> HelpTopic:
    """What explains the context that an engine picks."""
    return _AUTOMATIC[engine]


def largest_topic(engine: EngineName) -> HelpTopic:
    """What explains the largest context that fits."""
    return _LARGEST[engine]


def share_topic(engine: EngineName) -> HelpTopic:
    """What explains the part of the budget that automatic sizing uses."""
    return _SHARE[engine]
