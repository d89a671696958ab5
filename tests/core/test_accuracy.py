"""The tables of errors: the same in the program, in the documents, and as they are measured."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

from memplan.accuracy import (
    EVERY_FAMILY,
    accuracy_tables,
    markdown,
    markdown_table,
    summary_tables,
    tables_from,
)
from memplan.memory.component import Place
from memplan.wording.accuracy import HEADERS, TITLES, WORDS

ROOT = Path(__file__).parents[2]
HINT = "python benchmarks/accuracy.py --write"


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_that_the_programs_figures_are_those_that_are_measured() -> None:
    benchmark = runpy.run_path(str(ROOT / "benchmarks" / "accuracy.py"))
    rows = benchmark["accepted_rows"]()
    written = json.loads(text_of("resources/memplan_resources/accuracy.json"))
    whole = [row for row in written[0]["rows"] if row["family"] == EVERY_FAMILY]
    assert sum(row["rows"] for row in whole) == len(rows)
    worst = {
        (row["backend"], row["attention"], row["family"]): row["worst"]
        for row in written[0]["rows"]
    }
    for row in rows[::40]:
        error = benchmark["error_of"](row)
        limit = worst[error.backend.value, error.kind, error.family]
        assert error.of_compute(Place.DEVICE) <= limit + 1e-9, HINT
    assert tables_from(written) == accuracy_tables()


def test_that_documents_and_readme_show_the_programs_figures() -> None:
    tables = accuracy_tables()
    assert text_of("docs/accuracy-tables.md") == markdown(tables), HINT
    readme = text_of("README.md")
    for table in summary_tables(tables):
        assert len(table.rows) > 5
        assert markdown_table(table) in readme, HINT


def test_that_every_word_of_the_tables_can_be_translated() -> None:
    tables = accuracy_tables()
    assert [table.title for table in tables] == list(TITLES)
    for table in tables:
        assert list(table.headers) == list(HEADERS)
        assert {word for row in table.rows for word in row[1 : table.words]} <= set(WORDS)
