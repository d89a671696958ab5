"""Tables keyed by an enum have an entry for each member."""

from __future__ import annotations

from enum import StrEnum

import pytest
from memplan.exhaustive import exhaustive


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
