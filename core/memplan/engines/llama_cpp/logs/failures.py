"""What failed in llama.cpp, and what it and its drivers say of it."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.logs.own_row import own_row as row
from memplan.engines.log_row import BYTES, MIB, SIZE, Effect

HARMLESS: Final = (
    row("pinned memory", r"(?i)failed to (?:allocate|register) .{0,24}pinned memory\s{0,4}[(:]",
        Effect.HARMLESS, "ggml_vulkan: Failed to allocate pinned memory "
        "(vk::Device::allocateMemory: ErrorOutOfDeviceMemory)", reason_given="true"),
    row("pinned memory", r"(?i)failed to (?:allocate|register) .{0,24}pinned memory",
        Effect.HARMLESS, "ggml_vulkan: Failed to allocate pinned memory."),
    row("reorder temp buffer", r"reorder temp buffer, skipping reorder", Effect.NONE,
        "ggml_sycl: failed to allocate 4096 bytes for reorder temp buffer, skipping reorder"),
    row("failed to mlock", r"failed to (?:mlock|munlock|VirtualLock)", Effect.NONE,
        "warning: failed to mlock 1048576-byte buffer (after previously locking 0 bytes): "
        "Cannot allocate memory"),
    row("VirtualMemory failed", r"PrefetchVirtualMemory failed", Effect.NONE,
        "warning: PrefetchVirtualMemory failed: Insufficient memory"),
)  # fmt: skip
"""What llama.cpp makes good by itself."""

ALLOCATIONS: Final = (
    row("allocation of size", rf"[Mm]emory allocation of size {BYTES} failed",
        Effect.ALLOCATION_FAILED,
        "ggml_vulkan: Device memory allocation of size 1048281088 failed.", backend="vulkan"),
    row("Requested buffer size exceeds", r"Requested buffer size exceeds", Effect.REASON,
        "ggml_vulkan: Requested buffer size exceeds device memory allocation limit: "
        "ErrorOutOfDeviceMemory", cause="single_allocation_limit", backend="vulkan"),
    row("Malloc failed", rf"allocating {SIZE} (?P<unit>MiB) on device (?P<number>\d{{1,3}}): "
        r"(?:cuda|hip)Malloc(?:Managed|Async)? failed", Effect.ALLOCATION_FAILED,
        "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 132.81 MiB on device 0: "
        "cudaMalloc failed: out of memory", cause="total_memory", backend="cuda"),
    row("Malloc failed", r"(?P<api>cuda|hip)Malloc failed: out of memory", Effect.REASON,
        "error loading model: cudaMalloc failed: out of memory", cause="total_memory"),
    row("ggml_aligned_malloc", rf"insufficient memory \(attempted to allocate\s{{1,8}}{SIZE} "
        r"(?P<unit>MB)\)", Effect.ALLOCATION_FAILED,
        "ggml_aligned_malloc: insufficient memory (attempted to allocate 192.01 MB)",
        cause="host_memory"),
    row("failed to allocate buffer of size",
        rf"cpu\w{{0,24}}_buffer_type_alloc_buffer: failed to allocate buffer of size {BYTES}",
        Effect.ALLOCATION_FAILED,
        "ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 201338912",
        cause="host_memory"),
    row("failed to allocate buffer, size",
        rf"failed to allocate buffer, size\s{{0,4}}{MIB}", Effect.ALLOCATION_FAILED,
        "ggml_backend_metal_buffer_type_alloc_buffer: error: failed to allocate buffer, "
        "size =  4096.00 MiB", cause="total_memory", backend="metal"),
    row("failed to allocate Metal", rf"failed to allocate Metal buffer of {BYTES} bytes",
        Effect.ALLOCATION_FAILED,
        "ggml_metal_buffer_init: failed to allocate Metal buffer of 4294967296 bytes "
        "(out of memory)", cause="total_memory", backend="metal"),
    row("can't allocate", rf"can't (?:m?alloc|allocate) {BYTES} Bytes of memory on host",
        Effect.ALLOCATION_FAILED,
        "ggml_backend_sycl_host_buffer: can't allocate 4294967296 Bytes of memory on host",
        cause="host_memory", backend="sycl"),
    row("can't allocate", rf"can't (?:m?alloc|allocate) {BYTES} Bytes", Effect.ALLOCATION_FAILED,
        "ggml_backend_sycl_buffer_type_alloc_buffer: can't allocate 4294967296 Bytes of memory on "
        "device", cause="total_memory", backend="sycl"),
    row("opencl", rf"opencl\w{{1,40}}: failed to allocate {SIZE} (?P<unit>MiB)",
        Effect.ALLOCATION_FAILED, "ggml_backend_opencl_buffer_type_alloc_buffer: failed to "
        "allocate 4096.00 MiB", cause="total_memory", backend="opencl"),
)  # fmt: skip
"""One allocation, as the backend's allocator tells."""

