"""Spin boxes for bytes and tokens: no value passes through Qt's 32-bit ``int``."""

from __future__ import annotations

import re
from typing import Final

from memplan.exhaustive import exhaustive
from memplan.language import from_figures, in_figures, tr
from memplan.units import GIB, ByteUnits, format_count, parse_bytes, parse_tokens
from memplan.unsigned import U32_MAX
from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QWidget

from memplan_gui.text_size import scaled

_EXACT_DECIMALS = 10
"""Digits behind the point with which a number of GiB keeps every byte."""

_SHOWN_DECIMALS = 2
_TEXT_MARGIN = 6
_UNIT_BYTES: Final = exhaustive(ByteUnits, {ByteUnits.BINARY: GIB, ByteUnits.DECIMAL: 10**9})
_UNIT_NAMES: Final = exhaustive(ByteUnits, {ByteUnits.BINARY: "GiB", ByteUnits.DECIMAL: "GB"})
_PARTLY_TYPED = re.compile(r"\s*[0-9_,]*\.?[0-9]*\s*[^\W\d_]{0,5}\s*")
_WORD = re.compile(r"\s*([^\W\d_]{3,})\b.*")
"""Words that stand for a number are understood from three letters on."""

_LARGEST_BUDGET_BYTES = 2**50

AUTOMATIC_COUNT: Final = -1
"""The count of a field that leaves the choice to the engine."""

_Validation = tuple[QValidator.State, str, int]


class _NumberField(QDoubleSpinBox):
    """What both fields share: text is checked by one parser, and a finished edit is announced."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccelerated(True)
        self.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToPreviousValue)
        self.lineEdit().setTextMargins(scaled(_TEXT_MARGIN), 0, 0, 0)

    def parse(self, text: str) -> float:
        """The value that a text means; raises ``ValueError``."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """Leave the keys of undo to the window, which knows requests; a text's undo letters."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if any(event.matches(key) for key in undo):
                event.ignore()
                return False
        return super().event(event)

    def _value_of(self, text: str) -> float:
        if text and text == self.specialValueText():
            return self.minimum()
        return self.parse(text)

    def validate(self, text: str, position: int) -> _Validation:
        try:
            value = self._value_of(text)
        except ValueError:
            typed = from_figures(text.removesuffix(self.suffix()))
            partly = _PARTLY_TYPED.fullmatch(typed) is not None
            state = QValidator.State.Intermediate if partly else QValidator.State.Invalid
            return state, text, position
        inside = self.minimum() <= value <= self.maximum()
        state = QValidator.State.Acceptable if inside else QValidator.State.Intermediate
        return state, text, position

    def valueFromText(self, text: str) -> float:
        # The text shows fewer digits than the value has: only an edit may change the value.
        if text.strip() == (self.textFromValue(self.value()) + self.suffix()).strip():
            return self.value()
        return self._value_of(text)


class BytesField(_NumberField):
    """A number of bytes, written in GiB or GB.

    Signals:
        bytes_changed(int): the user changed the value.
    """

    bytes_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units = ByteUnits.BINARY
        self._count = 0
        self.setDecimals(_EXACT_DECIMALS)
        self._set_range()
        self.valueChanged.connect(self._announce)

    def set_bytes(self, count: int) -> None:
        """Show ``count`` bytes, without a signal."""
        if count == self._count:
            return  # what is being typed must not be rewritten
        self._count = count
        with QSignalBlocker(self):
            self.setValue(count / _UNIT_BYTES[self._units])

    def set_units(self, units: ByteUnits) -> None:
        """Write the same bytes in other units."""
        count, self._count = self._count, -1
        self._units = units
        self._set_range()
        self.set_bytes(count)

    def parse(self, text: str) -> float:
        """The value that a text means; raises ``ValueError``."""
        plain = from_figures(text.removesuffix(self.suffix()).strip())
        unit_bytes = _UNIT_BYTES[self._units]
        if plain and plain[-1].isdigit():
            plain += _UNIT_NAMES[self._units]
        return parse_bytes(plain) / unit_bytes

    def textFromValue(self, value: float) -> str:
        """A value as it is shown, with fewer digits than it has."""
        return in_figures(f"{value:,.{_SHOWN_DECIMALS}f}")

    def stepBy(self, steps: int) -> None:
        """Step to round numbers."""
        # From 15.37 the next step up is 15.5: a step leads to a round number.
        size = self.singleStep()
        value = self.value() / size
        if abs(value - round(value)) > 1e-6:
            whole = int(value) + (1 if steps > 0 else 0)
            self.setValue((whole + steps - (1 if steps > 0 else -1)) * size)
            return
        super().stepBy(steps)

    def _set_range(self) -> None:
        with QSignalBlocker(self):
            self.setRange(0.0, _LARGEST_BUDGET_BYTES / _UNIT_BYTES[self._units])
            self.setSingleStep(0.5)
            self.setSuffix(f" {_UNIT_NAMES[self._units]}")

    def _announce(self, value: float) -> None:
        self._count = round(value * _UNIT_BYTES[self._units])
        self.bytes_changed.emit(self._count)


