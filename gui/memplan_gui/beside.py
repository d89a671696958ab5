"""What is loaded beside the open model: found in its folder, chosen or dropped, and taken away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from memplan.engines.registry import engine_named
from memplan.estimate import UnsupportedRequestError
from memplan.language import tr
from memplan.memory.component import Part
from memplan.model import Model
from memplan.model.drafts import drafts_beside
from memplan.model.parts import (
    PartFile,
    automatic_projector,
    names_projector,
    parts_of,
    projectors_beside,
    read_part,
    with_part,
    with_parts,
    without_part,
)
from memplan.planning.planner import plan
from memplan.reader.errors import GgufError, NotAModelError
from PySide6.QtCore import QObject, Signal

from memplan_gui.latest import Latest
from memplan_gui.panels.part_rows import PartRows
from memplan_gui.session import Session

_SCHEME: Final = "://"


class Beside(QObject):
    """Reads parts off the main thread, and gives them to the open model.

    Signals:
        changed(): the same model is shown again, with other parts say.
        failed(str, Exception): the file is no part of this model, or cannot be read.
    """

    changed = Signal()
    failed = Signal(str, object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: PartRows | None = None
        self._source = ""
        self._offered: tuple[str, ...] = ()
        self._parts = Latest(_read, self)
        self._automatic = self._looked_for = ""
        self._awaited = ("", "")
        self._found = Latest(_parts_for, self)
        self._parts.answered.connect(self._take)
        self._found.answered.connect(self._offer)
        session.model_changed.connect(self._show_model)
        session.request_changed.connect(self._show_engine)

    def show_in(self, rows: PartRows) -> None:
        """Show parts in these rows from now on."""
        self._rows = rows
        rows.removed.connect(self._remove)
        rows.asked.connect(self.read)
        self._show()

    def takes(self, error: Exception) -> bool:
        """Whether a file that is no model may be a part of the open one."""
        return isinstance(error, NotAModelError) and self.wanted

    def read(self, source: str) -> None:
        """Read a file, and load it beside the model."""
        self._parts.ask((self._source, source))

    def set_aside(self, sources: Sequence[str]) -> Sequence[str]:
        """The models among files; a projector among them is loaded beside the first, once open."""
        models = [source for source in sources if not names_projector(source)]
        if not models:
            return sources
        for source in set(sources) - set(models):
            self._awaited = (models[0], source)
        return models

    def kept_for(self, model: Model) -> Model:
        """A model with what the open one has beside it, where it is another quantisation of it."""
        old = self._session.model
        if old is None or model.parts or not _are_quantisations(old, model):
            return model
        return with_parts(model, old.parts)

    def drain(self) -> None:
        """Forget what is under way, and wait for the threads."""
        self._parts.drain()
        self._found.drain()

    @property
    def wanted(self) -> bool:
        """Whether there is a model, and an engine that loads something beside it."""
        engine = engine_named(self._session.request.engine)
        return self._session.model is not None and Part.PROJECTOR in engine.parts

    def _take(self, question: tuple[str, str], found: PartFile | Exception) -> None:
        model, (of_model, source) = self._session.model, question
        if model is None or model.source != of_model:
            return
        refusal = found if isinstance(found, Exception) else self._refusal(model, found)
        if refusal is not None:
            self.failed.emit(source, refusal)
        elif isinstance(found, PartFile):
            step = tr("Load {name}").format(name=found.name)
            self._session.change_parts(step, with_part(model, found).parts)

    def _refusal(self, model: Model, part: PartFile) -> UnsupportedRequestError | None:
        """Why the engine does not load a part beside the model, where it says so."""
        if self._session.plan is None:
            return None  # what is refused already does not tell
        try:
            plan(with_part(model, part), self._session.request)
        except UnsupportedRequestError as error:
            return error
        return None

    def _remove(self, part: PartFile) -> None:
        if self._session.model is not None:
            step = tr("Remove {name}").format(name=part.name)
            self._session.change_parts(step, without_part(self._session.model, part).parts)

    def _offer(self, model: Model, found: tuple[str, ...]) -> None:
        if model.source != self._source:
            return
        self._offered = found
        has_one = parts_of(model, Part.PROJECTOR)
        if found and _SCHEME in found[0] and not has_one:
            # What belongs to a model of a repository is loaded without being asked for.
            self._automatic = found[0]
        self._show()

    def _show_model(self, model: Model) -> None:
        if model.source != self._source:
            self._source = model.source
            self._offered, self._automatic = (), ""
            of_model, source = self._awaited
            if of_model == self._source:
                self._awaited = ("", "")
                self.read(source)
        else:
            self.changed.emit()
        self._show()

    def _show(self) -> None:
        if self._rows is not None and self._session.model is not None:
            self._rows.show_rows(self._session.model.parts, self._offered)
        self._show_engine()

    def _show_engine(self, _request: object = None) -> None:
        if self.wanted and self._looked_for != self._source:
            self._looked_for = self._source
            self._found.ask(self._session.model)
        if self.wanted and self._automatic:
            source, self._automatic = self._automatic, ""
            self.read(source)
        if self._rows is not None:
            self._rows.setVisible(self.wanted)


def _are_quantisations(one: Model, other: Model) -> bool:
    """Whether two models are one in a folder, but for the types of their tensors."""
    facts = [
        (model.name, model.architecture, model.dimensions, Path(model.source).parent)
        for model in (one, other)
    ]
    return facts[0] == facts[1]


def _parts_for(model: Model) -> tuple[str, ...]:
    """What a model's folder has for it, or the projector that its repository has."""
    source = model.source
    try:
        of_repository = automatic_projector(source)
    except GgufError:
        return ()
    if of_repository is not None:
        return (of_repository,)
    return () if _SCHEME in source else (*projectors_beside(source), *drafts_beside(model))


def _read(question: tuple[str, str]) -> PartFile | Exception:
    """What a file is that may be loaded beside a model."""
    _of_model, source = question
    try:
        return read_part(source)
    except GgufError as error:
        return error