BUFFERS: Final = (
    row("pre-allocated tensor", r"pre-allocated tensor \((?P<tensor>[^()]{1,100})\) in a buffer "
        r"\((?P<buffer>[^()]{1,60})\) that cannot run", Effect.BUFFER_FAILED,
        "ggml-backend.cpp:930: pre-allocated tensor (cache_k_l0) in a buffer (Vulkan0) that "
        "cannot run the operation (NONE)", cause="single_allocation_limit", at="loading"),
    row("alloc_tensor_range", r"alloc_tensor_range: failed to allocate (?P<buffer>.{1,80}?) "
        rf"buffer of size {BYTES}", Effect.BUFFER_FAILED,
        "alloc_tensor_range: failed to allocate Vulkan0 buffer of size 1048281088", at="loading"),
    row("ggml_gallocr_reserve_n", r"gallocr_reserve_n\w{0,8}: failed to allocate "
        rf"(?P<buffer>.{{1,80}}?) buffer of size {BYTES}", Effect.BUFFER_FAILED,
        "ggml_gallocr_reserve_n_impl: failed to allocate Vulkan0 buffer of size 11063398400",
        kind="compute"),
    row("failed to allocate output buffer",
        rf"failed to allocate output buffer of size {SIZE} (?P<unit>MiB)", Effect.BUFFER_FAILED,
        "output_reserve: failed to allocate output buffer of size 1024.00 MiB", kind="output"),
    row("failed to allocate compute", r"failed to allocate compute (?:pp |tg )?buffers",
        Effect.FAILURE_TOLD, "graph_reserve: failed to allocate compute buffers", kind="compute",
        at="loading"),
    row("for kv cache", r"failed to allocate buffer for kv cache", Effect.FAILURE_TOLD,
        "llama_init_from_model: failed to initialize the context: "
        "failed to allocate buffer for kv cache", kind="kv_cache", at="loading"),
    row("for self-attention cache", r"llama_kv_cache_init\(\) failed for self-attention cache",
        Effect.FAILURE_TOLD,
        "llama_new_context_with_model: llama_kv_cache_init() failed for self-attention cache",
        kind="kv_cache", at="loading"),
    row("for rs cache", r"failed to allocate buffer for rs cache", Effect.FAILURE_TOLD,
        "llama_init_from_model: failed to initialize the context: "
        "failed to allocate buffer for rs cache", kind="recurrent_state", at="loading"),
    row("compressor state", r"failed to allocate buffer for DSV4 compressor state",
        Effect.FAILURE_TOLD,
        "llama_init_from_model: failed to initialize the context: "
        "failed to allocate buffer for DSV4 compressor state", kind="recurrent_state",
        at="loading"),
    row("not enough space", r"not enough space in the (?:buffer|context's memory pool).{0,100}?"
        rf"\(needed {BYTES}", Effect.ERROR,
        "ggml_tallocr_alloc: not enough space in the buffer to allocate blk.0.ffn_up.weight "
        "(needed 4194304, available 0)", cause="other"),
    row("unable to allocate backend", r"unable to allocate backend buffer", Effect.FAILURE_TOLD,
        "llama_model_load: error loading model: unable to allocate backend buffer",
        kind="weights", at="loading"),
    row("unable to load model", r"(?:error|panic): unable to load model",
        Effect.NOT_LOADED,
        "main: error: unable to load model"),
    row("unable to allocate", r"unable to allocate (?P<buffer>\w.{0,79}?) buffer",
        Effect.FAILURE_TOLD,
        "llama_model_load: error loading model: unable to allocate Vulkan0 buffer",
        kind="weights", at="loading"),
)  # fmt: skip
"""A buffer, and what it was for."""

