"""Reading from nginx, as a server that we have not written."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from file_server import wait_until
from gguf_bytes import Gguf, TensorInfo, array, model_values
from memplan import read_header
from memplan.reader import RemoteSettings
from memplan.reader.errors import MissingError, RemoteError

CONFIGURATION = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  log_format sent '$uri $bytes_sent';
  access_log {folder}/access.log sent;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{}}
  server {{
    listen 127.0.0.1:{port} sndbuf=64k;
    root {folder}/files;
    location /ranges/off/ {{ alias {folder}/files/; max_ranges 0; }}
    location /zipped/ {{ alias {folder}/files/; gzip on; gzip_types *; gzip_min_length 1; }}
    location /moved/ {{ rewrite ^/moved/(.*)$ /$1 permanent; }}
    location /slow/ {{ alias {folder}/files/; limit_rate 10k; }}
    location /forbidden/ {{ deny all; }}
  }}
}}
"""


def large_header() -> bytes:
    """A model with a header of 40 MB, and as many data."""
    flags = array("flags", 7, 40_000_000, bytes(40_000_000))
    tensors = [TensorInfo(dimensions=(10_000_000,), data_bytes=40_000_000)]
    return Gguf([*model_values(), flags], tensors).content()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def nginx(folder: Path, content: bytes) -> Iterator[str]:
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program, "This test needs nginx: install the package nginx-light."
    (folder / "files").mkdir()
    (folder / "files" / "model.gguf").write_bytes(content)
    (folder / "files" / "large.gguf").write_bytes(large_header())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, user=user), "utf-8")
    log = (folder / "errors.log").open("wb")
    with log, subprocess.Popen([program, "-p", folder, "-c", configuration], stderr=log) as process:
        listening = wait_until(lambda: _listens(port) or process.poll() is not None)
        assert listening, "nginx does not listen."
        assert process.poll() is None, (folder / "errors.log").read_text("utf-8")
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("place", ["", "ranges/off/", "zipped/", "moved/"])
def test_that_nginx_serves_a_header_and_little_more(
    nginx: str, settings: RemoteSettings, content: bytes, place: str
) -> None:
    received: list[int] = []
    url = f"{nginx}/{place}model.gguf"
    header = read_header(url, settings=settings, progress=received.append)
    assert header.complete_bytes == len(content)
    assert header.notices == ()
    assert received[-1] <= header.data_offset + 500_000


def test_that_nginx_gets_rid_of_little_more_than_a_large_header(
    nginx: str, folder: Path, settings: RemoteSettings
) -> None:
    header = read_header(f"{nginx}/large.gguf", settings=settings)
    log = folder / "access.log"
    assert wait_until(lambda: "/large.gguf " in log.read_text("utf-8"))
    (line,) = [
        line for line in log.read_text("utf-8").splitlines() if line.startswith("/large.gguf ")
    ]
    # Beside what was fetched, the log counts what nginx's system never got rid of.
    assert int(line.split()[1]) <= header.data_offset + 500_000 + 2 * 65_536


def test_that_nginxs_etag_is_what_a_header_is_kept_by(nginx: str, settings: RemoteSettings) -> None:
    received: list[int] = []
    url = f"{nginx}/model.gguf"
    first = read_header(url, settings=settings)
    again = read_header(url, settings=settings, progress=received.append)
    assert again.tensors == first.tensors
    assert received == []


def test_that_a_slow_nginx_meets_the_deadline(nginx: str, settings: RemoteSettings) -> None:
    with pytest.raises(RemoteError, match=r"within 0\.5 seconds"):
        read_header(f"{nginx}/slow/model.gguf", settings=replace(settings, deadline_seconds=0.5))


def test_that_what_nginx_refuses_is_told(nginx: str, settings: RemoteSettings) -> None:
    with pytest.raises(RemoteError, match="status 403"):
        read_header(f"{nginx}/forbidden/model.gguf", settings=settings)
    with pytest.raises(MissingError, match="status 404"):
        read_header(f"{nginx}/no/model.gguf", settings=settings)
