"""Which function builds the graph of which architecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from memplan.engines.llama_cpp.graph.architectures.deepseek import deepseek2, deepseek2_ocr
from memplan.engines.llama_cpp.graph.architectures.gemma import gemma3
from memplan.engines.llama_cpp.graph.architectures.llama import llama, llama_embed
from memplan.engines.llama_cpp.graph.architectures.mamba import mamba, nemotron_h
from memplan.engines.llama_cpp.graph.building import Building

Builder = Callable[[Building], None]

BUILDERS: Final[Mapping[str, Builder]] = MappingProxyType(
    {
        "deepseek2": deepseek2,
        "deepseek2-ocr": deepseek2_ocr,
        "gemma3": gemma3,
        "llama": llama,
        "llama-embed": llama_embed,
        "mamba": mamba,
        "mamba2": mamba,
        "mistral4": deepseek2,
        "nemotron_h": nemotron_h,
        "nemotron_h_moe": nemotron_h,
    }
)
"""The builder of each architecture, by its name in the file."""
