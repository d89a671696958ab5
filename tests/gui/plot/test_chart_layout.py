"""Everything that the chart writes can be read, at any size and for any plan."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from chart_plans import GIB, U32_MAX, made_plan, real_plan, shapes
from hypothesis import given, settings
from hypothesis import strategies as st
from memplan import Backend, EngineName, Plan, Request
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.memory.machine import HOST_ID, Machine, Pool, PoolKind
from memplan.units import ByteUnits
from memplan_gui.plot.layout import lay_out
from memplan_gui.plot.overlay import Overlay
from memplan_gui.plot.picture import ChartFonts, Layout, Picture, Text, TextRole
from memplan_gui.plot.scale import AxisScale
from memplan_gui.plot.series import Span, series_of
from memplan_gui.plot.zoom import kept_within
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFont, QGuiApplication

pytestmark = pytest.mark.usefixtures("qapp")

SIZES = [(480, 220), (640, 300), (1000, 560), (2560, 1440)]
PIXEL_SIZES = [13, 26]
"""Fonts at 100 and at 200 %."""


def layout_of(
    plan: Plan,
    width: float = 1000,
    height: float = 560,
    scale: AxisScale = AxisScale.LOG,
    pixel_size: int = 13,
    overlays: tuple[Plan, ...] = (),
    units: ByteUnits = ByteUnits.BINARY,
    zoom: Span | None = None,
) -> Layout:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(pixel_size)
    others = tuple((Overlay(f"Plan {i}", p), series_of(p)) for i, p in enumerate(overlays))
    picture = Picture(plan, series_of(plan), others, scale, units, zoom=zoom)
    return lay_out(picture, QSizeF(width, height), ChartFonts.of(font))


def texts_of(layout: Layout, role: TextRole) -> list[Text]:
    return [text for text in layout.texts if text.role is role]


def text_of(layout: Layout, role: TextRole) -> str:
    (text,) = texts_of(layout, role)
    return text.text


def assert_readable(layout: Layout, width: float, height: float) -> None:
    bounds = QRectF(0, 0, width, height)
    for text in layout.texts:
        assert bounds.contains(text.rect), (text, bounds)
    for one, other in combinations(layout.texts, 2):
        assert not one.rect.intersects(other.rect), (one, other)


@settings(max_examples=150, deadline=None)
@given(
    shape=shapes(),
    width=st.integers(480, 2560),
    height=st.integers(220, 1440),
    scale=st.sampled_from(AxisScale),
    units=st.sampled_from(ByteUnits),
    pixel_size=st.sampled_from(PIXEL_SIZES),
)
def test_that_no_text_overlaps_another_or_leaves_the_chart(
    shape: dict[str, Any],
    width: int,
    height: int,
    scale: AxisScale,
    units: ByteUnits,
    pixel_size: int,
) -> None:
    plan = made_plan(**shape)
    layout = layout_of(plan, width, height, scale, pixel_size, units=units)
    assert_readable(layout, width, height)


@settings(max_examples=80, deadline=None)
@given(
    shape=shapes(),
    size=st.sampled_from(SIZES),
    scale=st.sampled_from(AxisScale),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    pixel_size=st.sampled_from(PIXEL_SIZES),
)
def test_that_texts_stay_apart_while_zoomed(
    shape: dict[str, Any],
    size: tuple[int, int],
    scale: AxisScale,
    ends: tuple[float, float],
    pixel_size: int,
) -> None:
    plan = made_plan(**shape)
    first, last = series_of(plan).span
    span = (first + (last - first) * min(ends), first + (last - first) * max(ends))
    zoom = kept_within(span, (first, last))
    assert_readable(layout_of(plan, *size, scale, pixel_size, zoom=zoom), *size)


@settings(max_examples=40, deadline=None)
@given(shape=shapes(), other=shapes(), size=st.sampled_from(SIZES), pixel_size=st.integers(10, 26))
def test_that_texts_stay_apart_at_twice_the_size_and_with_other_plans(
    shape: dict[str, Any], other: dict[str, Any], size: tuple[int, int], pixel_size: int
) -> None:
    plan = made_plan(**shape)
    layout = layout_of(plan, *size, pixel_size=pixel_size, overlays=(made_plan(**other), plan))
    assert_readable(layout, *size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pixel_size", PIXEL_SIZES)
@pytest.mark.parametrize("backend", [Backend.VULKAN, Backend.METAL])
def test_that_real_models_are_readable(
    size: tuple[int, int], pixel_size: int, backend: Backend, model_paths: list[Path]
) -> None:
    for path in model_paths[::4]:
        plan = real_plan(path.name.removesuffix(".gguf"), Request(backend=backend))
        assert_readable(layout_of(plan, *size, pixel_size=pixel_size), *size)


@settings(max_examples=100, deadline=None)
@given(shape=shapes())
def test_that_texts_in_the_plot_lie_on_no_line(shape: dict[str, Any]) -> None:
    plan = made_plan(**shape)
    layout = layout_of(plan)
    in_plot = (TextRole.AREA, TextRole.SHARE, TextRole.RANGE, TextRole.EXIT)
    for text in layout.texts:
        if text.role in in_plot:
            assert not any(text.rect.left() < m.x < text.rect.right() for m in layout.markers)
            for y in (layout.budget_y, layout.share_y):
                assert y is None or not text.rect.top() < y < text.rect.bottom()


@settings(max_examples=100, deadline=None)
@given(shape=shapes())
def test_that_no_marker_runs_through_the_text_of_another(shape: dict[str, Any]) -> None:
    plan = made_plan(**shape)
    layout = layout_of(plan)
    for line in layout.markers:
        for text in texts_of(layout, TextRole.MARKER):
            if line.label != text.rect and text.rect.bottom() > line.top:
                assert not text.rect.left() < line.x < text.rect.right()


def test_that_the_label_of_an_area_lies_inside_the_area() -> None:
    plan = real_plan()
    layout, series = layout_of(plan), series_of(plan)
    for text in texts_of(layout, TextRole.AREA):
        index = [component.kind for component in series.components].index(text.kind)
        for x in (text.rect.left(), text.rect.right()):
            usage = plan.usage_at(round(layout.frame.tokens_at(x)))
            counted = [share.bytes for share in usage.shares if share.budgeted]
            assert layout.frame.y_of(sum(counted[:index])) >= text.rect.bottom() - 1
            assert layout.frame.y_of(sum(counted[: index + 1])) <= text.rect.top() + 1


def test_that_the_label_of_an_estimate_covers_the_hatching_and_says_about() -> None:
    layout = layout_of(made_plan(estimated_bytes=4 * GIB))
    labels = {text.text: text.on_area for text in texts_of(layout, TextRole.AREA)}
    assert labels["Compute buffers ≈ 4.00 GiB"]
    assert not labels["Weights 5.00 GiB"]


def test_that_every_marker_is_written_where_there_is_room() -> None:
    plan = real_plan(request=Request(context_tokens=20_000))
    written = {text.text for text in texts_of(layout_of(plan), TextRole.MARKER)}
    assert written == {"Floor 4,096", "Requested 20,000", "Automatic 32,256", "Ceiling 40,960"}


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (
            made_plan(auto_tokens=40_960, max_tokens=40_960),
            {"Automatic = ceiling 40,960", "Floor 4,096"},
        ),
        (
            made_plan(auto_tokens=4096, max_tokens=4096, ceiling_tokens=4096),
            {"Automatic = ceiling 4,096"},
        ),
        (
            made_plan(auto_tokens=2048, max_tokens=99, ceiling_tokens=2048, requested_tokens=99),
            {"← Requested = largest that fits 99", "Automatic = ceiling 2,048"},
        ),
        (made_plan(requested_tokens=90_000), {"Requested 90,000 →"}),
        (made_plan(requested_tokens=100), {"← Requested 100"}),
    ],
)
def test_that_markers_at_the_same_context_share_a_text(plan: Plan, expected: set[str]) -> None:
    assert expected <= {text.text for text in texts_of(layout_of(plan), TextRole.MARKER)}


def test_that_a_context_that_does_not_fit_at_all_has_no_marker_for_the_largest() -> None:
    layout = layout_of(real_plan("llama-3.3-70b.Q4_K_M"))
    assert not any("fits" in text.text for text in texts_of(layout, TextRole.MARKER))


def test_that_budget_and_curve_are_both_in_sight() -> None:
    for budget_bytes in (0, GIB, 16 * GIB, 40 * GIB):
        layout = layout_of(real_plan(request=Request(budget_bytes=budget_bytes)))
        assert layout.frame.top_bytes >= budget_bytes
        assert layout.frame.top_bytes >= 15.9 * GIB
        assert layout.budget_y == pytest.approx(layout.frame.y_of(budget_bytes))
        assert layout.frame.rect.contains(layout.budget_pill)


def test_that_a_budget_far_above_the_curve_is_an_arrow_at_the_top() -> None:
    layout = layout_of(real_plan(request=Request(budget_bytes=64 * GIB)))
    assert layout.budget_y is None
    assert layout.frame.top_bytes < 20 * GIB
    assert text_of(layout, TextRole.BUDGET) == "Budget 64.0 GiB ↑"
    assert layout.budget_pill.top() < layout.frame.rect.top() + 10


def test_that_a_curve_far_above_all_interest_leaves_the_plot_and_says_where_to() -> None:
    plan = real_plan("llama-4-scout.Q4_K_M")
    layout = layout_of(plan)
    assert plan.at.budgeted_bytes < layout.frame.top_bytes
    assert layout.frame.y_of(plan.at.budgeted_bytes) < layout.frame.rect.bottom() - 100
    assert text_of(layout, TextRole.EXIT) == "3.81 TiB at 10,485,760 ↑"


def test_that_the_part_for_automatic_sizing_is_named_in_percent() -> None:
    assert text_of(layout_of(real_plan()), TextRole.SHARE) == "85 % used for automatic sizing"


def test_that_ranges_end_where_the_curve_crosses_budget_and_share() -> None:
    plan = real_plan(request=Request(budget_bytes=12 * GIB))
    layout = layout_of(plan)
    assert layout.budget_x == pytest.approx(layout.frame.x_of(plan.markers.max_tokens), abs=1)
    assert layout.share_x < layout.budget_x
    tokens = layout.frame.tokens_at(layout.share_x)
    assert plan.usage_at(round(tokens)).budgeted_bytes == pytest.approx(
        plan.auto_share_bytes, rel=1e-3
    )


def test_that_the_dot_is_where_the_wanted_context_meets_the_total() -> None:
    plan = real_plan(request=Request(context_tokens=20_000))
    layout = layout_of(plan)
    assert layout.wanted is not None
    assert layout.wanted.x() == pytest.approx(layout.frame.x_of(20_000))
    assert layout.wanted.y() == pytest.approx(layout.frame.y_of(plan.at.budgeted_bytes))


def test_that_bytes_are_written_in_the_chosen_units() -> None:
    layout = layout_of(real_plan(), units=ByteUnits.DECIMAL)
    assert text_of(layout, TextRole.UNIT) == "GB"
    assert text_of(layout, TextRole.BUDGET) == "Budget 17.2 GB"


def test_that_the_point_where_two_plans_need_the_same_is_marked() -> None:
    plan = made_plan(weights_bytes=5 * GIB, bytes_per_token=300_000)
    other = made_plan(weights_bytes=6 * GIB, bytes_per_token=200_000)
    layout = layout_of(plan, overlays=(other,))
    tokens = GIB / 100_000
    (point,) = layout.meetings
    assert point.x() == pytest.approx(layout.frame.x_of(tokens), abs=0.1)
    assert point.y() == pytest.approx(layout.frame.y_of(5 * GIB + tokens * 300_000), abs=0.1)
    assert text_of(layout, TextRole.MEETING) == "crosses at 10,738"


def test_that_no_line_of_another_plan_runs_through_an_areas_name() -> None:
    plan = made_plan(weights_bytes=5 * GIB, bytes_per_token=300_000)
    for bytes_per_token in range(60_000, 300_000, 20_000):
        other = made_plan(weights_bytes=5 * GIB, bytes_per_token=bytes_per_token)
        series, layout = series_of(other), layout_of(plan, overlays=(other,))
        for text in texts_of(layout, TextRole.AREA):
            ends = [layout.frame.tokens_at(x) for x in (text.rect.left(), text.rect.right())]
            ys = [layout.frame.y_of(series.total_at(tokens)) for tokens in ends]
            crossed = max(ys) > text.rect.top() and min(ys) < text.rect.bottom()
            assert text.on_area == crossed  # on a chip of its own where there is no other place


def test_that_wide_texts_of_the_byte_axis_have_room() -> None:
    plan = made_plan(
        weights_bytes=0, bytes_per_token=4_000_000, budget_bytes=0, ceiling_tokens=U32_MAX
    )
    for pixel_size in range(10, 27):
        layout = layout_of(plan, 640, 300, pixel_size=pixel_size)
        assert all(text.rect.left() >= 0 for text in texts_of(layout, TextRole.TICK_Y))


def test_that_plans_that_never_need_the_same_meet_nowhere() -> None:
    other = made_plan(weights_bytes=6 * GIB)
    assert layout_of(made_plan(), overlays=(other,)).meetings == ()
    assert layout_of(made_plan(), overlays=(made_plan(),)).meetings == ()


def test_that_other_plans_do_not_press_the_plan_flat() -> None:
    layout = layout_of(made_plan(), overlays=(made_plan(weights_bytes=400 * GIB),))
    assert layout.frame.top_bytes < 40 * GIB


@pytest.mark.parametrize("height", [240, 260, 300, 400])
@pytest.mark.parametrize("width", [500, 620, 800])
def test_that_what_automatic_sizing_uses_stands_on_a_chip_where_a_line_runs_through(
    width: float, height: float
) -> None:
    plan = real_plan("gpt-oss-20b.MXFP4_MOE", Request(engine=EngineName.LLAMA_CPP))
    other = real_plan("gpt-oss-20b.MXFP4_MOE")
    layout = layout_of(plan, width, height, overlays=(other,))
    series = series_of(other)
    for text in texts_of(layout, TextRole.SHARE):
        ends = [layout.frame.tokens_at(x) for x in (text.rect.left(), text.rect.right())]
        ys = [layout.frame.y_of(series.total_at(tokens)) for tokens in ends]
        crossed = max(ys) > text.rect.top() and min(ys) < text.rect.bottom()
        assert text.on_area or not crossed


def test_that_the_limit_of_one_buffer_is_a_line_with_the_curve_of_the_largest() -> None:
    options = LlamaCppOptions(max_allocation_bytes=4 * GIB)
    plan = real_plan("gemma-3-12b.Q4_K_M", Request(engine=EngineName.LLAMA_CPP, llama_cpp=options))
    layout = layout_of(plan)
    assert layout.buffer_limit_y == pytest.approx(layout.frame.y_of(4 * GIB))
    written = [text.text for text in texts_of(layout, TextRole.BUFFER)]
    assert written == ["Buffer limit 4.00 GiB", "Largest buffer"]
    assert plan.allocation is not None
    largest = series_of(plan).largest_buffer
    assert largest is not None
    assert largest[-1] == plan.allocation.bytes_at(plan.markers.ceiling_tokens)


def test_that_llama_cpp_names_the_memory_that_it_sizes_for() -> None:
    layout = layout_of(real_plan(request=Request(engine=EngineName.LLAMA_CPP)))
    assert text_of(layout, TextRole.SHARE) == "15.0 GiB used for automatic sizing"


def _serving(checkpoints: int) -> Plan:
    """Windows on a machine whose host has 64 GiB."""
    card = Pool("gpu0", PoolKind.DEVICE, Backend.VULKAN, 24 * GIB)
    host = Pool(HOST_ID, PoolKind.HOST, None, 64 * GIB)
    options = (LlamaCppOptions(ctx_checkpoints=checkpoints, cache_ram_mib=256),)
    machine = Machine.of_devices([card], host)
    request = Request(engine=EngineName.LLAMA_CPP, machine=machine, options=options)
    return real_plan("gemma-3-270m.Q4_K_M", request)


def test_that_what_comes_while_it_serves_is_a_line_in_the_hosts_chart_only() -> None:
    plan = _serving(checkpoints=4)
    series = series_of(plan, HOST_ID)
    assert series_of(plan).serving is None
    assert series.serving is not None
    grown = series.serving[-1] - series.total[-1]
    assert grown == sum(g.most(plan.markers.ceiling_tokens) for g in plan.growth) > 0
    size = QSizeF(700, 340)
    layout = lay_out(Picture(plan, series), size, ChartFonts.of(QFont()))
    (text,) = texts_of(layout, TextRole.SERVING)
    assert text.text.startswith("up to ")
    assert text.text.endswith(" while it serves")
    assert layout.frame.top_bytes > series.serving[-1]


def test_that_what_comes_later_does_not_press_the_start_flat() -> None:
    plan = _serving(checkpoints=4000)
    series = series_of(plan, HOST_ID)
    layout = lay_out(Picture(plan, series), QSizeF(700, 340), ChartFonts.of(QFont()))
    assert series.total[-1] > layout.frame.top_bytes / 2
    (text,) = texts_of(layout, TextRole.SERVING)
    assert text.text.endswith("↑")
