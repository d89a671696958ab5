"""The options that spread a model over several devices, and what is to stay free of each."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.choices import SplitMode
from memplan.engines.option_spec import Choice, Count, Numbers, OptionSpec, Row
from memplan.exhaustive import exhaustive
from memplan.language import marked

MOST_NUMBERS: Final = 15
"""llama.cpp is built for 16 devices, and refuses a list as long as that."""

USUAL_TARGET_MIB: Final = 1024
"""What automatic fitting leaves free of a device that has no number of its own."""

SPLIT_MODE: Final = OptionSpec(
    ("--split-mode", "-sm"),
    Choice(
        SplitMode,
        exhaustive(
            SplitMode, {SplitMode.LAYER: marked("By layer"), SplitMode.NONE: marked("One GPU only")}
        ),
    ),
    "how several GPUs share the model: by layer (default), or one has it alone. row and tensor "
    "are not planned: CUDA, HIP and Vulkan refuse the first, and llama.cpp tells only the sum "
    "over all GPUs of the second",
    marked("Split"),
    Row(
        marked("Split o&ver GPUs"),
        marked("How several GPUs share the model (--split-mode)"),
        behind_more=True,
    ),
    "split",
)
TENSOR_SPLIT: Final = OptionSpec(
    ("--tensor-split", "-ts"),
    Numbers("N0,N1,…", MOST_NUMBERS),
    "how much of the model each GPU takes, as proportions such as 3,1 (default: as much as each "
    "has free)",
    marked("Shares"),
    Row(
        marked("Shares of the GPUs"),
        marked(
            "How much of the model each GPU takes, as proportions such as 3,1 (--tensor-split); "
            "empty: as much as each has free"
        ),
        behind_more=True,
    ),
    "split",
)
MAIN_GPU: Final = OptionSpec(
    ("--main-gpu", "-mg"),
    Count(),
    "the GPU that has the model with --split-mode none, counted from 0",
    marked("Main GPU"),
    Row(
        marked("Main GPU"),
        marked("The GPU that has the model where only one has it, counted from 0 (--main-gpu)"),
        behind_more=True,
    ),
    "split",
)
FIT_TARGET: Final = OptionSpec(
    ("--fit-target", "-fitt"),
    Numbers("MiB0,MiB1,…", MOST_NUMBERS, whole=True),
    "what automatic fitting leaves free, in MiB: one number for all GPUs, or one for each "
    "(default: 1024)",
    marked("Left free"),
    Row(
        marked("Left free, MiB"),
        marked(
            "Memory that --fit leaves free, in MiB: one number for all GPUs, or one for each "
            "(--fit-target)"
        ),
        "MiB",
        behind_more=True,
    ),
    "fit-target",
)


def of_each_device(given: tuple[int, ...], count: int, usual: int) -> tuple[int, ...]:
    """What automatic fitting leaves free of each of so many devices: one number is for all.

    Source: llama.cpp b11434, ``common/arg.cpp``, ``--fit-target``.
    """
    if len(given) == 1:
        return given * count
    return (*given, *(usual,) * count)[:count]
