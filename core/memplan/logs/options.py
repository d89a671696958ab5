"""The engine's options, from what lines, requests and command lines say of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_NUMBERS: Final = ("n_ctx", "n_seq", "n_ubatch", "n_gpu_layers", "n_layers")
_ALL_LAYERS: Final = 512
"""More layers than a model has: a request for this many is one for all."""

_FLASH_ATTN: Final[Mapping[str, str]] = {
    "0": "off", "disabled": "off", "off": "off", "false": "off",
    "1": "on", "enabled": "on", "on": "on", "true": "on", "-1": "auto", "auto": "auto",
}  # fmt: skip

_REQUESTED: Final = (
    ("n_ctx", re.compile(r"(?:\bKvSize:|\s--ctx-size |\s-c |\bcontextsize=)(\d{1,12})\b")),
    ("n_seq", re.compile(r"(?:\bParallel:|\s--parallel |\s-np )(\d{1,6})\b")),
    ("n_ubatch", re.compile(r"(?:\s-ub |\s--ubatch-size )(\d{1,12})\b")),
    ("n_batch", re.compile(
        r"(?:\bBatchSize:|\s--batch-size |\s-b |\b(?:blas)?batchsize=)(\d{1,12})\b")),
    ("flash_attn", re.compile(
        r"(?:\bFlashAttention:|\s--flash-attn |\s-fa |\bflashattention=)(\w{1,12})")),
    ("type_kv", re.compile(r"(?:\bKvCacheType:|\s--kv-cache-type )(\w{1,12})\b")),
    ("type_k", re.compile(r"\s(?:--cache-type-k|-ctk) (\w{1,12})\b")),
    ("type_v", re.compile(r"\s(?:--cache-type-v|-ctv) (\w{1,12})\b")),
    ("n_gpu_layers", re.compile(
        r"(?:\bGPULayers:|\s--n-gpu-layers |\s--gpu-layers |\s-ngl |(?<!draft)\bgpulayers=)"
        r"(\d{1,6})\b")),
    ("quantkv", re.compile(r"\bquantkv=(\d)\b")),
)  # fmt: skip
_LAYERS_OF_DEVICE: Final = re.compile(r"Layers:(\d{1,6})\(")
_QUANT_KV: Final[Mapping[str, str]] = {"0": "f16", "1": "q8_0", "2": "q4_0"}
"""KoboldCpp's ``--quantkv``."""

_BACKEND_ARGUMENTS: Final = (
    ("vulkan", re.compile(r"\busevulkan=(?:\[|True|'')")),
    ("cuda", re.compile(r"\buse(?:cublas|cuda)=(?:\[|True|'')")),
)


def requested(text: str) -> dict[str, str]:
    """What a program around the engine asks of it: a request, a command line, its arguments."""
    found = {name: m[1] for name, sign in _REQUESTED if (m := sign.search(text))}
    if layers := _LAYERS_OF_DEVICE.findall(text):
        found["n_gpu_layers"] = str(sum(int(count) for count in layers))
    if "--flash-attn" in text and found.get("flash_attn", "").lower() not in _FLASH_ATTN:
        found["flash_attn"] = "on"
    if element_type := found.pop("type_kv", None):
        found["type_k"] = found["type_v"] = element_type
    if quantised := _QUANT_KV.get(found.pop("quantkv", "")):
        found["type_k"] = found["type_v"] = quantised
    batch = found.pop("n_batch", None)
    if batch is not None and "n_ubatch" not in found and int(batch) <= 512:
        found["n_ubatch"] = batch  # the micro-batch is never larger than the batch
    if backend := next((name for name, sign in _BACKEND_ARGUMENTS if sign.search(text)), ""):
        found["backend"] = backend
    return found


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
    if flash_attn := _FLASH_ATTN.get(says.get("flash_attn", "").lower()):
        values["flash_attn"] = flash_attn
    return values


def is_all_layers(n_gpu_layers: int) -> bool:
    """Whether a number of layers stands for all of them."""
    return n_gpu_layers > _ALL_LAYERS
