"""What would make the model fit, best first, with a button that applies it."""

from __future__ import annotations

from dataclasses import dataclass

from memplan.devices import load_catalogue
from memplan.language import ENGLISH, marked, ntr, spoken, tr
from memplan.planning.advice import CONTEXT, QUANTISATION, Advice, advise
from memplan.planning.planner import Plan
from memplan.units import ByteUnits, format_bytes, format_exact_bytes, format_tokens
from memplan.wording.advice import advice_text, cost_text
from memplan.wording.help.topics import HelpTopic
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton

from memplan_gui.applying import apply_difference
from memplan_gui.panels.command_row import CommandRow
from memplan_gui.session import Session
from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.page import PlanPage
from memplan_gui.widgets.topics import explain

_APPLY_HELP = marked("Change the request like this. Undo takes it back")
_OTHER_FILE_HELP = marked(
    "Open the smaller file to plan with it; its size is worked out from this one's"
)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """An advice in words.

    Attributes:
        title: what to do.
        enough: whether that alone is enough.
        enough_text: the same in words.
        effect: what it frees, and the context that then fits.
        costs: what it costs.
        exact: the freed bytes to the last.
        applicable: whether the request can be changed like this.
    """

    title: str
    enough: bool
    enough_text: str
    effect: str
    costs: str
    exact: str
    applicable: bool


def change_rows(plan: Plan, advice: tuple[Advice, ...], units: ByteUnits) -> tuple[ChangeRow, ...]:
    """A row for each advice."""
    return tuple(_row(plan, item, units) for item in advice)


def _row(plan: Plan, advice: Advice, units: ByteUnits) -> ChangeRow:
    enough = advice.reaches_goal if plan.verdict.fits else advice.plan.verdict.fits
    return ChangeRow(
        advice_text(advice),
        enough,
        _enough_text(plan, enough=enough),
        " ".join(text for text in (_freed_text(plan, advice, units), _reach_text(advice)) if text),
        " ".join(dict.fromkeys(cost_text(step.change) for step in advice.steps)),
        _exact_text(advice),
        all(step.change != QUANTISATION for step in advice.steps),
    )


def _freed_text(plan: Plan, advice: Advice, units: ByteUnits) -> str:
    """What an advice frees at the wanted context; nothing more of one that shortens it."""
    if advice.saves_bytes <= 0:
        return ""
    size = format_bytes(advice.saves_bytes, units)
    if advice.estimated:
        size = tr("about {size}").format(size=size)
    if advice.steps[0].change == CONTEXT:
        return tr("Frees {size}.").format(size=size)
    at = plan.at.context_tokens
    return ntr("Frees {size} at {count} token.", "Frees {size} at {count} tokens.", at).format(
        size=size
    )


def _reach_text(advice: Advice) -> str:
    reached = advice.fitting_tokens
    if not reached:
        starts = advice.plan.verdict.fits
        return tr("Parts stay in host memory.") if starts else tr("No context fits then.")
    return ntr("{count} token then fits.", "{count} tokens then fit.", reached)


def _exact_text(advice: Advice) -> str:
    if advice.saves_bytes <= 0:
        return ""
    return tr("{bytes} less").format(bytes=format_exact_bytes(advice.saves_bytes))


def _enough_text(plan: Plan, *, enough: bool) -> str:
    if plan.verdict.leaves_devices:
        return tr("Fits whole") if enough else tr("Not whole yet")
    if plan.verdict.fits:
        return tr("All tokens fit") if enough else tr("More tokens fit")
    return tr("Enough") if enough else tr("Not enough alone")


def nothing_text(plan: Plan) -> str:
    """Why there is no advice."""
    if not plan.verdict.fits:
        return tr("No single change, and no combination of them, makes this model fit.")
    if plan.at.context_tokens < plan.markers.ceiling_tokens <= plan.markers.max_tokens:
        ceiling = format_tokens(plan.markers.ceiling_tokens)
        return tr("Nothing needs to change: even all {ceiling} tokens would fit.").format(
            ceiling=ceiling
        )
    if plan.at.context_tokens < plan.markers.ceiling_tokens:
        most = format_tokens(plan.markers.max_tokens)
        return tr("Nothing needs to change. Up to {most} tokens fit.").format(most=most)
    return tr("Nothing needs to change: all tokens that the model allows fit.")


def _costs_line(costs: str) -> str:
    # English goes on small after a colon; German does not, and its nouns are never small.
    if spoken().code == ENGLISH.code:
        costs = costs[:1].lower() + costs[1:]
    return tr("Costs: {costs}").format(costs=costs)


