"""What llama.cpp adds to the help's own articles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.engines.llama_cpp.help.topics import LlamaCppTopic
from memplan.language import marked
from memplan.wording.help.article import Note
from memplan.wording.help.topics import HelpTopic

_FIT = "llama.cpp b11434: common/fit.cpp"
_SIZING = "Memplan: core/memplan/engines/llama_cpp/sizing.py"

NOTES: Final[Mapping[HelpTopic, Note]] = {
    HelpTopic.VERDICT: Note(
        marked("llama.cpp takes the context, shortens it (--fit) or fails to load."),
        sources=(_FIT,),
        related=(LlamaCppTopic.AUTOMATIC,),
    ),
    HelpTopic.LEFT: Note(
        marked("With a margin of --fit-target, llama.cpp wants more than nothing left."),
        related=(LlamaCppTopic.FIT_TARGET,),
    ),
    HelpTopic.GROWTH: Note(related=(LlamaCppTopic.KV_CACHE,)),
    HelpTopic.BAND: Note(
        marked(
            "Compute buffers of llama.cpp are estimated where the graph cannot be followed, for an "
            "architecture that is not known or a file that lacks a tensor, and on ROCm, where "
            "nothing was measured."
        ),
        marked("llama.cpp: ± = estimate × 1 ÷ 2; on ROCm estimate × 1 ÷ 5."),
        (
            marked("Figures that llama.cpp itself reported: tests/data/llama_cpp_memory.csv"),
            "Memplan: core/memplan/engines/llama_cpp/graph/buffers.py, estimated_bytes",
        ),
        (LlamaCppTopic.COMPUTE_DEVICE, LlamaCppTopic.COMPUTE_HOST),
    ),
    HelpTopic.LOG_LINES: Note(sources=(marked("llama.cpp b11434: common/fit.cpp, ggml backends"),)),
    HelpTopic.CONTEXT: Note(
        sources=(f"{_SIZING}, size_context",), related=(LlamaCppTopic.AUTOMATIC,)
    ),
    HelpTopic.REQUESTED: Note(
        marked(
            "llama.cpp takes what it is told, warns beyond the model's context length, and fails "
            "to load what does not fit."
        ),
        marked("llama.cpp: as requested."),
        (_FIT,),
    ),
    HelpTopic.FLOOR: Note(
        marked("llama.cpp fails to load where the budget does not hold it."),
        marked("llama.cpp with a cache for each sequence: 4,096 × sequences."),
        (f"{_FIT} (--fit-ctx)",),
        (LlamaCppTopic.AUTOMATIC,),
    ),
    HelpTopic.CEILING: Note(
        marked(
            "With llama.cpp and a cache for each sequence, each may be as long as the model allows."
        ),
        marked("llama.cpp: context length × sequences with a cache of their own."),
        related=(LlamaCppTopic.SHARED_CACHE,),
    ),
    HelpTopic.ENGINE: Note(
        marked("llama.cpp takes what each layer and each operation needs."),
        related=(LlamaCppTopic.PROGRAM,),
    ),
    HelpTopic.BACKEND: Note(
        marked(
            "llama.cpp aligns them to 16 bytes on Vulkan, 128 on CUDA and 32 on Metal. ROCm is "
            "built from the source of CUDA."
        ),
        sources=(
            "llama.cpp b11434: ggml-vulkan.cpp, ggml-cuda.cu, ggml-metal.cpp",
            "Memplan: core/memplan/engines/llama_cpp/backends.py, BACKEND_ROWS",
        ),
    ),
    HelpTopic.LARGEST_BUFFER: Note(related=(LlamaCppTopic.KV_CACHE,)),
    HelpTopic.MODEL_WEIGHTS: Note(
        marked("llama.cpp pads tensors, keeps some on the host and copies others."),
        related=(LlamaCppTopic.WEIGHTS_DEVICE,),
    ),
    HelpTopic.MODEL_FACTS: Note(related=(LlamaCppTopic.KV_CACHE,)),
    HelpTopic.DIFFERENCE: Note(related=(LlamaCppTopic.KV_CACHE,)),
    HelpTopic.SOLVED: Note(related=(LlamaCppTopic.SEQUENCES, LlamaCppTopic.CACHE_TYPES)),
    HelpTopic.DEVICE_REACH: Note(related=(LlamaCppTopic.LARGEST,)),
    HelpTopic.LIBRARY: Note(related=(LlamaCppTopic.LARGEST,)),
    HelpTopic.ASSUMPTIONS: Note(
        marked(
            "llama.cpp's plan takes an architecture that is not known for plain full attention. "
            "Ollama and LM Studio run llama.cpp with settings of their own: give those as options."
        ),
    ),
}
