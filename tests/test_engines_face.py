"""Nothing but an engine's own package names it or reaches inside: the rest knows the face."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import memplan
import memplan_gui

CORE = Path(memplan.__file__).parent
GUI = Path(memplan_gui.__file__).parent
NAMES = re.compile(r"zinc|llama[ ._-]?cpp|llama-(?:server|cli)", re.IGNORECASE)

MAY_NAME = {
    "core/__init__.py": "the public names, which are ZINC's own",
    "core/engines/registry.py": "the list of engines",
    "core/engines/names.py": "the engines as Python code may spell them",
    "core/library/places.py": "programs that keep models on this machine, an engine among them",
    "core/wording/library.py": "the titles of these programs",
}
"""Modules that may name an engine, each with the reason."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module outside the engines' packages."""
    for title, package in (("core", CORE), ("gui", GUI)):
        for path in sorted(package.rglob("*.py")):
            name = f"{title}/{path.relative_to(package).as_posix()}"
            if not re.match(r"core/engines/\w+/", name):
                yield name, ast.parse(path.read_text("utf-8"))


def words_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Names and texts in the code; not what comments and docstrings say of sources."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in documentation:
                yield node.lineno, text
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield node.lineno, name
            case ast.ImportFrom(module=str(name)):
                yield node.lineno, name
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name


def test_that_nothing_outside_an_engines_package_names_it() -> None:
    found = [
        f"{name}:{line}: {word!r}"
        for name, tree in modules()
        if name not in MAY_NAME
        for line, word in words_of(tree)
        if NAMES.search(word)
    ]
    assert found == []


def test_that_every_module_that_may_name_an_engine_does() -> None:
    naming = {name for name, tree in modules() if any(NAMES.search(w) for _, w in words_of(tree))}
    assert set(MAY_NAME) <= naming
