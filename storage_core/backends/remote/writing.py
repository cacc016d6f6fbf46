"""Writing a blob to a remote place: once, and where it is asked for, never onto another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.backends.remote.driver import Kept
from storage_core.backends.remote.faults import Fault
from storage_core.backends.remote.stream import PIECE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage_core.backends.remote.driver import Driver, Received, Session
    from storage_core.backends.remote.policy import Policy
    from storage_core.backends.source import Source
    from storage_core.blobpath import BlobPath


async def stored(
    policy: Policy,
    path: BlobPath,
    source: Source,
    send: Callable[[Session], Awaitable[None]],
    *,
    overwrite: bool,
) -> None:
    """Have `send` store what `source` holds.

    Raises:
        BlobExists: there is a blob already, and it is not to be replaced.
    """
    driver = policy.driver
    tries = 0

    async def once(session: Session) -> None:
        nonlocal tries
        tries += 1
        try:
            # Asked first as well: not every service honours the condition on the write itself.
            if not overwrite and await _is_taken(driver, session, path):
                raise FileExistsError(path)
            await send(session)
        except Exception as error:
            taken = not overwrite and driver.fault(error) is Fault.TAKEN
            # An earlier attempt may have arrived although its answer did not.
            if taken and tries > 1 and await _holds(driver, session, path, source):
                return
            raise

    await policy.call(f"write {path}", path, once, size=source.size, writes=True)


async def _is_taken(driver: Driver, session: Session, path: BlobPath) -> bool:
    try:
        await session.head(path)
    except Exception as error:
        if driver.fault(error) in (Fault.MISSING, Fault.BLOB_MISSING):
            return False
        raise
    return True


async def _holds(driver: Driver, session: Session, path: BlobPath, source: Source) -> bool:
    """Whether the blob under `path` has these bytes."""
    if (await session.head(path)).size not in (None, source.size):
        return False
    received: Received = []
    if not driver.has_ranges:
        await session.get(path, received)
        return b"".join(received) == source.whole()
    kept = Kept()
    start = 0
    try:
        for part in source.parts(PIECE):
            received.clear()
            await session.get_range(path, start, len(part), received, kept)
            if part != b"".join(received):
                return False
            start += len(part)
    finally:
        await kept.close()
    return True
