"""What components of ZINC's plan depend on, so that two plans may differ in it."""

from __future__ import annotations

from collections.abc import Iterator

from memplan.comparison import CACHE, PAGES, DifferenceReason, Trait
from memplan.engines.zinc.engine import cached_element_bytes, cached_layer_count
from memplan.engines.zinc.options import ZincOptions
from memplan.planner import Plan

_ELEMENT_TYPES = {2: "f16", 4: "f32"}


def traits(plan: Plan) -> Iterator[Trait]:
    """What the components of one plan depend on."""
    accounting = plan.request.options_of(ZincOptions).accounting
    yield Trait(DifferenceReason.ACCOUNTING, CACHE | PAGES, accounting, in_both=True)
    cached_layers = cached_layer_count(plan.model, plan.request)
    yield Trait(DifferenceReason.CACHED_LAYERS, CACHE, cached_layers, in_both=True)
    name = _ELEMENT_TYPES[cached_element_bytes(plan.request)]
    yield Trait(DifferenceReason.CACHE_TYPE, CACHE, (name, name), in_both=True)
