"""Curves between contexts that are followed exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from memplan.engines.llama_cpp.graph.curve import trace

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


@pytest.mark.parametrize("formula", [line, bend, two_bends, jump, fall])
def test_that_a_curve_of_straight_pieces_is_right_at_every_step(
    formula: Callable[[int], int],
) -> None:
    curve = trace(lambda step: (formula(step),), FIRST, LAST)
    steps = np.arange(FIRST, LAST + 1)
    assert curve.at(steps, 0).tolist() == [formula(step) for step in steps.tolist()]


@pytest.mark.parametrize(("formula", "most"), [(line, 5), (bend, 14), (two_bends, 45), (jump, 60)])
def test_that_few_contexts_are_followed_for_a_curve(
    formula: Callable[[int], int], most: int
) -> None:
    asked: list[int] = []

    def sample(step: int) -> tuple[int, ...]:
        asked.append(step)
        return (formula(step),)

    trace(sample, FIRST, LAST)
    assert len(asked) == len(set(asked)) <= most


def test_that_all_buffers_of_one_graph_are_told_from_the_same_contexts() -> None:
    curve = trace(lambda step: (bend(step), jump(step), line(step)), FIRST, LAST)
    steps = np.arange(FIRST, LAST + 1)
    for buffer, formula in enumerate((bend, jump, line)):
        assert curve.at(steps, buffer).tolist() == [formula(step) for step in steps.tolist()]


def test_that_a_curve_of_one_step_is_that_step() -> None:
    curve = trace(lambda step: (line(step),), 5, 5)
    assert curve.at(np.array([5]), 0).tolist() == [line(5)]


def test_that_a_curve_without_any_straight_piece_ends_after_some_contexts() -> None:
    asked: list[int] = []

    def sample(step: int) -> tuple[int, ...]:
        asked.append(step)
        return (step * step,)

    trace(sample, 1, 10**9)
    assert len(asked) < 400
