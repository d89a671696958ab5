"""Quantisations of one model in a folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from memplan.model import Model, read_model
from memplan.reader.errors import GgufError
from memplan.reader.split import shard_name

_MOST_FILES: Final = 64
_QUANTISATION = re.compile(
    r"""[-_.](?:UD[-_])?(?:i1[-_])?
    (?:I?Q\d(?:_(?:\d|K|NL|XXS|XS|XXL|XL|S|M|L|P))*|TQ\d_\d|B?F16|FP16|F32|F64|MXFP4(?:_MOE)?|NVFP4)
    (?=[-_.]|$)""",
    re.IGNORECASE | re.VERBOSE,
)


def sibling_models(
    path: str | Path, read: Callable[[Path], Model] = read_model
) -> tuple[Model, ...]:
    """The quantisations of the model at ``path`` that lie beside it, and itself, smallest first.

    Files belong together if their names differ in nothing but the quantisation, and their headers
    describe a model of the same architecture and dimensions. What cannot be read is left out.

    Args:
        path: a model's file; of a split model, any shard.
        read: reads a model; a :class:`~memplan.model.cache.ModelCache` spares reading it again.

    Raises:
        GgufError: the model at ``path`` cannot be read.
    """
    opened = Path(path)
    model = read(opened)
    siblings = [model]
    for candidate in _candidates(opened):
        try:
            other = read(candidate)
        except GgufError:
            continue
        if (other.architecture, other.dimensions) == (model.architecture, model.dimensions):
            siblings.append(other)
    return tuple(sorted(siblings, key=lambda sibling: sibling.weights_bytes))


def _candidates(opened: Path) -> list[Path]:
    """Files of the same name but for the quantisation; of split models, the first shards."""
    base, own = _base_name(opened.name), _unsplit(opened.name)
    try:
        beside = sorted(opened.parent.iterdir())
    except OSError:
        return []
    found = []
    for path in beside:
        shard = shard_name(path.name)
        is_model = path.suffix.lower() == ".gguf" and (shard is None or shard.number == 1)
        if is_model and _unsplit(path.name) != own and _base_name(path.name) == base:
            found.append(path)
    return found[:_MOST_FILES]


def _unsplit(file_name: str) -> str:
    shard = shard_name(file_name)
    return shard.prefix if shard else Path(file_name).stem


def _base_name(file_name: str) -> str:
    """A file's name without ending, shard number and quantisation."""
    return _QUANTISATION.sub("", _unsplit(file_name)).casefold()
