"""A chart that is closed, or shows other plans, beside one that is made for them."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from chart_plans import GIB, real_plan
from memplan import EngineName, Request
from memplan_gui.plot.chart import Chart
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot


def test_that_a_closed_chart_is_let_go(qtbot: QtBot) -> None:
    closed = Chart()
    closed.set_plan(real_plan())
    closed.grab()
    gone = weakref.ref(closed)
    closed.deleteLater()
    del closed
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("model", ["qwen3-8b.Q4_K_M", "gpt-oss-20b.MXFP4_MOE"])
def test_that_a_chart_after_a_change_looks_as_one_made_for_it(qtbot: QtBot, model: str) -> None:
    """While only the budget changes, the curves' picture is kept: it must be the right one."""
    requests = [
        Request(EngineName.LLAMA_CPP, budget_bytes=9 * GIB),
        Request(EngineName.LLAMA_CPP, budget_bytes=12 * GIB),
        Request(EngineName.LLAMA_CPP, budget_bytes=30 * GIB),
        Request(EngineName.ZINC, budget_bytes=30 * GIB),
    ]
    chart = Chart()
    qtbot.addWidget(chart)
    chart.resize(1000, 560)
    for request in requests:
        chart.set_plan(real_plan(model, request))
        fresh = Chart()
        qtbot.addWidget(fresh)
        fresh.resize(1000, 560)
        fresh.set_plan(real_plan(model, request))
        assert _differing_pixels(chart.grab().toImage(), fresh.grab().toImage()) < 200


def _differing_pixels(one: QImage, other: QImage) -> int:
    """Pixels whose colours are clearly others, out of half a million."""
    arrays = [
        np.asarray(image.convertToFormat(QImage.Format.Format_RGB32).constBits()).astype(np.int16)
        for image in (one, other)
    ]
    return int((np.abs(arrays[0] - arrays[1]).reshape(-1, 4).max(axis=1) > 60).sum())
