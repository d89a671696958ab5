"""What the user wants to know: engine, backend, budget, context and engine options."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from memplan.component import Place
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.zinc.options import ZincOptions
from memplan.units import GIB
from memplan.unsigned import check_u32, check_u64

DEFAULT_BUDGET_BYTES: Final = 16 * GIB
DEFAULT_COMPLETION_TOKENS: Final = 4096


class EngineName(StrEnum):
    """The engines whose memory is planned."""

    ZINC = "zinc"
    LLAMA_CPP = "llama.cpp"


class Backend(StrEnum):
    """The interface through which an engine reaches the GPU."""

    VULKAN = "vulkan"
    METAL = "metal"
    CUDA = "cuda"

    def counts(self, where: Place) -> bool:
        """Whether memory there counts against the budget.

        Metal has one memory for device and host; the others budget the device alone.
        """
        return where is Place.DEVICE or self is Backend.METAL


@dataclass(frozen=True, slots=True)
class Request:
    """A question to the planner. Equal requests about one model have equal answers.

    Attributes:
        engine: the engine that runs the model.
        backend: the backend it runs on.
        budget_bytes: memory that the engine may use: the device's; on Metal the working set.
        context_tokens: the context asked for; ``None``, or 0, to let the engine choose.
        total_memory_bytes: on Metal all memory of the machine; ``None``: same as the budget.
        used_context_tokens: tokens that a chat already holds.
        completion_tokens: tokens that the next answer may take.
        zinc: options of ZINC.
        llama_cpp: options of llama.cpp.

    Raises:
        ValueError: a number is outside the engine's unsigned range, or an engine or a backend is
            none of those above (their names as plain text are taken, too).
    """

    engine: EngineName = EngineName.ZINC
    backend: Backend = Backend.VULKAN
    budget_bytes: int = DEFAULT_BUDGET_BYTES
    context_tokens: int | None = None
    total_memory_bytes: int | None = None
    used_context_tokens: int = 0
    completion_tokens: int = DEFAULT_COMPLETION_TOKENS
    zinc: ZincOptions = field(default_factory=ZincOptions)
    llama_cpp: LlamaCppOptions = field(default_factory=LlamaCppOptions)

    def __post_init__(self) -> None:
        # "metal" equals Backend.METAL, but is not it: who compares by identity would miss it.
        object.__setattr__(self, "engine", EngineName(self.engine))
        object.__setattr__(self, "backend", Backend(self.backend))
        check_u64("budget_bytes", self.budget_bytes)
        check_u32("used_context_tokens", self.used_context_tokens)
        check_u32("completion_tokens", self.completion_tokens)
        if self.context_tokens is not None:
            # As for the engines' own options, 0 leaves the choice to the engine.
            tokens = check_u32("context_tokens", self.context_tokens) or None
            object.__setattr__(self, "context_tokens", tokens)
        if self.total_memory_bytes is not None:
            check_u64("total_memory_bytes", self.total_memory_bytes)
