"""What every backend promises for any path below its location."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from secrets import token_bytes, token_hex

import pytest

from storage_core.backends.base import Backend
from storage_core.blobpath import BlobPath, Prefix, blob_path, prefix_of
from storage_core.errors import (
    BlobExists,
    BlobNotFound,
    StorageError,
    UnsupportedOperation,
)

MIB = 1024 * 1024
FOREIGN = [
    "data.csv",
    "raw/2026/11/data.csv",
    "raw/with blanks & (signs) %41 +.csv",
    "raw/ünïcode ✓.txt",
    "results/not a key.json",
    "deep/" * 20 + "end",
]
"""Paths as other programs choose them, below one folder of a test."""


class Once(io.RawIOBase):
    """A stream that can be read once, such as a pipe."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._data.read(size)


class BackendCases:
    """Cases for any backend, also at paths that are not keys of a store."""

    deletes = True
    lists = True
    folders = True
    """Whether any path can be written; False if only the keys of a store can."""

    ranges = True
    spans: Sequence[tuple[int, int]] = ((0, 1), (10, 20), (190, 100), (0, 1000), (199, 1), (5, 0))
    """Ranges to read of a blob of 200 bytes: the start, and how many bytes are asked for."""

    below = ""
    """The folder that is for blobs, with `/` at its end, if not all of the location is."""

    foreign: Sequence[str] = FOREIGN
    """The paths of other programs that can be written, if not all in `FOREIGN` can."""

    @pytest.fixture
    def backend(self) -> Backend:
        raise NotImplementedError

    @pytest.fixture
    def folder(self) -> str:
        """A new folder for each test, since all tests share one location."""
        return f"{self.below}cases-{token_hex(4)}"

    @pytest.fixture
    def path(self, folder: str) -> BlobPath:
        """A path that is free."""
        return blob_path(f"{folder}/blob" if self.folders else f"results/{token_hex(16)}")

    def test_a_path_is_written_read_and_replaced(self, backend: Backend, path: BlobPath) -> None:
        for data in (b"first", b"", token_bytes(1000)):
            backend.put(path, data, overwrite=True)
            assert backend.get(path) == data
            with backend.open(path) as file:
                assert file.read() == data
        with pytest.raises(BlobExists):
            backend.put(path, b"second", overwrite=False)
        with pytest.raises(BlobExists):
            backend.put_stream(path, io.BytesIO(b"third"), overwrite=False)
        assert backend.get(path) == data

    def test_paths_of_other_programs_work(self, backend: Backend, folder: str) -> None:
        if not self.folders:
            with pytest.raises(UnsupportedOperation):
                backend.put(blob_path(f"{folder}/data.csv"), b"x", overwrite=True)
            return
        for name in self.foreign:
            path = blob_path(f"{folder}/{name}")
            backend.put(path, name.encode(), overwrite=False)
            assert backend.get(path) == name.encode()
            assert backend.exists(path)
        found = {entry.path for entry in backend.list(prefix_of(folder))}
        assert found == {f"{folder}/{name}" for name in self.foreign}

    def test_a_folder_is_there_by_itself_or_with_what_is_in_it(
        self, backend: Backend, folder: str
    ) -> None:
        if not self.folders:
            return
        inner = prefix_of(f"{folder}/in it")
        assert not backend.has_folder(inner)
        backend.make_folder(inner)
        assert backend.has_folder(inner) == backend.has_folders
        path = blob_path(f"{inner}blob")
        backend.put(path, b"x", overwrite=False)
        assert backend.has_folder(inner)
        if backend.has_folders:
            with pytest.raises(BlobExists):
                backend.remove_folder(inner)
        backend.delete(path)
        for _ in range(2):
            backend.remove_folder(inner)
            assert not backend.has_folder(inner)
        backend.put(path, b"y", overwrite=False)
        assert backend.get(path) == b"y"

    def test_a_stream_is_stored_from_where_it_stands(
        self, backend: Backend, path: BlobPath
    ) -> None:
        data = token_bytes(9 * MIB + 5)
        file = io.BytesIO(b"before" + data)
        file.seek(6)
        backend.put_stream(path, file, overwrite=True)
        assert backend.get(path) == data

    def test_a_stream_that_can_be_read_once_is_stored_whole(
        self, backend: Backend, path: BlobPath
    ) -> None:
        data = token_bytes(3 * MIB)
        backend.put_stream(path, Once(data), overwrite=True)  # type: ignore[arg-type]
        assert backend.get(path) == data

    def test_a_blob_is_written_to_an_open_file(self, backend: Backend, path: BlobPath) -> None:
        data, target = token_bytes(5 * MIB), io.BytesIO()
        backend.put(path, data, overwrite=True)
        backend.get_stream(path, target)
        assert target.getvalue() == data

    def test_a_range_has_the_bytes_that_there_are(self, backend: Backend, path: BlobPath) -> None:
        data = bytes(range(200))
        backend.put(path, data, overwrite=True)
        if not self.ranges:
            with pytest.raises(UnsupportedOperation):
                backend.get_range(path, 0, 1)
            return
        for start, size in self.spans:
            assert backend.get_range(path, start, size) == data[start : start + size]
        assert backend.get_range(path, 200, 10) == b""
        assert backend.get_range(path, 5000, 10) == b""
        assert backend.get_range(path, 0, 2**40) == data

    def test_an_open_blob_can_seek(self, backend: Backend, path: BlobPath) -> None:
        data = token_bytes(5 * MIB)
        backend.put(path, data, overwrite=True)
        with backend.open(path) as file:
            assert file.seekable()
            assert file.seek(-10, io.SEEK_END) == len(data) - 10
            assert file.read() == data[-10:]
            file.seek(3)
            assert file.read(4) == data[3:7]
            assert file.seek(1000, io.SEEK_CUR) == file.tell() == 1007
            assert file.read(5) == data[1007:1012]

    def test_what_is_known_of_a_blob_is_true(self, backend: Backend, path: BlobPath) -> None:
        before = time.time()
        backend.put(path, b"twelve bytes", overwrite=True)
        found = backend.head(path)
        assert found.size in (12, None)
        if found.modified is not None:
            assert found.modified.tzinfo is not None
            # Servers may have whole seconds, and a clock of their own.
            assert abs(found.modified.timestamp() - before) < 3600
            assert found.modified <= datetime.fromtimestamp(before + 3600, UTC)
        if found.version is not None:
            backend.put(path, b"twelve other", overwrite=True)
            assert backend.head(path).version != found.version

    def test_nothing_is_found_where_nothing_is(self, backend: Backend, path: BlobPath) -> None:
        assert not backend.exists(path)
        for call in (backend.head, backend.get, backend.open):
            with pytest.raises(BlobNotFound):
                call(path)
        if self.ranges:
            with pytest.raises(BlobNotFound):
                backend.get_range(path, 0, 10)
        with pytest.raises(BlobNotFound):
            backend.copy(path, path)
        if self.deletes:
            backend.delete(path)

    def test_a_listing_stops_at_the_delimiter_or_goes_below_it(
        self, backend: Backend, folder: str
    ) -> None:
        if not (self.folders and self.lists):
            return
        for name in ("top", "a/one", "a/two", "a/b/three", "a.txt"):
            backend.put(blob_path(f"{folder}/{name}"), name.encode(), overwrite=True)

        def listed(inner: str, *, delimiter: bool) -> set[tuple[str, bool]]:
            found = list(backend.list(prefix_of(f"{folder}{inner}"), delimiter=delimiter))
            assert len({entry.path for entry in found}) == len(found)
            for entry in found:
                name = entry.path.removeprefix(f"{folder}/")
                assert entry.size in (None, len(name)) or entry.is_folder
            return {(entry.path.removeprefix(f"{folder}/"), entry.is_folder) for entry in found}

        assert listed("", delimiter=True) == {("top", False), ("a", True), ("a.txt", False)}
        assert listed("/a", delimiter=True) == {("a/one", False), ("a/two", False), ("a/b", True)}
        assert listed("/a", delimiter=False) == {
            ("a/one", False),
            ("a/two", False),
            ("a/b/three", False),
        }
        assert listed("/a/b/", delimiter=True) == {("a/b/three", False)}
        assert listed("/nowhere", delimiter=True) == listed("/nowhere", delimiter=False) == set()
        root = {entry.path: entry.is_folder for entry in backend.list(delimiter=True)}
        assert root[folder.partition("/")[0]] is True
        assert f"{folder}/a/b/three" in {entry.path for entry in backend.list(Prefix(""))}

    def test_a_copy_replaces_what_is_there(self, backend: Backend, path: BlobPath) -> None:
        data = token_bytes(9 * MIB)
        target = blob_path(f"{path}-copy")
        backend.put(path, data, overwrite=True)
        backend.put(target, b"replaced", overwrite=True)
        backend.copy(path, target)
        assert backend.get(target) == backend.get(path) == data

    def test_a_folder_is_no_blob_and_survives_what_is_done_to_its_name(
        self, backend: Backend, folder: str
    ) -> None:
        if not self.folders:
            return
        inner, outer = blob_path(f"{folder}/a/b/c"), blob_path(f"{folder}/a/b")
        backend.put(inner, b"kept", overwrite=True)
        for call in (
            partial(backend.delete, outer),
            partial(backend.put, outer, b"x", overwrite=True),
            partial(backend.put_stream, outer, io.BytesIO(b"x"), overwrite=True),
        ):
            # Object stores have no folders; other backends may refuse.
            with suppress(StorageError):
                call()
            assert backend.get(inner) == b"kept"

    def test_several_readers_of_one_blob_do_not_disturb_each_other(
        self, backend: Backend, path: BlobPath
    ) -> None:
        data = token_bytes(9 * MIB)
        backend.put(path, data, overwrite=True)
        with backend.open(path) as one, backend.open(path) as other:
            assert one.read(5 * MIB) == data[: 5 * MIB]
            assert other.read(5 * MIB) == data[: 5 * MIB]
            assert one.read() == data[5 * MIB :]
            assert other.read() == data[5 * MIB :]

    def test_a_deleted_path_is_gone(self, backend: Backend, path: BlobPath) -> None:
        if not self.deletes:
            return
        backend.put(path, b"x", overwrite=True)
        backend.delete(path)
        assert not backend.exists(path)
        backend.delete(path)

    async def test_the_asynchronous_calls_of_paths_do_the_same(
        self, backend: Backend, path: BlobPath
    ) -> None:
        await backend.aput(path, b"twelve bytes", overwrite=False)
        assert await backend.aget(path) == b"twelve bytes"
        assert (await backend.ahead(path)).size in (12, None)
        if self.ranges:
            assert await backend.aget_range(path, 7, 100) == b"bytes"
        else:
            with pytest.raises(UnsupportedOperation):
                await backend.aget_range(path, 7, 100)
        if self.lists:
            above = prefix_of(path.rpartition("/")[0])
            assert path in {entry.path async for entry in backend.alist(above)}
            assert path in {entry.path async for entry in backend.alist(above, delimiter=True)}
        if self.deletes:
            await backend.adelete(path)
            with pytest.raises(BlobNotFound):
                await backend.ahead(path)
        await asyncio.sleep(0)
