"""How long the window takes to follow a dragged budget: 60 changes a second, real mouse events.

Run with ``python benchmarks/dragging.py [SECONDS]``. The whole window at 1600×1000, without a
screen, in each of several states. A frame lasts from the moment at which the mouse was due to
move to the moment at which the window has painted what follows; what else the main thread did
meanwhile is part of that. Every second the mouse rests, so that what is worked out beside the
drag starts, too. Processor time is that of the main thread alone, whatever else the machine does.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1")

from memplan.engines.llama_cpp.options import CacheType
from memplan.request import Backend, EngineName, Request
from memplan.units import GIB
from memplan_gui.app import Application, prepare
from memplan_gui.appearance import ThemeChoice, ThemeSwitch
from memplan_gui.dialogs import Dialogs
from memplan_gui.panels.late_panels import LatePanels
from memplan_gui.plot.chart import Chart
from memplan_gui.settings import SettingsFile
from memplan_gui.translating import Translation
from memplan_gui.window import MainWindow
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

SIZE = (1600, 1000)
CHANGES_A_SECOND = 60
SECONDS = 4.0
REST_SECONDS = 0.25
SWING = 120.0
"""So many pixels up and down."""

TARGET_MS = 33.0
MODELS = Path(__file__).parents[1] / "tests" / "data" / "models"
SAMPLE = "gemma-3-12b.Q4_K_M.gguf"
COSTLIEST = "qwen3-vl-8b.Q4_K_M.gguf"
"""Of the tests' models the one whose plan by llama.cpp takes longest."""

REQUEST = Request(EngineName.ZINC, Backend.VULKAN, 14 * GIB)


@dataclass(frozen=True)
class Scene:
    """A state of the window in which the budget is dragged."""

    name: str
    prepare: Callable[[MainWindow, Chart], None] = lambda _window, _chart: None
    model: str = SAMPLE
    engine: EngineName = EngineName.ZINC


def _draw_other(window: MainWindow, _chart: Chart) -> None:
    window.comparison.draw_other(True)


def _pin_three(window: MainWindow, chart: Chart) -> None:
    for kv_type in (CacheType.F16, CacheType.Q8_0, CacheType.Q4_0):
        options = replace(
            window.session.request.llama_cpp, cache_type_k=kv_type, cache_type_v=kv_type
        )
        window.session.change("Cache", llama_cpp=options)
        window.session.plan_now()
        window.comparison.pin()
    _draw_other(window, chart)


def _pin_read_out(window: MainWindow, chart: Chart) -> None:
    _pin_three(window, chart)
    layout = chart.layout_shown()
    assert layout is not None
    middle = layout.frame.rect.center() + QPointF(30, 60)
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        mouse(chart, kind, middle)


def _show_tab(page: Callable[[LatePanels], QWidget]) -> Callable[[MainWindow, Chart], None]:
    def show(window: MainWindow, chart: Chart) -> None:
        _draw_other(window, chart)
        window.view.tabs.tabs.setCurrentWidget(page(window.view.late))

    return show


def _everything(window: MainWindow, chart: Chart) -> None:
    _pin_read_out(window, chart)
    window.view.tabs.tabs.setCurrentWidget(window.view.late.compare)


SCENES = (
    Scene("alone"),
    Scene("other engine drawn", _draw_other),
    Scene("pins, read-out pinned", _pin_read_out),
    Scene("Why", _show_tab(lambda late: late.why)),
    Scene("What to change", _show_tab(lambda late: late.changes)),
    Scene("Compare", _show_tab(lambda late: late.compare)),
    Scene("Contexts", _show_tab(lambda late: late.contexts)),
    Scene("llama.cpp, Breakdown", _draw_other, COSTLIEST, EngineName.LLAMA_CPP),
    Scene("llama.cpp, Why", _show_tab(lambda late: late.why), COSTLIEST, EngineName.LLAMA_CPP),
    Scene(
        "llama.cpp, What to change",
        _show_tab(lambda late: late.changes),
        COSTLIEST,
        EngineName.LLAMA_CPP,
    ),
    Scene(
        "llama.cpp, Contexts",
        _show_tab(lambda late: late.contexts),
        COSTLIEST,
        EngineName.LLAMA_CPP,
    ),
    Scene("llama.cpp, all at once", _everything, COSTLIEST, EngineName.LLAMA_CPP),
)


