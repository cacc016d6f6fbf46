"""Objects on every storage type: saved, verified, and back."""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from storage_core import (
    BlobExists,
    BlobNotFound,
    FileStorage,
    IntegrityError,
    InvalidKey,
    KVServerStorage,
    LocalStorage,
    S3Storage,
    Store,
    UnsupportedOperation,
    open_store,
)
from storage_core.blobs.objects.names import this_python
from storage_core.blobs.objects.spool import SMALL
from storage_core.keys import content_name
from tests.servers.kv import KVServer
from tests.servers.s3 import S3Server

OBJECTS: dict[str, Any] = {
    "json": {"a": [1, 2.5, None, True, "é"], "b": {}},
    "npy": np.arange(6).reshape(2, 3),
    "parquet": pd.DataFrame({"a": [1.5, None], "b": ["x", None]}),
    "pickle": (1, {2}),
}
PLACES = ("local", "hash", "uuid", "timestamp", "kv", "s3")


def opened(place: str, folder: Path, request: pytest.FixtureRequest) -> Store:
    if place == "local":
        return open_store(LocalStorage(storage_path=str(folder)))
    if place == "kv":
        kv: KVServer = request.getfixturevalue("kv_server")
        return open_store(KVServerStorage(api_address=kv.api_address, token=kv.token))
    if place == "s3":
        server: S3Server = request.getfixturevalue("s3_server")
        return open_store(
            S3Storage(
                bucket=server.new_bucket(),
                aws_access_key_id=server.access_key_id,
                aws_secret_access_key=server.secret_access_key,
                endpoint_url=server.endpoint_url,
            )
        )
    return open_store(FileStorage(base_path=str(folder), key_type=place))


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str:
    return "local"


