"""What llama.cpp's ``--fit`` says: what it measured, what it changed, why it gave up."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.logs.own_row import own_row as row
from memplan.engines.log_row import Effect

_FLAGS: Final = {
    "n_gpu_layers": "--n-gpu-layers",
    "tensor_split": "--tensor-split",
    "tensor_buft_overrides": "--override-tensor",
}
"""The options for which ``--fit`` gives up, by its own names of them."""

FIT: Final = (
    row("total, ", r"fit\w{0,20}:\s{1,8}- (?P<device>\w{1,40}) \((?P<description>.{0,100}?)\)"
        r"\s{0,60}:\s{0,12}(?P<total>\d{1,12}) total,\s{1,12}\d{1,12} used", Effect.DEVICE,
        "llama_params_fit_impl:   - Vulkan0 (AMD Radeon RX 7900 XT)         :  16368 total,"
        "  25001 used,   9657 deficit"),
    row("context size reduced", r"context size reduced from (?P<context_from>\d{1,12}) to "
        r"(?P<context_to>\d{1,12}) ->", Effect.FIT,
        "llama_params_fit_impl: context size reduced from 131072 to 38912 -> need 28500 MiB less "
        "memory in total"),
    *(
        row("params to free device", r"failed to fit params to free device memory: .{0,24}?"
            rf"{parameter} already set by user",
            Effect.FIT, f"common_fit_params: failed to fit params to free device memory: "
            f"{parameter} already set by user to 99, abort", set_by_user=flag)
        for parameter, flag in _FLAGS.items()
    ),
    row("params to free device", r"(?P<gave_up>failed) to fit params to free device memory",
        Effect.FIT, "common_fit_params: failed to fit params to free device memory: was unable to "
        "fit model into system memory by reducing context, abort"),
    row("params to free device", r"successfully fit params to free device memory", Effect.NONE,
        "common_fit_params: successfully fit params to free device memory"),
    row("layers", r"fit\w{0,20}:\s{1,8}- (?P<device>\w{1,40}) \(.{0,100}?\)\s{0,60}:\s{1,8}"
        r"(?P<layers>\d{1,6}) layers(?: \(\s{0,8}(?P<overflowing>\d{1,6}) overflowing\))?,"
        r"\s{1,12}\d{1,12} MiB used", Effect.FIT,
        "common_params_fit_impl:   - Vulkan0 (llvmpipe): 19 layers ( 6 overflowing),   1100 MiB "
        "used,    948 MiB free"),
    row("projected to use", r"projected to use \d{1,12} MiB of (?:device|host) memory",
        Effect.NOTED,
        "common_params_fit_impl: projected to use 153 MiB of device memory vs. 2048 MiB of free "
        "device memory"),
    row("projected memory use", r"projected memory use with initial parameters", Effect.NOTED,
        "llama_params_fit_impl: projected memory use with initial parameters [MiB]:"),
)  # fmt: skip
