"""Reads the open model again when its files change on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from memplan.model import Model
from memplan.model.cache import ModelCache
from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from memplan_gui.loading import Loader

_REST_MILLISECONDS: Final = 300
"""A file is read again when nothing was written to it for so long."""


class ModelWatch(QObject):
    """Watches one model's files, and the folder in which one may appear again.

    Signals:
        changed(Model): the model as it is now.
        stirred(): something has changed in its folder, the model itself or what lies beside it.
        lost(str, Exception): the file that cannot be read any more, and why.
    """

    changed = Signal(object)
    stirred = Signal()
    lost = Signal(str, object)

    def __init__(self, cache: ModelCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = ""
        self._model: Model | None = None
        self._loader = Loader(cache, self)
        self._loader.loaded.connect(self._compare)
        self._loader.failed.connect(self._lose)
        self._files: QFileSystemWatcher | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MILLISECONDS)
        self._timer.timeout.connect(self._read_again)

    def watch(self, source: str, model: Model) -> None:
        """Watch the files of a model, and no others. One from a server has none.

        To be called again after a change: a file that was replaced is watched no longer.
        """
        self.stop()
        self._source, self._model = source, model
        paths = dict.fromkeys([source, *(shard.source for shard in model.shards)])
        here = [path for path in paths if "://" not in path and Path(path).is_file()]
        if here:
            self._files = QFileSystemWatcher([*here, str(Path(here[0]).parent)], self)
            self._files.fileChanged.connect(self._note_file)
            self._files.directoryChanged.connect(self._note_folder)

    def stop(self) -> None:
        """Watch nothing any more."""
        self._timer.stop()
        self._loader.stop()
        if self._files is not None:
            self._files.deleteLater()
            self._files = None

    def drain(self) -> None:
        """Watch nothing any more, and wait for the threads."""
        self.stop()
        self._loader.drain()

    def _note_file(self) -> None:
        self._timer.start()

    def _note_folder(self) -> None:
        # Much may happen in a folder; that must not put the reading off for ever.
        if not self._timer.isActive():
            self._timer.start()

    def _read_again(self) -> None:
        # A change may still be told of that came before the watch was stopped.
        if self._files is not None:
            self._loader.load(self._source)
            self.stirred.emit()

    def _compare(self, _source: str, model: Model) -> None:
        if self._model is None or not _is_same(self._model, model):
            self._model = model
            self.changed.emit(model)

    def _lose(self, source: str, error: Exception) -> None:
        self._model = None
        self.lost.emit(source, error)


def _is_same(old: Model, new: Model) -> bool:
    """Whether nothing has changed. What is not complete is read anew each time."""
    if old is new:
        return True
    incomplete = not old.complete and not new.complete
    return incomplete and (old.file_bytes, old.complete_bytes, old.tensors) == (
        new.file_bytes,
        new.complete_bytes,
        new.tensors,
    )
