"""What headers of found files say, and that they are read once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from core.library.made_home import Q4_0, model, places, projector, put_in_lm_studio, write
from core.reader.gguf_bytes import Gguf, text
from memplan import plan, read_model
from memplan.library import entry as entries
from memplan.library.assess import Assessment, assess
from memplan.library.entry import Entry
from memplan.library.find import Condition, Found, find_models
from memplan.library.kept import KeptEntries
from memplan.planning.planner import Status
from memplan.reader.transfer import CancelToken
from memplan.request import Request
from memplan.wording.library import assessment_text, condition_text, size_text


def found_in(home: Path) -> list[Found]:
    return [each for batch in find_models(places(home), CancelToken()) for each in batch]


def read_all(home: Path, kept: KeptEntries) -> dict[str, Entry]:
    return {found.label: kept.entry(found) for found in found_in(home)}


def one_entry(home: Path, content: bytes | Gguf) -> Entry:
    write(home / "koboldcpp" / "file.gguf", content)
    (entry,) = read_all(home, KeptEntries(None)).values()
    return entry


def test_that_an_entry_has_the_names_of_model_and_quantisation(tmp_path: Path) -> None:
    entry = one_entry(tmp_path, model("Tiny Model", Q4_0))
    assert entry.condition is Condition.MODEL
    assert (entry.name, entry.quantisation) == ("Tiny Model", "Q4_0")
    assert condition_text(entry) == ""


@pytest.mark.parametrize(
    ("content", "condition", "words"),
    [
        (projector(), Condition.PROJECTOR, "Projector, loaded beside a model"),
        (
            Gguf([text("general.architecture", "llama"), text("general.type", "adapter")]),
            Condition.ADAPTER,
            "Adapter, loaded beside a model",
        ),
        (
            Gguf([text("general.type", "adapter")]),
            Condition.ADAPTER,
            "Adapter, loaded beside a model",
        ),
        (Gguf([text("general.architecture", "llama")]), Condition.NO_MODEL, "No language model"),
        (b"no model", Condition.BROKEN, "Cannot be read"),
        (b"GGUF", Condition.BROKEN, "Cannot be read"),
    ],
)
def test_that_what_is_no_model_says_what_it_is(
    tmp_path: Path, content: bytes | Gguf, condition: Condition, words: str
) -> None:
    entry = one_entry(tmp_path, content)
    assert (entry.condition, condition_text(entry)) == (condition, words)


def test_that_a_header_without_all_of_its_data_says_how_much_is_there(tmp_path: Path) -> None:
    whole = model().content()
    entry = one_entry(tmp_path, whole[:-100])
    assert entry.condition is Condition.CUT_OFF
    assert size_text(entry) == f"{len(whole) - 100} B of {len(whole)} B"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources whose headers are read."""
    read: list[str] = []
    whole = entries.read_whole_header

    def note(source: str, **options: Any) -> Any:
        read.append(source)
        return whole(source, **options)

    monkeypatch.setattr(entries, "read_whole_header", note)
    return read


def test_that_a_file_is_read_again_when_it_has_changed_and_not_before(
    tmp_path: Path, reads: list[str]
) -> None:
    folder = put_in_lm_studio(tmp_path)
    (folder / "Damaged-Q8_0.gguf").unlink()
    disk = tmp_path / "cache" / "library.json"
    kept = KeptEntries(disk)
    first = read_all(tmp_path, kept)
    kept.save()
    assert len(reads) == 3
    again = KeptEntries(disk)
    assert read_all(tmp_path, again) == first
    assert len(reads) == 3
    path = write(folder / "Tiny-Q8_0.gguf", model("Another"))
    os.utime(path, (1, 1))
    assert read_all(tmp_path, again)["Tiny-Q8_0.gguf"].name == "Another"
    assert reads[3:] == [str(path)]


def _without_schema(stated: dict[str, Any]) -> object:
    return {**stated, "schema": "memplan.library/0"}


def _with(kept: object) -> Callable[[dict[str, Any]], object]:
    return lambda stated: {**stated, "entries": dict.fromkeys(stated["entries"], kept)}


@pytest.mark.parametrize(
    "spoil",
    [
        _without_schema,
        _with(None),
        _with([1, 2]),
        lambda stated: {**stated, "entries": []},
        lambda stated: {
            **stated,
            "entries": {
                key: [*value[:2], ["model", 7]] for key, value in stated["entries"].items()
            },
        },
        lambda stated: {
            **stated,
            "entries": {
                key: [*value[:2], ["model", "", "", "", -1, 0]]
                for key, value in stated["entries"].items()
            },
        },
    ],
)
def test_that_a_spoiled_cache_only_costs_time(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], object]
) -> None:
    put_in_lm_studio(tmp_path)
    disk = tmp_path / "cache" / "library.json"
    kept = KeptEntries(disk)
    first = read_all(tmp_path, kept)
    kept.save()
    disk.write_text(json.dumps(spoil(json.loads(disk.read_text("utf-8")))), "utf-8")
    assert read_all(tmp_path, KeptEntries(disk)) == first


def test_that_a_line_of_the_list_is_what_the_plan_says(data_folder: Path) -> None:
    read = read_model(data_folder / "models" / "qwen3-8b.Q4_K_M.gguf")
    for gib in (4, 8, 16):
        request = Request(budget_bytes=gib * 2**30)
        answer, whole = assess(read, request), plan(read, request)
        assert answer.granted_tokens == whole.verdict.granted_tokens
        assert answer.largest_tokens == whole.markers.max_tokens
        assert answer.starts is whole.verdict.fits


def test_that_words_follow_the_status(data_folder: Path) -> None:
    assert assessment_text(Assessment(runs=False), "zinc") == "Not run by ZINC"
    fits = Assessment(runs=True, status=Status.OK)
    assert assessment_text(fits, "zinc") == "Fits"
    assert assessment_text(replace(fits, status=Status.TIGHT), "zinc") == "Fits tightly"
    assert assessment_text(replace(fits, status=Status.DOES_NOT_FIT), "zinc") == "Does not fit"
