"""What in the window is about which topic of the help."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from memplan.wording.help.lookup import topic_named
from memplan.wording.help.topics import Topic
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QWidget

_PROPERTY = "topic"


@runtime_checkable
class ExplainsCells(Protocol):
    """A table of which each cell may be about another topic."""

    def cell_topic(self, row: int, column: int) -> Topic | None:
        """What a cell is about."""


@runtime_checkable
class ExplainsPlaces(Protocol):
    """A widget of which each place may be about another topic."""

    def place_topic(self, point: QPointF) -> Topic:
        """What is there."""


def explain(topic: Topic, *widgets: QWidget) -> None:
    """Say what widgets, and those inside them, are about."""
    for widget in widgets:
        if widget.property(_PROPERTY) == topic.value:
            continue
        widget.setProperty(_PROPERTY, topic.value)
        if isinstance(widget, QLabel):
            # A text that can be selected has a menu of its own; the window's offers more.
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)


def own_topic(widget: QWidget) -> Topic | None:
    """What a widget itself was said to be about, or the control whose caption it is."""
    named = widget.property(_PROPERTY)
    if named is not None:
        return topic_named(named)
    buddy = widget.buddy() if isinstance(widget, QLabel) else None
    return topic_of(buddy)


def topic_of(widget: QWidget | None) -> Topic | None:
    """What a widget, or the nearest around it, is about; ``None`` if nothing was said."""
    while widget is not None:
        topic = own_topic(widget)
        if topic is not None or widget.isWindow():
            return topic
        widget = widget.parentWidget()
    return None
