"""A repository's quantisations in words: which is the best, and why."""

from __future__ import annotations

from typing import assert_never

from memplan.language import tr
from memplan.library.repository import Best, Quantisation, Reason
from memplan.units import format_tokens


def best_text(best: Best | None, row: Quantisation | None) -> str:
    """Which quantisation to take, as a sentence; ``row`` is the one that is meant."""
    if best is None or row is None:
        return tr("None of them starts on this machine with nothing moved to other memory.")
    name = row.quantisation or row.choice.name
    tokens = format_tokens(best.context_tokens)
    match best.reason:
        case Reason.HOLDS_WANTED:
            text = tr("{name} is the largest that starts whole with {tokens} tokens.")
        case Reason.HOLDS_WITH_CACHE:
            text = tr(
                "{name} is the largest that starts whole with {tokens} tokens, with a cache of "
                "type {cache}."
            )
        case Reason.LONGEST:
            text = tr("{name} has the longest context of those that start whole: {tokens} tokens.")
        case _:
            assert_never(best.reason)
    return text.format(name=name, tokens=tokens, cache=best.cache)


def largest_title(cache: str) -> str:
    """The title of a column of largest contexts; ``cache`` is a type, or empty where none is."""
    return tr("Largest, {cache}").format(cache=cache) if cache else tr("Largest")
