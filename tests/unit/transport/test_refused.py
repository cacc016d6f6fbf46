"""A server that answers before it has the whole body: what it says is what counts."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.limit import Limit
from storage_core.backends.remote.network import Network
from tests.servers.accepting import accepting
from tests.servers.authority import Authority, Pair
from tests.servers.misbehaving import reset_at_once
from tests.servers.process import HOST
from tests.servers.raw_http import RawServer, response

HEAVY = bytes(32 << 20)
"""More than the system keeps for a server that does not read."""

REFUSAL = response("403 Forbidden", b"<Error/>")


@contextmanager
def early(
    serve: Callable[[socket.socket, threading.Event], object], pair: Pair | None = None
) -> Iterator[str]:
    """A server that has read the head of a request, with TLS if it has a certificate."""
    stopped = threading.Event()

    def begun(connection: socket.socket) -> None:
        # Else an answer may wait for something to be acknowledged, and go down with the connection.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if pair is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pair.certificate, pair.key)
            connection = context.wrap_socket(connection, server_side=True)
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            data += connection.recv(1)
        with connection:
            serve(connection, stopped)

    with accepting(begun, stopped) as port:
        yield f"{'https' if pair else 'http'}://{HOST}:{port}"


def closes(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(REFUSAL)


def resets(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(REFUSAL)
    # Else the reset overtakes the answer.
    connection.recv(1 << 20)
    stopped.wait(0.1)
    reset_at_once(RawServer(), connection)


def reads_no_more(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(REFUSAL)
    stopped.wait(30)


def hesitates(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n")
    stopped.wait(0.1)
    reads_no_more(connection, stopped)


@pytest.mark.parametrize("serve", [closes, resets, reads_no_more, hesitates])
def test_the_answer_counts_and_the_connection_is_used_no_more(
    transport: Transport, serve: Callable[[socket.socket, threading.Event], object]
) -> None:
    with early(serve) as url:
        for _ in range(2):
            answer = transport.exchange(Limit(20), "PUT", url, {}, HEAVY)
            assert (answer.status, answer.read()) == (403, b"<Error/>")


@pytest.mark.parametrize("serve", [closes, resets, reads_no_more, hesitates])
def test_the_answer_counts_over_tls(
    tmp_path: Path, serve: Callable[[socket.socket, threading.Event], object]
) -> None:
    authority = Authority(tmp_path)
    with early(serve, authority.signed()) as url:
        transport = Transport(Network(str(authority.bundle)), 10)
        answer = transport.exchange(Limit(20), "PUT", url, {}, HEAVY)
        assert (answer.status, answer.read()) == (403, b"<Error/>")


def test_a_body_goes_on_where_the_answer_before_its_end_is_a_success(transport: Transport) -> None:
    received = 0

    def counts(connection: socket.socket, stopped: threading.Event) -> None:
        nonlocal received
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        while received < len(HEAVY):
            received += len(connection.recv(1 << 20))
        connection.sendall(b"ok")

    with early(counts) as url:
        answer = transport.exchange(Limit(20), "PUT", url, {}, HEAVY)
        assert (answer.status, answer.read()) == (200, b"ok")
    assert received == len(HEAVY)


def test_success_with_half_a_body_is_none(transport: Transport) -> None:
    def pretends(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(response("200 OK"))

    with early(pretends) as url, pytest.raises(ConnectionError):
        transport.exchange(Limit(20), "PUT", url, {}, HEAVY)
