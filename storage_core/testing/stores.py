"""What every store promises, whatever its type."""

from __future__ import annotations

import asyncio
import io
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any

import pytest

import storage_core
from storage_core import StorageConfiguration, Store
from storage_core.backends.base import Backend
from storage_core.blobpath import blob_path
from storage_core.check import probe
from storage_core.keys import Kind
from storage_core.testing.backends import BackendCases

NOT_UTF8 = bytes(range(256)) * 4
LARGE = 64 * 1024 * 1024


class Untouched(io.BytesIO):
    """A stream that must not be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("it was read")


class StoreCases(BackendCases):
    """Cases for a store of any type."""

    in_other_processes = True

    @pytest.fixture
    def configuration(self) -> StorageConfiguration:
        raise NotImplementedError

    @pytest.fixture
    def store(self, configuration: StorageConfiguration) -> Store:
        return storage_core.open_store(configuration)

    @pytest.fixture
    def backend(self, store: Store) -> Backend:
        return store.backend

    @pytest.mark.parametrize("kind", ["flows", "results"])
    @pytest.mark.parametrize(
        "data",
        [b"", b"\x00", NOT_UTF8, "naïve ✓ \u2028".encode()],
        ids=["empty", "one byte", "not UTF-8", "UTF-8"],
    )
    def test_bytes_come_back_identical(self, store: Store, data: bytes, kind: Kind) -> None:
        key = store.write(data, kind)
        assert key.startswith(f"{kind}/")
        assert store.read(key) == data
        assert store.exists(key)

    def test_64_mib_come_back_identical(self, store: Store) -> None:
        data = token_bytes(LARGE)
        key = store.write(data)
        assert store.read(key) == data
        if self.deletes:
            store.delete(key)

    def test_results_is_the_kind_when_none_is_named(self, store: Store) -> None:
        assert store.write(b"x").startswith("results/")

    def test_an_unknown_key_is_not_found(self, store: Store) -> None:
        key = f"results/{token_hex(16)}"
        assert not store.exists(key)
        with pytest.raises(storage_core.BlobNotFound, match=key):
            store.read(key)

    def test_a_deleted_blob_is_gone_and_deleting_it_again_succeeds(self, store: Store) -> None:
        if not self.deletes:
            with pytest.raises(storage_core.UnsupportedOperation):
                store.delete(store.write(token_bytes(20)))
            return
        key = store.write(token_bytes(20))
        store.delete(key)
        assert not store.exists(key)
        with pytest.raises(storage_core.BlobNotFound):
            store.read(key)
        store.delete(key)

    def test_a_listing_has_what_was_written_with_its_size(self, store: Store) -> None:
        if not self.lists:
            with pytest.raises(storage_core.UnsupportedOperation):
                list(store.list())
            return
        flow = store.write(b"flow code", "flows")
        results = {store.write(token_bytes(n + 20)): n + 20 for n in range(3)}
        listed = {blob.key: blob.size for blob in store.list("results")}
        assert listed.keys() >= results.keys()
        assert flow not in listed
        for key, size in results.items():
            assert listed[key] in (size, None)
        assert {blob.key for blob in store.list()} >= {flow, *results}
        assert flow in {blob.key for blob in store.list("flows")}

    def test_a_chosen_key_is_used_and_never_overwritten(self, store: Store) -> None:
        key = f"flows/daily.report_{token_hex(4)}-v1"
        assert store.write(b"first", key=key) == key
        with pytest.raises(storage_core.BlobExists, match="daily"):
            store.write(b"second", key=key)
        assert store.read(key) == b"first"

    @pytest.mark.parametrize(
        "key", ["", "x", "results/", "results/..", "results/a/b", "../x", "/results/x", "other/x"]
    )
    def test_a_malformed_key_is_refused(self, store: Store, key: str) -> None:
        for call in (store.read, store.exists, store.delete):
            with pytest.raises(storage_core.InvalidKey):
                call(key)
        with pytest.raises(storage_core.InvalidKey):
            store.write(b"x", key=key)
        with pytest.raises(storage_core.BulkError) as caught:
            list(store.read_many([key]))
        assert isinstance(caught.value.results[0], storage_core.InvalidKey)

    def test_a_path_that_is_not_valid_is_refused(self, store: Store) -> None:
        for path in ("", "../x", "a/../x", "a//b", "/a", "a/", "./a", "a\0b", "x" * 1025):
            for call in (
                partial(store.backend.get, path),
                partial(store.backend.put, path, b"x", overwrite=True),
                partial(store.backend.delete, path),
                partial(store.backend.copy, path, "b"),
            ):
                with pytest.raises(storage_core.InvalidKey):
                    call()
        with pytest.raises(storage_core.InvalidKey):
            store.backend.list("../x")
        with pytest.raises(ValueError, match="negative"):
            store.backend.get_range("a", -1, 5)

    def test_two_writes_of_the_same_bytes_are_two_blobs(self, store: Store) -> None:
        data = token_bytes(30)
        assert store.write(data) != store.write(data)

    async def test_the_asynchronous_calls_do_the_same(self, store: Store) -> None:
        key = await store.awrite(NOT_UTF8, "flows")
        assert await store.aexists(key)
        assert await store.aread(key) == NOT_UTF8
        if self.lists:
            assert key in {blob.key async for blob in store.alist("flows")}
        if self.deletes:
            await store.adelete(key)
            assert not await store.aexists(key)

    async def test_many_asynchronous_calls_run_at_once(self, store: Store) -> None:
        blobs = [token_bytes(200 + n) for n in range(20)]
        keys = await asyncio.gather(*map(store.awrite, blobs))
        assert await asyncio.gather(*map(store.aread, keys)) == blobs

    def test_many_are_written_and_read_in_their_order(self, store: Store) -> None:
        blobs = [token_bytes(20 + n) for n in range(12)]
        keys = store.write_many((blob for blob in blobs), "flows", jobs=5)
        assert [store.read(key) for key in keys] == blobs
        assert {key.partition("/")[0] for key in keys} == {"flows"}
        assert list(store.read_many(iter(keys), jobs=5)) == blobs
        assert store.write_many([]) == []
        assert not list(store.read_many([]))

    async def test_many_are_written_and_read_by_the_asynchronous_calls(self, store: Store) -> None:
        blobs = [token_bytes(20 + n) for n in range(12)]

        async def come() -> AsyncIterator[bytes]:
            for blob in blobs:
                await asyncio.sleep(0)
                yield blob

        keys = await store.awrite_many(come(), jobs=5)
        assert await store.awrite_many([blobs[0]], "flows") != keys[:1]
        assert [blob async for blob in store.aread_many(keys, jobs=5)] == blobs

    async def test_what_fails_among_many_leaves_the_rest_whole_and_in_its_place(
        self, store: Store
    ) -> None:
        blobs: list[Any] = [token_bytes(20 + n) for n in range(9)]
        keys = store.write_many(blobs)
        keys[2] = keys[5] = f"results/{token_hex(16)}"
        keys[7] = "results/../x"
        read: list[bytes | None] = []
        with pytest.raises(storage_core.BulkError, match="3 of 9 blobs were not read") as caught:
            read.extend(store.read_many(keys, jobs=4))
        assert read == [None if n in (2, 5, 7) else blob for n, blob in enumerate(blobs)]
        wrong = [caught.value.results[n] for n in (2, 5)]
        assert {type(error) for error in wrong} == {storage_core.BlobNotFound}
        assert isinstance(caught.value.results[7], storage_core.InvalidKey)
        assert [n for n in range(9) if caught.value.results[n] == keys[n]] == [0, 1, 3, 4, 6, 8]
        assert "\n" not in str(caught.value)
        assert keys[2] in str(caught.value)
        reading = store.aread_many(keys, jobs=4)
        assert [await anext(reading) for _ in keys] == read
        with pytest.raises(storage_core.BulkError, match="3 of 9 blobs were not read"):
            await anext(reading)
        blobs[4] = "text"
        for call in (store.write_many, lambda given: asyncio.run(store.awrite_many(given))):
            with pytest.raises(storage_core.BulkError, match="1 of 9 blobs were not") as caught:
                await asyncio.to_thread(call, blobs)
            results = list(caught.value.results)
            assert isinstance(results.pop(4), TypeError)
            assert list(store.read_many(map(str, results))) == blobs[:4] + blobs[5:]

    def test_eight_threads_share_one_store(self, store: Store) -> None:
        def round_trip(n: int) -> bool:
            data = token_bytes(1000 + n)
            return store.read(store.write(data)) == data

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(round_trip, range(40)))

    def test_a_pickled_store_works_in_another_process(self, store: Store) -> None:
        if not self.in_other_processes:
            assert pickle.loads(pickle.dumps(store)).exists(store.write(b"here"))
            return
        key = store.write(NOT_UTF8)
        assert _run("child", store, key) == "ok"

    def test_a_store_works_on_both_sides_of_a_fork(self, store: Store) -> None:
        if self.in_other_processes:
            key = store.write(NOT_UTF8)
            assert _run("fork", store, key) == "ok"

    def test_files_are_written_and_read(self, store: Store, tmp_path: Path) -> None:
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(NOT_UTF8 * 5000)
        key = store.write_file(source, "flows")
        assert key.startswith("flows/")
        target.write_bytes(b"replaced")
        store.read_file(key, target)
        assert target.read_bytes() == source.read_bytes()
        with store.open(key) as file:
            assert file.read(10) == NOT_UTF8[:10]
            assert file.read() == (NOT_UTF8 * 5000)[10:]
        assert not list(tmp_path.glob(".*"))

    def test_a_file_that_cannot_be_read_or_written_is_named(
        self, store: Store, tmp_path: Path
    ) -> None:
        with pytest.raises(storage_core.StorageError, match="missing"):
            store.write_file(tmp_path / "missing")
        key = store.write(b"x")
        with pytest.raises(storage_core.StorageError, match="nowhere"):
            store.read_file(key, tmp_path / "nowhere" / "target")

    def test_an_unknown_key_leaves_no_file(self, store: Store, tmp_path: Path) -> None:
        with pytest.raises(storage_core.BlobNotFound):
            store.read_file(f"results/{token_hex(16)}", tmp_path / "target")
        with pytest.raises(storage_core.BlobNotFound):
            store.open(f"results/{token_hex(16)}").read()
        assert not list(tmp_path.glob("*target*"))

    def test_flow_code_comes_back(self, store: Store, tmp_path: Path) -> None:
        files = {
            "flow.py": NOT_UTF8 * 3000,
            "lib/naïve.txt": b"",
            "run": b"#!/bin/sh\n",
            # Without it another test's archive would be equal, and have the same key.
            "token": token_bytes(20),
        }
        source, target = tmp_path / "source", tmp_path / "target"
        for name, data in files.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(data)
        key = store.save_flow(source)
        assert key.startswith("flows/")
        assert store.save_flow(source) == key
        assert store.load_flow(key, target) == sorted(files)
        assert {name: (target / name).read_bytes() for name in files} == files
        unknown = f"flows/{token_hex(32)}.tar"
        with pytest.raises(storage_core.BlobNotFound, match=unknown):
            store.load_flow(unknown, tmp_path / "unknown")
        assert {*tmp_path.iterdir()} >= {source, target}
        assert not list(tmp_path.glob("*unknown*"))

    async def test_read_only_refuses_every_change_before_it_is_begun_and_reads(
        self, configuration: StorageConfiguration, store: Store, tmp_path: Path
    ) -> None:
        key = store.write(b"here before")
        reader = storage_core.open_store(replace(configuration, read_only=True))
        (tmp_path / "more").write_bytes(b"more")
        stream = Untouched()
        unasked = iter(stream.read, None)
        new, path = f"results/{token_hex(16)}", blob_path(key)
        changes: list[Callable[[], object]] = [
            lambda: reader.write(b"more"),
            lambda: reader.write(b"more", key=new),
            lambda: reader.write_many(unasked),
            lambda: reader.write_file(tmp_path / "more"),
            lambda: reader.save_flow(tmp_path / "more"),
            lambda: reader.delete(key),
            lambda: reader.backend.put(path, b"other", overwrite=True),
            lambda: reader.backend.put_stream(path, stream, overwrite=True),
            lambda: reader.backend.copy(path, new),
            lambda: reader.backend.copy(path, path),
            lambda: reader.backend.delete(path),
            lambda: reader.backend.make_folders(new, []),
            lambda: reader.backend.refuses_to_replace(path, b"here before"),
            lambda: asyncio.run(reader.awrite(b"more")),
            lambda: asyncio.run(reader.awrite_many(unasked)),
            lambda: asyncio.run(reader.adelete(key)),
            lambda: asyncio.run(reader.backend.aput(path, b"other", overwrite=True)),
            lambda: asyncio.run(reader.backend.adelete(path)),
        ]
        for change in changes:
            with pytest.raises(
                storage_core.UnsupportedOperation, match="is read-only by its configuration"
            ):
                await asyncio.to_thread(change)
        assert reader.read(key) == await reader.aread(key) == b"here before"
        assert list(reader.read_many([key, key])) == [b"here before"] * 2
        with reader.open(key) as file:
            assert file.read() == b"here before"
        assert reader.exists(key)
        assert not reader.exists(new)
        assert not pickle.loads(pickle.dumps(reader)).exists(new)
        *_, last = results = list(probe(replace(configuration, read_only=True)))
        assert [result for result in results if not result.ok] == []
        assert "is read-only" in last.message
        if self.lists:
            assert key in {blob.key for blob in reader.list()}
            assert not [each for each in store.list() if "storage-test" in each.key]
        reader.check()
        reader.close()

    def test_a_closed_store_opens_again(self, store: Store) -> None:
        with store:
            key = store.write(b"kept")
        assert store.read(key) == b"kept"

    def test_a_check_of_a_working_storage_passes(self, store: Store) -> None:
        store.check()


def _run(mode: str, store: Store, key: str) -> str:
    """What another process prints that gets `store` as a pickle."""
    done = subprocess.run(
        [sys.executable, "-m", "storage_core.testing.process", mode, key],
        input=pickle.dumps(store),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()
