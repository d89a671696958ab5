"""Articles about the contexts that llama.cpp arrives at."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from memplan.engines.llama_cpp.help.topics import LlamaCppTopic
from memplan.language import marked
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic

_FIT = "llama.cpp b11434: common/fit.cpp"
_SIZING = "Memplan: core/memplan/engines/llama_cpp/sizing.py"

ARTICLES: Final[Mapping[StrEnum, Article]] = {
    LlamaCppTopic.AUTOMATIC: Article(
        marked("Automatic context of llama.cpp"),
        marked(
            "What --fit picks when no context is given: all that the model was trained for, if "
            "that leaves the margin free; else a point on a straight line between the bytes at "
            "the floor and those at the ceiling, but not less than the floor."
        ),
        marked(
            "floor + ⌊(ceiling − floor) × (budget − margin − bytes at the floor) ÷ (bytes at the "
            "ceiling − bytes at the floor)⌋ tokens, rounded down to a multiple of 256. Bytes are "
            "those on the device."
        ),
        (_FIT, f"{_SIZING}, fitted_context"),
        (LlamaCppTopic.FIT_TARGET, HelpTopic.FLOOR, HelpTopic.CEILING),
    ),
    LlamaCppTopic.FIT_TARGET: Article(
        marked("Left free (--fit-target)"),
        marked(
            "Memory that --fit leaves free on the device when it picks a context, 1,024 MiB by "
            "default. One number is for all devices; several are for one each. A context that is "
            "asked for need not leave it."
        ),
        marked("Automatic sizing uses: budget − --fit-target × 1,048,576 bytes, at least 0."),
        (_FIT, f"{_SIZING}, size_context"),
        (LlamaCppTopic.AUTOMATIC, LlamaCppTopic.LARGEST),
    ),
    LlamaCppTopic.LARGEST: Article(
        marked("Largest context that fits, llama.cpp"),
        marked(
            "The longest context with which everything stays on the device and the margin of "
            "--fit-target stays free. With more, --fit moves layers or experts to host memory, or, "
            "where it may not, the floor is held without the margin. It is searched for, because "
            "compute buffers follow no straight line. Where the device's largest buffer is known, "
            "no tensor may exceed it."
        ),
        marked(
            "The largest context with: bytes that count ≤ budget − margin, and largest tensor ≤ "
            "largest buffer."
        ),
        (_FIT, f"{_SIZING}, longest_context"),
        (LlamaCppTopic.FIT_TARGET, HelpTopic.LARGEST_BUFFER, LlamaCppTopic.AUTOMATIC),
    ),
}
