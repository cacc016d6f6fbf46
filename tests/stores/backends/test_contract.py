"""What every backend promises its store beyond what a store's own cases show.

Held against real servers: bytes that look like a protocol, blobs that are not to be replaced,
writes that break off, answers that are lost.
"""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any

import pytest

import storage_core
from storage_core.backends.base import Backend
from storage_core.backends.filesystem import open_filesystem
from storage_core.backends.local import LocalBackend
from storage_core.backends.remote import backend as remote
from storage_core.backends.remote import blocking, on_loop
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.driver import Part
from storage_core.blobpath import BlobPath, blob_path, prefix_of
from storage_core.errors import (
    BlobExists,
    BlobNotFound,
    IntegrityError,
    StorageError,
    StorageUnavailable,
)
from tests.engines import ENGINES, open_azure, open_gcs, open_s3
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server
from tests.servers.webdav import WebDAVServer
from tests.stores.backends.calls import KEY, get_file, listed, meddle, put_file, settled

TIMEOUT = 20.0
MIB = 1024 * 1024
HOUR = 3600

TRICKY = [
    b"ends in a carriage return\r",
    b"ends in a new line\n",
    b"ends in both\r\n",
    b"\r\n--==0==--\r\n",
    b"\n--==0==\nContent-Type: text/plain\n\nnot the end",
    b"0\r\n\r\n",
    b"\x1f\x8b\x08\x00 no gzip",
    b"null",
    b"\xff\xfe\x00",
]


def s3(server: S3Server, engine: str) -> RemoteBackend:
    return open_s3(
        server.new_bucket(),
        "team/a",
        engine=engine,
        key=server.access_key_id,
        secret=server.secret_access_key,
        endpoint_url=server.endpoint_url,
        timeout=TIMEOUT,
    )


def make(name: str, fixture: Callable[[str], Any], folder: Path) -> Backend:
    name, _, engine = name.partition(", ")
    if name == "local":
        return LocalBackend(folder)
    if name == "s3":
        return s3(fixture("s3_server"), engine)
    if name == "s3 on disk":
        return s3(fixture("s3_disk_server"), engine)
    if name == "azure":
        azure: AzureServer = fixture("azure_server")
        return open_azure(
            azure.new_container(),
            engine=engine,
            connection_string=azure.connection_string,
            timeout=TIMEOUT,
        )
    if name == "gcs":
        gcs: GCSServer = fixture("gcs_server")
        return open_gcs(
            gcs.new_bucket(),
            engine=engine,
            project=gcs.project,
            service_account_info=gcs.service_account_info,
            endpoint_url=gcs.endpoint_url,
            timeout=TIMEOUT,
        )
    if name == "webdav":
        webdav: WebDAVServer = fixture("webdav_server")
        host = webdav.open_url.removeprefix("http://")
        return open_filesystem(f"webdav://{host}/{webdav.new_folder()}", timeout=TIMEOUT)
    if name == "simplecache":
        server: S3Server = fixture("s3_server")
        options = {
            "key": server.access_key_id,
            "secret": server.secret_access_key,
            "endpoint_url": server.endpoint_url,
        }
        url = f"simplecache::s3://{server.new_bucket()}/folder"
        return open_filesystem(url, options={"s3": options}, timeout=TIMEOUT)
    return open_filesystem(f"memory://{token_hex(6)}", timeout=TIMEOUT)


def of(*clouds: str) -> list[str]:
    """Each cloud with each engine."""
    return [f"{cloud}, {engine}" for cloud in clouds for engine in ENGINES]


ALL = ["local", "memory", "webdav", "simplecache", *of("s3", "s3 on disk", "azure", "gcs")]
REMOTE = [*of("s3", "azure", "gcs"), "webdav"]


@pytest.fixture
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    made = make(request.param, request.getfixturevalue, tmp_path / "blobs")
    yield made
    made.close()


