"""The interface that the store calls, for all backends with an fsspec driver.

It runs on the background event loop what `place.py` and the driver's own backend make of a call:
each operation is put together here from attempts at it.
"""

from __future__ import annotations

import os
from io import BufferedReader, BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from storage_core.backends.remote import io_loop
from storage_core.backends.base import Backend, Blob
from storage_core.backends.remote.messages import REACH
from storage_core.backends.remote.policy import Found, Received, RemotePlace
from storage_core.backends.remote.stream import PIECE, RemoteFile
from storage_core.backends.remote.faults import Fault
from storage_core.errors import BlobNotFound, IntegrityError
from storage_core.keys import Key, Kind, is_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
    from pathlib import Path


PAGE_SIZE: Final = 1000
"""Blobs that are asked for at a time where a place is listed."""


class RemoteBackend(RemotePlace, Backend):
    """A backend whose driver is reached through coroutines. Safe in threads and after a fork."""

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
        from storage_core.backends.source import opened

        with opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            io_loop.run(self._put_file_checked(key, file, size, overwrite=overwrite))

    def get_file(self, key: Key, path: Path) -> None:
        from storage_core.backends.source import write_chunks

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

    # The operations, whole.

    async def _checked(self) -> None:
        await self.attempted(REACH, None, self._find_place)

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
