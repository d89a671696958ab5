"""LM Studio's own lines: its guardrails, its developer log. Its GB are decimal."""

from __future__ import annotations

from typing import Final

from memplan.engines.log_row import Effect, row

LM_STUDIO: Final = (
    row("insufficient system resources", r"Model loading (?:aborted|was stopped) due to "
        r"insufficient system resources(?:.{0,90}? requires approximately "
        r"(?P<decimal_size>\d{1,9}(?:\.\d{1,4})?) (?P<decimal_unit>[MGT]B))?", Effect.ERROR,
        "Error: Model loading was stopped due to insufficient system resources. Under the current "
        "settings, this model requires approximately 15.89 GB of memory, and continuing to load it",
        wrapper="lm-studio", at="loading", ending="guardrail"),
    row("guardrail", r"guardrailHasEnoughResources|Not enough resources to (?:load|run) the model",
        Effect.ERROR, "    at _0xaaaaaa.guardrailHasEnoughResourcesForModelOrThrow (index.js:1:1)",
        wrapper="lm-studio", at="loading", ending="guardrail"),
    row("LlamaV4::load config", r"LlamaV4::load config: n_parallel\s{0,4}=\s{0,4}"
        r"(?P<n_seq>\d{1,6})(?:,? n_ctx\s{0,4}=\s{0,4}(?P<n_ctx>\d{1,12}))?"
        r"(?:(?: and|,)? kv_unified\s{0,4}=\s{0,4}(?P<kv_unified>true|false))?", Effect.ASKED,
        "LlamaV4::load config: n_parallel=4 n_ctx=8192 kv_unified=true", may_go_on=True,
        engine="llama.cpp", wrapper="lm-studio"),
    row("load size estimate", r"estimate with raw num offload layers '(?:max|off|"
        r"(?P<n_gpu_layers>\d{1,6}))' and context length '(?P<n_ctx>\d{1,12})'", Effect.ASKED,
        "[LM Studio] Model load size estimate with raw num offload layers '30' and context length "
        "'48000':", engine="llama.cpp", wrapper="lm-studio"),
    row("load size estimate", r"estimate with adjusted num offload layers '"
        r"(?P<n_gpu_layers>\d{1,6})'", Effect.ASKED,
        "[LM Studio] Model load size estimate with adjusted num offload layers '19' and context "
        "length '8192':", engine="llama.cpp", wrapper="lm-studio"),
    row("Num Offload Layers", r"Num Offload Layers: (?P<n_gpu_layers>\d{1,6})", Effect.ASKED,
        "  Num Offload Layers: 30", engine="llama.cpp", wrapper="lm-studio"),
    row("(Used: ", r"GPU (?P<number>\d{1,3}): (?P<description>.{1,80}?) \(Used: .{1,24}?"
        r"Total: (?P<decimal_total_gb>[\d.]{1,9}) GB, Free: (?P<decimal_free_gb>[\d.]{1,9}) GB\)",
        Effect.DEVICE, "  GPU 0: NVIDIA GeForce RTX 3060 Ti (Used: 1.68 GB, Total: 8.59 GB, "
        "Free: 6.91 GB)", device="GPU", wrapper="lm-studio"),
    row("crashed without additional", r"The model has crashed without additional information",
        Effect.STOPPED, "The model has crashed without additional information. (Exit code: 6)",
        wrapper="lm-studio"),
    row("LM Studio", r"\[LM Studio\]|Client=LM Studio|LM Studio\.app/Contents|LM Studio\\resources",
        Effect.NOTED, "[2026-03-01 10:00:00][DEBUG][LM Studio] Live GPU memory info:",
        wrapper="lm-studio"),
    row("[LMSInternal]", r"\[LMSInternal\]", Effect.NOTED,
        "[2026-03-01 10:00:00.100] [error] [LMSInternal][Endpoint=loadModel] Error: x",
        wrapper="lm-studio"),
    row("loadModel]", r"Endpoint=loadModel\].{0,60}?Error loading model", Effect.NOT_LOADED,
        "[error] [LMSInternal][Endpoint=loadModel] Error in channel handler: Error: Error loading "
        "model.", wrapper="lm-studio"),
)  # fmt: skip
