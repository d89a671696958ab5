"""How long from starting the program to a painted sample, beside a bare pyqtgraph window.

Run with ``python benchmarks/startup.py``. Both are processes of their own, measured from before
their start to the moment at which their curve has been painted; they take turns, so that
whatever else the machine does meets both.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 12
TARGET_RATIO = 1.5

BARE = """
import time
import pyqtgraph
from PySide6.QtWidgets import QApplication
app = QApplication([])
plot = pyqtgraph.PlotWidget()
plot.resize(1280, 800)
plot.plot(range(256), range(256))
plot.show()
app.processEvents()
print(time.time(), flush=True)
"""

MEMPLAN = """
import sys, time
from memplan_gui import app
finish = app._Smoke._finish
def report(smoke):
    print(time.time(), flush=True)
    finish(smoke)
app._Smoke._finish = report
from memplan_gui.main import main
sys.exit(main(["--sample", "--smoke"]))
"""


def seconds_to_paint(program: str, scratch_folder: str) -> float:
    """Seconds from starting a Python process to the time that it prints."""
    environment = {
        "QT_QPA_PLATFORM": "offscreen",
        **os.environ,
        "XDG_CONFIG_HOME": scratch_folder,
        # Compiled modules, as in any installation, wherever this runs.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": scratch_folder,
    }
    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return float(done.stdout.split()[0]) - started


def main() -> int:
    """Print both medians and their ratio; 1 if the target is missed."""
    times: dict[str, list[float]] = {BARE: [], MEMPLAN: []}
    with tempfile.TemporaryDirectory() as scratch_folder:
        for run in range(RUNS + 1):
            for program, measured in times.items():
                seconds = seconds_to_paint(program, scratch_folder)
                if run > 0:  # the first run compiles the modules
                    measured.append(seconds)
    bare, memplan = statistics.median(times[BARE]), statistics.median(times[MEMPLAN])
    print(f"{RUNS} starts each, milliseconds to the painted curve")
    for name, program in (("bare pyqtgraph window", BARE), ("memplan --sample", MEMPLAN)):
        measured = times[program]
        print(
            f"  {name:<22} median {1000 * statistics.median(measured):6.0f}  "
            f"best {1000 * min(measured):6.0f}  worst {1000 * max(measured):6.0f}"
        )
    print(f"  ratio {memplan / bare:.2f} (target: at most {TARGET_RATIO})")
    return int(memplan > TARGET_RATIO * bare)


if __name__ == "__main__":
    sys.exit(main())
