"""A server of files that can misbehave in every way that real ones do."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

Mode = Callable[["Handler", bytes], None]
CERTIFICATE = Path(__file__).with_name("localhost.pem")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Seen(NamedTuple):
    """A request that came."""

    path: str
    headers: Mapping[str, str]


class FileServer(ThreadingHTTPServer):
    """Serves ``files`` by their paths, as ``mode`` does it.

    Attributes:
        files: contents by path.
        listings: answers to questions about repositories, by their path.
        mode: how files are sent.
        seen: the requests so far.
        sent_bytes: bytes of contents that the system took.
        stopping: set when the server stops, so that nothing waits any longer.
    """

    daemon_threads = True
    # Who does not get in at once would try again only after a second.
    request_queue_size = 64

    def __init__(self, scheme: str = "http") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = scheme
        self.files: dict[str, bytes] = {}
        self.listings: dict[str, object] = {}
        self.mode: Mode = ranged
        self.seen: list[Seen] = []
        self.sent_bytes = 0
        self.stopping = threading.Event()

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        # A small buffer: what waits in it counts as sent.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 14)
        if self.scheme == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            # The handshake belongs to the thread that serves the connection.
            connection = context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: FileServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        headers = {name.title(): value for name, value in self.headers.items()}
        self.server.seen.append(Seen(self.path, headers))
        path = unquote(urlsplit(self.path).path)
        if path in self.server.listings:
            answer(self, 200, {}, json.dumps(self.server.listings[path]).encode())
        elif path in self.server.files:
            self.server.mode(self, self.server.files[path])
        else:
            answer(self, 404, {}, b"not found")
        self.close_connection = True

    def send_content(self, content: bytes) -> None:
        view = memoryview(content)
        for start in range(0, len(view), 1 << 14):
            piece = view[start : start + (1 << 14)]
            self.wfile.write(piece)
            self.server.sent_bytes += len(piece)


def answer(handler: Handler, status: int, headers: Mapping[str, str], content: bytes) -> None:
    handler.send_response(status)
    for name, value in ({"Content-Length": str(len(content))} | dict(headers)).items():
        if value:
            handler.send_header(name, value)
    handler.end_headers()
    handler.send_content(content)


def ranged(handler: Handler, content: bytes) -> None:
    """As it should be."""
    size = len(content)
    headers = {"Content-Range": f"bytes 0-{size - 1}/{size}", "ETag": f'"{hash(content)}"'}
    answer(handler, 206, headers, content)


def without_validator(handler: Handler, content: bytes) -> None:
    size = len(content)
    answer(handler, 206, {"Content-Range": f"bytes 0-{size - 1}/{size}"}, content)


def ignoring_range(handler: Handler, content: bytes) -> None:
    answer(handler, 200, {}, content)


def chunked(handler: Handler, content: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for start in range(0, len(content), 5000):
        piece = content[start : start + 5000]
        handler.send_content(b"%x\r\n%s\r\n" % (len(piece), piece))
    handler.wfile.write(b"0\r\n\r\n")


def without_length(handler: Handler, content: bytes) -> None:
    answer(handler, 200, {"Content-Length": "", "Connection": "close"}, content)


def without_content_range(handler: Handler, content: bytes) -> None:
    answer(handler, 206, {}, content)


def with_content_range(value: str) -> Mode:
    def mode(handler: Handler, content: bytes) -> None:
        answer(handler, 206, {"Content-Range": value}, content)

    return mode


def cut_off_after(count: int) -> Mode:
    def mode(handler: Handler, content: bytes) -> None:
        headers = {
            "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}",
            "Content-Length": str(len(content)),
        }
        answer(handler, 206, headers, content[:count])

    return mode


def with_length(add: int) -> Mode:
    def mode(handler: Handler, content: bytes) -> None:
        headers = {
            "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}",
            "Content-Length": str(len(content) + add),
        }
        answer(handler, 206, headers, content)

    return mode


def gzipped(handler: Handler, content: bytes) -> None:
    answer(handler, 200, {"Content-Encoding": "gzip"}, gzip.compress(content))


def dripping(handler: Handler, content: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    for start in range(len(content)):
        if handler.server.stopping.wait(0.01):
            return
        handler.send_content(content[start : start + 1])


def hanging(handler: Handler, content: bytes) -> None:
    handler.server.stopping.wait()


def flooding(handler: Handler, content: bytes) -> None:
    """Promises an answer again and again, and never gives one."""
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def hanging_midway(handler: Handler, content: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.send_content(content[:1000])
    handler.server.stopping.wait()


def hanging_up(handler: Handler, content: bytes) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def talking_nonsense(handler: Handler, content: bytes) -> None:
    handler.wfile.write(b"GGUF\x03\0\0\0\r\n\r\n")


def redirecting(where: str, status: int = 302, **headers: str) -> Mode:
    def mode(handler: Handler, content: bytes) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer(handler, status, {"Location": where, **named}, b"")

    return mode


def redirecting_in_a_loop(handler: Handler, content: bytes) -> None:
    answer(handler, 302, {"Location": handler.path}, b"")


def refusing(status: int, **headers: str) -> Mode:
    def mode(handler: Handler, content: bytes) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer(handler, status, named, b"<html>no</html>")

    return mode


def as_hub(store: str, commit: str = COMMIT, etag: str = '"linked"') -> Mode:
    """Redirects to another host, as Hugging Face does, and tells about the file."""

    def mode(handler: Handler, content: bytes) -> None:
        headers = {
            "Location": f"{store}/signed?for={handler.path}",
            "X-Repo-Commit": commit,
            "X-Linked-Size": str(len(content)),
            "X-Linked-ETag": etag,
        }
        answer(handler, 302, headers, b"")

    return mode


def signed(of: FileServer) -> Mode:
    """The store behind a hub: sends what the address is signed for."""

    def mode(handler: Handler, content: bytes) -> None:
        wanted = parse_qs(urlsplit(handler.path).query)["for"][0]
        ranged(handler, of.files[unquote(wanted)])

    return mode


@contextmanager
def running(scheme: str = "http") -> Iterator[FileServer]:
    server = FileServer(scheme)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until(condition: Callable[[], bool], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()
