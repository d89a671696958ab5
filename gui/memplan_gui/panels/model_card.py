"""The card that says which model is open, or why one could not be opened."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeVar

from memplan.addresses import public_address
from memplan.language import ntr, tr
from memplan.model import Model
from memplan.planning.planner import Plan
from memplan.reader.errors import Choice
from memplan.units import ByteUnits
from memplan.wording.help.topics import HelpTopic
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from memplan_gui.panels.part_rows import PartRows
from memplan_gui.panels.quantisations_menu import QuantisationsMenu
from memplan_gui.panels.reading_row import ReadingRow
from memplan_gui.presenter import (
    ErrorText,
    model_chips,
    model_line,
    notice_lines,
    source_name,
)
from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.form import Card, describe
from memplan_gui.widgets.labels import ChipRow, ElidedLabel, label
from memplan_gui.widgets.later import Later
from memplan_gui.widgets.tooltips import as_written
from memplan_gui.widgets.topics import explain

if TYPE_CHECKING:
    from memplan_gui.panels.address_prompt import AddressPrompt
    from memplan_gui.panels.choice_list import ChoiceList

_CHIP_TOPICS: Final = (
    HelpTopic.MODEL_WEIGHTS,
    HelpTopic.MODEL_TENSORS,
    HelpTopic.MODEL_TOKENS,
)
"""What the chips of :func:`memplan_gui.presenter.model_chips` are about."""

_Question = TypeVar("_Question", "AddressPrompt", "ChoiceList")


class ModelCard(Card):
    """Name, dimensions and notices of the open model; errors in their place.

    Above them what it takes to open another: a line for its address, what is being read, and
    models to choose from.

    Signals:
        error_closed(): the user has read why a file could not be opened.
        open_requested(): the user wants to choose a file.
        source_requested(str): the user wants to open this file or address.
        cancel_requested(): the user does not want to wait for what is being read.
    """

    error_closed = Signal()
    open_requested = Signal()
    source_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Model"))
        self.setObjectName("model_card")
        self._model: Model | None = None
        self._siblings: tuple[Model, ...] = ()
        self._sample = False
        self._units = ByteUnits.BINARY
        self.address = Later(self._make_address)
        self.choices = Later(self._make_choices)
        self.reading = ReadingRow()
        self.reading.cancel_requested.connect(self.cancel_requested)
        self._error = _ErrorBox()
        self._error.close_button.clicked.connect(self.close_error)
        self._note = label("muted", wrap=True)
        self._note.setObjectName("model_note")
        self._name = label("title", tr("No model yet"), wrap=True)
        self._line = label("muted", tr("Drop a GGUF file anywhere in this window."), wrap=True)
        self._chips = ChipRow(len(_CHIP_TOPICS))
        explain(HelpTopic.MODEL_FACTS, self)
        for topic, chip in zip(_CHIP_TOPICS, self._chips.chips, strict=True):
            explain(topic, chip)
        self._file = ElidedLabel("muted")
        self._notices = label("muted", wrap=True)
        self._open = QPushButton(tr("O&pen another…"))
        self._open.setProperty("role", "link")
        self._open.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        describe(self._open, tr("Open a model"), tr("Choose a GGUF file from the disk (Ctrl+O)"))
        self._open.clicked.connect(self.open_requested)
        self.parts = PartRows()
        self.parts.hide()
        self.quantisations = QuantisationsMenu()
        self.quantisations.chosen.connect(self.source_requested)
        self._lay_out()

    def _lay_out(self) -> None:
        self._chips.hide()
        file_row = QHBoxLayout()
        file_row.setSpacing(scaled(6))
        file_row.addWidget(self._file)
        file_row.addWidget(self._open)
        file_row.addStretch(1)
        self._file.hide()
        self._open.hide()  # the empty window has a button of its own
        self._notices.hide()
        for part in (self.address, self.choices, self._error, self._note):
            part.hide()
        facts = QVBoxLayout()
        facts.setSpacing(scaled(4))
        facts.addWidget(self._name)
        facts.addWidget(self._line)
        self.body.addWidget(self.address)
        self.body.addWidget(self.choices)
        self.body.addWidget(self.reading)
        self.body.addWidget(self._error)
        self.body.addWidget(self._note)
        self.body.addLayout(facts)
        self.body.addWidget(self._chips)
        self.body.addLayout(file_row)
        self.body.addWidget(self.parts)
        self.body.addWidget(self.quantisations)
        self.body.addWidget(self._notices)

    def _make_address(self) -> AddressPrompt:
        from memplan_gui.panels.address_prompt import AddressPrompt

        prompt = AddressPrompt()
        prompt.address_entered.connect(self.source_requested)
        prompt.closed.connect(self._close_questions)
        return prompt

    def _make_choices(self) -> ChoiceList:
        from memplan_gui.panels.choice_list import ChoiceList

        choices = ChoiceList()
        choices.chosen.connect(self.source_requested)
        choices.closed.connect(self._close_questions)
        return choices

    def _close_questions(self) -> None:
        """Ask for nothing any more. The focus would go to whatever comes next."""
        for question in (self.address, self.choices):
            if question.isAncestorOf(self.window().focusWidget()):
                self.window().setFocus()
            question.hide()

    def ask_address(self, typed: str = "") -> None:
        """Let the user type an address, or go on where another card has been left."""
        self._close_questions()
        prompt = self._shown(self.address)
        if typed:
            prompt.address.setText(typed)
        prompt.address.selectAll()
        prompt.address.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def typed_address(self) -> str | None:
        """What stands in the line for an address; ``None`` where none is asked for."""
        prompt = self.address.made
        return None if prompt is None or self.address.isHidden() else prompt.address.text()

    def ask_choice(self, source: str, choices: Sequence[Choice]) -> None:
        """Let the user choose one of the models for which an address stands."""
        title = ntr(
            "{count} model in {source}: choose one",
            "{count} models in {source}: choose one",
            len(choices),
        ).format(source=source_name(source))
        chooser = self._shown(self.choices)
        chooser.show_choices(title, choices, self._units)
        chooser.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _shown(self, place: Later[_Question]) -> _Question:
        """Show a question."""
        is_new = place.made is None
        place.show()
        question = place.widget()
        if is_new:
            self._put_first(question.stops)
        return question

    def _put_first(self, stops: Sequence[QWidget]) -> None:
        """What is made last comes first in the card for the focus, too."""
        before = self.reading.button.previousInFocusChain()
        if before is None:
            return
        policy = before.focusPolicy()
        before.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Qt orders only what can have the focus
        for first, second in pairwise((before, *stops)):
            self.setTabOrder(first, second)
        before.setFocusPolicy(policy)

    def show_reading(self, source: str) -> None:
        """Say that a file is being read; matters only where that takes long."""
        self._close_questions()
        self._note.hide()
        self.reading.begin(source_name(source))

    def show_received(self, received_bytes: int) -> None:
        """Say how much has come from a server."""
        self.reading.count(received_bytes, self._units)

    def show_cancelled(self, source: str) -> None:
        """Say that the user has cancelled; what was shown stays."""
        self.show_note(tr("Reading {source} was cancelled.").format(source=source_name(source)))

    def show_note(self, text: str) -> None:
        """Say what has happened to the open model, until another is opened."""
        self._note.setText(text)
        self._note.show()

    def show_siblings(self, models: Sequence[Model]) -> None:
        """Offer the quantisations that lie in the model's folder, among them itself."""
        self._siblings = tuple(models)
        if self._model is not None:
            self.quantisations.show_models(models, self._model.source, self._units)

    def show_model(self, model: Model, *, sample: bool) -> None:
        """Show a model, and no error any more; a sample is no file of the user's."""
        self._model = model
        self._sample = sample
        self.show_siblings(())
        for part in (self._error, self._note):
            part.hide()
        self._name.setText(model.name)
        self._line.setText(model_line(model))
        self._file.setText(tr("Sample model") if sample else source_name(model.source))
        self._file.setToolTip("" if sample else as_written(public_address(model.source)))
        self._file.show()
        self._open.show()
        self._show_chips()

    def close_error(self) -> bool:
        """Show no error any more; whether there was one."""
        if self._error.isHidden():
            return False
        if self._error.isAncestorOf(self.window().focusWidget()):
            self.window().setFocus()
        self._error.hide()
        self.error_closed.emit()
        return True

    def show_error(self, error: ErrorText) -> None:
        """Show why a file could not be opened; the last good model stays below it."""
        self._error.show_error(error, self._model)

    def show_plan(self, plan: Plan) -> None:
        """Show the notices and what images take, which depend on the engine."""
        self.parts.show_plan(plan)
        lines = notice_lines(plan, sample=self._sample)
        self._notices.setText("\n".join(f"• {line}" for line in lines))
        self._notices.setVisible(bool(lines))

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        self.parts.set_units(units)
        self._show_chips()
        self.show_siblings(self._siblings)

    def _show_chips(self) -> None:
        if self._model is None:
            return
        self._chips.show_texts(model_chips(self._model, self._units))
        self._chips.show()


class _ErrorBox(QFrame):
    """What went wrong, where, and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("model_error")
        self.setProperty("role", "error")
        self._title = label("error_title", wrap=True)
        self._sentence = label("", wrap=True)
        self._detail = label("small", wrap=True)
        self._kept = label("small", wrap=True)
        self.close_button = QPushButton(tr("Close this message"))
        self.close_button.setProperty("role", "link")
        self.close_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        help_text = tr("Show no longer why the file could not be opened (Escape)")
        describe(self.close_button, tr("Close this message"), help_text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled_margins(10, 8, 10, 9))
        layout.setSpacing(scaled(3))
        for part in (self._title, self._sentence, self._detail, self._kept, self.close_button):
            layout.addWidget(part)

    def show_error(self, error: ErrorText, kept: Model | None) -> None:
        self._title.setText(error.title)
        self._sentence.setText(error.sentence)
        self._detail.setText(error.detail)
        if kept is not None:
            self._kept.setText(tr("Still shown: {model}.").format(model=kept.name))
        self._kept.setVisible(kept is not None)
        self.setAccessibleName(f"{error.title}. {error.sentence} {error.detail}")
        self.show()
