"""Google Cloud Storage by both engines: what a person reads, and what goes over the wire."""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from storage_core import AccessDenied, GoogleCloudStorage, Store, open_store
from storage_core.backends.remote import blocking, on_loop
from storage_core.errors import StorageError, StorageUnavailable
from tests.children import in_child
from tests.engines import ENGINES, both
from tests.servers.gcs import GCSServer, _new_key, _private_pem
from tests.servers.misbehaving import signing_in
from tests.servers.raw_http import Answer, RawServer, raw_server, response

KEY = "results/abc"
PEM = _private_pem(_new_key())
TRIED = re.compile(r"tried (once|\d+ times) within [\d.]+ seconds")


def account(url: str, **more: Any) -> str:
    plain = {"type": "service_account", "client_email": "a@b.example", "private_key": PEM}
    return json.dumps({**plain, "token_uri": f"{url}/token", **more})


def bucket(url: str, **settings: Any) -> GoogleCloudStorage:
    given = {"service_account_info": account(url), "timeout": 5, **settings}
    return GoogleCloudStorage(bucket="acme", endpoint_url=url, **given)


def token(seconds: int = 3600) -> bytes:
    given = {"access_token": token_hex(8), "expires_in": seconds, "token_type": "Bearer"}
    return response("200 OK", json.dumps(given).encode())


def refusal(said: str, status: str = "403 Forbidden") -> bytes:
    error = {"code": int(status[:3]), "message": said}
    return response(status, json.dumps({"error": error}).encode())


