"""What each architecture keeps in llama.cpp's caches: one row each (llama.cpp b11434).

Source: ``llama-arch.cpp``, ``create_memory`` and every architecture's ``load_arch_hparams``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Attention(StrEnum):
    """Which trunk layers attend; with a recurrent state, the others recur."""

    ALL = "all"
    NONE = "none"
    INTERVAL = "interval"
    """``attention.recurrent_layers``, else the last of every ``full_attention_interval``."""
    KV_HEADS = "kv_heads"
    """Those with KV heads."""
    KV_HEADS_NO_FFN = "kv_heads_no_ffn"
    """Those with KV heads and no feed-forward width; those with neither recur."""


class State(StrEnum):
    """The formula of the recurrent state of a layer."""

    NONE = "none"
    MAMBA1 = "mamba1"
    MAMBA2 = "mamba2"
    GATED_DELTA = "gated_delta"
    SHORT_CONV = "short_conv"
    RWKV = "rwkv"
    KDA = "kda"
    LIGHTNING = "lightning"


class IndexerLayers(StrEnum):
    """Which caching trunk layers have an indexer cache."""

    ALL = "all"
    TYPES = "types"
    """Those whose ``attention.indexer.types`` is 1; all where the file has no such array."""
    DENSER_RATIO = "denser_ratio"
    """Those that compress four tokens into a row."""
    AFTER_DENSE = "after_dense"
    """Those from ``leading_dense_block_count`` on."""


class FlashAttention(StrEnum):
    """What becomes of flash attention."""

    AS_ASKED = "as_asked"
    FORCED_OFF = "forced_off"
    FAILS = "fails"
    """llama.cpp b11434 aborts with it."""


class Role(StrEnum):
    """What a file of this architecture is to llama.cpp."""

    MODEL = "model"
    DRAFT = "draft"
    """It runs beside a target model."""
    NOT_LOADABLE = "not_loadable"
    """A name without a model behind it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which layers see a sliding window, and how wide it is.

    Attributes:
        period: one layer in so many is full; 0: none is; ``None``: the file's array must say.
        full_first: the first of a period is full, not the last.
        default_tokens: the window where the file states none; 0: then there is none.
        fixed_tokens: the window whatever the file states, unless it states 0; 0: as stated.
        only_trunk_layers: number of trunk layers without which there is no window; 0: any.
    """

    period: int | None
    full_first: bool = False
    default_tokens: int = 0
    fixed_tokens: int = 0
    only_trunk_layers: int = 0


@dataclass(frozen=True, slots=True)
class Indexer:
    """A second cache, of the keys by which tokens are chosen (sparse attention).

    Attributes:
        layers: which layers have it.
        times: rows of ``attention.indexer.key_length`` elements a cell.
        times_compressed: the same where ``attention.compress_ratios`` is set; 0: the same.
        with_value: it stores a V row of one head, too.
        only_with_top_k: there is none unless ``attention.indexer.top_k`` is positive.
        sparse_from_context: trained context from which a file without types has it on layers
            0, 1 and the third of every four; 0: never.
    """

    layers: IndexerLayers
    times: int = 1
    times_compressed: int = 0
    with_value: bool = False
    only_with_top_k: bool = False
    sparse_from_context: int = 0


@dataclass(frozen=True, slots=True)
class Architecture:
    """One row of the table.

    Attributes:
        attention: which trunk layers attend, and so cache K and V.
        window: sliding windows; ``None``: never, whatever the file states.
        state: the formula of the recurrent state.
        parallel: each layer attends and recurs.
        mla: reads the keys of multi-head latent attention; with them, caches K only.
        indexer: the cache of indexer keys.
        compressed: the caches of DeepSeek V4: windows and compressed rows, never unified.
        cached_layers: only so many first layers cache, a constant of the loader; 0: all.
        shared_tail: the last ``attention.shared_kv_layers`` layers read an earlier cache.
        loops: the key that says how often the layers are gone through, each with a cache.
        router_layer: one more layer, of one KV head, follows the last.
        token_conv: there is a convolution of token n-grams on the layers of ``ple.layers``.
        output_head: it projects to the vocabulary, with the token embedding if need be.
        output_from_embedding: it projects with the embedding where that is, without a copy.
        output_norm: the name of the output's norm, where it could be taken for an input's.
        rope_factors_full_only: layers that see a window only use no factors of the rotary
            embedding.
        nextn_loaded: the tensor of next-token layers that is loaded although they are not used.
        flash_attention: what becomes of flash attention.
        role: what such a file is to llama.cpp.
    """

    attention: Attention = Attention.ALL
    window: Window | None = None
    state: State = State.NONE
    parallel: bool = False
    mla: bool = False
    indexer: Indexer | None = None
    compressed: bool = False
    cached_layers: int = 0
    shared_tail: bool = False
    loops: str = ""
    router_layer: bool = False
    token_conv: bool = False
    output_head: bool = True
    output_from_embedding: bool = False
    output_norm: str = "output_norm"
    rope_factors_full_only: bool = False
    nextn_loaded: str = ""
    flash_attention: FlashAttention = FlashAttention.AS_ASKED
    role: Role = Role.MODEL


def _windowed(
    period: int | None,
    *,
    full_first: bool = False,
    default_tokens: int = 0,
    fixed_tokens: int = 0,
    only_trunk_layers: int = 0,
) -> Architecture:
    return Architecture(
        window=Window(period, full_first, default_tokens, fixed_tokens, only_trunk_layers)
    )


FULL: Final = Architecture()
"""Plain full attention: what an architecture that is not in the table is planned as."""

_NO_CACHE: Final = Architecture(attention=Attention.NONE)
_ENCODER: Final = Architecture(attention=Attention.NONE, output_head=False)
_PATTERN: Final = _windowed(None)
_RWKV: Final = Architecture(attention=Attention.NONE, state=State.RWKV)
_DELTA: Final = Architecture(attention=Attention.INTERVAL, state=State.GATED_DELTA)
_ROUTER_BIAS: Final = "exp_probs_b.bias"
_KDA_MLA: Final = Architecture(attention=Attention.KV_HEADS, state=State.KDA, mla=True)

ARCHITECTURES: Final[Mapping[str, Architecture]] = {
    "clip": Architecture(attention=Attention.NONE, role=Role.NOT_LOADABLE),
    "llama": FULL,
    "llama4": _windowed(4, default_tokens=8192, fixed_tokens=8192),
    "deci": FULL,
    "falcon": FULL,
    "grok": Architecture(flash_attention=FlashAttention.FORCED_OFF),
    "gpt2": FULL,
    "gptj": Architecture(role=Role.NOT_LOADABLE),
    "gptneox": FULL,
    "mpt": FULL,
    "baichuan": FULL,
    "starcoder": FULL,
    "refact": FULL,
    "bert": _ENCODER,
    "modern-bert": _ENCODER,
    "nomic-bert": _ENCODER,
    "nomic-bert-moe": _ENCODER,
    "neo-bert": _ENCODER,
    "jina-bert-v2": _ENCODER,
    "jina-bert-v3": _ENCODER,
    "eurobert": _ENCODER,
    "bloom": FULL,
    "stablelm": FULL,
    "qwen": FULL,
    "qwen2": FULL,
    "qwen2moe": FULL,
    "qwen2vl": FULL,
    "qwen3": FULL,
    "qwen3moe": FULL,
    "qwen3next": _DELTA,
    "qwen3vl": FULL,
    "qwen3vlmoe": FULL,
    "qwen35": _DELTA,
    "qwen35moe": _DELTA,
    "clef": _NO_CACHE,
    "qwen4exp": Architecture(
        attention=Attention.INTERVAL,
        state=State.GATED_DELTA,
        indexer=Indexer(IndexerLayers.ALL, times_compressed=2),
        token_conv=True,
    ),
    "phi2": FULL,
    "phi3": FULL,
    "phimoe": FULL,
    "plamo": FULL,
    "plamo2": Architecture(attention=Attention.KV_HEADS, state=State.MAMBA2),
    "plamo3": _windowed(8),
    "codeshell": FULL,
    "orion": FULL,
    "internlm2": FULL,
    "minicpm": FULL,
    "minicpm3": FULL,
    "gemma": FULL,
    "gemma2": _windowed(2, default_tokens=4096),
    "gemma3": _windowed(6),
    "gemma3n": Architecture(window=Window(5), cached_layers=20),
    "gemma4": Architecture(window=Window(None), shared_tail=True, rope_factors_full_only=True),
    "gemma4-assistant": Architecture(
        attention=Attention.NONE, rope_factors_full_only=True, role=Role.DRAFT
    ),
    "gemma-embedding": _NO_CACHE,
    "starcoder2": FULL,
    "mamba": Architecture(attention=Attention.NONE, state=State.MAMBA1),
    "mamba2": Architecture(attention=Attention.NONE, state=State.MAMBA2),
    "maple": _PATTERN,
    "jamba": Architecture(attention=Attention.KV_HEADS, state=State.MAMBA1),
    "falcon-h1": Architecture(state=State.MAMBA2, parallel=True),
    "xverse": FULL,
    "command-r": FULL,
    "cohere2": _windowed(4),
    "cohere2moe": _windowed(4, full_first=True),
    "dbrx": FULL,
    "olmo": FULL,
    "olmo2": _windowed(4),
    "olmoe": FULL,
    "muse-glimmer": _windowed(4),
    "openelm": FULL,
    "arctic": FULL,
    "deepseek": FULL,
    "deepseek2": Architecture(mla=True),
    "deepseek2-ocr": FULL,
    "deepseek32": Architecture(
        mla=True, indexer=Indexer(IndexerLayers.ALL), nextn_loaded=_ROUTER_BIAS
    ),
    "deepseek4": Architecture(compressed=True, indexer=Indexer(IndexerLayers.DENSER_RATIO)),
    "chatglm": FULL,
    "glm4": FULL,
    "glm4moe": FULL,
    "glm-dsa": Architecture(
        mla=True,
        indexer=Indexer(IndexerLayers.TYPES, sparse_from_context=1_048_576),
        nextn_loaded=_ROUTER_BIAS,
    ),
    "bitnet": Architecture(output_from_embedding=True),
    "t5": FULL,
    "t5encoder": FULL,
    "jais": FULL,
    "jais2": FULL,
    "nemotron": FULL,
    "nemotron_h": Architecture(attention=Attention.KV_HEADS_NO_FFN, state=State.MAMBA2),
    "nemotron_h_moe": Architecture(attention=Attention.KV_HEADS_NO_FFN, state=State.MAMBA2),
    "exaone": FULL,
    "exaone4": _windowed(4, default_tokens=4096, only_trunk_layers=64),
    "exaone-moe": _windowed(4, default_tokens=128),
    "rwkv6": _RWKV,
    "rwkv6qwen2": _RWKV,
    "rwkv7": _RWKV,
    "arwkv7": _RWKV,
    "granite": FULL,
    "granitemoe": FULL,
    "granitehybrid": Architecture(attention=Attention.KV_HEADS, state=State.MAMBA2),
    "graniteswitch": Architecture(router_layer=True),
    "granite_swa": _PATTERN,
    "chameleon": FULL,
    "wavtokenizer-dec": _NO_CACHE,
    "plm": Architecture(flash_attention=FlashAttention.FAILS),
    "bailingmoe": FULL,
    "bailingmoe2": FULL,
    "bailingmoe3": _KDA_MLA,
    "dots1": FULL,
    "dots3note": Architecture(window=Window(None), mla=True, indexer=Indexer(IndexerLayers.TYPES)),
    "arcee": FULL,
    "afmoe": _windowed(4),
    "laguna": _windowed(4, full_first=True),
    "ernie4_5": FULL,
    "ernie4_5-moe": FULL,
    "hunyuan-moe": FULL,
    "hunyuan-dense": FULL,
    "hunyuan_vl": FULL,
    "hy_v3": FULL,
    "hy_v4": Architecture(mla=True, indexer=Indexer(IndexerLayers.TYPES, only_with_top_k=True)),
    "smollm3": FULL,
    "gpt-oss": _windowed(2),
    "lfm2": Architecture(
        attention=Attention.KV_HEADS,
        window=Window(0),
        state=State.SHORT_CONV,
        output_norm="token_embd_norm",
    ),
    "lfm2moe": Architecture(
        attention=Attention.KV_HEADS, state=State.SHORT_CONV, output_norm="token_embd_norm"
    ),
    "dream": _NO_CACHE,
    "smallthinker": _windowed(4, full_first=True, fixed_tokens=4096),
    "llada": _NO_CACHE,
    "llada-moe": _NO_CACHE,
    "seed_oss": FULL,
    "grovemoe": FULL,
    "apertus": FULL,
    "minimax-01": Architecture(attention=Attention.INTERVAL, state=State.LIGHTNING),
    "hrm_text": FULL,
    "minimax-m2": FULL,
    "minimax-m3": Architecture(indexer=Indexer(IndexerLayers.AFTER_DENSE, with_value=True)),
    "cogvlm": FULL,
    "rnd1": _NO_CACHE,
    "pangu-embedded": FULL,
    "mistral3": FULL,
    "eagle3": Architecture(role=Role.DRAFT),
    "dflash": Architecture(window=Window(None), role=Role.DRAFT),
    "mistral4": Architecture(mla=True),
    "paddleocr": FULL,
    "mimo2": _PATTERN,
    "step35": _PATTERN,
    "spark2_5": _PATTERN,
    "llama-embed": FULL,
    "maincoder": FULL,
    "kimi-linear": _KDA_MLA,
    "kimi-k3": _KDA_MLA,
    "glm5-next": Architecture(
        attention=Attention.KV_HEADS,
        state=State.KDA,
        mla=True,
        indexer=Indexer(IndexerLayers.TYPES, times=3),
    ),
    "talkie": FULL,
    "mellum": _windowed(4),
    "nanbeige": Architecture(loops="num_loops"),
    "qwen3tts": FULL,
    "pockettts": FULL,
}
"""Every architecture that llama.cpp b11434 names."""
