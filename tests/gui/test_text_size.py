"""Text sizes: what grows with the texts, and that everything can be read and reached at each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from memplan.request import Backend, EngineName
from memplan_gui.about import AboutWindow
from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.help_window import HelpWindow
from memplan_gui.settings import SettingsFile
from memplan_gui.text_size import (
    BASE_FONT_PIXELS,
    TEXT_SIZES,
    base_font,
    scaled,
    scaled_beside,
    suggested_percent,
)
from memplan_gui.widgets.labels import ElidedLabel
from memplan_gui.window import MainWindow
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

_KNOB = ("width", "border", "border-radius")
WINDOWS = [QSize(880, 560), QSize(1000, 640), QSize(1280, 800), QSize(1920, 1080)]


@pytest.fixture
def resized(themes: ThemeSwitch) -> Iterator[ThemeSwitch]:
    """Text sizes are the application's: the next test starts at 100 % again."""
    yield themes
    themes.set_text_size(100)


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_that_pixels_grow_with_the_texts(resized: ThemeSwitch, percent: int) -> None:
    resized.set_text_size(percent)
    assert QApplication.font().pixelSize() == round(BASE_FONT_PIXELS * percent / 100)
    assert scaled(100) == pytest.approx(percent, abs=5)


def test_that_nothing_is_scaled_at_the_first_size(resized: ThemeSwitch) -> None:
    resized.set_text_size(100)
    assert [scaled(pixels) for pixels in range(400)] == list(range(400))


def test_that_a_font_in_points_is_taken_for_ordinary() -> None:
    font = QFont()
    font.setPointSize(24)
    assert scaled_beside(font, 332) == 332
    assert scaled_beside(base_font(200), 332) == 664


def test_that_the_style_sheet_grows_with_the_texts(resized: ThemeSwitch) -> None:
    resized.set_choice(ThemeChoice.LIGHT)
    sheets = []
    for percent in (100, 200):
        resized.set_text_size(percent)
        sheets.append(QApplication.instance().styleSheet())
    assert "font-size: 17px" in sheets[0]
    assert "font-size: 34px" in sheets[1]


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_that_the_knobs_of_sliders_are_round(resized: ThemeSwitch, percent: int) -> None:
    resized.set_choice(ThemeChoice.LIGHT)
    resized.set_text_size(percent)
    sheet = QApplication.instance().styleSheet()
    (knob,) = re.findall(r"QSlider::handle:horizontal {([^}]*)}", sheet)
    pixels = {key: int(re.search(rf"{key}: (\d+)px", knob)[1]) for key in _KNOB}
    side = pixels["width"] + 2 * pixels["border"]
    assert side // 2 == pixels["border-radius"]


@pytest.mark.parametrize(
    ("pixels", "percent"), [(9, 100), (15, 100), (17, 125), (26, 200), (60, 200)]
)
def test_that_a_larger_font_of_the_system_is_followed(
    monkeypatch: pytest.MonkeyPatch, qapp: QApplication, pixels: int, percent: int
) -> None:
    font = QFont()
    font.setPixelSize(pixels)
    monkeypatch.setattr(QFontDatabase, "systemFont", lambda _kind: font)
    assert suggested_percent() == percent


# In the window


def choose_size(window: MainWindow, qtbot: QtBot, percent: int) -> None:
    """Choose from the menu, and wait for the panels."""
    old = window.view.chart_card
    view = next(a.menu() for a in window.menuBar().actions() if a.text() == "&View")
    sizes = next(a.menu() for a in view.actions() if a.menu() and a.text() == "Te&xt size")
    next(action for action in sizes.actions() if action.data() == percent).trigger()
    if percent != 100:
        qtbot.waitUntil(lambda: window.view.chart_card is not old)


def visible_box(widget: QWidget, inside: QWidget) -> QRect:
    return QRect(widget.mapTo(inside, QPoint(0, 0)), widget.size())


def room_for_text(widget: QWidget) -> tuple[QSize, QSize]:
    """The size that a widget's text needs, and what it has."""
    if isinstance(widget, QAbstractSpinBox):
        line = widget.lineEdit()
        width = line.fontMetrics().horizontalAdvance(line.text())
        return QSize(width, widget.minimumSizeHint().height()), QSize(line.width(), widget.height())
    if isinstance(widget, QLabel) and widget.wordWrap():
        return QSize(0, widget.heightForWidth(widget.width())), widget.size()
    if isinstance(widget, QComboBox):  # shortens its text in the middle
        return QSize(0, widget.minimumSizeHint().height()), widget.size()
    return widget.minimumSizeHint(), widget.size()


def clipped(window: MainWindow) -> list[str]:
    """Texts that have less room than they need, and what sticks out of the column it scrolls in."""
    found = []
    for kind in (QLabel, QPushButton, QCheckBox, QAbstractSpinBox, QComboBox):
        for widget in window.findChildren(kind):
            if not widget.isVisible() or isinstance(widget, ElidedLabel):
                continue
            needed, had = room_for_text(widget)
            if needed.expandedTo(had) != had:
                found.append(f"{widget}: {had} of {needed}")
            area = widget.parentWidget()
            while area is not None and not isinstance(area, QScrollArea):
                area = area.parentWidget()
            if area is not None:
                box = visible_box(widget, area.widget())
                if box.left() < 0 or box.right() > area.viewport().width():
                    found.append(f"{widget}: sticks out")
    return found


