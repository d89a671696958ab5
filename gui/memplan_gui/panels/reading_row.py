"""What is being read, and the button that stops it."""

from __future__ import annotations

from memplan.language import tr
from memplan.units import ByteUnits, format_bytes
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.form import describe
from memplan_gui.widgets.labels import label

_SHOWN_AFTER_MILLISECONDS = 150
"""Most files are read long before; a row that comes and goes would only make the card jump."""


class ReadingRow(QWidget):
    """Counts the bytes that come from a server. How many will come is not known.

    Signals:
        cancel_requested(): the user does not want to wait.
    """

    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("reading")
        self._text = label("muted", wrap=True)
        self.button = QPushButton(tr("Cancel"))
        describe(
            self.button, tr("Cancel reading"), tr("Stop reading, and keep what is shown (Esc)")
        )
        self.button.clicked.connect(self.cancel_requested)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._escape.activated.connect(self.cancel_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(scaled_margins(0, 0, 0, 2))
        row.setSpacing(scaled(8))
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_AFTER_MILLISECONDS)
        self._timer.timeout.connect(self.show)
        self.end()

    def begin(self, name: str) -> None:
        """Something is being read."""
        self._text.setText(tr("Reading {source}…").format(source=name))
        self._timer.start()

    def count(self, received_bytes: int, units: ByteUnits) -> None:
        """So much of it has come."""
        size = format_bytes(received_bytes, units)
        self._text.setText(tr("Reading… {size} received").format(size=size))

    def end(self) -> None:
        """Nothing is being read any more."""
        self._timer.stop()
        self._text.clear()
        self.hide()
