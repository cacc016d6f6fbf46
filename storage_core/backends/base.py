"""How bytes move: the interface that `storage_core.store` asks for and every backend implements.

A backend knows one place (a folder, a bucket with its prefix, a server) and moves whole blobs in
and out of it. It knows nothing of configuration files or references: the storage types
open it with plain values. Its promises, which `tests/stores` holds each backend to:

- `put` stores every byte or nothing readable, wherever the place has an atomic put or rename;
- every failure is a `StorageError` with the driver's exception as `__cause__`;
- no call takes longer than its deadline: `timeout` seconds and one second for every 64 KiB moved;
- it may be used from several threads at once.

Backends whose driver is asynchronous override the `a…` methods too; for the others they run the
blocking method in a thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from storage_core.keys import Key, Kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, MutableSequence, Sequence
    from datetime import datetime
    from pathlib import Path

DEFAULT_TIMEOUT: Final = 10.0
"""Seconds that one call to a remote storage may take when nothing else is configured."""

SLOWEST_RATE: Final = 64 * 1024
"""Bytes per second that a deadline allows for: a large blob gets more time than a small one."""

CHUNK_SIZE: Final = 1024 * 1024
"""Bytes moved at a time where a blob is streamed."""


class Blob(NamedTuple):
    """One blob in a listing."""

    key: str
    """`KIND/NAME`."""

    size: int | None
    """Bytes; None where the storage does not say."""

    modified: datetime | None
    """When it was written, in UTC; None where the storage does not say."""


class Backend(ABC):
    """One place that holds blobs."""

    location: str
    """The place as a person would write it, any password in it masked."""

    @abstractmethod
    def check(self) -> None:
        """Reach the place, sign in and find the bucket, container or server.

        Raises:
            StorageUnavailable: it does not answer.
            AccessDenied: it refuses the credentials.
            ConfigurationError: the bucket or container does not exist.
        """

    def is_there(self) -> bool:
        """Whether the place exists; False where the first write will create it."""
        return True

    def make_folders(self, kind: Kind, made: MutableSequence[str]) -> None:  # noqa: B027 (few have any)
        """Create what the first write of a blob of `kind` would.

        Args:
            kind: of the blob.
            made: gets the folders that were not there, in the order in which they are made, also
                where one of them fails.
        """

    def remove_folders(self, made: Sequence[str]) -> bool:
        """Remove folders that `make_folders` has made; whether none was in use meanwhile."""
        return True

    @abstractmethod
    def put(self, key: Key, data: bytes, *, overwrite: bool) -> None:
        """Store `data` under `key`, whole or not at all.

        Args:
            key: where it goes.
            data: the bytes, possibly none.
            overwrite: replace what is there; otherwise raise `BlobExists` when there is something.
        """

    @abstractmethod
    def get(self, key: Key) -> bytes:
        """Return the bytes under `key`, or raise `BlobNotFound`."""

    @abstractmethod
    def exists(self, key: Key) -> bool:
        """Whether there is a blob under `key`."""

    @abstractmethod
    def delete(self, key: Key) -> None:
        """Remove the blob under `key`; no error when there is none."""

    @abstractmethod
    def list(self, kind: Kind) -> Iterator[Blob]:
        """Yield the blobs of one kind, in no particular order; foreign names are passed over."""

    @abstractmethod
    def put_file(self, key: Key, path: Path, *, overwrite: bool) -> None:
        """Like `put`, with the bytes of the file at `path`, in bounded memory where possible."""

    @abstractmethod
    def get_file(self, key: Key, path: Path) -> None:
        """Write the blob to the new local file at `path`, in bounded memory where possible."""

    @abstractmethod
    def open(self, key: Key) -> BinaryIO:
        """Open the blob for sequential reading; the caller closes it."""

    def close(self) -> None:  # noqa: B027 (most backends hold nothing to close)
        """Let go of connections. Using the backend afterwards opens new ones."""

    async def aput(self, key: Key, data: bytes, *, overwrite: bool) -> None:
        """`put` for asynchronous callers; this and its siblings never block the event loop."""
        from asyncio import to_thread

        await to_thread(self.put, key, data, overwrite=overwrite)

    async def aget(self, key: Key) -> bytes:
        """`get` for asynchronous callers."""
        from asyncio import to_thread

        return await to_thread(self.get, key)

    async def aexists(self, key: Key) -> bool:
        """`exists` for asynchronous callers."""
        from asyncio import to_thread

        return await to_thread(self.exists, key)

    async def adelete(self, key: Key) -> None:
        """`delete` for asynchronous callers."""
        from asyncio import to_thread

        await to_thread(self.delete, key)

    async def alist(self, kind: Kind) -> AsyncIterator[Blob]:
        """`list` for asynchronous callers; a page at a time comes over from a thread."""
        from asyncio import to_thread
        from itertools import islice

        blobs = self.list(kind)
        while page := await to_thread(lambda: [*islice(blobs, 500)]):
            for blob in page:
                yield blob


def time_at(seconds: float) -> datetime | None:
    """A file's time, given in seconds since 1970, in UTC; None where no calendar goes so far."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def deadline(timeout: float, size: int = 0) -> float:
    """Seconds that a call which moves `size` bytes may take."""
    return timeout + size / SLOWEST_RATE
