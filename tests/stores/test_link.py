"""`Store.link`: whoever has the address can read one blob, for a while, and nothing else."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_bytes, token_hex
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit
from urllib.request import urlopen

import pytest
from azure.storage.blob import BlobSasPermissions, generate_blob_sas
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from storage_core import (
    AzureBlobStorage,
    BlobNotFound,
    FileStorage,
    GoogleCloudStorage,
    KVServerStorage,
    LocalStorage,
    S3Storage,
    Store,
    TemporaryLocalStorage,
    UnsupportedOperation,
    open_store,
)
from storage_core.backends.drivers.clouds.azure.linking import signature
from storage_core.backends.entries import Link
from tests.engines import both
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.moto import user_allowed
from tests.servers.s3 import S3Server

NAMES = ("plain.bin", "with blank + plus & ü ~.csv", "a%20b=c", "deep/er/x.y")


def fetched(url: str) -> bytes:
    """What anybody gets, without credentials."""
    with urlopen(url, timeout=30) as answer:
        data: bytes = answer.read()
    return data


def refused(url: str) -> int:
    """The status with which it is refused."""
    with pytest.raises(HTTPError) as raised:
        urlopen(url, timeout=30)
    raised.value.close()
    return raised.value.code


def s3(server: S3Server, **more: Any) -> S3Storage:
    return S3Storage(
        bucket=server.new_bucket(),
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
        endpoint_url=server.endpoint_url,
        region_name="us-east-1",
        **more,
    )


def holds_for_one_blob_only(store: Store) -> None:
    """Whatever its name; not for its neighbour, not for long, not for writing."""
    for name in NAMES:
        data = token_bytes(300)
        store.backend.put(f"folder/{name}", data, overwrite=True)
        made = store.backend.link(f"folder/{name}", 600)
        assert fetched(made.url) == data
        assert made.hint == ""
        left = (made.expires - datetime.now(UTC)).total_seconds()
        assert 300 < left <= 600
    key = store.write(b"mine")
    other = store.write(b"another's")
    url = store.link(key, expires=timedelta(minutes=10))
    assert fetched(url) == b"mine"
    assert refused(url.replace(key.partition("/")[2], other.partition("/")[2])) == 403
    passing = store.link(key, expires=1)
    time.sleep(2.5)
    assert refused(passing) in (400, 401, 403)
    with pytest.raises(BlobNotFound):
        store.link("results/nothing")


@both
def test_a_link_of_s3_holds_for_one_blob_only(s3_disk_server: S3Server) -> None:
    """Expected: rclone checks the signature of an address; found (1.75.2): it does."""
    with open_store(s3(s3_disk_server)) as store:
        holds_for_one_blob_only(store)


@both
def test_a_link_of_azure_holds_for_one_blob_only(azure_server: AzureServer) -> None:
    """Expected: azurite checks the signature and its end; found (3.35): it does."""
    configuration = AzureBlobStorage(
        container=azure_server.new_container(), connection_string=azure_server.connection_string
    )
    with open_store(configuration) as store:
        holds_for_one_blob_only(store)


def test_both_engines_sign_the_same_address(
    s3_server: S3Server, azure_server: AzureServer, gcs_server: GCSServer
) -> None:
    for configuration in (
        s3(s3_server, prefix="pre fix"),
        AzureBlobStorage(
            container=azure_server.new_container(),
            connection_string=azure_server.connection_string,
        ),
        google(gcs_server),
    ):
        found = []
        for engine in ("direct", "fsspec"):
            settings = {**configuration.given(), "engine": engine}
            with open_store(type(configuration)(**settings)) as store:
                if not found:
                    store.write(b"x", key="results/x-y_z")
                url = urlsplit(store.link("results/x-y_z"))
            # All but the moment, and the signature that depends on it.
            query = {
                name: value
                for name, value in parse_qsl(url.query)
                if "Signature" not in name and "Date" not in name and name not in ("sig", "se")
            }
            found.append((url.scheme, url.netloc, url.path, query))
        assert found[0] == found[1]


@both
def test_a_session_token_is_in_the_address_and_may_end_it(s3_disk_server: S3Server) -> None:
    token = token_hex(30)
    with open_store(s3(s3_disk_server, aws_session_token=token)) as store:
        key = store.write(b"x")
        made = store.backend.link(key, 600)
        assert parse_qs(urlsplit(made.url).query)["X-Amz-Security-Token"] == [token]
        assert "session token" in made.hint
        assert token not in repr(made)


@both
def test_no_link_holds_longer_than_the_service_signs(
    s3_server: S3Server, gcs_server: GCSServer
) -> None:
    for configuration in (s3(s3_server), google(gcs_server)):
        with open_store(configuration) as store:
            key = store.write(b"x")
            assert store.link(key, expires=timedelta(days=7))
            with pytest.raises(UnsupportedOperation, match="at most 7 days"):
                store.link(key, expires=timedelta(days=7, seconds=1))


@both
def test_credentials_that_end_earlier_end_the_link(
    s3_disk_server: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, caplog: Any
) -> None:
    import sys

    end = datetime.now(UTC) + timedelta(minutes=50)
    said = {
        "Version": 1,
        "AccessKeyId": s3_disk_server.access_key_id,
        "SecretAccessKey": s3_disk_server.secret_access_key,
        "SessionToken": token_hex(20),
        "Expiration": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }
    helper = tmp_path / "helper.py"
    helper.write_text(f"print({json.dumps(json.dumps(said))})")
    (tmp_path / "config").write_text(
        f"[profile corp]\ncredential_process = '{sys.executable}' '{helper}'\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    configuration = S3Storage(
        bucket=s3_disk_server.new_bucket(),
        endpoint_url=s3_disk_server.endpoint_url,
        profile_name="corp",
    )
    with open_store(configuration) as store:
        key = store.write(b"x")
        made = store.backend.link(key, 7200)
        assert abs((made.expires - end).total_seconds()) < 60
        assert "end at" in made.hint
        seconds = int(parse_qs(urlsplit(made.url).query)["X-Amz-Expires"][0])
        assert 2400 < seconds <= 3000
        assert store.backend.link(key, 600).hint == ""
        store.link(key, expires=7200)
    assert "the credentials, and the link with them, end at" in caplog.text
    assert "Signature=" not in caplog.text


@both
def test_who_may_read_but_not_ask_gets_a_link_and_a_hint(s3_server: S3Server) -> None:
    bucket = s3_server.new_bucket()
    key, secret = user_allowed(
        s3_server,
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"},
    )
    configuration = S3Storage(
        bucket=bucket,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        endpoint_url=s3_server.endpoint_url,
    )
    with open_store(configuration) as store:
        made = store.backend.link("results/x", 60)
    assert made.url.startswith(s3_server.endpoint_url)
    assert made.hint.startswith("whether there is such a blob is not known: ")


@pytest.fixture
def for_anybody() -> Iterator[str]:
    """The address of a server that has every object, for everybody."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@both
