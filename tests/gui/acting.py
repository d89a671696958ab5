"""What the window's tests do with a window: drop files, and read what can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget


def drop(window: QWidget, paths: Sequence[Path], mime: QMimeData | None = None) -> bool:
    """Drag files over a window and let go; whether the window takes them."""
    if mime is None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = QPoint(400, 300)
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    modifiers = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, action, mime, button, modifiers)
    # The event is created accepted; the window says so itself.
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    release = QDropEvent(QPointF(place), action, mime, button, modifiers)
    QApplication.sendEvent(window, release)
    return release.isAccepted()


def visible_texts(widget: QWidget) -> list[str]:
    """The texts of all labels that can be seen."""
    labels = widget.findChildren(QLabel)
    return [label.text() for label in labels if label.isVisibleTo(widget) and label.text()]


def button_named(widget: QWidget, name: str) -> QPushButton:
    """The one button that screen readers call so."""
    (found,) = (b for b in widget.findChildren(QPushButton) if b.accessibleName() == name)
    return found


def text_of(window: QWidget, name: str) -> str:
    """All that a named part of the window says; empty where it is hidden."""
    part = window.findChild(QWidget, name)
    if part is None or not part.isVisibleTo(window):
        return ""
    return "\n".join(visible_texts(part))
