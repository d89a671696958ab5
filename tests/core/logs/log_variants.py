"""Further logs of the kinds of ``tests/data/logs2``, by kind, with what they say."""

from __future__ import annotations

from typing import Any, Final

LOADING: Final = (
    "load_tensors: loading model tensors, this can take a while... (mmap = true)\n"
    "load_tensors: offloaded 37/37 layers to GPU\n"
    "load_tensors:        CUDA0 model buffer size =  4455.34 MiB\n"
)
RUNNING: Final = (
    "srv  llama_server: model loaded\n"
    "slot launch_slot_: id  0 | task 0 | processing task, is_child = 0\n"
)
HOST: Final = {"cause": "host_memory", "text_lacks": "no reason that has to do with memory"}
KILLED: Final = HOST | {"outcome": "failed_to_load"}
RAN_OUT: Final = {"outcome": ["failed_while_running", None], "cause": "total_memory"}
NO_END: Final = {"outcome": None, "cause": None, "failed_kind": None}

VARIANTS: Final[dict[str, list[tuple[str, dict[str, Any]]]]] = {
    "oom-killer": [
        (LOADING + "./run.sh: line 3: 41234 Killed                  ./llama-cli -m x.gguf\n", KILLED),
        (LOADING + "[1]    41234 killed     ./llama-server -m x.gguf\n", KILLED),
        (LOADING + "zsh: killed     ./llama-server -m x.gguf -c 65536\n", KILLED),
        (LOADING + "llama-1 exited with code 137\n", KILLED),
        (LOADING + "[Sat Nov 28 10:00:00 2026] Out of memory: Killed process 3110 (llama-server) "
         "total-vm:91234567kB, anon-rss:31000000kB\n", KILLED),
        (LOADING + "May 04 10:11:12 box systemd[1]: llama.service: Failed with result "
         "'oom-kill'.\n", KILLED),
        (LOADING + "May 04 10:11:12 box systemd[1]: ollama.service: A process of this unit has been "
         "killed by the OOM killer.\n", KILLED),
        ("Error: llama runner process has terminated: signal: killed\n",
         KILLED | {"wrapper": "ollama"}),
        (LOADING + RUNNING + "Killed\n", HOST | {"outcome": "failed_while_running"}),
        (LOADING + "Out of memory: Killed process 99 (chrome) total-vm:1kB\n", {"cause": None}),
    ],
    "windows-exit-codes": [
        ('level=ERROR source=sched.go:480 msg="error loading llama server" error="llama runner '
         'process has terminated: exit status 0xc0000409"\n', KILLED | {"wrapper": "ollama"}),
        ("Error: llama runner process has terminated: exit status 3221226505\n", KILLED),
        ("[2026-01-01 16:01:39.279] [error] [LMSInternal][Client=LM Studio][Endpoint=loadModel] "
         "Error in channel handler: Error: Error loading model.\n"
         "(Exit code: 18446744072635812000). Unknown error. Try a different model.\n",
         KILLED | {"wrapper": "lm-studio"}),
        ("The model has crashed without additional information. (Exit code: 18446744072635810000)\n",
         HOST | {"outcome": [None, "failed_while_running"], "wrapper": "lm-studio"}),
        (LOADING + "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9216.00 MiB on device 0: "
         "cudaMalloc failed: out of memory\nexit status 0xc0000409\n",
         {"cause": "total_memory", "outcome": "failed_to_load"}),
    ],
    "bad-alloc": [
        ("llama_model_load: error loading model: std::bad_alloc\n", KILLED),
        (LOADING + "terminate called after throwing an instance of 'std::bad_alloc'\n"
         "  what():  std::bad_alloc\n", KILLED),
        (LOADING + RUNNING + "srv  update_slots: decode() failed: std::bad_alloc\n",
         HOST | {"outcome": "failed_while_running"}),
    ],
    "windows-mapping": [
        ("llama_model_load: error loading model: MapViewOfFile failed: Für diesen Befehl steht nicht "
         "genügend Speicher zur Verfügung.\n", KILLED),
        ("llama_model_load: error loading model: CreateFileMappingA failed: Die Auslagerungsdatei "
         "ist zu klein.\n", KILLED),
        ("error loading model: MapViewOfFile failed: \ufffd\ufffd\ufffd\ufffd\n", KILLED),
    ],
    "reason-without-size": [
        ("Error: llama runner process has terminated: cudaMalloc failed: out of memory\n",
         {"outcome": "failed_to_load", "cause": "total_memory", "backend": "cuda"}),
        ('level=ERROR source=sched.go:457 msg="error loading llama server" error="llama runner '
         "process has terminated: cudaMalloc failed: out of memory\\nggml_gallocr_reserve_n: failed "
         'to allocate CUDA0 buffer of size 838447104"\n',
         {"outcome": "failed_to_load", "cause": "total_memory", "failed_kind": "compute",
          "failed_allocation_bytes": 838447104, "wrapper": "ollama"}),
        ('{"error":"llama-server process has terminated: exit status 1: vk::Device::allocateMemory: '
         'ErrorOutOfDeviceMemory"}\n',
         {"outcome": "failed_to_load", "cause": "total_memory", "backend": "vulkan"}),
        ("Error: 500 Internal Server Error: llama-server process has terminated: exit status 1: "
         "radv/amdgpu: Not enough memory for command submission.\n"
         "error loading model: vk::Queue::submit: ErrorDeviceLost\n",
         {"outcome": "failed_to_load", "cause": "total_memory", "wrapper": "ollama"}),
    ],
    "stage-of-runtime-errors": [
        ("ROCm error: out of memory\n  current device: 0, in function alloc at /b/ggml-cuda.cu:450\n"
         "  ggml_cuda_device_malloc(&ptr, look_ahead_size, device)\n",
         RAN_OUT | {"backend": "rocm", "failed_buffer": "ROCm0", "failed_kind": "compute"}),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED\n  current device: 1, in function cublas_handle at "
         "/b/common.cuh:90\n  cublasCreate_v2(&cublas_handles[device])\n",
         RAN_OUT | {"backend": "cuda", "failed_buffer": "CUDA1"}),
        ("ggml_metal_graph_compute: command buffer 0 failed with status 5\n"
         "error: Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)\n"
         "llama_graph_compute: ggml_backend_sched_graph_compute_async failed with error -1\n"
         "llama_decode: failed to decode, ret = -3\n",
         {"outcome": "failed_while_running", "cause": "total_memory", "backend": "metal"}),
        ("update: failed to allocate compute graph for K-shift\n",
         {"outcome": ["failed_while_running", None], "failed_kind": "compute"}),
        (LOADING + RUNNING + "CUDA error: out of memory\n"
         "  current device: 0, in function alloc at ggml-cuda.cu:500\n",
         {"outcome": "failed_while_running", "cause": "total_memory", "failed_buffer": "CUDA0"}),
        ("Native API failed. Native API returns: 40 (UR_RESULT_ERROR_OUT_OF_RESOURCES)\n",
         RAN_OUT | {"backend": "sycl"}),
        (RUNNING + "level_zero backend failed with error: 38 (UR_RESULT_ERROR_OUT_OF_HOST_MEMORY)\n",
         {"outcome": "failed_while_running", "cause": "total_memory", "backend": "sycl"}),
    ],
    "pinned": [
        ("ggml_vulkan: Failed to allocate pinned memory (vk::Device::allocateMemory: "
         "ErrorOutOfDeviceMemory)\n" + LOADING, NO_END),
        ("WARNING: failed to allocate 6558.12 MB of pinned memory: out of memory\n" + LOADING,
         NO_END),
        ("ggml_cuda_host_malloc: failed to allocate 10965.24 MiB of pinned memory: invalid "
         "argument\n" + LOADING, NO_END),
        ("radv/amdgpu: Failed to allocate a buffer:\nradv/amdgpu:    size      : 1073741824 bytes\n"
         "radv/amdgpu:    alignment : 262144 bytes\nradv/amdgpu:    domains   : 2\n"
         "ggml_vulkan: Failed to allocate pinned memory.\n"
         "ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory\n" + LOADING, NO_END),
        (LOADING + "ggml_vulkan: Failed to allocate pinned memory.\n"
         "ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory\n", NO_END),
    ],
    "vulkan": [
        ("ggml_vulkan: Memory allocation of size 2147483648 failed.\n"
         "ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory\n"
         "llama_model_load: error loading model: unable to allocate Vulkan1 buffer\n",
         {"outcome": "failed_to_load", "cause": "total_memory", "failed_kind": "weights",
          "failed_buffer": "Vulkan1", "failed_allocation_bytes": 2147483648}),
        ("llama_model_load_from_file_impl: using device Vulkan0 (AMD Radeon RX 7900) - 20000 MiB "
         "free\nload_tensors: loading model tensors, this can take a while...\n"
         "ggml_vulkan: Device memory allocation of size 4697620480 failed.\n"
         "ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory\n"
         "alloc_tensor_range: failed to allocate Vulkan0 buffer of size 4697620480\n",
         {"outcome": "failed_to_load", "cause": "single_allocation_limit",
          "failed_kind": "weights"}),
        ("llama_model_load_from_file_impl: using device Vulkan0 (AMD Radeon RX 580) - 3900 MiB free\n"
         "ggml_vulkan: Device memory allocation of size 4697620480 failed.\n"
         "ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory\n"
         "alloc_tensor_range: failed to allocate Vulkan0 buffer of size 4697620480\n",
         {"outcome": "failed_to_load", "cause": "total_memory"}),
        ("amdgpu: Failed to allocate a buffer:\nradv/amdgpu: Failed to allocate a buffer:\n"
         "radv/amdgpu:    size      : 536870912 bytes\nradv/amdgpu:    alignment : 4096 bytes\n"
         "radv/amdgpu:    domains   : 2\n",
         {"cause": "host_memory", "failed_allocation_bytes": 536870912, "backend": "vulkan"}),
    ],
    "parts": [
        (LOADING + "common_speculative_init_result: loading draft model 'd.gguf'\n"
         "load_tensors: loading model tensors, this can take a while...\n"
         "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 900.00 MiB on device 0: cudaMalloc "
         "failed: out of memory\nalloc_tensor_range: failed to allocate CUDA0 buffer of size "
         "943718400\nllama_model_load: error loading model: unable to allocate CUDA0 buffer\n"
         "srv    load_model: failed to load draft model, 'd.gguf'\n",
         {"outcome": "failed_to_load", "cause": "total_memory", "failed_part": "draft",
          "failed_kind_not": ["weights", "kv_cache", "compute"], "n_gpu_layers": 37}),
        (LOADING + "llama_adapter_lora_init_impl: loading lora adapter from 'a.gguf' ...\n"
         "alloc_tensor_range: failed to allocate CUDA0 buffer of size 94371840\n",
         {"failed_part": "adapter", "failed_kind_not": ["weights", "kv_cache"]}),
        ("clip_model_loader: has vision encoder\nclip_ctx: CLIP using Vulkan0 backend\n"
         "load_hparams: model size:         1290.00 MiB\n" + LOADING,
         {"buffers_mib": {"weights": {"Vulkan0 (projector)": 1290.0, "CUDA0": 4455.34}}}),
        (LOADING + "llama_adapter_lora_init_impl:      CUDA0 LoRA buffer size =    12.00 MiB\n"
         "llama_context: n_ctx                 = 4096\n",
         {"n_ctx": 4096, "buffers_mib": {"weights": {"CUDA0 (adapter)": 12.0}}}),
    ],
    "attempts": [
        ("alloc_tensor_range: failed to allocate CUDA0 buffer of size 94371840\n" + LOADING, NO_END),
        (LOADING + "llama_context: n_ctx                 = 8192\n" + RUNNING
         + "srv    load_model: loading model 'b.gguf'\n"
         "alloc_tensor_range: failed to allocate CUDA0 buffer of size 94371840\n",
         {"outcome": "failed_to_load", "n_ctx": None, "n_gpu_layers": None}),
        ('msg=load request="{Operation:fit LoraPath:[] Parallel:1 BatchSize:512 FlashAttention:true '
         'KvSize:4096 KvCacheType: NumThreads:8 GPULayers:9[ID:0 Layers:9(0..8)]}"\n'
         "ggml_gallocr_reserve_n: failed to allocate CUDA0 buffer of size 9663676416\n",
         NO_END | {"n_ctx": 4096, "n_gpu_layers": 9}),
        ("ggml_gallocr_reserve_n: failed to allocate Vulkan0 buffer of size 9663676416\n"
         'level=WARN source=sched.go:652 msg="llama-server load failed; reducing automatic context '
         'and retrying once" old_num_ctx=32768 new_num_ctx=16384\n', NO_END),
    ],
    "ollama": [
        ("Error: model requires more system memory (9.6 GiB) than is available (7.3 GiB)\n",
         HOST | {"outcome": "failed_to_load", "wrapper": "ollama", "short_by_bytes": 2469606195}),
        ("Error: 500 Internal Server Error: memory layout cannot be allocated\n",
         {"outcome": "failed_to_load", "cause": "total_memory", "wrapper": "ollama"}),
        ('time=2026-08-29T08:45:23.466Z level=INFO source=sched.go:551 msg="llama-server model '
         'predicted to exceed available memory, evicting" predicted="20.1 GiB" '
         'available="15.0 GiB"\n', NO_END | {"wrapper": "ollama"}),
        ('msg="starting llama-server" cmd="/usr/lib/ollama/llama-server --model /m/x -c 16384 -np 4 '
         '--cache-type-k q8_0 --cache-type-v q8_0 -fa on -b 1024 -ub 1024 -ngl 20"\n',
         {"n_ctx": 16384, "n_seq": 4, "type_k": "q8_0", "flash_attn": "on", "n_ubatch": 1024,
          "n_gpu_layers": 20, "wrapper": "ollama"}),
        ('error="model failed to load, this may be due to resource limitations or an internal '
         'error, check ollama server logs for details"\n',
         {"outcome": "failed_to_load", "cause": None, "wrapper": "ollama"}),
    ],
    "lm-studio": [
        ("Error: Model loading was stopped due to insufficient system resources. Under the current "
         "settings, this model requires approximately 15.89 GB of memory, and continuing to load it "
         "would likely overload your system and cause it to freeze. If you think this is incorrect, "
         "you can adjust the model loading guardrails in settings.\n",
         {"outcome": "failed_to_load", "wrapper": "lm-studio",
          "failed_allocation_bytes": 15890000000}),
        ("2025-07-22 01:19:05 [DEBUG]\n [LM Studio] Model load size estimate with raw num offload "
         "layers 'max' and context length '131072':\n  Model: 8.50 GB\n  Context: 28.01 GB\n"
         "  Total: 36.51 GB\n[LM Studio] Model load size estimate with adjusted num offload layers "
         "'19' and context length '8192':\n  Total: 5.69 GB\n",
         {"wrapper": "lm-studio", "n_ctx": 131072, "n_gpu_layers": 19, "outcome": None,
          "not_understood": 0}),
        (" LlamaV4::load config: n_parallel=4 n_ctx=16384 kv_unified=true\n",
         {"wrapper": "lm-studio", "n_ctx": 16384, "n_seq": 4, "kv_unified": True}),
    ],
    "koboldcpp": [
        ("Welcome to KoboldCpp - Version 1.104\nNamespace(admin=False, contextsize=150000, "
         "draftgpulayers=999, embeddingsmaxctx=0, flashattention=True, gpulayers=99, quantkv=1, "
         "batchsize=512, usecuda=['normal', '0'], usevulkan=None)\n",
         {"wrapper": "koboldcpp", "n_ctx": 150000, "flash_attn": "on", "type_k": "q8_0",
          "backend": "cuda", "n_gpu_layers": 99, "n_ubatch": 512, "not_understood": 0}),
        ("Initializing dynamic library: koboldcpp_cublas.dll\nDetected Available RAM: 2574 MB\n",
         {"wrapper": "koboldcpp", "backend": "cuda", "not_understood": 0, "outcome": None}),
        ("ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9216.00 MiB on device 0: cudaMalloc "
         "failed: out of memory\ngpttype_load_model: error: failed to load model 'x.gguf'\n"
         "Load Text Model OK: False\n",
         {"wrapper": "koboldcpp", "outcome": "failed_to_load", "cause": "total_memory"}),
    ],
    "other-wrappers": [
        ("link_cuda_dso: GPU support loaded\n" + LOADING, {"wrapper": "llamafile"}),
        ("INFO [llamacpp-router stdout] [45979] 0.01.047.215 E alloc_tensor_range: failed to "
         "allocate CUDA0 buffer of size 38654705664\n",
         {"wrapper": "jan", "outcome": "failed_to_load", "cause": "total_memory"}),
        ("2025-02-18T09:10:49+08:00 - gpustack.worker.backends.llama_box - INFO - Starting llama-box "
         "server\n0.00.000.648 I arguments  : /x/llama-box --host 0.0.0.0 --gpu-layers 12 "
         "--parallel 4 --ctx-size 8192 --port 40034\n0.00.000.650 I vendor     : llama.cpp 27d135c9 "
         "(4598), stable-diffusion.cpp 102953d (203)\n",
         {"wrapper": "gpustack", "n_ctx": 8192, "n_seq": 4, "n_gpu_layers": 12,
          "version_contains": "4598"}),
        ('  File "/x/site-packages/llama_cpp/llama.py", line 393, in __init__\n'
         "ValueError: Failed to create llama_context\n",
         {"wrapper": "llama-cpp-python", "outcome": "failed_to_load", "cause": None}),
        ("5:32AM DBG GRPC(h-127.0.0.1:43767): stderr CUDA error: out of memory\n",
         {"wrapper": "localai", "cause": "total_memory"}),
        ("srv    load_model: loading model '/home/u/.ollama/models/blobs/sha256-aaaa'\n",
         {"wrapper": ""}),
        ("srv    load_model: loading model 'D:\\koboldcpp\\models\\x.gguf'\n", {"wrapper": ""}),
        ("system_info: n_threads = 8 | CUDA : ARCHS = 890 | CPU : LLAMAFILE = 1 | REPACK = 1 |\n"
         + LOADING, {"wrapper": ""}),
    ],
    "fit": [
        ("common_fit_params: failed to fit params to free device memory: n_gpu_layers already set by "
         "user to 999999, abort\n", {"engine": "llama.cpp", "outcome": None, "not_understood": 0}),
        ("common_params_fit_impl: context size reduced from 262144 to 57856 -> need 9000 MiB less "
         "memory in total\n", {"n_ctx": 57856, "outcome": None}),
        ("common_params_fit_impl:   - CUDA0 (NVIDIA GeForce RTX 4090): 24564 total, 30111 used, "
         "-6047 free vs. target of 1024\n",
         {"devices": {"CUDA0": [24564, None]}, "backend": "cuda"}),
    ],
    "context-in-other-words": [
        ("srv  llama_server: n_parallel is set to auto, using n_parallel = 4 and kv_unified = false\n"
         "llama_context: n_ctx_seq (8192) < n_ctx_train (262144) -- the full capacity of the model "
         "will not be utilized\n", {"n_ctx": 32768, "n_seq": 4, "kv_unified": False}),
        ("llama_context: n_seq_max     = 2\nllama_context: n_ctx_per_seq = 32768\n",
         {"n_ctx": 65536, "n_seq": 2}),
        ("llama_kv_cache_iswa: creating non-SWA KV cache, size = 131072 cells\n", {"n_ctx": 131072}),
        ("llama_kv_cache: size = 2048.00 MiB ( 16384 cells,  32 layers,  4/1 seqs), "
         "K (f16): 1024.00 MiB, V (f16): 1024.00 MiB\n", {"n_ctx": 16384, "type_k": "f16"}),
    ],
    "version": [
        ("version: 8763 (ff5ef8278)\nbuilt with GNU 15.2.1 for Linux x86_64\n",
         {"version_contains": "8763"}),
        ("build: 5640 (2e89f76b) with gcc-13 (GCC) 13.3.0 for x86_64-linux-gnu\n",
         {"version_contains": "5640"}),
        ("0.00.000.100 I build_info: b9100-0123abcd9\n", {"version_contains": "9100"}),
    ],
    "zinc": [
        ("info(forward): KV cache: 17/65 layers attend, f16 (14989 MB total at 225729 tokens)\n",
         {"engine": "zinc", "n_ctx": 225729, "type_k": "f16",
          "buffers_mib": {"kv_cache": {"device": 14989.0}}}),
        ("warning(forward): Context trimmed from 242000 to 225729 tokens to fit current VRAM "
         "budget\ninfo(forward): Prefill scratch reduced from 1024 MB to 80 MB\n",
         {"engine": "zinc", "n_ctx": 225729, "outcome": "loaded"}),
        ("info(serve): CUDA serve engine ready: 4 slots\n",
         {"engine": "zinc", "backend": "cuda", "outcome": "loaded"}),
    ],
}  # fmt: skip