def test_what_cannot_sign_says_what_could(
    for_anybody: str, azure_server: AzureServer, gcs_server: GCSServer, tmp_path: Any
) -> None:
    anonymous = S3Storage(bucket="acme", endpoint_url=for_anybody, options={"anon": True})
    container = azure_server.new_container()
    with azure_server.service() as service:
        service.get_blob_client(container, "results/x").upload_blob(b"x")
    by_sas = AzureBlobStorage(
        container=container, connection_string=azure_server.signed(timedelta(hours=1))
    )
    person = replace(google(gcs_server), service_account_info=json.dumps(gcs_server.person))
    with open_store(google(gcs_server)) as store:
        person = replace(person, bucket=store.configuration.bucket)
        store.write(b"x", key="results/x")
    for configuration, said in (
        (person, "without the key of a service account"),
        (anonymous, "without credentials"),
        (by_sas, "without an account key"),
    ):
        with open_store(configuration) as store, pytest.raises(UnsupportedOperation, match=said):
            store.link("results/x")


def test_the_other_types_have_no_links(tmp_path: Any, server_down_url: str) -> None:
    for configuration in (
        LocalStorage(storage_path=str(tmp_path)),
        TemporaryLocalStorage(),
        FileStorage(base_path=str(tmp_path)),
        FileStorage(base_path="memory://x"),
        KVServerStorage(api_address=server_down_url),
        LocalStorage(storage_path=str(tmp_path), read_only=True),
    ):
        with open_store(configuration) as store, pytest.raises(UnsupportedOperation) as raised:
            store.link("results/x")
        assert "has no links: only S3 Storage, Azure Blob Storage with" in str(raised.value)


