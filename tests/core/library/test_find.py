"""What is found in places: models, and what only looks like one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from core.library.made_home import (
    model,
    places,
    put_in_hugging_face,
    put_in_lm_studio,
    put_in_ollama,
    write,
)
from memplan import read_model
from memplan.library.find import Condition, Found, find_models, newest_first
from memplan.library.places import Place, Program
from memplan.reader.errors import CancelledError
from memplan.reader.transfer import CancelToken


def found_in(home: Path, *added: Path) -> list[Found]:
    batches = find_models(places(home, *added), CancelToken())
    return [each for batch in batches for each in batch]


def conditions(found: list[Found]) -> dict[str, Condition]:
    return {each.label: each.condition for each in found}


def test_that_a_folder_says_of_each_file_what_it_is(tmp_path: Path) -> None:
    put_in_lm_studio(tmp_path)
    assert conditions(found_in(tmp_path)) == {
        "Tiny-Q8_0.gguf": Condition.FOUND,
        "Tiny-Q4_0.gguf": Condition.FOUND,
        "mmproj-Tiny-F16.gguf": Condition.FOUND,
        "Damaged-Q8_0.gguf": Condition.FOUND,
        "downloading_Tiny-F16.gguf.part": Condition.UNFINISHED,
        "._Tiny-Q8_0.gguf": Condition.HIDDEN,
    }


@pytest.mark.parametrize(
    "ending", ["part", "downloadInProgress", "crdownload", "aria2", "!qB", "part-0", "tmp"]
)
def test_that_a_download_that_is_not_done_is_told_by_its_name(tmp_path: Path, ending: str) -> None:
    write(tmp_path / "koboldcpp" / f"Tiny-Q8_0.gguf.{ending}", b"GG")
    (found,) = found_in(tmp_path)
    assert (found.condition, found.program) == (Condition.UNFINISHED, Program.KOBOLDCPP)


def test_that_ollamas_models_have_its_names_and_open_by_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put_in_ollama(tmp_path)
    monkeypatch.setenv("OLLAMA_MODELS", str(folder))
    found = {each.label: each for each in found_in(tmp_path)}
    assert set(found) == {"tiny:1b", f"sha256-{'cd' * 32}-partial"}
    assert found["tiny:1b"].source == "ollama:tiny:1b"
    assert read_model(found["tiny:1b"].source).name == "Tiny of Ollama"
    assert found["tiny:1b"].size_bytes == len(model("Tiny of Ollama").content())
    assert found[f"sha256-{'cd' * 32}-partial"].condition is Condition.UNFINISHED


def test_that_an_ollama_model_without_its_file_is_a_broken_link(tmp_path: Path) -> None:
    folder = put_in_ollama(tmp_path)
    (folder / "blobs" / f"sha256-{'04' * 32}").unlink()
    assert conditions(found_in(tmp_path))["tiny:1b"] is Condition.LINK_BROKEN


def test_that_a_file_in_two_snapshots_of_the_hub_is_found_once(tmp_path: Path) -> None:
    put_in_hugging_face(tmp_path)
    found = found_in(tmp_path)
    assert sorted(each.label for each in found) == [
        "Gone-Q8_0.gguf",
        "Tiny-Q8_0.gguf",
        "unsloth/Tiny-GGUF",
    ]
    assert conditions(found)["Gone-Q8_0.gguf"] is Condition.LINK_BROKEN
    assert conditions(found)["unsloth/Tiny-GGUF"] is Condition.UNFINISHED


@pytest.mark.parametrize(("there", "missing"), [((1, 2, 3), 0), ((1, 3), 1)])
def test_that_shards_are_one_model(tmp_path: Path, there: tuple[int, ...], missing: int) -> None:
    folder = tmp_path / "koboldcpp"
    for number in there:
        write(folder / f"Large-Q8_0-{number:05}-of-00003.gguf", b"GGUF" * number)
    (found,) = found_in(tmp_path)
    assert found.label == "Large-Q8_0-00001-of-00003.gguf"
    assert found.size_bytes == 4 * sum(there)
    assert found.missing == missing
    assert found.condition is (Condition.SHARDS_MISSING if missing else Condition.FOUND)


def test_that_folders_that_lead_to_each_other_are_looked_into_once(tmp_path: Path) -> None:
    folder = tmp_path / "koboldcpp"
    write(folder / "deep" / "Tiny-Q8_0.gguf", model())
    (folder / "deep" / "back").symlink_to(folder)
    (folder / "again").symlink_to(folder / "deep")
    assert len(found_in(tmp_path)) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_that_a_pipe_with_a_models_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "koboldcpp").mkdir()
    os.mkfifo(tmp_path / "koboldcpp" / "Tiny-Q8_0.gguf")
    assert found_in(tmp_path) == []


def test_that_a_place_that_is_no_folder_holds_nothing(tmp_path: Path) -> None:
    file = write(tmp_path / "file", b"")
    odd = [Place(Program.USER, file), Place(Program.OLLAMA, tmp_path / "none")]
    assert list(find_models(odd, CancelToken())) == []


def test_that_looking_can_be_cancelled(tmp_path: Path) -> None:
    put_in_lm_studio(tmp_path)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        list(find_models(places(tmp_path), cancel))


def test_that_the_folder_that_changed_last_comes_first(tmp_path: Path) -> None:
    for name, seconds in (("old", 100), ("new", 300), ("middle", 200)):
        path = write(tmp_path / "koboldcpp" / name / "Tiny-Q8_0.gguf", model(name))
        os.utime(path, (seconds, seconds))
    found = newest_first(found_in(tmp_path))
    assert [Path(each.folder).name for each in found] == ["new", "middle", "old"]
