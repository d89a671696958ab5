"""The line in which an address or the name of a model is typed."""

from __future__ import annotations

from memplan.language import marked, tr
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.form import button_row, describe
from memplan_gui.widgets.labels import label

_HELP = marked(
    "https://…, a page of Hugging Face, owner/repo, owner/repo:Q4_K_M, or a model of Ollama's"
)
_EXAMPLE = "owner/repo:Q4_K_M"


class AddressPrompt(QWidget):
    """Asks for an address. Nothing else in the window has to wait for the answer.

    Attributes:
        address: the line.
        stops: what the focus goes through, in this order.

    Signals:
        address_entered(str): what the user typed.
        closed(): the user wants no address.
    """

    address_entered = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.address = QLineEdit()
        self.address.setPlaceholderText(_EXAMPLE)
        self.address.setClearButtonEnabled(True)
        describe(
            self.address,
            tr("Address of a model"),
            tr("{examples}. Enter opens it").format(examples=tr(_HELP)),
        )
        self.address.returnPressed.connect(self._enter)
        caption = QLabel(tr("Address or name"))
        caption.setBuddy(self.address)
        opening = QPushButton(tr("Open"))
        opening.setProperty("role", "primary")
        describe(opening, tr("Open this address"), tr("Read the model's header from there (Enter)"))
        opening.clicked.connect(self._enter)
        close = QPushButton(tr("Close"))
        describe(close, tr("Close the address line"), tr("Open nothing (Esc)"))
        close.clicked.connect(self.closed)
        buttons = button_row(close, opening)
        self.stops: tuple[QWidget, ...] = (self.address, close, opening)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled_margins(0, 0, 0, 4))
        layout.setSpacing(scaled(5))
        layout.addWidget(caption)
        layout.addWidget(self.address)
        layout.addWidget(label("small", tr(_HELP) + ".", wrap=True))
        layout.addLayout(buttons)
        self.setFocusProxy(self.address)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the line."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        address = self.address.text().strip()
        if address:
            self.address_entered.emit(address)
        else:
            self.address.setFocus()
