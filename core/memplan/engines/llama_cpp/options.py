"""The options of llama.cpp that change how much memory it takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from memplan.language import tr
from memplan.unsigned import check_u32, check_u64

MAX_SEQUENCES: Final = 256
"""llama.cpp is built for no more sequences (``LLAMA_MAX_SEQ``)."""


class Program(StrEnum):
    """The program whose defaults apply."""

    LLAMA_SERVER = "llama-server"
    LLAMA_CLI = "llama-cli"


class CacheType(StrEnum):
    """The types that a KV cache may have."""

    F32 = "f32"
    F16 = "f16"
    BF16 = "bf16"
    Q8_0 = "q8_0"
    Q5_1 = "q5_1"
    Q5_0 = "q5_0"
    Q4_1 = "q4_1"
    Q4_0 = "q4_0"
    IQ4_NL = "iq4_nl"


@dataclass(frozen=True, slots=True)
class LlamaCppOptions:
    """Options as llama.cpp names them; ``None``: the program's own default.

    Attributes:
        program: the program whose defaults apply.
        cache_type_k: type of the K cache.
        cache_type_v: type of the V cache.
        flash_attn: flash attention; by default on wherever the engine has it.
        batch_size: logical batch in tokens.
        ubatch_size: micro-batch in tokens.
        parallel: sequences (slots of a server).
        kv_unified: whether all sequences share one KV cache.
        n_gpu_layers: layers on the device, the output counting as one; ``None``: all.
        cpu_moe: keep the experts of every layer on the host.
        n_cpu_moe: keep the experts of so many first layers on the host.
        kv_offload: keep the KV cache with its layer; else on the host.
        swa_full: give window layers a cache of the full context.
        fit_target_mib: memory that automatic fitting leaves free on the device, in MiB.
        max_allocation_bytes: largest single buffer that the device gives; ``None``: no limit known.

    Raises:
        ValueError: a number is negative, too large, or 0 where it must not be.
    """

    program: Program = Program.LLAMA_SERVER
    cache_type_k: CacheType = CacheType.F16
    cache_type_v: CacheType = CacheType.F16
    flash_attn: bool | None = None
    batch_size: int | None = None
    ubatch_size: int | None = None
    parallel: int | None = None
    kv_unified: bool | None = None
    n_gpu_layers: int | None = None
    cpu_moe: bool = False
    n_cpu_moe: int = 0
    kv_offload: bool = True
    swa_full: bool = False
    fit_target_mib: int = 1024
    max_allocation_bytes: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "program", Program(self.program))
        object.__setattr__(self, "cache_type_k", CacheType(self.cache_type_k))
        object.__setattr__(self, "cache_type_v", CacheType(self.cache_type_v))
        for name in ("batch_size", "ubatch_size", "parallel"):
            value = getattr(self, name)
            if value is not None and check_u32(name, value) == 0:
                raise ValueError(tr("{name} must be at least 1").format(name=name))
        if self.n_gpu_layers is not None:
            check_u32("n_gpu_layers", self.n_gpu_layers)
        check_u32("n_cpu_moe", self.n_cpu_moe)
        check_u32("fit_target_mib", self.fit_target_mib)
        if self.max_allocation_bytes is not None:
            check_u64("max_allocation_bytes", self.max_allocation_bytes)
