"""A bar for each memory, which chooses the memory that the chart shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from memplan import Backend, EngineName
from memplan.memory.component import ComponentKind, Part
from memplan.memory.machine import HOST_ID, UNIFIED_ID, Machine, Pool, PoolKind
from memplan.theme import LIGHT, THEMES, Theme
from memplan.units import GIB, MIB, ByteUnits
from memplan_gui.panels.memory_bars import MemoryBar
from memplan_gui.presenter import breakdown_rows
from memplan_gui.window import MainWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

CARD = Pool("gpu0", PoolKind.DEVICE, Backend.VULKAN, 16 * GIB, "RTX 4080")
HOST = Pool(HOST_ID, PoolKind.HOST, None, 64 * GIB)


def ask(window: MainWindow, qtbot: QtBot, machine: Machine) -> None:
    with qtbot.waitSignal(window.session.plan_changed, timeout=5_000):
        window.session.change("Machine", engine=EngineName.LLAMA_CPP, machine=machine)


def bar(window: MainWindow, pool_id: str) -> MemoryBar:
    return next(bar for bar in window.view.memory_bars.bars if bar.pool_id == pool_id)


def shown_pool(window: MainWindow) -> str:
    return next(bar.pool_id for bar in window.view.memory_bars.bars if bar.isChecked())


def components(window: MainWindow) -> set[str]:
    """The memories of the areas that the chart draws."""
    chart = window.view.chart_card.chart
    assert chart is not None
    assert chart._shown is not None
    return {component.pool for component in chart._shown.series.components}


def test_that_each_memory_says_how_full_it_is(planned: MainWindow, qtbot: QtBot) -> None:
    ask(planned, qtbot, Machine((CARD, HOST)))
    assert bar(planned, "gpu0").accessibleName() == "RTX 4080: 10.1 of 16.0 GiB"
    assert bar(planned, HOST_ID).accessibleName() == "Host memory: 408 MiB of 64.0 GiB"
    assert shown_pool(planned) == "gpu0"


def test_that_a_unified_memory_has_one_bar(planned: MainWindow, qtbot: QtBot) -> None:
    ask(planned, qtbot, Machine.of_one(Backend.METAL, 16 * GIB))
    assert [bar.pool_id for bar in planned.view.memory_bars.bars] == [UNIFIED_ID]


def test_that_a_click_makes_it_the_memory_of_the_chart(planned: MainWindow, qtbot: QtBot) -> None:
    ask(planned, qtbot, Machine((CARD, HOST)))
    QTest.mouseClick(bar(planned, HOST_ID), Qt.MouseButton.LeftButton, pos=QPoint(9, 9))
    assert shown_pool(planned) == HOST_ID
    assert components(planned) == {HOST_ID}


def test_that_the_arrow_keys_choose_the_memory_of_the_chart(
    planned: MainWindow, qtbot: QtBot
) -> None:
    ask(planned, qtbot, Machine((CARD, HOST)))
    planned.activateWindow()
    bar(planned, "gpu0").setFocus()
    QTest.keyClick(bar(planned, "gpu0"), Qt.Key.Key_Right)
    assert components(planned) == {HOST_ID}
    QTest.keyClick(bar(planned, HOST_ID), Qt.Key.Key_Left)
    assert components(planned) == {"gpu0"}


def test_that_the_chart_shows_the_memory_that_limits(planned: MainWindow, qtbot: QtBot) -> None:
    ask(planned, qtbot, Machine((CARD, replace(HOST, budget_bytes=30 * MIB))))
    assert shown_pool(planned) == HOST_ID
    assert components(planned) == {HOST_ID}


def test_that_a_chosen_memory_stays_in_another_language(planned: MainWindow, qtbot: QtBot) -> None:
    ask(planned, qtbot, Machine((CARD, HOST)))
    planned.view.memory_bars.pool_chosen.emit(HOST_ID)
    with qtbot.waitSignal(planned.settled, timeout=5_000):
        planned.preferences.choose_language("de")
    assert shown_pool(planned) == HOST_ID
    assert bar(planned, HOST_ID).accessibleName().startswith("Hauptspeicher: ")


def test_that_the_bars_follow_the_context_that_is_read_out(
    planned: MainWindow, qtbot: QtBot
) -> None:
    ask(planned, qtbot, Machine((CARD, HOST)))
    chart = planned.view.chart_card.chart
    assert chart is not None
    chart._show_read_out(4096)
    plan = planned.session.plan
    assert plan is not None
    assert bar(planned, "gpu0").texts()[1].startswith("5.0")
    chart.hide_read_out()
    assert bar(planned, "gpu0").texts()[1].startswith("10.1 of")


@pytest.mark.parametrize("budget_gib", [16, 6])
def test_that_a_bar_is_hatched_where_it_is_over_its_budget(
    planned: MainWindow, qtbot: QtBot, budget_gib: int
) -> None:
    card = replace(CARD, budget_bytes=budget_gib * GIB)
    with qtbot.waitSignal(planned.session.plan_changed, timeout=5_000):
        planned.session.change(
            "Machine", engine=EngineName.ZINC, machine=Machine((card, HOST)), context_tokens=32768
        )
    image = bar(planned, "gpu0").grab().toImage()
    budget = QColor(LIGHT.budget).rgb()
    colours = {
        image.pixelColor(x, y).rgb() for x in range(image.width()) for y in range(image.height())
    }
    assert (budget in colours) == (budget_gib == 6)


def test_that_a_dragged_budget_is_that_of_the_memory_in_the_chart(
    planned: MainWindow, qtbot: QtBot
) -> None:
    ask(planned, qtbot, Machine((CARD, HOST)))
    planned.view.memory_bars.pool_chosen.emit(HOST_ID)
    chart = planned.view.chart_card.chart
    assert chart is not None
    chart.budget_dragged.emit(GIB)
    machine = planned.session.request.machine
    assert machine == Machine((CARD, replace(HOST, budget_bytes=GIB)))
    planned.session.undo_stack.undo()
    assert planned.session.request.machine == Machine((CARD, HOST))


def test_that_the_breakdown_sums_each_memory_that_is_limited(
    planned: MainWindow, qtbot: QtBot
) -> None:
    ask(planned, qtbot, Machine((CARD, HOST)))
    plan = planned.session.plan
    assert plan is not None
    rows = breakdown_rows(plan, plan.at, ByteUnits.BINARY)
    sums = [(row.title, row.size) for row in rows if row.total]
    assert sums == [("Counts against the budget", "10.1 GiB"), ("Host memory", "408 MiB")]
    ask(planned, qtbot, Machine((CARD, replace(HOST, budget_bytes=None))))
    plan = planned.session.plan
    assert plan is not None
    rows = breakdown_rows(plan, plan.at, ByteUnits.BINARY)
    assert [row.title for row in rows if row.total] == ["Counts against the budget"]
    assert {row.share_text for row in rows if row.share is None} >= {"not counted"}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_that_a_part_is_paler_than_the_same_of_the_model(theme: Theme) -> None:
    def distance(colour: str) -> int:
        pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(theme.card[1:]), strict=True)
        return sum(abs(one - two) for one, two in pairs)

    for kind in ComponentKind:
        assert theme.fill(kind) == theme.components[kind]
        assert 0 < distance(theme.fill(kind, Part.PROJECTOR)) < distance(theme.fill(kind))
