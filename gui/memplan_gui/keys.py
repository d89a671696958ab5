"""All keys of the window: those of its menus as they are set, and those that widgets take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from memplan.language import marked, tr
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QTabWidget


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and what it does.

    Attributes:
        keys: the key or keys, as the system writes them.
        text: what they do.
    """

    keys: str
    text: str


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys that belong together."""

    title: str
    keys: tuple[Key, ...]


_CHART: Final = (
    ("Left", marked("Read out the next shorter context")),
    ("Right", marked("Read out the next longer context")),
    ("Home", marked("Read out the shortest context")),
    ("End", marked("Read out the longest context")),
    ("PgUp", marked("Read out the marker before")),
    ("PgDown", marked("Read out the next marker")),
    ("Space", marked("Pin the read-out, or let it go")),
    ("Return", marked("Plan for the context that is read out")),
    ("Esc", marked("Hide the read-out")),
    ("+", marked("Zoom in")),
    ("-", marked("Zoom out")),
    ("0", marked("Show all contexts again")),
    ("Ctrl+Left", marked("Move what is in sight to shorter contexts")),
    ("Ctrl+Right", marked("Move what is in sight to longer contexts")),
)
"""The keys of :meth:`memplan_gui.plot.chart.Chart.keyPressEvent`."""

_TABLES: Final = (
    ("Ctrl+C", marked("Copy the selected rows, or all")),
    ("Ctrl+F", marked("Filter the rows of the tab about the file")),
    ("F2", marked("Rename the selected pinned plan")),
    ("Del", marked("Remove the selected pinned plan")),
)
_ELSEWHERE: Final = (
    ("Tab", marked("Go to the next control; with Shift to the one before")),
    ("Alt", marked("Together with an underlined letter: go to that control")),
    ("Up", marked("Make a number larger; with Ctrl in larger steps")),
    ("Down", marked("Make a number smaller; with Ctrl in larger steps")),
    ("Esc", marked("Cancel what is being read; close a prompt")),
)


def key_groups(window: QMainWindow, tabs: QTabWidget) -> Iterator[KeyGroup]:
    """The window's keys, its menus first."""
    for entry in window.menuBar().actions():
        menu = entry.menu()
        if isinstance(menu, QMenu):
            keys = tuple(_menu_keys(menu))
            if keys:
                yield KeyGroup(plain(menu.title()), keys)
    shown = [Key(native(f"Ctrl+{i + 1}"), plain(tabs.tabText(i))) for i in range(tabs.count())]
    yield KeyGroup(tr("Tabs"), tuple(shown))
    yield KeyGroup(tr("Chart"), _translated(_CHART))
    yield KeyGroup(tr("Tables"), _translated(_TABLES))
    yield KeyGroup(tr("Everywhere"), _translated(_ELSEWHERE))


def _menu_keys(menu: QMenu) -> Iterator[Key]:
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            for key in _menu_keys(inner):
                yield Key(key.keys, f"{plain(inner.title())} – {key.text}")
        elif action.shortcuts():
            yield Key(_keys_of(action), plain(action.text()).rstrip("…"))


def _keys_of(action: QAction) -> str:
    native_text = QKeySequence.SequenceFormat.NativeText
    return ", ".join(keys.toString(native_text) for keys in action.shortcuts())


def _translated(rows: tuple[tuple[str, str], ...]) -> tuple[Key, ...]:
    return tuple(Key(native(keys) if keys != "Alt" else keys, tr(text)) for keys, text in rows)


def native(keys: str) -> str:
    """A key as the system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def plain(text: str) -> str:
    """A text without the mark of its mnemonic."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
