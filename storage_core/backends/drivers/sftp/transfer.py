"""Reads and writes a file over SFTP by many requests at a time, as each takes a round trip.

asyncssh can send several requests at a time itself, but when the connection breaks, messages are
printed that the errors of those under way were never retrieved (2.24). So each of its calls makes
one request here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    import asyncssh

    from storage_core.backends.remote.driver import Received
    from storage_core.backends.source import Source

T = TypeVar("T")

UNDER_WAY: Final = 2 * 1024 * 1024
"""Bytes in all the requests that are under way at a time."""

_ANY_SERVER_TAKES: Final = 32 * 1024
_LARGEST: Final = 256 * 1024
"""The most bytes of one request; for more, OpenSSH closes the connection."""


async def read(
    client: asyncssh.SFTPClient,
    file: asyncssh.SFTPClientFile,
    start: int,
    size: int | None,
    received: Received,
) -> None:
    """Append the bytes of a file from `start` on to `received`, at most `size` of them.

    A size of None, for servers that do not tell it, reads to the end, one request after the other.
    """
    step = _step(client.limits.max_read_len, client)
    if size is None:
        while block := await _block(file, start, step):
            received.append(block)
            start += len(block)
        return
    early: dict[int, bytes] = {}
    position, end = start, start + size

    async def fetch(begin: int) -> None:
        nonlocal position
        early[begin] = await _block(file, begin, min(step, end - begin))
        while (block := early.pop(position, None)) is not None:
            received.append(block)
            position += step

    await _at_once(iter(range(start, end, step)), fetch, UNDER_WAY // step)


async def write(client: asyncssh.SFTPClient, file: asyncssh.SFTPClientFile, source: Source) -> None:
    """Write all bytes of a source to a file, from its beginning."""
    step = _step(client.limits.max_write_len, client)

    async def send(part: tuple[int, bytes]) -> None:
        number, data = part
        await file.write(data, number * step)

    await _at_once(enumerate(source.parts(step)), send, UNDER_WAY // step)


def _step(limit: int, client: asyncssh.SFTPClient) -> int:
    """Bytes of one request: as many as the server says it accepts, if it says so."""
    return min(limit, _LARGEST) if client.limits.max_packet_len else _ANY_SERVER_TAKES


async def _block(file: asyncssh.SFTPClientFile, start: int, size: int) -> bytes:
    """`size` bytes of a file, fewer at its end; a server may need several requests for them."""
    parts: Received = []
    while size:
        part: Any = await file.read(size, start)  # Bytes: the file is opened as binary.
        if not part:
            break
        parts.append(part)
        start += len(part)
        size -= len(part)
    return b"".join(parts)


async def _at_once(jobs: Iterator[T], do: Callable[[T], Awaitable[Any]], count: int) -> None:
    """Do all jobs, `count` at a time; raise the first failure once no job is under way."""

    async def work() -> None:
        for job in jobs:
            await do(job)

    failure: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(max(count, 1)):
                group.create_task(work())
    except BaseExceptionGroup as failures:
        failure = failures.exceptions[0]
    if failure is not None:
        raise failure
