"""Collects cyclic garbage on the main thread, where alone widgets may be deleted.

Python collects in whichever thread happens to allocate. A cycle that holds a widget would then be
taken apart by the thread that reads a model, and Qt would crash.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_MILLISECONDS = 1_000
_OLDEST = 2


class Collector(QObject):
    """Does what Python does by itself, with its own thresholds, at turns of the event loop."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._frozen = False
        timer = QTimer(self)
        timer.timeout.connect(self.collect_what_is_due)
        timer.start(_MILLISECONDS)

    def collect_what_is_due(self) -> None:
        """Collect the oldest generation whose threshold is passed, and the younger ones with it.

        What there is when all would be collected for the first time is the program itself, and
        is left alone for good: looking through its modules would hold the window up for 40 ms.
        """
        counts_and_thresholds = enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
        due = [number for number, (count, most) in counts_and_thresholds if count > most]
        if due and max(due) == _OLDEST and not self._frozen:
            self._frozen = True
            gc.collect(_OLDEST - 1)
            gc.freeze()
        elif due:
            gc.collect(max(due))