class _AdviceRow(QFrame):
    """Shows one advice.

    Signals:
        apply_requested(int): the row's number, from 0.
    """

    apply_requested = Signal(object)

    def __init__(self, index: int) -> None:
        super().__init__()
        self.setProperty("role", "row")
        self._index = index
        # Alt and the number press the button.
        self._number = QLabel(f"&{index + 1}" if index < 9 else str(index + 1))
        self._number.setProperty("role", "section")
        self._title = label("section", wrap=True)
        self._effect = label("", wrap=True)
        self._costs = label("muted", wrap=True)
        self._enough = label("chip")
        self._other_file = label("small", tr("Needs another file"))
        self._other_file.setToolTip(tr(_OTHER_FILE_HELP))
        self.apply = QPushButton(tr("Apply"))
        self._number.setBuddy(self.apply)
        self.apply.clicked.connect(lambda: self.apply_requested.emit(self._index))
        explain(HelpTopic.FREES, self, self._title, self._effect, self._costs, self._enough)
        for text in (self._title, self._effect, self._costs):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QGridLayout(self)
        layout.setContentsMargins(scaled_margins(0, 0, 0, 9))
        layout.setHorizontalSpacing(scaled(10))
        layout.setVerticalSpacing(scaled(2))
        top = Qt.AlignmentFlag.AlignTop
        layout.addWidget(self._number, 0, 0, top)
        layout.addWidget(self._title, 0, 1)
        layout.addWidget(self._enough, 0, 2, top | Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.apply, 0, 3, 3, 1, top)
        layout.addWidget(self._other_file, 0, 3, top)
        layout.addWidget(self._effect, 1, 1, 1, 2)
        layout.addWidget(self._costs, 2, 1, 1, 2)
        layout.setColumnMinimumWidth(0, scaled(14))
        layout.setColumnStretch(1, 1)

    def show_row(self, row: ChangeRow) -> None:
        """Show an advice."""
        self._title.setText(row.title)
        self._effect.setText(row.effect)
        self._effect.setToolTip(row.exact)
        self._costs.setText(_costs_line(row.costs))
        self._enough.setText(("✓ " if row.enough else "") + row.enough_text)
        self._enough.setProperty("role", "chip_ok" if row.enough else "chip")
        self._enough.style().unpolish(self._enough)
        self._enough.style().polish(self._enough)
        self.apply.setVisible(row.applicable)
        self._other_file.setVisible(not row.applicable)
        self.apply.setAccessibleName(tr("Apply: {advice}").format(advice=row.title))
        self.apply.setAccessibleDescription(f"{row.effect} {row.costs} {tr(_APPLY_HELP)}")
        self.apply.setToolTip(tr(_APPLY_HELP))


class ChangeTab(PlanPage):
    """The advice for the session's plan."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            tr("What to change"),
            tr("What would make the model fit, or more of its context, best first"),
            lambda plan: advise(plan, load_catalogue()),
        )
        self._session = session
        self._units = ByteUnits.BINARY
        self._shown: tuple[Plan, tuple[Advice, ...]] | None = None
        self._nothing = label("muted", wrap=True)
        explain(HelpTopic.FREES, self)
        self.rows: list[_AdviceRow] = []
        self.command = CommandRow()
        self.column.addWidget(self._nothing)
        self.column.addWidget(self.command)
        self.column.addStretch(1)
        session.plan_changed.connect(self.show_plan)

    def show_answer(self, plan: Plan, answer: tuple[Advice, ...]) -> None:
        """Show the advice for a plan."""
        self._shown = plan, answer
        self.command.show_plan(plan)
        self._nothing.setVisible(not answer)
        self._nothing.setText("" if answer else nothing_text(plan))
        while len(self.rows) < len(answer):
            self._add_row()
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(answer))
        for row, words in zip(self.rows, change_rows(plan, answer, self._units), strict=False):
            row.show_row(words)
        self.updateGeometry()

    def shown_plan(self) -> Plan | None:
        """The plan that the advice is for."""
        return self._shown[0] if self._shown is not None else None

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        if self._shown is not None:
            self.show_answer(*self._shown)

    def _add_row(self) -> None:
        row = _AdviceRow(len(self.rows))
        row.apply_requested.connect(self._apply)
        self.column.insertWidget(self.column.count() - 1, row)
        self.rows.append(row)

    def _apply(self, index: int) -> None:
        if self._shown is None:
            return
        plan, advice = self._shown
        chosen = advice[index]
        apply_difference(self._session, advice_text(chosen), plan.request, chosen.plan.request)
