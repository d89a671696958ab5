"""What a program around an engine is to the reader of logs: its words, and where its log is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class LogChange(StrEnum):
    """What an advice from a log changes; the names are those of a plan's advice."""

    CONTEXT = "context"
    CACHE_TYPE = "cache_type"
    FLASH_ATTN = "flash_attn"
    PARALLEL = "parallel"
    UBATCH_SIZE = "ubatch_size"
    N_CPU_MOE = "n_cpu_moe"
    N_GPU_LAYERS = "n_gpu_layers"
    WIRED_LIMIT = "wired_limit_mb"
    QUANTISATION = "quantisation"
    PROJECTOR_ON_HOST = "no_mmproj_offload"
    NO_DRAFT = "no_draft"


@dataclass(frozen=True, slots=True)
class App:
    """A program that runs an engine; also the engine itself, started by hand.

    Attributes:
        title: its name.
        words: its own words for each change, with ``{to}`` where the value stands; a change that
            it has no option for is missing.
        log_place: where its log is, as a sentence; in English, to be translated.
        values: its own names for values of a change, where they differ.
        context_of_one: whether its context is that of one request, not of all together.
        widespread: whether its log is asked for where no program is known.
        used_by_others: whether other programs run the engine through it: any of them that a log
            names counts for more.
    """

    title: str
    words: Mapping[LogChange, str] = field(default_factory=dict)
    log_place: str = ""
    values: Mapping[LogChange, Mapping[str, str]] = field(default_factory=dict)
    context_of_one: bool = False
    widespread: bool = False
    used_by_others: bool = False


WIRED_LIMIT_WORDS: Final = {LogChange.WIRED_LIMIT: "sudo sysctl iogpu.wired_limit_mb={to}"}
"""macOS's own command, whatever runs the engine."""
