"""Two plans of one model, term by term: how much they differ, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from memplan.component import ComponentKind, Place
from memplan.engines.llama_cpp.cells import CELL_MULTIPLE
from memplan.engines.llama_cpp.shape import Shape, resolve_shape
from memplan.engines.zinc.engine import cached_layer_count
from memplan.engines.zinc.options import ZincVersion
from memplan.planner import Plan, Usage
from memplan.request import Backend, EngineName


class DifferenceReason(StrEnum):
    """Why a term differs."""

    SAME = "same"
    """It does not."""
    ONLY_IN_ONE = "only_in_one"
    """Only one of the engines has, or plans for, this term."""
    EMBEDDING_ON_HOST = "embedding_on_host"
    """llama.cpp looks tokens up on the host, and copies a tied embedding to the device."""
    NEXTN_NOT_LOADED = "nextn_not_loaded"
    """llama.cpp does not load next-token layers."""
    LAYERS_ON_HOST = "layers_on_host"
    """Layers, experts or the KV cache are kept on the host."""
    CACHE_TYPE = "cache_type"
    """The cache's elements have different types."""
    CACHED_LAYERS = "cached_layers"
    """Layers have a cache in one that have none in the other."""
    WINDOWS = "windows"
    """Window layers cache their window in one, and the whole context in the other."""
    LATENT = "latent"
    """One caches the latent of multi-head latent attention."""
    INDEXER = "indexer"
    """One has a second cache for sparse attention."""
    WHOLE_CELLS = "whole_cells"
    """llama.cpp rounds the context up to 256 cells."""
    SEQUENCES = "sequences"
    """They serve different numbers of sequences, or share caches differently."""
    STATE_FORMULA = "state_formula"
    """The engines keep different recurrent states."""
    GRAPH = "graph"
    """One plans buffers for each operation, the other what its graph needs at its widest."""
    MICRO_BATCH = "micro_batch"
    """Their micro-batches or rows of logits differ."""
    FLASH_ATTENTION = "flash_attention"
    """One has flash attention, the other stores all scores."""
    BACKEND = "backend"
    """They run on different backends, which pad and allocate differently."""
    VERSION = "version"
    """They are different versions of one engine."""
    ACCOUNTING = "accounting"
    """One shows what ZINC plans with, the other what it allocates."""
    CONTEXT = "context"
    """They are planned at different contexts."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One term of two plans.

    Attributes:
        kind: what the term holds.
        where: the memory in which it lives.
        one_bytes: its bytes in the one plan; 0 if it has no such term.
        other_bytes: its bytes in the other plan.
        reasons: why they differ, the weightiest first; ``SAME`` alone if they do not.
    """

    kind: ComponentKind
    where: Place
    one_bytes: int
    other_bytes: int
    reasons: tuple[DifferenceReason, ...]

    @property
    def difference_bytes(self) -> int:
        """What the other plan needs beyond the one."""
        return self.other_bytes - self.one_bytes


