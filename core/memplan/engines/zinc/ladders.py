"""Options of ZINC that may make a model fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from memplan.engines.zinc.options import KvType, ZincOptions, ZincVersion
from memplan.engines.zinc.setup import RULES, setup_of
from memplan.language import marked
from memplan.planning.advice import Change, Ladder, Rung, Step
from memplan.planning.planner import Plan
from memplan.request import Backend, Request

VERSION: Final = Change(
    "zinc_version",
    marked("Use ZINC of {to}, which caches attending layers only"),
    marked("A newer engine."),
)
KV_TYPE: Final = Change(
    "kv_type",
    marked("Store the KV cache as {to} (ZINC_KV_Q8=1)"),
    marked("Slightly less exact attention."),
)
MTP: Final = Change(
    "mtp",
    marked("Turn next-token layers off (ZINC_MTP={to})"),
    marked("Slower answers."),
)
SCRATCH: Final = Change(
    "prefill_scratch_mib",
    marked("Reserve {to} MB for prefill (ZINC_PREFILL_SCRATCH_MB)"),
    marked("Long prompts may spill into the host's memory."),
)


def ladders(current: Plan) -> Iterator[Ladder]:
    """The latest version, and what the version of the plan has, in the order of what it costs."""
    options = current.request.options_of(ZincOptions)
    latest = ZincVersion.SEPTEMBER_12_2026
    if options.version is ZincVersion.JUNE_2026:
        step = Step(VERSION, latest.value, ("--zinc-version", latest.value))
        yield [Rung(step, _with(lambda used: replace(used, version=latest)))]
    if current.request.backend is not Backend.VULKAN:
        return
    setup = setup_of(current.model, current.request)
    if KvType.Q8 in RULES[options.version].kv_types and setup.kv_type is not KvType.Q8:
        step = Step(KV_TYPE, KvType.Q8.value, ("--zinc-kv-type", KvType.Q8.value))
        yield [Rung(step, _with(lambda used: replace(used, kv_type=KvType.Q8)))]
    if setup.mtp:
        step = Step(MTP, 0, ("--zinc-mtp", "off"))
        yield [Rung(step, _with(lambda used: replace(used, mtp=False)))]
    if setup.least_scratch_bytes:
        step = Step(SCRATCH, 0, ("--zinc-prefill-scratch", "0"))
        yield [Rung(step, _with(lambda used: replace(used, prefill_scratch_mib=0)))]


def _with(change: Callable[[ZincOptions], ZincOptions]) -> Callable[[Request], Request]:
    """A change of options as one of a request."""
    return lambda request: request.with_options(change(request.options_of(ZincOptions)))
