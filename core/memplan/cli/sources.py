"""Which models the words of a command line name: files, folders, patterns and addresses."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from memplan.model import Model, read_model
from memplan.reader.errors import MissingError

_LATER_SHARD = re.compile(r"-(?!00001-)\d{5}-of-\d{5}\.gguf$")
_WILDCARDS = re.compile(r"[*?[]")


def expand_sources(
    words: Iterable[str], found: Callable[[], object] = lambda: None
) -> Iterator[str]:
    """Each model once: a folder stands for the GGUF files below it, a pattern for what it matches.

    Of a split model only the first shard is listed, because any shard opens the set. What is
    neither folder nor pattern is passed on as it stands, so that its reader can say what is wrong.

    Args:
        words: the words.
        found: called for each file that a folder or pattern stands for, as it is found.
    """
    seen: set[str] = set()
    for word in words:
        for source in _expand(word, found):
            if source not in seen:
                seen.add(source)
                yield source


def read_source(source: str) -> Model:
    """The model that a source of :func:`expand_sources` stands for.

    Raises:
        GgufError: it cannot be read, or is a folder: in those that are left there is no model.
    """
    if source and os.path.isdir(source):  # noqa: PTH112 (never raises)
        raise MissingError(
            source,
            None,
            "a GGUF model in this folder or one below it",
            "none",
            "Name the folder that holds the model, or its file, which ends in .gguf.",
        )
    return read_model(source)


def _expand(word: str, found: Callable[[], object]) -> Iterable[str]:
    if not word or "://" in word:
        # An empty word, from a script's unset variable, does not mean the folder we are in.
        return [word]
    if os.path.isdir(word):  # noqa: PTH112 (never raises)
        return _models(map(str, Path(word).rglob("*.gguf")), found) or [word]
    if _WILDCARDS.search(word) and not os.path.exists(word):  # noqa: PTH110 (never raises)
        # Shells expand patterns, but not all of them do, and not inside quotation marks.
        return _models(glob.iglob(word, recursive=True), found) or [word]  # noqa: PTH207 (absolute too)
    return [word]


def _models(paths: Iterable[str], found: Callable[[], object]) -> list[str]:
    models = []
    for path in paths:
        found()
        if not _LATER_SHARD.search(path):
            models.append(path)
    return sorted(models)
