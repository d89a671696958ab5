"""``memplan check``, as its users and scripts see it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from core.reader.gguf_bytes import Gguf, TensorInfo, model_values, text
from memplan import cli
from memplan.cli.sources import expand_sources
from memplan_gui import main

MODELS = Path(__file__).parents[1] / "data" / "models"
QWEN = str(MODELS / "qwen3-8b.Q4_K_M.gguf")


def check(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(["check", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_that_the_json_has_the_names_that_others_rely_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = check(capsys, QWEN, "--budget", "16GiB", "--json")
    (plan,) = json_lines(out)
    assert code == 0
    assert plan["schema"] == "memplan.plan/1"
    assert {"name", "architecture", "source", "file_bytes", "complete", "weights_bytes"} <= set(
        plan["model"]
    )
    assert plan["engine"] == {"name": "zinc", "version": "2026-06"}
    assert plan["budget_bytes"] == 2**34
    assert plan["profile"]["device_local_bytes_per_token"] == 294_912
    assert plan["markers"] == {
        "floor_tokens": 4096,
        "ceiling_tokens": 40_960,
        "auto_tokens": 32_256,
        "max_tokens": 40_960,
        "requested_tokens": None,
    }
    assert plan["at"]["context_tokens"] == 32_256
    assert plan["at"]["budgeted_bytes"] + plan["at"]["headroom_bytes"] == 2**34
    parts = {(c["kind"], c["where"]): c["bytes"] for c in plan["at"]["components"]}
    assert parts["weights", "device"] == 5_021_827_072
    assert plan["verdict"]["fits"] is True
    assert plan["verdict"]["outcome"] == "sized"
    assert plan["verdict"]["limited_by"] == "budget"


def test_that_exit_code_1_means_that_it_does_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = check(capsys, QWEN, "--budget", "4GiB")
    assert code == 1
    assert "Does not fit" in out
    assert "No decode context fits within 4.00 GiB VRAM budget" in out


def test_that_an_unreadable_model_does_not_stop_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF\3\0")
    code, out, _ = check(capsys, str(broken), QWEN, "--json")
    error, plan = json_lines(out)
    assert code == 2
    assert error["schema"] == "memplan.error/1"
    assert error["source"] == str(broken)
    assert isinstance(error["offset"], int)
    assert error["error"]
    assert error["detail"]
    assert plan["verdict"]["fits"]


def test_that_a_folder_and_budgets_make_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = check(capsys, str(MODELS), "--budget", "8GiB", "--budget", "24GiB")
    head, *rows = out.splitlines()
    assert code == 1
    assert "8.00 GiB" in head
    assert "24.0 GiB" in head
    assert len(rows) == 64
    (row,) = [row for row in rows if row.startswith("qwen3-8b ")]
    assert row.split()[-3:] == ["7,680", "40,960", "(all)"]


def test_that_a_pattern_names_the_files_that_it_matches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = check(capsys, str(MODELS / "qwen3.5-*.gguf"), "--json")
    assert len(json_lines(out)) == 4


def test_that_only_the_first_shard_of_a_split_model_is_listed(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"m-{number:05}-of-00003.gguf").touch()
    assert list(expand_sources([str(tmp_path)])) == [str(tmp_path / "m-00001-of-00003.gguf")]


@pytest.mark.parametrize(
    "words",
    [
        [QWEN, "--budget", "lots"],
        [QWEN, "--context", "-1"],
        [QWEN, "--backend", "opengl"],
        [QWEN, "--engine", "llama.cpp", "--n-cpu-moe", "4K"],
        [QWEN, "--engine", "llama.cpp", "--zinc-version", "2026-06"],
        [],
    ],
)
def test_that_wrong_usage_exits_with_2(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        check(capsys, *words)
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 2
    assert said.endswith("See memplan check --help\n")


def test_that_an_empty_word_does_not_stand_for_the_folder_we_are_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(MODELS)
    code, out, err = check(capsys, "")
    assert (code, out) == (2, "")
    assert "found nothing" in err


def test_that_a_folder_without_a_model_is_told_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "notes.txt").touch()
    code, _, told = check(capsys, str(tmp_path))
    assert code == 2
    assert told.startswith(f"memplan: {tmp_path}: expected a GGUF model in this folder")
    assert "regular file" not in told


def test_that_an_empty_word_is_told_by_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, told = check(capsys, "")
    assert told.startswith("memplan: an empty name: expected a file or an address, found nothing.")


def test_that_a_word_too_long_for_the_system_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, told = check(capsys, "x" * 5000 + ".gguf")
    assert code == 2
    assert told.startswith("memplan: xxx")
    assert "too long" in told


def test_that_a_context_beyond_the_models_own_is_not_all_that_it_allows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [QWEN, "--engine", "llama.cpp", "--budget", "64GiB", "--context", "100000"]
    _, out, _ = check(capsys, *words)
    assert "The model was trained with 40,960 tokens: llama.cpp warns of it." in out


def test_that_a_machine_with_too_little_memory_is_said_to_have_too_little(
    capsys: pytest.CaptureFixture[str],
) -> None:
    memory = ["--budget", "16GiB", "--total-memory", "8GiB"]
    code, out, _ = check(capsys, QWEN, "--backend", "metal", *memory)
    assert code == 1
    assert "more than the machine has" in out
    assert "All memory of the machine is 8.00 GiB." in out


def test_that_check_never_imports_qt() -> None:
    program = (
        "import sys; from memplan_gui.main import main; code = main(sys.argv[1:]);"
        "assert not [m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph'))];"
        "sys.exit(code)"
    )
    subprocess.run(
        [sys.executable, "-c", program, "check", QWEN],
        check=True,
        capture_output=True,
        timeout=60,
    )


def test_that_python_dash_m_is_the_same_program() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "memplan", "check", QWEN, "--json"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert json.loads(answer.stdout)["schema"] == "memplan.plan/1"


@pytest.mark.parametrize("words", [["--sample"], [QWEN]])
def test_that_without_a_display_the_program_says_so_and_checks(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main, "display_available", lambda: False)
    assert main.main(words) == 0
    captured = capsys.readouterr()
    assert "no display" in captured.err
    assert "Fits: ZINC starts with 32,256 tokens" in captured.out


def test_that_a_reader_which_leaves_early_is_no_error() -> None:
    answer = subprocess.run(
        f"{sys.executable} -m memplan check {MODELS} --json | head -n 1",
        shell=True,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert answer.stderr == b""


def test_that_a_reader_which_left_before_the_fall_back_prints_is_no_error() -> None:
    program = (
        "import sys; from memplan_gui import main; main.display_available = lambda: False; "
        "sys.exit(main.main([sys.argv[1]]))"
    )
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-u", "-c", program, QWEN]
    answer = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert answer.returncode == 2
    assert b"Traceback" not in answer.stderr


def test_that_a_full_disk_is_told_and_is_no_verdict() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        answer = subprocess.run(
            [sys.executable, "-m", "memplan", "check", QWEN],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert answer.returncode == 2
    assert b"cannot be written: No space left" in answer.stderr
    assert b"Traceback" not in answer.stderr


def test_that_a_context_of_0_lets_the_engine_pick(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = check(capsys, QWEN, "--context", "0", "--json")
    (plan,) = json_lines(out)
    assert plan["markers"]["requested_tokens"] is None
    assert plan["at"]["context_tokens"] == plan["markers"]["auto_tokens"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--engine", "llama.cpp", "--ubatch-size", "0"], "--ubatch-size"),
        (["--engine", "llama.cpp", "--parallel", "0"], "--parallel"),
        (["--engine", "llama.cpp", "--max-allocation", "0"], "--max-allocation"),
        (["--backend", "vulkan", "--total-memory", "32GiB"], "--total-memory"),
    ],
)
def test_that_a_value_that_means_nothing_is_refused_by_the_name_of_its_option(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        check(capsys, QWEN, *words)
    assert stop.value.code == 2
    assert said in capsys.readouterr().err.splitlines()[0]


def test_that_a_models_name_cannot_write_to_the_terminal_as_it_likes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "\x1b[2J\x9b31mModel\nFits: ZINC starts\u2028\x07"
    file = Gguf([*model_values(), text("general.name", name)], [TensorInfo()])
    (tmp_path / "model.gguf").write_bytes(file.content())
    (tmp_path / "none.gguf").write_bytes(b"\x1b[2J")
    alone = check(capsys, str(tmp_path / "model.gguf"))
    listed = check(capsys, str(tmp_path))
    missing = check(capsys, "\x1b[8m.gguf")
    lines = [line for _, *said in (alone, listed, missing) for line in "".join(said).split("\n")]
    assert sum("Model" in line and "Fits" in line for line in lines) == 2
    assert all(line.isprintable() for line in lines)


def test_that_a_chat_is_told_what_its_next_answer_is_granted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    chat = ("--context", "4K", "--used", "3996", "--completion", "1K")
    code, out, _ = check(capsys, QWEN, *chat)
    assert code == 0
    assert "Granted 100 · target 4,096 · 100 remain" in out.splitlines()
    (plan,) = json_lines(check(capsys, QWEN, *chat, "--json")[1])
    assert plan["request_budget"] == {
        "used_context_tokens": 3996,
        "requested_completion_tokens": 1024,
        "completion_tokens": 100,
        "target_context_tokens": 4096,
        "remaining_context_tokens": 100,
    }


@pytest.mark.parametrize("words", [("--used", "-1"), ("--completion", "5G"), ("--used", "many")])
def test_that_tokens_of_a_chat_that_mean_nothing_are_refused(
    words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        check(capsys, QWEN, *words)
    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err
