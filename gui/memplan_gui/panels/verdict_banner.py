"""The banner on top: whether the model fits, in two sentences and a sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.exhaustive import exhaustive
from memplan.language import tr
from memplan.planning.planner import Plan, Status
from memplan.theme import Theme
from memplan.units import ByteUnits
from memplan.wording.help.topics import HelpTopic
from memplan.wording.titles import engine_title
from memplan.wording.verdicts import explanation, headline, log_lines
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAccessible, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel

from memplan_gui.icons import icon_pixmap
from memplan_gui.presenter import STATUS_NAMES, verdict_summary
from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.labels import label
from memplan_gui.widgets.spoken import announce, set_spoken_role
from memplan_gui.widgets.topics import explain

_ICON_SIDE = 30
_ICON_GAP = 14
_LINE_GAP = 2
_REST_MILLISECONDS: Final = 400
"""A verdict that stands for so long is spoken."""

_MARGINS: Final = (16, 10, 16, 10)
_ICONS: Final[Mapping[Status, str]] = exhaustive(
    Status,
    {
        Status.OK: "ok",
        Status.TIGHT: "tight",
        Status.DOES_NOT_FIT: "error",
    },
)


class VerdictBanner(QFrame):
    """Shows a plan's verdict. Does not shrink while a budget is dragged, so the chart stands still.

    Its colour, its sign and its words all say the same.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("verdict")
        self._theme = theme
        self._units = ByteUnits.BINARY
        self._plan: Plan | None = None
        self._tallest = 0
        self._announced = ""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self._announce)
        set_spoken_role(self, QAccessible.Role.Grouping)
        self._icon = QLabel()
        self._icon.setFixedSize(scaled(_ICON_SIDE), scaled(_ICON_SIDE))
        self._icon.setParent(self)
        self._headline = label("headline", wrap=True)
        self._explanation = label("muted", wrap=True)
        explain(HelpTopic.VERDICT, self, self._headline, self._explanation)
        for text in (self._headline, self._explanation):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            text.setParent(self)

    def show_plan(self, plan: Plan) -> None:
        """Show the verdict of a plan."""
        self._plan = plan
        self._headline.setText(headline(plan, self._units))
        self._explanation.setText(explanation(plan, self._units))
        self.setAccessibleName(tr("Verdict"))
        self.setAccessibleDescription(verdict_summary(plan, self._units))
        self._rest.start()
        self._icon.setToolTip(tr(STATUS_NAMES[plan.verdict.status]))
        log = "\n".join(log_lines(plan))
        said = tr("The engine's log would say:")
        self.setToolTip(f"{said}\n{log}" if log else "")
        self._show_status(plan.verdict.status)
        self._arrange()

    def show_failure(self, engine: str, reason: str) -> None:
        """Say why there is no plan for this request, in the engine's words."""
        self._plan = None
        self._headline.setText(
            tr("{engine} refuses these options").format(engine=engine_title(engine))
        )
        self._explanation.setText(
            tr("{reason}. The last plan that it takes stays below.").format(
                reason=reason.rstrip(".")
            )
        )
        self.setAccessibleName(tr("Verdict"))
        self.setAccessibleDescription(f"{self._headline.text()}: {reason}")
        self._rest.start()
        self._show_status(Status.DOES_NOT_FIT)
        self._arrange()

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        if self._plan is not None:
            self.show_plan(self._plan)

    def set_theme(self, theme: Theme) -> None:
        """Draw the sign in other colours."""
        self._theme = theme
        if self.property("status"):
            self._draw_icon(Status(self.property("status")))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._tallest = 0
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Share the height anew when a text, or its font, has changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _announce(self) -> None:
        """Have the verdict spoken if it is another one. While a budget is dragged, many are."""
        said = self._headline.text()
        if said != self._announced:
            self._announced = said
            announce(self, said)

    def _arrange(self) -> None:
        """Place the sign and the words, in the middle of what the tallest verdict needs.

        Not by layouts: nested ones give wrapped labels a new height only in a later turn.
        """
        margins, side, gap = scaled_margins(*_MARGINS), scaled(_ICON_SIDE), scaled(_LINE_GAP)
        left = margins.left() + side + scaled(_ICON_GAP)
        width = max(self.width() - left - margins.right(), 1)
        heights = [text.heightForWidth(width) for text in (self._headline, self._explanation)]
        words = sum(heights) + gap
        needed = max(words, side) + margins.top() + margins.bottom()
        self._tallest = max(self._tallest, needed)
        if self.minimumHeight() != self._tallest:
            self.setFixedHeight(self._tallest)
        top = (self._tallest - words) // 2
        self._icon.move(margins.left(), (self._tallest - side) // 2)
        self._headline.setGeometry(left, top, width, heights[0])
        self._explanation.setGeometry(left, top + heights[0] + gap, width, heights[1])

    def _show_status(self, status: Status) -> None:
        if self.property("status") == status.value:
            return
        self.setProperty("status", status.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._draw_icon(status)

    def _draw_icon(self, status: Status) -> None:
        theme = self._theme
        colours = exhaustive(
            Status,
            {
                Status.OK: (theme.ok, theme.ok_surface),
                Status.TIGHT: (theme.warning, theme.warning_surface),
                Status.DOES_NOT_FIT: (theme.error, theme.error_surface),
            },
        )
        colour, surface = colours[status]
        ratio = self.devicePixelRatioF()
        side = scaled(_ICON_SIDE)
        self._icon.setPixmap(icon_pixmap(_ICONS[status], side, ratio, colour, surface))
