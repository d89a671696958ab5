"""``memplan check --library``: the models on this machine, and what a start of each does."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from typing import Any, Final

from tqdm import tqdm

from memplan.library.assess import Assessment, assess
from memplan.library.entry import Entry
from memplan.library.find import Condition, Found, find_models, newest_first
from memplan.library.kept import KeptEntries, default_kept_path
from memplan.library.places import library_places, this_system
from memplan.model import read_model
from memplan.reader.errors import GgufError
from memplan.reader.transfer import CancelToken
from memplan.request import Request
from memplan.wording.library import (
    assessment_text,
    condition_text,
    granted_text,
    largest_text,
    program_title,
    size_text,
)
from memplan.wording.one_line import one_line

EXIT_LISTED: Final = 0
EXIT_NOTHING_FOUND: Final = 2

PLANNED: Final = frozenset({Condition.MODEL, Condition.CUT_OFF})
"""What is planned: a model, whole or not."""

_SCHEMA: Final = "memplan.library/1"
_HEADS: Final = ("Model", "Quantisation", "Size", "Verdict", "Context", "Largest", "Found by")
_WIDTHS: Final = (0, 13, 22, 34, 10, 10, 0)
_LEAST_NAME_WIDTH: Final = 24
_LAST_WIDTH: Final = 22


def list_library(folders: Sequence[str], request: Request, *, as_json: bool = False) -> int:
    """Print a line for each file found, as it is read and planned; return the exit code."""
    places = library_places(this_system(), folders)
    cancel = CancelToken()
    # Only a terminal is told how far it is.
    with tqdm(desc="looking for models", unit=" files", leave=False, disable=None) as looking:
        found: list[Found] = []
        for files in find_models(places, cancel):
            found += files
            looking.update(len(files))
    if not found:
        print("memplan: no models in these folders:", file=sys.stderr)
        for place in places:
            print(f"  {place.folder}  ({program_title(place.program)})", file=sys.stderr)
        return EXIT_NOTHING_FOUND
    kept = KeptEntries(default_kept_path())
    if not as_json:
        print(_line(_HEADS))
    with tqdm(total=len(found), unit="model", leave=False, disable=None) as progress:
        for each in newest_first(found):
            entry = kept.entry(each)
            answer = _assessed(entry, request)
            with progress.external_write_mode():
                text = (
                    json.dumps(_to_json(entry, answer)) if as_json else _row(entry, answer, request)
                )
                print(text, flush=True)
            progress.update()
    kept.save()
    return EXIT_LISTED


def _assessed(entry: Entry, request: Request) -> Assessment | None:
    """What a start does; ``None`` of what is no model, or is gone by now."""
    if entry.condition not in PLANNED:
        return None
    try:
        return assess(read_model(entry.found.source), request)
    except GgufError:
        return None


def _row(entry: Entry, answer: Assessment | None, request: Request) -> str:
    said = condition_text(entry) if answer is None else assessment_text(answer, request.engine)
    return _line(
        (
            entry.name,
            entry.quantisation,
            size_text(entry),
            said,
            "" if answer is None else granted_text(answer),
            "" if answer is None else largest_text(answer),
            program_title(entry.found.program),
        )
    )


def _line(texts: Sequence[str]) -> str:
    room = shutil.get_terminal_size().columns - sum(_WIDTHS) - _LAST_WIDTH
    name_width = max(room, _LEAST_NAME_WIDTH)
    name, *others, last = map(one_line, texts)
    if len(name) >= name_width:
        name = name[: name_width - 2] + "…"
    cells = "".join(
        f"{text:<{width}}" if head in _WORDS else f"{text:>{width - 1}} "
        for text, width, head in zip(others, _WIDTHS[1:-1], _HEADS[1:-1], strict=True)
    )
    return f"{name:<{name_width}}{cells} {last}".rstrip()


_WORDS: Final = frozenset({"Quantisation", "Verdict"})
"""Columns of words, which begin at the left."""


def _to_json(entry: Entry, answer: Assessment | None) -> dict[str, Any]:
    summary = entry.summary
    return {
        "schema": _SCHEMA,
        "source": entry.found.source,
        "program": entry.found.program.value,
        "condition": entry.condition.value,
        "detail": entry.detail,
        "name": entry.name,
        "architecture": summary.architecture if summary else "",
        "quantisation": entry.quantisation,
        "file_bytes": entry.found.size_bytes,
        "complete_bytes": summary.complete_bytes if summary else None,
        "missing_shards": entry.found.missing,
        "start": None
        if answer is None
        else {
            "runs": answer.runs,
            "status": answer.status.value if answer.status else None,
            "outcome": answer.outcome.value if answer.outcome else None,
            "context_tokens": answer.granted_tokens,
            "largest_tokens": answer.largest_tokens,
            "host_bytes": answer.host_bytes,
        },
    }
