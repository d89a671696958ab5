"""An article of the help: what a number is, its formula, and its source."""

from __future__ import annotations

from dataclasses import dataclass

from memplan.wording.help.topics import Topic


@dataclass(frozen=True, slots=True)
class Note:
    """What one engine adds to an article of the help itself; marked like the article.

    Attributes:
        text: what is different with it, in sentences that name it.
        formula: how it works the number out, naming it.
        sources: its file or document that says so, then what repeats it here.
        related: its own topics.
    """

    text: str = ""
    formula: str = ""
    sources: tuple[str, ...] = ()
    related: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """What is said about a topic. All is marked for translation, but sources without any prose.

    Attributes:
        title: what the window calls it.
        text: what it is, in sentences.
        formula: how it is worked out, with units.
        sources: the engine's file or document that says so, then what repeats it here.
        related: topics that explain the words in it.
        notes: what engines add to it.
    """

    title: str
    text: str
    formula: str
    sources: tuple[str, ...]
    related: tuple[Topic, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Its text and those of the notes, each to be translated by itself."""
        return (self.text, *(note.text for note in self.notes if note.text))

    @property
    def formulas(self) -> tuple[str, ...]:
        """Its formula and those of the notes, each to be translated by itself."""
        return (self.formula, *(note.formula for note in self.notes if note.formula))

    @property
    def all_sources(self) -> tuple[str, ...]:
        """Its sources, those of the notes among them."""
        return (*self.sources, *(source for note in self.notes for source in note.sources))

    @property
    def all_related(self) -> tuple[Topic, ...]:
        """Its related topics, those of the notes among them."""
        return (*self.related, *(topic for note in self.notes for topic in note.related))
