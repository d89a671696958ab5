"""The parser of all commands, which answers a wrong word in one line."""

from __future__ import annotations

import argparse
from typing import NoReturn

EXIT_USAGE = 2


class Parser(argparse.ArgumentParser):
    """Says what is wrong and where the options are listed, rather than to list them all."""

    def error(self, message: str) -> NoReturn:
        """End the program: it was called in a wrong way."""
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\nSee {self.prog} --help\n")
