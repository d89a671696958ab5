"""What the documents name exists: files, headings, commands, options and versions."""

from __future__ import annotations

import re
import runpy
import shlex
import tomllib
from datetime import date
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

import pytest
from memplan.cli import COMMANDS
from memplan.version import __version__

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE_PATH = re.compile(
    r"`((?:core|gui|resources|tests|packaging|benchmarks|docs|\.ci|\.github)/[^`\s]*)`"
)
CONSOLE = re.compile(r"^( *)```console\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
SCRIPT = re.compile(r"(?:^|\s)((?:packaging|benchmarks|\.ci)/[\w.-]+)")


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def anchors_of(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands_of(text: str) -> list[str]:
    blocks = [block for _indent, block in CONSOLE.findall(text)]
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def memplan_calls(text: str) -> list[list[str]]:
    """The words after ``memplan`` of every call in the text's commands."""
    calls = []
    for line in commands_of(text):
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        for is_operator, words in groupby(lexer, key=lambda word: set(word) <= set("();<>|&")):
            program, *arguments = words
            if not is_operator and Path(program).name == "memplan":
                calls.append(arguments)
    return calls


@pytest.mark.parametrize("name", NAMES)
def test_that_every_local_link_leads_somewhere(name: str) -> None:
    here = (ROOT / name).parent
    for target in LINK.findall(text_of(name)):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        file = here / path if path else ROOT / name
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            assert anchor in anchors_of(file.read_text("utf-8")), target


@pytest.mark.parametrize("name", NAMES)
def test_that_every_path_in_the_text_exists(name: str) -> None:
    text = text_of(name)
    named = CODE_PATH.findall(text) + SCRIPT.findall("\n".join(commands_of(text)))
    for path in named:
        assert any(ROOT.glob(path.rstrip("/"))), path


@pytest.mark.parametrize("name", NAMES)
def test_that_every_call_of_the_program_has_words_that_it_knows(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from memplan_gui.main import main

    for words in memplan_calls(text_of(name)):
        command = [word for word in words[:1] if word in COMMANDS]
        with pytest.raises(SystemExit) as end:
            main([*command, "--help"])
        assert end.value.code == 0
        known = capsys.readouterr().out
        for option in (word for word in words if word.startswith("--")):
            assert re.search(rf"{re.escape(option)}\b", known), (words, option)


@pytest.mark.parametrize("name", NAMES)
def test_that_its_python_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_paths: list[Path]
) -> None:
    (tmp_path / "model.gguf").write_bytes(model_paths[0].read_bytes())
    monkeypatch.chdir(tmp_path)
    for number, block in enumerate(PYTHON.findall(text_of(name))):
        script = tmp_path / f"block_{number}.py"
        script.write_text(block, "utf-8")
        runpy.run_path(str(script))


def test_that_desktops_are_told_the_programs_version_and_a_real_day() -> None:
    path = ROOT / "packaging" / "linux" / "org.memplan.Memplan.metainfo.xml"
    newest = ElementTree.parse(path).find("releases/release")
    assert newest is not None
    assert newest.get("version") == __version__
    assert date.fromisoformat(newest.get("date", ""))
    assert f"\n## {__version__} " in text_of("CHANGELOG.md")


def test_that_continuous_integration_has_every_python_that_is_promised() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    promised = {
        item.rsplit(" ", 1)[1]
        for item in project["classifiers"]
        if re.search(r"Python :: 3\.\d+$", item)
    }
    workflow = text_of(".github/workflows/ci.yml")
    (listed,) = re.findall(r"^ +python: \[(.*)\]$", workflow, re.MULTILINE)
    assert set(re.findall(r"[\d.]+", listed)) == promised
    assert ".ci/run" in workflow
