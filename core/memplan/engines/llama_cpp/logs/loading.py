"""llama.cpp's own lines: buffers, sums, how far a load has come, options, devices, versions."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.logs.own_row import own_row as row
from memplan.engines.log_row import COMMON_KEY, MIB, SIZE, Effect

BUFFERS: Final = (
    # The buffer's name is what stands before the match, after the last colon.
    row("buffer size", rf"\s(?:K|R)V buffer size\s{{0,4}}{MIB}", Effect.BUFFER,
        "llama_kv_cache:    Vulkan0 KV buffer size =    24.00 MiB", kind="kv_cache"),
    row("buffer size", rf"\sRS buffer size\s{{0,4}}{MIB}", Effect.BUFFER,
        "llama_memory_recurrent:    Vulkan0 RS buffer size =    38.53 MiB",
        kind="recurrent_state"),
    row("buffer size", rf"\sDSV4 \w{{1,20}} state buffer size\s{{0,4}}{MIB}", Effect.BUFFER,
        "llama_kv_cache_dsv4:    Vulkan0 DSV4 csa state buffer size =     2.00 MiB",
        kind="recurrent_state"),
    row("compute buffer size",
        rf"\scompute buffer size (?:is|of)\s{{1,8}}{SIZE} MiB, (?:matches|does not match)",
        Effect.NONE,
        "~llama_context:    Vulkan0 compute buffer size is  27.0176 MiB, "
        "matches expectation of  27.0176 MiB"),
    row("compute buffer size", r"compute_meta:\s{1,20}(?P<buffer>\S{1,40})\s{1,8}compute buffer "
        rf"size\s{{0,4}}{MIB}", Effect.BUFFER,
        "reserve_compute_meta:    CUDA0 compute buffer size =   139.25 MiB",
        kind="compute", part="projector"),
    row("compute buffer size", rf"clip.{{0,60}}compute buffer size\s{{0,4}}{MIB}", Effect.NONE,
        "clip_init: compute buffer size =   102.80 MiB"),
    row("buffer size", rf"\scompute buffer size\s{{0,4}}{MIB}", Effect.BUFFER,
        "sched_reserve:    Vulkan0 compute buffer size =    27.02 MiB", kind="compute"),
    row("buffer size", rf"\soutput buffer size\s{{0,4}}{MIB}", Effect.BUFFER,
        "llama_context: Vulkan_Host  output buffer size =     4.00 MiB", kind="output"),
    row("buffer size", rf"\sinput buffer size\s{{0,4}}{MIB}", Effect.NONE,
        "llama_new_context_with_model:  CUDA_Host input buffer size   =    11.02 MiB"),
    row("buffer size", rf"\sLoRA buffer size\s{{0,4}}{MIB}", Effect.BUFFER,
        "llama_adapter_lora_init_impl:    Vulkan0 LoRA buffer size =    12.00 MiB",
        kind="weights", part="adapter"),
    row("buffer size", rf"params backend buffer size\s{{0,4}}{MIB}", Effect.BUFFER,
        "clip_model_load: params backend buffer size =  595.49 MB (377 tensors)",
        kind="weights", part="projector", buffer="projector's backend"),
    row("buffer size", rf"\smodel buffer size\s{{0,4}}{MIB}", Effect.BUFFER,
        "load_tensors:      Vulkan0 model buffer size =    65.16 MiB", kind="weights"),
    row("buffer size", r"load_tensors:\s{0,40}(?P<buffer>\S.{0,120}?)\s{1,8}buffer size"
        rf"\s{{0,4}}{MIB}", Effect.BUFFER,
        "llm_load_tensors:        CPU buffer size =   107.53 MiB", kind="weights"),
)  # fmt: skip
"""One buffer each, as llama.cpp prints them from 2024 on."""

TOTALS: Final = (
    # Of 2023, and sums beside the buffers: they count where no buffer of the kind is named.
    row("kv self", rf"VRAM kv self\s{{0,4}}{MIB}", Effect.TOTAL,
        "llama_new_context_with_model: VRAM kv self = 256.00 MB", kind="kv_cache", buffer="GPU"),
    row("self size",
        rf"(?i:kv) self size\s{{1,4}}{MIB}"
        r"(?:, (?:K|c\^KV) \((?P<type_k>\w{1,12})\):[^,]{1,24}(?:, V \((?P<type_v>\w{1,12})\))?)?",
        Effect.TOTAL,
        "llama_init_from_model: KV self size  =   32.00 MiB, K (f16):   16.00 MiB, "
        "V (f16):   16.00 MiB", kind="kv_cache", buffer="CPU"),
    row("cells", rf"(?<!buffer )size =\s{{0,8}}{SIZE} MiB \(\s{{0,8}}(?P<cells>\d{{1,12}}) cells,"
        r"\s{1,8}\d{1,6} layers,\s{1,4}(?P<n_seq>\d{1,6})(?:/(?P<streams>\d{1,6}))? seqs"
        r"(?P<recurrent>\s{1,4}\d{1,6} rs_seq)?\)"
        r"(?:, K \((?P<type_k>\w{1,12})\):[^,]{1,24}, V \((?P<type_v>\w{1,12})\))?",
        Effect.TOTAL,
        "llama_kv_cache: size =   24.00 MiB (  8192 cells,   3 layers,  4/1 seqs), "
        "K (f16):   12.00 MiB, V (f16):   12.00 MiB", kind=""),
    row("kv^T", rf"c\^KV \((?P<type_k>\w{{1,12}})\):\s{{0,8}}{SIZE} (?P<unit>MiB)", Effect.TOTAL,
        "llama_kv_cache_init: c^KV (q8_0): 36.00 MiB, kv^T: not used",
        kind="kv_cache", buffer="CPU"),
    row("mem required", rf"mem required\s{{0,4}}{MIB}", Effect.TOTAL,
        "llm_load_tensors: mem required  =  107.56 MB (+   16.00 MB per state)",
        kind="weights", buffer="CPU", era="2023"),
    row("VRAM used", rf"(?<!total )VRAM used\s{{0,2}}[:=]?\s{{0,4}}{SIZE} (?P<unit>Mi?B)",
        Effect.TOTAL, "llm_load_tensors: VRAM used: 4807.05 MB", kind="weights", buffer="GPU",
        era="2023"),
    row("VRAM", rf"VRAM scratch buffer:?\s{{0,4}}{MIB}", Effect.TOTAL,
        "llama_new_context_with_model: VRAM scratch buffer: 70.50 MB",
        kind="compute", buffer="GPU"),
    row("compute buffer", rf"compute buffer total size\s{{0,4}}{MIB}", Effect.TOTAL,
        "llama_new_context_with_model: compute buffer total size =   64.97 MB",
        kind="compute", buffer="CPU"),
    row("memory breakdown", r"memory breakdown \[MiB\]", Effect.BREAKDOWN,
        "| memory breakdown [MiB] | total   free    self   model   context   compute"
        "    unaccounted |"),
    row(COMMON_KEY, r"\|\s{1,4}-\s{1,4}(?P<device>[^|]{1,100}?)\s{0,60}\|\s{1,24}"
        r"(?:(?P<total>\d{1,12}) =\s{1,12}(?P<free>\d{1,12}) \+ \()?\s{0,24}"
        r"(?P<self>\d{1,12}) =\s{1,12}(?P<model>\d{1,12}) \+\s{1,12}(?P<context>\d{1,12}) \+"
        r"\s{1,12}(?P<compute>\d{1,12})", Effect.BREAKDOWN,
        "|   - Vulkan0 (llvmpipe) |  2048 = 2048 + ( 153 =    65 +      61 +      27) + "
        "17592186044263 |"),
)  # fmt: skip
"""Sums over several buffers."""

PROGRESS: Final = (
    row("llama_model_loader: loaded", r"llama_model_loader: loaded meta data", Effect.LOAD_STARTS,
        "llama_model_loader: loaded meta data with 33 key-value pairs and 236 tensors from x.gguf "
        "(version GGUF V3 (latest))"),
    row("loading model tensors", r"load_tensors: loading model tensors", Effect.LOAD_STARTS,
        "load_tensors: loading model tensors, this can take a while... (load_mode = mmap)",
        tensors="true"),
    row("load_model: loading", r"load_model: loading model", Effect.ANNOUNCED,
        "srv    load_model: loading model 'x.gguf'"),
    row("HTTP server", r"HTTP server", Effect.NOTED,
        "srv          init: using 5 threads for HTTP server"),
    row("constructing", r"constructing llama_context", Effect.CONTEXT_STARTS,
        "llama_context: constructing llama_context"),
    row(": dev = ", r"llama_kv_cache\w{0,16}: layer {1,4}\d{1,4}: dev = ", Effect.CACHE_STARTS,
        "llama_kv_cache: layer   3: dev = CUDA0", kind="kv_cache"),
    row(": dev = ", r"llama_memory_recurrent,?:? layer {1,4}\d{1,4}: dev = ", Effect.CACHE_STARTS,
        "llama_memory_recurrent, layer   0: dev = CUDA0", kind="recurrent_state"),
    row("warming up", r"warming up the model", Effect.WARMS_UP,
        "common_init_from_params: warming up the model with an empty run - please wait ..."),
    row("initializing", r"load_model: initializing(?: slots)?, n_slots = (?P<n_slots>\d{1,6})"
        r"(?:, n_ctx_slot = (?P<n_ctx_slot>\d{1,12}))?"
        r"(?:, kv_unified = '?(?P<kv_unified>true|false))?", Effect.LOADED,
        "srv    load_model: initializing, n_slots = 4, n_ctx_slot = 8192, kv_unified = 'true'"),
    row("initializing", r"init: initializing slots, n_slots = (?P<n_slots>\d{1,6})",
        Effect.LOADED, "srv          init: initializing slots, n_slots = 1"),
    row("model loaded", r"(?:main|llama_server|load_model|server)\W{1,4}model loaded\b",
        Effect.LOADED, "srv  llama_server: model loaded"),
    row("server is listening", r"server is listening on ", Effect.LOADED,
        "main: server is listening on http://127.0.0.1:8080 - starting the main loop"),
    row("slots are idle", r"all slots are idle", Effect.LOADED,
        "srv  update_slots: all slots are idle"),
    row("_context_print", r"perf_context_print:", Effect.RUNS,
        "llama_perf_context_print:        eval time =   812.17 ms /    31 runs"),
    row("llama_print_timings", r"llama_print_timings:", Effect.RUNS,
        "llama_print_timings:        eval time =   812.17 ms /    31 runs"),
    row("launch_slot_", r"launch_slot_\w{0,12}:", Effect.RUNS,
        "slot launch_slot_: id  0 | task 12 | processing task, is_child = 0"),
    row("| task ", r"slot\s{1,16}[\w()]{1,24}: id {1,4}\d{1,6} \| task \d", Effect.RUNS,
        "slot update_slots: id  0 | task 12 | new prompt, n_ctx_slot = 4096"),
)  # fmt: skip
"""How far a load has come."""

_FUNCTION: Final = (
    r"(?:llama_context|(?P<again>llama_new_context_with_model|llama_init_from_model"
    r"|print_meta|model_load_internal|llama_init_from_file))"
)
"""``again``: of versions that print their options before each new context."""

OPTIONS: Final = (
    row("new slot", r"new slot,? n_ctx", Effect.NONE,
        "slot   load_model: id  0 | task -1 | new slot, n_ctx = 8192"),
    row("n_parallel", r"n_parallel is set to auto, using n_parallel = (?P<n_seq>\d{1,6})"
        r"(?: and kv_unified\s{0,4}=\s{0,4}(?P<kv_unified>true|false))?", Effect.ASKED,
        "srv  llama_server: n_parallel is set to auto, using n_parallel = 4 and kv_unified = true",
        may_go_on=True),
    row("kv_size", r"kv_size = (?P<kv_size>\d{1,12}), offload = [01], "
        r"type_k = '(?P<type_k>\w{1,12})', type_v = '(?P<type_v>\w{1,12})'", Effect.OPTION,
        "llama_kv_cache_init: kv_size = 4096, offload = 1, type_k = 'f16', type_v = 'f16', "
        "n_layer = 8, can_shift = 1"),
    row("n_ctx_", r"n_ctx_(?P<per>seq|per_seq) \((?P<n_ctx_seq>\d{1,12})\) [<>] n_ctx_train",
        Effect.OPTION, "llama_context: n_ctx_seq (131072) < n_ctx_train (262144) -- the full "
        "capacity of the model will not be utilized"),
    row("n_ctx_", r"\bn_ctx_(?P<per>seq|per_seq)\s{0,24}=\s{0,12}(?P<n_ctx_seq>\d{1,12})",
        Effect.OPTION, "llama_context: n_ctx_seq             = 8192"),
    row("n_ctx", rf"{_FUNCTION}: {{0,8}}n_ctx\s{{0,24}}=\s{{0,12}}(?P<n_ctx>\d{{1,12}})",
        Effect.OPTION, "llama_context: n_ctx                 = 8192"),
    row("non-SWA KV cache", r"creating non-SWA KV cache, size = (?P<full_cells>\d{1,12}) cells",
        Effect.OPTION,
        "llama_kv_cache_iswa: creating non-SWA KV cache, size = 131072 cells"),
    row("n_seq_max", r"\bn_seq_max\s{0,24}=\s{0,12}(?P<n_seq>\d{1,6})", Effect.OPTION,
        "llama_context: n_seq_max             = 4"),
    row("n_ubatch", r"\bn_ubatch\s{0,24}=\s{0,12}(?P<n_ubatch>\d{1,12})", Effect.OPTION,
        "llama_context: n_ubatch              = 512"),
    row("flash_attn", r":\s{0,8}flash_attn\s{0,24}=\s{0,12}(?P<flash_attn>-?\w{1,12})",
        Effect.OPTION, "llama_context: flash_attn            = auto"),
    row("kv_unified", r":\s{0,8}kv_unified\s{0,24}=\s{0,12}'?(?P<kv_unified>true|false)",
        Effect.OPTION, "llama_context: kv_unified            = true"),
    row("cache to GPU", r"offloading (?P<cache_on_gpu>[kv]) cache to GPU", Effect.OPTION,
        "llm_load_tensors: offloading v cache to GPU"),
    row("n_layer", r"print_(?:meta|info): n_layer\s{0,24}=\s{0,12}(?P<n_blocks>\d{1,6})",
        Effect.OPTION, "llm_load_print_meta: n_layer        = 32"),
    row("full-size SWA", r"using full-size (?P<swa_full>SWA) cache", Effect.OPTION,
        "llama_kv_cache_iswa: using full-size SWA cache (ref: …)"),
    row("offloaded", r"offloaded (?P<n_gpu_layers>\d{1,6})/(?P<n_layers>\d{1,6}) layers to GPU",
        Effect.OPTION, "load_tensors: offloaded 19/19 layers to GPU"),
)  # fmt: skip
"""The engine's options."""

