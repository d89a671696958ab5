"""The tabs below the chart, which explain it."""

from __future__ import annotations

from memplan.language import tr
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QTabWidget, QVBoxLayout, QWidget

from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.form import describe

_LEAST_HEIGHT = 110


class LowerTabs(QFrame):
    """A card with tabs. Ctrl+1 … Ctrl+9 show a tab and move the focus into it.

    Attributes:
        tabs: the tab widget.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.tabs = QTabWidget()
        describe(self.tabs.tabBar(), tr("What explains the chart"), tr("Breakdown, file and more"))
        self.tabs.tabBar().setToolTip("")  # each tab has its own
        self.tabs.tabBar().setExpanding(False)
        self.setMinimumHeight(scaled(_LEAST_HEIGHT))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled_margins(12, 6, 12, 10))
        layout.addWidget(self.tabs)

    def add_tab(self, page: QWidget, title: str, help_text: str) -> None:
        """Add a tab. Its keys are in its tooltip; the letters are for the controls."""
        index = self.tabs.addTab(page, title)
        shortcut = QShortcut(QKeySequence(f"Ctrl+{index + 1}"), self)
        keys = shortcut.key().toString(QKeySequence.SequenceFormat.NativeText)
        tip = tr("{help} ({keys})").format(help=help_text, keys=keys)
        self.tabs.setTabToolTip(index, tip)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(page.setFocus)
        shortcut.activated.connect(_Show(self.tabs, page))

    def sizeHint(self) -> QSize:
        """Preferred size: the first tab's, so that the chart stands still when tabs change."""
        bar = self.tabs.tabBar().sizeHint().height()
        page = self.tabs.widget(0)
        height = page.sizeHint().height() if page is not None else 0
        return QSize(super().sizeHint().width(), bar + height + scaled(24))


class _Show:
    """Shows a page of a tab widget."""

    def __init__(self, tabs: QTabWidget, page: QWidget) -> None:
        self._tabs = tabs
        self._page = page

    def __call__(self) -> None:
        self._tabs.setCurrentWidget(self._page)
        self._page.setFocus()
