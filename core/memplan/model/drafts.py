"""Smaller models in a folder that could draft tokens for a model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from memplan.model import Model, read_model
from memplan.reader.errors import GgufError
from memplan.reader.split import shard_name

_MOST_READ: Final = 8
_MOST_OFFERED: Final = 2
_TIMES_SMALLER: Final = 8
"""A draft that is not much smaller than the model makes nothing faster."""

_MOST_OTHER_TOKENS: Final = 128
"""By how many tokens two vocabularies may differ for engines that compare them."""

_FAMILY: Final = re.compile(r"[a-z]+", re.I)
_TABLE: Final = "token_embd.weight"


def drafts_beside(model: Model) -> tuple[str, ...]:
    """Files in a model's folder that could draft for it, the largest first.

    Only files whose names begin as the model's does are read, and only a few of them: of one
    family, at most an eighth as large, and with the same vocabulary.
    """
    opened = Path(model.source)
    found = []
    for path in _candidates(opened):
        try:
            other = read_model(path)
        except GgufError:
            continue
        smaller = 0 < other.weights_bytes * _TIMES_SMALLER <= model.weights_bytes
        if smaller and _speaks_alike(model, other):
            found.append((other.weights_bytes, str(path)))
    return tuple(path for _, path in sorted(found, reverse=True)[:_MOST_OFFERED])


def _candidates(opened: Path) -> list[Path]:
    """Files of the same family, the smallest first, of split models the first shards."""
    family = _FAMILY.match(opened.name)
    if family is None:
        return []
    sized = []
    try:
        for path in opened.parent.iterdir():
            shard = shard_name(path.name)
            other = _FAMILY.match(path.name)
            if (
                path != opened
                and path.suffix.lower() == ".gguf"
                and other is not None
                and other[0].lower() == family[0].lower()
                and (shard is None or shard.number == 1)
            ):
                sized.append((path.stat().st_size, path))
    except OSError:
        return []
    return [path for _, path in sorted(sized)[:_MOST_READ]]


def _speaks_alike(one: Model, other: Model) -> bool:
    rows = [
        tensor.dimensions[1]
        for model in (one, other)
        for tensor in model.tensors
        if tensor.name == _TABLE and len(tensor.dimensions) > 1
    ]
    kinds = {model.metadata.text("tokenizer.ggml.model") for model in (one, other)}
    alike = len(rows) == 2 and abs(rows[0] - rows[1]) <= _MOST_OTHER_TOKENS
    return alike and len(kinds - {""}) < 2
