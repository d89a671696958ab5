"""The buffer for what a batch answers: on the host, a row for each sequence, exact.

Source: llama.cpp b11434, ``llama_context::output_reserve`` as it is called at the start.
"""

from __future__ import annotations

from memplan.engines.llama_cpp.settings import Settings
from memplan.engines.llama_cpp.shape import Shape

_F32_BYTES = 4


def output_bytes(shape: Shape, settings: Settings) -> int:
    """Bytes of a row for each sequence."""
    return output_width(shape) * settings.sequences * _F32_BYTES


def output_width(shape: Shape) -> int:
    """Elements of a row: logits, or an embedding where there is no output head."""
    return shape.vocabulary if shape.architecture.output_head else shape.embedding_length
