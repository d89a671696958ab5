"""A desktop of the test's own: a screen, a session's bus and the bus of screen readers."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

LAUNCHERS = (
    Path("/usr/libexec/at-spi-bus-launcher"),
    Path("/usr/lib/at-spi2-core/at-spi-bus-launcher"),
)
HAS_SCREEN = shutil.which("Xvfb") is not None
HAS_BUS = shutil.which("dbus-daemon") is not None and any(path.exists() for path in LAUNCHERS)


@contextmanager
def screen() -> Iterator[Mapping[str, str]]:
    """A screen that nobody sees, as the environment of a program that is to be shown on it."""
    reader, writer = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writer),
        "-nolisten",
        "tcp",
        "-screen",
        "0",
        "1600x1000x24",
    ]
    with _running(command, pass_fds=(writer,)):
        os.close(writer)
        with os.fdopen(reader) as told:
            number = told.readline().strip()
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}


@contextmanager
def readers_bus(environment: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """A session's bus on which a program finds that of screen readers."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    with _running(command, env={**os.environ, **environment}, stdout=subprocess.PIPE) as bus:
        assert bus.stdout is not None
        address = _first_line(bus.stdout)
        bus_environment = {
            **environment,
            "DBUS_SESSION_BUS_ADDRESS": address,
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        launcher = next(path for path in LAUNCHERS if path.exists())
        with _running([str(launcher)], env={**os.environ, **bus_environment}):
            yield bus_environment


def _first_line(stream: IO[bytes]) -> str:
    return stream.readline().decode().strip()


@contextmanager
def _running(command: list[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    options.setdefault("stdout", subprocess.DEVNULL)
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        if process.stdout is not None:
            process.stdout.close()
