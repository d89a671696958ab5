"""What screen readers are told of widgets about which Qt's own classes say too little."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

_ROLE: Final = "spoken_role"


def set_spoken_role(widget: QWidget, role: QAccessible.Role) -> None:
    """Say what kind of thing a plain widget is."""
    widget.setProperty(_ROLE, role.value)


def announce(widget: QWidget, text: str) -> None:
    """Have a text spoken when nothing else is."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Speaker(QObject):
    """Makes the interfaces of such widgets, for as long as the application lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # Qt deletes an interface with its widget; until then Python must not.
        self._made: dict[int, QAccessibleInterface] = {}
        QAccessible.installFactory(self._interface_of)

    def _interface_of(self, _class_name: str, watched: QObject) -> QAccessibleInterface | None:
        role = watched.property(_ROLE)
        if role is None or not isinstance(watched, QWidget):
            return None
        made, key = QAccessibleWidget(watched, QAccessible.Role(role)), id(watched)
        self._made[key] = made
        watched.destroyed.connect(lambda: self._made.pop(key, None))
        return made
