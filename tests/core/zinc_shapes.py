"""A model of the dimensions that ZINC's authors publish figures for."""

from __future__ import annotations

from typing import Any

from memplan.model import Model, resolve_model
from memplan.reader.header import ByteOrder, Header, Tensor, Value, ValueType

WEIGHTS_BYTES = 17_095_833_596
NEXTN_BYTES = 289_570_816
"""About 276 MiB, as published; the largest contexts without them allow 64 KiB either way."""

QWEN_3_8_27B = {
    "block_count": 65,
    "nextn_predict_layers": 1,
    "full_attention_interval": 4,
    "context_length": 262_144,
    "embedding_length": 5120,
    "feed_forward_length": 17_408,
    "attention.head_count": 24,
    "attention.head_count_kv": 4,
    "attention.key_length": 256,
    "attention.value_length": 256,
    "vocab_size": 248_320,
    "ssm.conv_kernel": 4,
    "ssm.inner_size": 6144,
    "ssm.state_size": 128,
    "ssm.time_step_rank": 48,
    "ssm.group_count": 16,
}


def qwen_3_8_27b(**changed: Any) -> Model:
    """Qwen3.8-27B as Q4_K_M; ``changed`` are other numbers, with ``__`` for a full stop."""
    numbers = QWEN_3_8_27B | {key.replace("__", "."): value for key, value in changed.items()}
    metadata = {"general.architecture": Value(ValueType.STRING, "qwen35")}
    metadata |= {f"qwen35.{key}": Value(ValueType.UINT32, n) for key, n in numbers.items()}
    trunk_bytes = WEIGHTS_BYTES - NEXTN_BYTES
    tensors = (
        Tensor("blk.0.ffn_up.weight", (trunk_bytes,), "I8", trunk_bytes, 0),
        Tensor("blk.64.nextn.eh_proj.weight", (NEXTN_BYTES,), "I8", NEXTN_BYTES, trunk_bytes),
    )
    size = WEIGHTS_BYTES
    return resolve_model(
        Header("made-up.gguf", 3, ByteOrder.LITTLE, metadata, tensors, 32, 0, size, size)
    )
