"""Every article of the help, by its topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.exhaustive import exhaustive
from memplan.language import marked
from memplan.wording.help import of_budget, of_contexts, of_llama_cpp, of_window, of_zinc
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic, Section

ARTICLES: Final[Mapping[HelpTopic, Article]] = exhaustive(
    HelpTopic,
    {
        **of_budget.ARTICLES,
        **of_contexts.ARTICLES,
        **of_zinc.ARTICLES,
        **of_llama_cpp.ARTICLES,
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
