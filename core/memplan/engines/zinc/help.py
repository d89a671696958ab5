"""What the help says of ZINC: its contexts, the parts of its plan, its options."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from memplan.engines.zinc.topics import ZincTopic
from memplan.exhaustive import exhaustive
from memplan.language import marked
from memplan.wording.help.article import Article, Note
from memplan.wording.help.topics import HelpTopic

_PLAN = marked("ZINC (June 2026): src/gpu/memory_plan.zig")
_MEMORY_PLAN = "Memplan: core/memplan/engines/zinc/memory_plan.py"
_PROFILE = f"{_MEMORY_PLAN}, profile"
_ENGINE = "Memplan: core/memplan/engines/zinc/engine.py"
_SETUP = "Memplan: core/memplan/engines/zinc/setup.py"
_NOTES = marked("ZINC (September 2026): its authors' notes on contexts and next-token layers")

_ZINC_PLAN = "ZINC: src/gpu/memory_plan.zig"

_ARTICLES: Final[Mapping[StrEnum, Article]] = {
    ZincTopic.AUTOMATIC: Article(
        marked("Automatic context of ZINC"),
        marked(
            "What ZINC's server picks when no context is asked for. Only device bytes are counted "
            "for it, on Metal too. At its start the engine checks the pick against the whole "
            "budget, and trims it or refuses if that does not hold it."
        ),
        marked(
            "min(⌊(⌊budget × 85 ÷ 100⌋ − weights − fixed bytes) ÷ bytes per token⌋, ceiling) "
            "tokens; rounded down to a multiple of 512; at least min(4,096, ceiling)."
        ),
        (_ZINC_PLAN, f"{_MEMORY_PLAN}, auto_context_tokens_for_device_budget"),
        (ZincTopic.SHARE, HelpTopic.FLOOR, HelpTopic.CEILING, HelpTopic.VERDICT),
    ),
    ZincTopic.SHARE: Article(
        marked("85 % of the budget"),
        marked(
            "The part of the budget that ZINC's automatic sizing uses; the rest is for what its "
            "plan leaves out. Only the pick keeps to it: a context that is asked for may use the "
            "whole budget."
        ),
        marked("⌊budget × 85 ÷ 100⌋ bytes."),
        (_ZINC_PLAN, f"{_MEMORY_PLAN}, auto_share_bytes"),
        (ZincTopic.AUTOMATIC, HelpTopic.LIMITS),
    ),
    ZincTopic.LARGEST: Article(
        marked("Largest context that fits, ZINC"),
        marked(
            "The longest context that the whole budget holds; one token more does not fit, unless "
            "the ceiling is the limit. 0 if weights and fixed bytes alone reach the budget: then "
            "ZINC refuses to start. From September 2026 on, what next-token layers reserve and the "
            "least prefill scratch are among the fixed bytes."
        ),
        marked(
            "min(⌊(budget − weights − fixed bytes) ÷ bytes per token⌋, ceiling) tokens. "
            "On Metal fixed bytes and bytes per token are those of device and host together."
        ),
        (_ZINC_PLAN, f"{_MEMORY_PLAN}, RuntimeMemoryProfile"),
        (HelpTopic.BUDGET, HelpTopic.CEILING, ZincTopic.AUTOMATIC),
    ),
    ZincTopic.WEIGHTS: Article(
        marked("Weights, ZINC"),
        marked(
            "The tensors of the file, all on the device. ZINC itself takes the IQ and ternary "
            "types for zero bytes; here they count at their real size."
        ),
        marked("Sum over all tensors: elements ÷ elements a block × bytes a block, no padding."),
        (_PLAN, "Memplan: core/memplan/model/__init__.py, Model"),
        (HelpTopic.MODEL_WEIGHTS,),
    ),
    ZincTopic.KV_CACHE: Article(
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
            ZincTopic.VERSION,
            ZincTopic.ACCOUNTING,
            ZincTopic.KV_TYPE,
            HelpTopic.CONTEXT,
        ),
    ),
    ZincTopic.STATE: Article(
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
        (HelpTopic.CONTEXT, ZincTopic.CHECKPOINT),
    ),
    ZincTopic.COMPUTE: Article(
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
        (HelpTopic.LIMITS, ZincTopic.SCRATCH, ZincTopic.MTP),
    ),
    ZincTopic.STAGING: Article(
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
        (HelpTopic.COUNTS, ZincTopic.PAGE_TABLE),
    ),
    ZincTopic.PAGE_TABLE: Article(
        marked("Page table, ZINC"),
        marked(
            "The list in host memory that says where each token's keys and values are. Vulkan "
            "allocates an entry for 16 tokens, although one a token is planned."
        ),
        marked("Planned: tokens × 4 bytes. Allocated on Vulkan: ⌈tokens ÷ 16⌉ × 4 bytes."),
        (_PLAN, _PROFILE),
        (ZincTopic.ACCOUNTING,),
    ),
    ZincTopic.VERSION: Article(
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
            ZincTopic.KV_CACHE,
            ZincTopic.MTP,
            ZincTopic.SCRATCH,
            ZincTopic.CHECKPOINT,
        ),
    ),
    ZincTopic.ACCOUNTING: Article(
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
        (ZincTopic.KV_CACHE, ZincTopic.PAGE_TABLE),
    ),
    ZincTopic.KV_TYPE: Article(
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
        (ZincTopic.KV_CACHE,),
    ),
    ZincTopic.MTP: Article(
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
        (ZincTopic.KV_CACHE, ZincTopic.VERSION),
    ),
    ZincTopic.SCRATCH: Article(
        marked("Prefill scratch of ZINC (ZINC_PREFILL_SCRATCH_MB)"),
        marked(
            "What ZINC of 12 September 2026 reserves on Vulkan to read long prompts in large "
            "chunks. Where a context needs the room, it is given back before the context is "
            "trimmed; how much then stays is published for Qwen3.8-27B only, so that is an "
            "estimate with a band. An automatic context does not count it."
        ),
        marked("1,024 MB, down to 80 MB where the context needs the room. Here 1 MB is 1,048,576."),
        (_NOTES, "Memplan: core/memplan/engines/zinc/start.py, ZincStart"),
        (ZincTopic.COMPUTE, ZincTopic.VERSION),
    ),
    ZincTopic.CHECKPOINT: Article(
        marked("Checkpoint of ZINC"),
        marked(
            "ZINC's server of 12 September 2026 copies the recurrent state at the end of a turn "
            "into a buffer on the device, to go back to in the next one. It comes while it serves, "
            "beyond what the start takes: about 150 MB for Qwen3.8-27B."
        ),
        marked("Recurrent state × layers that do not attend ÷ layers."),
        (_NOTES, f"{_SETUP}, RULES"),
        (ZincTopic.STATE, ZincTopic.VERSION),
    ),
}
ARTICLES: Final = exhaustive(ZincTopic, _ARTICLES)

NOTES: Final[Mapping[HelpTopic, Note]] = {
    HelpTopic.VERDICT: Note(
        marked("ZINC sizes the context, holds its floor, trims the context or refuses to start."),
        sources=(
            marked(
                "ZINC: its fit verdict and the start of its forward passes; src/gpu/memory_plan.zig"
            ),
        ),
        related=(ZincTopic.AUTOMATIC,),
    ),
    HelpTopic.TIGHT: Note(
        marked("It is the rule of ZINC's own fit verdict."),
        sources=(marked("ZINC: its fit verdict (OK, warning, failure)"),),
    ),
    HelpTopic.BUDGET: Note(
        marked("ZINC counts all of it, whether it is free or not."),
        sources=(marked("ZINC: the start of its Vulkan and Metal backends"),),
    ),
    HelpTopic.METAL_BUDGET: Note(sources=(marked("ZINC: the start of its Metal backend"),)),
    HelpTopic.TOTAL_MEMORY: Note(sources=(marked("ZINC: its fit verdict on Metal"),)),
    HelpTopic.COUNTS: Note(
        sources=(marked("ZINC: src/gpu/memory_plan.zig (device-local and unified totals)"),)
    ),
    HelpTopic.LEFT: Note(sources=(marked("ZINC: its headroom"),)),
    HelpTopic.GROWTH: Note(related=(ZincTopic.KV_CACHE,)),
    HelpTopic.LOG_LINES: Note(sources=(marked("ZINC: the messages of its start"),)),
    HelpTopic.CONTEXT: Note(
        formula=marked("ZINC: at most the ceiling."),
        sources=(f"{_MEMORY_PLAN}, requested_context_tokens",),
        related=(ZincTopic.AUTOMATIC,),
    ),
    HelpTopic.REQUESTED: Note(
        marked("ZINC takes no more than the ceiling, and trims what does not fit."),
        marked("ZINC: min(requested, ceiling)."),
        (_ZINC_PLAN, f"{_MEMORY_PLAN}, effective_context_ceiling"),
    ),
    HelpTopic.FLOOR: Note(
        marked("ZINC starts with less where the whole budget does not hold it."),
        sources=(_ZINC_PLAN, f"{_MEMORY_PLAN}, AUTO_CONTEXT_FLOOR_TOKENS"),
        related=(ZincTopic.AUTOMATIC,),
    ),
    HelpTopic.CEILING: Note(
        marked("With ZINC on Metal it is at most 262,144 tokens."),
        marked("ZINC: min(context length, 262,144 on Metal)."),
        (_ZINC_PLAN, f"{_MEMORY_PLAN}, requested_context_tokens"),
    ),
    HelpTopic.USED: Note(sources=(_ZINC_PLAN,)),
    HelpTopic.COMPLETION: Note(sources=(_ZINC_PLAN,)),
    HelpTopic.TARGET: Note(sources=(_ZINC_PLAN,)),
    HelpTopic.REMAINING: Note(sources=(_ZINC_PLAN,)),
    HelpTopic.ENGINE: Note(
        marked("ZINC plans with one formula for all models."), related=(ZincTopic.VERSION,)
    ),
    HelpTopic.MODEL_WEIGHTS: Note(related=(ZincTopic.WEIGHTS,)),
    HelpTopic.MODEL_TOKENS: Note(sources=("ZINC: config.zig",)),
    HelpTopic.MODEL_FACTS: Note(
        sources=("ZINC: config.zig", "Memplan: core/memplan/engines/zinc/config.py, resolve_config")
    ),
    HelpTopic.DIFFERENCE: Note(related=(ZincTopic.KV_CACHE,)),
    HelpTopic.DEVICE_REACH: Note(related=(ZincTopic.LARGEST,)),
    HelpTopic.LIBRARY: Note(related=(ZincTopic.LARGEST,)),
    HelpTopic.LIMITS: Note(
        sources=(marked("ZINC: what its plan leaves out by its own word"),),
        related=(ZincTopic.SHARE,),
    ),
}
"""What ZINC adds to the help's own articles."""
