"""The KV client against servers that are broken, slow, hostile or somebody else's.

Every call ends within its deadline and a tenth, in the right class of error, and what it was given
to sign in with goes to the configured address and nowhere else.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import threading
import traceback
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.backends.drivers.kv import open_kv
from storage_core.backends.drivers.kv.protocol import MAX_BLOB
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.blobpath import blob_path
from storage_core.errors import (
    AccessDenied,
    BlobNotFound,
    ConfigurationError,
    IntegrityError,
    StorageError,
    StorageUnavailable,
    UnsupportedOperation,
)
from tests.patience import within
from tests.servers.certificates import self_signed
from tests.servers.process import HOST
from tests.servers.raw_http import Answer, RawServer, raw_server, response
from tests.stores.backends.calls import listed, put_file

KEY = blob_path("results/abc")
TIMEOUT = 1.0
# For what is answered at once, which may take a busy machine longer than that.
LONG = 10.0
# A tenth more than the deadline, and the waking up of a busy machine.
PATIENCE = 1.1 * TIMEOUT + 0.3


def backend(url: str, token: str | None = None, timeout: float = LONG) -> RemoteBackend:
    return open_kv(url, token=token, timeout=timeout)


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """The first call of a process loads what it takes, which may take a second of its own."""
    with raw_server(response("403 Forbidden")) as server, pytest.raises(AccessDenied):
        backend(server.url).get(KEY)


def hang(server: RawServer, connection: socket.socket) -> None:
    server.stopped.wait(30)


def drip(server: RawServer, connection: socket.socket) -> None:
    """One byte a second, of as many as a client might be patient for."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"')
    while not server.stopped.wait(1.0):
        connection.sendall(b"x")


