"""Labels with a role in the style sheet, one that shortens its text, and chips that wrap."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from memplan_gui.text_size import scaled

_CHIP_GAP = 5
_BREAK = "\u200b"
"""A place of no width at which a line may be broken."""

_NO_BREAK = "\u2060"
_NO_BREAK_SPACE = "\u00a0"
_NUMBER_AND_UNIT = re.compile(r"(?<=\d) (?=[^\W\d]|%)")
_SHORT_PREFIX = re.compile(rf"\b([A-Z]{{1,2}}-){_BREAK}?(?=[A-ZÄÖÜ][a-zäöü])")
_PUNCTUATION = re.compile(r"(?<=\w)(?:[_\-/\\](?=\w{2})|\.(?=[^\W\d]{2}))")
_LONG_RUN = re.compile(r"\w{24}(?=\w)")


def label(role: str, text: str = "", *, wrap: bool = False) -> QLabel:
    """A plain-text label; its role decides font and colour."""
    made = _WrappingLabel() if wrap else QLabel()
    made.setText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if wrap:
        # A long name must not widen the column.
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return made


class _WrappingLabel(QLabel):
    """Wraps file names too: Qt breaks lines at spaces, of which they have none."""

    def setText(self, text: str) -> None:  # noqa: N802
        """Show a text that may break after punctuation, and anywhere in a long word.

        It does not break between a number and what it counts, nor after the “KV-” of a German word.
        """
        shown = _NUMBER_AND_UNIT.sub(_NO_BREAK_SPACE, text)
        shown = _PUNCTUATION.sub(rf"\g<0>{_BREAK}", shown)
        shown = _SHORT_PREFIX.sub(rf"\1{_NO_BREAK}", shown)
        super().setText(_LONG_RUN.sub(rf"\g<0>{_BREAK}", shown))
        # What only helps to break lines is not to be spelt out.
        self.setAccessibleName(text)

    def text(self) -> str:
        """The text as it was set."""
        shown = super().text().replace(_NO_BREAK_SPACE, " ")
        return shown.replace(_BREAK, "").replace(_NO_BREAK, "")


class ElidedLabel(QLabel):
    """One line that leaves out its middle where it is too long; the tooltip has it whole."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Least size."""
        return QSize(scaled(40), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, self.width()
        )
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(flags), shown)


class ChipRow(QWidget):
    """Short texts side by side, and in the next line where they do not fit.

    It places its labels itself: a layout written in Python would share its items with Qt.

    Attributes:
        chips: the labels.
    """

    def __init__(self, count: int) -> None:
        super().__init__()
        self.chips = [label("chip") for _ in range(count)]
        for chip in self.chips:
            chip.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show one text a chip."""
        for chip, text in zip(self.chips, texts, strict=True):
            chip.setText(text)
        self._arrange(self.width(), move=True)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all lines at a width."""
        return self._arrange(width, move=False)

    def sizeHint(self) -> QSize:
        """Preferred size: that of one line."""
        sizes = [chip.sizeHint() for chip in self.chips]
        width = sum(size.width() for size in sizes) + scaled(_CHIP_GAP) * (len(sizes) - 1)
        return QSize(width, max(size.height() for size in sizes))

    def minimumSizeHint(self) -> QSize:
        """Least size: that of the widest chip."""
        sizes = [chip.sizeHint() for chip in self.chips]
        return QSize(max(s.width() for s in sizes), max(s.height() for s in sizes))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the chips."""
        super().resizeEvent(event)
        self._arrange(self.width(), move=True)

    def _arrange(self, width: int, *, move: bool) -> int:
        x, y, line_height, gap = 0, 0, 0, scaled(_CHIP_GAP)
        for chip in self.chips:
            size = chip.sizeHint()
            if x > 0 and x + size.width() > width:
                x, y, line_height = 0, y + line_height + gap, 0
            if move:
                chip.setGeometry(x, y, size.width(), size.height())
            x += size.width() + gap
            line_height = max(line_height, size.height())
        return y + line_height
