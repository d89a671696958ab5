"""A log beside a plan: the request that a log amounts to, and logged against planned bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from memplan.engines.llama_cpp.options import MAX_SEQUENCES, CacheType, LlamaCppOptions, Program
from memplan.logs.log import Buffer, Log, LogPart
from memplan.logs.names import is_host
from memplan.memory.component import ComponentKind, Part, Place
from memplan.model import Model
from memplan.planner import Plan, Share
from memplan.request import DEFAULT_BUDGET_BYTES, Backend, EngineName, Request
from memplan.units import MIB
from memplan.unsigned import U32_MAX, U64_MAX

_BACKENDS: Final = {
    "vulkan": Backend.VULKAN,
    "metal": Backend.METAL,
    "cuda": Backend.CUDA,
    # HIP builds the CUDA backend's own sources.
    "rocm": Backend.CUDA,
}
_CPU = "cpu"
_FLASH_ATTN: Final = {"on": True, "off": False}
_SAME_MIB: Final = 0.01
"""Logs round to two decimals."""
_MOST_KEPT: Final = 8
_MOST_EXTRA_LAYERS: Final = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """Logged and planned memory of one kind in one place.

    Attributes:
        kind: what it holds.
        where: device or host.
        buffers: names of the logged buffers, in the order of the log.
        logged_mib: their sum.
        planned_mib: the plan's; ``None`` if the plan has no such component.
        exact: whether the plan claims to be exact here.
        kept_on_host: the model's largest tensors, if the device has just so much less of the
            weights than planned: those that it does not take stay on the host.
    """

    kind: ComponentKind
    where: Place
    buffers: tuple[str, ...]
    logged_mib: float
    planned_mib: float | None
    exact: bool
    kept_on_host: tuple[str, ...] = ()

    @property
    def difference_mib(self) -> float | None:
        """Logged less planned; 0 within what the log rounds away."""
        if self.planned_mib is None:
            return None
        difference = self.logged_mib - self.planned_mib
        return 0.0 if abs(difference) <= _SAME_MIB * len(self.buffers) else round(difference, 2)


def is_of_another_model(log: Log, model: Model) -> bool:
    """Whether the log counts layers that the model cannot have.

    llama.cpp counts the output as one layer; until 2023 both halves of the cache were two more.
    """
    layers = log.options.n_layers
    return layers is not None and not 0 <= layers - model.dimensions.layers <= _MOST_EXTRA_LAYERS


def request_from_log(log: Log, model: Model | None = None) -> Request:
    """The request that has the log's engine, backend, device memory, context and options.

    What the log does not tell is left at its default. The model tells whether the log counts the
    output layer: logs of 2024 and before may not.
    """
    options = log.options
    engine = EngineName.ZINC if log.engine == EngineName.ZINC.value else EngineName.LLAMA_CPP
    context_tokens = options.n_ctx if options.n_ctx and options.n_ctx <= U32_MAX else None
    backend = _BACKENDS.get(log.backend, Backend.VULKAN)
    if engine is EngineName.ZINC and backend is Backend.CUDA:
        backend = Backend.VULKAN
    return Request(
        engine=engine,
        backend=backend,
        budget_bytes=_budget_bytes(log),
        context_tokens=context_tokens,
        llama_cpp=_llama_cpp_options(log, model),
    )


def _budget_bytes(log: Log) -> int:
    """What was free on the first device that is no CPU, else all of it, else the default."""
    for device in log.devices:
        mib = device.free_mib if device.free_mib is not None else device.total_mib
        if mib and not is_host(device.name):
            return min(round(mib * MIB), U64_MAX)
    return DEFAULT_BUDGET_BYTES


def _llama_cpp_options(log: Log, model: Model | None) -> LlamaCppOptions:
    options = log.options
    sequences = options.n_seq if options.n_seq and options.n_seq <= MAX_SEQUENCES else None
    ubatch = options.n_ubatch if options.n_ubatch and options.n_ubatch <= U32_MAX else None
    without_output = model is not None and options.n_layers == model.dimensions.layers
    all_layers = options.n_gpu_layers == options.n_layers and not without_output
    layers = None if all_layers else options.n_gpu_layers
    return LlamaCppOptions(
        program=Program.LLAMA_SERVER if log.server else Program.LLAMA_CLI,
        cache_type_k=_cache_type(options.type_k),
        cache_type_v=_cache_type(options.type_v),
        flash_attn=_FLASH_ATTN.get(options.flash_attn or ""),
        ubatch_size=ubatch,
        batch_size=max(ubatch, 2048) if ubatch else None,
        parallel=sequences,
        kv_unified=options.kv_unified,
        n_gpu_layers=0 if log.backend == _CPU else layers,
        kv_offload=not _cache_kept_on_host(log),
        swa_full=bool(options.swa_full),
        fit=False,  # what a log shows has been fitted already
    )


def _cache_type(name: str | None) -> CacheType:
    try:
        return CacheType(name) if name else CacheType.F16
    except ValueError:
        return CacheType.F16


def _cache_kept_on_host(log: Log) -> bool:
    """Whether all layers are on the device and yet all of the KV cache is on the host."""
    caches = [b.buffer for b in log.buffers if b.kind is ComponentKind.KV_CACHE]
    all_layers = bool(log.options.n_layers) and log.options.n_gpu_layers == log.options.n_layers
    return log.backend != _CPU and all_layers and bool(caches) and all(map(is_host, caches))


def compare(log: Log, plan: Plan) -> tuple[Comparison, ...]:
    """Logged against planned, by kind and place, in the order of the log.

    Planned for the log's context; where the log tells none, only what does not depend on it.
    """
    planned = {
        key: share
        for key, share in _planned_shares(log, plan).items()
        if _is_by_its_rules(log, plan, key[0])
    }
    groups: dict[tuple[ComponentKind, Place], list[Buffer]] = {}
    for buffer in log.buffers:
        if buffer.part is LogPart.MODEL:
            groups.setdefault((buffer.kind, place_of(buffer)), []).append(buffer)
    comparisons = []
    for (kind, where), buffers in groups.items():
        share = planned.get((kind, where))
        comparison = Comparison(
            kind,
            where,
            tuple(buffer.buffer for buffer in buffers),
            round(sum(buffer.mib for buffer in buffers), 2),
            None if share is None else round(share.bytes / MIB, 2),
            share is not None and share.exact,
        )
        if kind is ComponentKind.WEIGHTS and where is Place.DEVICE:
            comparison = replace(comparison, kept_on_host=_kept_on_host(comparison, plan))
        comparisons.append(comparison)
    return tuple(comparisons)


def _is_by_its_rules(log: Log, plan: Plan, kind: ComponentKind) -> bool:
    """Whether the engine of the log kept this kind as today's does.

    llama.cpp of 2024 kept K and V of models with latent attention whole.
    """
    latent = any("attn_kv_a" in tensor.name for tensor in plan.model.tensors)
    return not (log.early and latent and kind is ComponentKind.KV_CACHE)


def _kept_on_host(weights: Comparison, plan: Plan) -> tuple[str, ...]:
    """The few largest tensors, if they make up what the device has less than planned."""
    missing_mib = -(weights.difference_mib or 0.0)
    largest = sorted(plan.model.tensors, key=lambda tensor: -tensor.bytes)[:_MOST_KEPT]
    for count in range(1, len(largest) + 1):
        sum_mib = sum(tensor.bytes for tensor in largest[:count]) / MIB
        if abs(sum_mib - missing_mib) <= _SAME_MIB * (1 + len(weights.buffers)):
            return tuple(tensor.name for tensor in largest[:count])
    return ()


def planned_failed_bytes(log: Log, plan: Plan) -> int | None:
    """What the plan gives for the kind, in that place, of which a buffer failed; if it has it."""
    failed = log.failed
    if failed is None or failed.kind is None or failed.buffer is None:
        return None
    where = Place.HOST if is_host(failed.buffer) else Place.DEVICE
    share = _planned_shares(log, plan).get((failed.kind, where))
    return None if share is None else share.bytes


def _planned_shares(log: Log, plan: Plan) -> dict[tuple[ComponentKind, Place], Share]:
    """The plan at the log's context; without one, only what does not depend on it."""
    context_tokens = log.options.n_ctx
    usage = plan.at if context_tokens is None else plan.usage_at(context_tokens)
    return {
        (share.kind, share.where): share
        for share in usage.shares
        if share.part is Part.MODEL
        and (context_tokens is not None or share.kind is ComponentKind.WEIGHTS)
    }


def place_of(buffer: Buffer) -> Place:
    """The memory in which a buffer lives."""
    return Place.HOST if is_host(buffer.buffer) else Place.DEVICE
