"""Applies a theme to the application: fonts, palette and style sheet, all from the roles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

import memplan_resources.fonts
import memplan_resources.icons
from memplan.theme import DARK, HIGH_CONTRAST, LIGHT, Theme
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from memplan_gui.text_size import base_font, scaled


class ThemeChoice(StrEnum):
    """What the user picks: a theme, or the system's."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"


_CHOSEN: Final[Mapping[ThemeChoice, Theme]] = {
    ThemeChoice.LIGHT: LIGHT,
    ThemeChoice.DARK: DARK,
    ThemeChoice.HIGH_CONTRAST: HIGH_CONTRAST,
}


def resolve_theme(
    choice: ThemeChoice, scheme: Qt.ColorScheme, contrast: Qt.ContrastPreference
) -> Theme:
    """The theme for a choice, given the system's colour scheme and the contrast it asks for."""
    system = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    if contrast == Qt.ContrastPreference.HighContrast:
        system = HIGH_CONTRAST
    return _CHOSEN.get(choice, system)


def load_fonts() -> None:
    """Register the fonts that come with the program. Where that fails, the system's serve."""
    for file in resources.files(memplan_resources.fonts).iterdir():
        if file.name.endswith(".otf"):
            QFontDatabase.addApplicationFontFromData(file.read_bytes())


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give every widget of ``app`` the colours of ``theme``."""
    font = app.font()
    app.setPalette(_palette(theme))
    app.setStyleSheet(_style_sheet(theme))
    # With the first style sheet, Qt takes the desktop's own fonts for menus, tables and others.
    app.setFont(font)


class ThemeSwitch(QObject):
    """Keeps the application in the chosen theme, and follows the system where that is the choice.

    Nothing is applied before the first choice: each widget that is put into another would be
    styled anew, so a window is styled once it is whole.

    Attributes:
        choice: what the user picked.
        theme: the theme that is applied.

    Signals:
        theme_changed(Theme): another theme is applied.
    """

    theme_changed = Signal(object)

    def __init__(self, app: QApplication, choice: ThemeChoice) -> None:
        super().__init__(app)
        self._app = app
        hints = QGuiApplication.styleHints()
        self._scheme = hints.colorScheme()
        self._contrast = hints.accessibility().contrastPreference()
        self.choice = choice
        self.theme = resolve_theme(choice, self._scheme, self._contrast)
        self._applied: Theme | None = None
        hints.colorSchemeChanged.connect(self.set_scheme)
        hints.accessibility().contrastPreferenceChanged.connect(self.set_contrast)

    def set_choice(self, choice: ThemeChoice) -> None:
        """Apply what the user picks."""
        self.choice = choice
        self._update()

    def set_text_size(self, percent: int) -> None:
        """Apply the size of texts. Widgets that are there already keep pixels of their own."""
        font = base_font(percent)
        if font == self._app.font():
            return
        self._app.setFont(font)
        if self._applied is not None:
            apply_theme(self._app, self._applied)

    def set_scheme(self, scheme: Qt.ColorScheme) -> None:
        """Follow the system's colour scheme."""
        self._scheme = scheme
        self._update()

    def set_contrast(self, contrast: Qt.ContrastPreference) -> None:
        """Follow the contrast that the system asks for."""
        self._contrast = contrast
        self._update()

    def _update(self) -> None:
        theme = resolve_theme(self.choice, self._scheme, self._contrast)
        if theme is self._applied:
            return
        self.theme = self._applied = theme
        apply_theme(self._app, theme)
        self.theme_changed.emit(theme)


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.card,
        role.Text: theme.text,
        role.Button: theme.card,
        role.ButtonText: theme.text,
        role.BrightText: theme.text,
        role.ToolTipBase: theme.card,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.text_disabled,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Accent: theme.accent,
        role.Light: theme.border,
        role.Midlight: theme.border,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.border,
    }
    palette = QPalette()
    for colour_role, colour in colours.items():
        palette.setColor(colour_role, QColor(colour))
    for colour_role in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, colour_role, QColor(theme.text_disabled))
    return palette


_CHECKS: Final[Mapping[str, str]] = {"#ffffff": "check.svg", "#000000": "check-black.svg"}
"""The sign of a box that is ticked, by its colour, which a style sheet cannot change."""


def _icon_path(name: str) -> str:
    """The file of an icon. The package is always unpacked on disk."""
    with resources.as_file(resources.files(memplan_resources.icons) / name) as path:
        return Path(path).as_posix()


