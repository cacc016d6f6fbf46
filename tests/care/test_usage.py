"""`storage_core.usage`: blobs and bytes by folder and by age."""

from __future__ import annotations

import os
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import storage_core
from storage_core import Amount, KVServerStorage, LocalStorage, TemporaryLocalStorage
from storage_core.backends.entries import Entry
from storage_core.care.usage import counting
from storage_core.errors import StorageUnavailable
from storage_core.store import Store
from tests.servers.kv import KVServer


def put(root: Path, path: str, size: int, *, days: float = 0) -> None:
    """A file of so many bytes, written so many days ago."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(size))
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(file, (then, then))


def opened(server: KVServer) -> Store:
    """A store of a KV server, which says neither size nor time."""
    return storage_core.open_store(
        KVServerStorage(api_address=server.api_address, token=server.token)
    )


def test_all_that_lies_below_counts_by_its_first_folder_and_its_age(tmp_path: Path) -> None:
    put(tmp_path, "results/a", 10)
    put(tmp_path, "results/b", 100, days=6.9)
    put(tmp_path, "results/of others/c", 1, days=7.1)
    put(tmp_path, "raw/2026/d", 1000, days=89)
    put(tmp_path, "raw/e", 0, days=364)
    put(tmp_path, "top", 5, days=400)
    put(tmp_path, "top of tomorrow", 5, days=-1)
    with storage_core.open_store(LocalStorage(storage_path=str(tmp_path))) as store:
        found = storage_core.usage(store)
    assert found.total == Amount(7, 1121)
    assert found.folders == {
        "flows": Amount(),
        "results": Amount(3, 111),
        "raw": Amount(2, 1000),
        "": Amount(2, 10),
    }
    assert [*found.folders][:2] == ["flows", "results"]
    assert found.others == Amount()
    assert found.ages == {
        "day": Amount(2, 15),
        "week": Amount(1, 100),
        "month": Amount(1, 1),
        "quarter": Amount(1, 1000),
        "year": Amount(1, 0),
        "older": Amount(1, 5),
        "unknown": Amount(),
    }


def test_of_temporary_storage_only_the_two_kinds_count(home: Path) -> None:
    put(home, "flows/a", 1)
    put(home, "storage.toml", 100)
    put(home, "history/x", 100)
    with storage_core.open_store(TemporaryLocalStorage()) as store:
        found = storage_core.usage(store)
    assert found.total == Amount(1, 1)
    assert found.folders == {"flows": Amount(1, 1), "results": Amount()}


def test_what_a_server_does_not_say_is_counted_as_unknown(kv_server: KVServer) -> None:
    with opened(kv_server) as store:
        key = store.write(b"123")
        found = storage_core.usage(store)
        store.delete(key)
    assert found.total.unsized == found.total.blobs >= 1
    assert found.total.bytes == 0
    assert found.ages["unknown"] == found.total


def test_a_place_that_does_not_exist_yet_holds_nothing(tmp_path: Path) -> None:
    with storage_core.open_store(LocalStorage(storage_path=str(tmp_path / "new"))) as store:
        assert storage_core.usage(store).total == Amount()


def test_one_that_cannot_be_listed_is_an_error(server_down_url: str) -> None:
    configuration = KVServerStorage(api_address=server_down_url, timeout=1)
    with storage_core.open_store(configuration) as store, pytest.raises(StorageUnavailable):
        storage_core.usage(store)


class _Many(Store):
    """A store with very many blobs in very many folders, made up as they are listed."""

    number = 30_000

    @property
    def backend(self):  # type: ignore[no-untyped-def]
        return self

    def list(self, *_: object, **__: object):  # type: ignore[no-untyped-def, override]
        for index in range(self.number):
            yield Entry(f"folder-{index // 10}/{index}", 2, datetime.now(UTC))


def test_memory_does_not_grow_with_the_number_of_blobs_or_folders() -> None:
    store = _Many(TemporaryLocalStorage(), timeout=None)
    tracemalloc.start()
    try:
        steps = [found.total.blobs for found in counting(store)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert steps == [*range(1000, store.number + 1, 1000), store.number]
    assert peak < 1024 * 1024
    found = storage_core.usage(store)
    assert len(found.folders) == 1000
    assert found.others.blobs + sum(each.blobs for each in found.folders.values()) == store.number
    assert found.total == Amount(store.number, 2 * store.number)
