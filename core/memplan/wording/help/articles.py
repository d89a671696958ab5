"""Every article of the help, by its topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from memplan.engines.registry import ENGINES
from memplan.exhaustive import exhaustive
from memplan.language import marked
from memplan.wording.help import of_budget, of_contexts, of_engines, of_window
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic, Section, Topic, topics_by_section

ARTICLES: Final[Mapping[HelpTopic, Article]] = exhaustive(
    HelpTopic,
    {
        **of_budget.ARTICLES,
        **of_contexts.ARTICLES,
        **of_engines.ARTICLES,
        **of_window.ARTICLES,
    },
)

SECTION_TITLES: Final[Mapping[Section, str]] = exhaustive(
    Section,
    {
        Section.BUDGET: marked("Verdict and budget"),
        Section.CONTEXTS: marked("Contexts"),
        Section.ENGINES: marked("Engines and devices"),
        Section.WINDOW: marked("Model, chart, comparison"),
    },
)


def article_of(topic: Topic) -> Article:
    """The article about a topic, of the help itself, with the engines' notes, or of an engine.

    Raises:
        KeyError: nobody has written one.
    """
    if isinstance(topic, HelpTopic):
        notes = (engine.notes() for engine in ENGINES.values())
        return replace(ARTICLES[topic], notes=tuple(n[topic] for n in notes if topic in n))
    for engine in ENGINES.values():
        articles = engine.articles()
        if topic in articles:
            return articles[topic]
    raise KeyError(topic)


def every_topic() -> list[Topic]:
    """Every topic, the engines' own among them, in the order of the help's contents."""
    return [topic for _, topics in contents() for topic in topics]


def contents() -> Iterator[tuple[str, list[Topic]]]:
    """Sections of the help: a marked heading, and the topics; engines that add some come last."""
    for section, topics in topics_by_section().items():
        yield SECTION_TITLES[section], list(topics)
    for engine in ENGINES.values():
        if own := list(engine.topics()):
            yield engine.title, own
