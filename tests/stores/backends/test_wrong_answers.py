"""Answers that look like success and are none, with both engines."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from socket import socket

import pytest

from storage_core import AccessDenied, StorageUnavailable
from storage_core.backends.remote import blocking, on_loop
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.blobpath import blob_path
from tests.engines import both, open_azure, open_gcs, open_s3
from tests.servers.raw_http import RawServer, raw_server, response

pytestmark = both

PATH = blob_path("results/x")
BYTES = bytes(range(150))


TIMEOUT = 30.0
"""All is answered at once, which may take a busy machine a while."""


def s3(url: str) -> RemoteBackend:
    return open_s3("bucket", key="key", secret="secret", endpoint_url=url, timeout=TIMEOUT)


def azure(url: str) -> RemoteBackend:
    account = f"AccountName=name;AccountKey=a2V5;BlobEndpoint={url}/name"
    return open_azure("bucket", connection_string=account, timeout=TIMEOUT)


def gcs(url: str) -> RemoteBackend:
    return open_gcs("bucket", endpoint_url=url, options={"token": "anon"}, timeout=TIMEOUT)


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second attempts: they would be answered in the same way."""
    for runner in (blocking, on_loop):
        monkeypatch.setattr(runner, "pauses", lambda timeout: iter(()))


clouds = pytest.mark.parametrize("opened", [s3, azure, gcs], ids=["s3", "azure", "gcs"])


@clouds
@pytest.mark.parametrize(
    "answer",
    [
        response("200 OK", BYTES, 'ETag: "x"'),
        response("206 Partial Content", BYTES[:50], 'ETag: "x"', "Content-Range: bytes 0-49/150"),
    ],
    ids=["all of it", "another range"],
)
def test_bytes_from_elsewhere_are_no_range(
    opened: Callable[[str], RemoteBackend],
    answer: bytes,
    engine: str,
    request: pytest.FixtureRequest,
) -> None:
    if (opened, engine) == (azure, "fsspec") and answer.startswith(b"HTTP/1.1 206"):
        why = "Azure's own client takes them, and says what was asked for"
        request.applymarker(pytest.mark.xfail(reason=why, strict=True))
    with raw_server(answer) as server:
        backend = opened(server.url)
        with pytest.raises(StorageUnavailable):
            backend.get_range(PATH, 100, 200)
        backend.close()


@pytest.mark.parametrize("opened", [s3, gcs])
def test_all_of_a_blob_is_a_range_that_holds_all(opened: Callable[[str], RemoteBackend]) -> None:
    with raw_server(response("200 OK", BYTES, 'ETag: "x"')) as server:
        backend = opened(server.url)
        assert backend.get_range(PATH, 0, 200) == BYTES
        backend.close()


def test_a_failure_behind_many_blanks_is_one() -> None:
    """S3 sends blanks while it puts parts together, and may fail then."""
    begun = b"<X><UploadId>1</UploadId></X>"
    failed = b'<?xml version="1.0"?>\n' + b" " * 5000 + b"<Error><Code>InternalError</Code></Error>"

    def answer(server: RawServer, connection: socket) -> None:
        line = server.asked.split(b"\r\n")[0]
        if b"partNumber=" in line:
            connection.sendall(response("200 OK", b"", 'ETag: "x"'))
        elif line.startswith(b"POST"):
            connection.sendall(response("200 OK", begun if b"uploads" in line else failed))
        else:
            connection.sendall(response("204 No Content"))

    with raw_server(answer) as server:
        backend = s3(server.url)
        with pytest.raises(StorageUnavailable, match="InternalError"):
            backend.put_stream(PATH, BytesIO(b"x" * 9 * 1024 * 1024), overwrite=True)
        backend.close()


@pytest.mark.parametrize("token", ["", "<NextContinuationToken>same</NextContinuationToken>"])
def test_a_listing_that_leads_nowhere_is_no_whole_one(token: str) -> None:
    """Servers that know only the first version of listing name the next page by another word."""
    blob = "<Key>results/x</Key><Size>1</Size><LastModified>2026-11-29T00:00:00Z</LastModified>"
    listing = f"<IsTruncated>true</IsTruncated>{token}<Contents>{blob}</Contents>"
    body = f"<ListBucketResult>{listing}</ListBucketResult>".encode()
    with raw_server(response("200 OK", body)) as server:
        backend = s3(server.url)
        with pytest.raises(StorageUnavailable, match="in part only"):
            [*backend.list()]
        backend.close()


@pytest.mark.engine("direct")
def test_a_listing_of_azure_without_an_end_is_given_up() -> None:
    def answer(server: RawServer, connection: socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n<EnumerationResults><Blobs>")
        with suppress(OSError):
            while not server.stopped.is_set():
                connection.sendall(b"<Blob><Name>x</Name></Blob>" + b" " * 1000000)

    with raw_server(answer) as server:
        backend = azure(server.url)
        with pytest.raises(StorageUnavailable, match="longer than any"):
            [*backend.list()]
        backend.close()


@pytest.mark.engine("direct")
def test_a_refusal_without_an_end_is_still_one() -> None:
    """Time is allowed for all that comes, and this would come for ever."""

    def answer(server: RawServer, connection: socket) -> None:
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        with suppress(OSError):
            while not server.stopped.is_set():
                connection.sendall(b" " * 65536)

    with raw_server(answer) as server:
        backend = s3(server.url)
        with pytest.raises(AccessDenied):
            backend.get(PATH)
        backend.close()


@pytest.mark.parametrize("opened", [s3, gcs])
@pytest.mark.parametrize(
    "answer",
    [
        response("206 Partial Content", BYTES[:50], "Content-Range: bytes 0-49/150"),
        response("204 No Content"),
    ],
    ids=["206", "204"],
)
def test_a_part_and_nothing_are_no_blob(
    opened: Callable[[str], RemoteBackend], answer: bytes
) -> None:
    with raw_server(answer) as server:
        backend = opened(server.url)
        with pytest.raises(StorageUnavailable):
            backend.get(PATH)
        backend.close()


@pytest.mark.engine("direct")
def test_a_page_for_people_is_no_sign_that_a_blob_is_stored() -> None:
    """Such as that on which a hotel has its guests sign in."""
    page = b"<html><body>Welcome</body></html>"
    with raw_server(response("200 OK", page)) as server:
        backend = s3(server.url)
        with pytest.raises(StorageUnavailable):
            backend.put(PATH, b"x", overwrite=True)
        with pytest.raises(StorageUnavailable):
            backend.delete(PATH)
        backend.close()
