"""A slider on a logarithmic scale, whose value is what it stands for and not a position."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractSlider, QSlider, QStyle, QStyleOptionSlider

from memplan_gui.scales import POSITIONS, LogScale

_LARGEST_INT: Final = 2**31 - 1
_SINGLE_STEP: Final = POSITIONS // 100
_PAGE_STEP: Final = POSITIONS // 20

_Action = QAbstractSlider.SliderAction
_STEPS: Final = {
    _Action.SliderSingleStepAdd.value: _SINGLE_STEP,
    _Action.SliderSingleStepSub.value: -_SINGLE_STEP,
    _Action.SliderPageStepAdd.value: _PAGE_STEP,
    _Action.SliderPageStepSub.value: -_PAGE_STEP,
}
"""Positions by which a key moves the knob."""


class ScaleSlider(QSlider):
    """A horizontal slider. Screen readers hear its value, as of any other slider.

    Qt takes values to be even along the groove. So the knob is drawn, and moved, by positions of
    the scale.

    Signals:
        value_chosen(int): the user chose another value.
    """

    value_chosen = Signal(object)

    def __init__(self, scale: LogScale, unit: int) -> None:
        """A slider over ``scale``; its own value counts multiples of ``unit``."""
        super().__init__(Qt.Orientation.Horizontal)
        self._scale = scale
        self._unit = unit
        self.set_scale(scale)
        self.actionTriggered.connect(self._act)
        self.valueChanged.connect(lambda value: self.value_chosen.emit(value * self._unit))

    def set_scale(self, scale: LogScale) -> None:
        """Offer other values."""
        self._scale = scale
        with QSignalBlocker(self):
            self.setRange(self._counted(scale.first), self._counted(scale.last))

    def show_value(self, value: int) -> None:
        """Show a value, or the nearest that the scale has, without a signal."""
        with QSignalBlocker(self):
            self.setValue(self._counted(value))

    def position(self) -> int:
        """Where the knob is, from 0 to ``POSITIONS``."""
        return self._scale.position(self.sliderPosition() * self._unit)

    def initStyleOption(self, option: QStyleOptionSlider) -> None:  # noqa: N802
        """Draw the knob at its position on the scale."""
        super().initStyleOption(option)
        option.minimum, option.maximum = 0, POSITIONS
        option.sliderPosition = option.sliderValue = self.position()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move towards a press beside the knob."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        knob = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        place = event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton and not knob.contains(place):
            right = place.x() > knob.center().x()
            self.triggerAction(_Action.SliderPageStepAdd if right else _Action.SliderPageStepSub)
            return
        super().mousePressEvent(event)

    def _act(self, action: int) -> None:
        """Turn a step, or where the mouse has moved the knob, into positions of the scale."""
        if action in _STEPS:
            self._move_by(_STEPS[action])
        elif action == _Action.SliderMove.value and self.isSliderDown():
            span = self.maximum() - self.minimum()
            share = (self.sliderPosition() - self.minimum()) / span if span else 0.0
            self._move_to(round(POSITIONS * share))
        elif action == _Action.SliderMove.value:
            further = self.sliderPosition() > self.value()
            self._move_by(_SINGLE_STEP if further else -_SINGLE_STEP)

    def _move_by(self, positions: int) -> None:
        """Move the knob, by more where that would not lead to another value."""
        start = self._scale.position(self.value() * self._unit)
        position = start + positions
        while 0 < position < POSITIONS and self._at(position) == self.value():
            position += positions
        self._move_to(position)

    def _move_to(self, position: int) -> None:
        self.setSliderPosition(self._at(position))

    def _at(self, position: int) -> int:
        return self._counted(self._scale.value(position))

    def _counted(self, value: int) -> int:
        return min(value // self._unit, _LARGEST_INT)
