"""The rules of Azure's that both engines keep to, on a container where others keep blobs too."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from azure.storage.blob import ContentSettings

from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.source import Source
from storage_core.blobpath import BlobPath, blob_path, prefix_of
from storage_core.errors import BlobExists, BlobNotFound, StorageUnavailable
from tests.engines import both, open_azure
from tests.servers.azurite import AzureServer
from tests.servers.raw_http import raw_server, response

pytestmark = both

PATH = blob_path("results/abc")
LARGE = 9 * 1024 * 1024


@pytest.fixture
def container(azure_server: AzureServer) -> str:
    return azure_server.new_container()


@pytest.fixture
def backend(azure_server: AzureServer, container: str, engine: str) -> RemoteBackend:
    return open_azure(
        container, "team/a", connection_string=azure_server.connection_string, timeout=20
    )


WAYS: dict[str, Callable[[Any, BlobPath], Any]] = {
    "in one request": lambda session, path: session.put(path, b"x", create=True),
    "in blocks": lambda session, path: session.put_stream(
        path, Source.of(bytes(LARGE)), create=True
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_service_itself_keeps_to_the_condition_that_nothing_is_replaced(
    way: str, backend: RemoteBackend
) -> None:
    # Without looking before, as writes do, so that only the condition is left.
    def put(path: BlobPath) -> None:
        backend._run(
            backend._policy.call(
                f"write {path}", path, lambda each: WAYS[way](each, path), writes=True
            )
        )

    put(PATH)
    size = backend.head(PATH).size
    backend.put(PATH, b"another", overwrite=True)
    with pytest.raises(BlobExists):
        put(PATH)
    assert (size, backend.get(PATH)) == (1 if way == "in one request" else LARGE, b"another")


def test_a_range_behind_the_end_is_empty(backend: RemoteBackend) -> None:
    backend.put(PATH, b"0123456789", overwrite=False)
    assert backend.get_range(PATH, 8, 10) == b"89"
    assert backend.get_range(PATH, 10, 10) == b""
    assert backend.get_range(PATH, 1 << 40, 10) == b""
    backend.put(PATH, b"", overwrite=True)
    assert backend.get_range(PATH, 0, 1) == backend.get(PATH) == b""
    with pytest.raises(BlobNotFound):
        backend.get_range(blob_path("results/none"), 0, 1)


def test_a_blob_with_snapshots_is_deleted_with_them(
    backend: RemoteBackend, azure_server: AzureServer, container: str
) -> None:
    backend.put(PATH, b"x", overwrite=False)
    with azure_server.service() as service:
        service.get_blob_client(container, f"team/a/{PATH}").create_snapshot()
        backend.delete(PATH)
        found = service.get_container_client(container).list_blobs(include=["snapshots"])
        assert [*found] == []


def test_a_listing_has_no_marker_of_the_location_and_all_odd_names(
    backend: RemoteBackend, azure_server: AzureServer, container: str
) -> None:
    odd = ["a//b", "a/%41%2F", "a/ü ✓&<>'\"", "a/b/", "a/+~;,=@$!*()"]
    with azure_server.service() as service:
        there = service.get_container_client(container)
        for name in ("team/a/", "team/a.txt", *(f"team/a/{each}" for each in odd)):
            there.upload_blob(name, b"x")
    assert sorted(entry.path for entry in backend.list()) == sorted(odd)
    below = {entry.path: entry.is_folder for entry in backend.list(prefix_of("a"), delimiter=True)}
    assert below == {
        "a/": True,
        "a/b": True,
        **{each: False for each in odd if each not in ("a//b", "a/b/")},
    }


def test_a_large_blob_is_known_by_its_size_its_time_and_its_version(backend: RemoteBackend) -> None:
    backend.put_stream(PATH, BytesIO(b"x" * LARGE), overwrite=False)
    found = backend.head(PATH)
    assert found.size == LARGE
    assert found.version
    assert [(entry.path, entry.size, entry.modified) for entry in backend.list()] == [
        (PATH, LARGE, found.modified)
    ]


def test_a_blob_that_others_have_stored_as_compressed_is_read_as_it_is(
    backend: RemoteBackend, azure_server: AzureServer, container: str
) -> None:
    data = gzip.compress(b"x" * 10_000)
    settings = ContentSettings(content_type="text/plain", content_encoding="gzip")
    with azure_server.service() as service:
        there = service.get_blob_client(container, f"team/a/{PATH}")
        there.upload_blob(data, content_settings=settings)
    assert backend.get(PATH) == data
    assert backend.get_range(PATH, 5, 10) == data[5:15]
    with backend.open(PATH) as file:
        assert file.read() == data


@pytest.mark.engine("direct")
def test_a_server_that_sends_more_than_the_range_is_not_heard_to_the_end() -> None:
    with raw_server(response("200 OK", b"x" * 100)) as server:
        string = f"AccountName=acme;AccountKey=QUJD;BlobEndpoint={server.url}/acme"
        backend = open_azure("box", connection_string=string, timeout=1.5)
        with pytest.raises(StorageUnavailable, match="more than 5 bytes came"):
            backend.get_range(PATH, 0, 5)
