"""What apps around llama.cpp pick by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from memplan.cli import check as cli_check
from memplan.engines.llama_cpp.choices import CacheType
from memplan.engines.registry import ENGINES
from memplan.memory.machine import Machine, Pool, PoolKind
from memplan.request import Backend, Request
from memplan.units import GIB

ENGINE = ENGINES["llama.cpp"]


def on_gpus(*gib: int) -> Request:
    pools = [Pool("", PoolKind.DEVICE, Backend.CUDA, size * GIB) for size in gib]
    return Request("llama.cpp", machine=Machine.of_devices(pools))


@pytest.mark.parametrize(
    ("gib", "tokens"),
    [((22,), 4096), ((23,), 32_768), ((46,), 32_768), ((47,), 262_144), ((24, 24), 262_144)],
)
def test_that_ollama_picks_the_context_by_the_memory_of_all_gpus(
    gib: tuple[int, ...], tokens: int
) -> None:
    started = ENGINE.started_by("ollama", on_gpus(*gib), None, {})
    assert started.context_tokens == tokens
    assert started.llama_cpp.parallel == 1


def test_that_ollama_takes_no_more_than_the_model_was_trained_for() -> None:
    assert ENGINE.started_by("ollama", on_gpus(80), 40_960, {}).context_tokens == 40_960


def test_that_ollamas_variables_are_followed_and_the_context_is_one_requests() -> None:
    variables = {
        "OLLAMA_CONTEXT_LENGTH": "8192",
        "OLLAMA_NUM_PARALLEL": "4",
        "OLLAMA_KV_CACHE_TYPE": "q8_0",
    }
    started = ENGINE.started_by("ollama", on_gpus(16), 131_072, variables)
    assert started.context_tokens == 4 * 8192
    assert started.llama_cpp.parallel == 4
    assert started.llama_cpp.cache_type_k is started.llama_cpp.cache_type_v is CacheType.Q8_0


@pytest.mark.parametrize("text", ["", "many", "-1", "0", "²", "9" * 40])
def test_that_a_variable_that_is_no_number_counts_as_not_set(text: str) -> None:
    variables = {"OLLAMA_CONTEXT_LENGTH": text, "OLLAMA_NUM_PARALLEL": text}
    assert ENGINE.started_by("ollama", on_gpus(8), None, variables).context_tokens == 4096


def test_that_koboldcpp_and_lm_studio_set_what_they_say_and_nothing_else() -> None:
    asked = on_gpus(16).with_options(on_gpus(16).llama_cpp)
    kobold = ENGINE.started_by("koboldcpp", asked, None, {})
    assert (kobold.context_tokens, kobold.llama_cpp.parallel) == (8192, 1)
    studio = ENGINE.started_by("lm-studio", asked, None, {})
    assert studio == asked


def test_that_every_app_has_a_note_about_what_is_not_known() -> None:
    for app, title in ENGINE.starters.items():
        assert ENGINE.starter_note(app).startswith(f"{title}:")
        assert "not planned" in ENGINE.starter_note(app)


def test_that_the_command_line_plans_as_the_app_starts_it(
    data_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OLLAMA_CONTEXT_LENGTH", raising=False)
    monkeypatch.delenv("OLLAMA_NUM_PARALLEL", raising=False)
    model = str(data_folder / "models" / "llama-3.2-1b.Q4_K_M.gguf")
    assert cli_check.main([model, "--engine", "llama.cpp", "--started-by", "ollama"]) == 0
    said = capsys.readouterr().out
    assert "starts with 4,096 tokens" in said
    assert "Ollama: 4,096 tokens" in said
    with pytest.raises(SystemExit):
        cli_check.main([model, "--engine", "zinc", "--started-by", "ollama"])
    assert "does not run ZINC" in capsys.readouterr().err
