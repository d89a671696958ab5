"""Vulkan drivers that misbehave, or that are not there at all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest
from memplan.detection import detect as searching

# What happens in vkCreateInstance. No headers and no libraries: a bare compiler will do.
_SOURCE: Final = r"""
extern void abort(void);
extern int pause(void);
extern int puts(const char *);
extern int strcmp(const char *, const char *);
typedef void (*function)(void);
static int create(const void *info, const void *allocator, void **instance) { %s }
static int extensions(const char *layer, unsigned *count, void *properties) {
    *count = 0;
    return 0;
}
function vk_icdGetInstanceProcAddr(void *instance, const char *name) {
    if (!strcmp(name, "vkCreateInstance")) return (function)create;
    if (!strcmp(name, "vkEnumerateInstanceExtensionProperties")) return (function)extensions;
    return 0;
}
int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned *version) {
    if (*version > 5) *version = 5;
    return 0;
}
"""

_IN_C: Final[Mapping[str, str]] = MappingProxyType(
    {"aborts": "abort(); return 0;", "sleeps for ever": "for (;;) pause(); return 0;"}
)
_IN_PYTHON: Final[Mapping[str, str]] = MappingProxyType(
    {"aborts": "import os; os.abort()", "sleeps for ever": "import time; time.sleep(10_000)"}
)
MISBEHAVIOURS: Final = tuple(_IN_C)


def install_driver_that(misbehaves: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the only Vulkan driver one of :data:`MISBEHAVIOURS`.

    Where there is no compiler, the whole probe misbehaves instead of the driver in it.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        command = [sys.executable, "-c", _IN_PYTHON[misbehaves]]
        monkeypatch.setattr(searching, "probe_command", lambda _: command)
        return
    source, library, manifest = (folder / name for name in ("icd.c", "libicd.so", "icd.json"))
    source.write_text(_SOURCE % _IN_C[misbehaves], "utf-8")
    options = ["-shared", "-fPIC", "-nostdlib", "-o", str(library), str(source)]
    subprocess.run([compiler, *options], check=True)
    icd = {"library_path": str(library), "api_version": "1.3.0"}
    manifest.write_text(json.dumps({"file_format_version": "1.0.0", "ICD": icd}), "utf-8")
    use_driver_file(str(manifest), monkeypatch)


def install_no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the Vulkan library without any driver."""
    use_driver_file("/dev/null", monkeypatch)


def use_driver_file(manifest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the Vulkan library read this manifest alone, under its new and its old variable."""
    for variable in ("VK_DRIVER_FILES", "VK_ICD_FILENAMES"):
        monkeypatch.setenv(variable, manifest)
    monkeypatch.delenv("VK_ADD_DRIVER_FILES", raising=False)


def note_processes(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started from now on."""
    processes: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    return processes


def all_are_gone(processes: list[subprocess.Popen[bytes]]) -> bool:
    """Whether processes ended and were waited for: none is left as a zombie."""
    return bool(processes) and all(process.returncode is not None for process in processes)
