"""The devices of a machine, where there are several, and the memory of its host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from memplan.detection import Detection
from memplan.detection.choices import DeviceChoice
from memplan.engines.registry import engine_named
from memplan.language import marked, tr
from memplan.memory.machine import Pool, PoolKind
from memplan.request import Request
from memplan.units import ByteUnits
from memplan.wording.help.topics import HelpTopic
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from memplan_gui.panels.device_box import DeviceBox
from memplan_gui.session import Session
from memplan_gui.text_size import scaled
from memplan_gui.widgets.form import Field, Form, describe, named_button
from memplan_gui.widgets.number_fields import BytesField
from memplan_gui.widgets.topics import explain

MOST_DEVICES: Final = 16
"""As many as llama.cpp takes."""

_HOST = Field(
    marked("Host memor&y"),
    marked("Memory of the machine that the host's part may take, beside that of the devices"),
    "GiB",
)


class DeviceRow(QWidget):
    """One of several devices: which it is, its budget, and buttons that move or remove it.

    Attributes:
        box: which device it is.
        budget: its memory.
        up, down, remove: the buttons.

    Signals:
        chosen(DeviceChoice): another device is wanted in its place.
        budget_changed(int): it has other memory.
        finished(): what was typed is complete.
        moved(int): it is wanted earlier, -1, or later, 1.
        removed(): it is not wanted.
    """

    chosen = Signal(object)
    budget_changed = Signal(object)
    finished = Signal()
    moved = Signal(int)
    removed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.box = DeviceBox()
        self.budget = BytesField()
        self.up, self.down = QPushButton("↑"), QPushButton("↓")
        self.remove = QPushButton("×")
        for button in (self.up, self.down, self.remove):
            button.setProperty("role", "tool")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(scaled(4))
        grid.addWidget(self.box, 0, 0, 1, 4)
        for column, widget in enumerate((self.budget, self.up, self.down, self.remove)):
            grid.addWidget(widget, 1, column)
        grid.setColumnStretch(0, 1)
        explain(HelpTopic.DEVICE, self)
        self.box.chosen.connect(self.chosen)
        self.budget.bytes_changed.connect(self.budget_changed)
        self.budget.editingFinished.connect(self.finished)
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self.remove.clicked.connect(lambda: self.removed.emit())

    def show_device(self, request: Request, number: int) -> None:
        """Show the device of this number."""
        devices = request.machine.devices
        self.box.show_request(request, number)
        self.budget.set_bytes(devices[number].budget_bytes or 0)
        self.up.setEnabled(number > 0)
        self.down.setEnabled(number + 1 < len(devices))
        of = {"number": number + 1}
        describe(
            self.box,
            tr("GPU {number}").format(**of),
            tr("A GPU of this machine or not: sets the budget to its memory"),
        )
        describe(
            self.budget,
            tr("Budget of GPU {number} (GiB)").format(**of),
            tr("Memory that the engine may use on this device"),
        )
        describe(
            self.up,
            tr("Move GPU {number} up").format(**of),
            tr("The engine counts devices in this order"),
        )
        describe(
            self.down,
            tr("Move GPU {number} down").format(**of),
            tr("The engine counts devices in this order"),
        )
        describe(
            self.remove,
            tr("Remove GPU {number}").format(**of),
            tr("Plan without this device"),
        )


class MachineRows(QWidget):
    """Shows the machine of the session's request, and asks for another one.

    Attributes:
        rows: a row for each of several devices; none where there is one.
        host: the host's memory.
        add: the button that adds a device.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._units = ByteUnits.BINARY
        self._searching = False
        self._detection: Detection | None = None
        self.rows: tuple[DeviceRow, ...] = ()
        self.host = BytesField()
        self.host.setSpecialValueText(tr("Not limited"))
        self.add = named_button(
            tr("Add a GPU"), tr("Plan for one more device, at first as the last one")
        )
        self.add.setProperty("role", "link")
        explain(HelpTopic.DEVICE, self.add, self.host)
        self._column = QVBoxLayout()
        self._column.setSpacing(scaled(8))
        self._form = Form()
        self._host_label = self._form.add(_HOST, self.host)
        adding = QHBoxLayout()
        adding.addStretch(1)
        adding.addWidget(self.add)
        self._form.addLayout(adding, self._form.rowCount(), 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(scaled(7))
        outer.addLayout(self._column)
        outer.addLayout(self._form)
        self.add.clicked.connect(self._add_device)
        self.host.bytes_changed.connect(self._change_host)
        self.host.editingFinished.connect(session.end_gesture)

    def show_request(self, request: Request) -> None:
        """Show a request's machine."""
        machine = request.machine
        devices = machine.devices
        count = len(devices) if len(devices) > 1 else 0
        if count != len(self.rows):
            self._make_rows(count)
        for number, row in enumerate(self.rows):
            row.show_device(request, number)
        own = machine.host.kind is PoolKind.HOST
        for widget in (self.host, self._host_label):
            widget.setVisible(own)
        if own:
            self.host.set_bytes(machine.host.budget_bytes or 0)
        several = engine_named(request.engine).several_devices and own
        self.add.setVisible(several and len(devices) < MOST_DEVICES)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        self.host.set_units(units)
        for row in self.rows:
            row.budget.set_units(units)
            row.box.set_units(units)

    def set_searching(self) -> None:
        """Say that this machine's devices are being looked for."""
        self._searching = True
        for row in self.rows:
            row.box.set_searching()

    def set_detection(self, detection: Detection) -> None:
        """Offer this machine's devices."""
        self._searching, self._detection = False, detection
        for row in self.rows:
            row.box.set_detection(detection)

    def _make_rows(self, count: int) -> None:
        """Keep the first rows, so that the focus stays; make or drop what differs."""
        for row in self.rows[count:]:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        kept = self.rows[:count]
        self.rows = kept + tuple(self._new_row(n) for n in range(len(kept), count))

    def _new_row(self, number: int) -> DeviceRow:
        row = DeviceRow()
        row.budget.set_units(self._units)
        row.box.set_units(self._units)
        if self._searching:
            row.box.set_searching()
        if self._detection is not None:
            row.box.set_detection(self._detection)
        row.chosen.connect(lambda choice: self._choose(number, choice))
        row.budget_changed.connect(lambda count: self._change_budget(number, count))
        row.finished.connect(self._session.end_gesture)
        row.moved.connect(lambda places: self._move(number, places))
        row.removed.connect(lambda: self._remove(number))
        self._column.addWidget(row)
        return row

    # What the user asks for

    def _choose(self, number: int, choice: DeviceChoice) -> None:
        request = self._session.request
        offered = engine_named(request.engine).backends
        self._session.end_gesture()
        self._session.change(tr("Device"), **choice.changes(request, offered, number))
        self._session.end_gesture()

    def _change_budget(self, number: int, budget_bytes: int) -> None:
        machine = self._session.request.machine
        pool = replace(machine.devices[number], budget_bytes=budget_bytes)
        self._session.change(tr("Budget"), machine=machine.with_pool(pool))

    def _change_host(self, budget_bytes: int) -> None:
        machine = self._session.request.machine
        host = replace(machine.host, budget_bytes=budget_bytes or None)
        self._session.change(tr("Host memory"), machine=machine.with_pool(host))

    def _add_device(self) -> None:
        self._change_devices(tr("Add a GPU"), lambda devices: [*devices, devices[-1]])

    def _move(self, number: int, places: int) -> None:
        def moved(devices: list[Pool]) -> list[Pool]:
            devices.insert(number + places, devices.pop(number))
            return devices

        self._change_devices(tr("Order of the devices"), moved)

    def _remove(self, number: int) -> None:
        self._change_devices(
            tr("Remove a GPU"), lambda devices: [*devices[:number], *devices[number + 1 :]]
        )

    def _change_devices(self, text: str, change: Callable[[list[Pool]], list[Pool]]) -> None:
        machine = self._session.request.machine
        self._session.end_gesture()
        devices = change(list(machine.devices))
        self._session.change(text, machine=machine.with_devices(devices))
        self._session.end_gesture()
