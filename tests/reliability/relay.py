"""A relay in front of a server, to cut an upload off at a given byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

from tests.servers.process import HOST

_PIECE: Final = 16 * 1024
_PATIENCE: Final = 30.0
"""Seconds after which a relay that waits for nothing gives up."""


class Relay:
    """Hands bytes on between clients and one server, up to a limit."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        self._server = (parts.hostname, parts.port or 80)
        self._listener = socket.create_server((HOST, 0))
        self._threads: list[threading.Thread] = []
        self._clients: list[socket.socket] = []
        self._lock = threading.Lock()
        self._limit: int | None = None
        self.sent = 0
        """Bytes that clients have sent to the server."""

        self.reached = threading.Event()
        """Set when the limit is reached: from then on nothing is handed on to the server."""

        self._let_go = threading.Event()
        self.url = url.replace(parts.netloc, f"{HOST}:{self._listener.getsockname()[1]}")
        threading.Thread(target=self._accept, daemon=True).start()

    def stop_after(self, limit: int) -> None:
        """Hand on so many bytes to the server, then none; count anew."""
        self.sent, self._limit = 0, limit
        self.reached.clear()
        self._let_go.clear()

    def go_on(self) -> None:
        """No limit for new connections; those that have reached it stay silent."""
        with self._lock:
            self._limit = None

    def hang_up(self) -> None:
        """Break the connections, wait until the server has nothing more to say; no limit then."""
        with self._lock:
            threads, self._threads = self._threads, []
            clients, self._clients = self._clients, []
            self._limit = None
        for client in clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        self._let_go.set()
        for thread in threads:
            thread.join(_PATIENCE)
            assert not thread.is_alive(), "the server keeps a connection whose client is gone"

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            for each in (client, server):
                # Else each small piece waits until the one before is acknowledged: signing in by
                # SSH, a dozen of them, would take a second longer than without a relay.
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._clients.append(client)
                for work in (self._up, self._down):
                    thread = threading.Thread(target=work, args=(client, server), daemon=True)
                    thread.start()
                    self._threads.append(thread)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(_PIECE):
                with self._lock:
                    room = None if self._limit is None else max(0, self._limit - self.sent)
                    piece = piece[:room]
                    self.sent += len(piece)
                server.sendall(piece)
                if room is not None and len(piece) == room:
                    self.reached.set()
                    self._let_go.wait(_PATIENCE)
                    break
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            server.settimeout(_PATIENCE)
            while piece := server.recv(_PIECE):
                with suppress(OSError):
                    client.sendall(piece)
        for each in (server, client):
            each.close()


@contextmanager
def relayed(url: str) -> Iterator[Relay]:
    """A relay in front of the server at `url`."""
    relay = Relay(url)
    try:
        yield relay
    finally:
        relay.close()
