"""What all backends with an fsspec driver share: deadline, retries, error messages, threads, forks.

A driver's backend says how one attempt at each operation is made, in coroutines that run on the
background event loop; this turns them into the interface that the store calls.
"""

from __future__ import annotations

import asyncio
import os
from abc import abstractmethod
from io import BufferedReader, BytesIO
from time import monotonic
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Final, NamedTuple, TypeAlias, TypeVar

from storage_core.backends import io_loop
from storage_core.backends.base import Backend, Blob, deadline
from storage_core.backends.connection import Connection
from storage_core.backends.failures import failed, unanswered
from storage_core.backends.retry import GRACE, GaveUp, attempt
from storage_core.backends.stream import PIECE, RemoteFile
from storage_core.backends.translate import Fault, classify, reason
from storage_core.errors import BlobNotFound, IntegrityError, StorageError
from storage_core.keys import Key, Kind, is_name
from storage_core.logs import keep_out
from storage_core.redaction import scrubbed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

T = TypeVar("T")


class Found(NamedTuple):
    """What a place says of a blob without sending it."""

    size: int
    """Bytes."""

    version: str | None = None
    """Another one for each blob under the key; None where the place does not tell them apart."""


Received: TypeAlias = list[bytes]
"""Where an attempt to read puts what comes; whoever counts looks in from outside."""

PAGE_SIZE: Final = 1000
"""Blobs that are asked for at a time where a place is listed."""


