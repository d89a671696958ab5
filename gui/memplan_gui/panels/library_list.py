"""The list of models with what is around it: how to open another, a filter, the progress."""

from __future__ import annotations

from typing import Final

from memplan.language import ntr, tr
from memplan.theme import Theme
from memplan.units import format_count
from memplan.wording.help.topics import HelpTopic
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from memplan_gui.panels.empty_state import OpenButtons
from memplan_gui.panels.library_table import LibraryTable
from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.form import describe, named_button
from memplan_gui.widgets.labels import ElidedLabel, label
from memplan_gui.widgets.tooltips import as_written
from memplan_gui.widgets.topics import explain

_LEAST_TABLE_HEIGHT: Final = 240


class _Search(QLineEdit):
    """Looks for words; the arrow keys and Enter go on in the table."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave for the table, or clear."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class LibraryList(QFrame):
    """The list.

    Attributes:
        buttons: the other ways to a model.
        table: the models.

    Signals:
        folder_requested(): the user wants to choose a folder.
        all_requested(): the user wants to see all places again.
        cancel_requested(): the user does not want to wait.
        left(): the user wants to see the plan of the open model again.
        keep_changed(bool): whether the folder in sight is to be looked into always.
    """

    folder_requested = Signal()
    all_requested = Signal()
    cancel_requested = Signal()
    left = Signal()
    keep_changed = Signal(bool)

    def __init__(self, samples: QMenu, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.buttons = OpenButtons(samples)
        self.table = LibraryTable(theme)
        explain(HelpTopic.LIBRARY, self)
        self._title = label("section")
        self._folder = ElidedLabel("muted")
        self._progress = label("muted")
        self._keep = QCheckBox(tr("Keep in the library"))
        describe(
            self._keep,
            tr("Keep in the library"),
            tr("Look into this folder, too, whenever the models on this computer are listed"),
        )
        self._keep.toggled.connect(self.keep_changed)
        self._search = _Search()
        self._search.setPlaceholderText(tr("Filter by name, quantisation or folder"))
        self._search.setClearButtonEnabled(True)
        describe(self._search, tr("Filter"), tr("Show the models that have all of these words"))
        self._search.textChanged.connect(self.table.rows.set_filter)
        self._search.left.connect(self._go_to_table)
        self._cancel = named_button(tr("Cancel"), tr("Look no further, and keep what is listed"))
        self._cancel.clicked.connect(self.cancel_requested)
        self._all = named_button(tr("Sho&w all models"), tr("List all models on this computer"))
        self._all.clicked.connect(self.all_requested)
        self._back = named_button(
            tr("Back &to the plan"), tr("Show the plan of the open model again")
        )
        self._back.clicked.connect(self.left)
        self._back.hide()
        self._compare = QPushButton()
        self._compare.clicked.connect(self._open_selected)
        self.table.seen_changed.connect(self._offer_comparison)
        self._lay_out()
        self.show_folder("", kept=False)
        self.show_progress("", busy=False)
        self._offer_comparison()

    def show_folder(self, folder: str, *, kept: bool) -> None:
        """Say which folder is listed; empty: all places are."""
        title = tr("Models in this folder") if folder else tr("Models on this computer")
        self._title.setText(title)
        self._folder.setText(folder)
        self._folder.setToolTip(as_written(folder))
        for widget in (self._folder, self._keep, self._all):
            widget.setVisible(bool(folder))
        self._keep.blockSignals(True)
        self._keep.setChecked(kept)
        self._keep.blockSignals(False)

    def show_progress(self, text: str, *, busy: bool) -> None:
        """Say how far it is."""
        self._progress.setText(text)
        self._cancel.setVisible(busy)

    def offer_return(self, offered: bool) -> None:
        """Offer to go back to the plan of the open model."""
        self._back.setVisible(offered)

    def _go_to_table(self) -> None:
        if self.table.rows.rowCount():
            self.table.setFocus()
            if not self.table.selected_sources():
                self.table.selectRow(0)

    def _open_selected(self) -> None:
        self.table.chosen.emit(self.table.selected_sources())

    def _offer_comparison(self) -> None:
        count = len(self.table.selected_sources())
        self._compare.setVisible(count > 1)
        text = ntr("Compare {count} model", "Compare {count} models", count)
        self._compare.setText(text)
        describe(self._compare, text, tr("Open the first, and pin the others to compare with it"))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(scaled_margins(14, 12, 14, 12))
        column.setSpacing(scaled(8))
        column.addWidget(self._strip())
        column.addSpacing(scaled(4))
        column.addLayout(_row(self._title, self._progress, self._cancel, self._compare, self._back))
        column.addLayout(_row(self._folder, self._keep, self._all))
        column.addWidget(self._search)
        self.table.setMinimumHeight(scaled(_LEAST_TABLE_HEIGHT))
        column.addWidget(self.table, 1)

    def _strip(self) -> QFrame:
        """The drop area, as low as its buttons."""
        strip = QFrame()
        strip.setProperty("role", "drop_area")
        choose = named_button(tr("Folder…"), tr("List the models in a folder"))
        choose.clicked.connect(self.folder_requested)
        self.buttons.row.insertWidget(1, choose)
        row = QHBoxLayout(strip)
        row.setContentsMargins(scaled_margins(14, 8, 10, 8))
        row.addWidget(label("muted", tr("Drop a model or a folder here"), wrap=True), 1)
        row.addWidget(self.buttons)
        return strip


def _row(*widgets: QWidget) -> QHBoxLayout:
    """Widgets side by side; the first takes what room is left."""
    row = QHBoxLayout()
    row.setSpacing(scaled(8))
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 0 if number else 1)
    return row


def progress_text(read: int, count: int, unplanned: int, *, busy: bool) -> str:
    """How far reading and planning are; where nothing goes on, how many files there are."""
    if not busy:
        return ntr("{count} file", "{count} files", count)
    if read < count:
        return tr("Reading {read} of {count}").format(
            read=format_count(read), count=format_count(count)
        )
    return ntr("Planning {count} model", "Planning {count} models", unplanned)
