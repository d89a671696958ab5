"""Two plans of one model, term by term: how much they differ, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from memplan.engines.registry import engine_named
from memplan.memory.component import ComponentKind, Part, Place
from memplan.planning.planner import Plan, Usage


class DifferenceReason(StrEnum):
    """Why a term differs; of several reasons the first weighs the most."""

    SAME = "same"
    """It does not."""
    ONLY_IN_ONE = "only_in_one"
    """Only one of the engines has, or plans for, this term."""
    CONTEXT = "context"
    """They are planned at different contexts."""
    ACCOUNTING = "accounting"
    """One shows what is planned with, the other what is then allocated."""
    LAYERS_ON_HOST = "layers_on_host"
    """Layers, experts or the KV cache are kept on the host."""
    EMBEDDING_ON_HOST = "embedding_on_host"
    """One looks tokens up on the host, and copies a tied embedding to the device."""
    NEXTN_NOT_LOADED = "nextn_not_loaded"
    """One does not load next-token layers."""
    LATENT = "latent"
    """One caches the latent of multi-head latent attention."""
    CACHED_LAYERS = "cached_layers"
    """Layers have a cache in one that have none in the other."""
    WINDOWS = "windows"
    """Window layers cache their window in one, and the whole context in the other."""
    CACHE_TYPE = "cache_type"
    """The cache's elements have different types."""
    INDEXER = "indexer"
    """One has a second cache for sparse attention."""
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
    NEXT_TOKENS = "next_tokens"
    """One runs the file's next-token layers."""
    PREFILL_SCRATCH = "prefill_scratch"
    """They reserve different scratch for prefill."""
    PAGE_ENTRIES = "page_entries"
    """One has an entry of the page table for each token, the other for several."""
    WHOLE_CELLS = "whole_cells"
    """One rounds the context up to whole cells."""
    BACKEND = "backend"
    """They run on different backends, which pad and allocate differently."""
    VERSION = "version"
    """They are different versions of one engine."""


class _Term(NamedTuple):
    """What is compared."""

    part: Part
    kind: ComponentKind
    where: Place


@dataclass(frozen=True, slots=True)
class Difference:
    """One term of two plans.

    Attributes:
        part: the part of the run that it belongs to.
        kind: what the term holds.
        where: the memory in which it lives.
        one_bytes: its bytes in the one plan; 0 if it has no such term.
        other_bytes: its bytes in the other plan.
        reasons: why they differ, the weightiest first; ``SAME`` alone if they do not.
    """

    part: Part
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
        _difference(pair, term, ones.get(term, 0), others.get(term, 0))
        for term in sorted({**ones, **others}, key=_position)
    )


@dataclass(frozen=True, slots=True)
class Trait:
    """Something that components of a plan depend on.

    Attributes:
        reason: why components differ where it does.
        kinds: the components that depend on it.
        value: what it is in this plan.
        in_both: whether it counts only where both plans have it; else a plan without it differs
            from one that has it.
    """

    reason: DifferenceReason
    kinds: frozenset[ComponentKind]
    value: Hashable
    in_both: bool = False


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two plans and the contexts at which they are compared."""

    one: Plan
    other: Plan
    contexts: tuple[int, int]

    @property
    def engines_differ(self) -> bool:
        return self.one.request.engine != self.other.request.engine

    def reasons(self, kind: ComponentKind) -> set[DifferenceReason]:
        """All that may make components of a kind differ."""
        found = set(self._reasons_of_any(kind))
        ones, others = self._traits(self.one), self._traits(self.other)
        for key in {**ones, **others}:
            one, other = ones.get(key), others.get(key)
            in_both = any(trait is not None and trait.in_both for trait in (one, other))
            if in_both and (one is None or other is None):
                continue
            reason, kinds = key
            values = {trait.value if trait is not None else None for trait in (one, other)}
            if kind in kinds and len(values) > 1:
                found.add(reason)
        return found

    def _traits(self, plan: Plan) -> dict[tuple[DifferenceReason, frozenset[ComponentKind]], Trait]:
        traits = engine_named(plan.request.engine).traits(plan, self.contexts)
        return {(trait.reason, trait.kinds): trait for trait in traits}

    def _reasons_of_any(self, kind: ComponentKind) -> Iterator[DifferenceReason]:
        if len(set(self.contexts)) > 1 and kind in CACHE | COMPUTE | PAGES:
            yield DifferenceReason.CONTEXT
        if self.engines_differ and kind in STATE:
            yield DifferenceReason.STATE_FORMULA
        if self.engines_differ and kind in COMPUTE:
            yield DifferenceReason.GRAPH
        if self.one.request.backend is not self.other.request.backend:
            yield DifferenceReason.BACKEND
        if not self.engines_differ and self.one.engine_version != self.other.engine_version:
            yield DifferenceReason.VERSION


WEIGHTS: Final = frozenset({ComponentKind.WEIGHTS})
CACHE: Final = frozenset({ComponentKind.KV_CACHE})
STATE: Final = frozenset({ComponentKind.RECURRENT_STATE})
COMPUTE: Final = frozenset({ComponentKind.COMPUTE})
PAGES: Final = frozenset({ComponentKind.PAGE_TABLE})
OUTPUT: Final = frozenset({ComponentKind.OUTPUT})


def _difference(pair: _Pair, term: _Term, one_bytes: int, other_bytes: int) -> Difference:
    if one_bytes == other_bytes:
        reasons: tuple[DifferenceReason, ...] = (DifferenceReason.SAME,)
    else:
        found = pair.reasons(term.kind)
        weightiest_first = tuple(reason for reason in DifferenceReason if reason in found)
        reasons = weightiest_first or (DifferenceReason.ONLY_IN_ONE,)
    return Difference(*term, one_bytes, other_bytes, reasons)


def _bytes_by_term(usage: Usage) -> dict[_Term, int]:
    """Bytes of each term, those of all devices together."""
    found: dict[_Term, int] = defaultdict(int)
    for share in usage.shares:
        found[_Term(share.part, share.kind, share.where)] += share.bytes
    return found


def _position(term: _Term) -> tuple[int, int, int]:
    """The device's terms first, each memory's in the order of the parts and kinds."""
    parts, kinds = list(Part), list(ComponentKind)
    place = list(Place).index(term.where)
    return place, parts.index(term.part), kinds.index(term.kind)
