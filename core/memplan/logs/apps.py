"""The programs around the engines, and a change in the words of the one that the user runs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Final

from memplan.engines.log_app import App, LogChange
from memplan.engines.registry import ENGINES
from memplan.logs.log import Log
from memplan.logs.rows import DIALECTS

PROGRAMS: Final[Mapping[str, App]] = {
    name: app for each in DIALECTS.values() for name, app in each.apps.items() if name
}
"""Every program around an engine, by the name that a log's ``wrapper`` has."""

WIDESPREAD: Final = tuple(
    app
    for app in chain.from_iterable(each.apps.values() for each in DIALECTS.values())
    if app.widespread
)
"""Those whose log is asked for where no program is known."""


def program_titles() -> list[str]:
    """The engines, and the widespread programs around them, whose logs are read."""
    engines = [engine.title for engine in ENGINES.values()]
    return [*engines, *(app.title for app in WIDESPREAD if app.title not in engines)]


def program_of(log: Log) -> App | None:
    """The program that the user runs: the one around the engine, else the engine itself."""
    if log.wrapper:
        return PROGRAMS[log.wrapper]
    return None if log.engine is None else DIALECTS[log.engine].apps.get("")


def argument(app: App | None, change: LogChange, to: int | str | None, sequences: int = 1) -> str:
    """A change in the words of the program that the user runs; empty if it has none for it.

    Args:
        app: the program; ``None`` if it is not known.
        change: what is changed.
        to: its new value: tokens, a count, a type; ``None`` if the log does not tell how much.
        sequences: requests that share the context, where the program counts that of one.
    """
    words = app.words.get(change, "") if app else ""
    if app is None or not words:
        return ""
    if change is LogChange.CONTEXT and isinstance(to, int) and app.context_of_one:
        to = to // max(sequences, 1)
    to = app.values.get(change, {}).get(str(to), to)
    if to is None and "{to}" in words:
        return words.replace("{to}", "…")
    return words.format(to=to)
