"""Every text that a window shows, says or has a screen reader say, and where."""

from __future__ import annotations

from collections.abc import Iterator

from memplan_gui.plot.chart import Chart
from memplan_gui.plot.read_out import ReadOutCard
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

_CELL_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)

Seen = tuple[str, str]
"""Where a text is, for whoever looks for it, and the text."""


def texts_of(window: QWidget) -> Iterator[Seen]:
    """All texts of a window and of everything in it, whether in sight or not."""
    for widget in (window, *window.findChildren(QWidget)):
        if isinstance(widget.parent(), QTabBar):
            continue  # the arrows beside the tabs, which Qt names
        if widget.window() is window or isinstance(widget, QMenu):
            for what, text in (*_common(widget), *_own(widget)):
                if text:
                    yield f"{_name(widget)}, {what}", text
            for action in widget.actions():
                for what, text in _of_action(action):
                    yield f"action {action.text()!r}, {what}", text


def _name(widget: QWidget) -> str:
    parents = []
    at: QWidget | None = widget
    while at is not None:
        parents.append(at.objectName() or type(at).__name__)
        at = at.parentWidget()
    return "/".join(reversed(parents[:4]))


def _common(widget: QWidget) -> Iterator[Seen]:
    yield "tooltip", widget.toolTip()
    yield "status tip", widget.statusTip()
    yield "what's this", widget.whatsThis()
    yield "accessible name", widget.accessibleName()
    yield "accessible description", widget.accessibleDescription()
    yield "window title", widget.windowTitle()


def _own(widget: QWidget) -> Iterator[Seen]:
    if isinstance(widget, QLabel | QAbstractButton | ReadOutCard):
        yield "text", widget.text()
    elif isinstance(widget, QGroupBox | QMenu):
        yield "title", widget.title()
    elif isinstance(widget, QAbstractSpinBox):
        yield "text", widget.text()
        yield "special value", widget.specialValueText()
    elif isinstance(widget, QLineEdit | QPlainTextEdit):
        yield "placeholder", widget.placeholderText()
        yield "text", _written_in(widget)
    elif isinstance(widget, QTextEdit):
        yield "text", widget.toPlainText()
    elif isinstance(widget, QComboBox | QAbstractItemView):
        yield from _of_model(widget.model())
    elif isinstance(widget, QTabWidget):
        for index in range(widget.count()):
            yield f"tab {index}", widget.tabText(index)
            yield f"tooltip of tab {index}", widget.tabToolTip(index)
    elif isinstance(widget, Chart):
        layout = widget.layout_shown()
        for text in () if layout is None else layout.texts:
            yield f"text {text.role.name}", text.text


def _written_in(field: QLineEdit | QPlainTextEdit) -> str:
    """What a field says, unless the user writes it."""
    if not field.isReadOnly():
        return ""
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


def _of_model(model: QAbstractItemModel | None) -> Iterator[Seen]:
    if model is None:
        return
    is_list = isinstance(model, QAbstractListModel)  # whose number of columns is private
    for column in range(1 if is_list else model.columnCount(QModelIndex())):
        header = model.headerData(column, Qt.Orientation.Horizontal)
        if isinstance(header, str):
            yield f"heading of column {column}", header
        for row in range(model.rowCount(QModelIndex())):
            index = model.index(row, column, QModelIndex())
            for role in _CELL_ROLES:
                text = model.data(index, role)
                if isinstance(text, str):
                    yield f"row {row}, column {column}, {role.name}", text


def _of_action(action: QAction) -> Iterator[Seen]:
    texts = (("text", action.text()), ("tooltip", action.toolTip()))
    yield from (seen for seen in (*texts, ("status tip", action.statusTip())) if seen[1])
