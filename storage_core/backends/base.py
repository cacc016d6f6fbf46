"""How bytes move: the interface over paths that every backend implements.

A backend knows one place (a folder, a bucket with its prefix, a server) and moves bytes in and out
of it, under any path that `blobpath.py` has checked. It knows nothing of configuration files,
references, or the kinds of data that a store keeps apart. Its promises, which the cases in
`storage_core.testing` hold each backend to:

- `put` and `put_stream` store every byte or nothing readable, wherever the place has an atomic put
  or rename; missing folders are created;
- every failure is a `StorageError` with the driver's exception as `__cause__`;
- no call takes longer than its deadline: `timeout` seconds plus one for every 64 KiB moved;
- it may be used from several threads at once.

The `a…` methods never block the event loop. Backends whose driver is asynchronous override them;
the others run the blocking method in a thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from storage_core.blobpath import ROOT, BlobPath, Prefix
from storage_core.errors import BlobNotFound, StorageError, UnsupportedOperation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, MutableSequence, Sequence
    from datetime import datetime
    from typing import BinaryIO, Final

    from storage_core.backends.entries import Entry as Entry
    from storage_core.backends.entries import Info as Info
    from storage_core.backends.entries import Link as Link

DEFAULT_TIMEOUT: Final = 10.0
"""Seconds that one call to a remote storage may take when nothing else is configured."""

SLOWEST_RATE: Final = 64 * 1024
"""Bytes per second that a deadline allows for, so that a large blob gets more time."""

LIST_ALL: Final = "list all there are"
"""What messages call it that a server does not say which places there are."""

CHUNK_SIZE: Final = 1024 * 1024
"""Bytes moved at a time where a blob is streamed."""


def __getattr__(name: str) -> object:
    # Few workers list or look up; for all others `typing` would take a third of their time.
    if name in ("Entry", "Info", "Link"):
        from storage_core.backends import entries

        return getattr(entries, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Backend(ABC):
    """One place that holds blobs."""

    location: str
    """The place as a person would write it, any password in it masked."""

    has_folders: bool = False
    """Whether folders exist by themselves, even empty ones, not only as beginnings of paths."""

    most_deleted: int = 1
    """How many blobs the place deletes in one request; `delete_many` takes any number."""

    note: str = ""
    """What a person who tests the place should know about how it is signed in to."""

    @abstractmethod
    def check(self) -> None:
        """Reach the place, sign in and find the bucket, container or server.

        Raises:
            StorageUnavailable: it does not answer.
            AccessDenied: it refuses the credentials.
            ConfigurationError: the bucket or container does not exist.
        """

    def require_writable(self) -> None:  # noqa: B027 (mostly it is)
        """Raise `UnsupportedOperation` where nothing is to be written or deleted."""

    @abstractmethod
    def put(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        """Store `data` under `path`, whole or not at all.

        Args:
            path: where it goes.
            data: the bytes; may be empty.
            overwrite: replace an existing blob; otherwise raise `BlobExists` if there is one.
        """

    @abstractmethod
    def put_stream(self, path: BlobPath, file: BinaryIO, *, overwrite: bool) -> None:
        """Like `put`, with what `file` holds from its position on, in bounded memory.

        What cannot be read a second time (a pipe) may be copied to a temporary file first.

        Raises:
            StorageError: also if the file cannot be read, or changes meanwhile.
        """

    @abstractmethod
    def get(self, path: BlobPath) -> bytes:
        """Return the bytes under `path`, or raise `BlobNotFound`."""

    @abstractmethod
    def get_range(self, path: BlobPath, start: int, size: int) -> bytes:
        """Return some bytes under `path`.

        Args:
            path: of the blob.
            start: the offset of the first byte.
            size: how many to return; fewer are returned where the blob ends.

        Raises:
            BlobNotFound: there is no such blob.
            UnsupportedOperation: the place has no ranges.
        """

    @abstractmethod
    def head(self, path: BlobPath) -> Info:
        """Return what is known about the blob under `path`, or raise `BlobNotFound`."""

    @abstractmethod
    def open(self, path: BlobPath) -> BinaryIO:
        """Open the blob for reading, in bounded memory where possible; the caller closes it.

        The file can seek. All that is read comes from the blob as it was when it was opened; if
        that has been replaced, `IntegrityError` is raised.
        """

    def open_unbuffered(self, path: BlobPath) -> BinaryIO:
        """`open` for callers with a buffer of their own: no more is fetched than a read asks for.

        A read may return fewer bytes than asked for; it returns none only at the end.
        """
        return self.open(path)

    @abstractmethod
    def list(self, prefix: Prefix = ROOT, *, delimiter: bool = False) -> Iterator[Entry]:
        """Yield what is below a folder, in no particular order; nothing if there is no such folder.

        A page is fetched when the one before it has been used up; if there are more than two, some
        may be fetched in parallel.

        Args:
            prefix: the folder.
            delimiter: whether to stop at the next `/`, and yield the blobs directly in the folder
                and an entry for each folder in it; otherwise all blobs below, and no folders.
        """

    @abstractmethod
    def delete(self, path: BlobPath) -> None:
        """Remove the blob under `path`; no error when there is none."""

    def delete_many(self, paths: Sequence[BlobPath]) -> Sequence[StorageError | None]:
        """Remove blobs, one after the other or in one request.

        Returns:
            For each path, None if there is no blob any more, else why it could not be removed.
        """
        return [self._why_left(path) for path in paths]

    def _why_left(self, path: BlobPath) -> StorageError | None:
        try:
            self.delete(path)
        except StorageError as error:
            return error
        return None

    def copy(self, source: BlobPath, target: BlobPath) -> None:
        """Store the bytes under `source` under `target` too, replacing what is there.

        The place itself copies them if it can; otherwise they are read and written again.
        """
        with self.open(source) as file:
            self.put_stream(target, file, overwrite=True)

    def get_stream(self, path: BlobPath, file: BinaryIO) -> None:
        """Write the blob to an open file, in bounded memory where possible.

        Raises:
            OSError: `file` cannot be written to.
        """
        with self.open(path) as source:
            while chunk := source.read(CHUNK_SIZE):
                file.write(chunk)

    def link(self, path: BlobPath, seconds: int) -> Link:
        """A signed URL with which anybody can read the blob for a while.

        Args:
            path: of the blob, which must exist.
            seconds: for how long; it may expire earlier.

        Raises:
            BlobNotFound: there is no such blob.
            UnsupportedOperation: the place has no such links, or none that are valid for so long.
        """
        raise no_links(self.location)

    def places(self) -> Sequence[str]:
        """The names of all such places that these credentials may see; empty if it is unknown."""
        return ()

    def exists(self, path: BlobPath) -> bool:
        """Whether there is a blob under `path`."""
        try:
            self.head(path)
        except BlobNotFound:
            return False
        return True

    def is_there(self) -> bool:
        """Whether the place exists; False where the first write will create it."""
        return True

    def refuses_to_replace(self, path: BlobPath, data: bytes) -> bool:
        """Whether the place itself refuses to replace a blob when a write forbids that.

        If it does not, such a write looks first whether there is a blob; of two writers of one path
        at the same moment, the later one wins.

        Args:
            path: of a blob that exists.
            data: its bytes, which may be stored again.
        """
        return True

    def renewable(self, renew: Callable[[], Backend | None]) -> None:  # noqa: B027 (most ask nobody)
        """Have a call whose credentials are refused look for new ones, once.

        Args:
            renew: opens another backend for the same place if the credentials have changed, else
                returns None; it may block.
        """

    def make_folders(self, path: BlobPath, made: MutableSequence[str]) -> None:  # noqa: B027 (few have any)
        """Create what the first write to `path` would.

        Args:
            path: of a blob.
            made: the folders that were missing are appended to it as they are made, even if one
                fails.
        """

    def remove_folders(self, made: Sequence[str]) -> bool:
        """Remove folders that `make_folders` has made; return whether none of them is in use."""
        return True

    def has_folder(self, prefix: Prefix) -> bool:
        """Whether there is such a folder, or anything in it."""
        return next(iter(self.list(prefix, delimiter=True)), None) is not None

    def make_folder(self, prefix: Prefix) -> None:  # noqa: B027 (few have any)
        """Create a folder and those above it, if the place has folders (`has_folders`).

        Raises:
            UnsupportedOperation: no blob can be in it.
        """

    def remove_folder(self, prefix: Prefix) -> None:  # noqa: B027 (few have any)
        """Remove an empty folder; no error where there is none.

        Raises:
            BlobExists: there is something in it.
            UnsupportedOperation: no blob can be in it.
        """

    def close(self) -> None:  # noqa: B027 (most backends hold nothing to close)
        """Close the connections. Using the backend afterwards opens new ones."""

    async def aput(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        """`put` for asynchronous callers."""
        from asyncio import to_thread

        await to_thread(self.put, path, data, overwrite=overwrite)

    async def aget(self, path: BlobPath) -> bytes:
        """`get` for asynchronous callers."""
        from asyncio import to_thread

        return await to_thread(self.get, path)

    async def aget_range(self, path: BlobPath, start: int, size: int) -> bytes:
        """`get_range` for asynchronous callers."""
        from asyncio import to_thread

        return await to_thread(self.get_range, path, start, size)

    async def ahead(self, path: BlobPath) -> Info:
        """`head` for asynchronous callers."""
        from asyncio import to_thread

        return await to_thread(self.head, path)

    async def adelete(self, path: BlobPath) -> None:
        """`delete` for asynchronous callers."""
        from asyncio import to_thread

        await to_thread(self.delete, path)

    async def alist(
        self, prefix: Prefix = ROOT, *, delimiter: bool = False
    ) -> AsyncIterator[Entry]:
        """`list` for asynchronous callers; entries come from a thread, a page at a time."""
        from asyncio import to_thread
        from itertools import islice

        entries = self.list(prefix, delimiter=delimiter)
        while page := await to_thread(lambda: [*islice(entries, 500)]):
            for entry in page:
                yield entry


def time_at(seconds: float) -> datetime | None:
    """A file's time, given in seconds since 1970, in UTC; None if `datetime` cannot hold it."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def in_utc(moment: datetime | None) -> datetime | None:
    """A time from a server, converted to UTC; None if `datetime` cannot hold it.

    A time without a zone counts as UTC.
    """
    from datetime import UTC

    if moment is None or moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def no_links(location: str) -> UnsupportedOperation:
    """The error of a place that cannot make signed URLs."""
    return UnsupportedOperation(
        f"{location} has no links: only S3 Storage, Azure Blob Storage with an account key and "
        "Google Cloud Storage with a service account can sign an address"
    )


def deadline(timeout: float, size: int = 0) -> float:
    """Seconds that a call which moves `size` bytes may take."""
    return timeout + size / SLOWEST_RATE
