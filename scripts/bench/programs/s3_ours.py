"""Blobs of the default storage, in a process that stays."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from served import served

import storage_core

BLOB = bytes(1024)
store = storage_core.get_store()
key = store.write(BLOB)


def pairs(count: int) -> None:
    """Write and read, one at a time."""
    for _ in range(count):
        assert len(store.read(store.write(BLOB))) == 1024


def many(count: int, jobs: int = 32) -> None:
    """Write so many blobs in one call, and read them in another."""
    keys = store.write_many([BLOB] * count, jobs=jobs)
    assert sum(map(len, store.read_many(keys, jobs=jobs))) == 1024 * count


def many256(count: int) -> None:
    """The same as `many` with 256 jobs."""
    many(count, 256)


def amany(count: int, jobs: int = 32) -> None:
    """The same as `many` with the asynchronous calls."""

    async def work() -> None:
        keys = await store.awrite_many([BLOB] * count, jobs=jobs)
        found = [len(blob) async for blob in store.aread_many(keys, jobs=jobs)]
        assert sum(found) == 1024 * count

    asyncio.run(work())


def amany256(count: int) -> None:
    """The same as `amany` with 256 jobs."""
    amany(count, 256)


def threads(count: int) -> None:
    """Read one blob from 64 threads, so many times in all."""
    with ThreadPoolExecutor(64) as pool:
        assert set(map(len, pool.map(store.read, [key] * count))) == {1024}


deeds: list[Callable[[int], None]] = [pairs, many, many256, amany, amany256, threads]
served({deed.__name__: deed for deed in deeds})
