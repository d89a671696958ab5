"""A model as llama.cpp sees it: its dimensions and what each layer keeps, resolved once.

Source: llama.cpp b11434, ``llama_model_base::load_hparams`` and ``llama-hparams.cpp``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from memplan.engines.llama_cpp.architectures import (
    Architecture,
)
from memplan.model.metadata import Metadata


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer, next-token layers included.

    Attributes:
        index: number of the block whose weights it uses, from 0.
        trunk: it is no next-token layer.
        attends: it has attention.
        caches: it owns a K (and V) cache in the normal context.
        caches_padding: it has no KV heads; without flash attention it owns a V cache all the same.
        windowed: its attention sees a sliding window only.
        recurrent: it has a recurrent state.
        head_count: query heads.
        head_count_kv: KV heads.
        key_length: elements of one head's K row in the cache.
        value_length: elements of one head's V row in the cache.
        key_width: elements of a K row of all heads, as it is cached.
        value_width: elements of a V row of all heads; 0 if no V is cached.
        indexer_key_width: elements of an indexer K row; 0 without an indexer cache.
        indexer_value_width: elements of an indexer V row.
        compress_ratio: tokens in a compressed row (DeepSeek V4); 0: no compressed cache.
        feed_forward_length: width of the dense feed-forward network; 0: none.
    """

    index: int
    trunk: bool
    attends: bool
    caches: bool
    caches_padding: bool
    windowed: bool
    recurrent: bool
    head_count: int
    head_count_kv: int
    key_length: int
    value_length: int
    key_width: int
    value_width: int
    indexer_key_width: int
    indexer_value_width: int
    compress_ratio: int
    feed_forward_length: int


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Everything that llama.cpp's formulas need of a model. Lengths are in elements.

    Attributes:
        name: the architecture's name.
        known: whether the table has it; else it is taken as plain full attention.
        architecture: its row in the table.
        metadata: the key-values, for what only one formula needs.
        tensors: dimensions of each tensor by name, fastest first.
        tensor_bytes: bytes of each tensor by name.
        embedding_length: width of the residual stream.
        vocabulary: rows of the output projection, 0 for a model that has none.
        context_length: context that the model was trained for.
        block_count: layers with tensors, next-token layers included.
        trunk_count: layers of the normal context.
        layers: each layer; more than ``block_count`` where layers are gone through more than once.
        trunk: the layers of the normal context.
        has_window: whether any layer that owns a cache sees a window only.
        recurrent: whether any layer has a recurrent state.
        head_count: query heads of the first layer.
        key_length: elements of one head's K row; with MLA, latent and rope.
        value_length: the same of V.
        key_length_swa: the same of K in window layers.
        value_length_swa: the same of V in window layers.
        rope_length: rotated elements of a head.
        sliding_window: tokens that window layers see, 0 without such layers.
        mla: caches K only, in the latent space.
        key_length_mla: elements of one head's K row after decompression.
        value_length_mla: the same of V.
        kv_lora_rank: width of the latent.
        feed_forward_length: width of the widest dense feed-forward network.
        expert_count: experts of a layer.
        expert_used_count: experts that a token uses.
        expert_feed_forward_length: width of one expert.
        expert_shared_feed_forward_length: width of the shared experts together.
        leading_dense_block_count: first layers without experts.
        indexer_head_count: heads of the indexer.
        indexer_key_length: elements of one indexer row.
        indexer_top_k: tokens that the indexer chooses.
        ssm_conv_kernel: width of the convolution.
        ssm_inner_size: width of the state-space block.
        ssm_state_size: elements of a state.
        ssm_time_step_rank: rank of the time step; heads of a state-space block.
        ssm_group_count: groups of the state-space block.
        kda_head_length: elements of a head of Kimi delta attention.
        shortconv_cache_length: width of a short convolution.
        wkv_head_size: elements of an RWKV head.
        token_shift_count: tokens that RWKV keeps.
        deepstack_count: layers that take features of the vision encoder.
        hyper_connection_count: residual streams.
    """

    name: str
    known: bool
    architecture: Architecture
    metadata: Metadata
    tensors: Mapping[str, tuple[int, ...]]
    tensor_bytes: Mapping[str, int]
    embedding_length: int
    vocabulary: int
    context_length: int
    block_count: int
    trunk_count: int
    layers: tuple[Layer, ...]
    trunk: tuple[Layer, ...]
    has_window: bool
    recurrent: bool
    head_count: int
    key_length: int
    value_length: int
    key_length_swa: int
    value_length_swa: int
    rope_length: int
    sliding_window: int
    mla: bool
    key_length_mla: int
    value_length_mla: int
    kv_lora_rank: int
    feed_forward_length: int
    expert_count: int
    expert_used_count: int
    expert_feed_forward_length: int
    expert_shared_feed_forward_length: int
    leading_dense_block_count: int
    indexer_head_count: int
    indexer_key_length: int
    indexer_top_k: int
    ssm_conv_kernel: int
    ssm_inner_size: int
    ssm_state_size: int
    ssm_time_step_rank: int
    ssm_group_count: int
    kda_head_length: int
    shortconv_cache_length: int
    wkv_head_size: int
    token_shift_count: int
    deepstack_count: int
    hyper_connection_count: int

    def dimension(self, tensor: str, axis: int) -> int:
        """A tensor's dimension, fastest first; 0 if there is no such tensor."""
        dimensions = self.tensors.get(tensor, ())
        return dimensions[axis] if axis < len(dimensions) else 0
