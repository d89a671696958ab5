"""Settings for a wish: a search over quantisations and cache types, each answer used by a click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memplan.best_settings import Answer, best_settings
from memplan.language import marked, ntr, tr
from memplan.model import Model
from memplan.model.siblings import sibling_models
from memplan.planning.planner import Plan
from memplan.reader.errors import GgufError
from memplan.units import ByteUnits, format_bytes, format_exact_bytes, format_tokens
from memplan.wording.help.topics import HelpTopic
from PySide6.QtCore import QRunnable, Qt, QThreadPool, Signal, SignalInstance
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QPushButton

from memplan_gui.applying import apply_difference
from memplan_gui.session import Session
from memplan_gui.text_size import scaled
from memplan_gui.widgets.form import describe, named_button
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.number_fields import TokensField
from memplan_gui.widgets.page import Page
from memplan_gui.widgets.plain_table import Cell, PlainTable
from memplan_gui.widgets.tooltips import as_written
from memplan_gui.widgets.topics import explain

_FIRST_WISH_TOKENS: Final = 32_768
_ROW_HEIGHT: Final = 30
_DRAIN_MILLISECONDS: Final = 1_000
_HEADERS: Final = (
    marked("Quantisation"),
    marked("Bits a weight"),
    marked("KV cache"),
    marked("Context"),
    marked("Reads a token"),
    marked("Of these, host memory"),
)
_NUMBERS: Final = frozenset({1, 3, 4, 5})


@dataclass(slots=True)
class _Wish:
    """One search, which can be stopped from another thread."""

    model: Model
    plan: Plan
    tokens: int
    stopped: bool = False


class _Searching(QRunnable):
    """Searches. Owns no QObject: it gets a signal."""

    def __init__(self, wish: _Wish, told: SignalInstance) -> None:
        super().__init__()
        self._wish = wish
        self._told = told

    def run(self) -> None:
        wish = self._wish
        answers: tuple[Answer, ...] = ()
        try:
            models = _quantisations(wish.model)
            answers = best_settings(models, wish.plan.request, wish.tokens, self._go_on)
        except (GgufError, ValueError):
            pass  # the file is gone by now, or the engine refuses every combination
        self._told.emit((wish, answers))

    def _go_on(self, done: int, count: int) -> bool:
        self._told.emit((self._wish, (done, count)))
        return not self._wish.stopped


def _quantisations(model: Model) -> tuple[Model, ...]:
    """The open model, and the others of its folder."""
    if not Path(model.source).is_file():
        return (model,)
    others = [other for other in sibling_models(model.source) if other.source != model.source]
    return (model, *others)


class BestTab(Page):
    """The wish, the search, and its answers.

    Attributes:
        wish: the context that is wanted at least.
        search: starts the search, or stops it.
        table: the answers.
        use: uses the chosen answer.
    """

    _told = Signal(object)

    def __init__(self, session: Session, open_source: Callable[[str], None]) -> None:
        super().__init__(
            tr("Best settings"),
            tr("Quantisations and cache types with which a wanted context starts"),
        )
        self._session = session
        self._open_source = open_source
        self._units = ByteUnits.BINARY
        self._wish: _Wish | None = None
        self._answers: tuple[Answer, ...] = ()
        self._told.connect(self._deliver)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self.wish = TokensField(step_tokens=1024)
        self._tokens = _FIRST_WISH_TOKENS
        self.wish.set_tokens(self._tokens)
        self.wish.tokens_changed.connect(self._note_tokens)
        describe(self.wish, tr("At least (tokens)"), tr("The context that is wanted at least"))
        self.search = QPushButton(tr("Search"))
        self.search.clicked.connect(self._toggle)
        self._said = label("muted", wrap=True)
        self.table = PlainTable(tr("Best settings"), tr("The starts that no other beats"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.itemSelectionChanged.connect(self._offer_use)
        self.table.itemActivated.connect(lambda _item: self._use())
        self.use = named_button(
            tr("Use this one"),
            tr("Change the request like this, and open the file where it is another"),
        )
        self.use.clicked.connect(self._use)
        explain(HelpTopic.SOLVED, self)
        self.table.explain_cells(lambda _row, _column: HelpTopic.SOLVED)
        self._lay_out()
        self._say_idle()
        self._show_answers()
        session.model_changed.connect(self._forget)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        self._show_answers()

    def show_plan(self, plan: Plan) -> None:
        """A plan alone starts no search: it takes seconds, and is asked for."""

    def drain(self) -> None:
        """Stop searching, and wait for the thread."""
        self._stop()
        self._pool.waitForDone(_DRAIN_MILLISECONDS)

    @property
    def busy(self) -> bool:
        """Whether a search is under way."""
        return self._wish is not None

    def _lay_out(self) -> None:
        caption = QLabel(tr("At least"))
        caption.setBuddy(self.wish)
        caption.setMinimumHeight(scaled(_ROW_HEIGHT))
        row = QHBoxLayout()
        row.setSpacing(scaled(8))
        for widget in (caption, self.wish, self.search):
            row.addWidget(widget)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addWidget(self._said)
        self.column.addWidget(self.table)
        self.column.addWidget(self.use, 0, Qt.AlignmentFlag.AlignRight)
        self.column.addStretch(1)

    # Searching

    def _note_tokens(self, tokens: int) -> None:
        self._tokens = tokens or _FIRST_WISH_TOKENS

    def _toggle(self) -> None:
        if self._wish is not None:
            self._stop()
            self._say_idle()
            return
        model, plan = self._session.model, self._session.plan
        if model is None or plan is None:
            return
        self._wish = _Wish(model, plan, self._tokens)
        self._say(tr("Reading the other quantisations…"))
        self.search.setText(tr("Stop"))
        describe(self.search, tr("Stop"), tr("Search no further"))
        self._pool.start(_Searching(self._wish, self._told))

    def _stop(self) -> None:
        if self._wish is not None:
            self._wish.stopped = True
            self._wish = None

    def _forget(self) -> None:
        """Answers about another model say nothing of this one."""
        known = {answer.plan.model.source for answer in self._answers}
        if self._session.model is not None and self._session.model.source in known:
            return
        self._stop()
        self._answers = ()
        self._say_idle()
        self._show_answers()

    def _deliver(self, told: tuple[_Wish, tuple[int, int] | tuple[Answer, ...]]) -> None:
        wish, said = told
        if wish is not self._wish:
            return
        if len(said) == 2 and isinstance(said[0], int):
            done, count = said
            self._say(tr("{done} of {count} tried").format(done=done, count=count))
            return
        self._wish = None
        self._answers = tuple(answer for answer in said if isinstance(answer, Answer))
        self._say_idle()
        found = len(self._answers)
        tokens = format_tokens(wish.tokens)
        self._say(
            ntr(
                "{count} start with {tokens} tokens or more is beaten by no other.",
                "{count} starts with {tokens} tokens or more are beaten by no other.",
                found,
            ).format(tokens=tokens)
            if found
            else tr("None starts with {tokens} tokens on this machine.").format(tokens=tokens)
        )
        self._show_answers()

    def _say_idle(self) -> None:
        self.search.setText(tr("Search"))
        describe(
            self.search,
            tr("Search"),
            tr("Try the quantisations in the model's folder with each cache type"),
        )
        self._say(tr("Tries the quantisations in the model's folder with each cache type."))

    def _say(self, text: str) -> None:
        self._said.setText(text)

    # Answers

    def _show_answers(self) -> None:
        rows = [self._row(answer) for answer in self._answers]
        self.table.show_rows([tr(header) for header in _HEADERS], rows, _NUMBERS)
        self.table.setVisible(bool(rows))
        self._offer_use()
        self.updateGeometry()

    def _row(self, answer: Answer) -> list[Cell]:
        model = answer.plan.model
        name = Path(model.source).name
        return [
            Cell(model.quantisation, as_written(name)),
            Cell(f"{answer.weight_bits:.2f}"),
            Cell(answer.cache or "–"),
            Cell(format_tokens(answer.context_tokens)),
            self._bytes(answer.read_bytes),
            self._bytes(answer.host_bytes),
        ]

    def _bytes(self, size_bytes: int) -> Cell:
        if not size_bytes:
            return Cell("–")
        return Cell(format_bytes(size_bytes, self._units), format_exact_bytes(size_bytes))

    def _offer_use(self) -> None:
        self.use.setEnabled(bool(self.table.selectedIndexes()))

    def _use(self) -> None:
        chosen = self.table.currentRow()
        if not 0 <= chosen < len(self._answers):
            return
        answer = self._answers[chosen]
        request, model = self._session.request, self._session.model
        text = tr("Use the best settings")
        apply_difference(self._session, text, request, answer.plan.request)
        if model is None or answer.plan.model.source != model.source:
            self._open_source(answer.plan.model.source)
