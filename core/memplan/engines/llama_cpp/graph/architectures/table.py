"""Which function builds which architecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from memplan.engines.llama_cpp.graph.architectures import (
    block_sparse,
    compressed,
    delta_net,
    encoders,
    gated,
    gemma,
    kimi_delta,
    latent,
    lightning,
    looped,
    next_token,
    parallel,
    peculiar,
    plain,
    pooled_indexer,
    rwkv,
    short_convolution,
    sparse,
    state_space,
    unfused_hyper,
)
from memplan.engines.llama_cpp.graph.architectures.decoder import Style, decoder
from memplan.engines.llama_cpp.graph.architectures.plain import granite
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
    "plm": latent.plm,
    "minicpm3": latent.minicpm3,
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
    "lfm2": short_convolution.lfm2,
    "lfm2moe": short_convolution.lfm2,
    "rwkv6": rwkv.rwkv6,
    "rwkv6qwen2": rwkv.rwkv6qwen2,
    "rwkv7": rwkv.rwkv7,
    "arwkv7": rwkv.arwkv7,
    "llama4": peculiar.llama4,
    "smallthinker": peculiar.smallthinker,
    "talkie": peculiar.talkie,
    "deci": peculiar.deci,
    "cogvlm": peculiar.cogvlm,
    "granite_swa": peculiar.granite_swa,
    "mpt": peculiar.mpt,
    "chameleon": peculiar.chameleon,
    "nanbeige": looped.nanbeige,
    "hrm_text": looped.hrm_text,
    "bert": encoders.bert,
    "nomic-bert": encoders.bert,
    "nomic-bert-moe": encoders.bert,
    "jina-bert-v2": encoders.bert,
    "jina-bert-v3": encoders.bert,
    "eurobert": encoders.eurobert,
    "neo-bert": encoders.neo_bert,
    "modern-bert": encoders.modern_bert,
    "t5": encoders.t5,
    "t5encoder": encoders.t5_encoder,
    "kimi-linear": kimi_delta.kimi_linear,
    "kimi-k3": kimi_delta.kimi_k3,
    "bailingmoe3": kimi_delta.bailingmoe3,
    "minimax-01": lightning.minimax_01,
    "deepseek32": sparse.sparse,
    "deepseek4": compressed.deepseek4,
    "minimax-m3": block_sparse.minimax_m3,
    "dots3note": sparse.dots3note,
    "hy_v4": unfused_hyper.hy_v4,
    "glm5-next": pooled_indexer.glm5_next,
    "glm-dsa": sparse.sparse,
    "gemma3n": gemma.gemma3n,
    "gemma4": gemma.gemma4,
}

"""What builds each architecture that is more than a style."""

STYLES: Final[Mapping[str, Style]] = {**plain.STYLES, **gated.STYLES, **peculiar.STYLES}
"""Which style each other architecture is."""


ESTIMATED: Final = frozenset(
    {
        "clef", "graniteswitch",
        "qwen4exp", "wavtokenizer-dec",
    }
)  # fmt: skip
"""Architectures whose graph is not built here: their buffers are estimated."""


def build(g: ModelGraph) -> None:
    """Build the graph of the model's architecture, or that of its next-token layers.

    Raises:
        KeyError: no graph of it is known.
    """
    if g.batch.next_token:
        next_token.BUILDERS[g.shape.name](g)
        return
    builder = BUILDERS.get(g.shape.name)
    if builder is not None:
        builder(g)
    else:
        decoder(g, STYLES[g.shape.name])
