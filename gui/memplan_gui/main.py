"""The command ``memplan``: opens the window, or hands a command to the core."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from memplan import cli
from memplan.cli.parser import Parser
from memplan.cli.request import add_budget_option, add_request_options, request_from
from memplan.request import DEFAULT_BUDGET_BYTES
from memplan_resources.samples import SAMPLES, sample_path

from memplan_gui.libraries import missing_libraries, missing_text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in cli.COMMANDS:
        return cli.main(words)
    if words[:1] in ([_HELP], [_COMPLETION]):
        return cli.printing(lambda: _explain_itself(words))
    if words[:1] == [_OPEN]:
        words = words[1:]
    parser = make_parser()
    options = parser.parse_args(words)
    try:
        request = request_from(options, (options.budget or [DEFAULT_BUDGET_BYTES])[-1])
    except ValueError as error:
        parser.error(str(error))
    source = str(sample_path(options.sample)) if options.sample else options.model
    if not display_available():
        print(
            "memplan: no display can be opened; this is what `memplan check` says.",
            file=sys.stderr,
        )
        if source is None:
            parser.error("without a display, a model is needed")
        from memplan.cli.check import check, check_saved_plan

        if source.lower().endswith(".json"):
            return cli.printing(lambda: check_saved_plan(source))
        return cli.printing(lambda: check([source], [request]))
    missing = missing_libraries()
    if missing:
        print(f"memplan: {missing_text(missing)}", file=sys.stderr)
        return cli.EXIT_USAGE
    # Qt is imported for the window only.
    try:
        from memplan_gui.app import run
    except ImportError as error:
        print(f"memplan: the window cannot be opened: {error}", file=sys.stderr)
        return cli.EXIT_USAGE
    return run(source, request, smoke=options.smoke, screenshot=options.screenshot)


_HELP = "help"
_COMPLETION = "completion"
_OPEN = "open"
"""A word before the model, for those who expect one: ``memplan open report.json``."""


def _explain_itself(words: Sequence[str]) -> int:
    """Print the help of a command, or what makes a shell complete its words."""
    # All commands' modules are imported for this only.
    from memplan_gui.whole_parser import completion, help_text

    parser = make_parser()
    if words[0] == _COMPLETION:
        text = completion(words[1] if len(words) > 1 else "")
        wrong = "completion takes one of bash, zsh, tcsh, fish"
    else:
        text = help_text(words[1:])
        wrong = f"help takes a command, one of {', '.join(cli.COMMANDS)}, or nothing"
    if text is None:
        parser.error(wrong)
    print(text)
    return 0


def display_available() -> bool:
    """Whether a window can be opened; Qt itself would abort the process where it cannot."""
    if "QT_QPA_PLATFORM" in os.environ or sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def make_parser() -> Parser:
    """The parser of what opens the window."""
    commands = ", ".join(cli.COMMANDS)
    parser = Parser(
        prog="memplan",
        description="How much memory a GGUF model needs at every context length.",
        epilog=f"Commands without a window: {commands}. See `memplan help check`, "
        "and `memplan completion bash` for a shell that completes words.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "model",
        nargs="?",
        metavar="MODEL",
        help="a GGUF file, its address, or a plan saved as JSON",
    )
    parser.add_argument(
        "--sample",
        nargs="?",
        const=SAMPLES[0].id,
        choices=[sample.id for sample in SAMPLES],
        help=f"open a sample model (default: {SAMPLES[0].id})",
    )
    parser.add_argument("--smoke", action="store_true", help="paint the window once, and exit")
    parser.add_argument("--screenshot", metavar="FILE", help="with --smoke: save a picture (PNG)")
    cli.add_version_option(parser)
    add_budget_option(parser)
    add_request_options(parser)
    return parser
