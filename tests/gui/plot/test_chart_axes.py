"""Mapping, ticks, stacking and the placing of texts: the chart's plain functions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from chart_plans import GIB, made_plan, real_plan, shapes
from hypothesis import given, settings
from hypothesis import strategies as st
from memplan.units import MIB, ByteUnits
from memplan_gui.plot.placement import Flag, raise_flags
from memplan_gui.plot.scale import AxisScale, Frame, rounded_to_pixel
from memplan_gui.plot.series import series_of
from memplan_gui.plot.stops import next_stop, round_contexts
from memplan_gui.plot.ticks import byte_ticks, context_ticks
from memplan_gui.plot.zoom import kept_within, magnified, moved
from PySide6.QtCore import QRectF


def frame(
    scale: AxisScale = AxisScale.LOG, first: float = 512, last: float = 40_960, width: float = 800
) -> Frame:
    return Frame(QRectF(50, 20, width, 400), scale, first, last, 18 * GIB)


@given(st.sampled_from(AxisScale), st.integers(512, 40_960))
def test_that_pixels_map_back_to_contexts(scale: AxisScale, tokens: int) -> None:
    mapped = frame(scale)
    assert mapped.tokens_at(mapped.x_of(tokens)) == pytest.approx(tokens)
    assert mapped.xs_of(np.array([tokens], dtype=np.float64))[0] == pytest.approx(
        mapped.x_of(tokens)
    )


@given(st.integers(0, 40 * GIB))
def test_that_pixels_map_back_to_bytes_above_the_plot_too(count: int) -> None:
    assert frame().bytes_at(frame().y_of(count)) == pytest.approx(count)


def test_that_a_drag_passes_through_round_numbers() -> None:
    mapped = frame()
    rows = {rounded_to_pixel(mapped.bytes_at(y), mapped.bytes_per_pixel()) for y in range(20, 421)}
    assert {gib * GIB for gib in range(19)} <= rows
    assert all(count % (32 * MIB) == 0 for count in rows)


@settings(max_examples=200)
@given(st.integers(0, 10**16), st.integers(1, 30), st.sampled_from(ByteUnits))
def test_that_byte_ticks_are_round_distinct_and_reach_the_top(
    shown: int, most: int, units: ByteUnits
) -> None:
    axis = byte_ticks(shown, most, units)
    assert axis.top_bytes >= shown
    assert 2 <= len(axis.ticks) <= most + 1
    texts = [text for _, text in axis.ticks]
    assert len(set(texts)) == len(texts)
    assert texts[0].rstrip("0").rstrip(".") in ("", "0")
    assert max(len(text) for text in texts) <= 6
    assert axis.ticks[-1][0] == pytest.approx(axis.top_bytes)


@settings(max_examples=200)
@given(
    st.sampled_from(AxisScale),
    st.integers(1, 2**32 - 1),
    st.floats(1.2, 10_000),
    st.integers(200, 2500),
)
def test_that_context_ticks_never_touch(
    scale: AxisScale, last: int, span: float, width: int
) -> None:
    mapped = frame(scale, max(last / span, 0.5), max(last, 1), width)
    ticks = context_ticks(mapped, lambda text: 7.0 * len(text), 8, mapped.rect.right() + 10)
    assert ticks
    for (_, text, start), (_, _, next_start) in pairwise(ticks):
        assert start + 7 * len(text) + 8 <= next_start + 1e-6
    assert ticks[-1][2] + 7 * len(ticks[-1][1]) <= mapped.rect.right() + 10.001


def test_that_a_logarithmic_axis_has_powers_of_two_and_the_ceiling() -> None:
    texts = [text for _, text, _ in context_ticks(frame(), lambda text: 7.0 * len(text), 8, 900)]
    assert texts == ["512", "1K", "2K", "4K", "8K", "16K", "32K", "40K"]


@pytest.mark.parametrize("scale", AxisScale)
@pytest.mark.parametrize("width", range(500, 1500, 50))
def test_that_wide_texts_are_thinned_out_evenly(scale: AxisScale, width: int) -> None:
    mapped = frame(scale, 60_000, 60_000 * (3 if scale is AxisScale.LINEAR else 900), width)
    found = context_ticks(mapped, lambda text: 15.0 * len(text), 8, mapped.rect.right() + 40)
    inner = [tokens for tokens, _, _ in found if tokens % 1024 == 0]
    linear = scale is AxisScale.LINEAR
    steps = {b - a if linear else b / a for a, b in pairwise(inner)}
    assert len(inner) > 2
    assert len(steps) == 1


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.floats(0, 800), st.floats(30, 160)), min_size=1, max_size=5),
    st.integers(1, 3),
)
def test_that_raised_texts_keep_apart(flags: list[tuple[float, float]], rows: int) -> None:
    made = [Flag(x, (width, width / 2)) for x, width in flags]
    raised = raise_flags(made, 0, 800, rows, 8)
    assert raised[0] is not None
    spans = [
        (place.row, place.left, place.left + flag.widths[place.wording], flag.x)
        for flag, place in zip(made, raised, strict=True)
        if place is not None
    ]
    for row, left, right, _ in spans:
        assert 0 <= row < rows
        assert left >= 0
        assert right <= 800
    for index, (row, left, right, _) in enumerate(spans):
        for other_row, other_left, other_right, other_x in spans[index + 1 :]:
            if row == other_row:
                assert right + 8 <= other_left + 1e-6 or other_right + 8 <= left + 1e-6
            elif other_row > row:
                assert not left < other_x < right


def test_that_a_text_stands_over_its_line_where_it_can() -> None:
    (raised,) = raise_flags([Flag(400, (100,))], 0, 800, 3, 8)
    assert raised is not None
    assert (raised.row, raised.left) == (0, 350)


@settings(max_examples=60, deadline=None)
@given(shapes())
def test_that_the_stack_is_what_the_plan_says(shape: dict[str, Any]) -> None:
    plan = made_plan(**shape)
    series = series_of(plan)
    assert len(series.contexts) >= 2
    assert (np.diff(series.contexts) > 0).all()
    for index in (0, len(series.contexts) // 2, -1):
        usage = plan.usage_at(int(np.ceil(series.contexts[index])))
        if series.contexts[index] == usage.context_tokens:
            assert series.total[index] == pytest.approx(usage.budgeted_bytes)
            assert series.band[index] == pytest.approx(usage.band_bytes)
    assert np.array_equal(series.stack[-1], series.total) or np.allclose(
        series.stack[-1], series.total
    )


def test_that_memory_that_is_not_budgeted_is_not_stacked() -> None:
    kinds = [component.kind.value for component in series_of(real_plan()).components]
    assert kinds == ["weights", "kv_cache", "compute"]


def test_that_crossings_are_found_between_samples() -> None:
    series = series_of(made_plan(weights_bytes=1000, bytes_per_token=10, ceiling_tokens=4096))
    assert series.crossing_tokens(1000 + 10 * 3333) == pytest.approx(3333)
    assert series.crossing_tokens(999) == 0
    assert series.crossing_tokens(10**9) is None


def test_that_keys_stop_at_round_contexts_and_both_ends() -> None:
    stops = round_contexts(512, 5000)
    assert stops[:3] == [512, 576, 640]
    assert stops[-3:] == [4096, 4608, 5000]
    assert next_stop(stops, 600, forward=True) == 640
    assert next_stop(stops, 600, forward=False) == 576
    assert next_stop(stops, 5000, forward=True) == 5000
    assert next_stop(stops, 512, forward=False) == 512
    assert next_stop([], 700, forward=True) == 700


@given(
    st.sampled_from(AxisScale),
    st.floats(1.1, 20),
    st.floats(512, 40_960),
)
def test_that_magnifying_keeps_a_context_in_its_place(
    scale: AxisScale, factor: float, tokens: float
) -> None:
    span = (512.0, 40_960.0)
    closer = magnified(span, scale, factor, tokens)
    before = frame(scale, *span).x_of(tokens)
    assert frame(scale, *closer).x_of(tokens) == pytest.approx(before, abs=1e-3)
    assert magnified(closer, scale, 1 / factor, tokens) == pytest.approx(span)


def test_that_a_range_moves_no_further_than_there_is_something() -> None:
    whole = (512.0, 32_768.0)
    assert moved((1024, 2048), whole, AxisScale.LOG, 1) == pytest.approx((2048, 4096))
    assert moved((1024, 2048), whole, AxisScale.LOG, 99) == pytest.approx((16_384, 32_768))
    assert moved((1024, 2048), whole, AxisScale.LOG, -99) == pytest.approx((512, 1024))


@given(st.floats(1, 10**6), st.floats(1, 10**6))
def test_that_a_range_keeps_within_the_axis(first: float, last: float) -> None:
    whole = (512.0, 40_960.0)
    kept = kept_within((first, last), whole)
    if kept is not None:
        assert whole[0] <= kept[0] < kept[1] <= whole[1]
        assert kept[1] - kept[0] >= 31.9


def test_that_a_range_of_all_or_nothing_is_none() -> None:
    assert kept_within((512, 40_960), (512.0, 40_960.0)) is None
    assert kept_within((1, 10**9), (512.0, 40_960.0)) is None
    assert kept_within((50_000, 60_000), (512.0, 40_960.0)) is None
