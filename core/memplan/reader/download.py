"""One streamed request to a server, dropped as soon as enough has come.

A thread of its own talks to the server, and the reader takes what has come from a short queue. So
the reader can stop at once whatever the network is doing: looking up a name, connecting, waiting.
"""

from __future__ import annotations

import contextlib
import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

import urllib3

from memplan.language import in_figures, marked, ntr, tr
from memplan.reader.connection import request
from memplan.reader.errors import (
    GgufError,
    MissingError,
    RemoteError,
    SourceUnreadableError,
    UnreachableError,
)
from memplan.reader.transfer import CancelToken, Progress
from memplan.version import __version__

_CHUNK_BYTES: Final = 1 << 15
_POLL_SECONDS: Final = 0.02
_MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MISSING: Final = frozenset({404, 410})
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)", re.ASCII)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")

_REMEDIES: Final[Mapping[int, str]] = {
    401: marked("Check the address. If the model is private or gated, set HF_TOKEN."),
    403: marked(
        "Accept the model's conditions on its page, or use a token that may read it (HF_TOKEN)."
    ),
    404: marked("Check the address."),
    410: marked("Check the address."),
    416: marked("The file is empty, or the server cannot send a part of it."),
    429: marked("It has had too many requests: try again later."),
    503: marked("It is busy: try again later."),
}
_LONGEST_WAIT: Final = 6
"""Digits of the seconds that a server asks to wait; who asks for more is not heeded."""


class Budget:
    """What a reading may take in time and bytes, over all its requests, in whatever threads.

    Attributes:
        received_bytes: bytes received so far.
    """

    def __init__(
        self, seconds: float, most_bytes: int, cancel: CancelToken, progress: Progress | None
    ) -> None:
        self.received_bytes = 0
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._most_bytes = most_bytes
        self._cancel = cancel
        self._progress = progress
        self._stopped = CancelToken()
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Let all that is still under way end, because one of the requests has failed."""
        self._stopped.cancel()

    def check(self, name: str) -> None:
        """Raise if the user has cancelled, the time is over, or it was stopped."""
        self._cancel.check(name)
        self._stopped.check(name)
        if time.monotonic() > self._deadline:
            raise UnreachableError(
                name,
                None,
                tr("the whole header within {seconds} seconds").format(
                    seconds=in_figures(f"{self._seconds:g}")
                ),
                ntr("{count} byte in that time", "{count} bytes in that time", self.received_bytes),
                tr("Try again when the network or the server is faster."),
            )

    def receive(self, name: str, count: int) -> None:
        """Count ``count`` bytes, and raise if these are too many."""
        with self._lock:
            self.received_bytes += count
            if self._progress is not None and self.received_bytes <= self._most_bytes:
                self._progress(self.received_bytes)
        if self.received_bytes > self._most_bytes:
            raise RemoteError(
                name,
                None,
                ntr(
                    "a header of at most {count} byte",
                    "a header of at most {count} bytes",
                    self._most_bytes,
                ),
                tr("more"),
                tr("Download the file, and open it from the disk."),
            )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says of a file before it sends it.

    Attributes:
        size: bytes of the whole file; ``None`` if it does not say.
        etag: the strong validator of its content; empty if there is none.
        commit: the commit of a Hugging Face repository; empty elsewhere.
    """

    size: int | None
    etag: str
    commit: str


@dataclass(frozen=True, slots=True)
class Target:
    """What to ask for.

    Attributes:
        name: the address, as the user gave it.
        url: the address of the bytes.
        token: sent as ``Authorization``, to this address's own host only; empty for none.
        is_known: whether the bytes behind an answer need not be sent.
        ranged: whether a part is asked for; a listing comes whole.
    """

    name: str
    url: str
    token: str
    is_known: Callable[[Answer], bool]
    ranged: bool = True


