"""``memplan check``: plans models on the terminal, and never imports Qt."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tqdm import tqdm

from memplan.addresses import public_address
from memplan.cli import EXIT_FAULT, fault_text
from memplan.cli.best import print_best_of
from memplan.cli.library import list_library
from memplan.cli.matrix import is_whole_repository, print_matrix
from memplan.cli.parser import Parser
from memplan.cli.parts import add_part_options, parts_from, with_automatic_parts
from memplan.cli.readers import token_count
from memplan.cli.request import (
    add_budget_option,
    add_request_options,
    as_started,
    request_from,
)
from memplan.cli.sources import expand_sources, read_source
from memplan.devices import load_catalogue
from memplan.engines.registry import engine_named
from memplan.estimate import UnsupportedRequestError
from memplan.memory.component import Part
from memplan.model import Model
from memplan.model.parts import with_parts
from memplan.plan_json import ERROR_SCHEMA, error_to_json, plan_to_json
from memplan.planning.advice import advise
from memplan.planning.planner import Plan, plan
from memplan.planning.solve import solve
from memplan.reader.errors import GgufError
from memplan.reports import REPORT_WRITERS, write_report
from memplan.reports.saved_plan import open_saved_plan
from memplan.request import DEFAULT_BUDGET_BYTES, Request
from memplan.units import format_bytes
from memplan.wording.one_line import one_line
from memplan.wording.terminal import plan_text, table_cell

EXIT_FITS = 0
EXIT_DOES_NOT_FIT = 1
EXIT_UNREADABLE = 2

_CELL_WIDTH = 18
_LEAST_NAME_WIDTH = 24


def main(arguments: Sequence[str]) -> int:
    """Plan the models that the arguments name; return the exit code.

    0: all fit; 1: one does not; 2: one cannot be read, or wrong usage; 70: a fault of Memplan's.
    """
    parser = make_parser()
    options = parser.parse_args(arguments)
    try:
        requests = [
            request_from(options, budget) for budget in options.budget or [DEFAULT_BUDGET_BYTES]
        ]
    except ValueError as error:
        parser.error(str(error))
    if options.library:
        if len(requests) > 1 or options.report is not None or options.started_by is not None:
            parser.error("--library takes one budget, no app, and writes no report")
        return list_library(options.model, requests[0], as_json=options.json)
    if not options.model:
        parser.error("name a model, or give --library for those on this machine")
    # A folder on a slow disk may take long to look through; only a terminal is told.
    with tqdm(desc="looking for models", unit=" files", leave=False, disable=None) as looking:
        sources = list(expand_sources(options.model, looking.update))
    try:
        parts = parts_from(options)
    except GgufError as error:
        _print_error(error.source, error, options.json)
        return EXIT_UNREADABLE
    engine = engine_named(requests[0].engine)
    for part in parts:
        if part.part not in engine.parts:
            parser.error(f"{engine.title} does not load a {part.part.value} beside the model")

    def beside(model: Model) -> Model:
        model = with_parts(model, parts)
        return with_automatic_parts(model, options) if Part.PROJECTOR in engine.parts else model

    app = options.started_by
    if options.best is not None:
        if options.json or options.report is not None or options.started_by is not None:
            parser.error("--best prints a table, for no app, and writes no report")
        return print_best_of(sources, requests[0], options.best)
    if options.report is None:
        return check(sources, requests, as_json=options.json, beside=beside, app=app)
    if len(sources) > 1 or len(requests) > 1:
        parser.error("--report takes one model and one budget")
    if options.report.suffix.lower() not in REPORT_WRITERS:
        parser.error(f"--report takes a file whose name ends in {', '.join(REPORT_WRITERS)}")
    return check(
        sources, requests, as_json=options.json, report=options.report, beside=beside, app=app
    )


def _alone(model: Model) -> Model:
    return model


def check(
    sources: Sequence[str],
    requests: Sequence[Request],
    *,
    as_json: bool = False,
    report: Path | None = None,
    beside: Callable[[Model], Model] = _alone,
    app: str | None = None,
) -> int:
    """Plan each source for each request; print answers as they are done.

    ``beside`` gives a model what is loaded beside it.

    The engine is started by ``app``, if one is named.
    One plan is printed in full, and written to ``report`` if that is given; more are printed as a
    table of models and budgets.
    """
    in_full = len(sources) == 1 and len(requests) == 1
    table = _Table([request.budget_bytes for request in requests])
    if not as_json and not in_full:
        print(table.head())
    worst = EXIT_FITS
    # ``disable=None``: only on a terminal. A pipe gets the lines alone.
    with tqdm(total=len(sources), unit="model", leave=False, disable=None) as progress:
        for source in sources:
            try:
                model = beside(read_source(source))
                plans = [plan(model, as_started(app, request, model)) for request in requests]
            except (GgufError, UnsupportedRequestError) as error:
                if is_whole_repository(error) and report is None and app is None:
                    with progress.external_write_mode():
                        worst = max(worst, print_matrix(error, requests[0], as_json=as_json))
                else:
                    worst = max(worst, EXIT_UNREADABLE)
                    _print_error(source, error, as_json)
            except Exception as error:
                # A fault of ours with one model must not keep the others from being planned.
                worst = EXIT_FAULT
                _print_fault(source, error, as_json)
            else:
                if not all(answer.verdict.fits for answer in plans):
                    worst = max(worst, EXIT_DOES_NOT_FIT)
                with progress.external_write_mode():
                    _print_plans(model, plans, table, in_full=in_full, as_json=as_json)
                if app is not None and in_full and not as_json:
                    print(one_line(engine_named(requests[0].engine).starter_note(app)))
                if report is not None and not _write_report(plans[0], report):
                    worst = max(worst, EXIT_UNREADABLE)
            progress.update()
    return worst


def check_saved_plan(source: str) -> int:
    """Print the plan that was saved as a JSON report; return the exit code."""
    try:
        model, request = open_saved_plan(Path(source))
        answer = plan(model, request)
    except (GgufError, UnsupportedRequestError) as error:
        _print_error(source, error, as_json=False)
        return EXIT_UNREADABLE
    print(plan_text(answer, advise(answer, load_catalogue()), solutions=solve(answer)))
    return EXIT_FITS if answer.verdict.fits else EXIT_DOES_NOT_FIT


def _write_report(answer: Plan, path: Path) -> bool:
    try:
        write_report(answer, advise(answer, load_catalogue()), path)
    except OSError as error:
        print(f"memplan: {path}: {error.strerror or error}", file=sys.stderr)
        return False
    return True


def _print_plans(
    model: Model, plans: Sequence[Plan], table: _Table, *, in_full: bool, as_json: bool
) -> None:
    if as_json:
        for answer in plans:
            advice = advise(answer, load_catalogue())
            print(json.dumps(plan_to_json(answer, advice, solve(answer))), flush=True)
    elif in_full:
        answer = plans[0]
        advice = advise(answer, load_catalogue())
        print(plan_text(answer, advice, solutions=solve(answer)))
    else:
        print(table.row(model, plans), flush=True)


def _print_error(source: str, error: GgufError | UnsupportedRequestError, as_json: bool) -> None:
    if as_json:
        print(json.dumps(error_to_json(source, error)), flush=True)
    else:
        message = (
            str(error) if isinstance(error, GgufError) else f"{public_address(source)}: {error}"
        )
        print(f"memplan: {one_line(message)}", file=sys.stderr, flush=True)


def _print_fault(source: str, error: Exception, as_json: bool) -> None:
    detail = fault_text(error)
    if as_json:
        fault = {"error": "UnexpectedError", "offset": None, "detail": detail}
        source = public_address(source)
        print(json.dumps({"schema": ERROR_SCHEMA, "source": source, **fault}), flush=True)
    else:
        print(f"memplan: {one_line(public_address(source))}: {detail}", file=sys.stderr, flush=True)


class _Table:
    """Lines of a table of models and budgets, which are printed one by one."""

    def __init__(self, budgets: Sequence[int]) -> None:
        self._budgets = budgets
        room = shutil.get_terminal_size().columns - _CELL_WIDTH * len(budgets) - 12
        self._name_width = max(room, _LEAST_NAME_WIDTH)

    def head(self) -> str:
        cells = "".join(f"{format_bytes(b):>{_CELL_WIDTH}}" for b in self._budgets)
        return f"{'Model':<{self._name_width}}{'Weights':>12}{cells}"

    def row(self, model: Model, plans: Sequence[Plan]) -> str:
        name = one_line(f"{model.name} {model.quantisation}")
        if len(name) >= self._name_width:
            name = name[: self._name_width - 2] + "…"
        cells = "".join(f"{table_cell(answer):>{_CELL_WIDTH}}" for answer in plans)
        weights = format_bytes(model.weights_bytes)
        return f"{name:<{self._name_width}}{weights:>12}{cells}"


def make_parser() -> Parser:
    """The parser of this command."""
    parser = Parser(
        prog="memplan check",
        description="Print how much memory GGUF models need, and whether they fit.",
        epilog="Exit code: 0 all fit, 1 one does not, 2 wrong usage or unreadable model, "
        "70 a fault of Memplan's own; with --library 0 if it lists any file, else 2.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "model", nargs="*", metavar="MODEL", help="a GGUF file, a folder, a pattern or an address"
    )
    parser.add_argument(
        "--library",
        action="store_true",
        help="list the models on this machine, where programs keep them; MODEL is then a further "
        "folder to look into",
    )
    parser.add_argument(
        "--best",
        metavar="TOKENS",
        type=token_count("context", least=1),
        help="search quantisations beside MODEL and cache types for the starts with at least so "
        "much context that no other beats",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a plan, one a line")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="write a report for a ticket: .html, .md, or .json, which `memplan open` takes",
    )
    add_budget_option(parser)
    add_request_options(parser)
    add_part_options(parser)
    return parser
