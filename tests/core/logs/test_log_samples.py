"""Real logs of each stage at which a load ends, and samples of each older and wrapped form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from memplan.logs import Log, LogOutcome, parse_log, read_log
from memplan.logs.log_json import log_to_json

LOGS = Path(__file__).parents[2] / "data" / "logs"
SAMPLES = sorted(LOGS.glob("*.log"))
FIELDS = (
    "schema", "engine", "wrapper", "version", "backend", "outcome", "cause", "failed", "options",
    "buffers", "devices", "not_understood",
)  # fmt: skip
REAL = [path for path in SAMPLES if not path.name.startswith("hand-")]


def _expected(path: Path) -> dict[str, object]:
    answer: dict[str, object] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return answer


def _answer(log: Log) -> dict[str, object]:
    """What a log says, without the fields that came later than the samples."""
    answer = log_to_json(log)
    kept = {name: answer[name] for name in FIELDS}
    for buffer in answer["buffers"]:
        assert buffer.pop("planned_mib") is None
        assert f"({buffer.pop('part', '')})" in buffer["buffer"] + "()"
    if answer["failed"]:
        names = ("kind", "buffer", "bytes", "tensor", "allocation_bytes")
        kept["failed"] = {name: answer["failed"][name] for name in names}
    return kept


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_that_a_log_says_what_was_read_from_it_by_hand(path: Path) -> None:
    assert _answer(read_log(path)) == _expected(path)


def test_that_every_outcome_and_cause_is_among_the_real_logs() -> None:
    answers = [_expected(path) for path in REAL]

    assert len(answers) >= 40
    assert {answer["outcome"] for answer in answers} == set(LogOutcome)
    assert {answer["cause"] for answer in answers} == {
        None, "total_memory", "single_allocation_limit", "host_memory", "other",
    }  # fmt: skip


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_that_nothing_in_a_sample_that_speaks_of_memory_is_left_over(path: Path) -> None:
    assert read_log(path).not_understood == 0


WRAPPINGS = {
    "journald": "Sep 11 00:42:50 host llama[3110]: ",
    "kubernetes": "[pod/llm-0/server] ",
    "localai": "5:32AM DBG GRPC(m-127.0.0.1:43767): stderr ",
    "logcat": "01-12 10:21:33.120  4321  4402 D llama-android.cpp: ",
    "numbered": "491: ",
    "docker": "llama-cpp       | ",
}


@pytest.mark.parametrize("prefix", WRAPPINGS.values(), ids=WRAPPINGS.keys())
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_that_a_prefix_on_every_line_changes_nothing(path: Path, prefix: str) -> None:
    text = path.read_text("utf-8")
    wrapped = "".join(prefix + line for line in text.splitlines(keepends=True))

    expected = _expected(path) | {"wrapper": "localai" if "GRPC" in prefix else ""}
    assert _answer(parse_log(wrapped)) == expected


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_that_line_ends_colours_and_encodings_change_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    expected = _expected(path)

    assert _answer(parse_log(text.replace("\n", "\r\n"))) == expected
    assert _answer(parse_log(text.encode("utf-16"))) == expected
    coloured = "".join(f"\x1b[34m{line}\x1b[0m\n" for line in text.splitlines())
    assert _answer(parse_log(coloured)) == expected
    assert _answer(parse_log(json.dumps({"error": text}))) == expected


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_that_blanks_that_pad_a_line_are_not_needed(path: Path) -> None:
    text = path.read_text("utf-8")
    single = "\n".join(" ".join(line.split()) for line in text.splitlines())

    assert _answer(parse_log(single)) == _expected(path)