class Download:
    """A file on a server, as a source of bytes from the first on.

    Attributes:
        name: the address, as the user gave it.
        keep: called with every piece that has come.
    """

    def __init__(self, target: Target, budget: Budget) -> None:
        # A reading that has ended must ask for nothing more.
        budget.check(target.name)
        self.name = target.name
        self.keep: Callable[[bytes], object] = lambda _piece: None
        self._target = target
        self._budget = budget
        self._queue: queue.Queue[Answer | bytes | GgufError] = queue.Queue(1)
        self._abandoned = threading.Event()
        self._connection: socket.socket | None = None
        self._left = b""
        self._ended = False
        threading.Thread(target=self._run, name="memplan download", daemon=True).start()
        answer = self._next()
        assert isinstance(answer, Answer)  # noqa: S101 - the thread puts it first
        self.answer = answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._abandon()

    @property
    def size(self) -> int | None:
        """Bytes of the whole file; ``None`` where the server does not say."""
        return self.answer.size

    def read(self, _count: int) -> bytes:
        """What has come, as soon as something has; nothing at the end."""
        if self._left:
            left, self._left = self._left, b""
            return left
        if self._ended:
            return b""
        piece = self._next()
        assert isinstance(piece, bytes)  # noqa: S101 - the answer has been taken
        self._ended = not piece
        self._budget.receive(self.name, len(piece))
        self.keep(piece)
        return piece

    def skip(self, count: int) -> None:
        """Let ``count`` bytes pass."""
        while count > 0:
            piece = self.read(count)
            if not piece:
                return
            self._left = piece[count:]
            count -= len(piece)

    def cut_off(self, offset: int) -> RemoteError:
        """The error for a stream that ended at ``offset``."""
        return RemoteError(
            self.name,
            offset,
            ntr(
                "the {count} byte that the server announced",
                "the {count} bytes that the server announced",
                self.size or 0,
            ),
            tr("that it closed the connection"),
            tr("Try again."),
        )

    def _next(self) -> Answer | bytes:
        """The next thing from the thread. It polls, so that cancelling takes effect at once."""
        try:
            while True:
                self._budget.check(self.name)
                with contextlib.suppress(queue.Empty):
                    item = self._queue.get(timeout=_POLL_SECONDS)
                    break
        except BaseException:
            self._abandon()
            raise
        if isinstance(item, GgufError):
            raise item
        return item

    def _abandon(self) -> None:
        """Let the thread end, even one to which the server talks without saying anything."""
        self._abandoned.set()
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    # What follows runs in the download's own thread.

    def _run(self) -> None:
        try:
            self._talk()
            self._put(b"")
        except GgufError as error:
            self._put(error)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            self._put(_as_gguf_error(self._target, error))

    def _put(self, item: Answer | bytes | GgufError) -> bool:
        """Hand ``item`` to the reader, and tell whether it still listens."""
        while not self._abandoned.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(item, timeout=_POLL_SECONDS)
                return True
        return False

    def _talk(self) -> None:
        target, url = self._target, self._target.url
        said = Answer(None, "", "")
        for _ in range(_MAX_REDIRECTS + 1):
            response = _request(target, url, self._take_connection)
            try:
                said = _said_so_far(said, response)
                if response.status not in _REDIRECTS:
                    answer = _checked(target, response, said)
                    if self._put(answer) and not target.is_known(answer):
                        self._stream(response)
                    return
                if said.etag and target.is_known(said):
                    self._put(said)
                    return
                url = _redirected(target, url, response)
            finally:
                response.close()
        raise RemoteError(
            target.name,
            None,
            tr("at most {limit} redirects").format(limit=_MAX_REDIRECTS),
            tr("more"),
            tr("Check the address."),
        )

    def _take_connection(self, connection: socket.socket) -> None:
        self._connection = connection
        if self._abandoned.is_set():
            raise OSError("nobody listens any more")

    def _stream(self, response: urllib3.BaseHTTPResponse) -> None:
        while True:
            try:
                piece = response.read1(_CHUNK_BYTES)
            except urllib3.exceptions.ProtocolError:
                # The connection broke: what has come may be enough all the same.
                return
            if not piece or not self._put(piece):
                return


def _request(
    target: Target, url: str, connected: Callable[[socket.socket], None]
) -> urllib3.BaseHTTPResponse:
    """The answer to one request; its content is still to come."""
    headers = {"User-Agent": f"memplan/{__version__}", "Accept-Encoding": "identity"}
    if target.ranged:
        headers["Range"] = "bytes=0-"
    if target.token and _origin(url) == _origin(target.url):
        headers["Authorization"] = f"Bearer {target.token}"
    return request(url, headers, connected)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _redirected(target: Target, url: str, response: urllib3.BaseHTTPResponse) -> str:
    """Where a redirect leads, if one may go there."""
    location = response.headers.get("Location", "")
    following = urlsplit(urljoin(url, location))
    downgraded = urlsplit(url).scheme == "https" and following.scheme != "https"
    if not location or following.scheme not in {"http", "https"} or downgraded:
        raise RemoteError(
            target.name,
            None,
            tr("a redirect to another secure address"),
            tr("one to {address}").format(address=location) if location else tr("one to nowhere"),
            tr("Check the address."),
        )
    return following.geturl()


def _said_so_far(before: Answer, response: urllib3.BaseHTTPResponse) -> Answer:
    """What is known after one more answer.

    Hugging Face tells everything about a file while it redirects to the store that holds it.
    """
    headers = response.headers
    size = headers.get("X-Linked-Size", "")
    etag = headers.get("X-Linked-ETag", "")
    commit = headers.get("X-Repo-Commit", "")
    return Answer(
        before.size if before.size is not None or not size.isdecimal() else int(size),
        before.etag or ("" if etag.startswith("W/") else etag),
        before.commit or (commit if _COMMIT.fullmatch(commit) else ""),
    )


