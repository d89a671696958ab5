"""A window that explains a log: what was loaded, what failed and why, and logged beside planned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from memplan.estimate import UnsupportedRequestError
from memplan.language import marked, tr
from memplan.logs.against import Against, hold_against
from memplan.logs.apps import program_titles
from memplan.logs.errors import LogError
from memplan.logs.log import Log
from memplan.logs.planned import request_from_log
from memplan.logs.reading import parse_log, read_log
from memplan.logs.wording import headline, log_text, stranger_note
from memplan.model import Model
from memplan.reader.errors import CancelledError
from memplan.reader.transfer import CancelToken
from memplan.wording.titles import alternatives
from memplan_resources.samples import SAMPLES, sample_path
from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShortcut,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from memplan_gui.applying import apply_difference
from memplan_gui.latest import Latest
from memplan_gui.session import Session
from memplan_gui.text_size import scaled, scaled_margins, scaled_size
from memplan_gui.widgets.form import describe
from memplan_gui.widgets.labels import label

_INVITATION = marked("Paste the log of {programs} here, or drop its file")
_FIRST_SIZE = (860, 640)


@dataclass(frozen=True, slots=True)
class _Question:
    """A log, and the model that it may be about.

    Attributes:
        text: the log itself, if it was pasted.
        path: its file, if it was opened.
        model: the model that is open; ``None`` if none is.
        cancel: ends the reading once nobody waits for the answer.
    """

    text: str
    path: str
    model: Model | None
    cancel: CancelToken


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What a log says.

    Attributes:
        log: what was read; ``None`` if the file cannot be.
        title: how it ended, in one sentence.
        text: the rest, in lines of equal letters.
    """

    log: Log | None
    title: str
    text: str


def explain(question: _Question) -> Explanation:
    """Read a log, and hold it beside the plan of the open model with the log's own options."""
    try:
        log = (
            read_log(question.path, question.cancel) if question.path else parse_log(question.text)
        )
    except (LogError, CancelledError) as error:
        return Explanation(None, tr("The log cannot be read"), error.detail)
    if not log.understood:
        return Explanation(log, tr("This is no engine's log"), log_text(log))
    against, note = _held_against(log, question.model)
    said = "\n".join(log_text(log, against).splitlines()[1:]).strip("\n")
    return Explanation(log, headline(log), f"{said}\n\n{note}".rstrip())


def _held_against(log: Log, model: Model | None) -> tuple[Against | None, str]:
    """The log beside the open model, and a note on that. Nobody's log is of a sample."""
    if log.engine is None:
        return None, ""
    if model is None or is_sample(model.source):
        return None, tr("Open the model that was loaded to see logged beside planned.")
    try:
        against = hold_against(log, model)
    except UnsupportedRequestError as error:
        text = tr("Not compared with {model}: {reason}.")
        return None, text.format(model=model.name, reason=error)
    if note := stranger_note(log, against):
        return against, note
    return against, tr("Planned: {model}, with the options of the log.").format(model=model.name)


def is_sample(source: str) -> bool:
    """Whether a source is one of the models that come with the program."""
    return Path(source).parent == sample_path(SAMPLES[0].id).parent


class LogPaste(QPlainTextEdit):
    """Takes one log: a paste replaces what was there, in one step that can be undone."""

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """Put a pasted text in place of the one before."""
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(source.text())
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)


