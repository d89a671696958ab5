"""A repository's quantisations, before any is downloaded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from core.library.hub import REPOSITORY, SHARDS, paths_seen, put_repository, settings
from core.reader import file_server as serve
from core.reader.file_server import COMMIT, FileServer, running
from memplan import plan, read_model
from memplan.cli import check as cli_check
from memplan.library.assess import Assessment
from memplan.library.repository import (
    Quantisation,
    Reason,
    best_of,
    cache_requests,
    read_quantisations,
)
from memplan.reader.errors import CancelledError, Choice, ChoiceNeededError
from memplan.reader.transfer import CancelToken
from memplan.request import Request
from memplan.wording.repository import best_text

GIB = 2**30


@pytest.fixture
def server(data_folder: Path) -> Iterator[FileServer]:
    with running() as made:
        put_repository(made, data_folder)
        yield made


def choices(server: FileServer, folder: Path) -> ChoiceNeededError:
    with pytest.raises(ChoiceNeededError) as caught:
        read_model(REPOSITORY, settings=settings(server, folder))
    return caught.value


def rows(
    server: FileServer, folder: Path, request: Request, *, offline: bool = False
) -> dict[str, Quantisation]:
    made = settings(server, folder, offline=offline)
    found = choices(server, folder).choices
    read = read_quantisations(found, request, CancelToken(), made)
    return {row.choice.name: row for row in read}


def test_that_each_file_is_asked_for_once_and_a_split_model_is_one_row(
    server: FileServer, tmp_path: Path
) -> None:
    found = rows(server, tmp_path, Request())
    assert set(found) == {"small-Q4_K_M.gguf", "large-Q4_K_M.gguf", SHARDS[0]}
    assert paths_seen(server) == sorted(["small-Q4_K_M.gguf", "large-Q4_K_M.gguf", *SHARDS])
    assert found["large-Q4_K_M.gguf"].quantisation == "Q4_K_M"
    assert found["large-Q4_K_M.gguf"].size_bytes > 4 * GIB


def test_that_what_was_read_is_not_asked_for_again(server: FileServer, tmp_path: Path) -> None:
    first = rows(server, tmp_path, Request())
    server.seen.clear()
    assert rows(server, tmp_path, Request()) == first
    assert paths_seen(server) == []
    assert rows(server, tmp_path, Request(), offline=True) == first


def test_that_a_row_says_what_the_plan_says(server: FileServer, tmp_path: Path) -> None:
    request = Request("llama.cpp", budget_bytes=6 * GIB)
    row = rows(server, tmp_path, request)["large-Q4_K_M.gguf"]
    model = read_model(row.choice.location, settings=settings(server, tmp_path))
    for tokens, (name, asked) in zip(row.largest_tokens, cache_requests(request), strict=True):
        assert tokens == plan(model, asked).markers.max_tokens, name
    assert row.largest_tokens[1] > row.largest_tokens[0] > 0


def test_that_a_file_that_cannot_be_read_leaves_the_others(
    server: FileServer, tmp_path: Path
) -> None:
    server.files[f"/{REPOSITORY}/resolve/{COMMIT}/small-Q4_K_M.gguf"] = b"<html>" * 9
    del server.files[f"/{REPOSITORY}/resolve/{COMMIT}/{SHARDS[0]}"]
    found = rows(server, tmp_path, Request())
    assert {name for name, row in found.items() if row.error} == {"small-Q4_K_M.gguf", SHARDS[0]}
    assert found["large-Q4_K_M.gguf"].answer is not None


@pytest.mark.parametrize(
    "mode",
    [
        serve.hanging_up,
        serve.talking_nonsense,
        serve.redirecting_in_a_loop,
        serve.cut_off_after(100),
        serve.gzipped,
        serve.refusing(500),
        serve.refusing(403),
    ],
)
def test_that_a_bad_server_ends_in_rows_that_say_so(
    server: FileServer, tmp_path: Path, mode: serve.Mode
) -> None:
    found = choices(server, tmp_path).choices
    server.mode = mode
    read = read_quantisations(found, Request(), CancelToken(), settings(server, tmp_path))
    assert [bool(row.error) for row in read] == [True] * 3


def test_that_cancelling_ends_it_at_once(server: FileServer, tmp_path: Path) -> None:
    found = choices(server, tmp_path).choices
    server.mode = serve.hanging
    cancel = CancelToken()
    read = read_quantisations(found, Request(), cancel, settings(server, tmp_path))
    cancel.cancel()
    with pytest.raises(CancelledError):
        next(read)


def test_that_what_is_loaded_beside_a_model_is_named(server: FileServer, tmp_path: Path) -> None:
    assert [part.name for part in choices(server, tmp_path).beside] == ["mmproj-F16.gguf"]


def made(name: str, size_gib: int, *largest: int) -> Quantisation:
    answer = Assessment(runs=True) if largest else None
    choice = Choice(f"hf://{name}", name, None)
    return Quantisation(choice, name, size_gib * GIB, 131_072, answer, largest)


@pytest.mark.parametrize(
    ("found", "expected", "reason"),
    [
        ([made("Q4", 4, 60_000, 90_000), made("Q8", 8, 33_000, 60_000)], "Q8", "holds_wanted"),
        ([made("Q4", 4, 60_000, 90_000), made("Q8", 8, 9_000, 60_000)], "Q4", "holds_wanted"),
        ([made("Q4", 4, 20_000, 40_000), made("Q8", 8, 9_000, 18_000)], "Q4", "holds_with_cache"),
        ([made("Q4", 4, 9_000, 18_000), made("Q8", 8, 5_000, 9_000)], "Q4", "longest"),
    ],
)
def test_that_the_best_is_the_largest_that_holds_the_wanted_context(
    found: list[Quantisation], expected: str, reason: str
) -> None:
    best = best_of([*found, made("broken", 99)], Request("llama.cpp"))
    assert best is not None
    assert (best.location, best.reason) == (f"hf://{expected}", Reason(reason))
    (row,) = [row for row in found if row.choice.location == best.location]
    assert best_text(best, row).startswith(expected)


def test_that_there_is_no_best_where_none_starts_whole() -> None:
    assert best_of([made("Q4", 4, 0, 0), made("broken", 9)], Request("llama.cpp")) is None
    assert "None of them" in best_text(None, None)


@pytest.fixture
def as_hub(server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileServer:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(
        "memplan.reader.transfer.user_cache_path", lambda *_, **__: tmp_path / "cache"
    )
    return server


@pytest.mark.usefixtures("as_hub")
def test_that_the_command_line_prints_a_row_for_each_quantisation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli_check.main([REPOSITORY, "--budget", "8GiB"]) == 0
    said = capsys.readouterr().out
    assert "large-Q4_K_M.gguf" in said
    assert f"memplan check hf://{REPOSITORY}@{COMMIT}/" in said
    assert "beside the model: mmproj-F16.gguf" in said


@pytest.mark.usefixtures("as_hub")
def test_that_json_has_an_object_for_each_quantisation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli_check.main([REPOSITORY, "--json"]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["schema"] for row in said} == {"memplan.repository/1"}
    assert sum(row["best"] is not None for row in said) == 1


@pytest.mark.usefixtures("as_hub")
def test_that_a_quantisation_that_is_not_there_stays_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli_check.main([f"{REPOSITORY}:Q3_K_S"]) == cli_check.EXIT_UNREADABLE
    assert "Q3_K_S" in capsys.readouterr().err