async def test_a_link_is_made_without_blocking_and_for_at_least_a_second(
    s3_disk_server: S3Server,
) -> None:
    with open_store(s3(s3_disk_server)) as store:
        key = await store.awrite(b"x")
        assert fetched(await store.alink(key)) == b"x"
        for nothing in 0, -5, timedelta(0), 0.5:
            with pytest.raises(ValueError, match="at least a second"):
                store.link(key, expires=nothing)


def google(server: GCSServer) -> GoogleCloudStorage:
    return GoogleCloudStorage(
        bucket=server.new_bucket(),
        project=server.project,
        service_account_info=server.service_account_json,
        endpoint_url=server.endpoint_url,
    )


@both
def test_an_address_of_google_is_signed_as_its_documentation_says(gcs_server: GCSServer) -> None:
    """The emulator checks no signature, so it is put together anew and checked by the account's
    public key (cloud.google.com/storage/docs/authentication/signatures, version 4)."""
    info: Mapping[str, str] = gcs_server.service_account_info
    configuration = google(gcs_server)
    with open_store(configuration) as store:
        for name in NAMES:
            store.backend.put(f"results/{name}", b"x", overwrite=True)
            made = store.backend.link(f"results/{name}", 900)
            where, _, query = made.url.partition("?")
            signed, _, given = query.partition("&X-Goog-Signature=")
            parts = dict(parse_qsl(signed, strict_parsing=True))
            moment = parts["X-Goog-Date"]
            scope = f"{moment[:8]}/auto/storage/goog4_request"
            assert parts == {
                "X-Goog-Algorithm": "GOOG4-RSA-SHA256",
                "X-Goog-Credential": f"{info['client_email']}/{scope}",
                "X-Goog-Date": moment,
                "X-Goog-Expires": "900",
                "X-Goog-SignedHeaders": "host",
            }
            path = f"/{configuration.bucket}/results/" + quote(name, safe="/~")
            assert where == f"{gcs_server.endpoint_url}{path}"
            host = urlsplit(gcs_server.endpoint_url).netloc
            canonical = "&".join(
                f"{key}={quote(value, safe='')}" for key, value in sorted(parts.items())
            )
            request = f"GET\n{path}\n{canonical}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
            text = "\n".join(
                ("GOOG4-RSA-SHA256", moment, scope, sha256(request.encode()).hexdigest())
            )
            key = load_pem_private_key(info["private_key"].encode(), None)
            key.public_key().verify(  # type: ignore[union-attr, call-arg]
                bytes.fromhex(given), text.encode(), PKCS1v15(), SHA256()
            )
            assert made.expires.timestamp() == pytest.approx(time.time() + 900, abs=120)
        with pytest.raises(BlobNotFound):
            store.link("results/nothing")


def test_a_signature_for_a_blob_is_that_of_azures_own_client() -> None:
    account_key = AzureServer.made_up_key()
    for index, name in enumerate((*NAMES, "漢/é'\"<>|?#")):
        expires = datetime(2027, 1, 2, 3, 4, index, tzinfo=UTC)
        theirs = generate_blob_sas(
            "acme",
            "box",
            name,
            account_key=account_key,
            expiry=expires,
            permission=BlobSasPermissions(read=True),
        )
        parts = parse_qs(theirs)
        ours = signature("acme", account_key, "box", name, expires, version=parts["sv"][0])
        assert parse_qs(ours) == parts
        assert len(b64decode(parts["sig"][0])) == 32


def test_a_link_is_masked_wherever_it_is_not_asked_for() -> None:
    url = (
        "https://acme.s3.amazonaws.com/x?X-Amz-Credential=AKIA%2F1&X-Amz-Security-Token=tok"
        "&X-Amz-Signature=0123456789"
    )
    shown = repr(Link(url, datetime(2027, 1, 2, tzinfo=UTC)))
    assert "0123456789" not in shown
    assert "tok" not in shown.replace("Token", "")
    assert "acme.s3.amazonaws.com" in shown
