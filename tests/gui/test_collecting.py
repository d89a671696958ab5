"""Widgets are deleted on the main thread, whichever thread makes the garbage."""

from __future__ import annotations

import gc
import threading
import weakref

from memplan_gui.collecting import Collector
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


class Knot:
    """Something that only the collector of cycles can free."""

    def __init__(self) -> None:
        self.itself = self


def test_that_a_thread_which_makes_garbage_leaves_it_to_the_main_thread(
    prepared_app: QApplication, qtbot: QtBot
) -> None:
    threads: list[threading.Thread] = []
    knot = Knot()
    weakref.finalize(knot, lambda: threads.append(threading.current_thread()))
    del knot
    worker = threading.Thread(target=lambda: [Knot() for _ in range(20 * gc.get_threshold()[0])])
    worker.start()
    worker.join()
    assert not threads
    qtbot.waitUntil(lambda: bool(threads), timeout=10_000)
    assert threads == [threading.main_thread()]


def test_that_what_the_program_is_made_of_is_looked_through_once_only(
    prepared_app: QApplication,
) -> None:
    collector = Collector(QObject(prepared_app))
    thresholds = gc.get_threshold()
    gc.set_threshold(1, 0, 0)  # everything is due at once
    try:
        gc.unfreeze()
        garbage = [Knot() for _ in range(10)]
        gc.collect(0)
        gc.collect(1)
        garbage.append(Knot())
        collector.collect_what_is_due()
        assert gc.get_freeze_count() > 10_000
        knot = Knot()
        gone = weakref.ref(knot)
        del knot
        gc.collect(2)
        assert gone() is None
    finally:
        gc.set_threshold(*thresholds)
