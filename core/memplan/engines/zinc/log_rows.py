"""The engine ZINC: its check, its start, its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from memplan.engines.log_app import App
from memplan.engines.log_dialect import LogDialect
from memplan.engines.log_row import ANY_UNIT, Effect, row
from memplan.engines.zinc.options import KvType, ZincOptions, ZincVersion

if TYPE_CHECKING:
    from memplan.logs.log import Log

_ROWS: Final = (
    row("Tensor upload", rf"Tensor upload\W{{1,40}}{ANY_UNIT} device-local weights", Effect.BUFFER,
        "  Tensor upload: 4.58 GiB device-local weights",
        engine="zinc", kind="weights", buffer="device"),
    row("VRAM fit", r"VRAM fit.{0,40}?(?P<used>\d{1,9}\.\d\d) / (?P<total_gib>\d{1,9}\.\d\d) GiB "
        r"device-local \((?P<verdict>headroom|over by)", Effect.DEVICE,
        "[OK] VRAM fit: 5.60 / 16.00 GiB device-local (headroom 10.40 GiB)",
        engine="zinc", device="device", backend="vulkan"),
    row("KV cache", rf"KV cache\W{{1,40}}{ANY_UNIT} \(ctx cap (?P<n_ctx>\d{{1,12}})\)",
        Effect.BUFFER, "    KV cache: 1.00 GiB (ctx cap 4096)",
        engine="zinc", kind="kv_cache", buffer="device"),
    row("layers attend", r"KV cache: (?P<attending>\d{1,6})/\d{1,6} layers attend, "
        r"(?P<type_kv>\w{1,12}) \((?P<size>\d{1,12}) (?P<unit>MB) total at "
        r"(?P<n_ctx>\d{1,12}) tokens\)", Effect.BUFFER,
        "info(forward): KV cache: 17/65 layers attend, f16 (14989 MB total at 225729 tokens)",
        engine="zinc", kind="kv_cache", buffer="device"),
    row("refill scratch", r"[Pp]refill scratch.{0,40}?(?:reduced|trimmed|given back).{0,60}?"
        r"to (?P<size>\d{1,12}(?:\.\d{1,3})?) (?P<unit>[MG]i?B)", Effect.BUFFER,
        "info(forward): Prefill scratch budget reduced from 1024 MB to 80 MB so the requested "
        "262144-token context fits",
        engine="zinc", kind="compute", buffer="device"),
    row("refill scratch", r"[Pp]refill scratch\W{1,8}(?P<size>\d{1,12}(?:\.\d{1,3})?) "
        r"(?P<unit>[MG]i?B)", Effect.BUFFER, "info(forward): Prefill scratch: 1024 MB reserved",
        engine="zinc", kind="compute", buffer="device"),
    row("ext-token block", r"[Nn]ext-token blocks? (?:enabled|retained|disabled)", Effect.NOTED,
        "info(forward): Next-token block enabled", engine="zinc"),
    row("NextN/MTP: ", r"NextN/MTP: \d{1,6} appended block\(s\) (?:enabled|retained|disabled)",
        Effect.NOTED, "info(loader): NextN/MTP: 1 appended block(s) retained but excluded from "
        "ordinary inference", engine="zinc"),
    row("NextN/MTP", r"Ignoring invalid NextN/MTP layer count \d{1,12} for block_count",
        Effect.NOTED, "warning(loader): Ignoring invalid NextN/MTP layer count 9 for block_count 4",
        engine="zinc"),
    row("serve engine ready", r"(?P<backend>CUDA|ROCm|HIP|Vulkan|Metal) serve engine ready: "
        r"(?P<n_slots>\d{1,6}) slots \S{1,3} (?P<n_ctx_slot>\d{1,12}) ctx", Effect.LOADED,
        "info(cuda_serve): CUDA serve engine ready: 4 slots × 32768 ctx, eos=248046",
        engine="zinc"),
    row("serve engine ready", r"(?P<backend>CUDA|ROCm|HIP|Vulkan|Metal) serve engine ready",
        Effect.LOADED, "info(serve): CUDA serve engine ready: 4 slots, context 32768",
        engine="zinc"),
    row("GPU SSM state", rf"GPU SSM state\W{{1,40}}{ANY_UNIT}", Effect.BUFFER,
        "    GPU SSM state: 0.06 GiB", engine="zinc", kind="recurrent_state", buffer="device"),
    row("host-visible staging", rf"host-visible staging\W{{1,40}}{ANY_UNIT}", Effect.BUFFER,
        "    host-visible staging: 0.00 GiB (reported separately)",
        engine="zinc", kind="staging", buffer="host"),
    row("budget-fit ctx", r"budget-fit ctx\W{1,40}\d{1,12} tokens at current "
        r"(?P<memory>VRAM|UMA) budget", Effect.OPTION,
        "    budget-fit ctx: 44032 tokens at current VRAM budget", engine="zinc"),
    row("runtime device-local", r"runtime device-local\W{1,40}\d", Effect.NONE,
        "    runtime device-local: 1.02 GiB", engine="zinc"),
    row("File size", rf"File size\W{{1,40}}{ANY_UNIT}", Effect.NONE, "  File size: 4.58 GiB",
        engine="zinc"),
    row(" weights", rf"^\s{{0,40}}weights\W{{1,40}}{ANY_UNIT}", Effect.NONE,
        "    weights: 4.58 GiB", engine="zinc"),
    row("No decode context fits", r"No decode context fits within "
        r"(?P<total_gib>\d{1,9}\.\d\d) GiB (?P<memory>VRAM|Metal)", Effect.ERROR,
        "error(forward): No decode context fits within 4.00 GiB VRAM budget",
        engine="zinc", cause="total_memory", at="loading"),
    row("ContextLengthDoesNotFit", r"ContextLengthDoesNotFit", Effect.ERROR,
        "error: ContextLengthDoesNotFit", engine="zinc", cause="total_memory", at="loading"),
    row("rimmed from", r"(?P<memory>Metal c|C)ontext trimmed from (?P<context_from>\d{1,12}) to "
        r"(?P<n_ctx>\d{1,12}) tokens", Effect.CONTEXT_SIZED,
        "warning(forward): Context trimmed from 32768 to 8192 tokens to fit current VRAM budget",
        engine="zinc"),
    row("planned context", r"(?P<memory>Metal )?KV cache planned context: requested \d{1,12}, "
        r"reserved (?P<n_ctx>\d{1,12})", Effect.CONTEXT_SIZED,
        "info(forward): KV cache planned context: requested 4096, reserved 4096", engine="zinc"),
    row("MB VRAM", r"Loaded \d{1,9} tensors \| (?P<size>\d{1,12}) (?P<unit>MB) VRAM",
        Effect.BUFFER, "info(loader): Loaded 292 tensors | 4685 MB VRAM",
        engine="zinc", kind="weights", buffer="device"),
    row("vkAllocateMemory failed", r"vkAllocateMemory failed: -2", Effect.ERROR,
        "error(buffer): vkAllocateMemory failed: -2",
        engine="zinc", cause="total_memory", backend="vulkan", at="loading"),
    row("vkAllocateMemory failed", r"vkAllocateMemory failed: -1", Effect.ERROR,
        "error(buffer): vkAllocateMemory failed: -1",
        engine="zinc", cause="host_memory", backend="vulkan", at="loading"),
    row("MB | BW", r"VRAM: (?P<total>\d{1,12}) MB \| BW", Effect.DEVICE,
        "info(gpu):   VRAM: 16368 MB | BW: 640 GB/s | CUs: 32",
        engine="zinc", device="device", backend="vulkan"),
)  # fmt: skip

DIALECT: Final = LogDialect(
    results=_ROWS, apps={"": App("ZINC")}, rounded_to_mib=1.0, fit_flag="ZINC", processes=("zinc",)
)


def options_from_log(log: Log) -> ZincOptions:
    """The version that writes such a log, and the type of its KV cache.

    Only ZINC of September 2026 tells the type.
    """
    named = {each.value: each for each in KvType}
    kv_type = named.get(log.options.type_k or "")
    if kv_type is None:
        return ZincOptions()
    return ZincOptions(version=ZincVersion.SEPTEMBER_12_2026, kv_type=kv_type)
