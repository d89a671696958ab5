"""``memplan explain``: what it prints, and how it ends."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from memplan.cli import main

DATA = Path(__file__).parents[2] / "data"
LOGS = DATA / "logs"
MODEL = DATA / "models" / "llama-3.2-1b.Q4_K_M.gguf"


def explain(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["explain", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_that_it_says_what_failed_why_and_what_was_planned(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = LOGS / "vulkan-failed-compute-host.log"
    code, text, _ = explain(capsys, log, "--model", MODEL)

    assert code == 0
    assert "llama.cpp 1 (7e4c0a9) on Vulkan. The model was not loaded." in text
    assert "Failed to allocate compute buffers on Vulkan_Host: 104 MiB (109,064,256 bytes)." in text
    assert "The machine itself did not have that much memory left." in text
    assert "The plan for all buffers of that kind there: 112 MiB." in text
    assert "KV cache Device: Vulkan0 3,072.00 3,072.00 0" in " ".join(text.split())


def test_that_what_is_loaded_beside_the_model_is_compared_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = (LOGS.parent / "logs2" / "projector_loaded.log").read_text("utf-8").splitlines()
    log = tmp_path / "projector.log"
    log.write_text(
        "load_backend: loaded Vulkan backend from libggml-vulkan.so\n"
        + "\n".join(lines[89:]).replace("CUDA0", "Vulkan0"),
        "utf-8",
    )
    model = next((DATA / "models").glob("gemma-3-12b.*"))
    projector = DATA / "projectors" / "mmproj-gemma-3-12b.gguf"
    code, text, _ = explain(capsys, log, "--model", model, "--mmproj", projector)

    assert code == 0
    said = " ".join(text.split())
    assert "Projector: Weights Device: Vulkan0 811.79 814.60" in said
    assert "Projector: Compute buffers Device: Vulkan0 139.25 139.25 0" in said


def test_that_a_projector_that_is_none_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    log = LOGS / "vulkan-loaded.log"
    code, _, error = explain(capsys, log, "--model", MODEL, "--mmproj", MODEL)
    assert code == 2
    assert "expected a projector" in error


def test_that_json_has_planned_beside_logged(capsys: pytest.CaptureFixture[str]) -> None:
    log = LOGS / "vulkan-failed-compute-host.log"
    _, text, _ = explain(capsys, log, "--model", MODEL, "--json")
    answer: dict[str, Any] = json.loads(text)

    assert answer["schema"] == "memplan.log/1"
    caches = [buffer for buffer in answer["buffers"] if buffer["kind"] == "kv_cache"]
    assert caches == [
        {"kind": "kv_cache", "buffer": "Vulkan0", "mib": 3072.0, "planned_mib": 3072.0}
    ]
    assert [c["difference_mib"] for c in answer["compared"] if c["kind"] == "kv_cache"] == [0.0]


def test_that_a_part_of_a_buffer_that_failed_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = explain(capsys, LOGS / "b6673-vulkan-failed-compute.log")

    assert "compute buffers on Vulkan0: 10.4 GiB (11,125,784,576 bytes)" in text
    assert "Of it, one allocation of 9.16 GiB failed." in text
    assert "larger than the driver allows, however much memory is free" in text


def test_that_a_log_can_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (LOGS / "hand-zinc-refused.log").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), "utf-8"))
    code, text, _ = explain(capsys, "-")

    assert code == 0
    assert text.startswith("ZINC on Vulkan. The model was not loaded.")


def test_that_a_log_of_something_else_ends_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "other.log"
    other.write_text("hello\n12 GiB of something\n", "utf-8")
    code, text, _ = explain(capsys, other)

    assert code == 2
    assert "Nothing in this log is from ZINC or llama.cpp." in text
    assert "1 line that speaks of memory could not be understood." in text


def test_that_a_missing_log_ends_with_2_and_an_error_object(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = tmp_path / "missing.log"

    code, text, _ = explain(capsys, missing, "--json")
    assert code == 2
    assert json.loads(text)["schema"] == "memplan.error/1"
    assert "cannot be read" in json.loads(text)["detail"]
    assert explain(capsys, missing)[2].startswith("memplan: ")


def test_that_a_model_is_refused_as_a_log_by_its_first_bytes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model.gguf"
    with model.open("wb") as file:
        file.write(b"GGUF\x03\0\0\0")
        file.truncate(2**40)
    code, text, errors = explain(capsys, model)
    assert (code, text) == (2, "")
    assert "memplan check" in errors

    piped = io.BytesIO(b"GGUF" + bytes(2**22))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(piped, "utf-8"))
    assert explain(capsys, "-")[0] == 2
    assert piped.tell() == 4


def test_that_a_model_that_cannot_be_read_leaves_the_log_explained(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, text, errors = explain(
        capsys, LOGS / "vulkan-loaded.log", "--model", tmp_path / "missing.gguf"
    )

    assert code == 2
    assert "The model was loaded." in text
    assert "not compared with a plan" in errors


@pytest.mark.parametrize("log", sorted(LOGS.glob("*.log")), ids=lambda path: path.stem)
def test_that_every_sample_can_be_put_into_words(
    capsys: pytest.CaptureFixture[str], log: Path
) -> None:
    code, text, errors = explain(capsys, log)

    assert (code, errors) == (0, "")
    assert "None" not in text
    assert "/models" not in text
    assert ".gguf" not in text


def test_that_explaining_imports_no_qt() -> None:
    code = (
        "import sys; from memplan.cli import main; "
        f"main(['explain', {str(LOGS / 'vulkan-loaded.log')!r}]); "
        "assert not [name for name in sys.modules if 'PySide6' in name]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_that_the_plan_of_another_model_than_the_logs_is_called_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = LOGS / "vulkan-failed-compute-host.log"
    _, _, right = explain(capsys, log, "--model", MODEL)
    _, _, wrong = explain(capsys, log, "--model", MODEL.with_name("qwen3-8b.Q4_K_M.gguf"))

    assert "another model" not in right
    assert "another model than qwen3-8b: of 17 layers with the output. It is not compared." in wrong


def test_that_a_log_cannot_write_to_the_terminal_as_it_likes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "server.log"
    act = "\x1b]0;x\x07\x9b2J"
    path.write_text(
        f"ggml_vulkan: 0 = GPU{act} (radv) | uma: 0 | fp16: 1\n"
        f"llama_kv_cache:    Vulkan0{act} KV buffer size =  1152.00 MiB\n",
        "utf-8",
    )
    main(["explain", str(path)])
    lines = capsys.readouterr().out.split("\n")
    assert any("1,152.00" in line for line in lines)
    assert all(line.isprintable() for line in lines)
