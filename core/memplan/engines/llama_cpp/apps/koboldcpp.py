"""KoboldCpp's own lines: its banner, the arguments it prints, how a load ended."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.logs.own_row import own_row as row
from memplan.engines.log_row import Effect

KOBOLDCPP: Final = (
    row("Namespace(", r"Namespace\((?=.{0,2000}?\bcontextsize=)", Effect.WRAPPER_REQUEST,
        "Namespace(model=[], contextsize=4096, gpulayers=22, tensor_split=None, "
        "blasbatchsize=512, flashattention=False, quantkv=0)",
        engine="llama.cpp", wrapper="koboldcpp"),
    row("KoboldCpp", r"Welcome to KoboldCpp", Effect.NOTED,
        "Welcome to KoboldCpp - Version 1.94.1", engine="llama.cpp", wrapper="koboldcpp"),
    row("dynamic library", r"Initializing dynamic library: \S{0,200}?koboldcpp_"
        r"(?P<library_backend>cublas|hipblas|vulkan|clblast|default|metal)?", Effect.NOTED,
        "Initializing dynamic library: koboldcpp_vulkan.so",
        engine="llama.cpp", wrapper="koboldcpp"),
    row("gpttype_load_model", r"gpttype_load_model: error: failed to load model",
        Effect.NOT_LOADED, "gpttype_load_model: error: failed to load model 'x.gguf'",
        wrapper="koboldcpp"),
    row("Load Text Model OK", r"Load (?:Text )?Model OK: True", Effect.LOADED,
        "Load Text Model OK: True", wrapper="koboldcpp"),
    row("Load Text Model OK", r"Load (?:Text )?Model OK: False", Effect.NOT_LOADED,
        "Load Text Model OK: False", wrapper="koboldcpp"),
    row("Detected Available", r"Detected Available (?:GPU Memory|RAM): \d{1,9} MB", Effect.NOTED,
        "Detected Available GPU Memory: 6144 MB", wrapper="koboldcpp"),
)  # fmt: skip
