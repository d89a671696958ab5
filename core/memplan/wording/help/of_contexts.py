"""Articles about contexts, and about what the next answer is granted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.language import marked
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic

_ZINC_PLAN = "ZINC: src/gpu/memory_plan.zig"
_REQUEST_BUDGET = "Memplan: core/memplan/request_budget.py"
_MEMORY_PLAN = "Memplan: core/memplan/engines/zinc/memory_plan.py"
_FIT = "llama.cpp b11434: common/fit.cpp"
_SIZING = "Memplan: core/memplan/engines/llama_cpp/sizing.py"

ARTICLES: Final[Mapping[HelpTopic, Article]] = {
    HelpTopic.CONTEXT: Article(
        marked("Context"),
        marked(
            "How many tokens the engine keeps in memory at a time: prompt, chat and answer "
            "together. 128K is written for 131,072 tokens: K is 1,024."
        ),
        marked(
            "Planned for: the requested context, at most the ceiling with ZINC; without a request "
            "the automatic one."
        ),
        (f"{_MEMORY_PLAN}, requested_context_tokens", f"{_SIZING}, size_context"),
        (HelpTopic.REQUESTED, HelpTopic.ZINC_AUTOMATIC, HelpTopic.LLAMA_AUTOMATIC),
    ),
    HelpTopic.REQUESTED: Article(
        marked("Requested context"),
        marked(
            "The context that you ask for. ZINC takes no more than the ceiling, and trims what "
            "does not fit. llama.cpp takes what it is told, warns beyond the model's context "
            "length, and fails to load what does not fit."
        ),
        marked("ZINC: min(requested, ceiling). llama.cpp: as requested."),
        (f"{_ZINC_PLAN}; {_FIT}", f"{_MEMORY_PLAN}, effective_context_ceiling"),
        (HelpTopic.CEILING, HelpTopic.CONTEXT),
    ),
    HelpTopic.ZINC_AUTOMATIC: Article(
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
        (HelpTopic.ZINC_SHARE, HelpTopic.FLOOR, HelpTopic.CEILING, HelpTopic.VERDICT),
    ),
    HelpTopic.ZINC_SHARE: Article(
        marked("85 % of the budget"),
        marked(
            "The part of the budget that ZINC's automatic sizing uses; the rest is for what its "
            "plan leaves out. Only the pick keeps to it: a context that is asked for may use the "
            "whole budget."
        ),
        marked("⌊budget × 85 ÷ 100⌋ bytes."),
        (_ZINC_PLAN, f"{_MEMORY_PLAN}, auto_share_bytes"),
        (HelpTopic.ZINC_AUTOMATIC, HelpTopic.LIMITS),
    ),
    HelpTopic.ZINC_LARGEST: Article(
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
        (HelpTopic.BUDGET, HelpTopic.CEILING, HelpTopic.ZINC_AUTOMATIC),
    ),
    HelpTopic.LLAMA_AUTOMATIC: Article(
        marked("Automatic context of llama.cpp"),
        marked(
            "What --fit picks when no context is given: all that the model was trained for, if "
            "that leaves the margin free; else a point on a straight line between the bytes at "
            "the floor and those at the ceiling, but not less than the floor."
        ),
        marked(
            "floor + ⌊(ceiling − floor) × (budget − margin − bytes at the floor) ÷ (bytes at the "
            "ceiling − bytes at the floor)⌋ tokens, rounded down to a multiple of 256. Bytes are "
            "those on the device."
        ),
        (_FIT, f"{_SIZING}, fitted_context"),
        (HelpTopic.FIT_TARGET, HelpTopic.FLOOR, HelpTopic.CEILING),
    ),
    HelpTopic.FIT_TARGET: Article(
        marked("Left free (--fit-target)"),
        marked(
            "Memory that --fit leaves free on the device when it picks a context, 1,024 MiB by "
            "default. One number is for all devices; several are for one each. A context that is "
            "asked for need not leave it."
        ),
        marked("Automatic sizing uses: budget − --fit-target × 1,048,576 bytes, at least 0."),
        (_FIT, f"{_SIZING}, size_context"),
        (HelpTopic.LLAMA_AUTOMATIC, HelpTopic.LLAMA_LARGEST),
    ),
    HelpTopic.LLAMA_LARGEST: Article(
        marked("Largest context that fits, llama.cpp"),
        marked(
            "The longest context with which everything stays on the device and the margin of "
            "--fit-target stays free. With more, --fit moves layers or experts to host memory, or, "
            "where it may not, the floor is held without the margin. It is searched for, because "
            "compute buffers follow no straight line. Where the device's largest buffer is known, "
            "no tensor may exceed it."
        ),
        marked(
            "The largest context with: bytes that count ≤ budget − margin, and largest tensor ≤ "
            "largest buffer."
        ),
        (_FIT, f"{_SIZING}, longest_context"),
        (HelpTopic.FIT_TARGET, HelpTopic.LARGEST_BUFFER, HelpTopic.LLAMA_AUTOMATIC),
    ),
    HelpTopic.FLOOR: Article(
        marked("Floor"),
        marked(
            "Automatic sizing never picks fewer tokens, unless the model declares fewer. It is no "
            "promise: ZINC starts with less where the whole budget does not hold it, and llama.cpp "
            "fails to load."
        ),
        marked("4,096 tokens; llama.cpp with a cache for each sequence: 4,096 × sequences."),
        (
            f"{_ZINC_PLAN}; {_FIT} (--fit-ctx)",
            f"{_MEMORY_PLAN}, AUTO_CONTEXT_FLOOR_TOKENS",
        ),
        (HelpTopic.ZINC_AUTOMATIC, HelpTopic.LLAMA_AUTOMATIC),
    ),
    HelpTopic.CEILING: Article(
        marked("Ceiling"),
        marked(
            "The longest context that model and backend allow: what the model's header declares, "
            "4,096 where it declares nothing; with ZINC on Metal at most 262,144. With llama.cpp "
            "and a cache for each sequence, each may be as long as the model allows."
        ),
        marked(
            "ZINC: min(context length, 262,144 on Metal). llama.cpp: context length × sequences "
            "with a cache of their own."
        ),
        (
            marked("GGUF: context_length of the architecture; ZINC: src/gpu/memory_plan.zig"),
            f"{_MEMORY_PLAN}, requested_context_tokens",
        ),
        (HelpTopic.MODEL_TOKENS, HelpTopic.SHARED_CACHE),
    ),
    HelpTopic.USED: Article(
        marked("Used tokens"),
        marked(
            "Tokens that the chat already holds. They take no memory beyond that of the context, "
            "but leave less of it for the next answer."
        ),
        marked("Chosen by you, from 0."),
        (_ZINC_PLAN, f"{_REQUEST_BUDGET}, request_budget"),
        (HelpTopic.COMPLETION, HelpTopic.REMAINING),
    ),
    HelpTopic.COMPLETION: Article(
        marked("Granted completion"),
        marked(
            "What the engine lets the next answer take of the context with which it started: what "
            "is asked for, or what is left if that is less."
        ),
        marked("min(completion asked for, remaining tokens)."),
        (_ZINC_PLAN, f"{_REQUEST_BUDGET}, clamped_completion_tokens"),
        (HelpTopic.REMAINING, HelpTopic.TARGET),
    ),
    HelpTopic.TARGET: Article(
        marked("Target"),
        marked("The context that the used tokens and the granted answer need together."),
        marked("min(context at the start, used tokens + granted completion)."),
        (_ZINC_PLAN, f"{_REQUEST_BUDGET}, request_context_target"),
        (HelpTopic.COMPLETION, HelpTopic.USED),
    ),
    HelpTopic.REMAINING: Article(
        marked("Remaining tokens"),
        marked("What the context has left beside the used tokens."),
        marked("context at the start − used tokens, never below 0."),
        (_ZINC_PLAN, f"{_REQUEST_BUDGET}, remaining_context_tokens"),
        (HelpTopic.USED, HelpTopic.COMPLETION),
    ),
}
