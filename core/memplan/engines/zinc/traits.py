"""What components of ZINC's plan depend on, so that two plans may differ in it."""

from __future__ import annotations

from collections.abc import Iterator

from memplan.comparison import CACHE, PAGES, DifferenceReason, Trait
from memplan.engines.zinc.options import ZincOptions
from memplan.engines.zinc.setup import setup_of
from memplan.planner import Plan


def traits(plan: Plan) -> Iterator[Trait]:
    """What the components of one plan depend on."""
    accounting = plan.request.options_of(ZincOptions).accounting
    yield Trait(DifferenceReason.ACCOUNTING, CACHE | PAGES, accounting, in_both=True)
    setup = setup_of(plan.model, plan.request)
    yield Trait(DifferenceReason.CACHED_LAYERS, CACHE, setup.cached_layers, in_both=True)
    name = setup.kv_type.value
    yield Trait(DifferenceReason.CACHE_TYPE, CACHE, (name, name), in_both=True)
