"""Sends a large blob in blocks, several at a time; nothing can be read before the last request."""

from __future__ import annotations

import os
from base64 import b64encode
from typing import TYPE_CHECKING, Final

from storage_core.backends.drivers.direct.transport import SHORT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from storage_core.backends.drivers.direct.azure.requests import Requests
    from storage_core.backends.remote.limit import Limit

MAX_BLOCKS: Final = 50_000
"""The most that the protocol allows."""

_AT_ONCE: Final = 4
"""Blocks that are sent at a time and so are in memory: 32 MiB."""


def put_in_blocks(
    requests: Requests,
    limit: Limit,
    name: str,
    blocks: Iterable[bytes | memoryview],
    *,
    create: bool,
) -> None:
    """Store a blob.

    Args:
        requests: signs and sends.
        limit: how long it may take.
        name: of the blob.
        blocks: its bytes; the next block is taken when one before has been sent.
        create: whether an existing blob must not be replaced.
    """
    from storage_core.backends.remote.threads import gathered

    # Random, so that blocks of another writer of the same blob are not replaced.
    upload = os.urandom(8).hex()

    def sent(number: int, block: bytes | memoryview) -> Callable[[], str]:
        key = b64encode(f"{upload}-{number:06}".encode()).decode()

        def send() -> str:
            query = {"comp": "block", "blockid": key}
            headers = {"content-type": "application/octet-stream"}
            requests.ask(limit, "PUT", name, (201,), query=query, headers=headers, body=block).read(
                SHORT
            )
            return key

        return send

    def each() -> Iterator[Callable[[], str]]:
        for number, block in enumerate(blocks):
            yield sent(number, block)

    keys = "".join([f"<Latest>{key}</Latest>" for key in gathered(each(), _AT_ONCE)])
    headers = {"content-type": "application/xml"}
    if create:
        headers["if-none-match"] = "*"
    body = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{keys}</BlockList>'.encode()
    requests.ask(
        limit, "PUT", name, (201,), query={"comp": "blocklist"}, headers=headers, body=body
    ).read(SHORT)
