"""A command line as each shell has to be given it.

Sources: POSIX shell command language 2.2; PowerShell's about_Quoting_Rules and about_Parsing;
Microsoft's "Parsing C command-line arguments" and the syntax of cmd.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, assert_never


class Shell(StrEnum):
    """A shell into which a command line is pasted."""

    POSIX = "posix"
    POWERSHELL = "powershell"
    CMD = "cmd"


_PLAIN_TO_POWERSHELL: Final = re.compile(r"[A-Za-z0-9_./\\:=+-]+")
_POWERSHELL_QUOTES: Final = re.compile("(['‘’‚‛])")
"""All of these end a single-quoted string, and doubled stand for themselves."""

_PLAIN_TO_CMD: Final = re.compile(r"[A-Za-z0-9_./\\:=+,-]+")
_SPECIAL_TO_CMD: Final = re.compile(r'([&|<>^()%!"])')
_BACKSLASHES_BEFORE_QUOTE: Final = re.compile(r'(\\*)("|$)')


def command_line(arguments: Sequence[str], shell: Shell) -> str:
    """One line that runs a program with exactly these arguments.

    Args:
        arguments: the program and its arguments; at least the program.
        shell: the shell that reads the line.

    Raises:
        ValueError: the shell cannot be given one of these characters on a line.
    """
    if any("\0" in argument for argument in arguments):
        raise ValueError("no argument can hold a zero byte")
    match shell:
        case Shell.POSIX:
            return shlex.join(arguments)
        case Shell.POWERSHELL:
            words = [_to_powershell(argument) for argument in arguments]
            # A string in quotes is a value; the operator & runs it.
            return " ".join(["&", *words] if words[0].startswith("'") else words)
        case Shell.CMD:
            return " ".join(_to_cmd(argument) for argument in arguments)
        case _:
            assert_never(shell)
    assert_never(shell)


def _to_powershell(argument: str) -> str:
    # A comma outside quotes makes a list of it, a colon or dot after a dash splits it in two.
    plain = _PLAIN_TO_POWERSHELL.fullmatch(argument)
    if plain and not re.match(r"-[^-].*[.:]", argument):
        return argument
    return "'" + _POWERSHELL_QUOTES.sub(r"\1\1", argument) + "'"


def _to_cmd(argument: str) -> str:
    if re.search(r"[\r\n]", argument):
        raise ValueError("cmd ends a command at the end of a line")
    if _PLAIN_TO_CMD.fullmatch(argument):
        return argument
    # The program's own start-up code reads the quotes, and backslashes only before a quote.
    quoted = _BACKSLASHES_BEFORE_QUOTE.sub(_doubled, argument)
    quoted = f'"{quoted}"'
    if '"' in argument or "%" in argument:
        # A quote within would end cmd's own quoting, and quotes do not keep % from it.
        return _SPECIAL_TO_CMD.sub(r"^\1", quoted)
    return quoted


def _doubled(found: re.Match[str]) -> str:
    backslashes, quote = found.groups()
    return backslashes * 2 + ('\\"' if quote else "")
