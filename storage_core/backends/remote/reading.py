"""Reads a blob of a remote place: the whole of it, a range, or piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage_core.backends.remote.driver import Kept, Part
from storage_core.backends.remote.faults import Fault
from storage_core.errors import IntegrityError
from storage_core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage_core.backends.base import Info
    from storage_core.backends.remote.driver import Received, Session
    from storage_core.backends.remote.policy import Policy
    from storage_core.blobpath import BlobPath


LARGE: Final = 64 * 1024 * 1024
"""Bytes from which on a range is worth a request for the blob's size first."""


async def head(policy: Policy, path: BlobPath) -> Info:
    """Return what is known about a blob."""
    return await policy.call(f"look up {path}", path, lambda session: session.head(path))


async def whole(policy: Policy, path: BlobPath) -> bytes:
    """All bytes of a blob."""

    async def size() -> int:
        async with policy.connection.session(None) as session:
            return (await session.head(path)).size or 0

    received: Received = []
    await _receive(
        policy,
        path,
        lambda session, received: session.get(path, received),
        received,
        size_of=None if policy.driver.counts else size,
    )
    return _joined(received)


class Beginning(NamedTuple):
    """The first bytes of a blob, and what the answer with them says about the whole."""

    data: bytes
    size: int
    """Bytes of the whole blob."""

    version: str | None


async def beginning(policy: Policy, path: BlobPath, size: int) -> Beginning:
    """The first `size` bytes of a blob, in one request if its answer tells the blob's size."""
    kept = Kept()
    part = Part()

    async def fetch(session: Session, received: Received) -> None:
        nonlocal part
        try:
            part = await session.get_range(path, 0, size, received, kept)
        except Exception as error:
            # s3rver (3.7.1) breaks the connection when asked for a range of an empty blob.
            is_odd = not received and policy.driver.fault(error) is Fault.PASSING
            if not is_odd or session.is_lost or (await session.head(path)).size != 0:
                raise
            part = Part(total=0)
        came = sum(map(len, received))
        _require(came, _left(part, 0, size, came))

    try:
        received: Received = []
        counted = 0 if policy.driver.counts else size
        await _receive(policy, path, fetch, received, size=counted)
    finally:
        await kept.close()
    data = _joined(received)
    if part.total is not None or len(data) < size:
        return Beginning(data, len(data) if part.total is None else part.total, part.version)
    found = await head(policy, path)
    _require_same(policy, path, part.version, found.version)
    return Beginning(data, len(data) if found.size is None else found.size, found.version)


async def range_of(policy: Policy, path: BlobPath, start: int, size: int) -> bytes:
    """As many bytes from `start` on as there are, at most `size`."""
    if not 0 < size <= LARGE:
        # Allow no time for bytes that do not exist, and do not ask for them.
        found = (await head(policy, path)).size
        size = size if found is None else min(size, max(found - start, 0))
        if size <= 0:
            return b""
    kept = Kept()

    async def fetch(session: Session, received: Received) -> None:
        part = await session.get_range(path, start, size, received, kept)
        came = sum(map(len, received))
        _require(came, _left(part, start, size, came))

    try:
        received: Received = []
        counted = 0 if policy.driver.counts else size
        await _receive(policy, path, fetch, received, size=counted)
        return _joined(received)
    finally:
        await kept.close()


def _left(part: Part, start: int, size: int, came: int) -> int:
    """How many bytes of a range exist."""
    if part.total is None:
        return min(came, size)
    return max(min(size, part.total - start), 0)


class Pieces:
    """Reads a blob piece by piece, blocking for each; all are of the same version of it."""

    def __init__(self, policy: Policy, path: BlobPath, version: str | None) -> None:
        """Name the blob, and the version that all pieces must be of; None: any."""
        self._policy = policy
        self._path = path
        self._version = version
        self._kept = Kept()

    def fetch(self, start: int, size: int, timeout: float) -> bytes:
        """Exactly `size` bytes from `start` on, within `timeout` seconds and the time for them.

        Raises:
            IntegrityError: the blob has been replaced meanwhile.
        """
        received: Received = []
        self.receive(start, size, received, timeout)
        return _joined(received)

    def receive(self, start: int, size: int, received: Received, timeout: float) -> None:
        """`fetch` into `received`; several threads may call it if the driver keeps no open file."""

        async def once(session: Session, received: Received) -> None:
            part = await session.get_range(self._path, start, size, received, self._kept)
            _require_same(self._policy, self._path, self._version, part.version)
            _require(sum(map(len, received)), size)

        counted = 0 if self._policy.driver.counts else size
        self._policy.runner.run(
            _receive(self._policy, self._path, once, received, size=counted, timeout=timeout)
        )

    def end(self) -> None:
        """Close what was kept open between two pieces."""
        if self._kept.end is not None:
            self._policy.runner.finish(self._kept.close())


def _require_same(policy: Policy, path: BlobPath, before: str | None, now: str | None) -> None:
    if None not in (before, now) and before != now:
        raise IntegrityError(
            f"{policy.place.location}: {printable(path)} was replaced while it was read; "
            "read it again"
        )


def _require(came: int, wanted: int) -> None:
    if came != wanted:
        raise ConnectionError(f"{came} bytes came instead of {wanted}")


async def _receive(
    policy: Policy,
    path: BlobPath,
    fetch: Callable[[Session, Received], Awaitable[None]],
    received: Received,
    **limits: Any,
) -> None:
    """Fill `received` with what `fetch` appends in the first attempt that succeeds."""
    before = 0

    async def once(session: Session) -> None:
        nonlocal before
        before += sum(map(len, received))
        received.clear()
        await fetch(session, received)

    if policy.driver.counts:
        limits["moved"] = lambda: before + sum(map(len, received))
    await policy.call(f"read {path}", path, once, **limits)


def _joined(received: Received) -> bytes:
    return received[0] if len(received) == 1 else b"".join(received)
