"""How the program ends: when it is asked to, and whatever a thread of it waits for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_SECONDS = 60

_SLOW_DISK = """
import os, sys
from memplan_gui import loading
from PySide6.QtCore import QTimer
from memplan_gui import app
class NeverAnswering:
    def read(self, source, **_):
        os.read(os.pipe()[0], 1)
loading.ModelCache.read = NeverAnswering.read
search = app.search_once_seen
def search_once_seen(window, **_):
    QTimer.singleShot(300, window.close)
app.search_once_seen = search_once_seen
sys.exit(app.run("/models/on-a-slow-disk.gguf"))
"""

_TELLING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from memplan_gui import app
def search_once_seen(window, **_):
    print("shown", flush=True)
app.search_once_seen = search_once_seen
sys.argv = ["memplan"]
from memplan_gui.entry import main
sys.exit(main())
"""


def start(folder: Path, script: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(folder),
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(folder),
        "APPDATA": str(folder),
    }
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_that_the_program_ends_although_a_disk_never_answers(tmp_path: Path) -> None:
    began = time.monotonic()
    running = start(tmp_path, _SLOW_DISK)
    _, said = running.communicate(timeout=_SECONDS)
    assert (running.returncode, said) == (0, "")
    assert time.monotonic() - began < 10
    assert list(tmp_path.rglob("settings.json"))


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_a_signal_closes_the_window_and_what_is_remembered_is_kept(
    tmp_path: Path, number: signal.Signals
) -> None:
    running = start(tmp_path, _TELLING)
    assert running.stdout is not None
    assert running.stdout.readline() == "shown\n"
    running.send_signal(number)
    _, said = running.communicate(timeout=_SECONDS)
    assert (running.returncode, said) == (128 + number, "")
    assert list(tmp_path.rglob("settings.json"))
