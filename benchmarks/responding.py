"""How long the window's main thread is held up while it opens models and looks for devices.

Run with ``python benchmarks/responding.py``. A timer beats every other millisecond; the longest
time from one beat to the next is how long nobody could have typed or clicked. Showing the model
at the end is part of it. Beside it the main thread's own processor time in that span, whatever
else the machine does.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from core.reader.file_server import FileServer, running
from header_reading import Case, write
from memplan.detection import detect as searching
from memplan_gui.app import Application, prepare
from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.dialogs import Dialogs
from memplan_gui.settings import SettingsFile
from memplan_gui.translating import Translation
from memplan_gui.window import MainWindow
from PySide6.QtCore import QEventLoop, Qt, QTimer, SignalInstance

RUNS = 5
TARGET_MS = 50.0
LARGE = Case(262_144, 514_906, 400)
SIBLINGS = 12
WAIT_MS = 30_000


class Beats:
    """The longest time between two beats of a timer."""

    def __init__(self) -> None:
        self.longest = self.processor = 0.0
        self._last = time.perf_counter(), time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(2)

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter(), time.thread_time()
        lasted, worked = (1000 * (new - old) for new, old in zip(now, self._last, strict=True))
        self.longest, self.processor = max(self.longest, lasted), max(self.processor, worked)
        self._last = now


def held_up(act: Callable[[], object], until: SignalInstance, rest_ms: int = 300) -> Beats:
    """Act, wait for a signal and a little longer, and say how the timer beat meanwhile."""
    loop = QEventLoop()
    link = until.connect(lambda *_: QTimer.singleShot(rest_ms, loop.quit))
    QTimer.singleShot(WAIT_MS, loop, loop.quit)
    beats = Beats()
    act()
    loop.exec()
    beats.stop()
    QTimer.disconnect(link)
    return beats


def main() -> int:
    """Print the longest hold-ups; 1 if the main thread worked longer than the target at once."""
    application = Application(sys.argv[:1])
    prepare(application)
    worst = 0.0
    with tempfile.TemporaryDirectory() as scratch, running() as server:
        folder = Path(scratch)
        os.environ["XDG_CACHE_HOME"] = scratch
        window = MainWindow(
            SettingsFile(folder / "settings.json"),
            ThemeSwitch(application, ThemeChoice.LIGHT),
            Translation(application),
            Dialogs(),
        )
        window.show()
        planned = window.session.plan_changed
        held_up(lambda: window.open_sample("qwen3-8b"), planned)
        print(f"{RUNS} times each, longest hold-up of the main thread in milliseconds")
        print(f"  {'':<36} {'median':>7} {'worst':>7}   processor: worst")
        for name, act, until in _scenes(window, folder, server, planned):
            rounds = [held_up(act(run), until) for run in range(RUNS)]
            lengths = sorted(beats.longest for beats in rounds)
            processor = max(beats.processor for beats in rounds)
            worst = max(worst, processor)
            print(
                f"  {name:<36} {lengths[RUNS // 2]:>7.1f} {lengths[-1]:>7.1f}   {processor:>7.1f}",
                flush=True,
            )
        window.close()
    print(f"  target: {TARGET_MS:.0f}")
    return int(worst > TARGET_MS)


def _scenes(
    window: MainWindow, folder: Path, server: FileServer, planned: SignalInstance
) -> Iterator[tuple[str, Callable[[int], Callable[[], object]], SignalInstance]]:
    """Names, what is done in each run, and the signal that ends it."""
    header = write(folder / "large.gguf", LARGE).read_bytes()
    server.files["/large.gguf"] = header
    siblings = folder / "siblings"
    siblings.mkdir()

    def open_alone(run: int) -> Callable[[], object]:
        path = folder / f"alone{run}" / "large.gguf"
        path.parent.mkdir()
        write(path, LARGE)
        return lambda: window.open_source(str(path))

    def open_among_siblings(run: int) -> Callable[[], object]:
        place = siblings / str(run)
        place.mkdir()
        paths = [write(place / f"Model-Q{n}_0.gguf", LARGE) for n in range(2, 2 + SIBLINGS)]
        return lambda: window.open_source(str(paths[0]))

    def open_remote(run: int) -> Callable[[], object]:
        server.files[f"/{run}/large.gguf"] = header
        return lambda: window.open_source(f"{server.address}/{run}/large.gguf")

    def detect(_run: int) -> Callable[[], object]:
        return window.detector.start

    def detect_what_sleeps(_run: int) -> Callable[[], object]:
        sleeping = [sys.executable, "-c", "import time; time.sleep(1000)"]
        searching.probe_command = lambda _backend: sleeping  # type: ignore[assignment]
        return window.detector.start

    found = window.opening.siblings_found
    yield "262,144 tokens of vocabulary", open_alone, planned
    yield f"the same with {SIBLINGS - 1} quantisations beside it", open_among_siblings, found
    yield "the same from a server", open_remote, planned
    yield "devices, as this machine has them", detect, window.detector.detected
    yield "devices, of a driver that sleeps", detect_what_sleeps, window.detector.detected


if __name__ == "__main__":
    sys.exit(main())
