"""What components of llama.cpp's plan depend on, so that two plans may differ in it."""

from __future__ import annotations

from collections.abc import Iterator

from memplan.engines.llama_cpp.cells import CELL_MULTIPLE
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.planning.comparison import (
    CACHE,
    COMPUTE,
    OUTPUT,
    STATE,
    WEIGHTS,
    DifferenceReason,
    Trait,
)
from memplan.planning.planner import Plan

_LAYERS = WEIGHTS | CACHE | STATE | COMPUTE


def traits(plan: Plan, contexts: tuple[int, int]) -> Iterator[Trait]:
    """What the components of one plan depend on; at these contexts it is compared."""
    yield from _of_any_engine(plan, contexts)
    for reason, kinds, names in (
        (DifferenceReason.CACHE_TYPE, COMPUTE, ("cache_type_k", "cache_type_v")),
        (DifferenceReason.SEQUENCES, CACHE | STATE | COMPUTE | OUTPUT, ("parallel", "kv_unified")),
        (
            DifferenceReason.MICRO_BATCH,
            CACHE | COMPUTE,
            ("ubatch_size", "batch_size", "program"),
        ),
        (DifferenceReason.FLASH_ATTENTION, CACHE | COMPUTE, ("flash_attn",)),
    ):
        values = tuple(plan.options[name] for name in names)
        yield Trait(reason, kinds, values, in_both=True)


def _of_any_engine(plan: Plan, contexts: tuple[int, int]) -> Iterator[Trait]:
    shape, options = resolve_shape(plan.model), plan.options
    yield Trait(DifferenceReason.LAYERS_ON_HOST, _LAYERS, _on_host(plan))
    yield Trait(DifferenceReason.EMBEDDING_ON_HOST, WEIGHTS, value=True)
    if shape.trunk_count < shape.block_count:
        yield Trait(DifferenceReason.NEXTN_NOT_LOADED, WEIGHTS, value=True)
    if shape.mla:
        yield Trait(DifferenceReason.LATENT, CACHE, value=True)
    cached_layers = sum(layer.caches for layer in shape.layers)
    yield Trait(DifferenceReason.CACHED_LAYERS, CACHE, cached_layers, in_both=True)
    if shape.has_window:
        yield Trait(DifferenceReason.WINDOWS, CACHE, ("whole", options["swa_full"]))
    types = options["cache_type_k"], options["cache_type_v"]
    yield Trait(DifferenceReason.CACHE_TYPE, CACHE, types, in_both=True)
    if any(layer.indexer_key_width for layer in shape.layers):
        yield Trait(DifferenceReason.INDEXER, CACHE, value=True)
    if options["parallel"] > 1:
        yield Trait(DifferenceReason.SEQUENCES, STATE, value=True)
    streams = 1 if options["kv_unified"] else options["parallel"]
    if any(context % (CELL_MULTIPLE * streams) for context in contexts):
        yield Trait(DifferenceReason.WHOLE_CELLS, CACHE, value=True)


def _on_host(plan: Plan) -> tuple[object, ...] | None:
    """What says that layers, experts or the cache are on the host; ``None``: nothing is."""
    options = plan.options
    all_layers = options["n_gpu_layers"] > plan.model.dimensions.layers
    if all_layers and not options["n_cpu_moe"] and options["kv_offload"]:
        return None
    return options["n_gpu_layers"], options["n_cpu_moe"], options["kv_offload"]
