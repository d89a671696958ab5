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
_SETUP = "Memplan: core/memplan/engines/zinc/setup.py"
_NOTES = marked("ZINC (September 2026): its authors' notes on contexts and next-token layers")

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
            "for every layer, whether it attends or not, in 32 bits; those of September 2026 for "
            "attending layers and next-token layers, on Vulkan in 16 bits."
        ),
        marked(
            "tokens × layers × KV heads × elements a head × bytes an element × 2 (K and V). "
            "Allocated on Metal: attending layers only, and rows of ⌊KV width ÷ 32⌋ × 34 bytes "
            "where heads are multiples of 32."
        ),
        (_PLAN, _PROFILE, f"{_SETUP}, Setup"),
        (
            HelpTopic.ZINC_VERSION,
            HelpTopic.ZINC_ACCOUNTING,
            HelpTopic.ZINC_KV_TYPE,
            HelpTopic.CONTEXT,
        ),
    ),
    HelpTopic.ZINC_STATE: Article(
        marked("Recurrent state, ZINC"),
        marked(
            "What a hybrid or recurrent model keeps instead of keys and values. ZINC plans it for "
            "every layer, also for those that attend; from September 2026 on not for next-token "
            "layers. It does not grow with the context."
        ),
        marked(
            "layers × ((convolution − 1) × channels + rank × ⌊inner ÷ rank⌋²) × 4 bytes, with "
            "channels = inner + 2 × groups × state. 0 without inner width or rank."
        ),
        (_PLAN, _PROFILE),
        (HelpTopic.LLAMA_STATE, HelpTopic.ZINC_CHECKPOINT),
    ),
    HelpTopic.ZINC_COMPUTE: Article(
        marked("Compute buffers, ZINC"),
        marked(
            "Room for what is computed for one token: activations, logits, the widest feed-forward "
            "network. It does not depend on the context. A dense model pays for 8 experts, too. "
            "Prefill scratch and the reserve of next-token layers are counted here."
        ),
        marked(
            "6 × hidden + logits + q + 2 × kv + attention output + 3 × gate + down + router, each "
            "in 4 bytes an element; gate = max(widest layer, experts used × inner width)."
        ),
        (_PLAN, _PROFILE),
        (HelpTopic.LLAMA_COMPUTE_DEVICE, HelpTopic.ZINC_SCRATCH, HelpTopic.ZINC_MTP),
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
            "The ZINC whose plan is followed, by its day. 2026-09-08 (commit 30c0f9b4) caches "
            "attending layers and next-token layers only, on Vulkan with 2 bytes an element: often "
            "a fraction of what June plans. 2026-09-12 (7db40a1b) also reserves scratch for "
            "prefill, has an 8-bit cache, and keeps a checkpoint of the recurrent state. All size "
            "an automatic context from 85 % of the budget; until 7 September the command-line "
            "program took all of it. ZINC on CUDA and ROCm is not planned: how it sizes its slots "
            "there is not published."
        ),
        marked(
            "Cached layers of September: ⌊(blocks − next-token layers) ÷ attention interval⌋ + "
            "next-token layers; all layers where the interval is 0 or 1. As many next-token layers "
            "as blocks, or more, are ignored. Blocks are all layers of the file."
        ),
        (
            marked("ZINC (September 2026): kv_layer_count, config.zig"),
            f"{_SETUP}, RULES",
        ),
        (
            HelpTopic.ZINC_KV_CACHE,
            HelpTopic.ZINC_MTP,
            HelpTopic.ZINC_SCRATCH,
            HelpTopic.ZINC_CHECKPOINT,
        ),
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
    HelpTopic.ZINC_KV_TYPE: Article(
        marked("KV cache type of ZINC"),
        marked(
            "How ZINC stores keys and values on Vulkan, from September 2026 on. The 8-bit cache "
            "came on 12 September; its kernels need heads of 256 elements. What a version or "
            "backend does not have is ignored, as ZINC does."
        ),
        marked(
            "Bytes for 32 elements: f32 128 (ZINC_KV_F16=0), f16 64 (the usual), q8 36 "
            "(ZINC_KV_Q8=1)."
        ),
        (_NOTES, f"{_SETUP}, KV_BLOCK_BYTES"),
        (HelpTopic.ZINC_KV_CACHE,),
    ),
    HelpTopic.ZINC_MTP: Article(
        marked("Next-token layers of ZINC (ZINC_MTP)"),
        marked(
            "Layers at the end of the file that predict further tokens. On Vulkan they are on by "
            "default: they have a KV cache, and a reserve on the device from the start. Turned "
            "off, their weights are not uploaded. The rows of the reserve are documented; the rest "
            "is derived from the largest contexts that are published for Qwen3.8-27B, so it is an "
            "estimate with a band. An automatic context does not count it."
        ),
        marked(
            "32,768 × width × 4 bytes + 2 × recurrent state + 455 × width × 4 bytes. Band: 2 × the "
            "state of attending layers + the last term."
        ),
        (_NOTES, f"{_SETUP}, mtp_reserve"),
        (HelpTopic.ZINC_KV_CACHE, HelpTopic.ZINC_VERSION),
    ),
    HelpTopic.ZINC_SCRATCH: Article(
        marked("Prefill scratch of ZINC (ZINC_PREFILL_SCRATCH_MB)"),
        marked(
            "What ZINC of 12 September 2026 reserves on Vulkan to read long prompts in large "
            "chunks. Where a context needs the room, it is given back before the context is "
            "trimmed; how much then stays is published for Qwen3.8-27B only, so that is an "
            "estimate with a band. An automatic context does not count it."
        ),
        marked("1,024 MB, down to 80 MB where the context needs the room. Here 1 MB is 1,048,576."),
        (_NOTES, "Memplan: core/memplan/engines/zinc/start.py, ZincStart"),
        (HelpTopic.ZINC_COMPUTE, HelpTopic.ZINC_VERSION),
    ),
    HelpTopic.ZINC_CHECKPOINT: Article(
        marked("Checkpoint of ZINC"),
        marked(
            "ZINC's server of 12 September 2026 copies the recurrent state at the end of a turn "
            "into a buffer on the device, to go back to in the next one. It comes while it serves, "
            "beyond what the start takes: about 150 MB for Qwen3.8-27B."
        ),
        marked("Recurrent state × layers that do not attend ÷ layers."),
        (_NOTES, f"{_SETUP}, RULES"),
        (HelpTopic.ZINC_STATE, HelpTopic.ZINC_VERSION),
    ),
}
