"""Programs around llama.cpp: their names, their words for its options, where their logs are.

The words are those of each program's own documentation, settings or ``--help``: Ollama's FAQ and
Modelfile reference, LM Studio's and Jan's settings, the arguments that KoboldCpp prints, LocalAI's
model configuration, the constructor of llama-cpp-python's ``Llama``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from memplan.language import marked


class LogChange(StrEnum):
    """What an advice from a log changes; the names are those of a plan's advice."""

    CONTEXT = "context"
    CACHE_TYPE = "cache_type"
    FLASH_ATTN = "flash_attn"
    PARALLEL = "parallel"
    UBATCH_SIZE = "ubatch_size"
    N_CPU_MOE = "n_cpu_moe"
    N_GPU_LAYERS = "n_gpu_layers"
    WIRED_LIMIT = "wired_limit_mb"
    QUANTISATION = "quantisation"
    PROJECTOR_ON_HOST = "no_mmproj_offload"
    NO_DRAFT = "no_draft"


@dataclass(frozen=True, slots=True)
class App:
    """A program that runs llama.cpp.

    Attributes:
        title: its name.
        words: its own words for each change, with ``{to}`` where the value stands; a change that
            it has no option for is missing.
        log_place: where its log is, as a sentence; in English, to be translated.
        context_of_one: whether its context is that of one request, not of all together.
    """

    title: str
    words: Mapping[LogChange, str] = field(default_factory=dict)
    log_place: str = ""
    context_of_one: bool = False


_LLAMA_CPP_WORDS: Final = {
    LogChange.CONTEXT: "--ctx-size {to}",
    LogChange.CACHE_TYPE: "--cache-type-k {to} --cache-type-v {to} --flash-attn on",
    LogChange.FLASH_ATTN: "--flash-attn on",
    LogChange.PARALLEL: "--parallel {to}",
    LogChange.UBATCH_SIZE: "--ubatch-size {to}",
    LogChange.N_CPU_MOE: "--n-cpu-moe {to}",
    LogChange.N_GPU_LAYERS: "--n-gpu-layers {to}",
    LogChange.PROJECTOR_ON_HOST: "--no-mmproj-offload",
}
_WIRED: Final = {LogChange.WIRED_LIMIT: "sudo sysctl iogpu.wired_limit_mb={to}"}

