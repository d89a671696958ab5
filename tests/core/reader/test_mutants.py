"""Nothing that is wrong with a file is more than an error, and none costs much memory."""

from __future__ import annotations

import tracemalloc

import pytest
from memplan.model import Model
from memplan.reader.errors import GgufError
from mutants import corpus, hostile, mutant, read

MUTANTS = 10_000
HOSTILE = hostile()
MOST_BYTES = 16 << 20


def test_that_the_corpus_holds_models_and_errors() -> None:
    kinds = [isinstance(read(content), Model) for content in corpus()]
    assert any(kinds)
    assert not all(kinds)


@pytest.mark.parametrize("part", range(4))
def test_that_a_mutant_is_a_model_or_an_error(part: int) -> None:
    files = corpus()
    outcomes = {type(read(mutant(seed, files))) for seed in range(part, MUTANTS, 4)}
    # Mutants that all fail in the same way would test little.
    assert {kind.__name__ for kind in outcomes} >= {
        "Model",
        "NotAModelError",
        "NotGgufError",
        "InvalidHeaderError",
        "TruncatedError",
        "UnsupportedVersionError",
    }
    assert all(issubclass(kind, Model | GgufError) for kind in outcomes)


@pytest.mark.parametrize("name", HOSTILE)
def test_that_a_hostile_file_costs_little_memory(name: str) -> None:
    content = HOSTILE[name]
    assert len(content) < 3 << 19
    tracemalloc.start()
    try:
        read(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_BYTES
