"""What is side by side over a network, and on its way when the caller has had enough."""

from __future__ import annotations

import asyncio
import io
import re
import socket
from collections.abc import Iterator
from threading import Event, Semaphore
from typing import Any

import pytest

import storage_core
from storage_core import S3Storage, Store
from storage_core.backends.remote.ranges import FIRST as FIRST_RANGE
from storage_core.backends.remote.ranges import RANGE
from tests.engines import both
from tests.servers.accepting import accepting
from tests.servers.process import HOST
from tests.servers.raw_http import read_request, response

pytestmark = both

PAGE = b"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult><Name>b</Name><Prefix></Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys>
<IsTruncated>true</IsTruncated><NextContinuationToken>more</NextContinuationToken>
<Contents><Key>results/1</Key><LastModified>2026-11-29T00:00:00.000Z</LastModified><Size>1</Size>
</Contents></ListBucketResult>"""

FIRST = "results/first"
LARGE = "results/large"
SIZE = FIRST_RANGE + 4 * RANGE


def head(status: str, size: int) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode()


class Hanging:
    """Answers for the first blob; the rest it lets wait, and notes who hangs up."""

    def __init__(self) -> None:
        self.come = Semaphore(0)
        self.gone = Semaphore(0)

    def serve(self, connection: socket.socket) -> None:
        request = read_request(connection).decode(errors="replace")
        if FIRST in request:
            connection.sendall(response("200 OK", b"1"))
            return
        if LARGE in request and request.startswith("HEAD"):
            connection.sendall(head("200 OK", SIZE))
            return
        if LARGE in request and (found := re.search(r"(?i)range: bytes=(\d+)-(\d+)", request)):
            start, last = map(int, found.groups())
            if start <= FIRST_RANGE:
                span = f"Content-Range: bytes {start}-{last}/{SIZE}"
                connection.sendall(response("206 Partial Content", bytes(last + 1 - start), span))
                return
        if "list-type=2" in request and not re.search("start-after|continuation-token", request):
            connection.sendall(response("200 OK", PAGE))
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
    with accepting(hanging.serve, Event()) as port:
        yield storage_core.open_store(
            S3Storage(
                bucket="b",
                endpoint_url=f"http://{HOST}:{port}",
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


@pytest.mark.engine("direct")
def test_a_download_that_is_interrupted_hangs_up_on_its_ranges(
    store: Store, hanging: Hanging
) -> None:
    class Interrupted(io.BytesIO):
        def write(self, data: Any, /) -> int:
            if self.tell() >= FIRST_RANGE:
                for _ in range(2):
                    assert hanging.come.acquire(timeout=30)
                raise KeyboardInterrupt
            return super().write(data)

    with pytest.raises(KeyboardInterrupt):
        store.backend.get_stream(LARGE, Interrupted())
    for _ in range(2):
        assert hanging.gone.acquire(timeout=30)


async def test_a_listing_that_is_cancelled_hangs_up_on_its_pages(
    store: Store, hanging: Hanging
) -> None:
    listing = store.alist("results")
    assert (await anext(listing)).key == "results/1"
    following = asyncio.ensure_future(anext(listing))
    assert await asyncio.to_thread(hanging.come.acquire, timeout=30)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    assert await asyncio.to_thread(hanging.gone.acquire, timeout=30)
