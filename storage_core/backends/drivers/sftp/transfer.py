"""A file's bytes over SFTP, many requests at a time: one takes as long as the way there and back.

asyncssh sends several requests at a time by itself, but when the connection breaks it leaves those
that are under way to print that nobody has asked for their errors (2.24). Here one request is made
by each of its calls.
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
"""Bytes that are asked for, or sent, before the first answer has come."""

_ANY_SERVER_TAKES: Final = 32 * 1024
_LARGEST: Final = 256 * 1024
"""Bytes of one request: more, OpenSSH answers by hanging up."""


async def read(
    client: asyncssh.SFTPClient,
    file: asyncssh.SFTPClientFile,
    start: int,
    size: int | None,
    received: Received,
) -> None:
    """Append some bytes of a file: as many as there are, at most `size`.

    Without a size, which servers need not tell, the file is read to its end, step by step.
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
    """Write all bytes of a source from the beginning of a file on."""
    step = _step(client.limits.max_write_len, client)

    async def send(part: tuple[int, bytes]) -> None:
        number, data = part
        await file.write(data, number * step)

    await _at_once(enumerate(source.parts(step)), send, UNDER_WAY // step)


def _step(limit: int, client: asyncssh.SFTPClient) -> int:
    """Bytes of one request: what the server says that it takes, if it does."""
    return min(limit, _LARGEST) if client.limits.max_packet_len else _ANY_SERVER_TAKES


async def _block(file: asyncssh.SFTPClientFile, start: int, size: int) -> bytes:
    """Bytes of a file, for which a server may need more than one request; fewer at its end."""
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
    """Do all jobs, `count` at a time; raise the first failure, when none is under way any more."""

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