def said_by(
    engine: str, storage: GoogleCloudStorage, call: Callable[[Store], object]
) -> tuple[type, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_ENGINE", engine)
        with open_store(storage) as store, pytest.raises(StorageError) as caught:
            call(store)
    return type(caught.value), TRIED.sub("tried", str(caught.value))


def said(storage: GoogleCloudStorage, call: Callable[[Store], object] | None = None) -> str:
    """What both engines say of a call that fails."""
    found = [said_by(each, storage, call or (lambda store: store.read(KEY))) for each in ENGINES]
    assert found[0] == found[1]
    assert "\n" not in found[0][1]
    return found[0][1]


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second attempts: they would be answered in the same way."""
    for runner in (blocking, on_loop):
        monkeypatch.setattr(runner, "pauses", lambda timeout: iter(()))


def test_both_engines_refuse_in_the_same_words(
    gcs_server: GCSServer,
    server_down_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Not all attempts that there is time for: only what is silent has to take its time, and a busy
    # machine may be silent for a second too.
    for runner in (blocking, on_loop):
        monkeypatch.setattr(runner, "pauses", lambda timeout: iter((0.05, 0.1)))
    good = GoogleCloudStorage(
        bucket=gcs_server.new_bucket(),
        service_account_info=gcs_server.service_account_json,
        endpoint_url=gcs_server.endpoint_url,
        timeout=10,
    )

    def by(**options: Any) -> GoogleCloudStorage:
        return replace(good, service_account_info=None, options=options)

    def gives(path: str, url: str = gcs_server.endpoint_url) -> GoogleCloudStorage:
        info = {**gcs_server.service_account_info, "token_uri": f"{url}{path}"}
        return replace(good, service_account_info=json.dumps(info))

    assert "holds no blob" in said(good)
    with open_store(good) as store:
        store.write(b"x", key=KEY)
    assert "already holds" in said(good, lambda store: store.write(b"y", key=KEY))
    missing = replace(good, bucket="missing")
    for call in (
        lambda store: store.read(KEY),
        lambda store: store.write(b"x", key=KEY),
        lambda store: list(store.list()),
    ):
        assert "bucket missing does not exist" in said(missing, call)
    stranger = replace(good, service_account_info=json.dumps(gcs_server.stranger()))
    assert "(invalid_grant: Signature verification failed)" in said(stranger)
    assert "(Invalid Credentials, 401); get a new one" in said(by(token="ya29.old"))
    assert "signs nobody in (Invalid Credentials, 401)" in said(by(token="anon"))
    assert "cannot be read (No such file" in said(by(token=str(tmp_path / "gone.json")))
    os.mkfifo(tmp_path / "pipe.json")
    assert "cannot be read (it is a pipe" in said(by(token=str(tmp_path / "pipe.json")))
    assert "sign in on a web page" in said(by(token="browser"))
    assert "no Google credentials are found" in said(by())
    for path, words in (
        ("/slow/token", "set the clock of this machine"),
        ("/gone/token", "account not found); see whether"),
        ("/broken/token", "gives no token: it answered 503"),
    ):
        assert words in said(gives(path))
    assert "gives no token: no answer" in said(replace(gives("/silent/token"), timeout=1.0))
    refused = f"Connection refused at {server_down_url.partition('//')[2]}"
    assert f"gives no token: {refused}" in said(gives("/token", server_down_url))
    assert f": {refused}, tried" in said(replace(good, endpoint_url=server_down_url))
    tls = gcs_server.endpoint_url.replace("http:", "https:")
    assert "gives no token: what answers there does not speak TLS" in said(gives("/token", tls))
    assert ": what answers there does not speak TLS" in said(replace(good, endpoint_url=tls))


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (response("502 Bad Gateway"), ": Bad Gateway, 502, tried"),
        (response("503 No", b"<html>"), ": Service Unavailable, 503, tried"),
        (refusal("Try again.", "500 No"), ": Try again., 500, tried"),
        (refusal("It has no access."), "access denied (It has no access., 403); check"),
        (refusal("The name is invalid.", "400 No"), ": The name is invalid., 400; check"),
        (response("302 Found", b"", "Location: http://x.example/y"), "to http://x.example, which"),
        (response("499 Cancelled"), ": no reason given, 499; check"),
    ],
)
def test_both_engines_pass_on_what_the_service_says(answer: bytes, expected: str) -> None:
    with raw_server(signing_in(answer)) as server:
        assert expected in said(bucket(server.url))


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"items": [{}]}', b'{"items": 1}'])
def test_what_is_no_answer_of_google_is_told(body: bytes) -> None:
    with raw_server(signing_in(response("200 OK", body))) as server:
        words = "does not speak the protocol of Google Cloud Storage; check Endpoint URL"
        assert words in said(bucket(server.url), lambda store: [*store.list()])


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (response("302 Found", b"", "Location: http://x.example/y"), "redirects to http://x.exa"),
        (response("400 No", b"<html>"), "(it answered 400, not in JSON); see whether"),
        (response("200 OK", b"{}"), "(there is none in its answer); see whether"),
        (response("400 No", b'{"error": "internal_failure"}'), "gives no token: internal_failure"),
    ],
)
def test_both_engines_say_why_there_is_no_token(answer: bytes, expected: str) -> None:
    with raw_server(answer) as server:
        assert expected in said(bucket(server.url))


def endless(status: str) -> Answer:
    def answer(server: RawServer, connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 99999999999\r\n\r\n".encode())
        while not server.stopped.is_set():
            connection.sendall(b"no " * 20_000)

    return answer


@pytest.mark.usefixtures("once")
def test_no_more_is_read_of_an_answer_than_it_can_hold() -> None:
    with raw_server(signing_in(endless("403 Forbidden"))) as server:
        assert "access denied (no no no" in said(bucket(server.url))
    with raw_server(signing_in(endless("200 OK"))) as server:
        expected = "does not speak the protocol"
        assert expected in said(bucket(server.url), lambda store: [*store.list()])
    with raw_server(endless("200 OK")) as server:
        assert "its answer is too long" in said(bucket(server.url))


@both
def test_threads_that_need_a_token_at_once_ask_for_it_once() -> None:
    with raw_server(signing_in(response("200 OK", b"x"))) as server:
        with open_store(bucket(server.url)) as store:
            read: list[bytes] = []
            threads = [Thread(target=lambda: read.append(store.read(KEY))) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert read == [b"x"] * 16
        assert len([each for each in server.requests if each.startswith(b"POST /token")]) == 1


@both
@pytest.mark.parametrize(("seconds", "tokens"), [(30, 3), (90, 1)])
def test_a_token_is_used_until_a_minute_before_it_ends(seconds: int, tokens: int) -> None:
    def answer(server: RawServer, connection: socket.socket) -> None:
        is_for_token = server.asked.startswith(b"POST /token")
        connection.sendall(token(seconds) if is_for_token else response("200 OK", b"x"))

    with raw_server(answer) as server, open_store(bucket(server.url)) as store:
        for _ in range(3):
            assert store.read(KEY) == b"x"
        asked = [each for each in server.requests if each.startswith(b"POST /token")]
    assert len(asked) == tokens


@both
def test_a_child_that_is_forked_while_a_token_is_asked_for_asks_for_its_own() -> None:
    asked, go_on = Event(), Event()

    def answer(server: RawServer, connection: socket.socket) -> None:
        if not server.asked.startswith(b"POST /token"):
            connection.sendall(response("200 OK", b"x"))
            return
        if not asked.is_set():
            asked.set()
            go_on.wait(10)
        connection.sendall(token())

    with raw_server(answer) as server, open_store(bucket(server.url, timeout=20)) as store:
        read: list[bytes] = []
        waiting = Thread(target=lambda: read.append(store.read(KEY)))
        waiting.start()
        assert asked.wait(10)
        assert in_child(lambda: store.read(KEY)) == "b'x'"
        go_on.set()
        waiting.join()
    assert read == [b"x"]


@both
def test_credentials_are_looked_for_again_when_those_that_were_found_are_refused(
    gcs_server: GCSServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key.json"
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    path.write_text(json.dumps(gcs_server.stranger()))
    storage = GoogleCloudStorage(
        bucket=gcs_server.new_bucket(), endpoint_url=gcs_server.endpoint_url
    )
    with open_store(storage) as store:
        with pytest.raises(AccessDenied):
            store.write(b"x")
        path.write_text(gcs_server.service_account_json)
        assert store.read(store.write(b"x")) == b"x"


@both
@pytest.mark.usefixtures("once")
def test_what_comes_packed_is_unpacked(engine: str) -> None:
    data = os.urandom(100_000) + b"x" * 2_000_000
    packed = gzip.compress(data)
    if engine == "direct":
        # aiohttp 3.10 hands out the first part of two.
        packed = gzip.compress(data[:70_000]) + gzip.compress(data[70_000:])
    headers = ("Content-Encoding: gzip", "x-goog-stored-content-encoding: gzip")
    with raw_server(signing_in(response("200 OK", packed, *headers))) as server:
        assert open_store(bucket(server.url)).read(KEY) == data
    cut = response("200 OK", packed[:-4], *headers)
    # aiohttp does without the sum at the end.
    if engine == "direct":
        with raw_server(signing_in(cut)) as server:
            store = open_store(bucket(server.url))
            with pytest.raises(StorageUnavailable, match="has no end"):
                store.read(KEY)


@both
@pytest.mark.parametrize(
    ("settings", "payer"),
    [
        ({"options": {"requester_pays": True}}, "acme"),
        ({"options": {"requester_pays": True}, "project": "p&q"}, "p%26q"),
        ({"options": {"requester_pays": "other"}, "project": "p"}, "other"),
        ({}, None),
    ],
)
def test_the_project_that_pays_is_named_where_that_is_wanted(
    settings: dict[str, Any], payer: str | None
) -> None:
    with raw_server(signing_in(response("200 OK", b"x"))) as server:
        info = account(server.url, project_id="acme")
        with open_store(bucket(server.url, service_account_info=info, **settings)) as store:
            store.read(KEY)
        target = server.requests[-1].split()[1].decode()
    found = re.search(r"[?&]userProject=([^&]*)", target)
    assert (found and found[1]) == payer


class Listing:
    """A bucket of 12,345 objects, listed as Google does; counts the pages."""

    def __init__(self, *, has_offset: bool) -> None:
        self.names = [f"results/{number:05}" for number in range(12_345)]
        self.has_offset = has_offset
        self.begun: set[str] = set()

    def answer(self, server: RawServer, connection: socket.socket) -> None:
        target = server.asked.split()[1].decode()
        query = {name: value[0] for name, value in parse_qs(urlsplit(target).query).items()}
        names = [name for name in self.names if name.startswith(query["prefix"])]
        if self.has_offset and (offset := query.get("startOffset")):
            self.begun.add(offset)
            names = [name for name in names if name >= offset]
        if after := query.get("pageToken"):
            names = [name for name in names if name > after]
        page = names[: int(query["maxResults"])]
        found: dict[str, Any] = {"items": [{"name": name, "size": "1"} for name in page]}
        if len(page) < len(names):
            found["nextPageToken"] = page[-1]
        connection.sendall(response("200 OK", json.dumps(found).encode()))


@both
@pytest.mark.parametrize("has_offset", [True, False])
def test_a_long_listing_has_everything_once(engine: str, has_offset: bool) -> None:
    listing = Listing(has_offset=has_offset)
    with raw_server(listing.answer) as server:
        anonymous = bucket(server.url, service_account_info=None, options={"token": "anon"})
        with open_store(anonymous) as store:
            keys = [blob.key for blob in store.list("results")]
    assert sorted(keys) == listing.names
    assert bool(listing.begun) == (has_offset and engine == "direct")


@pytest.mark.parametrize("kind", ["service account", "person", "machine"])
def test_a_worker_loads_no_client_library(
    kind: str, gcs_server: GCSServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The libraries of Google's that it needs at all are those that find credentials."""
    info = json.dumps(gcs_server.person) if kind == "person" else gcs_server.service_account_json
    name = gcs_server.new_bucket()
    (tmp_path / "storage.toml").write_text(
        f'[storage.g]\ntype = "gcs"\nengine = "direct"\nbucket = "{name}"\n'
        f'endpoint_url = "{gcs_server.endpoint_url}"\n'
        + (f"service_account_info = {json.dumps(info)}\n" if kind != "machine" else "")
    )
    monkeypatch.setenv("GCE_METADATA_HOST", gcs_server.endpoint_url.partition("//")[2])
    monkeypatch.delenv("NO_GCE_CHECK", raising=False)
    script = (
        "import sys; before = {*sys.modules}\n"
        "import storage_core\n"
        f"store = storage_core.get_store('g', config_path={str(tmp_path / 'storage.toml')!r})\n"
        "print(store.read(store.write(b'x')), *({*sys.modules} - before))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    read, *names = done.stdout.split()
    assert (read, done.stderr) == ("b'x'", "")
    packages = {each.partition(".")[0] for each in names}
    assert packages & {"gcsfs", "fsspec", "aiohttp"} == set()
    # google-auth's own module for machines imports requests.
    assert kind == "machine" or packages & {"requests", "urllib3"} == set()
    if kind == "service account":
        never = {"google", "asyncio", "http", "email", "logging", "dataclasses"}
        assert packages & never == set()
        assert "cryptography.x509" not in names
        assert "cryptography.hazmat.primitives.serialization" not in names
