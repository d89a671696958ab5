"""Text sizes: what grows with the texts, and what stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.text_size import BASE_FONT_PIXELS, TEXT_SIZES, base_font, scaled, scaled_beside
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication


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
