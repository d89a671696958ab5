"""Writes ``docs/numbers.md`` from the articles of the help, in English.

``python packaging/numbers_document.py`` after an article has changed; a test compares them.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from memplan.wording.help.articles import article_of, contents
from memplan.wording.help.topics import Topic

DOCUMENT: Final = Path(__file__).resolve().parent.parent / "docs" / "numbers.md"
WIDTH: Final = 100
HEAD: Final = """# What each number means

Every number that Memplan shows, how it is worked out, and who says so. The help of the program
(F1, or “What is this?” on a number) says the same, and works the formulas out for the open model.
This page is made from it by `packaging/numbers_document.py`.
"""


def document() -> str:
    """The whole page as Markdown."""
    return HEAD + "".join(_sections())


def _sections() -> Iterator[str]:
    for heading, topics in contents():
        yield f"\n## {heading}\n"
        for topic in topics:
            yield _article(topic)


def _article(topic: Topic) -> str:
    article = article_of(topic)
    sources = "; ".join(map(_source, article.all_sources))
    text, formula = " ".join(article.texts), " ".join(article.formulas)
    paragraphs = (text, f"*Formula:* {formula}", f"*Source:* {sources}.")
    return "".join((f"\n### {article.title}\n", *(f"\n{_filled(each)}\n" for each in paragraphs)))


def _source(source: str) -> str:
    """A source with its file and name in the program as code."""
    return re.sub(r"(core/\S+\.py), (\w+)", r"`\1`, `\2`", source)


def _filled(text: str) -> str:
    lines = textwrap.wrap(text, WIDTH - 1, break_long_words=False, break_on_hyphens=False)
    # A sign at the start of a line would make a list.
    return "\n".join(re.sub(r"^([+*-] |\d+[.)] )", r"\\\1", line) for line in lines)


def main() -> int:
    """Write the page."""
    DOCUMENT.write_text(document(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
