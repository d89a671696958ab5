"""Articles about engine, backend and device, and about the parts and options of ZINC's plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.language import marked
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic

_PLAN = marked("ZINC (June 2026): src/gpu/memory_plan.zig")
_MEMORY_PLAN = "Memplan: core/memplan/engines/zinc/memory_plan.py"
_PROFILE = f"{_MEMORY_PLAN}, profile"
_ENGINE = "Memplan: core/memplan/engines/zinc/engine.py"

ARTICLES: Final[Mapping[HelpTopic, Article]] = {
    HelpTopic.ENGINE: Article(
        marked("Engine"),
        marked(
            "The program that runs the model. Each plans its memory its own way: ZINC with one "
            "formula for all models, llama.cpp by what each layer and each operation takes."
        ),
        marked("No formula of its own: it decides which formulas apply."),
        ("Memplan: core/memplan/engines/engine.py, Engine",),
        (HelpTopic.ZINC_VERSION, HelpTopic.PROGRAM, HelpTopic.DIFFERENCE),
    ),
    HelpTopic.BACKEND: Article(
        marked("Backend"),
        marked(
            "The interface through which the engine reaches the GPU. It decides which memory "
            "counts, and how tensors are padded: llama.cpp aligns them to 16 bytes on Vulkan, 128 "
            "on CUDA and 32 on Metal. ROCm is built from the source of CUDA."
        ),
        marked(
            "Vulkan, CUDA, ROCm: the device's memory counts. Metal: device and host memory count."
        ),
        (
            "llama.cpp b11434: ggml-vulkan.cpp, ggml-cuda.cu, ggml-metal.cpp",
            "Memplan: core/memplan/engines/llama_cpp/backends.py, BACKEND_ROWS",
        ),
        (HelpTopic.COUNTS, HelpTopic.METAL_BUDGET),
    ),
    HelpTopic.DEVICE: Article(
        marked("Device"),
        marked(
            "A GPU or a Mac. Choosing one sets the budget to its memory, and the largest buffer "
            "where the driver names it. This machine's are asked for in a process of its own, so "
            "that a broken driver takes nothing with it; others come from a catalogue."
        ),
        marked("Budget = the device's memory, all of it or what is free now."),
        (
            marked("Vulkan: heaps with DEVICE_LOCAL; Metal: recommendedMaxWorkingSetSize"),
            "Memplan: core/memplan/devices.py, load_catalogue",
        ),
        (HelpTopic.BUDGET, HelpTopic.FREE_NOW, HelpTopic.LARGEST_BUFFER),
    ),
    HelpTopic.ZINC_WEIGHTS: Article(
        marked("Weights, ZINC"),
        marked(
            "The tensors of the file, all on the device. ZINC itself takes the IQ and ternary "
            "types for zero bytes; here they count at their real size."
        ),
        marked("Sum over all tensors: elements ÷ elements a block × bytes a block, no padding."),
        (_PLAN, "Memplan: core/memplan/model.py, Model"),
        (HelpTopic.MODEL_WEIGHTS, HelpTopic.LLAMA_WEIGHTS_DEVICE),
    ),
    HelpTopic.ZINC_KV_CACHE: Article(
        marked("KV cache, ZINC"),
        marked(
            "Keys and values of every token in the context. The version of June 2026 plans them "
            "for every layer, whether it attends or not, in 32 bits; that of September 2026 for "
            "attending and next-token layers, on Vulkan in 16 bits."
        ),
        marked(
            "tokens × layers × KV heads × elements a head × bytes an element × 2 (K and V). "
            "Allocated on Metal: attending layers only, and rows of ⌊KV width ÷ 32⌋ × 34 bytes "
            "where heads are multiples of 32."
        ),
        (_PLAN, _PROFILE, f"{_ENGINE}, planned_profile"),
        (HelpTopic.ZINC_VERSION, HelpTopic.ZINC_ACCOUNTING, HelpTopic.CONTEXT),
    ),
    HelpTopic.ZINC_STATE: Article(
        marked("Recurrent state, ZINC"),
        marked(
            "What a hybrid or recurrent model keeps instead of keys and values. ZINC plans it for "
            "every layer, also for those that attend. It does not grow with the context."
        ),
        marked(
            "layers × ((convolution − 1) × channels + rank × ⌊inner ÷ rank⌋²) × 4 bytes, with "
            "channels = inner + 2 × groups × state. 0 without inner width or rank."
        ),
        (_PLAN, _PROFILE),
        (HelpTopic.LLAMA_STATE,),
    ),
    HelpTopic.ZINC_COMPUTE: Article(
        marked("Compute buffers, ZINC"),
        marked(
            "Room for what is computed for one token: activations, logits, the widest feed-forward "
            "network. It does not depend on the context. A dense model pays for 8 experts, too."
        ),
        marked(
            "6 × hidden + logits + q + 2 × kv + attention output + 3 × gate + down + router, each "
            "in 4 bytes an element; gate = max(widest layer, experts used × inner width)."
        ),
        (_PLAN, _PROFILE),
        (HelpTopic.LLAMA_COMPUTE_DEVICE,),
    ),
    HelpTopic.ZINC_STAGING: Article(
        marked("Staging buffers, ZINC"),
        marked(
            "Buffers in host memory through which results come back from the GPU. They count on "
            "Metal only. They do not depend on the context."
        ),
        marked(
            "logits + hidden + router + max(hidden, inner) in 4 bytes an element, + experts used × "
            "8 bytes."
        ),
        (_PLAN, _PROFILE),
        (HelpTopic.COUNTS, HelpTopic.ZINC_PAGE_TABLE),
    ),
    HelpTopic.ZINC_PAGE_TABLE: Article(
        marked("Page table, ZINC"),
        marked(
            "The list in host memory that says where each token's keys and values are. Vulkan "
            "allocates an entry for 16 tokens, although one a token is planned."
        ),
        marked("Planned: tokens × 4 bytes. Allocated on Vulkan: ⌈tokens ÷ 16⌉ × 4 bytes."),
        (_PLAN, _PROFILE),
        (HelpTopic.ZINC_ACCOUNTING,),
    ),
    HelpTopic.ZINC_VERSION: Article(
        marked("Version of ZINC"),
        marked(
            "The ZINC whose plan is followed. From September 2026 on it caches attending and "
            "next-token layers only, on Vulkan with 2 bytes an element: often a fraction of what "
            "June plans. Everything else is the same in both."
        ),
        marked(
            "Cached layers of September: ⌊layers ÷ attention interval⌋ + next-token layers; all "
            "layers where the interval is 0 or 1."
        ),
        (marked("ZINC (September 2026): kv_layer_count"), f"{_MEMORY_PLAN}, kv_layer_count"),
        (HelpTopic.ZINC_KV_CACHE,),
    ),
    HelpTopic.ZINC_ACCOUNTING: Article(
        marked("Accounting: planned or allocated"),
        marked(
            "The bytes that ZINC plans with, or those that it then allocates, where they are less: "
            "KV cache on Metal, page table on Vulkan. The context is always sized by the plan."
        ),
        marked("Changes the KV cache on Metal and the page table on Vulkan; nothing else."),
        (
            marked("ZINC (June 2026): the start of its Vulkan and Metal forward passes"),
            f"{_ENGINE}, estimate",
        ),
        (HelpTopic.ZINC_KV_CACHE, HelpTopic.ZINC_PAGE_TABLE),
    ),
}
