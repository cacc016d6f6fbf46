"""Compressed objects: exactly the bytes that were, or an error."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from storage_core import IntegrityError, StorageError, Store
from storage_core.blobs.objects import packing
from storage_core.blobs.objects.spool import SMALL

BOTH = pytest.mark.parametrize("compression", ["gzip", "zstd"])
VALUE = [*range(1000)]


@BOTH
class TestDamage:
    @pytest.fixture
    def data(self, store: Store, compression: Any) -> bytes:
        return store.read(store.save(VALUE, compression=compression))

    @pytest.fixture
    def refused(self, store: Store, compression: Any, request: pytest.FixtureRequest) -> Any:
        """Stored under a chosen key, where no hash tells what it ought to be."""

        def refused(data: bytes, why: str) -> None:
            ending = {"gzip": "gz", "zstd": "zst"}[compression]
            key = f"results/{request.node.nodeid.encode().hex()[-80:]}-{len(data)}.json.{ending}"
            store.write(data, key=key)
            with pytest.raises(IntegrityError, match=why) as caught:
                store.load(key)
            assert "\n" not in str(caught.value)

        return refused

    def test_what_is_cut_off_is_refused_wherever_that_is(self, data: bytes, refused: Any) -> None:
        for size in (0, 1, 5, len(data) // 2, len(data) - 5, len(data) - 1):
            refused(data[:size], "its end is missing")

    def test_what_has_something_behind_it_is_refused(self, data: bytes, refused: Any) -> None:
        for more in (b"\0", b"x" * 200_000, data):
            refused(data + more, "something stands behind the end")

    def test_what_was_changed_is_refused(self, data: bytes, refused: Any) -> None:
        changed = bytearray(data)
        changed[len(data) // 2] ^= 1
        refused(bytes(changed), "is no json")

    def test_what_was_never_compressed_is_refused(self, refused: Any) -> None:
        refused(b"[1, 2, 3]", "it is no whole")


@BOTH
def test_a_bomb_is_refused_when_it_is_larger_than_all_memory(
    store: Store, compression: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.save(" " * 50_000_000, compression=compression)
    assert len(store.read(key)) < 100_000
    monkeypatch.setattr(packing, "memory_size", lambda: 10_000_000)
    with pytest.raises(StorageError, match="more than all memory there is here") as caught:
        store.load(key)
    assert str(caught.value).startswith(f"{store.location}: {key}")


@BOTH
def test_more_than_stays_in_memory_comes_back(store: Store, compression: Any) -> None:
    import numpy as np

    array = np.random.default_rng(1).integers(0, 250, SMALL * 2, "u1")
    loaded = store.load(store.save(array, compression=compression))
    assert (loaded == array).all()


def test_gzip_is_what_others_read_and_has_no_time(store: Store) -> None:
    data = store.read(store.save(VALUE, compression="gzip"))
    assert gzip.decompress(data).startswith(b"[0,1,2,")
    assert data[4:8] == bytes(4)


def test_zstd_is_what_others_read(store: Store) -> None:
    zstd = pytest.importorskip("backports.zstd")
    data = store.read(store.save(VALUE, compression="zstd"))
    assert zstd.decompress(data).startswith(b"[0,1,2,")
