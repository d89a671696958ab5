"""What each place of the chart is about, for the help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from memplan.exhaustive import exhaustive
from memplan.planning.planner import Plan
from memplan.wording.help.lookup import (
    automatic_topic,
    budget_topic,
    component_topic,
    growth_topic,
    largest_topic,
    share_topic,
)
from memplan.wording.help.topics import HelpTopic, Topic
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from memplan_gui.plot.marks import Mark
from memplan_gui.plot.overlay import Overlay
from memplan_gui.plot.picture import TextRole
from memplan_gui.plot.series import Series
from memplan_gui.plot.shown import Shown

_NEAR = 5.0
_TEXTS: Final[Mapping[TextRole, Topic]] = {
    TextRole.OVERLAY: HelpTopic.OTHER_PLANS,
    TextRole.MEETING: HelpTopic.CROSSINGS,
    TextRole.EXIT: HelpTopic.COUNTS,
    TextRole.BUFFER: HelpTopic.LARGEST_BUFFER,
}


def place_topic(
    shown: Shown, overlays: tuple[tuple[Overlay, Series], ...], point: QPointF
) -> Topic:
    """What is at a pixel: a line before a text, a text before an area, the axes around them."""
    for found in (_line(shown, point), _text(shown, point), _other(shown, overlays, point)):
        if found is not None:
            return found
    rect = shown.frame.rect
    if rect.contains(point):
        return _area(shown, point)
    if point.y() > rect.bottom():
        return HelpTopic.CONTEXT_AXIS
    return HelpTopic.BYTES_AXIS if point.x() < rect.left() else HelpTopic.CHART


def mark_topic(mark: Mark, plan: Plan) -> Topic:
    """What a marker is about."""
    engine = plan.request.engine
    return exhaustive(
        Mark,
        {
            Mark.REQUESTED: HelpTopic.REQUESTED,
            Mark.AUTOMATIC: automatic_topic(engine),
            Mark.LARGEST: largest_topic(engine),
            Mark.CEILING: HelpTopic.CEILING,
            Mark.FLOOR: HelpTopic.FLOOR,
        },
    )[mark]


def _line(shown: Shown, point: QPointF) -> Topic | None:
    """The crossing, marker or limit at a pixel."""
    layout, request = shown.layout, shown.plan.request
    if layout.budget_pill.contains(point):
        return budget_topic(request.backend)
    for meeting in layout.meetings:
        if (meeting - point).manhattanLength() <= 2 * _NEAR:
            return HelpTopic.CROSSINGS
    for line in layout.markers:
        on_label = line.label is not None and line.label.contains(point)
        beside = abs(line.x - point.x()) <= _NEAR and line.top <= point.y()
        if on_label or (beside and point.y() <= shown.frame.rect.bottom() + _NEAR):
            return mark_topic(line.marker.marks[0], shown.plan)
    if not _across(shown.frame.rect).contains(point):
        return None
    limits = (
        (layout.budget_y, budget_topic(request.backend)),
        (layout.share_y, share_topic(request.engine)),
        (layout.buffer_limit_y, HelpTopic.LARGEST_BUFFER),
    )
    near = [(abs(y - point.y()), topic) for y, topic in limits if y is not None]
    distance, topic = min(near, default=(_NEAR + 1, HelpTopic.CHART))
    return topic if distance <= _NEAR else None


def _text(shown: Shown, point: QPointF) -> Topic | None:
    """What a text at a pixel is about."""
    for text in shown.layout.texts:
        if text.rect.contains(point):
            if text.role is TextRole.SHARE:
                return share_topic(shown.plan.request.engine)
            if text.role is TextRole.SERVING:
                return _serving_topic(shown.plan, shown.series.pool)
            if text.role in _TEXTS:
                return _TEXTS[text.role]
    return None


def _other(
    shown: Shown, overlays: tuple[tuple[Overlay, Series], ...], point: QPointF
) -> Topic | None:
    """Another line at a pixel: of another plan, of the largest buffer, of what comes later."""
    frame = shown.frame
    if not frame.rect.contains(point):
        return None
    tokens = frame.tokens_at(point.x())
    for _, series in overlays:
        if abs(frame.y_of(series.total_at(tokens)) - point.y()) <= _NEAR:
            return HelpTopic.OTHER_PLANS
    own = shown.series
    lines: list[tuple[NDArray[np.float64], Topic]] = []
    if own.largest_buffer is not None:
        lines.append((own.largest_buffer, HelpTopic.LARGEST_BUFFER))
    if own.serving is not None:
        lines.append((own.serving, _serving_topic(shown.plan, own.pool)))
    for line, topic in lines:
        count = float(np.interp(tokens, own.contexts, line))
        if abs(frame.y_of(count) - point.y()) <= _NEAR:
            return topic
    return None


def _serving_topic(plan: Plan, pool: str) -> Topic:
    """What takes most of what comes in a memory while the engine serves."""
    at = plan.at.context_tokens
    here = (growth for growth in plan.growth if growth.pool == pool)
    return growth_topic(max(here, key=lambda growth: growth.most(at)).kind)


def _area(shown: Shown, point: QPointF) -> Topic:
    """The component whose area is at a pixel of the plot, or what is above all of them."""
    tokens, count = shown.frame.tokens_at(point.x()), shown.frame.bytes_at(point.y())
    series = shown.series
    for component, upper in zip(series.components, series.stack, strict=True):
        if count <= float(np.interp(tokens, series.contexts, upper)):
            engine = shown.plan.request.engine
            return component_topic(engine, component.kind, component.where, component.part)
    band = float(np.interp(tokens, series.contexts, series.band))
    if count <= series.total_at(tokens) + band:
        return HelpTopic.BAND
    return HelpTopic.CHART


def _across(rect: QRectF) -> QRectF:
    return rect.adjusted(-_NEAR, -_NEAR, _NEAR, _NEAR)
