"""Every component at every context, and which context each device of the catalogue reaches."""

from __future__ import annotations

from typing import Final

from memplan.devices import load_catalogue
from memplan.estimate import Outcome
from memplan.language import marked, tr
from memplan.planning.device_fits import DeviceFit, fits_on_devices
from memplan.planning.planner import Plan
from memplan.units import ByteUnits, format_bytes, format_exact_bytes, format_tokens
from memplan.wording.help.lookup import (
    automatic_topic,
    budget_topic,
    component_topic,
    largest_topic,
)
from memplan.wording.help.topics import HelpTopic, Topic
from memplan.wording.pools import pool_title, share_place
from memplan.wording.titles import component_title, placed_title

from memplan_gui.presenter import STATUS_NAMES
from memplan_gui.session import Session
from memplan_gui.text_size import scaled
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.page import PlanPage
from memplan_gui.widgets.plain_table import Cell, PlainTable
from memplan_gui.widgets.topics import explain

_FIRST_POWER, _LAST_POWER = 11, 32
_DEVICE_HEADERS: Final = (
    marked("Memory"),
    marked("Starts with"),
    marked("Largest that fits"),
    marked("Verdict"),
    marked("Devices"),
)
_DEVICE_NUMBERS: Final = frozenset({0, 1, 2})


def shown_contexts(plan: Plan) -> list[int]:
    """2K, 4K … up to the ceiling, the ceiling, and the wanted context."""
    ceiling = plan.markers.ceiling_tokens
    powers = {2**power for power in range(_FIRST_POWER, _LAST_POWER) if 2**power < ceiling}
    return sorted((powers | {ceiling, plan.at.context_tokens}) - {0})


def context_headers(plan: Plan) -> list[str]:
    """The columns of the table of contexts."""
    machine = plan.request.machine
    if len(machine.devices) > 1:
        totals = [pool_title(usage.pool, machine) for usage in plan.at.pools]
        parts = [
            tr("{place}: {component}").format(
                place=share_place(share, machine),
                component=component_title(share.kind, share.part),
            )
            for share in plan.at.shares
        ]
        return [tr("Context"), tr("Counts"), tr("Left"), *totals, *parts]
    kinds = [share.kind for share in plan.at.shares]
    titles = [
        placed_title(share.kind, share.where, share.part)
        if kinds.count(share.kind) > 1
        else component_title(share.kind, share.part)
        for share in plan.at.shares
    ]
    return [tr("Context"), tr("Counts"), tr("Left"), *titles]


def context_topics(plan: Plan) -> tuple[Topic, ...]:
    """What the columns of the table of contexts are about."""
    engine = plan.request.engine
    parts = [
        component_topic(engine, share.kind, share.where, share.part) for share in plan.at.shares
    ]
    several = len(plan.request.machine.devices) > 1
    totals = [HelpTopic.COUNTS for _usage in plan.at.pools] if several else []
    return (HelpTopic.CONTEXT, HelpTopic.COUNTS, HelpTopic.LEFT, *totals, *parts)


def device_topics(plan: Plan) -> tuple[Topic, ...]:
    """What the columns of the table of devices are about."""
    engine, backend = plan.request.engine, plan.request.backend
    reached = automatic_topic(engine), largest_topic(engine)
    return (budget_topic(backend), *reached, HelpTopic.TIGHT, HelpTopic.DEVICE_REACH)


