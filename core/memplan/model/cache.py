"""Models that have been read and have not changed since."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from memplan.model import Model, NoticeKind, read_model
from memplan.reader.transfer import CancelToken, Progress, RemoteSettings

_MOST_MODELS = 32


class _Stamp(NamedTuple):
    """What tells that a file is the same as before."""

    path: str
    device: int
    inode: int
    size: int
    modified_ns: int


class ModelCache:
    """Reads models, and does not read a local one again until one of its files changes.

    A model on a server is read each time: the headers that are kept on disk make that one question
    to the server. What is not complete is read each time as well, as more of it may have come.
    Threads may share it.
    """

    def __init__(self) -> None:
        self._models: OrderedDict[str, tuple[tuple[_Stamp, ...], Model]] = OrderedDict()
        self._lock = threading.Lock()

    def read(
        self,
        path_or_url: str | Path,
        *,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
        settings: RemoteSettings | None = None,
    ) -> Model:
        """As :func:`memplan.read_model`.

        Raises:
            GgufError: as there.
        """
        key = os.fspath(path_or_url)
        with self._lock:
            # Taken out, and put back as the newest if it still holds.
            known = self._models.pop(key, None)
        if known is not None and known[0] == _stamps(key, known[1]):
            self._keep(key, *known)
            return known[1]
        before = _stamp(key)
        model = read_model(path_or_url, progress=progress, cancel=cancel, settings=settings)
        stamps = _stamps(key, model)
        # A file that changed while it was read may be neither what it was nor what it is.
        if stamps and before in stamps and _is_whole(model):
            self._keep(key, stamps, model)
        return model

    def _keep(self, key: str, stamps: tuple[_Stamp, ...], model: Model) -> None:
        with self._lock:
            self._models[key] = stamps, model
            self._models.move_to_end(key)
            if len(self._models) > _MOST_MODELS:
                self._models.popitem(last=False)


def _is_whole(model: Model) -> bool:
    return model.complete and not any(
        notice.kind is NoticeKind.NOT_CHECKED_ONLINE for notice in model.notices
    )


def _stamps(key: str, model: Model) -> tuple[_Stamp, ...]:
    """The state of all files of a model; empty unless all are on disk."""
    paths = {key: None} | {shard.source: None for shard in model.shards}
    stamps = [stamp for path in paths if (stamp := _stamp(path)) is not None]
    return tuple(stamps) if len(stamps) == len(paths) else ()


def _stamp(path: str) -> _Stamp | None:
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return None
    return _Stamp(path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
