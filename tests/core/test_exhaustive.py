"""Tables keyed by an enum have an entry for each member."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import memplan
import memplan_gui
import pytest
from memplan.exhaustive import exhaustive

PACKAGES = (Path(memplan.__file__).parent, Path(memplan_gui.__file__).parent)


class Metal(StrEnum):
    IRON = "iron"
    COPPER = "copper"


def test_that_a_table_without_a_member_is_refused_and_the_member_named() -> None:
    with pytest.raises(TypeError, match="no entry for <Metal"):
        exhaustive(Metal, {Metal.IRON: 1})


def test_that_a_table_with_a_key_that_is_no_member_is_refused() -> None:
    with pytest.raises(TypeError, match="unknown entry for 'gold'"):
        exhaustive(Metal, {Metal.IRON: 1, Metal.COPPER: 2, "gold": 3})


def test_that_a_whole_table_is_what_it_was_and_cannot_be_changed() -> None:
    table = exhaustive(Metal, {Metal.IRON: 1, Metal.COPPER: 2})
    assert dict(table) == {Metal.IRON: 1, Metal.COPPER: 2}
    with pytest.raises(TypeError):
        table[Metal.IRON] = 3  # type: ignore[index]


def trees() -> list[tuple[str, ast.Module]]:
    return [
        (
            f"{package.name}/{path.relative_to(package).as_posix()}",
            ast.parse(path.read_text("utf-8")),
        )
        for package in PACKAGES
        for path in sorted(package.rglob("*.py"))
    ]


def members_by_enum(modules: list[tuple[str, ast.Module]]) -> dict[str, list[set[str]]]:
    """The members of each enum, by its name; several enums may share one."""
    found: dict[str, list[set[str]]] = {}
    for _, tree in modules:
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(b) for b in node.bases):
                members = {
                    target.id
                    for line in node.body
                    if isinstance(line, ast.Assign)
                    for target in line.targets
                    if isinstance(target, ast.Name)
                }
                found.setdefault(node.name, []).append(members)
    return found


def unguarded_tables(tree: ast.Module) -> Iterator[tuple[int, str, set[str]]]:
    """Tables whose keys are members of one enum, outside of ``exhaustive``."""
    guarded = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "exhaustive"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Dict) or id(node) in guarded:
            continue
        keys = [key for key in node.keys if isinstance(key, ast.Attribute)]
        enums = {ast.unparse(key.value) for key in keys}
        if len(keys) == len(node.keys) > 1 and len(enums) == 1:
            yield node.lineno, enums.pop(), {key.attr for key in keys}


def test_that_every_table_with_all_members_of_an_enum_refuses_to_lack_one() -> None:
    modules = trees()
    members = members_by_enum(modules)
    found = [
        f"{name}:{line}: {enum}"
        for name, tree in modules
        if name not in CHECKED_BELOW
        for line, enum, keys in unguarded_tables(tree)
        if keys in members.get(enum, [])
    ]
    assert found == []


CHECKED_BELOW = {"memplan/engines/zinc/help.py"}
"""Modules with a table too long to be indented, which is checked after it."""


def test_that_a_match_without_a_default_says_that_nothing_is_left() -> None:
    """A new member is then an error of the type checker, not another one's answer."""
    found = []
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Match):
                last = node.cases[-1].pattern
                if not (isinstance(last, ast.MatchAs) and last.pattern is None):
                    found.append(f"{name}:{node.lineno}")
    assert found == []
