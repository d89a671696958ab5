"""The models that an address may mean, to choose one from."""

from __future__ import annotations

from collections.abc import Sequence

from memplan.language import tr
from memplan.reader.errors import Choice
from memplan.units import ByteUnits, format_bytes, format_exact_bytes
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.form import button_row, describe
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.tooltips import as_written

_MOST_ROWS = 8
_ROW_HEIGHT = 24


class ChoiceList(QWidget):
    """Lists models with their sizes; Enter or a double click opens one.

    Attributes:
        list: the models.
        stops: what the focus goes through, in this order.

    Signals:
        chosen(str): the location of a model.
        closed(): the user wants none of them.
    """

    chosen = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = label("title", wrap=True)
        self.list = QListWidget()
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(
            self.list, tr("Models to choose from"), tr("Enter opens the chosen model, Esc none")
        )
        self.list.setToolTip("")  # each item has its own
        self.list.itemActivated.connect(self._choose)
        opening = QPushButton(tr("Open"))
        opening.setProperty("role", "primary")
        describe(opening, tr("Open this model"), tr("Read the header of the chosen model (Enter)"))
        opening.clicked.connect(lambda: self._choose(self.list.currentItem()))
        close = QPushButton(tr("Close"))
        describe(close, tr("Close the list"), tr("Open none of these (Esc)"))
        close.clicked.connect(self.closed)
        buttons = button_row(close, opening)
        self.stops: tuple[QWidget, ...] = (self.list, close, opening)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled_margins(0, 0, 0, 4))
        layout.setSpacing(scaled(6))
        layout.addWidget(self._title)
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        self.setFocusProxy(self.list)

    def show_choices(self, title: str, choices: Sequence[Choice], units: ByteUnits) -> None:
        """Offer other models, the first of them chosen."""
        self._title.setText(title)
        self.list.clear()
        for choice in choices:
            size = "" if choice.bytes is None else f"  ·  {format_bytes(choice.bytes, units)}"
            exact = "" if choice.bytes is None else f", {format_exact_bytes(choice.bytes)}"
            item = QListWidgetItem(f"{choice.name.removesuffix('.gguf')}{size}")
            item.setToolTip(as_written(f"{choice.name}{exact}"))
            item.setData(Qt.ItemDataRole.UserRole, choice.location)
            item.setSizeHint(QSize(0, scaled(_ROW_HEIGHT)))
            self.list.addItem(item)
        rows = min(len(choices), _MOST_ROWS)
        self.list.setFixedHeight(rows * scaled(_ROW_HEIGHT) + scaled(10))
        self.list.setCurrentRow(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the list."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