def drip_head(server: RawServer, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while not server.stopped.wait(0.2):
        connection.sendall(b"x")


def reset_in_mid_body(server: RawServer, connection: socket.socket) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"half')
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def endless(server: RawServer, connection: socket.socket) -> None:
    """Headers without an end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not server.stopped.is_set():
        connection.sendall(b"X: " + b"x" * 1000 + b"\r\n")


BROKEN: list[tuple[str, bytes | Answer, type[StorageError]]] = [
    ("403", response("403 Forbidden"), AccessDenied),
    ("401", response("401 Unauthorized"), AccessDenied),
    ("429", response("429 Too Many Requests"), StorageUnavailable),
    ("500", response("500 Internal Server Error"), StorageUnavailable),
    ("503", response("503 Service Unavailable"), StorageUnavailable),
    ("418", response("418 I'm a teapot"), StorageUnavailable),
    ("not HTTP", b"SSH-2.0-OpenSSH_9.2\r\n", StorageUnavailable),
    ("nothing", b"", StorageUnavailable),
    ("hang", hang, StorageUnavailable),
    ("drip", drip, StorageUnavailable),
    ("drip in the head", drip_head, StorageUnavailable),
    ("endless head", endless, StorageUnavailable),
    ("reset in mid-body", reset_in_mid_body, StorageUnavailable),
    (
        "short body",
        b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n"short"',
        StorageUnavailable,
    ),
    ("cut off without a Content-Length", b'HTTP/1.1 200 OK\r\n\r\n"cut o', IntegrityError),
    ("compressed", response("200 OK", b"\x1f\x8b", "Content-Encoding: gzip"), IntegrityError),
    ("a web page", response("200 OK", b"<html></html>"), IntegrityError),
    ("JSON of another form", response("200 OK", b'{"value": 1}'), IntegrityError),
    ("no content", b"HTTP/1.1 204 No Content\r\n\r\n", IntegrityError),
    (
        "redirect to a file",
        response("302 Found", b"", "Location: file:///etc/passwd"),
        ConfigurationError,
    ),
    ("redirect to nowhere", response("301 Moved Permanently"), StorageUnavailable),
    (
        "redirect in a circle",
        response("307 Temporary Redirect", b"", "Location: /results-abc"),
        ConfigurationError,
    ),
    (
        "redirect to nonsense",
        response("302 Found", b"", "Location: http://[::1:99999/\x7f"),
        ConfigurationError,
    ),
]


@pytest.mark.parametrize(
    ("answer", "expected"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_read_from_a_broken_server_ends_in_time_and_in_the_right_error(
    answer: bytes | Answer, expected: type[StorageError]
) -> None:
    token = token_hex(20)
    timeout = TIMEOUT if expected is StorageUnavailable else LONG
    with raw_server(answer) as server, within(PATIENCE), pytest.raises(StorageError) as caught:
        backend(server.url, token, timeout).get(KEY)
    assert type(caught.value) is expected
    assert "\n" not in str(caught.value)
    assert server.url.removeprefix("http://") in str(caught.value)
    assert token not in "".join(traceback.format_exception(caught.value))


def test_a_body_longer_than_its_content_length_is_no_blob() -> None:
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"too long"'
    # Which of the two depends on whether the rest arrives with the beginning.
    with raw_server(answer) as server, pytest.raises((IntegrityError, StorageUnavailable)):
        backend(server.url, timeout=TIMEOUT).get(KEY)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (response("500 Internal Server Error"), StorageUnavailable),
        (response("404 Not Found"), ConfigurationError),
        (response("405 Method Not Allowed"), ConfigurationError),
        (response("413 Content Too Large"), StorageError),
        (response("400 Bad Request"), StorageUnavailable),
        (response("303 See Other", b"", "Location: http://127.0.0.1:1/"), ConfigurationError),
        (hang, StorageUnavailable),
        (b"", StorageUnavailable),
    ],
)
def test_a_write_that_was_not_acknowledged_fails_in_time(
    answer: bytes | Answer, expected: type[StorageError]
) -> None:
    timeout = TIMEOUT if expected is StorageUnavailable else LONG
    with raw_server(answer) as server, within(PATIENCE), pytest.raises(StorageError) as caught:
        backend(server.url, timeout=timeout).put(KEY, b"data", overwrite=True)
    assert type(caught.value) is expected


def test_calls_that_make_two_requests_share_one_deadline() -> None:
    slow = 0.7 * TIMEOUT

    def answer(server: RawServer, connection: socket.socket) -> None:
        # The second one of two that belong together is not answered at all.
        if not server.stopped.wait(30 if len(server.requests) % 2 == 0 else slow):
            connection.sendall(response("200 OK", b"null"))

    with raw_server(answer) as server:
        calls: list[Callable[[], None]] = [
            lambda: backend(server.url, timeout=TIMEOUT).put(KEY, b"x", overwrite=False),
            lambda: backend(server.url, timeout=TIMEOUT).delete(KEY),
        ]
        for call in calls:
            server.requests.clear()
            with within(PATIENCE), pytest.raises(StorageUnavailable):
                call()


def test_what_may_pass_is_tried_again_and_how_often_is_said() -> None:
    def answer(server: RawServer, connection: socket.socket) -> None:
        if len(server.requests) < 3:
            connection.sendall(response("503 Service Unavailable"))
        else:
            connection.sendall(response("200 OK", b'"third time lucky"'))

    with raw_server(answer) as server:
        assert backend(server.url, timeout=20).get(KEY) == b"third time lucky"
        assert len(server.requests) == 3
    with raw_server(response("503 Service Unavailable")) as server:
        with pytest.raises(StorageUnavailable) as caught:
            backend(server.url, timeout=TIMEOUT).get(KEY)
        tried = re.search(r"tried (\d+) times", str(caught.value))
        assert tried
        # The time may be up before the server has read the last of them.
        assert int(tried[1]) - len(server.requests) in (0, 1)
        assert "503 Service Unavailable" in str(caught.value)


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "501 Not Implemented"])
def test_what_will_not_pass_is_asked_once(status: str) -> None:
    with raw_server(response(status)) as server:
        with pytest.raises(StorageError):
            backend(server.url).get(KEY)
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 T", "308 P"])
@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.get(KEY),
        lambda store: store.put(KEY, b"private", overwrite=True),
        lambda store: store.delete(KEY),
        lambda store: list(store.list("results")),
        lambda store: store.check(),
    ],
    ids=["get", "put", "delete", "list", "check"],
)
def test_a_redirect_to_another_origin_is_named_and_gets_nothing(
    status: str, call: Callable[[RemoteBackend], object]
) -> None:
    token = token_hex(20)
    with raw_server(response("200 OK", b'"trap"')) as trap:
        target = f"{trap.url}/stolen?token={token}"
        with raw_server(response(status, b"", f"Location: {target}")) as server:
            with pytest.raises(ConfigurationError) as caught:
                call(backend(server.url, token))
            assert len(server.requests) == 1
        assert trap.requests == []
    assert trap.url in str(caught.value)
    assert token not in str(caught.value)


def test_a_token_that_the_server_echoes_stays_out_of_messages_and_tracebacks() -> None:
    token = token_hex(20)
    echoes: list[bytes] = [
        f"HTTP/1.1 {token}\r\n\r\n".encode(),
        response(f"403 {token}", token.encode()),
        response("302 Found", b"", f"Location: http://{token}.example/"),
        response("200 OK", json.dumps({"you sent": token}).encode()),
        response(f"500 {token}"),
    ]
    for echo in echoes:
        with raw_server(echo) as server, pytest.raises(StorageError) as caught:
            backend(server.url, token, TIMEOUT).get(KEY)
        error: BaseException | None = caught.value
        while error is not None:
            assert token not in f"{error}{error!r}"
            error = error.__cause__ or error.__context__


def test_the_token_is_sent_as_bearer_and_a_password_in_the_address_as_basic() -> None:
    token, password = token_hex(20), f"p@:{token_hex(8)}"
    with raw_server(response("200 OK", b'"x"')) as server:
        backend(server.url, token).get(KEY)
        address = server.url.replace("//", f"//user:{password.replace('@', '%40')}@")
        store = backend(address)
        store.get(KEY)
    bearer, basic = server.requests
    assert f"\r\nAuthorization: Bearer {token}\r\n".encode() in bearer
    expected = b64encode(f"user:{password}".encode())
    assert b"\r\nAuthorization: Basic " + expected + b"\r\n" in basic
    assert password[3:] not in store.location
    with pytest.raises(ConfigurationError, match="both"):
        backend(address, token)


@pytest.mark.parametrize("token", ["", " ", "two\r\nX-Injected: 1", "nul\0"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        backend("http://127.0.0.1:1", token)
    assert "Injected" not in str(caught.value)


def test_a_password_in_netrc_is_not_sent_to_the_server_nor_to_a_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"default login user password {token_hex(8)}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with raw_server(response("200 OK", b'"x"')) as server:
        assert backend(server.url).get(KEY) == b"x"
    assert b"Authorization" not in server.requests[0]
    with raw_server(response("200 OK", b'"x"')) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert backend("http://kv.example").get(KEY) == b"x"
    assert b"Authorization" not in proxy.requests[0]


def test_a_key_travels_as_one_segment_below_the_address() -> None:
    with raw_server(response("200 OK", b'"x"')) as server:
        backend(f"{server.url}/kv/v1/").get(KEY)
    assert server.requests[0].startswith(b"GET /kv/v1/results-abc HTTP/1.1\r\n")


def test_null_and_404_both_mean_that_there_is_no_blob() -> None:
    for answer in (response("200 OK", b"null"), response("404 Not Found", b"<html>no</html>")):
        with raw_server(answer) as server:
            store = backend(server.url)
            assert not store.exists(KEY)
            with pytest.raises(BlobNotFound):
                store.get(KEY)
            store.check()


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "405 No", "501 No", "400 No"])
def test_a_server_that_keeps_what_it_was_told_to_delete_cannot_delete(status: str) -> None:
    def answer(server: RawServer, connection: socket.socket) -> None:
        is_delete = server.asked.startswith(b"DELETE")
        connection.sendall(response(status) if is_delete else response("200 OK", b'"still here"'))

    with raw_server(answer) as server, pytest.raises(UnsupportedOperation, match="cannot delete"):
        backend(server.url).delete(KEY)


@pytest.mark.parametrize("status", ["405 Method Not Allowed", "501 Not Implemented"])
def test_deleting_an_unknown_key_succeeds_where_the_server_cannot_delete(status: str) -> None:
    def answer(server: RawServer, connection: socket.socket) -> None:
        is_delete = server.asked.startswith(b"DELETE")
        connection.sendall(response(status) if is_delete else response("200 OK", b"null"))

    with raw_server(answer) as server:
        backend(server.url).delete(KEY)
        assert [request.split()[0] for request in server.requests] == [b"DELETE", b"GET"]


def test_foreign_names_in_a_listing_are_passed_over() -> None:
    names = ["results-a", "flows-b", "results-..", "other-c", "results-a", 7, None, "x" * 9999]
    with raw_server(response("200 OK", json.dumps(names).encode())) as server:
        assert [blob.path for blob in listed(backend(server.url), "results")] == ["results/a"]
        assert [blob.path for blob in listed(backend(server.url), "flows")] == ["flows/b"]


@pytest.mark.parametrize(
    "answer",
    [
        response("404 Not Found"),
        response("405 Method Not Allowed"),
        response("501 Not Implemented"),
        response("200 OK", b"null"),
        response("200 OK", b"<html>"),
        response("200 OK", b'{"keys": []}'),
    ],
)
def test_a_server_without_a_list_cannot_list(answer: bytes) -> None:
    with raw_server(answer) as server, pytest.raises(UnsupportedOperation, match="cannot list"):
        (listed(backend(server.url), "results"))


def test_a_web_server_that_is_no_kv_server_fails_the_check() -> None:
    welcome = response("200 OK", b"<html>welcome</html>")
    with (
        raw_server(welcome) as server,
        pytest.raises(ConfigurationError, match="no KV server"),
    ):
        backend(server.url).check()


def test_a_blob_over_the_limit_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(MAX_BLOB + 1)
    with raw_server(b"") as server:
        store = backend(server.url)
        calls: list[Callable[[], None]] = [
            lambda: store.put(KEY, bytes(MAX_BLOB + 1), overwrite=True),
            lambda: put_file(store, KEY, large, overwrite=True),
        ]
        for call in calls:
            with pytest.raises(StorageError, match=f"{MAX_BLOB + 1} bytes.*{MAX_BLOB}"):
                call()
        assert server.requests == []


async def test_cancelling_an_asynchronous_call_ends_its_request() -> None:
    arrived, gone = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer(server: RawServer, connection: socket.socket) -> None:
        loop.call_soon_threadsafe(arrived.set)
        if connection.recv(1) == b"":
            loop.call_soon_threadsafe(gone.set)

    with raw_server(answer) as server:
        call = asyncio.ensure_future(backend(server.url, timeout=30).aget(KEY))
        await asyncio.wait_for(arrived.wait(), 10)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(gone.wait(), 10)


def test_a_name_that_nobody_knows_is_not_tried_again() -> None:
    with within(5), pytest.raises(StorageUnavailable, match="Name or service not known"):
        backend("http://no-such-host.invalid", timeout=5).get(KEY)


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(tmp_path: Path) -> None:
    token = token_hex(20)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    heard: list[bytes] = []

    with socket.create_server((HOST, 0)) as listener:

        def accept() -> None:
            with listener.accept()[0] as connection, suppress(OSError):
                heard.append(context.wrap_socket(connection, server_side=True).recv(1000))

        accepting = threading.Thread(target=accept)
        accepting.start()
        with pytest.raises(ConfigurationError, match="certificate") as caught:
            backend(f"https://{HOST}:{listener.getsockname()[1]}", token, timeout=5).get(KEY)
        accepting.join()
    assert "\n" not in str(caught.value)
    assert not any(heard)
