"""Split models on servers: shards are read several at once, as if they were read in order."""

from __future__ import annotations

import threading
from dataclasses import replace

import file_server as serve
import pytest
from file_server import FileServer, Handler
from gguf_bytes import Gguf, TensorInfo, model_values, scalar
from memplan import read_model
from memplan.reader import CancelToken, RemoteSettings
from memplan.reader.errors import CancelledError, NotGgufError, RemoteError

SHARDS = 25
AT_ONCE = 8


def name(number: int) -> str:
    return f"model-{number:05}-of-{SHARDS:05}.gguf"


def address(server: FileServer, number: int) -> str:
    return f"{server.address}/{name(number)}"


@pytest.fixture
def split(server: FileServer) -> FileServer:
    """A server with a model of many shards, with a tensor each."""
    for number in range(1, SHARDS + 1):
        values = [
            *(model_values() if number == 1 else ()),
            scalar("split.no", 2, number - 1),
            scalar("split.count", 2, SHARDS),
            scalar("split.tensors.count", 5, SHARDS),
        ]
        shard = Gguf(values, [TensorInfo(b"t%d" % number, (32,))])
        server.files[f"/{name(number)}"] = shard.content()
    return server


class InStep:
    """A mode in which no shard but the first is sent before so many are asked for.

    Attributes:
        most: requests that were under way at the same time, at most.
    """

    def __init__(self, together: int) -> None:
        self._barrier = threading.Barrier(together)
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0

    def __call__(self, handler: Handler, content: bytes) -> None:
        if handler.path == f"/{name(1)}":
            serve.ranged(handler, content)
            return
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._barrier.wait(5)
        with self._lock:
            self._now -= 1
        serve.ranged(handler, content)


def test_that_shards_are_asked_for_together_but_not_all_at_once(
    split: FileServer, settings: RemoteSettings
) -> None:
    split.mode = mode = InStep(AT_ONCE)
    received: list[int] = []
    model = read_model(address(split, 1), settings=settings, progress=received.append)
    assert [tensor.name for tensor in model.tensors] == [f"t{n}" for n in range(1, SHARDS + 1)]
    assert mode.most == AT_ONCE
    assert received == sorted(set(received))
    assert received[-1] == sum(map(len, split.files.values()))


def test_that_the_first_in_order_of_several_errors_is_told(
    split: FileServer, settings: RemoteSettings
) -> None:
    first_is_late = threading.Event()

    def mode(handler: Handler, content: bytes) -> None:
        if handler.path == f"/{name(3)}":
            first_is_late.wait(5)
            serve.ranged(handler, b"broken")
        elif handler.path == f"/{name(7)}":
            serve.ranged(handler, b"broken")
            first_is_late.set()
        else:
            serve.ranged(handler, content)

    split.mode = mode
    with pytest.raises(NotGgufError) as caught:
        read_model(address(split, 1), settings=settings)
    assert caught.value.source == address(split, 3)


def test_that_an_error_does_not_wait_for_the_shards_after_it(
    split: FileServer, settings: RemoteSettings
) -> None:
    def mode(handler: Handler, content: bytes) -> None:
        if handler.path in {f"/{name(1)}", f"/{name(2)}"}:
            serve.ranged(handler, content if handler.path == f"/{name(1)}" else b"broken")
        else:
            serve.hanging(handler, content)

    split.mode = mode
    with pytest.raises(NotGgufError):
        read_model(address(split, 1), settings=settings)
    assert len(split.seen) < SHARDS
    assert not [t for t in threading.enumerate() if t.name.startswith("memplan shard")]


def test_that_cancelling_ends_all_of_them(split: FileServer, settings: RemoteSettings) -> None:
    cancel = CancelToken()

    def mode(handler: Handler, content: bytes) -> None:
        if handler.path == f"/{name(1)}":
            serve.ranged(handler, content)
            return
        if len(split.seen) > AT_ONCE:
            cancel.cancel()
        serve.hanging(handler, content)

    split.mode = mode
    with pytest.raises(CancelledError):
        read_model(address(split, 1), settings=settings, cancel=cancel)
    assert len(split.seen) == 1 + AT_ONCE
    assert not [t for t in threading.enumerate() if t.name.startswith("memplan shard")]


def test_that_all_of_them_share_what_a_reading_may_take(
    split: FileServer, settings: RemoteSettings
) -> None:
    size = sum(map(len, split.files.values()))
    limited = replace(settings, header_bytes=size - 1)
    with pytest.raises(RemoteError, match="a header of at most"):
        read_model(address(split, 1), settings=limited)


def test_that_missing_shards_are_named_in_order(
    split: FileServer, settings: RemoteSettings
) -> None:
    for number in (9, 4):
        del split.files[f"/{name(number)}"]
    (notice,) = (n for n in read_model(address(split, 2), settings=settings).notices if n.detail)
    assert str(notice.detail) == f"{name(4)}, {name(9)}"
