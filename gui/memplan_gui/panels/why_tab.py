"""Why the verdict is what it is: the reasons, the engine's own words, and questions solved."""

from __future__ import annotations

from memplan.language import marked, tr
from memplan.planning.planner import Plan
from memplan.planning.solve import Solution, solve
from memplan.units import ByteUnits, format_exact_bytes
from memplan.wording.help.topics import HelpTopic
from memplan.wording.solutions import answer_text, margin_text, question_text
from memplan.wording.verdicts import log_lines
from memplan.wording.why import Reason, reasons
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from memplan_gui.applying import apply_difference
from memplan_gui.session import Session
from memplan_gui.text_size import scaled
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.page import PlanPage
from memplan_gui.widgets.topics import explain

_TWO_COLUMNS_FROM = 720
"""From this width on, reasons and solved questions stand side by side."""

_USE_HELP = marked("Change the request to this. Undo takes it back")


class _Lines(QGridLayout):
    """Titles and texts, whose labels are used again for the next plan."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(scaled(12))
        self.setVerticalSpacing(scaled(3))
        self.setColumnStretch(1, 1)
        self._lines: list[tuple[QLabel, QLabel]] = []

    def show_reason(self, index: int, reason: Reason) -> None:
        """Show a reason; lines are added in order."""
        while len(self._lines) <= index:
            self._add()
        caption, value = self._lines[index]
        caption.setText(reason.title)
        value.setText(reason.text)
        value.setToolTip(reason.exact)
        explain(reason.topic, caption, value)
        for part in (caption, value):
            part.show()

    def hide_from(self, index: int) -> None:
        """Hide the lines from ``index`` on."""
        for line in self._lines[index:]:
            for part in line:
                part.hide()

    def captions(self) -> list[QLabel]:
        """The titles."""
        return [caption for caption, _ in self._lines]

    def _add(self) -> None:
        row = len(self._lines)
        caption, value = label("muted"), label("", wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = Qt.AlignmentFlag.AlignTop
        self.addWidget(caption, row, 0, top)
        self.addWidget(value, row, 1, top)
        self._lines.append((caption, value))


class _SolvedLine(QWidget):
    """A question, its answer, and a button that uses it."""

    def __init__(self) -> None:
        super().__init__()
        self._question = label("muted", wrap=True)
        self._answer = label("section")
        self._answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.use = QPushButton(tr("Use"))
        self.use.setProperty("role", "link")
        explain(HelpTopic.SOLVED, self, self._question, self._answer)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(scaled(10))
        layout.addWidget(self._question, 0, 0)
        layout.addWidget(self._answer, 0, 1, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.use, 0, 2)
        layout.setColumnStretch(0, 1)
        policy = self.use.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # answers stay below one another
        self.use.setSizePolicy(policy)

    def show_solution(self, solution: Solution, plan: Plan, units: ByteUnits) -> None:
        """Show an answer."""
        question, answer = question_text(solution, plan, units), answer_text(solution, units)
        self._question.setText(question)
        self._answer.setText(answer)
        exact = solution.answer if answer.endswith("B") else None
        self._answer.setToolTip(format_exact_bytes(exact) if isinstance(exact, int) else "")
        usable = solution.request is not None and solution.request != plan.request
        self.use.setVisible(usable)
        self.use.setAccessibleName(
            tr("Use {answer}: {question}").format(answer=answer, question=question)
        )
        self.use.setAccessibleDescription(tr(_USE_HELP))
        self.use.setToolTip(tr(_USE_HELP))


class WhyTab(PlanPage):
    """Explains the session's plan."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            tr("Why"),
            tr("Which memory, how much is needed and how much there is, and what follows"),
            solve,
        )
        self._session = session
        self._units = ByteUnits.BINARY
        self._solved: tuple[Plan, tuple[Solution, ...]] | None = None
        self._reasons = _Lines()
        self._log = label("code", wrap=True)
        self._log.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._margin = label("small", wrap=True)
        self.solved: list[_SolvedLine] = []
        self._solved_column = QVBoxLayout()
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._lay_out()
        session.plan_changed.connect(self.show_plan)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(scaled(6))
        left.addLayout(self._reasons)
        left.addSpacing(scaled(4))
        log_title = label("muted", tr("The engine's log says"))
        explain(HelpTopic.LOG_LINES, log_title, self._log)
        explain(HelpTopic.VERDICT, self)
        left.addWidget(log_title)
        left.addWidget(self._log)
        left.addStretch(1)
        right = self._solved_column
        right.setSpacing(scaled(3))
        right.addWidget(label("section", tr("Solved")))
        right.addWidget(self._margin)
        right.addStretch(1)
        self._halves.setSpacing(scaled(28))
        self._halves.addLayout(left, 11)
        self._halves.addLayout(right, 10)
        self.column.addLayout(self._halves)
        self.column.addStretch(1)

    def show_plan(self, plan: Plan) -> None:
        """Show another plan: its reasons at once, what must be solved later."""
        self._show_reasons(plan)
        super().show_plan(plan)

    def show_answer(self, plan: Plan, answer: tuple[Solution, ...]) -> None:
        """Show the solved questions."""
        self._solved = plan, answer
        while len(self.solved) < len(answer):
            self._add_solved()
        for index, line in enumerate(self.solved):
            line.setVisible(index < len(answer))
        for line, solution in zip(self.solved, answer, strict=False):
            line.show_solution(solution, plan, self._units)
        margin = margin_text(plan, self._units)
        self._margin.setText(margin)
        self._margin.setVisible(bool(margin))
        self.updateGeometry()

    def solved_plan(self) -> Plan | None:
        """The plan whose questions are solved."""
        return self._solved[0] if self._solved is not None else None

    def reason_labels(self) -> list[QLabel]:
        """The titles of the reasons."""
        return self._reasons.captions()

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        if self._plan is not None:
            self._show_reasons(self._plan)
        if self._solved is not None:
            self.show_answer(*self._solved)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the width."""
        super().resizeEvent(event)
        wide = event.size().width() >= scaled(_TWO_COLUMNS_FROM)
        direction = QBoxLayout.Direction
        self._halves.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def _show_reasons(self, plan: Plan) -> None:
        found = reasons(plan, self._units)
        for index, reason in enumerate(found):
            self._reasons.show_reason(index, reason)
        self._reasons.hide_from(len(found))
        self._log.setText("\n".join(log_lines(plan)))
        self.updateGeometry()

    def _add_solved(self) -> None:
        line = _SolvedLine()
        index = len(self.solved)
        line.use.clicked.connect(lambda: self._use(index))
        self._solved_column.insertWidget(1 + index, line)
        self.solved.append(line)

    def _use(self, index: int) -> None:
        if self._solved is None:
            return
        plan, answers = self._solved
        solution = answers[index]
        if solution.request is not None:
            text = f"{question_text(solution, plan)}: {answer_text(solution)}"
            apply_difference(self._session, text, plan.request, solution.request)
