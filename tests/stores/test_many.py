"""Many blobs over a network: what is on its way when the caller has had enough."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from threading import Semaphore

import pytest

import storage_core
from storage_core import S3Storage, Store
from tests.servers.raw_http import RawServer, raw_server, response

FIRST = "results/first"


class Hanging:
    """Answers for the first blob; the rest it lets wait, and notes who hangs up."""

    def __init__(self) -> None:
        self.come = Semaphore(0)
        self.gone = Semaphore(0)

    def __call__(self, server: RawServer, connection: socket.socket) -> None:
        if FIRST in server.requests[-1].decode():
            connection.sendall(response("200 OK", b"1"))
            return
        self.come.release()
        connection.settimeout(30)
        if not connection.recv(1):
            self.gone.release()


@pytest.fixture
def hanging() -> Hanging:
    return Hanging()


@pytest.fixture
def store(hanging: Hanging) -> Iterator[Store]:
    with raw_server(hanging) as server:
        yield storage_core.open_store(
            S3Storage(
                bucket="b",
                endpoint_url=server.url,
                aws_access_key_id="id",
                aws_secret_access_key="secret",
            ),
            timeout=60,
        )


KEYS = [FIRST, "results/2", "results/3", "results/4", "results/5"]


def test_closing_hangs_up_on_what_is_on_its_way(store: Store, hanging: Hanging) -> None:
    reading = store.read_many(KEYS, jobs=3)
    assert next(reading) == b"1"
    for _ in range(2):
        assert hanging.come.acquire(timeout=30)
    reading.close()
    for _ in range(2):
        assert hanging.gone.acquire(timeout=30)
    assert not hanging.come.acquire(blocking=False)


async def test_cancelling_hangs_up_on_what_is_on_its_way(store: Store, hanging: Hanging) -> None:
    async def read() -> None:
        async for _ in store.aread_many(KEYS, jobs=3):
            pass

    reading = asyncio.create_task(read())
    for _ in range(2):
        assert await asyncio.to_thread(hanging.come.acquire, timeout=30)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    for _ in range(2):
        assert await asyncio.to_thread(hanging.gone.acquire, timeout=30)


def test_an_iterable_that_breaks_off_hangs_up_too(store: Store, hanging: Hanging) -> None:
    def blobs() -> Iterator[bytes]:
        yield b"2"
        yield b"3"
        for _ in range(2):
            assert hanging.come.acquire(timeout=30)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write_many(blobs(), jobs=3)
    for _ in range(2):
        assert hanging.gone.acquire(timeout=30)
