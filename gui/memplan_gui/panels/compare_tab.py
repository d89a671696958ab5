"""What the plan is compared with: the other engine and pinned plans, and why they differ."""

from __future__ import annotations

from typing import Final

from memplan.language import marked, ntr, tr
from memplan.planning.comparison import Difference, compare
from memplan.planning.planner import Plan
from memplan.reports.content import request_arguments
from memplan.theme import Theme
from memplan.units import ByteUnits, format_bytes, format_exact_bytes, format_tokens
from memplan.wording.crossings import crossing_text
from memplan.wording.differences import difference_text
from memplan.wording.help.lookup import budget_topic, component_topic, largest_topic
from memplan.wording.help.topics import HelpTopic, Topic
from memplan.wording.titles import BACKEND_TITLES, component_title, engine_title, place_title
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QKeySequence,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QPushButton, QTableWidgetItem

from memplan_gui.comparison import Comparison, other_engine, pin_style
from memplan_gui.plot.overlay import LineStyle
from memplan_gui.session import Session
from memplan_gui.text_size import scaled
from memplan_gui.widgets.form import describe
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.page import Page
from memplan_gui.widgets.plain_table import Cell, PlainTable
from memplan_gui.widgets.topics import explain

_THIS, _OTHER, _FIRST_PIN = range(3)
_NAME, _NEEDED, _APART, _FITS, _CROSSES, _RUNS_ON = range(6)
_OTHER_TERM = 3
"""The last column of the terms that is about one of the plans."""
_PLAN_HEADERS: Final = (
    marked("Against this"),
    marked("Fits up to"),
    marked("Curves cross"),
    marked("Runs on"),
)
_PLAN_NUMBERS: Final = frozenset({1, 2, 3})
_TERM_NUMBERS: Final = frozenset({2, 3, 4})
_DRAW_HELP = marked("Draw the other engine's total as a dashed line over the chart")
_PIN_HELP = marked("Keep this plan as it is now, as a line over the chart and a row here")
_COUNTERPART_HELP = marked(
    "Keep what the engine allocates beside what it plans, or the reverse, as a line over the chart "
    "and a row here"
)
_REMOVE_HELP = marked("Forget the selected pinned plan (Delete). Undo brings it back")
_ICON_WIDTH, _ICON_HEIGHT = 30, 12
_HEAD_SPACE = 40


