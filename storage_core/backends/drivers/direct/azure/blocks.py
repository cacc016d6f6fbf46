"""A large blob in blocks, some on their way at once; none can be read before all are there."""

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
"""More the protocol does not allow."""

_AT_ONCE: Final = 4
"""Blocks in memory and on their way: 32 MiB."""


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
        blocks: its bytes; the next is asked for when one of those before has arrived.
        create: whether a blob that is there is not replaced.
    """
    from storage_core.backends.remote.threads import gathered

    # Blocks of another writer of the same blob that has not finished keep their names.
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
