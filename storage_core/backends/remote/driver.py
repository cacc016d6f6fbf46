"""What a driver provides: one attempt at each operation on one place, in a library's own way.

`RemoteBackend` makes calls of these attempts, with a deadline, retries, and errors of our own. So a
driver never retries, and raises what its library raises.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from storage_core.backends.base import Entry, Info
    from storage_core.backends.remote.faults import Fault
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.source import Source
    from storage_core.blobpath import BlobPath, Prefix

Received: TypeAlias = list[bytes]
"""Where an attempt to read puts the bytes as they come; its length is watched meanwhile."""


class Kept:
    """What a session keeps of a blob between two ranges of it."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.file: Any = None
        """The blob as the library has it open."""

        self.position = 0
        """The offset of the next byte."""

        self.of: object = None
        """The session that opened the file."""

        self.end: Callable[[], Coroutine[Any, Any, None]] | None = None
        """Closes the file."""

    async def close(self) -> None:
        """Close the file."""
        if self.end is not None:
            await self.end()


class Page(NamedTuple):
    """A part of a listing."""

    entries: Sequence[Entry]
    """With whole paths."""

    token: Any = None
    """Gets the next page; None after the last one."""

    has_more: bool = False
    """Whether the server says that there is a next page, with or without a token."""


class After(NamedTuple):
    """In place of a token: list what comes after a path, whether there is such a blob or not.

    Only for drivers whose `has_after` is true: they list in the order of the paths' bytes. A page
    may include the path itself.
    """

    path: str


class Part(NamedTuple):
    """What an answer with a range of bytes says about the blob."""

    version: str | None = None
    """The version of the blob, as in `Info`."""

    total: int | None = None
    """Bytes of the whole blob; None if the answer does not say. Drivers whose `tells_size` is true
    mostly know it, which saves a request."""


def require_bytes(status: int, *, of_part: bool = False) -> None:
    """Raise `ConnectionError` if an answer without an error does not bring the bytes asked for.

    Args:
        status: the HTTP status.
        of_part: whether a part of a blob was asked for.
    """
    if status != 200 and not (of_part and status == 206):
        raise ConnectionError(f"the answer is {status}, not what was asked for")


def bytes_of_all(said: str | None, start: int) -> int | None:
    """Bytes of the whole blob, as the answer to a request for a range says.

    Args:
        said: its header `Content-Range`; None without one.
        start: the offset of the first byte that was asked for.

    Raises:
        ConnectionError: the bytes are others. Some servers ignore ranges and send the whole blob,
            and some caches send the range of another request.
    """
    span, _, total = (said or "").removeprefix("bytes").strip().partition("/")
    first = span.partition("-")[0]
    begin = int(first) if first.isdigit() else 0
    if begin != start:
        raise ConnectionError(f"bytes from {begin} on come, where those from {start} on were asked")
    return int(total) if total.isdigit() else None


class Session(Protocol):
    """A driver that is signed in to its place.

    Its methods run on the background event loop, or they block and await nothing that suspends.
    """

    @property
    def is_lost(self) -> bool:
        """Whether no further call may use it: its connection has failed, or was left halfway."""

    @property
    def has_condition(self) -> bool:
        """Whether the place itself is asked to enforce `create`, not only looked at before."""

    async def find(self) -> None:
        """Raise the library's error for a missing place if it is missing."""

    async def get(self, path: BlobPath, received: Received) -> None:
        """Append the blob to `received`."""

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Append some bytes of a blob: as many as there are, at most `size`."""

    async def head(self, path: BlobPath) -> Info:
        """Find a blob."""

    async def put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Store `data`; with `create`, refuse to replace a blob as far as the place can.

        Raises:
            ConditionRefused: the place does not accept a write with that condition.
        """

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Like `put`, in bounded memory."""

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Have the place copy a blob; return False if it cannot."""

    async def delete(self, path: BlobPath) -> None:
        """Remove a blob."""

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """Return some entries below `prefix`. A missing bucket is an error, a folder is not."""

    async def close(self) -> None:
        """Close the connections."""


Afterwards: TypeAlias = Callable[[Callable[[Any], Awaitable[None]]], None]
"""Schedules work that no call waits for, such as cleaning up after a failed attempt. It gets a
session that works, since the attempt's own may not."""


class AnyDriver(Protocol):
    """What every driver tells about itself and about the errors that it raises."""

    counts: bool
    """Whether `get` and `get_range` append bytes as they come. If so, a read may go on for as long
    as they come fast enough; otherwise the place is asked for the size."""

    has_ranges: bool
    """Whether `get_range` is supported."""

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure that an attempt has raised as `error`."""

    def reason(self, error: BaseException, words: str) -> str:
        """What to tell a person about an error whose own first line is `words`."""


class Driver(AnyDriver, Protocol):
    """Signs in to one place, on the background event loop."""

    async def connect(self, afterwards: Afterwards) -> Session:
        """Sign in."""


class BlockingDriver(AnyDriver, Protocol):
    """Makes requests to one place in the caller's thread; several threads may use it at once."""

    def session(self, limit: Limit) -> Session:
        """Return a session for one attempt; this sends no request yet.

        Args:
            limit: the time limit of everything that the session does.
        """

    def close(self) -> None:
        """Close the connections that no session uses."""