DEVICES: Final = (
    row("using device", r"using device (?P<device>\w{1,40}) \((?P<description>.{0,100}?)\)"
        r"(?: \([\w:. ]{0,40}\))? - (?P<free>\d{1,12}) MiB free", Effect.DEVICE,
        "llama_prepare_model_devices: using device Vulkan0 (llvmpipe (LLVM 15.0.6, 256 bits)) "
        "(unknown id) - 2048 MiB free"),
    row(" MiB free)", r"- (?P<device>\w{1,40})\s{0,12}: (?P<description>.{0,100}?) "
        r"\((?P<total>\d{1,12}) MiB, (?P<free>\d{1,12}) MiB free\)", Effect.DEVICE,
        "  - Vulkan0 : llvmpipe (LLVM 15.0.6, 256 bits) (2048 MiB, 2048 MiB free)"),
    row("recommendedMaxWorkingSetSize",
        r"recommendedMaxWorkingSetSize\s{1,8}=\s{1,8}(?P<decimal_mb>\d{1,12}(?:\.\d{1,4})?) MB",
        Effect.DEVICE, "ggml_metal_init: recommendedMaxWorkingSetSize  = 22906.50 MB",
        device="Metal", backend="metal"),
    row("compute capability", r"Device (?P<number>\d{1,3}): (?P<description>.{1,80}?), compute "
        r"capability [\d.]{1,6}.{0,30}?, VRAM: (?P<total>\d{1,12}) MiB", Effect.DEVICE,
        "  Device 0: NVIDIA GeForce RTX 3090, compute capability 8.6, VMM: yes, VRAM: 24123 MiB",
        device="CUDA", backend="cuda"),
    row("Wave Size", r"Device (?P<number>\d{1,3}): (?P<description>.{1,80}?), gfx.{0,60}?"
        r", VRAM: (?P<total>\d{1,12}) MiB", Effect.DEVICE,
        "  Device 0: AMD Radeon RX 7900 XTX, gfx1100 (0x1100), VMM: no, Wave Size: 32, "
        "VRAM: 24560 MiB", device="ROCm", backend="rocm"),
    row("ggml_vulkan: ", r"ggml_vulkan: (?:Found \d|\d{1,3} = |Compiling)", Effect.NOTED,
        "ggml_vulkan: Found 1 Vulkan devices:", backend="vulkan"),
    row("ROCm devices", r"found \d{1,3} ROCm devices", Effect.NOTED,
        "ggml_cuda_init: found 1 ROCm devices:", backend="rocm"),
    row("CUDA devices", r"found \d{1,3} CUDA devices", Effect.NOTED,
        "ggml_cuda_init: found 1 CUDA devices:", backend="cuda"),
    row("SYCL devices", r"[Ff]ound \d{1,3} SYCL devices", Effect.NOTED,
        "ggml_sycl_init: found 1 SYCL devices:", backend="sycl"),
    row("ggml_metal_", r"ggml_metal_(?:device_)?init: (?:allocating|GPU name|found device)",
        Effect.NOTED, "ggml_metal_init: allocating", backend="metal"),
)  # fmt: skip
"""Devices and their memory."""

