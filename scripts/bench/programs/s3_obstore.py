"""Blobs with obstore alone, in a process that stays."""

import asyncio
import sys
from itertools import count as counted

import obstore
from obstore.store import S3Store
from served import served

endpoint_url, region, bucket, key, secret = sys.argv[1:]
store = S3Store(
    bucket,
    endpoint=endpoint_url,
    region=region,
    access_key_id=key,
    secret_access_key=secret,
    virtual_hosted_style_request=False,
    client_options={"allow_http": True},
)
BLOB = bytes(1024)
numbers = counted()


def pairs(count: int) -> None:
    """Write and read, one at a time."""
    for _ in range(count):
        path = f"obstore/{next(numbers)}"
        obstore.put(store, path, BLOB)
        assert len(obstore.get(store, path).bytes()) == 1024


def amany(count: int) -> None:
    """Write so many blobs at once, then read them."""
    paths = [f"obstore/{next(numbers)}" for _ in range(count)]

    async def get(path: str) -> int:
        answer = await obstore.get_async(store, path)
        return len(await answer.bytes_async())

    async def work() -> None:
        await asyncio.gather(*(obstore.put_async(store, path, BLOB) for path in paths))
        assert set(await asyncio.gather(*map(get, paths))) == {1024}

    asyncio.run(work())


served({"pairs": pairs, "amany": amany})
