"""Where the log goes over to another part: a draft model, a projector, an adapter."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.logs.own_row import own_row as row
from memplan.engines.log_row import MIB, Effect

PARTS: Final = (
    row("loading draft model", r"loading draft model|draft model is", Effect.PART_STARTS,
        "common_speculative_init_result: loading draft model 'draft.gguf'", part="draft"),
    row("MTP draft context", r"creating MTP draft context", Effect.PART_STARTS,
        "common_speculative_init_result: creating MTP draft context against the target model "
        "'x.gguf'", part="mtp"),
    row("clip_ctx:", r"CLIP using (?P<buffer>\w{1,40}) backend", Effect.PART_STARTS,
        "clip_ctx: CLIP using CUDA0 backend", part="projector"),
    row("clip_init:", r"CLIP using (?P<buffer>\w{1,40}) backend", Effect.PART_STARTS,
        "clip_init: CLIP using CUDA0 backend", part="projector"),
    row("clip_model_load", r"CLIP using (?P<buffer>\w{1,40}) backend", Effect.PART_STARTS,
        "clip_model_load: CLIP using CUDA backend", part="projector"),
    row("clip_model_load", r"clip_model_load(?:er)?: (?:model size|has \w{1,12} encoder|model name"
        rf"|loaded meta data|n_tensors|description)(?::\s{{1,12}}{MIB})?", Effect.PART_STARTS,
        "clip_model_loader: has vision encoder", part="projector"),
    row("clip_model_load", r"clip_model_load(?:er)?: ", Effect.NONE,
        "clip_model_load: metadata size:  0.14 MB"),
    row("load_hparams:", rf"load_hparams: model size:\s{{1,12}}{MIB}", Effect.PART_STARTS,
        "load_hparams: model size:         811.79 MiB", part="projector"),
    row("load_hparams:", r"load_hparams: (?:projector|metadata size):", Effect.PART_STARTS,
        "load_hparams: metadata size:      0.15 MiB", part="projector"),
    row("worst-case memory", r"estimated worst-case memory usage of mmproj is", Effect.NONE,
        "srv    load_model: [mtmd] estimated worst-case memory usage of mmproj is 951.04 MiB "
        "(took 200.00 ms)"),
    row("lora adapter from", r"loading lora adapter from", Effect.PART_STARTS,
        "llama_adapter_lora_init_impl: loading lora adapter from 'x.gguf' ...", part="adapter"),
    row("from lora file", r"loaded \d{1,9} tensors from lora file", Effect.PART_STARTS,
        "llama_adapter_lora_init_impl: loaded 448 tensors from lora file", part="model"),
    row("multimodal model", r"loaded multimodal model", Effect.PART_STARTS,
        "srv    load_model: loaded multimodal model, 'mmproj.gguf'", part="model"),
)  # fmt: skip
