"""A repository before the download: what each of its quantisations does on the chosen machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from memplan.engines.registry import engine_named
from memplan.library.assess import Assessment, assess
from memplan.model import Model, read_model
from memplan.reader.errors import CancelledError, Choice, GgufError
from memplan.reader.transfer import CancelToken, RemoteSettings
from memplan.request import Request

_MOST_AT_ONCE: Final = 6
"""Headers that are fetched at the same time: with more, a server may take it amiss."""

WANTED_TOKENS: Final = 32_768
"""A context with which people work on texts and code; what the best quantisation should hold."""


@dataclass(frozen=True, slots=True)
class Quantisation:
    """One of a repository's models.

    Attributes:
        choice: its file, or the first of its shards.
        quantisation: the name of its quantisation, as its header says.
        size_bytes: size of all its files.
        trained_tokens: the context that it was trained for.
        answer: what a start does with the usual cache type; ``None`` where it cannot be read.
        largest_tokens: the largest context with nothing moved, for each compared cache type.
        error: why it cannot be read, in today's language; empty if it was.
    """

    choice: Choice
    quantisation: str
    size_bytes: int
    trained_tokens: int
    answer: Assessment | None
    largest_tokens: tuple[int, ...]
    error: str = ""


class Reason(StrEnum):
    """Why a quantisation is the best."""

    HOLDS_WANTED = "holds_wanted"
    """The largest file that holds the wanted context with nothing moved."""
    HOLDS_WITH_CACHE = "holds_with_cache"
    """The same, with a smaller cache type."""
    LONGEST = "longest"
    """None holds the wanted context; this one has the longest with nothing moved."""


@dataclass(frozen=True, slots=True)
class Best:
    """The quantisation to take.

    Attributes:
        location: which one.
        reason: why.
        context_tokens: the context that it holds at least.
        cache: the cache type with which it does.
    """

    location: str
    reason: Reason
    context_tokens: int
    cache: str


def cache_requests(request: Request) -> tuple[tuple[str, Request], ...]:
    """The request with each cache type that is compared, and its name; the usual one first."""
    return engine_named(request.engine).cache_requests(request)


def read_quantisations(
    choices: Sequence[Choice],
    request: Request,
    cancel: CancelToken,
    settings: RemoteSettings | None = None,
) -> Iterator[Quantisation]:
    """Each quantisation as soon as its header is there, with one request for each file.

    Raises:
        CancelledError: somebody has cancelled.
    """
    requests = [each for _, each in cache_requests(request)]
    pool = ThreadPoolExecutor(_MOST_AT_ONCE, "memplan repository")
    try:
        asked: dict[Future[Model], Choice] = {
            pool.submit(read_model, choice.location, cancel=cancel, settings=settings): choice
            for choice in choices
        }
        for future in as_completed(asked):
            cancel.check(asked[future].location)
            yield _quantisation(asked[future], future, requests)
    finally:
        # Whoever has enough of it must not wait for what is under way.
        pool.shutdown(wait=False, cancel_futures=True)


def _quantisation(
    choice: Choice, future: Future[Model], requests: Sequence[Request]
) -> Quantisation:
    try:
        model = future.result()
    except CancelledError:
        raise
    except GgufError as error:
        return Quantisation(choice, "", choice.bytes or 0, 0, None, (), error.detail)
    first, *others = requests
    answer = assess(model, first)
    return Quantisation(
        choice,
        model.quantisation,
        model.complete_bytes,
        model.dimensions.context_tokens,
        answer,
        (answer.largest_tokens, *(_largest_tokens(model, answer, each) for each in others)),
    )


def _largest_tokens(model: Model, first: Assessment, request: Request) -> int:
    """The largest context with another cache type."""
    if not first.largest_tokens and model.weights_bytes > request.budget_bytes:
        # No cache is small enough. To find out where the engine moves what takes seconds.
        return 0
    return assess(model, request).largest_tokens


def best_of(rows: Sequence[Quantisation], request: Request) -> Best | None:
    """The best of those that are read; ``None`` where none starts with nothing moved."""
    names = [name for name, _ in cache_requests(request)]
    rows = [row for row in rows if row.answer is not None and row.answer.runs]
    for number, name in enumerate(names):
        holding = [row for row in rows if _holds(row, number, request)]
        if holding:
            best = max(holding, key=lambda row: row.size_bytes)
            reason = Reason.HOLDS_WITH_CACHE if number else Reason.HOLDS_WANTED
            return Best(best.choice.location, reason, _wanted(best, request), name)
    longest = max(rows, key=lambda row: (row.largest_tokens[0], row.size_bytes), default=None)
    if longest is None or not longest.largest_tokens[0]:
        return None
    tokens = longest.largest_tokens[0]
    return Best(longest.choice.location, Reason.LONGEST, tokens, names[0])


def _wanted(row: Quantisation, request: Request) -> int:
    """The context that it should hold: the one asked for, or what people work with."""
    return min(request.context_tokens or WANTED_TOKENS, row.trained_tokens)


def _holds(row: Quantisation, number: int, request: Request) -> bool:
    return row.largest_tokens[number] >= max(_wanted(row, request), 1)
