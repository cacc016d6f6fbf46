"""Answers as bytes: read as http.client reads them, or refused where two could read them as two."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core.backends.drivers.direct.transport.answer import Answer
from storage_core.backends.drivers.direct.transport.connection import Connection
from storage_core.backends.drivers.direct.transport.head import framing
from storage_core.backends.remote.limit import Limit

OK = b"HTTP/1.1 200 OK\r\n"


class Read(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@contextmanager
def coming(data: bytes, pieces: int = 1 << 20) -> Iterator[Connection]:
    """A connection through which bytes have come, and its end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for start in range(0, len(data), pieces):
            theirs.sendall(data[start : start + pieces])
        theirs.shutdown(socket.SHUT_WR)
        connection = Connection(ours, "here")
        connection.hold(Limit(10))
        yield connection


def read(data: bytes, method: str = "GET", most: int = 1 << 20) -> Read:
    """As the transport reads it; what comes is handed over in pieces of at most so many bytes."""
    with coming(data) as connection:
        stream: Any = connection.wire.stream
        connection.wire.stream = _Slow(stream, most)
        head = connection.head()
        answer = Answer(head, framing(method, head), connection, lambda _: None)
        return Read(answer.status, dict(answer.headers), answer.read())


class _Slow:
    """A socket that gives little at once."""

    def __init__(self, sock: Any, most: int) -> None:
        self._sock = sock
        self._most = most

    def recv(self, size: int) -> bytes:
        found: bytes = self._sock.recv(min(size, self._most))
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def oracle(data: bytes, method: str = "GET") -> Read:
    """As http.client reads it."""

    class Sock:
        def makefile(self, *_: Any) -> io.BytesIO:
            return io.BytesIO(data)

    response = HTTPResponse(Sock(), method=method)  # type: ignore[arg-type]
    response.begin()
    names = {name.lower() for name in response.headers}
    joined = {
        name: ", ".join(each.strip(" \t") for each in response.headers.get_all(name, ()))
        for name in names
    }
    return Read(response.status, joined, response.read())


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/0.9 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"HTTP/1.1 200 O\rK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        OK + b"Content-Length: 1\nX: y\r\n\r\nz",
        OK + b"X: a\0b\r\nContent-Length: 0\r\n\r\n",
        OK + b"X : a\r\nContent-Length: 0\r\n\r\n",
        OK + b"no colon\r\nContent-Length: 0\r\n\r\n",
        OK + b": none\r\nContent-Length: 0\r\n\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        OK + b"Content-Length: 1, 2\r\n\r\nxx",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: +1\r\n\r\nx",
        OK + b"Content-Length: 1_0\r\n\r\n0123456789",
        OK + b"Content-Length: \xb2\r\n\r\n01",
        OK + b"Content-Length: \r\n\r\n",
        OK + b"Content-Length: 9999999999999999999\r\n\r\n",
        OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: identity\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"X: " + bytes(66000).replace(b"\0", b"y") + b"\r\n\r\n",
        OK + b"X: y\r\n" * 12000 + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 4000 + OK + b"Content-Length: 0\r\n\r\n",
    ],
    ids=lambda each: repr(each[:60]),
)
def test_a_head_that_is_none_or_may_be_read_in_two_ways_fails(head: bytes) -> None:
    with pytest.raises(ConnectionError):
        read(head)


@pytest.mark.parametrize(
    "chunks",
    [
        b"",
        b"\r\n",
        b"3\r\nabc",
        b"3\r\nab",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"3\r\nabc\r\n0\r\n",
        b"3\nabc\n0\n\n",
        b"g\r\n\r\n",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"-1\r\n\r\n",
        b"+3\r\nabc\r\n0\r\n\r\n",
        b" 3\r\nabc\r\n0\r\n\r\n",
        b"3_0\r\n",
        b"1000000000000000\r\n",
        b"3;" + b"x" * 5000 + b"\r\nabc\r\n0\r\n\r\n",
        b"0\r\n" + b"X: y\r\n" * 20000,
    ],
    ids=lambda each: repr(each[:60]),
)
def test_chunks_that_are_none_or_that_end_early_fail(chunks: bytes) -> None:
    with pytest.raises(ConnectionError):
        read(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)


