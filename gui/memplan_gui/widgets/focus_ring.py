"""An outline around what scrolls while the keyboard acts on it, without taking room from it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame


class FocusRing(QFrame):
    """Is seen while its area has the focus, unless the mouse brought it there."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self.setProperty("role", "focus_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        area.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the area's focus and size."""
        area = self.parentWidget()
        if isinstance(event, QFocusEvent) and watched is area:
            mouse = event.reason() is Qt.FocusReason.MouseFocusReason
            self.setGeometry(area.rect())
            self.setVisible(event.gotFocus() and not mouse)
            self.raise_()
        elif event.type() is QEvent.Type.Resize and watched is area:
            self.setGeometry(area.rect())
        return super().eventFilter(watched, event)
