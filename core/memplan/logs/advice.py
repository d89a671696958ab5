"""What to change so that a load that a log tells of would do.

With the model, each change is planned. Without it, the log's own sizes tell: a KV cache grows with
the context and with its type's bytes, weights with the layers, compute buffers about with the
micro-batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from memplan.engines.log_app import LogChange
from memplan.logs.apps import argument, program_of
from memplan.logs.log import Cause, Ending, Log, LogOutcome, LogPart
from memplan.logs.names import is_host
from memplan.logs.shortfall import short_by_bytes
from memplan.memory.component import ComponentKind
from memplan.planning.advice import Advice, advise
from memplan.planning.planner import Plan
from memplan.units import MIB

_STEP_TOKENS: Final = 256
_LEAST_TOKENS: Final = 512
_DEFAULT_UBATCH: Final = 512
_LEAST_UBATCH: Final = 64
_F16_BYTES: Final = 2.0
_Q8_0_BYTES: Final = 34 / 32
"""Of an element: blocks of 32 have a 16-bit scale."""
_WIDE_TYPES: Final = frozenset({None, "f16", "bf16"})
_MOST_ADVICE: Final = 4
_CPU: Final = "cpu"


@dataclass(frozen=True, slots=True)
class LogAdvice:
    """A single change.

    Attributes:
        change: what is changed.
        to: its new value; ``None`` where the log does not tell how much is enough.
        argument: the same in the words of the program that the user runs.
        frees_bytes: what it frees there; ``None`` where that is not known.
        max_tokens: the longest context that then fits; only where the model is known.
        fits: whether that is enough; ``None`` where that is not known.
    """

    change: LogChange
    to: int | str | None
    argument: str
    frees_bytes: int | None = None
    max_tokens: int | None = None
    fits: bool | None = None


def advice_for(log: Log, plan: Plan | None = None) -> tuple[LogAdvice, ...]:
    """Changes that would do, what is surely enough first; none where nothing failed for memory."""
    if not _wants_memory(log):
        return ()
    planned = tuple(_planned(log, plan)) if plan is not None else ()
    found = planned or tuple(_from_sizes(log))
    told = [advice for advice in found if advice.argument or advice.to is not None]
    told += [advice for advice in found if advice.change is LogChange.QUANTISATION]
    unique = list({advice.change: advice for advice in told}.values())
    return tuple(sorted(unique, key=lambda advice: not advice.fits)[:_MOST_ADVICE])


def _wants_memory(log: Log) -> bool:
    memory = log.cause not in {None, Cause.OTHER} or log.ending is Ending.GUARDRAIL
    return memory and log.outcome is not LogOutcome.LOADED


def _planned(log: Log, plan: Plan) -> Iterator[LogAdvice]:
    """The plan's own advice, as far as it is one change that the program has a word for."""
    if plan.verdict.fits or (log.failed and log.failed.part is not LogPart.MODEL):
        return
    known = {change.value for change in LogChange}
    for item in advise(plan):
        step = item.steps[0]
        if len(item.steps) == 1 and step.change.name in known:
            yield _of_plan(log, item, LogChange(step.change.name), step.to)


def _of_plan(log: Log, item: Advice, change: LogChange, to: int | str) -> LogAdvice:
    words = argument(program_of(log), change, to, log.options.n_seq or 1)
    # A plan knows what is free, not what the driver allows in one allocation.
    limited = log.cause is Cause.SINGLE_ALLOCATION_LIMIT
    fits = None if limited else item.plan.verdict.fits
    return LogAdvice(change, to, words, max(item.saves_bytes, 0), item.fitting_tokens, fits)


def _from_sizes(log: Log) -> Iterator[LogAdvice]:
    """Arithmetic with the sizes in the log."""
    failed = log.failed
    part = failed.part if failed else LogPart.MODEL
    if part in _OF_PARTS:
        change = _OF_PARTS[part]
        yield LogAdvice(change, None, argument(program_of(log), change, None))
    kind = failed.kind if failed and part is LogPart.MODEL else None
    for rule in _RULES[kind]:
        yield from rule(log)


_OF_PARTS: Final = {
    LogPart.PROJECTOR: LogChange.PROJECTOR_ON_HOST,
    LogPart.DRAFT: LogChange.NO_DRAFT,
    LogPart.MTP: LogChange.NO_DRAFT,
}


def _advice(
    log: Log, change: LogChange, to: int | str | None, frees: float | None, short: int | None
) -> LogAdvice:
    words = argument(program_of(log), change, to, log.options.n_seq or 1)
    frees_bytes = None if frees is None else round(frees)
    fits = None if short is None or frees_bytes is None else frees_bytes >= short
    return LogAdvice(change, to, words, frees_bytes, None, fits)


