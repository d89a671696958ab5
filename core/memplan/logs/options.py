"""The fields of a log's options that lines give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.engines.log_words import FLASH_ATTN

_NUMBERS: Final = ("n_ctx", "n_seq", "n_ubatch", "n_gpu_layers", "n_layers")
_ALL_LAYERS: Final = 512
"""More layers than a model has: a request for this many is one for all."""


def said_options(says: Mapping[str, str]) -> dict[str, int | str | bool]:
    """The fields of ``LogOptions`` that a line gives."""
    values: dict[str, int | str | bool] = {n: int(says[n]) for n in _NUMBERS if n in says}
    values |= {name: says[name].lower() for name in ("type_k", "type_v") if name in says}
    if says.get("type_kv"):
        values["type_k"] = values["type_v"] = says["type_kv"].lower()
    if says.get("kv_unified") in {"true", "false"}:
        values["kv_unified"] = says["kv_unified"] == "true"
    if "swa_full" in says:
        values["swa_full"] = True
    if flash_attn := FLASH_ATTN.get(says.get("flash_attn", "").lower()):
        values["flash_attn"] = flash_attn
    return values


def is_all_layers(n_gpu_layers: int) -> bool:
    """Whether a number of layers stands for all of them."""
    return n_gpu_layers > _ALL_LAYERS
