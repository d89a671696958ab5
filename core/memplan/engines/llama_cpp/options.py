"""The options of llama.cpp that change how much memory it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Final

from memplan.engines.llama_cpp import device_options as of_devices
from memplan.engines.llama_cpp.choices import CacheType as CacheType
from memplan.engines.llama_cpp.choices import GpuLayers as GpuLayers
from memplan.engines.llama_cpp.choices import Program as Program
from memplan.engines.llama_cpp.choices import SpecType as SpecType
from memplan.engines.llama_cpp.choices import SplitMode as SplitMode
from memplan.engines.llama_cpp.device_options import USUAL_TARGET_MIB
from memplan.engines.llama_cpp.overrides import check_overrides
from memplan.engines.llama_cpp.parts import options as of_parts
from memplan.engines.option_spec import (
    Automatic,
    Choice,
    Count,
    Layers,
    OptionSpec,
    Row,
    Size,
    Switch,
    Text,
    option,
)
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.model import Model
from memplan.unsigned import check_u32, check_u64

MAX_SEQUENCES: Final = 256
"""llama.cpp is built for no more sequences (``LLAMA_MAX_SEQ``)."""

DEFAULT_BATCH_TOKENS: Final = 2048
DEFAULT_UBATCH_TOKENS: Final = 512


DEFAULT_SEQUENCES: Final = exhaustive(Program, {Program.LLAMA_SERVER: 4, Program.LLAMA_CLI: 1})


def usual_sequences(options: LlamaCppOptions) -> int:
    """Sequences where no number of them is set."""
    return DEFAULT_SEQUENCES[options.program]


def _layers_and_output(model: Model) -> int:
    return model.dimensions.layers + 1


def _layers(model: Model) -> int:
    return model.dimensions.layers


def _has_experts(model: Model) -> bool:
    return model.dimensions.experts > 0


_COUNTS: Final = (
    "n_cpu_moe", "main_gpu", "image_max_tokens", "image_side", "spec_draft_n_max",
    "ctx_checkpoints", "cache_ram_mib",
)  # fmt: skip

_CACHE_TYPES: Final = Row(
    marked("&K, V cache type"),
    marked(
        "Type of the KV cache, of K and of V (--cache-type-k, --cache-type-v): smaller types take "
        "less memory and are less exact; a smaller V needs flash attention"
    ),
)


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
        n_gpu_layers: layers on the device, the output counting as one; ``None``: as ``--fit``
            places them.
        cpu_moe: keep the experts of every layer on the host.
        n_cpu_moe: number of first layers whose experts stay on the host.
        kv_offload: keep the KV cache with its layer; else on the host.
        swa_full: give window layers a cache of the full context.
        override_tensor: patterns of tensors with the buffers that they are kept in, as
            ``PATTERN=BUFFER,…``; ``None``: none.
        fit: adjust what is not given to what is free: the context, then layers and experts;
            ``None``: on, the default.
        fit_target_mib: memory that automatic fitting leaves free, in MiB: one number for all
            devices, or one for each; those left out have the usual one.
        split_mode: how several devices share the model.
        tensor_split: the share of each device; empty, or all 0: as much as each has free.
        main_gpu: the number of the device that has everything where nothing is split.
        fit_ctx: the shortest context that automatic fitting picks.
        max_allocation_bytes: largest single buffer that the device gives; ``None``: no limit known.
        mmproj_offload: keep a projector on the device; else on the host.
        image_max_tokens: the most tokens that an image may take; 0: as the projector says.
        image_side: pixels along each side of the largest image that will come; 0: as large as the
            projector takes. No option of llama.cpp's.
        spec_type: how tokens are drafted without a draft model.
        spec_draft_n_max: tokens that are drafted at a time.
        n_gpu_layers_draft: a draft model's layers on the device; ``None``: all.
        cache_type_k_draft: type of the draft's K cache.
        cache_type_v_draft: type of the draft's V cache.
        ctx_checkpoints: checkpoints that each slot of a server keeps in host memory.
        cache_ram_mib: limit of a server's prompt cache in host memory, in MiB.

    Raises:
        ValueError: a number is negative, too large, or 0 where it must not be.
    """

    program: Program = option(
        Program.LLAMA_SERVER,
        OptionSpec(
            ("--program",),
            Choice(Program),
            "whose defaults apply",
            marked("Program"),
            Row(marked("P&rogram"), marked("The program whose defaults apply"), behind_more=True),
            "program",
        ),
    )
    cache_type_k: CacheType = option(
        CacheType.F16,
        OptionSpec(
            ("--cache-type-k", "-ctk"),
            Choice(CacheType),
            "type of the K cache",
            marked("K cache type"),
            _CACHE_TYPES,
            "cache-types",
            logged="type_k",
        ),
    )
    cache_type_v: CacheType = option(
        CacheType.F16,
        OptionSpec(
            ("--cache-type-v", "-ctv"),
            Choice(CacheType),
            "type of the V cache",
            marked("V cache type"),
            _CACHE_TYPES,
            "cache-types",
            logged="type_v",
        ),
    )
    flash_attn: bool | None = option(
        None,
        OptionSpec(
            ("--flash-attn", "-fa"),
            Automatic(worded=True),
            "flash attention",
            marked("Flash attention"),
            Row(
                marked("Flash attenti&on"),
                marked(
                    "Attention as one fused operation (--flash-attn): without it the compute "
                    "buffer grows with the context. Auto: on wherever the engine has it"
                ),
            ),
            "flash-attention",
            logged="flash_attn",
        ),
    )
    n_gpu_layers: int | GpuLayers | None = option(
        None,
        OptionSpec(
            ("--n-gpu-layers", "-ngl"),
            Layers(GpuLayers.ALL, _layers_and_output),
            "layers on the GPU: a number, auto (default) or all",
            marked("GPU layers"),
            Row(
                marked("&GPU layers"),
                marked("Layers on the device, the output counting as one (--n-gpu-layers)"),
                marked("layers"),
            ),
            "gpu-layers",
            logged="n_gpu_layers",
        ),
    )
    cpu_moe: bool = option(False, OptionSpec(("--cpu-moe",), Switch(), "all experts on the host"))
    n_cpu_moe: int = option(
        0,
        OptionSpec(
            ("--n-cpu-moe",),
            Count(every=_layers, switch="cpu_moe"),
            "experts of N layers there",
            marked("Experts on host"),
            Row(
                marked("E&xperts on host"),
                marked(
                    "First layers whose experts stay in host memory (--n-cpu-moe, --cpu-moe): "
                    "less on the device, but slower"
                ),
                marked("layers"),
                has=_has_experts,
            ),
            "experts-on-host",
        ),
    )
    parallel: int | None = option(
        None,
        OptionSpec(
            ("--parallel", "-np"),
            Count(least=1, most=MAX_SEQUENCES, usual=usual_sequences),
            "sequences",
            marked("Sequences"),
            Row(
                marked("Se&quences"),
                marked(
                    "Chats at a time, the slots of a server (--parallel); they share the context"
                ),
                marked("sequences"),
            ),
            "sequences",
            logged="n_seq",
        ),
    )
    kv_unified: bool | None = option(
        None,
        OptionSpec(
            ("--kv-unified",),
            Automatic(),
            "one KV cache for all",
            marked("Shared cache"),
            Row(
                marked("&Shared cache"),
                marked(
                    "One KV cache for all sequences, or one each (--kv-unified). Auto: shared "
                    "unless a number of sequences is set"
                ),
            ),
            "shared-cache",
            logged="kv_unified",
        ),
    )
    ubatch_size: int | None = option(
        None,
        OptionSpec(
            ("--ubatch-size", "-ub"),
            Count(least=1, step=64, usual=lambda _options: DEFAULT_UBATCH_TOKENS),
            "micro-batch",
            marked("Micro-batch"),
            Row(
                marked("Micro-batch si&ze"),
                marked(
                    "Tokens computed at once (--ubatch-size): fewer make the compute buffer "
                    "smaller, and reading a long prompt slower"
                ),
                marked("tokens"),
            ),
            "micro-batch",
            logged="n_ubatch",
        ),
    )
    batch_size: int | None = option(
        None,
        OptionSpec(
            ("--batch-size", "-b"),
            Count(least=1, step=256, usual=lambda _options: DEFAULT_BATCH_TOKENS),
            "logical batch",
            marked("Batch"),
            Row(
                marked("Ba&tch size"),
                marked("Tokens handed over at once (--batch-size)"),
                marked("tokens"),
                behind_more=True,
            ),
            "batch",
        ),
    )
    override_tensor: str | None = option(
        None,
        OptionSpec(
            ("--override-tensor", "-ot"),
            Text("PATTERN=BUFFER,…", check_overrides),
            "tensors that are kept in another buffer, such as CPU",
        ),
    )
    fit: bool | None = option(
        None,
        OptionSpec(
            ("--fit",),
            Automatic(worded=True),
            "adjust what is not given to what is free (default: on)",
        ),
    )
    fit_ctx: int = option(
        4096,
        OptionSpec(
            ("--fit-ctx",),
            Count(least=1),
            "the shortest context that automatic fitting picks (default: 4096)",
        ),
    )
    fit_target_mib: tuple[int, ...] = option((USUAL_TARGET_MIB,), of_devices.FIT_TARGET)
    split_mode: SplitMode = option(SplitMode.LAYER, of_devices.SPLIT_MODE)
    tensor_split: tuple[float, ...] = option((), of_devices.TENSOR_SPLIT)
    main_gpu: int = option(0, of_devices.MAIN_GPU)
    max_allocation_bytes: int | None = option(
        None,
        OptionSpec(
            ("--max-allocation",),
            Size(least=1),
            "the largest single buffer that the device gives, such as 4GiB",
            marked("Largest buffer"),
            Row(
                marked("Largest buffer"),
                marked(
                    "The largest single buffer that the device gives, such as 4 GiB with many "
                    "Vulkan drivers; larger tensors cannot be loaded"
                ),
                "GiB",
                behind_more=True,
            ),
            "largest-buffer",
        ),
    )
    kv_offload: bool = option(
        True,
        OptionSpec(
            ("--no-kv-offload",),
            Switch(),
            "KV cache on the host",
            marked("KV cache beside its layer"),
            Row(
                marked("KV cache beside &its layer"),
                marked(
                    "Keep the KV cache where its layer is, else in host memory (--no-kv-offload)"
                ),
                behind_more=True,
            ),
            "cache-place",
        ),
    )
    swa_full: bool = option(
        False,
        OptionSpec(
            ("--swa-full",),
            Switch(),
            "window layers cache everything",
            marked("Whole cache for window layers"),
            Row(
                marked("&Whole cache for window layers"),
                marked(
                    "Give window layers a cache of the whole context (--swa-full): more memory, "
                    "reusable"
                ),
                behind_more=True,
            ),
            "window-cache",
            logged="swa_full",
        ),
    )

    mmproj_offload: bool = option(True, of_parts.PROJECTOR_PLACE)
    image_max_tokens: int = option(0, of_parts.IMAGE_TOKENS)
    image_side: int = option(0, of_parts.IMAGE_SIDE)
    spec_type: SpecType = option(SpecType.NONE, of_parts.DRAFTING)
    spec_draft_n_max: int = option(3, of_parts.DRAFTED_TOKENS)
    n_gpu_layers_draft: int | GpuLayers | None = option(None, of_parts.DRAFT_LAYERS)
    cache_type_k_draft: CacheType = option(CacheType.F16, of_parts.DRAFT_CACHE_K)
    cache_type_v_draft: CacheType = option(CacheType.F16, of_parts.DRAFT_CACHE_V)
    ctx_checkpoints: int = option(32, of_parts.CHECKPOINTS)
    cache_ram_mib: int = option(8192, of_parts.PROMPT_CACHE)

    def placing(self) -> dict[str, object]:
        """The options that decide about devices, by name, as numbers, strings and lists."""
        targets = self.fit_target_mib
        return {
            "fit_target_mib": targets[0] if len(targets) == 1 else list(targets),
            "split_mode": self.split_mode.value,
            "tensor_split": list(self.tensor_split),
            "main_gpu": self.main_gpu,
        }

    @property
    def fits_start(self) -> bool:
        """Whether automatic fitting is on."""
        return self.fit is not False

    def targets_mib(self, device_count: int) -> tuple[int, ...]:
        """What automatic fitting leaves free of each of so many devices, in MiB."""
        return of_devices.of_each_device(self.fit_target_mib, device_count, USUAL_TARGET_MIB)

    def with_cache_type(self, cache_type: CacheType) -> LlamaCppOptions:
        """The options with one type for K and V."""
        return replace(self, cache_type_k=cache_type, cache_type_v=cache_type)

    def __post_init__(self) -> None:
        object.__setattr__(self, "program", Program(self.program))
        object.__setattr__(self, "spec_type", SpecType(self.spec_type))
        for name in ("cache_type_k", "cache_type_v", "cache_type_k_draft", "cache_type_v_draft"):
            object.__setattr__(self, name, CacheType(getattr(self, name)))
        for name in ("batch_size", "ubatch_size", "parallel", "fit_ctx"):
            value = getattr(self, name)
            if value is not None and check_u32(name, value) == 0:
                raise ValueError(tr("{name} must be at least 1").format(name=name))
        for name in ("n_gpu_layers", "n_gpu_layers_draft"):
            value = getattr(self, name)
            if isinstance(value, str):
                object.__setattr__(self, name, GpuLayers(value))
            elif value is not None:
                check_u32(name, value)
        for name in _COUNTS:
            check_u32(name, getattr(self, name))
        object.__setattr__(self, "split_mode", SplitMode(self.split_mode))
        if not self.fit_target_mib:
            object.__setattr__(self, "fit_target_mib", (USUAL_TARGET_MIB,))
        for target in self.fit_target_mib:
            check_u32("fit_target_mib", target)
        if any(not 0 <= share < inf for share in self.tensor_split):
            raise ValueError(tr("{name} must be numbers from 0").format(name="tensor_split"))
        if max(len(self.fit_target_mib), len(self.tensor_split)) > of_devices.MOST_NUMBERS:
            text = tr("at most {count} devices can be given a number")
            raise ValueError(text.format(count=of_devices.MOST_NUMBERS))
        if self.override_tensor is not None:
            check_overrides(self.override_tensor)
        if self.max_allocation_bytes is not None:
            check_u64("max_allocation_bytes", self.max_allocation_bytes)
