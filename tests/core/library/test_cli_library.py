"""``memplan check --library``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from core.library.made_home import places, put_in_lm_studio, write
from memplan.cli import check as cli_check
from memplan.cli import library as cli_library
from memplan.library.places import Place, System


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home in the place of the user's."""

    def below(_: System, added: list[str]) -> tuple[Place, ...]:
        return places(tmp_path, *map(Path, added))

    monkeypatch.setattr(cli_library, "library_places", below)
    monkeypatch.setattr(cli_library, "default_kept_path", lambda: tmp_path / "cache.json")
    return tmp_path


def test_that_a_line_is_printed_for_each_file(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_in_lm_studio(home)
    assert cli_check.main(["--library"]) == cli_library.EXIT_LISTED
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == [
        "Model",
        "Quantisation",
        "Size",
        "Verdict",
        "Context",
        "Largest",
        "Found",
        "by",
    ]
    assert len(lines) == 6
    (whole,) = [line for line in lines if "Q8_0 " in line and line.startswith("Tiny")]
    assert whole.split()[1] == "Q8_0"
    assert whole.endswith("LM Studio")
    for name, said in (
        ("._Tiny-Q8_0.gguf", "Hidden file, not read"),
        ("downloading_Tiny-F16", "Download not finished"),
        ("Damaged-Q8_0.gguf", "Cannot be read"),
    ):
        assert [said in line for line in lines if line.startswith(name)] == [True]


def test_that_json_has_an_object_for_each_file(
    home: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (data_folder / "models" / "qwen3-8b.Q4_K_M.gguf").read_bytes()
    write(home / "extra" / "qwen3.gguf", content)
    assert cli_check.main(["--library", "--json", str(home / "extra")]) == cli_library.EXIT_LISTED
    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert (said["program"], said["condition"], said["quantisation"]) == (
        "user",
        "cut_off",
        "Q4_K_M",
    )
    assert said["start"]["runs"] is True
    assert said["start"]["context_tokens"] > 0


def test_that_an_empty_machine_says_where_it_was_looked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli_check.main(["--library"]) == cli_library.EXIT_NOTHING_FOUND
    said = capsys.readouterr().err
    assert str(home / ".lmstudio" / "models") in said
    assert "Ollama" in said


def test_that_a_check_of_nothing_asks_for_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli_check.main([])
    assert "--library" in capsys.readouterr().err
