"""Many stores in one process: what is closed is gone, what is used is not, nobody is in the way."""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from secrets import token_bytes

import pytest

import storage_core
from storage_core import LocalStorage, StorageConfiguration, Store
from tests.stores.backends.test_large_blobs import KINDS, configuration

__all__ = ["configuration"]

# Nobody collects garbage here: what a store holds has to go when it is closed, not at some time.
OPENS_AND_CLOSES = """
import gc, os, pickle, sys, threading, time
gc.disable()
pickled = sys.stdin.buffer.read()

def use():
    with pickle.loads(pickled) as store:
        key = store.write(b"data")
        assert store.read(key) == b"data"
        with store.open(key) as file:
            assert file.read(1) == b"d"

def held():
    return len(os.listdir("/dev/fd")), len([t for t in threading.enumerate() if is_ours(t)])

def is_ours(thread):
    # asyncio keeps a few threads for the next call of any store.
    return not thread.name.startswith("asyncio_")

use()
before = held()
for _ in range(10):
    use()
end = time.monotonic() + 5
while held() > before and time.monotonic() < end:
    time.sleep(0.01)
assert held() <= before, (before, held())
"""


@pytest.mark.parametrize("configuration", KINDS, indirect=True)
def test_a_store_that_is_closed_holds_nothing_any_more(configuration: StorageConfiguration) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPENS_AND_CLOSES],
        input=pickle.dumps(storage_core.open_store(configuration)),
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")


@pytest.mark.parametrize("configuration", KINDS, indirect=True)
def test_closing_a_store_disturbs_nobody_who_uses_it(configuration: StorageConfiguration) -> None:
    store = storage_core.open_store(configuration, timeout=20)

    def use(_: int) -> bool:
        data = token_bytes(1000)
        return store.read(store.write(data)) == data

    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(use, n) for n in range(20)]
        while not all(call.done() for call in calls):
            store.close()
        assert all(call.result() for call in calls)
    store.close()


@pytest.mark.parametrize("configuration", KINDS, indirect=True)
def test_a_stream_goes_on_when_its_store_is_closed(configuration: StorageConfiguration) -> None:
    data = token_bytes(9 * 1024 * 1024)
    store = storage_core.open_store(configuration)
    with store.open(store.write(data)) as file:
        start = file.read(1)
        store.close()
        assert start + file.read() == data


@pytest.mark.parametrize("configuration", ["local", "webdav", "ftp", "sftp"], indirect=True)
def test_stores_that_are_opened_at_once_make_their_folders_together(
    configuration: StorageConfiguration,
) -> None:
    path = "storage_path" if isinstance(configuration, LocalStorage) else "base_path"
    deep = f"{getattr(configuration, path)}/not/there/yet"
    stores = [
        storage_core.open_store(replace(configuration, **{path: deep}), timeout=20)
        for _ in range(8)
    ]
    data = [token_bytes(20) for _ in stores]
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(Store.write, stores, data))
    assert [stores[0].read(key) for key in keys] == data
