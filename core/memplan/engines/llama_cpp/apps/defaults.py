"""What programs around llama.cpp pick by themselves, as far as they say it.

Sources: Ollama's ``server/routes.go`` (context by VRAM), ``envconfig/config.go`` (variables) and
``docs/faq.mdx`` (the context is multiplied by the requests at a time); LM Studio's documentation,
"Parallel Requests"; KoboldCpp's ``koboldcpp.py`` (``--contextsize``, ``--quantkv``). Where these
say nothing, nothing is set: none of them tells how it places layers that do not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final, assert_never

from memplan.engines.llama_cpp.choices import CacheType
from memplan.engines.llama_cpp.options import MAX_SEQUENCES, LlamaCppOptions
from memplan.exhaustive import exhaustive
from memplan.language import marked
from memplan.request import Request
from memplan.units import GIB
from memplan.unsigned import U32_MAX


class Starter(StrEnum):
    """A program that runs llama.cpp with settings of its own."""

    OLLAMA = "ollama"
    LM_STUDIO = "lm-studio"
    KOBOLDCPP = "koboldcpp"


NOTES: Final[Mapping[Starter, str]] = exhaustive(
    Starter,
    {
        Starter.OLLAMA: marked(
            "Ollama: 4,096 tokens with less than 23 GiB of GPU memory, 32,768 with less than 47, "
            "else 262,144, and one request at a time; OLLAMA_CONTEXT_LENGTH, OLLAMA_NUM_PARALLEL "
            "and OLLAMA_KV_CACHE_TYPE are followed. How it places layers that do not fit is not "
            "planned."
        ),
        Starter.LM_STUDIO: marked(
            "LM Studio: 4 requests at a time. It does not say which context it loads a model "
            "with: set what it shows. How it places layers that do not fit is not planned."
        ),
        Starter.KOBOLDCPP: marked(
            "KoboldCpp: 8,192 tokens, one request at a time, an f16 cache. How it places layers "
            "that do not fit is not planned."
        ),
    },
)
"""What is set, and what is not known."""

_OLLAMA_TIERS: Final = ((47 * GIB, 262_144), (23 * GIB, 32_768))
"""From so much memory of all GPUs on, so many tokens."""

_OLLAMA_LEAST_TOKENS: Final = 4096
_OLLAMA_CACHE_TYPES: Final = {"q8_0": CacheType.Q8_0, "q4_0": CacheType.Q4_0}
_KOBOLDCPP_TOKENS: Final = 8192


def started_by(
    app: Starter, request: Request, trained_tokens: int | None, environment: Mapping[str, str]
) -> Request:
    """The request with what an app picks where the user sets nothing.

    Args:
        app: the app.
        request: the machine, and everything that the app leaves alone.
        trained_tokens: the context that the model was trained for; ``None``: not known.
        environment: the variables with which the app is started.
    """
    given = request.options_of(LlamaCppOptions)
    match app:
        case Starter.OLLAMA:
            return _by_ollama(request, given, trained_tokens, environment)
        case Starter.LM_STUDIO:
            # llama-server's own default: four slots that share one cache.
            return request.with_options(replace(given, parallel=None, kv_unified=None))
        case Starter.KOBOLDCPP:
            options = replace(given.with_cache_type(CacheType.F16), parallel=1, kv_unified=None)
            return replace(request, context_tokens=_KOBOLDCPP_TOKENS).with_options(options)
        case _:
            assert_never(app)


def _by_ollama(
    request: Request,
    given: LlamaCppOptions,
    trained_tokens: int | None,
    environment: Mapping[str, str],
) -> Request:
    devices = request.machine.devices
    memory_bytes = sum(pool.total_bytes or pool.budget_bytes or 0 for pool in devices)
    tier = next((t for least, t in _OLLAMA_TIERS if memory_bytes >= least), _OLLAMA_LEAST_TOKENS)
    tokens = _number(environment, "OLLAMA_CONTEXT_LENGTH") or tier
    if trained_tokens is not None:
        tokens = min(tokens, trained_tokens)
    parallel = min(_number(environment, "OLLAMA_NUM_PARALLEL") or 1, MAX_SEQUENCES)
    named = environment.get("OLLAMA_KV_CACHE_TYPE", "").strip().lower()
    cache_type = _OLLAMA_CACHE_TYPES.get(named, CacheType.F16)
    options = replace(given.with_cache_type(cache_type), parallel=parallel, kv_unified=None)
    asked = replace(request, context_tokens=min(tokens * parallel, U32_MAX))
    return asked.with_options(options)


def _number(environment: Mapping[str, str], name: str) -> int | None:
    """A number that a variable holds; ``None`` where it is not set, or is no number."""
    text = environment.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
