"""The program as a process: what it opens, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from memplan_gui.app import Application
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent, QImage

_SECONDS = 120


_SEEN_LATER = {
    "memplan.planning.advice",
    "memplan.reports.html_report",
    "memplan.wording.help.articles",
    "memplan_gui.about",
    "memplan_gui.help_desk",
    "memplan_gui.help_window",
    "memplan_gui.log_window",
    "memplan_gui.plot.chart",
    "memplan_gui.problem_window",
    "pyqtgraph",
    "urllib3",
}
"""Modules that would only hold up the start."""


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _python(folder, "-m", "memplan_gui", *arguments, "--smoke")


def _python(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python for a user whose home folder is empty."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(folder),
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(folder),
        "APPDATA": str(folder),
        **variables,
    }
    return subprocess.run(
        [sys.executable, *words],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=_SECONDS,
        check=False,
    )


@pytest.mark.parametrize("arguments", [[], ["--sample"], ["--sample", "gemma-3-12b"]])
def test_that_the_program_paints_its_window_and_ends_well(
    tmp_path: Path, arguments: list[str]
) -> None:
    done = _run(tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_that_a_model_that_cannot_be_read_ends_the_smoke_test_with_2(tmp_path: Path) -> None:
    path = tmp_path / "notes.gguf"
    path.write_bytes(b"Dear diary")
    assert _run(tmp_path, str(path)).returncode == 2


def test_that_a_broken_settings_file_does_not_keep_the_program_from_starting(
    tmp_path: Path,
) -> None:
    first = _run(tmp_path)
    (settings,) = tmp_path.rglob("settings.json")
    assert json.loads(settings.read_text("utf-8"))["schema"] == "memplan.settings/1"
    settings.write_text("{broken", "utf-8")
    second = _run(tmp_path)
    assert (first.returncode, second.returncode) == (0, 0)
    assert settings.with_suffix(".broken.json").read_text("utf-8") == "{broken"


def test_that_the_smoke_test_can_keep_what_it_painted(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    done = _run(tmp_path, "--sample", "--screenshot", str(picture))
    assert done.returncode == 0, done.stderr
    assert QImage(str(picture)).width() >= 880


def test_that_a_file_from_the_file_manager_waits_for_the_window(
    prepared_app: object, tmp_path: Path
) -> None:
    # Another application object cannot be made in this process: its method is what counts.
    told: list[str] = []

    class Recorder:
        waiting_file = ""

        class file_opened:  # noqa: N801
            emit = staticmethod(told.append)

    recorder = Recorder()
    path = str(tmp_path / "model.gguf")
    event = QFileOpenEvent(QUrl.fromLocalFile(path))
    assert Application.event(recorder, event)  # type: ignore[arg-type]
    assert recorder.waiting_file == path
    assert told == [path]


def test_that_the_start_does_not_wait_for_what_is_seen_later(tmp_path: Path) -> None:
    script = (
        "import sys; from memplan_gui.main import main; code = main(['--smoke']);"
        " print(*sys.modules); sys.exit(code)"
    )
    done = _python(tmp_path, "-c", script)
    assert done.returncode == 0
    loaded = set(done.stdout.split())
    assert "memplan_gui.window" in loaded
    assert loaded & _SEEN_LATER == set()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the language is no variable")
def test_that_the_systems_language_is_spoken(tmp_path: Path) -> None:
    script = (
        "from memplan_gui.main import main; from memplan.language import spoken;"
        " code = main(['--smoke']); print(spoken().code, code)"
    )
    for system, code in (("de_AT.UTF-8", "de"), ("fr_FR.UTF-8", "en")):
        done = _python(tmp_path, "-c", script, LC_ALL=system, LANGUAGE="")
        assert done.stdout.split() == [code, "0"], done.stderr


def test_that_a_model_that_an_engine_refuses_is_shown_and_nobody_waits_for_a_chart(
    tmp_path: Path,
) -> None:
    hostile = Path(__file__).parents[1] / "data" / "hostile" / "92d7a0b794.gguf"
    began = time.monotonic()
    done = _run(tmp_path, str(hostile), "--engine", "llama.cpp")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 30
