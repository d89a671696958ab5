"""What may stand under a file's name, and what may happen to it while it is read."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gguf_bytes import Gguf, TensorInfo, array, model_values, strings
from memplan import read_header, read_model
from memplan.reader.errors import (
    CancelledError,
    MissingError,
    SourceChangedError,
    SourceUnreadableError,
)
from memplan.reader.transfer import CancelToken
from memplan.reader.window import WINDOW_BYTES

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
NOBODY = 65_534


def refusal(path: str | Path) -> SourceUnreadableError:
    with pytest.raises(SourceUnreadableError) as caught:
        read_header(path)
    return caught.value


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model whose header is longer than the window."""
    tokens = array("tokenizer.ggml.tokens", 8, 50_000, strings([b"token"] * 50_000))
    path = tmp_path / "model.gguf"
    path.write_bytes(Gguf([*model_values(), tokens], [TensorInfo()]).content())
    assert path.stat().st_size > 2 * WINDOW_BYTES
    return path


def test_that_a_reading_can_be_cancelled_between_any_two_pieces(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel, read = CancelToken(), os.read

    def read_and_cancel(descriptor: int, count: int) -> bytes:
        cancel.cancel()
        return read(descriptor, count)

    monkeypatch.setattr(os, "read", read_and_cancel)
    with pytest.raises(CancelledError):
        read_model(model, cancel=cancel)


def test_that_a_missing_file_is_told(tmp_path: Path) -> None:
    error = refusal(tmp_path / "none.gguf")
    assert isinstance(error, MissingError)
    assert error.found == "no such file"


def test_that_a_folder_is_told(tmp_path: Path) -> None:
    error = refusal(tmp_path)
    assert error.found == "a folder"
    assert ".gguf" in error.remedy


@posix
def test_that_a_named_pipe_is_told_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe").found == "a named pipe"


@posix
def test_that_a_socket_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket"))
        assert refusal(tmp_path / "socket").found == "a socket"


@posix
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_that_a_device_is_told(device: str) -> None:
    assert refusal(device).found == "a device"


@posix
def test_that_a_loop_of_links_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "symbolic links" in refusal(tmp_path / "a").found


@posix
def test_that_a_link_to_a_model_is_followed(model: Path) -> None:
    link = model.with_name("link.gguf")
    link.symlink_to(model)
    assert read_header(link).complete


@contextmanager
def as_nobody() -> Iterator[None]:
    """Nothing is forbidden to root, so give its rights up for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@posix
def test_that_a_file_without_permission_is_told(model: Path) -> None:
    model.chmod(0)
    with as_nobody():
        error = refusal(model)
    assert "denied" in error.found
    assert "permissions" in error.remedy


@pytest.mark.parametrize("name", ["", "  ", "nul\0byte.gguf", "x" * 5000])
def test_that_a_name_that_cannot_be_is_told(name: str) -> None:
    assert refusal(name).offset is None


def test_that_a_model_needs_no_ending_in_its_name(model: Path) -> None:
    blob = model.rename(model.with_name("sha256-" + "0" * 64))
    assert read_model(blob).architecture == "llama"


class OnRead:
    """Runs an action before the second read of a file."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._read = os.read
        self._reads = 0
        self.action = lambda: None
        monkeypatch.setattr(os, "read", self)

    def __call__(self, descriptor: int, count: int) -> bytes:
        self._reads += 1
        if self._reads == 2:
            self.action()
        return self._read(descriptor, count)


@pytest.fixture
def on_read(monkeypatch: pytest.MonkeyPatch) -> OnRead:
    return OnRead(monkeypatch)


@pytest.mark.parametrize("length", [0, 100, WINDOW_BYTES, WINDOW_BYTES + 1])
def test_that_a_file_that_shrinks_while_it_is_read_is_told(
    model: Path, on_read: OnRead, length: int
) -> None:
    on_read.action = lambda: os.truncate(model, length)
    with pytest.raises(SourceChangedError):
        read_header(model)


def test_that_a_file_that_shrinks_by_its_data_is_told(model: Path, on_read: OnRead) -> None:
    on_read.action = lambda: os.truncate(model, model.stat().st_size - 1)
    with pytest.raises(SourceChangedError):
        read_header(model)


@posix
def test_that_a_file_that_is_replaced_while_it_is_read_is_told(
    model: Path, on_read: OnRead
) -> None:
    other = model.with_name("other.gguf")
    other.write_bytes(model.read_bytes())
    on_read.action = lambda: other.replace(model)
    with pytest.raises(SourceChangedError, match="another"):
        read_header(model)


@posix
def test_that_a_file_that_is_deleted_while_it_is_read_is_told(model: Path, on_read: OnRead) -> None:
    on_read.action = model.unlink
    with pytest.raises(SourceChangedError, match="none any more"):
        read_header(model)


def test_that_a_file_that_grows_while_it_is_read_is_planned(model: Path, on_read: OnRead) -> None:
    def grow() -> None:
        with model.open("ab") as file:
            file.write(bytes(1000))

    on_read.action = grow
    assert read_header(model).complete


def test_that_only_the_header_is_read(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with model.open("r+b") as file:
        file.truncate(2**40)
    counts = []
    read = os.read

    def counting(descriptor: int, count: int) -> bytes:
        piece = read(descriptor, count)
        counts.append(len(piece))
        return piece

    monkeypatch.setattr(os, "read", counting)
    header = read_header(model)
    assert sum(counts) < header.data_offset + WINDOW_BYTES
