"""The command line whatever its streams are, and whenever it is interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from memplan import cli
from memplan.cli import check as cli_check
from memplan.cli.streams import plain_signs

MODELS = Path(__file__).parents[1] / "data" / "models"
QWEN = str(MODELS / "qwen3-8b.Q4_K_M.gguf")
GEMMA = str(MODELS / "gemma-3-12b.Q4_K_M.gguf")
MEMPLAN = [sys.executable, "-m", "memplan"]
ESTIMATED = ["--engine", "llama.cpp", "--backend", "metal"]


def run(*words: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **settings}
    return subprocess.run([*MEMPLAN, *words], capture_output=True, timeout=60, env=environment)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "koi8-r", "shift_jis"])
def test_that_signs_which_the_output_lacks_are_replaced(encoding: str) -> None:
    answer = run("check", QWEN, *ESTIMATED, PYTHONIOENCODING=encoding)
    assert answer.returncode == 0, answer.stderr
    assert "Fits" in answer.stdout.decode(encoding)
    assert b"Traceback" not in answer.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs names that are bytes")
def test_that_a_file_name_that_is_no_utf_8_can_be_named(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/mod\xe8le.gguf"
    Path(os.fsdecode(name)).write_bytes(b"GGUF\3\0")
    answer = subprocess.run([*MEMPLAN, b"check", name], capture_output=True, timeout=60)
    assert answer.returncode == 2
    assert b"mod\\xe8le.gguf" in answer.stderr


def test_that_signs_have_look_alikes_and_what_has_none_is_a_question_mark() -> None:
    assert plain_signs("± 1 ≈ 2 … „é“ 日 \udcff") == '+/- 1 ~ 2 ... "e" ? \\xff'


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_that_closed_streams_change_no_exit_code(closed: str) -> None:
    command = f'exec "{sys.executable}" -m memplan check "{QWEN}" "{GEMMA}" --budget 9GiB {closed}'
    answer = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60)
    assert answer.returncode == 1
    assert answer.stderr == b""


def test_that_a_fault_with_one_model_is_no_verdict_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = cli_check.read_source

    def read_source(source: str) -> object:
        if source == GEMMA:
            raise KeyError("attn_q.weight")
        return good(source)

    monkeypatch.setattr(cli_check, "read_source", read_source)
    assert cli.main(["check", GEMMA, QWEN]) == 70
    captured = capsys.readouterr()
    assert "qwen3-8b" in captured.out
    assert "something unexpected went wrong: KeyError: 'attn_q.weight'" in captured.err
    assert cli.main(["check", GEMMA, QWEN, "--json"]) == 70
    fault, planned = map(json.loads, capsys.readouterr().out.splitlines())
    assert fault["error"] == "UnexpectedError"
    assert planned["schema"] == "memplan.plan/1"


def test_that_a_fault_of_a_command_does_not_exit_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_check, "expand_sources", lambda *_: 1 // 0)
    assert cli.main(["check", QWEN]) == 70
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("memplan: something unexpected went wrong: ZeroDivisionError")


INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
_, moment, model = sys.argv
class Interrupt:
    def find_spec(self, name, path, target=None):
        if name == moment:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
sys.argv = ["memplan", "check", model]
from memplan_gui.entry import main
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills there what it should interrupt")
@pytest.mark.parametrize(
    "moment", ["memplan.cli.streams", "memplan_gui.main", "numpy", "memplan.cli.check", "tqdm"]
)
def test_that_an_interruption_ends_quietly_at_any_moment(moment: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, moment, QWEN], capture_output=True, timeout=60
    )
    assert (answer.returncode, answer.stderr) == (128 + signal.SIGINT, b"")
