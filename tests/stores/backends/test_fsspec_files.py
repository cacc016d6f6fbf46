"""File systems of others for fsspec: with and without a way to rename, hanging, taking turns."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractFileSystem

import storage_core
from storage_core.backends.base import Backend, time_at
from storage_core.backends.drivers.fsspec.entries import time_of
from storage_core.backends.filesystem import open_filesystem
from storage_core.backends.remote import io_loop, on_loop, worker
from storage_core.blobpath import blob_path
from storage_core.errors import BlobExists, ConfigurationError, StorageError, StorageUnavailable
from tests.patience import within
from tests.servers.raw_http import RawServer, raw_server, response
from tests.servers.webdav import WebDAVServer
from tests.stores.backends.calls import listed, put_file

KEY = blob_path("results/abc")


class Renaming(LocalFileSystem):  # type: ignore[misc]
    """A file system that renames, and whose instances only one thread may use at a time."""

    protocol = "renaming"
    busy = threading.Lock()

    def _turn(self, name: str, *args: Any, **kwargs: Any) -> Any:
        assert self.busy.acquire(blocking=False), "two calls at once"
        try:
            return getattr(super(), name)(*args, **kwargs)
        finally:
            self.busy.release()

    def info(self, path: str, **kwargs: Any) -> Any:
        return self._turn("info", path, **kwargs)


class Copying(LocalFileSystem):  # type: ignore[misc]
    """A file system that can only copy and delete, as most do that are not one."""

    protocol = "copying"
    mv = AbstractFileSystem.mv


class Hanging(LocalFileSystem):  # type: ignore[misc]
    """A file system that hangs once."""

    protocol = "hanging"
    hangs = threading.Event()
    released = threading.Event()

    def cat_file(self, path: str, *args: Any, **kwargs: Any) -> Any:
        if not self.hangs.is_set():
            self.hangs.set()
            self.released.wait(30)
        return super().cat_file(path, *args, **kwargs)


class Lacking(LocalFileSystem):  # type: ignore[misc]
    """A file system that finds out only when it is made what is not installed, as `hdfs` does."""

    protocol = "lacking"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        import no_such_package.inside  # type: ignore[import-not-found]  # noqa: F401


@pytest.fixture(autouse=True, scope="module")
def registered() -> None:
    for cls in (Renaming, Copying, Hanging, Lacking):
        fsspec.register_implementation(cls.protocol, cls, clobber=True)


@pytest.fixture(params=["renaming", "copying"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    return open_filesystem(f"{request.param}://{tmp_path}/folder", timeout=10)


def names(folder: Path) -> set[str]:
    async def rest() -> None:
        while worker._running:
            await asyncio.wait(worker._running)

    io_loop.run(rest())
    return {path.name for path in (folder / "folder" / "results").iterdir()}


def test_blobs_are_written_read_listed_and_deleted(backend: Backend, tmp_path: Path) -> None:
    data = token_bytes(3_000_000)
    source = tmp_path / "source"
    source.write_bytes(data)
    assert listed(backend, "results") == []
    backend.check()
    backend.put(KEY, data, overwrite=False)
    put_file(backend, blob_path("results/file"), source, overwrite=False)
    for name in ("abc", "file"):
        key = blob_path(f"results/{name}")
        assert backend.get(key) == data
        with backend.open(key) as file:
            assert file.read() == data
        with pytest.raises(BlobExists):
            backend.put(key, b"", overwrite=False)
        backend.put(key, b"", overwrite=True)
        assert backend.get(key) == b""
    assert {blob.path: blob.size for blob in listed(backend, "results")} == {
        "results/abc": 0,
        "results/file": 0,
    }
    backend.delete(KEY)
    backend.delete(KEY)
    assert names(tmp_path) == {"file"}


@pytest.mark.parametrize("seconds", [2**40, -(2**60), float("inf"), float("nan")])
def test_a_time_that_no_calendar_has_is_unknown(seconds: float) -> None:
    assert time_at(seconds) is None
    assert time_of({"mtime": seconds}) is None


def test_a_write_that_fails_leaves_nothing(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.put(KEY, b"there", overwrite=True)

    def torn(self: Any, path: str, value: bytes, **kwargs: Any) -> None:
        Path(path).write_bytes(value[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalFileSystem, "pipe_file", torn)
    with pytest.raises(StorageError, match="No space left"):
        backend.put(blob_path("results/torn"), b"too long", overwrite=True)
    assert names(tmp_path) == {"abc"}


def test_a_write_that_loses_bytes_is_noticed(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(self: Any, path: str, value: bytes, **kwargs: Any) -> None:
        Path(path).write_bytes(value[:-1])

    backend.put(blob_path("results/other"), b"x", overwrite=True)
    monkeypatch.setattr(LocalFileSystem, "pipe_file", lossy)
    monkeypatch.setattr(backend._policy, "timeout", 0.5)  # type: ignore[attr-defined]
    with pytest.raises(StorageUnavailable, match="7 bytes were stored instead of 8"):
        backend.put(KEY, b"complete", overwrite=True)
    assert names(tmp_path) == {"other"}


def test_a_blob_appears_under_its_name_only_when_it_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = open_filesystem(f"renaming://{tmp_path}/folder", timeout=10)
    seen: list[set[str]] = []
    real = LocalFileSystem.mv

    def watching(self: Any, old: str, new: str, **kwargs: Any) -> None:
        seen.append({path.name for path in Path(new).parent.iterdir()})
        real(self, old, new, **kwargs)

    monkeypatch.setattr(LocalFileSystem, "mv", watching)
    backend.put(KEY, b"data", overwrite=True)
    ((name,),) = seen
    assert name.startswith("~")
    assert names(tmp_path) == {"abc"}


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [("sftp://host/x", "asyncssh", "[sftp]"), ("webdav://host/x", "webdav4.fsspec", "[webdav]")],
)
def test_a_missing_package_is_told_with_what_brings_it(
    url: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "webdav", raising=False)
    with pytest.raises(ConfigurationError, match=re.escape(f"pip install 'storage-config{extra}'")):
        open_filesystem(url, timeout=1)


def test_threads_take_turns_where_nobody_says_that_they_need_not(tmp_path: Path) -> None:
    backend = open_filesystem(f"renaming://{tmp_path}/folder", timeout=20)

    def round_trip(n: int) -> bool:
        key, data = blob_path(f"results/{token_hex(8)}"), token_bytes(1000 + n)
        backend.put(key, data, overwrite=False)
        return backend.get(key) == data and backend.exists(key)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(round_trip, range(24)))


def test_a_call_that_hangs_is_left_to_itself_and_the_next_one_works(tmp_path: Path) -> None:
    backend = open_filesystem(f"hanging://{tmp_path}/folder", timeout=10)
    backend.put(KEY, b"data", overwrite=True)
    backend._policy.timeout = 0.5  # type: ignore[attr-defined]
    with within(0.55 + 0.3), pytest.raises(StorageUnavailable, match="no answer"):
        backend.get(KEY)
    backend._policy.timeout = 10  # type: ignore[attr-defined]
    assert backend.get(KEY) == b"data"
    Hanging.released.set()


@pytest.mark.parametrize("operation", ["read", "exists", "write", "list"])
def test_http_says_that_its_server_is_down(
    server_down_url: str, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fsspec's own makes a missing file of whatever goes wrong when it looks one up."""
    # Few attempts in place of little time, in which a busy machine has not loaded the driver.
    monkeypatch.setattr(on_loop, "pauses", lambda timeout: iter((0.05, 0.1)))
    configuration = storage_core.FileStorage(base_path=f"{server_down_url}/x", timeout=20)
    store = storage_core.open_store(configuration)
    calls = {
        "read": lambda: store.read("results/x"),
        "exists": lambda: store.exists("results/x"),
        "write": lambda: store.write(b"x"),
        "list": lambda: list(store.list()),
    }
    with pytest.raises(StorageUnavailable, match="Connection refused"):
        calls[operation]()


