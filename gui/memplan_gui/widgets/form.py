"""Cards, and the one way to add a control: with label, mnemonic, unit, tooltip and names."""

from __future__ import annotations

from dataclasses import dataclass

from memplan.language import tr
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.segmented import Segmented

_LABEL_WIDTH = 104
_ROW_HEIGHT = 28


@dataclass(frozen=True, slots=True)
class Field:
    """The words around a control, marked for translators and looked up where they are used.

    Attributes:
        text: the visible label, with its mnemonic.
        help: what it changes, for the tooltip and for screen readers.
        unit: the unit, for screen readers; empty if it has none.
    """

    text: str
    help: str
    unit: str = ""

    @property
    def name(self) -> str:
        """The label without the mark of its mnemonic, and the unit."""
        plain = tr(self.text).replace("&", "")
        return (
            tr("{label} ({unit})").format(label=plain, unit=tr(self.unit)) if self.unit else plain
        )


class Card(QFrame):
    """A surface with a title.

    Attributes:
        body: the layout under the title.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(scaled_margins(14, 13, 14, 14))
        self.body.setSpacing(scaled(8))
        self.body.addWidget(label("section", title))


class _WheelGuard(QObject):
    """Lets the wheel scroll the column, unless the control under it has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return False
        if watched.hasFocus():
            return False
        event.ignore()
        return True


class Form(QGridLayout):
    """Rows of label and control."""

    def __init__(self) -> None:
        super().__init__()
        self._wheel_guard = _WheelGuard(self)
        self.setHorizontalSpacing(scaled(8))
        self.setVerticalSpacing(scaled(7))
        self.setColumnMinimumWidth(0, scaled(_LABEL_WIDTH))
        self.setColumnStretch(1, 1)

    def add(self, field: Field, control: QWidget, slider: QSlider | None = None) -> QLabel:
        """Add a row, and under the control its slider. Returns the label."""
        self._prepare(control, field.name, tr(field.help))
        if slider is None:
            return self._add_row(field, control, Qt.AlignmentFlag.AlignVCenter, control)
        self._prepare(slider, tr("{name}, slider").format(name=field.name), tr(field.help))
        both = QVBoxLayout()
        both.setSpacing(scaled(2))
        both.addWidget(control)
        both.addWidget(slider)
        return self._add_row(field, control, Qt.AlignmentFlag.AlignTop, both)

    def add_pair(
        self, field: Field, controls: tuple[QWidget, QWidget], names: tuple[str, str]
    ) -> QLabel:
        """Add a row of two controls that belong together, each with a name. Returns the label."""
        both = QHBoxLayout()
        both.setSpacing(scaled(6))
        for control, name in zip(controls, names, strict=True):
            self._prepare(control, name, tr(field.help))
            both.addWidget(control)
        return self._add_row(field, controls[0], Qt.AlignmentFlag.AlignVCenter, both)

    def _add_row(
        self,
        field: Field,
        buddy: QWidget,
        place: Qt.AlignmentFlag,
        content: QWidget | QLayout,
    ) -> QLabel:
        row = self.rowCount()
        caption = QLabel(tr(field.text))
        caption.setBuddy(buddy)
        caption.setMinimumHeight(scaled(_ROW_HEIGHT))
        caption.setToolTip(tr(field.help))
        self.addWidget(caption, row, 0, place)
        if isinstance(content, QWidget):
            self.addWidget(content, row, 1)
        else:
            self.addLayout(content, row, 1)
        return caption

    def _prepare(self, control: QWidget, name: str, help_text: str) -> None:
        describe(control, name, help_text)
        if isinstance(control, Segmented):
            for button in control.buttons():
                chosen = tr("{name}: {choice}").format(name=name, choice=button.text())
                describe(button, chosen, help_text)
            return
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        control.installEventFilter(self._wheel_guard)


def named_button(text: str, help_text: str) -> QPushButton:
    """A button that screen readers call by what it says."""
    button = QPushButton(text)
    describe(button, text.replace("&", "").rstrip("…"), help_text)
    return button


def button_row(*buttons: QPushButton) -> QHBoxLayout:
    """Buttons side by side at the right edge, the one that acts last."""
    row = QHBoxLayout()
    row.setSpacing(scaled(8))
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return row


def describe(widget: QWidget, name: str, help_text: str) -> None:
    """Give a widget its name and description for screen readers, and its tooltip."""
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(help_text)
    widget.setToolTip(help_text)