def compare(one: Plan, other: Plan, context_tokens: int | None = None) -> tuple[Difference, ...]:
    """Every term that either plan has, in the order of the first plan's components.

    At ``context_tokens``, or where each plan's wanted context is.
    """
    if context_tokens is None:
        usages = one.at, other.at
    else:
        usages = one.usage_at(context_tokens), other.usage_at(context_tokens)
    ones, others = (_bytes_by_term(usage) for usage in usages)
    pair = _Pair(one, other, (usages[0].context_tokens, usages[1].context_tokens))
    return tuple(
        _difference(pair, kind, where, ones.get((kind, where), 0), others.get((kind, where), 0))
        for kind, where in sorted({**ones, **others}, key=_position)
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two plans and the contexts at which they are compared."""

    one: Plan
    other: Plan
    contexts: tuple[int, int]

    @property
    def engines_differ(self) -> bool:
        return self.one.request.engine is not self.other.request.engine

    @property
    def llama_cpp(self) -> tuple[Plan, ...]:
        """Those of the two that are llama.cpp's."""
        return tuple(
            plan for plan in (self.one, self.other) if plan.request.engine is EngineName.LLAMA_CPP
        )

    def varies(self, value: Callable[[Plan], Any]) -> bool:
        """Whether something is not the same in both."""
        return bool(value(self.one) != value(self.other))

    def any_option(self, *names: str) -> bool:
        """Whether both are llama.cpp's, and one of these options differs."""
        if len(self.llama_cpp) < 2:
            return False
        return any(self.one.options[name] != self.other.options[name] for name in names)


@dataclass(frozen=True, slots=True)
class _Cause:
    """A reason, the terms that it can change, and whether it applies; ``None``: in any memory."""

    reason: DifferenceReason
    kinds: frozenset[ComponentKind]
    applies: Callable[[_Pair], bool]
    where: Place | None = None


_WEIGHTS: Final = frozenset({ComponentKind.WEIGHTS})
_CACHE: Final = frozenset({ComponentKind.KV_CACHE})
_STATE: Final = frozenset({ComponentKind.RECURRENT_STATE})
_COMPUTE: Final = frozenset({ComponentKind.COMPUTE})
_PAGES: Final = frozenset({ComponentKind.PAGE_TABLE})
_LAYERS: Final = _WEIGHTS | _CACHE | _STATE | _COMPUTE
_ALL: Final = frozenset(ComponentKind)


def _cached_layers(plan: Plan) -> int:
    if plan.request.engine is EngineName.LLAMA_CPP:
        return sum(layer.caches for layer in resolve_shape(plan.model).layers)
    return cached_layer_count(plan.model, plan.request)


def _element_types(plan: Plan) -> tuple[str, str]:
    if plan.request.engine is EngineName.LLAMA_CPP:
        return plan.options["cache_type_k"], plan.options["cache_type_v"]
    june = plan.request.zinc.version is ZincVersion.JUNE_2026
    vulkan = plan.request.backend is Backend.VULKAN
    name = "f16" if vulkan and not june else "f32"
    return name, name


def _host_layers(plan: Plan) -> bool:
    """Whether anything but the embedding is kept on the host."""
    if plan.request.engine is not EngineName.LLAMA_CPP:
        return False
    all_layers = plan.options["n_gpu_layers"] > plan.model.dimensions.layers
    return not all_layers or plan.options["n_cpu_moe"] > 0 or not plan.options["kv_offload"]


def _rounded(pair: _Pair) -> bool:
    """Whether llama.cpp, and not the other, rounds the context up."""
    if not pair.engines_differ:
        return False
    options = pair.llama_cpp[0].options
    streams = 1 if options["kv_unified"] else options["parallel"]
    return any(context % (CELL_MULTIPLE * streams) for context in pair.contexts)


def _one_shape(pair: _Pair) -> Shape:
    return resolve_shape(pair.one.model)


_CAUSES: Final = (
    _Cause(
        DifferenceReason.CONTEXT,
        _CACHE | _COMPUTE | _PAGES,
        lambda pair: len(set(pair.contexts)) > 1,
    ),
    _Cause(
        DifferenceReason.ACCOUNTING,
        _CACHE | _PAGES,
        lambda pair: not pair.llama_cpp and pair.varies(lambda plan: plan.request.zinc.accounting),
    ),
    _Cause(DifferenceReason.LAYERS_ON_HOST, _LAYERS, lambda pair: pair.varies(_host_layers)),
    _Cause(
        DifferenceReason.LAYERS_ON_HOST,
        _LAYERS,
        lambda pair: pair.any_option("n_gpu_layers", "n_cpu_moe", "kv_offload"),
    ),
    _Cause(DifferenceReason.EMBEDDING_ON_HOST, _WEIGHTS, lambda pair: pair.engines_differ),
    _Cause(
        DifferenceReason.NEXTN_NOT_LOADED,
        _WEIGHTS,
        lambda pair: (
            pair.engines_differ and _one_shape(pair).trunk_count < _one_shape(pair).block_count
        ),
    ),
    _Cause(
        DifferenceReason.LATENT, _CACHE, lambda pair: pair.engines_differ and _one_shape(pair).mla
    ),
    _Cause(DifferenceReason.CACHED_LAYERS, _CACHE, lambda pair: pair.varies(_cached_layers)),
    _Cause(
        DifferenceReason.WINDOWS,
        _CACHE,
        lambda pair: (
            _one_shape(pair).has_window and (pair.engines_differ or pair.any_option("swa_full"))
        ),
    ),
    _Cause(DifferenceReason.CACHE_TYPE, _CACHE, lambda pair: pair.varies(_element_types)),
    _Cause(
        DifferenceReason.CACHE_TYPE,
        _COMPUTE,
        lambda pair: pair.any_option("cache_type_k", "cache_type_v"),
    ),
    _Cause(
        DifferenceReason.INDEXER,
        _CACHE,
        lambda pair: (
            pair.engines_differ
            and any(layer.indexer_key_width for layer in _one_shape(pair).layers)
        ),
    ),
    _Cause(
        DifferenceReason.SEQUENCES,
        _CACHE | _STATE | _COMPUTE | {ComponentKind.OUTPUT},
        lambda pair: pair.any_option("parallel", "kv_unified"),
    ),
    _Cause(
        DifferenceReason.SEQUENCES,
        _STATE,
        lambda pair: (
            pair.engines_differ and any(plan.options["parallel"] > 1 for plan in pair.llama_cpp)
        ),
    ),
    _Cause(DifferenceReason.STATE_FORMULA, _STATE, lambda pair: pair.engines_differ),
    _Cause(DifferenceReason.GRAPH, _COMPUTE, lambda pair: pair.engines_differ),
    _Cause(
        DifferenceReason.MICRO_BATCH,
        _CACHE | _COMPUTE,
        lambda pair: pair.any_option("ubatch_size", "batch_size", "program"),
    ),
    _Cause(
        DifferenceReason.FLASH_ATTENTION,
        _CACHE | _COMPUTE,
        lambda pair: pair.any_option("flash_attn"),
    ),
    _Cause(DifferenceReason.WHOLE_CELLS, _CACHE, _rounded),
    _Cause(
        DifferenceReason.BACKEND,
        _ALL,
        lambda pair: pair.varies(lambda plan: plan.request.backend),
    ),
    _Cause(
        DifferenceReason.VERSION,
        _ALL,
        lambda pair: not pair.engines_differ and pair.varies(lambda plan: plan.engine_version),
    ),
)
"""Every cause, the weightiest first."""


def _difference(
    pair: _Pair, kind: ComponentKind, where: Place, one_bytes: int, other_bytes: int
) -> Difference:
    if one_bytes == other_bytes:
        reasons: tuple[DifferenceReason, ...] = (DifferenceReason.SAME,)
    else:
        causes = dict.fromkeys(_reasons(pair, kind, where))
        reasons = tuple(causes) or (DifferenceReason.ONLY_IN_ONE,)
    return Difference(kind, where, one_bytes, other_bytes, reasons)


def _reasons(pair: _Pair, kind: ComponentKind, where: Place) -> Iterator[DifferenceReason]:
    for cause in _CAUSES:
        if kind in cause.kinds and cause.where in (None, where) and cause.applies(pair):
            yield cause.reason


def _bytes_by_term(usage: Usage) -> dict[tuple[ComponentKind, Place], int]:
    return {(share.kind, share.where): share.bytes for share in usage.shares}


def _position(term: tuple[ComponentKind, Place]) -> tuple[int, int]:
    """The device's terms first, each memory's in the order of the kinds."""
    kind, where = term
    return list(Place).index(where), list(ComponentKind).index(kind)
