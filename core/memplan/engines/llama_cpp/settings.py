"""The options as llama.cpp uses them: every default resolved, refused combinations refused.

Source: llama.cpp b11434, ``llama_init_from_model`` (which combinations are refused, in its words)
and ``common/arg.cpp`` with the server's start (defaults).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from memplan.engines.llama_cpp.architectures import FlashAttention
from memplan.engines.llama_cpp.arithmetic import smaller
from memplan.engines.llama_cpp.options import (
    DEFAULT_BATCH_TOKENS,
    DEFAULT_UBATCH_TOKENS,
    MAX_SEQUENCES,
    CacheType,
    LlamaCppOptions,
    Program,
    usual_sequences,
)
from memplan.engines.llama_cpp.shape import Shape
from memplan.estimate import UnsupportedRequestError
from memplan.language import tr
from memplan.reader.tensor_types import TENSOR_TYPES_BY_NAME, TensorType


@dataclass(frozen=True, slots=True)
class Settings:
    """What a context is made with.

    Attributes:
        program: the program that runs.
        cache_type_k: type of the K cache.
        cache_type_v: type of the V cache.
        flash_attn: whether attention is one fused operation.
        batch_tokens: logical batch, before the context limits it.
        ubatch_tokens: micro-batch, before the context limits it.
        sequences: sequences at a time.
        unified: whether they share one KV cache.
        gpu_layers: layers on the device, from the last, the output counting as one.
        cpu_moe_layers: first layers whose experts stay on the host.
        kv_offload: whether the KV cache is where its layer is.
        swa_full: whether window layers have a cache of the full context.
        max_allocation_bytes: largest single buffer that the device gives; ``None``: not known.
        drafted_tokens: tokens that are drafted at a time, and checked with one row of logits each.
        states_kept: recurrent states that each sequence keeps: its own, and those to go back to.
        loads_next_tokens: whether the file's next-token layers are loaded, too.
    """

    program: Program
    cache_type_k: CacheType
    cache_type_v: CacheType
    flash_attn: bool
    batch_tokens: int
    ubatch_tokens: int
    sequences: int
    unified: bool
    gpu_layers: int
    cpu_moe_layers: int
    kv_offload: bool
    swa_full: bool
    max_allocation_bytes: int | None
    drafted_tokens: int = 0
    states_kept: int = 1
    loads_next_tokens: bool = False

    @property
    def streams(self) -> int:
        """Separate caches: one that all sequences share, or one each."""
        return 1 if self.unified else self.sequences

    @property
    def full_micro_batch(self) -> int:
        """Tokens of a micro-batch that the context does not limit."""
        return min(self.batch_tokens, self.ubatch_tokens)

    @property
    def every_row(self) -> bool:
        """Whether a row of logits is computed for each token, not for each slot."""
        return self.program is not Program.LLAMA_SERVER

    def micro_batch(self, context: Any) -> Any:
        """Tokens of the largest graph: no micro-batch is longer than a batch or the context."""
        return smaller(self.full_micro_batch, context)

    def output_rows(self, context: Any) -> Any:
        """Rows of logits that the largest graph computes: one a slot, or one a token."""
        if self.every_row:
            return self.micro_batch(context)
        rows = self.sequences * (1 + self.drafted_tokens)
        return smaller(smaller(rows, self.batch_tokens), self.micro_batch(context))

    def as_options(self) -> dict[str, Any]:
        """All that was used, under llama.cpp's names."""
        return {
            "program": self.program.value,
            "cache_type_k": self.cache_type_k.value,
            "cache_type_v": self.cache_type_v.value,
            "flash_attn": self.flash_attn,
            "batch_size": self.batch_tokens,
            "ubatch_size": self.ubatch_tokens,
            "parallel": self.sequences,
            "kv_unified": self.unified,
            "n_gpu_layers": self.gpu_layers,
            "n_cpu_moe": self.cpu_moe_layers,
            "kv_offload": self.kv_offload,
            "swa_full": self.swa_full,
            "max_allocation_bytes": self.max_allocation_bytes,
        }


def resolve_settings(options: LlamaCppOptions, shape: Shape) -> Settings:
    """The settings of a context for this model.

    Raises:
        UnsupportedRequestError: llama.cpp refuses the combination; the message is its reason.
    """
    sequences = options.parallel or usual_sequences(options)
    unified = options.kv_unified
    if unified is None:
        # The server shares one cache among its own slots; --parallel N gives each a cache.
        unified = options.program is Program.LLAMA_SERVER and options.parallel is None
    every_layer = shape.block_count + 1
    settings = Settings(
        program=options.program,
        cache_type_k=options.cache_type_k,
        cache_type_v=options.cache_type_v,
        flash_attn=_flash_attn(options, shape),
        batch_tokens=options.batch_size or DEFAULT_BATCH_TOKENS,
        ubatch_tokens=options.ubatch_size or DEFAULT_UBATCH_TOKENS,
        sequences=sequences,
        unified=unified,
        gpu_layers=min(
            options.n_gpu_layers if isinstance(options.n_gpu_layers, int) else every_layer,
            every_layer,
        ),
        cpu_moe_layers=(
            shape.block_count if options.cpu_moe else min(options.n_cpu_moe, shape.block_count)
        ),
        kv_offload=options.kv_offload,
        swa_full=options.swa_full,
        max_allocation_bytes=options.max_allocation_bytes,
    )
    _refuse(settings, shape)
    return settings


def cache_tensor_type(cache_type: CacheType) -> TensorType:
    """Block length and block size of a cache type."""
    return TENSOR_TYPES_BY_NAME[cache_type.value.upper()]


def _flash_attn(options: LlamaCppOptions, shape: Shape) -> bool:
    match shape.architecture.flash_attention:
        case FlashAttention.FAILS if options.flash_attn:
            text = tr("flash_attn aborts with the architecture {name}")
            raise UnsupportedRequestError(text.format(name=shape.name))
        case FlashAttention.AS_ASKED:
            return options.flash_attn is not False
        case _:
            return False


def _refuse(settings: Settings, shape: Shape) -> None:
    key, value = settings.cache_type_k, settings.cache_type_v
    if settings.sequences > MAX_SEQUENCES:
        raise UnsupportedRequestError(f"n_seq_max must be <= {MAX_SEQUENCES}")
    if (shape.mla or shape.architecture.compressed) and key is not value:
        raise UnsupportedRequestError(
            f"model does not support different K ({key.value}) and V ({value.value}) cache types"
        )
    if cache_tensor_type(value).block_elements > 1 and not settings.flash_attn:
        raise UnsupportedRequestError("quantized V cache requires flash_attn to be enabled")
    for layer in shape.trunk:
        if settings.flash_attn:
            _refuse_broken_blocks("K", key, "n_embd_head_k", layer.key_length)
            _refuse_broken_blocks("V", value, "n_embd_head_v", layer.value_length)
        else:
            _refuse_broken_blocks("K", key, "n_embd_k_gqa", layer.key_width)


def _refuse_broken_blocks(side: str, cache_type: CacheType, what: str, elements: int) -> None:
    block_elements = cache_tensor_type(cache_type).block_elements
    if elements % block_elements:
        raise UnsupportedRequestError(
            f"{side} cache type {cache_type.value} with block size {block_elements}"
            f" does not divide {what}={elements}"
        )
