"""Ends the program: as the system asks for it, and without waiting for what may never end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from types import FrameType
from typing import Final, NoReturn

from PySide6.QtCore import QObject, QSocketNotifier, QThreadPool, Signal

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_SIGNALLED: Final = 128
"""What shells add to a signal's number to make an exit code of it."""


class Interruptions(QObject):
    """Tells of Ctrl-C and of the wish to terminate, of which Qt's loop would never hear.

    Python runs its handlers between two steps of its own, and takes none while Qt waits. So the
    system writes each signal into a socket, which wakes Qt up.

    Signals:
        interrupted(int): the program is to end, with this exit code.
    """

    interrupted = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._woken, self._waking = socket.socketpair()
        self._woken.setblocking(False)
        self._waking.setblocking(False)
        self._notifier = QSocketNotifier(self._woken.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drop_bytes)
        signal.set_wakeup_fd(self._waking.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, self._take)
            for number in _SIGNALS
            # In the background a shell has its programs ignore Ctrl-C.
            if signal.getsignal(number) is not signal.SIG_IGN
        }

    def stop(self) -> None:
        """Take no more of them."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._woken.close()
        self._waking.close()

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self.interrupted.emit(_SIGNALLED + number)

    def _drop_bytes(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(64)


def is_at_work(parent: QObject) -> bool:
    """Whether a thread of any pool below ``parent`` still runs."""
    return any(pool.activeThreadCount() for pool in parent.findChildren(QThreadPool))


def leave_at_once(code: int) -> NoReturn:
    """End the program although threads still run: one may wait for a disk that never answers.

    Qt would wait for them for ever.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