class RemoteBackend(Backend):
    """A backend whose driver is reached through coroutines. Safe in threads and after a fork."""

    place: str
    credentials: str
    address: str

    counts: ClassVar[bool] = False
    """Whether `_get` and `_get_range` append bytes as they come. If so, a read goes on for as long
    as they come fast enough; otherwise the server is asked how many there are."""

    def __init__(
        self, location: str, place_name: str, *, timeout: float, secrets: tuple[str, ...]
    ) -> None:
        self.location = location
        self.place_name = place_name
        self.timeout = timeout
        """Seconds that one call may take besides the time for the bytes."""

        self.connection = Connection(self._disconnect)
        self._secrets = secrets
        keep_out(secrets)

    def _driver(self) -> AbstractAsyncContextManager[Any]:
        """The driver, which is not closed while it is used."""
        return self.connection.driver(self._connect)

    # One attempt at each operation. `driver` is what `_connect` returned.

    @abstractmethod
    async def _connect(self) -> Any:
        """Build the driver."""

    @staticmethod
    async def _disconnect(driver: Any) -> None:
        """Close the driver's connections."""

    @abstractmethod
    async def _get(self, driver: Any, key: Key, received: Received) -> None:
        """Append the blob to `received`."""

    @abstractmethod
    async def _get_range(
        self,
        driver: Any,
        key: Key,
        start: int,
        size: int,
        received: Received,
        handle: dict[str, Any],
    ) -> str | None:
        """Append some bytes of a blob, and return its version as `_look_up` does.

        `handle` may keep what the next range needs.
        """

    @abstractmethod
    async def _look_up(self, driver: Any, key: Key) -> Found:
        """Find a blob."""

    @abstractmethod
    async def _put(self, driver: Any, key: Key, data: bytes, *, create: bool) -> None:
        """Store `data`; with `create`, refuse to replace a blob as far as the storage can."""

    @abstractmethod
    async def _put_file(
        self, driver: Any, key: Key, file: BinaryIO, size: int, *, create: bool
    ) -> None: ...

    @abstractmethod
    async def _delete(self, driver: Any, key: Key) -> None: ...

    @abstractmethod
    async def _page(
        self, driver: Any, kind: Kind, token: Any, limit: int
    ) -> tuple[Sequence[Blob], Any]:
        """Some blobs of a kind and the token for the next page, None after the last one.

        Names that are not a blob's may be among them. A missing bucket is an error.
        """

    async def _find_place(self, driver: Any) -> None:
        """Raise what says that the bucket is missing when it is."""
        await self._page(driver, "results", None, 1)

    def _fault(self, error: BaseException) -> Fault:
        return classify(error)

    def _reason(self, error: BaseException) -> str:
        return reason(error, self._secrets)

    # The interface.

    def check(self) -> None:
        io_loop.run(self._checked())

    def put(self, key: Key, data: bytes, *, overwrite: bool) -> None:
        io_loop.run(self._put_checked(key, data, overwrite=overwrite))

    def get(self, key: Key) -> bytes:
        return io_loop.run(self._get_checked(key))

    def exists(self, key: Key) -> bool:
        return io_loop.run(self._exists_checked(key))

    def delete(self, key: Key) -> None:
        io_loop.run(self._delete_checked(key))

    def list(self, kind: Kind) -> Iterator[Blob]:
        token: Any = None
        while True:
            blobs, token = io_loop.run(self._page_checked(kind, token))
            yield from blobs
            if token is None:
                return

    def put_file(self, key: Key, path: Path, *, overwrite: bool) -> None:
        from storage_core.backends.files import opened

        with opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            io_loop.run(self._put_file_checked(key, file, size, overwrite=overwrite))

    def get_file(self, key: Key, path: Path) -> None:
        from storage_core.backends.files import write_chunks

        with RemoteFile(self, key, bounded=True) as file:
            write_chunks(path, iter(lambda: file.read(PIECE), b""))

    def open(self, key: Key) -> BinaryIO:
        return BufferedReader(RemoteFile(self, key), PIECE)

    def close(self) -> None:
        self.connection.close()

    async def aput(self, key: Key, data: bytes, *, overwrite: bool) -> None:
        await io_loop.arun(self._put_checked(key, data, overwrite=overwrite))

    async def aget(self, key: Key) -> bytes:
        return await io_loop.arun(self._get_checked(key))

    async def aexists(self, key: Key) -> bool:
        return await io_loop.arun(self._exists_checked(key))

    async def adelete(self, key: Key) -> None:
        await io_loop.arun(self._delete_checked(key))

    async def alist(self, kind: Kind) -> AsyncIterator[Blob]:
        token: Any = None
        while True:
            blobs, token = await io_loop.arun(self._page_checked(kind, token))
            for blob in blobs:
                yield blob
            if token is None:
                return

    # The operations, whole: with the deadline, with retries, with errors of the family.

    async def _checked(self) -> None:
        await self.attempted("be reached", None, self._find_place)

    async def _get_checked(self, key: Key) -> bytes:
        return await self._received(
            key,
            lambda driver, received: self._get(driver, key, received),
            size_of=None if self.counts else lambda: self._asked_size(key),
        )

    async def _asked_size(self, key: Key) -> int:
        async with self._driver() as driver:
            return (await self._look_up(driver, key)).size

    async def _received(
        self,
        key: Key,
        fetch: Callable[[Any, Received], Awaitable[None]],
        **limits: Any,
    ) -> bytes:
        """What `fetch` appends in the first attempt that succeeds."""
        received: Received = []
        before = 0

        async def once(driver: Any) -> None:
            nonlocal before
            before += sum(map(len, received))
            received.clear()
            await fetch(driver, received)

        if self.counts:
            limits["moved"] = lambda: before + sum(map(len, received))
        await self.attempted(f"read {key}", key, once, **limits)
        return received[0] if len(received) == 1 else b"".join(received)

    async def _put_checked(self, key: Key, data: bytes, *, overwrite: bool) -> None:
        async def send(driver: Any) -> None:
            await self._put(driver, key, data, create=not overwrite)

        await self._stored(key, BytesIO(data), len(data), send, overwrite=overwrite)

    async def _put_file_checked(
        self, key: Key, file: BinaryIO, size: int, *, overwrite: bool
    ) -> None:
        async def send(driver: Any) -> None:
            file.seek(0)
            await self._put_file(driver, key, file, size, create=not overwrite)

        await self._stored(key, file, size, send, overwrite=overwrite)

    async def _stored(
        self,
        key: Key,
        file: BinaryIO,
        size: int,
        send: Callable[[Any], Awaitable[None]],
        *,
        overwrite: bool,
    ) -> None:
        tries = 0

        async def once(driver: Any) -> None:
            nonlocal tries
            tries += 1
            try:
                # Asked first as well: not every service minds the condition on the write itself.
                if not overwrite and await self._has(driver, key):
                    raise FileExistsError(str(key))
                await send(driver)
            except Exception as error:
                taken = not overwrite and self._fault(error) is Fault.TAKEN
                # An earlier attempt may have arrived although its answer did not.
                if taken and tries > 1 and await self._holds(driver, key, file, size):
                    return
                raise

        await self.attempted(f"write {key}", key, once, size=size, writes=True)

    async def _has(self, driver: Any, key: Key) -> bool:
        try:
            await self._look_up(driver, key)
        except Exception as error:
            if self._fault(error) in (Fault.MISSING, Fault.BLOB_MISSING):
                return False
            raise
        return True

    async def _holds(self, driver: Any, key: Key, file: BinaryIO, size: int) -> bool:
        """Whether the blob under `key` has the bytes of `file`."""
        if (await self._look_up(driver, key)).size != size:
            return False
        file.seek(0)
        handle: dict[str, Any] = {}
        try:
            for start in range(0, size, PIECE):
                piece = file.read(PIECE)
                received: Received = []
                await self._get_range(driver, key, start, len(piece), received, handle)
                if piece != b"".join(received):
                    return False
        finally:
            await self.end_stream(handle)
        return True

    async def _exists_checked(self, key: Key) -> bool:
        try:
            await self.found_checked(key)
        except BlobNotFound:
            return False
        return True

    async def _delete_checked(self, key: Key) -> None:
        try:
            await self.attempted(f"delete {key}", key, lambda driver: self._delete(driver, key))
        except BlobNotFound:
            pass

    async def _page_checked(self, kind: Kind, token: Any) -> tuple[Sequence[Blob], Any]:
        blobs, token = await self.attempted(
            f"list {kind}", None, lambda driver: self._page(driver, kind, token, PAGE_SIZE)
        )
        return [blob for blob in blobs if is_name(blob.key.partition("/")[2])], token

    async def found_checked(self, key: Key) -> Found:
        """Find a blob; called by the stream too."""
        return await self.attempted(
            f"look up {key}", key, lambda driver: self._look_up(driver, key)
        )

    async def end_stream(self, handle: dict[str, Any]) -> None:
        """Close what `_get_range` left in `handle`; called by the stream."""

    async def range_checked(
        self,
        key: Key,
        start: int,
        size: int,
        version: str | None,
        timeout: float,  # noqa: ASYNC109 (it spans all attempts)
        handle: dict[str, Any],
    ) -> bytes:
        """`size` bytes of a blob from `start` on; called by the stream.

        Args:
            key: which blob.
            start: how many bytes to leave out.
            size: bytes; the blob has as many.
            version: of the blob, as it was found.
            timeout: seconds that this may take besides the time for the bytes.
            handle: a dictionary for the driver, the same for all ranges of one stream.

        Raises:
            IntegrityError: there is another blob under the key by now.
        """

        async def fetch(driver: Any, received: Received) -> None:
            came_of = await self._get_range(driver, key, start, size, received, handle)
            if None not in (version, came_of) and came_of != version:
                raise IntegrityError(
                    f"{self.location}: {key} was replaced while it was read; read it again"
                )
            came = sum(map(len, received))
            if came != size:
                raise ConnectionError(f"{came} bytes came instead of {size}")

        return await self._received(key, fetch, size=0 if self.counts else size, timeout=timeout)

    async def attempted(
        self,
        doing: str,
        key: Key | None,
        call: Callable[[Any], Awaitable[T]],
        *,
        size: int = 0,
        size_of: Callable[[], Awaitable[int]] | None = None,
        moved: Callable[[], int] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (it spans all attempts)
        writes: bool = False,
    ) -> T:
        """Return what `call` returns, or raise what its failure means to the caller."""
        start = monotonic()
        cause: BaseException | None

        async def once() -> T:
            async with self._driver() as driver:
                return await call(driver)

        try:
            return await attempt(
                once,
                timeout=self.timeout if timeout is None else timeout,
                is_transient=lambda error: self._fault(error) is Fault.PASSING,
                size=size,
                size_of=size_of,
                moved=moved,
            )
        except StorageError:
            raise
        except GaveUp as gave_up:
            cause = gave_up.__cause__
            why = "no answer" if cause is None else self._reason(cause)
            failure = unanswered(self, doing, why, gave_up)
        except Exception as error:
            fault = self._fault(error)
            if fault is Fault.MISSING:
                fault = Fault.PLACE_MISSING
                left = deadline(self.timeout, size) - (monotonic() - start)
                if key is not None and not writes and await self._place_exists(left):
                    fault = Fault.BLOB_MISSING
            cause = error
            failure = failed(self, doing, key, self._reason(error), fault)
        # Raised out here, so that the driver's exception, which may hold a secret, is not its
        # context.
        failure.__cause__ = None if cause is None else scrubbed(cause, self._secrets)
        raise failure

    async def _place_exists(self, left: float) -> bool:
        """Whether it was the blob that is missing: drivers tell both in the same words."""
        try:
            async with asyncio.timeout(max(left, GRACE * self.timeout)), self._driver() as driver:
                await self._find_place(driver)
        except Exception as error:
            return self._fault(error) not in (Fault.MISSING, Fault.PLACE_MISSING)
        return True


def merged(defaults: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """`defaults` with the `options` of a configuration on top, tables within tables too."""
    result = dict(defaults)
    for name, value in options.items():
        ours = result.get(name)
        both = isinstance(ours, dict) and isinstance(value, dict)
        result[name] = merged(ours, value) if both else value  # type: ignore[arg-type]
    return result
