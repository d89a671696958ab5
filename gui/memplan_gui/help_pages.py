"""The pages of the help, and the short explanations of “What is this?”, as rich text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from html import escape
from typing import Final

from memplan.accuracy import Table, accuracy_tables
from memplan.language import tr
from memplan.planning.planner import Plan
from memplan.wording.accuracy import introduction, shown_table
from memplan.wording.help.articles import article_of
from memplan.wording.help.topics import Topic
from memplan.wording.help.workings import Working, working_text, workings
from PySide6.QtGui import QPalette

from memplan_gui.keys import KeyGroup

SCHEME: Final = "topic:"
"""Before a topic's name in a link."""


class Page(StrEnum):
    """A page that is no topic's."""

    ACCURACY = "accuracy"
    KEYS = "keys"


def style_sheet(palette: QPalette) -> str:
    """The colours of pages, those of the window."""
    text = palette.color(QPalette.ColorRole.Text).name()
    line = palette.color(QPalette.ColorRole.Mid).name()
    surface = palette.color(QPalette.ColorRole.Window).name()
    return (
        f"body, p, li, td, th {{ color: {text}; }} a {{ color: {text}; }}"
        f" h2 {{ margin-bottom: 8px; }} h4 {{ margin-top: 14px; margin-bottom: 4px; }}"
        f" p {{ margin-top: 0; margin-bottom: 6px; line-height: 130%; }}"
        f" th {{ text-align: left; border-bottom: 1px solid {line}; }}"
        f" td, th {{ padding: 3px 10px 3px 0; }}"
        f" .formula {{ background-color: {surface}; }}"
    )


def article_html(topic: Topic, plan: Plan | None) -> str:
    """A topic's page: what it is, its formula, the same for the open model, and its source."""
    article = article_of(topic)
    parts = [
        _in("h2", tr(article.title)) + _in("p", _joined(article.texts)),
        _in("h4", tr("Formula")) + _formula(_joined(article.formulas)),
    ]
    worked = () if plan is None else tuple(workings(plan, topic))
    if plan is not None and worked:
        title = tr("Worked for {model}").format(model=plan.model.name)
        parts.append(_in("h4", title) + _worked(worked))
    sources = _list(escape(tr(source)) for source in article.all_sources)
    parts.append(_in("h4", tr("Source")) + sources)
    if article.all_related:
        links = (_link(other.value, tr(article_of(other).title)) for other in article.all_related)
        parts.append(_in("h4", tr("See also")) + _list(links))
    return "".join(parts)


def _joined(sentences: Iterable[str]) -> str:
    """Sentences that are marked, one after the other in today's language."""
    return " ".join(map(tr, sentences))


def whats_this_html(topic: Topic, plan: Plan | None) -> str:
    """The same in short, for a box beside what it is about."""
    article = article_of(topic)
    lines = [
        f"<p>{_in('b', tr(article.title))}</p>" + _in("p", _joined(article.texts)),
        _in("p", tr("Formula: {formula}").format(formula=_joined(article.formulas))),
    ]
    worked = () if plan is None else workings(plan, topic)
    lines += [_in("p", _line(working)) for working in worked]
    sources = "; ".join(tr(source) for source in article.all_sources)
    lines.append(_in("p", tr("Source: {source}").format(source=sources)))
    return "".join(lines)


def accuracy_html() -> str:
    """How far the estimates are off, from the same data as the README's table."""
    parts = [_in("h2", tr("Accuracy")), *(_in("p", text) for text in introduction())]
    tables = map(shown_table, accuracy_tables())
    parts += [_in("h4", table.title) + _table(table) for table in tables]
    return "".join(parts)


def keys_html(groups: Iterable[KeyGroup]) -> str:
    """All keys, group by group."""
    parts = [_in("h2", tr("Keys"))]
    for group in groups:
        rows = [(key.keys, key.text) for key in group.keys]
        parts.append(_in("h4", group.title))
        parts.append(_table(Table(group.title, (tr("Keys"), tr("What they do")), rows, 2)))
    return "".join(parts)


def _in(tag: str, text: str) -> str:
    """A text as an element of a page."""
    return f"<{tag}>{escape(text)}</{tag}>"


def _line(working: Working) -> str:
    text = working_text(working)
    return f"{working.subject}: {text}" if working.subject else text


def _worked(worked: Sequence[Working]) -> str:
    return "".join(_formula(_line(working)) for working in worked)


def _formula(text: str) -> str:
    return f'<p class="formula">{escape(text)}</p>'


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _link(target: str, text: str) -> str:
    return f'<a href="{SCHEME}{target}">{escape(text)}</a>'


def _table(table: Table) -> str:
    def cells(row: Sequence[str], tag: str) -> str:
        made = []
        for column, cell in enumerate(row):
            side = "left" if column < table.words else "right"
            text = cell if column < table.words else cell.replace(" ", "\N{NO-BREAK SPACE}")
            made.append(f'<{tag} align="{side}">{escape(text)}</{tag}>')
        return f"<tr>{''.join(made)}</tr>"

    rows = "".join(cells(row, "td") for row in table.rows)
    return f'<table cellspacing="0">{cells(table.headers, "th")}{rows}</table>'
