"""What every report says of a plan, as rows of text: made once for Markdown and HTML."""

from __future__ import annotations

import shlex
from pathlib import PurePath

from memplan.addresses import public_address
from memplan.engines.option_spec import changed_words
from memplan.engines.registry import engine_named
from memplan.language import tr
from memplan.memory.machine import Machine, PoolKind
from memplan.model.facts import header_hash
from memplan.planning.planner import Plan
from memplan.request import Request
from memplan.units import (
    format_bytes,
    format_count,
    format_exact_bytes,
    format_percent,
    format_tokens,
)
from memplan.wording.pools import counted_title, share_of_budget, share_place
from memplan.wording.titles import (
    BACKEND_TITLES,
    component_title,
    engine_title,
    part_line,
    part_title,
)

Rows = list[tuple[str, ...]]


def fact_rows(plan: Plan) -> Rows:
    """Model, engine and request, as pairs of a title and a text."""
    model, request = plan.model, plan.request
    context = tr("automatic")
    if request.context_tokens is not None:
        context = format_tokens(request.context_tokens)
    rows: Rows = [
        (tr("Model"), f"{model.name} ({model.architecture}, {model.quantisation})"),
        *((part_title(part.part), part_line(part)) for part in model.parts),
        (tr("Header SHA-256"), header_hash(model)),
        (tr("Weights"), format_exact_bytes(model.weights_bytes)),
        (tr("Engine"), f"{engine_title(request.engine)} {plan.engine_version}"),
        (tr("Backend"), BACKEND_TITLES[request.backend]),
        (tr("Budget"), _size(request.budget_bytes)),
        (tr("Context"), context),
    ]
    if request.total_memory_bytes is not None:
        rows.append((tr("All memory"), _size(request.total_memory_bytes)))
    rows += [(name, str(value)) for name, value in plan.options.items()]
    return rows


def marker_rows(plan: Plan) -> Rows:
    """The contexts of interest, as pairs of a title and tokens."""
    markers = plan.markers
    requested = markers.requested_tokens
    return [
        *([] if requested is None else [(tr("Requested"), format_tokens(requested))]),
        (tr("Floor"), format_tokens(markers.floor_tokens)),
        (tr("Automatic"), format_tokens(markers.auto_tokens)),
        (tr("Largest that fits"), format_tokens(markers.max_tokens)),
        (tr("Ceiling"), format_tokens(markers.ceiling_tokens)),
    ]


def component_rows(plan: Plan) -> Rows:
    """Component, place, size, exact bytes and share of the budget at the wanted context."""
    rows: Rows = []
    for share in plan.at.shares:
        pool = plan.request.machine.pool(share.pool)
        counted = format_percent(share.bytes, pool.budget_bytes or 0)
        size = format_bytes(share.bytes)
        if not share.exact:
            size = f"{size} ± {format_bytes(share.band_bytes)}"
        rows.append(
            (
                component_title(share.kind, share.part),
                share_place(share, plan.request.machine),
                size,
                format_count(share.bytes),
                counted if share.budgeted else tr("not counted"),
            )
        )
    return [*rows, *_pool_rows(plan)]


def _pool_rows(plan: Plan) -> Rows:
    """What each memory holds, and which share of its budget that is."""
    return [
        (
            counted_title(usage.pool, plan.request.machine),
            "",
            format_bytes(usage.bytes),
            format_count(usage.bytes),
            share_of_budget(usage),
        )
        for usage in plan.at.pools
    ]


def curve_rows(plan: Plan) -> Rows:
    """Contexts from 2K to the ceiling with what counts there and what is then left."""
    ceiling = plan.markers.ceiling_tokens
    contexts = {plan.at.context_tokens, ceiling}
    contexts |= {2**power for power in range(11, 32) if 2**power < ceiling}
    usages = [plan.usage_at(context) for context in sorted(contexts - {0})]
    return [
        (
            format_tokens(usage.context_tokens),
            format_bytes(usage.budgeted_bytes),
            format_count(usage.budgeted_bytes),
            format_bytes(usage.headroom_bytes),
        )
        for usage in usages
    ]


def component_head() -> tuple[str, ...]:
    """Titles of the columns of :func:`component_rows`."""
    return tr("Component"), tr("Where"), tr("Size"), tr("Bytes"), tr("Of budget")


def marker_head() -> tuple[str, ...]:
    """Titles of the columns of :func:`marker_rows`."""
    return tr("Marker"), tr("Tokens")


def curve_head() -> tuple[str, ...]:
    """Titles of the columns of :func:`curve_rows`."""
    return tr("Tokens"), tr("Counts"), tr("Bytes"), tr("Left")


def title(plan: Plan) -> str:
    """What the report is called."""
    return tr("Memory plan: {model}").format(model=plan.model.name)


def context_title(plan: Plan) -> str:
    """The heading of the components at the wanted context."""
    return tr("At {context} tokens").format(context=format_tokens(plan.at.context_tokens))


def command(plan: Plan) -> str:
    """The command that gives this plan again; files by their names, without folders."""
    name = PurePath(public_address(plan.model.source)).name or "MODEL"
    words = ["memplan", "check", name, *request_arguments(plan.request)]
    for part in plan.model.parts:
        words += [part.flag, PurePath(public_address(part.source)).name]
    return shlex.join(words)


def request_arguments(request: Request) -> list[str]:
    """The words of a command line that make up this request."""
    words = ["--engine", request.engine, "--backend", request.backend.value]
    words += _machine_arguments(request.machine)
    if request.context_tokens is not None:
        words += ["--context", str(request.context_tokens)]
    if request.total_memory_bytes is not None:
        words += ["--total-memory", str(request.total_memory_bytes)]
    options: object = request.options_of(engine_named(request.engine).options)
    return words + changed_words(options)


def _machine_arguments(machine: Machine) -> list[str]:
    devices = machine.devices
    flag = "--budget" if len(devices) == 1 else "--gpu"
    words = [word for pool in devices for word in (flag, str(pool.budget_bytes))]
    host = machine.host
    if host.kind is PoolKind.HOST and host.budget_bytes is not None:
        words += ["--host-memory", str(host.budget_bytes)]
    return words


def _size(count: int) -> str:
    return f"{format_bytes(count)} ({format_exact_bytes(count)})"
