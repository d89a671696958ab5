"""The chart of a plan as SVG, for reports: stacked components over a logarithmic context axis."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

import numpy as np

from memplan.language import in_figures, tr
from memplan.memory.machine import Pool
from memplan.planning.planner import Curve, Plan
from memplan.units import GIB, MIB, format_bytes, format_tokens, format_tokens_short
from memplan.wording.pools import pool_title
from memplan.wording.titles import component_title

_WIDTH, _HEIGHT = 860, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 20, 46, 52
_SAMPLES = 160
_MOST_BUDGET_HEIGHTS = 3


class _Scales:
    """Pixels of tokens and bytes."""

    def __init__(self, budget: float, curve: Curve, totals: np.ndarray) -> None:
        self.first, self.last = float(curve.contexts[0]), float(curve.contexts[-1])
        highest = float(totals[-1]) or 1.0
        self.top = max(highest, budget) if budget < _MOST_BUDGET_HEIGHTS * highest else highest
        self.top *= 1.06

    def x(self, tokens: float) -> float:
        span = math.log2(self.last / self.first) or 1.0
        inner = _WIDTH - _LEFT - _RIGHT
        return _LEFT + inner * math.log2(max(tokens, 1) / self.first) / span

    def y(self, count: float) -> float:
        inner = _HEIGHT - _TOP - _BOTTOM
        return _TOP + inner * (1 - count / self.top)


def svg_charts(plan: Plan) -> str:
    """A chart for each device that holds anything, with its name where there are several."""
    curve, machine = plan.curve(_SAMPLES), plan.request.machine
    if len(machine.devices) == 1:
        return _svg_chart(plan, curve, machine.devices[0])
    used = {component.pool for component in curve.components}
    return "\n".join(
        f"<h3>{escape(pool_title(pool, machine))}</h3>\n{_svg_chart(plan, curve, pool)}"
        for pool in machine.devices
        if pool.id in used
    )


def _svg_chart(plan: Plan, curve: Curve, pool: Pool) -> str:
    """A device's chart as an SVG element. Colours come from the surrounding page's classes."""
    counted = [component.pool == pool.id for component in curve.components]
    heights = np.cumsum(curve.bytes[counted], axis=0)
    budget = pool.budget_bytes or 0
    scales = _Scales(float(budget), curve, heights[-1])
    title = escape(tr("Memory against context length"))
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{title}</title>",
        *_grid(scales),
        *_areas(curve, heights, counted, scales),
        *_budget(budget, scales),
        *_markers(plan, scales),
        "</svg>",
    ]
    return "\n".join(parts)


def _grid(scales: _Scales) -> Iterator[str]:
    unit, name = (GIB, "GiB") if scales.top >= GIB else (MIB, "MiB")
    rough = scales.top / unit / 6
    step = 10.0 ** math.floor(math.log10(rough))
    step *= next(factor for factor in (1, 2, 5, 10) if step * factor >= rough)
    yield f'<text x="{_LEFT}" y="{_TOP - 30}" class="muted">{name}</text>'
    for index in range(int(scales.top / unit / step) + 1):
        y = scales.y(index * step * unit)
        label = in_figures(f"{index * step:g}")
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" class="muted end">{label}</text>'
    power = math.ceil(math.log2(scales.first))
    while 2**power <= scales.last:
        x = scales.x(2**power)
        label = format_tokens_short(2**power)
        yield f'<text x="{x:.1f}" y="{_HEIGHT - 30}" class="muted middle">{label}</text>'
        power += 1
    title = escape(tr("Context length (tokens)"))
    x = (_WIDTH + _LEFT) / 2
    yield f'<text x="{x:.0f}" y="{_HEIGHT - 8}" class="muted middle">{title}</text>'


def _areas(
    curve: Curve, heights: np.ndarray, counted: list[bool], scales: _Scales
) -> Iterator[str]:
    keys = [c.key for c, counts in zip(curve.components, counted, strict=True) if counts]
    xs = [scales.x(float(tokens)) for tokens in curve.contexts]
    base = scales.y(0)
    # From the tallest to the lowest, so that each area covers what lies below it.
    for key, tops in reversed(list(zip(keys, heights, strict=True))):
        line = " ".join(f"{x:.1f},{scales.y(float(y)):.1f}" for x, y in zip(xs, tops, strict=True))
        title = escape(component_title(key.kind, key.part))
        yield (
            f'<polygon points="{xs[0]:.1f},{base:.1f} {line} {xs[-1]:.1f},{base:.1f}" '
            f'class="fill-{key.kind.value}"><title>{title}</title></polygon>'
        )
    line = " ".join(
        f"{x:.1f},{scales.y(float(y)):.1f}" for x, y in zip(xs, heights[-1], strict=True)
    )
    yield f'<polyline points="{line}" class="total"/>'


def _budget(budget: int, scales: _Scales) -> Iterator[str]:
    text = escape(tr("Budget {size}").format(size=format_bytes(budget)))
    if budget > scales.top:
        yield f'<text x="{_LEFT + 8}" y="{_TOP + 14}" class="budget">{text} ↑</text>'
        return
    y = scales.y(budget)
    yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="budget"/>'
    yield f'<text x="{_LEFT + 8}" y="{y - 6:.1f}" class="budget">{text}</text>'


def _markers(plan: Plan, scales: _Scales) -> Iterator[str]:
    """Dashed lines at the contexts of interest, labels of equal contexts as one, in two rows."""
    named: dict[int, list[str]] = {}
    for title, tokens in (
        (tr("Floor"), plan.markers.floor_tokens),
        (tr("Automatic"), plan.markers.auto_tokens),
        (tr("Largest"), plan.markers.max_tokens),
        (tr("Requested"), plan.markers.requested_tokens),
        (tr("Ceiling"), plan.markers.ceiling_tokens),
    ):
        if tokens is not None and scales.first <= tokens <= scales.last:
            named.setdefault(tokens, []).append(title)
    for index, (tokens, titles) in enumerate(sorted(named.items())):
        x = scales.x(tokens)
        anchor = "end" if x > _WIDTH * 0.8 else "start" if x < _WIDTH * 0.2 else "middle"
        label = escape(f"{' = '.join(titles)} {format_tokens(tokens)}")
        y = _TOP - 6 - 14 * (index % 3)
        bottom = _HEIGHT - _BOTTOM
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y + 3}" y2="{bottom}" class="marker"/>'
        yield f'<text x="{x:.1f}" y="{y}" class="{anchor}">{label}</text>'