def _style_sheet(theme: Theme) -> str:
    # In the template pixels are those at 100 %.
    style = Template(re.sub(r"(\d+)px", lambda found: f"{scaled(int(found[1]))}px", _STYLE))
    edge = scaled(theme.border_pixels)
    # A thicker outline takes from what is inside, so that nothing moves when the focus does.
    ring = scaled(theme.border_pixels + 1)
    thicker = ring - edge
    return style.substitute(
        window=theme.window,
        card=theme.card,
        field=theme.field,
        border=theme.border,
        edge=f"{edge}px",
        ring=f"{ring}px",
        focus_padding=f"{scaled(5) - thicker}px",
        primary_focus_padding=f"{scaled(14) - thicker}px",
        segment_focus_padding=f"{scaled(8) - thicker}px",
        box_focus_side=f"{scaled(14) - 2 * thicker}px",
        # A radius of more than half the width is no radius.
        knob_radius=f"{(scaled(12) + 2 * scaled(2)) // 2}px",
        hover=theme.hover,
        grid=theme.grid,
        text=theme.text,
        muted=theme.text_muted,
        disabled=theme.text_disabled,
        accent=theme.accent,
        accent_text=theme.accent_text,
        focus=theme.focus,
        accent_focus=theme.accent_focus,
        ok=theme.ok,
        ok_surface=theme.ok_surface,
        warning=theme.warning,
        warning_surface=theme.warning_surface,
        error=theme.error,
        error_surface=theme.error_surface,
        arrow_up=_icon_path("arrow-up.svg"),
        arrow_down=_icon_path("arrow-down.svg"),
        arrow_left=_icon_path("arrow-left.svg"),
        arrow_right=_icon_path("arrow-right.svg"),
        check=_icon_path(_CHECKS[theme.accent_text]),
        menu_check=_icon_path(_CHECKS["#000000" if theme is LIGHT else "#ffffff"]),
    )


