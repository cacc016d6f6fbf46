"""What both engines of a cloud say where no answer comes, or none that is whole: the same."""

from __future__ import annotations

import asyncio
import io
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from secrets import token_bytes, token_hex
from threading import Event
from urllib.request import urlopen

import pytest

from storage_core.backends.base import Backend
from storage_core.backends.drivers.clouds.aws.identity import Role
from storage_core.backends.drivers.kv import open_kv
from storage_core.backends.filesystem import open_filesystem
from storage_core.backends.remote import blocking, on_loop
from storage_core.backends.remote.broken import broken
from storage_core.blobpath import blob_path
from storage_core.errors import StorageError, StorageUnavailable
from tests.engines import ENGINES, open_azure, open_gcs, open_s3
from tests.servers.accepting import accepting
from tests.servers.certificates import self_signed
from tests.servers.gcs import _new_key, _private_pem
from tests.servers.misbehaving import NOT_HTTP, hang, reset_at_once
from tests.servers.process import HOST
from tests.servers.raw_http import Answer, RawServer, raw_server, read_request, response

KEY = blob_path("results/abc")
PEM = _private_pem(_new_key())
SMALL, LARGE = b"data", bytes(9 * 1024 * 1024)
CALLS: dict[str, Callable[[Backend], object]] = {
    "read": lambda backend: backend.get(KEY),
    "range": lambda backend: backend.get_range(KEY, 0, 10),
    "small": lambda backend: backend.put(KEY, SMALL, overwrite=True),
    "large": lambda backend: backend.put_stream(KEY, io.BytesIO(LARGE), overwrite=True),
    "list": lambda backend: list(backend.list()),
}
OK = b"HTTP/1.1 200 OK\r\n"
RANGE = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-99/100\r\n"
LENGTH, CHUNKS = b"Content-Length: 100\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"


def reset_after(begun: bytes) -> Answer:
    def answer(server: RawServer, connection: socket.socket) -> None:
        connection.sendall(begun_as_asked(begun, server.asked))
        reset_at_once(server, connection)

    return answer


def begun_as_asked(answer: bytes, request: bytes) -> bytes:
    return answer.replace(OK, RANGE) if b"range: bytes=" in request.lower() else answer


RESET = "the connection was reset"
EARLY = "the answer ended early"
NO_HTTP = "what answered is not HTTP, or not proper HTTP"
CLOSED = "the server closed the connection without an answer"
BROKEN: dict[str, tuple[bytes | Answer, str]] = {
    "reset at once": (reset_at_once, RESET),
    "reset in the head": (reset_after(OK), RESET),
    "reset in mid-body": (reset_after(OK + LENGTH + b"half"), EARLY),
    "short body": (OK + LENGTH + b"short", EARLY),
    "cut off in a chunk": (OK + CHUNKS + b"64\r\nshort", EARLY),
    "cut off between chunks": (OK + CHUNKS + b"5\r\nshort\r\n", EARLY),
    "no chunk": (OK + CHUNKS + b"zz\r\nshort\r\n", NO_HTTP),
    "no length": (OK + b"Content-Length: abc\r\n\r\nshort", NO_HTTP),
    "not HTTP": (NOT_HTTP, NO_HTTP),
    "nothing": (b"", CLOSED),
    "half a head": (OK + b"Content-Le", CLOSED),
}
TRIED = re.compile(r"tried (once|\d+ times) within [\d.]+ seconds")


def opened(cloud: str, engine: str, url: str, timeout: float, bundle: str | None = None) -> Backend:
    if cloud == "s3":
        return open_s3(
            "acme",
            engine=engine,
            key="AKIA" + token_hex(8).upper(),
            secret=token_hex(20),
            region="us-east-1",
            endpoint_url=url,
            ca_bundle=bundle,
            timeout=timeout,
        )
    if cloud == "azure":
        return open_azure(
            "acme",
            engine=engine,
            connection_string=f"AccountName=acme;AccountKey={b64encode(token_bytes(64)).decode()};"
            f"BlobEndpoint={url}/acme;",
            ca_bundle=bundle,
            timeout=timeout,
        )
    return open_gcs(
        "acme",
        engine=engine,
        options={"token": "anon"},
        endpoint_url=url,
        ca_bundle=bundle,
        timeout=timeout,
    )


