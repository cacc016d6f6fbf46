"""The KV server's connections: where it listens, how many it serves, whom it does not wait for."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.errors import AccessDenied, ConfigurationError
from storage_core.kv_server import KVServer, exposure, handler
from storage_core.kv_server.server import MAX_CONNECTIONS
from tests.servers.process import HOST
from tests.unit.kv_server.client import (
    MIB,
    ask,
    received,
    send,
    serving,
    wait_until,
)


class TestSlowClients:
    @pytest.fixture
    def server(self, folder: Path) -> Iterator[KVServer]:
        with serving(folder, patience=0.5) as server:
            yield server

    @pytest.mark.parametrize(
        "start",
        [b"", b"GET / HTTP/1.1\r\nX: ", b'POST /results-x HTTP/1.1\r\nContent-Length: 99\r\n\r\n"'],
        ids=["before the head", "in the head", "in the body"],
    )
    def test_one_that_drips_is_cut_off(self, server: KVServer, start: bytes) -> None:
        """Each byte comes well within the limit, so only a limit over all of them ends it."""
        started = time.monotonic()
        with socket.create_connection((HOST, server.server_port), timeout=0.1) as connection:
            connection.sendall(start)
            while True:
                try:
                    if start:
                        connection.sendall(b"x")
                    if connection.recv(100) == b"":
                        break
                except TimeoutError:
                    assert time.monotonic() - started < 5
                except ConnectionError:
                    break

    def test_one_that_does_not_fetch_its_answer_is_cut_off(
        self, server: KVServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        size = 32 * MIB
        assert ask(server, "POST", "/results-x", b'"' + b"a" * (size - 2) + b'"')[0] == 200
        monkeypatch.setattr(handler, "deadline", lambda patience, _size: patience)
        with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
            connection.sendall(b"GET /results-x HTTP/1.1\r\n\r\n")
            assert connection.recv(1) == b"H"
            assert wait_until(lambda: not server.connections)
            assert len(b"".join(received(connection))) < size

    def test_they_do_not_keep_the_others_waiting(self, server: KVServer) -> None:
        slow = [socket.create_connection((HOST, server.server_port)) for _ in range(100)]
        try:
            for connection in slow:
                connection.sendall(b"GET / HTTP/1.1\r\nX: ")
            assert ask(server, "GET", "/") == (200, b"[]")
        finally:
            for connection in slow:
                connection.close()


def test_one_client_too_many_is_told_to_come_back(server: KVServer) -> None:
    held = []
    try:
        for _ in range(MAX_CONNECTIONS):
            connection = HTTPConnection(HOST, server.server_port, timeout=10)
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"[]"
            held.append(connection)
        assert send(server).startswith(b"HTTP/1.1 503")
        held.pop().close()
        assert wait_until(lambda: ask(server, "GET", "/")[0] == 200)
    finally:
        for connection in held:
            connection.close()


def test_a_port_in_use_and_a_folder_that_is_none_are_one_line(
    server: KVServer, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=f"port {server.server_port}") as caught:
        KVServer(tmp_path / "other", port=server.server_port)
    assert "\n" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="port 70000"):
        KVServer(tmp_path / "other", port=70000)
    with pytest.raises(ConfigurationError, match=r"no\.such\.host\.invalid"):
        KVServer(tmp_path / "other", host="no.such.host.invalid")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises((ConfigurationError, AccessDenied), match="file"):
        KVServer(tmp_path / "file")


def test_only_what_others_can_reach_without_a_token_is_warned_about() -> None:
    for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost"):
        assert exposure(host, None) is None
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org", ""):
        warning = exposure(host, None)
        assert warning is not None
        assert "token" in warning
        assert exposure(host, token_hex(4)) is None


def test_ipv6_is_served_where_there_is_any(folder: Path) -> None:
    try:
        server = KVServer(folder, host="::1")
    except ConfigurationError:
        with pytest.raises(OSError, match="Errno"), socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    else:
        assert server.url == f"http://[::1]:{server.server_port}"
        server.server_close()
