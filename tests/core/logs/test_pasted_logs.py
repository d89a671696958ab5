"""Logs as people paste them: failures of every kind, and what they must not be taken for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from expectations import differences
from memplan.logs import parse_log, read_log

LOGS = Path(__file__).parents[2] / "data" / "logs2"
EXPECTED: dict[str, dict[str, Any]] = json.loads((LOGS / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("name", EXPECTED)
def test_that_a_pasted_log_is_read_as_its_author_meant_it(name: str) -> None:
    assert differences(read_log(LOGS / name), EXPECTED[name]) == []


PREFIXES = {
    "docker": "llama-1  | ",
    "kubernetes": "[pod/llm-0/main] ",
    "journald": "Sep 11 00:42:50 box llama[3110]: ",
    "stamp": "2026-09-11 00:42:50.123 ",
    "quoted": "> ",
    "numbered": "491: ",
}


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES.keys())
@pytest.mark.parametrize("name", EXPECTED)
def test_that_a_prefix_changes_nothing_in_a_pasted_log(name: str, prefix: str) -> None:
    text = (LOGS / name).read_text("utf-8")
    wrapped = "".join(prefix + line for line in text.splitlines(keepends=True))

    assert differences(parse_log(wrapped), EXPECTED[name]) == []


@pytest.mark.parametrize("name", EXPECTED)
def test_that_line_ends_and_colours_change_nothing_in_a_pasted_log(name: str) -> None:
    text = (LOGS / name).read_text("utf-8")
    coloured = "".join(f"\x1b[31m{line}\x1b[0m\n" for line in text.splitlines())

    for written in (text.replace("\n", "\r\n"), coloured, f"```\n{text}\n```\n", text.rstrip("\n")):
        assert differences(parse_log(written), EXPECTED[name]) == []


VARIANTS: dict[str, list[dict[str, Any]]] = json.loads((LOGS / "variants.json").read_text("utf-8"))
CASES = {f"{kind}-{n}": case for kind, cases in VARIANTS.items() for n, case in enumerate(cases)}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_that_a_further_log_of_each_kind_is_read_right(case: dict[str, Any]) -> None:
    assert differences(parse_log("\n".join(case["log"])), case["expected"]) == []


def test_that_each_kind_has_three_variants() -> None:
    assert min(len(cases) for cases in VARIANTS.values()) >= 3
