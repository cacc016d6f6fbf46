"""The way to a server: addresses, proxies, TLS; and what is said when there is none."""

from __future__ import annotations

import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from random import randbytes
from secrets import token_hex
from typing import Any

import pytest

from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.faults import Fault, ProxyRefused, classify, reason
from storage_core.backends.remote.hindrance import hindrance
from storage_core.backends.remote.limit import Limit
from storage_core.backends.remote.network import Network
from tests.servers.accepting import accepting
from tests.servers.authority import Authority
from tests.servers.keeping import Request, keeping_server
from tests.servers.process import HOST, free_port
from tests.servers.proxy import forward_proxy
from tests.servers.raw_http import raw_server, response
from tests.servers.tls import tls_front


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def echo(request: Request) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(request.body)}\r\n\r\n".encode() + request.body


def failure(transport: Transport, url: str) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011 (which one is what is looked at)
        transport.exchange(Limit(5), "GET", url)
    return caught.value


def test_a_server_that_takes_no_connection_is_named_as_by_the_other_engine() -> None:
    network = Network()
    port = free_port()
    error = failure(Transport(network, 5), f"http://{HOST}:{port}/x")
    assert reason(error, ()) == f"Connection refused at {HOST}:{port}"
    assert classify(error) is Fault.PASSING
    assert hindrance(network, error) is None


@pytest.mark.parametrize("host", ["no-such-host.invalid", "127.0.0.1.invalid", "256.0.0.1"])
def test_a_name_without_an_address_is_told_apart(host: str) -> None:
    error = failure(Transport(Network(), 5), f"http://{host}/x")
    assert classify(error) in (Fault.UNKNOWN_HOST, Fault.PASSING)
    assert reason(error, ()).endswith(f" at {host}:80")


@pytest.mark.parametrize("host", ["a..example", f"{'a' * 64}.example", "."])
def test_what_can_be_no_name_is_a_matter_of_the_settings(host: str) -> None:
    error = failure(Transport(Network(), 5), f"http://{host}/x")
    assert classify(error) in (Fault.MISCONFIGURED, Fault.UNKNOWN_HOST)


