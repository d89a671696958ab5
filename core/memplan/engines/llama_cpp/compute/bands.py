"""How far each estimate was off: half the width of its band, as measured.

The table is made by ``benchmarks/accuracy.py --bands`` from every row that llama.cpp itself
reported: the largest error of a family and mode, rounded up. 0 means that all rows are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from memplan.component import Place
from memplan.engines.llama_cpp.compute.families import family_of
from memplan.engines.llama_cpp.compute.host_layers import incomplete_layer
from memplan.engines.llama_cpp.compute.inputs import quantises_key, quantises_value
from memplan.engines.llama_cpp.compute.split import host_weights
from memplan.engines.llama_cpp.compute.widths import Widths
from memplan.engines.llama_cpp.options import CacheType
from memplan.engines.llama_cpp.settings import Settings
from memplan.request import Backend

PER_MILLE: Final = 1000
UNMEASURED_FAMILY: Final = 250
"""Per mille for a family or mode of which no figure was measured."""
UNMEASURED_MODEL: Final = 100
"""Per mille at least for an architecture that was not measured, in a family that was, for a cache
of its own for each sequence, and for layers on the host, of which one number was measured."""
UNMEASURED_SCORES: Final = 500
"""The same without flash attention, where chunks and holes matter most."""
ONE_SIZE: Final = 25
"""Per mille at least for an architecture of which one size was measured: at another one tensor
more may not fit in a hole."""
METAL: Final = 500
"""Per mille on Metal, where nothing was measured."""


class Mode(StrEnum):
    """What the errors depend on beside the family."""

    SPLIT = "some layers on the host"
    SCORES = "flash attention off"
    SCORES_QUANTISED = "flash attention off, quantised cache"
    WIDE = "32-bit cache"
    FEW = "a row of logits for each sequence"
    FEW_QUANTISED = "a row for each sequence, quantised cache"
    ALL = "a row of logits for each token"
    ALL_QUANTISED = "a row for each token, quantised cache"


@dataclass(frozen=True, slots=True)
class Band:
    """How far an estimate may be off.

    Attributes:
        per_mille: half the width, in thousandths of the estimate.
    """

    per_mille: int

    @property
    def exact(self) -> bool:
        """Whether the estimate is not off at all."""
        return self.per_mille == 0

    def half_width(self, estimate_bytes: Any) -> Any:
        """Bytes by which an estimate may be off either way."""
        return estimate_bytes * self.per_mille // PER_MILLE


def mode_of(widths: Widths, settings: Settings) -> Mode:
    """The mode that the settings amount to."""
    every_layer = settings.gpu_layers > widths.shape.block_count
    weights = host_weights(widths.shape, settings)
    if not every_layer or not weights.none or not settings.kv_offload:
        return Mode.SPLIT
    quantised = quantises_key(settings) or quantises_value(settings)
    if not settings.flash_attn:
        return Mode.SCORES_QUANTISED if quantised else Mode.SCORES
    if CacheType.F32 in (settings.cache_type_k, settings.cache_type_v):
        return Mode.WIDE
    if settings.every_row:
        return Mode.ALL_QUANTISED if quantised else Mode.ALL
    return Mode.FEW_QUANTISED if quantised else Mode.FEW


def band_of(where: Place, widths: Widths, settings: Settings, backend: Backend) -> Band:
    """The band of an estimate."""
    if backend is Backend.METAL:
        return Band(METAL)
    by_mode = MEASURED[backend, where].get(family_of(widths).name, {})
    mode = mode_of(widths, settings)
    measured = by_mode.get(mode)
    if measured is None or (mode is Mode.SPLIT and incomplete_layer(widths.shape)):
        return Band(max(UNMEASURED_FAMILY, *by_mode.values(), 0))
    sizes = SIZES.get(widths.shape.name, 0)
    separate_caches = settings.sequences > 1 and not settings.unified
    if not sizes or separate_caches or mode is Mode.SPLIT:
        least = UNMEASURED_MODEL if settings.flash_attn else UNMEASURED_SCORES
        return Band(max(least, measured))
    # The host's buffer has no stages that could meet otherwise at another size.
    one_size = sizes == 1 and where is Place.DEVICE
    return Band(max(ONE_SIZE if one_size else 0, measured))


SIZES: Final[Mapping[str, int]] = {
    "arwkv7": 1,
    "cohere2": 1,
    "deepseek2": 2,
    "deepseek2-ocr": 1,
    "deepseek4": 1,
    "dots1": 1,
    "ernie4_5-moe": 1,
    "exaone4": 1,
    "falcon-h1": 1,
    "gemma-embedding": 1,
    "gemma2": 2,
    "gemma3": 2,
    "gemma3n": 1,
    "gemma4": 2,
    "glm-dsa": 1,
    "glm4": 1,
    "glm4moe": 1,
    "gpt-oss": 1,
    "granite": 1,
    "granitehybrid": 1,
    "hunyuan-moe": 1,
    "jamba": 1,
    "kimi-linear": 1,
    "lfm2": 2,
    "llama": 3,
    "llama4": 1,
    "mamba": 1,
    "mamba2": 2,
    "mimo2": 1,
    "minimax-01": 1,
    "minimax-m2": 1,
    "mistral3": 1,
    "mistral4": 1,
    "nemotron_h": 1,
    "olmo2": 1,
    "phi3": 1,
    "plm": 1,
    "qwen2": 1,
    "qwen3": 2,
    "qwen35": 2,
    "qwen35moe": 1,
    "qwen3moe": 1,
    "qwen3vl": 1,
    "rwkv6": 1,
    "rwkv7": 1,
    "smallthinker": 1,
    "smollm3": 1,
    "t5": 1,
}
"""Sizes of each architecture of which figures were measured."""

MEASURED: Final[Mapping[tuple[Backend, Place], Mapping[str, Mapping[Mode, int]]]] = {
    (Backend.VULKAN, Place.DEVICE): {
        "embeddings": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Gemma 3n": {Mode.SCORES: 62, Mode.FEW: 0, Mode.ALL: 62, Mode.ALL_QUANTISED: 62},
        "per-layer embeddings": {
            Mode.SCORES: 10,
            Mode.FEW: 0,
            Mode.ALL: 10,
            Mode.ALL_QUANTISED: 10,
        },
        "deepstack": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 410, Mode.ALL_QUANTISED: 410},
        "compressed attention": {
            Mode.SCORES: 103,
            Mode.FEW: 1,
            Mode.ALL: 70,
            Mode.ALL_QUANTISED: 131,
        },
        "sparse latent attention": {
            Mode.SCORES: 9,
            Mode.FEW: 0,
            Mode.ALL: 110,
            Mode.ALL_QUANTISED: 110,
        },
        "lightning attention": {Mode.SCORES: 4, Mode.FEW: 36, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Mamba 1": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Mamba 1 with attention": {Mode.SCORES: 1, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 1},
        "Mamba 2": {
            Mode.SPLIT: 83,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 0,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 17,
            Mode.ALL_QUANTISED: 0,
        },
        "RWKV 6": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "RWKV 7": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Mamba 2 with attention": {
            Mode.SCORES: 44,
            Mode.FEW: 0,
            Mode.ALL: 34,
            Mode.ALL_QUANTISED: 35,
        },
        "gated delta net": {
            Mode.SPLIT: 8,
            Mode.SCORES: 28,
            Mode.SCORES_QUANTISED: 844,
            Mode.WIDE: 8,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 8,
            Mode.ALL_QUANTISED: 8,
        },
        "short convolution": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 237, Mode.ALL_QUANTISED: 237},
        "Kimi delta attention": {Mode.SCORES: 18, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "biased scores": {Mode.SCORES: 1, Mode.FEW: 1, Mode.ALL: 10, Mode.ALL_QUANTISED: 10},
        "latent attention": {
            Mode.SPLIT: 2,
            Mode.SCORES: 20,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 19,
            Mode.ALL_QUANTISED: 19,
        },
        "experts with windows": {
            Mode.SPLIT: 1,
            Mode.SCORES: 14,
            Mode.SCORES_QUANTISED: 23,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 23,
            Mode.ALL_QUANTISED: 23,
        },
        "experts": {
            Mode.SPLIT: 1,
            Mode.SCORES: 8,
            Mode.SCORES_QUANTISED: 25,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 25,
            Mode.ALL_QUANTISED: 13,
        },
        "dense with windows": {
            Mode.SPLIT: 1,
            Mode.SCORES: 49,
            Mode.SCORES_QUANTISED: 831,
            Mode.WIDE: 14,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 9,
        },
        "dense": {
            Mode.SPLIT: 160,
            Mode.SCORES: 139,
            Mode.SCORES_QUANTISED: 139,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 19,
            Mode.ALL_QUANTISED: 19,
        },
    },
    (Backend.VULKAN, Place.HOST): {
        "embeddings": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Gemma 3n": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "per-layer embeddings": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "deepstack": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "compressed attention": {Mode.SCORES: 200, Mode.FEW: 1, Mode.ALL: 1, Mode.ALL_QUANTISED: 1},
        "sparse latent attention": {
            Mode.SCORES: 143,
            Mode.FEW: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "lightning attention": {Mode.SCORES: 0, Mode.FEW: 1771, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Mamba 1": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Mamba 1 with attention": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Mamba 2": {
            Mode.SPLIT: 31,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 0,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "RWKV 6": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "RWKV 7": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Mamba 2 with attention": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "gated delta net": {
            Mode.SPLIT: 0,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 40,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "short convolution": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "Kimi delta attention": {Mode.SCORES: 0, Mode.FEW: 0, Mode.ALL: 0, Mode.ALL_QUANTISED: 0},
        "biased scores": {Mode.SCORES: 40, Mode.FEW: 45, Mode.ALL: 125, Mode.ALL_QUANTISED: 61},
        "latent attention": {
            Mode.SPLIT: 0,
            Mode.SCORES: 28,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "experts with windows": {
            Mode.SPLIT: 0,
            Mode.SCORES: 11,
            Mode.SCORES_QUANTISED: 46,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "experts": {
            Mode.SPLIT: 0,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 22,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "dense with windows": {
            Mode.SPLIT: 0,
            Mode.SCORES: 3,
            Mode.SCORES_QUANTISED: 48,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "dense": {
            Mode.SPLIT: 0,
            Mode.SCORES: 8,
            Mode.SCORES_QUANTISED: 23,
            Mode.WIDE: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
    },
    (Backend.CUDA, Place.DEVICE): {
        "Mamba 2": {
            Mode.SPLIT: 48,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "gated delta net": {
            Mode.SPLIT: 125,
            Mode.SCORES: 39,
            Mode.SCORES_QUANTISED: 68,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 39,
            Mode.ALL: 57,
            Mode.ALL_QUANTISED: 25,
        },
        "latent attention": {
            Mode.SPLIT: 6,
            Mode.SCORES: 76,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 54,
            Mode.ALL: 10,
            Mode.ALL_QUANTISED: 10,
        },
        "experts with windows": {
            Mode.SPLIT: 2,
            Mode.SCORES: 13,
            Mode.SCORES_QUANTISED: 13,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 12,
            Mode.ALL_QUANTISED: 12,
        },
        "experts": {
            Mode.SPLIT: 11,
            Mode.SCORES: 27,
            Mode.SCORES_QUANTISED: 35,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 120,
            Mode.ALL_QUANTISED: 0,
        },
        "dense with windows": {
            Mode.SPLIT: 3,
            Mode.SCORES: 16,
            Mode.SCORES_QUANTISED: 16,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "dense": {
            Mode.SPLIT: 0,
            Mode.SCORES: 40,
            Mode.SCORES_QUANTISED: 21,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 234,
            Mode.ALL_QUANTISED: 209,
        },
    },
    (Backend.CUDA, Place.HOST): {
        "Mamba 2": {
            Mode.SPLIT: 40,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "gated delta net": {
            Mode.SPLIT: 0,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "latent attention": {
            Mode.SPLIT: 0,
            Mode.SCORES: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "experts with windows": {
            Mode.SPLIT: 0,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "experts": {
            Mode.SPLIT: 0,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "dense with windows": {
            Mode.SPLIT: 0,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
        "dense": {
            Mode.SPLIT: 0,
            Mode.SCORES: 0,
            Mode.SCORES_QUANTISED: 0,
            Mode.FEW: 0,
            Mode.FEW_QUANTISED: 0,
            Mode.ALL: 0,
            Mode.ALL_QUANTISED: 0,
        },
    },
}
"""Per mille of each family and mode that was measured."""
