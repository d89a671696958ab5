"""Some models that stand for all, where a test plans a model many times over."""

from __future__ import annotations

from pathlib import Path
from typing import Final

MODELS: Final = sorted((Path(__file__).parents[1] / "data" / "models").glob("*.gguf"))

_QUICK: Final = (
    "arwkv-7b", "command-r7b", "deepseek-v2-lite", "embeddinggemma-300m", "gemma-3-12b",
    "gpt-oss-20b", "llama-3.2-1b", "mamba2-2.7b", "qwen3-30b-a3b", "qwen3.5-9b",
)  # fmt: skip
"""Of each way to keep a context one, none of hundreds of experts or layers: whole graphs of those
take a second to follow. Rows of memory, each planned once, are of every model."""

QUICK: Final = [path for path in MODELS if Path(path.stem).stem in _QUICK]
