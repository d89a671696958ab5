"""The chart as files, each opened again."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from chart_plans import made_plan, real_plan
from memplan import Backend, Request
from memplan.memory.component import ComponentKind
from memplan.theme import DARK, HIGH_CONTRAST, Theme
from memplan_gui.plot.chart import Chart
from memplan_gui.plot.export import csv_text
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot


@pytest.fixture(params=[DARK, HIGH_CONTRAST], ids=lambda theme: theme.name)
def theme(request: pytest.FixtureRequest) -> Theme:
    return request.param


@pytest.fixture
def chart(qtbot: QtBot, theme: Theme) -> Chart:
    chart = Chart(theme=theme)
    qtbot.addWidget(chart)
    chart.resize(800, 450)
    chart.set_plan(real_plan())
    return chart


def test_that_an_image_is_twice_as_large_and_shows_what_the_screen_shows(chart: Chart) -> None:
    image = chart.render_image(2)
    assert (image.width(), image.height()) == (1600, 900)
    screen = chart.grab().toImage()
    for x, y in ((400, 350), (700, 300), (5, 5), (120, 100)):
        assert image.pixelColor(2 * x, 2 * y) == screen.pixelColor(x, y)


def test_that_a_png_file_holds_the_image(chart: Chart, tmp_path: Path) -> None:
    path = tmp_path / "chart.png"
    chart.write_png(path)
    written = QImage(str(path))
    assert written.convertToFormat(QImage.Format.Format_RGB32) == chart.render_image(
        2
    ).convertToFormat(QImage.Format.Format_RGB32)


def test_that_an_svg_file_has_the_texts_as_texts_and_the_size_of_the_chart(
    chart: Chart, tmp_path: Path
) -> None:
    path = tmp_path / "chart.svg"
    chart.write_svg(path)
    root = ElementTree.fromstring(path.read_bytes())
    assert root.get("viewBox") == "0 0 800 450"
    # At 96 dots an inch, as on the screen: else texts and lines would not agree.
    assert root.get("width") == f"{800 * 25.4 / 96:.3f}mm"
    texts = {"".join(element.itertext()).strip() for element in root.iter() if _is_text(element)}
    layout = chart.layout_shown()
    assert layout is not None
    assert {text.text for text in layout.texts} <= texts


def test_that_curves_are_lines_in_an_svg_file(chart: Chart, tmp_path: Path) -> None:
    chart.grab()  # from now on the screen has a picture of them
    path = tmp_path / "chart.svg"
    chart.write_svg(path)
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()}
    assert "polyline" in tags
    assert "image" not in tags


def _is_text(element: ElementTree.Element) -> bool:
    return element.tag.endswith("}text")


def test_that_a_pdf_file_has_one_page_of_the_size_of_the_chart(
    chart: Chart, tmp_path: Path
) -> None:
    path = tmp_path / "chart.pdf"
    chart.write_pdf(path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", content)
    assert box is not None
    assert (float(box[1]), float(box[2])) == pytest.approx((600, 337.5), abs=1)
    assert content.count(b"/Type /Page\n") == 1


def test_that_exports_leave_out_the_cursor_and_keep_it_on_the_screen(
    chart: Chart, qtbot: QtBot
) -> None:
    before = chart.render_image()
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.render_image() == before
    assert chart.read_out() is not None


@pytest.mark.parametrize("backend", [Backend.VULKAN, Backend.METAL])
def test_that_the_csv_has_every_component_to_the_byte(
    chart: Chart, tmp_path: Path, backend: Backend
) -> None:
    plan = real_plan(request=Request(backend=backend))
    chart.set_plan(plan)
    path = tmp_path / "chart.csv"
    chart.write_csv(path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    contexts = [int(row["context_tokens"]) for row in rows]
    assert contexts == plan.curve().contexts.tolist()
    for row in (rows[0], rows[100], rows[-1]):
        usage = plan.usage_at(int(row["context_tokens"]))
        assert int(row["budgeted_bytes"]) == usage.budgeted_bytes
        assert int(row["kv_cache_device_bytes"]) == usage.shares[1].bytes


def test_that_bytes_beyond_a_float_s_integers_are_whole_in_the_csv() -> None:
    plan = made_plan(weights_bytes=2**60 + 1, budget_bytes=2**63)
    last = csv_text(plan).splitlines()[-1].split(",")
    assert int(last[1]) == 2**60 + 1


def test_that_a_failed_export_leaves_the_old_file_and_says_which(
    chart: Chart, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="missing"):
        chart.write_svg(tmp_path / "missing" / "chart.svg")
    assert {left.name for left in tmp_path.iterdir()} <= {"home"}  # the one that models are in


def test_that_areas_have_no_seams_in_an_svg_file(
    chart: Chart, theme: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "chart.svg"
    chart.write_svg(path)
    image = QImage(1300, 731, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    QSvgRenderer(str(path)).render(painter)
    painter.end()
    layout = chart.layout_shown()
    assert layout is not None
    scale = 1300 / 800
    first, last = (layout.frame.x_of(tokens) * scale for tokens in (4200, 32_000))
    y = round((layout.frame.rect.bottom() - 10) * scale)
    colours = {image.pixelColor(x, y).name() for x in range(round(first), round(last))}
    assert colours == {theme.components[ComponentKind.WEIGHTS]}
