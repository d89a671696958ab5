"""The options of an engine, as it declares them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import groupby
from typing import Any, Final, assert_never

from memplan.engines.engine import Engine
from memplan.engines.option_spec import (
    Automatic,
    Choice,
    Count,
    Layers,
    Numbers,
    OptionSpec,
    Row,
    Size,
    Switch,
    Text,
    default_of,
    specs_of,
)
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.model import Model
from memplan.request import Request
from memplan.units import ByteUnits, format_count
from memplan.wording.help.lookup import topic_named
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from memplan_gui.session import Session
from memplan_gui.widgets.form import Card, Field, Form, describe
from memplan_gui.widgets.number_fields import AUTOMATIC_COUNT, BytesField, CountField
from memplan_gui.widgets.segmented import Segmented
from memplan_gui.widgets.topics import explain

_UNKNOWN_COUNT: Final = 999
"""Layers of a model that is not open yet."""

_MOST_SEGMENTS: Final = 3
"""More names than these do not fit side by side."""
_LONGEST_SEGMENTS: Final = 24
"""Characters of all segments together; longer names are in a list."""


class State(StrEnum):
    """Three states of an option that the engine may choose itself."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


_MEANINGS: Final = exhaustive(State, {State.AUTO: None, State.ON: True, State.OFF: False})
_STATE_TITLES: Final = (
    (State.AUTO, marked("Auto")),
    (State.ON, marked("On")),
    (State.OFF, marked("Off")),
)

Change = Callable[..., None]
"""Asks for other options, by their names."""


@dataclass(frozen=True, slots=True)
class _Control:
    """A control.

    Attributes:
        widget: the control itself.
        show: shows the options of a request.
        show_model: takes on what depends on the model.
    """

    widget: QWidget
    show: Callable[[Any], None]
    show_model: Callable[[Model], None] = lambda _model: None


