"""What an engine's option is: declared once, beside its default in the engine's dataclass.

Command line, window, help, reports and saved requests all follow from the declaration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, Final, assert_never

from memplan.language import tr
from memplan.model import Model
from memplan.unsigned import U32_MAX

_SPEC: Final = "spec"
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few names.

    Attributes:
        members: the enum of the names, as the command line takes them.
        titles: what the window calls them, marked; those not given are called by their name.
    """

    members: type[StrEnum]
    titles: Mapping[StrEnum, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off. The option's flag turns it away from its default."""


@dataclass(frozen=True, slots=True)
class Automatic:
    """On, off, or ``None``: as the engine decides.

    Attributes:
        worded: whether the command line takes ``on``, ``off`` and ``auto``; else a flag, and the
            same with ``no``.
    """

    worded: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number; ``None``, where that is the default: as the engine decides.

    Attributes:
        metavar: what the command line's help calls the number.
        least: the smallest that may be given.
        most: the largest that the window offers.
        step: how far a step in the window goes.
        unit: what stands behind the number in the window.
        usual: what the engine decides, given all its options.
        every: the number that means "all" for a model; the window then shows that word.
        switch: the name of the option that says "all"; it has no control of its own.
    """

    metavar: str = "N"
    least: int = 0
    most: int = U32_MAX
    step: int = 1
    unit: str = ""
    usual: Callable[[Any], int] | None = None
    every: Callable[[Model], int] | None = None
    switch: str = ""


@dataclass(frozen=True, slots=True)
class Layers:
    """A number of layers, a word for all of them, or ``None``: as the engine decides.

    Attributes:
        all_of_them: the word.
        every: how many layers a model has.
    """

    all_of_them: StrEnum
    every: Callable[[Model], int]


@dataclass(frozen=True, slots=True)
class Size:
    """A number of bytes; ``None``: not known.

    Attributes:
        least: the smallest that may be given.
    """

    least: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """Words that the engine reads itself, such as a list of numbers or a path; ``None``: not given.

    Attributes:
        metavar: what the command line's help calls it.
        check: raises ``ValueError`` for a text that the engine would refuse.
    """

    metavar: str
    check: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number for each device, in the engine's order, as a tuple; it may be empty.

    Attributes:
        metavar: what the command line's help calls them.
        most: how many may be given.
        whole: whether they are whole numbers.
    """

    metavar: str
    most: int
    whole: bool = False

    def read(self, text: str) -> tuple[float, ...]:
        """The numbers in a text, with commas or slashes between them; none in an empty one.

        Raises:
            ValueError: something is no number from 0, or there are too many.
        """
        words = re.split(r"[,/]", text.replace(" ", "")) if text.strip() else []
        if len(words) > self.most:
            raise ValueError(
                tr("{count} numbers are too many: at most {most}").format(
                    count=len(words), most=self.most
                )
            )
        return tuple(self._number(word) for word in words)

    def _number(self, word: str) -> float:
        pattern = r"\d{1,9}" if self.whole else r"\d{1,9}(\.\d{0,9})?|\.\d{1,9}"
        if re.fullmatch(pattern, word, re.ASCII) is None:
            text = tr("{word} is no number from 0")
            raise ValueError(text.format(word=repr(word[:_SHOWN])))
        return int(word) if self.whole else float(word)

    @staticmethod
    def written(numbers: tuple[float, ...]) -> str:
        """The text in which they are read again."""
        return ",".join(f"{number:.9f}".rstrip("0").rstrip(".") for number in numbers)


Values = Choice | Switch | Automatic | Count | Layers | Size | Text | Numbers


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the window's card. Options of equal rows stand side by side.

    Attributes:
        label: what stands beside the control, marked, with its mnemonic; the text of a switch.
        tooltip: what the option changes, marked, for the pointer and for screen readers.
        unit: the unit, marked, for screen readers; empty if there is none.
        behind_more: whether it is hidden at first.
        has: the models that the option is about.
    """

    label: str
    tooltip: str
    unit: str = ""
    behind_more: bool = False
    has: Callable[[Model], bool] | None = None


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """An option.

    Attributes:
        flags: how the command line spells it, the name that reports use first.
        values: what it can be.
        help: what the command line's help says.
        title: what a step of undo is called, marked; also its name for screen readers.
        row: where the window shows it; ``None``: another option's control sets it too.
        topic: the name of the help's topic.
        logged: the field of a log's options that has its value; empty if logs do not tell.
    """

    flags: tuple[str, ...]
    values: Values
    help: str
    title: str = ""
    row: Row | None = None
    topic: str = ""
    logged: str = ""

    @property
    def flag(self) -> str:
        """The flag by which the option is called."""
        return self.flags[0]


def option(default: Any, spec: OptionSpec) -> Any:
    """A field of an engine's options: its default, and the one declaration of the option."""
    return field(default=default, metadata={_SPEC: spec})


def specs_of(options: type) -> Mapping[str, OptionSpec]:
    """The options that a dataclass declares, by the names of its fields."""
    return {each.name: each.metadata[_SPEC] for each in fields(options)}


def default_of(options: type, name: str) -> Any:
    """The default of an option."""
    (default,) = (each.default for each in fields(options) if each.name == name)
    assert default is not MISSING, "every option has one"  # noqa: S101
    return default


def flag_words(spec: OptionSpec, value: Any) -> list[str]:
    """The words of a command line that give an option a value other than its default."""
    match spec.values:
        case Switch():
            return [spec.flag]
        case Automatic(worded=True):
            return [spec.flag, "on" if value else "off"]
        case Automatic():
            return [spec.flag if value else f"--no-{spec.flag[2:]}"]
        case Layers() if value is None:
            return [spec.flag, "auto"]
        case Numbers():
            return [spec.flag, Numbers.written(value)]
        case Choice() | Count() | Layers() | Size() | Text():
            return [spec.flag, str(value)]
        case _:
            assert_never(spec.values)


def changed_words(options: Any) -> list[str]:
    """The words of a command line for all that is not as usual."""
    words: list[str] = []
    for name, spec in specs_of(type(options)).items():
        value = getattr(options, name)
        if value != default_of(type(options), name):
            words += flag_words(spec, value)
    return words
