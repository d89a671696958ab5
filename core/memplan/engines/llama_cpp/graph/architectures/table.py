"""Which function builds which architecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from memplan.engines.llama_cpp.graph.architectures import (
    delta_net,
    gemma,
    latent,
    parallel,
    state_space,
)
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
    "deepseek2": latent.deepseek2,
    "deepseek2-ocr": latent.deepseek2_ocr,
    "mistral4": latent.deepseek2,
    "mamba": state_space.mamba,
    "mamba2": state_space.mamba,
    "jamba": state_space.jamba,
    "falcon-h1": state_space.falcon_h1,
    "granitehybrid": state_space.granite_hybrid,
    "nemotron_h": state_space.nemotron_h,
    "nemotron_h_moe": state_space.nemotron_h,
    "plamo2": state_space.plamo2,
    "qwen35": delta_net.qwen35,
    "qwen35moe": delta_net.qwen35,
    "qwen3next": delta_net.qwen3next,
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