def every(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("backend", names, indirect=True)


def new_key() -> BlobPath:
    return blob_path(f"results/{token_hex(16)}")


def file_with(data: bytes, folder: Path) -> Path:
    path = folder / token_hex(4)
    path.write_bytes(data)
    return path


class BreakingFile(io.FileIO):
    """A file of which only the first 10 MiB can be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= 10 * MIB:
            raise OSError(5, os.strerror(5))
        return super().read(10 * MIB if size is None or size < 0 else size)


@every(ALL)
def test_bytes_that_look_like_a_protocol_come_back_identical(
    backend: Backend, tmp_path: Path
) -> None:
    for data in TRICKY:
        first, second = new_key(), new_key()
        backend.put(first, data, overwrite=True)
        put_file(backend, second, file_with(data, tmp_path), overwrite=True)
        for key in (first, second):
            assert backend.get(key) == data
            with backend.open(key) as file:
                assert file.read() == data


# simplecache never asks whether what it has once read has changed; blobs normally do not.
@every([name for name in ALL if name != "simplecache"])
@pytest.mark.parametrize("size", [0, 1, 9 * MIB])
def test_a_blob_is_replaced_only_when_that_is_wanted(
    backend: Backend, size: int, tmp_path: Path
) -> None:
    first, second, third = (token_bytes(size) + bytes([n]) * n for n in (0, 1, 2))
    key = new_key()
    backend.put(key, first, overwrite=False)
    with pytest.raises(BlobExists, match=key.rpartition("/")[2]):
        backend.put(key, second, overwrite=False)
    with pytest.raises(BlobExists, match=key.rpartition("/")[2]):
        put_file(backend, key, file_with(second, tmp_path), overwrite=False)
    assert backend.get(key) == first
    backend.put(key, second, overwrite=True)
    assert backend.get(key) == second
    put_file(backend, key, file_with(third, tmp_path), overwrite=True)
    assert backend.get(key) == third
    assert [blob.size for blob in listed(backend, "results")] == [len(third)]


@every(["local", "memory", *of("s3", "azure"), "webdav"])
def test_of_eight_writers_of_one_new_key_one_wins(backend: Backend) -> None:
    key = new_key()

    def write(n: int) -> int | None:
        try:
            backend.put(key, bytes([n]) * 1000, overwrite=False)
        except BlobExists:
            return None
        return n

    with ThreadPoolExecutor(8) as pool:
        winners = [n for n in pool.map(write, range(8)) if n is not None]
    assert len(winners) == 1
    assert backend.get(key) == bytes(winners) * 1000


@every(of("s3", "azure", "gcs"))
def test_a_listing_has_all_pages(backend: RemoteBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PAGE_SIZE", 2)
    written = {str(new_key()) for _ in range(5)}
    for key in written:
        backend.put(blob_path(key), b"x", overwrite=True)
    backend.put(blob_path("flows/other"), b"x", overwrite=True)
    assert {entry.path for entry in listed(backend)} == written
    blob = next(iter(listed(backend, "flows")))
    assert (blob.path, blob.size) == ("flows/other", 1)
    assert blob.modified is not None
    assert blob.modified.tzinfo is not None


@every(of("s3", "azure", "gcs"))
def test_a_long_listing_has_each_blob_and_folder_once_while_others_write(
    backend: RemoteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PAGE_SIZE", 4)
    digests = [sha256(b"%d" % number).hexdigest() for number in range(14)]
    flat = {f"deep/{digest[:12]}" for digest in digests}
    below = {f"deep/{digest[0]}/20261129T04{digest[:4]}/ü {digest[:7]}" for digest in digests}
    folders = {"/".join(path.split("/")[:2]) for path in below}
    later = [f"deep/{digest[20:30]}-later" for digest in digests]

    def put(path: str) -> None:
        backend.put(blob_path(path), b"x", overwrite=True)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, [*flat, *below, "deeper", "flows/other"]))
        writing = [pool.submit(put, path) for path in later]
        found = [entry.path for entry in backend.list(prefix_of("deep"))]
        for each in writing:
            each.result()
    assert len(found) == len(set(found))
    assert flat | below <= set(found) <= flat | below | set(later)

    async def come() -> list[str]:
        return [entry.path async for entry in backend.alist(prefix_of("deep"), delimiter=True)]

    here = [entry.path for entry in backend.list(prefix_of("deep"), delimiter=True)]
    assert sorted(here) == sorted(asyncio.run(come())) == sorted([*flat, *folders, *later])


@every([*REMOTE, "local", "memory"])
def test_a_file_that_breaks_off_leaves_nothing(backend: Backend, tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as file:
        file.truncate(30 * MIB)
    key = new_key()
    with pytest.raises(StorageError):
        backend.put_stream(key, BreakingFile(str(source), "r"), overwrite=True)
    assert not backend.exists(key)
    assert not (listed(backend, "results"))
    settled()
    if isinstance(backend, LocalBackend):
        assert not list((tmp_path / "blobs" / "results").iterdir())


@every(of("s3"))
def test_an_upload_that_breaks_off_is_not_left_to_be_paid_for(
    backend: RemoteBackend, s3_server: S3Server, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    with source.open("wb") as file:
        file.truncate(30 * MIB)
    with pytest.raises(StorageError):
        backend.put_stream(new_key(), BreakingFile(str(source), "r"), overwrite=True)
    settled()
    bucket = backend.location.split("/")[2]
    assert "Uploads" not in s3_server.client.list_multipart_uploads(Bucket=bucket)


@every(["webdav"])
def test_a_failed_write_leaves_no_temporary_file(
    backend: RemoteBackend, webdav_server: WebDAVServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise PermissionError("no renaming today")

    backend.put(new_key(), b"the folder exists", overwrite=True)
    monkeypatch.setattr("storage_core.backends.drivers.fsspec.webdav.rename", fail)
    with pytest.raises(StorageError, match="no renaming today"):
        backend.put(new_key(), b"never seen", overwrite=True)
    settled()
    folder = webdav_server.open_folder / backend.location.rpartition("/")[2] / "results"
    assert len(list(folder.iterdir())) == 1


@every(["webdav"])
def test_what_a_killed_write_has_left_is_swept_a_day_later(
    backend: Backend, webdav_server: WebDAVServer
) -> None:
    key = new_key()
    backend.put(key, b"blob", overwrite=True)
    folder = webdav_server.open_folder / backend.location.rpartition("/")[2] / "results"
    for name, age in (("~" + "a" * 16, 25 * HOUR), ("~" + "b" * 16, 14 * HOUR)):
        (folder / name).write_bytes(b"torn")
        then = (folder / key.rpartition("/")[2]).stat().st_mtime - age
        os.utime(folder / name, (then, then))
    assert [entry.path for entry in listed(backend)] == [key]
    settled()
    assert {path.name for path in folder.iterdir()} == {key.rpartition("/")[2], "~" + "b" * 16}


@every(REMOTE)
@pytest.mark.parametrize("size", [100, 9 * MIB])
def test_a_write_whose_answer_was_lost_is_not_mistaken_for_another_ones(
    backend: RemoteBackend, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, key = token_bytes(size), new_key()
    lost: list[bool] = []

    def losing(real: Callable[..., Awaitable[None]]) -> Callable[..., Coroutine[Any, Any, None]]:
        async def put(*args: Any, **kwargs: Any) -> None:
            await real(*args, **kwargs)
            if not lost:
                lost.append(True)
                raise ConnectionResetError("the answer got lost")

        return put

    meddle(backend, monkeypatch, put_stream=losing)
    put_file(backend, key, file_with(data, tmp_path), overwrite=False)
    assert lost
    assert backend.get(key) == data

    lost.clear()
    with pytest.raises(BlobExists):
        put_file(backend, key, file_with(data, tmp_path), overwrite=False)


@every(REMOTE)
def test_a_read_that_breaks_off_is_taken_up_again(
    backend: RemoteBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, key = token_bytes(9 * MIB), new_key()
    calls: list[tuple[Any, ...]] = []
    backend.put(key, data, overwrite=True)

    def breaking(real: Callable[..., Awaitable[Part]]) -> Callable[..., Coroutine[Any, Any, Part]]:
        async def get_range(*args: Any) -> Part:
            calls.append(args)
            if len(calls) == 2:
                raise ConnectionResetError("gone")
            return await real(*args)

        return get_range

    meddle(backend, monkeypatch, get_range=breaking)
    get_file(backend, key, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == data
    assert len(calls) == len({start for _, start, *_ in calls}) + 1


@every([*REMOTE, "memory", "local"])
def test_a_stream_is_read_in_any_pieces(backend: Backend) -> None:
    data, key = token_bytes(9 * MIB + 3), new_key()
    backend.put(key, data, overwrite=True)
    with backend.open(key) as file:
        assert file.read(0) == b""
        assert file.read(1) == data[:1]
        assert file.read(8 * MIB) == data[1 : 8 * MIB + 1]
        assert file.read() == data[8 * MIB + 1 :]
        assert file.read() == b""
        assert file.read(10) == b""


@every([*REMOTE, "local", "memory"])
def test_a_stream_never_mixes_two_blobs(backend: Backend) -> None:
    size = 9 * MIB
    for other in (size, size + 1):
        key = new_key()
        backend.put(key, b"a" * size, overwrite=True)
        with backend.open(key) as file:
            read = file.read(1)
            backend.delete(key)
            backend.put(key, b"b" * other, overwrite=True)
            with suppress(IntegrityError):
                assert read + file.read() == b"a" * size


@every(of("s3", "azure", "gcs"))
def test_a_file_is_never_of_two_blobs(backend: RemoteBackend) -> None:
    key = new_key()

    class Replacing(io.BytesIO):
        def write(self, data: Any, /) -> int:
            if not self.tell():
                backend.put(key, b"b" * 9 * MIB, overwrite=True)
            return super().write(data)

    backend.put(key, b"a" * 9 * MIB, overwrite=True)
    with pytest.raises(IntegrityError, match="was replaced while it was read"):
        backend.get_stream(key, Replacing())
    target = io.BytesIO()
    backend.get_stream(key, target)
    assert target.getvalue() == b"b" * 9 * MIB


@every(REMOTE)
async def test_a_cancelled_write_leaves_nothing_or_all(
    backend: RemoteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, begun, loop = new_key(), asyncio.Event(), asyncio.get_running_loop()

    def telling(real: Callable[..., Awaitable[None]]) -> Callable[..., Coroutine[Any, Any, None]]:
        async def put(*args: Any, **kwargs: Any) -> None:
            loop.call_soon_threadsafe(begun.set)
            await real(*args, **kwargs)

        return put

    meddle(backend, monkeypatch, put=telling)
    call = asyncio.ensure_future(backend.aput(key, bytes(40 * MIB), overwrite=True))
    await begun.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    try:
        assert await backend.aget(key) == bytes(40 * MIB)
    except BlobNotFound:
        pass


@every(REMOTE)
def test_a_driver_that_raises_for_ever_is_said_to_have_been_tried(
    backend: RemoteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def reset(*_args: Any) -> None:
        nonlocal tries
        tries += 1
        raise ConnectionResetError("by peer")

    meddle(backend, monkeypatch, get=lambda _real: reset)
    backend.check()
    # As many as there are, not as many as a busy machine has time for.
    for runner in (blocking, on_loop):
        monkeypatch.setattr(runner, "pauses", lambda timeout: iter((0.05, 0.1)))
    began = time.monotonic()
    with pytest.raises(StorageUnavailable, match=r"by peer, tried 3 times within ") as caught:
        backend.get(new_key())
    took = time.monotonic() - began
    assert tries == 3
    assert 0.1 <= float(str(caught.value).partition(" within ")[2].split()[0]) <= took + 0.05


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="only Linux has such files")
@every([*REMOTE, "local", "memory"])
def test_a_file_that_says_that_it_is_empty_is_read_all_the_same(backend: Backend) -> None:
    version = Path("/proc/version")
    assert version.stat().st_size == 0
    put_file(backend, KEY, version, overwrite=True)
    assert backend.get(KEY) == version.read_bytes() != b""


def test_what_is_no_file_is_refused_before_anything_is_stored(tmp_path: Path) -> None:
    store = storage_core.open_store(storage_core.LocalStorage(storage_path=str(tmp_path / "blobs")))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path(os.devnull)):
        with pytest.raises(StorageError, match="no regular file; read it and write its bytes"):
            store.write_file(path)
    with pytest.raises(StorageError, match="is a folder"):
        store.write_file(tmp_path)
    assert not (tmp_path / "blobs").exists()


def test_a_blob_goes_through_links_and_into_devices_and_leaves_modes_alone(tmp_path: Path) -> None:
    store = storage_core.open_store(storage_core.LocalStorage(storage_path=str(tmp_path / "blobs")))
    key = store.write(b"data")
    target = tmp_path / "target"
    target.write_bytes(b"before")
    target.chmod(0o600)
    link = tmp_path / "link"
    link.symlink_to(target)
    assert store.read_file(key, link) == 4
    assert link.is_symlink()
    assert target.read_bytes() == b"data"
    assert target.stat().st_mode & 0o777 == 0o600
    store.read_file(key, os.devnull)
    assert not Path(os.devnull).is_file()