@pytest.fixture
def store(place: str, tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    return opened(place, tmp_path / "data", request)


def is_same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return type(other) is np.ndarray and one.dtype == other.dtype and (one == other).all()
    if isinstance(one, pd.DataFrame):
        return one.equals(other) and (one.dtypes == other.dtypes).all()
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("place", PLACES)
async def test_objects_come_back_from_every_storage_type_under_the_hash_of_their_bytes(
    store: Store,
) -> None:
    # Of some types all tests use one place.
    before = {blob.key for blob in store.list()}
    keys = set()
    for serializer, obj in OBJECTS.items():
        for compression, ending in ((None, ""), ("gzip", ".gz"), ("zstd", ".zst")):
            key = store.save(obj, compression=compression)
            assert key == f"results/{content_name(store.read(key))}.{serializer}{ending}"
            # The same bytes once more are no error, whatever the storage makes of names.
            assert await store.asave(obj, compression=compression) == key
            assert is_same(store.load(key, allow_pickle=True), obj)
            assert is_same(await store.aload(key, allow_pickle=True), obj)
            keys.add(key)
    assert len(keys) == len(OBJECTS) * 3
    assert {blob.key for blob in store.list()} - before <= keys


@pytest.mark.parametrize("place", ["s3"])
async def test_both_engines_bring_large_objects_through_a_file(engine: str, store: Store) -> None:
    array = np.arange(SMALL // 8 + 1, dtype="int64")
    for key in (store.save(array), await store.asave(array, compression="gzip")):
        assert is_same(store.load(key), array)
        assert is_same(await store.aload(key), array)


@pytest.mark.parametrize("place", ["s3", "kv"])
async def test_no_object_is_a_blob_that_is_not_found(store: Store) -> None:
    with pytest.raises(BlobNotFound):
        store.load("results/none.json")
    with pytest.raises(BlobNotFound):
        await store.aload("results/none.json")


def test_an_object_of_the_kind_flows_lies_there(store: Store) -> None:
    assert store.save([1], "flows").startswith("flows/")
    with pytest.raises(InvalidKey):
        store.save([1], "flow")  # type: ignore[arg-type]


class TestVerifying:
    @pytest.mark.parametrize("place", ["local", "uuid", "timestamp", "kv", "s3"])
    async def test_other_bytes_under_a_hash_are_refused_before_anything_is_decoded(
        self, store: Store
    ) -> None:
        key = store.save(("a", "tuple"))
        store.delete(key)
        store.write(b"cos\nsystem\n(S'exit 1'\ntR.", key=key)
        for load in (store.load, lambda key, **kind: asyncio.run(store.aload(key, **kind))):
            with pytest.raises(IntegrityError, match="not those that were written"):
                await asyncio.to_thread(load, key, allow_pickle=True)

    def test_large_ones_too(self, store: Store) -> None:
        key = store.save(np.zeros(SMALL // 8 + 1))
        data = store.read(key)
        store.delete(key)
        store.write(data[:-1] + b"\1", key=key)
        with pytest.raises(IntegrityError, match="not those that were written"):
            store.load(key)

    def test_damaged_bytes_under_a_hash_are_replaced_by_saving_the_object_again(
        self, store: Store
    ) -> None:
        key = store.save([1])
        store.delete(key)
        store.write(b"[2]", key=key)
        assert store.save([1]) == key
        assert store.load(key) == [1]

    def test_a_chosen_hash_is_that_of_the_bytes(self, store: Store) -> None:
        with pytest.raises(InvalidKey, match="the hash of other bytes"):
            store.save([1], key=f"results/{content_name(b'[2]')}.json")
        key = f"results/{content_name(b'[1]')}.json"
        assert store.save([1], key=key) == key


class TestPickles:
    def test_a_pickle_is_not_even_fetched_unless_that_is_allowed(self, store: Store) -> None:
        key = store.save((1,))
        store.delete(key)
        with pytest.raises(UnsupportedOperation, match="allow_pickle=True"):
            store.load(key)
        with pytest.raises(BlobNotFound):
            store.load(key, allow_pickle=True)

    async def test_an_array_of_objects_neither(self, store: Store, tmp_path: Path) -> None:
        np.save(tmp_path / "a.npy", np.array([[1, None], ["b", 2.5]], object))
        key = store.write((tmp_path / "a.npy").read_bytes(), key="results/a.npy")
        with pytest.raises(UnsupportedOperation, match="allow_pickle=True"):
            store.load(key)
        with pytest.raises(UnsupportedOperation, match="allow_pickle=True"):
            await store.aload(key)
        assert store.load(key, allow_pickle=True).tolist() == [[1, None], ["b", 2.5]]

    def test_cloudpickle_is_for_the_python_in_its_key(self, store: Store) -> None:
        add = 2
        key = store.save(lambda number: number + add, serializer="cloudpickle", compression="zstd")
        assert key.endswith(f".{this_python()}.cloudpickle.zst")
        assert store.load(key, allow_pickle=True)(3) == 5
        major, minor = sys.version_info[:2]
        other = key.replace(this_python(), f"cp{major}{minor + 1}")
        # Before it is fetched: there is none.
        with pytest.raises(UnsupportedOperation, match=rf"Python {major}\.{minor + 1}"):
            store.load(other, allow_pickle=True)
        with pytest.raises(InvalidKey, match=f"{this_python()}.cloudpickle"):
            store.save(test_an_object_of_the_kind_flows_lies_there, key="results/f.cloudpickle")

    def test_what_is_not_here_is_named(self, store: Store) -> None:
        key = store.write(b"cno_such_module\nThing\n.", key="results/a.pickle")
        with pytest.raises(Exception, match="No module named 'no_such_module'") as caught:
            store.load(key, allow_pickle=True)
        assert "\n" not in str(caught.value)


class TestChosenKeys:
    def test_the_key_says_how_the_object_is_written(self, store: Store) -> None:
        assert store.save([1], key="results/a.pickle.gz") == "results/a.pickle.gz"
        assert store.load("results/a.pickle.gz", allow_pickle=True) == [1]
        with pytest.raises(BlobExists):
            store.save([1], key="results/a.pickle.gz")

    @pytest.mark.parametrize(
        ("key", "wanted", "message"),
        [
            ("results/a", {}, r"\.json, \.npy, \.parquet, \.pickle or \.cp\d+\.cloudpickle$"),
            ("results/a.txt", {"compression": "gzip"}, r"\.json\.gz, "),
            ("results/.json", {}, "end in"),
            ("results/a.gz", {}, "end in"),
            ("results/a.json", {"serializer": "npy"}, r"let it end in \.npy$"),
            ("results/a.json", {"compression": "zstd"}, r"let it end in .*\.zst$"),
            ("results/a.JSON", {}, "end in"),
            ("other/a.json", {}, "KIND/NAME"),
        ],
    )
    def test_one_that_does_not_is_refused(
        self, store: Store, key: str, wanted: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(InvalidKey, match=message):
            store.save([1], key=key, **wanted)
        assert not [*store.list()]

    def test_what_no_key_of_an_object_is_cannot_be_loaded(self, store: Store) -> None:
        key = store.write(b"x")
        for each in (key, f"{key}.tar", f"{key}.gz"):
            with pytest.raises(InvalidKey, match="does not say what is stored"):
                store.load(each)

    def test_an_object_that_the_key_cannot_keep_is_refused(self, store: Store) -> None:
        with pytest.raises(UnsupportedOperation, match=r"obj\['a'\]\[0\]: a tuple"):
            store.save({"a": [()]}, key="results/a.json")
        with pytest.raises(UnsupportedOperation, match="an int"):
            store.save(1, key="results/a.npy")


def test_wrong_arguments_are_refused_before_anything_is_stored(store: Store) -> None:
    with pytest.raises(UnsupportedOperation, match="did you mean parquet"):
        store.save([1], serializer="parqet")
    with pytest.raises(UnsupportedOperation, match=r"no serializer '\.\./x'"):
        store.save([1], serializer="../x")
    with pytest.raises(ValueError, match="'gzip' or 'zstd', not 'gz'"):
        store.save([1], compression="gz")  # type: ignore[arg-type]
    assert not [*store.list()]


def test_a_read_only_storage_serializes_nothing(tmp_path: Path) -> None:
    configuration = LocalStorage(storage_path=str(tmp_path), read_only=True)
    with pytest.raises(UnsupportedOperation, match="read-only"):
        open_store(configuration).save(threading.Lock())


@pytest.mark.parametrize(
    ("module", "serializer"),
    [
        ("pyarrow", "parquet"),
        ("cloudpickle", "cloudpickle"),
        ("numpy", "npy"),
        ("pandas", "parquet"),
    ],
)
def test_a_missing_package_is_named_and_nothing_else_takes_its_place(
    store: Store, monkeypatch: pytest.MonkeyPatch, module: str, serializer: str
) -> None:
    obj = OBJECTS.get(serializer, print)
    key = store.save(obj, serializer=serializer)
    for name in [*sys.modules]:
        if name.partition(".")[0] == module:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    how = rf"{module} is not installed; run: pip install 'storage-config\[objects\]'"
    with pytest.raises(UnsupportedOperation, match=how):
        store.save(obj, serializer=serializer)
    with pytest.raises(UnsupportedOperation, match=how):
        store.load(key, allow_pickle=True)
    if module == "pyarrow":
        with pytest.raises(UnsupportedOperation, match=how):
            store.save(obj)


def test_without_a_package_for_zstd_that_is_said(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.save([1], compression="zstd")
    for name in ("compression", "compression.zstd", "backports.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UnsupportedOperation, match=r"backports\.zstd; run: pip install"):
        store.save([1], compression="zstd")
    with pytest.raises(UnsupportedOperation, match=r"backports\.zstd; run: pip install"):
        store.load(key)


async def test_the_event_loop_goes_on_while_an_object_is_saved_and_loaded(store: Store) -> None:
    """While a pickle waits in its `__reduce__` or `__setstate__`, the loop has to let it go on."""
    loop = asyncio.get_running_loop()
    WAITING.clear()
    loop.call_later(0, WAITING.set)
    key = await store.asave(Waits())
    WAITING.clear()
    loop.call_later(0, WAITING.set)
    assert isinstance(await store.aload(key, allow_pickle=True), Waits)


WAITING = threading.Event()


class Waits:
    """Pickled and unpickled only once somebody else has said so."""

    def __getstate__(self) -> dict[str, int]:
        assert WAITING.wait(60)
        return {"a": 1}

    def __setstate__(self, state: dict[str, int]) -> None:
        assert WAITING.wait(60)
