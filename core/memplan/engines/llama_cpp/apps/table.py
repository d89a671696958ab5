"""Programs around llama.cpp: their names, their words for its options, where their logs are.

The words are those of each program's own documentation, settings or ``--help``: Ollama's FAQ and
Modelfile reference, LM Studio's and Jan's settings, the arguments that KoboldCpp prints, LocalAI's
model configuration, the constructor of llama-cpp-python's ``Llama``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.log_app import WIRED_LIMIT_WORDS, App, LogChange
from memplan.engines.option_spec import specs_of
from memplan.language import marked

_SPECS: Final = specs_of(LlamaCppOptions)
_FIELDS: Final = {change: change.value for change in LogChange if change.value in _SPECS}
"""The changes that are one option, by its field."""

_OWN_WORDS: Final = {
    **{change: f"{_SPECS[name].flag} {{to}}" for change, name in _FIELDS.items()},
    LogChange.CONTEXT: "--ctx-size {to}",
    LogChange.CACHE_TYPE: f"{_SPECS['cache_type_k'].flag} {{to}} "
    f"{_SPECS['cache_type_v'].flag} {{to}} {_SPECS['flash_attn'].flag} on",
    LogChange.FLASH_ATTN: f"{_SPECS['flash_attn'].flag} on",
    LogChange.PROJECTOR_ON_HOST: _SPECS["mmproj_offload"].flag,
}

APPS: Final[Mapping[str, App]] = {
    "": App(
        "llama.cpp",
        _OWN_WORDS | WIRED_LIMIT_WORDS,
        marked(
            "llama-server and llama-cli print their log in the terminal: paste it from the start."
        ),
        widespread=True,
    ),
    "ollama": App(
        "Ollama",
        {
            LogChange.CONTEXT: "num_ctx {to}",
            LogChange.CACHE_TYPE: "OLLAMA_KV_CACHE_TYPE={to} OLLAMA_FLASH_ATTENTION=1",
            LogChange.FLASH_ATTN: "OLLAMA_FLASH_ATTENTION=1",
            LogChange.PARALLEL: "OLLAMA_NUM_PARALLEL={to}",
            LogChange.UBATCH_SIZE: "num_batch {to}",
            LogChange.N_GPU_LAYERS: "num_gpu {to}",
            **WIRED_LIMIT_WORDS,
        },
        marked(
            "Ollama's log: “journalctl -u ollama” on Linux, ~/.ollama/logs/server.log on macOS, "
            "%LOCALAPPDATA%\\Ollama\\server.log on Windows, “docker logs” in a container."
        ),
        context_of_one=True,
        widespread=True,
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
            **WIRED_LIMIT_WORDS,
        },
        marked(
            "LM Studio's log: the developer log in its window, or main.log in its folder of logs."
        ),
        widespread=True,
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
            **WIRED_LIMIT_WORDS,
        },
        marked("KoboldCpp prints its log in its terminal: paste it from “Welcome to KoboldCpp”."),
        values={LogChange.CACHE_TYPE: {"q8_0": "1", "q4_0": "2"}},
        widespread=True,
    ),
    "llamafile": App(
        "llamafile",
        _OWN_WORDS | WIRED_LIMIT_WORDS,
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
            **WIRED_LIMIT_WORDS,
        },
        marked("Jan's log: Settings, General, App Logs."),
    ),
    "gpustack": App(
        "GPUStack",
        _OWN_WORDS,
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
            **WIRED_LIMIT_WORDS,
        },
        marked("llama-cpp-python prints the engine's log with verbose=True."),
        used_by_others=True,
    ),
    "text-generation-webui": App(
        "text-generation-webui",
        {
            LogChange.CONTEXT: "--ctx-size {to}",
            LogChange.CACHE_TYPE: "--cache-type {to}",
            LogChange.UBATCH_SIZE: "--ubatch-size {to}",
            LogChange.N_GPU_LAYERS: "--gpu-layers {to}",
            **WIRED_LIMIT_WORDS,
        },
        marked("text-generation-webui prints its log in the terminal."),
    ),
}
"""By the name that a log's ``wrapper`` has; llama.cpp itself without one."""