class LogWindow(QWidget):
    """Takes a log by pasting, opening or dropping, and explains it beside the session's model.

    Signals:
        open_requested(): a file is to be chosen.
        help_requested(): what logs say is to be explained.
    """

    open_requested = Signal()
    help_requested = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("body")
        self.setWindowTitle(tr("Explain a log – Memplan"))
        self.setAcceptDrops(True)
        self.resize(scaled_size(*_FIRST_SIZE, self.screen()))
        self._session = session
        self._path = ""
        self._explained: Explanation | None = None
        self._cancel = CancelToken()
        self._latest = Latest(explain, self)
        self.paste = LogPaste()
        self.result = QPlainTextEdit()
        self.open = QPushButton(tr("&Open a log…"))
        self.set_up = QPushButton(tr("&Set up like the log"))
        self.copy = QPushButton(tr("&Copy the explanation"))
        self._title = label("title", wrap=True)
        self._file = label("muted")
        self._lay_out()
        self._connect()
        self._show_nothing()
        self.paste.setFocus()

    def _lay_out(self) -> None:
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(scaled(QFontInfo(fixed).pixelSize()))
        for pane in (self.paste, self.result):
            pane.setFont(fixed)
            pane.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            pane.setTabChangesFocus(True)
            pane.setAcceptDrops(False)  # the window takes files
        invitation = tr(_INVITATION).format(programs=alternatives(program_titles()))
        self.paste.setPlaceholderText(invitation)
        self.result.setReadOnly(True)
        self.result.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        describe(self.paste, tr("Log"), invitation)
        describe(self.result, tr("Explanation"), tr("What the log says, logged beside planned"))
        describe(self.open, tr("Open a log"), tr("Choose the file of a log, of any size"))
        describe(
            self.set_up,
            tr("Set up like the log"),
            tr(
                "Plan with the engine, device memory, context and options of the log. "
                "Undo takes it back"
            ),
        )
        describe(self.copy, tr("Copy the explanation"), tr("Without the log's own lines and paths"))
        self.set_up.setProperty("role", "primary")
        top = QHBoxLayout()
        top.addWidget(self.open)
        top.addWidget(self._file, 1)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(self.copy)
        bottom.addWidget(self.set_up)
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.addWidget(self._title)
        lower.addWidget(self.result, 1)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(scaled(10))
        halves.addWidget(self.paste)
        halves.addWidget(below)
        halves.setSizes([scaled(200), scaled(380)])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled_margins(14, 14, 14, 14))
        layout.setSpacing(scaled(10))
        layout.addLayout(top)
        layout.addWidget(halves, 1)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        self.open.clicked.connect(self.open_requested)
        self.paste.textChanged.connect(self._take_paste)
        self.set_up.clicked.connect(self._set_up)
        self.copy.clicked.connect(self._copy)
        self._latest.answered.connect(self._show)
        helping = QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), self)
        helping.activated.connect(self.help_requested)
        self._session.model_changed.connect(self._ask)

    def open_log(self, path: str) -> None:
        """Explain the log in a file. The file's text stays where it is."""
        self._path = path
        self._file.setText(Path(path).name)
        self._ask()

    def take_over(self, other: LogWindow) -> None:
        """Explain what another window explains, in its place."""
        self.setGeometry(other.geometry())
        if other._path:
            self.open_log(other._path)
        else:
            self.paste.setPlainText(other.paste.toPlainText())

    def drain(self) -> None:
        """Wait for what is being read, and drop it."""
        self._cancel.cancel()
        self._latest.drain()

    def explanation(self) -> Explanation | None:
        """What is shown; ``None`` before there is a log."""
        return self._explained

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Escape, as the help does."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Explain the first file."""
        path = next((u.toLocalFile() for u in event.mimeData().urls() if u.isLocalFile()), "")
        if path:
            event.acceptProposedAction()
            self.open_log(path)

    def _take_paste(self) -> None:
        if self.paste.document().isEmpty():
            return
        self._path = ""
        self._file.setText("")
        self._ask()

    def _ask(self) -> None:
        text = "" if self._path else self.paste.toPlainText()
        if self._path or text.strip():
            # What was asked before no longer matters, however long its log is.
            self._cancel.cancel()
            self._cancel = CancelToken()
            self._latest.ask(_Question(text, self._path, self._session.model, self._cancel))

    def _show(self, _question: _Question, explained: Explanation) -> None:
        self._explained = explained
        self._title.setText(explained.title)
        self.result.setPlainText(explained.text)
        understood = explained.log is not None and explained.log.engine is not None
        self.set_up.setEnabled(understood)
        self.copy.setEnabled(True)

    def _show_nothing(self) -> None:
        self._title.setText(tr("No log yet"))
        self.set_up.setEnabled(False)
        self.copy.setEnabled(False)

    def _set_up(self) -> None:
        if self._explained is None or self._explained.log is None:
            return
        wanted = request_from_log(self._explained.log)
        apply_difference(self._session, tr("Set up like the log"), self._session.request, wanted)

    def _copy(self) -> None:
        if self._explained is not None:
            text = f"{self._explained.title}\n{self._explained.text}\n"
            QGuiApplication.clipboard().setText(text)
