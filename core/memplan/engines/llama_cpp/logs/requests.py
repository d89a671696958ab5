"""What llama.cpp is asked for: a request to a runner, a command line, the arguments of a program.

The flags are those that the options declare; the other words are those of programs around it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.log_words import FLASH_ATTN
from memplan.engines.option_spec import specs_of

_OWN_BATCH_TOKENS: Final = 512
"""The micro-batch where none is set; it is never larger than the batch."""

_FLAGS: Final[Mapping[str, tuple[str, ...]]] = {
    **{spec.logged: spec.flags for spec in specs_of(LlamaCppOptions).values() if spec.logged},
    "n_ctx": ("--ctx-size", "-c"),
    "n_batch": specs_of(LlamaCppOptions)["batch_size"].flags,
    "type_kv": ("--kv-cache-type",),
    "n_gpu_layers": (*specs_of(LlamaCppOptions)["n_gpu_layers"].flags, "--gpu-layers"),
}
"""By the field of a log's options. Ollama's runner has one flag for the types of K and V."""

_WORDS: Final[Mapping[str, str]] = {
    "n_ctx": r"\bKvSize:|\bcontextsize=",
    "n_seq": r"\bParallel:",
    "n_batch": r"\bBatchSize:|\b(?:blas)?batchsize=",
    "flash_attn": r"\bFlashAttention:|\bflashattention=",
    "type_kv": r"\bKvCacheType:",
    "n_gpu_layers": r"\bGPULayers:|(?<!draft)\bgpulayers=",
}
"""Words of Ollama's runner and of KoboldCpp's arguments, as patterns."""

_NUMBER: Final = r"(\d{1,12})\b"
_WORD: Final = r"(\w{1,12})\b"
_VALUES: Final[Mapping[str, str]] = {
    "n_ctx": _NUMBER,
    "n_seq": _NUMBER,
    "n_ubatch": _NUMBER,
    "n_batch": _NUMBER,
    "n_gpu_layers": _NUMBER,
    "flash_attn": _WORD,
    "type_kv": _WORD,
    "type_k": _WORD,
    "type_v": _WORD,
}


def _sign(name: str) -> re.Pattern[str]:
    flags = "|".join(map(re.escape, _FLAGS[name]))
    words = f"|{_WORDS[name]}" if name in _WORDS else ""
    return re.compile(rf"(?:\s(?:{flags}) {words}){_VALUES[name]}")


SIGNS: Final = {name: _sign(name) for name in _VALUES}
"""Where each value is, as the first group."""

_LAYERS_OF_DEVICE: Final = re.compile(r"Layers:(\d{1,6})\(")
_QUANT_KV: Final = re.compile(r"\bquantkv=([0-2])\b")
_QUANT_KV_TYPES: Final = {"0": "f16", "1": "q8_0", "2": "q4_0"}
"""KoboldCpp's ``--quantkv``."""

_BACKENDS: Final[Mapping[str, re.Pattern[str]]] = {
    "vulkan": re.compile(r"\busevulkan=(?:\[|True|'')"),
    "cuda": re.compile(r"\buse(?:cublas|cuda)=(?:\[|True|'')"),
}
"""KoboldCpp's arguments."""


def requested(text: str) -> dict[str, str]:
    """The options in a request or a command line, by the names of a log's options."""
    found = {name: match[1] for name, sign in SIGNS.items() if (match := sign.search(text))}
    if layers := _LAYERS_OF_DEVICE.findall(text):
        found["n_gpu_layers"] = str(sum(int(count) for count in layers))
    if "--flash-attn" in text and found.get("flash_attn", "").lower() not in FLASH_ATTN:
        found["flash_attn"] = "on"  # the flag once had no value
    if element_type := found.pop("type_kv", None):
        found["type_k"] = found["type_v"] = element_type
    if quantised := _QUANT_KV.search(text):
        found["type_k"] = found["type_v"] = _QUANT_KV_TYPES[quantised[1]]
    batch = found.pop("n_batch", None)
    if batch is not None and "n_ubatch" not in found and int(batch) <= _OWN_BATCH_TOKENS:
        found["n_ubatch"] = batch
    for name, sign in _BACKENDS.items():
        if sign.search(text):
            found.setdefault("backend", name)
    return found
