"""Killed uploads: what a client that dies in the middle leaves on a server is no readable blob."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import NamedTuple
from urllib.request import Request, urlopen

import pytest

import storage_core
from storage_core import (
    AzureBlobStorage,
    FileStorage,
    GoogleCloudStorage,
    KVServerStorage,
    S3Storage,
    StorageConfiguration,
)
from storage_core.errors import BlobNotFound
from tests.children import Killable
from tests.figures import Figure
from tests.reliability.local_stores import MIB
from tests.reliability.relay import Relay, relayed
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.kv import KVServer
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.webdav import WebDAVServer


class Service(NamedTuple):
    """One kind of server, with a store on it that is reached through any address."""

    url: str
    configuration: Callable[[str], StorageConfiguration]


def s3(request: pytest.FixtureRequest, engine: str = "direct") -> Service:
    server: S3Server = request.getfixturevalue("s3_server")
    bucket = server.new_bucket()
    return Service(
        server.endpoint_url,
        lambda url: S3Storage(
            bucket=bucket,
            aws_access_key_id=server.access_key_id,
            aws_secret_access_key=server.secret_access_key,
            endpoint_url=url,
            engine=engine,
        ),
    )


def s3_on_disk(request: pytest.FixtureRequest) -> Service:
    server: S3Server = request.getfixturevalue("s3_disk_server")
    bucket = server.new_bucket()
    return Service(
        server.endpoint_url,
        lambda url: FileStorage(
            base_path=f"s3://{bucket}",
            key_type="uuid",
            options={
                "key": server.access_key_id,
                "secret": server.secret_access_key,
                "endpoint_url": url,
            },
        ),
    )


def azure(request: pytest.FixtureRequest, engine: str = "direct") -> Service:
    server: AzureServer = request.getfixturevalue("azure_server")
    container = server.new_container()
    return Service(
        server.endpoint_url,
        lambda url: AzureBlobStorage(
            container=container,
            connection_string=server.connection_string.replace(server.endpoint_url, url),
            engine=engine,
        ),
    )


def gcs(request: pytest.FixtureRequest, engine: str = "direct") -> Service:
    server: GCSServer = request.getfixturevalue("gcs_server")
    bucket = server.new_bucket()
    return Service(
        server.endpoint_url,
        lambda url: GoogleCloudStorage(
            bucket=bucket,
            service_account_info=server.service_account_json,
            endpoint_url=url,
            engine=engine,
        ),
    )


def kv(request: pytest.FixtureRequest) -> Service:
    server: KVServer = request.getfixturevalue("kv_server")
    return Service(
        server.api_address, lambda url: KVServerStorage(api_address=url, token=server.token)
    )


def webdav(request: pytest.FixtureRequest) -> Service:
    server: WebDAVServer = request.getfixturevalue("webdav_server")
    folder = server.new_folder()
    return Service(
        server.open_url,
        lambda url: FileStorage(
            base_path=f"webdav://{folder}", key_type="uuid", options={"base_url": url}
        ),
    )


def sftp(request: pytest.FixtureRequest) -> Service:
    server: SFTPServer = request.getfixturevalue("sftp_server")
    # FTP is not here: its bytes go beside the connection that a relay could cut.
    options = {"username": server.user, "password": server.password, "host_key_policy": "auto_add"}
    return Service(
        server.url(f"cut-{token_hex(4)}"),
        lambda url: FileStorage(base_path=url, key_type="uuid", options=options),
    )


SERVICES = {
    "S3": s3,
    "S3 on disk": s3_on_disk,
    "Azure": azure,
    "GCS": gcs,
    "S3, fsspec": partial(s3, engine="fsspec"),
    "Azure, fsspec": partial(azure, engine="fsspec"),
    "GCS, fsspec": partial(gcs, engine="fsspec"),
    "KV": kv,
    "WebDAV": webdav,
    "SFTP": sftp,
}


class Uploads:
    """Uploads of one blob after the other to one server, each killed somewhere."""

    def __init__(self, service: Service, relay: Relay, size: int, folder: Path) -> None:
        self._relay = relay
        self._through = service.configuration(relay.url)
        self._store = storage_core.open_store(service.configuration(service.url))
        self._content = token_bytes(size)
        self._source = folder / "source"
        self._source.write_bytes(self._content)
        self._lengths = {from_file: self._length(from_file) for from_file in (False, True)}

    def kill_at(self, part: float, *, from_file: bool) -> str:
        """What is left of an upload that is killed when `part` of its bytes are at the server."""
        key = f"results/killed-{token_hex(6)}"
        self._relay.stop_after(int(self._lengths[from_file] * part))

        def upload(ready: Callable[[], None]) -> None:
            ready()
            self._upload(key, from_file)

        child = Killable(upload)
        assert self._relay.reached.wait(60), "the upload did not come so far"
        child.kill()
        self._relay.hang_up()
        return self._found(key)

    def break_at(self, part: float, *, from_file: bool) -> str:
        """What there is after an upload whose connection breaks there, but only once."""
        key = f"results/broken-{token_hex(6)}"
        self._relay.stop_after(int(self._lengths[from_file] * part))
        with ThreadPoolExecutor(1) as pool:
            uploading = pool.submit(self._upload, key, from_file)
            assert self._relay.reached.wait(60), "the upload did not come so far"
            self._relay.hang_up()
            uploading.result()
        return self._found(key)

    def _length(self, from_file: bool) -> int:
        """Bytes that a whole upload sends."""
        self._relay.stop_after(sys.maxsize)
        key = f"results/whole-{token_hex(6)}"
        self._upload(key, from_file)
        sent = self._relay.sent
        self._relay.hang_up()
        assert self._store.read(key) == self._content
        assert sent > len(self._content)
        return sent

    def _upload(self, key: str, from_file: bool) -> None:
        with storage_core.open_store(self._through, timeout=10) as store:
            if from_file:
                store.write_file(self._source, key=key)
            else:
                store.write(self._content, key=key)

    def _found(self, key: str) -> str:
        """What a reader finds under `key`; the listing and the lookup have to agree."""
        listed = key in {blob.key for blob in self._store.list("results")}
        assert self._store.exists(key) is listed
        try:
            content = self._store.read(key)
        except BlobNotFound:
            return "absent"
        assert listed
        return "whole" if content == self._content else "torn"


@contextmanager
def uploads(
    name: str, request: pytest.FixtureRequest, size: int, folder: Path
) -> Iterator[Uploads]:
    service = SERVICES[name](request)
    with relayed(service.url) as relay:
        yield Uploads(service, relay, size, folder)


@pytest.fixture(params=SERVICES, scope="module")
def cut(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Uploads]:
    with uploads(request.param, request, 9 * MIB, tmp_path_factory.mktemp("uploads")) as cut:
        yield cut


def test_a_killed_upload_leaves_no_readable_part_of_a_blob(cut: Uploads) -> None:
    assert cut.kill_at(0.5, from_file=False) == "absent"
    assert cut.kill_at(0.95, from_file=True) == "absent"


def test_an_upload_whose_connection_breaks_once_is_made_again_and_whole(cut: Uploads) -> None:
    assert cut.break_at(0.5, from_file=False) == "whole"


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_killed_uploads_of_every_type(
    request: pytest.FixtureRequest, tmp_path: Path, figure: Figure
) -> None:
    chance = random.Random(20261122)
    found: Counter[str] = Counter()
    for name in SERVICES:
        with uploads(name, request, 20 * MIB + 1, tmp_path) as cut:
            for moment in (*(chance.random() for _ in range(6)), 0.9999):
                found[cut.kill_at(moment, from_file=False)] += 1
                found[cut.kill_at(moment, from_file=True)] += 1
    figure(
        "uploads",
        f"kill -9 in mid-upload, 14 times each on {', '.join(SERVICES)}",
        f"{found['torn']} readable parts; {found['absent']} of {found.total()} keys absent",
    )
    assert found["torn"] == 0


def test_the_search_for_readable_parts_finds_one(
    webdav_server: WebDAVServer, tmp_path: Path
) -> None:
    """The positive control: a program that writes to the final name leaves a part of it."""
    folder = webdav_server.new_folder()
    target = webdav_server.open_folder / folder / "results" / "torn"
    store = storage_core.open_store(
        FileStorage(
            base_path=f"webdav://{folder}",
            key_type="uuid",
            options={"base_url": webdav_server.open_url},
        )
    )
    store.write(b"there is a folder")
    with relayed(webdav_server.open_url) as relay:
        relay.stop_after(MIB)
        request = Request(
            f"{relay.url}/{folder}/results/torn", data=token_bytes(9 * MIB), method="PUT"
        )

        def put(ready: Callable[[], None]) -> None:
            ready()
            urlopen(request)

        child = Killable(put)
        assert relay.reached.wait(60)
        child.kill()
        relay.hang_up()
    assert 0 < target.stat().st_size < 9 * MIB
    assert len(store.read("results/torn")) < 9 * MIB