def failure(backend: Backend, name: str) -> str:
    with pytest.raises(StorageError) as caught:
        CALLS[name](backend)
    assert type(caught.value) is StorageUnavailable
    said = str(caught.value)
    assert "\n" not in said
    return TRIED.sub("tried", said)


def words(found: set[str]) -> str:
    """What both have said was wrong."""
    (said,) = found
    return said.partition(": ")[2].partition(", tried;")[0]


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second attempts: what they would say is the same, a good while later."""
    for runner in (blocking, on_loop):
        monkeypatch.setattr(runner, "pauses", lambda timeout: iter(()))


@pytest.fixture(params=["s3", "azure", "gcs"], scope="module")
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Scripted:
    """A server whose next answers a test sets, and both engines on it."""

    answer: bytes | Answer = response("403 Forbidden")

    def __init__(self, cloud: str, url: str) -> None:
        self.backends = [opened(cloud, engine, url, 20) for engine in ENGINES]

    def said(self, name: str) -> set[str]:
        return {failure(backend, name) for backend in self.backends}


@pytest.fixture(scope="module")
def scripted(cloud: str) -> Iterator[Scripted]:
    def serve(server: RawServer, connection: socket.socket) -> None:
        if callable(made.answer):
            made.answer(server, connection)
        else:
            connection.sendall(begun_as_asked(made.answer, server.asked))

    with raw_server(serve) as server, ExitStack() as stack:
        made = Scripted(cloud, server.url)
        for each in made.backends:
            stack.enter_context(closing(each))
        yield made


class Hurried:
    """asyncio without its pauses: Azure's client makes two of a second when a body is cut off."""

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None: ...