def context_rows(plan: Plan, units: ByteUnits) -> list[list[Cell]]:
    """A row for each of the shown contexts; the wanted one stands out."""
    rows = []
    for tokens in shown_contexts(plan):
        usage = plan.usage_at(tokens)
        bold = tokens == plan.at.context_tokens
        left = usage.headroom_bytes
        size = format_bytes(abs(left), units)
        left_text = tr("{size} over").format(size=size) if left < 0 else size
        parts = [(share.bytes, "" if share.exact else "≈ ") for share in usage.shares]
        if len(plan.request.machine.devices) > 1:
            parts = [(held.bytes, "≈ " if held.band_bytes else "") for held in usage.pools] + parts
        rows.append(
            [
                Cell(format_tokens(tokens), bold=bold),
                Cell(
                    format_bytes(usage.budgeted_bytes, units),
                    format_exact_bytes(usage.budgeted_bytes),
                    bold=bold,
                ),
                Cell(left_text, format_exact_bytes(left), bold=bold),
                *(
                    Cell(about + format_bytes(size, units), format_exact_bytes(size), bold=bold)
                    for size, about in parts
                ),
            ]
        )
    return rows


def device_rows(fits: tuple[DeviceFit, ...], units: ByteUnits) -> list[list[Cell]]:
    """A row for each size of memory."""
    return [_device_row(fit, units) for fit in fits]


def _device_row(fit: DeviceFit, units: ByteUnits) -> list[Cell]:
    plan = fit.plan
    names = ", ".join(device.name for device in fit.devices)
    budget = plan.request.budget_bytes
    refused = plan.verdict.outcome is Outcome.REFUSED
    return [
        Cell(format_bytes(budget, units), format_exact_bytes(budget)),
        Cell("–" if refused else format_tokens(plan.verdict.granted_tokens)),
        Cell(
            format_tokens(plan.markers.max_tokens)
            if plan.markers.max_tokens
            else tr("none", "context")
        ),
        Cell(tr(STATUS_NAMES[plan.verdict.status])),
        Cell(names, names),
    ]


class ContextsTab(PlanPage):
    """The tables for the session's plan."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            tr("Contexts"),
            tr("Every component from 2K tokens to the ceiling, and what each device reaches"),
            lambda plan: fits_on_devices(plan, load_catalogue()),
        )
        self._units = ByteUnits.BINARY
        self._fits: tuple[DeviceFit, ...] = ()
        self.contexts = PlainTable(tr("Contexts"), tr("Bytes of each component at each context"))
        self.devices = PlainTable(tr("Devices"), tr("The context that each size of memory reaches"))
        explain(HelpTopic.DEVICE_REACH, self)
        self.contexts.explain_cells(self._context_topic)
        self.devices.explain_cells(self._device_topic)
        self.column.addWidget(self.contexts)
        self.column.addSpacing(scaled(6))
        self._devices_title = label("section", tr("Which context on which device"), wrap=True)
        self.column.addWidget(self._devices_title)
        self.column.addWidget(self.devices)
        self.column.addStretch(1)
        session.plan_changed.connect(self.show_plan)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        self._show_contexts()
        self._show_devices()

    def _context_topic(self, _row: int, column: int) -> Topic | None:
        topics = () if self._plan is None else context_topics(self._plan)
        return topics[column] if 0 <= column < len(topics) else None

    def _device_topic(self, _row: int, column: int) -> Topic | None:
        topics = () if self._plan is None else device_topics(self._plan)
        return topics[column] if 0 <= column < len(topics) else None

    def shown_fits(self) -> tuple[DeviceFit, ...]:
        """What the table of devices shows."""
        return self._fits

    def show_answer(self, _plan: Plan, answer: tuple[DeviceFit, ...]) -> None:
        """Show what each device reaches."""
        self._fits = answer
        self._show_devices()

    def ask(self) -> None:
        """Show the contexts at once, and work the devices out, where anyone looks."""
        super().ask()
        self._show_contexts()

    def _show_contexts(self) -> None:
        if self._plan is None or not self.isVisible():
            return
        headers = context_headers(self._plan)
        numbers = frozenset(range(len(headers)))
        self.contexts.show_rows(headers, context_rows(self._plan, self._units), numbers)
        self.updateGeometry()

    def _show_devices(self) -> None:
        self.devices.show_rows(
            [tr(header) for header in _DEVICE_HEADERS],
            device_rows(self._fits, self._units),
            _DEVICE_NUMBERS,
        )
        self.updateGeometry()
