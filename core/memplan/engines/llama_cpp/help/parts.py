"""Articles about what llama.cpp loads beside the model, and keeps while it serves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from memplan.engines.llama_cpp.help.topics import LlamaCppTopic
from memplan.language import marked
from memplan.wording.help.article import Article

_FOLDER = "Memplan: core/memplan/engines/llama_cpp/parts"

ARTICLES: Final[Mapping[StrEnum, Article]] = {
    LlamaCppTopic.PROJECTOR: Article(
        marked("Projector (--mmproj)"),
        marked(
            "Turns images into tokens. It is loaded whole, on the first device or on the host, "
            "with a buffer for one image of the size that its kind starts with; a larger image "
            "makes the buffer grow later. --fit leaves as much more free on that device."
        ),
        marked(
            "Bytes of all its tensors, and the widest point of its graph for that image. Of a kind "
            "that is not followed, the buffer is an estimate."
        ),
        (
            "llama.cpp b11434: tools/mtmd/clip.cpp",
            f"{_FOLDER}/projector_memory.py, projector_memory",
        ),
        (LlamaCppTopic.FIT_TARGET, LlamaCppTopic.DRAFTING),
    ),
    LlamaCppTopic.DRAFTING: Article(
        marked("Drafting: draft model and next-token layers"),
        marked(
            "Something small proposes tokens, which the model checks together. A draft model is a "
            "second model with a context as long as the model's, whose cache types are its own. "
            "Next-token layers of the model's file bring their weights and a second cache; layers "
            "with a recurrent state then keep one state for each drafted token."
        ),
        marked(
            "Draft model: its own plan at the same context. Next-token layers: their tensors + "
            "cells × bytes of a row of their cache. Recurrent state × (1 + drafted tokens)."
        ),
        (
            "llama.cpp b11434: common/speculative.cpp, llama-memory-recurrent.cpp",
            f"{_FOLDER}/next_tokens.py, next_token_caches",
        ),
        (LlamaCppTopic.KV_CACHE, LlamaCppTopic.STATE),
    ),
    LlamaCppTopic.ADAPTERS: Article(
        marked("Adapters and control vectors (--lora, --control-vector)"),
        marked(
            "Each adapter adds two small tensors to those that it changes, in the same memory. "
            "Control vectors are added up to one row for each layer but the first. "
            "The further operations of the graph are not followed."
        ),
        marked(
            "Sum over its tensors of their bytes, rounded up as weights are. Control vectors: "
            "4 × (layers − 1) × width."
        ),
        (
            "llama.cpp b11434: src/llama-adapter.cpp",
            f"{_FOLDER}/components.py, adapter_components",
        ),
        (LlamaCppTopic.WEIGHTS_DEVICE,),
    ),
    LlamaCppTopic.CHECKPOINTS: Article(
        marked("Checkpoints (--ctx-checkpoints)"),
        marked(
            "llama-server keeps states of each slot in host memory, to go back to. Models whose "
            "cache cannot be rolled back need them: those with window layers or a recurrent state. "
            "They come while it serves, beyond what the start takes."
        ),
        marked("Slots × checkpoints × (states + cells of window layers × bytes of a row)."),
        (
            "llama.cpp b11434: tools/server/server-context.cpp, llama_kv_cache::state_write",
            f"{_FOLDER}/server_memory.py, checkpoint_bytes",
        ),
        (LlamaCppTopic.WINDOW_CACHE, LlamaCppTopic.PROMPT_CACHE),
    ),
    LlamaCppTopic.PROMPT_CACHE: Article(
        marked("Prompt cache (--cache-ram)"),
        marked(
            "llama-server keeps the states of conversations that gave up their slot in host "
            "memory, up to this limit. A conversation that is larger than the limit is not kept."
        ),
        marked("The limit. One conversation: cells × bytes of a K and a V row, and its states."),
        (
            "llama.cpp b11434: tools/server/server-task.cpp, server_prompt_cache",
            f"{_FOLDER}/server_memory.py, sequence_state_bytes",
        ),
        (LlamaCppTopic.KV_CACHE, LlamaCppTopic.CHECKPOINTS),
    ),
}
