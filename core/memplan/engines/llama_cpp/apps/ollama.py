"""Ollama's own lines: what it asks of its runner, what it measures, how it gives up."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.logs.own_row import own_row as row
from memplan.engines.log_row import ANY_UNIT, QUOTED_SIZE, Effect
from memplan.engines.log_row import row as strange_row

_QUOTE: Final = r'\\?"'

OLLAMA: Final = (
    row("inference compute", r"inference compute\\?\" id=(?P<id>\S{1,80}) .{0,80}?"
        r"library=(?P<library>\w{1,16})"
        r".{1,160}?(?:name|description)=\\?\"?(?P<description>[^\"\\]{1,80}?)\\?\"?"
        r" .{0,200}?total=\\?\"(?P<total_gib>[\d.]{1,12}) GiB\\?\""
        r" available=\\?\"(?P<free_gib>[\d.]{1,12}) GiB", Effect.DEVICE,
        'msg="inference compute" id=GPU-1 library=cuda variant=v12 compute=8.9 driver=12.8 '
        'name="NVIDIA GeForce RTX 4060 Ti" total="16.0 GiB" available="14.7 GiB"'),
    row("gpu memory", rf"gpu memory{_QUOTE} id=(?P<id>\S{{1,80}}) library=(?P<library>\w{{1,16}}) "
        rf"available={_QUOTE}[\d.]{{1,12}} \w{{1,3}}{_QUOTE} free={_QUOTE}"
        r"(?P<free_size>[\d.]{1,12}) (?P<free_unit>[KMGT]?i?B)", Effect.DEVICE,
        'msg="gpu memory" id=0 library=Vulkan available="31.9 GiB" free="32.3 GiB" '
        'minimum="457.0 MiB" overhead="0 B"'),
    row("system memory", rf"system memory{_QUOTE} total={_QUOTE}[\d.]{{1,12}} \w{{1,3}}{_QUOTE} "
        rf"free={_QUOTE}(?P<free_size>[\d.]{{1,12}}) (?P<free_unit>[KMGT]?i?B)", Effect.HOST,
        'msg="system memory" total="15.5 GiB" free="7.3 GiB" free_swap="2.0 GiB"'),
    row("layers.offload", r"msg=(?:offload|\\?\"offload to \w{1,16}\\?\")"
        r"(?: library=(?P<backend>\w{1,16}))?(?:.{1,120}?"
        r"layers\.model=(?P<n_layers>\d{1,6}))?.{1,40}?layers\.offload=(?P<n_gpu_layers>\d{1,6})",
        Effect.WRAPPER_REQUEST,
        "msg=offload library=cuda layers.requested=-1 layers.model=33 layers.offload=25 "
        'layers.split="" memory.available="[7.5 GiB]"', wrapper="ollama"),
    row("load request=", r"load request=\\?\"\{Operation:(?P<operation>\w{1,12})",
        Effect.WRAPPER_REQUEST, 'msg=load request="{Operation:fit LoraPath:[] Parallel:2 '
        "BatchSize:512 FlashAttention:true KvSize:8192 KvCacheType:q8_0 NumThreads:8 "
        'GPULayers:25[ID:0 Layers:25(0..24)]}"', wrapper="ollama"),
    row("starting ", r"msg=\\?\"starting (?:llama[ -]server|runner)\\?\" cmd=",
        Effect.WRAPPER_REQUEST,
        'msg="starting llama server" cmd="/usr/bin/ollama runner --model x --ctx-size 8192 '
        '--batch-size 512 --n-gpu-layers 33 --parallel 4"', wrapper="ollama"),
    row("model weights",
        rf'"model weights\\?" (?:device|buffer)=(?P<buffer>\w{{1,40}}) {QUOTED_SIZE}',
        Effect.WRAPPER_ESTIMATE, 'msg="model weights" device=CUDA0 size="4.6 GiB"',
        kind="weights"),
    row("kv cache", rf'"kv cache\\?" device=(?P<buffer>\w{{1,40}}) {QUOTED_SIZE}',
        Effect.WRAPPER_ESTIMATE, 'msg="kv cache" device=CUDA0 size="1.0 GiB"', kind="kv_cache"),
    row("compute graph", r'"compute graph\\?" (?:backend=\w{1,40} )?(?:device|buffer_type)='
        rf"(?P<buffer>\w{{1,40}}) {QUOTED_SIZE}", Effect.WRAPPER_ESTIMATE,
        'msg="compute graph" device=CUDA0 size="98.0 MiB"', kind="compute"),
    row("more system memory", r"model requires more system memory \(" + ANY_UNIT
        + r"\) than is available \((?P<free>\d{1,12}(?:\.\d{1,6})?) (?P<free_unit>[KMGT]?i?B)",
        Effect.ERROR,
        'error="model requires more system memory (9.6 GiB) than is available (7.3 GiB)"',
        cause="host_memory", wrapper="ollama", at="loading"),
    row("memory layout", r"memory layout cannot be allocated(?: with num_gpu = "
        r"(?P<n_gpu_layers>\d{1,6}))?", Effect.ERROR,
        "Error: 500 Internal Server Error: memory layout cannot be allocated with num_gpu = 24",
        engine="llama.cpp", wrapper="ollama", cause="total_memory", at="loading"),
    row("memory for model", r"failed to (?:allocate|commit) memory for model", Effect.ERROR,
        'error="failed to commit memory for model"',
        wrapper="ollama", cause="total_memory", at="loading"),
    row("too large for system", r"model request too large for system.{1,16}requested=",
        Effect.ERROR,
        'msg="model request too large for system" requested="9.6 GiB" available=7838315315',
        wrapper="ollama", cause="host_memory", at="loading"),
    row("too large for system", r"model is too large for system memory", Effect.ERROR,
        'msg="model is too large for system memory" requireFull=false',
        wrapper="ollama", cause="host_memory", at="loading"),
    row("predicted to exceed", r"predicted to exceed (?:available )?memory", Effect.NOTED,
        'msg="llama-server model predicted to exceed available memory, evicting" '
        'predicted="20.1 GiB" available="15.0 GiB"', wrapper="ollama"),
    row("evicting a model", r"evicting a model to make space", Effect.NOTED,
        'msg="model requires more gpu memory than is currently available, evicting a model to '
        'make space"', wrapper="ollama"),
    row("backoff", r"did not fit, applying backoff", Effect.BACKS_OFF,
        'msg="model layout did not fit, applying backoff" backoff=0.60', wrapper="ollama"),
    row("retrying ", r"msg=.{1,90}?;? (?:and )?retrying (?:once|with projector CPU offload)",
        Effect.BACKS_OFF,
        'msg="llama-server load failed; reducing automatic context and retrying once" '
        "old_num_ctx=8192", wrapper="ollama"),
    row("runtime OOM", r"runtime OOM detected", Effect.ERROR,
        'msg="runtime OOM detected; expiring loaded models to clear memory before next request"',
        wrapper="ollama", cause="total_memory", at="running"),
    row("runner started", r"llama(?:-server| runner) started in", Effect.LOADED,
        'msg="llama runner started in 9.16 seconds"', wrapper="ollama"),
    row("llama-server started", r"llama-server started in", Effect.LOADED,
        'msg="llama-server started in 9.16 seconds"', wrapper="ollama"),
    row("error loading llama", r"error loading llama server\\?\" error=", Effect.NOT_LOADED,
        'msg="error loading llama server" error="llama runner process has terminated: exit '
        'status 2"', wrapper="ollama"),
    row("Load failed", r"msg=\\?\"Load failed\\?\".{0,300}? error=", Effect.NOT_LOADED,
        'msg="Load failed" model=x error="do load request: EOF"', wrapper="ollama"),
    row("process has terminated", r"(?:runner|llama-server) process has terminated",
        Effect.NOT_LOADED, 'error="llama runner process has terminated: exit status 2"',
        wrapper="ollama"),
    row("no longer running", r"(?:llama runner|llama-server) process no longer running",
        Effect.STOPPED, 'error="llama runner process no longer running: -1"', wrapper="ollama"),
    row("due to resource limitations", r"model failed to load, this may be due to resource",
        Effect.NOT_LOADED, 'error="model failed to load, this may be due to resource limitations '
        'or an internal error, check ollama server logs for details"', wrapper="ollama"),
    row("due to resource limitations", r"model runner has unexpectedly stopped", Effect.ERROR,
        'error="model runner has unexpectedly stopped, this may be due to resource limitations or '
        'an internal error"', wrapper="ollama", at="running"),
    row("loading model via", r"loading model via llama-server", Effect.ANNOUNCED,
        'msg="loading model via llama-server" model=x', wrapper="ollama"),
    row("memory.required", r"memory\.required\.", Effect.NONE,
        'memory.required.full="19.9 GiB" memory.required.partial="7.0 GiB"', wrapper="ollama"),
    strange_row("ollama", r"\bollama\[\d{1,9}\]:|(?:^|\s)ollama[\w.-]{0,30}\s{1,12}\|\s|/ollama\] |"
        r"github\.com/ollama/ollama/|ollama runner |Error: 500 Internal Server Error: ",
        Effect.NOTED, "ollama  | load_backend: loaded CUDA backend", wrapper="ollama"),
    strange_row(".go:", r"source=\w{1,40}\.go:\d", Effect.NOTED,
        'level=INFO source=routes.go:1186 msg="server config"', wrapper="ollama"),
)  # fmt: skip
