"""``memplan explain``: says what an engine's log means, and never imports Qt."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from memplan.cli.parser import Parser
from memplan.cli.parts import add_part_options, parts_from
from memplan.estimate import UnsupportedRequestError
from memplan.logs.against import Against, hold_against
from memplan.logs.errors import LogError
from memplan.logs.log_json import log_to_json
from memplan.logs.reading import read_log
from memplan.logs.wording import log_text, stranger_note
from memplan.model import read_model
from memplan.model.parts import PartFile, with_parts
from memplan.plan_json import ERROR_SCHEMA
from memplan.reader.errors import GgufError
from memplan.wording.one_line import one_line

EXIT_UNDERSTOOD = 0
EXIT_UNREADABLE = 2


def main(arguments: Sequence[str]) -> int:
    """Explain the log that the arguments name; return the exit code.

    0: the log is an engine's; 2: it is not, it or the model cannot be read, or wrong usage.
    """
    options = make_parser().parse_args(arguments)
    try:
        parts = parts_from(options)
    except GgufError as error:
        return _unreadable(error.source, error.detail, options.json)
    return explain(options.log, options.model, parts, as_json=options.json)


def explain(
    source: str,
    model_source: str | None = None,
    parts: Iterable[PartFile] = (),
    *,
    as_json: bool = False,
) -> int:
    """Print what a log says, beside the plan of a model if one is given; return the exit code.

    ``parts`` is what was loaded beside the model.
    """
    try:
        log = read_log(source)
    except LogError as error:
        return _unreadable(source, error.detail, as_json)
    against: Against | None = None
    problem = warning = ""
    if model_source is not None and log.engine is not None:
        try:
            against = hold_against(log, with_parts(read_model(model_source), parts))
            warning = stranger_note(log, against)
        except (GgufError, UnsupportedRequestError) as error:
            problem = str(error)
    if as_json:
        print(json.dumps(log_to_json(log, against)))
    else:
        print(log_text(log, against))
    if warning:
        print(f"memplan: {one_line(warning)}", file=sys.stderr)
    if problem:
        print(f"memplan: not compared with a plan: {one_line(problem)}", file=sys.stderr)
    return EXIT_UNREADABLE if problem or not log.understood else EXIT_UNDERSTOOD


def _unreadable(source: str, detail: str, as_json: bool) -> int:
    if as_json:
        error = {"error": "LogUnreadableError", "offset": None, "detail": detail}
        print(json.dumps({"schema": ERROR_SCHEMA, "source": source, **error}))
    else:
        print(f"memplan: {one_line(source)}: {one_line(detail)}", file=sys.stderr)
    return EXIT_UNREADABLE


def make_parser() -> Parser:
    """The parser of this command."""
    parser = Parser(
        prog="memplan explain",
        description="What a log of an engine, or of a program around one, means: what was "
        "allocated, what failed, and why.",
    )
    parser.add_argument("log", metavar="LOG", help="the log; - for standard input")
    parser.add_argument(
        "--model",
        metavar="FILE",
        help="the model that was loaded: compares each buffer with the plan",
    )
    add_part_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser
