"""How long the library takes over a home with many models, beside reading the headers in a loop.

Run ``python benchmarks/library.py``: it makes a home with the stores of LM Studio, Ollama and
Hugging Face, of real headers and some broken files, and measures in a process of its own each

- the time until the files are listed, and until all are read, by the core alone;
- the same files read in a loop, by what the library calls for each;
- a second look, from what was kept;
- the longest time that the window was held up while it listed, read and planned, and how much
  memory that took.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

MODELS: Final = Path(__file__).parents[1] / "tests" / "data" / "models"
NAMES: Final = ("llama-3.2-1b", "qwen3-8b", "gemma-3-12b", "smollm3-3b", "phi-4-mini")

CORE: Final = """
import sys, time
from pathlib import Path
from memplan.library.entry import read_entry
from memplan.library.find import find_models, newest_first
from memplan.library.kept import KeptEntries
from memplan.library.places import System, library_places
from memplan.model import read_model
from memplan.reader.errors import GgufError
from memplan.reader.transfer import CancelToken
home = Path(sys.argv[1])
places = library_places(System(home, {"OLLAMA_MODELS": str(home / ".ollama/models")}, "linux"))
kept = home / "library.json"
start = time.perf_counter()
found = newest_first([f for files in find_models(places, CancelToken()) for f in files])
listed = time.perf_counter() - start
entries = KeptEntries(kept)
for each in found:
    entries.entry(each)
entries.save()
whole = time.perf_counter() - start
start = time.perf_counter()
for each in found:
    try:
        read_model(each.source)
    except GgufError:
        pass
loop = time.perf_counter() - start
start = time.perf_counter()
entries = KeptEntries(kept)
for each in newest_first([f for files in find_models(places, CancelToken()) for f in files]):
    entries.entry(each)
again = time.perf_counter() - start
print(len(found), listed, whole, loop, again)
"""

WINDOW: Final = """
import gc, os, sys, time
from pathlib import Path
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from memplan.library.places import System
from memplan.request import Request
from memplan_gui import library
from memplan_gui.app import prepare
from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.dialogs import Dialogs
from memplan_gui.settings import SettingsFile
from memplan_gui.translating import Translation
from memplan_gui.window import MainWindow
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
home = Path(sys.argv[1])
library.this_system = lambda: System(home, {"OLLAMA_MODELS": str(home / ".ollama/models")}, "linux")
library.default_kept_path = lambda: home / "window.json"
def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024
app = QApplication([])
prepare(app)
window = MainWindow(SettingsFile(home / "settings.json"), ThemeSwitch(app, ThemeChoice.LIGHT),
                    Translation(app), Dialogs(), Request(sys.argv[2]))
window.show()
app.processEvents()
before, gaps, first, worked = resident(), [], [], [0.0]
last = time.perf_counter(), time.thread_time()
def tick():
    global last
    now, processor = time.perf_counter(), time.thread_time()
    gaps.append(now - last[0])
    worked.append(processor - last[1])
    last = now, processor
    if first and not window.library.busy:
        app.quit()
    if now - start > float(sys.argv[3]):
        app.quit()
timer = QTimer()
timer.timeout.connect(tick)
window.library.listed.connect(lambda: first.append(time.perf_counter() - start))
start = time.perf_counter()
last = start, time.thread_time()
window.library.start()
timer.start(1)
app.exec()
seconds = time.perf_counter() - start
planned = len(window.library._answers)
gaps.sort()
usual = gaps[len(gaps) * 99 // 100]
print(first[0], seconds, planned, gaps[-1], usual, max(worked), resident() - before)
window.close()
sys.stdout.flush()
os._exit(0)
"""


def make_home(home: Path, count: int, broken: int) -> None:
    """Stores of three programs with ``count`` models, ``broken`` of which cannot be read."""
    headers = [next(MODELS.glob(f"{name}.*.gguf")) for name in NAMES]
    for number in range(count):
        header = headers[number % len(headers)]
        name = f"{header.stem}-{number:05}.gguf"
        if number % 3 == 0:
            target = home / ".lmstudio/models/someone" / f"set-{number // 60}" / name
        elif number % 3 == 1:
            hub = home / f".cache/huggingface/hub/models--owner--set-{number // 60}"
            target = hub / "snapshots" / "main" / name
        else:
            target = home / ".ollama/models/blobs" / f"sha256-{number:064x}"
            folder = home / ".ollama/models/manifests/registry.ollama.ai/library"
            manifest = folder / f"model-{number:05}" / "latest"
            manifest.parent.mkdir(parents=True)
            media, digest = "application/vnd.ollama.image.model", f"sha256:{number:064x}"
            manifest.write_text(json.dumps({"layers": [{"mediaType": media, "digest": digest}]}))
        target.parent.mkdir(parents=True, exist_ok=True)
        if number * broken // count != (number + 1) * broken // count:
            target.write_bytes(b"Dear diary, today I bought a GPU.")
        else:
            shutil.copyfile(header, target)


def run(script: str, *arguments: str) -> list[float]:
    """What a script prints, as numbers."""
    home = arguments[0]
    environment = {**os.environ, "OLLAMA_MODELS": f"{home}/.ollama/models"}
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--broken", type=int, default=50)
    parser.add_argument("--engine", default="zinc")
    parser.add_argument("--seconds", default="120", help="the window is given so long at most")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        make_home(Path(name), arguments.files, arguments.broken)
        count, listed, whole, loop, again = run(CORE, name)
        print("| what | measured |")
        print("| --- | ---: |")
        print(f"| {count:.0f} files listed | {listed:.3f} s |")
        print(f"| all read | {whole:.2f} s |")
        print(f"| the same in a loop | {loop:.2f} s ({whole / loop:.2f} times) |")
        print(f"| a second look | {again:.3f} s |")
        first, seconds, planned, longest, usual, worked, mib = run(
            WINDOW, name, arguments.engine, arguments.seconds
        )
        print(f"| window: first rows | {first:.3f} s |")
        print(
            f"| window: {planned:.0f} read and planned for {arguments.engine} | {seconds:.1f} s |"
        )
        print(f"| window: longest hold-up | {1000 * longest:.0f} ms |")
        print(f"| window: 99 % of hold-ups at most | {1000 * usual:.0f} ms |")
        print(f"| window: its own processor time in the longest | {1000 * worked:.0f} ms |")
        print(f"| window: memory taken | {mib:.0f} MiB |")


if __name__ == "__main__":
    main()
