"""What llama.cpp's ``--fit`` says: what it measured, what it changed, why it gave up."""

from __future__ import annotations

from typing import Final

from memplan.logs.rows.row import Effect, row

FIT: Final = (
    row("total, ", r"fit\w{0,20}:\s{1,8}- (?P<device>\w{1,40}) \((?P<description>.{0,100}?)\)"
        r"\s{0,60}:\s{0,12}(?P<total>\d{1,12}) total,\s{1,12}\d{1,12} used", Effect.DEVICE,
        "llama_params_fit_impl:   - Vulkan0 (AMD Radeon RX 7900 XT)         :  16368 total,"
        "  25001 used,   9657 deficit"),
    row("context size reduced", r"context size reduced from (?P<context_from>\d{1,12}) to "
        r"(?P<context_to>\d{1,12}) ->", Effect.FIT,
        "llama_params_fit_impl: context size reduced from 131072 to 38912 -> need 28500 MiB less "
        "memory in total"),
    row("params to free device", r"failed to fit params to free device memory: .{0,24}?"
        r"(?P<set_by_user>n_gpu_layers|tensor_split|tensor_buft_overrides) already set by user",
        Effect.FIT, "common_fit_params: failed to fit params to free device memory: n_gpu_layers "
        "already set by user to 99, abort"),
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
