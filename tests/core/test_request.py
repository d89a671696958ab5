"""Requests and their options: what they take, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.zinc.options import Accounting, ZincOptions, ZincVersion
from memplan.request import Backend, EngineName, Request


def test_that_names_as_plain_text_become_what_they_name() -> None:
    request = Request(engine="llama.cpp", backend="metal")  # type: ignore[arg-type]
    assert request.engine is EngineName.LLAMA_CPP
    assert request.backend is Backend.METAL
    zinc = ZincOptions("2026-09", "allocation")  # type: ignore[arg-type]
    assert zinc.version is ZincVersion.SEPTEMBER_8_2026
    assert zinc.accounting is Accounting.ALLOCATION
    options = LlamaCppOptions("llama-cli", "q8_0", "q4_0")  # type: ignore[arg-type]
    assert options.program is Program.LLAMA_CLI
    assert (options.cache_type_k, options.cache_type_v) == (CacheType.Q8_0, CacheType.Q4_0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Request(engine="vllm"),  # type: ignore[arg-type]
        lambda: Request(backend="opengl"),  # type: ignore[arg-type]
        lambda: ZincOptions("1999-01"),  # type: ignore[arg-type]
        lambda: LlamaCppOptions(cache_type_k="q3_k"),  # type: ignore[arg-type]
    ],
)
def test_that_unknown_names_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        make()
