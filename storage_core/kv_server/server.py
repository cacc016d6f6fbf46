"""The KV server: a thread for each connection, up to a limit.

Threads suffice, since each waits for the disk most of the time.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.drivers.kv.protocol import MAX_VALUE
from storage_core.backends.local import LocalBackend
from storage_core.errors import ConfigurationError
from storage_core.keys import Key, random_name
from storage_core.kv_server.handler import Handler, HandlingServer
from storage_core.kv_server.visitors import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_CONNECTIONS: Final = 256
"""Clients served at once; any other gets status 503."""

_NO_ROOM: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
_NO_ROOM_HERE: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_PAUSE: Final = 0.1
_SECONDS_TO_FINISH: Final = 5.0
_log: Final = logging.getLogger("storage_core.kv_server")


class KVServer(HandlingServer):
    """Serves one folder."""

    request_queue_size = 256
    daemon_threads = True

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        max_size: int = MAX_VALUE,
        patience: float = 30.0,
    ) -> None:
        """Open the port.

        Args:
            folder: where the values are kept; created, with mode 0700, if missing.
            host: the address to listen on.
            port: 0 for any free one.
            token: what clients must send as a bearer token.
            max_size: bytes of JSON of the largest value that is accepted.
            patience: seconds that a client may take for the head of a request, to begin the next
                request, and to send or fetch a value (there one more for every 64 KiB).

        Raises:
            ConfigurationError: the token, the folder or the address cannot be used.
            AccessDenied: the folder may not be written.
            StorageUnavailable: its disk does not work, or is full.
        """
        if token is not None and not (token.isprintable() and token.strip()):
            raise ConfigurationError("the token is empty or not printable; choose another")
        self.folder = os.path.abspath(folder)
        self.values = LocalBackend(self.folder, private=True)
        self.host = host
        self.token = token
        self.max_size = max_size
        self.patience = patience
        self.idle = set()
        self.is_stopping = False
        self.connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        self._is_out_of_room = False
        self._prepare_folder()
        try:
            self.address_family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            super().__init__((host, port), Handler)
        except (OSError, OverflowError) as error:
            raise ConfigurationError(
                f"cannot listen on {host} port {port}: "
                f"{getattr(error, 'strerror', None) or error}; choose another address or port"
            ) from error

    @property
    def url(self) -> str:
        """What clients use as API Address."""
        host = f"[{self.server_name}]" if ":" in self.server_name else self.server_name
        return f"http://{host}:{self.server_port}"

    def _prepare_folder(self) -> None:
        """Find out now, and not with a client's first value, whether the folder can be written.

        The backend makes the folders and, unlike `os.makedirs`, flushes them to the disk.
        """
        key = Key("results", random_name())
        self.values.put(key.path, b"null", overwrite=True)
        self.values.delete(key.path)

    def server_bind(self) -> None:
        """Bind without the look-up of this machine's name that the base class makes."""
        if self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def get_request(self) -> tuple[Any, Any]:
        """Take a connection, or wait a moment if the system has no room for one.

        Its client waits too. Without the pause the loop would ask again at once, and for ever.
        """
        try:
            taken = super().get_request()
        except OSError as error:
            if error.errno in _NO_ROOM_HERE:
                if not self._is_out_of_room:
                    self._is_out_of_room = True
                    _log.error(
                        "no connection can be taken: %s; new clients wait until others have "
                        "gone (more room: ulimit -n)",
                        error.strerror,
                    )
                sleep(_PAUSE)
            raise
        if self._is_out_of_room:
            self._is_out_of_room = False
            _log.info("connections are taken again")
        return taken

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a new connection, unless there are too many."""
        with self._changed:
            is_full = len(self.connections) >= MAX_CONNECTIONS
            if not is_full:
                self.connections.add(request)
        if is_full:
            request.settimeout(0)
            request.send(_NO_ROOM)
            self.shutdown_request(request)
        else:
            request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection when its thread is done."""
        self.idle.discard(request)
        super().shutdown_request(request)
        with self._changed:
            self.connections.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log an error of one connection; the others go on."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            _log.error("the connection of %s failed", client_address, exc_info=error)

    def finish(self) -> None:
        """Let running requests finish, then close everything."""
        self.is_stopping = True
        self.server_close()
        end = monotonic() + _SECONDS_TO_FINISH
        with self._changed:
            while self.connections and monotonic() < end:
                for connection in self.connections & self.idle:
                    try:
                        connection.shutdown(socket.SHUT_RD)
                    except OSError:
                        pass
                self._changed.wait(0.1)


def serve(
    folder: str | os.PathLike[str],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    token: str | None = None,
    max_size: int = MAX_VALUE,
    on_ready: Callable[[str], object] | None = None,
) -> None:
    """Serve `folder` until SIGINT or SIGTERM (in the main thread), then end cleanly.

    Args:
        folder: where the values are kept; created, with mode 0700, if missing.
        host: the address to listen on; `exposure` says what to warn of.
        port: 0 for any free one.
        token: what clients must send as a bearer token.
        max_size: bytes of JSON of the largest value that is accepted.
        on_ready: called with the API Address once clients can connect.

    Raises:
        ConfigurationError: the token, the folder or the address cannot be used.
        AccessDenied: the folder may not be written.
        StorageUnavailable: its disk does not work, or is full.
    """
    server = KVServer(folder, host=host, port=port, token=token, max_size=max_size)
    try:
        with _ending_on_signals(server):
            if on_ready is not None:
                on_ready(server.url)
            server.serve_forever(poll_interval=0.1)
    finally:
        server.finish()


def exposure(host: str, token: str | None) -> str | None:
    """The warning to give before serving on `host` if other machines could reach it freely."""
    if token is not None or host == "localhost" or is_loopback(host):
        return None
    return f"anyone who can reach {host} can read, change and delete what is stored; set a token"


@contextmanager
def _ending_on_signals(server: KVServer) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        # In a thread: `shutdown` waits for the loop that this signal has interrupted.
        threading.Thread(target=server.shutdown, daemon=True).start()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
