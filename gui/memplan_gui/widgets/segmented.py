"""Joined buttons of which one is chosen: in a row, or in rows of two where a row is too short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from memplan_gui.text_size import scaled
from memplan_gui.widgets.spoken import set_spoken_role

_MOST_IN_A_ROW: Final = 3
"""A panel at the left has no room for more words side by side."""


class Segment(QRadioButton):
    """One choice. A radio button for keys and screen readers, drawn as a button."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a button."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def sizeHint(self) -> QSize:
        """As much as a button with this text takes."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        text = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return self.style().sizeFromContents(QStyle.ContentsType.CT_PushButton, option, text, self)

    def minimumSizeHint(self) -> QSize:
        """No less."""
        return self.sizeHint()

    def hitButton(self, place: QPoint) -> bool:  # noqa: N802
        """All of it can be pressed, not only where a radio button has its mark and text."""
        return self.rect().contains(place)


class Segmented(QWidget):
    """Shows every choice at once. Tab reaches the chosen one, the arrow keys the others.

    Signals:
        chosen(str): the user chose another; a name, or a member of an enum of names.
    """

    chosen = Signal(object)

    def __init__(self, choices: Sequence[tuple[str, str]], parent: QWidget | None = None):
        super().__init__(parent)
        # Its label's mnemonic focuses nothing without a policy. The chosen button has the focus.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        set_spoken_role(self, QAccessible.Role.Grouping)
        self._values = [value for value, _ in choices]
        self._group = QButtonGroup(self)
        self._rows = QGridLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(0)
        self._rows.setVerticalSpacing(scaled(3))
        for index, (_, title) in enumerate(choices):
            button = Segment(title, self)
            button.setProperty("role", "segment")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._group.addButton(button, index)
        self._arrange()
        self._group.idClicked.connect(self._announce)

    def buttons(self) -> list[Segment]:
        """The buttons, in the order of the choices."""
        return [b for b in self._group.buttons() if isinstance(b, Segment)]

    def button(self, value: str) -> Segment:
        """The button of one choice."""
        return self.buttons()[self._values.index(value)]

    def set_value(self, value: str) -> None:
        """Show a choice as the chosen one, without a signal."""
        chosen = self.button(value)
        chosen.setChecked(True)
        self.setFocusProxy(chosen)

    def set_offered(self, values: Sequence[str]) -> None:
        """Show only some of the choices."""
        for value, button in zip(self._values, self.buttons(), strict=True):
            button.setVisible(value in values)
        self._arrange()

    def _arrange(self) -> None:
        """Put what is shown into rows, each with round ends."""
        shown = [button for button in self.buttons() if not button.isHidden()]
        columns = len(shown) if len(shown) <= _MOST_IN_A_ROW else 2
        for index, button in enumerate(shown):
            row, column = divmod(index, columns)
            first, last = column == 0, column == columns - 1 or index == len(shown) - 1
            self._rows.addWidget(button, row, column)
            button.setProperty("end", "first" if first else "last" if last else "")
            button.style().unpolish(button)
            button.style().polish(button)

    def _announce(self, index: int) -> None:
        self.setFocusProxy(self.buttons()[index])
        self.chosen.emit(self._values[index])
