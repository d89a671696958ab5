"""The explanation of every log in another language: only what stands in the log is left of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from memplan import read_model
from memplan.estimate import UnsupportedRequestError
from memplan.logs import Failure, Log, LogUnreadableError, parse_log, read_log
from memplan.logs.advice import advice_for
from memplan.logs.against import Against, Stranger, hold_against
from memplan.logs.wording import failure_text, headline, log_text, stranger_note
from memplan.memory.component import ComponentKind
from memplan.model import Model
from pseudo_language import speaking_it, untranslated

DATA = Path(__file__).parents[2] / "data"
LOGS = sorted((DATA / "logs").glob("*.log"))
ENGINES = (
    "llama.cpp", "ZINC", "Ollama", "LM Studio", "LocalAI", "text-generation-webui", "KoboldCpp",
    "Vulkan", "Metal", "CUDA", "ROCm",
)  # fmt: skip


@pytest.fixture(autouse=True)
def pseudo() -> Iterator[None]:
    with speaking_it():
        yield


@pytest.fixture(scope="module")
def model() -> Model:
    return read_model(DATA / "models" / "qwen3-8b.Q4_K_M.gguf")


def names_in(log: Log) -> list[str]:
    """What the log itself says, word by word, and what is a name in every language."""
    options = log.options
    names = [*ENGINES, log.version, options.flash_attn, options.type_k, options.type_v]
    names += [buffer.buffer for buffer in log.buffers]
    names += [name for device in log.devices for name in (device.name, device.description)]
    if log.failed:
        names += [log.failed.buffer, log.failed.tensor]
    names += [advice.argument for advice in advice_for(log)]
    names += [str(advice.to) for advice in advice_for(log)]
    names += ["--fit", "--n-gpu-layers"]
    # The two halves of the cache.
    names += ["K", "V"]
    return [name for name in names if name]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_that_the_explanation_of_a_log_is_translated(path: Path) -> None:
    log = read_log(path)
    text = log_text(log)
    assert untranslated(text, names_in(log)) == [], text
    assert text.startswith(headline(log))


# Each is planned and solved as well, so that these are one in four.
@pytest.mark.parametrize("path", LOGS[::4], ids=lambda path: path.stem)
def test_that_logged_beside_planned_is_translated(path: Path, model: Model) -> None:
    log = read_log(path)
    log = replace(log, options=replace(log.options, n_layers=None))
    try:
        against = hold_against(log, model)
    except UnsupportedRequestError:
        return
    text = log_text(log, against)
    names = [name for tensor in model.tensors for name in (tensor.name, tensor.type_name)]
    arguments = [advice.argument for advice in against.advice if advice.argument]
    types = [str(advice.to) for advice in against.advice]
    assert untranslated(text, [*names_in(log), *names, *arguments, *types]) == [], text


@pytest.mark.parametrize("stranger", list(Stranger))
def test_that_a_strangers_note_is_translated(stranger: Stranger) -> None:
    note = stranger_note(read_log(LOGS[0]), Against("m", stranger))

    assert note
    assert untranslated(note, ["m"]) == []


@pytest.mark.parametrize("kind", [None, *ComponentKind])
@pytest.mark.parametrize("buffer", [None, "Vulkan0"])
@pytest.mark.parametrize("size", [None, 5_000_000])
@pytest.mark.parametrize("tensor", [None, "cache_k_l0"])
def test_that_any_failure_is_translated(
    kind: ComponentKind | None, buffer: str | None, size: int | None, tensor: str | None
) -> None:
    text = failure_text(Failure(kind, buffer, size, tensor))
    assert untranslated(text, ["Vulkan0", "cache_k_l0"]) == []
    assert ("Vulkan0" in text, "cache_k_l0" in text) == (bool(buffer), bool(tensor))
    assert ("4·77 MiB" in text) == (size is not None)


@pytest.mark.parametrize("backend", ["", "cpu", "vulkan"])
@pytest.mark.parametrize("wrapper", ["", "ollama"])
def test_that_any_headline_is_translated(backend: str, wrapper: str) -> None:
    text = headline(replace(read_log(LOGS[0]), version="b1", backend=backend, wrapper=wrapper))
    assert untranslated(text, [*ENGINES, "b1"]) == []


def test_that_a_log_of_something_else_is_told_in_translation() -> None:
    text = log_text(parse_log("x: 12 GiB of something\nx: 13 GiB of something\n"))
    assert untranslated(text, [*ENGINES, "llama-server", "llama-cli"]) == []
    assert "2⟦ lines" in text


def test_that_a_log_that_cannot_be_read_is_told_in_translation(tmp_path: Path) -> None:
    with pytest.raises(LogUnreadableError) as caught:
        read_log(tmp_path / "missing.log")
    # The system's own words, of whichever system.
    reason = getattr(caught.value.__cause__, "strerror", "")
    assert untranslated(caught.value.detail, [reason]) == []
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF")
    with pytest.raises(LogUnreadableError) as caught:
        read_log(model)
    assert untranslated(caught.value.detail) == []