REASONS: Final = (
    row("ErrorOutOfHostMemory", r"ErrorOutOfHostMemory", Effect.REASON,
        "ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfHostMemory",
        cause="host_memory", backend="vulkan"),
    row("ErrorOutOfDeviceMemory", r"vk::Queue::submit: ErrorOutOfDeviceMemory",
        Effect.GRAPH_FAILED, "terminate called after throwing an instance of "
        "'vk::OutOfDeviceMemoryError' what(): vk::Queue::submit: ErrorOutOfDeviceMemory",
        cause="total_memory", backend="vulkan"),
    row("ErrorOutOfDeviceMemory", r"ErrorOutOfDeviceMemory", Effect.REASON,
        "ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory",
        cause="total_memory", backend="vulkan"),
    row("ErrorDeviceLost", r"ErrorDeviceLost", Effect.ERROR,
        "terminate called after throwing an instance of 'vk::DeviceLostError' what(): "
        "vk::Queue::submit: ErrorDeviceLost", cause="other", backend="vulkan"),
    row("/amdgpu: Failed", r"radv/amdgpu: Failed to allocate a buffer", Effect.DRIVER_FAILED,
        "radv/amdgpu: Failed to allocate a buffer:", backend="vulkan"),
    row("amdgpu: ", rf"amdgpu: {{1,8}}size {{1,8}}: {BYTES} bytes", Effect.DRIVER_FAILED,
        "radv/amdgpu:    size      : 1073741824 bytes"),
    row("amdgpu: ", r"amdgpu: {1,8}alignment {1,8}:", Effect.NONE,
        "radv/amdgpu:    alignment : 262144 bytes"),
    row("amdgpu: ", r"amdgpu: {1,8}domains {1,8}: (?P<domains>\d{1,3})", Effect.DRIVER_FAILED,
        "radv/amdgpu:    domains   : 4"),
    row("for command submission", r"amdgpu: Not enough memory for command submission",
        Effect.GRAPH_FAILED, "radv/amdgpu: Not enough memory for command submission.",
        cause="total_memory", backend="vulkan"),
    row("mmap failed", r"mmap failed: Cannot allocate memory", Effect.ERROR,
        "llama_model_load: error loading model: mmap failed: Cannot allocate memory",
        cause="host_memory", kind="weights", at="loading"),
    row("failed: ", r"(?:MapViewOfFile|CreateFileMapping[AW]?) failed:", Effect.ERROR,
        "llama_model_load: error loading model: MapViewOfFile failed: Not enough memory resources "
        "are available to process this command.", cause="host_memory", at="loading",
        ending="not_mapped"),
)  # fmt: skip
"""Why an allocation failed, in the driver's or the system's words."""

RUNNING: Final = (
    row("error: out of memory", r"(?P<api>CUDA|ROCm|HIP) error: out of memory",
        Effect.GRAPH_FAILED, "CUDA error: out of memory", cause="total_memory"),
    row("error 2 at", r"CUDA error 2 at .{1,160}?: out of memory", Effect.GRAPH_FAILED,
        "CUDA error 2 at /build/ggml-cuda.cu:7834: out of memory",
        cause="total_memory", backend="cuda"),
    row("BLAS_STATUS_ALLOC_FAILED", r"(?P<api>CU|HIP|ROC)BLAS_STATUS_ALLOC_FAILED",
        Effect.GRAPH_FAILED, "CUDA error: CUBLAS_STATUS_ALLOC_FAILED", cause="total_memory"),
    row("resource allocation failed", r"(?P<api>CUDA|ROCm|HIP) error: (?:the )?resource allocation "
        r"failed", Effect.GRAPH_FAILED, "CUDA error: the resource allocation failed",
        cause="total_memory"),
    row("CUDA error: ", r"CUDA error: \w", Effect.ERROR,
        "CUDA error: an illegal memory access was encountered", cause="other", backend="cuda"),
    row("ROCm error: ", r"ROCm error: \w", Effect.ERROR,
        "ROCm error: unspecified launch failure", cause="other", backend="rocm"),
    row("current device: ", r"current device: (?P<number>\d{1,3}), in function "
        r"(?P<function>[\w:~<>]{1,80})", Effect.FAILED_IN,
        "  current device: 1, in function alloc at /build/ggml/src/ggml-cuda/ggml-cuda.cu:512"),
    row("CallbackErrorOutOfMemory", r"kIOGPUCommandBufferCallbackErrorOutOfMemory",
        Effect.GRAPH_FAILED,
        "error: Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)",
        cause="total_memory", backend="metal"),
    row("command buffer", r"command buffer \d{1,3} failed with status [1-9]", Effect.GRAPH_FAILED,
        "ggml_metal_graph_compute: command buffer 0 failed with status 5", backend="metal"),
    row("RESULT_ERROR_OUT_OF_", r"(?:UR|ZE)_RESULT_ERROR_OUT_OF_(?:DEVICE_MEMORY|HOST_MEMORY"
        r"|RESOURCES)", Effect.GRAPH_FAILED,
        "level_zero backend failed with error: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)",
        cause="total_memory", backend="sycl"),
    row("PI_ERROR_OUT_OF_", r"PI_ERROR_OUT_OF_(?:DEVICE_MEMORY|HOST_MEMORY|RESOURCES)",
        Effect.GRAPH_FAILED, "Native API returns: -6 (PI_ERROR_OUT_OF_HOST_MEMORY)",
        cause="total_memory", backend="sycl"),
    row("SYCL error:", r"SYCL error: ", Effect.ERROR,
        "SYCL error: CHECK_TRY_ERROR((stream)->memcpy( data, x, size)): Exception caught in this "
        "line of code.", backend="sycl"),
    row("K-shift", r"failed to (?:allocate|compute) (?:compute graph for )?K-shift",
        Effect.GRAPH_FAILED, "update: failed to allocate compute graph for K-shift",
        kind="compute"),
    row("the memory update", r"failed to reserve graph after the memory update",
        Effect.GRAPH_FAILED, "memory_update: failed to reserve graph after the memory update",
        kind="compute"),
    row("compute status: -2", r"compute status: -2", Effect.NOT_DECODED,
        "process_ubatch: failed to compute graph, compute status: -2", kind="compute"),
    row("failed to decode", r"failed to decode.{0,200}?ret\s{0,2}=\s{0,2}-[1-9]",
        Effect.NOT_DECODED, "llama_decode: failed to decode, ret = -3"),
    row("decode() failed", r"decode\(\) failed: ", Effect.NOT_DECODED,
        "srv  update_slots: decode() failed: std::bad_alloc"),
)  # fmt: skip
"""Errors of a graph that is computed: in the warm-up of a load, or while the model answers."""

