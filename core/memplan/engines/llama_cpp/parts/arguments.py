"""The words of llama.cpp's command line for what is loaded beside the model.

Source: llama.cpp b11434, ``common/arg.cpp``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from memplan.addresses import public_address
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.option_spec import default_of, flag_words, specs_of
from memplan.model import Model

_OPTIONS: Final = (
    "mmproj_offload", "image_max_tokens", "spec_type", "spec_draft_n_max", "n_gpu_layers_draft",
    "cache_type_k_draft", "cache_type_v_draft", "ctx_checkpoints", "cache_ram_mib",
)  # fmt: skip


def part_arguments(model: Model, options: LlamaCppOptions) -> Iterator[str]:
    """The files beside the model, and the options about them that are not as usual."""
    for part in model.parts:
        yield from (part.flag, public_address(part.source))
    specs = specs_of(LlamaCppOptions)
    for name in _OPTIONS:
        value = getattr(options, name)
        if value != default_of(LlamaCppOptions, name):
            yield from flag_words(specs[name], value)
