"""The commands that need no window."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from memplan.addresses import without_secrets
from memplan.version import __version__
from memplan.wording.one_line import one_line

COMMANDS: Mapping[str, str] = {
    "check": "memplan.cli.check",
    "devices": "memplan.cli.devices",
    "explain": "memplan.cli.explain",
}
"""Each command with the module whose ``main`` runs it: the window starts without them."""

EXIT_USAGE: Final = 2
EXIT_FAULT: Final = 70
"""A fault of Memplan's own (``EX_SOFTWARE``): neither a verdict nor anything the user did."""

_LONGEST_MESSAGE: Final = 300


def main(arguments: Sequence[str]) -> int:
    """Run one of :data:`COMMANDS`; return the exit code."""
    return printing(lambda: int(import_module(COMMANDS[arguments[0]]).main(arguments[1:])))


def printing(command: Callable[[], int]) -> int:
    """Run what prints, to a reader that may leave early; return the exit code."""
    try:
        code = command()
        sys.stdout.flush()
        return code
    except OSError as error:
        # The reader has gone (``memplan check … | head``) or the disk is full; what could not be
        # written must not be tried again at the exit, where Python would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            print(f"memplan: the answer cannot be written: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    except Exception as error:
        print(f"memplan: {fault_text(error)}", file=sys.stderr)
        return EXIT_FAULT


def fault_text(error: Exception) -> str:
    """What a report about an unexpected exception needs, on one line."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = one_line(without_secrets(str(error)))[:_LONGEST_MESSAGE]
    return f"something unexpected went wrong: {type(error).__name__}: {message}{place}"


def add_version_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--version``."""
    parser.add_argument("--version", action="version", version=f"Memplan {__version__}")
