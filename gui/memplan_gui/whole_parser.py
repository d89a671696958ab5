"""The command line as a whole, window and commands, for its help, manual and completion."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from memplan import cli
from memplan.cli.parser import Parser

from memplan_gui.main import make_parser

_FILES: Final = frozenset({"MODEL", "LOG", "FILE"})
"""Words that stand for the name of a file."""


def whole_parser() -> Parser:
    """One parser that knows all commands. It describes them; each parses its own words."""
    import shtab  # only here: few ask for it

    parser = make_parser()
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name in cli.COMMANDS:
        own = _parser_of(name)
        commands.add_parser(
            name,
            parents=[own],
            add_help=False,
            help=own.description,
            description=own.description,
            epilog=own.epilog,
        )
    shells = commands.add_parser("completion", help="what makes a shell complete words")
    shells.add_argument("shell", choices=shtab.SUPPORTED_SHELLS)
    topics = commands.add_parser("help", help="the options of a command")
    topics.add_argument("command", nargs="?", choices=list(cli.COMMANDS))
    for each in (parser, *commands.choices.values()):
        _complete_files(each)
    return parser


def help_text(words: Sequence[str]) -> str | None:
    """The help of a command, or of all for none; ``None`` for what is no command."""
    if not words:
        return whole_parser().format_help().rstrip()
    return _parser_of(words[0]).format_help().rstrip() if words[0] in cli.COMMANDS else None


def completion(shell: str) -> str | None:
    """What a shell reads to complete words; ``None`` for a shell that is not known."""
    import shtab

    if shell not in shtab.SUPPORTED_SHELLS:
        return None
    parser = whole_parser()
    # The first word is a command or a model: shells offer files where no command begins so.
    for action in [action for action in parser._actions if action.dest == "model"]:
        parser._remove_action(action)
    return str(shtab.complete(parser, shell))


def _parser_of(command: str) -> Parser:
    parser: Parser = import_module(cli.COMMANDS[command]).make_parser()
    return parser


def _complete_files(parser: argparse.ArgumentParser) -> None:
    import shtab

    for action in parser._actions:
        if action.metavar in _FILES:
            as_any: Any = action
            as_any.complete = shtab.FILE
