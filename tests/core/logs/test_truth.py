"""However a log is cut, and whatever stands around it, no answer becomes a false one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memplan.logs import Cause, Log, LogOutcome, parse_log

DATA = Path(__file__).parents[2] / "data"
PATHS = sorted((*(DATA / "logs").glob("*.log"), *(DATA / "logs2").glob("*.log")))
ENDS = frozenset({LogOutcome.FAILED_TO_LOAD, LogOutcome.FAILED_WHILE_RUNNING})
PROSE = (
    "Hi all, since the last update my model does not load any more.",
    "I have a GPU with 24 GB of VRAM and 64 GB of RAM, so memory should be enough?",
    "It says out of memory, but the task manager shows 10 GB free.",
    "### Relevant log output", "```shell", "```", "<details>", "</details>", "",
    "I tried `-c 8192 -ngl 20` and `--no-mmap`, and set n_ctx = 4096 in the UI.",
    "With the older version the model loaded fine and all was well.",
    "Any idea? It just gets killed after a while.", "OS: Windows 11, driver 566.14",
    "Then it failed to load the model again, so I am unable to load model 2 either.",
    "My friend uses ollama and LM Studio, I use KoboldCpp sometimes.",
    "> did you try the llama.cpp build of today?", "- [x] I searched the existing issues",
    "Name and Version", "Is there a way to allocate less memory for the KV cache?",
)  # fmt: skip


def told(log: Log) -> dict[str, Any]:
    """What a log says that must not become false; parts that add up are left out.

    Mesa's software device has limits smaller than those of any GPU, so that a failure without its
    reason is taken for want of memory: its limits are left out, too.
    """
    failed = log.failed
    limited = log.cause is Cause.SINGLE_ALLOCATION_LIMIT
    return {
        "engine": log.engine,
        "wrapper": log.wrapper or None,
        "backend": log.backend or None,
        "cause": Cause.TOTAL_MEMORY if limited else log.cause,
        "failed kind": failed.kind if failed else None,
        "failed buffer": failed.buffer if failed else None,
        "n_ctx": log.options.n_ctx,
        "type_k": log.options.type_k,
        "n_layers": log.options.n_layers,
    }


def texts() -> st.SearchStrategy[tuple[Path, list[str]]]:
    """A log, and its lines."""
    paths = st.sampled_from(PATHS)
    return paths.map(lambda path: (path, path.read_text("utf-8", "replace").splitlines()))


@settings(max_examples=300)
@given(texts(), st.lists(st.sampled_from(PROSE), max_size=5), st.lists(st.sampled_from(PROSE)))
def test_that_prose_around_a_log_changes_no_answer(
    case: tuple[Path, list[str]], before: list[str], after: list[str]
) -> None:
    whole = told(parse_log("\n".join(case[1])))
    around = parse_log("\n".join((*before, *case[1], *after)))

    assert told(around) == whole
    assert around.outcome == parse_log("\n".join(case[1])).outcome


@settings(max_examples=400)
@given(texts(), st.floats(0, 1))
def test_that_the_end_of_a_log_says_nothing_that_the_whole_denies(
    case: tuple[Path, list[str]], share: float
) -> None:
    lines = case[1]
    whole = parse_log("\n".join(lines))
    end = parse_log("\n".join(lines[int(share * len(lines)) :]))

    for name, value in told(end).items():
        assert value in {None, told(whole)[name]}, name
    assert end.outcome in {None, whole.outcome}


@settings(max_examples=400)
@given(texts(), st.floats(0, 1))
def test_that_the_start_of_a_log_that_fails_is_not_said_to_fail_otherwise(
    case: tuple[Path, list[str]], share: float
) -> None:
    lines = case[1]
    whole = parse_log("\n".join(lines))
    start = parse_log("\n".join(lines[: int(share * len(lines))]))

    if start.outcome in ENDS and whole.outcome is LogOutcome.FAILED_TO_LOAD:
        assert start.outcome is whole.outcome
        assert told(start)["cause"] in {None, told(whole)["cause"]}
        assert start.failed is None or start.failed.kind in {
            None,
            getattr(whole.failed, "kind", None),
        }
    assert start.wrapper in {"", whole.wrapper}


def test_that_no_model_that_failed_to_load_is_loaded_at_any_cut() -> None:
    expected = json.loads((DATA / "logs2" / "expected.json").read_text("utf-8"))
    for name, wanted in expected.items():
        several_attempts = name == "options_bleed.log"
        if wanted.get("outcome") == "failed_to_load" and not several_attempts:
            lines = (DATA / "logs2" / name).read_text("utf-8").splitlines()
            for count in range(len(lines)):
                assert parse_log("\n".join(lines[:count])).outcome is not LogOutcome.LOADED
                assert parse_log("\n".join(lines[count:])).outcome is not LogOutcome.LOADED


@pytest.mark.parametrize("line", PROSE)
def test_that_prose_alone_is_no_log(line: str) -> None:
    log = parse_log(line)

    assert (log.engine, log.outcome, log.cause, log.not_understood) == (None, None, None, 0)
