"""Translations are complete, true to the texts of the code, and up to date with it."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from types import ModuleType
from xml.etree import ElementTree

import pytest
from memplan.wording.help.articles import SECTION_TITLES, article_of, contents

ROOT = Path(__file__).parents[2]
FUNCTIONS = ("tr", "ntr", "marked")


def _tools() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "translations", ROOT / "packaging/translations.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOLS = _tools()
AREAS = (*TOOLS.AREAS, "plans")
LANGUAGES = TOOLS.LANGUAGES
FORMS = {"de": 2}
"""Forms of the plural in each language."""

PROSE = re.compile(r" (?:the|of|its|that|with|and|as) |\([A-Z]")
ENGLISH_NUMBER = re.compile(r"\d,\d{3}(?!\d)")


@dataclass(frozen=True)
class Text:
    """A text for translators, and its translations: one, or a form for each plural."""

    source: str
    comment: str
    numerus: bool
    finished: bool
    forms: tuple[str, ...]


def texts(file: Path) -> list[Text]:
    return [
        Text(
            source=_inner(message.find("source")),
            comment=_inner(message.find("comment")),
            numerus=message.get("numerus") == "yes",
            finished=translation.get("type") is None,
            forms=tuple(_inner(form) for form in translation.findall("numerusform"))
            or (_inner(translation),),
        )
        for message in ElementTree.parse(file).iter("message")
        if (translation := message.find("translation")) is not None
    ]


def _inner(element: ElementTree.Element | None) -> str:
    return "" if element is None else element.text or ""


def translated() -> Iterator[tuple[str, str, Text]]:
    for language in LANGUAGES:
        for area in AREAS:
            for text in texts(TOOLS.FOLDER / f"{area}_{language}.ts"):
                yield language, area, text


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Text]]:
    """What lupdate finds in the code as it is, by area."""
    folder = tmp_path_factory.mktemp("collected")
    files = TOOLS.update(LANGUAGES[0], folder)
    return {file.stem.rpartition("_")[0]: texts(file) for file in files}


def in_code(area: str) -> set[tuple[str, str]]:
    """Literal texts, with comments, in the calls of the functions that are for texts."""
    found = set()
    for path in TOOLS.sources(area):
        for call in _calls(ast.parse(path.read_text("utf-8"))):
            literals = [a.value for a in call.args if isinstance(a, ast.Constant)]
            words = [literal for literal in literals if isinstance(literal, str)]
            if words:
                found.add((words[0], words[1] if len(words) > 1 else ""))
    return found


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in FUNCTIONS:
            yield node


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("area", AREAS)
def test_that_translators_have_the_texts_of_the_code(
    area: str, language: str, collected: dict[str, list[Text]]
) -> None:
    have = texts(TOOLS.FOLDER / f"{area}_{language}.ts")
    keys = {(text.source, text.comment, text.numerus) for text in have}
    wanted = {(text.source, text.comment, text.numerus) for text in collected[area]}
    assert keys - wanted == set(), "run packaging/translations.py: no longer in the code"
    assert wanted - keys == set(), "run packaging/translations.py: new in the code"


@pytest.mark.parametrize("area", AREAS)
def test_that_the_tool_finds_every_text(area: str, collected: dict[str, list[Text]]) -> None:
    """It does not look into f-strings."""
    assert in_code(area) == {(text.source, text.comment) for text in collected[area]}


@pytest.mark.parametrize("area", AREAS)
def test_that_texts_are_written_out_or_come_from_a_table(area: str) -> None:
    made = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in TOOLS.sources(area)
        for call in _calls(ast.parse(path.read_text("utf-8")))
        if isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert made == []


@pytest.mark.parametrize("area", AREAS)
def test_that_every_text_is_finished(area: str) -> None:
    unfinished = [
        text.source
        for language, other, text in translated()
        if other == area
        and not (
            text.finished
            and all(text.forms)
            and len(text.forms) == (FORMS[language] if text.numerus else 1)
        )
    ]
    assert unfinished == []


def _places(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


TRAITS = {
    "places": _places,
    "blanks at its ends": lambda text: (len(text) - len(text.lstrip()), text[len(text.rstrip()) :]),
    "ending": lambda text: re.findall(r"[.:;,!?…]$", text),
    "lines": lambda text: text.count("\n"),
    "tags": lambda text: sorted(re.findall(r"</?[a-z]\w*", text)),
    "options": lambda text: sorted(set(re.findall(r"--[a-z][a-z-]+", text))),
    "digits": lambda text: sorted(re.findall(r"\d+", text)),
    "mnemonics": lambda text: len(re.findall(r"&(?=\w)(?!\w+;)", text)),
}
"""What a text and its translation have in common."""


@pytest.mark.parametrize("trait", TRAITS)
def test_that_a_translation_keeps(trait: str) -> None:
    of = TRAITS[trait]
    changed = [
        (text.source, form)
        for _, _, text in translated()
        for form in text.forms
        if form and of(form) != of(text.source)
    ]
    assert changed == []


def test_that_numbers_in_german_texts_are_written_as_germans_do() -> None:
    english = [
        form
        for language, _, text in translated()
        for form in text.forms
        if language == "de" and ENGLISH_NUMBER.search(form)
    ]
    assert english == []


def test_that_the_same_text_has_the_same_translation_everywhere() -> None:
    found: dict[tuple[str, str, str], set[tuple[str, ...]]] = {}
    for language, _, text in translated():
        if text.finished:
            found.setdefault((language, text.source, text.comment), set()).add(text.forms)
    assert {key: forms for key, forms in found.items() if len(forms) > 1} == {}


@pytest.mark.parametrize("area", AREAS)
def test_that_nothing_is_translated_before_a_language_is_spoken(area: str) -> None:
    """A module is read once, in whatever language; only ``marked`` may stand outside functions."""
    early = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in TOOLS.sources(area)
        for call in _outside_functions(ast.parse(path.read_text("utf-8")))
        if _name(call) in ("tr", "ntr")
    ]
    assert early == []


@pytest.mark.parametrize("area", AREAS)
def test_that_nothing_translated_is_kept_in_a_cache(area: str) -> None:
    kept = [
        f"{path.relative_to(ROOT)}:{function.lineno}"
        for path in TOOLS.sources(area)
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        and any("cache" in ast.unparse(decorator) for decorator in function.decorator_list)
        and any(_name(call) in ("tr", "ntr") for call in _calls(_without_raising(function)))
    ]
    assert kept == []


class _Kept(ast.NodeTransformer):
    """Takes out what is raised, which no cache keeps."""

    def visit_Raise(self, node: ast.Raise) -> ast.Pass:
        return ast.Pass()


def _without_raising(function: ast.FunctionDef) -> ast.AST:
    return _Kept().visit(function)


def _outside_functions(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for default in (*child.args.defaults, *child.args.kw_defaults):
                if default is not None:
                    yield from _outside_functions(ast.Expression(default))
        else:
            yield from _outside_functions(child)


def test_that_the_help_is_there_for_translators() -> None:
    known = {text.source for _, area, text in translated() if area == "plans"}
    for article in (article_of(topic) for _, topics in contents() for topic in topics):
        assert {article.title, *article.texts, *article.formulas} <= known
        assert {source for source in article.all_sources if PROSE.search(source)} <= known
    assert set(SECTION_TITLES.values()) <= known
