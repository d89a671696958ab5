"""Other programs around llama.cpp, told by lines of their own, never by a path of a model."""

from __future__ import annotations

from typing import Final

from memplan.engines.log_row import Effect, row

OTHER_APPS: Final = (
    row("weights detected", r"llama\.cpp weights detected", Effect.NOTED,
        '14:02:11-901442 INFO     llama.cpp weights detected: "user_data/models/x.gguf"',
        wrapper="text-generation-webui"),
    row("with llama.cpp:", r"Error loading the model with llama\.cpp:", Effect.NOT_LOADED,
        "14:02:15-117802 ERROR    Error loading the model with llama.cpp: Server process "
        "terminated unexpectedly with exit code: 1", wrapper="text-generation-webui"),
    row("modules/ui_model_menu", r"modules/(?:ui_model_menu|models|llama_cpp_server)\.py",
        Effect.NOTED, "/app/modules/ui_model_menu.py:206 in load_model_wrapper",
        wrapper="text-generation-webui"),
    row("GRPC(", r"GRPC\(.{1,120}?\): std(?:err|out)", Effect.NOTED,
        "5:32AM DBG GRPC(x-127.0.0.1:43767): stderr x", wrapper="localai"),
    row("LocalAI", r"LocalAI (?:version|started)|Starting LocalAI", Effect.NOTED,
        "5:32AM INF Starting LocalAI using 8 threads, with models path: /models",
        wrapper="localai"),
    row("with backend llama-cpp", r"Failed to load model .{1,120}? with backend llama-cpp",
        Effect.NOT_LOADED, "5:32AM ERR Failed to load model x with backend llama-cpp",
        wrapper="localai"),
    row("llamafile_log_command", r"llamafile_log_command:", Effect.NOTED,
        "llamafile_log_command: hipcc -O3", wrapper="llamafile"),
    row("_cuda_", r"(?:import_cuda_impl|link_cuda_dso|extract_cuda_dso|compile_nvidia):",
        Effect.NOTED, "link_cuda_dso: note: dynamically linking /home/u/.llamafile/ggml-cuda.so",
        wrapper="llamafile"),
    row("need to pass -ngl", r"then you need to pass -ngl 9999 to enable GPU offloading",
        Effect.NOTED, "note: if you have an AMD or NVIDIA GPU then you need to pass -ngl 9999 to "
        "enable GPU offloading", wrapper="llamafile"),
    row("llamacpp", r"\[llamacpp(?:-router)?(?: std(?:out|err))?\]|tauri_plugin_llamacpp",
        Effect.NOTED, "INFO [llamacpp-router stdout] [45979] 0.00.116.142 I srv load_model: x",
        wrapper="jan"),
    row("Failed to load llama-server", r"Failed to load llama-server", Effect.NOT_LOADED,
        "Failed to load llama-server: llamacpp error: Error: exit 1", wrapper="jan"),
    row("LlamaCppProcessError", r"LlamaCppProcessError|LLAMA_CPP_PROCESS_ERROR", Effect.STOPPED,
        'LlamaCppProcessError, message: "The model process encountered an unexpected error."',
        wrapper="jan"),
    row("gpustack.", r"\bgpustack\.worker\.", Effect.NOTED,
        "2025-02-18T09:10:49+08:00 - gpustack.worker.backends.llama_box - INFO - Starting "
        "llama-box server", wrapper="gpustack"),
    row("llama-box ", r"arguments\s{1,4}: \S{1,200}?/llama-box ", Effect.WRAPPER_REQUEST,
        "0.00.000.648 I arguments  : /opt/llama-box --gpu-layers 99 --parallel 4 --ctx-size 8192",
        engine="llama.cpp", wrapper="gpustack"),
    row("vendor", r"vendor\s{1,6}: llama\.cpp (?P<commit>[0-9a-f]{6,40}) \((?P<build>\d{1,8})\)",
        Effect.VERSION, "0.00.000.650 I vendor     : llama.cpp 27d135c9 (4598)",
        wrapper="gpustack"),
    row("llama_cpp", r"llama_cpp[/\\](?:llama|_internals|server)", Effect.NOTED,
        'File "/x/site-packages/llama_cpp/llama.py", line 393, in __init__',
        wrapper="llama-cpp-python"),
    row("odel from file", r"ValueError: Failed to load model from file", Effect.NOT_LOADED,
        "ValueError: Failed to load model from file: x.gguf", wrapper="llama-cpp-python"),
)  # fmt: skip
