"""The link to the other quantisations of the open model that lie in its folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from memplan.language import tr
from memplan.model import Model
from memplan.units import ByteUnits, format_bytes, format_count
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy

from memplan_gui.widgets.form import describe


class QuantisationsMenu(QPushButton):
    """A link with a menu. Seen only where there is something to choose.

    Signals:
        chosen(str): the file of a quantisation.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "link")
        self.setProperty("menu", "true")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        describe(
            self,
            tr("Other quantisations"),
            tr("Open another quantisation of this model in its folder"),
        )
        self._models = QMenu(self)
        self._models.triggered.connect(lambda action: self.chosen.emit(action.data()))
        self.setMenu(self._models)
        self.hide()

    def show_models(self, models: Sequence[Model], current: str, units: ByteUnits) -> None:
        """Offer these models, of which the one from ``current`` is open."""
        self._models.clear()
        for number, model in enumerate(models, 1):
            size = format_bytes(model.weights_bytes, units)
            # By the file's name: some quantisations call themselves what others are.
            name = Path(model.source).name.replace("&", "&&")
            action = self._models.addAction(f"{_mnemonic(number)}{name}  ·  {size}")
            action.setData(model.source)
            action.setCheckable(True)
            action.setChecked(model.source == current)
        others = format_count(len(models) - 1)
        self.setText(tr("Othe&r quantisations ({count})").format(count=others))
        self.setVisible(len(models) > 1)


def _mnemonic(number: int) -> str:
    """The key of a line, as long as there are digits."""
    return f"&{number}  " if number < 10 else ""
