"""Curves between contexts that are followed exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from memplan.engines.llama_cpp.graph.curve import Look, Piece, trace

FIRST, LAST = 3, 4000


def line(step: int) -> int:
    return 1000 + 256 * step


def bend(step: int) -> int:
    return max(1_000_000, 4096 * step)


def two_bends(step: int) -> int:
    return max(1_000_000, 4096 * step, 12_288 * step - 20_000_000)


def jump(step: int) -> int:
    return 512 * step + (7_000_000 if step >= 1234 else 0)


def fall(step: int) -> int:
    return 100_000 if step >= 777 else 512 * step


Formula = Callable[[int], int]


def points(*formulas: Formula) -> Look:
    """Each look tells of one step."""
    return lambda step: Piece(step, step, tuple(formula(step) for formula in formulas), None)


def pieces(*formulas: Formula) -> Look:
    """Each look tells how far it goes on straight, to ten thousand steps."""

    def look(step: int) -> Piece:
        values = tuple(formula(step) for formula in formulas)
        slopes = tuple(formula(step + 1) - formula(step) for formula in formulas)
        here = Piece(step, step, values, slopes)

        def holds(other: int) -> bool:
            return here.at(other) == tuple(formula(other) for formula in formulas)

        first, last = step, step
        while first > 0 and holds(first - 1):
            first -= 1
        while last < step + 10_000 and holds(last + 1):
            last += 1
        return Piece(first, last, here.at(first), slopes)

    return look


@pytest.mark.parametrize(
    ("known", "formula"),
    [
        *((points, formula) for formula in (line, bend, jump, fall)),
        *((pieces, formula) for formula in (line, bend, two_bends, jump, fall)),
    ],
)
def test_that_a_curve_of_straight_pieces_is_right_at_every_step(
    formula: Formula, known: Callable[..., Look]
) -> None:
    curve = trace(known(formula), FIRST, LAST)
    steps = np.arange(FIRST, LAST + 1)
    assert curve.at(steps, 0).tolist() == [formula(step) for step in steps.tolist()]


@pytest.mark.parametrize(
    ("known", "formula", "most"),
    [
        (points, line, 4), (points, bend, 44), (points, jump, 40),
        (pieces, line, 1), (pieces, bend, 2), (pieces, two_bends, 3), (pieces, jump, 3),
    ],
)  # fmt: skip
def test_that_few_contexts_are_followed_for_a_curve(
    known: Callable[..., Look], formula: Formula, most: int
) -> None:
    asked: list[int] = []
    look = known(formula)

    def counted(step: int) -> Piece:
        asked.append(step)
        return look(step)

    trace(counted, FIRST, LAST)
    assert len(asked) == len(set(asked)) <= most


def test_that_all_buffers_of_one_graph_are_told_from_the_same_contexts() -> None:
    curve = trace(pieces(bend, jump, line), FIRST, LAST)
    steps = np.arange(FIRST, LAST + 1)
    for buffer, formula in enumerate((bend, jump, line)):
        assert curve.at(steps, buffer).tolist() == [formula(step) for step in steps.tolist()]


def test_that_a_curve_of_one_step_is_that_step() -> None:
    curve = trace(points(line), 5, 5)
    assert curve.at(np.array([5]), 0).tolist() == [line(5)]


def test_that_a_curve_without_any_straight_piece_ends_after_some_contexts() -> None:
    asked: list[int] = []

    def look(step: int) -> Piece:
        asked.append(step)
        return Piece(step, step, (step * step,), None)

    curve = trace(look, 1, 10**9)
    assert len(asked) < 60
    # The widest gaps are looked at first, so that it is right everywhere within some percent.
    for step in (10**8, 5 * 10**8 + 17, 9 * 10**8):
        found = curve.at(np.array([step]), 0)[0]
        assert found == pytest.approx(step * step, rel=0.01)