def _checked(target: Target, response: urllib3.BaseHTTPResponse, said: Answer) -> Answer:
    """What the last answer says, if it is the one that was asked for."""
    headers, status = response.headers, response.status
    encoding = headers.get("Content-Encoding", "identity").lower()
    if status not in {200, 206}:
        raise _refusal(target, response)
    if encoding not in {"identity", ""}:
        raise RemoteError(
            target.name,
            None,
            tr("the bytes as they are"),
            tr("them compressed ({encoding})").format(encoding=encoding),
            tr("Download the file, and open it from the disk."),
        )
    length = headers.get("Content-Length", "")
    size = int(length) if length.isdecimal() else None
    if status == 206:
        size = _size_from_range(target, headers.get("Content-Range", ""), size)
    etag = headers.get("ETag", "")
    return Answer(
        said.size if size is None else size,
        said.etag or ("" if etag.startswith("W/") else etag),
        said.commit,
    )


def _size_from_range(target: Target, content_range: str, length: int | None) -> int | None:
    """The size of the whole file that the head of a part tells."""
    match = _CONTENT_RANGE.fullmatch(content_range.strip())
    first, last, size = match.groups() if match else ("1", "0", "*")
    part = int(last) + 1
    fits_whole = size == "*" or part <= int(size)
    if int(first) != 0 or not fits_whole or (length is not None and length != part):
        raise RemoteError(
            target.name,
            None,
            tr("the file from its first byte on, as was asked for"),
            _range_text(content_range, length),
            tr("Download the file, and open it from the disk."),
        )
    return None if size == "*" else int(size)


def _range_text(content_range: str, length: int | None) -> str:
    if not content_range and length is None:
        return tr("the range that the server does not name")
    if not content_range:
        return ntr(
            "the range that the server does not name in {count} byte",
            "the range that the server does not name in {count} bytes",
            length or 0,
        )
    if length is None:
        return tr("the range {range}").format(range=content_range)
    return ntr(
        "the range {range} in {count} byte", "the range {range} in {count} bytes", length
    ).format(range=content_range)


def _refusal(target: Target, response: urllib3.BaseHTTPResponse) -> SourceUnreadableError:
    status = response.status
    found = tr("status {status}").format(status=f"{status} {response.reason or ''}".rstrip())
    otherwise = marked("Try again later.") if status >= 500 else marked("Check the address.")
    remedy = tr(_REMEDIES.get(status, otherwise))
    wait = response.headers.get("Retry-After", "")
    if wait.isdecimal() and len(wait) <= _LONGEST_WAIT:
        asked = ntr(
            "The server asks to wait {count} second.",
            "The server asks to wait {count} seconds.",
            int(wait),
        )
        remedy = f"{remedy} {asked}"
    kind = MissingError if status in _MISSING else RemoteError
    return kind(target.name, None, tr("the file"), found, remedy)


_REASONS: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (
        urllib3.exceptions.NameResolutionError,
        marked("no such name"),
        marked("Check the address and the network."),
    ),
    (
        urllib3.exceptions.SSLError,
        marked("a connection that is not secure ({error})"),
        marked("Check the certificates."),
    ),
    (
        urllib3.exceptions.NewConnectionError,
        marked("nobody there ({error})"),
        marked("Check the address and the network."),
    ),
    (
        urllib3.exceptions.ConnectTimeoutError,
        marked("no answer"),
        marked("Check the network, and try again."),
    ),
    (urllib3.exceptions.ReadTimeoutError, marked("silence"), marked("Try again later.")),
    (
        urllib3.exceptions.ProxyError,
        marked("a proxy that fails ({error})"),
        marked("Check the proxy's settings."),
    ),
    (
        urllib3.exceptions.LocationParseError,
        marked("an address that is none"),
        marked("Check the address."),
    ),
)
"""What urllib3 raises, what it means, and what to do.

The first that fits counts: urllib3 takes no such name for a kind of nobody there, and that for a
kind of no answer.
"""


def _as_gguf_error(target: Target, error: Exception) -> GgufError:
    """What urllib3 or the system says, in the user's terms."""
    host = urlsplit(target.url).netloc.rpartition("@")[2]
    expected = tr("an answer from {host}").format(host=host)
    for kind, found, remedy in _REASONS:
        if isinstance(error, kind):
            found = tr(found).format(error=error)
            return UnreachableError(target.name, None, expected, found, tr(remedy))
    return UnreachableError(
        target.name, None, expected, str(error) or repr(error), tr("Try again.")
    )
