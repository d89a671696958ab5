"""Says once that something unexpected happened, and lets it be copied for a report."""

from __future__ import annotations

from memplan.language import ntr, tr
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from memplan_gui.problems import Problem
from memplan_gui.text_size import scaled, scaled_margins, scaled_size
from memplan_gui.versions import versions_text
from memplan_gui.widgets.form import button_row, describe
from memplan_gui.widgets.labels import label

_FIRST_SIZE = (640, 420)
_MOST_PROBLEMS = 20
"""Different ones that are listed; who has so many knows enough."""


class ProblemWindow(QDialog):
    """Shows unexpected problems: each once, with how often it happened. Other windows stay usable.

    Attributes:
        details: what a report needs.
        copy: puts that on the clipboard.
        close_button: closes it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("body")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Something unexpected – Memplan"))
        self.resize(scaled_size(*_FIRST_SIZE, self.screen()))
        self._counts: dict[Problem, int] = {}
        self._times = label("muted")
        self.details = QPlainTextEdit()
        self.copy = QPushButton(tr("&Copy details"))
        self.close_button = QPushButton(tr("C&lose"))
        self._lay_out()
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.close)

    def _lay_out(self) -> None:
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(self.font().pixelSize())
        self.details.setFont(fixed)
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy.setProperty("role", "primary")
        self.close_button.setDefault(True)
        describe(self.details, tr("Details"), tr("Where it happened, and the versions"))
        describe(self.copy, tr("Copy details"), tr("Copy what a bug report needs"))
        describe(self.close_button, tr("Close"), tr("Close this window (Escape)"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled_margins(18, 16, 18, 14))
        layout.setSpacing(scaled(10))
        layout.addWidget(label("title", tr("Something unexpected went wrong"), wrap=True))
        layout.addWidget(
            label(
                "",
                tr(
                    "That is a mistake of the program, not yours. Nothing is lost: the model, its "
                    "plan and what can be undone are as they were, and you can go on. If it "
                    "happens again, close and open the program."
                ),
                wrap=True,
            )
        )
        layout.addWidget(self._times)
        layout.addWidget(self.details, 1)
        layout.addWidget(
            label(
                "small",
                tr("The details name lines of the program and versions; your home folder is ~."),
                wrap=True,
            )
        )
        layout.addLayout(button_row(self.copy, self.close_button))

    def add(self, problem: Problem) -> None:
        """Show another problem, or count one that was there before."""
        is_new = problem not in self._counts
        if is_new and len(self._counts) >= _MOST_PROBLEMS:
            return
        self._counts[problem] = self._counts.get(problem, 0) + 1
        times = sum(self._counts.values())
        self._times.setText(ntr("It happened {count} time.", "It happened {count} times.", times))
        if is_new:
            self.details.setPlainText(self._text())
        if not self.isVisible():
            self.show()
            self.close_button.setFocus()

    def _text(self) -> str:
        """All problems and the versions."""
        parts = [f"{each.place}: {each.message}".rstrip(": ") for each in self._counts]
        return "\n\n".join([*parts, versions_text()]) + "\n"

    def _copy(self) -> None:
        counted = self._times.text()
        QGuiApplication.clipboard().setText(f"{counted}\n\n{self._text()}")
