"""The KV server's HTTP: what it stores and answers, what it refuses, whom it does not wait for."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core.backends.kv import KVBackend
from storage_core.errors import AccessDenied, ConfigurationError, StorageError
from storage_core.keys import Key
from storage_core.kv_server import KVServer, exposure, handler
from storage_core.kv_server.server import MAX_CONNECTIONS
from tests.servers.process import HOST

MIB = 1024 * 1024


@contextmanager
def serving(folder: Path, **options: Any) -> Iterator[KVServer]:
    server = KVServer(folder, **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.finish()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "values"


@pytest.fixture
def server(folder: Path) -> Iterator[KVServer]:
    with serving(folder, max_size=8 * MIB, patience=5) as server:
        yield server


def ask(
    server: KVServer,
    method: str,
    target: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, bytes]:
    """The status and body of one request on a connection of its own; the target goes as it is."""
    connection = HTTPConnection(HOST, server.server_port, timeout=10)
    try:
        has_host = "Host" in (headers or {})
        connection.putrequest(method, target, skip_host=has_host, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def visit(server: KVServer, method: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """The answer to a request for one key by somebody who says in `headers` who they are."""
    return ask(server, method, "/results-x", b"1" if method == "POST" else None, headers)


def send(server: KVServer, *parts: bytes) -> bytes:
    """All that the server says to these bytes before it closes the connection."""
    with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
        return b"".join(received(connection))


def received(connection: socket.socket) -> Iterator[bytes]:
    """What comes in until the connection ends, in whichever way."""
    try:
        while data := connection.recv(65536):
            yield data
    except ConnectionError:
        pass


def wait_until(holds: Callable[[], bool]) -> bool:
    """Whether it holds within ten seconds."""
    end = time.monotonic() + 10
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize(
    "value",
    [
        *(b"null", b"true", b"-1.5e3", b'""', b"[]", b'{"a": {"b": [1, "x"]}}', b"9" * 10_000),
        *(
            b' "spaces stay" \n',
            '"é✓😀"'.encode(),
            rb'"\ud800"',
            b'{"encoding":"base64","data":""}',
        ),
        b'{"data": "' + b"A" * 2 * MIB + b'"}',
    ],
)
def test_any_json_value_is_stored_as_it_was_given(server: KVServer, value: bytes) -> None:
    assert ask(server, "POST", "/results-x", value) == (200, b'{"key": "results-x"}')
    assert ask(server, "GET", "/results-x") == (200, value)
    assert ask(server, "HEAD", "/results-x") == (200, b"")


def test_a_value_is_replaced_deleted_and_listed(server: KVServer) -> None:
    ask(server, "POST", "/results-x", b"1")
    ask(server, "POST", "/results-x", b"2")
    ask(server, "POST", "/flows-y.z_1-2", b"3")
    status, names = ask(server, "GET", "/")
    assert (status, sorted(json.loads(names))) == (200, ["flows-y.z_1-2", "results-x"])
    assert ask(server, "DELETE", "/results-x") == (200, b"null")
    assert ask(server, "DELETE", "/results-x") == (404, b"null")
    assert ask(server, "GET", "/results-x") == (404, b"null")
    assert ask(server, "HEAD", "/results-x") == (404, b"")


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b"{", b"NaN", b"'x'", b'"\xff"', b'"a\nb"', rb'"\x"', b"1 2", b"[" * 100_000),
        *(b'"' + b"a" * 2 * MIB, b"\xff" * 2 * MIB, b'"' + b"a" * 2 * MIB + b'" x'),
    ],
)
def test_what_is_not_json_is_refused_and_not_stored(
    server: KVServer, folder: Path, value: bytes
) -> None:
    status, answer = ask(server, "POST", "/results-x", value)
    assert (status, list(json.loads(answer))) == (400, ["error"])
    assert ask(server, "GET", "/results-x") == (404, b"null")
    assert files_below(folder) == set()


def test_a_client_with_keys_of_its_own_is_served(server: KVServer) -> None:
    for name in ("0b5f6a1c", "results", "flow-1.2", "a" * 200):
        assert ask(server, "GET", f"/{name}") == (404, b"null")
        assert ask(server, "POST", f"/{name}", b'{"any": "JSON"}')[0] == 200
        assert ask(server, "GET", f"/{name}") == (200, b'{"any": "JSON"}')
        assert json.loads(ask(server, "GET", "/")[1]) == [name]
        assert ask(server, "DELETE", f"/{name}") == (200, b"null")
    assert json.loads(ask(server, "GET", "/")[1]) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
@pytest.mark.parametrize(
    "target",
    [
        *("/..", "/../secret", "/results-..", "/results-../../secret", "/results-.", "//secret"),
        *("/%2e%2e%2fsecret", "/results-%2e%2e%2fsecret", "/results-..%2f..%2fsecret", "//"),
        *("/results/x", "/results-x/", "/results-x/..", "/results-x?y", "/results-x#y"),
        *("/results-a\\b", "/results-a\0b", "/results-a%00b", "/results-é", "/results-", "/é"),
        *(f"/results-{'a' * 201}", "http://other/results-x", "results-x", "*", "/~secret", "/."),
    ],
)
def test_a_path_out_of_the_keyspace_is_refused(
    server: KVServer, folder: Path, method: str, target: str
) -> None:
    (folder.parent / "secret").write_bytes(b'"secret"')
    body = b'Content-Length: 3\r\n\r\n"x"' if method == "POST" else b"\r\n"
    line = f"{method} {target} HTTP/1.1\r\n".encode()
    answer = send(server, line + b"Connection: close\r\n" + body)
    assert answer.split()[1] == b"400"
    assert b'"secret"' not in answer
    assert files_below(folder.parent) == {"secret"}


def test_a_key_of_the_greatest_length_is_stored(server: KVServer) -> None:
    target = f"/results-{'a' * 200}"
    assert ask(server, "POST", target, b"1")[0] == 200
    assert ask(server, "GET", target) == (200, b"1")


def test_a_planted_link_is_neither_read_nor_written_through(
    server: KVServer, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b'"outside"')
    (folder / "results" / "x").symlink_to(outside)
    assert ask(server, "GET", "/results-x")[0] == 500
    assert ask(server, "POST", "/results-x", b"1")[0] == 200
    assert outside.read_bytes() == b'"outside"'
    assert ask(server, "GET", "/results-x") == (200, b"1")


def test_a_folder_that_cannot_be_written_is_an_error_and_the_server_goes_on(
    server: KVServer, folder: Path
) -> None:
    (folder / "results").rmdir()
    (folder / "results").write_bytes(b"in the way")
    status, answer = ask(server, "POST", "/results-x", b"1")
    assert (status, list(json.loads(answer))) == (500, ["error"])
    assert str(folder).encode() not in answer
    assert ask(server, "POST", "/flows-x", b"1")[0] == 200


def test_values_and_their_folder_are_for_their_owner_only(server: KVServer, folder: Path) -> None:
    ask(server, "POST", "/results-x", b"1")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "results" / "x").stat().st_mode & 0o777 == 0o600


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
    store = KVBackend(server.url, token=None, timeout=10)
    with pytest.raises(StorageError, match="too large") as caught:
        store.put(Key("results", "x"), b"a" * 20 * MIB, overwrite=True)
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
    assert answer.count(b"HTTP/1.1") == 1
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
            assert visit(server, "POST", {"Host": "kv.example"})[0] == 200
            foreign = {"Host": "kv.example", "Origin": "https://page.example"}
            assert visit(server, "POST", foreign)[0] == 403

    def test_the_projects_client_says_to_correct_the_address(self, server: KVServer) -> None:
        backend = KVBackend(f"http://0.0.0.0:{server.server_port}", token=None, timeout=5)
        with pytest.raises(ConfigurationError, match=r"421 Misdirected Request.*API Address"):
            backend.check()
        backend.close()


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
