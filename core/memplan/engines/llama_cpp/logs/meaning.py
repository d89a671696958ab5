"""What a log of llama.cpp means for a plan: the options, and which rules held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from memplan.engines.llama_cpp.options import DEFAULT_BATCH_TOKENS, LlamaCppOptions, Program
from memplan.engines.log_options import logged_values
from memplan.memory.component import ComponentKind, Place

if TYPE_CHECKING:
    from memplan.logs.log import Log
    from memplan.model import Model

_CPU: Final = "cpu"


def options_from_log(log: Log, model: Model | None) -> LlamaCppOptions:
    """The options that a log shows; what it does not tell is left at its default.

    Args:
        log: the log.
        model: tells whether the log counts the output layer: those of 2024 and before may not.
    """
    given = LlamaCppOptions(
        **logged_values(LlamaCppOptions, log.options),
        fit=False,  # what a log shows has been fitted already
    )
    logged = log.options
    without_output = model is not None and logged.n_layers == model.dimensions.layers
    if logged.n_gpu_layers == logged.n_layers and not without_output:
        given = replace(given, n_gpu_layers=None)
    if log.backend == _CPU:
        given = replace(given, n_gpu_layers=0)
    ubatch = given.ubatch_size
    return replace(
        given,
        program=Program.LLAMA_SERVER if log.server else Program.LLAMA_CLI,
        batch_size=max(ubatch, DEFAULT_BATCH_TOKENS) if ubatch else None,
        kv_offload=not _cache_kept_on_host(log),
    )


def _cache_kept_on_host(log: Log) -> bool:
    """Whether all layers are on the device and yet all of the KV cache is on the host."""
    caches = [b.where for b in log.buffers if b.kind is ComponentKind.KV_CACHE]
    all_layers = bool(log.options.n_layers) and log.options.n_gpu_layers == log.options.n_layers
    return log.backend != _CPU and all_layers and set(caches) == {Place.HOST}


def plans_as_logged(log: Log, model: Model, kind: ComponentKind) -> bool:
    """Whether the version of the log kept this kind as today's does.

    That of 2024 kept K and V of models with latent attention whole.
    """
    latent = any("attn_kv_a" in tensor.name for tensor in model.tensors)
    return not (log.early and latent and kind is ComponentKind.KV_CACHE)
