"""Every article about llama.cpp alone, by its topic."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from memplan.engines.llama_cpp.help import contexts, memory, parts
from memplan.engines.llama_cpp.help.topics import LlamaCppTopic
from memplan.exhaustive import exhaustive
from memplan.wording.help.article import Article

ARTICLES: Final[Mapping[StrEnum, Article]] = exhaustive(
    LlamaCppTopic, {**contexts.ARTICLES, **memory.ARTICLES, **parts.ARTICLES}
)
