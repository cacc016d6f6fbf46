"""Writes a blob to a remote place, and, if it is asked to, never over another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.backends.remote.driver import Kept
from storage_core.backends.remote.faults import ConditionRefused, Fault
from storage_core.backends.remote.stream import PIECE
from storage_core.errors import UnsupportedOperation
from storage_core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage_core.backends.remote.driver import AnyDriver, Received, Session
    from storage_core.backends.remote.policy import Policy
    from storage_core.backends.source import Source
    from storage_core.blobpath import BlobPath


async def stored(
    policy: Policy,
    path: BlobPath,
    source: Source,
    send: Callable[[Session, bool], Awaitable[None]],
    *,
    overwrite: bool,
) -> None:
    """Have `send` store what `source` holds.

    A write that must not replace a blob is sent on that condition, which decides. The blob is also
    looked up before, because some services ignore the condition, and others refuse it: those get
    the write without it if no blob has been found.

    Args:
        policy: makes the call.
        path: of the blob.
        source: its bytes.
        send: makes one attempt in a session; its second argument is whether to set the condition.
        overwrite: whether an existing blob is replaced.

    Raises:
        BlobExists: there is a blob already, and it must not be replaced.
        UnsupportedOperation: the service refuses the condition, and the blob cannot be looked up.
    """
    driver = policy.driver
    tries = 0

    async def once(session: Session) -> None:
        nonlocal tries
        tries += 1
        try:
            if overwrite:
                await send(session, False)
                return
            found = await _is_taken(driver, session, path)
            if found:
                raise FileExistsError(path)
            try:
                await send(session, True)
            except ConditionRefused as refused:
                if found is None:
                    raise UnsupportedOperation(
                        f"{policy.place.location} cannot write {printable(path)}: its service "
                        "takes no write that must not replace a blob, and does not let these "
                        "credentials look whether there is one; write without a key of your own"
                    ) from refused
                await send(session, False)
                refused.remember()
        except Exception as error:
            taken = not overwrite and driver.fault(error) is Fault.TAKEN
            # An earlier attempt may have been stored although its answer was lost.
            if taken and tries > 1 and await _holds(driver, session, path, source):
                return
            raise

    await policy.call(f"write {path}", path, once, size=source.size, writes=True)


async def is_refused(policy: Policy, path: BlobPath, data: bytes) -> bool:
    """Whether the place refuses to store `data` on condition that nothing is replaced.

    Args:
        policy: makes the call.
        path: of a blob that exists.
        data: its bytes.
    """

    async def once(session: Session) -> bool:
        if not session.has_condition:
            return False
        try:
            await session.put(path, data, create=True)
        except ConditionRefused:
            return False
        except Exception as error:
            if policy.driver.fault(error) is Fault.TAKEN:
                return True
            raise
        return False

    return await policy.call(f"write {path}", path, once, size=len(data), writes=True)


async def _is_taken(driver: AnyDriver, session: Session, path: BlobPath) -> bool | None:
    """Whether there is a blob; None if these credentials may not look it up."""
    try:
        await session.head(path)
    except Exception as error:
        fault = driver.fault(error)
        if fault in (Fault.MISSING, Fault.BLOB_MISSING):
            return False
        if fault is Fault.DENIED:
            return None
        raise
    return True


async def _holds(driver: AnyDriver, session: Session, path: BlobPath, source: Source) -> bool:
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