class OptionsCard(Card):
    """Shows the options of an engine, and asks for others.

    Attributes:
        more: shows and hides the options that are hidden at first.
    """

    def __init__(self, engine: Engine, session: Session) -> None:
        super().__init__(engine.title)
        self._engine = engine
        self._session = session
        self._specs = {
            name: spec for name, spec in specs_of(engine.options).items() if spec.row is not None
        }
        self._controls = {name: self._make(name, spec) for name, spec in self._specs.items()}
        self._captions: dict[str, QLabel] = {}
        # With a parent even where an engine has no more options: else they would outlive the card.
        self.more, self._more_rows = QPushButton(self), QWidget(self)
        self.more.setProperty("role", "link")
        self.more.hide()
        self._lay_out()
        session.request_changed.connect(self.show_request)
        session.model_changed.connect(self._show_model)
        self.show_request(session.request)
        self._open_more(False)
        if session.model is not None:
            self._show_model(session.model)

    def control(self, name: str) -> Any:
        """The control of an option."""
        return self._controls[name].widget

    def _lay_out(self) -> None:
        first, hidden = Form(), Form()
        hidden.setContentsMargins(0, 0, 0, 0)
        for row, names in groupby(self._specs, key=lambda name: self._row(name)):
            self._add_row(hidden if row.behind_more else first, row, list(names))
        self.body.addLayout(first)
        self._more_rows.setLayout(hidden)
        if not hidden.isEmpty():
            self.more.setCheckable(True)
            self.more.toggled.connect(self._open_more)
            self.body.addWidget(self.more)
            self.more.show()
            self.body.addWidget(self._more_rows)
        for name, spec in self._specs.items():
            explain(topic_named(spec.topic), self.control(name))

    def _row(self, name: str) -> Row:
        row = self._specs[name].row
        assert row is not None, "only those with a row have a control"  # noqa: S101
        return row

    def _add_row(self, form: Form, row: Row, names: list[str]) -> None:
        field = Field(row.label, row.tooltip, row.unit)
        widgets = [self.control(name) for name in names]
        if isinstance(widgets[0], QCheckBox):
            describe(widgets[0], tr(row.label).replace("&", ""), tr(row.tooltip))
            form.addWidget(widgets[0], form.rowCount(), 0, 1, 2)
            return
        if len(widgets) == 1:
            caption = form.add(field, widgets[0])
        else:
            titles = [tr(self._specs[name].title) for name in names]
            caption = form.add_pair(field, (widgets[0], widgets[1]), (titles[0], titles[1]))
        for name in names:
            self._captions[name] = caption

    # What the session says

    def show_request(self, request: Request) -> None:
        """Show a request in every control."""
        options: Any = request.options_of(self._engine.options)
        for control in self._controls.values():
            control.show(options)
        self._name_more()

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        for control in self._controls.values():
            if isinstance(control.widget, BytesField):
                control.widget.set_units(units)

    def _show_model(self, model: Model) -> None:
        for name, control in self._controls.items():
            control.show_model(model)
            has = self._row(name).has
            if has is not None:
                control.widget.setVisible(has(model))
                if name in self._captions:
                    self._captions[name].setVisible(has(model))
        self.show_request(self._session.request)

    def _open_more(self, opened: bool) -> None:
        self._more_rows.setVisible(opened)
        self._name_more()

    def _name_more(self) -> None:
        """Say how many of the hidden options are not as usual."""
        hidden = [name for name in self._specs if self._row(name).behind_more]
        options: Any = self._session.request.options_of(self._engine.options)
        changed = sum(
            getattr(options, name) != default_of(self._engine.options, name) for name in hidden
        )
        opened = self.more.isChecked()
        text = tr("Ad&just fewer options") if opened else tr("Ad&just more options")
        some = tr("Ad&just more options ({count} set)").format(count=format_count(changed))
        self.more.setText(some if changed and not opened else text)
        titles = ", ".join(tr(self._specs[name].title) for name in hidden)
        describe(
            self.more, text.replace("&", ""), tr("Further options: {names}").format(names=titles)
        )

    # What the user asks for

    def _make(self, name: str, spec: OptionSpec) -> _Control:
        """A control that asks for a change of one option, as a step or as a part of a gesture."""
        title = tr(spec.title)

        def change(**changes: Any) -> None:
            old: Any = self._session.request.options_of(self._engine.options)
            self._session.change(title, **{self._engine.key: replace(old, **changes)})

        def choose(**changes: Any) -> None:
            self._session.end_gesture()
            change(**changes)
            self._session.end_gesture()

        match spec.values:
            case Choice() as choice:
                return _choice(name, choice, choose)
            case Automatic():
                return _automatic(name, choose)
            case Switch():
                return _switch(name, spec, choose)
            case Count() as count:
                return self._ending_gestures(_count(name, count, change))
            case Layers() as layers:
                return self._ending_gestures(_layers(name, layers, change))
            case Size():
                return self._ending_gestures(_size(name, change))
            case Text() as text:
                return _line(name, text.metavar, partial(_checked_text, text), str, choose)
            case Numbers() as numbers:
                return _line(name, numbers.metavar, numbers.read, Numbers.written, choose)
            case _:
                assert_never(spec.values)

    def _ending_gestures(self, control: _Control) -> _Control:
        control.widget.editingFinished.connect(self._session.end_gesture)  # type: ignore[attr-defined]
        return control


def _choice(name: str, choice: Choice, choose: Change) -> _Control:
    members = list(choice.members)
    titles = [tr(choice.titles[each]) if each in choice.titles else each for each in members]
    short = sum(map(len, titles)) <= _LONGEST_SEGMENTS
    if len(members) <= _MOST_SEGMENTS and short:
        segmented = Segmented(list(zip(members, titles, strict=True)))
        segmented.chosen.connect(lambda value: choose(**{name: value}))
        return _Control(segmented, lambda options: segmented.set_value(getattr(options, name)))
    combo = QComboBox()
    combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    combo.addItems(titles)
    combo.activated.connect(lambda index: choose(**{name: members[index]}))
    return _Control(
        combo, lambda options: combo.setCurrentIndex(members.index(getattr(options, name)))
    )