@pytest.mark.parametrize("before", ["", "simplecache::"])
def test_a_server_of_files_alone_need_not_have_a_page_for_the_folder(before: str) -> None:
    """Static hosting without an index answers 404 to a folder, whatever is in it."""

    def answer(server: RawServer, connection: socket.socket) -> None:
        _, path, _ = server.asked.split(b" ", 2)
        found = path == b"/x/results/known"
        connection.sendall(response("200 OK", b"blob") if found else response("404 Not Found"))

    with raw_server(answer) as server:
        store = storage_core.open_store(
            storage_core.FileStorage(base_path=f"{before}{server.url}/x")
        )
        assert not store.exists("results/unk")
        with pytest.raises(storage_core.BlobNotFound, match="unk"):
            store.read("results/unk")
        assert store.exists("results/known")
        assert store.read("results/known") == b"blob"
        store.check()
        # What cannot be listed is not empty.
        with pytest.raises(storage_core.UnsupportedOperation, match="cannot list"):
            list(store.list())


def test_what_a_file_system_cannot_do_is_told_in_words(server_down_url: str) -> None:
    configuration = storage_core.FileStorage(base_path=f"{server_down_url}/x")
    with pytest.raises(
        storage_core.UnsupportedOperation, match="cannot delete: http has no way to"
    ):
        storage_core.open_store(configuration).delete("results/x")


@pytest.mark.parametrize(
    ("url", "container", "account"),
    [
        ("abfs://team@acme.dfs.core.windows.net/a/b", "team", {"account_name": "acme"}),
        ("abfss://team@acme.blob.core.windows.net/a/b", "team", {"account_name": "acme"}),
        ("AZ://team/a/b/", "team", {}),
    ],
)
def test_azures_own_urls_name_the_account(
    url: str, container: str, account: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []

    def open_azure(*args: Any, options: dict[str, Any], **_: Any) -> None:
        opened.extend((*args, options))

    monkeypatch.setattr("storage_core.backends.drivers.adlfs.open_azure", open_azure)
    open_filesystem(url, timeout=1)
    assert opened == [container, "a/b", account]


def test_a_range_behind_the_end_is_empty_on_http_too(webdav_server: WebDAVServer) -> None:
    folder = webdav_server.new_folder()
    (webdav_server.open_folder / folder / "results").mkdir(parents=True)
    (webdav_server.open_folder / folder / KEY).write_bytes(b"0123456789")
    backend = open_filesystem(f"{webdav_server.open_url}/{folder}", timeout=10)
    assert backend.get_range(KEY, 8, 10) == b"89"
    assert backend.get_range(KEY, 10, 10) == b""


def test_what_is_stored_is_the_open_file_and_not_what_has_its_name_by_now(tmp_path: Path) -> None:
    backend = open_filesystem(f"dir::file://{tmp_path}/folder", timeout=10)
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"A" * 20)
    second.write_bytes(b"B" * 20)
    with first.open("rb") as file:
        second.replace(first)
        backend.put_stream(KEY, file, overwrite=True)
    assert backend.get(KEY) == b"A" * 20


def test_what_is_not_installed_is_named(tmp_path: Path) -> None:
    backend = open_filesystem(f"lacking://{tmp_path}/folder", timeout=10)
    with pytest.raises(ConfigurationError, match=r"pip install no_such_package$"):
        backend.get(KEY)
