"""Curves are painted with few points, and look the same."""

from __future__ import annotations

import numpy as np
from memplan_gui.plot.polyline import without_needless


def test_that_a_smooth_curve_keeps_few_points_and_moves_by_less_than_half_a_pixel() -> None:
    xs = np.linspace(0, 1300, 330)
    ys = 500 - 400 * np.exp2(-8 + 8 * xs / 1300)
    kept = without_needless(np.stack([xs, ys], axis=1))
    assert len(kept) < len(xs) / 3
    assert tuple(kept[0]) == (xs[0], ys[0])
    assert tuple(kept[-1]) == (xs[-1], ys[-1])
    assert np.abs(np.interp(xs, kept[:, 0], kept[:, 1]) - ys).max() < 0.5


def test_that_a_step_keeps_its_corners() -> None:
    points = np.array([(x, 100.0 if x < 50 else 20.0) for x in range(101)], dtype=float)
    kept = without_needless(points)
    assert [50.0, 20.0] in kept.tolist()
    assert [49.0, 100.0] in kept.tolist()


def test_that_a_line_of_two_points_and_one_that_turns_back_stay_as_they_are() -> None:
    for points in ([(0.0, 0.0), (9.0, 3.0)], [(0.0, 0.0), (9.0, 3.0), (0.0, 6.0)]):
        assert without_needless(np.array(points)).tolist() == [list(point) for point in points]
