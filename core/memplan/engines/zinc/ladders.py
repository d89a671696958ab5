"""Options of ZINC that may make a model fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from memplan.advice import Change, Ladder, Rung, Step
from memplan.engines.zinc.options import ZincOptions, ZincVersion
from memplan.language import marked
from memplan.planner import Plan
from memplan.request import Request

VERSION: Final = Change(
    "zinc_version",
    marked("Use ZINC of {to}, which caches attending layers only"),
    marked("A newer engine."),
)


def ladders(current: Plan) -> Iterator[Ladder]:
    """The later version, where the plan is for the earlier one."""
    if current.request.options_of(ZincOptions).version is ZincVersion.JUNE_2026:
        later = ZincVersion.SEPTEMBER_2026
        step = Step(VERSION, later.value, ("--zinc-version", later.value))
        yield [Rung(step, lambda request: _with_version(request, later))]


def _with_version(request: Request, version: ZincVersion) -> Request:
    return request.with_options(replace(request.options_of(ZincOptions), version=version))
