"""How far the estimates were off where llama.cpp itself reported the bytes: tables of figures.

``benchmarks/accuracy.py`` measures them and writes the file that is read here; the README, the
document of tables and the help show the same ones.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

RESOURCE: Final = "accuracy.json"
WORD_COLUMNS: Final = 3
HEADERS: Final = (
    "backend", "attention", "family", "rows", "exact", "median", "95 % within", "worst",
)  # fmt: skip
EVERY_FAMILY: Final = "all"
TOTAL_TITLE: Final = "All bytes on the device"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts.

    Attributes:
        title: what it is about.
        headers: the columns' titles.
        rows: the cells, row by row.
        words: columns that hold words; those after them hold numbers.
    """

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int


def accuracy_tables() -> tuple[Table, ...]:
    """The tables that come with the program."""
    file = resources.files("memplan_resources").joinpath(RESOURCE)
    return tables_from(json.loads(file.read_text("utf-8")))


def tables_from(figures: Sequence[dict[str, Any]]) -> tuple[Table, ...]:
    """The tables of measured figures.

    Args:
        figures: objects with a ``title`` and ``rows``; each row with the keys backend, attention,
            family, rows, exact, and median, p95 and worst, relative to the true bytes.
    """
    return tuple(
        Table(table["title"], HEADERS, [_cells(row) for row in table["rows"]], WORD_COLUMNS)
        for table in figures
    )


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    words = (row["backend"], row["attention"], row["family"])
    counts = (str(row["rows"]), str(row["exact"]))
    return (*words, *counts, *(percent(row[key]) for key in ("median", "p95", "worst")))


def percent(size: float) -> str:
    """A relative error in percent, two digits; 0 only if there is none."""
    return f"{100 * size:.2f} %" if size else "0"


def markdown(tables: Sequence[Table]) -> str:
    """Tables as Markdown, each under its title."""
    return "".join(f"### {table.title}\n\n{markdown_table(table)}\n" for table in tables)


def markdown_table(table: Table) -> str:
    """A table as Markdown."""
    numbers = len(table.headers) - table.words
    lines = [_line(table.headers), _line(["---"] * table.words + ["---:"] * numbers)]
    return "".join(line + "\n" for line in [*lines, *map(_line, table.rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def summary_tables(tables: Sequence[Table]) -> tuple[Table, Table]:
    """Of all bytes on the device: all families together, and with flash attention one by one."""
    (whole,) = (table for table in tables if table.title == TOTAL_TITLE)
    all_rows = [row for row in whole.rows if row[2] == EVERY_FAMILY]
    flash = [row for row in whole.rows if row[2] != EVERY_FAMILY and row[1] == "flash"]
    return (
        Table(whole.title, HEADERS, all_rows, WORD_COLUMNS),
        Table(whole.title, HEADERS, flash, WORD_COLUMNS),
    )
