"""Help, completion and manual, which all come from the command line's own parser."""

from __future__ import annotations

import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
from memplan import cli
from memplan.cli.sources import expand_sources
from memplan_gui import main
from memplan_gui.whole_parser import completion, whole_parser

PACKAGING = Path(__file__).parents[1] / "packaging"


@pytest.mark.parametrize("command", [None, *cli.COMMANDS])
def test_that_help_says_what_the_option_of_that_name_says(
    command: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["help"] if command is None else ["help", command]) == 0
    said = capsys.readouterr().out
    with pytest.raises(SystemExit):
        main.main(["--help"] if command is None else [command, "--help"])
    by_option = capsys.readouterr().out
    if command is None:
        assert {*cli.COMMANDS, "completion", "help"} <= set(said.split())
    else:
        assert said == by_option


@pytest.mark.parametrize("words", [["help", "nothing"], ["completion"], ["completion", "cmd"]])
def test_that_what_there_is_no_help_for_is_wrong_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main.main(words)
    assert stop.value.code == 2
    assert words[0] in capsys.readouterr().err


def completed(*words: str) -> set[str]:
    """What bash offers for the last word."""
    script = completion("bash")
    line = " ".join(f"'{word}'" for word in ("memplan", *words))
    asked = (
        f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words)}; COMP_LINE=; COMP_POINT=0\n"
        '_shtab_memplan; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", asked], capture_output=True, check=True)
    return set(done.stdout.decode().split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_that_bash_completes_commands_options_and_values() -> None:
    assert "check" in completed("ch")
    assert "--budget" in completed("check", "--bud")
    assert completed("check", "--engine", "") >= {"zinc", "llama.cpp"}


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_that_other_shells_are_served(shell: str) -> None:
    assert "--cache-type-k" in (completion(shell) or "")


def test_that_the_manual_has_every_command_and_option() -> None:
    page = runpy.run_path(str(PACKAGING / "manual.py"))["manual"]().replace("\\", "")
    parser = whole_parser()
    options = {flag for action in parser._actions for flag in action.option_strings}
    assert {flag for flag in options if flag not in page} <= {"-h", "--help"}
    for command in cli.COMMANDS:
        assert f"memplan {command}" in page
    assert "70" in page.partition("EXIT STATUS")[2]


def test_that_a_search_for_models_tells_of_each_file(tmp_path: Path) -> None:
    for name in ("a.gguf", "b/c.gguf", "m-00001-of-00002.gguf", "m-00002-of-00002.gguf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    told: list[None] = []
    models = list(expand_sources([str(tmp_path)], lambda: told.append(None)))
    assert (len(models), len(told)) == (3, 4)