LLAMA_CPP: Final = App(
    "llama.cpp",
    _LLAMA_CPP_WORDS | _WIRED,
    marked("llama-server and llama-cli print their log in the terminal: paste it from the start."),
)
APPS: Final[Mapping[str, App]] = {
    "": LLAMA_CPP,
    "ollama": App(
        "Ollama",
        {
            LogChange.CONTEXT: "num_ctx {to}",
            LogChange.CACHE_TYPE: "OLLAMA_KV_CACHE_TYPE={to} OLLAMA_FLASH_ATTENTION=1",
            LogChange.FLASH_ATTN: "OLLAMA_FLASH_ATTENTION=1",
            LogChange.PARALLEL: "OLLAMA_NUM_PARALLEL={to}",
            LogChange.UBATCH_SIZE: "num_batch {to}",
            LogChange.N_GPU_LAYERS: "num_gpu {to}",
            **_WIRED,
        },
        marked(
            "Ollama's log: “journalctl -u ollama” on Linux, ~/.ollama/logs/server.log on macOS, "
            "%LOCALAPPDATA%\\Ollama\\server.log on Windows, “docker logs” in a container."
        ),
        context_of_one=True,
    ),
    "lm-studio": App(
        "LM Studio",
        {
            LogChange.CONTEXT: "Context Length: {to}",
            LogChange.CACHE_TYPE: "Flash Attention: on; K Cache Quantization Type: {to}; "
            "V Cache Quantization Type: {to}",
            LogChange.FLASH_ATTN: "Flash Attention: on",
            LogChange.PARALLEL: "Max Concurrent Predictions: {to}",
            LogChange.UBATCH_SIZE: "Evaluation Batch Size: {to}",
            LogChange.N_GPU_LAYERS: "GPU Offload: {to}",
            **_WIRED,
        },
        marked(
            "LM Studio's log: the developer log in its window, or main.log in its folder of logs."
        ),
    ),
    "koboldcpp": App(
        "KoboldCpp",
        {
            LogChange.CONTEXT: "--contextsize {to}",
            LogChange.CACHE_TYPE: "--quantkv {to} --flashattention",
            LogChange.FLASH_ATTN: "--flashattention",
            LogChange.UBATCH_SIZE: "--blasbatchsize {to}",
            LogChange.N_CPU_MOE: "--moecpu {to}",
            LogChange.N_GPU_LAYERS: "--gpulayers {to}",
            **_WIRED,
        },
        marked("KoboldCpp prints its log in its terminal: paste it from “Welcome to KoboldCpp”."),
    ),
    "llamafile": App(
        "llamafile",
        _LLAMA_CPP_WORDS | _WIRED,
        marked("llamafile prints its log in the terminal, or writes it to llama.log."),
    ),
    "jan": App(
        "Jan",
        {
            LogChange.CONTEXT: "Context Size: {to}",
            LogChange.CACHE_TYPE: "Flash Attention: on; KV Cache K Type: {to}; "
            "KV Cache V Type: {to}",
            LogChange.FLASH_ATTN: "Flash Attention: on",
            LogChange.UBATCH_SIZE: "uBatch Size: {to}",
            LogChange.N_GPU_LAYERS: "GPU Layers: {to}",
            **_WIRED,
        },
        marked("Jan's log: Settings, General, App Logs."),
    ),
    "gpustack": App(
        "GPUStack",
        _LLAMA_CPP_WORDS,
        marked("GPUStack's log: “View Logs” of the model's instance."),
    ),
    "localai": App(
        "LocalAI",
        {
            LogChange.CONTEXT: "context_size: {to}",
            LogChange.CACHE_TYPE: "cache_type_k: {to}, cache_type_v: {to}, flash_attention: true",
            LogChange.FLASH_ATTN: "flash_attention: true",
            LogChange.UBATCH_SIZE: "batch: {to}",
            LogChange.N_GPU_LAYERS: "gpu_layers: {to}",
        },
        marked("LocalAI shows the engine's log when it is started with DEBUG=true."),
    ),
    "llama-cpp-python": App(
        "llama-cpp-python",
        {
            LogChange.CONTEXT: "n_ctx={to}",
            LogChange.FLASH_ATTN: "flash_attn=True",
            LogChange.UBATCH_SIZE: "n_ubatch={to}",
            LogChange.N_GPU_LAYERS: "n_gpu_layers={to}",
            **_WIRED,
        },
        marked("llama-cpp-python prints the engine's log with verbose=True."),
    ),
    "text-generation-webui": App(
        "text-generation-webui",
        {
            LogChange.CONTEXT: "--ctx-size {to}",
            LogChange.CACHE_TYPE: "--cache-type {to}",
            LogChange.UBATCH_SIZE: "--ubatch-size {to}",
            LogChange.N_GPU_LAYERS: "--gpu-layers {to}",
            **_WIRED,
        },
        marked("text-generation-webui prints its log in the terminal."),
    ),
}
"""By the name that a log's ``wrapper`` has; llama.cpp itself without one."""

_QUANT_KV: Final[Mapping[str, str]] = {"q8_0": "1", "q4_0": "2"}
"""KoboldCpp's numbers for types of the cache."""


def argument(wrapper: str, change: LogChange, to: int | str | None, sequences: int = 1) -> str:
    """A change in the words of the program that the user runs; empty if it has none for it.

    Args:
        wrapper: the program around the engine; empty for llama.cpp itself.
        change: what is changed.
        to: its new value: tokens, a count, a type; ``None`` if the log does not tell how much.
        sequences: requests that share the context, where the program counts that of one.
    """
    app = APPS.get(wrapper, LLAMA_CPP)
    words = app.words.get(change, "")
    if change is LogChange.CONTEXT and isinstance(to, int) and app.context_of_one:
        to = to // max(sequences, 1)
    if wrapper == "koboldcpp" and change is LogChange.CACHE_TYPE:
        to = _QUANT_KV.get(str(to), str(to))
    if to is None and "{to}" in words:
        return words.replace("{to}", "…")
    return words.format(to=to)
