"""Names, tooltips, mnemonics and order of everything that can have the focus."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest
from core.library.made_home import put_in_lm_studio
from memplan.request import Backend, EngineName
from memplan.theme import DARK, HIGH_CONTRAST, LIGHT, THEMES, Theme
from memplan_gui.appearance import ThemeChoice, ThemeSwitch, resolve_theme
from memplan_gui.icons import icon_pixmap
from memplan_gui.settings import SettingsFile
from memplan_gui.translating import LANGUAGE_NAMES, Translation
from memplan_gui.window import MainWindow
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QScrollArea,
    QScrollBar,
    QStyle,
    QStyleOptionButton,
    QTabBar,
    QTableView,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

SIGNS: Final = ("ok", "tight", "error")
NO_WISH: Final = (Qt.ColorScheme.Unknown, Qt.ContrastPreference.NoPreference)
"""A desktop that asks for nothing."""

_PARTS_OF_OTHERS = (QHeaderView, QScrollBar, QMenu, QMenuBar, QTabWidget)


def _focusable(window: MainWindow) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or isinstance(widget, _PARTS_OF_OTHERS):
            continue
        inside = widget.parentWidget()
        if isinstance(inside, QAbstractSpinBox | QLineEdit | QTabBar | QGraphicsView):
            continue
        if widget.focusPolicy() is Qt.FocusPolicy.ClickFocus and isinstance(widget, QLabel):
            continue  # text to be selected with the mouse
        if widget.window() is window:
            yield widget


def _show_everything(window: MainWindow) -> None:
    window.session.change("Backend", backend=Backend.METAL)
    window.session.plan_now()


def test_that_every_focusable_widget_has_a_name(planned: MainWindow) -> None:
    _show_everything(planned)
    nameless = [widget for widget in _focusable(planned) if not widget.accessibleName()]
    assert nameless == []


def test_that_every_control_has_a_tooltip(planned: MainWindow) -> None:
    _show_everything(planned)
    # Tables and tab bars have a tooltip for each cell and tab, pages for what is on them.
    own = [w for w in _focusable(planned) if not isinstance(w, QTableView | QTabBar | QScrollArea)]
    assert [widget.accessibleName() for widget in own if not widget.toolTip()] == []


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST])
@pytest.mark.parametrize("engine", list(EngineName))
def test_that_the_focus_can_be_seen_on_every_control(
    planned: MainWindow, themes: ThemeSwitch, engine: EngineName, choice: ThemeChoice
) -> None:
    planned.session.change("Engine", engine=engine)
    _show_everything(planned)
    planned.activateWindow()
    themes.set_choice(choice)
    unseen = set()
    for tab in range(planned.view.tabs.tabs.count()):
        planned.view.tabs.tabs.setCurrentIndex(tab)
        for widget in _focusable(planned):
            if not widget.isVisible() or not widget.isEnabled() or widget.focusProxy() is not None:
                continue
            planned.setFocus()
            before = widget.grab().toImage()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            assert widget.hasFocus(), widget
            if widget.grab().toImage() == before:
                unseen.add(widget.accessibleName())
    assert unseen == set()


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.HIGH_CONTRAST])
def test_that_a_box_to_tick_keeps_the_place_of_its_text_when_it_has_the_focus(
    qtbot: QtBot, themes: ThemeSwitch, choice: ThemeChoice, percent: int
) -> None:
    themes.set_choice(choice)
    themes.set_text_size(percent)
    box = QCheckBox("Draw")
    qtbot.addWidget(box)
    places = []
    contents = QStyle.SubElement.SE_CheckBoxContents
    for state in (QStyle.StateFlag.State_None, QStyle.StateFlag.State_HasFocus):
        option = QStyleOptionButton()
        box.initStyleOption(option)
        option.state |= state
        places.append(box.style().subElementRect(contents, option, box))
    themes.set_text_size(100)
    assert places[0] == places[1]


def test_that_what_may_be_typed_is_said_in_a_colour_that_can_be_read(
    planned: MainWindow, themes: ThemeSwitch
) -> None:
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST):
        themes.set_choice(choice)
        for line in planned.findChildren(QLineEdit):
            colour = line.palette().placeholderText().color()
            assert colour.name() == themes.theme.text_disabled
            assert colour.alpha() == 255


def _mnemonics(window: MainWindow) -> list[str]:
    texts = [action.text() for action in window.menuBar().actions()]
    for kind in (QAbstractButton, QLabel):
        for widget in window.findChildren(kind):
            if isinstance(widget, QLabel) and widget.buddy() is None:
                continue
            if widget.isVisible() and widget.window() is window:
                texts.append(widget.text())
    for tabs in window.findChildren(QTabWidget):
        texts += [tabs.tabText(index) for index in range(tabs.count())]
    found = (re.search(r"&(\w)", text.replace("&&", "")) for text in texts)
    return [match[1].lower() for match in found if match]


@pytest.fixture(params=list(LANGUAGE_NAMES), ids=lambda language: language.value)
def each_language(
    window: MainWindow, translation: Translation, request: pytest.FixtureRequest
) -> None:
    """The window in one language after the other."""
    translation.set_choice(request.param)
    window.rebuild()


@pytest.mark.usefixtures("each_language")
def test_that_mnemonics_are_unique(planned: MainWindow) -> None:
    tabs = planned.view.tabs.tabs
    for engine in EngineName:
        planned.session.change("Engine", engine=engine, backend=Backend.METAL)
        planned.session.plan_now()
        for tab in range(tabs.count()):
            tabs.setCurrentIndex(tab)
            letters = Counter(_mnemonics(planned))
            assert [letter for letter, count in letters.items() if count > 1] == [], (engine, tab)
            assert len(letters) >= 12


@pytest.mark.usefixtures("each_language")
@pytest.mark.parametrize("engine", list(EngineName))
def test_that_mnemonics_are_unique_beside_an_error(
    planned: MainWindow, qtbot: QtBot, tmp_path: Path, engine: EngineName
) -> None:
    planned.session.change("Engine", engine=engine)
    planned.session.plan_now()
    planned.open_source(str(tmp_path / "none.gguf"))
    error = planned.findChild(QWidget, "model_error")
    qtbot.waitUntil(error.isVisible)
    letters = Counter(_mnemonics(planned))
    assert {letter: count for letter, count in letters.items() if count > 1} == {}


@pytest.mark.usefixtures("each_language")
def test_that_mnemonics_beside_the_list_of_models_are_unique(
    window: MainWindow, qtbot: QtBot, home: Path
) -> None:
    put_in_lm_studio(home)
    window.library.look_into(str(home))
    qtbot.waitUntil(lambda: window.view.library.list is not None and not window.library.busy)
    window.view.library.offer_return(True)
    letters = Counter(_mnemonics(window))
    assert {letter: count for letter, count in letters.items() if count > 1} == {}


@pytest.mark.usefixtures("each_language")
def test_that_mnemonics_of_the_empty_window_are_unique(window: MainWindow) -> None:
    letters = Counter(_mnemonics(window))
    assert {letter: count for letter, count in letters.items() if count > 1} == {}


@pytest.mark.usefixtures("each_language")
def test_that_menus_have_unique_mnemonics(planned: MainWindow) -> None:
    for menu in planned.findChildren(QMenu):
        letters = Counter(
            match[1].lower()
            for action in menu.actions()
            if (match := re.search(r"&(\w)", action.text()))
        )
        assert [letter for letter, count in letters.items() if count > 1] == [], menu.title()


def test_that_every_action_of_the_menus_has_a_key_that_shows(planned: MainWindow) -> None:
    without = [
        action.text()
        for menu in planned.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if not action.isSeparator()
        and action.shortcut().isEmpty()
        and re.search(r"&\w", action.text()) is None
    ]
    assert without == []


def test_that_no_two_actions_have_one_shortcut(planned: MainWindow) -> None:
    keys = Counter(
        shortcut.toString()
        for menu in planned.menuBar().findChildren(QMenu)
        for action in menu.actions()
        for shortcut in action.shortcuts()
    )
    assert [key for key, count in keys.items() if count > 1] == []


def test_that_tab_goes_through_the_controls_from_top_to_bottom(
    planned: MainWindow, qtbot: QtBot
) -> None:
    controls = planned.view.runs_on
    expected = [
        controls.engine.button(EngineName.ZINC),
        controls.backend.button(Backend.VULKAN),
        controls.device,
        controls.budget,
        controls.budget_slider,
        controls.context,
        controls.context_slider,
        controls.automatic,
        planned.view.request_panel.used,
        planned.view.request_panel.completion,
        planned.view.chart_card.make_chart(),
    ]
    planned.activateWindow()
    expected[0].setFocus()
    visited = [QApplication.focusWidget()]
    while visited[-1] is not expected[-1] and len(visited) < 60:
        qtbot.keyClick(visited[-1], Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())
    names = [widget.accessibleName() for widget in visited if widget in expected]
    assert names == [widget.accessibleName() for widget in expected]
    assert len(visited) == len(set(map(id, visited)))


def test_that_the_arrow_keys_choose_the_engine(planned: MainWindow, qtbot: QtBot) -> None:
    zinc = planned.view.runs_on.engine.button(EngineName.ZINC)
    zinc.setFocus()
    qtbot.keyClick(zinc, Qt.Key.Key_Right)
    assert planned.session.request.engine is EngineName.LLAMA_CPP


def test_that_a_mnemonic_moves_the_focus_to_its_control(planned: MainWindow, qtbot: QtBot) -> None:
    planned.activateWindow()
    controls = planned.view.runs_on
    for key, control in (
        (Qt.Key.Key_B, controls.budget),
        (Qt.Key.Key_N, controls.engine.button(EngineName.ZINC)),
        (Qt.Key.Key_A, controls.backend.button(Backend.VULKAN)),
    ):
        qtbot.keyClick(planned, key, Qt.KeyboardModifier.AltModifier)
        assert QApplication.focusWidget() is control
    assert planned.session.undo_stack.count() == 0


def test_that_the_verdict_can_be_heard(planned: MainWindow) -> None:
    verdict = planned.findChild(QWidget, "verdict")
    assert verdict is not None
    assert verdict.accessibleDescription().startswith("Fits: ZINC starts with 32,256 tokens")


def test_that_the_wheel_over_a_control_does_not_change_it(
    planned: MainWindow, qtbot: QtBot
) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent

    before = planned.session.request
    planned.setFocus()
    for control in (
        planned.view.runs_on.budget,
        planned.view.runs_on.device,
        planned.view.runs_on.budget_slider,
    ):
        middle = QPointF(control.rect().center())
        wheel = QWheelEvent(
            middle,
            QPointF(control.mapToGlobal(middle)),
            QPoint(0, 0),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(control, wheel)
    assert planned.session.request == before


def test_that_the_system_theme_follows_the_desktop(
    planned: MainWindow, themes: ThemeSwitch
) -> None:
    themes.set_choice(ThemeChoice.SYSTEM)
    themes.set_scheme(Qt.ColorScheme.Dark)
    assert themes.theme is DARK
    assert planned.palette().window().color().name() == DARK.window
    themes.set_choice(ThemeChoice.LIGHT)
    assert themes.theme is LIGHT
    themes.set_choice(ThemeChoice.SYSTEM)
    assert themes.theme is DARK


def test_that_a_desktop_that_says_nothing_gets_the_light_theme() -> None:
    assert resolve_theme(ThemeChoice.SYSTEM, *NO_WISH) is LIGHT


def test_that_the_system_theme_follows_the_contrast_that_the_desktop_asks_for(
    planned: MainWindow, themes: ThemeSwitch
) -> None:
    themes.set_choice(ThemeChoice.SYSTEM)
    themes.set_contrast(Qt.ContrastPreference.HighContrast)
    assert themes.theme is HIGH_CONTRAST
    assert planned.palette().window().color().name() == HIGH_CONTRAST.window
    themes.set_choice(ThemeChoice.LIGHT)
    assert themes.theme is LIGHT
    themes.set_choice(ThemeChoice.SYSTEM)
    themes.set_contrast(Qt.ContrastPreference.NoPreference)
    assert themes.theme is not HIGH_CONTRAST


def test_that_a_theme_is_chosen_from_the_menu_and_remembered(
    planned: MainWindow, themes: ThemeSwitch, settings_path: Path
) -> None:
    view = next(a.menu() for a in planned.menuBar().actions() if a.text() == "&View")
    menu = next(a.menu() for a in view.actions() if a.text() == "&Theme")
    next(action for action in menu.actions() if action.text() == "&High contrast").trigger()
    assert themes.theme is HIGH_CONTRAST
    planned.close()
    assert SettingsFile(settings_path).load().theme is ThemeChoice.HIGH_CONTRAST


def test_that_the_signs_of_verdicts_differ_without_colour(prepared_app: QApplication) -> None:
    signs = [icon_pixmap(name, 30, 1.0, "#000000", "#ffffff").toImage() for name in SIGNS]
    assert all(one != other for one, other in combinations(signs, 2))


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_that_a_tick_has_the_colour_of_text_on_the_accent(
    themes: ThemeSwitch, qtbot: QtBot, theme: Theme
) -> None:
    themes.set_choice(next(c for c in ThemeChoice if resolve_theme(c, *NO_WISH) is theme))
    box = QCheckBox("Ticked")
    qtbot.addWidget(box)
    box.setChecked(True)
    box.show()
    picture = box.grab().toImage()
    spots = [picture.pixelColor(x, y).name() for x in range(18) for y in range(picture.height())]
    assert theme.accent in spots
    assert theme.accent_text in spots
