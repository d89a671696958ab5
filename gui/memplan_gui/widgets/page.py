"""The page of a tab: what does not fit scrolls, and what is asked is worked out when it is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from memplan.planning.planner import Plan
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from memplan_gui.latest import Latest
from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.focus_ring import FocusRing


class Page(QScrollArea):
    """A column of widgets that scrolls up and down.

    Attributes:
        column: the layout of the column.
    """

    def __init__(self, name: str, help_text: str) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        self.setAccessibleDescription(help_text)
        self._inner = inner = QWidget()
        inner.setProperty("role", "page")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(scaled_margins(8, 10, 8, 4))
        self.column.setSpacing(scaled(8))
        self.setWidget(inner)
        FocusRing(self)

    def sizeHint(self) -> QSize:
        """Preferred size: that of the column at the present width."""
        inner = self._inner
        width = max(self.viewport().width(), scaled(400))
        height = inner.heightForWidth(width) if inner.hasHeightForWidth() else -1
        return QSize(scaled(500), height if height > 0 else inner.sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        """Lay out anew: a column that was resized out of sight would keep its old height."""
        super().showEvent(event)
        self.column.invalidate()


class PlanPage(Page):
    """A page with an answer about the plan, which is worked out only while the page is seen."""

    def __init__(self, name: str, help_text: str, work_out: Callable[[Plan], Any]) -> None:
        super().__init__(name, help_text)
        self._plan: Plan | None = None
        self._asked: Plan | None = None
        self._latest = Latest(work_out, self)
        self._latest.answered.connect(self.show_answer)

    def show_plan(self, plan: Plan) -> None:
        """Show another plan."""
        self._plan = plan
        self.ask()

    def show_answer(self, plan: Plan, answer: Any) -> None:
        """Show what was worked out."""
        raise NotImplementedError

    def drain(self) -> None:
        """Wait for what is being worked out, and drop it."""
        self._latest.drain()

    def showEvent(self, event: QShowEvent) -> None:
        """Work out what was not, as nobody saw it."""
        super().showEvent(event)
        self.ask()

    def ask(self) -> None:
        """Work out what is not yet, if the page is seen."""
        if self._plan is not None and self._plan is not self._asked and self.isVisible():
            self._asked = self._plan
            self._latest.ask(self._plan)
