"""Connections to servers, as the environment wants them: its proxy and its certificates."""

from __future__ import annotations

import os
import socket
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

_RECEIVE_BUFFER_BYTES: Final = 1 << 17
"""Small: what lies in it when the header is complete was fetched for nothing."""
_CONNECT_SECONDS: Final = 15.0
_READ_SECONDS: Final = 30.0
_CERTIFICATES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")

Connected = Callable[[socket.socket], None]


def request(url: str, headers: Mapping[str, str], connected: Connected) -> urllib3.BaseHTTPResponse:
    """Ask once for what is at ``url``, in a thread of the caller's; the content is still to come.

    Args:
        url: the address.
        headers: what is said with the request.
        connected: told the socket once there is one, so that another thread can shut it down.
    """
    manager = _pool(url)
    manager.pool_classes_by_scheme = _told_pools(connected)
    return manager.request(
        "GET",
        url,
        headers=headers,
        redirect=False,
        retries=False,
        preload_content=False,
        decode_content=False,
    )


def _told_pools(connected: Connected) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    """The pools of each scheme, whose connections hand over their sockets."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            connected(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            connected(self.sock)

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _pool(url: str) -> urllib3.PoolManager:
    """Connections as the environment wants them: its proxy and its certificates."""
    parts = urlsplit(url)
    arguments: dict[str, Any] = {
        "ca_certs": next(filter(None, map(os.environ.get, _CERTIFICATES)), None),
        "timeout": urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
        "socket_options": [
            *HTTPConnection.default_socket_options,
            (socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES),
        ],
    }
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all", "")
    if not proxy or urllib.request.proxy_bypass(parts.netloc.rpartition("@")[2]):
        return urllib3.PoolManager(**arguments)
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    who = unquote(urlsplit(proxy).netloc.rpartition("@")[0])
    headers = urllib3.make_headers(proxy_basic_auth=who) if who else None
    return urllib3.ProxyManager(proxy, proxy_headers=headers, **arguments)
