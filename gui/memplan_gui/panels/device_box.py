"""The list of devices: this machine's, raised limits of a Mac, and the catalogue by maker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from memplan.detection import Detection
from memplan.detection.choices import (
    DeviceChoice,
    Origin,
    catalogue_choice,
    detected_choices,
    wired_limit_choices,
)
from memplan.devices import load_catalogue
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.memory.machine import Pool, PoolKind
from memplan.request import Request
from memplan.units import MIB, ByteUnits, format_bytes
from memplan.wording.help.topics import HelpTopic, Topic
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
)

from memplan_gui.text_size import scaled
from memplan_gui.widgets.searched_list import SearchedList
from memplan_gui.widgets.tooltips import as_written
from memplan_gui.widgets.topics import explain

_ANY = marked("Any with this budget")
_OWN = marked("Own budget")
_THIS_MACHINE = marked("This machine")
_WIRED_LIMIT = marked("If the wired limit is raised to")
_SEARCHING = marked("Looking for devices…")
_NONE_FOUND = marked("No device found")
_VISIBLE_ROWS = 16
_TEXT_MARGIN = 4
_DEVICE_TEXTS: Final[Mapping[Origin, str]] = exhaustive(
    Origin,
    {
        Origin.TOTAL: marked("{device} · {size} in all"),
        Origin.FREE_NOW: marked("{device} · {size} free now"),
        Origin.CATALOGUE: "{device} · {size}",
        Origin.WIRED_LIMIT: "{device} · {size}",
    },
)

_TOPICS: Final[Mapping[Origin, Topic]] = exhaustive(
    Origin,
    {
        Origin.TOTAL: HelpTopic.DEVICE,
        Origin.FREE_NOW: HelpTopic.FREE_NOW,
        Origin.CATALOGUE: HelpTopic.DEVICE,
        Origin.WIRED_LIMIT: HelpTopic.WIRED_LIMIT,
    },
)

_Group = tuple[str, list[DeviceChoice]]


class DeviceBox(QComboBox):
    """Shows which device a request is for, and offers others.

    Signals:
        chosen(DeviceChoice): the user picked a device.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._units = ByteUnits.BINARY
        self._detection: Detection | None = None
        self._searching = False
        self._catalogue = [catalogue_choice(device) for device in load_catalogue()]
        self._filled: tuple[object, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(_VISIBLE_ROWS)
        self.setView(SearchedList(self))
        self.activated.connect(self._choose)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units from the next request on."""
        self._units = units

    def set_searching(self) -> None:
        """Say from the next request on that this machine's devices are being looked for."""
        self._searching = True

    def set_detection(self, detection: Detection) -> None:
        """Offer this machine's devices from the next request on."""
        self._searching = False
        self._detection = detection

    def show_request(self, request: Request, number: int = 0) -> None:
        """Show the device of this number.

        If somebody changed its budget, the list says so.
        """
        pool = request.machine.devices[number]
        with QSignalBlocker(self):
            self._fill(request)
            row = self._row_of(pool)
            described = None if row is None else self.itemData(row)
            explain(_TOPICS[described.origin] if described else HelpTopic.DEVICE, self)
            self.setItemText(0, tr(_OWN if pool.name else _ANY))
            changed = ""
            if pool.name and row is None:
                changed = tr("No longer {device}").format(device=self._pool_text(pool))
            self.setItemData(0, as_written(changed), Qt.ItemDataRole.ToolTipRole)
            self.setCurrentIndex(row or 0)
            if pool.free_bytes is not None and pool.free_bytes == pool.budget_bytes and row is None:
                # Free memory has changed since: what was chosen then is not in the list now.
                self.setItemText(0, self._pool_text(pool))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list for what is typed: it then shows the devices with these words."""
        text = event.text()
        held = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if text.isalnum() and not held:
            self.showPopup()
            self.view().keyboardSearch(text)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw what there is room for of the chosen device."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self.shown_text()
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def shown_text(self) -> str:
        """The chosen device, as much of it as there is room for.

        The catalogue's makers are the first to go, then the middle of a name: the memory behind it
        stays in sight.
        """
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        text, metrics = self.currentText(), self.fontMetrics()
        width = room.width() - scaled(_TEXT_MARGIN)
        if metrics.horizontalAdvance(text) > width and self.currentData() in self._catalogue:
            text = text.partition(" ")[2]
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)

    def _row_of(self, pool: Pool) -> int | None:
        for row in range(1, self.count()):
            choice = self.itemData(row)
            if isinstance(choice, DeviceChoice) and choice.describes(pool):
                return row
        return None

    def _choose(self, row: int) -> None:
        choice = self.itemData(row)
        if isinstance(choice, DeviceChoice):
            self.chosen.emit(choice)

    # The rows

    def _fill(self, request: Request) -> None:
        """Make the rows anew, if anything that they depend on has changed."""
        wired = tuple(wired_limit_choices(request))
        key = (request.engine, wired, self._units, self._detection, self._searching)
        if key == self._filled:
            return
        self._filled = key
        rows = QStandardItemModel(self)
        rows.appendRow(QStandardItem(tr(_ANY)))
        for title, choices in self._groups(request.engine, wired):
            rows.appendRow(_heading(title))
            for choice in choices:
                rows.appendRow(self._item(choice))
            if not choices:
                rows.appendRow(_heading(tr(_SEARCHING if self._searching else _NONE_FOUND)))
        self.setModel(rows)

    def _groups(self, engine: str, wired: Iterable[DeviceChoice]) -> Iterator[_Group]:
        if self._detection is not None or self._searching:
            found = detected_choices(self._detection, engine) if self._detection else ()
            yield tr(_THIS_MACHINE), list(found)
        if raised := list(wired):
            yield tr(_WIRED_LIMIT), raised
        makers = dict.fromkeys(_maker(choice) for choice in self._catalogue)
        for maker in makers:
            yield maker, [choice for choice in self._catalogue if _maker(choice) == maker]

    def _item(self, choice: DeviceChoice) -> QStandardItem:
        item = QStandardItem(self._text(choice))
        item.setData(choice, Qt.ItemDataRole.UserRole)
        item.setToolTip(as_written(self._tooltip(choice)))
        return item

    def _text(self, choice: DeviceChoice) -> str:
        if choice.origin is Origin.CATALOGUE and choice.total_memory_bytes is not None:
            return choice.name  # a Mac's name has its memory in it
        size = format_bytes(choice.budget_bytes, self._units)
        return tr(_DEVICE_TEXTS[choice.origin]).format(device=choice.name, size=size)

    def _pool_text(self, pool: Pool) -> str:
        """A memory as it was when its device was chosen."""
        free_now = pool.free_bytes is not None
        count = pool.free_bytes if free_now else pool.total_bytes
        if count is None or pool.kind is PoolKind.UNIFIED:
            return pool.name
        origin = Origin.FREE_NOW if free_now else Origin.CATALOGUE
        size = format_bytes(count, self._units)
        return tr(_DEVICE_TEXTS[origin]).format(device=pool.name, size=size)

    def _tooltip(self, choice: DeviceChoice) -> str:
        if choice.origin is Origin.WIRED_LIMIT:
            return f"sudo sysctl iogpu.wired_limit_mb={choice.budget_bytes // MIB}"
        if choice.max_allocation_bytes is not None:
            limit = format_bytes(choice.max_allocation_bytes, self._units)
            return tr("{device}. Largest single allocation: {limit}").format(
                device=choice.name, limit=limit
            )
        return choice.name


def _heading(text: str) -> QStandardItem:
    """A row that cannot be chosen."""
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    font = QFont()
    font.setBold(True)
    item.setFont(font)
    return item


def _maker(choice: DeviceChoice) -> str:
    return choice.name.split()[0]
