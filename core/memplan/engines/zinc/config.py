"""The dimensions of a model that ZINC's memory plan needs, resolved from a GGUF header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from memplan.model import Model
from memplan.model.dimensions import DEFAULT_CONTEXT_TOKENS
from memplan.model.metadata import Metadata
from memplan.reader.header import Tensor
from memplan.remembered import once_a_model
from memplan.unsigned import U32_MAX

_DEFAULT_ATTENTION_INTERVAL_WITH_STATE = 4
_BLOCK = re.compile(r"blk\.([0-9]{1,9})\.")


@dataclass(slots=True)
class ModelConfig:
    """A model's dimensions, in elements and counts; all unsigned 32-bit.

    Mutable, because ``apply_requested_context_limit`` writes into it, as the engine does.
    ``sliding_window_size`` and ``rope_dim`` are resolved by ZINC too, but cost no memory.
    """

    n_layers: int = 0
    n_heads: int = 0
    n_kv_heads: int = 0
    head_dim: int = 0
    hidden_dim: int = 0
    intermediate_dim: int = 0
    vocab_size: int = 0
    context_length: int = 0
    n_experts: int = 0
    n_experts_used: int = 0
    ssm_d_conv: int = 0
    ssm_d_inner: int = 0
    ssm_d_state: int = 0
    ssm_dt_rank: int = 0
    ssm_n_group: int = 0
    full_attn_interval: int = 0
    shared_expert_intermediate_dim: int = 0
    sliding_window_size: int = 0
    rope_dim: int = 0


@once_a_model
def config_of(model: Model) -> ModelConfig:
    """The dimensions of a model, next-token layers counted as layers; to be read only."""
    return resolve_config(model.metadata, model.tensors, model.metadata.u32("block_count") or 0)


@once_a_model
def trunk_config_of(model: Model) -> ModelConfig:
    """The same without next-token layers, as from September 2026 on; to be read only."""
    return resolve_config(model.metadata, model.tensors, layer_counts(model).trunk)


class LayerCounts(NamedTuple):
    """The blocks of a file: those of the trunk, and those appended to predict further tokens."""

    trunk: int
    nextn: int


@once_a_model
def layer_counts(model: Model) -> LayerCounts:
    """The two kinds of blocks (``normalizeLayerCounts`` in ZINC's ``config.zig``).

    A number of next-token layers that leaves no trunk is ignored.
    """
    blocks = model.metadata.u32("block_count") or 0
    nextn = model.metadata.u32("nextn_predict_layers") or 0
    return LayerCounts(blocks - nextn, nextn) if nextn < blocks else LayerCounts(blocks, 0)


@once_a_model
def nextn_weights_bytes(model: Model) -> int:
    """Bytes of the tensors that only the next-token layers have."""
    counts = layer_counts(model)
    blocks = range(counts.trunk, counts.trunk + counts.nextn)
    return sum(tensor.bytes for tensor in model.tensors if _block(tensor.name) in blocks)


def _block(tensor_name: str) -> int | None:
    found = _BLOCK.match(tensor_name)
    return int(found[1]) if found else None


def resolve_config(metadata: Metadata, tensors: tuple[Tensor, ...], n_layers: int) -> ModelConfig:
    """The dimensions that ZINC reads from a header, by its own rules (its ``config.zig``)."""

    def integer(key: str, default: int = 0) -> int:
        value = metadata.u32(key)
        return default if value is None else value

    n_heads = integer("attention.head_count")
    hidden_dim = integer("embedding_length")
    dimensions = {tensor.name: tensor.dimensions for tensor in tensors}
    ssm_d_inner = integer("ssm.inner_size")
    return ModelConfig(
        n_layers=n_layers,
        n_heads=n_heads,
        n_kv_heads=metadata.largest_u32("attention.head_count_kv", n_heads),
        head_dim=integer("attention.key_length", hidden_dim // n_heads if n_heads else 0),
        hidden_dim=hidden_dim,
        intermediate_dim=integer("expert_feed_forward_length") or integer("feed_forward_length"),
        vocab_size=integer("vocab_size") or _vocabulary(dimensions),
        context_length=integer("context_length", DEFAULT_CONTEXT_TOKENS),
        n_experts=integer("expert_count"),
        n_experts_used=integer("expert_used_count"),
        ssm_d_conv=integer("ssm.conv_kernel"),
        ssm_d_inner=ssm_d_inner,
        ssm_d_state=integer("ssm.state_size"),
        ssm_dt_rank=integer("ssm.time_step_rank"),
        ssm_n_group=integer("ssm.group_count"),
        full_attn_interval=integer(
            "full_attention_interval",
            _DEFAULT_ATTENTION_INTERVAL_WITH_STATE if ssm_d_inner else 1,
        ),
        shared_expert_intermediate_dim=(
            integer("expert_shared_feed_forward_length")
            or integer("feed_forward_length")
            or _shared_expert_width(dimensions, n_layers)
        ),
        sliding_window_size=integer("attention.sliding_window"),
        rope_dim=integer("rope.dimension_count"),
    )


def _vocabulary(dimensions: dict[str, tuple[int, ...]]) -> int:
    for name in ("output.weight", "token_embd.weight"):
        if name in dimensions:
            return _dimension(dimensions[name], 1)
    return 0


def _shared_expert_width(dimensions: dict[str, tuple[int, ...]], n_layers: int) -> int:
    for layer in range(min(n_layers, len(dimensions))):
        for name, axis in (("ffn_gate_shexp", 1), ("ffn_up_shexp", 1), ("ffn_down_shexp", 0)):
            shape = dimensions.get(f"blk.{layer}.{name}.weight")
            if shape is not None:
                return _dimension(shape, axis)
    return 0


def _dimension(shape: tuple[int, ...], axis: int) -> int:
    """A dimension, 0 where there is none or where 32 bits do not hold it."""
    size = shape[axis] if axis < len(shape) else 0
    return size if size <= U32_MAX else 0
