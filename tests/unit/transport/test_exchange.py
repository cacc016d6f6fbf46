"""One request and its answer: what is sent, what is read, and what a broken answer ends with."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import randbytes

import pytest

from storage_core.backends.drivers.direct.transport import Transport, ask
from storage_core.backends.remote.faults import BadSettings
from storage_core.backends.remote.limit import Limit
from storage_core.backends.remote.network import Network
from tests.servers.authority import Authority
from tests.servers.keeping import keeping_server
from tests.servers.raw_http import response
from tests.servers.tls import tls_front


def test_a_request_is_sent_as_it_is_given_with_host_and_length_set(transport: Transport) -> None:
    with keeping_server() as server:
        url = f"{server.url}/b/a%2Fb%20c?x=%2F&y"
        answer = transport.exchange(Limit(5), "PUT", url, [("X-One", "1")], b"12345")
        assert (answer.status, answer.reason, answer.read()) == (200, "OK", b"ok")
        assert answer.headers == {"content-length": "2"}
        transport.exchange(Limit(5), "GET", server.url, {"Host": "other"}).close()
        one, two = server.requests
        assert one.line == "PUT /b/a%2Fb%20c?x=%2F&y HTTP/1.1"
        assert one.headers == {
            "host": server.url.removeprefix("http://"),
            "x-one": "1",
            "accept-encoding": "identity",
            "content-length": "5",
        }
        assert one.body == b"12345"
        assert two.line == "GET / HTTP/1.1"
        assert two.headers == {"host": "other", "accept-encoding": "identity"}


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://127.0.0.1:1/a b", {}),
        ("http://127.0.0.1:1/a\r\nX: y", {}),
        ("http://127.0.0.1:1/ä", {}),
        ("http://127.0.0.1:99999/", {}),
        ("http://[::1", {}),
        ("ftp://127.0.0.1/", {}),
        ("127.0.0.1", {}),
        ("http://127.0.0.1:1/", {"X": "a\r\nY: b"}),
        ("http://127.0.0.1:1/", {"X": "a\nY: b"}),
        ("http://127.0.0.1:1/", {"X\r": "a"}),
    ],
)
def test_what_cannot_be_sent_as_one_request_is_not_sent(
    transport: Transport, url: str, headers: dict[str, str]
) -> None:
    with keeping_server() as server:
        where = url.replace("http://127.0.0.1:1/", f"{server.url}/")
        with pytest.raises(BadSettings):
            transport.exchange(Limit(5), "GET", where, headers)
        assert not server.requests


def test_one_connection_serves_one_request_after_another(transport: Transport) -> None:
    with keeping_server() as server:
        for _ in range(3):
            assert transport.exchange(Limit(5), "GET", f"{server.url}/x").read() == b"ok"
        assert [each.connection for each in server.requests] == [0, 0, 0]


def test_the_parts_of_an_answer_are_put_together(transport: Transport) -> None:
    heads = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"3;x=y\r\nabc\r\n0A \r\n0123456789\r\n0\r\nX: y\r\n\r\n"
    with keeping_server(heads + body) as server:
        for _ in range(2):
            answer = transport.exchange(Limit(5), "GET", f"{server.url}/x")
            chunks = answer.chunks()
            assert next(chunks) == b"abc"
            assert b"".join(chunks) == b"0123456789"
        assert [each.connection for each in server.requests] == [0, 0]


def test_a_small_question_is_posted_as_a_form_or_as_json(transport: Transport) -> None:
    with keeping_server() as server:
        url = f"{server.url}/token"
        assert ask(transport, Limit(5), url, form={"a": "b c", "d": "&"}) == (200, b"ok")
        assert ask(transport, Limit(5), url, json={"a": 1}, headers={"X": "y"}) == (200, b"ok")
        assert ask(transport, Limit(5), url) == (200, b"ok")
        form, json, get = server.requests
        assert form.line == json.line == "POST /token HTTP/1.1"
        assert (form.body, json.body) == (b"a=b+c&d=%26", b'{"a": 1}')
        assert form.headers["content-type"] == "application/x-www-form-urlencoded"
        assert (json.headers["content-type"], json.headers["x"]) == ("application/json", "y")
        assert get.line == "GET /token HTTP/1.1"


class Pieces:
    """A body that is not in memory."""

    def __init__(self, pieces: list[bytes], size: int | None = None) -> None:
        self.size = sum(map(len, pieces)) if size is None else size
        self._pieces = pieces

    def chunks(self) -> Iterator[bytes | memoryview]:
        return map(memoryview, self._pieces)


@pytest.mark.parametrize("count", [1, 500_000, 5_000_000])
def test_bodies_of_any_form_and_size_arrive_whole(transport: Transport, count: int) -> None:
    data = randbytes(count)
    pieces = [data[at : at + 70_001] for at in range(0, count, 70_001)]
    with keeping_server() as server:
        for body in (data, memoryview(data), Pieces(pieces)):
            assert transport.exchange(Limit(30), "PUT", server.url, {}, body).status == 200
        assert [each.body == data for each in server.requests] == [True] * 3
        assert {each.connection for each in server.requests} == {0}


@pytest.mark.parametrize("size", [1, 4, 100_000])
def test_a_body_of_another_size_than_it_has_said_ends_the_request(
    transport: Transport, size: int
) -> None:
    with keeping_server() as server:
        with pytest.raises(ValueError, match="not of the size"):
            transport.exchange(Limit(5), "PUT", server.url, {}, Pieces([b"abc"], size))
        assert not server.requests


def test_tls_is_spoken_where_the_certificate_is_trusted(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    data = randbytes(3_000_000)
    with (
        keeping_server(lambda each: response("200 OK", each.body)) as server,
        tls_front(server.url, authority.signed()) as https,
    ):
        trusting = Transport(Network(str(authority.bundle)), 5.0)
        for body in (data, b"", b"small"):
            assert trusting.exchange(Limit(30), "PUT", https, {}, body).read() == body
        trusting.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            Transport(Network(), 5.0).exchange(Limit(5), "GET", https)


LOADS = """
import sys
from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.limit import Limit
from storage_core.backends.remote.network import Network
transport = Transport(Network(), 10)
assert transport.exchange(Limit(10), "PUT", sys.argv[1], {}, b"x").read() == b"ok"
heavy = ("asyncio", "email", "http.client", "requests", "ssl", "threading", "urllib3", "xml")
print(*(name for name in heavy if name in sys.modules))
"""


def test_a_request_without_tls_loads_nothing_heavy() -> None:
    with keeping_server() as server:
        run = subprocess.run(
            [sys.executable, "-c", LOADS, server.url], capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == ""
