"""The versions of llama.cpp whose compute buffers differ."""

from __future__ import annotations

from enum import StrEnum


class ModelledVersion(StrEnum):
    """A version of llama.cpp, by its tag."""

    V0_5_0 = "v0.5.0"
    """Up to September 2026."""

    B11434 = "b11434"
    """From October 2026 on: a batch may mix tokens and embeddings."""
