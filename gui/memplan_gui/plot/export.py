"""The chart as files: PNG, SVG, PDF and CSV, each written whole or not at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from memplan.language import tr
from memplan.planning.planner import Plan
from memplan.theme import Theme
from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QRectF,
    QSaveFile,
    QSize,
    QSizeF,
)
from PySide6.QtGui import QColor, QImage, QImageWriter, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsScene

_SCREEN_DPI = 96


class ExportError(OSError):
    """A file could not be written; the message says why."""


def render_image(scene: QGraphicsScene, size: QSize, theme: Theme, scale: float) -> QImage:
    """The scene as an image, ``scale`` times as large."""
    image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(theme.card))
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    scene.render(painter, QRectF(image.rect()), QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return image


def write_png(path: Path, image: QImage) -> None:
    """Write an image as PNG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # QImage.save takes the format as str in some versions of PySide6, as bytes in others.
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    _write(path, buffer.data())


def write_svg(path: Path, scene: QGraphicsScene, size: QSize, theme: Theme) -> None:
    """Write the scene as SVG."""
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    # Its default of 72 dots an inch would shift the texts against the lines.
    generator.setResolution(_SCREEN_DPI)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(tr("Memory over context length"))
    _paint(QPainter(generator), scene, size, theme)
    _write(path, buffer.data())


def write_pdf(path: Path, scene: QGraphicsScene, size: QSize, theme: Theme) -> None:
    """Write the scene as a page of PDF, of its size on the screen."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    # At high resolutions hairlines vanish; everything is vector anyway.
    writer.setResolution(_SCREEN_DPI)
    points = QSizeF(size.width() * 72 / _SCREEN_DPI, size.height() * 72 / _SCREEN_DPI)
    writer.setPageSize(
        QPageSize(points, QPageSize.Unit.Point, "chart", QPageSize.SizeMatchPolicy.ExactMatch)
    )
    writer.setPageMargins(QMarginsF())
    _paint(QPainter(writer), scene, size, theme)
    buffer.close()
    _write(path, buffer.data())


def write_csv(path: Path, plan: Plan) -> None:
    """Write a plan's curve: a row for each context, every component to the byte."""
    _write(path, QByteArray(csv_text(plan).encode()))


def csv_text(plan: Plan) -> str:
    """A plan's curve as CSV: bytes of each component, and their sums."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    several = len(plan.request.machine.devices) > 1
    places = [part.pool if several else part.where.value for part in plan.components]
    names = [
        f"{part.kind.value}_{place}_bytes"
        for part, place in zip(plan.components, places, strict=True)
    ]
    sums = ["device_bytes", "host_bytes", "budgeted_bytes", "headroom_bytes", "band_bytes"]
    writer.writerow(["context_tokens", *names, *sums])
    for context_tokens in plan.curve().contexts.tolist():
        usage = plan.usage_at(context_tokens)
        own = [share.bytes for share in usage.shares]
        writer.writerow([context_tokens, *own, *(getattr(usage, name) for name in sums)])
    return stream.getvalue()


def _paint(painter: QPainter, scene: QGraphicsScene, size: QSize, theme: Theme) -> None:
    bounds = QRectF(0, 0, size.width(), size.height())
    painter.fillRect(bounds, QColor(theme.card))
    scene.render(painter, bounds, bounds)
    painter.end()


def _write(path: Path, content: QByteArray) -> None:
    file = QSaveFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise ExportError(f"{path}: {file.errorString()}")
    file.write(content)
    if not file.commit():
        raise ExportError(f"{path}: {file.errorString()}")
