"""``memplan check owner/repository``: each of its quantisations, before any is downloaded."""

from __future__ import annotations

import json
import shutil
from typing import Any, Final, TypeGuard

from memplan.library.repository import (
    Best,
    Quantisation,
    best_of,
    cache_requests,
    read_quantisations,
)
from memplan.reader.errors import ChoiceNeededError
from memplan.reader.transfer import CancelToken
from memplan.request import Request
from memplan.units import format_bytes
from memplan.wording.library import assessment_text, granted_text, tokens_text
from memplan.wording.one_line import one_line
from memplan.wording.repository import best_text, largest_title

EXIT_ONE_STARTS: Final = 0
EXIT_NONE_STARTS: Final = 1
EXIT_UNREADABLE: Final = 2

_SCHEMA: Final = "memplan.repository/1"
_WIDTHS: Final = (14, 11, 34, 12, 16, 16)
_LEAST_NAME_WIDTH: Final = 30


def is_whole_repository(error: Exception) -> TypeGuard[ChoiceNeededError]:
    """Whether an address stands for all models of a repository, rather than for none of them."""
    return isinstance(error, ChoiceNeededError) and bool(error.choices) and not error.named


def print_matrix(error: ChoiceNeededError, request: Request, *, as_json: bool) -> int:
    """Print a line for each quantisation as it is read and planned; return the exit code."""
    caches = [name for name, _ in cache_requests(request)]
    name_width = max(shutil.get_terminal_size().columns - sum(_WIDTHS), _LEAST_NAME_WIDTH)
    if not as_json:
        heads = ("Quantisation", "Size", "Verdict", "Context", *map(largest_title, caches))
        print(_line("File", heads, name_width))
    rows = []
    for row in read_quantisations(error.choices, request, CancelToken()):
        rows.append(row)
        if not as_json:
            print(_line(row.choice.name, _cells(row, request), name_width), flush=True)
    best = best_of(rows, request)
    if as_json:
        for row in rows:
            print(json.dumps(_to_json(error.source, row, caches, best)))
    else:
        _print_end(error, rows, best)
    if any(row.answer is not None and row.answer.starts for row in rows):
        return EXIT_ONE_STARTS
    return EXIT_NONE_STARTS if any(row.answer for row in rows) else EXIT_UNREADABLE


def _print_end(error: ChoiceNeededError, rows: list[Quantisation], best: Best | None) -> None:
    chosen = next((row for row in rows if best and row.choice.location == best.location), None)
    print()
    print(one_line(best_text(best, chosen)))
    if chosen is not None:
        print(one_line(f"memplan check {chosen.choice.location}"))
    for part in error.beside:
        size = "" if part.bytes is None else f", {format_bytes(part.bytes)}"
        print(one_line(f"beside the model: {part.name}{size}"))


def _cells(row: Quantisation, request: Request) -> tuple[str, ...]:
    size = format_bytes(row.size_bytes)
    if row.answer is None:
        return "", size, "Cannot be read", "", "", ""
    return (
        row.quantisation,
        size,
        assessment_text(row.answer, request.engine),
        granted_text(row.answer),
        *(tokens_text(tokens) if row.answer.runs else "–" for tokens in row.largest_tokens),
    )


def _line(name: str, cells: tuple[str, ...], name_width: int) -> str:
    name = one_line(name)
    if len(name) >= name_width:
        name = "…" + name[2 - name_width :]
    quantisation, size, verdict, *tokens = map(one_line, cells)
    numbers = "".join(f"{text:>{width}}" for text, width in zip(tokens, _WIDTHS[3:], strict=False))
    text = f"{name:<{name_width}}{quantisation:<14}{size:>10} {verdict:<34}{numbers}"
    return text.rstrip()


def _to_json(
    source: str, row: Quantisation, caches: list[str], best: Best | None
) -> dict[str, Any]:
    answer = row.answer
    is_best = best is not None and row.choice.location == best.location
    return {
        "schema": _SCHEMA,
        "repository": source,
        "source": row.choice.location,
        "quantisation": row.quantisation,
        "complete_bytes": row.size_bytes,
        "error": row.error,
        "start": None
        if answer is None
        else {
            "runs": answer.runs,
            "status": answer.status.value if answer.status else None,
            "outcome": answer.outcome.value if answer.outcome else None,
            "context_tokens": answer.granted_tokens,
        },
        "largest_tokens": dict(zip(caches, row.largest_tokens, strict=False)),
        "best": best.reason.value if best is not None and is_best else None,
    }
