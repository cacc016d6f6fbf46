"""An HTTP server that keeps connections open, and answers each request by a test's function."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.accepting import accepting
from tests.servers.process import HOST

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Request:
    """One request."""

    connection: int
    """The number of the connection that it came through; the first is 0."""

    line: str
    headers: dict[str, str]
    """By names in lower case."""

    body: bytes


@dataclass
class KeepingServer:
    """A running server: its address, and the requests so far."""

    answer: bytes | Callable[[Request], bytes]
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when the test is over."""


@contextmanager
def keeping_server(answer: bytes | Callable[[Request], bytes] = OK) -> Iterator[KeepingServer]:
    """A server on a free port; an empty answer ends the connection."""
    server = KeepingServer(answer)

    counting = threading.Lock()

    def serve(connection: socket.socket) -> None:
        # Several connections may begin at once.
        with counting:
            number = len(server.connections)
            server.connections.append(connection)
        incoming = connection.makefile("rb")
        while first := incoming.readline():
            headers = {}
            while line := incoming.readline().strip():
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            size = int(headers.get("content-length", 0))
            body = incoming.read(size)
            if len(body) < size:
                return
            request = Request(number, first.decode().strip(), headers, body)
            server.requests.append(request)
            said = server.answer(request) if callable(server.answer) else server.answer
            if not said:
                return
            connection.sendall(said)

    with accepting(serve, server.stopped) as port:
        server.url = f"http://{HOST}:{port}"
        try:
            yield server
        finally:
            for each in server.connections:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
