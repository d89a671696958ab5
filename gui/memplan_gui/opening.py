"""Opens models: reads them, watches them, and looks for what belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from memplan.model import Model
from memplan.model.cache import ModelCache
from memplan.model.siblings import sibling_models
from memplan.reader.errors import GgufError
from memplan.reader.transfer import CancelToken
from PySide6.QtCore import QObject, Signal

from memplan_gui.latest import Latest
from memplan_gui.loading import Loader, is_saved_plan
from memplan_gui.watching import ModelWatch


class Opening(QObject):
    """Everything that reads models, over one cache: what was read is not read twice.

    Attributes:
        loader: reads the model that the user opens.
        watch: reads it again when it changes.

    Signals:
        siblings_found(tuple[Model, ...]): the quantisations of the open model in its folder.
        others_read(tuple[Model, ...], int): more models, and how many could not be read.
    """

    siblings_found = Signal(object)
    others_read = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        cache = ModelCache()
        self._ended = CancelToken()
        read = partial(cache.read, cancel=self._ended)
        self.loader = Loader(cache, self)
        self.watch = ModelWatch(cache, self)
        self._siblings = Latest(partial(_siblings, read), self)
        self._others = Latest(partial(_read_all, read), self)
        self._followed = ""
        self.watch.stirred.connect(self.look_again)
        self._siblings.answered.connect(self._tell_siblings)
        self._others.answered.connect(self._tell_others)

    def follow(self, source: str, model: Model) -> None:
        """Watch a model that was opened from a file, and look for its quantisations."""
        if is_saved_plan(source):
            self.unfollow()
            return
        self.watch.watch(source, model)
        self._followed = source
        self._siblings.ask(source)

    def unfollow(self) -> None:
        """Watch nothing any more: what is open is no file of the user's."""
        self.watch.stop()
        self._followed = ""
        self._siblings.ask("")

    def look_again(self) -> None:
        """Look for the quantisations of the open model once more."""
        self._siblings.ask(self._followed)

    def read_others(self, sources: Sequence[str]) -> None:
        """Read more models, beside the one that is open."""
        self._others.ask(tuple(sources))

    def drain(self) -> None:
        """Forget what is under way, and wait for the threads. For good."""
        self._ended.cancel()
        self.loader.drain()
        self.watch.drain()
        self._siblings.drain()
        self._others.drain()

    def _tell_siblings(self, _source: str, found: tuple[Model, ...]) -> None:
        self.siblings_found.emit(found)

    def _tell_others(self, _sources: tuple[str, ...], read: tuple[tuple[Model, ...], int]) -> None:
        self.others_read.emit(*read)


def _siblings(read: Callable[[str | Path], Model], source: str) -> tuple[Model, ...]:
    """The quantisations beside a file; none beside what is on a server."""
    if not source or not Path(source).is_file():
        return ()
    try:
        return sibling_models(source, read)
    except GgufError:
        return ()


def _read_all(
    read: Callable[[str | Path], Model], sources: tuple[str, ...]
) -> tuple[tuple[Model, ...], int]:
    """The models that can be read, and how many cannot."""
    models = []
    for source in sources:
        try:
            models.append(read(source))
        except GgufError:
            continue
    return tuple(models), len(sources) - len(models)
