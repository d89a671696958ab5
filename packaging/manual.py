"""Writes the manual page ``memplan.1`` from the command line's own parser.

Needs argparse-manpage in the environment where Memplan is installed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from argparse_manpage.manpage import Manpage
from memplan.version import __version__
from memplan_gui.whole_parser import whole_parser

EXIT_CODES = (
    ("0", "all fits"),
    ("1", "something does not fit; of devices: none was found"),
    ("2", "wrong usage, or what cannot be read or written"),
    ("70", "a fault of Memplan's own"),
    ("130", "Ctrl-C has ended it"),
)


def manual() -> str:
    """The page, as roff."""
    parser = whole_parser()
    details = {
        "prog": parser.prog,
        "project_name": "Memplan",
        "version": __version__,
        "url": "https://github.com/memplan/memplan",
        "description": parser.description,
        "manual_section": 1,
        "manual_title": "User Commands",
    }
    page = str(Manpage(parser, format="pretty", _data=details))
    codes = "\n".join(f".TP\n\\fB{code}\\fR\n{meaning}" for code, meaning in EXIT_CODES)
    return f"{page.rstrip()}\n.SH EXIT STATUS\n{codes}\n"


def main() -> int:
    """Write the page into the folder that is named; return the exit code."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memplan.1").write_text(manual(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
