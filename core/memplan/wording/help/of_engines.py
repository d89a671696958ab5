"""Articles about engines, backends and devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.language import marked
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic

ARTICLES: Final[Mapping[HelpTopic, Article]] = {
    HelpTopic.ENGINE: Article(
        marked("Engine"),
        marked("The program that runs the model. Each plans its memory its own way."),
        marked("No formula of its own: it decides which formulas apply."),
        ("Memplan: core/memplan/engines/engine.py, Engine",),
        (HelpTopic.DIFFERENCE,),
    ),
    HelpTopic.BACKEND: Article(
        marked("Backend"),
        marked(
            "The interface through which the engine reaches the GPU. It decides which memory "
            "counts, and how tensors are padded."
        ),
        marked(
            "Vulkan, CUDA, ROCm: the device's memory counts. Metal: device and host memory count."
        ),
        ("Memplan: core/memplan/memory/backend.py, Backend",),
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
    HelpTopic.LARGEST_BUFFER: Article(
        marked("Largest buffer"),
        marked(
            "One tensor must fit into one buffer, and drivers limit how large that may be: often "
            "4 GiB with Vulkan. A model can fail there although there is memory left. Found GPUs "
            "bring their limit; else it is not known."
        ),
        marked("Largest tensor = max(largest tensor of the weights, K or V of one layer) ≤ limit."),
        (
            "Vulkan: maxMemoryAllocationSize, maxStorageBufferRange; Metal: maxBufferLength",
            "Memplan: core/memplan/estimate.py, Allocation",
        ),
        (HelpTopic.DEVICE,),
    ),
}
