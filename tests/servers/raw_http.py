"""An HTTP server whose answers a test writes byte by byte, for what no well-behaved server sends.

Each request is read to its end and remembered; the test's function answers it on the socket. When
the function returns, the connection is closed.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.servers.accepting import accepting
from tests.servers.process import HOST


@dataclass
class RawServer:
    """A running server: its address, and the requests so far."""

    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    """Each with its head and body, in order of arrival."""
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when the test is over, to end an answer that hangs."""

    _threads: threading.local = field(default_factory=threading.local)

    @property
    def asked(self) -> bytes:
        """The request to answer: the last one that arrived may belong to another thread."""
        request: bytes = self._threads.request
        return request


_HANDSHAKE: Final = b"\x16\x03"
"""How TLS begins: some clients try it first."""

Answer = Callable[[RawServer, socket.socket], object]


def response(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A well-formed answer that ends the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def raw_server(answer: bytes | Answer) -> Iterator[RawServer]:
    """A server on a free port that answers all requests with these bytes, or by this function."""
    server = RawServer()

    def serve(connection: socket.socket) -> None:
        server._threads.request = read_request(connection)
        server.requests.append(server.asked)
        if callable(answer):
            answer(server, connection)
        else:
            connection.sendall(answer)

    with accepting(serve, server.stopped) as port:
        server.url = f"http://{HOST}:{port}"
        yield server


def read_request(connection: socket.socket) -> bytes:
    """A request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
        if data.startswith(_HANDSHAKE):
            raise ConnectionResetError("the client speaks TLS")
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            length = int(value)
    while len(body) < length:
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionResetError("the client went away in the middle of a request")
    return data
