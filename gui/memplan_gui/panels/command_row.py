"""The command that gives the same start without any automatism, to be copied."""

from __future__ import annotations

import sys
from typing import Final

from memplan.exhaustive import exhaustive
from memplan.language import tr
from memplan.planning.planner import Plan
from memplan.quoting import Shell, command_line
from memplan.wording.help.topics import HelpTopic
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPushButton, QWidget

from memplan_gui.text_size import scaled
from memplan_gui.widgets.form import describe
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.topics import explain

_SHELLS: Final = exhaustive(
    Shell, {Shell.POSIX: "POSIX", Shell.POWERSHELL: "PowerShell", Shell.CMD: "cmd"}
)


class CommandRow(QWidget):
    """A line of a shell, and a button that copies it; hidden where the engine has none.

    Attributes:
        line: the command.
        shell: for which shell it is quoted.
        copy: the button.
    """

    def __init__(self) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self.line = QLineEdit()
        self.line.setReadOnly(True)
        self.shell = QComboBox()
        for shell, name in _SHELLS.items():
            self.shell.addItem(name, shell)
        usual = Shell.POWERSHELL if sys.platform == "win32" else Shell.POSIX
        self.shell.setCurrentIndex(self.shell.findData(usual))
        self.copy = QPushButton(tr("Copy"))
        title = label("section", tr("Command"))
        what = tr("Starts the same, with nothing left to automatic fitting")
        describe(self.line, tr("Command"), what)
        describe(self.shell, tr("Shell"), tr("The shell for which the command is quoted"))
        describe(self.copy, tr("Copy the command"), what)
        explain(HelpTopic.VERDICT, self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(scaled(6))
        grid.addWidget(title, 0, 0)
        grid.addWidget(label("muted", what, wrap=True), 0, 1, 1, 3)
        grid.addWidget(self.line, 1, 0, 1, 2)
        grid.addWidget(self.shell, 1, 2)
        grid.addWidget(self.copy, 1, 3)
        grid.setColumnStretch(1, 1)
        self.shell.currentIndexChanged.connect(lambda _row: self._write())
        self.copy.clicked.connect(self._copy)
        self.hide()

    def show_plan(self, plan: Plan) -> None:
        """Show the command of a plan's start."""
        self._plan = plan
        self.setVisible(plan.start is not None and plan.verdict.fits)
        self._write()

    def _write(self) -> None:
        start = None if self._plan is None else self._plan.start
        if start is None:
            return
        try:
            text = command_line(start.command, Shell(self.shell.currentData()))
        except ValueError:
            # A file's name may hold what a line of this shell cannot.
            text = ""
        if text != self.line.text():
            self.line.setText(text)
            self.line.setCursorPosition(0)
            self.line.setToolTip(text)
        self.copy.setEnabled(bool(text))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.line.text())
