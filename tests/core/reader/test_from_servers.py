"""Reading from servers: a right header or a clear error, in time, and never too much."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import file_server as serve
import pytest
from file_server import FileServer, Mode
from gguf_bytes import Gguf, KeyValue
from memplan import read_header, read_model
from memplan.reader import CancelToken, RemoteSettings
from memplan.reader.errors import (
    CancelledError,
    GgufError,
    MissingError,
    NotGgufError,
    RemoteError,
    TruncatedError,
    UnreachableError,
)
from memplan.reader.header import Header

HALF_A_MEGABYTE = 500_000


@pytest.fixture
def url(server: FileServer, content: bytes) -> str:
    server.files["/folder/model.gguf"] = content
    return f"{server.address}/folder/model.gguf"


def assert_right(header: Header, content: bytes) -> None:
    assert header.tensors[0].bytes == 1 << 22
    assert header.complete_bytes == len(content)
    assert header.notices == ()


@pytest.mark.parametrize(
    "mode",
    [
        serve.ranged,
        serve.without_validator,
        serve.ignoring_range,
        serve.chunked,
        serve.without_length,
        serve.with_length(0),
    ],
)
def test_that_a_header_is_read_from_any_server_that_sends_it(
    server: FileServer, url: str, settings: RemoteSettings, content: bytes, mode: Mode
) -> None:
    server.mode = mode
    assert_right(read_header(url, settings=settings), content)


def test_that_one_request_for_a_range_is_made(
    server: FileServer, url: str, settings: RemoteSettings
) -> None:
    read_header(url, settings=settings)
    (request,) = server.seen
    assert request.headers["Range"] == "bytes=0-"
    assert request.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("mode", [serve.ranged, serve.ignoring_range, serve.without_length])
def test_that_no_more_than_the_header_and_half_a_megabyte_is_fetched(
    server: FileServer, url: str, settings: RemoteSettings, mode: Mode
) -> None:
    server.mode = mode
    received: list[int] = []
    header = read_header(url, settings=settings, progress=received.append)
    assert received[-1] <= header.data_offset + HALF_A_MEGABYTE
    # What the server could not get rid of by now, it never will.
    time.sleep(0.2)
    assert server.sent_bytes <= header.data_offset + HALF_A_MEGABYTE


def test_that_progress_is_told_in_bytes_that_grow(
    server: FileServer, url: str, settings: RemoteSettings
) -> None:
    received: list[int] = []
    threads = set()

    def progress(count: int) -> None:
        received.append(count)
        threads.add(threading.current_thread())

    header = read_header(url, settings=settings, progress=progress)
    assert received == sorted(set(received))
    assert len(received) > 5
    assert received[-1] >= header.data_offset - 32
    assert threads == {threading.current_thread()}


BAD: list[tuple[Mode, type[GgufError], str]] = [
    (serve.without_content_range, RemoteError, "range"),
    (serve.with_content_range("bytes 100-199/200"), RemoteError, "bytes 100-199/200"),
    (serve.with_content_range("bytes 0-99/50"), RemoteError, "bytes 0-99/50"),
    (serve.with_content_range("bytes 0-99/*"), RemoteError, "range"),
    (serve.with_content_range("nonsense"), RemoteError, "nonsense"),
    (serve.with_length(-100), RemoteError, "range"),
    (serve.with_length(100), RemoteError, "range"),
    (serve.cut_off_after(0), RemoteError, "closed the connection"),
    (serve.cut_off_after(20), RemoteError, "closed the connection"),
    (serve.cut_off_after(100_000), RemoteError, "closed the connection"),
    (serve.gzipped, RemoteError, "gzip"),
    (serve.hanging_up, UnreachableError, "answer from"),
    (serve.talking_nonsense, UnreachableError, "answer from"),
    (serve.redirecting_in_a_loop, RemoteError, "5 redirects"),
    (serve.redirecting("ftp://127.0.0.1/model.gguf"), RemoteError, "ftp://"),
    (serve.redirecting(""), RemoteError, "nowhere"),
    (serve.refusing(401), RemoteError, "HF_TOKEN"),
    (serve.refusing(403), RemoteError, "status 403"),
    (serve.refusing(404), MissingError, "status 404"),
    (serve.refusing(416), RemoteError, "status 416"),
    (serve.refusing(429, Retry_After="17"), RemoteError, "17 seconds"),
    (serve.refusing(503), RemoteError, "later"),
    (serve.refusing(500), RemoteError, "status 500"),
    (serve.refusing(200), NotGgufError, "web page"),
]


@pytest.mark.parametrize(("mode", "kind", "words"), BAD)
def test_that_what_goes_wrong_is_told(
    server: FileServer,
    url: str,
    settings: RemoteSettings,
    mode: Mode,
    kind: type[GgufError],
    words: str,
) -> None:
    server.mode = mode
    with pytest.raises(kind, match=words) as caught:
        read_header(url, settings=settings)
    assert caught.value.source == url
    assert caught.value.remedy


@pytest.mark.parametrize("mode", [serve.chunked, serve.without_length])
def test_that_a_stream_without_a_size_that_ends_early_is_told(
    server: FileServer, url: str, settings: RemoteSettings, content: bytes, mode: Mode
) -> None:
    server.files["/folder/model.gguf"] = content[:100_000]
    server.mode = mode
    with pytest.raises(TruncatedError):
        read_header(url, settings=settings)


@pytest.mark.parametrize("mode", [serve.dripping, serve.hanging, serve.hanging_midway])
def test_that_the_deadline_holds_for_the_whole(
    server: FileServer, url: str, settings: RemoteSettings, mode: Mode
) -> None:
    server.mode = mode
    start = time.monotonic()
    with pytest.raises(UnreachableError, match=r"within 0\.3 seconds"):
        read_header(url, settings=replace(settings, deadline_seconds=0.3))
    assert 0.3 <= time.monotonic() - start < 5


@pytest.mark.parametrize("mode", [serve.dripping, serve.hanging, serve.hanging_midway])
def test_that_cancel_cancels_at_once(
    server: FileServer, url: str, settings: RemoteSettings, mode: Mode
) -> None:
    server.mode = mode
    # A busy machine may delay any thread; that all of them are late has another reason.
    assert min(seconds_to_cancel(server, url, settings) for _ in range(3)) < 0.1


@pytest.mark.parametrize("mode", [serve.flooding, serve.dripping, serve.hanging_midway])
def test_that_no_thread_goes_on_after_cancelling(
    server: FileServer, url: str, settings: RemoteSettings, mode: Mode
) -> None:
    server.mode = mode
    seconds_to_cancel(server, url, settings)
    assert serve.wait_until(
        lambda: not any(thread.name == "memplan download" for thread in threading.enumerate())
    )


def seconds_to_cancel(server: FileServer, url: str, settings: RemoteSettings) -> float:
    """Time from cancelling a reading that is under way until it returns."""
    server.seen.clear()
    cancel = CancelToken()
    cancelled_at: list[float] = []

    def cancel_when_it_has_begun() -> None:
        serve.wait_until(lambda: bool(server.seen))
        cancelled_at.append(time.monotonic())
        cancel.cancel()

    canceller = threading.Thread(target=cancel_when_it_has_begun)
    canceller.start()
    with pytest.raises(CancelledError):
        read_model(url, settings=settings, cancel=cancel)
    returned_at = time.monotonic()
    canceller.join()
    return returned_at - cancelled_at[0]


def test_that_nothing_is_asked_for_once_cancelled(
    server: FileServer, url: str, settings: RemoteSettings
) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        read_model(url, settings=settings, cancel=cancel)
    assert server.seen == []


def test_that_a_header_that_never_ends_is_given_up(
    server: FileServer, settings: RemoteSettings
) -> None:
    endless = Gguf([KeyValue(b"k", 8, (5_000_000).to_bytes(8, "little"))]).content()
    server.files["/endless.gguf"] = endless + bytes(5_000_000)
    with pytest.raises(RemoteError, match="at most 1,000,000 bytes"):
        read_header(
            f"{server.address}/endless.gguf", settings=replace(settings, header_bytes=1_000_000)
        )


def test_that_a_redirect_is_followed(
    server: FileServer, store: FileServer, url: str, settings: RemoteSettings, content: bytes
) -> None:
    server.mode = serve.redirecting(f"{store.address}/elsewhere")
    store.files["/elsewhere"] = content
    assert_right(read_header(url, settings=settings), content)
    assert store.seen[0].headers["Range"] == "bytes=0-"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/model.gguf", "http://[::1/model.gguf"])
def test_that_an_address_where_nobody_is_is_told(settings: RemoteSettings, address: str) -> None:
    with pytest.raises(GgufError) as caught:
        read_header(address, settings=settings)
    assert caught.value.source == address


def test_that_no_token_goes_to_a_server_that_is_not_the_hub(
    store: FileServer, settings: RemoteSettings, content: bytes
) -> None:
    store.files["/model.gguf"] = content
    read_header(f"{store.address}/model.gguf", settings=settings)
    assert "Authorization" not in store.seen[0].headers


@pytest.mark.parametrize("opened", [1, 2, 3])
def test_that_any_shard_opens_the_set(
    server: FileServer, settings: RemoteSettings, shards: dict[str, bytes], opened: int
) -> None:
    server.files |= {f"/folder/{name}": content for name, content in shards.items()}
    model = read_model(
        f"{server.address}/folder/model-0000{opened}-of-00003.gguf?download=true",
        settings=settings,
    )
    assert [tensor.name for tensor in model.tensors] == ["a", "b", "c"]
    assert model.file_bytes == sum(map(len, shards.values()))
    assert model.complete
    assert len(server.seen) == 3


def test_that_nothing_is_written_outside_the_cache(
    server: FileServer, url: str, settings: RemoteSettings, tmp_path: Path
) -> None:
    read_header(url, settings=settings)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert all(path.is_relative_to(settings.cache_folder) for path in written)
