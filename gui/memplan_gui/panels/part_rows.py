"""The rows of the model card that say what is loaded beside the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from memplan.estimate import Image
from memplan.language import tr
from memplan.memory.component import ComponentKind, Part
from memplan.model.parts import PartFile, names_projector
from memplan.planning.planner import Plan
from memplan.units import ByteUnits, format_bytes, format_count, format_tokens
from memplan.wording.help.lookup import part_topic
from memplan.wording.titles import part_title
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from memplan_gui.text_size import scaled
from memplan_gui.widgets.form import describe
from memplan_gui.widgets.labels import ElidedLabel, label
from memplan_gui.widgets.topics import explain

_LONGEST: Final = 36


class PartRows(QWidget):
    """A row for each part, with a button that takes it away, and one for each that is offered.

    Signals:
        removed(PartFile): the user does not want to load it any more.
        asked(str): the user wants to load this file beside the model.
    """

    removed = Signal(object)
    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[PartFile, ...] = ()
        self._offered: tuple[str, ...] = ()
        self._units = ByteUnits.BINARY
        self._image: Image | None = None
        self._next_token_bytes = 0
        self._rows: list[QWidget] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(scaled(2))
        explain(part_topic(Part.PROJECTOR), self)

    def show_rows(self, parts: Sequence[PartFile], offered: Sequence[str]) -> None:
        """Show what the model has beside it, and offer files that lie in its folder."""
        self._parts, self._offered = tuple(parts), tuple(offered)
        self._fill()

    def show_plan(self, plan: Plan) -> None:
        """Say what images take, and what the model's own file has beside its layers."""
        image = next((growth.image for growth in plan.growth if growth.image), None)
        next_token_bytes = sum(
            share.bytes
            for share in plan.at.shares
            if share.part is Part.MTP and share.kind is ComponentKind.WEIGHTS
        )
        if (image, next_token_bytes) != (self._image, self._next_token_bytes):
            self._image, self._next_token_bytes = image, next_token_bytes
            self._fill()

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self._units = units
        self._fill()

    def _fill(self) -> None:
        for row in self._rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        loaded = {part.source for part in self._parts}
        self._rows = [row for part in self._parts for row in self._loaded(part)]
        if self._next_token_bytes:
            size = format_bytes(self._next_token_bytes, self._units)
            text = tr("{part}: in the same file · {size}")
            self._rows.append(label("small", text.format(part=part_title(Part.MTP), size=size)))
        self._rows += [self._offer(source) for source in self._offered if source not in loaded]
        for row in self._rows:
            self._layout.addWidget(row)
            row.show()  # else Qt waits until the next turn of its loop

    def _loaded(self, part: PartFile) -> Iterator[QWidget]:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(6))
        text = ElidedLabel("small")
        size = format_bytes(part.header.weights_bytes, self._units)
        line = tr("{part}: {name} · {size}")
        text.setText(line.format(part=part_title(part.part), name=part.name, size=size))
        remove = _link(tr("Remove"))
        describe(remove, tr("Remove {name}").format(name=part.name), tr("Load it no longer"))
        remove.clicked.connect(lambda: self.removed.emit(part))
        layout.addWidget(text)
        layout.addWidget(remove)
        layout.addStretch(1)
        yield row
        if part.part is Part.PROJECTOR and self._image is not None:
            side = format_count(self._image.side_pixels)
            images = tr("Images up to {side} × {side} pixels: {tokens} tokens each")
            tokens = format_tokens(self._image.tokens)
            yield label("small", images.format(side=side, tokens=tokens), wrap=True)

    def _offer(self, source: str) -> QWidget:
        name = Path(source).name
        button = _link(tr("Load {name} too").format(name=_short(name)))
        projector = tr("A projector in the model's folder, which lets it read images or sound")
        draft = tr("A smaller model in the same folder that could draft tokens for this one")
        what = projector if names_projector(source) else draft
        describe(button, tr("Load {name} too").format(name=name), what)
        button.clicked.connect(lambda: self.asked.emit(source))
        return button


def _link(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", "link")
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def _short(name: str) -> str:
    """A name that a button has room for."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2]}…{name[-_LONGEST // 3 :]}"