_STYLE: Final = """
QMainWindow, QScrollArea, QWidget#left_column, QWidget#body { background: $window; border: none; }
QToolTip { background: $card; color: $text; border: $edge solid $border; padding: 4px; }

QScrollArea[role="page"], QWidget[role="page"] { background: $card; }
QFrame[role="row"] { border: none; border-bottom: 1px solid $grid; }
QFrame[role="card"] { background: $card; border: $edge solid $border; border-radius: 10px; }
QLabel { background: transparent; color: $text; }
QLabel[role="section"] { font-weight: 600; }
QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QLabel[role="headline"] { font-size: 17px; font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: 12px; }
QLabel[role="chip"] { border: $edge solid $border; border-radius: 9px; padding: 1px 8px;
    min-height: 16px; font-size: 12px; }
QLabel[role="chip_ok"] { border: $edge solid $ok; border-radius: 9px; padding: 1px 8px;
    min-height: 16px; font-size: 12px; color: $ok; }
QLabel[role="code"] { font-family: "DejaVu Sans Mono", "Menlo", "Consolas", monospace;
    font-size: 12px; }
QLabel[role="error_title"] { color: $error; font-weight: 600; }

QFrame[role="error"] { background: $error_surface; border: $edge solid $error;
    border-radius: 8px; }
QFrame[status="ok"] { background: $ok_surface; border: $edge solid $ok; border-radius: 10px; }
QFrame[status="tight"] { background: $warning_surface; border: $edge solid $warning;
    border-radius: 10px; }
QFrame[status="does_not_fit"] { background: $error_surface; border: $edge solid $error;
    border-radius: 10px; }
QFrame[status="none"] { background: $card; border: $edge solid $border; border-radius: 10px; }
QFrame[role="drop_area"] { background: $card; border: 2px dashed $border; border-radius: 14px; }
QFrame[role="drop_overlay"] { background: $card; border: 2px dashed $accent;
    border-radius: 14px; }

QPushButton, QRadioButton[role="segment"] { background: $field; color: $text;
    border: $edge solid $border; border-radius: 6px;
    padding: 5px 14px; min-height: 16px; }
QPushButton:hover, QRadioButton[role="segment"]:hover { border-color: $accent; }
QPushButton:focus, QRadioButton[role="segment"]:focus { border: $edge solid $focus; outline: none; }
QPushButton:disabled, QRadioButton[role="segment"]:disabled { color: $disabled; }
QPushButton[role="tool"] { padding: 5px 6px; min-width: 14px; }
QPushButton[role="primary"] { background: $accent; color: $accent_text; border-color: $accent; }
QPushButton[role="primary"]:disabled { background: $field; color: $disabled;
    border-color: $border; }
QPushButton[role="primary"]:focus { border: $ring solid $accent_focus;
    padding: $focus_padding $primary_focus_padding; }
QPushButton[role="link"] { background: transparent; color: $muted; border: $edge solid transparent;
    border-radius: 4px; padding: 0 2px; text-decoration: underline; text-align: left; }
QPushButton[role="link"][menu="true"] { padding-right: 15px; }
QPushButton[role="link"][menu="true"]::menu-indicator { right: 1px; }
QPushButton[role="link"]:hover { color: $text; }
QPushButton[role="link"]:focus { border-color: $focus; color: $text; }
QPushButton::menu-indicator { image: url($arrow_down); subcontrol-position: right center;
    right: 8px; width: 10px; height: 10px; }

QRadioButton[role="segment"] { border-radius: 0; padding: 5px 8px; border-right-width: 0; }
QRadioButton[role="segment"][end="first"] { border-top-left-radius: 6px;
    border-bottom-left-radius: 6px; }
QRadioButton[role="segment"][end="last"] { border-top-right-radius: 6px;
    border-bottom-right-radius: 6px; border-right-width: $edge; }
QRadioButton[role="segment"]:checked { background: $accent; color: $accent_text;
    border-color: $accent; font-weight: 600; }
QRadioButton[role="segment"]:focus { border: $ring solid $accent_focus;
    padding: $focus_padding $segment_focus_padding; }

QPlainTextEdit, QTextBrowser { background: $field; color: $text; placeholder-text-color: $disabled;
    border: $edge solid $border;
    border-radius: 6px; padding: 3px; selection-background-color: $accent;
    selection-color: $accent_text; }
QPlainTextEdit:focus, QTextBrowser:focus { border-color: $focus; }
QAbstractSpinBox, QLineEdit, QComboBox { background: $field; color: $text;
    placeholder-text-color: $disabled;
    border: $edge solid $border; border-radius: 6px; padding: 3px 8px; min-height: 20px;
    selection-background-color: $accent; selection-color: $accent_text; }
QAbstractSpinBox:hover, QLineEdit:hover, QComboBox:hover { border-color: $muted; }
QAbstractSpinBox:focus, QLineEdit:focus, QComboBox:focus { border: $edge solid $focus; }
QAbstractSpinBox:disabled, QLineEdit:disabled, QComboBox:disabled { color: $disabled; }
QAbstractSpinBox { padding: 2px 24px 2px 0; }
QAbstractSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right;
    width: 22px; border: none; background: transparent; }
QAbstractSpinBox::down-button { subcontrol-origin: border; subcontrol-position: bottom right;
    width: 22px; border: none; background: transparent; }
QAbstractSpinBox::up-arrow { image: url($arrow_up); width: 10px; height: 10px; top: 2px; }
QAbstractSpinBox::down-arrow { image: url($arrow_down); width: 10px; height: 10px; bottom: 2px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url($arrow_down); width: 10px; height: 10px; }
QListWidget { background: $field; color: $text; border: $edge solid $border; border-radius: 6px;
    padding: 3px; selection-background-color: $accent; selection-color: $accent_text;
    outline: none; }
QListWidget:focus { border-color: $focus; }
QListWidget::item { padding: 0 5px; border-radius: 4px; }
QListWidget::item:selected { background: $accent; color: $accent_text; }
QComboBox QAbstractItemView { background: $card; border: $edge solid $border; outline: none; }

QSlider { min-height: 18px; background: transparent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -6px 0; border-radius: $knob_radius;
    border: 2px solid $accent; background: $card; }
QSlider::handle:horizontal:focus { background: $accent; }

QCheckBox { background: transparent; spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: $edge solid $muted; border-radius: 4px;
    background: $field; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent;
    image: url($check); }
QCheckBox:focus { color: $text; }
QCheckBox::indicator:focus { border: $ring solid $accent_focus; width: $box_focus_side;
    height: $box_focus_side; }

QMenuBar { background: $window; color: $text; border-bottom: 1px solid $border;
    padding: 3px 6px; }
QMenuBar::item { background: transparent; padding: 4px 10px; border-radius: 5px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $card; color: $text; border: $edge solid $border; padding: 5px; }
QMenu::item { padding: 5px 26px 5px 26px; border-radius: 4px; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }
QMenu::indicator:checked { image: url($menu_check); }
QMenu::indicator:checked:selected { image: url($check); }
QMenu::right-arrow { image: url($arrow_right); width: 10px; height: 10px; right: 6px; }
QMenu::item:selected { background: $accent; color: $accent_text; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }

QTabWidget::pane { border: none; border-top: $edge solid $border; background: $card;
    top: -1px; }
QTabWidget::tab-bar { left: 0; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $muted; padding: 7px 12px;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; font-weight: 600; border-bottom: 2px solid $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::scroller { width: 22px; }
QTabBar::tear { width: 0; border: none; }
QTabBar QToolButton { background: $card; border: none; }
QTabBar QToolButton::left-arrow { image: url($arrow_left); width: 10px; height: 10px; }
QTabBar QToolButton::right-arrow { image: url($arrow_right); width: 10px; height: 10px; }
QTabBar:focus { outline: none; }
QTabBar::tab:selected:focus { background: $hover; border-top-left-radius: 5px;
    border-top-right-radius: 5px; }

QFrame[role="focus_ring"] { background: transparent; border: 2px solid $focus;
    border-radius: 6px; }

QTableView { background: $card; color: $text; border: none; gridline-color: $grid;
    selection-background-color: $accent; selection-color: $accent_text; outline: none; }
QTableView#file_table::item { padding: 0 5px; }
QTableView[role="plain"]::item { padding: 0 5px; }
QHeaderView { background: $card; border: none; }
QHeaderView::section { background: $card; color: $muted; border: none;
    border-bottom: $edge solid $border; padding: 5px 8px; }

QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $border; border-radius: 2px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; min-height: 28px; min-width: 28px;
    margin: 1px; }
QScrollBar::handle:hover { background: $muted; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
