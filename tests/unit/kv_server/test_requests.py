"""The KV server's HTTP: how a request begins and ends, and how large it may be."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection
from pathlib import Path

import pytest

from storage_core.backends.drivers.kv import open_kv
from storage_core.blobpath import blob_path
from storage_core.errors import StorageError
from storage_core.kv_server import KVServer
from tests.servers.process import HOST
from tests.unit.kv_server.client import (
    MIB,
    ask,
    files_below,
    received,
    send,
)


@pytest.mark.parametrize("length", ["8388609", "9" * 30])
def test_a_value_over_the_bound_is_refused_unread(server: KVServer, length: str) -> None:
    head = f"POST /results-x HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode()
    assert send(server, head).split()[1] == b"413"


def test_a_client_that_sends_too_much_sees_why_it_is_refused(server: KVServer) -> None:
    status, answer = ask(server, "POST", "/results-x", b'"' + b"a" * 20 * MIB + b'"')
    assert (status, list(json.loads(answer))) == (413, ["error"])


def test_the_projects_client_says_that_a_blob_is_too_large_for_this_server(
    server: KVServer,
) -> None:
    store = open_kv(server.url, token=None, timeout=10)
    with pytest.raises(StorageError, match="too large") as caught:
        store.put(blob_path("results/x"), b"a" * 20 * MIB, overwrite=True)
    assert type(caught.value) is StorageError
    store.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("", b"411"),
        ("Transfer-Encoding: chunked\r\n", b"411"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", b"411"),
        ("Content-Length: 1\r\nContent-Length: 2\r\n", b"400"),
        ("Content-Length: -1\r\n", b"400"),
        ("Content-Length: +1\r\n", b"400"),
        ("Content-Length: 1_0\r\n", b"400"),
        ("Content-Length: ²\r\n", b"400"),
    ],
)
def test_a_body_whose_end_is_not_clear_is_refused(
    server: KVServer, headers: str, status: bytes
) -> None:
    answer = send(server, f"POST /results-x HTTP/1.1\r\n{headers}\r\n1".encode())
    assert answer.split()[1] == status


def test_a_body_where_none_belongs_ends_the_connection(server: KVServer) -> None:
    smuggled = b"GET /results-x HTTP/1.1\r\n\r\n"
    head = f"GET / HTTP/1.1\r\nContent-Length: {len(smuggled)}\r\n\r\n".encode()
    answer = send(server, head + smuggled)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.split()[1] == b"400"


def test_a_client_is_asked_for_the_body_only_when_all_else_is_in_order(server: KVServer) -> None:
    expect = b"Expect: 100-continue\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    fine = b"POST /results-x HTTP/1.1\r\n" + expect % 1
    with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
        connection.sendall(fine)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"1")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    large = b"POST /results-x HTTP/1.1\r\n" + expect % (9 * MIB)
    assert send(server, large).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 150 + b"\r\n",
        b"GET / HTTP/1.1\r\n" + (b"X: " + b"a" * 1000 + b"\r\n") * 90 + b"\r\n",
    ],
    ids=["a long request line", "a long header", "many headers", "much of both"],
)
def test_a_head_over_the_bound_is_refused(server: KVServer, head: bytes) -> None:
    assert send(server, head).split()[1] in (b"414", b"431")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/9\r\n\r\n", b"400"),
        (b"GET / HTTP/3.0\r\n\r\n", b"505"),
        (b"PUT /results-x HTTP/1.1\r\n\r\n", b"501"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_request_of_the_protocol_is_refused_with_json(
    server: KVServer, head: bytes, status: bytes
) -> None:
    answer = send(server, head)
    assert answer.split()[1] == status
    assert b'\r\n\r\n{"error": ' in answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nno header\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\nContent-Length: 5\r\n",
        b"GET / HTTP/1.1\r\nX: a\r\n folded\r\n",
        b"GET / HTTP/1.1\r\n X: a\r\n",
        b"GET / HTTP/1.1\r\n\tX: a\r\n",
        b"GET / HTTP/1.1\r\nContent-Length : 5\r\n",
        b"GET / HTTP/1.1\r\nX: a\rContent-Length: 5\r\n",
        b"GET / HTTP/1.1\r\nX: a\nContent-Length: 0\r\n",
        b"GET / HTTP/1.1\r\nX: a\0b\r\n",
        b"GET / HTTP/1.1\r\nX\0: a\r\n",
        b"GET / HTTP/1.1\r\n: a\r\n",
        b"GET / HTTP/1.1\nX: a\r\n",
        b"GET  / HTTP/1.1\r\n",
        b"GET\t/ HTTP/1.1\r\n",
        b"GET / HTTP/1.1 \r\n",
        b"GET /\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 5\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 0\r\n",
        b"DELETE /results-x HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        b"POST /results-x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
        b"POST /results-x HTTP/1.1\r\nno header\r\nContent-Length: 1\r\n",
    ],
)
def test_a_head_that_others_may_read_differently_is_refused(server: KVServer, head: bytes) -> None:
    smuggled = b"GET /results-y HTTP/1.1\r\n\r\n"
    answer = send(server, head + b"\r\n" + smuggled)
    assert answer.split()[1] == b"400"
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_head_that_breaks_off_is_no_request(server: KVServer, folder: Path) -> None:
    for head in (b"DELETE /results-x HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: localhost"):
        with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
            connection.sendall(head)
            connection.shutdown(socket.SHUT_WR)
            assert b"".join(received(connection)).split()[1] == b"400"


def test_one_connection_serves_many_requests(server: KVServer) -> None:
    connection = HTTPConnection(HOST, server.server_port, timeout=10)
    connection.connect()
    first = connection.sock
    for n in range(50):
        connection.request("POST", f"/results-{n}", str(n))
        assert connection.getresponse().read() == f'{{"key": "results-{n}"}}'.encode()
        connection.request("GET", f"/results-{n}")
        assert connection.getresponse().read() == str(n).encode()
    assert connection.sock is first
    connection.close()


def test_a_body_that_breaks_off_is_not_stored(server: KVServer, folder: Path) -> None:
    for length in (100, 2 * MIB):
        head = f"POST /results-x HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode()
        with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
            connection.sendall(head + b'"half"')
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100) == b""
    assert files_below(folder) == set()
