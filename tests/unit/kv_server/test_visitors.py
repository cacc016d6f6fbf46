"""Whom the KV server serves: who has its token, and no web pages of others."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.backends.drivers.kv import open_kv
from storage_core.errors import ConfigurationError
from storage_core.kv_server import KVServer
from tests.unit.kv_server.client import (
    ask,
    files_below,
    send,
    serving,
    visit,
)


class TestToken:
    @pytest.fixture
    def token(self) -> str:
        return token_hex(16)

    @pytest.fixture
    def server(self, folder: Path, token: str) -> Iterator[KVServer]:
        with serving(folder, token=token) as server:
            yield server

    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "PUT"])
    @pytest.mark.parametrize("target", ["/", "/results-x", "/.."])
    def test_nothing_is_done_without_it(
        self, server: KVServer, folder: Path, method: str, target: str
    ) -> None:
        body = b'"x"' if method == "POST" else None
        for headers in ({}, {"Authorization": f"Bearer {token_hex(16)}"}, {"Authorization": "é"}):
            assert ask(server, method, target, body, headers)[0] == 401
        assert files_below(folder) == set()

    def test_with_it_everything_works(self, server: KVServer, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        assert ask(server, "POST", "/results-x", b"1", headers)[0] == 200
        assert ask(server, "GET", "/results-x", None, headers) == (200, b"1")
        assert ask(server, "GET", "/", None, headers) == (200, b'["results-x"]')
        assert ask(server, "DELETE", "/results-x", None, headers)[0] == 200

    def test_a_large_body_is_not_read_without_it(self, server: KVServer) -> None:
        head = b"POST /results-x HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n"
        assert send(server, head).startswith(b"HTTP/1.1 401")

    @pytest.mark.parametrize("token", ["", " ", "a\nb"])
    def test_one_that_protects_nothing_is_refused(self, folder: Path, token: str) -> None:
        with pytest.raises(ConfigurationError, match="token"):
            KVServer(folder, token=token)


class TestWebPages:
    """A browser reaches a server on its own machine, and lets any page send requests to it."""

    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    @pytest.mark.parametrize(
        "host", ["rebound.example", "rebound.example:{port}", "0.0.0.0:{port}", "192.0.2.1", "["]
    )
    def test_one_whose_name_was_made_to_lead_here_is_refused(
        self, server: KVServer, folder: Path, method: str, host: str
    ) -> None:
        status, answer = visit(server, method, {"Host": host.format(port=server.server_port)})
        assert status == 421
        assert "\n" not in json.loads(answer)["error"]
        assert files_below(folder) == set()

    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    @pytest.mark.parametrize("origin", ["https://page.example", "null", "http://[", "http://x@y"])
    def test_one_of_another_origin_is_refused(
        self, server: KVServer, folder: Path, method: str, origin: str
    ) -> None:
        host = f"127.0.0.1:{server.server_port}"
        status, _ = visit(server, method, {"Host": host, "Origin": origin})
        assert status == 403
        assert files_below(folder) == set()

    @pytest.mark.parametrize(
        ("site", "expected"),
        [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)],
    )
    def test_one_that_has_a_blob_shown_or_run_is_refused(
        self, server: KVServer, site: str, expected: int
    ) -> None:
        host = f"127.0.0.1:{server.server_port}"
        headers = {"Host": host, "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
        assert visit(server, "POST", headers)[0] == expected

    @pytest.mark.parametrize(
        "host", ["127.0.0.1:{port}", "127.8.8.8", "localhost", "LOCALHOST.:{port}", "kv.localhost"]
    )
    def test_every_name_of_the_machine_for_itself_is_served(
        self, server: KVServer, host: str
    ) -> None:
        host = host.format(port=server.server_port)
        assert visit(server, "POST", {"Host": host})[0] == 200
        assert visit(server, "POST", {"Host": host, "Origin": f"http://{host}"})[0] == 200

    def test_a_client_that_names_no_host_is_served(self, server: KVServer) -> None:
        assert send(server, b"GET /results-x HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 404")

    def test_two_hosts_are_refused(self, server: KVServer) -> None:
        head = b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: rebound.example\r\n\r\n"
        assert send(server, head).startswith(b"HTTP/1.1 400")

    def test_a_server_for_others_is_called_what_they_call_it_but_by_no_page(
        self, folder: Path
    ) -> None:
        with serving(folder, host="0.0.0.0") as server:
            for name in ("kv", f"kv:{server.server_port}", "192.0.2.1", "[2001:db8::1]:4300"):
                assert visit(server, "POST", {"Host": name})[0] == 200
                foreign = {"Host": name, "Origin": "https://page.example"}
                assert visit(server, "POST", foreign)[0] == 403
            own = socket.gethostname()
            assert visit(server, "POST", {"Host": f"{own}:{server.server_port}"})[0] == 200

    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    def test_a_name_that_a_page_can_have_made_up_is_refused_beyond_loopback(
        self, folder: Path, method: str
    ) -> None:
        with serving(folder, host="0.0.0.0") as server:
            rebound = f"rebound.example:{server.server_port}"
            for headers in (
                {"Host": rebound},
                {"Host": rebound, "Origin": f"http://{rebound}"},
                {"Host": f"{socket.gethostname()}.rebound.example"},
                {"Host": "["},
            ):
                status, answer = visit(server, method, headers)
                assert status == 421
                assert "use the IP address" in json.loads(answer)["error"]
            assert files_below(folder) == set()

    def test_a_token_takes_the_place_of_the_name(self, folder: Path) -> None:
        token = token_hex(8)
        with serving(folder, host="0.0.0.0", token=token) as server:
            named = {"Host": "kv.example"}
            assert visit(server, "POST", named)[0] == 401
            assert visit(server, "POST", {**named, "Authorization": f"Bearer {token}"})[0] == 200

    def test_the_projects_client_says_to_correct_the_address(self, server: KVServer) -> None:
        backend = open_kv(f"http://0.0.0.0:{server.server_port}", token=None, timeout=5)
        with pytest.raises(ConfigurationError, match=r"421 Misdirected Request.*API Address"):
            backend.check()
        backend.close()
