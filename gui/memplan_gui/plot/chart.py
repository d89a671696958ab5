"""The chart: a widget that shows a plan, and asks for another budget or context when dragged."""

from __future__ import annotations

from typing import Final

from memplan.exhaustive import exhaustive
from memplan.planning.planner import Usage
from memplan.unsigned import U64_MAX
from memplan.wording.help.topics import HelpTopic, Topic
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)

from memplan_gui.plot.chart_scene import ChartScene, Drag
from memplan_gui.plot.places import place_topic
from memplan_gui.plot.scale import rounded_to_pixel
from memplan_gui.plot.series import shown_bytes
from memplan_gui.plot.shown import Grab, Shown
from memplan_gui.plot.stops import next_stop, round_contexts

_CLICK_PIXELS = 3.0
_LEAST_RANGE_PIXELS = 12.0
_WHEEL_STEP = 120
_PAN_SHARE = 0.25


class Chart(ChartScene):
    """Memory over context length, with mouse and keys.

    Keys: Left and Right, Home and End, Page Up and Page Down move the read-out, Space pins it,
    Enter chooses its context, Escape hides it. Plus, minus and 0 zoom in, out and fit; Ctrl with
    Left and Right moves what is in sight. Ctrl with the wheel zooms too, and so does dragging
    over the plot beside its lines.
    """

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab what lies under the mouse."""
        if event.button() is not Qt.MouseButton.LeftButton or self._shown is None:
            super().mousePressEvent(event)
            return
        point = event.position()
        grab, offset = self._shown.grabbed(point)
        self._drag = Drag(grab, point, offset)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is grabbed, else read out."""
        point, drag = event.position(), self._drag
        if self._shown is None:
            return
        if drag is not None and drag.grab is not Grab.NOTHING:
            slack = _LEAST_RANGE_PIXELS if drag.grab is Grab.RANGE else _CLICK_PIXELS
            if drag.moving or (point - drag.pressed_at).manhattanLength() >= slack:
                self._drag_to(self._shown, drag, point)
            return
        self._show_cursor(self._shown.grabbed(point)[0])
        if not self._pinned:
            if self._shown.frame.rect.adjusted(-4, -4, 4, 4).contains(point):
                self._show_read_out(self._shown.context_near(point.x()))
            else:
                self.hide_read_out()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag; a click pins the read-out."""
        if event.button() is not Qt.MouseButton.LeftButton or self._drag is None:
            super().mouseReleaseEvent(event)
            return
        drag, self._drag = self._drag, None
        if drag.moving:
            self._end_drag(drag, event.position())
        elif self._shown is not None and self._shown.frame.rect.contains(event.position()):
            self._toggle_pin(self._shown.context_near(event.position().x()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose the context."""
        if self._shown is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mouseDoubleClickEvent(event)
        elif self._shown.frame.rect.contains(event.position()):
            self.context_chosen.emit(self._shown.context_near(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the mouse while Ctrl is held."""
        if self._shown is None or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        around_tokens = self._shown.frame.tokens_at(event.position().x())
        self.zoom_by_steps(event.angleDelta().y() / _WHEEL_STEP, around_tokens)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keep the tooltip off the read-out, and explain places."""
        if event.type() is QEvent.Type.ToolTip and self._read_out is not None:
            return True
        if event.type() is QEvent.Type.QueryWhatsThis:
            return True
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.WhatsThis:
            self.place_asked.emit(self.place_topic(QPointF(event.pos())), event.globalPos())
            return True
        return super().event(event)

    def place_topic(self, point: QPointF) -> Topic:
        """What a place is about."""
        if self._shown is None:
            return HelpTopic.CHART
        return place_topic(self._shown, self._overlays, point)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the read-out unless it is pinned."""
        if not self._pinned and self._drag is None:
            self.hide_read_out()
        super().leaveEvent(event)

    def _drag_to(self, shown: Shown, drag: Drag, point: QPointF) -> None:
        if not drag.moving:
            drag.moving = True
            # The axis stands still while something is dragged along it.
            others = tuple(series for _, series in self._overlays)
            last_tokens = shown.frame.last_tokens
            self._frozen_bytes = shown_bytes(shown.series, shown.plan, others, last_tokens)
            self.hide_read_out()
        frame = shown.frame
        if drag.grab is Grab.RANGE:
            ends = sorted((drag.pressed_at.x(), point.x()))
            self._selection.show_between(frame.rect, ends[0], ends[1], self._theme)
        elif drag.grab is Grab.BUDGET:
            count = frame.bytes_at(point.y() + drag.offset)
            self.budget_dragged.emit(min(rounded_to_pixel(count, frame.bytes_per_pixel()), U64_MAX))
        else:
            self.context_dragged.emit(shown.context_at(point.x() + drag.offset))

    def _end_drag(self, drag: Drag, point: QPointF) -> None:
        self._frozen_bytes = None
        self._selection.setVisible(False)
        if drag.grab is Grab.RANGE and self._shown is not None:
            frame = self._shown.frame
            self.zoom_to(
                *sorted((frame.tokens_at(drag.pressed_at.x()), frame.tokens_at(point.x())))
            )
            return
        self._refresh()
        if self._shown is not None:
            self._describe(self._shown.plan)
        if drag.grab is Grab.BUDGET:
            self.budget_drag_finished.emit()
        else:
            self.context_drag_finished.emit()

    def _show_cursor(self, grab: Grab) -> None:
        if self.cursor().shape() != _CURSORS[grab]:
            self.setCursor(_CURSORS[grab])

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read out, pin, choose or hide."""
        shown = self._shown
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if shown is None or not (
            self._zoom_by_key(event.key(), control, shown)
            or (not control and self._act_on(event.key(), shown))
        ):
            super().keyPressEvent(event)

    def _zoom_by_key(self, key: int, control: bool, shown: Shown) -> bool:
        """Whether the key changes what is in sight; if so, it is done."""
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by_steps(1)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by_steps(-1)
        elif key == Qt.Key.Key_0:
            self.zoom_to_fit()
        elif control and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._move_zoom(shown, _PAN_SHARE if key == Qt.Key.Key_Right else -_PAN_SHARE)
        else:
            return False
        return True

    def _act_on(self, key: int, shown: Shown) -> bool:
        """Whether the key means something here; if so, it is done."""
        target = _context_by_key(key, shown, self._read_out)
        if target is not None:
            self._show_read_out(target)
            self._announce(self._card.text())
        elif self._read_out is None:
            return False
        elif key == Qt.Key.Key_Escape:
            self.hide_read_out()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.context_chosen.emit(self._read_out.context_tokens)
        elif key == Qt.Key.Key_Space:
            self._toggle_pin(self._read_out.context_tokens)
        else:
            return False
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring, unless the mouse brought the focus."""
        super().focusInEvent(event)
        self._focus_ring.setVisible(event.reason() is not Qt.FocusReason.MouseFocusReason)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus ring."""
        super().focusOutEvent(event)
        self._focus_ring.setVisible(False)


def _context_by_key(key: int, shown: Shown, read_out: Usage | None) -> int | None:
    """The context to which a key moves the read-out; ``None`` if it moves nothing."""
    if key == Qt.Key.Key_Home:
        return shown.first_tokens
    if key == Qt.Key.Key_End:
        return shown.last_tokens
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        stops = round_contexts(shown.first_tokens, shown.last_tokens)
    elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        stops = shown.stops()
    else:
        return None
    if read_out is None:
        return shown.within_axis(shown.plan.at.context_tokens)
    forward = key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown)
    return next_stop(stops, read_out.context_tokens, forward=forward)


_CURSORS: Final = exhaustive(
    Grab,
    {
        Grab.BUDGET: Qt.CursorShape.SizeVerCursor,
        Grab.CONTEXT: Qt.CursorShape.SizeHorCursor,
        Grab.RANGE: Qt.CursorShape.ArrowCursor,
        Grab.NOTHING: Qt.CursorShape.ArrowCursor,
    },
)
