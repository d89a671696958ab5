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
    READS = "token-reads"
    BAND = "band"
    LOG_LINES = "log-lines"

    CONTEXT = "context"
    REQUESTED = "requested"
    FLOOR = "floor"
    CEILING = "ceiling"
    USED = "used"
    COMPLETION = "completion"
    TARGET = "target"
    REMAINING = "remaining"

    ENGINE = "engine"
    BACKEND = "backend"
    DEVICE = "device"
    LARGEST_BUFFER = "largest-buffer"

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
    ENGINES = "engines"
    WINDOW = "window"


_FIRST_OF_SECTION: Final[Mapping[HelpTopic, Section]] = {
    HelpTopic.VERDICT: Section.BUDGET,
    HelpTopic.CONTEXT: Section.CONTEXTS,
    HelpTopic.ENGINE: Section.ENGINES,
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