def test_each_address_of_a_name_is_tried(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    with keeping_server() as server:
        port = int(server.url.rpartition(":")[2])
        others: list[Any] = [real("127.0.0.2", free_port(), 0, socket.SOCK_STREAM)[0]]

        def several(host: str, *more: Any) -> Any:
            return others + real(HOST, *more)

        monkeypatch.setattr(socket, "getaddrinfo", several)
        url = f"http://files.example:{port}"
        assert transport.exchange(Limit(5), "GET", url).read() == b"ok"
        # One that swallows all costs a moment, no more.
        transport.close()
        with swallowing() as address:
            others[:] = [address]
            assert Transport(Network(), 5).exchange(Limit(5), "GET", url).read() == b"ok"
        assert [each.headers["host"] for each in server.requests] == [f"files.example:{port}"] * 2


@contextmanager
def swallowing() -> Iterator[Any]:
    """An address that neither takes a connection nor refuses one."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        try:
            yield (socket.AF_INET, socket.SOCK_STREAM, 6, "", listener.getsockname())
        finally:
            for each in waiting:
                each.close()


def test_what_speaks_no_tls_and_what_breaks_off_are_told_apart(authority: Authority) -> None:
    network = Network(str(authority.bundle))
    transport = Transport(network, 5)
    stopped = threading.Event()

    def clear(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(response("400 Bad Request"))

    with accepting(clear, stopped) as port:
        error = failure(transport, f"https://{HOST}:{port}")
        said = hindrance(network, error)
        assert said is not None
        assert str(said) == "what answers there does not speak TLS"
        assert classify(error) is Fault.MISCONFIGURED
    with accepting(lambda connection: connection.recv(1000), stopped) as port:
        error = failure(transport, f"https://{HOST}:{port}")
        assert isinstance(error, ConnectionError)
        assert hindrance(network, error) is None


@pytest.mark.parametrize("size", [0, 32 << 20])
def test_a_server_that_wants_a_certificate_is_called_that(authority: Authority, size: int) -> None:
    network = Network(str(authority.bundle))
    pair = authority.signed()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    context.verify_mode = ssl.CERT_REQUIRED
    stopped = threading.Event()

    def picky(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context.wrap_socket(connection, server_side=True).close()

    with accepting(picky, stopped) as port, pytest.raises(ConnectionError) as caught:
        Transport(network, 5).exchange(Limit(5), "PUT", f"https://{HOST}:{port}", {}, bytes(size))
    said = hindrance(network, caught.value)
    assert said is not None
    assert "do not agree on TLS (tlsv13 alert certificate required)" in str(said)


def test_an_answer_cut_off_within_tls_is_not_whole(authority: Authority) -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\nhalf"
    with (
        raw_server(endless) as server,
        tls_front(server.url, authority.signed()) as https,
    ):
        transport = Transport(Network(str(authority.bundle)), 5)
        # The end of the connection would be the end of the body, if TLS had said goodbye.
        with pytest.raises(ConnectionError):
            transport.exchange(Limit(5), "GET", https).read()
    with raw_server(endless) as server:
        assert Transport(Network(), 5).exchange(Limit(5), "GET", server.url).read() == b"half"


@pytest.mark.parametrize("secure_proxy", [False, True], ids=["proxy", "TLS proxy"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_used_for_every_kind_of_server(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, scheme: str, secure_proxy: bool
) -> None:
    user, password = "m e", f"{token_hex(8)}:/@%"
    encoded = password.replace("%", "%25").replace("/", "%2F").replace("@", "%40")
    pair = authority.signed()
    network = Network(str(authority.bundle))
    transport = Transport(network, 5)
    data = randbytes(3_000_000)
    with (
        keeping_server(echo) as server,
        tls_front(server.url, pair) as https,
        forward_proxy(user, password) as proxy,
        tls_front(proxy.bare_url, pair) as secure,
    ):
        url = https if scheme == "https" else server.url
        way = secure if secure_proxy else proxy.bare_url
        signed = way.replace("://", f"://m%20e:{encoded}@")
        monkeypatch.setenv(f"{scheme}_proxy", signed)
        for body in (data, b"small", data):
            assert transport.exchange(Limit(20), "PUT", f"{url}/x?y", {}, body).read() == body
        if scheme == "https":
            # One tunnel, used again and again.
            assert proxy.asked == [f"CONNECT {url.removeprefix('https://')} HTTP/1.1"]
            sent = "\n".join(f"{each.line} {each.headers}" for each in server.requests)
            assert "proxy" not in sent.lower()
            assert {each.line for each in server.requests} == {"PUT /x?y HTTP/1.1"}
        else:
            assert {*proxy.asked} == {f"PUT {url}/x?y HTTP/1.1"}
        transport.close()
        monkeypatch.setenv(f"{scheme}_proxy", way)
        error = failure(Transport(network, 5), url)
        said = hindrance(network, error)
        assert said is not None
        assert f"the proxy {way} ({scheme}_proxy) refused: 407 Proxy Auth" in str(said)
        assert said.fault is Fault.DENIED
        assert password not in f"{error!r} {said}"
        assert isinstance(error, ProxyRefused if scheme == "http" else OSError)
        assert b64encode(password.encode()).decode() not in str(error)


def test_what_a_proxy_refuses_is_said_with_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network()
    with forward_proxy(refusal="403 Forbidden") as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        said = hindrance(network, failure(Transport(network, 5), "https://files.example/x"))
        assert said is not None
        assert str(said) == f"the proxy {proxy.url} (https_proxy) refused: 403 Forbidden"
        assert proxy.asked == ["CONNECT files.example:443 HTTP/1.1"]
        failure(Transport(network, 5), "https://[::1]/x")
        assert proxy.asked[-1] == "CONNECT [::1]:443 HTTP/1.1"
    said = hindrance(network, failure(Transport(network, 5), "https://files.example/x"))
    assert said is not None
    assert str(said).endswith(
        f"(https_proxy) cannot be reached: Connection refused at {HOST}:{proxy.port}"
    )


def test_a_proxy_that_says_more_than_that_it_has_connected_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\n\r\nmore") as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        error = failure(Transport(Network(), 5), "https://files.example/x")
        assert isinstance(error, ConnectionError)


def test_a_redirect_is_an_answer_as_any(transport: Transport) -> None:
    moved = response("307 Temporary Redirect", b"", "Location: http://elsewhere.example/")
    with raw_server(moved) as server:
        answer = transport.exchange(Limit(5), "GET", server.url)
        assert (answer.status, answer.headers["location"]) == (307, "http://elsewhere.example/")
        assert len(server.requests) == 1
