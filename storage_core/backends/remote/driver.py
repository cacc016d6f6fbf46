"""What a driver provides: one attempt at each operation on one place, in a library's own way.

`RemoteBackend` makes calls of the attempts, with a deadline, with retries, with errors of the
family; so a driver retries nothing, and raises what its library raises.
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
"""Where an attempt to read puts what comes; its length is watched meanwhile."""


class Kept:
    """What a session keeps of a blob between two ranges of it."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.file: Any = None
        """The blob as the library has it open."""

        self.position = 0
        """Where the next byte comes from."""

        self.of: object = None
        """The session whose file it is."""

        self.end: Callable[[], Coroutine[Any, Any, None]] | None = None
        """Closes the file."""

    async def close(self) -> None:
        """Let go of it."""
        if self.end is not None:
            await self.end()


class Page(NamedTuple):
    """A part of a listing."""

    entries: Sequence[Entry]
    """With whole paths."""

    token: Any = None
    """Leads to the next page; None after the last one."""

    has_more: bool = False
    """Whether the server says that there is a next one, be there a token or not."""


class After(NamedTuple):
    """In place of a token: begin behind a path, be there such a blob or not.

    Only for sessions of drivers that have a true `has_after`; they list in the order of the paths'
    bytes. A page may have the path itself as well.
    """

    path: str


class Part(NamedTuple):
    """What an answer with a range of bytes says besides them."""

    version: str | None = None
    """Of the blob, as in `Info`."""

    total: int | None = None
    """Bytes of the whole blob; None where the answer does not say. Drivers that have a true
    `tells_size` mostly say it, so that no other request has to ask."""


def require_bytes(status: int, *, of_part: bool = False) -> None:
    """Raise `ConnectionError` where a good answer is none that comes with the bytes asked for.

    Args:
        status: of HTTP.
        of_part: whether a part of a blob was asked for.
    """
    if status != 200 and not (of_part and status == 206):
        raise ConnectionError(f"the answer is {status}, not what was asked for")


def bytes_of_all(said: str | None, start: int) -> int | None:
    """Bytes of a whole blob, by what the answer to a question for a part of it says.

    Args:
        said: its header `Content-Range`; None where it has none.
        start: the first byte that was asked for.

    Raises:
        ConnectionError: other bytes come. There are servers that know no ranges and send all, and
            caches that keep the range of another.
    """
    span, _, total = (said or "").removeprefix("bytes").strip().partition("/")
    first = span.partition("-")[0]
    begin = int(first) if first.isdigit() else 0
    if begin != start:
        raise ConnectionError(f"bytes from {begin} on come, where those from {start} on were asked")
    return int(total) if total.isdigit() else None


class Session(Protocol):
    """Signed in to the place.

    All of it happens on the background event loop, or blocks and awaits nothing that suspends.
    """

    @property
    def is_lost(self) -> bool:
        """Whether no other call is to use it: its connection has failed, or was left halfway."""

    @property
    def has_condition(self) -> bool:
        """Whether the place itself is asked to keep to `create`, rather than looked at before."""

    async def find(self) -> None:
        """Raise what says that the place is missing when it is."""

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
            ConditionRefused: the place takes no write with that condition.
        """

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Like `put`, in bounded memory."""

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Have the place copy a blob; False where it has no way to."""

    async def delete(self, path: BlobPath) -> None:
        """Remove a blob."""

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """Some entries below `prefix`. A missing bucket is an error, a missing folder is not."""

    async def close(self) -> None:
        """Let go of the connections."""


Afterwards: TypeAlias = Callable[[Callable[[Any], Awaitable[None]]], None]
"""Has something done later, for which nobody waits: cleaning up after an attempt that failed. It
gets a session that works, since the attempt's own may not."""


class AnyDriver(Protocol):
    """What every driver says of itself, and of the errors that it raises."""

    counts: bool
    """Whether `get` and `get_range` append bytes as they come. If so, a read goes on for as long
    as they come fast enough; otherwise the place is asked how many there are."""

    has_ranges: bool
    """Whether `get_range` is there to be used."""

    def fault(self, error: BaseException) -> Fault:
        """What kind of failure an attempt has raised."""

    def reason(self, error: BaseException, words: str) -> str:
        """What to tell a person of an error whose own first line is `words`."""


class Driver(AnyDriver, Protocol):
    """Signs in to one place, on the background event loop."""

    async def connect(self, afterwards: Afterwards) -> Session:
        """Sign in."""


class BlockingDriver(AnyDriver, Protocol):
    """Makes requests to one place in the thread of the caller, and in several at once."""

    def session(self, limit: Limit) -> Session:
        """What makes one attempt; nothing is asked yet.

        Args:
            limit: how long whatever it does may take.
        """

    def close(self) -> None:
        """Let go of the connections that nobody uses."""
