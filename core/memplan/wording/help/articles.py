"""Every article of the help, by its topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from memplan.engines.registry import ENGINES
from memplan.exhaustive import exhaustive
from memplan.language import marked
from memplan.wording.help import of_budget, of_contexts, of_llama_cpp, of_parts, of_window, of_zinc
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic, Section, Topic, topics_by_section

ARTICLES: Final[Mapping[HelpTopic, Article]] = exhaustive(
    HelpTopic,
    {
        **of_budget.ARTICLES,
        **of_contexts.ARTICLES,
        **of_zinc.ARTICLES,
        **of_llama_cpp.ARTICLES,
        **of_parts.ARTICLES,
        **of_window.ARTICLES,
    },
)

SECTION_TITLES: Final[Mapping[Section, str]] = exhaustive(
    Section,
    {
        Section.BUDGET: marked("Verdict and budget"),
        Section.CONTEXTS: marked("Contexts"),
        Section.ZINC: marked("Engines, and the parts of ZINC's plan"),
        Section.LLAMA_CPP: marked("llama.cpp: parts and options"),
        Section.WINDOW: marked("Model, chart, comparison"),
    },
)


def article_of(topic: Topic) -> Article:
    """The article about a topic, of the help itself or of an engine.

    Raises:
        KeyError: nobody has written one.
    """
    if isinstance(topic, HelpTopic):
        return ARTICLES[topic]
    for engine in ENGINES.values():
        articles = engine.articles()
        if topic in articles:
            return articles[topic]
    raise KeyError(topic)


def contents() -> Iterator[tuple[str, list[Topic]]]:
    """Sections of the help: a marked heading, and the topics; engines that add some come last."""
    for section, topics in topics_by_section().items():
        yield SECTION_TITLES[section], list(topics)
    for engine in ENGINES.values():
        if engine.articles():
            yield engine.title, list(engine.articles())