@pytest.mark.parametrize("name", BROKEN)
def test_both_engines_say_the_same_of_a_connection_that_breaks(
    scripted: Scripted, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azure.storage.blob.aio import _download_async

    monkeypatch.setattr(_download_async, "asyncio", Hurried())
    scripted.answer, expected = BROKEN[name]
    for call in CALLS:
        assert words(scripted.said(call)) == expected, call


LENIENT = ("no chunk", "no length", "half a head")
"""What http.client takes for the end of an answer, or for one that goes on to the end."""


@pytest.mark.parametrize("name", [each for each in BROKEN if each not in LENIENT])
def test_both_engines_say_the_same_where_it_is_the_token_that_does_not_come(name: str) -> None:
    answer, expected = BROKEN[name]
    account = {"type": "service_account", "project_id": "acme", "client_email": "a@b.example"}
    with raw_server(answer) as server:
        info = {**account, "private_key": PEM, "token_uri": f"{server.url}/token"}
        found = set()
        for engine in ENGINES:
            backend = open_gcs(
                "acme",
                engine=engine,
                service_account_info=info,
                endpoint_url=server.url,
                timeout=20,
            )
            with closing(backend):
                found.add(failure(backend, "read"))
    assert words(found) == f"{server.url}/token gives no token: {expected}"


@pytest.mark.parametrize("name", ["reset at once", "cut off between chunks", "no chunk", "nothing"])
def test_both_engines_say_the_same_where_it_is_the_role_that_does_not_come(name: str) -> None:
    answer, expected = BROKEN[name]
    with raw_server(answer) as server:
        found = set()
        for engine in ENGINES:
            backend = open_s3(
                "acme",
                engine=engine,
                key="AKIA" + token_hex(8).upper(),
                secret=token_hex(20),
                region="us-east-1",
                endpoint_url=server.url,
                role=Role("arn:aws:iam::123456789012:role/acme", endpoint_url=server.url),
                timeout=20,
            )
            with closing(backend):
                found.add(failure(backend, "read"))
    assert words(found).endswith(f" cannot be reached ({expected})")


OTHERS: dict[str, Callable[[str], Backend]] = {
    "kv": lambda url: open_kv(url, token=None, timeout=20),
    "http": lambda url: open_filesystem(f"{url}/folder", options={}, timeout=20),
    "webdav": lambda url: open_filesystem("webdav://folder", options={"base_url": url}, timeout=20),
}


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("name", ["reset at once", "short body", "no length", "nothing"])
def test_other_drivers_say_it_in_these_words_too(kind: str, name: str) -> None:
    answer, expected = BROKEN[name]
    with raw_server(answer) as server, closing(OTHERS[kind](server.url)) as backend:
        assert words({failure(backend, "read")}) == expected


def test_a_listing_is_not_told_of_a_blob_that_is_there_already(scripted: Scripted) -> None:
    scripted.answer = response("412 Precondition Failed")
    for name, told in (("list", "acme cannot be listed: "), ("read", f"cannot read {KEY}: ")):
        (said,) = scripted.said(name)
        assert told in said


def test_both_engines_say_the_same_of_no_answer(cloud: str) -> None:
    with raw_server(hang) as server:
        for name in ("read", "list"):
            found = set()
            for engine in ENGINES:
                with closing(opened(cloud, engine, server.url, 0.2)) as backend:
                    found.add(failure(backend, name))
            assert words(found) == "no answer"


def test_both_engines_say_the_same_where_no_connection_comes_about(cloud: str) -> None:
    with socket.create_server((HOST, 0), backlog=0) as full, ExitStack() as stack:
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        found = set()
        for engine in ENGINES:
            url = f"http://{HOST}:{full.getsockname()[1]}"
            with closing(opened(cloud, engine, url, 0.2)) as backend:
                found.add(failure(backend, "read"))
    assert words(found) == "no answer"


def test_what_pythons_sockets_say_of_a_silent_server_is_no_answer() -> None:
    with socket.create_server((HOST, 0)) as silent:
        where = f"{HOST}:{silent.getsockname()[1]}"
        for scheme in ("http", "https", "ftp"):
            with pytest.raises(OSError, match="timed out") as caught:
                urlopen(f"{scheme}://{where}/", timeout=0.2)
            assert broken(caught.value) == "no answer"


def test_what_others_say_timed_out_in_stays_as_they_say_it() -> None:
    assert broken(TimeoutError("the lease of the lock")) is None
    assert broken(OSError("the query timed out")) is None


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        (None, "the connection ended while TLS was agreed on"),
        (b"", CLOSED),
        (OK + LENGTH + b"half", EARLY),
    ],
)
def test_both_engines_say_the_same_where_tls_breaks_off(
    cloud: str, begun: bytes | None, expected: str, tmp_path: Path
) -> None:
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def serve(connection: socket.socket) -> None:
        if begun is None:
            connection.recv(65536)
            return
        with context.wrap_socket(connection, server_side=True) as clear:
            request = read_request(clear)
            clear.sendall(begun_as_asked(begun, request))

    with accepting(serve, Event()) as port:
        for name in ("small", "list"):
            found = set()
            for engine in ENGINES:
                url = f"https://{HOST}:{port}"
                with closing(opened(cloud, engine, url, 20, str(certificate))) as backend:
                    found.add(failure(backend, name))
            assert words(found) == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("answer", "is_asked"),
    [
        (response("302 Found", b"", "Location: http://x.example/"), False),
        (response("412 Precondition Failed"), False),
        (OK + LENGTH + b"short", False),
        (b"", True),
        (response("400 Bad Request"), True),
    ],
)
def test_only_a_server_that_may_want_tls_is_asked_for_it(
    engine: str, answer: bytes, is_asked: bool
) -> None:
    begun: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        begun.append(connection.recv(65536)[:2])
        if begun[-1] != b"\x16\x03":
            connection.sendall(answer)

    with (
        accepting(serve, Event()) as port,
        closing(opened("gcs", engine, f"http://{HOST}:{port}", 20)) as backend,
        pytest.raises(StorageError),
    ):
        CALLS["list"](backend)
    assert (b"\x16\x03" in begun) is is_asked
