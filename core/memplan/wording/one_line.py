"""Names from files and addresses on one line, without what a terminal would act on."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""Unicode's category Cc, and its own ends of lines and paragraphs."""


def one_line(text: str) -> str:
    """A text in which a name from elsewhere stands; ordinary texts stay as they are."""
    return _CONTROLS.sub(" ", text)
