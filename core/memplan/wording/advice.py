"""Advice as instructions, with what each gives and costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.advice import Advice, Change, Step
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.units import ByteUnits, format_bytes, format_tokens

_COSTS: Final[Mapping[Change, str]] = exhaustive(
    Change,
    {
        Change.CONTEXT: marked("Shorter chats and documents."),
        Change.CACHE_TYPE: marked(
            "Slightly less exact attention; below q8_0 it shows in long chats."
        ),
        Change.ZINC_VERSION: marked("A newer engine."),
        Change.FLASH_ATTN: marked("Nothing where the GPU supports it."),
        Change.PARALLEL: marked("Fewer chats at a time."),
        Change.UBATCH_SIZE: marked("Slower reading of long prompts."),
        Change.N_CPU_MOE: marked("Slower: these experts are computed on the CPU, in host memory."),
        Change.N_GPU_LAYERS: marked(
            "Slower: the other layers are computed on the CPU, in host memory."
        ),
        Change.WIRED_LIMIT: marked(
            "Less memory for everything else on the Mac, until it restarts."
        ),
        Change.DEVICE: marked("Another device."),
        Change.QUANTISATION: marked(
            "Another file, whose size is worked out and may differ a little; less exact answers."
        ),
    },
)

_ADVICE: Final[Mapping[Change, str]] = exhaustive(
    Change,
    {
        Change.CONTEXT: marked("Use a context of {to} tokens"),
        Change.CACHE_TYPE: marked("Keep the KV cache as {to}"),
        Change.ZINC_VERSION: marked("Use ZINC of {to}, which caches attending layers only"),
        Change.FLASH_ATTN: marked("Turn flash attention on"),
        Change.PARALLEL: marked("Serve fewer sequences at a time: {to}"),
        Change.UBATCH_SIZE: marked("Use a micro-batch of {to} tokens"),
        Change.N_CPU_MOE: marked("Keep the experts on the host, of so many layers: {to}"),
        Change.N_GPU_LAYERS: marked("Put fewer layers on the GPU: {to}"),
        Change.WIRED_LIMIT: marked("Raise the GPU's share: sudo sysctl iogpu.wired_limit_mb={to}"),
        Change.DEVICE: marked("Use a larger device: {to}"),
        Change.QUANTISATION: marked("Use the same model as {to}"),
    },
)

_FURTHER: Final[Mapping[Change, str]] = {
    Change.CACHE_TYPE: marked("keep the KV cache as {to}"),
    Change.FLASH_ATTN: marked("turn flash attention on"),
    Change.PARALLEL: marked("serve fewer sequences at a time: {to}"),
    Change.UBATCH_SIZE: marked("use a micro-batch of {to} tokens"),
    Change.N_CPU_MOE: marked("keep the experts on the host, of so many layers: {to}"),
    Change.N_GPU_LAYERS: marked("put fewer layers on the GPU: {to}"),
}
"""The options that are changed together, where an instruction goes before."""

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


def cost_text(change: Change) -> str:
    """What a change costs the user, as a sentence."""
    return tr(_COSTS[change])


def advice_text(advice: Advice) -> str:
    """An advice as an instruction, without a full stop."""
    first, *others = advice.steps
    text = _instruction(_ADVICE, first)
    for step in others:
        text = tr("{first}, and {further}").format(first=text, further=_instruction(_FURTHER, step))
    return text


def _instruction(table: Mapping[Change, str], step: Step) -> str:
    to = str(step.to)
    if isinstance(step.to, int) and step.change is not Change.WIRED_LIMIT:
        to = format_tokens(step.to)
    return tr(table[step.change]).format(to=to)


def advice_effect_text(advice: Advice, units: ByteUnits = ByteUnits.BINARY) -> str:
    """What an advice gives: bytes freed, the context that is then reached, whether it is enough."""
    frees = advice.saves_bytes > 0
    enough = advice.plan.verdict.fits
    text = _GAINS[frees, enough] if advice.fitting_tokens else _NO_GAIN[frees]
    return tr(text).format(
        size=format_bytes(advice.saves_bytes, units), context=format_tokens(advice.fitting_tokens)
    )


def advice_line(advice: Advice, units: ByteUnits = ByteUnits.BINARY) -> str:
    """An advice with what it gives, as a sentence."""
    return tr("{instruction}: {effect}.").format(
        instruction=advice_text(advice), effect=advice_effect_text(advice, units)
    )