ENDS: Final = (
    row("recommended max working set", r"current allocated size is greater than the recommended "
        r"max working set", Effect.NONE,
        "ggml_metal_log_allocated_size: warning: current allocated size is greater than the "
        "recommended max working set size"),
    row("retrying without pipeline", r"retrying without pipeline parallelism", Effect.RETRIED,
        "sched_reserve: compute buffer allocation failed, retrying without pipeline parallelism"),
    row("GGML_ASSERT", r"GGML_ASSERT\((?P<asserted>.{1,200}?)\) failed", Effect.STOPPED,
        "ggml.c:3942: GGML_ASSERT(a->ne[0] == b->ne[0]) failed"),
    row("error loading model", r"error loading model(?: \w{1,24})?(?P<reason>:)?",
        Effect.NOT_LOADED,
        "llama_model_load: error loading model: tensor 'blk.0.attn_q.weight' not found"),
    row("model loading error", r"exiting due to model loading error", Effect.NOT_LOADED,
        "srv  llama_server: exiting due to model loading error"),
    row("requires flash", r"quantized V cache (?:requires|was requested, but this requires) "
        r"(?:flash|Flash)", Effect.NOT_LOADED,
        "llama_init_from_model: quantized V cache requires flash_attn to be enabled",
        cause="other"),
    row("failed to load draft", r"failed to load draft model", Effect.NOT_LOADED,
        "srv    load_model: failed to load draft model, 'draft.gguf'", part="draft"),
    row("failed to create MTP", r"failed to create MTP context", Effect.NOT_LOADED,
        "srv    load_model: failed to create MTP context", part="mtp"),
    row("failed to load multimodal", r"failed to load multimodal model", Effect.NOT_LOADED,
        "srv    load_model: failed to load multimodal model, 'mmproj.gguf'", part="projector"),
    row("failed to apply lora", r"failed to apply lora adapter", Effect.NOT_LOADED,
        "llama_adapter_lora_init: failed to apply lora adapter: x", part="adapter"),
    row("failed to load model", r"[\w)]:\s{1,8}(?:error: )?failed to load model", Effect.NOT_LOADED,
        "llama_model_load_from_file_impl: failed to load model"),
    row("ailed to create", r"[Ff]ailed to create[_ ]context|[Ff]ailed to create llama_context",
        Effect.NOT_LOADED, "cmn  common_init_: failed to create context with model 'x.gguf'"),
)  # fmt: skip
"""How a load ended, and what is tried again."""