class PaintCounter(QObject):
    """Counts how often a widget was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Count, and let the widget have the event."""
        if event.type() is QEvent.Type.Paint:
            self.count += 1
        return False


def mouse(chart: Chart, kind: QEvent.Type, at: QPointF) -> None:
    """Send what a mouse would."""
    moves = kind is QEvent.Type.MouseMove
    released = kind is QEvent.Type.MouseButtonRelease
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind,
        at,
        chart.mapToGlobal(at),
        none if moves else left,
        none if released else left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(chart, event)


def settle(seconds: float) -> None:
    """Let the window do what it has to do."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        QApplication.processEvents()
        time.sleep(0.001)


def frames(window: MainWindow, seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds of each frame, and processor milliseconds of the main thread for it."""
    chart = window.view.chart_card.make_chart()
    layout = chart.layout_shown()
    assert layout is not None
    start = layout.budget_pill.center()
    paints, view = PaintCounter(), chart.findChild(QGraphicsView)
    assert view is not None
    view.viewport().installEventFilter(paints)
    mouse(chart, QEvent.Type.MouseButtonPress, start)
    lengths, processor = [], []
    due = time.perf_counter()
    for change in range(int(seconds * CHANGES_A_SECOND)):
        angle = change * 2 * math.pi / CHANGES_A_SECOND
        target = start + QPointF(0, 20 + SWING * (1 - math.cos(angle)) / 2 + change % 2)
        painted, processor_started = paints.count, time.thread_time()
        request = window.session.request
        mouse(chart, QEvent.Type.MouseMove, target)
        if window.session.request is not request:
            while paints.count == painted:
                QApplication.processEvents()
            lengths.append(1000 * (time.perf_counter() - due))
            processor.append(1000 * (time.thread_time() - processor_started))
        due = max(due + 1 / CHANGES_A_SECOND, time.perf_counter())
        if change % CHANGES_A_SECOND == CHANGES_A_SECOND - 1:
            due += REST_SECONDS
        while time.perf_counter() < due:
            QApplication.processEvents()
            time.sleep(max(min(0.001, due - time.perf_counter()), 0))
    mouse(chart, QEvent.Type.MouseButtonRelease, start)
    view.viewport().removeEventFilter(paints)
    return lengths[5:], processor[5:]


def window_for(scene: Scene, application: Application, folder: Path) -> MainWindow:
    """A window in the state of a scene."""
    window = MainWindow(
        SettingsFile(folder / "settings.json"),
        ThemeSwitch(application, ThemeChoice.LIGHT),
        Translation(application),
        Dialogs(),
        replace(REQUEST, engine=scene.engine),
    )
    window.resize(*SIZE)
    window.show()
    window.open_source(str(MODELS / scene.model))
    while window.session.plan is None:
        settle(0.05)
    settle(0.2)
    scene.prepare(window, window.view.chart_card.make_chart())
    settle(0.6)
    return window


def main(arguments: list[str]) -> int:
    """Print each scene's frames; 1 if one is longer than the target."""
    seconds = float(arguments[0]) if arguments else SECONDS
    chosen = [scene for scene in SCENES if not arguments[1:] or scene.name in arguments[1:]]
    application = Application(sys.argv[:1])
    prepare(application)
    late = 0
    print(f"{SIZE[0]}×{SIZE[1]}, {CHANGES_A_SECOND} changes a second, milliseconds")
    print(f"  {'':<28} {'median':>7} {'99 %':>7} {'worst':>7}   processor: median, worst")
    with tempfile.TemporaryDirectory() as folder:
        for scene in chosen:
            window = window_for(scene, application, Path(folder))
            lengths, processor = frames(window, seconds)
            window.close()
            window.deleteLater()
            settle(0.1)
            late += sum(length > TARGET_MS for length in lengths)
            share = sorted(lengths)[int(0.99 * len(lengths))]
            print(
                f"  {scene.name:<28} {statistics.median(lengths):>7.1f} {share:>7.1f}"
                f" {max(lengths):>7.1f}   {statistics.median(processor):>7.1f}"
                f" {max(processor):>7.1f}",
                flush=True,
            )
    print(f"  {late} frames of more than {TARGET_MS:.0f} ms")
    return int(late > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
