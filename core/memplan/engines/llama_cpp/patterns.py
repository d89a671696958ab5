"""Regular expressions of the user's own, found in a tensor's name without ever hanging.

llama.cpp searches with ``std::regex`` (ECMAScript grammar), which backtracks: some patterns take it
for ever. Here a pattern becomes an automaton whose states are followed side by side, so the time
is bounded by the lengths of pattern and name. Look-ahead and back-references are refused: no
automaton has them.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from typing import Final, NamedTuple, assert_never

from memplan.language import tr

MAX_PATTERN_LENGTH: Final = 1024
_MAX_STEPS: Final = 4096
"""Steps of an automaton: counted repeats multiply them."""

_MAX_DEPTH: Final = 32
_MAX_REPEAT: Final = 1000
_MOVES_KEPT: Final = 20_000
_PATTERNS_KEPT: Final = 256

_DIGITS: Final = frozenset(string.digits)
_WORD: Final = frozenset(string.ascii_letters + string.digits + "_")
_SPACE: Final = frozenset(" \t\n\r\f\v")
_CLASS_ESCAPES: Final = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROL_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_HEX_ESCAPES: Final = {"x": 2, "u": 4}
_NAMED_CLASSES: Final = {
    "alnum": frozenset(string.ascii_letters + string.digits),
    "alpha": frozenset(string.ascii_letters),
    "digit": _DIGITS,
    "lower": frozenset(string.ascii_lowercase),
    "punct": frozenset(string.punctuation),
    "space": _SPACE,
    "upper": frozenset(string.ascii_uppercase),
    "w": _WORD,
    "xdigit": frozenset(string.hexdigits),
}
_SYNTAX: Final = frozenset("*+?{")


class PatternError(ValueError):
    """The pattern is not valid, or needs what no automaton has; the message says which."""


class _Edge(Enum):
    """A condition on the place between two characters."""

    START = auto()
    END = auto()
    WORD_EDGE = auto()
    NO_WORD_EDGE = auto()


class _Characters(NamedTuple):
    """One character out of a set, or out of all others."""

    members: frozenset[str]
    others: bool

    def has(self, character: str) -> bool:
        return (character in self.members) is not self.others


_ANY: Final = _Characters(frozenset("\n\r"), others=True)


class _Sequence(NamedTuple):
    parts: tuple[_Node, ...]


class _Choice(NamedTuple):
    branches: tuple[_Node, ...]


class _Repeat(NamedTuple):
    part: _Node
    least: int
    most: int | None


_Node = _Edge | _Characters | _Sequence | _Choice | _Repeat


class _Split(NamedTuple):
    """A step that goes on at several places without taking a character."""

    targets: tuple[int, ...]


class _Take(NamedTuple):
    characters: _Characters
    target: int


class _Check(NamedTuple):
    edge: _Edge
    target: int


_Step = _Split | _Take | _Check
_FOUND: Final = 0
"""The step at which the pattern has been found."""


@dataclass(frozen=True, slots=True, eq=False)
class NamePattern:
    """A pattern that is looked for in names.

    Attributes:
        steps: the automaton.
        start: where it begins.
        moves: what is already known of its moves.
    """

    steps: tuple[_Step, ...]
    start: int
    moves: dict[tuple[frozenset[int], str, str], frozenset[int] | None] = field(
        default_factory=dict
    )

    def found_in(self, name: str) -> bool:
        """Whether the pattern is found anywhere in a name."""
        here: frozenset[int] = frozenset()
        before = ""
        for after in (*name, ""):
            key = (here, before, after)
            if key not in self.moves:
                if len(self.moves) >= _MOVES_KEPT:
                    self.moves.clear()
                self.moves[key] = self._moved(here, before, after)
            moved = self.moves[key]
            if moved is None:
                return True
            here, before = moved, after
        return False

    def _moved(self, here: frozenset[int], before: str, after: str) -> frozenset[int] | None:
        """The steps behind the next character; ``None`` if the pattern ends before it."""
        reached, open_steps = set(), [*here, self.start]
        behind = set()
        while open_steps:
            number = open_steps.pop()
            if number in reached:
                continue
            reached.add(number)
            match self.steps[number]:
                case _Split(targets):
                    open_steps += targets
                case _Check(edge, target) if _holds(edge, before, after):
                    open_steps.append(target)
                case _Take(characters, target) if after and characters.has(after):
                    behind.add(target)
                case _:
                    pass
        return None if _FOUND in reached else frozenset(behind)


def _holds(edge: _Edge, before: str, after: str) -> bool:
    match edge:
        case _Edge.START:
            return not before
        case _Edge.END:
            return not after
        case _Edge.WORD_EDGE:
            return (before in _WORD) is not (after in _WORD)
        case _Edge.NO_WORD_EDGE:
            return (before in _WORD) is (after in _WORD)
        case _:
            assert_never(edge)


@lru_cache(maxsize=_PATTERNS_KEPT)
def name_pattern(text: str) -> NamePattern:
    """The automaton of a regular expression.

    Raises:
        PatternError: it is no valid expression, or one of a kind that is not supported.
    """
    if len(text) > MAX_PATTERN_LENGTH:
        raise PatternError(tr("The pattern is too long."))
    builder = _Builder()
    start = builder.built(_Parser(text).whole(), _FOUND)
    return NamePattern(tuple(builder.steps), start)


class _Builder:
    """Lays out the steps of an expression from its end to its start."""

    def __init__(self) -> None:
        self.steps: list[_Step] = [_Split(())]

    def built(self, node: _Node, target: int) -> int:
        """The step at which a part starts that goes on at ``target``."""
        match node:
            case _Edge():
                return self._added(_Check(node, target))
            case _Characters():
                return self._added(_Take(node, target))
            case _Sequence(parts):
                for part in reversed(parts):
                    target = self.built(part, target)
                return target
            case _Choice(branches):
                return self._added(_Split(tuple(self.built(part, target) for part in branches)))
            case _Repeat(part, least, most):
                return self._repeated(part, least, most, target)
            case _:
                assert_never(node)

    def _repeated(self, part: _Node, least: int, most: int | None, target: int) -> int:
        if most is None:
            loop = self._added(_Split(()))
            self.steps[loop] = _Split((self.built(part, loop), target))
            target = loop
        else:
            end = target
            for _ in range(most - least):
                target = self._added(_Split((self.built(part, target), end)))
        for _ in range(least):
            target = self.built(part, target)
        return target

    def _added(self, step: _Step) -> int:
        if len(self.steps) >= _MAX_STEPS:
            raise PatternError(tr("The pattern is too long."))
        self.steps.append(step)
        return len(self.steps) - 1


class _Parser:
    """Reads an expression by the grammar of ECMAScript."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> _Node:
        node = self._choice()
        if self.at < len(self.text):
            raise self._broken()
        return node

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise self._broken()
        self.at += 1
        return character

    def _took(self, wanted: str) -> bool:
        if not self.text.startswith(wanted, self.at):
            return False
        self.at += len(wanted)
        return True

    def _broken(self) -> PatternError:
        return PatternError(tr("The pattern is not a valid regular expression."))

    def _choice(self) -> _Node:
        branches = [self._sequence()]
        while self._took("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _Choice(tuple(branches))

    def _sequence(self) -> _Node:
        parts = []
        while self._peek() and self._peek() not in "|)":
            parts.append(self._term())
        return _Sequence(tuple(parts))

    def _term(self) -> _Node:
        edge = self._edge()
        if edge is not None:
            return edge
        return self._quantified(self._atom())

    def _edge(self) -> _Edge | None:
        for text, edge in (
            ("^", _Edge.START),
            ("$", _Edge.END),
            (r"\b", _Edge.WORD_EDGE),
            (r"\B", _Edge.NO_WORD_EDGE),
        ):
            if self._took(text):
                return edge
        return None

    def _atom(self) -> _Node:
        character = self._next()
        match character:
            case ".":
                return _ANY
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case _ if character in _SYNTAX:
                raise self._broken()
            case _:
                return _one(character)

    def _group(self) -> _Node:
        if self._took("?") and not self._took(":"):
            raise PatternError(tr("Patterns with look-ahead cannot be followed here."))
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise PatternError(tr("The pattern is too long."))
        node = self._choice()
        self.depth -= 1
        if not self._took(")"):
            raise self._broken()
        return node

    def _quantified(self, part: _Node) -> _Node:
        while True:
            bounds = self._bounds()
            if bounds is None:
                return part
            self._took("?")  # lazy or not: whether it is found is the same
            part = _Repeat(part, *bounds)
            self.depth += 1
            if self.depth > _MAX_DEPTH:
                raise PatternError(tr("The pattern is too long."))

    def _bounds(self) -> tuple[int, int | None] | None:
        if self._took("*"):
            return 0, None
        if self._took("+"):
            return 1, None
        if self._took("?"):
            return 0, 1
        if not self._took("{"):
            return None
        least = self._number()
        most: int | None = least
        if self._took(","):
            most = None if self._peek() == "}" else self._number()
        if not self._took("}") or (most is not None and most < least):
            raise self._broken()
        return least, most

    def _number(self) -> int:
        digits = ""
        while self._peek() in _DIGITS:
            digits += self._next()
        if not digits:
            raise self._broken()
        if len(digits) > len(str(_MAX_REPEAT)) or int(digits) > _MAX_REPEAT:
            raise PatternError(tr("The pattern is too long."))
        return int(digits)

    def _escape(self) -> _Characters:
        character = self._next()
        if character in _DIGITS and character != "0":
            raise PatternError(tr("Patterns with back-references cannot be followed here."))
        if character.lower() in _CLASS_ESCAPES:
            return _Characters(_CLASS_ESCAPES[character.lower()], character.isupper())
        return _one(self._escaped(character))

    def _escaped(self, character: str) -> str:
        """The character that an escape stands for."""
        if character == "c":
            return chr(ord(self._next()) % 32)
        if character in _HEX_ESCAPES:
            digits = "".join(self._next() for _ in range(_HEX_ESCAPES[character]))
            if not set(digits) <= set(string.hexdigits):
                raise self._broken()
            return chr(int(digits, 16))
        return _CONTROL_ESCAPES.get(character, character)

    def _class(self) -> _Characters:
        others = self._took("^")
        members: set[str] = set()
        while not self._took("]"):
            members |= self._members()
        return _Characters(frozenset(members), others)

    def _members(self) -> frozenset[str]:
        """One item of a class: a character, a range, or a class within it."""
        if self._took("[:"):
            name, end, _rest = self.text[self.at :].partition(":]")
            if not end or name not in _NAMED_CLASSES:
                raise self._broken()
            self.at += len(name) + len(end)
            return _NAMED_CLASSES[name]
        first = self._class_character()
        if isinstance(first, frozenset):
            return first
        if self._peek() != "-" or self.text.startswith("-]", self.at):
            return frozenset(first)
        self._next()
        last = self._class_character()
        if isinstance(last, frozenset) or last < first:
            raise self._broken()
        return frozenset(_between(first, last))

    def _class_character(self) -> str | frozenset[str]:
        character = self._next()
        if character != "\\":
            return character
        character = self._next()
        if character in _CLASS_ESCAPES:
            return _CLASS_ESCAPES[character]
        if character.lower() in _CLASS_ESCAPES:
            raise PatternError(
                tr("Patterns with \\D, \\S or \\W in a class are not followed here.")
            )
        return "\b" if character == "b" else self._escaped(character)


def _one(character: str) -> _Characters:
    return _Characters(frozenset(character), others=False)


def _between(first: str, last: str) -> Iterator[str]:
    """The characters of a range; names are ASCII, so what lies above is left out."""
    for code in range(ord(first), min(ord(last), 0xFF) + 1):
        yield chr(code)
