"""What the program says where Qt lacks a library of the system's."""

from __future__ import annotations

import sys

import pytest
from memplan_gui import main
from memplan_gui.libraries import missing_libraries, missing_text

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there Qt needs the system's")

X11 = {"DISPLAY": ":0"}
BOTH = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}


def lacking(*names: str) -> object:
    return lambda name: name not in names


def test_that_nothing_is_missing_here() -> None:
    assert missing_libraries({"QT_QPA_PLATFORM": "xcb"}) == ()
    assert missing_libraries() == ()


@pytest.mark.parametrize(
    ("environment", "lacks", "missing"),
    [
        (X11, ["libxcb-cursor.so.0"], ("libxcb-cursor.so.0",)),
        (X11, ["libglib-2.0.so.0", "libxcb-xkb.so.1"], ("libglib-2.0.so.0", "libxcb-xkb.so.1")),
        (X11, ["libwayland-client.so.0"], ()),
        (BOTH, ["libxcb-cursor.so.0"], ()),
        (BOTH, ["libEGL.so.1"], ("libEGL.so.1",)),
        ({"QT_QPA_PLATFORM": "xcb", **BOTH}, ["libxcb-cursor.so.0"], ("libxcb-cursor.so.0",)),
        ({"QT_QPA_PLATFORM": "offscreen"}, ["libxcb-cursor.so.0"], ()),
        ({"QT_QPA_PLATFORM": "offscreen"}, ["libGL.so.1"], ("libGL.so.1",)),
    ],
)
def test_that_what_is_needed_on_this_way_to_the_screen_is_missing(
    environment: dict[str, str], lacks: list[str], missing: tuple[str, ...]
) -> None:
    assert missing_libraries(environment, lacking(*lacks)) == missing  # type: ignore[arg-type]


def test_that_the_packages_are_named_once_each() -> None:
    text = missing_text(["libglib-2.0.so.0", "libgthread-2.0.so.0", "libxcb-cursor.so.0"])
    assert "sudo apt-get install libglib2.0-0 libxcb-cursor0\n" in text
    assert "'libxcb-cursor.so.0()(64bit)'" in text


def test_that_the_program_says_so_and_ends_with_2_before_qt_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main, "missing_libraries", lambda: ("libxcb-cursor.so.0",))
    assert main.main(["--sample"]) == 2
    assert "memplan: the window needs libraries" in capsys.readouterr().err


def test_that_qt_that_cannot_be_imported_ends_the_program_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "memplan_gui.app", None)
    assert main.main(["--sample"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("memplan: the window cannot be opened: ")
