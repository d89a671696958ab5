"""How an engine, and the programs around it, write their logs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from memplan.engines.log_app import App
from memplan.engines.log_row import LineKind


def _nothing(text: str) -> dict[str, str]:
    del text
    return {}


@dataclass(frozen=True, slots=True)
class LogDialect:
    """How an engine, and the programs around it, write their logs.

    Attributes:
        loading: rows that are tried first: buffers, how far a load has come, what is harmless.
        app_rows: rows of the programs around the engine. What they say may quote the engine: they
            come before what failed.
        results: the other rows of the engine: failures, options, devices, versions.
        known: lines that say nothing of interest, tried last.
        apps: the programs around the engine, by the names that rows give as ``wrapper``; the
            engine itself has the empty name.
        early: texts of which one is in the logs of versions that followed other rules.
        server: what lines of a server have; ``None`` where nothing tells.
        says_when_ready: whether its compute buffers end a load, and a server then says that it is
            ready; else the rows tell.
        most_extra_layers: how many more layers than the model has it may count.
        rounded_to_mib: to what sizes in its logs are rounded, in MiB.
        fit_flag: what changes options so that a load fits: an option of the engine, or it itself.
        processes: names of processes that hold a model, as alternatives of a pattern.
        requested: the options, as rows name them, in a request or command line to the engine.
    """

    loading: tuple[LineKind, ...] = ()
    app_rows: tuple[LineKind, ...] = ()
    results: tuple[LineKind, ...] = ()
    known: tuple[LineKind, ...] = ()
    apps: Mapping[str, App] = field(default_factory=dict)
    early: tuple[str, ...] = ()
    server: re.Pattern[str] | None = None
    says_when_ready: bool = False
    most_extra_layers: int = 0
    rounded_to_mib: float = 0.01
    fit_flag: str = ""
    processes: tuple[str, ...] = ()
    requested: Callable[[str], dict[str, str]] = _nothing
