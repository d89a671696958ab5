"""Answers “What is this?” for whatever is in the window, and opens the help at its topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from memplan.language import tr
from memplan.wording.help.topics import Topic
from PySide6.QtCore import QObject, QPoint, QPointF, QSignalBlocker, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QMainWindow,
    QMenu,
    QTableView,
    QTabWidget,
    QWhatsThis,
    QWidget,
)

from memplan_gui.help_pages import Page, whats_this_html
from memplan_gui.help_window import HelpWindow, Subject
from memplan_gui.keys import KeyGroup, key_groups
from memplan_gui.session import Session
from memplan_gui.widgets.topics import ExplainsCells, ExplainsPlaces, own_topic, topic_of


class HelpDesk(QObject):
    """Knows the window's topics, and has the one help window.

    Attributes:
        help_window: the help window; ``None`` until it is asked for.
    """

    def __init__(
        self, window: QMainWindow, session: Session, tabs: Callable[[], QTabWidget]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._tabs = tabs
        self.help_window: HelpWindow | None = None

    def show_help(self) -> None:
        """Open the help at the topic of what has the focus; where that has none, as it was."""
        topic = focused_topic(self._window.focusWidget())
        self.show_subject(topic)

    def show_subject(self, subject: Subject | None) -> None:
        """Open the help at a topic or page; ``None``: at the one that it showed."""
        shown = self.help_window or self._make_window()
        if subject is not None:
            shown.show_subject(subject)
        shown.show()
        shown.activateWindow()
        shown.contents.setFocus()

    def show_page(self, name: str) -> None:
        """Open the help at a page."""
        self.show_subject(Page(name))

    def close(self) -> None:
        """Close the help window."""
        if self.help_window is not None:
            self.help_window.close()

    def rebuild(self) -> None:
        """Make the help window anew: in another language each text is another."""
        old, self.help_window = self.help_window, None
        if old is None:
            return
        if old.isVisible():
            made = self._make_window()
            made.take_over(old)
            made.show()
        old.close()
        old.deleteLater()

    def enter_whats_this(self) -> None:
        """Let the user click at what is to be explained."""
        for widget in self._window.findChildren(QWidget):
            if widget.window() is not self._window:
                continue
            topic = own_topic(widget)
            if topic is not None:
                widget.setWhatsThis(self._html(topic))
            if isinstance(widget, QTableView) and isinstance(widget, ExplainsCells):
                self._explain_cells(widget, widget)
        QWhatsThis.enterWhatsThisMode()

    def menu_for(self, widget: QWidget | None, global_position: QPoint) -> QMenu | None:
        """The menu of a place: what can be copied there, and “What is this?”."""
        topic = topic_at(widget, global_position)
        if topic is None:
            return None
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if isinstance(widget, QLabel) and widget.selectedText():
            selected = widget.selectedText()
            menu.addAction(tr("&Copy")).triggered.connect(
                lambda: QGuiApplication.clipboard().setText(selected)
            )
        menu.addAction(tr("&What is this?")).triggered.connect(
            lambda: self.show_text(topic, global_position)
        )
        menu.addAction(tr("Open the &help on it")).triggered.connect(
            lambda: self.show_subject(topic)
        )
        return menu

    def show_text(self, topic: Topic, global_position: QPoint) -> None:
        """Explain a topic in a box beside a place."""
        QWhatsThis.showText(global_position, self._html(topic), self._window)

    def _html(self, topic: Topic) -> str:
        return whats_this_html(topic, self._session.plan)

    def _explain_cells(self, view: QTableView, cells: ExplainsCells) -> None:
        model = view.model()
        texts: dict[Topic, str] = {}
        with QSignalBlocker(model):
            for row in range(model.rowCount()):
                for column in range(model.columnCount()):
                    topic = cells.cell_topic(row, column)
                    if topic is not None:
                        if topic not in texts:
                            texts[topic] = self._html(topic)
                        index = model.index(row, column)
                        model.setData(index, texts[topic], Qt.ItemDataRole.WhatsThisRole)

    def _make_window(self) -> HelpWindow:
        self.help_window = HelpWindow(self._session, self._key_groups, self._window)
        return self.help_window

    def _key_groups(self) -> Iterator[KeyGroup]:
        return key_groups(self._window, self._tabs())


def focused_topic(widget: QWidget | None) -> Topic | None:
    """What a widget is about on which the keyboard acts: of a table its current cell."""
    if isinstance(widget, QAbstractItemView) and isinstance(widget, ExplainsCells):
        current = widget.currentIndex()
        topic = widget.cell_topic(max(current.row(), 0), max(current.column(), 0))
        if topic is not None:
            return topic
    return topic_of(widget)


def topic_at(widget: QWidget | None, global_position: QPoint) -> Topic | None:
    """What a place in a widget is about."""
    inside = widget
    while inside is not None and not inside.isWindow():
        if isinstance(inside, ExplainsPlaces):
            return inside.place_topic(QPointF(inside.mapFromGlobal(global_position)))
        if isinstance(inside, QTableView) and isinstance(inside, ExplainsCells):
            topic = _topic_of_cell(inside, inside, widget, global_position)
            if topic is not None:
                return topic
        topic = own_topic(inside)
        if topic is not None:
            return topic
        inside = inside.parentWidget()
    return None


def _topic_of_cell(
    view: QTableView, cells: ExplainsCells, widget: QWidget | None, global_position: QPoint
) -> Topic | None:
    """What the cell at a place is about; of a header what its column is about."""
    point = view.viewport().mapFromGlobal(global_position)
    header = widget.parentWidget() if widget is not None else None
    if isinstance(header, QHeaderView):
        return cells.cell_topic(0, view.columnAt(point.x()))
    index = view.indexAt(point)
    return cells.cell_topic(index.row(), index.column()) if index.isValid() else None