class TokensField(_NumberField):
    """A number of tokens; understands ``32K`` too.

    Signals:
        tokens_changed(int): the user changed the value.
    """

    tokens_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None, step_tokens: int = 256) -> None:
        super().__init__(parent)
        self._automatic_tokens: int | None = None
        self.setDecimals(0)
        self.setRange(0, U32_MAX)
        self.setSingleStep(step_tokens)
        self.setSuffix(" " + tr("tokens"))
        self.valueChanged.connect(self._announce)

    def set_tokens(self, count: int) -> None:
        """Show ``count`` tokens, without a signal."""
        if count == int(self.value()):
            return  # what is being typed must not be rewritten
        with QSignalBlocker(self):
            self.setValue(count)

    def set_automatic_text(self, text: str, tokens: int) -> None:
        """Let 0 mean that the engine chooses, shown as ``text``; a step from it starts there."""
        self._automatic_tokens = tokens
        if text != self.specialValueText():
            with QSignalBlocker(self):
                self.setSpecialValueText(text)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """The engine's choice is stored as 0, but lies in the middle."""
        if self._automatic_tokens is not None:
            steps = QAbstractSpinBox.StepEnabledFlag
            return steps.StepUpEnabled | steps.StepDownEnabled
        return super().stepEnabled()

    def parse(self, text: str) -> float:
        """The value that a text means; raises ``ValueError``."""
        if self._automatic_tokens is not None and _begins(self.specialValueText(), text):
            return 0
        return parse_tokens(from_figures(text.removesuffix(self.suffix())))

    def textFromValue(self, value: float) -> str:
        """A value as it is shown, with fewer digits than it has."""
        return format_count(round(value))

    def stepBy(self, steps: int) -> None:
        """Step to round numbers."""
        size = int(self.singleStep())
        start = int(self.value())
        if start == 0 and self._automatic_tokens is not None:
            start = self._automatic_tokens
        # The next multiple in that direction; then the remaining steps.
        first = start // size + 1 if steps > 0 else -(-start // size) - 1
        rest = steps - 1 if steps > 0 else steps + 1
        lowest = size if self._automatic_tokens is not None else 0
        self.setValue(max((first + rest) * size, lowest))

    def _announce(self, value: float) -> None:
        self.tokens_changed.emit(int(value))


class CountField(_NumberField):
    """A whole number; 0 may stand for a default, and the largest for everything.

    Signals:
        count_changed(int): the user changed the value.
    """

    count_changed = Signal(object)

    def __init__(self, most: int = U32_MAX, step: int = 1, suffix: str = "") -> None:
        super().__init__()
        self._default_count: int | None = None
        self._names_all = False
        self._automatic = False
        self.setDecimals(0)
        self.setRange(0, most)
        self.setSingleStep(step)
        self.setSuffix(suffix)
        self.valueChanged.connect(self._announce)

    def set_count(self, count: int) -> None:
        """Show a number, without a signal."""
        if count == int(self.value()):
            return  # what is being typed must not be rewritten
        with QSignalBlocker(self):
            self.setValue(count)

    def set_default(self, count: int) -> None:
        """Let 0 mean this default; a step from it starts there."""
        self._default_count = count
        text = tr("Default ({count})").format(count=format_count(count))
        if text != self.specialValueText():  # what is being typed must not be rewritten
            with QSignalBlocker(self):
                self.setSpecialValueText(text)

    def set_automatic(self) -> None:
        """Let :data:`AUTOMATIC_COUNT` leave the choice to the engine; a step starts at the top."""
        self._automatic = True
        with QSignalBlocker(self):
            self.setMinimum(AUTOMATIC_COUNT)
            self.setSpecialValueText(tr("Automatic"))

    def set_all(self, count: int) -> None:
        """Let ``count`` be the largest number, which means everything."""
        self._names_all = True
        with QSignalBlocker(self):
            self.setMaximum(count)
            self.setValue(self.value())  # the text of the same number may be another now
            self.lineEdit().setText(self.textFromValue(self.value()))

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """The default is stored as 0, but lies in the middle."""
        if self._default_count is not None or self._automatic:
            steps = QAbstractSpinBox.StepEnabledFlag
            return steps.StepUpEnabled | steps.StepDownEnabled
        return super().stepEnabled()

    def parse(self, text: str) -> float:
        """The value that a text means; raises ``ValueError``."""
        plain = text.removesuffix(self.suffix()).strip()
        if self._names_all and _begins(_all_text(""), plain):
            return self.maximum()
        if self.specialValueText() and _begins(self.specialValueText(), plain):
            return self.minimum()
        return parse_tokens(from_figures(plain))

    def textFromValue(self, value: float) -> str:
        """A value as it is shown."""
        if self._names_all and value >= self.maximum():
            return _all_text(format_count(round(value)))
        return format_count(round(value))

    def stepBy(self, steps: int) -> None:
        """Step to multiples of the step."""
        size = int(self.singleStep())
        start = int(self.value())
        if start == 0 and self._default_count is not None:
            start = self._default_count
        if start == AUTOMATIC_COUNT:
            start = int(self.maximum())
        first = start // size + 1 if steps > 0 else -(-start // size) - 1
        rest = steps - 1 if steps > 0 else steps + 1
        self.setValue(max((first + rest) * size, 0))

    def _announce(self, value: float) -> None:
        self.count_changed.emit(int(value))


def _all_text(count: str) -> str:
    return tr("All ({count})").format(count=count)


def _begins(words: str, typed: str) -> bool:
    """Whether what is typed begins with letters with which the words begin."""
    match = _WORD.fullmatch(typed)
    return match is not None and words.lower().startswith(match[1].lower())
