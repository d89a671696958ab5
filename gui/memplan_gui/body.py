"""The window's body: controls beside what they change, or above it where texts need the width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from memplan_gui.text_size import scaled, scaled_margins

_GAP = 14
_CONTROLS_WIDTH = 332
_SCROLL_BAR_WIDTH = 10
_PANEL_GAP = 12
_TWO_COLUMNS_FROM = 820
_STACKED_PAGE_HEIGHT = 600
"""In one column, chart and tabs are as high as they are used to, and the column scrolls."""

_LAID_OUT_AFTER_MILLISECONDS = 400
"""What a new plan changes in the panels has its place by then."""

_FREE_WIDTH: Final = 16_777_215
"""Qt's own ``QWIDGETSIZE_MAX``, which PySide6 does not name."""


class Body(QScrollArea):
    """Two columns in a window that is wide enough for its texts, else one column that scrolls.

    Attributes:
        controls: the column of panels, at the left or on top.
        pages: what is seen beside them or below.
    """

    def __init__(self, panels: Sequence[QWidget], pages: QStackedWidget) -> None:
        super().__init__()
        self.pages = pages
        self.controls = _Controls(panels)
        self._stacked: bool | None = None
        self._following = QTimer(self)
        self._following.setSingleShot(True)
        self._following.setInterval(_LAID_OUT_AFTER_MILLISECONDS)
        pages.installEventFilter(self)
        self.verticalScrollBar().rangeChanged.connect(self._follow_pages)
        inner = QWidget()
        inner.setObjectName("body")
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._columns.setContentsMargins(scaled_margins(_GAP, _GAP, _GAP, _GAP))
        self._columns.addWidget(self.controls)
        self._columns.addWidget(pages, 1)
        _prepare(self)
        self.setWidget(inner)
        pages.currentChanged.connect(self._fit_pages)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._reveal)

    def show_top(self) -> None:
        """Scroll to the first panel."""
        for area in (self, self.controls):
            area.verticalScrollBar().setValue(0)

    def show_pages(self) -> None:
        """Scroll to the verdict where it is below the panels, and stay there while they grow."""
        self._following.start()
        self._follow_pages()

    def _follow_pages(self) -> None:
        if self._stacked and self._following.isActive():
            self.verticalScrollBar().setValue(self.pages.y() - scaled(_GAP))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pages to where the layout moves them."""
        if watched is self.pages and event.type() is QEvent.Type.Move:
            self._follow_pages()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose between one column and two."""
        super().resizeEvent(event)
        self._stack(event.size().width() < scaled(_TWO_COLUMNS_FROM))

    def _stack(self, stacked: bool) -> None:
        if stacked is self._stacked:
            return
        self._stacked = stacked
        self.controls.stack(stacked)
        gap = _PANEL_GAP if stacked else _GAP - _SCROLL_BAR_WIDTH
        self._columns.setSpacing(scaled(gap))
        self._fit_pages()

    def _fit_pages(self) -> None:
        """Give the page in sight its room, and what invites to open a model the first place."""
        shown = self.pages.currentIndex()
        for index in range(self.pages.count()):
            policy = QSizePolicy.Policy.Preferred if index == shown else QSizePolicy.Policy.Ignored
            page = self.pages.widget(index)
            if page is not None:
                page.setSizePolicy(policy, policy)
        has_plan = shown > 0
        self.pages.setMinimumHeight(
            scaled(_STACKED_PAGE_HEIGHT) if self._stacked and has_plan else 0
        )
        direction = QBoxLayout.Direction
        below = direction.TopToBottom if has_plan else direction.BottomToTop
        self._columns.setDirection(below if self._stacked else direction.LeftToRight)

    def _reveal(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Scroll to what the keyboard has moved the focus to; what is clicked is in sight."""
        if now is None or QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        for area in (self.controls, self):
            inside = area.widget()
            if inside is not None and inside.isAncestorOf(now):
                area.ensureWidgetVisible(now)


class _Controls(QScrollArea):
    """The panels: a column of its own that scrolls, or as high as they are."""

    def __init__(self, panels: Sequence[QWidget]) -> None:
        super().__init__()
        self._panels = panels
        self._stacked = False
        self._inner = inner = QWidget()
        inner.setObjectName("left_column")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(scaled(_PANEL_GAP))
        for panel in panels:
            self._column.addWidget(panel)
        self._column.addStretch(1)
        _prepare(self)
        self.setWidget(inner)
        inner.installEventFilter(self)

    def stack(self, stacked: bool) -> None:
        """Take the whole width, or that of a column."""
        self._stacked = stacked
        width = scaled(_CONTROLS_WIDTH)
        for panel in self._panels:
            panel.setMinimumWidth(0 if stacked else width)
            panel.setMaximumWidth(_FREE_WIDTH if stacked else width)
        area_width = scaled(_CONTROLS_WIDTH + _SCROLL_BAR_WIDTH)
        self.setMinimumWidth(0 if stacked else area_width)
        self.setMaximumWidth(_FREE_WIDTH if stacked else area_width)
        bars, policy = Qt.ScrollBarPolicy, QSizePolicy.Policy
        self.setVerticalScrollBarPolicy(
            bars.ScrollBarAlwaysOff if stacked else bars.ScrollBarAsNeeded
        )
        self.setSizePolicy(policy.Expanding, policy.Fixed if stacked else policy.Expanding)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Preferred size: in one column that of the panels at the present width."""
        hint = super().sizeHint()
        return QSize(hint.width(), self._height()) if self._stacked else hint

    def minimumSizeHint(self) -> QSize:
        """Least size."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), self._height()) if self._stacked else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another height."""
        super().resizeEvent(event)
        if self._stacked and event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow and shrink with the panels."""
        if event.type() is QEvent.Type.LayoutRequest and self._stacked:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _height(self) -> int:
        layout = self._column
        if layout.hasHeightForWidth():
            return layout.totalHeightForWidth(max(self.width(), 1))
        return layout.totalSizeHint().height()


def _prepare(area: QScrollArea) -> None:
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