def test_a_body_that_ends_before_its_length_fails() -> None:
    for body in (b"", b"four"):
        with pytest.raises(ConnectionError, match="ended early"):
            read(OK + b"Content-Length: 5\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("answer", "method", "expected"),
    [
        (OK + b"content-LENGTH:3 \r\n\r\nabc", "GET", b"abc"),
        (OK + b"Content-Length: 3, 3\r\nContent-Length: 3\r\n\r\nabc", "GET", b"abc"),
        (OK + b"Content-Length: 3\r\n\r\n", "HEAD", b""),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", "HEAD", b""),
        (OK + b"\r\nuntil the end", "GET", b"until the end"),
        (OK + b"Transfer-Encoding: Chunked\r\n\r\n1 ;x\r\na\r\n00\r\nX: y\r\n\r\n", "GET", b"a"),
        (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", "GET", b"a"),
        (b"HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na", "GET", b"a"),
        (OK + b"X: a\r\n b\r\nContent-Length: 1\r\n\r\na", "GET", b"a"),
        (b"HTTP/1.1 204 None\r\nContent-Length: 3\r\n\r\n", "GET", b""),
    ],
)
def test_what_servers_may_do_is_read(answer: bytes, method: str, expected: bytes) -> None:
    for most in (1 << 20, 1):
        assert read(answer, method, most).body == expected


TOKEN = st.text("abcXYZ019!#$%&'*+-.^_`|~", min_size=1, max_size=8)
VALUE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
TAKEN = {"content-length", "transfer-encoding", "connection"}
BODILESS = (204, 304)
"""Their answers end with the head, whatever that says. http.client reads chunks even so."""


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes, str]:
    """Proper answers of every framing, and the methods of the requests."""
    method = draw(st.sampled_from(["GET", "HEAD", "PUT"]))
    status = draw(st.sampled_from([200, 204, 206, 304, 403, 404, 503]))
    body = draw(st.binary(max_size=200))
    lines = [f"HTTP/1.1 {status} {draw(VALUE)}".encode()]
    for name, value in draw(st.lists(st.tuples(TOKEN, VALUE), max_size=6)):
        if name.lower() not in TAKEN:
            lines.append(f"{name}: {value}".encode())
    way = draw(st.sampled_from(["length", "chunks", "end"]))
    if way == "length":
        lines.append(b"Content-Length: %d" % len(body))
    elif way == "chunks" and status not in BODILESS:
        lines.append(b"Transfer-Encoding: chunked")
        cuts = sorted({0, len(body), *draw(st.lists(st.integers(0, len(body)), max_size=4))})
        body = b"".join(
            b"%x\r\n%b\r\n" % (end - start, body[start:end]) for start, end in pairwise(cuts)
        )
        body += b"0\r\n" + draw(st.sampled_from([b"", b"X: y\r\n"])) + b"\r\n"
    if method == "HEAD" or status in BODILESS:
        body = b""
    before = draw(st.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n"]))
    return before + b"\r\n".join([*lines, b"", b""]) + body, method


@settings(max_examples=200, deadline=None)
@given(answers(), st.integers(1, 100))
def test_what_is_proper_is_read_as_by_http_client(answer: tuple[bytes, str], most: int) -> None:
    data, method = answer
    assert read(data, method, most) == oracle(data, method)


@settings(max_examples=300, deadline=None)
@given(answers(), st.data())
def test_what_is_spoilt_is_refused_or_read_as_by_http_client(
    answer: tuple[bytes, str], more: st.DataObject
) -> None:
    data, method = answer
    for _ in range(more.draw(st.integers(1, 3))):
        at = more.draw(st.integers(0, len(data)))
        size = more.draw(st.integers(0, 3))
        piece = more.draw(
            st.sampled_from([b"", b"\r", b"\n", b"\r\n", b":", b" ", b"0", b"1", b"f", b";", b","])
            | st.binary(max_size=2)
        )
        data = data[:at] + piece + data[at + size :]
    try:
        found = read(data, method)
    except ConnectionError:
        return
    if found.status in BODILESS:
        assert not found.body
        return
    try:
        expected = oracle(data, method)
    except (HTTPException, ValueError):
        # It knows no more than 100 headers, nor lengths given twice.
        pytest.fail(f"{data!r} is refused by http.client")
    assert (found.status, found.body) == (expected.status, expected.body)
