"""An article of the help: what a number is, its formula, and its source."""

from __future__ import annotations

from dataclasses import dataclass

from memplan.wording.help.topics import Topic


@dataclass(frozen=True, slots=True)
class Article:
    """What is said about a topic. All is marked for translation, but sources without any prose.

    Attributes:
        title: what the window calls it.
        text: what it is, in sentences.
        formula: how it is worked out, with units.
        sources: the engine's file or document that says so, then what repeats it here.
        related: topics that explain the words in it.
    """

    title: str
    text: str
    formula: str
    sources: tuple[str, ...]
    related: tuple[Topic, ...] = ()
