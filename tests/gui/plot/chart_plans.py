"""Plans for the chart's tests: real models, and shapes that no real model has yet."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import memplan
from hypothesis import strategies as st
from memplan import Backend, Model, Plan, Request
from memplan.memory.component import (
    Component,
    ComponentKey,
    ComponentKind,
    Part,
    Place,
    constant,
    per_token,
)
from memplan.planning.planner import Markers

MODELS = Path(__file__).parents[2] / "data" / "models"
GIB = 2**30
U32_MAX = 2**32 - 1


def real_plan(name: str = "qwen3-8b.Q4_K_M", request: Request | None = None) -> Plan:
    """The plan of one of the 64 headers."""
    return memplan.plan(_model(name), request or Request())


@cache
def _model(name: str) -> Model:
    return memplan.read_model(MODELS / f"{name}.gguf")


def made_plan(
    *,
    weights_bytes: int = 5 * GIB,
    bytes_per_token: int = 300_000,
    estimated_bytes: int = 0,
    budget_bytes: int = 16 * GIB,
    backend: Backend = Backend.VULKAN,
    ceiling_tokens: int = 40_960,
    auto_tokens: int = 8_192,
    max_tokens: int = 20_000,
    requested_tokens: int | None = None,
) -> Plan:
    """A plan with any numbers, however unlikely."""
    request = Request(backend=backend, budget_bytes=budget_bytes, context_tokens=requested_tokens)
    plan = real_plan()
    device = request.machine.devices[0].id

    def on_device(kind: ComponentKind) -> ComponentKey:
        return ComponentKey(Part.MODEL, kind, device, Place.DEVICE)

    staging = ComponentKey(Part.MODEL, ComponentKind.STAGING, request.machine.host.id, Place.HOST)
    components = (
        Component(on_device(ComponentKind.WEIGHTS), constant(weights_bytes)),
        Component(on_device(ComponentKind.KV_CACHE), per_token(bytes_per_token)),
        Component(
            on_device(ComponentKind.COMPUTE),
            constant(estimated_bytes),
            exact=False,
            band=constant(estimated_bytes // 10),
        ),
        Component(staging, constant(2**20)),
    )
    wanted_tokens = auto_tokens if requested_tokens is None else requested_tokens
    changed = replace(
        plan,
        request=request,
        components=components,
        markers=Markers(4096, ceiling_tokens, auto_tokens, max_tokens, requested_tokens),
        auto_share_bytes=budget_bytes * 85 // 100,
    )
    return replace(changed, at=changed.usage_at(min(wanted_tokens, ceiling_tokens)))


def _up_to(largest: int) -> st.SearchStrategy[int]:
    """Whole numbers of every magnitude up to ``largest``, 0 included."""
    magnitudes = st.floats(0, 1).map(lambda share: round((largest + 1) ** share) - 1)
    return st.one_of(st.just(0), st.just(largest), magnitudes)


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of ``made_plan`` of all magnitudes, with markers that may coincide."""
    ceiling_tokens = max(draw(_up_to(U32_MAX)), 1)
    context = st.one_of(st.just(ceiling_tokens), _up_to(ceiling_tokens))
    auto_tokens = max(draw(context), 1)
    return {
        "weights_bytes": draw(_up_to(2 * 10**12)),
        "bytes_per_token": draw(_up_to(4_000_000)),
        "estimated_bytes": draw(_up_to(20 * GIB)),
        "budget_bytes": draw(_up_to(4 * 10**12)),
        "backend": draw(st.sampled_from([Backend.VULKAN, Backend.METAL])),
        "ceiling_tokens": ceiling_tokens,
        "auto_tokens": auto_tokens,
        "max_tokens": draw(st.one_of(st.just(auto_tokens), context)),
        "requested_tokens": draw(st.one_of(st.none(), context, _up_to(U32_MAX))),
    }
