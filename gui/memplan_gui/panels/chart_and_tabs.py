"""The chart above the tabs that explain it, and which of them gives way."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter

from memplan_gui.panels.chart_card import ChartCard
from memplan_gui.panels.lower_tabs import LowerTabs
from memplan_gui.text_size import scaled, scaled_by_half

_GAP = 14
_CHART_COMFORT = 260
"""Below this height of the chart, the tabs give way."""

_TABS_SHARE = 0.38
"""In a tall window the tabs are given more than the first of them needs."""


class ChartAndTabs(QSplitter):
    """Shares its height until the user does.

    Attributes:
        moved: whether the user has moved the handle.
    """

    def __init__(self, chart: ChartCard, tabs: LowerTabs) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._tabs = tabs
        self.moved = False
        self.setHandleWidth(scaled(_GAP))
        self.setChildrenCollapsible(False)
        self.addWidget(chart)
        self.addWidget(tabs)
        self.splitterMoved.connect(self._note_move)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self.share_height()

    def share_height(self) -> None:
        """Give the tabs what they need, if the chart stays comfortable without."""
        if self.moved:
            return
        height = self.height() - self.handleWidth()
        wanted = max(self._tabs.sizeHint().height(), round(height * _TABS_SHARE))
        lower = max(
            min(wanted, height - scaled_by_half(_CHART_COMFORT)), self._tabs.minimumHeight()
        )
        self.setSizes([height - lower, lower])

    def share_as(self, heights: list[int]) -> None:
        """Share the height as the user did."""
        self.moved = True
        self.setSizes(heights)

    def _note_move(self) -> None:
        self.moved = True
