"""Which function builds which architecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from memplan.engines.llama_cpp.graph.architectures import gemma, parallel
from memplan.engines.llama_cpp.graph.architectures.decoder import decoder
from memplan.engines.llama_cpp.graph.architectures.plain import STYLES, granite
from memplan.engines.llama_cpp.graph.model_graph import ModelGraph

BUILDERS: Final[Mapping[str, Callable[[ModelGraph], None]]] = {
    "falcon": parallel.falcon,
    "gptneox": parallel.gptneox,
    "phi2": parallel.phi2,
    "command-r": parallel.command_r,
    "cohere2": parallel.cohere2,
    "cohere2moe": parallel.cohere2moe,
    "plamo": parallel.plamo,
    "stablelm": parallel.stablelm,
    "arctic": parallel.arctic,
    "granite": lambda g: decoder(g, granite(g)),
    "granitemoe": lambda g: decoder(g, granite(g)),
    "gemma3n": gemma.gemma3n,
    "gemma4": gemma.gemma4,
}


def build(g: ModelGraph) -> None:
    """Build the graph of the model's architecture."""
    builder = BUILDERS.get(g.shape.name)
    if builder is not None:
        builder(g)
    else:
        decoder(g, STYLES[g.shape.name])