def _cache_bytes(log: Log) -> int | None:
    """The KV cache in the memory that ran out: the one that failed, or what was allocated."""
    failed = log.failed
    if failed and failed.kind is ComponentKind.KV_CACHE and failed.part is LogPart.MODEL:
        return failed.bytes
    caches = [
        buffer.mib
        for buffer in log.buffers
        if buffer.kind is ComponentKind.KV_CACHE
        and buffer.part is LogPart.MODEL
        and (failed is None or failed.buffer in {None, buffer.buffer})
    ]
    return round(sum(caches) * MIB) if caches else None


def _context(log: Log) -> Iterator[LogAdvice]:
    tokens, cache, short = log.options.n_ctx, _cache_bytes(log), short_by_bytes(log)
    if tokens is None or tokens <= _LEAST_TOKENS:
        return
    if cache and short and short < cache:
        fewer = tokens - short * tokens / cache
        step = _STEP_TOKENS * (log.options.n_seq or 1)
        to = int(fewer) // step * step
        if to >= _LEAST_TOKENS:
            yield _advice(log, LogChange.CONTEXT, to, cache * (1 - to / tokens), short)
        return
    yield _advice(log, LogChange.CONTEXT, tokens // 2, cache / 2 if cache else None, short)


def _cache_type(log: Log) -> Iterator[LogAdvice]:
    cache = _cache_bytes(log)
    types = {log.options.type_k, log.options.type_v}
    if types <= _WIDE_TYPES:
        frees = cache * (1 - _Q8_0_BYTES / _F16_BYTES) if cache else None
        yield _advice(log, LogChange.CACHE_TYPE, "q8_0", frees, short_by_bytes(log))


def _parallel(log: Log) -> Iterator[LogAdvice]:
    sequences, cache = log.options.n_seq, _cache_bytes(log)
    if sequences and sequences > 1 and log.options.kv_unified is not True:
        frees = cache * (1 - 1 / sequences) if cache else None
        yield _advice(log, LogChange.PARALLEL, 1, frees, short_by_bytes(log))


def _ubatch(log: Log) -> Iterator[LogAdvice]:
    tokens = log.options.n_ubatch or _DEFAULT_UBATCH
    failed = log.failed
    if tokens > _LEAST_UBATCH:
        sized = failed and failed.kind is ComponentKind.COMPUTE and failed.bytes
        frees = failed.bytes / 2 if failed and sized and failed.bytes else None
        yield _advice(log, LogChange.UBATCH_SIZE, tokens // 2, frees, short_by_bytes(log))


def _flash_attention(log: Log) -> Iterator[LogAdvice]:
    if log.options.flash_attn == "off":
        yield _advice(log, LogChange.FLASH_ATTN, "on", None, None)


def _layers(log: Log) -> Iterator[LogAdvice]:
    layers, failed, short = log.options.n_gpu_layers, log.failed, short_by_bytes(log)
    if log.cause is Cause.HOST_MEMORY or log.backend == _CPU:
        return
    if layers is None:
        yield _advice(log, LogChange.N_GPU_LAYERS, None, None, None)
        return
    weights = sum(
        buffer.mib * MIB
        for buffer in log.buffers
        if buffer.kind is ComponentKind.WEIGHTS
        and buffer.part is LogPart.MODEL
        and not is_host(buffer.buffer)
    )
    if failed and failed.kind is ComponentKind.WEIGHTS and failed.bytes:
        weights += failed.bytes
    if layers > 0 and weights and short:
        fewer = -(-short * layers // round(weights))
        to = max(layers - fewer, 0)
        yield _advice(log, LogChange.N_GPU_LAYERS, to, weights * (layers - to) / layers, short)
    elif layers > 0:
        to = max(layers * 3 // 4, 0)
        frees = weights * (layers - to) / layers if weights else None
        yield _advice(log, LogChange.N_GPU_LAYERS, to, frees, short)


def _quantisation(log: Log) -> Iterator[LogAdvice]:
    yield _advice(log, LogChange.QUANTISATION, None, None, None)


_Rule = Callable[[Log], Iterator[LogAdvice]]
_RULES: Final[Mapping[ComponentKind | None, tuple[_Rule, ...]]] = {
    ComponentKind.WEIGHTS: (_layers, _quantisation),
    ComponentKind.KV_CACHE: (_context, _cache_type, _parallel, _layers),
    ComponentKind.RECURRENT_STATE: (_parallel, _layers),
    ComponentKind.COMPUTE: (_ubatch, _flash_attention, _context, _cache_type, _layers),
    ComponentKind.OUTPUT: (_parallel, _ubatch),
    ComponentKind.STAGING: (_context,),
    ComponentKind.PAGE_TABLE: (_context,),
    None: (_context, _layers, _cache_type, _quantisation),
}
"""By what failed, the mildest change first."""