def _automatic(name: str, choose: Change) -> _Control:
    segmented = Segmented([(state, tr(title)) for state, title in _STATE_TITLES])
    segmented.chosen.connect(lambda state: choose(**{name: _MEANINGS[state]}))

    def show(options: Any) -> None:
        value = getattr(options, name)
        segmented.set_value(next(state for state, each in _MEANINGS.items() if each is value))

    return _Control(segmented, show)


def _switch(name: str, spec: OptionSpec, choose: Change) -> _Control:
    box = QCheckBox(tr(spec.row.label) if spec.row is not None else "")
    box.toggled.connect(lambda on: choose(**{name: on}))

    def show(options: Any) -> None:
        with QSignalBlocker(box):
            box.setChecked(getattr(options, name))

    return _Control(box, show)


def _count(name: str, count: Count, change: Change) -> _Control:
    suffix = f" {count.unit}" if count.unit else ""
    field = CountField(count.most, step=count.step, suffix=suffix)
    if count.every is not None:
        return _count_of_all(name, count, field, change)
    usual = count.usual
    field.count_changed.connect(lambda value: change(**{name: value or (None if usual else 0)}))

    def show(options: Any) -> None:
        if usual is not None:
            field.set_default(usual(options))
        field.set_count(getattr(options, name) or 0)

    return _Control(field, show)


def _count_of_all(name: str, count: Count, field: CountField, change: Change) -> _Control:
    """A number of which the largest is said with another option, the switch."""
    most = [_UNKNOWN_COUNT]
    field.set_all(most[0])

    def ask(value: int) -> None:
        every = value >= most[0]
        change(**{count.switch: every, name: 0 if every else value})

    def show(options: Any) -> None:
        every = getattr(options, count.switch)
        field.set_count(most[0] if every else min(getattr(options, name), most[0]))

    def show_model(model: Model) -> None:
        most[0] = count.every(model) if count.every is not None else _UNKNOWN_COUNT
        field.set_all(most[0])

    field.count_changed.connect(ask)
    return _Control(field, show, show_model)


def _layers(name: str, layers: Layers, change: Change) -> _Control:
    field, most = CountField(), [_UNKNOWN_COUNT]
    field.set_automatic()
    field.set_all(most[0])

    def ask(value: int) -> None:
        asked: int | StrEnum | None = value
        if value == AUTOMATIC_COUNT:
            asked = None
        elif value >= most[0]:
            asked = layers.all_of_them
        change(**{name: asked})

    def show(options: Any) -> None:
        value = getattr(options, name)
        if value is None:
            field.set_count(AUTOMATIC_COUNT)
        else:
            field.set_count(most[0] if isinstance(value, str) else min(value, most[0]))

    def show_model(model: Model) -> None:
        most[0] = layers.every(model)
        field.set_all(most[0])

    field.count_changed.connect(ask)
    return _Control(field, show, show_model)


def _size(name: str, change: Change) -> _Control:
    field = BytesField()
    field.setSpecialValueText(tr("Not known"))
    field.bytes_changed.connect(lambda count: change(**{name: count or None}))
    return _Control(field, lambda options: field.set_bytes(getattr(options, name) or 0))


def _checked_text(text: Text, typed: str) -> str | None:
    if not typed:
        return None
    text.check(typed)
    return typed


def _line(
    name: str,
    placeholder: str,
    read: Callable[[str], Any],
    written: Callable[[Any], str],
    choose: Change,
) -> _Control:
    """A line of text that the option's own rules read."""
    line = QLineEdit()
    line.setPlaceholderText(placeholder)

    def ask() -> None:
        try:
            value = read(line.text().strip())
        except ValueError as error:
            line.setToolTip(str(error))
            line.setProperty("wrong", True)
            return
        line.setProperty("wrong", False)
        choose(**{name: value})

    def show(options: Any) -> None:
        value = getattr(options, name)
        shown = "" if value is None else written(value)
        if line.text() != shown:
            line.setText(shown)

    line.editingFinished.connect(ask)
    return _Control(line, show)
