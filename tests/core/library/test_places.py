"""The folders in which programs keep models."""

from __future__ import annotations

import json
from pathlib import Path, PurePath

import pytest
from core.library.made_home import system, write
from memplan.library.places import Place, Program, System, library_places


def folders(made: System, program: Program) -> list[str]:
    found = library_places(made)
    return [
        place.folder.relative_to(made.home).as_posix()
        for place in found
        if place.program is program and place.folder.is_relative_to(made.home)
    ]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (Program.LM_STUDIO, [".lmstudio/models", ".cache/lm-studio/models"]),
        (Program.OLLAMA, [".ollama/models"]),
        (Program.HUGGING_FACE, [".cache/huggingface/hub"]),
        (Program.LLAMA_CPP, [".cache/llama.cpp"]),
        (
            Program.JAN,
            [
                ".local/share/Jan/data/llamacpp/models",
                ".local/share/Jan/data/models",
                "jan/models",
            ],
        ),
        (Program.KOBOLDCPP, ["koboldcpp", "KoboldCpp"]),
    ],
)
def test_that_each_program_has_its_folders(
    tmp_path: Path, program: Program, expected: list[str]
) -> None:
    assert folders(system(tmp_path), program) == expected


@pytest.mark.parametrize(
    ("variable", "program", "below"),
    [
        ("OLLAMA_MODELS", Program.OLLAMA, ""),
        ("HF_HUB_CACHE", Program.HUGGING_FACE, ""),
        ("HF_HOME", Program.HUGGING_FACE, "hub"),
        ("XDG_CACHE_HOME", Program.HUGGING_FACE, "huggingface/hub"),
        ("LLAMA_CACHE", Program.LLAMA_CPP, ""),
        ("JAN_DATA_FOLDER", Program.JAN, "llamacpp/models"),
    ],
)
def test_that_a_programs_own_variable_names_another_folder(
    tmp_path: Path, variable: str, program: Program, below: str
) -> None:
    chosen = tmp_path / "elsewhere"
    found = library_places(system(tmp_path, **{variable: str(chosen)}))
    assert Place(program, chosen / below) in found


def test_that_lm_studio_and_jan_are_followed_to_where_their_settings_say(tmp_path: Path) -> None:
    moved, downloads, data = tmp_path / "moved", tmp_path / "downloads", tmp_path / "data"
    write(tmp_path / ".lmstudio-home-pointer", f"{moved}\n".encode())
    write(moved / "settings.json", json.dumps({"downloadsFolder": str(downloads)}).encode())
    write(
        tmp_path / ".local/share/Jan/settings.json",
        json.dumps({"data_folder": str(data)}).encode(),
    )
    found = library_places(system(tmp_path))
    assert Place(Program.LM_STUDIO, downloads) in found
    assert Place(Program.LM_STUDIO, moved / "models") in found
    assert Place(Program.JAN, data / "llamacpp" / "models") in found


@pytest.mark.parametrize("content", [b"", b"[]", b'{"downloadsFolder": 7}', b"\xff" * 9])
def test_that_broken_settings_of_a_program_are_passed_over(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / ".lmstudio" / "settings.json", content)
    expected = [".lmstudio/models", ".cache/lm-studio/models"]
    assert folders(system(tmp_path), Program.LM_STUDIO) == expected


@pytest.mark.parametrize(
    ("platform", "cache", "data"),
    [
        ("darwin", "Library/Caches", "Library/Application Support"),
        ("win32", "AppData/Local", "AppData/Roaming"),
        ("linux", ".cache", ".local/share"),
    ],
)
def test_that_each_system_has_folders_for_caches_and_data(
    platform: str, cache: str, data: str
) -> None:
    made = System(Path("/home/someone"), {}, platform)
    assert PurePath(made.cache).relative_to(made.home).as_posix() == cache
    assert PurePath(made.data).relative_to(made.home).as_posix() == data


def test_that_a_folder_of_the_users_comes_first_and_is_named_once(tmp_path: Path) -> None:
    own = tmp_path / ".ollama" / "models"
    found = library_places(system(tmp_path), [own])
    assert found[0] == Place(Program.USER, own)
    assert [place.folder for place in found].count(own) == 1
