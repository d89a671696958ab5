"""Which function builds the graph of which architecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from memplan.engines.llama_cpp.graph.architectures.llama import llama, llama_embed
from memplan.engines.llama_cpp.graph.building import Building

Builder = Callable[[Building], None]

BUILDERS: Final[Mapping[str, Builder]] = MappingProxyType(
    {
        "llama": llama,
        "llama-embed": llama_embed,
    }
)
"""The builder of each architecture, by its name in the file."""