VERSIONS: Final = (
    row("build", r"\bbuild(?: =|:)? (?P<version>\d{1,8} \([0-9a-f]{6,40}\))(?: with |$|\s)",
        Effect.VERSION, "build: 4762 (d04e7163) with gcc-13 (GCC) 13.3.0 for x86_64-linux-gnu"),
    row("build", r"\bbuild(?:_info|)\s{0,4}[:=]\s{1,4}(?P<version>b\d{1,8}-[0-9a-f]{6,40})\b",
        Effect.VERSION, "build_info: b8931-9725a313b"),
    row("version", r"(?:^|[\s:|])version\s{0,4}[:=]\s{1,4}"
        r"(?P<version>[1-9]\d{0,7} \([0-9a-f]{6,40}\))\s{0,4}$",
        Effect.VERSION, "version: 8763 (ff5ef8278)"),
    row("llama.cpp build", r"llama\.cpp build\s{0,4}[:=]\s{0,4}(?P<version>b?\d{1,8})",
        Effect.VERSION, "llama.cpp build: b8352"),
)  # fmt: skip
"""The engine's version."""

KNOWN: Final = (
    row("MiB", r"will leave|surplus of|deficit of|id=\d{1,3},|set by user|"
        r"(?:cannot|can) meet free memory target|layers, {1,8}\d{1,12} MiB used|"
        r"to device memory|test allocation|MiB of (?:system|host|device) memory", Effect.NONE,
        "common_params_fit_impl: will leave 1895 >= 1024 MiB of free device memory, "
        "no changes needed"),
    row("memory", r"memory_(?:seq_rm|update)|for prompt cache state|"
        r"bugs during this step|has unified memory|memory module|reserving full|"
        r"(?:fitting params|params) to device memory|device memory data|memory data\\?\"|"
        r"system memory\\?\"|gpu memory\\?\"|total memory\\?\"|no device memory|"
        r"find a memory slot|memory: \d|msg=memory ", Effect.NONE,
        "srv  update_slots: memory_seq_rm [9, end)"),
    row("MB", r"piece cache size|max tensor size|ctx size\s|per state|total VRAM used|"
        r"maxTransferRate|maxBufferLength|cache size limit|allocated memory|"
        r"^\s{0,8}(?:Model|Context|Total): [\d.]{1,12} [MGT]B\s{0,4}$", Effect.NONE,
        "load: token to piece cache size = 1.9446 MB"),
    row("iB", r"(?:file|model) size\s{1,12}=|prompt cache|state size|cache state|"
        r"checkpoint|- prompt 0x|allocated buffer, size|\(size = |tensor split|total_size|"
        r"quant size|ctx size\s|estimated memory usage|lazy read|size limit|mmproj|reallocating|"
        r"(?:total|free|available|overhead|minimum|size)=\\?\"", Effect.NONE,
        "print_info: file size   = 235.16 MiB (7.36 BPW) "),
    row("iB", r"^[\s):]{0,16}[\d.]{0,12}\s{0,2}M?iB$", Effect.NONE, "   12.00 MiB"),
    row("alloc", r"no_alloc|allocating$|deallocating|sched_alloc|alloc_buffer: wired|"
        r"async uploads|PYTORCH|#\d{1,4}\s{1,4}0x|^\s{0,4}at |allocated '|gpu_memory_alloc|"
        r"free\(\)|_alloc_graph: cannot|malloc\(\):|not_alloc", Effect.NONE,
        "print_info: no_alloc              = 0"),
)  # fmt: skip
"""Lines that speak of memory and say nothing that is needed here."""
