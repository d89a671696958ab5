"""The command ``memplan`` from its first moment on: quiet when Ctrl-C ends it."""

from __future__ import annotations

import signal
from typing import Final

EXIT_INTERRUPTED: Final = 130
"""As shells say it of a program that Ctrl-C has ended."""


def main() -> int:
    """Run the program with the words of the command line; return its exit code."""
    try:
        # What takes time to import is imported where an interruption is caught.
        from memplan.cli.streams import prepare_streams

        prepare_streams()
        from memplan_gui.main import main as run

        code = run()
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    # Nothing is left to interrupt while Python takes itself apart.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return code