def assert_nothing_clipped(window: MainWindow, qtbot: QtBot) -> None:
    """Once what is worked out late is there, and laid out."""

    def nothing() -> None:
        assert clipped(window) == [], window.size()

    qtbot.waitUntil(nothing, timeout=3000)


@pytest.mark.parametrize("engine", list(EngineName))
@pytest.mark.parametrize("percent", [100, 150, 200])
def test_that_no_text_is_clipped(
    planned: MainWindow, resized: ThemeSwitch, qtbot: QtBot, engine: EngineName, percent: int
) -> None:
    choose_size(planned, qtbot, percent)
    planned.session.change("Engine", engine=engine, backend=Backend.METAL)
    planned.session.plan_now()
    if planned.view.late.options["llama.cpp"].made is not None:
        planned.view.late.options["llama.cpp"].made.more.click()
    for size in WINDOWS:
        planned.resize(size)
        for tab in range(planned.view.tabs.tabs.count()):
            planned.view.tabs.tabs.setCurrentIndex(tab)
            assert_nothing_clipped(planned, qtbot)


@pytest.mark.parametrize("size", WINDOWS)
def test_that_the_empty_window_is_not_clipped(
    window: MainWindow, resized: ThemeSwitch, qtbot: QtBot, size: QSize
) -> None:
    choose_size(window, qtbot, 200)
    window.resize(size)
    assert_nothing_clipped(window, qtbot)


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_that_about_is_no_wider_than_the_screen(
    window: MainWindow, resized: ThemeSwitch, qtbot: QtBot
) -> None:
    choose_size(window, qtbot, 200)
    shown = AboutWindow(window)
    shown.show()
    assert shown.width() <= window.screen().availableSize().width()
    for each in shown.findChildren(QLabel):
        assert each.height() >= each.heightForWidth(each.width())


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_that_a_page_of_the_help_is_wider_than_its_contents(
    window: MainWindow, resized: ThemeSwitch, qtbot: QtBot
) -> None:
    choose_size(window, qtbot, 200)
    shown = HelpWindow(window.session, tuple, window)
    qtbot.addWidget(shown)
    shown.show()
    assert shown.page.width() > shown.contents.width()


def test_that_a_wide_window_has_two_columns_and_a_narrow_one_for_its_texts_one(
    planned: MainWindow, resized: ThemeSwitch, qtbot: QtBot
) -> None:
    def controls_are_beside_the_chart() -> bool:
        chart = visible_box(planned.view.chart_card, planned)
        return visible_box(planned.view.runs_on, planned).right() < chart.left()

    planned.resize(QSize(1000, 640))
    assert controls_are_beside_the_chart()
    choose_size(planned, qtbot, 200)
    qtbot.wait(1)
    assert not controls_are_beside_the_chart()
    planned.resize(QSize(1920, 1080))
    qtbot.wait(1)
    assert controls_are_beside_the_chart()


def test_that_the_verdict_of_an_opened_model_is_in_sight(
    window: MainWindow, resized: ThemeSwitch, qtbot: QtBot
) -> None:
    choose_size(window, qtbot, 200)
    window.resize(QSize(1000, 640))
    window.open_sample("qwen3-8b")
    verdict = window.findChild(QWidget, "verdict")
    qtbot.waitUntil(lambda: verdict.visibleRegion().boundingRect() == verdict.rect())


def test_that_the_keyboard_brings_what_it_reaches_into_sight(
    planned: MainWindow, resized: ThemeSwitch, qtbot: QtBot
) -> None:
    choose_size(planned, qtbot, 200)
    planned.resize(QSize(1000, 640))
    planned.activateWindow()
    qtbot.wait(1)
    for tab, key in enumerate((Qt.Key.Key_1, Qt.Key.Key_7)):
        qtbot.keyClick(planned, key, Qt.KeyboardModifier.ControlModifier)
        reached = QApplication.focusWidget()
        assert reached is not None, tab
        assert not reached.visibleRegion().isEmpty()
    qtbot.keyClick(planned, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert not planned.view.runs_on.engine.button(EngineName.ZINC).visibleRegion().isEmpty()


def test_that_keys_change_the_size_and_it_is_remembered(
    planned: MainWindow, resized: ThemeSwitch, settings_path: object, qtbot: QtBot
) -> None:
    planned.activateWindow()
    request = planned.session.request
    control = Qt.KeyboardModifier.ControlModifier
    for key, percent in (
        (Qt.Key.Key_Plus, 125),
        (Qt.Key.Key_Equal, 150),
        (Qt.Key.Key_Minus, 125),
        (Qt.Key.Key_0, 100),
        (Qt.Key.Key_Minus, 100),
        (Qt.Key.Key_Plus, 125),
    ):
        qtbot.keyClick(planned, key, control)
        wanted = round(BASE_FONT_PIXELS * percent / 100)
        qtbot.waitUntil(lambda wanted=wanted: planned.view.runs_on.font().pixelSize() == wanted)
    assert planned.session.request == request
    planned.close()
    assert SettingsFile(settings_path).load().text_size == 125


def test_that_ctrl_plus_is_the_texts_size_while_the_chart_has_the_focus(
    planned: MainWindow, resized: ThemeSwitch, qtbot: QtBot
) -> None:
    planned.activateWindow()
    chart = planned.view.chart_card.make_chart()
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    assert chart.is_zoomed()
    assert QApplication.font().pixelSize() == BASE_FONT_PIXELS
    chart.zoom_to_fit()
    qtbot.keyClick(chart, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: planned.view.runs_on.font().pixelSize() == 16)
    assert not planned.view.chart_card.make_chart().is_zoomed()
