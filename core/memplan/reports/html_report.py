"""A plan as one HTML page: self-contained, in the reader's theme, nothing fetched, no script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from memplan.exhaustive import exhaustive
from memplan.language import spoken, tr
from memplan.planning.advice import Advice
from memplan.planning.planner import Plan, Status
from memplan.reports.content import (
    command,
    component_head,
    component_rows,
    context_title,
    curve_head,
    curve_rows,
    fact_rows,
    marker_head,
    marker_rows,
    title,
)
from memplan.reports.svg_chart import svg_charts
from memplan.theme import DARK, HIGH_CONTRAST, LIGHT, Theme
from memplan.version import __version__
from memplan.wording.advice import advice_effect_text, advice_text, cost_text
from memplan.wording.notices import notice_text
from memplan.wording.titles import COMPONENT_TITLES
from memplan.wording.verdicts import explanation, headline, log_lines

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; {light} }}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
@media (prefers-contrast: more) {{ :root {{ color-scheme: dark; {high_contrast} }} }}
body {{ font: 15px/1.5 Inter, system-ui, sans-serif; color: var(--text);
  background: var(--window); max-width: 920px; margin: 2rem auto; padding: 0 1rem; }}
section {{ background: var(--card); border: 1px solid var(--border); border-radius: 10px;
  padding: 1rem 1.25rem; margin: 0 0 1rem; }}
h1 {{ font-size: 1.35rem; margin: 0 0 1rem; }}
h2 {{ font-size: 1rem; margin: 0 0 .6rem; }}
.verdict {{ background: var(--surface); border-color: var(--mark); }}
.verdict strong {{ font-size: 1.1rem; }}
table {{ border-collapse: collapse; width: 100%; margin: 0 0 .5rem; }}
th, td {{ text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--grid);
  overflow-wrap: anywhere; }}
.sum {{ font-weight: 600; }}
th {{ color: var(--text-muted); font-weight: 500; }}
th.number, td.number {{ text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }}
code {{ font: .85rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }}
.muted {{ color: var(--text-muted); }}
.swatch {{ display: inline-block; width: .8em; height: .8em; border-radius: 2px;
  margin-right: .5em; }}
svg {{ width: 100%; height: auto; font-size: 12px; }}
svg text {{ fill: var(--text); }} svg .muted {{ fill: var(--text-muted); }}
svg .end {{ text-anchor: end; }} svg .middle {{ text-anchor: middle; }}
svg .grid {{ stroke: var(--grid); }} svg .total {{ fill: none; stroke: var(--text);
  stroke-width: 1.5; }}
svg line.budget {{ stroke: var(--budget); stroke-width: 2; }}
svg text.budget {{ fill: var(--budget); font-weight: 600; }}
svg .marker {{ stroke: var(--text); stroke-dasharray: 5 4; }}
{fills}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
<p class="muted">Memplan {version}: <code>{command}</code></p>
</body>
</html>
"""


def html_report(plan: Plan, advice: tuple[Advice, ...] = ()) -> str:
    """The plan as a page. What a file says of itself is escaped."""
    body = [
        _verdict(plan),
        _section(tr("Memory against context length"), svg_charts(plan)),
        _section(context_title(plan), _components(plan)),
    ]
    if advice:
        body.append(_section(tr("What to change"), _advice(advice)))
    body.append(
        _section(
            tr("Contexts"),
            _table(marker_head(), marker_rows(plan), numbers_from=1)
            + _table(curve_head(), curve_rows(plan), numbers_from=0),
        )
    )
    body.append(_section(tr("Model and request"), _table((), fact_rows(plan))))
    if plan.notices:
        notices = [notice_text(notice, plan.request.engine) for notice in plan.notices]
        items = "".join(f"<li>{escape(text)}</li>" for text in notices)
        body.append(_section(tr("Notes"), f"<ul>{items}</ul>"))
    return _PAGE.format(
        language=escape(spoken().code),
        title=escape(title(plan)),
        light=_variables(LIGHT, plan.verdict.status),
        dark=_variables(DARK, plan.verdict.status),
        high_contrast=_variables(HIGH_CONTRAST, plan.verdict.status),
        fills="\n".join(
            f".fill-{kind.value} {{ fill: var(--{kind.value}); background: var(--{kind.value}); }}"
            for kind in COMPONENT_TITLES
        ),
        body="\n".join(body),
        version=escape(__version__),
        command=escape(command(plan)),
    )


def _variables(theme: Theme, status: Status) -> str:
    mark, surface = exhaustive(
        Status,
        {
            Status.OK: (theme.ok, theme.ok_surface),
            Status.TIGHT: (theme.warning, theme.warning_surface),
            Status.DOES_NOT_FIT: (theme.error, theme.error_surface),
        },
    )[status]
    colours = {
        "window": theme.window,
        "card": theme.card,
        "border": theme.border,
        "grid": theme.grid,
        "text": theme.text,
        "text-muted": theme.text_muted,
        "budget": theme.budget,
        "mark": mark,
        "surface": surface,
    } | {kind.value: colour for kind, colour in theme.components.items()}
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def _verdict(plan: Plan) -> str:
    log = "".join(f"<p><code>{escape(line)}</code></p>" for line in log_lines(plan))
    return (
        f'<section class="verdict"><strong>{escape(headline(plan))}</strong>'
        f"<br>{escape(explanation(plan))}{log}</section>"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _components(plan: Plan) -> str:
    swatches = [f'<span class="swatch fill-{s.kind.value}"></span>' for s in plan.at.shares]
    sums = len(plan.at.pools)
    return _table(
        component_head(),
        component_rows(plan),
        numbers_from=2,
        starts=[*swatches, *[""] * sums],
        sums=sums,
    )


def _advice(advice: tuple[Advice, ...]) -> str:
    return f"<ol>{''.join(_advice_item(item) for item in advice)}</ol>"


def _advice_item(advice: Advice) -> str:
    line = escape(tr("{instruction}: {effect}.")).format(
        instruction=f"<strong>{escape(advice_text(advice))}</strong>",
        effect=escape(advice_effect_text(advice)),
    )
    cost = escape(cost_text(advice.steps[0].change))
    return f'<li>{line} <span class="muted">{cost}</span></li>'


def _table(
    head: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    numbers_from: int | None = None,
    starts: list[str] | None = None,
    *,
    sums: int = 0,
) -> str:
    """A table; columns from ``numbers_from`` on are numbers; ``starts`` are put before the rows.

    The last rows, as many as there are ``sums``, stand out.
    """
    lines = ["<table>"]
    shown = tuple(rows)
    if head:
        lines.append("<tr>" + "".join(_cells("th", head, numbers_from)) + "</tr>")
    for index, row in enumerate(shown):
        cells = _cells("td", row, numbers_from, starts[index] if starts else "")
        opening = '<tr class="sum">' if index >= len(shown) - sums else "<tr>"
        lines.append(opening + "".join(cells) + "</tr>")
    return "".join([*lines, "</table>"])


def _cells(
    tag: str, texts: tuple[str, ...], numbers_from: int | None, start: str = ""
) -> Iterator[str]:
    for column, text in enumerate(texts):
        number = numbers_from is not None and column >= numbers_from
        attribute = ' class="number"' if number else ""
        yield f"<{tag}{attribute}>{start if column == 0 else ''}{escape(text)}</{tag}>"
