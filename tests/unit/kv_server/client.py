"""A server in this process, and clients that say to it what they like, byte by byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from storage_core.kv_server import KVServer
from tests.servers.process import HOST

MIB = 1024 * 1024


@contextmanager
def serving(folder: Path, **options: Any) -> Iterator[KVServer]:
    server = KVServer(folder, **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.finish()


def ask(
    server: KVServer,
    method: str,
    target: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, bytes]:
    """The status and body of one request on a connection of its own; the target goes as it is."""
    connection = HTTPConnection(HOST, server.server_port, timeout=10)
    try:
        has_host = "Host" in (headers or {})
        connection.putrequest(method, target, skip_host=has_host, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def visit(server: KVServer, method: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """The answer to a request for one key by somebody who says in `headers` who they are."""
    return ask(server, method, "/results-x", b"1" if method == "POST" else None, headers)


def send(server: KVServer, *parts: bytes) -> bytes:
    """All that the server says to these bytes before it closes the connection."""
    with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
        return b"".join(received(connection))


def received(connection: socket.socket) -> Iterator[bytes]:
    """What comes in until the connection ends, in whichever way."""
    try:
        while data := connection.recv(65536):
            yield data
    except ConnectionError:
        pass


def wait_until(holds: Callable[[], bool]) -> bool:
    """Whether it holds within ten seconds."""
    end = time.monotonic() + 10
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