class CompareTab(Page):
    """Shows the plans of a :class:`Comparison`, and the terms of the selected one."""

    def __init__(self, session: Session, comparison: Comparison, theme: Theme) -> None:
        super().__init__(
            tr("Compare"), tr("The other engine and pinned plans, and why they differ")
        )
        self._session = session
        self._comparison = comparison
        self._theme = theme
        self._units = ByteUnits.BINARY
        self._compared: tuple[Plan, tuple[Difference, ...]] | None = None
        self.draw_other = QCheckBox(tr("Dra&w the other engine"))
        self.pin = QPushButton(tr("Pin &this plan"))
        self.counterpart = QPushButton(tr("Planned and allocated"))
        self.remove = QPushButton(tr("Remove"))
        self.plans = PlainTable(
            tr("Compared plans"), tr("Each plan at the same context; F2 renames a pinned one")
        )
        self._terms_title = label("section", wrap=True)
        self.terms = PlainTable(tr("Why they differ"), tr("Two plans term by term"))
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        describe(self.draw_other, tr("Draw the other engine"), tr(_DRAW_HELP))
        describe(self.pin, tr("Pin this plan"), tr(_PIN_HELP))
        describe(self.counterpart, tr("Planned and allocated"), tr(_COUNTERPART_HELP))
        describe(self.remove, tr("Remove the selected plan"), tr(_REMOVE_HELP))
        buttons = QHBoxLayout()
        buttons.setSpacing(scaled(8))
        buttons.addStretch(1)
        buttons.addWidget(self.pin)
        buttons.addWidget(self.remove)
        self._head.setSpacing(scaled(8))
        self._head.addWidget(self.draw_other, 1)
        self._head.addWidget(self.counterpart)
        self._head.addLayout(buttons)
        self.column.addLayout(self._head)
        explain(
            HelpTopic.OTHER_PLANS, self, self.draw_other, self.counterpart, self.pin, self.remove
        )
        self.plans.explain_cells(self._plan_topic)
        self.terms.explain_cells(self._term_topic)
        self.column.addWidget(self.plans)
        self.column.addSpacing(scaled(4))
        self.column.addWidget(self._terms_title)
        self.column.addWidget(self.terms)
        self.column.addStretch(1)

    def _connect(self) -> None:
        self._session.plan_changed.connect(self._refresh)
        self._comparison.changed.connect(self._refresh)
        self.draw_other.toggled.connect(self._comparison.draw_other)
        self.pin.clicked.connect(self._comparison.pin)
        self.counterpart.clicked.connect(self._pin_counterpart)
        self.remove.clicked.connect(self._remove)
        self.plans.itemChanged.connect(self._rename)
        self.plans.itemSelectionChanged.connect(self._show_selected)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.plans)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below the box where there is no room beside it."""
        super().resizeEvent(event)
        parts = (self.draw_other, self.counterpart, self.pin, self.remove)
        needed = sum(part.sizeHint().width() for part in parts) + scaled(_HEAD_SPACE)
        direction = QBoxLayout.Direction
        wide = event.size().width() >= needed
        self._head.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draw the lines in other colours."""
        self._theme = theme
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is compared now; nobody saw it before."""
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        current = self._session.plan
        if current is None or not self.isVisible():
            return
        at = ntr("At {count} token", "At {count} tokens", current.at.context_tokens)
        headers = (tr("Plan"), at, *(tr(header) for header in _PLAN_HEADERS))
        self.draw_other.setChecked(self._comparison.draws_other)
        self.counterpart.setVisible(self._comparison.counterpart() is not None)
        self.plans.show_rows(headers, self._plan_rows(current), _PLAN_NUMBERS)
        self._show_selected()
        self.updateGeometry()

    def _plan_rows(self, current: Plan) -> list[list[Cell]]:
        comparison = self._comparison
        rows = [self._plan_row(current, current, Cell(tr("This plan"), bold=True))]
        other = comparison.other_plan()
        title = engine_title(other_engine(current.request.engine))
        if other is None:
            rows.append([Cell(title), *[Cell("–")] * 4, Cell(tr("Refuses this request"))])
        else:
            icon = self._line_icon(LineStyle.DASHED) if comparison.draws_other else None
            rows.append(self._plan_row(current, other, Cell(title, icon=icon)))
        for index, pin in enumerate(comparison.pins):
            name = Cell(
                pin.name,
                tr("F2 or a double click renames it"),
                self._line_icon(pin_style(index)),
                editable=True,
            )
            rows.append(self._plan_row(current, pin.plan, name))
        return rows

    def _plan_row(self, current: Plan, shown: Plan, name: Cell) -> list[Cell]:
        units = self._units
        tokens = current.at.context_tokens
        request = shown.request
        runs_on = Cell(
            f"{engine_title(request.engine)} · {BACKEND_TITLES[request.backend]} · "
            f"{format_bytes(request.budget_bytes, units)}",
            " ".join(request_arguments(request)),
        )
        fits = Cell(ntr("{count} token", "{count} tokens", shown.markers.max_tokens))
        if tokens > max(shown.markers.ceiling_tokens, shown.at.context_tokens):
            ceiling = format_tokens(shown.markers.ceiling_tokens)
            ends = Cell(tr("ends at {context}").format(context=ceiling))
            return [name, ends, Cell("–"), fits, Cell("–"), runs_on]
        needed = shown.usage_at(tokens).budgeted_bytes
        size = Cell(format_bytes(needed, units), format_exact_bytes(needed))
        if shown is current:
            return [name, size, Cell(""), fits, Cell(""), runs_on]
        apart = needed - current.usage_at(tokens).budgeted_bytes
        crossing = crossing_text(current, shown)
        return [
            name,
            size,
            Cell(_signed(apart, units), format_exact_bytes(apart)),
            fits,
            Cell(
                tr("needs {crossing}").format(crossing=crossing) if crossing else tr("never"),
                crossing,
            ),
            runs_on,
        ]

    # The terms of one other plan

    def _show_selected(self) -> None:
        current = self._session.plan
        row = max(self.plans.currentRow(), _OTHER) if self.plans.selectedItems() else _OTHER
        pins = self._comparison.pins
        is_pin = _FIRST_PIN <= row < _FIRST_PIN + len(pins)
        self.remove.setEnabled(is_pin)
        other = pins[row - _FIRST_PIN].plan if is_pin else self._comparison.other_plan()
        shown = current is not None and other is not None
        self.terms.setVisible(shown)
        self._terms_title.setVisible(shown)
        if current is None or other is None:
            return
        title = pins[row - _FIRST_PIN].name if is_pin else engine_title(other.request.engine)
        self._show_terms(current, other, title)

    def _show_terms(self, current: Plan, other: Plan, title: str) -> None:
        tokens = min(
            current.at.context_tokens, max(other.markers.ceiling_tokens, other.at.context_tokens)
        )
        self._terms_title.setText(
            ntr("Why they differ, at {count} token", "Why they differ, at {count} tokens", tokens)
        )
        headers = (
            tr("Component"), tr("Where"), tr("This plan"), title, tr("Difference"), tr("Why"),
        )  # fmt: skip
        same_model = other.model is current.model
        differences = compare(current, other, tokens)
        self._compared = other, differences
        rows = [self._term_row(difference, same_model=same_model) for difference in differences]
        self.terms.show_rows(headers, rows, _TERM_NUMBERS)

    def _term_row(self, difference: Difference, *, same_model: bool) -> list[Cell]:
        units = self._units
        why = difference_text(difference) if same_model else tr("Another model")
        sizes = (difference.one_bytes, difference.other_bytes)
        return [
            Cell(component_title(difference.kind, difference.part)),
            Cell(place_title(difference.where)),
            *(Cell(format_bytes(size, units), format_exact_bytes(size)) for size in sizes),
            Cell(
                _signed(difference.difference_bytes, units),
                format_exact_bytes(difference.difference_bytes),
            ),
            Cell(why, why),
        ]

    # What cells are about

    def _plan_topic(self, row: int, column: int) -> Topic:
        current, pins = self._session.plan, self._comparison.pins
        other = self._comparison.other_plan()
        shown = {_THIS: current, _OTHER: other}.get(row) or (
            pins[row - _FIRST_PIN].plan if _FIRST_PIN <= row < _FIRST_PIN + len(pins) else current
        )
        if shown is None or column in (_NAME, _APART):
            return HelpTopic.OTHER_PLANS
        return {
            _NEEDED: HelpTopic.COUNTS,
            _FITS: largest_topic(shown.request.engine),
            _CROSSES: HelpTopic.CROSSINGS,
        }.get(column, budget_topic(shown.request.backend))

    def _term_topic(self, row: int, column: int) -> Topic:
        current = self._session.plan
        if self._compared is None or current is None or column > _OTHER_TERM:
            return HelpTopic.DIFFERENCE
        other, differences = self._compared
        if not 0 <= row < len(differences):
            return HelpTopic.DIFFERENCE
        term = differences[row]
        shown = current if term.one_bytes and column != _OTHER_TERM else other
        return component_topic(shown.request.engine, term.kind, term.where, term.part)

    # What the user asks for

    def _pin_counterpart(self) -> None:
        """Both figures in the chart, and below why they differ."""
        number = self._comparison.pin_counterpart()
        if number is not None:
            self.plans.selectRow(_FIRST_PIN + number)

    def _remove(self) -> None:
        index = self.plans.currentRow() - _FIRST_PIN
        if 0 <= index < len(self._comparison.pins):
            self._comparison.remove(index)

    def _rename(self, item: QTableWidgetItem) -> None:
        index = item.row() - _FIRST_PIN
        if item.column() == 0 and 0 <= index < len(self._comparison.pins):
            self._comparison.rename(index, item.text())
            self._refresh()

    def _line_icon(self, style: LineStyle) -> QIcon:
        """A piece of the line, in a selected row in the colour of the texts there."""
        icon = QIcon(self._line_piece(style, self._theme.text))
        icon.addPixmap(self._line_piece(style, self._theme.accent_text), QIcon.Mode.Selected)
        return icon

    def _line_piece(self, style: LineStyle, colour: str) -> QPixmap:
        ratio = self.devicePixelRatioF()
        width, height = scaled(_ICON_WIDTH), scaled(_ICON_HEIGHT)
        pixmap = QPixmap(round(width * ratio), round(height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setPen(QPen(QColor(colour), scaled(2), style.value))
        painter.drawLine(QPointF(0, height / 2), QPointF(width, height / 2))
        painter.end()
        return pixmap


def _signed(count: int, units: ByteUnits) -> str:
    """A difference with its sign; nothing is the same."""
    if count == 0:
        return tr("same")
    return f"{'+' if count > 0 else '−'}{format_bytes(abs(count), units)}"
