"""How large texts are: the sizes to choose from, the font, and the pixels that grow with it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMargins, QSize
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication, QScreen

FONT_FAMILY: Final = "Inter"
BASE_FONT_PIXELS: Final = 13
TEXT_SIZES: Final = (100, 125, 150, 175, 200)
"""In per cent."""


def base_font(percent: int = 100) -> QFont:
    """The font of ordinary text, with figures of equal width so that live numbers stand still."""
    font = QFont(FONT_FAMILY)
    font.setPixelSize(round(BASE_FONT_PIXELS * percent / 100))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def suggested_percent() -> int:
    """The largest of the sizes at which our texts are not larger than the system's own."""
    pixels = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)).pixelSize()
    fitting = [size for size in TEXT_SIZES if BASE_FONT_PIXELS * size <= 100 * pixels]
    return max(fitting, default=TEXT_SIZES[0])


def scaled(pixels: int) -> int:
    """Pixels for what goes with texts: so many at 100 %, more where the application's are larger.

    Asked when a widget is made or painted: a window is made anew for another size.
    """
    return scaled_beside(QGuiApplication.font(), pixels)


def scaled_beside(font: QFont, pixels: int) -> int:
    """The same beside texts in a font. One that is measured in points is taken for ordinary."""
    size = font.pixelSize()
    return round(pixels * size / BASE_FONT_PIXELS) if size > 0 else pixels


def scaled_by_half(pixels: int) -> int:
    """Pixels for pictures, which need not grow as much as the texts in them."""
    return (pixels + scaled(pixels)) // 2


def scaled_size(width: int, height: int, screen: QScreen) -> QSize:
    """The first size of a window: scaled, but no larger than the screen."""
    return QSize(scaled(width), scaled(height)).boundedTo(screen.availableSize())


def scaled_margins(left: int, top: int, right: int, bottom: int) -> QMargins:
    """Margins, each scaled."""
    return QMargins(scaled(left), scaled(top), scaled(right), scaled(bottom))
