"""The chart under a person's hands: dragging, hovering, keys, themes and what it tells others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from chart_plans import GIB, U32_MAX, made_plan, real_plan
from memplan import Backend, Plan, Request
from memplan.theme import DARK, LIGHT, Theme
from memplan_gui.plot.chart import Chart
from memplan_gui.plot.overlay import Overlay
from memplan_gui.plot.picture import Layout, TextRole
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chart(qtbot: QtBot) -> Iterator[Chart]:
    chart = Chart()
    qtbot.addWidget(chart)
    chart.resize(1000, 560)
    chart.set_plan(real_plan())
    with qtbot.waitExposed(chart):
        chart.show()
    yield chart
    # A button left down would be down in the next test.
    QTest.mouseRelease(chart.windowHandle(), LEFT, pos=QPoint(1, 1))


def shown(chart: Chart) -> Layout:
    layout = chart.layout_shown()
    assert layout is not None
    return layout


def press(chart: Chart, point: QPointF) -> None:
    QTest.mousePress(chart.windowHandle(), LEFT, pos=point.toPoint())


def move(chart: Chart, point: QPointF) -> None:
    QTest.mouseMove(chart.windowHandle(), point.toPoint())


def release(chart: Chart, point: QPointF) -> None:
    QTest.mouseRelease(chart.windowHandle(), LEFT, pos=point.toPoint())


def drag(chart: Chart, start: QPointF, *stops: QPointF) -> None:
    press(chart, start)
    for stop in stops:
        move(chart, stop)
    release(chart, stops[-1])


def on_budget(chart: Chart, tokens: int = 1500) -> QPointF:
    layout = shown(chart)
    assert layout.budget_y is not None
    return QPointF(layout.frame.x_of(tokens), layout.budget_y)


def at_bytes(chart: Chart, count: float, tokens: int = 1500) -> QPointF:
    frame = shown(chart).frame
    return QPointF(frame.x_of(tokens), frame.y_of(count))


def over(chart: Chart, tokens: float) -> QPointF:
    frame = shown(chart).frame
    return QPointF(frame.x_of(tokens), frame.rect.center().y())


def recorded(signal: Callable[..., None]) -> list[object]:
    values: list[object] = []
    signal.connect(lambda *arguments: values.append(arguments[0] if arguments else None))  # type: ignore[attr-defined]
    return values


def test_that_dragging_the_budget_line_emits_bytes(chart: Chart, qtbot: QtBot) -> None:
    dragged = recorded(chart.budget_dragged)
    with qtbot.waitSignal(chart.budget_drag_finished):
        drag(chart, on_budget(chart), at_bytes(chart, 13 * GIB), at_bytes(chart, 12 * GIB))
    assert dragged == [13 * GIB, 12 * GIB]
    assert all(type(value) is int for value in dragged)


def test_that_the_budget_label_is_a_handle(chart: Chart) -> None:
    dragged = recorded(chart.budget_dragged)
    start = shown(chart).budget_pill.center() + QPointF(0, 7)
    drag(chart, start, start + QPointF(0, 40))
    height = 40 * shown(chart).frame.bytes_per_pixel()
    assert dragged == [pytest.approx(16 * GIB - height, abs=64 * 2**20)]


def test_that_a_budget_can_be_dragged_above_the_plot_and_to_nothing(chart: Chart) -> None:
    dragged = recorded(chart.budget_dragged)
    drag(chart, on_budget(chart), QPointF(300, 0), QPointF(300, 559))
    high, low = dragged
    assert isinstance(high, int)
    assert high > shown(chart).frame.top_bytes
    assert low == 0


def test_that_the_axis_stands_still_while_the_budget_is_dragged(chart: Chart) -> None:
    def follow(budget_bytes: int) -> None:
        chart.set_plan(real_plan(request=Request(budget_bytes=budget_bytes)))

    chart.budget_dragged.connect(follow)
    before = shown(chart).frame.top_bytes
    press(chart, on_budget(chart))
    for y in (60, 20, 0):
        move(chart, QPointF(300, y))
        assert shown(chart).frame.top_bytes == before
    release(chart, QPointF(300, 0))
    assert shown(chart).frame.top_bytes > before
    assert shown(chart).budget_y is not None


def test_that_a_budget_far_above_can_be_dragged_down_into_the_plot(chart: Chart) -> None:
    chart.set_plan(real_plan(request=Request(budget_bytes=640 * GIB)))
    dragged = recorded(chart.budget_dragged)
    drag(chart, shown(chart).budget_pill.center(), at_bytes(chart, 9 * GIB))
    assert dragged == [9 * GIB]


def test_that_dragging_the_automatic_marker_asks_for_a_context(chart: Chart, qtbot: QtBot) -> None:
    dragged = recorded(chart.context_dragged)
    with qtbot.waitSignal(chart.context_drag_finished):
        drag(chart, over(chart, 32_256), over(chart, 16_384), over(chart, 8192))
    assert dragged == [16_384, 8192]


def test_that_the_requested_marker_stops_at_both_ends_of_the_axis(chart: Chart) -> None:
    chart.set_plan(real_plan(request=Request(context_tokens=20_000)))
    dragged = recorded(chart.context_dragged)
    drag(chart, over(chart, 20_000), QPointF(0, 300), QPointF(999, 300))
    assert dragged == [512, 40_960]


def test_that_tokens_beyond_qt_integers_arrive_whole(chart: Chart) -> None:
    chart.set_plan(made_plan(ceiling_tokens=U32_MAX, bytes_per_token=3, auto_tokens=4096))
    dragged = recorded(chart.context_dragged)
    drag(chart, over(chart, 4096), QPointF(999, 300))
    assert dragged == [U32_MAX]


def test_that_a_click_moves_nothing(chart: Chart, qtbot: QtBot) -> None:
    with (
        qtbot.assertNotEmitted(chart.budget_dragged),
        qtbot.assertNotEmitted(chart.budget_drag_finished),
    ):
        press(chart, on_budget(chart))
        move(chart, on_budget(chart) + QPointF(1, 1))
        release(chart, on_budget(chart) + QPointF(1, 1))


def test_that_floor_and_ceiling_are_not_for_dragging(chart: Chart, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(chart.context_dragged):
        drag(chart, over(chart, 4096), over(chart, 9000))


@pytest.mark.parametrize(
    ("tokens", "count", "shape"),
    [
        (1500, 16 * GIB, Qt.CursorShape.SizeVerCursor),
        (32_256, 7 * GIB, Qt.CursorShape.SizeHorCursor),
        (9000, 9 * GIB, Qt.CursorShape.ArrowCursor),
    ],
)
def test_that_the_cursor_tells_what_can_be_dragged(
    chart: Chart, tokens: int, count: int, shape: Qt.CursorShape
) -> None:
    move(chart, at_bytes(chart, count, tokens))
    assert chart.cursor().shape() == shape


def test_that_hovering_reads_out_every_component_to_the_byte(chart: Chart) -> None:
    read = recorded(chart.read_out_changed)
    move(chart, over(chart, 10_240))
    usage = chart.read_out()
    assert read == [usage]
    assert usage == real_plan().usage_at(10_240)
    card = chart.read_out_card()
    assert card.isVisible()
    assert "10,240 tokens" in card.text()
    for share in real_plan().usage_at(10_240).shares:
        assert f"{share.bytes:,} bytes" in card.text()


def test_that_hovering_near_a_marker_reads_out_its_very_context(chart: Chart) -> None:
    move(chart, over(chart, 32_256) + QPointF(2, 0))
    assert chart.read_out() == real_plan().at


def test_that_the_read_out_lies_inside_the_chart_and_not_under_the_mouse(chart: Chart) -> None:
    for tokens in (512, 2000, 9000, 30_000, 40_960):
        move(chart, over(chart, tokens))
        card = chart.read_out_card().geometry()
        assert chart.rect().contains(card)
        assert not card.contains(over(chart, tokens).toPoint())


def test_that_the_read_out_goes_when_the_mouse_leaves_the_plot(chart: Chart) -> None:
    move(chart, over(chart, 9000))
    move(chart, QPointF(5, 5))
    assert chart.read_out() is None
    assert not chart.read_out_card().isVisible()


def test_that_a_click_pins_the_read_out_until_escape(chart: Chart) -> None:
    move(chart, over(chart, 9216))
    press(chart, over(chart, 9216))
    release(chart, over(chart, 9216))
    move(chart, over(chart, 2048))
    move(chart, QPointF(5, 5))
    pinned = chart.read_out()
    assert pinned is not None
    assert pinned.context_tokens == 9216
    assert "pinned" in chart.read_out_card().text()
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.read_out() is None


def test_that_a_pinned_read_out_follows_the_plan(chart: Chart) -> None:
    press(chart, over(chart, 9216))
    release(chart, over(chart, 9216))
    metal = real_plan(request=Request(backend=Backend.METAL))
    chart.set_plan(metal)
    assert chart.read_out() == metal.usage_at(9216)


def test_that_a_double_click_chooses_the_context(chart: Chart, qtbot: QtBot) -> None:
    chosen = recorded(chart.context_chosen)
    QTest.mouseDClick(chart.windowHandle(), LEFT, pos=over(chart, 9216).toPoint())
    assert chosen == [9216]


@pytest.mark.parametrize(
    ("keys", "tokens"),
    [
        ([Qt.Key.Key_Right], 32_256),
        ([Qt.Key.Key_Right, Qt.Key.Key_Right], 32_768),
        ([Qt.Key.Key_Right, Qt.Key.Key_Left], 30_720),
        ([Qt.Key.Key_Home], 512),
        ([Qt.Key.Key_Home, Qt.Key.Key_Left], 512),
        ([Qt.Key.Key_Home, Qt.Key.Key_Right], 576),
        ([Qt.Key.Key_End], 40_960),
        ([Qt.Key.Key_Home, Qt.Key.Key_PageDown], 4096),
        ([Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown], 32_256),
        ([Qt.Key.Key_End, Qt.Key.Key_PageUp], 32_256),
    ],
)
def test_that_keys_read_out_exact_bytes(chart: Chart, keys: list[Qt.Key], tokens: int) -> None:
    for key in keys:
        QTest.keyClick(chart, key)
    assert chart.read_out() == real_plan().usage_at(tokens)


def test_that_page_keys_move_nothing_where_no_marker_is_in_sight(chart: Chart) -> None:
    chart.zoom_to(600, 1200)
    for key in (Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        QTest.keyClick(chart, key)
    assert chart.read_out() == real_plan().usage_at(1200)


def test_that_enter_chooses_the_context_of_the_read_out(chart: Chart) -> None:
    chosen = recorded(chart.context_chosen)
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert chosen == []
    QTest.keyClick(chart, Qt.Key.Key_Home)
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert chosen == [512]


def test_that_the_read_out_is_cleared_with_the_plan(chart: Chart) -> None:
    QTest.keyClick(chart, Qt.Key.Key_Home)
    read = recorded(chart.read_out_changed)
    chart.clear()
    assert read == [None]
    assert chart.layout_shown() is None
    QTest.keyClick(chart, Qt.Key.Key_Home)
    move(chart, QPointF(300, 300))
    assert chart.read_out() is None


def test_that_the_description_says_what_the_chart_shows(chart: Chart) -> None:
    assert chart.accessibleName() == "Memory over context length"
    description = chart.accessibleDescription()
    for part in ("4.82 GiB at 512", "15.9 GiB at 40,960", "Budget 16.0 GiB", "Automatic 32,256"):
        assert part in description
    chart.clear()
    assert "No model" in chart.accessibleDescription()


def test_that_the_focus_ring_is_seen_when_the_keyboard_brings_the_focus(chart: Chart) -> None:
    chart.clearFocus()
    plain = chart.grab().toImage()
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    ringed = chart.grab().toImage()
    accent = QColor(LIGHT.accent)
    assert ringed.pixelColor(500, 1) == accent
    assert plain.pixelColor(500, 1) != accent


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_that_areas_lines_and_card_have_the_theme_s_colours(chart: Chart, theme: Theme) -> None:
    chart.set_theme(theme)
    image = chart.grab().toImage()
    kinds = list(theme.components)
    assert colour_at(image, at_bytes(chart, 1.1 * GIB, 6000)) == theme.components[kinds[0]]
    assert colour_at(image, at_bytes(chart, 8.1 * GIB, 28_000)) == theme.components[kinds[1]]
    assert colour_at(image, on_budget(chart, 6000)) == theme.budget
    assert colour_at(image, QPointF(3, 300)) == theme.card


def colour_at(image: QImage, point: QPointF) -> str:
    return image.pixelColor(point.toPoint()).name()


def test_that_an_estimate_is_hatched_and_an_exact_part_is_not(chart: Chart) -> None:
    plan = made_plan(estimated_bytes=4 * GIB, bytes_per_token=50_000)
    chart.set_plan(plan)
    image = chart.grab().toImage()
    weights = colours_along(image, chart, 2 * GIB)
    estimate = colours_along(image, chart, 5.9 * GIB + 50_000 * 1500)
    assert len(weights) == 1
    assert len(estimate) > 1


def colours_along(image: QImage, chart: Chart, count: float) -> set[str]:
    start = at_bytes(chart, count, 2300).toPoint()
    return {image.pixelColor(start.x() + i, start.y()).name() for i in range(20)}


def test_that_overlays_are_drawn_and_named(chart: Chart) -> None:
    before = chart.grab().toImage()
    other = made_plan(weights_bytes=8 * GIB, bytes_per_token=100_000)
    chart.set_overlays([Overlay("llama.cpp", other)])
    texts = [text.text for text in shown(chart).texts if text.role is TextRole.OVERLAY]
    assert texts == ["llama.cpp"]
    assert "llama.cpp needs 11.0 GiB" in chart.accessibleDescription()
    move(chart, over(chart, 10_240))
    assert f"llama.cpp: {8 * GIB + 100_000 * 10_240:,} bytes" in chart.read_out_card().text()
    chart.hide_read_out()
    assert chart.grab().toImage() != before
    chart.set_overlays([])
    assert chart.grab().toImage() == before


def test_that_the_axis_can_be_linear(chart: Chart) -> None:
    chart.set_axis("linear")
    frame = shown(chart).frame
    assert frame.x_of((512 + 40_960) / 2) == pytest.approx(frame.rect.center().x())
    move(chart, over(chart, 20_480))
    usage = chart.read_out()
    assert usage is not None
    assert usage == real_plan().usage_at(usage.context_tokens)
    assert abs(usage.context_tokens - 20_480) <= 64


def test_that_dragging_over_the_plot_zooms_to_the_range_and_0_shows_all_again(
    chart: Chart, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(chart.zoom_changed, check_params_cb=lambda zoomed: zoomed):
        drag(chart, over(chart, 6000), over(chart, 12_000), over(chart, 24_000))
    frame = shown(chart).frame
    assert frame.first_tokens == pytest.approx(6000, rel=0.02)
    assert frame.last_tokens == pytest.approx(24_000, rel=0.02)
    with qtbot.waitSignal(chart.zoom_changed, check_params_cb=lambda zoomed: not zoomed):
        QTest.keyClick(chart, Qt.Key.Key_0)
    assert (shown(chart).frame.first_tokens, shown(chart).frame.last_tokens) == (512, 40_960)


def test_that_plus_and_minus_zoom_around_the_wanted_context(chart: Chart) -> None:
    x = shown(chart).frame.x_of(32_256)
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    assert chart.is_zoomed()
    assert shown(chart).frame.x_of(32_256) == pytest.approx(x, abs=12)
    first = shown(chart).frame.first_tokens
    QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert shown(chart).frame.first_tokens < first
    for _ in range(5):
        QTest.keyClick(chart, Qt.Key.Key_Minus)
    assert not chart.is_zoomed()


def test_that_the_wheel_zooms_with_ctrl_only(chart: Chart) -> None:
    point = over(chart, 8192)
    turn_wheel(chart, point, Qt.KeyboardModifier.NoModifier)
    assert not chart.is_zoomed()
    turn_wheel(chart, point, Qt.KeyboardModifier.ControlModifier)
    assert chart.is_zoomed()
    assert shown(chart).frame.x_of(8192) == pytest.approx(point.x(), abs=1.5)


def turn_wheel(chart: Chart, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        point,
        chart.mapToGlobal(point),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(chart, event)


def test_that_keys_and_markers_stay_in_sight_while_zoomed(chart: Chart) -> None:
    chart.zoom_to(6000, 24_000)
    for key, tokens in ((Qt.Key.Key_Home, 6000), (Qt.Key.Key_End, 24_000)):
        QTest.keyClick(chart, key)
        assert chart.read_out() == real_plan().usage_at(tokens)
    assert shown(chart).markers == ()
    chart.zoom_to(6000, 10_000)
    assert chart.read_out() is None


def test_that_another_model_is_shown_whole(chart: Chart) -> None:
    chart.zoom_to(20_000, 24_000)
    chart.set_plan(real_plan("gemma-2-2b.Q4_K_M"))
    assert not chart.is_zoomed()


@pytest.mark.parametrize(
    "plan",
    [
        made_plan(ceiling_tokens=1, auto_tokens=1, max_tokens=1),
        made_plan(ceiling_tokens=U32_MAX, auto_tokens=U32_MAX, max_tokens=U32_MAX),
        made_plan(weights_bytes=0, bytes_per_token=0, budget_bytes=0),
        made_plan(weights_bytes=2 * 10**12, budget_bytes=0),
        made_plan(weights_bytes=2 * 10**12, budget_bytes=2**64 - 1),
        made_plan(requested_tokens=0),
    ],
)
def test_that_extreme_plans_can_be_drawn_hovered_and_dragged(chart: Chart, plan: Plan) -> None:
    chart.set_plan(plan)
    chart.grab()
    rect = shown(chart).frame.rect
    for x in (rect.left(), rect.center().x(), rect.right()):
        move(chart, QPointF(x, rect.center().y()))
    dragged = recorded(chart.budget_dragged)
    drag(chart, shown(chart).budget_pill.center(), QPointF(200, 0), rect.center())
    assert all(isinstance(value, int) and 0 <= value < 2**64 for value in dragged)
    assert len(dragged) == 2


def test_that_a_plan_shown_again_is_drawn_from_anew(chart: Chart) -> None:
    first = chart.grab().toImage()
    chart.set_plan(real_plan("llama-4-scout.Q4_K_M"))
    assert chart.grab().toImage() != first
    chart.set_plan(real_plan())
    assert chart.grab().toImage() == first
