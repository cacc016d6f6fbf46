"""Every step ends when the time of its call is up, or when its caller has gone."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from storage_core.backends.base import SLOWEST_RATE
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.limit import Cancellation, Cancelled, Limit, OutOfTime
from storage_core.backends.remote.network import Network
from tests.servers.accepting import accepting
from tests.servers.authority import Authority
from tests.servers.misbehaving import drip, drip_head, hang
from tests.servers.process import HOST
from tests.servers.raw_http import RawServer, raw_server
from tests.servers.tls import tls_front

SHORT = 0.3
PLENTY = 60.0
HEAVY = bytes(64 << 20)
"""More than the system keeps for a server that does not read."""


@contextmanager
def deaf() -> Iterator[str]:
    """A server that takes connections and reads nothing."""
    stopped = threading.Event()
    with accepting(lambda connection: stopped.wait(30), stopped) as port:
        yield f"http://{HOST}:{port}"


@contextmanager
def full() -> Iterator[str]:
    """A server whose system takes no more connections, and says nothing of it."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(0)
        waiting = []
        try:
            for _ in range(4):
                each = socket.socket()
                waiting.append(each)
                each.setblocking(False)
                each.connect_ex(listener.getsockname())
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            for each in waiting:
                each.close()


@contextmanager
def answering(answer: Callable[[RawServer, socket.socket], object]) -> Iterator[str]:
    with raw_server(answer) as server:
        yield server.url


def slow_chunks(server: RawServer, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not server.stopped.wait(0.05):
        connection.sendall(b"1\r\nx\r\n")


def slow_trailers(server: RawServer, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    while not server.stopped.wait(0.05):
        connection.sendall(b"X: y\r\n")


def wait_a_moment(server: RawServer, connection: socket.socket) -> None:
    while not server.stopped.wait(0.05):
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")


SLOW: dict[str, tuple[Callable[[], Any], bytes | None]] = {
    "connecting": (full, None),
    "the head": (lambda: answering(hang), None),
    "a byte now and then of the head": (lambda: answering(drip_head), None),
    "a byte now and then of the body": (lambda: answering(drip), None),
    "chunks": (lambda: answering(slow_chunks), None),
    "trailers": (lambda: answering(slow_trailers), None),
    "wait a moment": (lambda: answering(wait_a_moment), None),
    "sending": (deaf, HEAVY),
}


@pytest.fixture(params=SLOW)
def slow(request: pytest.FixtureRequest) -> Iterator[tuple[str, bytes | None]]:
    server, body = SLOW[request.param]
    with server() as url:
        yield url, body


def ask(transport: Transport, limit: Limit, url: str, body: bytes | None) -> None:
    transport.exchange(limit, "GET" if body is None else "PUT", url, {}, body).read()


def test_whatever_is_slow_ends_with_the_time(
    transport: Transport, slow: tuple[str, bytes | None]
) -> None:
    with pytest.raises(OutOfTime):
        ask(transport, Limit(SHORT), *slow)


def test_connecting_takes_no_longer_than_its_own_time_however_long_the_limit_is() -> None:
    transport = Transport(Network(), SHORT)
    with full() as url, pytest.raises(OutOfTime):
        ask(transport, Limit(PLENTY), url, HEAVY)


@pytest.mark.parametrize("step", ["handshake", "head", "sending"])
def test_tls_ends_with_the_time(tmp_path: Path, step: str) -> None:
    authority = Authority(tmp_path)
    transport = Transport(Network(str(authority.bundle)), PLENTY)
    body = HEAVY if step == "sending" else None
    with deaf() as clear:
        secure = (
            nullcontext(clear.replace("http:", "https:"))
            if step == "handshake"
            else tls_front(clear, authority.signed())
        )
        with secure as url, pytest.raises(OutOfTime):
            ask(transport, Limit(SHORT), url, body)


def test_a_name_that_nobody_resolves_ends_with_the_time(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()
    done = threading.Event()

    def resolve(*_: Any) -> Any:
        asked.set()
        done.wait(30)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(OutOfTime):
        ask(transport, Limit(SHORT), "http://files.example/", None)
    assert asked.is_set()
    done.set()


def test_a_server_that_sends_fast_enough_is_given_more_time(transport: Transport) -> None:
    piece = bytes(10 * SLOWEST_RATE)

    def steady(server: RawServer, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (4 * len(piece)))
        for _ in range(4):
            connection.sendall(piece)
            time.sleep(0.4)

    with raw_server(steady) as server:
        answer = transport.exchange(Limit(1), "GET", server.url)
        assert len(answer.read()) == 4 * len(piece)


def test_cancelling_sets_the_thread_free(
    transport: Transport, slow: tuple[str, bytes | None]
) -> None:
    cancellation = Cancellation()
    ended: list[BaseException] = []

    def work() -> None:
        try:
            ask(transport, Limit(PLENTY, cancellation), *slow)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.1)
    cancellation.set()
    thread.join(10)
    assert [type(each) for each in ended] == [Cancelled]


@pytest.mark.parametrize("step", ["handshake", "head"])
def test_cancelling_sets_free_what_waits_for_tls(tmp_path: Path, step: str) -> None:
    authority = Authority(tmp_path)
    transport = Transport(Network(str(authority.bundle)), PLENTY)
    cancellation = Cancellation()
    ended: list[BaseException] = []

    def work(url: str) -> None:
        try:
            ask(transport, Limit(PLENTY, cancellation), url, None)
        except BaseException as error:
            ended.append(error)

    with deaf() as clear:
        secure = (
            nullcontext(clear.replace("http:", "https:"))
            if step == "handshake"
            else tls_front(clear, authority.signed())
        )
        with secure as url:
            thread = threading.Thread(target=work, args=(url,))
            thread.start()
            time.sleep(0.1)
            cancellation.set()
            thread.join(10)
            assert [type(each) for each in ended] == [Cancelled]


def test_what_only_parts_chunks_allows_no_more_time(transport: Transport) -> None:
    """Else a server that sends next to nothing, in many words, would be waited for without end."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join([b"1;" + b"x" * 3000 + b"\r\n.\r\n"] * 100) + b"0\r\n\r\n"
    with raw_server(head + chunks) as server:
        limit = Limit(PLENTY)
        assert transport.exchange(limit, "GET", f"{server.url}/").read() == b"." * 100
        assert limit.moved < 1000
