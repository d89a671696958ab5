"""Advice as instructions, with what each gives and costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.language import marked, tr
from memplan.planning.advice import Advice, Change, Step
from memplan.units import ByteUnits, format_bytes, format_tokens

_GAINS: Final[Mapping[tuple[bool, bool], str]] = {
    (True, True): marked("frees {size}: up to {context} tokens fit"),
    (True, False): marked("frees {size}: up to {context} tokens fit; not enough by itself"),
    (False, True): marked("up to {context} tokens fit"),
    (False, False): marked("up to {context} tokens fit; not enough by itself"),
}
"""By whether anything is freed at the same context, and whether it is enough."""

_NO_GAIN: Final[Mapping[bool, str]] = {
    True: marked("frees {size}: no context fits yet; not enough by itself"),
    False: marked("no context fits yet; not enough by itself"),
}
"""By whether anything is freed at the same context."""

_NOT_WHOLE: Final[Mapping[bool, str]] = {
    True: marked("frees {size}: parts stay in host memory"),
    False: marked("parts stay in host memory"),
}
"""By the same, where the engine then starts, but not with everything on its devices."""


def cost_text(change: Change) -> str:
    """What a change costs the user, as a sentence."""
    return tr(change.cost)


def advice_text(advice: Advice) -> str:
    """An advice as an instruction, without a full stop."""
    first, *others = advice.steps
    text = _instruction(first.change.instruction, first)
    for step in others:
        text = tr("{first}, and {further}").format(
            first=text, further=_instruction(step.change.further, step)
        )
    return text


def _instruction(text: str, step: Step) -> str:
    to = str(step.to)
    if isinstance(step.to, int) and step.change.grouped:
        to = format_tokens(step.to)
    return tr(text).format(to=to, was=step.was)


def advice_effect_text(advice: Advice, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What an advice gives: bytes freed, the context that is then reached, whether it is enough."""
    frees = advice.saves_bytes > 0
    enough = advice.plan.verdict.fits
    if advice.fitting_tokens:
        text = _GAINS[frees, enough]
    else:
        text = (_NOT_WHOLE if enough else _NO_GAIN)[frees]
    return tr(text).format(
        size=format_bytes(advice.saves_bytes, units), context=format_tokens(advice.fitting_tokens)
    )


def advice_line(advice: Advice, units: ByteUnits = ByteUnits.BINARY) -> str:
    """An advice with what it gives, as a sentence."""
    return tr("{instruction}: {effect}.").format(
        instruction=advice_text(advice), effect=advice_effect_text(advice, units)
    )
