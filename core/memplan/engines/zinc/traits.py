"""What components of ZINC's plan depend on, so that two plans may differ in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from memplan.engines.engine import Counterpart
from memplan.engines.zinc.engine import metal_row_bytes
from memplan.engines.zinc.memory_plan import attending_layer_count
from memplan.engines.zinc.options import Accounting, ZincOptions
from memplan.engines.zinc.setup import Setup, setup_of
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.planning.comparison import CACHE, COMPUTE, PAGES, WEIGHTS, DifferenceReason, Trait
from memplan.planning.planner import Plan
from memplan.request import Backend, Request

_NAMES: Final[Mapping[Accounting, str]] = exhaustive(
    Accounting,
    {
        Accounting.PLAN: marked("ZINC, planned"),
        Accounting.ALLOCATION: marked("ZINC, allocated"),
    },
)
_OTHERS: Final[Mapping[Accounting, Accounting]] = exhaustive(
    Accounting,
    {Accounting.PLAN: Accounting.ALLOCATION, Accounting.ALLOCATION: Accounting.PLAN},
)


def counterpart(request: Request) -> Counterpart:
    """What is allocated, where the request is about what is planned; else the reverse."""
    options = request.options_of(ZincOptions)
    other = _OTHERS[options.accounting]
    return Counterpart(tr(_NAMES[other]), request.with_options(replace(options, accounting=other)))


def traits(plan: Plan) -> Iterator[Trait]:
    """What the components of one plan depend on."""
    options, setup = plan.request.options_of(ZincOptions), setup_of(plan.model, plan.request)
    yield Trait(DifferenceReason.ACCOUNTING, CACHE | PAGES, options.accounting, in_both=True)
    allocated = options.accounting is Accounting.ALLOCATION
    metal = plan.request.backend is Backend.METAL
    layers, cache_type = setup.cached_layers, setup.kv_type.value
    if allocated and metal:
        layers = attending_layer_count(setup.config)
        cache_type = _allocated_type(plan, setup)
    yield Trait(DifferenceReason.CACHED_LAYERS, CACHE, layers, in_both=True)
    yield Trait(DifferenceReason.CACHE_TYPE, CACHE, (cache_type, cache_type), in_both=True)
    whole_pages = allocated and not metal
    yield Trait(DifferenceReason.PAGE_ENTRIES, PAGES, whole_pages, in_both=True)
    yield Trait(DifferenceReason.NEXT_TOKENS, CACHE | COMPUTE | WEIGHTS, setup.mtp, in_both=True)
    yield Trait(DifferenceReason.PREFILL_SCRATCH, COMPUTE, setup.scratch_bytes, in_both=True)


def _allocated_type(plan: Plan, setup: Setup) -> str:
    """How Metal stores a row: in blocks of 8 bits where it can, else in 32 bits."""
    width = setup.config.n_kv_heads * setup.config.head_dim
    return "f32" if metal_row_bytes(plan.model) == 4 * width else "q8_0"
