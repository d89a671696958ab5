"""Settings for a wish: answers that no other beats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from memplan import plan, read_model
from memplan.best_settings import Answer, best_settings, front
from memplan.cli import check as cli_check
from memplan.engines.registry import ENGINES
from memplan.model import Model
from memplan.planning.requantise import requantise
from memplan.request import Request

GIB = 2**30
WISH = 8192


@pytest.fixture(scope="module")
def models(data_folder: Path) -> list[Model]:
    """Three quantisations of one model."""
    read = read_model(data_folder / "models" / "llama-3.2-1b.Q4_K_M.gguf")
    smaller = [requantise(read, name) for name in ("Q3_K", "Q2_K")]
    return [read, *smaller]


REQUEST = Request("llama.cpp", budget_bytes=3 * GIB)


@pytest.fixture(scope="module")
def answers(models: list[Model]) -> tuple[Answer, ...]:
    return best_settings(models, REQUEST, WISH)


def test_that_every_answer_fulfils_the_wish_and_is_what_its_plan_gives(
    answers: tuple[Answer, ...],
) -> None:
    assert answers
    for answer in answers:
        again = plan(answer.plan.model, answer.plan.request)
        assert again.verdict == answer.plan.verdict
        assert again.verdict.fits
        assert answer.context_tokens >= WISH


def test_that_no_answer_is_beaten_by_another(answers: tuple[Answer, ...]) -> None:
    assert not [(a, b) for a in answers for b in answers if a.beats(b)]


def test_that_brute_force_over_contexts_finds_none_better(
    models: list[Model], answers: tuple[Answer, ...]
) -> None:
    engine = ENGINES["llama.cpp"]
    for model in models:
        weight_bits = best_settings([model], REQUEST, WISH)[0].weight_bits
        for cache, bits, request in engine.variants(REQUEST):
            for tokens in (WISH, 2 * WISH, 4 * WISH):
                tried = plan(model, replace(request, context_tokens=tokens))
                if not tried.verdict.fits or tried.verdict.granted_tokens < WISH:
                    continue
                reads = engine.token_reads(tried, WISH - 1)
                found = Answer(
                    tried, cache, reads.get("host", 0), sum(reads.values()), weight_bits, bits
                )
                assert not [answer for answer in answers if found.beats(answer)]


def test_that_a_smaller_cache_reads_less_and_a_smaller_file_too(models: list[Model]) -> None:
    engine = ENGINES["llama.cpp"]
    sizes = [
        sum(engine.token_reads(plan(models[0], request), WISH - 1).values())
        for _, _, request in engine.variants(replace(REQUEST, context_tokens=WISH))
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3


def test_that_nothing_is_found_where_nothing_starts(models: list[Model]) -> None:
    none = replace(REQUEST, budget_bytes=GIB // 8, llama_cpp=replace(REQUEST.llama_cpp, fit=False))
    assert best_settings(models[:1], none, WISH) == ()


def test_that_a_search_can_be_stopped(models: list[Model]) -> None:
    told: list[tuple[int, int]] = []

    def go_on(done: int, count: int) -> bool:
        told.append((done, count))
        return done < 1

    assert best_settings(models, REQUEST, WISH, go_on)
    assert told == [(0, 3 * len(models)), (1, 3 * len(models))]


def test_that_equal_answers_are_named_once(answers: tuple[Answer, ...]) -> None:
    assert front([*answers, *answers]) == front(answers)


def test_that_the_command_line_prints_answers_and_their_commands(
    data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = str(data_folder / "models" / "llama-3.2-1b.Q4_K_M.gguf")
    words = [model, "--engine", "llama.cpp", "--budget", "4GiB", "--best", "8K"]
    assert cli_check.main(words) == 0
    said = capsys.readouterr().out
    assert "q8_0" in said
    assert f"1. llama-server -m {model} -c " in said
