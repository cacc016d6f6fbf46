"""TLS in front of any server of the tests, as a load balancer terminates it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.servers.accepting import accepting
from tests.servers.authority import Pair
from tests.servers.process import HOST


@contextmanager
def tls_front(url: str, pair: Pair) -> Iterator[str]:
    """The https URL of a port that passes everything on to `url`, which speaks plain http."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    parts = urlsplit(url)
    behind = parts.hostname or HOST, parts.port or 80

    def serve(connection: socket.socket) -> None:
        with (
            context.wrap_socket(connection, server_side=True) as clear,
            socket.create_connection(behind) as server,
        ):
            joined(clear, server)

    with accepting(serve, threading.Event()) as port:
        yield parts._replace(scheme="https", netloc=f"{HOST}:{port}").geturl()


def joined(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes on in both directions until one of the two ends."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    thread = threading.Thread(target=pump, args=(other, one), daemon=True)
    thread.start()
    pump(one, other)
    thread.join()
