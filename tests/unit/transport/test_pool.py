"""Connections that wait for the next request: used again while they can be, and by nobody else."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage_core.backends.drivers.direct.transport import Transport, pool
from storage_core.backends.remote.limit import Limit
from storage_core.backends.remote.network import Network
from tests.children import FORKING, in_child
from tests.servers.authority import Authority
from tests.servers.keeping import OK, KeepingServer, Request, keeping_server
from tests.servers.tls import tls_front


def ask(transport: Transport, url: str) -> bytes:
    return transport.exchange(Limit(10), "GET", url).read()


def used(server: KeepingServer) -> list[int]:
    """The connections that requests came through, in order."""
    return [each.connection for each in server.requests]


def test_requests_side_by_side_have_a_connection_each_and_the_last_one_used_serves_next(
    transport: Transport,
) -> None:
    everybody = threading.Barrier(3)

    def together(request: Request) -> bytes:
        if request.line.startswith("GET /together"):
            everybody.wait(10)
        return OK

    with keeping_server(together) as server:
        threads = [
            threading.Thread(target=ask, args=(transport, f"{server.url}/together"))
            for _ in range(3)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(used(server)) == [0, 1, 2]
        for _ in range(3):
            ask(transport, server.url)
        assert len({*used(server)[3:]}) == 1


def test_no_more_connections_wait_than_calls_are_commonly_made_at_once(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_MOST_IDLE", 2)
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + bytes(300000)
    with keeping_server(whole) as server:
        begun = [transport.exchange(Limit(10), "GET", server.url) for _ in range(4)]
        for each in begun:
            each.read()
        again = [transport.exchange(Limit(10), "GET", server.url) for _ in range(3)]
        assert sorted(used(server)) == [0, 1, 2, 2, 3, 3, 4]
        for each in again:
            each.close()


def test_a_connection_that_has_waited_for_long_is_not_used(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keeping_server() as server:
        ask(transport, server.url)
        monkeypatch.setattr(pool, "_LONGEST_IDLE", 0.0)
        ask(transport, server.url)
        assert used(server) == [0, 1]


def test_a_connection_that_has_ended_meanwhile_is_noticed_before_it_is_used(
    transport: Transport,
) -> None:
    with keeping_server() as server:
        ask(transport, server.url)
        server.connections[0].shutdown(socket.SHUT_WR)
        assert ask(transport, server.url) == b"ok"
        assert used(server) == [0, 1]


@pytest.mark.parametrize(
    "more", [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", b"x"], ids=["an answer", "a byte"]
)
def test_what_comes_behind_an_answer_is_never_taken_for_the_next(
    transport: Transport, more: bytes
) -> None:
    with keeping_server(lambda each: OK + more if each.connection == 0 else OK) as server:
        assert [ask(transport, server.url) for _ in range(2)] == [b"ok", b"ok"]
        assert used(server) == [0, 1]


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", True),
    ],
)
def test_a_connection_is_kept_as_the_answer_says(
    transport: Transport, answer: bytes, kept: bool
) -> None:
    with keeping_server(answer) as server:
        for _ in range(2):
            assert ask(transport, server.url) == b""
        assert used(server) == [0, 0 if kept else 1]


def test_what_a_closed_transport_still_reads_ends_its_connection_then(transport: Transport) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + bytes(300000)
    with keeping_server(whole) as server:
        answer = transport.exchange(Limit(10), "GET", server.url)
        transport.close()
        assert len(answer.read()) == 300000
        ask(transport, server.url)
        assert used(server) == [0, 1]


@pytest.fixture(params=["http", "https"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[KeepingServer, str, str]]:
    authority = Authority(tmp_path)
    with keeping_server(lambda each: OK) as server:
        if request.param == "http":
            yield server, server.url, str(authority.bundle)
            return
        with tls_front(server.url, authority.signed()) as url:
            yield server, url, str(authority.bundle)


def test_a_forked_child_has_connections_of_its_own_and_leaves_its_parents_alone(
    way: tuple[KeepingServer, str, str],
) -> None:
    server, url, bundle = way
    transport = Transport(Network(bundle), 10)
    ask(transport, url)

    def child() -> str:
        first = ask(transport, url)
        transport.close()
        return f"{first!r}"

    assert in_child(child) == "b'ok'"
    assert in_child(transport.close) == "None"
    ask(transport, url)
    assert used(server) == [0, 1, 0]
    transport.close()


def test_a_child_that_reads_on_what_its_parent_has_begun_is_refused(transport: Transport) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" + bytes(4000000)
    with keeping_server(whole) as server:
        answer = transport.exchange(Limit(10), "GET", server.url)

        def child() -> str:
            try:
                answer.read()
            except ConnectionError as error:
                return str(error)
            return "read"

        assert in_child(child) == "the connection was opened before a fork"
        assert len(answer.read()) == 4000000


ENDS = """
import os, sys, threading
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.limit import Limit
from storage_core.backends.remote.network import Network
transport = Transport(Network(sys.argv[2]), 10)
idle = transport.exchange(Limit(10), "GET", sys.argv[1] + "/small").read()
begun = transport.exchange(Limit(10), "GET", sys.argv[1] + "/large")
lost = transport.exchange(Limit(10), "GET", sys.argv[1] + "/large")
del lost
circle = [Transport(Network(sys.argv[2]), 10)]
circle.append(circle)
circle[0].exchange(Limit(10), "GET", sys.argv[1] + "/small").read()
del circle
waiting = threading.Thread(
    target=lambda: transport.exchange(Limit(60), "GET", sys.argv[1] + "/never"), daemon=True
)
waiting.start()
waiting.join(0.2)
child = os.fork()
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


def test_a_process_ends_at_once_and_says_nothing_whatever_is_still_open(
    way: tuple[KeepingServer, str, str], tmp_path: Path
) -> None:
    server, url, bundle = way
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" + bytes(4000000)
    stopped = threading.Event()

    def answer(request: Request) -> bytes:
        if "/never" in request.line:
            stopped.wait(60)
        return large if "/large" in request.line else OK

    server.answer = answer
    run = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", *FORKING, "-c", ENDS, url, bundle],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    stopped.set()
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
