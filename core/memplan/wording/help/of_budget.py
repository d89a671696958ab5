"""Articles about the verdict, the budget, and what counts against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.language import marked
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic

_PLANNER = "Memplan: core/memplan/planning/planner.py"

ARTICLES: Final[Mapping[HelpTopic, Article]] = {
    HelpTopic.VERDICT: Article(
        marked("Verdict"),
        marked(
            "Whether the model fits, what the engine does at its start, and with which context."
        ),
        marked(
            "Fits: the bytes that count at the requested context, else at the automatic one, ≤ "
            "budget. On Metal with a total memory: the bytes that count ≤ total memory."
        ),
        (f"{_PLANNER}, plan",),
        (HelpTopic.TIGHT, HelpTopic.LEFT),
    ),
    HelpTopic.TIGHT: Article(
        marked("Fits, tight, does not fit"),
        marked(
            "Tight means that it fits with little to spare, so that another program may take what "
            "is missing. The rule is the same for every engine."
        ),
        marked(
            "Tight: less than 1 GiB left, or on Metal more than the working set but no more than "
            "the total memory."
        ),
        (f"{_PLANNER}, TIGHT_BYTES",),
        (HelpTopic.LEFT, HelpTopic.METAL_BUDGET),
    ),
    HelpTopic.BUDGET: Article(
        marked("Budget"),
        marked(
            "The memory that the engine may use. On Vulkan, CUDA and ROCm it is the memory of the "
            "device. What the desktop and other programs use is not subtracted unless “free now” "
            "is chosen."
        ),
        marked(
            "Vulkan: sum of the sizes of all DEVICE_LOCAL heaps. CUDA, ROCm: the device's memory. "
            "Metal: the working set."
        ),
        ("Memplan: core/memplan/detection/device.py, DetectedDevice",),
        (HelpTopic.METAL_BUDGET, HelpTopic.FREE_NOW, HelpTopic.COUNTS),
    ),
    HelpTopic.METAL_BUDGET: Article(
        marked("Budget on Metal: the working set"),
        marked(
            "Macs have one memory for processor and GPU. macOS recommends how much of it the GPU "
            "should use at a time: the working set. Device and host bytes both count against it. "
            "For Macs of the catalogue it is what Macs with as much memory reported on current "
            "macOS; for other sizes it is a guess, for macOS states no formula."
        ),
        marked(
            "Asked of the device: recommendedMaxWorkingSetSize. Of the catalogue: two thirds to "
            "84 % of the memory; the more memory, the larger the share."
        ),
        (
            "Apple: MTLDevice.recommendedMaxWorkingSetSize",
            "Memplan: core/memplan/devices.py, default_working_set",
        ),
        (HelpTopic.WIRED_LIMIT, HelpTopic.TOTAL_MEMORY),
    ),
    HelpTopic.TOTAL_MEMORY: Article(
        marked("Total memory"),
        marked(
            "All memory of a Mac. A plan beyond the working set, but within the total, is tight; "
            "one beyond the total does not fit. Without a total, the budget takes its place."
        ),
        marked("Does not fit: device bytes + host bytes > total memory."),
        (f"{_PLANNER}, plan",),
        (HelpTopic.METAL_BUDGET, HelpTopic.TIGHT),
    ),
    HelpTopic.WIRED_LIMIT: Article(
        marked("Wired limit"),
        marked(
            "On a Mac the system setting iogpu.wired_limit_mb says how much memory the GPU may "
            "hold. Raising it raises the working set, until the Mac restarts; what is left must "
            "do for everything else."
        ),
        marked("Working set = iogpu.wired_limit_mb × 1,048,576 bytes, once it is set."),
        (
            "macOS: sysctl iogpu.wired_limit_mb",
            "Memplan: core/memplan/detection/choices.py, wired_limit_choices",
        ),
        (HelpTopic.METAL_BUDGET,),
    ),
    HelpTopic.FREE_NOW: Article(
        marked("Free now"),
        marked(
            "What a device of this machine had left when it was asked, as the driver says. It "
            "changes with every program that opens a window; all of the memory does not."
        ),
        marked("Vulkan: budget − usage of the DEVICE_LOCAL heaps (VK_EXT_memory_budget)."),
        (
            "Vulkan: VK_EXT_memory_budget",
            "Memplan: core/memplan/detection/device.py, DetectedDevice",
        ),
        (HelpTopic.BUDGET,),
    ),
    HelpTopic.COUNTS: Article(
        marked("Counts against the budget"),
        marked(
            "The bytes that take from the budget at a context. On Vulkan, CUDA and ROCm these are "
            "the bytes on the device; what lives in host memory is shown, but does not count. On "
            "Metal both count, because they are in one memory."
        ),
        marked(
            "Vulkan, CUDA, ROCm: sum of the components on the device. "
            "Metal: sum of the components on the device and on the host."
        ),
        ("Memplan: core/memplan/memory/backend.py, Backend",),
        (HelpTopic.BUDGET, HelpTopic.SHARE_OF_BUDGET, HelpTopic.LEFT),
    ),
    HelpTopic.LEFT: Article(
        marked("Left, over"),
        marked(
            "What the budget has left at a context, or by how much the bytes that count are over "
            "it."
        ),
        marked("Left = budget − bytes that count. Below 0: over by so much."),
        (f"{_PLANNER}, Usage",),
        (HelpTopic.COUNTS, HelpTopic.TIGHT),
    ),
    HelpTopic.SHARE_OF_BUDGET: Article(
        marked("Share of the budget"),
        marked(
            "How much of the budget a component takes. Components in a memory that does not count "
            "have no share."
        ),
        marked("Share = 100 × the component's bytes ÷ budget, in percent."),
        ("Memplan: core/memplan/units.py, format_percent",),
        (HelpTopic.BUDGET, HelpTopic.COUNTS),
    ),
    HelpTopic.LARGEST_PART: Article(
        marked("Largest part"),
        marked(
            "The component that takes the most of what counts, at the context that is wanted: "
            "the first place to look for savings."
        ),
        marked("The largest of the components that count."),
        ("Memplan: core/memplan/wording/verdicts.py, largest_component",),
        (HelpTopic.COUNTS, HelpTopic.FREES),
    ),
    HelpTopic.GROWTH: Article(
        marked("What grows"),
        marked(
            "The component that takes more with every token of context. Weights never grow; the "
            "KV cache does, in windowed layers only up to the window."
        ),
        marked("The largest of: bytes at the ceiling − bytes at the floor."),
        ("Memplan: core/memplan/wording/verdicts.py, growing_component",),
        (HelpTopic.LARGEST_PART,),
    ),
    HelpTopic.READS: Article(
        marked("What a token reads"),
        marked(
            "To make one more token, all weights but the experts that it does not use are read, "
            "the keys and values of the tokens before it, and the states; here at the end of the "
            "context. What is in host memory is read, and computed, there. Where the bandwidth of "
            "a memory is known, reading alone allows only so many tokens a second. That is a "
            "limit, not a forecast."
        ),
        marked("Tokens a second ≤ 1 ÷ sum over memories of (bytes read ÷ bandwidth)."),
        ("Memplan: core/memplan/wording/reads.py, most_tokens_per_second",),
        (HelpTopic.LARGEST_PART,),
    ),
    HelpTopic.BAND: Article(
        marked("Estimate and its band (≈, ±)"),
        marked(
            "A number without ≈ is what the engine allocates, to the byte. An estimate says by "
            "how much it may be off either way. The chart hatches it."
        ),
        marked("From estimate − band to estimate + band."),
        ("Memplan: core/memplan/memory/component.py, Component",),
    ),
    HelpTopic.LOG_LINES: Article(
        marked("The engine's log"),
        marked(
            "The line that the engine would write for this plan, in its own words, so that it can "
            "be found in a log. “Explain a log” reads the other way: from a log to the reason."
        ),
        marked("GiB and MiB in these lines are multiples of 1,024, as the engines print them."),
        ("Memplan: core/memplan/wording/verdicts.py, log_lines",),
        (HelpTopic.VERDICT,),
    ),
}
